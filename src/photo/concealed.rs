//! The words that readers may not find while a photo hides something.

use std::collections::BTreeSet;

use super::Photo;
use crate::metadata::{Field, Names};
use crate::text::country::{names_of_code, names_of_name};
use crate::text::days::Day;
use crate::text::naming::{concealable, words_of_event, words_of_person, words_of_place};

impl Photo {
    /// Every name by which its place, the persons in it and its event are known here, for the other files of the same photograph.
    #[must_use]
    pub fn names(&self) -> Names {
        let facts = &self.embedded.facts;
        let losing = |is_meant: fn(Field) -> bool| {
            let fields = self
                .embedded
                .fields
                .iter()
                .filter(move |field| is_meant(field.field));
            let losers = fields.flat_map(|field| &field.losing);
            losers.flat_map(|loser| loser.value.lines()).map(str::to_owned)
        };
        let places = [
            &self.place,
            &facts.city,
            &facts.province,
            &facts.country,
            &facts.sublocation,
        ];
        let places = places.into_iter().flatten().chain(&facts.place_names).cloned();
        let persons = facts.persons_shown.iter().chain(&facts.person_names).cloned();
        let events = facts.event.iter().chain(&facts.event_names).cloned();
        Names {
            places: places.chain(losing(Field::is_of_a_place)).collect(),
            codes: facts
                .country_code
                .iter()
                .chain(&facts.place_codes)
                .cloned()
                .collect(),
            persons: persons
                .chain(losing(|field| field == Field::PersonsShown))
                .collect(),
            events: events.chain(losing(|field| field == Field::Event)).collect(),
            days: [&self.taken_on, &facts.date_created, &facts.captured_at]
                .into_iter()
                .flatten()
                .chain(&facts.days)
                .filter_map(|date| Day::word_of(date))
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
        }
    }

    /// The words that readers may not find while the place is hidden: every name of a place in the file and at the desk, the country's in each
    /// language that is known here; the persons shown and the day too where the photo is sensitive. Empty when nothing is hidden.
    #[must_use]
    pub fn concealed_words(&self) -> Vec<String> {
        if !self.hides_place() {
            return Vec::new();
        }
        let names = self.names();
        let places = names.places.iter().map(String::as_str);
        let named: Vec<String> = places.clone().flat_map(words_of_place).collect();
        let countries: Vec<&str> = places
            .flat_map(|line| std::iter::once(line).chain(line.split([',', '，', '،', ';', '(', ')'])))
            .filter_map(names_of_name)
            .chain(names.codes.iter().filter_map(|code| names_of_code(code)))
            .flatten()
            .collect();
        let event = names.events.iter().flat_map(|event| words_of_event(event));
        let persons = names.persons.iter().filter(|_| self.sensitive);
        let persons = persons.flat_map(|person| words_of_person(person));
        let mut words = concealable(countries.into_iter().chain(event).chain(persons));
        words.extend(names.days.iter().filter(|_| self.sensitive).cloned());
        words.extend(named);
        words.sort();
        words.dedup();
        words
    }
}
