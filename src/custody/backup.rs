//! A whole copy elsewhere, made while the server is at work; the next one into the same folder copies only what is new.
//!
//! The database's copy is of one moment, and gets its name only when every file that it names is beside it: whatever interrupts a backup, what lies
//! there under that name can be restored. Files of earlier backups stay until they are asked to go.

use std::collections::{HashMap, HashSet};
use std::fs::{DirBuilder, File};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::things::Thing;
use super::verify::Damage;
use super::{CustodyError, Progress, Stage, query};
use crate::clock::Millis;
use crate::config::{database_path, uploads_path};
use crate::db::{Db, complaints, open_still};
use crate::store::{Shelf, Store, StoreError, copy_readable};

/// The file that says what a backup is.
const LABEL: &str = "backup.json";
/// The file that a backup holds while it writes.
const LOCK: &str = "backup.lock";
/// How often the database is copied anew because something that it names was removed while files were copied.
const MOST_ROUNDS: usize = 10;

/// What the label of every backup says it is.
const KIND: &str = "reportage-backup";
/// So many originals fewer than the backup before, and more than a tenth, are no ordinary day's work.
const SUSPICIOUS: usize = 5;

/// What a backup says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Label {
    /// Always `reportage-backup`.
    pub kind: String,
    /// Version of the program that made it.
    pub version: String,
    /// When its database was copied.
    pub made_at: Millis,
    /// Originals in it.
    pub originals: usize,
    /// Renditions in it.
    pub renditions: usize,
    /// SHA-256 of its database, as lower-case hexadecimal digits; backups of before have none.
    #[serde(default)]
    pub database_sha256: Option<String>,
    /// The same of the backup before in this folder: the label gets its name first, and whatever comes between leaves that one's database beside it.
    #[serde(default)]
    pub former_database_sha256: Option<String>,
}

impl Label {
    /// What is to be said of a database that is not the one the backup was made with.
    ///
    /// # Errors
    /// [`CustodyError`] where it cannot be read.
    pub fn damage_of(&self, database: &Path) -> Result<Option<Damage>, CustodyError> {
        let Some(expected) = &self.database_sha256 else {
            return Ok(None);
        };
        let found = hash_of(database)?;
        let is_known = found == *expected || Some(&found) == self.former_database_sha256.as_ref();
        Ok((!is_known).then(|| {
            let said =
                "it is not as the backup wrote it: it has lost bytes, or somebody has worked with it since";
            Damage::Database(said.to_owned())
        }))
    }
}

fn hash_of(path: &Path) -> Result<String, CustodyError> {
    File::open(path)
        .and_then(crate::store::sha256_of)
        .map_err(CustodyError::file(path))
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Originals that belong to it.
    pub originals: usize,
    /// Renditions that belong to it.
    pub renditions: usize,
    /// Files that were copied this time.
    pub copied: usize,
    /// Their bytes.
    pub copied_bytes: u64,
    /// Files of earlier backups that were removed.
    pub pruned: usize,
    /// Files that are not in it, or not as they were stored, because they are not so in the installation.
    pub damage: Vec<Damage>,
}

/// What is asked of a backup besides being made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Remove files at the end that only earlier backups needed.
    pub prune: bool,
    /// Take it that the installation has lost many of its originals since the last backup.
    pub accept_fewer: bool,
}

/// Copies everything of the installation in `data` into a folder.
///
/// # Errors
/// [`CustodyError`]: there is no new backup; an earlier one in the folder is as it was.
pub async fn backup(
    (db, store, data): (&Db, &Store, &Path),
    to: &Path,
    options: Options,
    now: Millis,
    progress: Progress<'_>,
) -> Result<Report, CustodyError> {
    let earlier = may_be_written_to(to, data)?;
    // What is in it is for nobody else on this machine: drafts, places, hashes of passwords.
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(to)
        .map_err(CustodyError::file(to))?;
    let _lock = lock(to)?;
    let mut copy = Copy {
        from: store,
        to: Store::open(&uploads_path(to))?,
        there: HashMap::new(),
        report: Report::default(),
        progress,
    };
    copy.look().await?;
    let fresh = to.join("reportage.db.new");
    let mut rounds = 0;
    let needed = loop {
        progress(Stage::Database, 0, 1);
        remove_database(&fresh)?;
        take_database(db, &fresh).await?;
        progress(Stage::Database, 1, 1);
        let (originals, renditions) = list(&fresh)?;
        if !options.accept_fewer {
            not_many_fewer(earlier.as_ref(), originals.len())?;
        }
        copy.report.damage.clear();
        copy.bring(Stage::Originals, &originals).await?;
        copy.bring(Stage::Renditions, &renditions).await?;
        rounds += 1;
        // What is missing may have been removed, with its row, after the database was copied: then a newer copy does not name it.
        if copy.report.damage.is_empty() || rounds == MOST_ROUNDS || !changed(db, &fresh)? {
            copy.report.originals = originals.len();
            copy.report.renditions = renditions.len();
            break originals
                .into_iter()
                .chain(renditions)
                .map(|thing| thing.key)
                .collect();
        }
    };
    let Copy {
        to: store,
        mut report,
        ..
    } = copy;
    let label = Label {
        kind: KIND.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now,
        originals: report.originals,
        renditions: report.renditions,
        database_sha256: Some(hash_of(&fresh)?),
        former_database_sha256: earlier.and_then(|earlier| earlier.database_sha256),
    };
    put_in_place(&fresh, to, &label)?;
    if options.prune {
        report.pruned = prune_all(&store, &needed).await?;
    }
    Ok(report)
}

