//! The worker: claims jobs from the queue and calls the domain. It runs beside the server on threads of its own, so that rendering
//! never waits for a request nor a request for rendering. Each thread has a render process of its own, which it lets go when there is
//! nothing to do.

pub mod courier;
pub mod scheduler;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::clock::{Clock, HOUR, Millis};
use crate::db::{Db, DbError};
use crate::id::PhotoId;
use crate::imaging::wire::Attempt;
use crate::meters::{Meters, Outcome};
use crate::photo::originals;
use crate::photo::render::{RenderProcess, Renderer};
use crate::photo::renditions::{self, RenditionError};
use crate::queue::{self, Job, JobKind, Lane};
use crate::site;
use crate::store::Store;
use crate::story::{self, photos::SweepError};
use crate::upload::{Swept, Uploads};

/// How often the queue is looked into without being told: jobs of other processes and those put back for later.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How many looks in vain until a thread lets its render process go: 30 seconds.
const PATIENT_LOOKS: u32 = 60;

/// What the worker needs.
#[derive(Debug, Clone)]
pub struct Tools {
    /// The database.
    pub db: Db,
    /// The object store.
    pub store: Store,
    /// Uploads to keep house of; `None` where another process does.
    pub uploads: Option<Uploads>,
    /// Starts the children that decode.
    pub renderer: Renderer,
    /// The time.
    pub clock: Clock,
    /// Told when a job has changed what readers see.
    pub readers: Readers,
    /// Counts what is done.
    pub meters: Meters,
}

/// Whoever keeps what readers see, to be told when it changes.
#[derive(Clone)]
pub struct Readers(Arc<dyn Fn() + Send + Sync>);

impl Readers {
    /// Calls this at every change.
    #[must_use]
    pub fn new(changed: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(changed))
    }

    /// Tells them.
    fn tell(&self) {
        (self.0)();
    }
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Readers")
    }
}

/// How many threads work on what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threads {
    /// On what somebody waits for.
    pub prompt: usize,
    /// On AVIFs, as long as nobody else wants the machine; 0 makes none.
    pub patient: usize,
}

/// The running worker; ends when told to, after the jobs under way that somebody waits for.
#[derive(Debug)]
pub struct Worker {
    bell: Bell,
    stopping: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// Wakes the worker after a commit that queued something.
#[derive(Debug, Clone, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// Says that there may be work.
    pub fn ring(&self) {
        self.0.notify_waiters();
        self.0.notify_one();
    }
}

/// Starts threads that work one job at a time each; jobs that an earlier run left unfinished are taken up again.
///
/// # Errors
/// Those of the database and of starting threads.
pub fn start(tools: &Tools, threads: Threads) -> Result<Worker, std::io::Error> {
    let now = tools.clock.now();
    tools
        .db
        .write_now(|conn| queue::reclaim(conn, now))
        .map_err(|error: diesel::result::Error| std::io::Error::other(error))?;
    sweep(tools)?;
    start_beside(tools, threads)
}

/// Like [`start`] where another process is at work on the same queue: its jobs under way are its own, and so is what it has not finished yet.
///
/// # Errors
/// Those of starting threads.
pub fn start_beside(tools: &Tools, threads: Threads) -> Result<Worker, std::io::Error> {
    let bell = Bell::default();
    let stopping = Arc::new(AtomicBool::new(false));
    // Where there are more threads than one, one is never taken up by a single huge photograph.
    let quick = usize::from(threads.prompt > 1);
    let lanes = std::iter::repeat_n(Lane::Prompt, threads.prompt - quick)
        .chain(std::iter::repeat_n(Lane::Quick, quick))
        .chain(std::iter::repeat_n(Lane::Patient, threads.patient));
    let threads = lanes
        .enumerate()
        .map(|(number, lane)| {
            let (tools, bell, stopping) = (tools.clone(), bell.clone(), Arc::clone(&stopping));
            // A thread for each: a child is tied to the life of the thread that started it.
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            std::thread::Builder::new()
                .name(format!("worker-{number}"))
                .spawn(move || runtime.block_on(work(&tools, lane, number == 0, &bell, &stopping)))
        })
        .collect::<Result<_, _>>()?;
    Ok(Worker {
        bell,
        stopping,
        threads,
    })
}

