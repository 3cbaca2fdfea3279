//! The object store: originals and renditions by key, on a local folder now, on S3-compatible storage later.
//!
//! An upload is staged as a file inside the store, synced, and then moved to its key without ever overwriting: when [`Store::keep`]
//! returns, file and folders are on the disk. One that comes in pieces, over days perhaps, has a partial file of its own ([`partial`]).
//! The store knows nothing of photos; keys are made by [`original_key`] and [`rendition_key`] and never contain a word that a client chose.
//!
//! A disk that fails to sync is not asked a second time: what it then says it has written may not be there. The store takes nothing more
//! until the program is started anew, and says so; reading goes on.

mod partial;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{GetResultPayload, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::clock::Millis;
use crate::text::hex;

pub use partial::{Partial, Staged};

/// Folder for uploads under way; what is left in it after a crash belongs to nobody.
const INCOMING: &str = "incoming";

/// Folder of everything that is made of originals.
const RENDITIONS: &str = "renditions";

/// Folder of originals that no row named.
const LOST: &str = "lost";

/// Folder of the originals.
const ORIGINALS: &str = "originals";

/// Why the store did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be used.
    #[error("the folder {path} cannot be used")]
    Folder {
        /// Where it should be.
        path: PathBuf,
        /// What stopped it.
        #[source]
        source: std::io::Error,
    },
    /// A staged file could not be written.
    #[error("an upload could not be written to the disk")]
    Staging(#[source] std::io::Error),
    /// The disk is full, or nearly.
    #[error(
        "The server’s disk is full, so nothing is taken. Tell your administrator, and try again when there is room."
    )]
    NoRoom,
    /// Nothing may be written.
    #[error(
        "The server cannot write to its disk at the moment, so nothing is taken. Reading goes on; tell your administrator."
    )]
    ReadOnly,
    /// What is on the disk is not what was sent.
    #[error("an upload has changed on its way to the disk")]
    Altered,
    /// The object store failed.
    #[error("the object store failed")]
    Objects(#[source] object_store::Error),
    /// The task that used the disk ended early.
    #[error("the storage task was stopped")]
    Stopped,
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::NoRoom,
            std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::Staging(error),
        }
    }
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        match system_error(&error).map(std::io::Error::kind) {
            Some(std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) => Self::NoRoom,
            Some(std::io::ErrorKind::ReadOnlyFilesystem) => Self::ReadOnly,
            _ => Self::Objects(error),
        }
    }
}

/// What the system said, within an error of the object store.
fn system_error(error: &object_store::Error) -> Option<&std::io::Error> {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref() {
            return Some(found);
        }
        next = cause.source();
    }
    None
}

/// The least that stays free on the store's disk where nothing else is set: this, or a twentieth of the disk if that is more.
const LEAST_FREE_BYTES: u64 = 1024 * 1024 * 1024;

