//! Finding and replacing throughout a story: captions, places, alt texts, credits, paragraphs, headings and quotations.

use super::{Change, Changes, Field, MOST_BYTES, TooMuch, change, frames, present};
use crate::story::draft::Draft;
use crate::story::{BlockContent, PartId};

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
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = None;
        while result.len() <= MOST_BYTES
            && let Some((start, end)) = self.next(rest, before)
        {
            result.push_str(rest.get(..start).unwrap_or_default());
            result.push_str(&self.with);
            before = rest.get(..end).and_then(|found| found.chars().next_back());
            rest = rest.get(end..).unwrap_or_default();
        }
        result.push_str(rest);
        result
    }

    /// Where the words are next, in bytes; `before` is the character that stands before `text`.
    fn next(&self, text: &str, before: Option<char>) -> Option<(usize, usize)> {
        text.char_indices().find_map(|(start, _)| {
            let tail = text.get(start..)?;
            let end = start + self.length_at(tail)?;
            let left = text.get(..start)?.chars().next_back().or(before);
            let right = text.get(end..)?.chars().next();
            let stands_alone = [left, right].iter().flatten().all(|c| !c.is_alphanumeric());
            (!self.whole_words || stands_alone).then_some((start, end))
        })
    }

    /// How many bytes at the beginning of `text` are the words, if it begins with them.
    fn length_at(&self, text: &str) -> Option<usize> {
        if self.match_case {
            return text.starts_with(&self.find).then_some(self.find.len());
        }
        let mut wanted = self.find.chars().flat_map(char::to_lowercase).peekable();
        for (at, c) in text.char_indices() {
            if wanted.peek().is_none() {
                return Some(at);
            }
            for lower in c.to_lowercase() {
                if wanted.next() != Some(lower) {
                    return None;
                }
            }
        }
        wanted.peek().is_none().then_some(text.len())
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
        let long = replaced("a", &"x".repeat(5_000), true, false, &"a".repeat(50_000));
        assert!(long.len() < MOST_BYTES + 60_000, "{}", long.len());
        assert!(long.chars().count() > 50_000, "it is still too long to be taken");
    }
}
