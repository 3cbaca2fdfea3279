//! What a change of a photo means for stories: drafts that show it have changed, and what hides something takes effect in what is live, at
//! once.
//!
//! A publication's document is changed after it was made in two cases only. The one is the switch that protects somebody's life: it does not wait for
//! an editor to publish again, and takes the old files away with the words. The other is better files of the same picture.

use std::sync::Arc;

use super::document::StoryDocument;
use super::{compose, finding, query};
use crate::account::Actor;
use crate::clock::Millis;
use crate::db::{Conn, Db, DbError};
use crate::id::{PhotoId, StoryId};
use crate::photo::edit::{self, PhotoEdit, PhotoError};
use crate::photo::packet::{self, Repacked};
use crate::photo::{Photo, Rendition, query as photo_query, turn};
use crate::queue::{self, JobKind};
use crate::site::AiTraining;
use crate::store::{self, Store, StoreError};
use crate::webhook::{Kind, tell};

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
    let (by, of, repacked) = (actor.clone(), id.clone(), Arc::new(repacked));
    let applied = {
        let repacked = Arc::clone(&repacked);
        db.write(move |conn| apply(conn, &by, &of, expected, &change, repacked.as_ref().as_ref(), now))
            .await
    };
    let adopted = applied.as_ref().is_ok_and(|applied| applied.adopted);
    if let Some(repacked) = repacked.as_ref()
        && !adopted
    {
        packet::discard(store, repacked).await;
    }
    let applied = applied?;
    Ok(Edited {
        photo: applied.photo,
        is_public_changed: applied.is_public_changed,
    })
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
    let places = db
        .read(move |conn| {
            let mut places = query::list_frame_places(conn, &of)?;
            if let Some(photo) = photo_query::find_photo(conn, &of)? {
                let kin = photo_query::list_kin(conn, &photo)?;
                places.extend(kin.iter().flat_map(Photo::place_names));
            }
            Ok::<_, DbError>(places)
        })
        .await
        .ok()?;
    for place in &places {
        hidden.embedded.facts.learn_place(place);
    }
    let is_due = photo.may_be_changed_by(actor) && photo.version == expected && hides_more(&photo, &hidden);
    if !is_due {
        return None;
    }
    match packet::repack(store, &hidden, &files, site).await {
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

fn present_files(conn: &mut Conn, photo: &Photo) -> diesel::QueryResult<Vec<Rendition>> {
    let folders: Vec<String> = photo.folder.iter().cloned().collect();
    let files = photo_query::list_renditions_in(conn, &folders)?;
    Ok(files.into_iter().map(|(_, file)| file).collect())
}

/// A change that was made.
struct Applied {
    photo: Photo,
    is_public_changed: bool,
    /// Whether the files that were written ahead are the photo's now.
    adopted: bool,
}

fn apply(
    conn: &mut Conn,
    actor: &Actor,
    id: &PhotoId,
    expected: i32,
    change: &PhotoEdit,
    repacked: Option<&Repacked>,
    now: Millis,
) -> Result<Applied, PhotoError> {
    let before = photo_query::find_photo(conn, id)?;
    let photo = edit::edit(conn, actor, id, expected, change, now)?;
    if before.as_ref().map(|photo| photo.version) != Some(photo.version) {
        // Frames take from the photo what they do not say themselves: the drafts that show it are not what readers see any more.
        query::note_photo_change(conn, id, &actor.id, now)?;
    }
    if photo.hides_place() {
        // What frames call the place is hidden in the photo's own words too.
        let places = query::list_frame_places(conn, id)?;
        edit::learn_places(conn, &photo, &places)?;
    }
    let photo = photo_query::find_photo(conn, id)?.ok_or(PhotoError::Unknown)?;
    let Some(before) = before.filter(|before| hides_more(before, &photo)) else {
        return Ok(Applied {
            photo,
            is_public_changed: false,
            adopted: false,
        });
    };
    let is_other_changed = hide_other_files(conn, actor, &before, &photo, now)?;
    let adopted = match repacked {
        Some(repacked) => packet::adopt(conn, repacked, now)?,
        None => false,
    };
    let photo = photo_query::find_photo(conn, id)?.ok_or(PhotoError::Unknown)?;
    let public = if adopted {
        Public::Present
    } else {
        Public::Withdrawn
    };
    let is_changed = conceal_live(conn, &photo, public, now)?;
    Ok(Applied {
        photo,
        is_public_changed: is_changed || is_other_changed,
        adopted,
    })
}

/// Takes out of every live document what a photo hides, and has them show these files of it; says whether there was one.
fn conceal_live(conn: &mut Conn, photo: &Photo, public: Public, now: Millis) -> Result<bool, DbError> {
    let (sensitive, words) = (photo.sensitive, photo.concealed_words());
    let conceal = |document: &mut StoryDocument| document.conceal(&photo.id, sensitive, &words);
    let changed = change_live(conn, photo, public, |_| true, conceal, now)?;
    tell_changed(conn, &changed, now)?;
    if public == Public::Withdrawn {
        // Rendered again at the latest by this; usually they are replaced before anybody looks.
        turn::render_again(conn, photo, now)?;
    }
    queue::enqueue(conn, JobKind::SweepRenditions, photo.id.as_str(), now)?;
    Ok(!changed.is_empty())
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
        packet::repack(store, &photo, &files, site).await?
    } else {
        None
    };
    let repacked = Arc::new(repacked);
    let concealed = {
        let (of, repacked) = (id.clone(), Arc::clone(&repacked));
        db.write(move |conn| {
            let adopted = match repacked.as_ref() {
                Some(repacked) => packet::adopt(conn, repacked, now)?,
                None => false,
            };
            let hidden = photo_query::find_photo(conn, &of)?.filter(Photo::hides_place);
            let is_changed = match hidden {
                Some(photo) => {
                    let public = files_of_hidden(conn, &photo)?;
                    conceal_live(conn, &photo, public, now)?
                }
                None => false,
            };
            Ok::<_, DbError>((adopted, is_changed))
        })
        .await
    };
    let adopted = concealed.as_ref().is_ok_and(|(adopted, _)| *adopted);
    if let Some(repacked) = repacked.as_ref()
        && !adopted
    {
        packet::discard(store, repacked).await;
    }
    Ok(concealed?.1)
}

