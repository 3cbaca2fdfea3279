//! Comparing rows and files, both ways, while others work.
//!
//! What is missing from one side is asked for a second time before it is called damage: the other side may have followed meanwhile. A file without a
//! row may be in flight: an original, while somebody is at work on the data, between getting its name and its row, for which a second look is had; a young
//! rendition while files are still to be made, for whoever made it may have been told to end in the middle.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::things::{self, Thing};
use super::{CustodyError, Progress, Stage, query};
use crate::clock::Millis;
use crate::db::{self, Db, DbError};
use crate::photo::renditions;
use crate::store::{self, Store};

/// How much later an original without a row is looked for again: its row follows its name within one request.
pub const SECOND_LOOK: Duration = Duration::from_secs(15);

/// How to look.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Read every byte too.
    pub read_data: bool,
    /// When somebody is at work on the same data: how much later an original that may be in flight is looked for again. `None`: nobody is, and none is.
    pub second_look: Option<Duration>,
    /// This moment.
    pub now: Millis,
}

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// The database complains about itself.
    Database(String),
    /// A row names a file that is not there.
    Missing(String),
    /// A file is longer or shorter than its row says.
    Size {
        /// Which.
        key: String,
        /// Bytes it should have.
        expected: i64,
        /// Bytes it has.
        found: u64,
    },
    /// A file's bytes are not those that were stored.
    Changed(String),
    /// The disk does not give all of a file's bytes.
    Unreadable(String),
    /// A file that no row names.
    Stray(String),
    /// Bytes of an upload under way that were acknowledged are gone.
    Upload(String),
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Database(said) => write!(f, "database: {said}"),
            Self::Missing(key) => write!(f, "missing: {key}"),
            Self::Size { key, expected, found } => {
                write!(f, "wrong size: {key} has {found} bytes instead of {expected}")
            }
            Self::Changed(key) => write!(f, "changed: {key} has other bytes than those that were stored"),
            Self::Unreadable(key) => write!(f, "changed: {key} cannot be read to its end"),
            Self::Stray(key) => write!(f, "belongs to nothing: {key}"),
            Self::Upload(id) => write!(f, "upload under way has lost bytes: {id}"),
        }
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Originals that rows name.
    pub originals: usize,
    /// Renditions that rows name.
    pub renditions: usize,
    /// Files that are in flight, or that came and went meanwhile.
    pub in_flight: usize,
    /// Renditions whose bytes could not be compared, because their hash is not known.
    pub unproven: usize,
    /// What is not as it must be.
    pub damage: Vec<Damage>,
}

/// Compares everything.
///
/// # Errors
/// [`CustodyError`]: it could not be looked at.
pub async fn verify(
    db: &Db,
    store: &Store,
    options: Options,
    progress: Progress<'_>,
) -> Result<Report, CustodyError> {
    progress(Stage::Database, 0, 1);
    let (complaints, originals, renditions, uploads) = db
        .read(|conn| {
            Ok::<_, CustodyError>((
                db::complaints(conn)?,
                query::list_originals(conn)?,
                query::list_renditions(conn)?,
                query::list_open_uploads(conn)?,
            ))
        })
        .await?;
    progress(Stage::Database, 1, 1);
    let mut report = Report {
        originals: originals.len(),
        renditions: renditions.len(),
        damage: complaints.into_iter().map(Damage::Database).collect(),
        ..Report::default()
    };
    let look = Look {
        db,
        store,
        options,
        progress,
    };
    look.at(Stage::Originals, &originals, &mut report).await?;
    look.at(Stage::Renditions, &renditions, &mut report).await?;
    look.at_uploads(uploads, &mut report).await?;
    Ok(report)
}

struct Look<'a> {
    db: &'a Db,
    store: &'a Store,
    options: Options,
    progress: Progress<'a>,
}

