//! Rendering a photo once more: because it failed and somebody hopes for better, or because its renditions are to be made anew.

use super::edit::PhotoError;
use super::{Photo, PhotoState, query, turn};
use crate::account::Actor;
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::PhotoId;

/// Queues a photo's renditions. One that is ready keeps those it has until the new ones are there; one that failed is pending again.
///
/// # Errors
/// [`PhotoError::Unknown`] when there is none for this person, or that of the database.
pub fn render_again(conn: &mut Conn, actor: &Actor, id: &PhotoId, now: Millis) -> Result<Photo, PhotoError> {
    let photo = query::find_photo(conn, id)?
        .filter(|photo| photo.may_be_changed_by(actor))
        .ok_or(PhotoError::Unknown)?;
    if photo.state == PhotoState::Failed {
        query::settle_as_pending(conn, id, now)?;
    }
    turn::render_again(conn, &photo, now)?;
    actor.did(conn, Word::PhotoRendered, id.as_str(), &photo.file_name, now)?;
    query::find_photo(conn, id)?.ok_or(PhotoError::Unknown)
}
