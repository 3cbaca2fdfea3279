//! What a change of a photo means for stories: drafts that show it have changed, and what hides something takes effect in what is live, at
//! once.
//!
//! A publication's document is changed after it was made in two cases only. The one is the switch that protects somebody's life: it does not wait for
//! an editor to publish again, and takes the old files away with the words. The other is better files of the same picture.

use super::document::StoryDocument;
use super::{compose, query};
use crate::account::Actor;
use crate::clock::Millis;
use crate::db::{Conn, Db, DbError};
use crate::id::PhotoId;
use crate::photo::edit::{self, PhotoEdit, PhotoError};
use crate::photo::packet::{self, Repacked};
use crate::photo::{Photo, Rendition, query as photo_query};
use crate::store::{self, Store, StoreError};

/// Why files that nobody may see any more are still there.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The store failed.
    #[error("old renditions could not be removed")]
    Store(#[from] StoreError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A photo that was edited.
#[derive(Debug)]
pub struct Edited {
    /// As it is now.
    pub photo: Photo,
    /// Whether what readers see has changed.
    pub is_public_changed: bool,
}

/// Edits a photo and notes that in the drafts that show it. If it hides something from now on, every live document loses that in the same
/// transaction, and its files are replaced by others under new names; the old ones are out of reach when this returns.
///
/// # Errors
/// [`PhotoError`]; nothing has changed then.
pub async fn edit_photo(
    db: &Db,
    store: &Store,
    actor: &Actor,
    id: &PhotoId,
    expected: i32,
    change: PhotoEdit,
    now: Millis,
) -> Result<Edited, PhotoError> {
    let repacked = if change.hides_more() {
        repack_ahead(db, store, id, &change).await
    } else {
        None
    };
    let (actor, id) = (actor.clone(), id.clone());
    let edited = {
        let id = id.clone();
        db.write(move |conn| apply(conn, &actor, &id, expected, &change, repacked.as_ref(), now))
            .await?
    };
    if edited.is_public_changed {
        // They are out of reach already; should removing them fail, the queued sweep tries again.
        if let Err(error) = sweep(db, store, id).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "files that were withdrawn are still on the disk"
            );
        }
    }
    Ok(edited)
}

/// Writes the files as they will have to be, before anything else is changed. `None` when that is not to be had: then the photo goes without files
/// until it is rendered again, for hiding must not wait for a disk.
async fn repack_ahead(db: &Db, store: &Store, id: &PhotoId, change: &PhotoEdit) -> Option<Repacked> {
    let found = {
        let id = id.clone();
        db.read(move |conn| {
            let Some(photo) = photo_query::find_photo(conn, &id)? else {
                return Ok(None);
            };
            let folders: Vec<String> = photo.folder.iter().cloned().collect();
            let files = photo_query::list_renditions_in(conn, &folders)?;
            Ok::<_, DbError>(Some((
                photo,
                files
                    .into_iter()
                    .map(|(_, file)| file)
                    .collect::<Vec<Rendition>>(),
            )))
        })
        .await
    };
    let (photo, files) = found.ok()??;
    match packet::repack(store, &change.applied_to(photo), &files).await {
        Ok(repacked) => repacked,
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "renditions could not be written anew; they are withdrawn"
            );
            None
        }
    }
}

fn apply(
    conn: &mut Conn,
    actor: &Actor,
    id: &PhotoId,
    expected: i32,
    change: &PhotoEdit,
    repacked: Option<&Repacked>,
    now: Millis,
) -> Result<Edited, PhotoError> {
    let before = photo_query::find_photo(conn, id)?;
    let photo = edit::edit(conn, actor, id, expected, change, now)?;
    if before.as_ref().map(|photo| photo.version) != Some(photo.version) {
        // Frames take from the photo what they do not say themselves: the drafts that show it are not what readers see any more.
        query::note_photo_change(conn, id, &actor.id, now)?;
    }
    let hides_more = before.is_some_and(|before| {
        (photo.hides_place() && !before.hides_place()) || (photo.sensitive && !before.sensitive)
    });
    if !hides_more {
        return Ok(Edited {
            photo,
            is_public_changed: false,
        });
    }
    let adopted = match repacked {
        Some(repacked) => packet::adopt(conn, repacked, now)?,
        None => false,
    };
    if !adopted && photo.folder.is_some() {
        packet::withdraw(conn, id, now)?;
    }
    let photo = photo_query::find_photo(conn, id)?.ok_or(PhotoError::Unknown)?;
    let is_public_changed = conceal(conn, &photo)?;
    Ok(Edited {
        photo,
        is_public_changed,
    })
}

