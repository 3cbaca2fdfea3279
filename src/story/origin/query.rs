//! SQL for where stories came from and the addresses they had there.

use diesel::prelude::*;

use super::OldAddress;
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{old_addresses, stories, story_origins};
use crate::id::StoryId;

pub(super) fn find_story(conn: &mut Conn, source: &str) -> QueryResult<Option<StoryId>> {
    story_origins::table
        .find(source)
        .select(story_origins::story_id)
        .first(conn)
        .optional()
}

pub(super) fn insert_origin(conn: &mut Conn, source: &str, story: &StoryId, now: Millis) -> QueryResult<()> {
    diesel::insert_into(story_origins::table)
        .values((
            story_origins::source.eq(source),
            story_origins::story_id.eq(story),
            story_origins::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_first_published(conn: &mut Conn, story: &StoryId, at: Millis) -> QueryResult<()> {
    diesel::update(stories::table.find(story))
        .set(stories::first_published_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// Has an address lead to a story, unless it leads to one already; says whether it does now.
pub(super) fn insert_address(
    conn: &mut Conn,
    address: &OldAddress,
    story: &StoryId,
    now: Millis,
) -> QueryResult<bool> {
    let inserted = diesel::insert_into(old_addresses::table)
        .values((
            old_addresses::address.eq(address.as_str()),
            old_addresses::story_id.eq(story),
            old_addresses::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(inserted == 1)
}

/// The slug of the live story that had this address elsewhere.
///
/// # Errors
/// Those of the statement.
pub fn find_live_slug(conn: &mut Conn, address: &OldAddress) -> QueryResult<Option<String>> {
    old_addresses::table
        .inner_join(stories::table)
        .filter(
            old_addresses::address
                .eq(address.as_str())
                .and(stories::live_publication.is_not_null()),
        )
        .select(stories::slug)
        .first(conn)
        .optional()
}

pub(super) fn list_sources(conn: &mut Conn, story: &StoryId) -> QueryResult<Vec<String>> {
    story_origins::table
        .filter(story_origins::story_id.eq(story))
        .order(story_origins::source)
        .select(story_origins::source)
        .load(conn)
}

pub(super) fn list_addresses_of(conn: &mut Conn, story: &StoryId) -> QueryResult<Vec<String>> {
    old_addresses::table
        .filter(old_addresses::story_id.eq(story))
        .order(old_addresses::address)
        .select(old_addresses::address)
        .load(conn)
}

/// Old addresses that lead to live stories, each with the story's slug.
///
/// # Errors
/// Those of the statement.
pub fn list_live_addresses(conn: &mut Conn) -> QueryResult<Vec<(String, String)>> {
    old_addresses::table
        .inner_join(stories::table)
        .filter(stories::live_publication.is_not_null())
        .order(old_addresses::address)
        .select((old_addresses::address, stories::slug))
        .load(conn)
}

/// An old address, and the story it leads to while that is live.
#[derive(Debug, Clone, Queryable)]
pub struct OldAddressLine {
    /// The address.
    pub address: String,
    /// The story.
    pub story: StoryId,
    /// Its title.
    pub title: String,
    /// The last segment of its address here.
    pub slug: String,
    /// The publication that readers see.
    pub live_publication: Option<i32>,
    /// Since when.
    pub since: Millis,
}

pub(super) fn list_addresses(conn: &mut Conn, after: &str, limit: i64) -> QueryResult<Vec<OldAddressLine>> {
    old_addresses::table
        .inner_join(stories::table)
        .filter(old_addresses::address.gt(after))
        .order(old_addresses::address)
        .limit(limit)
        .select((
            old_addresses::address,
            stories::id,
            stories::title,
            stories::slug,
            stories::live_publication,
            old_addresses::created_at,
        ))
        .load(conn)
}

/// Takes an address away; gives the story that it led to.
pub(super) fn delete_address(conn: &mut Conn, address: &str) -> QueryResult<Option<StoryId>> {
    let story = old_addresses::table
        .find(address)
        .select(old_addresses::story_id)
        .first(conn)
        .optional()?;
    diesel::delete(old_addresses::table.find(address)).execute(conn)?;
    Ok(story)
}
