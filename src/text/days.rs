//! Whether a text names a day, however people write it there.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A day that is looked for, or a month of which nobody said the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    year: u32,
    month: usize,
    of_month: Option<u32>,
}

impl Day {
    /// Reads `YYYY-MM-DD` or `YYYY-MM`, which is how a day stands among words that are looked for. Nothing for a text of another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = matches!(text.len(), 7 | 10) && text.bytes().all(|c| c == b'-' || c.is_ascii_digit());
        let mut parts = text.split('-');
        let mut number = || parts.next().filter(|_| is_plain)?.parse().ok();
        let (year, month) = (number()?, number()?);
        let month = usize::try_from(month)
            .ok()
            .filter(|month| (1..=12).contains(month))?;
        Some(Self {
            year,
            month,
            of_month: number(),
        })
    }

    /// The day of a date that may have a time behind it, as it stands among words that are looked for.
    #[must_use]
    pub fn word_of(date: &str) -> Option<String> {
        let day = date.get(..10).or_else(|| date.get(..7))?;
        Self::parse(day).map(|_| day.to_owned())
    }
}

/// Months in Dutch, English, German, French, Spanish, Italian, Portuguese, Polish, Turkish, Ukrainian, Russian and Arabic, with those of the Levant; as
/// [`tokens`] has them: small letters without accents. What they begin with, from three letters on, is short for them.
const MONTHS: [&str; 12] = [
    "januari january januar janner janvier enero gennaio janeiro styczen stycznia ocak січень січня січні январь января январе styczniu يناير كانون_الثاني",
    "februari february februar fevrier febrero febbraio fevereiro luty lutego subat лютии лютого лютому февраль февраля феврале lutym فبراير شباط",
    "maart mrt march marz mars marzo marco marzec marca mart березень березня березні март марта марте marcu مارس اذار",
    "april avril abril aprile kwiecien kwietnia nisan квітень квітня квітні апрель апреля апреле kwietniu ابريل نيسان",
    "mei may mai mayo maggio maio maj maja mayis травень травня травні маи мая мае maju مايو ايار",
    "juni june juin junio giugno junho czerwiec czerwca haziran червень червня червні июнь июня июне czerwcu يونيو حزيران",
    "juli july juillet julio luglio julho lipiec lipca temmuz липень липня липні июль июля июле lipcu يوليو تموز",
    "augustus august aout agosto sierpien sierpnia agustos серпень серпня серпні август августа августе sierpniu اغسطس اب",
    "september septembre septiembre settembre setembro wrzesien wrzesnia eylul вересень вересня вересні сентябрь сентября сентябре wrzesniu سبتمبر ايلول",
    "oktober october octobre octubre ottobre outubro pazdziernik pazdziernika ekim жовтень жовтня жовтні октябрь октября октябре pazdzierniku اكتوبر تشرين_الاول",
    "november novembre noviembre novembro listopad listopada kasim листопад листопада листопаді ноябрь ноября ноябре listopadzie نوفمبر تشرين_الثاني",
    "december dezember decembre diciembre dicembre dezembro grudzien grudnia aralik грудень грудня грудні декабрь декабря декабре grudniu ديسمبر كانون_الاول",
];

/// Words between a day and its month, and between two days: "in de nacht van 19 op 20 januari", "the 19th of January", "1er janvier".
const JOINING: [&str; 49] = [
    "o", "eme", "ere", "op", "en", "tot", "t", "m", "van", "of", "de", "the", "and", "to", "till", "until",
    "und", "bis", "et", "au", "a", "y", "al", "e", "i", "w", "na", "do", "z", "le", "les", "du", "del", "di",
    "th", "st", "nd", "rd", "er", "ste", "до", "по", "та", "и", "і", "на", "го", "و", "الى",
];

/// Words of their own that months begin with.
const OTHER_WORDS: [&str; 4] = ["set", "lut", "lis", "gen"];

/// Months as they are counted on sundials and in some countries' dates: "19.I.2024".
const ROMAN: [&str; 12] = [
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii",
];

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A number with the figures that it has.
    Number(u32, usize),
    Word(String),
    Mark(char),
}

/// A text in pieces, for looking for days in it.
#[derive(Debug, Clone, Default)]
pub struct Days(Vec<Token>);