impl Look<'_> {
    async fn at(&self, stage: Stage, things: &[Thing], report: &mut Report) -> Result<(), CustodyError> {
        (self.progress)(stage, 0, things.len());
        let mut files: HashMap<String, u64> = self
            .store
            .list(things::shelf(stage))
            .await?
            .into_iter()
            .map(|file| (file.key, file.size_bytes))
            .collect();
        for (number, thing) in things.iter().enumerate() {
            let listed = files.remove(&thing.key);
            let damage = self.damage_of(thing, listed, report).await?;
            if let Some(damage) = damage {
                // Gone with its row meanwhile, or made anew.
                if self.is_named(stage, &thing.key).await? {
                    report.damage.push(damage);
                } else {
                    report.in_flight += 1;
                }
            }
            (self.progress)(stage, number + 1, things.len());
        }
        let mut unnamed = Vec::new();
        for key in files.into_keys() {
            match self.store.named_at(&key)? {
                Some(at) if !self.is_named(stage, &key).await? => unnamed.push((key, at)),
                // It came, or went, meanwhile.
                _ => report.in_flight += 1,
            }
        }
        self.at_unnamed(stage, unnamed, report).await
    }

    /// Files that no row names: those in flight, and strays.
    async fn at_unnamed(
        &self,
        stage: Stage,
        unnamed: Vec<(String, Millis)>,
        report: &mut Report,
    ) -> Result<(), CustodyError> {
        let mut waiting = Vec::new();
        let are_files_pending = !unnamed.is_empty() && self.are_files_pending().await?;
        for (key, named_at) in unnamed {
            let may_come = match stage {
                Stage::Renditions => {
                    are_files_pending && named_at >= self.options.now - renditions::ABANDONED_AFTER
                }
                // One that comes has its name from its bytes.
                _ if self.options.second_look.is_some() => things::hash_of(self.store, &key)
                    .await?
                    .is_none_or(|found| found == store::sha256_of_key(&key)),
                _ => false,
            };
            if may_come && stage != Stage::Renditions {
                waiting.push(key);
            } else if may_come || self.is_named(stage, &key).await? {
                report.in_flight += 1;
            } else {
                report.damage.push(Damage::Stray(key));
            }
        }
        if let Some(pause) = self.options.second_look.filter(|_| !waiting.is_empty()) {
            tokio::time::sleep(pause).await;
        }
        for key in waiting {
            if self.is_named(stage, &key).await? || self.store.named_at(&key)?.is_none() {
                report.in_flight += 1;
            } else {
                report.damage.push(Damage::Stray(key));
            }
        }
        Ok(())
    }

    async fn damage_of(
        &self,
        thing: &Thing,
        listed: Option<u64>,
        report: &mut Report,
    ) -> Result<Option<Damage>, CustodyError> {
        let missing = || Some(Damage::Missing(thing.key.clone()));
        let size = match listed {
            Some(size) => size,
            // It came after the list was made, or it is not there.
            None => match self.store.file(&thing.key).await? {
                Some(file) => file.metadata().map_or(0, |metadata| metadata.len()),
                None => return Ok(missing()),
            },
        };
        if !thing.has_size(size) {
            return Ok(Some(Damage::Size {
                key: thing.key.clone(),
                expected: thing.size_bytes,
                found: size,
            }));
        }
        if !self.options.read_data {
            return Ok(None);
        }
        let Some(sha256) = &thing.sha256 else {
            report.unproven += 1;
            return Ok(None);
        };
        Ok(match things::hash_of(self.store, &thing.key).await? {
            None => missing(),
            Some(found) if found == *sha256 => None,
            Some(_) => Some(Damage::Changed(thing.key.clone())),
        })
    }

    /// Whether a row names this file at this moment.
    async fn is_named(&self, stage: Stage, key: &str) -> Result<bool, CustodyError> {
        let key = key.to_owned();
        self.db
            .read(move |conn| {
                Ok(match stage {
                    Stage::Renditions => {
                        let (folder, spec) = things::folder_and_spec(&key);
                        query::has_rendition(conn, folder, spec)?
                    }
                    _ => query::has_original(conn, store::sha256_of_key(&key))?,
                })
            })
            .await
    }

    async fn are_files_pending(&self) -> Result<bool, CustodyError> {
        Ok(self
            .db
            .read(|conn| query::are_files_pending(conn).map_err(DbError::from))
            .await?)
    }

    /// Pieces that were acknowledged are there, or their upload has ended meanwhile.
    async fn at_uploads(&self, uploads: Vec<(String, i64)>, report: &mut Report) -> Result<(), CustodyError> {
        let mut lost: Vec<String> = Vec::new();
        for (id, offset_bytes) in uploads {
            let length = self.store.partial_length(&self.store.partial(&id))?;
            if i64::try_from(length).unwrap_or(i64::MAX) < offset_bytes {
                lost.push(id);
            }
        }
        if lost.is_empty() {
            return Ok(());
        }
        let open: HashSet<String> = self
            .db
            .read(|conn| query::list_open_uploads(conn).map_err(DbError::from))
            .await?
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        report.damage.extend(
            lost.into_iter()
                .filter(|id| open.contains(id))
                .map(Damage::Upload),
        );
        Ok(())
    }
}
