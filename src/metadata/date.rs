//! Dates as picture files write them: often partial, with or without a time, in three notations.
//!
//! A [`Date`] is a local time with an optional offset, never an instant: cameras seldom know their time zone, and a partial date must
//! stay partial. No calendar arithmetic beyond "does this day exist".

/// A date that may stop at any point from the year on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Date {
    year: u16,
    month: Option<u8>,
    day: Option<u8>,
    time: Option<Time>,
}

/// A local time; seconds and their fraction (digits as written) may be missing, and so may the offset (`Z` or `+01:00`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Time {
    hour: u8,
    minute: u8,
    second: Option<u8>,
    fraction: String,
    offset: String,
}

impl Date {
    /// Reads the notation of XMP: `2024`, `2024-01`, `2024-01-19`, `2024-01-19T10:05`, with seconds, fraction and offset if there.
    ///
    /// EXIF's colons between the parts of the day (`2024:01:19 10:05:00`) are taken too. Source: XMP part 1, 8.2.1.3; EXIF 2.32, 4.6.5.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (day, time) = match text.split_once(['T', ' ']) {
            Some((day, time)) => (day, Some(time)),
            None => (text, None),
        };
        let mut parts = day.split(['-', ':', '/', '.']);
        let year = digits(parts.next()?, 4)?;
        let month = parts.next().map_or(Some(0), |part| digits(part, 2))?;
        let day = parts.next().map_or(Some(0), |part| digits(part, 2))?;
        let mut date = Self::from_parts(year, month, day)?;
        if parts.next().is_some() {
            return None;
        }
        if date.day.is_some() {
            date.time = time.and_then(Time::parse);
        }
        Some(date)
    }

    /// Reads IIM's 2:55 (`20240119`, zeros for what is not known) and 2:60 (`100500+0100`). Source: IPTC-IIM 4.2, 2:55 and 2:60.
    pub(super) fn parse_iim(day: &str, time: Option<&str>) -> Option<Self> {
        let day = day.trim();
        if day.len() != 8 || !day.bytes().all(|byte| byte.is_ascii_digit()) {
            // Some programs write 2024-01-19 there.
            return Self::parse(day);
        }
        let mut date = Self::from_parts(
            digits(day.get(..4)?, 4)?,
            digits(day.get(4..6)?, 2)?,
            digits(day.get(6..)?, 2)?,
        )?;
        if date.day.is_some() {
            date.time = time.and_then(|time| Time::parse(time.trim()));
        }
        Some(date)
    }

    /// Adds EXIF's separate tags to a date that has a time: the fraction of the second and the offset from UTC.
    pub(super) fn with_exif_details(mut self, fraction: Option<&str>, offset: Option<&str>) -> Self {
        if let Some(time) = &mut self.time {
            if let Some(fraction) = fraction.map(str::trim)
                && !fraction.is_empty()
                && fraction.bytes().all(|byte| byte.is_ascii_digit())
            {
                time.fraction = fraction.chars().take(9).collect();
            }
            if let Some(offset) = offset.and_then(parse_offset) {
                time.offset = offset;
            }
        }
        self
    }

    fn from_parts(year: u16, month: u16, day: u16) -> Option<Self> {
        let mut date = Self {
            year,
            ..Self::default()
        };
        if !(1000..=9999).contains(&year) || month > 12 {
            return None;
        }
        if month == 0 {
            return Some(date);
        }
        date.month = u8::try_from(month).ok();
        if day > days_in(year, month) {
            return None;
        }
        if day > 0 {
            date.day = u8::try_from(day).ok();
        }
        Some(date)
    }

    /// ISO 8601, as much as is known: `2024`, `2024-01`, `2024-01-19`, `2024-01-19T10:05:00.25+01:00`.
    pub(super) fn iso(&self) -> String {
        use std::fmt::Write as _;
        let mut iso = format!("{:04}", self.year);
        for part in [self.month, self.day].into_iter().flatten() {
            // Writing to a String cannot fail.
            let _ = write!(iso, "-{part:02}");
        }
        if let Some(time) = &self.time {
            let _ = write!(iso, "T{:02}:{:02}", time.hour, time.minute);
            if let Some(second) = time.second {
                let _ = write!(iso, ":{second:02}");
                if !time.fraction.is_empty() {
                    let _ = write!(iso, ".{}", time.fraction);
                }
            }
            iso.push_str(&time.offset);
        }
        iso
    }

    /// The local time as text that sorts in the order of taking: `2024-01-19T10:05:00` or with milliseconds. A day without a time
    /// counts as its midnight; a date without a day gives `None`.
    pub(super) fn sortable(&self) -> Option<String> {
        let (month, day) = (self.month?, self.day?);
        let midnight = Time::default();
        let time = self.time.as_ref().unwrap_or(&midnight);
        let mut sortable = format!(
            "{:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
            self.year,
            time.hour,
            time.minute,
            time.second.unwrap_or(0)
        );
        if !time.fraction.is_empty() {
            let digits: String = time.fraction.chars().chain("000".chars()).take(3).collect();
            sortable.push('.');
            sortable.push_str(&digits);
        }
        Some(sortable)
    }

    /// The offset from UTC, if there is one: `Z` or `+01:00`.
    pub(super) fn offset(&self) -> Option<String> {
        let offset = &self.time.as_ref()?.offset;
        (!offset.is_empty()).then(|| offset.clone())
    }

    /// Whether the two say the same as far as both say anything: a date without a time agrees with any time on that day, and a time
    /// without an offset with the same time at any offset.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        fn same<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
            one.zip(other).is_none_or(|(one, other)| one == other)
        }
        self.year == other.year
            && same(self.month.as_ref(), other.month.as_ref())
            && same(self.day.as_ref(), other.day.as_ref())
            && self
                .time
                .as_ref()
                .zip(other.time.as_ref())
                .is_none_or(|(one, other)| {
                    one.hour == other.hour
                        && one.minute == other.minute
                        && same(one.second.as_ref(), other.second.as_ref())
                        && (one.offset.is_empty() || other.offset.is_empty() || one.offset == other.offset)
                })
    }
}