impl Days {
    /// Of a text as people typed it.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(tokens(text))
    }

    /// Whether the text names this day: its number with its month, a stretch of days in which it lies, its month with its year, or all in figures in any order.
    #[must_use]
    pub fn name(&self, day: Day) -> bool {
        let tokens = self.0.as_slice();
        (0..tokens.len()).any(|at| self.names_by_month(at, day) || self.names_in_figures(at, day))
    }

    fn names_by_month(&self, at: usize, day: Day) -> bool {
        let Some(words) = self.month_at(at, day.month) else {
            return false;
        };
        let before = self.0.get(..at).unwrap_or_default().iter().rev();
        let after = self.0.get(at + words..).unwrap_or_default();
        stretch_has(before, day.of_month)
            || stretch_has(after.iter(), day.of_month)
            || year_follows(after, day.year)
    }

    /// How many words the name of this month has that begins here.
    fn month_at(&self, at: usize, month: usize) -> Option<usize> {
        let Some(Token::Word(word)) = self.0.get(at) else {
            return None;
        };
        let names = MONTHS.get(month - 1)?;
        let letters = word.chars().count();
        let is_short = |name: &str| {
            letters >= 3 && name.starts_with(word.as_str()) && !OTHER_WORDS.contains(&word.as_str())
        };
        if names.split(' ').any(|name| name == word || is_short(name)) {
            return Some(1);
        }
        let Some(Token::Word(second)) = self.0.get(at + 1) else {
            return None;
        };
        let both = format!("{word}_{second}");
        names.split(' ').any(|name| name == both).then_some(2)
    }

    fn names_in_figures(&self, at: usize, day: Day) -> bool {
        if let Some(Token::Number(number, 8)) = self.0.get(at) {
            let is = |year: u32, month: u32, of_month: u32| {
                year == day.year
                    && usize::try_from(month) == Ok(day.month)
                    && day.of_month.is_none_or(|wanted| wanted == of_month)
            };
            return is(number / 10_000, number / 100 % 100, number % 100)
                || is(number % 10_000, number / 10_000 % 100, number / 1_000_000);
        }
        let is_within = at >= 2 && self.is_parted(at - 1) && self.number(at - 2).is_some();
        let Some((first, second)) = self.number(at).zip(self.parted_number(at + 1)) else {
            return false;
        };
        let third = self.parted_number(at + 3);
        let is_year = |(number, figures): (u32, usize)| {
            (figures == 4 && number == day.year) || (figures == 2 && number == day.year % 100)
        };
        let is_month =
            |(number, figures): (u32, usize)| figures <= 2 && usize::try_from(number) == Ok(day.month);
        let is_day = |(number, figures): (u32, usize)| {
            figures <= 2 && day.of_month.is_none_or(|wanted| wanted == number)
        };
        if let Some(third) = third {
            let ymd = is_year(first) && first.1 == 4 && is_month(second) && is_day(third);
            let dmy = is_day(first) && is_month(second) && is_year(third);
            let mdy = is_month(first) && is_day(second) && is_year(third);
            return ymd || dmy || mdy;
        }
        if is_within {
            return false;
        }
        let whole = |part: (u32, usize)| part.1 == 4 && is_year(part);
        let is_decimal =
            self.0.get(at + 1) == Some(&Token::Mark('.')) && self.0.get(at + 3) != Some(&Token::Mark('.'));
        (whole(first) && is_month(second))
            || (is_month(first) && whole(second))
            || (day.of_month.is_some()
                && !is_decimal
                && ((is_day(first) && is_month(second)) || (is_month(first) && is_day(second))))
    }

    /// A number, or a month as it is counted in Roman figures.
    fn number(&self, at: usize) -> Option<(u32, usize)> {
        match self.0.get(at)? {
            Token::Number(number, figures) => Some((*number, *figures)),
            Token::Word(word) => {
                let month = ROMAN.iter().position(|roman| roman == word)?;
                Some((u32::try_from(month + 1).ok()?, 2))
            }
            Token::Mark(_) => None,
        }
    }

    fn is_parted(&self, at: usize) -> bool {
        matches!(self.0.get(at), Some(Token::Mark('-' | '/' | '.')))
    }

    /// The number behind a hyphen, a stroke or a full stop.
    fn parted_number(&self, at: usize) -> Option<(u32, usize)> {
        self.is_parted(at).then(|| self.number(at + 1))?
    }
}

/// Whether a day stands in what is next to its month, alone or between two others.
fn stretch_has<'a>(tokens: impl Iterator<Item = &'a Token>, day: Option<u32>) -> bool {
    let Some(day) = day else { return false };
    let mut neighbour: Option<u32> = None;
    for token in tokens {
        match token {
            Token::Number(number, ..=2) if (1..=31).contains(number) => {
                let between =
                    neighbour.is_some_and(|other| (other.min(*number)..=other.max(*number)).contains(&day));
                if *number == day || between {
                    return true;
                }
                neighbour = Some(*number);
            }
            Token::Word(word) if JOINING.contains(&word.as_str()) => {}
            // "January 19, 2024", but not "Jan, 19".
            Token::Mark(',') if neighbour.is_none() => return false,
            Token::Mark('.' | ',' | '-' | '/' | '&') => {}
            _ => return false,
        }
    }
    false
}

/// Whether a year stands right behind a month: "januari 2024", "jan. 2024", "January ’24".
fn year_follows(after: &[Token], year: u32) -> bool {
    let mut rest = after.iter().skip_while(|token| {
        matches!(token, Token::Mark('.' | ','))
            || matches!(token, Token::Word(word) if JOINING.contains(&word.as_str()))
    });
    match (rest.next(), rest.next()) {
        (Some(Token::Number(number, 4)), _) => *number == year,
        (Some(Token::Mark('\'')), Some(Token::Number(number, 2))) => *number == year % 100,
        _ => false,
    }
}

