//! The courier: sends events to webhooks. It has a thread of its own, so that no receiver that is slow makes a photograph late.
//!
//! To one webhook nothing goes out while something is on its way there: events arrive in their order as long as all goes well, and a receiver
//! that does not answer holds up nobody but itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::Readers;
use crate::clock::{Clock, HOUR, Millis};
use crate::db::{Conn, Db, DbError};
use crate::id::{EventId, WebhookId};
use crate::webhook::deliver::{self, Order};
use crate::webhook::post::Poster;
use crate::webhook::{Event, log};

/// How often it looks whether something is due.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Deliveries on their way at once.
const MOST_AT_ONCE: usize = 16;
/// How long deliveries on their way are waited for at the end; the next start sends again what was cut off.
const FAREWELL: Duration = Duration::from_secs(5);

/// Writes what an event says, links and all.
#[derive(Clone)]
pub struct Scribe(Arc<dyn Fn(&Event) -> String + Send + Sync>);

impl Scribe {
    /// Writes with this.
    #[must_use]
    pub fn new(write: impl Fn(&Event) -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }
}

impl std::fmt::Debug for Scribe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scribe")
    }
}

/// What the courier needs.
#[derive(Debug, Clone)]
pub struct Tools {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Sends.
    pub poster: Poster,
    /// Writes.
    pub scribe: Scribe,
    /// Told before others are told of a story: who asks at once must get what they were told of.
    pub readers: Readers,
}

/// The running courier.
#[derive(Debug)]
pub struct Courier {
    stopping: Arc<AtomicBool>,
    wake: Arc<Notify>,
    thread: JoinHandle<()>,
}

/// Starts it.
///
/// # Errors
/// Those of starting a thread.
pub fn start(tools: Tools) -> Result<Courier, std::io::Error> {
    let stopping = Arc::new(AtomicBool::new(false));
    let wake = Arc::new(Notify::new());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (told, woken) = (Arc::clone(&stopping), Arc::clone(&wake));
    let thread = std::thread::Builder::new()
        .name("courier".to_owned())
        .spawn(move || {
            runtime.block_on(work(&tools, &told, &woken));
            // A name that is still being looked up is not waited for.
            runtime.shutdown_background();
        })?;
    Ok(Courier {
        stopping,
        wake,
        thread,
    })
}

impl Courier {
    /// Lets what is on its way arrive, for a few seconds, and ends.
    pub fn stop(self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.wake.notify_one();
        if self.thread.join().is_err() {
            tracing::error!("the courier ended in a panic");
        }
    }
}

/// What is on its way, and to whom.
#[derive(Default)]
struct Road {
    busy: Vec<WebhookId>,
    deliveries: JoinSet<WebhookId>,
    /// Of what whoever keeps the pages was last told.
    told: Option<EventId>,
}

impl Road {
    fn is_clear(&self) -> bool {
        self.busy.is_empty()
    }

    async fn next_back(&mut self) {
        match self.deliveries.join_next().await {
            Some(Ok(webhook)) => self.busy.retain(|busy| *busy != webhook),
            Some(Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a delivery ended early");
                // Which one is not known; when all are back, nobody is busy.
                if self.deliveries.is_empty() {
                    self.busy.clear();
                }
            }
            None => self.busy.clear(),
        }
    }
}

async fn work(tools: &Tools, stopping: &AtomicBool, wake: &Notify) {
    let mut road = Road::default();
    let mut house_due = tools.clock.now();
    while !stopping.load(Ordering::SeqCst) {
        if tools.clock.now() >= house_due {
            house_due = tools.clock.now().saturating_add(HOUR);
            forget_old(tools).await;
        }
        if let Err(error) = send_out(tools, &mut road).await {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "the outbox cannot be read");
        }
        tokio::select! {
            () = road.next_back(), if !road.is_clear() => {}
            _ = tokio::time::timeout(LOOK_EVERY, wake.notified()) => {}
        }
    }
    let _ = tokio::time::timeout(FAREWELL, async {
        while !road.is_clear() {
            road.next_back().await;
        }
    })
    .await;
}

async fn forget_old(tools: &Tools) {
    let now = tools.clock.now();
    let forgotten = tools
        .db
        .write(move |conn| log::forget_old(conn, now).map_err(DbError::from))
        .await;
    if let Err(error) = forgotten {
        let error: &dyn std::error::Error = &error;
        tracing::error!(error, "old events and secrets cannot be removed");
    }
}

/// Sends out what is due, as far as there is room on the road.
async fn send_out(tools: &Tools, road: &mut Road) -> Result<(), DbError> {
    while road.busy.len() < MOST_AT_ONCE {
        let Some(order) = next(tools, &road.busy).await? else {
            return Ok(());
        };
        road.busy.push(order.webhook.clone());
        // The event may be another process's, or be looked at before whoever made it has come so far. The same event goes to several in a row.
        if order.event.kind.is_of_story() && road.told.as_ref() != Some(&order.event.id) {
            tools.readers.tell();
            road.told = Some(order.event.id.clone());
        }
        let tools = tools.clone();
        road.deliveries.spawn(async move {
            let webhook = order.webhook.clone();
            carry_out(&tools, order).await;
            webhook
        });
    }
    Ok(())
}

async fn next(tools: &Tools, busy: &[WebhookId]) -> Result<Option<Order>, DbError> {
    let (now, busy) = (tools.clock.now(), busy.to_vec());
    // Looking shares the disk with nobody; only what is there takes the writing connection.
    let looked = busy.clone();
    let due = tools
        .db
        .read(move |conn| deliver::is_due(conn, &looked, now).map_err(DbError::from))
        .await?;
    if !due {
        return Ok(None);
    }
    tools
        .db
        .write(move |conn| deliver::claim(conn, &busy, now).map_err(DbError::from))
        .await
}

async fn carry_out(tools: &Tools, order: Order) {
    let (at, begun) = (tools.clock.now(), Instant::now());
    let body = (tools.scribe.0)(&order.event);
    let outcome = tools.poster.post(&order, body, at).await;
    let duration_ms: Millis = i64::try_from(begun.elapsed().as_millis()).unwrap_or(Millis::MAX);
    if let Some(reason) = outcome.error() {
        tracing::warn!(webhook = %order.webhook, event = %order.event.id, reason, "a webhook was not delivered");
    }
    let now = tools.clock.now();
    // Whoever ends the courier waits for a few seconds and leaves it then.
    let recorded = super::write_down(
        "a delivery",
        || false,
        || {
            let (db, order, outcome) = (tools.db.clone(), order.clone(), outcome.clone());
            async move {
                let write =
                    move |conn: &mut Conn| deliver::record(conn, &order, &outcome, at, duration_ms, now);
                db.write(move |conn| write(conn).map_err(DbError::from)).await
            }
        },
    );
    if let Err(error) = recorded.await {
        // The job is still marked as running: the next start sends it again, under the same id.
        let error: &dyn std::error::Error = &error;
        tracing::error!(error, "how a delivery went could not be recorded");
    }
}
