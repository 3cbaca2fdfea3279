//! The object store: originals and renditions by key, on a local folder now, on S3-compatible storage later.
//!
//! An upload is staged as a file inside the store, synced, and then moved to its key without ever overwriting: when [`Store::keep`]
//! returns, file and folders are on the disk. One that comes in pieces, over days perhaps, has a partial file of its own ([`partial`]).
//! The store knows nothing of photos; keys are made by [`original_key`] and [`rendition_key`] and never contain a word that a client chose.
//!
//! A disk that fails to sync is not asked a second time: what it then says it has written may not be there. The store takes nothing more
//! until the program is started anew, and says so; reading goes on.

mod clear;
mod damaged;
mod keep;
mod key;
mod partial;
mod room;
mod trouble;

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{GetResultPayload, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};

pub use damaged::copy_readable;
use key::RENDITIONS;
pub use key::{Shelf, StoredFile, original_key, rendition_key, sha256_of, sha256_of_key};
pub use partial::{Partial, Staged};
pub use room::Room;
pub use trouble::StoreError;

/// Folder for uploads under way; what is left in it after a crash belongs to nobody.
const INCOMING: &str = "incoming";

/// The open store; clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    /// The same objects, for removing renditions: with the last file of a folder the folder goes too.
    renditions: Arc<dyn ObjectStore>,
    root: PathBuf,
    incoming: PathBuf,
    partials: PathBuf,
    /// Set when the disk failed to sync.
    failed: Arc<AtomicBool>,
    /// Bytes that stay free whatever comes; `None` is as much as is wise.
    keep_free_bytes: Option<u64>,
}

impl Store {
    /// Opens the store in `root`, making the folder when it is not there.
    ///
    /// # Errors
    /// [`StoreError::Folder`].
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let incoming = root.join(INCOMING);
        let folder = |source| StoreError::Folder {
            path: root.to_owned(),
            source,
        };
        let partials = root.join(partial::FOLDER);
        for folder_path in [&incoming, &partials] {
            std::fs::create_dir_all(folder_path).map_err(folder)?;
        }
        let open = || LocalFileSystem::new_with_prefix(root);
        Ok(Self {
            objects: Arc::new(open()?.with_fsync(true)),
            renditions: Arc::new(open()?.with_automatic_cleanup(true)),
            root: root.to_owned(),
            incoming,
            partials,
            failed: Arc::default(),
            keep_free_bytes: None,
        })
    }

    /// The same store, leaving this much of its disk free whatever comes; `None` is the larger of 1 GiB and a twentieth of the disk.
    #[must_use]
    pub fn keeping_free(mut self, bytes: Option<u64>) -> Self {
        self.keep_free_bytes = bytes;
        self
    }

    /// Writes a small object, replacing one of the same key: renditions are made again with the same result.
    ///
    /// # Errors
    /// [`StoreError::Objects`].
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), StoreError> {
        let options = PutOptions {
            mode: PutMode::Overwrite,
            ..PutOptions::default()
        };
        self.objects
            .put_opts(&Key::from(key), PutPayload::from_bytes(bytes), options)
            .await
            .map_err(|error| self.unwritten(error))?;
        Ok(())
    }

    /// A whole object; `None` when there is none.
    ///
    /// # Errors
    /// [`StoreError::Objects`].
    pub async fn bytes(&self, key: &str) -> Result<Option<Bytes>, StoreError> {
        match self.objects.get(&Key::from(key)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// How many bytes an object has, and these as a stream, for large ones; `None` when there is none.
    ///
    /// # Errors
    /// [`StoreError::Objects`].
    pub async fn stream(
        &self,
        key: &str,
    ) -> Result<Option<(u64, BoxStream<'static, Result<Bytes, StoreError>>)>, StoreError> {
        match self.objects.get(&Key::from(key)).await {
            Ok(found) => {
                let size_bytes = found.meta.size;
                let stream = found.into_stream().map_err(StoreError::from).boxed();
                Ok(Some((size_bytes, stream)))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// An object as an open file to read and seek in: the stored file itself where there is one, else a nameless copy.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn file(&self, key: &str) -> Result<Option<File>, StoreError> {
        // A pipe in the place of a file would be waited for without end, and a link leads anywhere.
        if std::fs::symlink_metadata(self.root.join(key)).is_ok_and(|found| !found.is_file()) {
            return Ok(None);
        }
        let found = match self.objects.get(&Key::from(key)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if let GetResultPayload::File(file, _) = found.payload {
            return Ok(Some(file));
        }
        let mut copy = tempfile::tempfile()?;
        let mut stream = found.into_stream();
        while let Some(chunk) = stream.try_next().await? {
            copy.write_all(&chunk)?;
        }
        copy.seek(SeekFrom::Start(0))?;
        Ok(Some(copy))
    }

    /// Every original or every rendition that is stored, in no particular order.
    ///
    /// # Errors
    /// [`StoreError::Objects`].
    pub async fn list(&self, shelf: Shelf) -> Result<Vec<StoredFile>, StoreError> {
        let prefix = Key::from(shelf.folder());
        let mut found = Vec::new();
        let mut files = self.objects.list(Some(&prefix));
        loop {
            match files.try_next().await {
                Ok(Some(file)) => found.push(StoredFile {
                    key: file.location.to_string(),
                    size_bytes: file.size,
                }),
                Ok(None) => return Ok(found),
                // Removed while the folder was read.
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Removes an object; one that is not there is no error.
    ///
    /// # Errors
    /// [`StoreError::Objects`].
    pub async fn remove(&self, key: &str) -> Result<(), StoreError> {
        let objects = if key.starts_with(RENDITIONS) {
            &self.renditions
        } else {
            &self.objects
        };
        match objects.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_object_that_was_never_there_is_none() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        assert!(store.bytes("originals/ab/none.jpg").await.unwrap().is_none());
        store.remove("originals/ab/none.jpg").await.unwrap();
    }
}
