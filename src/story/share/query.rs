//! SQL for links to drafts.

use diesel::prelude::*;

use super::{OpenLink, PreviewLink};
use crate::account::Role;
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{accounts, blocks, frames, photos, preview_links};
use crate::id::{AccountId, PreviewLinkId, StoryId};

pub(super) fn insert(
    conn: &mut Conn,
    story: &StoryId,
    link: &PreviewLink,
    secret_hash: &str,
    by: &AccountId,
) -> QueryResult<()> {
    diesel::insert_into(preview_links::table)
        .values((
            preview_links::id.eq(&link.id),
            preview_links::story_id.eq(story),
            preview_links::label.eq(&link.label),
            preview_links::secret_hash.eq(secret_hash),
            preview_links::made_by.eq(by),
            preview_links::created_at.eq(link.created_at),
            preview_links::expires_at.eq(link.expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

type Row = (
    PreviewLinkId,
    String,
    String,
    Millis,
    Millis,
    Option<Millis>,
    Option<Millis>,
);

/// The newest links of a story.
pub(super) fn list(conn: &mut Conn, story: &StoryId) -> QueryResult<Vec<PreviewLink>> {
    let rows: Vec<Row> = preview_links::table
        .inner_join(accounts::table)
        .filter(preview_links::story_id.eq(story))
        .order((preview_links::created_at.desc(), preview_links::id))
        .limit(200)
        .select((
            preview_links::id,
            preview_links::label,
            accounts::name,
            preview_links::created_at,
            preview_links::expires_at,
            preview_links::revoked_at,
            preview_links::used_at,
        ))
        .load(conn)?;
    let link = |(id, label, made_by, created_at, expires_at, revoked_at, used_at): Row| PreviewLink {
        id,
        label,
        made_by,
        created_at,
        expires_at,
        revoked_at,
        used_at,
    };
    Ok(rows.into_iter().map(link).collect())
}

/// Takes a link back, once; says whether it was not taken back before. `None`: the story has no such link.
pub(super) fn revoke(
    conn: &mut Conn,
    story: &StoryId,
    link: &PreviewLinkId,
    now: Millis,
) -> QueryResult<Option<bool>> {
    let theirs = preview_links::id.eq(link).and(preview_links::story_id.eq(story));
    let changed =
        diesel::update(preview_links::table.filter(theirs.and(preview_links::revoked_at.is_null())))
            .set(preview_links::revoked_at.eq(now))
            .execute(conn)?;
    let is_there: bool =
        diesel::select(diesel::dsl::exists(preview_links::table.filter(theirs))).get_result(conn)?;
    Ok(is_there.then_some(changed > 0))
}

pub(super) fn find_open(conn: &mut Conn, secret_hash: &str, now: Millis) -> QueryResult<Option<OpenLink>> {
    let row: Option<(PreviewLinkId, StoryId, Option<Millis>)> = preview_links::table
        .inner_join(accounts::table)
        .filter(preview_links::secret_hash.eq(secret_hash))
        .filter(
            preview_links::revoked_at
                .is_null()
                .and(preview_links::expires_at.gt(now)),
        )
        // Whoever could not make it any more.
        .filter(
            accounts::disabled_at
                .is_null()
                .and(accounts::role.ne(Role::Photographer.as_str())),
        )
        .select((preview_links::id, preview_links::story_id, preview_links::used_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, story, used_at)| OpenLink { id, story, used_at }))
}

/// Whether a story shows, in its order, a photo whose present renditions lie in this folder. What lies in its tray it does not show.
pub(super) fn shows(conn: &mut Conn, story: &StoryId, folder: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        frames::table
            .inner_join(blocks::table)
            .inner_join(photos::table)
            .filter(blocks::story_id.eq(story).and(blocks::position.is_not_null()))
            .filter(photos::folder.eq(folder)),
    ))
    .get_result(conn)
}

pub(super) fn touch(conn: &mut Conn, link: &PreviewLinkId, now: Millis) -> QueryResult<()> {
    diesel::update(preview_links::table.find(link))
        .set(preview_links::used_at.eq(now))
        .execute(conn)?;
    Ok(())
}
