//! Custody: whether everything that was entrusted is still there, copies of it elsewhere, and the way back from a copy.
//!
//! Rows say which files there must be; originals prove themselves by their names, which are their hashes, and renditions by the hash in their row. A
//! [`backup`](mod@backup) is laid out like a data folder, so that all that looks at one looks at the other too.

pub mod backup;
mod query;
pub mod restore;
mod things;
pub mod verify;

use crate::db::DbError;
use crate::store::StoreError;

/// Why nothing could be said or done.
#[derive(Debug, thiserror::Error)]
pub enum CustodyError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The store failed.
    #[error("the files cannot be read or written")]
    Store(#[from] StoreError),
    /// The file system failed.
    #[error("{path} cannot be read or written")]
    File {
        /// Where.
        path: std::path::PathBuf,
        /// What stopped it.
        #[source]
        source: std::io::Error,
    },
    /// What is asked for cannot be done there.
    #[error("{0}")]
    Refused(String),
}

impl From<diesel::result::Error> for CustodyError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl CustodyError {
    fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The database is looked through or copied.
    Database,
    /// Originals are compared or copied.
    Originals,
    /// Renditions are compared or copied.
    Renditions,
}

/// Told how far it is: the stage, how many things of it are done, and how many there are.
pub type Progress<'a> = &'a dyn Fn(Stage, usize, usize);
