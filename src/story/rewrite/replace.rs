//! Finding and replacing throughout a story: captions, places, alt texts, credits, paragraphs, headings and quotations.

use super::{Change, Changes, Field, MOST_BYTES, TooMuch, change, frames, present};
use crate::story::draft::Draft;
use crate::story::{BlockContent, PartId};

/// Characters that what is looked for may have.
pub const MOST_FOUND: usize = 1_000;

/// What to look for and what to put there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// The words to look for; never empty.
    pub find: String,
    /// The words to put there.
    pub with: String,
    /// Whether capitals count.
    pub match_case: bool,
    /// Whether only whole words count.
    pub whole_words: bool,
}

/// What a replacement would change, in the order of the story.
///
/// # Errors
/// [`TooMuch`].
pub fn changes(draft: &Draft, replacement: &Replacement) -> Result<Vec<Change>, TooMuch> {
    let mut changes = Changes::default();
    for (number, block) in (1..).zip(&draft.blocks) {
        let part = PartId::Block(block.id.clone());
        let mut look = |field, text: &str| {
            let after = replacement.apply(text);
            changes.add(change(part.clone(), block.version, number, field, text, &after))
        };
        match &block.content {
            BlockContent::Text { markdown } => look(Field::Markdown, markdown)?,
            BlockContent::Heading { text } => look(Field::Text, text)?,
            BlockContent::Quote {
                markdown,
                attribution,
            } => {
                look(Field::Markdown, markdown)?;
                look(Field::Attribution, attribution.as_deref().unwrap_or_default())?;
            }
            BlockContent::Group { caption, .. } => {
                look(Field::Caption, caption.as_deref().unwrap_or_default())?;
            }
            BlockContent::Photo { .. } => {}
        }
    }
    for (number, frame, photo) in frames(draft) {
        for field in Field::OF_FRAMES {
            let before = present(frame, photo, field);
            let after = replacement.apply(before);
            let part = PartId::Frame(frame.id.clone());
            changes.add(change(part, frame.version, number, field, before, &after))?;
        }
    }
    Ok(changes.found)
}

impl Replacement {
    /// The text with the words in it replaced; what would be longer than any text may be is not written out further than that.
    fn apply(&self, text: &str) -> String {
        let letters = Letters::of(text, self.match_case);
        let wanted = Letters::of(&self.find, self.match_case).text;
        let mut result = String::with_capacity(text.len());
        let (mut from, mut written) = (0, 0);
        while result.len() <= MOST_BYTES
            && let Some((start, end)) = letters.next(&wanted, from)
        {
            if self.whole_words && !stands_alone(text, start, end) {
                from = behind_word(text, start);
                continue;
            }
            result.push_str(text.get(written..start).unwrap_or_default());
            result.push_str(&self.with);
            (from, written) = (end, end);
        }
        result.push_str(text.get(written..).unwrap_or_default());
        result
    }
}

/// Behind the word in which a place is: what begins within it stands in a longer one.
fn behind_word(text: &str, place: usize) -> usize {
    let rest = text.get(place..).unwrap_or_default();
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let next = rest.get(end..).and_then(|rest| rest.chars().next());
    place + end + next.map_or(1, char::len_utf8)
}

/// Whether what stands between two places of a text is no part of a longer word.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let left = text.get(..start).and_then(|text| text.chars().next_back());
    let right = text.get(end..).and_then(|text| text.chars().next());
    [left, right].iter().flatten().all(|c| !c.is_alphanumeric())
}

/// A text as it is compared, in which the standard library searches: in time that grows with the text, however alike it and the words are.
struct Letters {
    text: String,
    /// Where each character of the text as it is written begins, in bytes: there, and here. Without an entry where both are the same.
    starts: Option<Vec<(usize, usize)>>,
}

impl Letters {
    fn of(text: &str, match_case: bool) -> Self {
        if match_case {
            let text = text.to_owned();
            return Self { text, starts: None };
        }
        let mut lower = String::with_capacity(text.len());
        let mut starts = Vec::new();
        for (at, c) in text.char_indices() {
            starts.push((at, lower.len()));
            lower.extend(c.to_lowercase());
        }
        starts.push((text.len(), lower.len()));
        let starts = Some(starts);
        Self { text: lower, starts }
    }

    /// Where the words are next, from a place of the text as it is written: in its bytes, and of whole characters only.
    fn next(&self, words: &str, from: usize) -> Option<(usize, usize)> {
        let mut here = self.here(from)?;
        loop {
            let start = here + self.text.get(here..)?.find(words)?;
            if let (Some(start), Some(end)) = (self.there(start), self.there(start + words.len())) {
                return Some((start, end));
            }
            here = start + self.text.get(start..)?.chars().next()?.len_utf8();
        }
    }

    fn here(&self, place: usize) -> Option<usize> {
        let Some(starts) = &self.starts else {
            return Some(place);
        };
        let at = starts.binary_search_by_key(&place, |(there, _)| *there).ok()?;
        starts.get(at).map(|(_, here)| *here)
    }

    fn there(&self, place: usize) -> Option<usize> {
        let Some(starts) = &self.starts else {
            return Some(place);
        };
        let at = starts.binary_search_by_key(&place, |(_, here)| *here).ok()?;
        starts.get(at).map(|(there, _)| *there)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(find: &str, with: &str, match_case: bool, whole_words: bool, text: &str) -> String {
        let (find, with) = (find.to_owned(), with.to_owned());
        Replacement {
            find,
            with,
            match_case,
            whole_words,
        }
        .apply(text)
    }

    #[test]
    fn words_are_found_with_and_without_capitals_and_borders() {
        assert_eq!(
            replaced("mosul", "Mosoel", false, false, "Mosul en MOSUL"),
            "Mosoel en Mosoel"
        );
        assert_eq!(
            replaced("mosul", "Mosoel", true, false, "Mosul en mosul"),
            "Mosul en Mosoel"
        );
        assert_eq!(
            replaced("Ali", "Aly", true, true, "Ali en Alia, Ali."),
            "Aly en Alia, Aly."
        );
        assert_eq!(replaced("İ", "I", false, false, "İstanbul"), "Istanbul");
        assert_eq!(replaced("aa", "b", true, false, "aaa"), "ba");
        assert_eq!(replaced("zo", "", true, true, "zo zo zon"), "  zon");
        assert_eq!(
            replaced("i", "j", false, false, "İi"),
            "İj",
            "half a letter is none"
        );
        assert_eq!(
            replaced("aa", "b", false, true, "aaa aa"),
            "aaa b",
            "looked for from each letter on"
        );
        let long = replaced("a", &"x".repeat(5_000), true, false, &"a".repeat(50_000));
        assert!(long.len() < MOST_BYTES + 60_000, "{}", long.len());
        assert!(long.chars().count() > 50_000, "it is still too long to be taken");
    }

    #[test]
    fn words_that_are_nearly_there_everywhere_take_no_longer() {
        // Compared letter by letter from each place on, this is 2,500 million comparisons for each of a thousand captions.
        let (find, text) = (format!("{}b", "a".repeat(50_000)), "a".repeat(100_000));
        for match_case in [false, true] {
            for _ in 0..100 {
                assert_eq!(replaced(&find, "x", match_case, false, &text), text);
            }
        }
    }
}
