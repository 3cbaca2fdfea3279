//! Names of places and persons, and whether a text names them, however they are written and bent in it.

mod endings;
mod spelling;
mod words;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::days::{Day, Days};
use endings::stem_of;
use spelling::{decoded, is_unspaced, spelled, with_two_letters};

pub(super) use spelling::is_unseen;
pub use words::{concealable, words_of_event, words_of_person, words_of_place};

/// Whether a text names any of these words (as [`spelled`] has them), without regard to case, accents and hyphens: as whole words, with the ending of
/// a case behind them ("Mosuls"), or with what Arabic and Hebrew write together with the word that follows. A day (`YYYY-MM-DD`, or a month) is named however
/// days are written.
#[must_use]
pub fn names_any(text: &str, names: &[String]) -> bool {
    if names.is_empty() {
        return false;
    }
    let text = Looked::at(text);
    names.iter().any(|name| text.names(name))
}

/// Those of these words that a text names, as [`names_any`] looks for them.
#[must_use]
pub fn named_in<'a>(text: &str, names: impl IntoIterator<Item = &'a String>) -> Vec<&'a str> {
    let text = Looked::at(text);
    names
        .into_iter()
        .filter(|name| text.names(name))
        .map(String::as_str)
        .collect()
}

/// A text in which names are looked for.
struct Looked<'a> {
    text: Cow<'a, str>,
    /// As [`spelled`] has it, with what people write together taken apart at its capitals; and once more with two letters for each letter with dots.
    spelled: Vec<String>,
    /// Letters and figures alone, with a barrier where a sentence ends.
    run: String,
    /// Where words begin and end in `run`, in bytes.
    edges: BTreeSet<usize>,
    /// What of it may be days, once one is looked for.
    days: OnceCell<Days>,
    /// The same of what a browser would show of it, where that is something else.
    shown: Option<Box<Looked<'static>>>,
}

impl<'a> Looked<'a> {
    fn at(text: &'a str) -> Self {
        let shown = decoded(text).map(|shown| Box::new(Looked::as_it_stands(Cow::Owned(shown))));
        Self {
            shown,
            ..Self::as_it_stands(Cow::Borrowed(text))
        }
    }

    fn as_it_stands(text: Cow<'a, str>) -> Self {
        let apart = taken_apart(&text);
        let mut spellings = vec![spelled(&text)];
        for other in [spelled(&apart), spelled(&with_two_letters(&text))] {
            if !spellings.contains(&other) {
                spellings.push(other);
            }
        }
        let (mut run, mut edges) = (String::new(), BTreeSet::new());
        let mut before = ' ';
        for c in spellings.first().map(String::as_str).unwrap_or_default().chars() {
            if c.is_alphanumeric() {
                if !before.is_alphanumeric() {
                    edges.insert(run.len());
                }
                run.push(c);
            } else {
                edges.insert(run.len());
                if c == ' ' && matches!(before, '.' | '!' | '?') {
                    run.push(BARRIER);
                }
            }
            before = c;
        }
        edges.insert(run.len());
        Self {
            text,
            spelled: spellings,
            run,
            edges,
            days: OnceCell::new(),
            shown: None,
        }
    }

    /// Whether a name, as [`spelled`] has it, stands here.
    fn names(&self, name: &str) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.names(name)) || self.names_as_it_stands(name)
    }

    fn names_as_it_stands(&self, name: &str) -> bool {
        if let Some(day) = Day::parse(name) {
            return self.days.get_or_init(|| Days::of(&self.text)).name(day);
        }
        self.spelled.iter().any(|text| stands_in(text, name)) || self.runs_through(name)
    }

    /// Whether a longer name stands here across blanks and hyphens ("Tallafar", "T a l l  A f a r"), or a long one inside another word.
    fn runs_through(&self, name: &str) -> bool {
        let length = name.chars().filter(|c| c.is_alphabetic()).count();
        if length < LEAST_RUN {
            return false;
        }
        let letters: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
        self.run.match_indices(&letters).any(|(at, found)| {
            let end = at.saturating_add(found.len());
            let is_whole = self.edges.contains(&at) && self.edges.contains(&end);
            is_whole
                || (length >= LEAST_INSIDE && self.edges.range(at.saturating_add(1)..end).next().is_none())
        })
    }
}

