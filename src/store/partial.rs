//! Files that arrive in pieces: one for each upload that can go on where it stopped, beside the originals and on the same disk, so that a
//! finished one gets its place without being copied.
//!
//! A partial file is only ever as long as what was written; how much of that counts is for the caller to know, who opens it with that number
//! and has the rest cut off. Once it is whole it is linked to its place as an original and shares its bytes with it: from then on nobody opens
//! it for writing.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Store, StoreError};

/// Folder of uploads that are not whole yet.
pub(super) const FOLDER: &str = "partial";

/// Bytes on the store's own disk that have arrived whole and may become an original.
#[derive(Debug)]
pub enum Staged {
    /// A file that goes when it is dropped.
    Fresh(NamedTempFile),
    /// A file that arrived in pieces; it stays until it is removed.
    Partial(Partial),
}

impl From<NamedTempFile> for Staged {
    fn from(file: NamedTempFile) -> Self {
        Self::Fresh(file)
    }
}

impl Staged {
    /// The bytes, from the beginning.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn reopen(&self) -> std::io::Result<File> {
        match self {
            Self::Fresh(file) => file.reopen(),
            Self::Partial(partial) => File::open(&partial.path),
        }
    }
}

/// A file that arrived in pieces.
#[derive(Debug, Clone)]
pub struct Partial {
    path: PathBuf,
    name: String,
}

impl Partial {
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Store {
    /// The partial file of this name; names are made by the program.
    #[must_use]
    pub fn partial(&self, name: &str) -> Partial {
        Partial {
            path: self.partials.join(name),
            name: name.to_owned(),
        }
    }

    /// Opens a partial file to write on from `at`, cutting off what lies beyond; `None` when less than that is there. From 0 it is made
    /// anew if need be.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open_partial(&self, partial: &Partial, at: u64) -> Result<Option<File>, StoreError> {
        let opened = private(OpenOptions::new().write(true).create(at == 0)).open(&partial.path);
        let mut file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if file.metadata()?.len() < at {
            return Ok(None);
        }
        file.set_len(at)?;
        file.seek(SeekFrom::Start(at))?;
        if at == 0 {
            // A file whose name is not on the disk is not there after a power cut, whatever was synced of it.
            self.sync_partials()?;
        }
        Ok(Some(file))
    }

    /// How long a partial file is; 0 where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn partial_length(&self, partial: &Partial) -> Result<u64, StoreError> {
        match std::fs::metadata(&partial.path) {
            Ok(found) => Ok(found.len()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a partial file; one that is not there is no error.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn remove_partial(&self, partial: &Partial) -> Result<(), StoreError> {
        match std::fs::remove_file(&partial.path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The names of all partial files.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn list_partials(&self) -> Result<Vec<String>, StoreError> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.partials)? {
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    }

    fn sync_partials(&self) -> Result<(), StoreError> {
        sync_folder(&self.partials).map_err(|error| self.fail(&error))
    }
}

/// Nobody but the server's own account may read originals.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    #[tokio::test]
    async fn a_partial_file_is_cut_to_what_counts_and_keeps_its_bytes_as_an_original() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        let partial = store.partial("upl_1");
        assert!(store.open_partial(&partial, 5).unwrap().is_none());
        let mut file = store.open_partial(&partial, 0).unwrap().unwrap();
        file.write_all(b"light and more").unwrap();
        let mut file = store.open_partial(&partial, 5).unwrap().unwrap();
        file.write_all(b"!").unwrap();
        assert!(store.open_partial(&partial, 7).unwrap().is_none());
        assert_eq!(store.list_partials().unwrap(), ["upl_1"]);

        let key = crate::store::original_key(&crate::store::sha256_of(&b"light!"[..]).unwrap(), "image/jpeg");
        for _ in 0..2 {
            let staged = Staged::Partial(partial.clone());
            store.keep(staged, &key).await.unwrap();
        }
        store.remove_partial(&partial).unwrap();
        store.remove_partial(&partial).unwrap();
        let mut text = String::new();
        let kept = store.file(&key).await.unwrap();
        kept.unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "light!");
    }

    #[test]
    fn a_disk_that_is_nearly_full_or_failed_takes_nothing() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap().keeping_free(Some(0));
        store.check_room(1).unwrap();
        assert!(matches!(store.check_room(u64::MAX), Err(StoreError::NoRoom)));
        let full = store.clone().keeping_free(Some(u64::MAX));
        assert!(matches!(full.check_room(0), Err(StoreError::NoRoom)));
        store.fail(&std::io::Error::other("the disk is gone"));
        assert!(matches!(store.check_room(1), Err(StoreError::ReadOnly)));
    }
}
