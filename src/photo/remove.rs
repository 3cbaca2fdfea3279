//! Removing a photo: its row and renditions go at once. Its original, when no other photo is made of the same bytes, is left to the
//! sweep at the next start: somebody may be uploading the same bytes at this very moment, and a row must never lose its picture.

use diesel::result::{DatabaseErrorKind, Error as SqlError};

use super::edit::PhotoError;
use super::query;
use crate::account::Actor;
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::PhotoId;
use crate::store;

/// Removes the rows and returns the keys of the files to be removed after the commit: row first, then file.
///
/// # Errors
/// [`PhotoError::InUse`] while a story uses it: that is a foreign key, not a question asked before.
pub fn remove(conn: &mut Conn, actor: &Actor, id: &PhotoId, now: Millis) -> Result<Vec<String>, PhotoError> {
    let photo = query::find_photo(conn, id)?
        .filter(|photo| photo.may_be_changed_by(actor))
        .ok_or(PhotoError::Unknown)?;
    let files: Vec<String> = query::list_rendition_names(conn, id)?
        .into_iter()
        .map(|(folder, spec)| store::rendition_key(&folder, &spec))
        .collect();
    query::delete_photo(conn, id).map_err(|error| match error {
        SqlError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => PhotoError::InUse,
        other => other.into(),
    })?;
    if query::count_photos_of_original(conn, &photo.original_sha256)? == 0 {
        query::delete_original(conn, &photo.original_sha256)?;
    }
    actor.did(conn, Word::PhotoDeleted, id.as_str(), &photo.file_name, now)?;
    Ok(files)
}
