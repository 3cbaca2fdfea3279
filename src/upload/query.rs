//! SQL for uploads.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{Outcome, Refused, RefusedFor, Sender, Taken, Upload};
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::uploads;
use crate::id::{AccountId, DropLinkId, PhotoId, StoryId, UploadId};

/// Rows that one look has at most.
const MOST_LISTED: i64 = 1_000;

#[derive(Queryable, Selectable)]
#[diesel(table_name = uploads)]
struct UploadRow {
    id: UploadId,
    owner_id: AccountId,
    drop_link_id: Option<DropLinkId>,
    file_name: String,
    metadata: Option<String>,
    story_id: Option<StoryId>,
    position: Option<i32>,
    batch: Option<String>,
    length_bytes: i64,
    offset_bytes: i64,
    outcome: Option<String>,
    reason: Option<String>,
    photo_id: Option<PhotoId>,
    placed: Option<bool>,
    expires_at: Millis,
}

impl UploadRow {
    fn into_upload(self) -> Upload {
        let taken = |was_known| {
            Outcome::Taken(Taken {
                photo: self.photo_id.clone(),
                was_known,
                placed: self.placed,
            })
        };
        let refused = |kind| {
            Outcome::Refused(Refused {
                kind,
                message: self.reason.clone().unwrap_or_default(),
            })
        };
        let outcome = self.outcome.as_deref().map(|outcome| match outcome {
            "taken" => taken(false),
            "known" => taken(true),
            "refused_pixels" => refused(RefusedFor::Pixels),
            "refused_bytes" => refused(RefusedFor::Bytes),
            _ => refused(RefusedFor::Type),
        });
        Upload {
            outcome,
            id: self.id,
            owner: self.owner_id,
            link: self.drop_link_id,
            file_name: self.file_name,
            metadata: self.metadata,
            story: self.story_id,
            position: self.position.and_then(|position| position.try_into().ok()),
            batch: self.batch,
            length: u64::try_from(self.length_bytes).unwrap_or_default(),
            offset: u64::try_from(self.offset_bytes).unwrap_or_default(),
            expires_at: self.expires_at,
        }
    }
}

