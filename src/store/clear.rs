//! Clearing away: originals that nobody has any more, and folders of renditions that nobody shows.

use object_store::ObjectStore;
use object_store::path::Path as Key;

use super::key::{RENDITIONS, rendition_key};
use super::{Store, StoreError};
use crate::clock::Millis;

/// Folder of originals that no row named.
const LOST: &str = "lost";

impl Store {
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
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use std::io::Write as _;

    use bytes::Bytes;

    use super::super::{Shelf, Store, original_key, rendition_key, sha256_of};
    use super::Millis;

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
}
