//! One value that one carrier gives for one field, and the two questions asked of it: does it agree, is it only a cut?
//!
//! Knows no field by name and no order of carriers.

use super::{Carrier, clean, date::Date, table::Kind};

/// The most items kept of a list; a photograph has dozens of keywords, not thousands.
const MAX_ITEMS: usize = 2000;

/// A value that one carrier gives for a field.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) carrier: Carrier,
    /// The number of the XMP path it came by; 0 for other carriers.
    pub(super) path: usize,
    /// One item unless the field is a list; cleaned.
    pub(super) items: Vec<String>,
    /// For each item whether it may have been cut at IIM's limit.
    may_be_cut: Vec<bool>,
}

impl Candidate {
    pub(super) fn of(
        carrier: Carrier,
        path: usize,
        kind: Kind,
        raw: impl Iterator<Item = (String, bool)>,
    ) -> Self {
        let mut candidate = Self {
            carrier,
            path,
            items: Vec::new(),
            may_be_cut: Vec::new(),
        };
        for (text, may_be_cut) in raw {
            let item = match kind {
                Kind::Text => clean::text(&text),
                Kind::Line | Kind::List => clean::line(&text),
                Kind::Code => clean::line(&text).map(|code| code.to_uppercase()),
                Kind::Date => Date::parse(&text).map(|date| date.iso()),
            };
            if candidate.items.len() >= MAX_ITEMS {
                break;
            }
            if let Some(item) = item.filter(|item| !candidate.items.contains(item)) {
                candidate.items.push(item);
                candidate.may_be_cut.push(may_be_cut);
            }
        }
        candidate
    }

    /// Whether every item is the other's, or the beginning of the other's as far as IIM has room.
    pub(super) fn is_cut_of(&self, other: &Self) -> bool {
        other.carrier == Carrier::Xmp
            && self.items.len() == other.items.len()
            && self.items.iter().zip(&self.may_be_cut).zip(&other.items).all(
                |((item, &may_be_cut), whole)| {
                    item == whole || (may_be_cut && whole.starts_with(item.as_str()))
                },
            )
    }

    pub(super) fn agrees_with(&self, other: &Self, kind: Kind) -> bool {
        let words = |items: &[String]| -> Vec<String> {
            items
                .iter()
                .map(|item| item.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect()
        };
        if kind == Kind::Date {
            let dates = self.items.first().zip(other.items.first());
            let dates = dates.and_then(|(one, other)| Date::parse(one).zip(Date::parse(other)));
            return dates.is_some_and(|(one, other)| one.agrees_with(&other));
        }
        let (mut own, mut others) = (words(&self.items), words(&other.items));
        if kind == Kind::List {
            // The order of keywords carries no meaning, and programs change it.
            own.sort_unstable();
            others.sort_unstable();
        }
        own == others
    }

    pub(super) fn value(&self) -> String {
        self.items.join("\n")
    }

    /// Which place this value describes, for place fields.
    pub(super) fn place(&self) -> (Carrier, usize) {
        (self.carrier, self.path)
    }
}
