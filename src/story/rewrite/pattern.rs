//! Writing the same words under several frames. A pattern may hold what each photo knows itself: `{city}`, `{date}`, and so on.

use super::{Change, Changes, Field, TooMuch, change, frames, present};
use crate::id::FrameId;
use crate::photo::Photo;
use crate::story::PartId;
use crate::story::draft::Draft;

/// How the new words meet those that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Instead of them.
    Replace,
    /// Behind them, with a space between.
    Append,
    /// Before them, with a space between.
    Prepend,
}

/// New words for one field of every chosen frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Which field.
    pub field: Field,
    /// How.
    pub mode: Mode,
    /// The words, with variables.
    pub text: String,
}

/// The variables that a pattern may hold.
pub const VARIABLES: [&str; 8] = [
    "city", "country", "place", "date", "creator", "credit", "headline", "seq",
];

/// What writing these patterns under these frames would change.
///
/// # Errors
/// [`TooMuch`].
pub fn changes(draft: &Draft, chosen: &[FrameId], patterns: &[Pattern]) -> Result<Vec<Change>, TooMuch> {
    let chosen = frames(draft).filter(|(_, frame, _)| chosen.contains(&frame.id));
    let mut changes = Changes::default();
    for (seq, (number, frame, photo)) in (1..).zip(chosen) {
        for pattern in patterns {
            let before = present(frame, photo, pattern.field);
            let words = filled(&pattern.text, photo, seq);
            let after = met(before, &words, pattern.mode);
            let part = PartId::Frame(frame.id.clone());
            changes.add(change(part, frame.version, number, pattern.field, before, &after))?;
        }
    }
    Ok(changes.found)
}

fn met(before: &str, words: &str, mode: Mode) -> String {
    let (first, second) = match mode {
        Mode::Replace => return words.to_owned(),
        Mode::Append => (before, words),
        Mode::Prepend => (words, before),
    };
    [first.trim(), second.trim()]
        .iter()
        .filter(|text| !text.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(" ")
}

/// A pattern with its variables filled. A place that is hidden for a photo is not written under it; braces around other words stay as they are.
fn filled(pattern: &str, photo: &Photo, seq: usize) -> String {
    VARIABLES.iter().fold(pattern.to_owned(), |text, name| {
        let place = format!("{{{name}}}");
        if text.contains(&place) {
            text.replace(&place, &value(name, photo, seq))
        } else {
            text
        }
    })
}

fn value(name: &str, photo: &Photo, seq: usize) -> String {
    let facts = &photo.embedded.facts;
    let unless_hidden = |text: &Option<String>| text.clone().filter(|_| !photo.hides_place());
    match name {
        "city" => unless_hidden(&facts.city),
        "country" => unless_hidden(&facts.country),
        "place" => unless_hidden(&photo.place),
        "date" => photo.taken_on.clone().filter(|_| !photo.sensitive),
        "creator" => photo.creator.clone(),
        "credit" => photo.credit.clone(),
        "headline" => photo.headline.clone(),
        "seq" => Some(seq.to_string()),
        _ => None,
    }
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_meet_with_one_space_and_none_where_there_is_nothing() {
        assert_eq!(
            met("Een vrouw.", "Mosul, Irak.", Mode::Prepend),
            "Mosul, Irak. Een vrouw."
        );
        assert_eq!(
            met("Een vrouw.", "Foto: Anna", Mode::Append),
            "Een vrouw. Foto: Anna"
        );
        assert_eq!(met("", "Nieuw", Mode::Append), "Nieuw");
        assert_eq!(met("Oud", "Nieuw", Mode::Replace), "Nieuw");
    }
}
