//! Code replacements, as agencies use them: `\ab\` in a caption becomes the name behind the code. A story has its own list.

use diesel::prelude::*;

use crate::account::Actor;
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::story_codes;
use crate::id::StoryId;
use crate::story::{StoryError, access};

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

/// A text with the codes of a list replaced; codes that are not in it stay.
#[must_use]
pub fn expand(text: &str, codes: &[(String, String)]) -> String {
    codes.iter().fold(text.to_owned(), |text, (code, words)| {
        text.replace(&format!("\\{code}\\"), words)
    })
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
    }
}