pub(super) fn insert(conn: &mut Conn, upload: &Upload, now: Millis) -> QueryResult<()> {
    diesel::insert_into(uploads::table)
        .values((
            uploads::id.eq(&upload.id),
            uploads::owner_id.eq(&upload.owner),
            uploads::drop_link_id.eq(upload.link.as_ref()),
            uploads::file_name.eq(&upload.file_name),
            uploads::metadata.eq(upload.metadata.as_deref()),
            uploads::story_id.eq(upload.story.as_ref()),
            uploads::position.eq(upload.position.map(|at| i32::try_from(at).unwrap_or(i32::MAX))),
            uploads::batch.eq(upload.batch.as_deref()),
            uploads::length_bytes.eq(bytes(upload.length)),
            uploads::created_at.eq(now),
            uploads::expires_at.eq(upload.expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// An upload as its sender may see it.
pub(super) fn find(
    conn: &mut Conn,
    sender: &Sender,
    id: &UploadId,
    now: Millis,
) -> QueryResult<Option<Upload>> {
    let found = find_any(conn, id)?.filter(|upload| upload.expires_at > now);
    Ok(found.filter(|upload| upload.owner == sender.actor.id && upload.link == sender.link))
}

pub(super) fn find_any(conn: &mut Conn, id: &UploadId) -> QueryResult<Option<Upload>> {
    let row = uploads::table
        .find(id)
        .select(UploadRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(UploadRow::into_upload))
}

/// How many uploads a sender has under way.
pub(super) fn count_open(conn: &mut Conn, sender: &Sender, now: Millis) -> QueryResult<i64> {
    let open = uploads::table.filter(
        uploads::owner_id
            .eq(&sender.actor.id)
            .and(uploads::outcome.is_null())
            .and(uploads::expires_at.gt(now)),
    );
    match &sender.link {
        Some(link) => open
            .filter(uploads::drop_link_id.eq(link))
            .count()
            .get_result(conn),
        None => open
            .filter(uploads::drop_link_id.is_null())
            .count()
            .get_result(conn),
    }
}

pub(super) fn count_begun_since(conn: &mut Conn, link: &DropLinkId, since: Millis) -> QueryResult<i64> {
    uploads::table
        .filter(uploads::drop_link_id.eq(link).and(uploads::created_at.gt(since)))
        .count()
        .get_result(conn)
}

pub(super) fn record_offset(
    conn: &mut Conn,
    id: &UploadId,
    offset: u64,
    expires_at: Millis,
) -> QueryResult<usize> {
    diesel::update(uploads::table.find(id))
        .set((
            uploads::offset_bytes.eq(bytes(offset)),
            uploads::expires_at.eq(expires_at),
        ))
        .execute(conn)
}

pub(super) fn record_outcome(conn: &mut Conn, id: &UploadId, outcome: &Outcome) -> QueryResult<()> {
    let upload = uploads::table.find(id);
    match outcome {
        Outcome::Taken(taken) => diesel::update(upload)
            .set((
                uploads::outcome.eq(if taken.was_known { "known" } else { "taken" }),
                uploads::photo_id.eq(taken.photo.as_ref()),
                uploads::placed.eq(taken.placed),
            ))
            .execute(conn)?,
        Outcome::Refused(refused) => diesel::update(upload)
            .set((
                uploads::outcome.eq(match refused.kind {
                    RefusedFor::Type => "refused_type",
                    RefusedFor::Pixels => "refused_pixels",
                    RefusedFor::Bytes => "refused_bytes",
                }),
                uploads::reason.eq(&refused.message),
            ))
            .execute(conn)?,
    };
    Ok(())
}

/// The photos that came of the uploads of one batch.
pub(super) fn list_batch(conn: &mut Conn, upload: &Upload) -> QueryResult<BTreeSet<PhotoId>> {
    let (Some(batch), Some(story)) = (&upload.batch, &upload.story) else {
        return Ok(BTreeSet::new());
    };
    let photos: Vec<Option<PhotoId>> = uploads::table
        .filter(uploads::batch.eq(batch))
        .filter(uploads::owner_id.eq(&upload.owner))
        .filter(uploads::story_id.eq(story))
        .filter(uploads::photo_id.is_not_null())
        .select(uploads::photo_id)
        .load(conn)?;
    Ok(photos.into_iter().flatten().collect())
}

pub(super) fn delete(conn: &mut Conn, id: &UploadId) -> QueryResult<usize> {
    diesel::delete(uploads::table.find(id)).execute(conn)
}

/// Uploads that nobody went on with, and those that were done with a week ago; none that is whole and not a photo yet.
pub(super) fn list_expired(conn: &mut Conn, now: Millis) -> QueryResult<Vec<UploadId>> {
    let is_done = uploads::outcome.is_not_null();
    uploads::table
        .filter(uploads::expires_at.le(now))
        .filter(is_done.or(uploads::offset_bytes.lt(uploads::length_bytes)))
        .order(uploads::expires_at.asc())
        .limit(MOST_LISTED)
        .select(uploads::id)
        .load(conn)
}

/// Uploads that are whole and not a photo yet, oldest first.
pub(super) fn list_whole(conn: &mut Conn) -> QueryResult<Vec<UploadId>> {
    uploads::table
        .filter(uploads::outcome.is_null())
        .filter(uploads::offset_bytes.eq(uploads::length_bytes))
        .order((uploads::created_at.asc(), uploads::id.asc()))
        .limit(MOST_LISTED)
        .select(uploads::id)
        .load(conn)
}

/// Those of these uploads that are under way.
pub(super) fn list_open_of(conn: &mut Conn, ids: &[UploadId]) -> QueryResult<Vec<UploadId>> {
    let mut open = Vec::new();
    // SQLite has a limit on the values of one statement.
    for some in ids.chunks(500) {
        let found: Vec<UploadId> = uploads::table
            .filter(uploads::id.eq_any(some).and(uploads::outcome.is_null()))
            .select(uploads::id)
            .load(conn)?;
        open.extend(found);
    }
    Ok(open)
}

fn bytes(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
