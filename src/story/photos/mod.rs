//! What a change of a photo means for stories: drafts that show it have changed, and what hides something takes effect in what is live, at
//! once.
//!
//! A publication's document is changed after it was made in two cases only. The one is the switch that protects somebody's life: it does not wait for
//! an editor to publish again, and takes the old files away with the words. The other is better files of the same picture.

mod live;

use std::collections::BTreeSet;

use self::live::{Public, conceal_live, files_of_hidden, present_files};
use super::query;
use crate::account::Actor;
use crate::clock::Millis;
use crate::db::{Conn, Db, DbError};
use crate::id::PhotoId;
use crate::metadata::Names;
use crate::photo::edit::{self, PhotoEdit, PhotoError};
use crate::photo::repacked::{self, Repacked};
use crate::photo::{Photo, Rendition, packet, query as photo_query};
use crate::queue::{self, JobKind};
use crate::site::AiTraining;
use crate::store::Store;

pub use self::live::{SweepError, settle_public, sweep};

/// A photo that was edited.
#[derive(Debug)]
pub struct Edited {
    /// As it is now.
    pub photo: Photo,
    /// Whether what readers see has changed.
    pub is_public_changed: bool,
}

/// Edits a photo like [`change_photo`] and puts its files in order like [`clear_away`].
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
    let edited = change_photo(db, store, actor, id, expected, change, now).await?;
    if edited.is_public_changed {
        clear_away(db, store, id, now).await;
    }
    Ok(edited)
}

/// Edits a photo and notes that in the drafts that show it. If it hides something from now on, every live document loses that in the same
/// transaction, and its files are replaced by others under new names; the old ones are out of reach when this returns.
///
/// Where what readers see has changed, whoever keeps that is to be told at once, and [`clear_away`] is to be called then.
///
/// # Errors
/// [`PhotoError`]; nothing has changed then.
pub async fn change_photo(
    db: &Db,
    store: &Store,
    actor: &Actor,
    id: &PhotoId,
    expected: i32,
    change: PhotoEdit,
    now: Millis,
) -> Result<Edited, PhotoError> {
    let repacked = if change.hides_more() {
        repack_ahead(db, store, actor, id, expected, &change).await
    } else {
        None
    };
    let (by, of) = (actor.clone(), id.clone());
    repacked::write_with(db, store, repacked, move |conn, repacked| {
        apply(conn, &by, &of, expected, &change, repacked, now)
    })
    .await
}

/// Replaces files that had to be withdrawn, and removes those that nobody shows any more. Out of reach they are already; should one of these fail, a
/// queued job tries again.
pub async fn clear_away(db: &Db, store: &Store, id: &PhotoId, now: Millis) {
    let outcome = match settle_public(db, store, id, now).await {
        Ok(()) => sweep(db, store, id.clone()).await,
        Err(error) => Err(error),
    };
    if let Err(error) = outcome {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "files that were withdrawn are still on the disk, or not replaced yet"
        );
    }
}

