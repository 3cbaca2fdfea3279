//! Which story was made of what: so that a folder that is imported again becomes the same story again, and what somebody has worked on since is left
//! alone.

use diesel::prelude::*;

use super::Story;
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::imports;
use crate::id::StoryId;

/// What is remembered of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The story that it made.
    pub story: StoryId,
    /// [`Story::change_count`] when it was done.
    pub change_count: i32,
    /// When that was.
    pub at: Millis,
}

impl Imported {
    /// Whether the story still is as the import left it.
    #[must_use]
    pub fn is_untouched(&self, story: &Story) -> bool {
        self.change_count == story.change_count
    }
}

/// The import of a source, if there was one and its story is there still.
///
/// # Errors
/// Those of the statement.
pub fn find(conn: &mut Conn, source: &str) -> QueryResult<Option<Imported>> {
    let row: Option<(StoryId, i32, Millis)> = imports::table
        .find(source)
        .select((imports::story_id, imports::change_count, imports::imported_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(story, change_count, at)| Imported {
        story,
        change_count,
        at,
    }))
}

/// Remembers that a source has become a story, in place of what was remembered of it.
///
/// # Errors
/// Those of the statement.
pub fn remember(conn: &mut Conn, source: &str, story: &Story, now: Millis) -> QueryResult<()> {
    let written = (
        imports::story_id.eq(&story.id),
        imports::change_count.eq(story.change_count),
        imports::imported_at.eq(now),
    );
    diesel::insert_into(imports::table)
        .values((imports::source.eq(source), written))
        .on_conflict(imports::source)
        .do_update()
        .set(written)
        .execute(conn)?;
    Ok(())
}
