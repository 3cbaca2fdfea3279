//! What is the matter with the disk when the database did not do as asked.
//!
//! Diesel passes on SQLite's words and not its numbers, so the words are looked at. Source: `sqlite3_errstr`.

use std::path::Path;

use diesel::result::{DatabaseErrorKind, Error};
use rustix::fs::{StatVfsMountFlags, statvfs};

use super::DbError;

const FULL: &str = "database or disk is full";
const READ_ONLY: &str = "attempt to write a readonly database";
const BROKEN: &str = "disk I/O error";

/// Why nothing can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The disk is full.
    NoRoom,
    /// Nothing may be written to it, or it fails.
    ReadOnly,
}

impl DbError {
    /// What is the matter with the disk, if that is the reason.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Query(error) => match said(error)? {
                FULL => Some(Trouble::NoRoom),
                READ_ONLY | BROKEN => Some(Trouble::ReadOnly),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Whether the disk itself failed to write or to sync.
pub(super) fn is_broken(error: &Error) -> bool {
    said(error) == Some(BROKEN)
}

/// What a write is told that came after the disk had failed.
pub(super) fn refusal() -> Error {
    Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(BROKEN.to_owned()))
}

/// What the system says of the disk on which the database lies; nothing if it says nothing bad.
pub(super) fn of_disk(database: &Path) -> Option<Trouble> {
    let disk = statvfs(database).ok()?;
    if disk.f_flag.contains(StatVfsMountFlags::RDONLY) {
        Some(Trouble::ReadOnly)
    } else if disk.f_bfree == 0 {
        Some(Trouble::NoRoom)
    } else {
        None
    }
}

fn said(error: &Error) -> Option<&str> {
    match error {
        Error::DatabaseError(_, said) => Some(said.message()),
        Error::RollbackErrorOnCommit { commit_error, .. } => said(commit_error),
        _ => None,
    }
}