/// The label of what is in a folder, which must be a backup or nothing, and no part of the installation.
fn may_be_written_to(to: &Path, data: &Path) -> Result<Option<Label>, CustodyError> {
    let refused = |why: &str| Err(CustodyError::Refused(format!("{} {why}", to.display())));
    let whole = |path: &Path| {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        absolute.canonicalize().unwrap_or(absolute)
    };
    let (there, here) = (whole(to), whole(data));
    if there.starts_with(&here) || here.starts_with(&there) {
        return refused(
            "lies in the installation, or the installation in it; a backup needs a folder of its own",
        );
    }
    let label = label_of(to);
    if label.is_none() && (database_path(to).exists() || uploads_path(to).exists()) {
        return refused("holds an installation, not a backup; name another folder");
    }
    Ok(label)
}

/// What a folder says of itself, if it is a backup.
#[must_use]
pub fn label_of(folder: &Path) -> Option<Label> {
    let text = std::fs::read_to_string(folder.join(LABEL)).ok()?;
    let label: Label = serde_json::from_str(&text).ok()?;
    (label.kind == KIND).then_some(label)
}

/// An installation that has lost much since the last backup is perhaps an empty one, on a disk that is not there: its backup is not to be replaced.
fn not_many_fewer(earlier: Option<&Label>, originals: usize) -> Result<(), CustodyError> {
    let Some(earlier) = earlier else {
        return Ok(());
    };
    let lost = earlier.originals.saturating_sub(originals);
    if lost > SUSPICIOUS && lost > earlier.originals / 10 {
        return Err(CustodyError::Refused(format!(
            "the installation has {originals} originals, and the backup that is there {}: is this the right data folder, and its disk there? The backup stays as it is; if so many were deleted, say --accept-fewer",
            earlier.originals
        )));
    }
    Ok(())
}

/// The database as it is at this moment, in a file of its own that is found whole.
async fn take_database(db: &Db, fresh: &Path) -> Result<(), CustodyError> {
    let (db, fresh) = (db.clone(), fresh.to_owned());
    let taken = tokio::task::spawn_blocking(move || {
        db.write_copy(&fresh)?;
        {
            let copy = Db::open_as_it_is(&fresh)?;
            copy.write_now(|conn| query::end_uploads(conn).map_err(CustodyError::from))?;
        }
        let found = complaints(&mut open_still(&fresh)?)?;
        match found.first() {
            None => Ok(()),
            Some(first) => Err(CustodyError::Refused(format!(
                "the database is damaged, so it is not copied over an earlier backup: {first}. Restore the last good one, or ask for help with “reportage verify”"
            ))),
        }
    });
    taken.await.map_err(|_| StoreError::Stopped)?
}

fn list(database: &Path) -> Result<(Vec<Thing>, Vec<Thing>), CustodyError> {
    let mut conn = open_still(database)?;
    Ok((
        query::list_originals(&mut conn)?,
        query::list_renditions(&mut conn)?,
    ))
}

/// Whether the database names other files by now than the copy does.
fn changed(db: &Db, copy: &Path) -> Result<bool, CustodyError> {
    let now = db.read_now(|conn| {
        Ok::<_, CustodyError>((query::list_originals(conn)?, query::list_renditions(conn)?))
    })?;
    Ok(now != list(copy)?)
}

struct Copy<'a> {
    from: &'a Store,
    to: Store,
    /// Keys and sizes of what the folder has already.
    there: HashMap<String, u64>,
    report: Report,
    progress: Progress<'a>,
}

impl Copy<'_> {
    /// Looks at what the folder has.
    async fn look(&mut self) -> Result<(), CustodyError> {
        for shelf in [Shelf::Originals, Shelf::Renditions] {
            let files = self.to.list(shelf).await?;
            self.there
                .extend(files.into_iter().map(|file| (file.key, file.size_bytes)));
        }
        Ok(())
    }

    async fn bring(&mut self, stage: Stage, things: &[Thing]) -> Result<(), CustodyError> {
        (self.progress)(stage, 0, things.len());
        for (number, thing) in things.iter().enumerate() {
            if !self
                .there
                .get(&thing.key)
                .is_some_and(|size| thing.has_size(*size))
            {
                match copy_one(self.from, &self.to, stage, thing).await? {
                    Ok(bytes) => {
                        self.there.insert(thing.key.clone(), bytes);
                        self.report.copied += 1;
                        self.report.copied_bytes += bytes;
                    }
                    Err(damage) => self.report.damage.push(damage),
                }
            }
            (self.progress)(stage, number + 1, things.len());
        }
        Ok(())
    }
}

