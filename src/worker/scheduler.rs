//! The scheduler: lets stories go out when their moment has come, with nobody visiting. It has a thread of its own, so that no rendering makes it late.
//!
//! What fell due while the program was off goes out with the first look. While the machine's clock has jumped ahead nothing goes out: a story that is a
//! day too early cannot be taken back from those who have read it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::Notify;

use super::Readers;
use crate::clock::{Clock, ClockWatch};
use crate::db::Db;
use crate::store::Store;
use crate::story::schedule;

/// How often it looks whether something is due: what is due at nine is there within the second.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What the scheduler needs.
#[derive(Debug, Clone)]
pub struct Tools {
    /// The database.
    pub db: Db,
    /// The object store.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Whether it can be believed.
    pub watch: ClockWatch,
    /// Told when something went out.
    pub readers: Readers,
}

/// The running scheduler.
#[derive(Debug)]
pub struct Scheduler {
    stopping: Arc<AtomicBool>,
    wake: Arc<Notify>,
    thread: JoinHandle<()>,
}

/// Starts it.
///
/// # Errors
/// Those of starting a thread.
pub fn start(tools: Tools) -> Result<Scheduler, std::io::Error> {
    let stopping = Arc::new(AtomicBool::new(false));
    let wake = Arc::new(Notify::new());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (told, woken) = (Arc::clone(&stopping), Arc::clone(&wake));
    let thread = std::thread::Builder::new()
        .name("scheduler".to_owned())
        .spawn(move || runtime.block_on(keep_time(&tools, &told, &woken)))?;
    Ok(Scheduler {
        stopping,
        wake,
        thread,
    })
}

impl Scheduler {
    /// Lets what is going out go out, and ends.
    pub fn stop(self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.wake.notify_one();
        if self.thread.join().is_err() {
            tracing::error!("the scheduler ended in a panic");
        }
    }
}

async fn keep_time(tools: &Tools, stopping: &AtomicBool, wake: &Notify) {
    let mut was_ahead = false;
    while !stopping.load(Ordering::SeqCst) {
        let ahead = tools.watch.ahead_by();
        if ahead.is_some() != was_ahead {
            was_ahead = ahead.is_some();
            tell(ahead);
        }
        if ahead.is_none() {
            look(tools).await;
        }
        let _ = tokio::time::timeout(LOOK_EVERY, wake.notified()).await;
    }
}

fn tell(ahead: Option<i64>) {
    if let Some(ahead_ms) = ahead {
        tracing::error!(
            ahead_ms,
            "this machine's clock was set ahead: nothing is published by the hour until it is right again, or an administrator confirms at the desk that it is"
        );
    } else {
        tracing::info!("the clock is believed again: what is due is published");
    }
}

async fn look(tools: &Tools) {
    let now = tools.clock.now();
    // Whoever is told of the first story must not find it missing until the last is out.
    let released = schedule::release_due(&tools.db, &tools.store, now, || tools.readers.tell()).await;
    if let Err(error) = released {
        let error: &dyn std::error::Error = &error;
        tracing::error!(error, "the scheduler cannot use the database");
    }
}