/// The files that may be shown of a photo that hides something: its present ones, unless they still say it.
fn files_of_hidden(conn: &mut Conn, photo: &Photo) -> Result<Public, DbError> {
    Ok(if packet::is_stale(photo, packet::ai_training(conn)?) {
        Public::Withdrawn
    } else {
        Public::Present
    })
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
    let mut names = photo.place_names();
    names.extend(kin.iter().flat_map(Photo::place_names));
    edit::learn_places(conn, photo, &names)?;
    let mut is_public_changed = false;
    for other in kin {
        // Whoever may change only their own photographs hides only those.
        if !other.may_be_changed_by(actor) {
            continue;
        }
        edit::learn_places(conn, &other, &names)?;
        let edited = edit::edit(conn, actor, &other.id, other.version, &marks, now)?;
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
    names: &[String],
    now: Millis,
) -> diesel::QueryResult<()> {
    for photo in photo_query::list_kin(conn, photo)?.iter().chain([photo]) {
        if edit::learn_places(conn, photo, names)? && photo.hides_place() {
            queue::enqueue(conn, JobKind::ConcealPhoto, photo.id.as_str(), now)?;
        }
    }
    Ok(())
}

/// How often words may change while files are written with them.
const MOST_TRIES: u32 = 5;

/// Has live publications show what they may of a photo: AVIFs that have come to the files they show, and clean files in place of those that
/// had to be withdrawn.
///
/// Files with words in them that the photo hides are never shown, whoever made them and whenever; nor is a photo that was withdrawn and is not
/// hidden any more: to show that is for an editor to do.
///
/// # Errors
/// [`SweepError`].
pub async fn settle_public(db: &Db, store: &Store, id: &PhotoId, now: Millis) -> Result<(), SweepError> {
    for _ in 0..MOST_TRIES {
        let of = id.clone();
        let needs_files = db.write(move |conn| show_renditions(conn, &of, now)).await?;
        if !needs_files {
            return Ok(());
        }
        let Some((photo, files, site)) = with_files(db, id).await? else {
            return Ok(());
        };
        let Some(repacked) = packet::repack(store, &photo, &files, site).await? else {
            return Ok(());
        };
        let repacked = Arc::new(repacked);
        let adopted = {
            let repacked = Arc::clone(&repacked);
            db.write(move |conn| packet::adopt(conn, &repacked, now)).await?
        };
        if !adopted {
            packet::discard(store, &repacked).await;
        }
    }
    Ok(())
}

/// Shows a photo's present files where they may be shown; says whether they have to be written anew first.
fn show_renditions(conn: &mut Conn, id: &PhotoId, now: Millis) -> Result<bool, DbError> {
    let Some(photo) = photo_query::find_photo(conn, id)? else {
        return Ok(false);
    };
    let Some(folder) = photo.folder.clone() else {
        return Ok(false);
    };
    let shown = query::list_public_folders(conn, id)?;
    // A publication that shows another folder shows the photo as it was when it was published, with another crop perhaps: that is for an editor to change.
    if shown.contains(&folder) {
        change_live(
            conn,
            &photo,
            Public::Present,
            |shown| shown == folder,
            |_| {},
            now,
        )?;
    }
    let is_withdrawn = shown.iter().any(String::is_empty);
    if !is_withdrawn || !photo.hides_place() {
        return Ok(false);
    }
    if packet::is_stale(&photo, packet::ai_training(conn)?) {
        return Ok(true);
    }
    let changed = change_live(conn, &photo, Public::Present, str::is_empty, |_| {}, now)?;
    tell_changed(conn, &changed, now)?;
    Ok(false)
}

/// What a publication shows of a photo from now on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Public {
    /// Its present files.
    Present,
    /// No files.
    Withdrawn,
}

