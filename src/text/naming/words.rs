//! What is looked for of a name: the whole, and each word of it by which it is named too.

use unicode_normalization::char::is_combining_mark;

use super::endings::with_other_stems;
use super::spelling::{HYPHENS, is_unseen, is_unspaced, spelled, with_two_letters};

/// The words in a line that names a place: what stands between its commas, and each longer word of it, for "Frontlinie Mosul" is also named by
/// "Mosul", and "Al-Qayyarah" by "Qayyarah".
pub fn words_of_place(line: &str) -> Vec<String> {
    let parts = line.split(parts_names).filter(|part| {
        // Of a name that is being typed: "The" of "The Hague".
        let part = spelled(part);
        !COMMON_IN_PLACES.contains(&&*part) && !COMMON_IN_NAMES.contains(&&*part)
    });
    // A place that is called nothing else is looked for by that.
    let whole = std::iter::once(line).filter(|line| !line.contains(parts_names));
    let words = words_of(line).filter(|word| {
        let least = if word.chars().any(is_unspaced) { 2 } else { 4 };
        word.chars().count() >= least && !COMMON_IN_PLACES.contains(&spelled(word).as_str())
    });
    concealable(parts.chain(whole).chain(words))
}

/// The words that name a person: the whole name, and each word of it that is a name by itself, for "Fatima Al-Jabouri" is also named by
/// "mevrouw Al-Jabouri". Particles and titles are not looked for: they stand everywhere.
pub fn words_of_person(name: &str) -> impl Iterator<Item = &str> {
    // In a list of persons each word is a name, with a capital or without.
    std::iter::once(name).chain(names_in(name, true))
}

/// The same of what somebody calls an event: there only what has a capital is a name.
pub fn words_of_event(name: &str) -> impl Iterator<Item = &str> {
    std::iter::once(name).chain(names_in(name, false))
}

/// What can be looked for in a text: "A" or "IQ" would be found in every other.
pub fn concealable<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut words: Vec<String> = words
        .flat_map(|word| {
            let word = word.trim().trim_end_matches('.');
            [spelled(word), spelled(&with_two_letters(word))]
        })
        .filter(|word| word.chars().count() >= if word.chars().any(is_unspaced) { 2 } else { 3 })
        .collect();
    let bent: Vec<String> = words.iter().flat_map(|word| with_other_stems(word)).collect();
    words.extend(bent);
    // "湖北省武汉市" is a province and a city.
    let pieces: Vec<String> = words
        .iter()
        .filter(|word| word.chars().any(is_unspaced))
        .flat_map(|word| word.split_inclusive(UNSPACED_KINDS.as_slice()))
        .flat_map(|piece| [piece, piece.trim_end_matches(UNSPACED_KINDS.as_slice())])
        .filter(|piece| piece.chars().count() >= 2)
        .map(str::to_owned)
        .collect();
    words.extend(pieces);
    words.sort();
    words.dedup();
    words
}

/// Words of names of places that stand in sentences about any.
const COMMON_IN_PLACES: [&str; 62] = [
    "alt",
    "bad",
    "fort",
    "groot",
    "klein",
    "lake",
    "mount",
    "neu",
    "new",
    "port",
    "san",
    "santa",
    "bank",
    "border",
    "brug",
    "city",
    "district",
    "dorp",
    "east",
    "gemeente",
    "grens",
    "nabij",
    "near",
    "nieuw",
    "nieuwe",
    "noord",
    "north",
    "oost",
    "oude",
    "province",
    "provincie",
    "region",
    "regio",
    "road",
    "south",
    "stad",
    "straat",
    "street",
    "town",
    "village",
    "west",
    "zuid",
    "біла",
    "біле",
    "велика",
    "велике",
    "вулиця",
    "мала",
    "мале",
    "місто",
    "нова",
    "нове",
    "область",
    "раион",
    "село",
    "стара",
    "старе",
    "город",
    "новая",
    "новое",
    "новыи",
    "улица",
];

/// Words of names that stand in many names, and in sentences that name nobody.
const COMMON_IN_NAMES: [&str; 36] = [
    "aan",
    "bij",
    "een",
    "for",
    "from",
    "met",
    "slag",
    "the",
    "uit",
    "and",
    "dame",
    "del",
    "dela",
    "della",
    "den",
    "der",
    "des",
    "dokter",
    "dos",
    "heer",
    "het",
    "lady",
    "las",
    "los",
    "meneer",
    "mevr",
    "mevrouw",
    "miss",
    "mrs",
    "prof",
    "professor",
    "sir",
    "ten",
    "ter",
    "van",
    "von",
];

/// What may stand behind the name of a Chinese, Japanese or Korean place, and may be left out: city, province, county, district, town, village.
const UNSPACED_KINDS: [char; 24] = [
    '鎮', '乡', '鄉', '岛', '島', '읍', '市', '省', '县', '縣', '県', '区', '區', '府', '都', '道', '郡',
    '州', '镇', '町', '村', '시', '도', '군',
];

/// Whether a character stands between names in any script: a comma, a bracket, a quotation mark, but no hyphen, apostrophe or full stop.
fn parts_names(c: char) -> bool {
    let within = c.is_alphanumeric()
        || c.is_whitespace()
        || HYPHENS.contains(&c)
        || matches!(c, '\'' | '’' | '‘' | '`' | '´' | '.')
        || is_unseen(c)
        || is_combining_mark(c);
    !within
}

/// What a line consists of, with hyphens and without.
fn words_of(line: &str) -> impl Iterator<Item = &str> {
    let apart = |c: char| c.is_whitespace() || parts_names(c);
    let pieces = move |c: char| apart(c) || HYPHENS.contains(&c);
    line.split(apart).chain(line.split(pieces))
}

fn names_in(line: &str, is_small: bool) -> impl Iterator<Item = &str> {
    words_of(line).filter(move |word| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        // A script without capitals has names too.
        let is_name = word
            .chars()
            .next()
            .is_some_and(|c| c.is_alphabetic() && (!c.is_lowercase() || is_small));
        let spelled = spelled(word.trim_end_matches('.'));
        letters >= 3 && is_name && !COMMON_IN_NAMES.contains(&spelled.as_str())
    })
}
