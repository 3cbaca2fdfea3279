//! The index of everything, for the desk: drafts and photographs by all their words. Who may see what is not decided here: lists are narrowed to what
//! somebody may see first, and to what holds the words then.
//!
//! Triggers in the schema note what has changed; it is indexed before the next search, so that nobody waits for the index while typing a caption.

use diesel::dsl::{AsExprOf, sql};
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use super::{Query, plain};
use crate::db::Conn;
use crate::db::schema::{desk_entries, desk_stale};
use crate::id::{PhotoId, StoryId};

/// That a row of a list holds what is looked for.
pub type Holds = SqlLiteral<Bool, UncheckedBind<SqlLiteral<Bool>, AsExprOf<String, Text>>>;

/// That a story, as a row of `stories`, holds what is looked for.
pub fn stories_with(query: &Query) -> Holds {
    sql::<Bool>(
        "stories.id IN (SELECT subject_id FROM desk_entries WHERE number IN (SELECT rowid FROM story_words WHERE story_words MATCH ",
    )
    .bind::<Text, _>(query.as_str().to_owned())
    .sql("))")
}

/// That a photo, as a row of `photos`, holds what is looked for.
pub fn photos_with(query: &Query) -> Holds {
    sql::<Bool>(
        "photos.id IN (SELECT subject_id FROM desk_entries WHERE number IN (SELECT rowid FROM photo_words WHERE photo_words MATCH ",
    )
    .bind::<Text, _>(query.as_str().to_owned())
    .sql("))")
}

/// Puts a story in under these words, or in place of its old ones.
///
/// # Errors
/// Those of the statements.
pub fn put_story(conn: &mut Conn, story: &StoryId, title: &str, words: &str) -> QueryResult<()> {
    let number = enter(conn, story.as_str())?;
    diesel::sql_query("INSERT OR REPLACE INTO story_words (rowid, title, words) VALUES (?, ?, ?)")
        .bind::<BigInt, _>(number)
        .bind::<Text, _>(plain(title))
        .bind::<Text, _>(plain(words))
        .execute(conn)?;
    Ok(())
}

/// Puts a photo in under these words, or in place of its old ones.
///
/// # Errors
/// Those of the statements.
pub fn put_photo(conn: &mut Conn, photo: &PhotoId, words: &str) -> QueryResult<()> {
    let number = enter(conn, photo.as_str())?;
    diesel::sql_query("INSERT OR REPLACE INTO photo_words (rowid, words) VALUES (?, ?)")
        .bind::<BigInt, _>(number)
        .bind::<Text, _>(plain(words))
        .execute(conn)?;
    Ok(())
}

/// The number of a thing's words, which are up to date from now on.
fn enter(conn: &mut Conn, subject: &str) -> QueryResult<i64> {
    settle(conn, subject)?;
    let known: Option<i64> = desk_entries::table
        .filter(desk_entries::subject_id.eq(subject))
        .select(desk_entries::number)
        .first(conn)
        .optional()?;
    match known {
        Some(number) => Ok(number),
        None => diesel::insert_into(desk_entries::table)
            .values(desk_entries::subject_id.eq(subject))
            .returning(desk_entries::number)
            .get_result(conn),
    }
}

/// Things whose words have changed since they were put in, at most `limit`.
///
/// # Errors
/// Those of the statement.
pub fn list_stale(conn: &mut Conn, limit: i64) -> QueryResult<Vec<String>> {
    desk_stale::table
        .select(desk_stale::subject_id)
        .limit(limit)
        .load(conn)
}

/// Notes that there is nothing to do about a thing.
///
/// # Errors
/// Those of the statement.
pub fn settle(conn: &mut Conn, subject: &str) -> QueryResult<()> {
    diesel::delete(desk_stale::table.find(subject)).execute(conn)?;
    Ok(())
}