/// Whether a name stands in a text, both as [`spelled`] has them.
fn stands_in(text: &str, name: &str) -> bool {
    if name.chars().any(is_unspaced) {
        return text.contains(name);
    }
    let (stem, may_follow) = stem_of(name);
    // Of a day, "1 mei" does not stand in "21 mei".
    let has_figures = name.chars().any(|c| c.is_ascii_digit());
    let is_joined = name.chars().next().is_some_and(is_joining);
    let beginning = if is_joined { MOST_JOINED } else { 0 };
    text.match_indices(stem).any(|(at, found)| {
        let letters = |side: &mut dyn Iterator<Item = char>| {
            // No more than tells the longest ending from another word.
            side.take_while(|c| c.is_alphabetic() || (has_figures && c.is_ascii_digit()))
                .take(MOST_LOOKED_AT)
                .collect::<String>()
        };
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at.saturating_add(found.len())..).unwrap_or_default();
        letters(&mut before.chars().rev()).chars().count() <= beginning
            && may_follow.has(&letters(&mut after.chars()))
    })
}

/// Stands between sentences in [`Looked::run`].
const BARRIER: char = '|';

/// Letters from which on a name is looked for across what stands between words.
const LEAST_RUN: usize = 6;

/// Letters from which on a name is looked for inside another word: shorter ones stand in too many, as Leiden does in "begeleiden".
const LEAST_INSIDE: usize = 8;

/// Letters beside a name that are looked at.
const MOST_LOOKED_AT: usize = 12;

/// Letters that may be written together with the word behind them: "in", "and", "to", "the".
const MOST_JOINED: usize = 3;

/// Letters of Hebrew, Arabic and Ethiopic, whose particles are.
fn is_joining(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{6ff}' | '\u{1200}'..='\u{137f}')
}

