//! Receiving a piece: it is written as it comes, and counts when it is on the disk.

use std::fs::File as StdFile;

use bytes::Bytes;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::locks::Lock;
use super::{CHECKPOINT_BYTES, LIFE, Outcome, Sender, Upload, UploadError, Uploads, away, query};
use crate::account::means::Means;
use crate::id::UploadId;
use crate::store::StoreError;

/// Pieces that may wait for the disk: beyond them the line waits.
const MOST_WAITING: usize = 8;

/// What a request's bytes must hash to.
#[derive(Debug, Clone)]
pub enum Checksum {
    /// SHA-1, which the protocol asks of every server; good enough against a bad line.
    Sha1(Vec<u8>),
    /// SHA-256.
    Sha256(Vec<u8>),
}

/// A checksum and what has been hashed so far.
enum Check {
    Sha1(Sha1, Vec<u8>),
    Sha256(Sha256, Vec<u8>),
}

impl Check {
    fn new(checksum: Checksum) -> Self {
        match checksum {
            Checksum::Sha1(expected) => Self::Sha1(Sha1::new(), expected),
            Checksum::Sha256(expected) => Self::Sha256(Sha256::new(), expected),
        }
    }

    fn update(&mut self, piece: &[u8]) {
        match self {
            Self::Sha1(hash, _) => hash.update(piece),
            Self::Sha256(hash, _) => hash.update(piece),
        }
    }

    fn holds(self) -> bool {
        match self {
            Self::Sha1(hash, expected) => hash.finalize().as_slice() == expected.as_slice(),
            Self::Sha256(hash, expected) => hash.finalize().as_slice() == expected.as_slice(),
        }
    }
}

/// An upload that takes bytes. Whoever drops it instead of ending it, as a broken line does, leaves everything that came safe.
#[derive(Debug)]
pub struct Intake {
    pieces: mpsc::Sender<Bytes>,
    task: JoinHandle<Result<Upload, UploadError>>,
}

impl Intake {
    /// Gives the next bytes; says whether more are wanted. If not, [`Intake::end`] says why.
    pub async fn take(&mut self, piece: Bytes) -> bool {
        self.pieces.send(piece).await.is_ok()
    }

    /// Waits until everything that was given is safe, and if that was the last, until it is a photo.
    ///
    /// # Errors
    /// [`UploadError`].
    pub async fn end(self) -> Result<Upload, UploadError> {
        drop(self.pieces);
        self.task.await.map_err(|_| StoreError::Stopped)?
    }
}

impl Uploads {
    /// Opens an upload to go on at `offset`. One that is whole takes no more bytes; ending it makes it a photo, if it is none yet.
    ///
    /// # Errors
    /// [`UploadError`], among them how it was refused.
    pub async fn open(
        &self,
        sender: &Sender,
        id: &UploadId,
        offset: u64,
        checksum: Option<Checksum>,
    ) -> Result<Intake, UploadError> {
        // The state is read under the lock: whoever held it may have gone on.
        self.find(sender, id).await?;
        let lock = self.locks.take(id).ok_or(UploadError::Locked)?;
        let upload = self.find(sender, id).await?;
        if let Some(Outcome::Refused(refused)) = upload.outcome {
            return Err(UploadError::Refused(refused));
        }
        if upload.offset != offset {
            return Err(UploadError::WrongOffset {
                stands_at: upload.offset,
            });
        }
        let file = if upload.is_whole() {
            None
        } else {
            self.store.check_room(upload.length - upload.offset)?;
            Some(self.file_of(&upload).await?)
        };
        let (pieces, coming) = mpsc::channel(MOST_WAITING);
        let receiving = Receiving {
            uploads: self.clone(),
            safe: upload.offset,
            arrived: upload.offset,
            upload,
            file,
            check: checksum.map(Check::new),
            means: sender.means.clone(),
            _lock: lock,
        };
        Ok(Intake {
            pieces,
            task: tokio::spawn(receiving.run(coming)),
        })
    }

    /// The upload's file, cut to what counts.
    async fn file_of(&self, upload: &Upload) -> Result<File, UploadError> {
        let (store, partial, at) = (self.store.clone(), self.partial(&upload.id), upload.offset);
        let file: Option<StdFile> = away(move || store.open_partial(&partial, at)).await?;
        if let Some(file) = file {
            return Ok(File::from_std(file));
        }
        // Somebody took it out of the folder, or the disk did: it begins anew.
        tracing::warn!(upload = %upload.id, "an upload has less on the disk than was recorded; it is forgotten");
        self.forget(&upload.id).await?;
        Err(UploadError::Unknown)
    }
}

/// The task that writes.
struct Receiving {
    uploads: Uploads,
    upload: Upload,
    file: Option<File>,
    check: Option<Check>,
    /// Bytes that were written.
    arrived: u64,
    /// Bytes that are synced and recorded.
    safe: u64,
    /// By what whoever sends is known.
    means: Option<Means>,
    _lock: Lock,
}

impl Receiving {
    async fn run(mut self, mut coming: mpsc::Receiver<Bytes>) -> Result<Upload, UploadError> {
        let mut is_beyond = false;
        while let Some(piece) = coming.recv().await {
            is_beyond = !self.write(&piece).await?;
            if is_beyond {
                break;
            }
        }
        drop(coming);
        // What does not fit its checksum is left beyond what counts, and cut off the next time.
        if self.check.take().is_some_and(|check| !check.holds()) {
            return Err(UploadError::Damaged);
        }
        self.make_safe().await?;
        if is_beyond {
            return Err(UploadError::Beyond {
                length: self.upload.length,
            });
        }
        if self.upload.is_whole() && self.upload.outcome.is_none() {
            // The file is closed before it is linked to its place.
            drop(self.file.take());
            return self.uploads.finish(self.upload, self.means).await;
        }
        Ok(self.upload)
    }

    /// Writes a piece; says whether it was within what was announced.
    async fn write(&mut self, piece: &[u8]) -> Result<bool, UploadError> {
        let after = self.arrived.saturating_add(piece.len() as u64);
        let (Some(file), true) = (&mut self.file, after <= self.upload.length) else {
            return Ok(piece.is_empty());
        };
        file.write_all(piece).await?;
        self.arrived = after;
        match &mut self.check {
            Some(check) => check.update(piece),
            None if self.arrived - self.safe >= CHECKPOINT_BYTES => self.make_safe().await?,
            None => {}
        }
        Ok(true)
    }

    /// Syncs what was written, then records it.
    async fn make_safe(&mut self) -> Result<(), UploadError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        if self.arrived == self.safe {
            return Ok(());
        }
        file.flush().await?;
        let synced = file.sync_all().await;
        synced.map_err(|error| self.uploads.store.fail(&error))?;
        let expires_at = self.uploads.clock.now().saturating_add(LIFE);
        let (id, offset) = (self.upload.id.clone(), self.arrived);
        let recorded = self
            .uploads
            .db
            .write(move |conn| query::record_offset(conn, &id, offset, expires_at).map_err(UploadError::from))
            .await?;
        if recorded == 0 {
            return Err(UploadError::Unknown);
        }
        self.safe = self.arrived;
        (self.upload.offset, self.upload.expires_at) = (self.arrived, expires_at);
        Ok(())
    }
}
