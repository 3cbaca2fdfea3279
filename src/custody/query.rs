//! SQL for custody: what there must be.

use diesel::prelude::*;

use super::things::Thing;
use crate::db::Conn;
use crate::db::schema::{jobs, originals, pending_sign_ins, renditions, sessions, uploads};
use crate::queue::JobKind;
use crate::story::schedule;

/// Every original that a row names.
pub(super) fn list_originals(conn: &mut Conn) -> QueryResult<Vec<Thing>> {
    let rows: Vec<(String, String, i64)> = originals::table
        .select((originals::sha256, originals::media_type, originals::size_bytes))
        .order(originals::sha256)
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(sha256, media_type, size_bytes)| Thing::original(sha256, &media_type, size_bytes))
        .collect())
}

/// Every rendition that a row names.
pub(super) fn list_renditions(conn: &mut Conn) -> QueryResult<Vec<Thing>> {
    let rows: Vec<(String, String, i64, Option<String>)> = renditions::table
        .select((
            renditions::folder,
            renditions::spec,
            renditions::size_bytes,
            renditions::sha256,
        ))
        .order((renditions::folder, renditions::spec))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(folder, spec, size_bytes, sha256)| Thing::rendition(&folder, &spec, size_bytes, sha256))
        .collect())
}

/// Whether a row names this original now.
pub(super) fn has_original(conn: &mut Conn, sha256: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(originals::table.find(sha256))).get_result(conn)
}

/// Whether a row names this rendition now.
pub(super) fn has_rendition(conn: &mut Conn, folder: &str, spec: &str) -> QueryResult<bool> {
    let named = renditions::table.filter(renditions::folder.eq(folder).and(renditions::spec.eq(spec)));
    diesel::select(diesel::dsl::exists(named)).get_result(conn)
}

/// Whether files are still to be made, or are being made.
pub(super) fn are_files_pending(conn: &mut Conn) -> QueryResult<bool> {
    let unfinished = jobs::state.eq("waiting").or(jobs::state.eq("running"));
    let of_files = jobs::kind.ne(JobKind::DeliverWebhook.as_str());
    diesel::select(diesel::dsl::exists(jobs::table.filter(unfinished.and(of_files)))).get_result(conn)
}

/// Id, and how many bytes were acknowledged, of uploads that are under way.
pub(super) fn list_open_uploads(conn: &mut Conn) -> QueryResult<Vec<(String, i64)>> {
    uploads::table
        .filter(uploads::outcome.is_null().and(uploads::offset_bytes.gt(0)))
        .select((uploads::id, uploads::offset_bytes))
        .load(conn)
}

/// Ends what a copy cannot go on with: uploads whose pieces are not in it.
pub(super) fn end_uploads(conn: &mut Conn) -> QueryResult<()> {
    diesel::delete(uploads::table.filter(uploads::outcome.is_null())).execute(conn)?;
    Ok(())
}

/// Ends what must not come back to life, for it may have been ended since: sessions, sign-ins half-way, and webhooks that were to be told. Takes off the
/// hours of stories, which would go out by themselves; says how many.
pub(super) fn end_what_was_under_way(conn: &mut Conn) -> QueryResult<usize> {
    end_uploads(conn)?;
    diesel::delete(sessions::table).execute(conn)?;
    diesel::delete(pending_sign_ins::table).execute(conn)?;
    let telling = jobs::kind.eq(JobKind::DeliverWebhook.as_str());
    diesel::delete(jobs::table.filter(telling)).execute(conn)?;
    schedule::clear_all(conn)
}
