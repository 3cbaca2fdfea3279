//! The plain values of a photograph after the carriers have been reconciled. Which of them may be public is decided elsewhere.

use serde::{Deserialize, Serialize};

use super::{Field, FieldValue, date::Date};
use crate::text::country;

/// Names of places that are kept of one photograph; those of the file are half as many at most.
pub(super) const MOST_PLACE_NAMES: usize = 400;

/// Names that one file of a photograph has for what may have to be hidden of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Names {
    /// Of its place.
    pub places: Vec<String>,
    /// ISO 3166 codes of its country.
    pub codes: Vec<String>,
    /// Of the persons in it.
    pub persons: Vec<String>,
    /// Of the event.
    pub events: Vec<String>,
    /// The days on which it may have been made, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<String>,
}

impl Names {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.places, &self.codes, &self.persons, &self.events, &self.days]
            .iter()
            .all(|names| names.is_empty())
    }

    /// Adds those of another file.
    pub fn extend(&mut self, other: Self) {
        self.places.extend(other.places);
        self.codes.extend(other.codes);
        self.persons.extend(other.persons);
        self.events.extend(other.events);
        self.days.extend(other.days);
    }
}

/// What the file says, field by field. Source of the fields' meaning: IPTC Photo Metadata Standard 2025.1.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// What the picture shows, the caption of record; may have several lines (`\n`).
    pub caption: Option<String>,
    /// A publishable synopsis.
    pub headline: Option<String>,
    /// The object name; often only a file name.
    pub title: Option<String>,
    /// Who made the picture, in order.
    pub creators: Vec<String>,
    /// The credit line the supplier asks for.
    pub credit: Option<String>,
    /// Where the picture was obtained from.
    pub source: Option<String>,
    /// The copyright notice.
    pub copyright: Option<String>,
    /// The rights usage terms; may have several lines.
    pub usage_terms: Option<String>,
    /// The address of a page stating the rights.
    pub web_statement: Option<String>,
    /// The name of the (first) licensor.
    pub licensor_name: Option<String>,
    /// The address of the (first) licensor.
    pub licensor_url: Option<String>,
    /// PLUS's data mining permission, its full URI.
    pub data_mining: Option<String>,
    /// IPTC's digital source type, its full URI.
    pub digital_source_type: Option<String>,
    /// The short description for those who cannot see the picture.
    pub alt: Option<String>,
    /// The long description for those who cannot see the picture.
    pub extended_description: Option<String>,
    /// The city; like all place fields from one place only: the location shown before the location created.
    pub city: Option<String>,
    /// The province or state.
    pub province: Option<String>,
    /// The country's name, in whatever language the photographer wrote it.
    pub country: Option<String>,
    /// The country's ISO 3166 code, two or three capitals, as the photographer gave it.
    pub country_code: Option<String>,
    /// The place within the city.
    pub sublocation: Option<String>,
    /// Every name of a place anywhere in the file, those of places that lost and of second ones too, and those that people gave it since; never shown,
    /// and looked for where the place is hidden.
    pub place_names: Vec<String>,
    /// ISO 8601, as partial as it was: `2024`, `2024-01`, `2024-01-19`, or with a time and perhaps an offset.
    pub date_created: Option<String>,
    /// The camera's local time, `YYYY-MM-DDTHH:MM:SS` perhaps with `.sss`: text that sorts in the order of taking.
    pub captured_at: Option<String>,
    /// How far that clock was from UTC (`Z`, `+01:00`), if the file says it.
    pub captured_offset: Option<String>,
    /// The event at which the picture was taken.
    pub event: Option<String>,
    /// Keywords.
    pub keywords: Vec<String>,
    /// The photographer's instructions to the desk.
    pub instructions: Option<String>,
    /// The job identifier (original transmission reference).
    pub job_id: Option<String>,
    /// Who wrote the caption.
    pub caption_writer: Option<String>,
    /// Names of persons shown.
    pub persons_shown: Vec<String>,
    /// Codes of countries anywhere in the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub place_codes: Vec<String>,
    /// Names of persons that the file tells elsewhere, at faces for example: shown nowhere, and left unsaid where a photograph is sensitive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub person_names: Vec<String>,
    /// Every day that the file names for its making, `YYYY-MM-DD`, and those of other files of the same photograph: left unsaid where it is sensitive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<String>,
    /// Names of events that other files of the same photograph tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_names: Vec<String>,
    /// PLUS's model release status, its full URI.
    pub model_release_status: Option<String>,
    /// PLUS's property release status, its full URI.
    pub property_release_status: Option<String>,
    /// PLUS's disclosure of the youngest model's age, its full URI.
    pub minor_age_disclosure: Option<String>,
}