/// Removes what an earlier run left unfinished, before anything is rendered.
fn sweep(tools: &Tools) -> Result<(), std::io::Error> {
    let now = tools.clock.now();
    sweep_before(&tools.db, &tools.store, Ages::beside_others(now))
}

/// Removes what an earlier run left unfinished, however lately, where nobody else is at work on the same data.
///
/// # Errors
/// Those of the store and the database.
pub fn sweep_alone(db: &Db, store: &Store, clock: &Clock) -> Result<(), std::io::Error> {
    let now = clock.now();
    sweep_before(
        db,
        store,
        Ages {
            originals: now,
            renditions: now,
        },
    )
}

/// What got its name before these moments is nobody's work under way.
#[derive(Debug, Clone, Copy)]
struct Ages {
    originals: Millis,
    renditions: Millis,
}

impl Ages {
    fn beside_others(now: Millis) -> Self {
        Self {
            originals: now - originals::ABANDONED_AFTER,
            renditions: now - renditions::ABANDONED_AFTER,
        }
    }
}

fn sweep_before(db: &Db, store: &Store, ages: Ages) -> Result<(), std::io::Error> {
    let (db, store) = (db.clone(), store.clone());
    // A thread of its own: the caller may be in a runtime, which must not be blocked from within.
    let swept = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            sweep_originals(&db, &store, ages.originals).await;
            renditions::sweep_unknown(&db, &store, ages.renditions)
                .await
                .map_err(std::io::Error::other)
        })
    });
    let swept = swept
        .join()
        .map_err(|_| std::io::Error::other("sweeping ended in a panic"))??;
    if swept > 0 {
        tracing::info!(swept, "folders of unfinished renditions were removed");
    }
    Ok(())
}

/// Removes originals that no photo is made of. What goes wrong is told; nothing waits for it.
async fn sweep_originals(db: &Db, store: &Store, before: Millis) {
    match originals::sweep(db, store, before).await {
        Ok(0) => {}
        Ok(swept) => tracing::info!(
            swept,
            "originals that no photo is made of were moved to uploads/lost, where they lie for a month"
        ),
        Err(error) => tracing::error!(
            error = &error as &dyn std::error::Error,
            "originals could not be looked after"
        ),
    }
}

impl Worker {
    /// The bell that wakes this worker.
    #[must_use]
    pub fn bell(&self) -> Bell {
        self.bell.clone()
    }

    /// Lets the jobs under way finish that somebody waits for, and ends the threads.
    pub fn stop(self) {
        self.stopping.store(true, Ordering::SeqCst);
        for _ in &self.threads {
            self.bell.ring();
        }
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a worker thread ended in a panic");
            }
        }
    }
}

