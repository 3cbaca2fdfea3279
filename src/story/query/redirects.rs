//! SQL for addresses that stories had before.

use diesel::prelude::*;

use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{slug_redirects, stories};
use crate::id::StoryId;

pub(in crate::story) fn insert_redirect(
    conn: &mut Conn,
    slug: &str,
    story: &StoryId,
    now: Millis,
) -> QueryResult<()> {
    diesel::insert_into(slug_redirects::table)
        .values((
            slug_redirects::slug.eq(slug),
            slug_redirects::story_id.eq(story),
            slug_redirects::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

pub(in crate::story) fn delete_redirect(conn: &mut Conn, slug: &str) -> QueryResult<()> {
    diesel::delete(slug_redirects::table.find(slug)).execute(conn)?;
    Ok(())
}

/// The slug that a live story has now and that had `slug` before.
///
/// # Errors
/// Those of the statement.
pub fn find_live_slug_after(conn: &mut Conn, slug: &str) -> QueryResult<Option<String>> {
    slug_redirects::table
        .inner_join(stories::table)
        .filter(
            slug_redirects::slug
                .eq(slug)
                .and(stories::live_publication.is_not_null()),
        )
        .select(stories::slug)
        .first(conn)
        .optional()
}

/// Addresses that live stories had before, each with the present one.
///
/// # Errors
/// Those of the statement.
pub fn list_live_redirects(conn: &mut Conn) -> QueryResult<Vec<(String, String)>> {
    slug_redirects::table
        .inner_join(stories::table)
        .filter(stories::live_publication.is_not_null())
        .order(slug_redirects::slug)
        .select((slug_redirects::slug, stories::slug))
        .load(conn)
}
