//! SQL for the lists that a live story stands in.

use diesel::prelude::*;

use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{counters, listings};
use crate::id::StoryId;
use crate::story::listing::{Listing, ListingKind};

/// Puts a live story into these lists and takes it out of all others.
pub(in crate::story) fn replace_listings(
    conn: &mut Conn,
    story: &StoryId,
    new: &[Listing],
    first_published_at: Millis,
) -> QueryResult<()> {
    diesel::delete(listings::table.filter(listings::story_id.eq(story))).execute(conn)?;
    for listing in new {
        diesel::insert_into(listings::table)
            .values((
                listings::kind.eq(listing.kind.as_str()),
                listings::slug.eq(&listing.slug),
                listings::name.eq(&listing.name),
                listings::story_id.eq(story),
                listings::first_published_at.eq(first_published_at),
            ))
            .on_conflict_do_nothing()
            .execute(conn)?;
    }
    Ok(())
}

/// The name of a list that has a story, as it was written last.
///
/// # Errors
/// Those of the statement.
pub fn find_listing_name(conn: &mut Conn, kind: ListingKind, slug: &str) -> QueryResult<Option<String>> {
    listings::table
        .filter(listings::kind.eq(kind.as_str()).and(listings::slug.eq(slug)))
        .order((listings::first_published_at.desc(), listings::story_id.desc()))
        .select(listings::name)
        .first(conn)
        .optional()
}

const LISTINGS_ARE_COMPLETE: &str = "listings_are_complete";

pub(in crate::story) fn are_listings_complete(conn: &mut Conn) -> QueryResult<bool> {
    let value: i64 = counters::table
        .find(LISTINGS_ARE_COMPLETE)
        .select(counters::value)
        .first(conn)?;
    Ok(value > 0)
}

pub(in crate::story) fn mark_listings_complete(conn: &mut Conn) -> QueryResult<()> {
    diesel::update(counters::table.find(LISTINGS_ARE_COMPLETE))
        .set(counters::value.eq(1))
        .execute(conn)?;
    Ok(())
}
