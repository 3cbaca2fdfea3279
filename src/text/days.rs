//! Whether a text names a day, however people write it there.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::naming::is_unseen;

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

/// Days of a month in words, from the first on, in Dutch, English, German and French: those that are one word. What people put behind them is in
/// [`ENDINGS`]. The Dutch "een" is an article far more often.
const IN_WORDS: [&str; 31] = [
    "eerste first erste premier un",
    "twee tweede two second zwei zweite deux",
    "drie derde three third drei dritte trois",
    "vier four vierte quatre",
    "vijf five fifth funf cinq",
    "zes six sixth sechs",
    "zeven seven seventh sieben siebte sept",
    "acht eight eighth huit",
    "negen nine ninth neun neuf",
    "tien ten tenth zehn dix",
    "elf eleven eleventh onze",
    "twaalf twelve twelfth zwolf douze",
    "dertien thirteen dreizehn treize",
    "veertien fourteen vierzehn quatorze",
    "vijftien fifteen funfzehn quinze",
    "zestien sixteen sechzehn seize",
    "zeventien seventeen siebzehn",
    "achttien eighteen achtzehn",
    "negentien nineteen neunzehn",
    "twintig twenty twentieth zwanzig vingt",
    "eenentwintig einundzwanzig",
    "tweeentwintig zweiundzwanzig",
    "drieentwintig dreiundzwanzig",
    "vierentwintig vierundzwanzig",
    "vijfentwintig funfundzwanzig",
    "zesentwintig sechsundzwanzig",
    "zevenentwintig siebenundzwanzig",
    "achtentwintig achtundzwanzig",
    "negenentwintig neunundzwanzig",
    "dertig thirty thirtieth dreißig dreissig trente",
    "eenendertig einunddreißig einunddreissig",
];

/// What may stand behind a day in words: "negentiende", "nineteenth", "neunzehnten".
const ENDINGS: [&str; 10] = ["de", "ste", "sten", "ster", "th", "te", "ten", "ter", "n", "r"];

