//! Making a photo's renditions: the child decodes, this writes the photo's words into what comes, stores it, and then records it in one
//! transaction.
//!
//! May run twice for one photo with the same result: each run makes a folder of its own, and the photo points to the last one. Files
//! of a run that failed are removed again.

use std::collections::HashSet;

use bytes::Bytes;
use diesel::QueryResult;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::query::{self, NewRendition, Settled};
use super::render::{RenderFailure, RenderProcess, Rendered, RenderedFile};
use super::{Photo, PhotoState, header, packet, turn};
use crate::clock::{MINUTE, Millis};
use crate::db::{Conn, Db, DbError};
use crate::id::{PhotoId, RenditionId, random_folder};
use crate::imaging::probe::{Header, Limits, Refusal};
use crate::imaging::{Pass, RenderOrder, ladder};
use crate::metadata::Packet;
use crate::queue::{self, JobKind};
use crate::store::{self, Store, StoreError};
use crate::text::hex;
use crate::webhook::tell;

/// Why there are no renditions.
#[derive(Debug, thiserror::Error)]
pub enum RenditionError {
    /// The photo cannot be rendered; trying again does not help.
    #[error("{0}")]
    Final(String),
    /// Rendering failed for a reason that may pass.
    #[error(transparent)]
    Render(#[from] RenderFailure),
    /// The store failed.
    #[error("the store failed while renditions were made")]
    Store(#[from] StoreError),
    /// The database failed.
    #[error("the renditions could not be recorded")]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for RenditionError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl RenditionError {
    /// Whether trying again is useless.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Final(_) => true,
            Self::Render(failure) => failure.is_final(),
            Self::Store(_) | Self::Db(_) => false,
        }
    }
}

/// Renders a photo, stores its renditions with its words in them and marks it ready. A photo that is gone by now is no error.
///
/// # Errors
/// [`RenditionError`].
pub async fn make(
    db: &Db,
    store: &Store,
    process: &mut RenderProcess,
    id: &PhotoId,
    now: Millis,
) -> Result<(), RenditionError> {
    let Some((photo, packet)) = find_with_packet(db, id).await? else {
        return Ok(());
    };
    let folder = random_folder();
    let first_look = Some((db, now));
    let developed = match develop(store, process, &photo, &folder, packet, Pass::First, first_look).await {
        Ok(developed) => developed,
        Err(error) => {
            let id = id.clone();
            db.write(move |conn| take_back(conn, &id, &folder).map_err(RenditionError::from))
                .await?;
            return Err(error);
        }
    };
    let (id, was_new) = (id.clone(), photo.folder.is_none());
    db.write(move |conn| record(conn, &id, was_new, &folder, &developed, now).map_err(RenditionError::from))
        .await
}

/// Makes the AVIF renditions of a photo that is ready, beside those it has and with the same words. A photo that is gone or has moved to another
/// folder by now is no error: the latter's AVIFs are queued anew.
///
/// # Errors
/// [`RenditionError`].
pub async fn make_avif(
    db: &Db,
    store: &Store,
    process: &mut RenderProcess,
    id: &PhotoId,
    now: Millis,
) -> Result<(), RenditionError> {
    let Some((photo, packet)) = find_with_packet(db, id).await? else {
        return Ok(());
    };
    let Some(folder) = photo.folder.clone() else {
        return Ok(());
    };
    // What is added to a folder says what is said there: it may be public with words that the desk has changed since.
    let kept = photo.packet.as_deref().and_then(Packet::from_text);
    let packet = kept.unwrap_or(packet);
    let developed = develop(store, process, &photo, &folder, packet, Pass::Avif, None).await?;
    if find(db, id).await?.and_then(|photo| photo.folder).as_deref() == Some(&*folder) {
        for (key, bytes) in &developed.held {
            store.put(key, bytes.clone()).await?;
        }
    } else {
        let id = id.clone();
        return db.write(move |conn| Ok(turn::make_avif(conn, &id, now)?)).await;
    }
    let id = id.clone();
    db.write(move |conn| record_avif(conn, &id, &folder, &developed, now).map_err(RenditionError::from))
        .await
}