/// How much may come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Room {
    /// Bytes that are free on the disk.
    pub free: u64,
    /// Bytes of them that stay free whatever comes.
    pub stays_free: u64,
    /// Whether the disk has synced all that was asked so far.
    pub is_writable: bool,
}

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

    /// Whether a file of this size may come: asked before a byte of it is read.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] after the disk failed to sync or while nothing may be written to it, [`StoreError::NoRoom`] when too little would stay free.
    pub fn check_room(&self, bytes: u64) -> Result<(), StoreError> {
        let room = self.measure()?;
        if !room.is_writable {
            return Err(StoreError::ReadOnly);
        }
        if room.free < room.stays_free.saturating_add(bytes) {
            return Err(StoreError::NoRoom);
        }
        Ok(())
    }

    /// Whether anything can be written at all: tried with a file that has no name. A file system that made itself read-only says so in no other way.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn check_writing(&self) -> Result<(), StoreError> {
        self.check_room(0)?;
        tempfile::tempfile_in(&self.incoming)?;
        Ok(())
    }

    /// What there is on the disk; nothing where it cannot be asked.
    #[must_use]
    pub fn room(&self) -> Room {
        self.measure().unwrap_or_default()
    }

    fn measure(&self) -> Result<Room, StoreError> {
        let disk = rustix::fs::statvfs(&self.incoming).map_err(std::io::Error::from)?;
        let whole = disk.f_blocks.saturating_mul(disk.f_frsize);
        Ok(Room {
            free: disk.f_bavail.saturating_mul(disk.f_frsize),
            stays_free: self.keep_free_bytes.unwrap_or(LEAST_FREE_BYTES.max(whole / 20)),
            is_writable: !self.failed.load(Ordering::SeqCst)
                && !disk.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY),
        })
    }

    /// Notes that the disk failed to sync: nothing more is taken until the program is started anew.
    pub(crate) fn fail(&self, error: &std::io::Error) -> StoreError {
        if !self.failed.swap(true, Ordering::SeqCst) {
            tracing::error!(
                error = error as &dyn std::error::Error,
                "the disk of the uploads failed to sync: nothing more is taken until the disk is looked after and the server started anew"
            );
        }
        StoreError::ReadOnly
    }

    /// The same for what the object store could not write: it syncs on its own, files and folders.
    fn unwritten(&self, error: object_store::Error) -> StoreError {
        if let Some(cause) = system_error(&error)
            && cause.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error())
        {
            return self.fail(cause);
        }
        error.into()
    }

    /// Throws away what uploads left behind that were cut off: files that nobody has written to since `before` and that nobody holds.
    ///
    /// # Errors
    /// [`StoreError::Staging`].
    pub fn sweep_incoming(&self, before: Millis) -> Result<usize, StoreError> {
        let mut swept = 0;
        for entry in std::fs::read_dir(&self.incoming)? {
            let entry = entry?;
            match entry.metadata().and_then(|found| found.modified()) {
                Ok(at) if jiff::Timestamp::try_from(at).is_ok_and(|at| at.as_millisecond() < before) => {}
                Ok(_) => continue,
                // Whoever wrote it has finished meanwhile.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error.into()),
            }
            // Whoever is at it holds it, in this process or another.
            // One that cannot be opened is another user's, who may be at it.
            if !File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
                continue;
            }
            match std::fs::remove_file(entry.path()) {
                Ok(()) => swept += 1,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(swept)
    }

    /// An empty file on the store's own disk for an upload to be written to; gone when dropped, and held until then.
    ///
    /// # Errors
    /// [`StoreError::Staging`].
    pub fn stage(&self) -> Result<NamedTempFile, StoreError> {
        let staged = tempfile::Builder::new()
            .prefix("upload-")
            .tempfile_in(&self.incoming)?;
        staged.as_file().lock_shared()?;
        Ok(staged)
    }

    /// Syncs a staged file, reads it back and moves it to the `key` of an original, which is made of its hash. A file that is there already stays,
    /// unless the disk has lost some of its bytes. A partial file keeps its own name beside the new one until [`Store::remove_partial`].
    ///
    /// # Errors
    /// [`StoreError`]; a fresh file is gone then, a partial one stays, and nothing was acknowledged.
    pub async fn keep(&self, staged: Staged, key: &str) -> Result<(), StoreError> {
        if self.failed.load(Ordering::SeqCst) {
            return Err(StoreError::ReadOnly);
        }
        match staged {
            Staged::Fresh(file) => self.keep_fresh(file, key).await,
            // Synced and read back when it was whole.
            Staged::Partial(partial) => {
                let from = Key::from_iter([partial::FOLDER, partial.name()]);
                let to = Key::from(key);
                match self.objects.copy_if_not_exists(&from, &to).await {
                    Err(object_store::Error::AlreadyExists { .. }) if !self.is_whole(key).await? => self
                        .objects
                        .copy(&from, &to)
                        .await
                        .map_err(|error| self.unwritten(error)),
                    Ok(()) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
                    Err(error) => Err(self.unwritten(error)),
                }
            }
        }
    }

    /// Whether an original has the bytes that its key is made of.
    async fn is_whole(&self, key: &str) -> Result<bool, StoreError> {
        let (path, sha256, store) = (self.root.join(key), sha256_of_key(key).to_owned(), self.clone());
        let whole = tokio::task::spawn_blocking(move || {
            // It has its name from now on: whoever looks for files that a crash left looks at that moment.
            let file = File::open(&path)?;
            // Somebody else's file, put back by hand, is as good.
            let _ = file
                .metadata()
                .and_then(|found| found.modified())
                .and_then(|at| file.set_times(std::fs::FileTimes::new().set_accessed(at)));
            // One that cannot be read is not whole.
            if !sha256_of(&file).is_ok_and(|found| found == sha256) {
                return Ok(false);
            }
            // Whoever put it there may have been cut off before its name was on the disk.
            let folder = path.parent().unwrap_or(&path);
            file.sync_all()
                .and_then(|()| File::open(folder)?.sync_all())
                .map_err(|error| store.fail(&error))?;
            Ok::<_, StoreError>(true)
        })
        .await
        .map_err(|_| StoreError::Stopped)??;
        if !whole {
            tracing::error!(
                key,
                "an original in the store had lost bytes; the same photograph was sent again and takes its place"
            );
        }
        Ok(whole)
    }

    async fn keep_fresh(&self, mut staged: NamedTempFile, key: &str) -> Result<(), StoreError> {
        let (store, sha256) = (self.clone(), sha256_of_key(key).to_owned());
        let staged = tokio::task::spawn_blocking(move || {
            staged.as_file_mut().flush()?;
            staged.as_file().sync_all().map_err(|error| store.fail(&error))?;
            if sha256_of(staged.reopen()?)? != sha256 {
                return Err(StoreError::Altered);
            }
            Ok::<_, StoreError>(staged)
        })
        .await
        .map_err(|_| StoreError::Stopped)??;
        let name = staged
            .path()
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let from = Key::from_iter([INCOMING, name]);
        let to = Key::from(key);
        match self.objects.rename_if_not_exists(&from, &to).await {
            Ok(()) => {}
            Err(object_store::Error::AlreadyExists { .. }) if self.is_whole(key).await? => return Ok(()),
            Err(object_store::Error::AlreadyExists { .. }) => self
                .objects
                .rename(&from, &to)
                .await
                .map_err(|error| self.unwritten(error))?,
            Err(error) => return Err(self.unwritten(error)),
        }
        // The name is free: the guard must not remove what another upload may put there.
        let _ = staged.into_temp_path().keep();
        Ok(())
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

    /// The folders that renditions lie in, by their public names.
    ///
    /// # Errors
    /// [`StoreError::Objects`].
    pub async fn rendition_folders(&self) -> Result<Vec<String>, StoreError> {
        let mut folders = Vec::new();
        let shelves = self
            .objects
            .list_with_delimiter(Some(&Key::from(RENDITIONS)))
            .await?;
        for shelf in shelves.common_prefixes {
            let found = self.objects.list_with_delimiter(Some(&shelf)).await?;
            folders.extend(
                found
                    .common_prefixes
                    .iter()
                    .filter_map(|folder| folder.filename().map(str::to_owned)),
            );
        }
        Ok(folders)
    }

    /// Removes everything in a folder of renditions, if all of it was written before this instant; says whether it was.
    ///
    /// # Errors
    /// [`StoreError::Objects`].
    pub async fn remove_rendition_folder(&self, folder: &str, before: Millis) -> Result<bool, StoreError> {
        let prefix = Key::from(rendition_key(folder, ""));
        let files = self.objects.list_with_delimiter(Some(&prefix)).await?.objects;
        if files
            .iter()
            .any(|file| file.last_modified.timestamp_millis() >= before)
        {
            return Ok(false);
        }
        for file in files {
            self.remove(file.location.as_ref()).await?;
        }
        Ok(true)
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

    /// Whether there is an original under this key, asked and answered at once: for within a transaction that is to hold it. Blocks for as long as
    /// it takes to look into a folder.
    #[must_use]
    pub fn holds_original(&self, key: &str) -> bool {
        self.root.join(key).is_file()
    }

    /// When a file got its name, which may be long after its bytes were written: an upload can take days. `None` when there is none. Blocks as
    /// [`Store::holds_original`] does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn named_at(&self, key: &str) -> Result<Option<Millis>, StoreError> {
        use std::os::unix::fs::MetadataExt;
        match std::fs::metadata(self.root.join(key)) {
            Ok(found) => Ok(Some(found.ctime().saturating_mul(1_000))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes an original within the transaction that has seen that nobody has it. Blocks for as long as a name takes to go. With `before`, one
    /// that was put there since is left; says whether it is gone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn remove_original(&self, key: &str, before: Option<Millis>) -> Result<bool, StoreError> {
        let Some(named_at) = self.named_at(key)? else {
            return Ok(true);
        };
        if before.is_some_and(|before| named_at >= before) {
            return Ok(false);
        }
        match std::fs::remove_file(self.root.join(key)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Moves an original that no row names out of the way, as [`Store::remove_original`] removes one; it lies below `lost/` under its own name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn lose_original(&self, key: &str, before: Millis) -> Result<bool, StoreError> {
        let Some(named_at) = self.named_at(key)? else {
            return Ok(true);
        };
        if named_at >= before {
            return Ok(false);
        }
        let folder = self.root.join(LOST);
        std::fs::create_dir_all(&folder)?;
        let name = key.rsplit('/').next().unwrap_or_default();
        std::fs::rename(self.root.join(key), folder.join(name))?;
        Ok(true)
    }

    /// Removes what has lain below `lost/` since before this moment; says how much.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn clear_lost(&self, before: Millis) -> Result<usize, StoreError> {
        let mut cleared = 0;
        let entries = match std::fs::read_dir(self.root.join(LOST)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(error.into()),
        };
        for entry in entries {
            let name = entry?.file_name();
            let key = format!("{LOST}/{}", name.to_string_lossy());
            if self.remove_original(&key, Some(before))? {
                cleared += 1;
            }
        }
        Ok(cleared)
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

/// A part of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// The bytes as they were uploaded.
    Originals,
    /// What was made of them.
    Renditions,
}

impl Shelf {
    const fn folder(self) -> &'static str {
        match self {
            Self::Originals => ORIGINALS,
            Self::Renditions => RENDITIONS,
        }
    }
}

/// A file of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its key.
    pub key: String,
    /// Its size.
    pub size_bytes: u64,
}

/// SHA-256 of everything that is read, as lower-case hexadecimal digits.
///
/// # Errors
/// Those of reading.
pub fn sha256_of(mut from: impl Read) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(count) => hash.update(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Key of an original: by its hash, so the same bytes are stored once; the ending is for the people who look into the folder.
#[must_use]
pub fn original_key(sha256: &str, media_type: &str) -> String {
    let ending = match media_type {
        "image/png" => "png",
        "image/webp" => "webp",
        "image/tiff" => "tif",
        _ => "jpg",
    };
    format!(
        "{ORIGINALS}/{}/{sha256}.{ending}",
        sha256.get(..2).unwrap_or("00")
    )
}

/// The hash that an original's key is made of.
#[must_use]
pub fn sha256_of_key(key: &str) -> &str {
    let name = key.rsplit('/').next().unwrap_or_default();
    name.split('.').next().unwrap_or_default()
}

/// Key of a rendition: its public folder and its specification.
#[must_use]
pub fn rendition_key(folder: &str, spec: &str) -> String {
    format!("{RENDITIONS}/{}/{folder}/{spec}", folder.get(..2).unwrap_or("00"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_kept_twice_is_stored_once_and_nothing_stays_in_incoming() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        let key = original_key(&sha256_of(&b"light"[..]).unwrap(), "image/jpeg");
        for _ in 0..2 {
            let mut staged = store.stage().unwrap();
            staged.write_all(b"light").unwrap();
            store.keep(staged.into(), &key).await.unwrap();
        }
        assert_eq!(store.bytes(&key).await.unwrap().as_deref(), Some(&b"light"[..]));
        assert_eq!(std::fs::read_dir(root.path().join(INCOMING)).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn what_is_not_what_was_sent_is_not_kept_and_what_lost_bytes_is_replaced() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        let key = original_key(&sha256_of(&b"light"[..]).unwrap(), "image/jpeg");
        let staged = |bytes: &[u8]| {
            let mut staged = store.stage().unwrap();
            staged.write_all(bytes).unwrap();
            Staged::from(staged)
        };
        let altered = store.keep(staged(b"night"), &key).await;
        assert!(matches!(altered, Err(StoreError::Altered)), "{altered:?}");
        assert!(!store.holds_original(&key));
        store.keep(staged(b"light"), &key).await.unwrap();
        std::fs::write(root.path().join(&key), b"ligh?").unwrap();
        store.keep(staged(b"light"), &key).await.unwrap();
        assert_eq!(store.bytes(&key).await.unwrap().as_deref(), Some(&b"light"[..]));
        assert_eq!(std::fs::read_dir(root.path().join(INCOMING)).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn an_original_goes_by_the_time_it_got_its_name() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        let key = original_key(&sha256_of(&b"light"[..]).unwrap(), "image/jpeg");
        let mut staged = store.stage().unwrap();
        staged.write_all(b"light").unwrap();
        store.keep(staged.into(), &key).await.unwrap();
        let listed = store.list(Shelf::Originals).await.unwrap();
        assert_eq!((listed.len(), &listed[0].key, listed[0].size_bytes), (1, &key, 5));
        assert!(!store.remove_original(&key, Some(0)).unwrap());
        assert!(store.holds_original(&key));
        assert!(store.remove_original(&key, Some(Millis::MAX)).unwrap());
        assert!(store.remove_original(&key, None).unwrap());
        assert!(!store.holds_original(&key));
    }

    #[tokio::test]
    async fn folders_of_renditions_are_listed_and_removed() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        assert_eq!(store.rendition_folders().await.unwrap(), Vec::<String>::new());
        let folder = "0123456789abcdef0123456789abcdef";
        for spec in ["w320.jpg", "w320.webp"] {
            let key = rendition_key(folder, spec);
            store.put(&key, Bytes::from_static(b"light")).await.unwrap();
        }
        assert_eq!(store.rendition_folders().await.unwrap(), [folder]);
        assert!(!store.remove_rendition_folder(folder, 0).await.unwrap());
        assert!(store.remove_rendition_folder(folder, Millis::MAX).await.unwrap());
        assert_eq!(store.rendition_folders().await.unwrap(), Vec::<String>::new());
        assert!(
            store
                .bytes(&rendition_key(folder, "w320.jpg"))
                .await
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn what_is_still_being_written_is_not_swept_away() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        let (held, path) = store.stage().unwrap().keep().unwrap();
        assert_eq!(store.sweep_incoming(Millis::MAX).unwrap(), 0);
        drop(held);
        assert_eq!(store.sweep_incoming(0).unwrap(), 0);
        assert!(path.exists());
        assert_eq!(store.sweep_incoming(Millis::MAX).unwrap(), 1);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn an_object_that_was_never_there_is_none() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        assert!(store.bytes("originals/ab/none.jpg").await.unwrap().is_none());
        store.remove("originals/ab/none.jpg").await.unwrap();
    }
}
