//! Corrections: what readers are told of a change to a story that was published before. A note comes with one publication and is kept by all later ones.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::StoryError;
use super::concealed::Concealed;
use super::draft::Draft;
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::corrections;
use crate::id::StoryId;
use crate::text::Note;
use crate::text::naming::named_in;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// When it was published, Unix milliseconds.
    pub at: Millis,
    /// What changed, plain text; may have paragraphs.
    pub text: String,
}

/// Corrections a story can show; nobody reads more.
const MOST: i64 = 200;

/// A story's corrections, oldest first.
pub(super) fn list(conn: &mut Conn, story: &StoryId) -> QueryResult<Vec<Correction>> {
    let rows: Vec<(Millis, String)> = corrections::table
        .filter(corrections::story_id.eq(story))
        .order(corrections::publication.asc())
        .limit(MOST)
        .select((corrections::made_at, corrections::text))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(at, text)| Correction { at, text })
        .collect())
}

/// Writes down what a publication says of what it changes.
pub(super) fn insert(
    conn: &mut Conn,
    story: &StoryId,
    publication: i32,
    correction: &Correction,
) -> QueryResult<()> {
    diesel::insert_into(corrections::table)
        .values((
            corrections::story_id.eq(story),
            corrections::publication.eq(publication),
            corrections::text.eq(&correction.text),
            corrections::made_at.eq(correction.at),
        ))
        .execute(conn)?;
    Ok(())
}

/// The publication that the newest correction came with; 0 where there is none.
pub(super) fn newest_publication(conn: &mut Conn, story: &StoryId) -> QueryResult<i32> {
    let newest: Option<i32> = corrections::table
        .filter(corrections::story_id.eq(story))
        .select(diesel::dsl::max(corrections::publication))
        .first(conn)?;
    Ok(newest.unwrap_or(0))
}

/// Whether a note can go with the next publication of a draft.
///
/// # Errors
/// [`StoryError::Invalid`] where readers never saw what is corrected, or where it names what is hidden.
pub(super) fn check(draft: &Draft, note: &Note) -> Result<(), StoryError> {
    if draft.story.publications_made == 0 {
        let message =
            "There is nothing to correct: the story was never published. Leave the correction empty.";
        return Err(StoryError::invalid("/correction", "never_published", message));
    }
    let hidden = Concealed::in_draft(draft).by_all();
    let named = named_in(note.as_str(), &hidden);
    if named.is_empty() {
        return Ok(());
    }
    let message = format!(
        "The correction names what is hidden for a photograph: {}. Put it in other words.",
        named.join(", ")
    );
    Err(StoryError::invalid(
        "/correction",
        "names_what_is_hidden",
        message,
    ))
}