async fn find(db: &Db, id: &PhotoId) -> Result<Option<Photo>, RenditionError> {
    let id = id.clone();
    db.read(move |conn| query::find_photo(conn, &id).map_err(RenditionError::from))
        .await
}

/// The photo, and the words that belong into its files.
async fn find_with_packet(db: &Db, id: &PhotoId) -> Result<Option<(Photo, Packet)>, RenditionError> {
    let id = id.clone();
    db.read(move |conn| {
        let site = packet::ai_training(conn)?;
        let photo = query::find_photo(conn, &id)?;
        Ok(photo.map(|photo| {
            let packet = packet::of(&photo, site);
            (photo, packet)
        }))
    })
    .await
}

/// The opened original of a photo and what its header says.
async fn open(store: &Store, photo: &Photo) -> Result<(std::fs::File, Header), RenditionError> {
    let key = store::original_key(&photo.original_sha256, &photo.media_type);
    let mut original = store.file(&key).await?.ok_or_else(|| {
        RenditionError::Final(
            "the original is missing from the store; please upload the photograph again".to_owned(),
        )
    })?;
    // The limits were kept at the door; whatever they are now, a photo that is in is rendered.
    let limits = Limits {
        max_pixels: u64::MAX,
        max_side_px: u32::MAX,
        max_bytes: u64::MAX,
    };
    let header = header::look(&mut original, &limits)
        .map_err(|refusal: Refusal| RenditionError::Final(refusal.to_string()))?;
    Ok((original, header))
}

/// What came of one pass.
struct Developed {
    rendered: Rendered,
    files: Vec<Kept>,
    /// Files that are not written yet, by their keys.
    held: Vec<(String, Bytes)>,
    packet: String,
}

/// What is kept of a rendition once its bytes are in the store.
#[derive(Clone)]
struct Kept {
    spec: String,
    media_type: &'static str,
    width_px: u32,
    height_px: u32,
    size_bytes: usize,
    sha256: String,
}

/// Has one pass rendered and stores each rendition as it comes, with the photo's words in it; no more than two wait in memory. Files of a pass
/// that failed are removed again.
///
/// With a database, a photo that has nothing to show yet is shown at the desk as soon as its JPEGs and its thumbnail are stored.
async fn develop(
    store: &Store,
    process: &mut RenderProcess,
    photo: &Photo,
    folder: &str,
    packet: Packet,
    pass: Pass,
    first_look: Option<(&Db, Millis)>,
) -> Result<Developed, RenditionError> {
    let (original, header) = open(store, photo).await?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a fraction needs no more than 24 bits"
    )]
    let focal = (photo.focal.0 as f32, photo.focal.1 as f32);
    let order = RenderOrder::new(&header, focal, pass);
    let largest = ladder::largest_jpeg_spec(order.upright_size().0);
    let mut files = Vec::new();
    // AVIFs come into a folder that is there already and may be withdrawn while they are made: none of them is written before all are made.
    let mut held: Vec<(String, Bytes)> = Vec::new();
    let (send, receive) = mpsc::channel::<RenderedFile>(2);
    let keep = async {
        // Its own: when it ends early, whoever sends must hear of it instead of waiting for room for ever.
        let mut receive = receive;
        while let Some(file) = receive.recv().await {
            let is_largest = file.spec == largest;
            let bytes = packet::write_into(
                &packet,
                file.format,
                file.width_px,
                is_largest,
                file.bytes.clone(),
            );
            files.push(Kept {
                media_type: file.media_type(),
                width_px: file.width_px,
                height_px: file.height_px,
                size_bytes: bytes.len(),
                sha256: hex(&Sha256::digest(&bytes)),
                spec: file.spec.clone(),
            });
            let key = store::rendition_key(folder, &file.spec);
            match pass {
                Pass::First => store.put(&key, bytes).await?,
                Pass::Avif => held.push((key, bytes)),
            }
            // The thumbnail follows the JPEGs; what comes after it takes twice as long as all before.
            if file.spec == super::THUMB
                && let Some((db, now)) = first_look.filter(|_| photo.folder.is_none())
            {
                give_first_look(db, &photo.id, folder, packet.to_text(), files.clone(), now).await?;
            }
        }
        Ok::<_, RenditionError>(())
    };
    let (rendered, kept) = tokio::join!(process.render(original, &order, send), keep);
    // A store that failed made the child fail too; the store's reason is the true one.
    let outcome = kept.and_then(|()| rendered.map_err(RenditionError::from));
    match outcome {
        Ok(rendered) => Ok(Developed {
            rendered,
            files,
            held,
            packet: packet.to_text(),
        }),
        Err(error) => {
            remove(store, folder, &files).await;
            Err(error)
        }
    }
}

