//! The order in which photographs were taken: by the camera's clock to the fraction of a second, and by how far that clock was from UTC, so that two
//! cameras of two zones fall in with each other. What does not say when it was taken comes last, by file name as people count.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use crate::metadata::Facts;
use crate::story::order::natural;

/// What a photograph is ordered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shot {
    pub name: String,
    /// The camera's clock.
    pub captured_at: Option<String>,
    /// How far it was from UTC, if the file says it.
    pub offset: Option<String>,
}

impl Shot {
    pub(super) fn of(name: &str, facts: &Facts) -> Self {
        Self {
            name: name.to_owned(),
            captured_at: facts.captured_at.clone(),
            offset: facts.captured_offset.clone(),
        }
    }
}

/// Orders photographs by when they were taken. A clock that does not say how far it was from UTC is believed to be where most of the others were.
pub(super) fn by_capture(shots: &mut [Shot]) {
    let mut said: BTreeMap<i64, usize> = BTreeMap::new();
    for minutes in shots.iter().filter_map(|shot| minutes(shot.offset.as_deref()?)) {
        *said.entry(minutes).or_default() += 1;
    }
    let most = said
        .into_iter()
        .max_by_key(|(minutes, count)| (*count, std::cmp::Reverse(*minutes)))
        .map_or(0, |(minutes, _)| minutes);
    shots.sort_by_cached_key(|shot| {
        let instant = instant(shot, most);
        (instant.is_none(), instant, natural(&shot.name), shot.name.clone())
    });
}

/// Milliseconds in UTC.
fn instant(shot: &Shot, most: i64) -> Option<i64> {
    let clock: DateTime = shot.captured_at.as_deref()?.parse().ok()?;
    let local = jiff::tz::TimeZone::UTC.to_timestamp(clock).ok()?;
    let offset = shot.offset.as_deref().and_then(minutes).unwrap_or(most);
    Some(local.as_millisecond() - offset * 60_000)
}

/// `Z` or `+01:00` in minutes.
fn minutes(offset: &str) -> Option<i64> {
    if offset == "Z" {
        return Some(0);
    }
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
    match offset.get(..1)? {
        "+" => Some(minutes),
        "-" => Some(-minutes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(shots: &[(&str, Option<&str>, Option<&str>)]) -> Vec<String> {
        let mut shots: Vec<Shot> = shots
            .iter()
            .map(|(name, at, offset)| Shot {
                name: (*name).to_owned(),
                captured_at: at.map(str::to_owned),
                offset: offset.map(str::to_owned),
            })
            .collect();
        by_capture(&mut shots);
        shots.into_iter().map(|shot| shot.name).collect()
    }

    #[test]
    fn two_cameras_in_two_zones_fall_in_with_each_other() {
        // The second was left at home time and was taken in between.
        let order = ordered(&[
            ("c", Some("2024-01-19T12:10:00"), Some("+03:00")),
            ("b", Some("2024-01-19T10:05:00"), Some("+01:00")),
            ("a", Some("2024-01-19T12:00:00"), Some("+03:00")),
            ("d", Some("2024-01-19T12:15:00"), None),
        ]);
        assert_eq!(order, ["a", "b", "c", "d"]);
    }

    #[test]
    fn fractions_of_a_second_count_and_names_come_last_as_people_count() {
        let order = ordered(&[
            ("DSC_10.jpg", None, None),
            ("DSC_9.jpg", None, None),
            ("b", Some("2024-01-19T12:00:00.250"), None),
            ("a", Some("2024-01-19T12:00:00"), None),
            ("c", Some("2024-01-19T12:00:00.250"), None),
        ]);
        assert_eq!(order, ["a", "b", "c", "DSC_9.jpg", "DSC_10.jpg"]);
    }
}
