//! Files in the data folder that are held while somebody is at work on it; whatever way that ends, the system lets go of them.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};

use super::make_folder;

/// Held by the server.
const SERVING: &str = "reportage.lock";
/// How often, and how far apart, the server's lock is asked for: where a server was killed, a child that it was about to start may hold it for a moment longer.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);
/// Held together by all who take photographs in beside it.
const IMPORTING: &str = "reportage.import.lock";

/// Takes the data folder for one server alone.
pub(super) fn serving(data: &Path) -> anyhow::Result<File> {
    let file = open(data, SERVING)?;
    let mut tries = 0;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if tries < TRIES => {
                tries += 1;
                std::thread::sleep(PAUSE);
            }
            Err(TryLockError::WouldBlock) => bail!(
                "another server is using the data folder {}; stop it first, or choose another with --data",
                data.display()
            ),
            Err(TryLockError::Error(error)) => return Err(error).context("the data folder cannot be locked"),
        }
    }
}

/// Whether a server is at work on a data folder.
pub(super) fn is_served(data: &Path) -> bool {
    let Ok(file) = File::open(data.join(SERVING)) else {
        return false;
    };
    // Shared, so that two who only look do not take each other for a server; given back at once.
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Whether photographs are being taken in beside the server, or without one.
pub(super) fn is_imported_into(data: &Path) -> bool {
    File::open(data.join(IMPORTING))
        .is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Says that photographs are taken in beside a server; held until it is dropped.
pub(super) fn importing(data: &Path) -> anyhow::Result<File> {
    let file = open(data, IMPORTING)?;
    file.lock_shared().context("the data folder cannot be locked")?;
    Ok(file)
}

/// Keeps others from taking photographs in until it is dropped; `None` when somebody is at it.
pub(super) fn nobody_imports(data: &Path) -> anyhow::Result<Option<File>> {
    let file = open(data, IMPORTING)?;
    Ok(file.try_lock().is_ok().then_some(file))
}

fn open(data: &Path, name: &str) -> anyhow::Result<File> {
    make_folder(data)?;
    let path = data.join(name);
    File::create(&path).with_context(|| format!("{} cannot be written", path.display()))
}