async fn work(tools: &Tools, lane: Lane, is_first: bool, bell: &Bell, stopping: &AtomicBool) {
    let mut process = match lane {
        Lane::Prompt | Lane::Quick => tools.renderer.process(),
        Lane::Patient => tools.renderer.patient_process(),
    };
    if is_first {
        tell_confinement(&tools.renderer).await;
    }
    let mut looks = 0_u32;
    let mut house_due = if is_first { tools.clock.now() } else { Millis::MAX };
    while !stopping.load(Ordering::SeqCst) {
        if tools.clock.now() >= house_due {
            house_due = tools.clock.now().saturating_add(HOUR);
            keep_house(tools, bell).await;
        }
        let worked = tokio::select! {
            worked = work_once(tools, lane, &mut process, stopping) => worked,
            // A job that may take minutes is left: the next start takes it up again.
            () = told_to_stop(bell, stopping), if lane == Lane::Patient => break,
        };
        match worked {
            Ok(true) => looks = 0,
            Ok(false) => {
                looks = looks.saturating_add(1);
                if looks == PATIENT_LOOKS {
                    process.rest();
                }
                let _ = tokio::time::timeout(LOOK_EVERY, bell.0.notified()).await;
            }
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the queue cannot be read"
                );
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

/// Finishes uploads that were left whole, ends those that nobody went on with, and looks after files that belong to nobody.
async fn keep_house(tools: &Tools, bell: &Bell) {
    let Some(uploads) = &tools.uploads else { return };
    let ages = Ages::beside_others(tools.clock.now());
    sweep_originals(&tools.db, &tools.store, ages.originals).await;
    if let Err(error) = sweep_cut_off(tools, ages).await {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "what was cut off could not be cleared away"
        );
    }
    match renditions::fill_checksums(&tools.db, &tools.store).await {
        Ok(0) => {}
        Ok(filled) => tracing::info!(filled, "checksums of older renditions were written down"),
        Err(error) => tracing::error!(
            error = &error as &dyn std::error::Error,
            "checksums of older renditions could not be written down"
        ),
    }
    match uploads.sweep().await {
        Ok(swept) if swept != Swept::default() => {
            tracing::info!(
                finished = swept.finished,
                expired = swept.expired,
                strays = swept.strays,
                "uploads were put in order"
            );
            bell.ring();
        }
        Ok(_) => {}
        Err(error) => tracing::error!(
            error = &error as &dyn std::error::Error,
            "uploads could not be put in order"
        ),
    }
}

/// Removes folders of renditions that nobody recorded, and uploads that nobody holds.
async fn sweep_cut_off(tools: &Tools, ages: Ages) -> Result<(), RenditionError> {
    renditions::sweep_unknown(&tools.db, &tools.store, ages.renditions).await?;
    tools.store.sweep_incoming(ages.originals)?;
    Ok(())
}

/// Lets a child try what it must not be able to do, and says in the log what the system does not keep it from.
async fn tell_confinement(renderer: &Renderer) {
    let mut lacking = Vec::new();
    for (attempt, what) in [
        (Attempt::Open, "opening files (Landlock, Linux 5.13, or seccomp)"),
        (
            Attempt::Connect,
            "using the network (Landlock, Linux 6.7, or seccomp)",
        ),
        (Attempt::Execute, "starting programs (seccomp)"),
    ] {
        if !matches!(renderer.attempt(attempt).await, Ok(true)) {
            lacking.push(what);
        }
    }
    if lacking.is_empty() {
        tracing::debug!(
            "photographs are decoded in a process that can open no file, use no network and start no program"
        );
    } else {
        tracing::warn!(
            "this system does not keep the process that decodes photographs from {}: run it on a newer kernel before you take files from strangers",
            lacking.join(", ")
        );
    }
}

async fn told_to_stop(bell: &Bell, stopping: &AtomicBool) {
    while !stopping.load(Ordering::SeqCst) {
        let _ = tokio::time::timeout(LOOK_EVERY, bell.0.notified()).await;
    }
}

/// Works one job of a lane if there is one that is due; says whether there was.
///
/// # Errors
/// Those of the database; a job's own failure is recorded, not returned.
async fn work_once(
    tools: &Tools,
    lane: Lane,
    process: &mut RenderProcess,
    stopping: &AtomicBool,
) -> Result<bool, DbError> {
    let now = tools.clock.now();
    // Looking is cheap and shares the disk with nobody; only a job that is there takes the writing connection.
    let due = tools
        .db
        .read(move |conn| queue::next_due(conn, lane).map_err(DbError::from))
        .await?;
    if due.is_none_or(|due| due > now) {
        return Ok(false);
    }
    let Some(job) = tools
        .db
        .write(move |conn| queue::claim(conn, lane, now).map_err(DbError::from))
        .await?
    else {
        return Ok(false);
    };
    let (kind, began) = (job.kind.as_str(), Instant::now());
    let result = if job.try_number > queue::MOST_TRIES {
        // Whatever it does to the program, it must not do it for ever.
        Err(RenditionError::Final(
            "the server ended each time while it was at work on this".to_owned(),
        ))
    } else {
        carry_out(tools, &job, process).await
    };
    let outcome = if result.is_ok() {
        Outcome::Done
    } else {
        Outcome::Failed
    };
    tools.meters.worked(kind, outcome, began.elapsed());
    if let Err(error) = &result {
        let reason = error.to_string();
        tracing::warn!(job = %job.id, subject = job.subject_id, try_number = job.try_number, reason, "a job failed");
    }
    let stops = || stopping.load(Ordering::SeqCst);
    write_down("a job", stops, || settle(tools, &job, result.as_ref().err()))
        .await
        .map(|()| true)
}

async fn carry_out(tools: &Tools, job: &Job, process: &mut RenderProcess) -> Result<(), RenditionError> {
    let Tools { db, store, clock, .. } = tools;
    let photo: PhotoId = job
        .subject_id
        .parse()
        .map_err(|error: crate::id::NotAnId| RenditionError::Final(error.to_string()))?;
    match job.kind {
        JobKind::RenderPhoto => renditions::make(db, store, process, &photo, clock.now()).await?,
        JobKind::RenderAvif => renditions::make_avif(db, store, process, &photo, clock.now()).await?,
        JobKind::DeliverWebhook => {
            return Err(RenditionError::Final("webhooks are the courier’s".to_owned()));
        }
        JobKind::SweepRenditions => return story::photos::sweep(db, store, photo).await.map_err(swept),
        JobKind::ConcealPhoto => {
            let concealed = story::photos::conceal(db, store, &photo, clock.now()).await;
            if !concealed.map_err(swept)? {
                return Ok(());
            }
            tools.readers.tell();
        }
    }
    let count = async || {
        db.read(|conn| site::query::public_changes(conn).map_err(RenditionError::from))
            .await
    };
    let before = count().await?;
    let settled = story::photos::settle_public(db, store, &photo, clock.now()).await;
    if count().await? != before {
        tools.readers.tell();
    }
    settled.map_err(swept)
}

fn swept(error: SweepError) -> RenditionError {
    match error {
        SweepError::Store(error) => error.into(),
        SweepError::Db(error) => error.into(),
    }
}

/// Writes down how something went. What was claimed is nobody else's: while the disk is in trouble it is tried until it can be, or until it stops.
async fn write_down<W: Future<Output = Result<(), DbError>>>(
    what: &str,
    stops: impl Fn() -> bool,
    mut write: impl FnMut() -> W,
) -> Result<(), DbError> {
    let mut is_told = false;
    loop {
        match write().await {
            Err(error) if error.trouble().is_some() && !stops() => {
                if !is_told {
                    is_told = true;
                    tracing::error!(
                        what,
                        error = &error as &dyn std::error::Error,
                        "how it went cannot be written down; it is tried until it can"
                    );
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
            written => return written,
        }
    }
}

/// Writes down how a job went.
async fn settle(tools: &Tools, job: &Job, error: Option<&RenditionError>) -> Result<(), DbError> {
    let (job, now) = (job.clone(), tools.clock.now());
    let Some(error) = error else {
        return tools
            .db
            .write(move |conn| queue::finish(conn, &job.id).map_err(DbError::from))
            .await;
    };
    let (reason, is_final) = (error.to_string(), error.is_final());
    tools
        .db
        .write(move |conn| {
            let again = if is_final && job.kind == JobKind::ConcealPhoto {
                // It says nowhere else that a place may still be public.
                queue::leave_failed(conn, &job, &reason)?;
                false
            } else if is_final {
                queue::finish(conn, &job.id)?;
                false
            } else {
                queue::fail(conn, &job, &reason, now)?
            };
            if !again
                && job.kind == JobKind::RenderPhoto
                && let Ok(photo) = job.subject_id.parse()
            {
                renditions::give_up(conn, &photo, &reason, now)?;
            }
            Ok(())
        })
        .await
}