/// Copies one file from store to store if it is what its row says; gives its bytes.
pub(super) async fn copy_one(
    from: &Store,
    to: &Store,
    stage: Stage,
    thing: &Thing,
) -> Result<Result<u64, Damage>, CustodyError> {
    let Some(mut file) = from.file(&thing.key).await? else {
        // An earlier backup, or this one, may have had no better.
        if stage == Stage::Originals && from.holds_damaged(&thing.key) {
            keep_damaged(from, to, thing).await?;
            return Ok(Err(Damage::Changed(thing.key.clone())));
        }
        return Ok(Err(Damage::Missing(thing.key.clone())));
    };
    let size = file.metadata().map_err(StoreError::from)?.len();
    if !thing.has_size(size) {
        if stage == Stage::Originals {
            keep_damaged(from, to, thing).await?;
        }
        return Ok(Err(Damage::Size {
            key: thing.key.clone(),
            expected: thing.size_bytes,
            found: size,
        }));
    }
    if stage == Stage::Renditions {
        let Some(bytes) = from.bytes(&thing.key).await? else {
            return Ok(Err(Damage::Missing(thing.key.clone())));
        };
        let found = crate::store::sha256_of(&*bytes).map_err(StoreError::from)?;
        if thing.sha256.as_ref().is_some_and(|sha256| *sha256 != found) {
            return Ok(Err(Damage::Changed(thing.key.clone())));
        }
        to.put(&thing.key, bytes).await?;
        return Ok(Ok(size));
    }
    let mut staged = to.stage()?;
    let staged = tokio::task::spawn_blocking(move || {
        let is_whole = copy_readable(&mut file, staged.as_file_mut())?;
        Ok::<_, StoreError>(is_whole.then_some(staged))
    });
    let Some(staged) = staged.await.map_err(|_| StoreError::Stopped)?? else {
        keep_damaged(from, to, thing).await?;
        return Ok(Err(Damage::Unreadable(thing.key.clone())));
    };
    // Read back there and held against its name: a backup of a damaged original would be worth nothing.
    match to.keep(staged.into(), &thing.key).await {
        Ok(_) => Ok(Ok(size)),
        Err(StoreError::Altered) => {
            keep_damaged(from, to, thing).await?;
            Ok(Err(Damage::Changed(thing.key.clone())))
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes an original along that has lost bytes, beside those that are whole: with a flipped bit it is a photograph still, and perhaps the only copy.
async fn keep_damaged(from: &Store, to: &Store, thing: &Thing) -> Result<(), CustodyError> {
    let (from, to, key) = (from.clone(), to.clone(), thing.key.clone());
    let kept = tokio::task::spawn_blocking(move || to.keep_damaged(&from, &key));
    Ok(kept.await.map_err(|_| StoreError::Stopped)??)
}

/// Gives the new database its name, once it is on the disk.
fn put_in_place(fresh: &Path, to: &Path, label: &Label) -> Result<(), CustodyError> {
    let text = serde_json::to_string_pretty(label).unwrap_or_default();
    let written = to.join("backup.json.new");
    let mut file = File::create(&written).map_err(CustodyError::file(&written))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(CustodyError::file(&written))?;
    File::open(fresh)
        .and_then(|file| file.sync_all())
        .map_err(CustodyError::file(fresh))?;
    // The label first: a database without one would be taken for an installation.
    rename_synced(&written, &to.join(LABEL))?;
    let place = database_path(to);
    remove_if_there(&beside(&place, "-wal"))?;
    remove_if_there(&beside(&place, "-shm"))?;
    rename_synced(fresh, &place)
}

/// The file beside a database that SQLite calls by this ending.
pub(super) fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Removes what an interrupted copy of a database left, with what SQLite made beside it.
pub(super) fn remove_database(path: &Path) -> Result<(), CustodyError> {
    for path in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")] {
        remove_if_there(&path)?;
    }
    Ok(())
}

/// Renames a file whose bytes are synced, and syncs its folder.
pub(super) fn rename_synced(from: &Path, to: &Path) -> Result<(), CustodyError> {
    let folder = to.parent().map_or_else(|| PathBuf::from("."), Path::to_owned);
    std::fs::rename(from, to)
        .and_then(|()| File::open(&folder)?.sync_all())
        .map_err(CustodyError::file(to))
}

async fn prune_all(store: &Store, needed: &HashSet<String>) -> Result<usize, CustodyError> {
    let mut pruned = 0;
    for shelf in [Shelf::Originals, Shelf::Renditions] {
        for file in store.list(shelf).await? {
            if !needed.contains(&file.key) {
                store.remove(&file.key).await?;
                pruned += 1;
            }
        }
    }
    Ok(pruned)
}

fn remove_if_there(path: &Path) -> Result<(), CustodyError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(CustodyError::file(path)(error)),
        _ => Ok(()),
    }
}

fn lock(to: &Path) -> Result<File, CustodyError> {
    let path = to.join(LOCK);
    let file = File::create(&path).map_err(CustodyError::file(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(CustodyError::Refused(format!(
            "another backup is being written to {}; wait until it has ended",
            to.display()
        ))),
        Err(std::fs::TryLockError::Error(error)) => Err(CustodyError::file(&path)(error)),
    }
}
