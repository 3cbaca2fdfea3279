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
    let waiting = query::count_waiting(conn, &photo.owner_id, (first, first + PLACES))?;
    let place = first + i32::try_from(waiting).unwrap_or(PLACES).min(PLACES - 1);
    queue::enqueue_at(conn, JobKind::RenderPhoto, photo.id.as_str(), place, now)
}

/// Queues the rendering of a photograph that stands already: something of it was changed, and somebody waits.
///
/// # Errors
/// Those of the statements.
pub fn render_again(conn: &mut Conn, photo: &Photo, now: Millis) -> QueryResult<()> {
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
