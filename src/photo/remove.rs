//! Removing a photo: its row goes, then its renditions, then its original when no other photo is made of the same bytes.

use diesel::result::{DatabaseErrorKind, Error as SqlError};

use super::edit::PhotoError;
use super::originals::{self, OriginalsError};
use super::query::{self, Marks};
use crate::account::Actor;
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::{Conn, Db};
use crate::id::PhotoId;
use crate::store::{self, Store};

/// The files of a photo whose row is gone, to be cleared away after the commit: row first, then file.
#[derive(Debug)]
#[must_use]
pub struct Left {
    renditions: Vec<String>,
    /// If no other photo was made of it.
    original: Option<String>,
}

impl Left {
    /// Removes the files. What is left by a failure is found by the sweeps.
    ///
    /// # Errors
    /// [`OriginalsError`].
    pub async fn clear(self, db: &Db, store: &Store) -> Result<(), OriginalsError> {
        for file in self.renditions {
            store.remove(&file).await?;
        }
        match self.original {
            Some(key) => originals::let_go(db, store, key).await,
            None => Ok(()),
        }
    }
}

/// Removes the rows and says which files are to be cleared away after the commit.
///
/// # Errors
/// [`PhotoError::InUse`] while a story uses it: that is a foreign key, not a question asked before.
pub fn remove(conn: &mut Conn, actor: &Actor, id: &PhotoId, now: Millis) -> Result<Left, PhotoError> {
    let photo = query::find_photo(conn, id)?
        .filter(|photo| photo.may_be_changed_by(actor))
        .ok_or(PhotoError::Unknown)?;
    let renditions = query::list_rendition_names(conn, id)?
        .into_iter()
        .map(|(folder, spec)| store::rendition_key(&folder, &spec))
        .collect();
    query::delete_photo(conn, id).map_err(|error| match error {
        SqlError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => PhotoError::InUse,
        other => other.into(),
    })?;
    if photo.hides_place() {
        // Whoever sends the file again, from another memory card perhaps, has it hidden as it was.
        let kept = query::find_marks(conn, &photo.original_sha256)?;
        let own = Marks::of(&photo);
        let marks = Marks::together(kept.iter().chain([&own]), &photo.owner_id);
        query::keep_marks(conn, &photo.original_sha256, &marks)?;
    }
    let mut original = None;
    if query::count_photos_of_original(conn, &photo.original_sha256)? == 0 {
        query::delete_original(conn, &photo.original_sha256)?;
        original = Some(store::original_key(&photo.original_sha256, &photo.media_type));
    }
    actor.did(conn, Word::PhotoDeleted, id.as_str(), &photo.file_name, now)?;
    Ok(Left { renditions, original })
}
