//! Keeping originals: staged, synced, read back, and moved to their key without ever overwriting.

use std::fs::File;
use std::io::Write;
use std::sync::atomic::Ordering;

use object_store::ObjectStoreExt;
use object_store::path::Path as Key;
use tempfile::NamedTempFile;

use super::key::{sha256_of, sha256_of_key};
use super::{INCOMING, Staged, Store, StoreError, partial};
use crate::clock::Millis;

impl Store {
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
    /// unless the disk has lost some of its bytes. A partial file keeps its own name beside the new one until [`Store::remove_partial`]. Says whether the
    /// key was free until now.
    ///
    /// # Errors
    /// [`StoreError`]; a fresh file is gone then, a partial one stays, and nothing was acknowledged.
    pub async fn keep(&self, staged: Staged, key: &str) -> Result<bool, StoreError> {
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
                        .map(|()| false)
                        .map_err(|error| self.unwritten(error)),
                    Ok(()) => Ok(true),
                    Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
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

    async fn keep_fresh(&self, mut staged: NamedTempFile, key: &str) -> Result<bool, StoreError> {
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
        let was_free = match self.objects.rename_if_not_exists(&from, &to).await {
            Ok(()) => true,
            Err(object_store::Error::AlreadyExists { .. }) if self.is_whole(key).await? => return Ok(false),
            Err(object_store::Error::AlreadyExists { .. }) => {
                let replaced = self.objects.rename(&from, &to).await;
                replaced.map_err(|error| self.unwritten(error))?;
                false
            }
            Err(error) => return Err(self.unwritten(error)),
        };
        // The name is free: the guard must not remove what another upload may put there.
        let _ = staged.into_temp_path().keep();
        Ok(was_free)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use std::io::Write as _;

    use super::super::{Staged, Store, StoreError, original_key, sha256_of};
    use super::{INCOMING, Millis};

    #[tokio::test]
    async fn what_is_kept_twice_is_stored_once_and_nothing_stays_in_incoming() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        let key = original_key(&sha256_of(&b"light"[..]).unwrap(), "image/jpeg");
        for is_new in [true, false] {
            let mut staged = store.stage().unwrap();
            staged.write_all(b"light").unwrap();
            assert_eq!(store.keep(staged.into(), &key).await.unwrap(), is_new);
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
}