/// Lets the desk see a photo that is not ready yet; readers see none before it is.
async fn give_first_look(
    db: &Db,
    id: &PhotoId,
    folder: &str,
    packet: String,
    files: Vec<Kept>,
    now: Millis,
) -> Result<(), RenditionError> {
    let (id, folder) = (id.clone(), folder.to_owned());
    db.write(move |conn| {
        if query::find_photo(conn, &id)?.is_some_and(|photo| photo.folder.is_none()) {
            insert(conn, &id, &folder, &files, now)?;
            query::move_to_folder(conn, &id, &folder, &packet)?;
        }
        Ok(())
    })
    .await
}

/// Takes a first look back: its files are gone.
fn take_back(conn: &mut Conn, id: &PhotoId, folder: &str) -> QueryResult<()> {
    query::leave_folder(conn, id, folder)?;
    query::delete_renditions_in(conn, id, &[folder.to_owned()])
}

/// Removes files that nothing refers to. What is left behind after a second failure is found by the sweep; the first error is the one to tell.
async fn remove(store: &Store, folder: &str, files: &[Kept]) {
    for file in files {
        let _ = store.remove(&store::rendition_key(folder, &file.spec)).await;
    }
}

fn record(
    conn: &mut Conn,
    photo: &PhotoId,
    was_new: bool,
    folder: &str,
    developed: &Developed,
    now: Millis,
) -> QueryResult<()> {
    let Some(found) = query::find_photo(conn, photo)? else {
        return Ok(());
    };
    insert(conn, photo, folder, &developed.files, now)?;
    // Somebody hid something between the first look and now: the photo has moved to files that do not say it, and these are swept.
    if was_new && found.folder.as_deref().is_some_and(|now| now != folder) {
        turn::render_again(conn, &found, now)?;
        return queue::enqueue(conn, JobKind::SweepRenditions, photo.as_str(), now);
    }
    let rendered = &developed.rendered;
    let settled = Settled {
        folder,
        packet: &developed.packet,
        width_px: px(rendered.width_px),
        height_px: px(rendered.height_px),
        damaged: rendered.damaged,
        color: &rendered.placeholder_color,
        thumbhash: (!rendered.thumbhash.is_empty()).then_some(&rendered.thumbhash),
    };
    query::settle_as_ready(conn, photo, &settled, now)?;
    // One that was ready and is rendered again is nothing new.
    if found.state != PhotoState::Ready {
        tell::photo_ready(conn, photo, now)?;
    }
    turn::make_avif(conn, photo, now)?;
    queue::enqueue(conn, JobKind::SweepRenditions, photo.as_str(), now)
}

/// Records AVIFs. Should the photo have moved to another folder meanwhile, these are swept with the rest of their folder.
fn record_avif(
    conn: &mut Conn,
    id: &PhotoId,
    folder: &str,
    developed: &Developed,
    now: Millis,
) -> QueryResult<()> {
    let Some(photo) = query::find_photo(conn, id)? else {
        return Ok(());
    };
    insert(conn, id, folder, &developed.files, now)?;
    if photo.folder.as_deref() != Some(folder) {
        queue::enqueue(conn, JobKind::SweepRenditions, id.as_str(), now)?;
        turn::make_avif(conn, id, now)?;
    }
    Ok(())
}