/// The day of a month that a word is.
fn day_in_words(word: &str) -> Option<u32> {
    let is = |known: &str| {
        let rest = word.strip_prefix(known);
        rest.is_some_and(|rest| rest.is_empty() || (known.len() > 3 && ENDINGS.contains(&rest)))
    };
    let at = IN_WORDS
        .iter()
        .position(|words| words.split(' ').any(|known| known == word))
        .or_else(|| IN_WORDS.iter().position(|words| words.split(' ').any(is)))?;
    u32::try_from(at + 1).ok()
}

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
            || self
                .0
                .get(..at)
                .is_some_and(|before| year_stands_before(before, day.year))
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
        let is = |year: u32, month: u32, of_month: u32| {
            year == day.year
                && usize::try_from(month) == Ok(day.month)
                && day.of_month.is_none_or(|wanted| wanted == of_month)
        };
        match self.0.get(at) {
            // A time may stand right behind it, as in the names of files.
            Some(Token::Number(number, 8 | 12 | 14)) => {
                return is(number / 10_000, number / 100 % 100, number % 100)
                    || is(number % 10_000, number / 10_000 % 100, number / 1_000_000)
                    || is(number % 10_000, number / 1_000_000, number / 10_000 % 100);
            }
            Some(Token::Number(number, 6)) => {
                let century = day.year / 100 * 100;
                return is(century + number / 10_000, number / 100 % 100, number % 100)
                    || is(century + number % 100, number / 100 % 100, number / 10_000);
            }
            _ => {}
        }
        if self.names_in_a_row(at, day) {
            return true;
        }
        let is_within = at >= 2 && self.is_tightly_parted(at - 1) && self.number(at - 2).is_some();
        let Some((first, second)) = self.number(at).zip(self.parted_number(at + 1)) else {
            return false;
        };
        let third = self.parted_number(at + 3);
        if third.is_some_and(|third| self.names_range(at, [first, second, third], day)) {
            return true;
        }
        // Between other marks only a whole year makes a day of three numbers; what stands behind two is something else then.
        let is_loose = !self.is_tightly_parted(at + 1);
        let is_whole = |part: Option<(u32, usize)>| part.is_some_and(|(_, figures)| figures == 4);
        let third = third.filter(|_| {
            (!is_loose && self.is_tightly_parted(at + 3)) || is_whole(Some(first)) || is_whole(third)
        });
        let is_year = |(number, figures): (u32, usize)| {
            (figures == 4 && number == day.year) || (figures == 2 && number == day.year % 100)
        };
        let is_month =
            |(number, figures): (u32, usize)| figures <= 2 && usize::try_from(number) == Ok(day.month);
        let is_day = |(number, figures): (u32, usize)| {
            figures <= 2 && day.of_month.is_none_or(|wanted| wanted == number)
        };
        if let Some(third) = third {
            let ymd = is_year(first) && is_month(second) && is_day(third);
            let dmy = is_day(first) && is_month(second) && is_year(third);
            let mdy = is_month(first) && is_day(second) && is_year(third);
            return ymd || dmy || mdy;
        }
        if is_within || is_loose {
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

    /// Whether three numbers are two days and their month, with its year behind it or without, and the day is one of those: "19/20.1.2024", "18-20/1".
    fn names_range(&self, at: usize, parts: [(u32, usize); 3], day: Day) -> bool {
        let Some(wanted) = day.of_month else { return false };
        let is_month =
            |(number, figures): (u32, usize)| figures <= 2 && usize::try_from(number) == Ok(day.month);
        let holds = |from: (u32, usize), to: (u32, usize)| {
            from.1 <= 2 && to.1 <= 2 && to.0 <= 31 && (from.0..=to.0).contains(&wanted)
        };
        let [first, second, third] = parts;
        let days_first = holds(first, second) && is_month(third);
        let month_first = is_month(first) && holds(second, third);
        match self
            .parted_number(at + 5)
            .filter(|_| self.is_tightly_parted(at + 5))
        {
            Some((number, 4)) => number == day.year && (days_first || month_first),
            Some((number, 2)) => number == day.year % 100 && days_first,
            Some(_) => false,
            // Two marks that differ: what is parted alike is a number of another kind, or a date with its year.
            None => days_first && self.0.get(at + 1) != self.0.get(at + 3),
        }
    }

    /// Whether three numbers stand side by side that are the day, with the whole year: "19 01 2024", `2024_01_19`.
    fn names_in_a_row(&self, at: usize, day: Day) -> bool {
        let Some(
            [
                Token::Number(first, one),
                Token::Number(second, 1 | 2),
                Token::Number(third, three),
            ],
        ) = self.0.get(at..at + 3)
        else {
            return false;
        };
        let is_day = |number: u32| day.of_month.is_none_or(|wanted| wanted == number);
        let is_month = |number: u32| usize::try_from(number) == Ok(day.month);
        match (one, three) {
            (4, 1 | 2) => *first == day.year && is_month(*second) && is_day(*third),
            (1 | 2, 4) => {
                *third == day.year
                    && ((is_day(*first) && is_month(*second)) || (is_month(*first) && is_day(*second)))
            }
            _ => false,
        }
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

    fn is_tightly_parted(&self, at: usize) -> bool {
        matches!(self.0.get(at), Some(Token::Mark('-' | '/' | '.')))
    }

    /// By a mark of dates, or by one that stands between other numbers far more often: the parts of a time, the items of a list.
    fn is_parted(&self, at: usize) -> bool {
        self.is_tightly_parted(at) || matches!(self.0.get(at), Some(Token::Mark(':' | ',' | '·' | '•')))
    }

    /// The number behind a mark that parts.
    fn parted_number(&self, at: usize) -> Option<(u32, usize)> {
        self.is_parted(at).then(|| self.number(at + 1))?
    }
}

/// Whether a day stands in what is next to its month, alone or between two others.
fn stretch_has<'a>(tokens: impl Iterator<Item = &'a Token>, day: Option<u32>) -> bool {
    let Some(day) = day else { return false };
    let days = days_in(tokens);
    days.contains(&day)
        || days
            .windows(2)
            .any(|pair| matches!(pair, [one, other] if (*one.min(other)..=*one.max(other)).contains(&day)))
}

/// The days that stand one after another, until something else does.
fn days_in<'a>(tokens: impl Iterator<Item = &'a Token>) -> Vec<u32> {
    let mut days: Vec<u32> = Vec::new();
    // The one before, if it was a word: "twenty-first", and read backwards.
    let mut word_before = None;
    for token in tokens {
        match token {
            Token::Number(number, ..=2) if (1..=31).contains(number) => {
                days.push(*number);
                word_before = None;
            }
            Token::Word(word) if JOINING.contains(&word.as_str()) => {}
            Token::Word(word) => {
                let Some(number) = day_in_words(word) else { break };
                match word_before {
                    Some(before) if is_tens_and_ones(before, number) => {
                        days.pop();
                        days.push(before + number);
                        word_before = None;
                    }
                    _ => {
                        days.push(number);
                        word_before = Some(number);
                    }
                }
            }
            // "January 19, 2024", but not "Jan, 19".
            Token::Mark(',') if days.is_empty() => break,
            Token::Mark('.' | ',' | '-' | '/' | '&') => {}
            Token::Number(..) | Token::Mark(_) => break,
        }
    }
    days
}