/// Changes every live document that shows a photo in one of these folders, and the files it shows; says of which stories.
fn change_live(
    conn: &mut Conn,
    photo: &Photo,
    public: Public,
    in_folder: impl Fn(&str) -> bool,
    change: impl Fn(&mut StoryDocument),
    now: Millis,
) -> Result<Vec<StoryId>, DbError> {
    let (files, folder) = match public {
        Public::Present => (
            present_files(conn, photo)?,
            photo.folder.clone().unwrap_or_default(),
        ),
        Public::Withdrawn => (Vec::new(), String::new()),
    };
    let mut changed = Vec::new();
    for (story, number, json) in query::list_live_documents_with(conn, &photo.id)? {
        let shown = query::find_public_folder(conn, &story, &photo.id)?;
        if !shown.is_some_and(|shown| in_folder(&shown)) {
            continue;
        }
        let Ok(mut document) = serde_json::from_str::<StoryDocument>(&json) else {
            continue;
        };
        change(&mut document);
        if let Some(facts) = document.photos.get_mut(&photo.id) {
            (facts.renditions, facts.crops) = compose::files(&files);
        }
        query::set_public_folder(conn, &story, &photo.id, &folder)?;
        let changed_json = serde_json::to_string(&document).ok().filter(|new| *new != json);
        if let Some(json) = changed_json {
            query::replace_publication_document(conn, &story, number, &json)?;
            finding::put(conn, &story, &document, now)?;
            changed.push(story);
        }
    }
    Ok(changed)
}

/// Tells webhooks of stories in which readers see something else now. Of better files of the same picture they are not told.
fn tell_changed(conn: &mut Conn, stories: &[StoryId], now: Millis) -> Result<(), DbError> {
    for id in stories {
        if let Some(story) = query::find_story(conn, id)? {
            let live = story.live_publication;
            tell::story(conn, Kind::StoryUpdated, id, &story.slug, live, now)?;
        }
    }
    Ok(())
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
