//! Who is at which upload now. In memory: one server at a time serves a data folder, and its end ends all locks.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::id::UploadId;

/// The uploads that somebody is at.
#[derive(Debug, Clone, Default)]
pub(super) struct Locks(Arc<Mutex<HashSet<UploadId>>>);

/// An upload that nobody else is at, until this is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    locks: Locks,
    id: UploadId,
}

impl Locks {
    /// Takes an upload, unless somebody is at it.
    pub(super) fn take(&self, id: &UploadId) -> Option<Lock> {
        let is_free = self.taken().insert(id.clone());
        is_free.then(|| Lock {
            locks: self.clone(),
            id: id.clone(),
        })
    }

    fn taken(&self) -> std::sync::MutexGuard<'_, HashSet<UploadId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.locks.taken().remove(&self.id);
    }
}