fn is_tens_and_ones(one: u32, other: u32) -> bool {
    matches!(one.max(other), 20 | 30) && one.min(other) < 10
}

/// Whether a year stands right behind a month: "januari 2024", "jan. 2024", "January ’24".
fn year_follows(after: &[Token], year: u32) -> bool {
    let mut rest = after.iter().skip_while(|token| {
        matches!(token, Token::Mark('.' | ','))
            || matches!(token, Token::Word(word) if JOINING.contains(&word.as_str()))
    });
    match (rest.next(), rest.next()) {
        (Some(Token::Number(number, 4)), _)
        | (Some(Token::Mark('-' | '/')), Some(Token::Number(number, 4))) => *number == year,
        (Some(Token::Mark('\'' | '-' | '/')), Some(Token::Number(number, 2))) => *number == year % 100,
        _ => false,
    }
}

/// Whether a year stands right before a month: "2024 januari".
fn year_stands_before(before: &[Token], year: u32) -> bool {
    let mut rest = before
        .iter()
        .rev()
        .skip_while(|token| matches!(token, Token::Mark('.' | ',' | '-' | '/')));
    matches!(rest.next(), Some(Token::Number(number, 4)) if *number == year)
}

/// A text in numbers, words and marks: in small letters, without accents, with the figures of any script as numbers.
fn tokens(text: &str) -> Vec<Token> {
    // Chinese, Japanese and Korean put a word behind each number of a date.
    let text = text
        .replace(['年', '月', '년', '월'], "-")
        .replace(['日', '일'], " ");
    let plain = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_unseen(*c))
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
            // Of a longer one, the first eight figures: a day, before a time.
            let value = if figures < 8 {
                value.saturating_mul(10).saturating_add(figure)
            } else {
                value
            };
            number = Some((value, figures + 1));
        } else if c.is_alphabetic() {
            word.push(if c == 'ı' { 'i' } else { c });
        } else if !c.is_whitespace() && !AROUND.contains(c) {
            found.push(Token::Mark(match c {
                '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
                '’' | '‘' | '´' => '\'',
                '\u{2044}' => '/',
                other => other,
            }));
        }
    }
    found
}

/// Marks around words and numbers, of which nobody reads that they part them: brackets, quotation marks, the marks of Markdown.
const AROUND: &str = "()[]{}<>*_~\\\"“”„«»‹›`";

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
            "19/20.1.2024",
            "18-20/1",
            "18–21/01/2024",
            "1/18-20/2024",
            "Op negentien januari vluchtten zij.",
            "de negentiende januari",
            "On the nineteenth of January",
            "January the nineteenth",
            "am neunzehnten Januar",
            "achttien tot twintig januari",
        ] {
            assert!(names(text, "2024-01-19"), "{text}");
        }
    }

    #[test]
    fn a_day_is_found_between_whatever_marks_stand_around_it() {
        for text in [
            "19 01 2024",
            "IMG_2024_01_19",
            "2024:01:19 10:05",
            "19·01·2024",
            "19, 1, 2024",
            "24-01-19",
            "IMG_20240119101112",
            "190124.jpg",
            "240119",
            "01192024",
            "2024 januari",
            "januari (2024)",
            "19 (januari)",
            "19 “januari”",
            "Jan-24",
            "jan/2024",
            "19 ja\u{ad}nuari",
            "**19** januari",
            "19 [januari](https://example.org)",
            "19\\. januari",
            "Op 19/1, 30 mensen vluchtten",
            "19-1: 30 doden",
            "19/1, 20/1",
            "Om 14:30, 19/1",
            "Op 19/20.1, 30 mensen",
            "Om 10:05:19, 19-1-2024",
        ] {
            assert!(names(text, "2024-01-19"), "{text}");
        }
    }

    #[test]
    fn other_months_in_other_words_are_found() {
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
            ("03/2024, 12 mensen", "2024-03"),
            ("vingt-deux mars", "2024-03-22"),
            ("le trente et un mars", "2024-03-31"),
            ("20240319", "2024-03"),
            ("On the twenty-first of March", "2024-03-21"),
            ("March twenty-first", "2024-03-21"),
            ("eenentwintig maart", "2024-03-21"),
            ("einunddreißigsten März", "2024-03-31"),
            ("le premier mars", "2024-03-01"),
            ("le vingt et un mars", "2024-03-21"),
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
            "De uitslag was 18-20-1",
            "Om 19:01:24 uur",
            "19, 1 en 24 mensen",
            "1234567890",
            "Kamer 119012",
            "2023 januari",
            "On the twenty-first of January",
            "Unter Januarhimmel",
            "Zij waren met negentien.",
            "19/20.1.2023",
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
