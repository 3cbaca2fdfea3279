//! Making a photo's renditions: the child decodes, this stores what comes and then records it in one transaction.
//!
//! May run twice for one photo with the same result: each run makes a folder of its own, and the photo points to the last one. Files
//! of a run that failed are removed again.

use diesel::QueryResult;
use tokio::sync::mpsc;

use super::query::{self, NewRendition, Settled};
use super::render::{RenderFailure, Rendered, RenderedFile, Renderer};
use crate::clock::Millis;
use crate::db::{Conn, Db, DbError};
use crate::id::{PhotoId, RenditionId, random_folder};
use crate::imaging::order::RenderOrder;
use crate::imaging::probe::{self, Limits, Refusal};
use crate::store::{self, Store, StoreError};

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

/// Renders a photo, stores its renditions and marks it ready. A photo that is gone by now is no error.
///
/// # Errors
/// [`RenditionError`].
pub async fn make(
    db: &Db,
    store: &Store,
    renderer: &Renderer,
    id: &PhotoId,
    now: Millis,
) -> Result<(), RenditionError> {
    let looked_up = id.clone();
    let photo = db
        .read(move |conn| query::find_photo(conn, &looked_up).map_err(RenditionError::from))
        .await?;
    let Some(photo) = photo else { return Ok(()) };
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
    let header = probe::probe(&mut original, &limits)
        .map_err(|refusal: Refusal| RenditionError::Final(refusal.to_string()))?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a fraction needs no more than 24 bits"
    )]
    let order = RenderOrder::new(&header, (photo.focal.0 as f32, photo.focal.1 as f32));
    let folder = random_folder();
    match develop(store, renderer, original, &order, &folder).await {
        Ok((rendered, files)) => {
            let id = id.clone();
            db.write(move |conn| {
                record(conn, &id, &folder, &rendered, &files, now).map_err(RenditionError::from)
            })
            .await
        }
        Err(error) => {
            for spec in crate::imaging::ladder::specs(order.upright_size().0) {
                // What is left behind after a second failure is found by the sweep; the first error is the one to tell.
                let _ = store.remove(&store::rendition_key(&folder, &spec)).await;
            }
            Err(error)
        }
    }
}

/// What is kept of a rendition once its bytes are in the store.
struct Kept {
    spec: String,
    media_type: &'static str,
    width_px: u32,
    height_px: u32,
    size_bytes: usize,
}

/// Runs the child and stores each rendition as it comes; no more than two wait in memory.
async fn develop(
    store: &Store,
    renderer: &Renderer,
    original: std::fs::File,
    order: &RenderOrder,
    folder: &str,
) -> Result<(Rendered, Vec<Kept>), RenditionError> {
    let (send, mut receive) = mpsc::channel::<RenderedFile>(2);
    let keep = async {
        let mut kept = Vec::new();
        while let Some(file) = receive.recv().await {
            kept.push(Kept {
                media_type: file.media_type(),
                width_px: file.width_px,
                height_px: file.height_px,
                size_bytes: file.bytes.len(),
                spec: file.spec.clone(),
            });
            store
                .put(&store::rendition_key(folder, &file.spec), file.bytes)
                .await?;
        }
        Ok::<_, RenditionError>(kept)
    };
    let (rendered, kept) = tokio::join!(renderer.render(original, order, send), keep);
    // A store that failed made the child fail too; the store's reason is the true one.
    let kept = kept?;
    Ok((rendered?, kept))
}

fn record(
    conn: &mut Conn,
    photo: &PhotoId,
    folder: &str,
    rendered: &Rendered,
    files: &[Kept],
    now: Millis,
) -> QueryResult<()> {
    if query::find_photo(conn, photo)?.is_none() {
        return Ok(());
    }
    let px = |px: u32| i32::try_from(px).unwrap_or(i32::MAX);
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
        })
        .collect();
    query::insert_renditions(conn, &rows)?;
    let settled = Settled {
        folder,
        width_px: px(rendered.width_px),
        height_px: px(rendered.height_px),
        damaged: rendered.damaged,
        color: &rendered.placeholder_color,
        thumbhash: (!rendered.thumbhash.is_empty()).then_some(&rendered.thumbhash),
    };
    query::settle_as_ready(conn, photo, &settled, now)
}

/// What a specification is for: `w…` is a full frame, `thumb` the desk's, the rest are crops.
fn purpose(spec: &str) -> &'static str {
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
        Some(photo) if photo.folder.is_none() => query::settle_as_failed(conn, id, reason, now),
        _ => Ok(()),
    }
}