/// Takes what the photo hides out of every live document and shows its present files; says whether there was one.
fn conceal(conn: &mut Conn, photo: &Photo) -> Result<bool, PhotoError> {
    let words = photo.concealed_words();
    let is_live = change_live(conn, photo, |document| {
        document.conceal(&photo.id, photo.sensitive, &words);
    })?;
    Ok(is_live)
}

/// Shows a photo's present files in every live document that shows this photo in this folder: AVIFs have come, or it was rendered again after
/// it had to be withdrawn.
///
/// # Errors
/// Those of the database.
pub fn show_renditions(conn: &mut Conn, id: &PhotoId) -> Result<(), DbError> {
    let Some(photo) = photo_query::find_photo(conn, id)? else {
        return Ok(());
    };
    // A publication that shows another folder shows the photo as it was when it was published, with another crop perhaps: that is for an editor to change.
    let shown = query::list_public_folders(conn, id)?;
    if shown
        .iter()
        .all(|folder| Some(folder) == photo.folder.as_ref() || folder.is_empty())
    {
        change_live(conn, &photo, |_| {})?;
    }
    Ok(())
}

/// Changes every live document that shows a photo, and has it show the photo's present files; says whether there was one.
fn change_live(conn: &mut Conn, photo: &Photo, change: impl Fn(&mut StoryDocument)) -> Result<bool, DbError> {
    let folders: Vec<String> = photo.folder.iter().cloned().collect();
    let files: Vec<Rendition> = photo_query::list_renditions_in(conn, &folders)?
        .into_iter()
        .map(|(_, file)| file)
        .collect();
    let mut is_live = false;
    for (story, number, json) in query::list_live_documents_with(conn, &photo.id)? {
        let Ok(mut document) = serde_json::from_str::<StoryDocument>(&json) else {
            continue;
        };
        change(&mut document);
        if let Some(facts) = document.photos.get_mut(&photo.id) {
            (facts.renditions, facts.crops) = compose::files(&files);
        }
        if let Ok(json) = serde_json::to_string(&document) {
            query::replace_publication_document(conn, &story, number, &json)?;
        }
        query::set_public_folder(
            conn,
            &story,
            &photo.id,
            photo.folder.as_deref().unwrap_or_default(),
        )?;
        is_live = true;
    }
    Ok(is_live)
}

/// Removes the renditions of a photo in folders that neither it nor a live publication shows: rows first, then files.
///
/// # Errors
/// [`SweepError`]; what is left then is swept the next time.
pub async fn sweep(db: &Db, store: &Store, id: PhotoId) -> Result<(), SweepError> {
    let files = {
        let id = id.clone();
        db.read(move |conn| list_unseen(conn, &id).map_err(DbError::from))
            .await?
    };
    // A rendition's row says where its file is: the row goes when the file is gone. Nobody can ask for it in between, for it is not public.
    for (folder, spec) in &files {
        store.remove(&store::rendition_key(folder, spec)).await?;
    }
    let mut folders: Vec<String> = files.into_iter().map(|(folder, _)| folder).collect();
    folders.dedup();
    db.write(move |conn| photo_query::delete_renditions_in(conn, &id, &folders).map_err(DbError::from))
        .await?;
    Ok(())
}

fn list_unseen(conn: &mut Conn, id: &PhotoId) -> diesel::QueryResult<Vec<(String, String)>> {
    let Some(photo) = photo_query::find_photo(conn, id)? else {
        return Ok(Vec::new());
    };
    let mut seen = query::list_public_folders(conn, id)?;
    seen.extend(photo.folder);
    let mut files = photo_query::list_rendition_names(conn, id)?;
    files.retain(|(folder, _)| !seen.contains(folder));
    files.sort();
    Ok(files)
}