/// A text with a blank before each capital behind a small letter, as tags have it.
fn taken_apart(text: &str) -> String {
    let mut apart = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            apart.push(' ');
        }
        apart.push(c);
        before = c;
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_a_word_in_any_case_and_not_inside_another() {
        let names = concealable(["Irak", "’s-Hertogenbosch"].into_iter());
        assert!(names_any("Frontlinie Mosul, Irak.", &names));
        assert!(names_any("IRAK", &names));
        assert!(names_any("In ’s-Hertogenbosch regende het", &names));
        assert!(names_any("In 's-Hertogenbosch regende het", &names));
        assert!(!names_any("De Irakezen", &names));
        assert!(!names_any("", &names));
    }

    #[test]
    fn a_place_is_named_by_each_of_its_longer_words() {
        let words = words_of_place("Frontlinie Mosul, Irak");
        assert_eq!(words, ["frontlinie", "frontlinie mosul", "irak", "mosul"]);
    }

    #[test]
    fn a_name_is_found_however_it_is_written_and_bent() {
        for (place, text) in [
            ("Mosul", "In Mo\u{ad}sul."),
            ("Mosul", "In Mo\u{200b}sul."),
            ("Mosul", "In Ｍｏｓｕｌ."),
            ("Mosul", "Mosuls straten."),
            ("Aleppo", "#Aleppo2024"),
            ("الموصل", "في المَوْصِل"),
            ("الموصل", "بالموصل"),
            ("الموصل", "للموصل"),
            ("کرکوک", "في كركوك"),
            ("غزة", "في غزه"),
            ("गाज़ा", "गाज़ा में"),
            ("Երևան", "Երևանում"),
            ("თბილისი", "თბილისში"),
            ("መቀሌ", "በመቀሌ"),
            ("Port", "In Port."),
            ("Diyarbakır", "In Diyarbakir."),
            ("Diyarbakır", "DİYARBAKIR"),
            ("Łódź", "In Lodz."),
            ("Al-Bab", "In al Bab."),
            ("Al Bab", "In Al\u{a0}Bab."),
            ("Al Bab", "In Al\u{2011}Bab."),
            ("Warszawa", "W Warszawie."),
            ("Харків", "У Харкові."),
            ("Харьков", "Под Харьковом."),
            ("Маріуполь", "З Маріуполя."),
            ("Київ", "У Києві."),
            ("Київ", "Київська область."),
            ("Київ", "Після Києва — тиша."),
            ("Ірпінь", "Міст в Ірпені."),
            ("Тернопіль", "У Тернополі."),
            ("Львів", "Поїзд до Львова."),
            ("Харків", "На Харківщині."),
            ("Буча", "Вулиця в Бучі."),
            ("Суми", "У Сумах."),
            ("Тернопіль", "Тернопільська область."),
            ("Хмельницький", "У Хмельницькому."),
            ("Грозный", "В Грозном."),
            ("Авдіївка", "Бої в Авдіївці."),
            ("Одеса", "Одеська область."),
            ("Запоріжжя", "Запорізька область."),
            ("Praha", "V Praze."),
            ("Praga", "W Pradze."),
            ("Αθήνα", "Στην Αθήνας."),
            ("Tall Afar", "#WarInTallAfar"),
            ("Zarnobad", "Zarno-\nbad"),
            ("Zarnobad", "Z a r n o b a d"),
            ("Zarnobad", "Oudzarnobaders"),
            ("Sint-Truiden", "In St. Truiden."),
            ("Saint-Lô", "(St. Lô)"),
            ("Al-Bab", "#AlBab"),
            ("Muenchen", "In München."),
            ("서울 강남구", "서울에서"),
            ("Köln", "In Koeln."),
            ("Zarnobad", "In Zarn&#111;bad."),
            ("Zarnobad", "In Zarn&#x6F;bad, in Zarno&shy;bad."),
            ("Zarnobad", "In Zarno<!-- -->bad, in Zarno<b>bad</b>."),
            ("Zarnobad", "https://example.org/wiki/Zarn%6fbad"),
            ("Zarnobad", "1 < 2: Zarn&#111;bad > 0"),
            ("Zarnobad", "T e Z a r n o &#98; a d"),
        ] {
            assert!(names_any(text, &words_of_place(place)), "{place} in {text}");
        }
        assert!(!names_any("De alba speelt.", &words_of_place("Al-Bab")));
    }

    #[test]
    fn scripts_without_blanks_hide_no_name() {
        for (place, text) in [
            ("武汉市", "士兵在武汉的街道上"),
            ("乌鲁木齐, 新疆", "在乌鲁木齐的街道"),
            ("เชียงใหม่", "ถนนในเชียงใหม่วันนี้"),
            ("서울", "서울에서 찍은 사진"),
            ("東京都", "東京の朝"),
            ("湖北省武汉市", "士兵在武汉的街道上"),
            ("武汉，湖北", "在湖北"),
            ("الموصل، العراق", "جنود في الموصل."),
            ("Irak: “Telskuf”", "Een straat in Telskuf."),
        ] {
            assert!(names_any(text, &words_of_place(place)), "{place} in {text}");
        }
        assert!(!names_any("士兵在街道上", &words_of_place("武汉市")));
    }

    #[test]
    fn accents_hide_no_name_and_a_hyphen_joins_no_two_names_into_one() {
        let words = words_of_place("Al-Qayyarah, Irak");
        for text in ["Vlucht uit Qayyārah.", "Vlucht uit QAYYARAH.", "Qayya\u{304}rah"] {
            assert!(names_any(text, &words), "{text}");
        }
        let words = words_of_place("Qayyārah");
        assert!(names_any("Vlucht uit Qayyarah.", &words));
        assert!(
            names_any("Vlucht van Qayyaraheen.", &words),
            "whoever comes from there"
        );
        assert!(!names_any("Vlucht uit Qayyum.", &words));
    }

    #[test]
    fn words_that_only_look_like_a_name_stay() {
        for (place, text) in [
            ("Leiden", "Zij begeleiden hen."),
            ("Heerde", "Wie dit beheerde."),
            ("Reading", "It is spreading."),
            ("Waarder", "Van waarde. Rond de kerk."),
            ("India", "Indien het regent."),
            ("Chile", "A child."),
            ("Gouda", "Goud en gouden ringen."),
            ("Буча", "Бучний день."),
            ("Київ", "Києм по кулі."),
            ("Біла Церква", "Більше нічого."),
            ("Нова Каховка", "Новини дня. Нова вулиця."),
            ("Перу", "Перед домом."),
            ("Часів Яр", "Часто йде дощ."),
            ("Віра", "Вірус."),
            ("Road near Mosul", "The road is near."),
            ("Nieuw-Vennep", "De nieuwe dag."),
        ] {
            assert!(!names_any(text, &words_of_place(place)), "{place} in {text}");
        }
        let event: Vec<&str> = words_of_event("vlucht uit de stad").collect();
        assert_eq!(event, ["vlucht uit de stad"]);
    }

    #[test]
    fn a_person_is_named_by_each_word_that_is_a_name_and_by_no_particle() {
        let words = |name| concealable(words_of_person(name));
        assert_eq!(
            words("Fatima Al-Jabouri"),
            ["al jabouri", "fatima", "fatima al jabouri", "jabouri"]
        );
        assert!(names_any(
            "Mevrouw Al-Jabouri op de trede.",
            &words("Fatima Al-Jabouri")
        ));
        assert!(names_any(
            "Mevrouw Jabouri op de trede.",
            &words("Fatima Al-Jabouri")
        ));
        let words = words("Mevr. Anna van den Berg-de Vries");
        assert!(names_any("Bij Vries thuis.", &words) && names_any("Anna lacht.", &words));
        for text in [
            "De weg van de stad.",
            "Den Haag, in de verte.",
            "Mevrouw op de trede.",
        ] {
            assert!(!names_any(text, &words), "{text}: {words:?}");
        }
    }
}