/// A text in numbers, words and marks: in small letters, without accents, with the figures of any script as numbers.
fn tokens(text: &str) -> Vec<Token> {
    // Chinese, Japanese and Korean put a word behind each number of a date.
    let text = text
        .replace(['年', '月', '년', '월'], "-")
        .replace(['日', '일'], " ");
    let plain = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| !is_combining_mark(*c));
    let mut found = Vec::new();
    let (mut number, mut word) = (None::<(u32, usize)>, String::new());
    for c in plain.chain([' ']) {
        let figure = figure(c);
        if figure.is_none()
            && let Some((value, figures)) = number.take()
        {
            found.push(Token::Number(value, figures));
        }
        if !c.is_alphabetic() && !word.is_empty() {
            found.push(Token::Word(std::mem::take(&mut word)));
        }
        if let Some(figure) = figure {
            let (value, figures) = number.unwrap_or_default();
            number = Some((value.saturating_mul(10).saturating_add(figure), figures + 1));
        } else if c.is_alphabetic() {
            word.push(if c == 'ı' { 'i' } else { c });
        } else if !c.is_whitespace() {
            found.push(Token::Mark(match c {
                '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
                '’' | '‘' | '`' | '´' => '\'',
                '\u{2044}' => '/',
                other => other,
            }));
        }
    }
    found
}

/// What a figure of the scripts in which dates are written is worth.
fn figure(c: char) -> Option<u32> {
    c.to_digit(10).or_else(|| {
        let zero = ['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}']
            .into_iter()
            .find(|zero| (u32::from(*zero)..u32::from(*zero) + 10).contains(&u32::from(c)))?;
        Some(u32::from(c) - u32::from(zero))
    })
}

#[cfg(test)]
mod tests {
    use super::{Day, Days};

    fn names(text: &str, day: &str) -> bool {
        Day::parse(day).is_some_and(|day| Days::of(text).name(day))
    }

    #[test]
    fn a_day_is_found_however_people_write_it() {
        for text in [
            "Op 19 januari vluchtten zij.",
            "January 19, 2024",
            "19 jan. 2024",
            "19-1-2024",
            "19.01.2024",
            "01/19/2024",
            "2024-01-19",
            "2024-1-19",
            "2024/1/19",
            "20240119",
            "IMG_20240119_1005",
            "le 19 janvier",
            "Januari 2024: de stad valt.",
            "jan. 2024",
            "Januari ’24",
            "The 19th of January",
            "January 19th, at noon",
            "19/01/24",
            "Op 19-1-24.",
            "Op 19/1 en daarna.",
            "Am 19.1. um zehn.",
            "19.I.2024",
            "De 19de januari",
            "le 19e janvier",
            "In de nacht van 19 op 20 januari",
            "19 en 20 januari",
            "19/20 januari",
            "19–20 januari",
            "18 t/m 21 januari",
            "January 18-20",
            "19 stycznia 2024",
            "19 de enero",
            "19 ocak",
            "19 січня 2024",
            "19 января",
            "١٩ يناير ٢٠٢٤",
            "19 كانون الثاني",
            "On 1/19 they fled",
            "2024年1月19日",
            "1월 19일",
            "В январе 2024",
            "19. Jänner",
            "1/19",
        ] {
            assert!(names(text, "2024-01-19"), "{text}");
        }
        for (text, day) in [
            ("Op 19 mrt.", "2024-03-19"),
            ("19 sept 2024", "2024-09-19"),
            ("Sept. 19", "2024-09-19"),
            ("19 févr. 2024", "2024-02-19"),
            ("19 febr.", "2024-02-19"),
            ("19 juil. 2024", "2024-07-19"),
            ("In maart 2024", "2024-03"),
            ("03/2024", "2024-03"),
            ("19-03-2024", "2024-03"),
            ("2024-03-19", "2024-03"),
            ("20240319", "2024-03"),
        ] {
            assert!(names(text, day), "{text}");
        }
    }

    #[test]
    fn other_days_and_numbers_are_not_that_day() {
        for text in [
            "Op 20 februari 2023.",
            "Op 20 januari.",
            "Op 119 januari",
            "19-1-2023",
            "19 mensen in januari",
            "19.1 kilometer",
            "Januari 2023",
            "Kamer 1-19-3",
            "Jan, 19, vlucht",
            "A set of 19 photographs",
            "",
        ] {
            assert!(!names(text, "2024-01-19"), "{text}");
        }
        assert!(!names("In maart", "2024-03"));
        assert!(!names("Op 21 mei.", "2024-05-01") && !names("1 meisje", "2024-05-01"));
    }

    #[test]
    fn only_days_are_read_as_days() {
        for odd in ["", "2024", "2024-13-01", "gisteren", "2024-01-19x", "1 2024-01"] {
            assert_eq!(Day::parse(odd), None, "{odd}");
        }
        assert_eq!(Day::word_of("2024-01-19T10:05:00").as_deref(), Some("2024-01-19"));
        assert_eq!(Day::word_of("2024-01").as_deref(), Some("2024-01"));
        assert_eq!(Day::word_of("2024"), None);
    }
}
