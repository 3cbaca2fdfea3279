//! SQL for drop links.

use diesel::prelude::*;

use super::DropLink;
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{accounts, drop_links};
use crate::id::{AccountId, DropLinkId, StoryId};

/// Links of one story that a list has at most.
const MOST_LISTED: i64 = 1_000;

#[derive(Queryable, Selectable)]
#[diesel(table_name = drop_links)]
struct DropLinkRow {
    id: DropLinkId,
    story_id: StoryId,
    made_by: AccountId,
    label: String,
    files_begun: i32,
    created_at: Millis,
    expires_at: Millis,
    revoked_at: Option<Millis>,
}

/// A link as it stands there, and the name of its maker.
fn link((row, maker_name): (DropLinkRow, String)) -> DropLink {
    DropLink {
        id: row.id,
        story: row.story_id,
        made_by: row.made_by,
        maker_name,
        label: row.label,
        files_begun: usize::try_from(row.files_begun).unwrap_or_default(),
        created_at: row.created_at,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
    }
}

pub(super) fn insert(conn: &mut Conn, link: &DropLink, secret_hash: &str) -> QueryResult<()> {
    diesel::insert_into(drop_links::table)
        .values((
            drop_links::id.eq(&link.id),
            drop_links::secret_hash.eq(secret_hash),
            drop_links::story_id.eq(&link.story),
            drop_links::made_by.eq(&link.made_by),
            drop_links::label.eq(&link.label),
            drop_links::created_at.eq(link.created_at),
            drop_links::expires_at.eq(link.expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn list(conn: &mut Conn, story: &StoryId) -> QueryResult<Vec<DropLink>> {
    let rows: Vec<(DropLinkRow, String)> = drop_links::table
        .inner_join(accounts::table)
        .filter(drop_links::story_id.eq(story))
        .order((drop_links::created_at.asc(), drop_links::id.asc()))
        .limit(MOST_LISTED)
        .select((DropLinkRow::as_select(), accounts::name))
        .load(conn)?;
    Ok(rows.into_iter().map(link).collect())
}

pub(super) fn find(conn: &mut Conn, id: &DropLinkId) -> QueryResult<Option<DropLink>> {
    let row = drop_links::table
        .inner_join(accounts::table)
        .filter(drop_links::id.eq(id))
        .select((DropLinkRow::as_select(), accounts::name))
        .first(conn)
        .optional()?;
    Ok(row.map(link))
}

pub(super) fn find_by_secret(conn: &mut Conn, secret_hash: &str) -> QueryResult<Option<DropLink>> {
    let row = drop_links::table
        .inner_join(accounts::table)
        .filter(drop_links::secret_hash.eq(secret_hash))
        .select((DropLinkRow::as_select(), accounts::name))
        .first(conn)
        .optional()?;
    Ok(row.map(link))
}

pub(super) fn revoke(conn: &mut Conn, id: &DropLinkId, now: Millis) -> QueryResult<usize> {
    diesel::update(drop_links::table.filter(drop_links::id.eq(id).and(drop_links::revoked_at.is_null())))
        .set(drop_links::revoked_at.eq(now))
        .execute(conn)
}

pub(super) fn count_files(conn: &mut Conn, id: &DropLinkId, files: usize, most: usize) -> QueryResult<bool> {
    let Some(room) = most.checked_sub(files).and_then(|room| i32::try_from(room).ok()) else {
        return Ok(false);
    };
    let files = i32::try_from(files).unwrap_or(i32::MAX);
    let counted =
        diesel::update(drop_links::table.filter(drop_links::id.eq(id).and(drop_links::files_begun.le(room))))
            .set(drop_links::files_begun.eq(drop_links::files_begun + files))
            .execute(conn)?;
    Ok(counted > 0)
}
