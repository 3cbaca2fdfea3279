//! How much may come: the room on the disk, and whether the disk still does what it says.

use std::sync::atomic::Ordering;

use super::trouble::system_error;
use super::{Store, StoreError};

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

impl Store {
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
    pub(super) fn unwritten(&self, error: object_store::Error) -> StoreError {
        if let Some(cause) = system_error(&error)
            && cause.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error())
        {
            return self.fail(cause);
        }
        error.into()
    }
}
