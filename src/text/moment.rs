//! A day and a time of day in a time zone, as people choose the moment at which something is to happen.
//!
//! The zone is an IANA name and is kept beside the instant: "nine o’clock in Amsterdam" stays that when it is shown again. An hour that does not exist,
//! because clocks go forward over it, moves forward with them; of an hour that exists twice the first is meant. That is what RFC 5545 says of calendars.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::TextError;
use crate::clock::Millis;

/// A time zone by its IANA name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(String);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: &'static str = "UTC";

    /// Looks a name up.
    ///
    /// # Errors
    /// [`TextError::NotAZone`] for a name that the time zone database does not have.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        // Source: IANA's theory file: names have letters, digits and these signs, and 14 characters a part. A path is none.
        let plain = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte));
        if !plain {
            return Err(TextError::NotAZone);
        }
        let zone = find(text).ok_or(TextError::NotAZone)?;
        // As the database spells it: "europe/amsterdam" is found too.
        Ok(Self(zone.iana_name().unwrap_or(text).to_owned()))
    }

    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its name.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

fn find(name: &str) -> Option<TimeZone> {
    if name.eq_ignore_ascii_case(Zone::UTC) {
        return Some(TimeZone::UTC);
    }
    TimeZone::get(name).ok()
}

/// What became of an hour that does not exist or exists twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Shift {
    /// There is no such hour on that day; it moved forward.
    Forward,
    /// It comes twice; the first is meant.
    First,
}

/// An instant that somebody chose as a day and a time in a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub at: Millis,
    /// The zone it was chosen in.
    pub zone: Zone,
    /// Whether it is not plainly what was typed.
    pub shift: Option<Shift>,
}

impl Moment {
    /// A day (`2024-01-19`) and a time (`09:30`) in a zone.
    ///
    /// # Errors
    /// [`TextError::NotAMoment`].
    pub fn parse(day: &str, time: &str, zone: Zone) -> Result<Self, TextError> {
        let (day, time) = (day.trim(), time.trim());
        let day: Date = day.parse().map_err(|_| TextError::NotAMoment)?;
        let time = Time::strptime("%H:%M", time)
            .or_else(|_| Time::strptime("%H:%M:%S", time))
            .map_err(|_| TextError::NotAMoment)?;
        Self::of(day.to_datetime(time), zone)
    }

    /// The same as one text, `2024-01-19T09:30`; or an instant with its offset (`2024-01-19T08:30:00Z`), which needs no zone to be understood.
    ///
    /// # Errors
    /// [`TextError::NotAMoment`].
    pub fn parse_one(text: &str, zone: Zone) -> Result<Self, TextError> {
        let text = text.trim();
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            let at = instant.as_millisecond();
            return Ok(Self {
                at,
                zone,
                shift: None,
            });
        }
        let (day, time) = text.split_once('T').ok_or(TextError::NotAMoment)?;
        Self::parse(day, time, zone)
    }

    fn of(local: DateTime, zone: Zone) -> Result<Self, TextError> {
        let found = find(&zone.0).ok_or(TextError::NotAZone)?;
        let ambiguous = found.to_ambiguous_zoned_datetime(local);
        let shift = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => None,
            AmbiguousOffset::Gap { .. } => Some(Shift::Forward),
            AmbiguousOffset::Fold { .. } => Some(Shift::First),
        };
        let at = ambiguous.compatible().map_err(|_| TextError::NotAMoment)?;
        Ok(Self {
            at: at.timestamp().as_millisecond(),
            zone,
            shift,
        })
    }
}

