//! The way back: a backup becomes an installation again, in a folder where there is none.
//!
//! Every file is read and held against its hash on the way. The database gets its name last: a restore that was interrupted has left no installation.

use std::fs::File;
use std::path::Path;

use super::backup::{copy_one, label_of, remove_database, rename_synced};
use super::verify::Damage;
use super::{CustodyError, Progress, Stage, query};
use crate::config::{database_path, uploads_path};
use crate::db::{Db, complaints};
use crate::store::Store;

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Originals that were brought back.
    pub originals: usize,
    /// Renditions that were brought back.
    pub renditions: usize,
    /// Hours of stories that were taken off, so that nothing goes out by itself.
    pub schedules: usize,
    /// What could not be brought back as it was.
    pub damage: Vec<Damage>,
}

/// Brings a backup back into a data folder, which must not hold an installation. Sessions are not brought back, for they may have been ended since, nor
/// hours at which stories were to go out, nor uploads that were under way.
///
/// # Errors
/// [`CustodyError`]; there is no installation then.
pub async fn restore(from: &Path, data: &Path, progress: Progress<'_>) -> Result<Report, CustodyError> {
    check(from, data)?;
    let (copy, place) = (database_path(from), database_path(data));
    std::fs::create_dir_all(data).map_err(CustodyError::file(data))?;
    let source = Store::open(&uploads_path(from))?;
    let store = Store::open(&uploads_path(data))?;
    let changed = match label_of(from) {
        Some(label) => label.damage_of(&copy)?,
        None => None,
    };
    let fresh = place.with_extension("db.new");
    let (originals, renditions, schedules, complaints) = {
        let (db, schedules) = take_database(&copy, &fresh)?;
        db.read_now(|conn| {
            Ok::<_, CustodyError>((
                query::list_originals(conn)?,
                query::list_renditions(conn)?,
                schedules,
                complaints(conn)?,
            ))
        })?
    };
    let complaints = complaints.into_iter().map(Damage::Database);
    let mut report = Report {
        originals: originals.len(),
        renditions: renditions.len(),
        schedules,
        damage: changed.into_iter().chain(complaints).collect(),
    };
    for (stage, things) in [(Stage::Originals, originals), (Stage::Renditions, renditions)] {
        progress(stage, 0, things.len());
        for (number, thing) in things.iter().enumerate() {
            if let Err(damage) = copy_one(&source, &store, stage, thing).await? {
                if stage == Stage::Originals {
                    store.put_damaged_in_place(&thing.key)?;
                }
                report.damage.push(damage);
            }
            progress(stage, number + 1, things.len());
        }
    }
    File::open(&fresh)
        .and_then(|file| file.sync_all())
        .map_err(CustodyError::file(&fresh))?;
    rename_synced(&fresh, &place)?;
    Ok(report)
}

/// What lies in a folder that is empty otherwise: what a disk has of itself, and what the program holds while it works.
const NOTHING: [&str; 3] = ["lost+found", "reportage.lock", "reportage.import.lock"];

/// Whether there is a backup, and a place for it: a folder that is empty, or not there.
///
/// # Errors
/// [`CustodyError::Refused`].
pub fn check(from: &Path, data: &Path) -> Result<(), CustodyError> {
    let copy = database_path(from);
    if !copy.is_file() {
        return Err(CustodyError::Refused(format!(
            "{} holds no backup: there is no {}",
            from.display(),
            copy.display()
        )));
    }
    let entries = match std::fs::read_dir(data) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(CustodyError::file(data)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(CustodyError::file(data))?;
        if !NOTHING.iter().any(|name| entry.file_name() == *name) {
            return Err(CustodyError::Refused(format!(
                "{} is there already; restore into an empty folder, and start the server on that",
                entry.path().display()
            )));
        }
    }
    Ok(())
}

/// The backup's database, brought up to date and without what was under way. Its last connection, when it is dropped, takes the write-ahead log
/// with it.
fn take_database(copy: &Path, fresh: &Path) -> Result<(Db, usize), CustodyError> {
    remove_database(fresh)?;
    std::fs::copy(copy, fresh).map_err(CustodyError::file(fresh))?;
    let db = Db::open(fresh)?;
    let schedules = db.write_now(|conn| query::end_what_was_under_way(conn).map_err(CustodyError::from))?;
    Ok((db, schedules))
}
