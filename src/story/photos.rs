//! What a change of a photo means for stories: drafts that show it have changed, and the marks that hide a place take effect in what is
//! live, at once.
//!
//! The latter is the one case in which a publication's document is changed after it was made: the switch that protects somebody's life does
//! not wait for an editor to publish again.

use super::document::StoryDocument;
use super::query;
use crate::account::Actor;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::PhotoId;
use crate::photo::Photo;
use crate::photo::edit::{self, PhotoEdit, PhotoError};
use crate::photo::query as photo_query;

/// Edits a photo and notes that in the drafts that show it; if it hides its place from now on, takes place and (if it is sensitive) date out of every live document.
///
/// # Errors
/// [`PhotoError`].
pub fn edit_photo(
    conn: &mut Conn,
    actor: &Actor,
    id: &PhotoId,
    expected: i32,
    change: &PhotoEdit,
    now: Millis,
) -> Result<Photo, PhotoError> {
    let before = photo_query::find_photo(conn, id)?.map(|photo| photo.version);
    let photo = edit::edit(conn, actor, id, expected, change, now)?;
    if before != Some(photo.version) {
        // Frames take from the photo what they do not say themselves: the drafts that show it are not what readers see any more.
        query::note_photo_change(conn, id, &actor.id, now)?;
    }
    if photo.hides_place() {
        conceal(conn, &photo)?;
    }
    Ok(photo)
}

fn conceal(conn: &mut Conn, photo: &Photo) -> Result<(), PhotoError> {
    for (story, number, json) in query::list_live_documents_with(conn, &photo.id)? {
        let Ok(mut document) = serde_json::from_str::<StoryDocument>(&json) else {
            continue;
        };
        document.conceal_place(&photo.id, photo.sensitive);
        if let Ok(json) = serde_json::to_string(&document) {
            query::replace_publication_document(conn, &story, number, &json)?;
        }
    }
    Ok(())
}
