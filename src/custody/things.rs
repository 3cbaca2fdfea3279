//! A file that a row names: where it lies and how one knows that it is whole.

use crate::store::{self, Shelf, Store, StoreError};

/// A file that must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thing {
    pub key: String,
    pub size_bytes: i64,
    /// `None` for a rendition that was made before hashes were kept.
    pub sha256: Option<String>,
}

impl Thing {
    pub(super) fn original(sha256: String, media_type: &str, size_bytes: i64) -> Self {
        Self {
            key: store::original_key(&sha256, media_type),
            size_bytes,
            sha256: Some(sha256),
        }
    }

    pub(super) fn rendition(folder: &str, spec: &str, size_bytes: i64, sha256: Option<String>) -> Self {
        Self {
            key: store::rendition_key(folder, spec),
            size_bytes,
            sha256,
        }
    }

    /// Whether a file has this one's size.
    pub(super) fn has_size(&self, size_bytes: u64) -> bool {
        i64::try_from(size_bytes) == Ok(self.size_bytes)
    }
}

/// Folder and specification of a rendition's key.
pub(super) fn folder_and_spec(key: &str) -> (&str, &str) {
    let (before, spec) = key.rsplit_once('/').unwrap_or_default();
    (before.rsplit('/').next().unwrap_or_default(), spec)
}

/// The hash of a stored file's bytes; `None` when there is none.
pub(super) async fn hash_of(store: &Store, key: &str) -> Result<Option<String>, StoreError> {
    let Some(file) = store.file(key).await? else {
        return Ok(None);
    };
    let hashed = tokio::task::spawn_blocking(move || store::sha256_of(file)).await;
    Ok(Some(hashed.map_err(|_| StoreError::Stopped)??))
}

/// The shelf that a stage is about.
pub(super) const fn shelf(of: super::Stage) -> Shelf {
    match of {
        super::Stage::Renditions => Shelf::Renditions,
        _ => Shelf::Originals,
    }
}
