//! Originals that have lost bytes and are the only copy: kept beside those that are whole, under no key that anything is made of.

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;

use super::{Store, StoreError};

/// Their folder.
const DAMAGED: &str = "damaged";

impl Store {
    fn damaged(&self, key: &str) -> PathBuf {
        self.root
            .join(DAMAGED)
            .join(key.rsplit('/').next().unwrap_or_default())
    }

    /// Whether a damaged copy of this original is kept.
    #[must_use]
    pub fn holds_damaged(&self, key: &str) -> bool {
        self.damaged(key).is_file()
    }

    /// Copies what another store has of an original, as far as its bytes can be read; what is kept already stays, unless there is more of it now. Blocks.
    ///
    /// # Errors
    /// [`StoreError::Staging`].
    pub fn keep_damaged(&self, from: &Self, key: &str) -> Result<(), StoreError> {
        let own = from.root.join(key);
        let source = if own.is_file() { own } else { from.damaged(key) };
        // One that has gone meanwhile was removed with its row.
        let Ok(mut source) = File::open(source) else {
            return Ok(());
        };
        let to = self.damaged(key);
        let folder = self.root.join(DAMAGED);
        std::fs::create_dir_all(&folder)?;
        let fresh = to.with_extension("new");
        let mut copy = File::create(&fresh)?;
        copy_readable(&mut source, &mut copy)?;
        copy.sync_all()?;
        let length = |path: &PathBuf| std::fs::metadata(path).map_or(0, |found| found.len());
        if to.exists() && length(&to) >= length(&fresh) {
            std::fs::remove_file(fresh)?;
            return Ok(());
        }
        std::fs::rename(&fresh, &to)?;
        Ok(File::open(folder)?.sync_all()?)
    }

    /// Gives a damaged original its own key where nothing better is: the photograph is seen, and [`super::Store::keep`] replaces it when the same is sent again.
    ///
    /// # Errors
    /// [`StoreError::Staging`].
    pub fn put_damaged_in_place(&self, key: &str) -> Result<(), StoreError> {
        let (from, to) = (self.damaged(key), self.root.join(key));
        let Some(folder) = to.parent().filter(|_| from.is_file() && !to.exists()) else {
            return Ok(());
        };
        std::fs::create_dir_all(folder)?;
        std::fs::rename(from, &to)?;
        Ok(File::open(folder)?.sync_all()?)
    }
}

/// Copies bytes until they end, or until they cannot be read; says whether it came to their end.
///
/// # Errors
/// Those of writing.
pub fn copy_readable(from: &mut impl Read, to: &mut impl Write) -> std::io::Result<bool> {
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(true),
            Ok(count) => to.write_all(buffer.get(..count).unwrap_or_default())?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return Ok(false),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use std::io::Read;

    use super::copy_readable;

    /// Gives some bytes, and then an error, as a disk does that has lost a sector.
    struct Rotten(&'static [u8]);

    impl Read for Rotten {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0.is_empty() {
                return Err(std::io::Error::other("no such sector"));
            }
            self.0.read(buffer)
        }
    }

    #[test]
    fn what_can_be_read_is_taken_along() {
        let mut copy = Vec::new();
        assert!(!copy_readable(&mut Rotten(b"lig"), &mut copy).unwrap());
        assert_eq!(copy, b"lig");
        copy.clear();
        assert!(copy_readable(&mut &b"light"[..], &mut copy).unwrap());
        assert_eq!(copy, b"light");
    }
}
