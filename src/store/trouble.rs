//! Why the store did not do as asked.

use std::path::PathBuf;

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
pub(super) fn system_error(error: &object_store::Error) -> Option<&std::io::Error> {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref() {
            return Some(found);
        }
        next = cause.source();
    }
    None
}
