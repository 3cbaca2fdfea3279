//! Dates as a story's language writes them: `2024`, `2024-01` and `2024-01-19` become "2024", "januari 2024" and "19 januari 2024".
//!
//! The names of the months are kept here for six languages; in any other the date stays as it is, which is valid and unambiguous.
//! Source: the long date forms of Unicode CLDR for these languages.

use crate::text::language;

type Months = [&'static str; 12];

const DUTCH: Months = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];
const ENGLISH: Months = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const GERMAN: Months = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const FRENCH: Months = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const SPANISH: Months = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
const ITALIAN: Months = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];

/// A date for `<time>`: for programs and for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PrintedDate {
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; each is a valid `datetime`.
    pub datetime: String,
    /// As the language writes it.
    pub printed: String,
}

/// A story's date in a language; `None` for what is not a date.
pub(super) fn printed(date: &str, tag: &str) -> Option<PrintedDate> {
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4)?;
    let month = parts
        .next()
        .map(|month| number(month, 2).filter(|month| (1..=12).contains(month)));
    let day = parts
        .next()
        .map(|day| number(day, 2).filter(|day| (1..=31).contains(day)));
    let printed = match (month, day, parts.next()) {
        (None, None, None) => year.to_string(),
        (Some(month), None, None) => in_month(year, month?, tag).unwrap_or_else(|| date.to_owned()),
        (Some(month), Some(day), None) => on_day(year, month?, day?, tag).unwrap_or_else(|| date.to_owned()),
        _ => return None,
    };
    Some(PrintedDate {
        datetime: date.to_owned(),
        printed,
    })
}

/// The day (UTC) of a moment in Unix milliseconds, in a language.
pub(super) fn printed_day(unix_ms: i64, tag: &str) -> Option<PrintedDate> {
    let moment = jiff::Timestamp::from_millisecond(unix_ms).ok()?;
    printed(&moment.strftime("%Y-%m-%d").to_string(), tag)
}

/// A moment in Unix milliseconds as RFC 3339 in UTC, to the second.
pub(super) fn rfc3339(unix_ms: i64) -> Option<String> {
    let moment = jiff::Timestamp::from_millisecond(unix_ms).ok()?;
    Some(moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// A moment in Unix milliseconds as RSS writes it: RFC 2822 in UTC.
pub(super) fn rfc2822(unix_ms: i64) -> Option<String> {
    let moment = jiff::Timestamp::from_millisecond(unix_ms).ok()?;
    Some(moment.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string())
}

fn number(digits: &str, length: usize) -> Option<usize> {
    (digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.parse().ok())?
}

fn months(tag: &str) -> Option<&'static Months> {
    Some(match language::primary(tag) {
        "nl" => &DUTCH,
        "en" => &ENGLISH,
        "de" => &GERMAN,
        "fr" => &FRENCH,
        "es" => &SPANISH,
        "it" => &ITALIAN,
        _ => return None,
    })
}

fn in_month(year: usize, month: usize, tag: &str) -> Option<String> {
    let name = months(tag)?.get(month.checked_sub(1)?)?;
    Some(if language::primary(tag) == "es" {
        format!("{name} de {year}")
    } else {
        format!("{name} {year}")
    })
}

fn on_day(year: usize, month: usize, day: usize, tag: &str) -> Option<String> {
    let name = months(tag)?.get(month.checked_sub(1)?)?;
    Some(match (language::primary(tag), day) {
        ("en", _) if tag.eq_ignore_ascii_case("en-US") => format!("{name} {day}, {year}"),
        ("de", _) => format!("{day}. {name} {year}"),
        ("fr", 1) => format!("1er {name} {year}"),
        ("es", _) => format!("{day} de {name} de {year}"),
        _ => format!("{day} {name} {year}"),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    fn text(date: &str, tag: &str) -> String {
        printed(date, tag).unwrap().printed
    }

    #[test]
    fn a_year_a_month_and_a_day_are_written_as_each_language_does() {
        assert_eq!(text("2024", "nl"), "2024");
        assert_eq!(text("2024-01", "nl"), "januari 2024");
        assert_eq!(text("2024-01-19", "nl-BE"), "19 januari 2024");
        assert_eq!(text("2024-01-19", "en"), "19 January 2024");
        assert_eq!(text("2024-01-19", "en-US"), "January 19, 2024");
        assert_eq!(text("2024-03-09", "de"), "9. März 2024");
        assert_eq!(text("2024-01-01", "fr"), "1er janvier 2024");
        assert_eq!(text("2024-08", "fr"), "août 2024");
        assert_eq!(text("2024-08-02", "es"), "2 de agosto de 2024");
        assert_eq!(text("2024-08-02", "it"), "2 agosto 2024");
    }

    #[test]
    fn a_language_without_months_here_keeps_the_date_as_it_is() {
        assert_eq!(text("2024-01-19", "sv"), "2024-01-19");
    }

    #[test]
    fn what_is_not_a_date_is_not_printed() {
        for wrong in [
            "",
            "24",
            "2024-13",
            "2024-00",
            "2024-1",
            "2024-01-32",
            "2024-01-19T00",
            "2024-01-19-1",
            "<b>x",
        ] {
            assert_eq!(printed(wrong, "nl"), None, "{wrong}");
        }
    }

    #[test]
    fn a_moment_is_printed_as_its_day_and_for_programs() {
        assert_eq!(
            printed_day(1_705_668_300_000, "nl").unwrap().printed,
            "19 januari 2024"
        );
        assert_eq!(rfc3339(1_705_668_300_123).unwrap(), "2024-01-19T12:45:00Z");
        assert_eq!(rfc3339(i64::MAX), None);
    }
}
