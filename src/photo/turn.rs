//! When a photograph is rendered, where many wait. Nobody's hundred photographs stand before another's one, those that came by a link not before those
//! of the people here, and what takes a thread for half a minute not before what takes a second.

use diesel::QueryResult;

use super::{Photo, query};
use crate::account::Actor;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::PhotoId;
use crate::imaging::RenderOrder;
use crate::imaging::probe::Format;
use crate::queue::{self, JobKind, LATE};

/// Places that one person has; all further photographs of theirs share the last.
const PLACES: i32 = 100;
/// Memory that rendering a photograph may take, in bytes, from which on it waits until nothing else does: a JPEG of more than 125 megapixels, a TIFF or PNG
/// of more than 75.
const LARGE_BYTES: u64 = 1_500_000_000;

/// Queues the rendering of a photograph that somebody has sent, behind as many of other people as wait of theirs already.
///
/// # Errors
/// Those of the statements.
pub(super) fn render_new(conn: &mut Conn, actor: &Actor, photo: &PhotoId, now: Millis) -> QueryResult<()> {
    let Some(photo) = query::find_photo(conn, photo)? else {
        return Ok(());
    };
    let first = earliest(&photo) + if actor.by_link { PLACES } else { 0 };
    let place = behind_own(conn, JobKind::RenderPhoto, &photo, first)?;
    queue::enqueue_at(conn, JobKind::RenderPhoto, photo.id.as_str(), place, now)
}

/// Queues the rendering of a photograph that stands already, because something of it was changed or somebody wants it: in turn like a new one.
///
/// # Errors
/// Those of the statements.
pub fn render_again(conn: &mut Conn, photo: &Photo, now: Millis) -> QueryResult<()> {
    let place = behind_own(conn, JobKind::RenderPhoto, photo, earliest(photo))?;
    queue::enqueue_at(conn, JobKind::RenderPhoto, photo.id.as_str(), place, now)
}

/// Queues the AVIFs of a photograph, which nobody waits for, in turn like the rest.
///
/// # Errors
/// Those of the statements.
pub fn make_avif(conn: &mut Conn, photo: &PhotoId, now: Millis) -> QueryResult<()> {
    let place = match query::find_photo(conn, photo)? {
        Some(photo) => behind_own(conn, JobKind::RenderAvif, &photo, 0)?,
        None => 0,
    };
    queue::enqueue_at(conn, JobKind::RenderAvif, photo.as_str(), place, now)
}

/// The place behind as many of the same person's as wait already, of those that begin at `first`.
fn behind_own(conn: &mut Conn, kind: JobKind, photo: &Photo, first: i32) -> QueryResult<i32> {
    let waiting = query::count_waiting(conn, kind, &photo.owner_id, (first, first + PLACES))?;
    Ok(first + i32::try_from(waiting).unwrap_or(PLACES).min(PLACES - 1))
}

/// Queues the rendering of a photograph whose files readers may not get any more: before all that can wait.
///
/// # Errors
/// Those of the statements.
pub fn render_withdrawn(conn: &mut Conn, photo: &Photo, now: Millis) -> QueryResult<()> {
    queue::enqueue_at(
        conn,
        JobKind::RenderPhoto,
        photo.id.as_str(),
        earliest(photo),
        now,
    )
}

/// The first place that a photograph of this size can have.
fn earliest(photo: &Photo) -> i32 {
    let pixels = u64::from(photo.width_px.unsigned_abs()) * u64::from(photo.height_px.unsigned_abs());
    let format = if photo.media_type == Format::Jpeg.media_type() {
        Format::Jpeg
    } else {
        Format::Tiff
    };
    if pixels.saturating_mul(RenderOrder::bytes_per_pixel(format)) > LARGE_BYTES {
        LATE
    } else {
        0
    }
}
