//! Moments: a day, a time and a zone in a form, and a moment in words.

use super::form::Form;
use crate::clock::{Millis, rfc3339};
use crate::text::{Moment, Zone, local};
use crate::web::fields::Errors;
use crate::web::page::{date_in, short_date_in};
use crate::web::tongue::Tongue;

/// Zones offered where scripts cannot name all of them; one that is not here can be kept but not chosen anew. For each offset with many people in it one
/// or more of its large cities.
const ZONES: [&str; 48] = [
    "Africa/Abidjan",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Nairobi",
    "America/Anchorage",
    "America/Argentina/Buenos_Aires",
    "America/Bogota",
    "America/Chicago",
    "America/Curacao",
    "America/Denver",
    "America/Halifax",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Paramaribo",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Baghdad",
    "Asia/Bangkok",
    "Asia/Beirut",
    "Asia/Dhaka",
    "Asia/Dubai",
    "Asia/Jakarta",
    "Asia/Jerusalem",
    "Asia/Kabul",
    "Asia/Karachi",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Sydney",
    "Europe/Amsterdam",
    "Europe/Athens",
    "Europe/Berlin",
    "Europe/Brussels",
    "Europe/Istanbul",
    "Europe/Kyiv",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Moscow",
    "Europe/Paris",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "UTC",
];

/// A moment as a form has it.
#[derive(Debug, Clone)]
pub(super) struct When {
    pub day: String,
    pub time: String,
    pub zone: String,
    /// Whether nobody has chosen a zone yet: then scripts choose the browser's.
    pub is_open: bool,
}

impl When {
    /// The form for a moment that is set, or for none.
    pub(super) fn new(at: Option<Millis>, zone: Option<&str>) -> Self {
        let name = zone.unwrap_or(Zone::UTC).to_owned();
        let (day, time) = at.map(|at| local(at, &name)).unwrap_or_default();
        Self {
            day,
            time,
            is_open: zone.is_none(),
            zone: name,
        }
    }

    /// As it was typed.
    pub(super) fn typed(form: &Form) -> Self {
        Self {
            day: form.text("day").to_owned(),
            time: form.text("time").to_owned(),
            zone: form.text("zone").to_owned(),
            is_open: false,
        }
    }

    /// The zones to choose from, the chosen one among them.
    pub(super) fn zones(&self) -> Vec<String> {
        let mut zones: Vec<String> = ZONES.iter().map(|zone| (*zone).to_owned()).collect();
        if !zones.contains(&self.zone) && Zone::parse(&self.zone).is_ok() {
            zones.push(self.zone.clone());
            zones.sort();
        }
        zones
    }

    /// The moment, if it is one.
    pub(super) fn read(&self, errors: &mut Errors) -> Option<Moment> {
        let zone = errors.take("/zone", "zone", Zone::parse(&self.zone))?;
        errors.take("/at", "moment", Moment::parse(&self.day, &self.time, zone))
    }
}

/// A moment ready to print: for people, by the clocks of a zone, and for programs.
#[derive(Debug, Clone)]
pub(super) struct Printed {
    pub words: String,
    pub iso: String,
}

/// A moment in a list, by UTC: "19 jan 2024, 10.05". Scripts show it by the reader's own clock.
pub(super) fn short(at: Millis) -> String {
    let (day, time) = local(at, Zone::UTC);
    format!(
        "{}, {}",
        short_date_in(&day, Tongue::current().tag()),
        time.replace(':', ".")
    )
}

/// A moment by the clocks of a zone: "19 januari 2024, 11.00 (Europe/Amsterdam)".
pub(super) fn printed(tongue: Tongue, at: Millis, zone: Option<&str>) -> Printed {
    let zone = zone.unwrap_or(Zone::UTC);
    let (day, time) = local(at, zone);
    Printed {
        words: format!(
            "{}, {} ({})",
            date_in(&day, tongue.tag()),
            time.replace(':', "."),
            zone.replace('_', " ")
        ),
        iso: rfc3339(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_that_is_offered_is_one_and_they_stand_in_order() {
        for zone in ZONES {
            assert_eq!(
                Zone::parse(zone).map(Zone::into_string).as_deref(),
                Ok(zone),
                "{zone}"
            );
        }
        assert!(ZONES.is_sorted());
    }

    #[test]
    fn a_form_shows_the_moment_that_it_sets() {
        let when = When::new(Some(1_705_658_400_000), Some("America/Barbados"));
        assert_eq!((when.day.as_str(), when.time.as_str()), ("2024-01-19", "06:00"));
        assert!(when.zones().contains(&"America/Barbados".to_owned()));
        let mut errors = Errors::default();
        assert_eq!(
            when.read(&mut errors).map(|moment| moment.at),
            Some(1_705_658_400_000)
        );
    }
}
