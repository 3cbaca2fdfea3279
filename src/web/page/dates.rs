//! Dates as a story's language writes them: `2024`, `2024-01` and `2024-01-19` become "2024", "januari 2024" and "19 januari 2024".
//!
//! The forms are those of Unicode CLDR, by ICU4X, in the Gregorian calendar, so that a year alone and a day of it agree in every language.

use icu_calendar::{Date, Gregorian};
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::{YM, YMD};
use icu_locale_core::Locale;

use crate::text::language;

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

/// A day, short: "19 jan 2024"; `None` for what is not one.
pub(super) fn printed_short(day: &str, tag: &str) -> Option<String> {
    let day: jiff::civil::Date = day.parse().ok()?;
    let form = FixedCalendarDateTimeFormatter::try_new(locale(tag)?.into(), YMD::medium()).ok()?;
    let date = Date::try_new_gregorian(
        i32::from(day.year()),
        u8::try_from(day.month()).ok()?,
        u8::try_from(day.day()).ok()?,
    );
    Some(form.format(&date.ok()?).to_string())
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

/// The locale of a tag. English without a region is Europe's: a day before its month.
fn locale(tag: &str) -> Option<Locale> {
    let tag = if tag.eq_ignore_ascii_case("en") {
        "en-GB"
    } else {
        tag
    };
    tag.parse().ok()
}

fn in_month(year: usize, month: usize, tag: &str) -> Option<String> {
    let date = gregorian(year, month, 1)?;
    let form = FixedCalendarDateTimeFormatter::try_new(locale(tag)?.into(), YM::long()).ok()?;
    Some(form.format(&date).to_string())
}

fn on_day(year: usize, month: usize, day: usize, tag: &str) -> Option<String> {
    let date = gregorian(year, month, day)?;
    let form = FixedCalendarDateTimeFormatter::try_new(locale(tag)?.into(), YMD::long()).ok()?;
    let printed = form.format(&date).to_string();
    Some(match (language::primary(tag), printed.strip_prefix("1 ")) {
        // French counts the first day of a month; CLDR's long form leaves that out.
        ("fr", Some(rest)) => format!("1er {rest}"),
        _ => printed,
    })
}

fn gregorian(year: usize, month: usize, day: usize) -> Option<Date<Gregorian>> {
    Date::try_new_gregorian(
        i32::try_from(year).ok()?,
        u8::try_from(month).ok()?,
        u8::try_from(day).ok()?,
    )
    .ok()
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
    fn a_day_is_written_short_too() {
        assert_eq!(printed_short("2024-01-19", "en").unwrap(), "19 Jan 2024");
        assert_eq!(printed_short("2024-01-19", "nl").unwrap(), "19 jan 2024");
        assert_eq!(printed_short("2024-01", "nl"), None);
    }

    #[test]
    fn other_languages_have_their_own_forms_and_what_is_no_language_keeps_the_date() {
        assert_eq!(text("2024-01-19", "sv"), "19 januari 2024");
        assert_eq!(text("2024-01-19", "pl"), "19 stycznia 2024");
        assert_eq!(text("2024-01", "pl"), "styczeń 2024");
        assert_eq!(text("2024-01-19", "hu"), "2024. január 19.");
        assert_eq!(text("2024-01-19", "ja"), "2024年1月19日");
        assert!(text("2024-01-19", "ar").contains("يناير"));
        assert!(text("2024-01-19", "fa").contains("ژانویه"));
        assert_eq!(text("2024-02-31", "nl"), "2024-02-31");
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