fn insert(conn: &mut Conn, photo: &PhotoId, folder: &str, files: &[Kept], now: Millis) -> QueryResult<()> {
    let rows: Vec<NewRendition<'_>> = files
        .iter()
        .map(|file| NewRendition {
            id: RenditionId::random(),
            photo_id: photo,
            folder,
            spec: &file.spec,
            purpose: purpose(&file.spec),
            media_type: file.media_type,
            width_px: px(file.width_px),
            height_px: px(file.height_px),
            size_bytes: i64::try_from(file.size_bytes).unwrap_or(i64::MAX),
            created_at: now,
            sha256: Some(&file.sha256),
        })
        .collect();
    query::insert_renditions(conn, &rows)
}

fn px(px: u32) -> i32 {
    i32::try_from(px).unwrap_or(i32::MAX)
}

/// How old a folder must be that no record knows before it is taken for one that a crash left: no rendering takes so long.
pub const ABANDONED_AFTER: Millis = 10 * MINUTE;

/// Removes folders of renditions that no record knows and that were filled before a moment: what a rendering left that was cut off.
///
/// # Errors
/// [`RenditionError`].
pub async fn sweep_unknown(db: &Db, store: &Store, before: Millis) -> Result<usize, RenditionError> {
    let folders = store.rendition_folders().await?;
    let (known, folders) = db
        .read(move |conn| {
            let known = query::list_known_folders(conn, &folders)?;
            Ok::<_, RenditionError>((known.into_iter().collect::<HashSet<_>>(), folders))
        })
        .await?;
    let mut swept = 0;
    for folder in folders.iter().filter(|folder| !known.contains(*folder)) {
        if store.remove_rendition_folder(folder, before).await? {
            swept += 1;
        }
    }
    Ok(swept)
}

/// Renditions whose checksums are written down in one go: those of a hundred photographs.
const MOST_FILLED: i64 = 2_100;

/// Writes down the checksums of renditions that were made before these were kept; says of how many.
///
/// # Errors
/// [`RenditionError`].
pub async fn fill_checksums(db: &Db, store: &Store) -> Result<usize, RenditionError> {
    let lacking = db
        .read(|conn| query::list_without_checksum(conn, MOST_FILLED).map_err(RenditionError::from))
        .await?;
    let mut filled = 0;
    for (folder, spec, size_bytes) in lacking {
        let bytes = store.bytes(&store::rendition_key(&folder, &spec)).await?;
        // One that is missing, or has another size, is told by “verify”.
        let Some(bytes) = bytes.filter(|bytes| i64::try_from(bytes.len()) == Ok(size_bytes)) else {
            continue;
        };
        let sha256 = hex(&Sha256::digest(&bytes));
        filled += db
            .write(move |conn| {
                query::set_checksum(conn, &folder, &spec, &sha256).map_err(RenditionError::from)
            })
            .await?;
    }
    Ok(filled)
}

/// What a specification is for: `w…` is a full frame, `thumb` the desk's, the rest are crops.
pub(super) fn purpose(spec: &str) -> &'static str {
    if spec == super::THUMB {
        "thumb"
    } else if spec.starts_with('w') {
        "frame"
    } else {
        "crop"
    }
}

/// Marks a photo as failed with a reason for the photographer. One that was ready before keeps its old renditions and stays ready.
///
/// # Errors
/// Those of the statements.
pub fn give_up(conn: &mut Conn, id: &PhotoId, reason: &str, now: Millis) -> QueryResult<()> {
    match query::find_photo(conn, id)? {
        Some(photo) if photo.state == PhotoState::Pending => {
            query::settle_as_failed(conn, id, reason, now)?;
            tell::photo_failed(conn, id, reason, now)
        }
        _ => Ok(()),
    }
}