/// Writes the files as they will have to be, before anything else is changed, if this change will be made at all. `None` when it will not, or
/// when they are not to be had: then the photo goes without files for a moment, for hiding must not wait for a disk.
async fn repack_ahead(
    db: &Db,
    store: &Store,
    actor: &Actor,
    id: &PhotoId,
    expected: i32,
    change: &PhotoEdit,
) -> Option<Repacked> {
    let (photo, files, site) = with_files(db, id).await.ok()??;
    let mut hidden = change.applied_to(photo.clone());
    let of = id.clone();
    let names = db
        .read(move |conn| {
            let mut names = of_places(query::list_frame_places(conn, &of)?);
            if let Some(photo) = photo_query::find_photo(conn, &of)? {
                for kin in photo_query::list_kin(conn, &photo)? {
                    names.extend(kin.names());
                }
            }
            Ok::<_, DbError>(names)
        })
        .await
        .ok()?;
    hidden.embedded.facts.learn(&names);
    let is_due = photo.may_be_changed_by(actor) && photo.version == expected && hides_more(&photo, &hidden);
    if !is_due {
        return None;
    }
    match repacked::repack(store, &hidden, &files, site).await {
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

fn of_places(places: Vec<String>) -> Names {
    Names {
        places,
        ..Names::default()
    }
}

/// Whether readers may find less of a photo than before.
fn hides_more(before: &Photo, after: &Photo) -> bool {
    let names_more = || {
        let known = before.concealed_words();
        after.concealed_words().iter().any(|word| !known.contains(word))
    };
    (after.sensitive && !before.sensitive) || (after.hides_place() && (!before.hides_place() || names_more()))
}

/// A photo with its present files, and what the site says of training machines.
async fn with_files(db: &Db, id: &PhotoId) -> Result<Option<(Photo, Vec<Rendition>, AiTraining)>, DbError> {
    let id = id.clone();
    db.read(move |conn| {
        let Some(photo) = photo_query::find_photo(conn, &id)? else {
            return Ok(None);
        };
        let files = present_files(conn, &photo)?;
        Ok::<_, DbError>(Some((photo, files, packet::ai_training(conn)?)))
    })
    .await
}

/// Makes the change; says first whether the files that were written ahead are the photo's now.
fn apply(
    conn: &mut Conn,
    actor: &Actor,
    id: &PhotoId,
    expected: i32,
    change: &PhotoEdit,
    repacked: Option<&Repacked>,
    now: Millis,
) -> Result<(bool, Edited), PhotoError> {
    let before = photo_query::find_photo(conn, id)?;
    let photo = edit::edit(conn, actor, id, expected, change, now)?;
    if before.as_ref().map(|photo| photo.version) != Some(photo.version) {
        // Frames take from the photo what they do not say themselves: the drafts that show it are not what readers see any more.
        query::note_photo_change(conn, id, &actor.id, now)?;
    }
    if photo.hides_place() {
        // What frames call the place is hidden in the photo's own words too.
        let places = query::list_frame_places(conn, id)?;
        edit::learn(conn, &photo, &of_places(places))?;
    }
    let photo = photo_query::find_photo(conn, id)?.ok_or(PhotoError::Unknown)?;
    let Some(before) = before.filter(|before| hides_more(before, &photo)) else {
        let is_public_changed = false;
        return Ok((
            false,
            Edited {
                photo,
                is_public_changed,
            },
        ));
    };
    let is_other_changed = hide_other_files(conn, actor, &before, &photo, now)?;
    let adopted = match repacked {
        Some(repacked) => repacked.adopt(conn, now)?,
        None => false,
    };
    let photo = photo_query::find_photo(conn, id)?.ok_or(PhotoError::Unknown)?;
    let public = if adopted {
        Public::Present
    } else {
        Public::Withdrawn
    };
    let is_changed = conceal_live(conn, &photo, public, now)?;
    let is_public_changed = is_changed || is_other_changed;
    Ok((
        adopted,
        Edited {
            photo,
            is_public_changed,
        },
    ))
}

/// Takes out of everything live what a photo hides by now: names that its frames gave the place since, or a mark that came from another file of the
/// same photograph. Says whether readers see something else; [`settle_public`] is to be called then.
///
/// # Errors
/// [`SweepError`]; what is live is as it was then.
pub async fn conceal(db: &Db, store: &Store, id: &PhotoId, now: Millis) -> Result<bool, SweepError> {
    let Some((photo, files, site)) = with_files(db, id).await? else {
        return Ok(false);
    };
    if !photo.hides_place() {
        return Ok(false);
    }
    let repacked = if packet::is_stale(&photo, site) {
        repacked::repack(store, &photo, &files, site).await?
    } else {
        None
    };
    let of = id.clone();
    repacked::write_with(db, store, repacked, move |conn, repacked| {
        let adopted = match repacked {
            Some(repacked) => repacked.adopt(conn, now)?,
            None => false,
        };
        let is_changed = match photo_query::find_photo(conn, &of)?.filter(Photo::hides_place) {
            Some(photo) => {
                let public = files_of_hidden(conn, &photo)?;
                conceal_live(conn, &photo, public, now)?
            }
            None => false,
        };
        Ok::<_, DbError>((adopted, is_changed))
    })
    .await
    .map_err(SweepError::from)
}

/// What is hidden of a photograph from now on is hidden of its earlier and newer files too, and of the same file that somebody else has sent; they know its
/// place by the same names. What of them is live loses it at once, and gets its pictures back by a job. Says whether readers see something else.
fn hide_other_files(
    conn: &mut Conn,
    actor: &Actor,
    before: &Photo,
    photo: &Photo,
    now: Millis,
) -> Result<bool, PhotoError> {
    let marks = PhotoEdit {
        sensitive: Some(true).filter(|_| photo.sensitive && !before.sensitive),
        hide_place: Some(true).filter(|_| photo.hide_place && !before.hide_place),
        ..PhotoEdit::default()
    };
    let kin = photo_query::list_kin(conn, photo)?;
    let mut names = photo.names();
    for kin in &kin {
        names.extend(kin.names());
    }
    edit::learn(conn, photo, &names)?;
    let mut is_public_changed = false;
    // Whoever may change only their own photographs hides only those, and whatever has the very bytes of one: that says the same, whoever else has sent it.
    let own = kin
        .iter()
        .chain([photo])
        .filter(|file| file.may_be_changed_by(actor));
    let bytes: BTreeSet<String> = own.map(|file| file.original_sha256.clone()).collect();
    for other in kin {
        if !bytes.contains(&other.original_sha256) {
            continue;
        }
        // What somebody calls a place takes words away from readers: from those of others' photographs only where they may be changed.
        if other.may_be_changed_by(actor) {
            edit::learn(conn, &other, &names)?;
        }
        let edited = edit::hide(conn, actor, &other.id, &marks, now)?;
        if edited.version != other.version {
            query::note_photo_change(conn, &other.id, &actor.id, now)?;
        }
        if edited.hides_place() {
            let public = files_of_hidden(conn, &edited)?;
            is_public_changed |= conceal_live(conn, &edited, public, now)?;
            queue::enqueue(conn, JobKind::ConcealPhoto, other.id.as_str(), now)?;
        }
    }
    Ok(is_public_changed)
}

/// Has a photo and its other files know what frames call its place; where it is hidden, that goes out of everything live by a job.
///
/// # Errors
/// Those of the statements.
pub(super) fn learn(
    conn: &mut Conn,
    photo: &Photo,
    places: &[String],
    now: Millis,
) -> diesel::QueryResult<()> {
    let names = of_places(places.to_vec());
    for photo in photo_query::list_kin(conn, photo)?.iter().chain([photo]) {
        if edit::learn(conn, photo, &names)? && photo.hides_place() {
            queue::enqueue(conn, JobKind::ConcealPhoto, photo.id.as_str(), now)?;
        }
    }
    Ok(())
}