/// An instant as the clocks of a zone show it: the day (`2024-01-19`) and the time (`09:30`). A zone that is not known any more is UTC.
#[must_use]
pub fn local(at: Millis, zone: &str) -> (String, String) {
    let zone = find(zone).unwrap_or(TimeZone::UTC);
    let Ok(instant) = jiff::Timestamp::from_millisecond(at) else {
        return (String::new(), String::new());
    };
    let local = instant.to_zoned_datetime(zone);
    (
        local.strftime("%Y-%m-%d").to_string(),
        local.strftime("%H:%M").to_string(),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;
    use crate::clock::rfc3339;

    fn chosen(day: &str, time: &str, zone: &str) -> (String, Option<Shift>) {
        let moment = Moment::parse(day, time, Zone::parse(zone).unwrap()).unwrap();
        (rfc3339(moment.at), moment.shift)
    }

    #[test]
    fn a_time_is_that_of_the_clocks_in_its_zone() {
        let amsterdam = "Europe/Amsterdam";
        assert_eq!(
            chosen("2024-01-19", "09:30", amsterdam),
            ("2024-01-19T08:30:00Z".into(), None)
        );
        assert_eq!(
            chosen("2024-07-19", "09:30", amsterdam),
            ("2024-07-19T07:30:00Z".into(), None)
        );
        assert_eq!(
            chosen("2024-01-19", "09:30", "UTC"),
            ("2024-01-19T09:30:00Z".into(), None)
        );
        assert_eq!(
            chosen("2024-01-19", "09:30", "Asia/Kathmandu").0,
            "2024-01-19T03:45:00Z"
        );
    }

    #[test]
    fn an_hour_that_does_not_exist_moves_forward() {
        let (at, shift) = chosen("2024-03-31", "02:30", "Europe/Amsterdam");
        assert_eq!(
            (at.as_str(), shift),
            ("2024-03-31T01:30:00Z", Some(Shift::Forward))
        );
        let at = Moment::parse("2024-03-31", "02:30", Zone::parse("Europe/Amsterdam").unwrap())
            .unwrap()
            .at;
        assert_eq!(
            local(at, "Europe/Amsterdam"),
            ("2024-03-31".into(), "03:30".into())
        );
    }

    #[test]
    fn of_an_hour_that_exists_twice_the_first_is_meant() {
        let (at, shift) = chosen("2024-10-27", "02:30", "Europe/Amsterdam");
        assert_eq!((at.as_str(), shift), ("2024-10-27T00:30:00Z", Some(Shift::First)));
        let (at, shift) = chosen("2024-11-03", "01:15", "America/New_York");
        assert_eq!((at.as_str(), shift), ("2024-11-03T05:15:00Z", Some(Shift::First)));
    }

    #[test]
    fn a_day_that_a_zone_left_out_is_the_next() {
        // Samoa went over the date line: 30 December 2011 never was.
        let (at, shift) = chosen("2011-12-30", "12:00", "Pacific/Apia");
        assert_eq!(
            (at.as_str(), shift),
            ("2011-12-30T22:00:00Z", Some(Shift::Forward))
        );
    }

    #[test]
    fn what_is_no_moment_or_zone_is_said() {
        for (day, time) in [
            ("2024-02-30", "09:30"),
            ("2024-1-1", "09:30"),
            ("morgen", "09:30"),
            ("2024-01-19", ""),
            ("2024-01-19", "25:00"),
            ("2024-01-19", "9 uur"),
            ("", ""),
        ] {
            let moment = Moment::parse(day, time, Zone::parse("UTC").unwrap());
            assert_eq!(moment, Err(TextError::NotAMoment), "{day} {time}");
        }
        for zone in [
            "",
            "Amsterdam",
            "../../etc/passwd",
            "Europe/Nergens",
            "+01:00",
            "CET\0",
        ] {
            assert_eq!(Zone::parse(zone), Err(TextError::NotAZone), "{zone}");
        }
        assert_eq!(
            Zone::parse("europe/amsterdam").unwrap().as_str(),
            "Europe/Amsterdam"
        );
    }

    #[test]
    fn programs_give_one_text_local_or_with_an_offset() {
        let zone = || Zone::parse("Europe/Amsterdam").unwrap();
        let at = |text: &str| Moment::parse_one(text, zone()).map(|moment| rfc3339(moment.at));
        assert_eq!(at("2024-01-19T09:30").unwrap(), "2024-01-19T08:30:00Z");
        assert_eq!(at("2024-01-19T09:30:00").unwrap(), "2024-01-19T08:30:00Z");
        assert_eq!(at("2024-01-19T09:30:00Z").unwrap(), "2024-01-19T09:30:00Z");
        assert_eq!(at("2024-01-19T09:30:00+05:00").unwrap(), "2024-01-19T04:30:00Z");
        assert_eq!(at("19 januari"), Err(TextError::NotAMoment));
    }
}
