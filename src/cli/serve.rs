//! `reportage serve`: the server on a data folder, until a signal.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{open_database, open_store, say};
use crate::account::setup;
use crate::clock::{Clock, HOUR};
use crate::config::Config;
use crate::web::{self, Running};

/// Serves until SIGTERM or Ctrl-C.
pub(super) fn serve(config: Config) -> anyhow::Result<()> {
    run(config, async |_| Ok(()))
}

/// Serves, and does `first` once the server is up.
pub(super) fn run(
    config: Config,
    first: impl AsyncFnOnce(&Running) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let db = open_database(&config.data)?;
    let store = open_store(&config.data)?;
    let _lock = lock(&config.data)?;
    let clock = Clock::system();
    // Younger ones may be an import’s that is at work beside this.
    store.sweep_incoming(clock.now() - HOUR)?;
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

/// The file that a server holds while it is at work.
const LOCK: &str = "reportage.lock";

/// Whether a server is at work on a data folder.
pub(super) fn is_served(data: &Path) -> bool {
    let Ok(file) = File::open(data.join(LOCK)) else {
        return false;
    };
    // Shared, so that two who only look do not take each other for a server; given back at once.
    matches!(file.try_lock_shared(), Err(std::fs::TryLockError::WouldBlock))
}

/// Takes the data folder for this server alone.
fn lock(data: &Path) -> anyhow::Result<File> {
    let path = data.join(LOCK);
    let file = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            bail!(
                "another server is using the data folder {}; stop it first, or choose another with --data",
                data.display()
            )
        }
        Err(std::fs::TryLockError::Error(error)) => Err(error).context("the data folder cannot be locked"),
    }
}
