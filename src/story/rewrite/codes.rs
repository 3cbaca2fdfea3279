//! Code replacements, as agencies use them: `\ab\` in a caption becomes the name behind the code. A story has its own list.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::account::Actor;
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::story_codes;
use crate::id::StoryId;
use crate::story::{StoryError, access};

use super::MOST_BYTES;

/// Characters that a list may have.
pub const MOST: usize = 20_000;

/// The list of a story, as it was typed.
///
/// # Errors
/// Those of the statement.
pub fn find(conn: &mut Conn, story: &StoryId) -> QueryResult<String> {
    let codes = story_codes::table
        .find(story)
        .select(story_codes::codes)
        .first(conn)
        .optional()?;
    Ok(codes.unwrap_or_default())
}

/// Replaces the list of a story. Whoever may see the story may change it: photographers use codes too.
///
/// # Errors
/// [`StoryError`].
pub fn save(conn: &mut Conn, actor: &Actor, id: &StoryId, list: &str, now: Millis) -> Result<(), StoryError> {
    let story = access::find_visible(conn, actor, id)?;
    let list = crate::text::clean(list);
    if list.chars().count() > MOST {
        let message = format!("The list of codes may have at most {MOST} characters.");
        return Err(StoryError::invalid("/codes", "too_long", message));
    }
    if find(conn, id)? == list {
        return Ok(());
    }
    actor.worked_on(conn, Word::StoryEdited, id.as_str(), &story.title, now)?;
    let written = (
        story_codes::codes.eq(&list),
        story_codes::updated_by.eq(&actor.id),
        story_codes::updated_at.eq(now),
    );
    diesel::insert_into(story_codes::table)
        .values((story_codes::story_id.eq(id), written))
        .on_conflict(story_codes::story_id)
        .do_update()
        .set(written)
        .execute(conn)?;
    Ok(())
}

/// Codes and what they stand for, one on a line: `ab = Anna Bakker`. Lines that are no such pair are left out.
#[must_use]
pub fn read(list: &str) -> Vec<(String, String)> {
    list.lines()
        .filter_map(|line| {
            let (code, words) = line.split_once(['=', '\t'])?;
            let (code, words) = (code.trim().trim_matches('\\'), words.trim());
            let fits = !code.is_empty() && !code.contains('\\') && code.chars().count() <= 40;
            (fits && !words.is_empty()).then(|| (code.to_owned(), words.to_owned()))
        })
        .collect()
}

/// A text with the codes of a list replaced; codes that are not in it stay, and codes in the words behind a code are words. What would be longer than
/// any text may be is not written out further than that: it cannot be taken anyway.
#[must_use]
pub fn expand(text: &str, codes: &[(String, String)]) -> String {
    // Of two equal codes the first holds, as in the list beside the captions. (Of equal keys a map keeps the last.)
    let codes: HashMap<&str, &str> = codes
        .iter()
        .rev()
        .map(|(code, words)| (code.as_str(), words.as_str()))
        .collect();
    let (mut expanded, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, behind)) = rest.split_once('\\')
        && expanded.len() <= MOST_BYTES
    {
        expanded.push_str(before);
        let found = behind
            .split_once('\\')
            .and_then(|(code, after)| Some((codes.get(code)?, after)));
        if let Some((words, after)) = found {
            expanded.push_str(words);
            rest = after;
        } else {
            expanded.push('\\');
            rest = behind;
        }
    }
    expanded.push_str(rest);
    expanded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_words() {
        let codes = read("ab = Anna Bakker\n\\mo\\=Mosul, Irak\nzonder\n = leeg\n");
        assert_eq!(codes.len(), 2);
        assert_eq!(
            expand("\\ab\\ in \\mo\\ met \\xx\\", &codes),
            "Anna Bakker in Mosul, Irak met \\xx\\"
        );
        assert_eq!(expand("a\\b \\ab\\", &codes), "a\\b Anna Bakker");
        assert_eq!(expand("\\a\\", &read("a = een\na = twee")), "een");
    }

    #[test]
    fn codes_in_codes_are_words_and_nothing_grows_without_end() {
        let list: Vec<String> = (0..40)
            .map(|level| format!("c{level} = \\c{next}\\\\c{next}\\", next = level + 1))
            .collect();
        let list = list.join("\n");
        assert_eq!(expand("\\c0\\", &read(&list)), "\\c1\\\\c1\\");
        let long = [("a".to_owned(), "x".repeat(19_000))];
        let expanded = expand(&"\\a\\".repeat(100_000), &long);
        assert!(expanded.len() < MOST_BYTES + 400_000, "{}", expanded.len());
        assert!(
            expanded.chars().count() > 50_000,
            "it is still too long to be taken"
        );
    }
}
