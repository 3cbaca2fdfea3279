//! Taking photographs in, with a worker that makes their renditions, until each is ready or has failed.

use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::runtime::Runtime;

use crate::account::Actor;
use crate::cli::printable;
use crate::clock::Clock;
use crate::db::{Db, DbError};
use crate::id::PhotoId;
use crate::imaging::probe::Limits;
use crate::metadata::Names;
use crate::meters::Meters;
use crate::photo::edit::{self, PhotoEdit, PhotoError};
use crate::photo::ingest::{self, IngestError, Ingested};
use crate::photo::render::{DEFAULT_TIMEOUT, Renderer};
use crate::photo::{Photo, PhotoState, query as photo_query};
use crate::store::Store;
use crate::worker::{self, Bell, Readers, Threads, Tools};

/// Where photographs are taken in, and for whom.
pub(super) struct Library {
    pub db: Db,
    pub store: Store,
    pub clock: Clock,
    pub actor: Actor,
    pub runtime: Runtime,
    /// Whether a server is at work on the same data.
    pub is_served: bool,
}

/// A file to be taken in.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub path: PathBuf,
    /// The name it is taken in under.
    pub name: String,
    /// What a new photo says instead of its file.
    pub words: Option<PhotoEdit>,
    /// What its place and the rest are known by, where they are hidden.
    pub hidden_names: Names,
    /// The photo that it is already, if that is known.
    pub there: Option<PhotoId>,
}

/// A file that was not taken in.
#[derive(Debug, Clone)]
pub(super) struct LeftOut {
    pub name: String,
    pub reason: String,
}

impl LeftOut {
    /// Whether somebody will miss it: a photograph, by its name.
    pub(super) fn is_missed(&self) -> bool {
        const OF_PHOTOGRAPHS: [&str; 21] = [
            "jpg", "jpeg", "jpe", "png", "webp", "tif", "tiff", "heic", "heif", "avif", "gif", "bmp", "psd",
            "dng", "cr2", "cr3", "nef", "arw", "raf", "orf", "rw2",
        ];
        let ending = self
            .name
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_lowercase());
        ending.is_some_and(|ending| OF_PHOTOGRAPHS.contains(&ending.as_str()))
    }
}

/// What came in.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// The photos in the order of the files that were not left out; two files of the same bytes are one photo.
    pub photos: Vec<Photo>,
    /// The same by the names of their files.
    pub by_name: HashMap<String, Photo>,
    /// How many of them were there already.
    pub known: usize,
    pub left_out: Vec<LeftOut>,
}

impl Library {
    pub(super) fn open(
        db: Db,
        store: Store,
        clock: Clock,
        actor: Actor,
        is_served: bool,
    ) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        Ok(Self {
            db,
            store,
            clock,
            actor,
            runtime,
            is_served,
        })
    }

    /// Takes all files in and waits until each is ready or has failed. A file that cannot be taken is left out, and the rest goes on.
    pub(super) fn take_in(&self, files: &[Source]) -> anyhow::Result<Taken> {
        let tools = Tools {
            db: self.db.clone(),
            store: self.store.clone(),
            // The server's business, which may be running.
            uploads: None,
            renderer: Renderer::of_this_program(DEFAULT_TIMEOUT)?,
            clock: self.clock.clone(),
            // A server that runs beside this sees it by the database.
            readers: Readers::new(|| {}),
            meters: Meters::default(),
        };
        let threads = Threads {
            prompt: 2,
            // The server makes them, when it is started.
            patient: 0,
        };
        let worker = if self.is_served {
            worker::start_beside(&tools, threads)?
        } else {
            worker::start(&tools, threads)?
        };
        let taken = self.runtime.block_on(self.ingest_all(files, &worker.bell()));
        worker.stop();
        taken
    }

    async fn ingest_all(&self, files: &[Source], bell: &Bell) -> anyhow::Result<Taken> {
        let bar = ProgressBar::new(files.len() as u64 * 2);
        bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}")?);
        let (mut taken, mut ids) = (Taken::default(), Vec::new());
        for file in files {
            bar.set_message(printable(&file.name));
            if let Some(id) = &file.there {
                taken.known += 1;
                ids.push((file.name.clone(), id.clone()));
                bar.inc(1);
                continue;
            }
            match self.ingest(file).await {
                Ok(ingested) => {
                    taken.known += usize::from(!ingested.created);
                    ids.push((file.name.clone(), ingested.photo.id));
                    bell.ring();
                    bar.inc(1);
                }
                // What is wrong with the disk or the database is wrong with all that follow.
                Err(error @ (IngestError::Store(_) | IngestError::Db(_))) => {
                    bar.finish_and_clear();
                    return Err(error).with_context(|| format!("{} could not be taken in", file.name));
                }
                Err(error) => {
                    taken.left_out.push(LeftOut {
                        name: file.name.clone(),
                        reason: error.to_string(),
                    });
                    bar.inc(2);
                }
            }
        }
        bar.set_message("making renditions");
        let photos = self
            .settled(ids.iter().map(|(_, id)| id.clone()).collect(), &bar)
            .await?;
        bar.finish_and_clear();
        for (name, id) in ids {
            if let Some(photo) = photos.get(&id) {
                taken.photos.push(photo.clone());
                taken.by_name.insert(name, photo.clone());
            }
        }
        Ok(taken)
    }

    async fn ingest(&self, source: &Source) -> Result<Ingested, IngestError> {
        let limits = Limits::default();
        let file = File::open(&source.path)?;
        let upload = ingest::stage(&self.store, file, &source.name, limits.max_bytes)?;
        let now = self.clock.now();
        let (actor, words) = (self.actor.clone(), source.words.clone());
        let names = source.hidden_names.clone();
        ingest::ingest_and(
            &self.db,
            &self.store,
            &self.actor,
            upload,
            limits,
            now,
            move |conn, ingested| {
                // What is there already keeps what the desk says of it.
                let Some(words) = words.filter(|_| ingested.created) else {
                    return Ok(());
                };
                let photo = &ingested.photo;
                edit::learn(conn, photo, &names)?;
                match edit::edit(conn, &actor, &photo.id, photo.version, &words, now) {
                    Ok(_) => Ok(()),
                    Err(PhotoError::Db(error)) => Err(error),
                    // It is one's own, and of this moment.
                    Err(_) => Err(DbError::Query(diesel::result::Error::RollbackTransaction)),
                }
            },
        )
        .await
    }

    /// Waits until none of the photos is pending, and gives them by their ids.
    async fn settled(
        &self,
        mut ids: Vec<PhotoId>,
        bar: &ProgressBar,
    ) -> anyhow::Result<HashMap<PhotoId, Photo>> {
        // The same photograph under two names is one photo.
        ids.sort();
        ids.dedup();
        let mut settled = 0;
        loop {
            let asked = ids.clone();
            let photos = self
                .db
                .read(move |conn| photo_query::list_photos_by_id(conn, &asked).map_err(DbError::from))
                .await?;
            let ready = photos
                .iter()
                .filter(|photo| photo.state != PhotoState::Pending)
                .count();
            bar.inc(ready.saturating_sub(settled) as u64);
            settled = ready;
            if settled >= photos.len() {
                return Ok(photos
                    .into_iter()
                    .map(|photo| (photo.id.clone(), photo))
                    .collect());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
