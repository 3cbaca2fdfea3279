//! A photo's renditions with other words in them, in a folder of their own: copied first, and the photo's own when the database says so.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::packet::{ai_training, of, write_into};
use super::query::{self, NewRendition};
use super::renditions::purpose;
use super::{Photo, Rendition, turn};
use crate::clock::Millis;
use crate::db::{Conn, Db, DbError};
use crate::id::{PhotoId, RenditionId, random_folder};
use crate::imaging::{RenditionFormat, ladder};
use crate::queue::{self, JobKind};
use crate::site::AiTraining;
use crate::store::{self, Store, StoreError};
use crate::text::hex;

/// Copies of a photo's renditions with other words in them, stored but not recorded yet.
#[derive(Debug)]
pub struct Repacked {
    photo: PhotoId,
    /// The folder they were copied from.
    from: String,
    /// Their own.
    folder: String,
    packet: String,
    files: Vec<Rendition>,
}

/// Writes the renditions of `photo` (as it is to be) into a folder of their own, with its words in them. Pixels are copied, not made again:
/// this takes milliseconds. `None` when there are no renditions.
///
/// # Errors
/// [`StoreError`]; what was written then is found by no address.
pub async fn repack(
    store: &Store,
    photo: &Photo,
    renditions: &[Rendition],
    site: AiTraining,
) -> Result<Option<Repacked>, StoreError> {
    let Some(from) = photo.folder.clone() else {
        return Ok(None);
    };
    let (packet, folder) = (of(photo, site), random_folder());
    let largest = ladder::largest_jpeg_spec(photo.width_px.unsigned_abs());
    let mut files = Vec::new();
    for file in renditions.iter().filter(|file| file.folder == from) {
        let bytes = store.bytes(&store::rendition_key(&from, &file.spec)).await?;
        let format = RenditionFormat::of_media_type(&file.media_type);
        let Some((bytes, format)) = bytes.zip(format) else {
            continue;
        };
        let is_largest = file.spec == largest;
        let bytes = write_into(&packet, format, file.width_px.unsigned_abs(), is_largest, bytes);
        files.push(Rendition {
            folder: folder.clone(),
            size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            sha256: Some(hex(&Sha256::digest(&bytes))),
            ..file.clone()
        });
        store
            .put(&store::rendition_key(&folder, &file.spec), bytes)
            .await?;
    }
    Ok((!files.is_empty()).then(|| Repacked {
        photo: photo.id.clone(),
        from,
        folder,
        packet: packet.to_text(),
        files,
    }))
}

impl Repacked {
    /// Makes them the photo's own, if it is still in the folder they were copied from and has the words they have; says whether it is so. The folder
    /// before is swept when nobody shows it any more.
    ///
    /// # Errors
    /// Those of the statements.
    pub fn adopt(&self, conn: &mut Conn, now: Millis) -> Result<bool, DbError> {
        let photo = query::find_photo(conn, &self.photo)?;
        let site = ai_training(conn)?;
        let fits = photo.is_some_and(|photo| {
            photo.folder.as_deref() == Some(&*self.from) && of(&photo, site).to_text() == self.packet
        });
        if !fits {
            return Ok(false);
        }
        let rows: Vec<NewRendition<'_>> = self
            .files
            .iter()
            .map(|file| NewRendition {
                id: RenditionId::random(),
                photo_id: &self.photo,
                folder: &file.folder,
                spec: &file.spec,
                purpose: purpose(&file.spec),
                media_type: &file.media_type,
                width_px: file.width_px,
                height_px: file.height_px,
                size_bytes: file.size_bytes,
                created_at: now,
                sha256: file.sha256.as_deref(),
            })
            .collect();
        query::insert_renditions(conn, &rows)?;
        query::move_to_folder(conn, &self.photo, &self.folder, &self.packet)?;
        queue::enqueue(conn, JobKind::SweepRenditions, self.photo.as_str(), now)?;
        // Files that came while these were copied are not among them.
        if !self.files.iter().any(|file| file.media_type == "image/avif") {
            turn::make_avif(conn, &self.photo, now)?;
        }
        Ok(true)
    }

    /// Removes the files again.
    async fn discard(&self, store: &Store) {
        for file in &self.files {
            // What is left behind is found at the next start.
            let _ = store
                .remove(&store::rendition_key(&self.folder, &file.spec))
                .await;
        }
    }
}

/// Writes to the database with renditions that were copied for it, if they were. `write` says with its outcome whether it adopted them; where it did not, or
/// failed, they are removed again.
///
/// # Errors
/// Whatever `write` fails with.
pub async fn write_with<T, E>(
    db: &Db,
    store: &Store,
    repacked: Option<Repacked>,
    write: impl FnOnce(&mut Conn, Option<&Repacked>) -> Result<(bool, T), E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<diesel::result::Error> + From<DbError> + Send + 'static,
{
    let repacked = Arc::new(repacked);
    let written = {
        let repacked = Arc::clone(&repacked);
        db.write(move |conn| write(conn, repacked.as_ref().as_ref()))
            .await
    };
    let adopted = matches!(&written, Ok((true, _)));
    if let Some(repacked) = repacked.as_ref()
        && !adopted
    {
        repacked.discard(store).await;
    }
    Ok(written?.1)
}

/// Makes renditions the photo's own like [`Repacked::adopt`], or removes them; says which.
///
/// # Errors
/// Those of the statements.
pub async fn adopt(db: &Db, store: &Store, repacked: Repacked, now: Millis) -> Result<bool, DbError> {
    let write = move |conn: &mut Conn, repacked: Option<&Repacked>| {
        let adopted = match repacked {
            Some(repacked) => repacked.adopt(conn, now)?,
            None => false,
        };
        Ok((adopted, adopted))
    };
    write_with(db, store, Some(repacked), write).await
}