impl Time {
    /// Reads `10:05`, `10:05:00.25+01:00`, `100500+0100`, `100500`.
    fn parse(text: &str) -> Option<Self> {
        let split = text.find(['Z', '+', '-']).unwrap_or(text.len());
        let (clock, offset) = text.split_at_checked(split)?;
        let (clock, fraction) = clock.trim().split_once('.').unwrap_or((clock.trim(), ""));
        let compact: String = clock.chars().filter(|&character| character != ':').collect();
        let hour = u8::try_from(digits(compact.get(..2)?, 2)?).ok()?;
        let minute = u8::try_from(digits(compact.get(2..4)?, 2)?).ok()?;
        let second = match compact.get(4..) {
            None | Some("") => None,
            Some(second) => Some(u8::try_from(digits(second, 2)?).ok()?),
        };
        if hour > 23 || minute > 59 || second.is_some_and(|second| second > 60) {
            return None;
        }
        Some(Self {
            hour,
            minute,
            second,
            fraction: fraction
                .chars()
                .take_while(char::is_ascii_digit)
                .take(9)
                .collect(),
            offset: parse_offset(offset).unwrap_or_default(),
        })
    }
}

/// Reads `Z`, `+01:00` or `+0100` and writes `Z` or `+01:00`; at most 14 hours. Source: ISO 8601, 4.2.5.
fn parse_offset(text: &str) -> Option<String> {
    let text = text.trim();
    if text == "Z" {
        return Some("Z".to_owned());
    }
    let sign = text.get(..1).filter(|sign| matches!(*sign, "+" | "-"))?;
    let compact: String = text
        .get(1..)?
        .chars()
        .filter(|&character| character != ':')
        .collect();
    let hours = digits(compact.get(..2)?, 2)?;
    let minutes = match compact.get(2..) {
        None | Some("") => 0,
        Some(minutes) => digits(minutes, 2)?,
    };
    (hours <= 14 && minutes <= 59).then(|| format!("{sign}{hours:02}:{minutes:02}"))
}

/// Exactly `width` ASCII digits as a number.
fn digits(text: &str, width: usize) -> Option<u16> {
    let text = text.trim();
    let right = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    right.then(|| text.parse().ok()).flatten()
}

fn days_in(year: u16, month: u16) -> u16 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
mod tests {
    use super::*;

    #[test]
    fn dates_stay_as_partial_as_they_were() {
        for text in [
            "2024",
            "2024-01",
            "2024-01-19",
            "2024-01-19T10:05",
            "2024-01-19T10:05:00",
            "2024-01-19T10:05:00.25+01:00",
            "2024-01-19T10:05:00Z",
        ] {
            assert_eq!(Date::parse(text).unwrap().iso(), text);
        }
    }

    #[test]
    fn exif_and_iim_notations_come_out_as_iso() {
        let exif = Date::parse("2024:01:19 10:05:00")
            .unwrap()
            .with_exif_details(Some("120 "), Some("+01:00"));
        assert_eq!(exif.iso(), "2024-01-19T10:05:00.120+01:00");
        assert_eq!(exif.sortable().unwrap(), "2024-01-19T10:05:00.120");
        let iim = Date::parse_iim("20240119", Some("100500+0100")).unwrap();
        assert_eq!(iim.iso(), "2024-01-19T10:05:00+01:00");
        assert_eq!(
            Date::parse_iim("20240100", Some("100500")).unwrap().iso(),
            "2024-01"
        );
        assert!(exif.agrees_with(&iim));
    }

    #[test]
    fn dates_that_do_not_exist_are_absent() {
        for text in [
            "0000:00:00 00:00:00",
            "    :  :     :  :  ",
            "2024-13",
            "2023-02-29",
            "20x4",
            "",
            "yesterday",
            "2024-01-19-20",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert_eq!(Date::parse("2024-01-19T25:00").unwrap().iso(), "2024-01-19");
    }

    #[test]
    fn a_day_sorts_as_its_midnight_and_a_month_not_at_all() {
        assert_eq!(
            Date::parse("2024-01-19").unwrap().sortable().unwrap(),
            "2024-01-19T00:00:00"
        );
        assert_eq!(Date::parse("2024-01").unwrap().sortable(), None);
    }
}
