//! `reportage serve`: the server on a data folder, until a signal.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{anyhow, bail};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{database_path, locks, open_database, open_store, say};
use crate::account::setup;
use crate::clock::Clock;
use crate::config::Config;
use crate::web::{self, Running};
use crate::worker;

/// Serves until SIGTERM or Ctrl-C.
pub(super) fn serve(config: Config) -> anyhow::Result<()> {
    run(config, async |_| Ok(()))
}

/// Serves, and does `first` once the server is up.
pub(super) fn run(
    config: Config,
    first: impl AsyncFnOnce(&Running) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    allow_many_connections();
    // Before the database is opened, which may bring it up to date: another version’s server may be at work on it.
    let _lock = locks::serving(&config.data)?;
    let db = open_database(&config.data)?;
    let store = open_store(&config.data)?;
    warn_of_onlookers(&config.data);
    let clock = Clock::system();
    store.sweep_incoming(clock.now())?;
    if let Some(alone) = locks::nobody_imports(&config.data)? {
        worker::sweep_alone(&db, &store, &clock)?;
        drop(alone);
    }
    let base_url = config.base_url.clone();
    actix_web::rt::System::new().block_on(async move {
        let mut ending = Ending::listen()?;
        let mut running = web::start(config, db.clone(), store, clock.clone())?;
        if let Some(secret) = setup::offer(&db, clock.now())? {
            say("There are no accounts yet. Open this link within 24 hours to make the first administrator:");
            say(&format!("  {}", running.app.urls.setup_absolute(&secret)));
        }
        tokio::select! {
            done = first(&running) => done?,
            () = ending.asked() => return stop(running, ending).await,
        }
        if let Some(address) = running.metrics_address() {
            say(&format!("Metrics are at http://{address}/metrics."));
        }
        say(&format!(
            "Reportage is at {}/ (the desk: {}/desk). Stop it with Ctrl-C.",
            running.app.urls.base(),
            running.app.urls.base()
        ));
        if base_url.is_none() && !running.address.ip().is_loopback() {
            tracing::warn!(
                "listening beyond this machine without --base-url: links will name {}",
                running.address
            );
        }
        tokio::select! {
            failed = running.failed() => Err(failed.err().map_or_else(|| anyhow!("the server ended"), Into::into)),
            () = ending.asked() => stop(running, ending).await,
        }
    })
}

/// Takes all open files that this process may have: the usual limit is for programs that look at some files, and clients that are slow keep theirs open.
fn allow_many_connections() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the limit on open files stays as it is"
        );
    }
}

/// Says so where everybody on this machine can read the database: what an earlier version made, or somebody has copied, keeps its modes.
fn warn_of_onlookers(data: &Path) {
    let others_may = |path: &Path, bit: u32| {
        std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & bit != 0)
    };
    if others_may(data, 0o001) && others_may(&database_path(data), 0o004) {
        let data = data.display();
        tracing::warn!(
            "everybody on this machine can read the drafts and places in {data}; take that away: chmod -R go= {data}"
        );
    }
}

/// Lets requests and jobs under way finish; whoever asks a second time does not want to wait for them.
async fn stop(running: Running, mut ending: Ending) -> anyhow::Result<()> {
    tokio::select! {
        () = running.stop() => say("Reportage has stopped."),
        () = ending.asked() => bail!("stopped at once, without waiting for what was under way"),
    }
    Ok(())
}

/// The signals that end a server. They are listened for before anything says that the server is up, so that none is missed.
struct Ending {
    terminate: Signal,
    interrupt: Signal,
}

impl Ending {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
