//! The photo library: lists of photos as somebody may see them.

use diesel::QueryResult;

use super::query::{self, PhotoFilter};
use super::{Photo, Rendition};
use crate::account::Actor;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::PhotoId;

/// A page of photos, newest first.
#[derive(Debug)]
pub struct LibraryPage {
    /// The photos.
    pub photos: Vec<Photo>,
    /// Where the next page begins, if there is one.
    pub older: Option<(Millis, PhotoId)>,
}

/// Photos that `actor` may work with, newest first, at most `limit`: all of them for editors, one's own for photographers.
///
/// # Errors
/// Those of the statement.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    mut filter: PhotoFilter,
    limit: usize,
) -> QueryResult<LibraryPage> {
    if !actor.edits_everything() {
        filter.owner = Some(actor.id.clone());
    }
    // One more than asked tells whether there is a next page.
    let ask = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut photos = query::list_photos(conn, &filter, ask)?;
    let more = photos.len() > limit;
    photos.truncate(limit);
    let older = photos
        .last()
        .filter(|_| more)
        .map(|last| (last.created_at, last.id.clone()));
    Ok(LibraryPage { photos, older })
}

/// The current renditions of these photos, each with its photo.
///
/// # Errors
/// Those of the statement.
pub fn renditions_of(conn: &mut Conn, photos: &[Photo]) -> QueryResult<Vec<(PhotoId, Rendition)>> {
    let folders: Vec<String> = photos.iter().filter_map(|photo| photo.folder.clone()).collect();
    query::list_renditions_in(conn, &folders)
}