impl Facts {
    /// The place as one line, "Telskuf, Irak": the city and the country, or what there is of province and code instead. Plain, in
    /// the photographer's words.
    #[must_use]
    pub fn place_line(&self) -> Option<String> {
        let near = self.city.as_deref().or(self.province.as_deref());
        let far = self.country.as_deref().or(self.country_code.as_deref());
        let parts: Vec<&str> = match (near, far) {
            // "Luxemburg, Luxemburg" is a place said twice.
            (Some(near), Some(far)) if near.to_lowercase() == far.to_lowercase() => vec![near],
            _ => [near, far].into_iter().flatten().collect(),
        };
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// The place as [`Facts::place_line`] has it, with the country's name in a language (BCP 47) where its code is known and
    /// the photographer wrote no name that says more than it.
    #[must_use]
    pub fn place_line_in(&self, language: &str) -> Option<String> {
        let known = self.country_code.as_deref().and_then(|code| {
            let is_plain_name = self
                .country
                .as_deref()
                .is_none_or(|name| country::is_country_name(code, name));
            country::country_name(code, language).filter(|_| is_plain_name)
        });
        match known {
            Some(name) => Self {
                country: Some(name.to_owned()),
                city: self.city.clone(),
                province: self.province.clone(),
                ..Self::default()
            }
            .place_line(),
            None => self.place_line(),
        }
    }

    /// Whether a line is what was drafted from these facts, in whatever language.
    #[must_use]
    pub fn is_place_line(&self, line: &str) -> bool {
        let drafted = ["nl", "en"].map(|language| self.place_line_in(language));
        drafted
            .into_iter()
            .chain([self.place_line()])
            .flatten()
            .any(|drafted| drafted == line)
    }

    /// Keeps a name that somebody gave the place: when it stands nowhere else any more, it is hidden all the same.
    pub fn learn_place(&mut self, name: &str) {
        if self.place_names.iter().any(|known| known == name) {
            return;
        }
        if self.place_names.len() >= MOST_PLACE_NAMES {
            // What was learnt long ago makes room; the file's own names stand first, and stay.
            self.place_names.remove(MOST_PLACE_NAMES / 2);
        }
        self.place_names.push(name.to_owned());
    }

    /// Keeps what other files of the same photograph call its place, its persons and its event: where it is hidden, that is.
    pub fn learn(&mut self, names: &Names) {
        for place in &names.places {
            self.learn_place(place);
        }
        for (known, learnt) in [
            (&mut self.place_codes, &names.codes),
            (&mut self.person_names, &names.persons),
            (&mut self.event_names, &names.events),
            (&mut self.days, &names.days),
        ] {
            for name in learnt {
                if known.len() < MOST_PLACE_NAMES && !known.contains(name) {
                    known.push(name.clone());
                }
            }
        }
    }

    /// Copies one resolved field into its place.
    pub(super) fn set(&mut self, value: &FieldValue) {
        let items = || value.value.lines().map(str::to_owned).collect::<Vec<_>>();
        let slot = match value.field {
            Field::Creators => return self.creators = items(),
            Field::Keywords => return self.keywords = items(),
            Field::PersonsShown => return self.persons_shown = items(),
            Field::Caption => &mut self.caption,
            Field::Headline => &mut self.headline,
            Field::Title => &mut self.title,
            Field::Credit => &mut self.credit,
            Field::Source => &mut self.source,
            Field::Copyright => &mut self.copyright,
            Field::UsageTerms => &mut self.usage_terms,
            Field::WebStatement => &mut self.web_statement,
            Field::LicensorName => &mut self.licensor_name,
            Field::LicensorUrl => &mut self.licensor_url,
            Field::DataMining => &mut self.data_mining,
            Field::DigitalSourceType => &mut self.digital_source_type,
            Field::Alt => &mut self.alt,
            Field::ExtendedDescription => &mut self.extended_description,
            Field::City => &mut self.city,
            Field::Province => &mut self.province,
            Field::Country => &mut self.country,
            Field::CountryCode => &mut self.country_code,
            Field::Sublocation => &mut self.sublocation,
            Field::DateCreated => &mut self.date_created,
            Field::Event => &mut self.event,
            Field::Instructions => &mut self.instructions,
            Field::JobId => &mut self.job_id,
            Field::CaptionWriter => &mut self.caption_writer,
            Field::ModelReleaseStatus => &mut self.model_release_status,
            Field::PropertyReleaseStatus => &mut self.property_release_status,
            Field::MinorAgeDisclosure => &mut self.minor_age_disclosure,
        };
        *slot = Some(value.value.clone());
    }

    /// The order of taking: the camera's time where there is one, else the date created.
    pub(super) fn set_captured_at(&mut self, camera: Option<&Date>) {
        let created = self.date_created.as_deref().and_then(Date::parse);
        let taken = camera
            .filter(|date| date.sortable().is_some())
            .or(created.as_ref());
        self.captured_at = taken.and_then(Date::sortable);
        self.captured_offset = taken.and_then(Date::offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(city: &str, province: &str, country: &str, code: &str) -> Option<String> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Facts {
            city: some(city),
            province: some(province),
            country: some(country),
            country_code: some(code),
            ..Facts::default()
        }
        .place_line()
    }

    #[test]
    fn the_place_line_is_city_and_country_or_what_there_is() {
        assert_eq!(
            place("Telskuf", "Ninive", "Irak", "IRQ").as_deref(),
            Some("Telskuf, Irak")
        );
        assert_eq!(place("", "Ninive", "Irak", "").as_deref(), Some("Ninive, Irak"));
        assert_eq!(place("Telskuf", "", "", "IRQ").as_deref(), Some("Telskuf, IRQ"));
        assert_eq!(place("", "", "Irak", "").as_deref(), Some("Irak"));
        assert_eq!(
            place("Luxemburg", "", "luxemburg", "").as_deref(),
            Some("Luxemburg")
        );
        assert_eq!(place("", "", "", ""), None);
    }

    #[test]
    fn the_country_is_named_in_the_storys_language_where_its_code_is_known() {
        let facts = |country: Option<&str>, code: &str| Facts {
            city: Some("Telskuf".to_owned()),
            country: country.map(str::to_owned),
            country_code: Some(code.to_owned()),
            ..Facts::default()
        };
        let line = |facts: &Facts, language| facts.place_line_in(language).unwrap_or_default();
        let english = facts(Some("Iraq"), "IRQ");
        assert_eq!(line(&english, "nl-NL"), "Telskuf, Irak");
        assert_eq!(line(&english, "en"), "Telskuf, Iraq");
        assert_eq!(line(&english, "de"), "Telskuf, Iraq");
        assert_eq!(line(&facts(None, "iq"), "nl"), "Telskuf, Irak");
        // "Kurdistan" is not another name for Irak, and the photographer meant it.
        assert_eq!(
            line(&facts(Some("Koerdistan"), "IRQ"), "nl"),
            "Telskuf, Koerdistan"
        );
        assert!(english.is_place_line("Telskuf, Irak") && !english.is_place_line("Mosul, Irak"));
    }

    #[test]
    fn facts_written_by_an_older_release_are_still_read() {
        let facts: Facts =
            serde_json::from_str(r#"{"caption":"x","a field of tomorrow":1}"#).unwrap_or_default();
        assert_eq!(facts.caption.as_deref(), Some("x"));
        assert_eq!(facts.keywords, Vec::<String>::new());
    }
}
