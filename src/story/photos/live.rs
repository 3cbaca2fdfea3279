//! What live publications show of a photo: its present files, or none while those still say what is hidden; and which files nobody sees any more.

use crate::clock::Millis;
use crate::db::{Conn, Db, DbError};
use crate::id::{PhotoId, StoryId};
use crate::photo::{Photo, Rendition, packet, query as photo_query, repacked, turn};
use crate::queue::{self, JobKind};
use crate::store::{self, Store, StoreError};
use crate::story::document::StoryDocument;
use crate::story::{compose, finding, query};
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

pub(super) fn present_files(conn: &mut Conn, photo: &Photo) -> diesel::QueryResult<Vec<Rendition>> {
    let folders: Vec<String> = photo.folder.iter().cloned().collect();
    let files = photo_query::list_renditions_in(conn, &folders)?;
    Ok(files.into_iter().map(|(_, file)| file).collect())
}

/// Takes out of every live document what a photo hides, and has them show these files of it; says whether there was one.
pub(super) fn conceal_live(
    conn: &mut Conn,
    photo: &Photo,
    public: Public,
    now: Millis,
) -> Result<bool, DbError> {
    let (sensitive, words) = (photo.sensitive, photo.concealed_words());
    let conceal = |document: &mut StoryDocument| document.conceal(&photo.id, sensitive, &words);
    let changed = change_live(conn, photo, public, |_| true, conceal, now)?;
    tell_changed(conn, &changed, now)?;
    if public == Public::Withdrawn {
        // Rendered again at the latest by this; usually they are replaced before anybody looks.
        turn::render_withdrawn(conn, photo, now)?;
    }
    queue::enqueue(conn, JobKind::SweepRenditions, photo.id.as_str(), now)?;
    Ok(!changed.is_empty())
}

/// The files that may be shown of a photo that hides something: its present ones, unless they still say it.
pub(super) fn files_of_hidden(conn: &mut Conn, photo: &Photo) -> Result<Public, DbError> {
    Ok(if packet::is_stale(photo, packet::ai_training(conn)?) {
        Public::Withdrawn
    } else {
        Public::Present
    })
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
        let Some((photo, files, site)) = super::with_files(db, id).await? else {
            return Ok(());
        };
        let Some(repacked) = repacked::repack(store, &photo, &files, site).await? else {
            return Ok(());
        };
        repacked::adopt(db, store, repacked, now).await?;
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
pub(super) enum Public {
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
