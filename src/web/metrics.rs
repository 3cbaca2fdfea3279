//! What Prometheus asks, at an address of its own: readers must not see it, and a network between may let it through to nobody else.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::AtomicU64;

use actix_web::dev::ServerHandle;
use actix_web::{HttpResponse, HttpServer, web};
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::App;
use super::error::Failure;
use super::start::StartError;
use crate::clock::{Millis, SECOND};
use crate::photo::query::{Held, held};
use crate::queue::{self, Lane};

/// Source: `OpenMetrics` 1.0, section 5.1.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Number = Gauge<f64, AtomicU64>;

/// The address at which the program tells of itself.
pub(super) struct Telling {
    /// Where it listens.
    pub(super) address: SocketAddr,
    handle: ServerHandle,
}

impl Telling {
    /// Begins to answer.
    pub(super) fn start(listen: SocketAddr, app: web::Data<App>) -> Result<Self, StartError> {
        let taken = |source| StartError::ListenForMetrics {
            address: listen,
            source,
        };
        let listener = TcpListener::bind(listen).map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        let server = HttpServer::new(move || {
            actix_web::App::new()
                .app_data(app.clone())
                .route("/metrics", web::get().to(tell))
        })
        .workers(1)
        .listen(listener)?
        .disable_signals()
        .shutdown_timeout(1)
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Ok(Self { address, handle })
    }

    pub(super) async fn stop(self) {
        self.handle.stop(false).await;
    }
}

/// Counters since the start, and how things stand at this moment.
async fn tell(app: web::Data<App>) -> HttpResponse {
    let now = app.clock.now();
    let read = app
        .db
        .read(|conn| Standing::read(conn).map_err(Failure::from))
        .await;
    let mut text = String::new();
    // What cannot be read is left out and told as such; the rest is as true as ever.
    let written = encode_registry(&mut text, app.meters.registry())
        .and_then(|()| encode_registry(&mut text, &moment(&app, read.as_ref().ok(), now)))
        .and_then(|()| encode_registry(&mut text, &process()))
        .and_then(|()| encode_eof(&mut text));
    if written.is_err() {
        return HttpResponse::InternalServerError().finish();
    }
    HttpResponse::Ok().content_type(OPEN_METRICS).body(text)
}

/// What the database tells.
struct Standing {
    jobs: Vec<(String, String, i64)>,
    due: [(&'static str, Option<Millis>); 2],
    held: Held,
}

impl Standing {
    fn read(conn: &mut crate::db::Conn) -> diesel::QueryResult<Self> {
        Ok(Self {
            jobs: queue::count(conn)?,
            due: [
                ("prompt", queue::next_due(conn, Lane::Prompt)?),
                ("patient", queue::next_due(conn, Lane::Patient)?),
            ],
            held: held(conn)?,
        })
    }
}

/// How things stand.
fn moment(app: &App, standing: Option<&Standing>, now: Millis) -> Registry {
    let mut all = Registry::with_prefix("reportage");
    let version = vec![("version", env!("CARGO_PKG_VERSION"))];
    all.register("build", "The program", Info::new(version));
    number(
        &mut all,
        "database_up",
        "1 as long as the database can be read",
        f64::from(u8::from(standing.is_some())),
    );
    let room = app.store.room();
    number(
        &mut all,
        "store_writable",
        "0 after the disk of the uploads failed to sync",
        f64::from(u8::from(room.is_writable)),
    );
    bytes(
        &mut all,
        "disk_free",
        "Bytes free on the disk of the uploads",
        room.free,
    );
    bytes(
        &mut all,
        "disk_kept_free",
        "Bytes of it that stay free: with less, nothing is taken",
        room.stays_free,
    );
    let ahead = seconds(app.clock_watch.ahead_by().unwrap_or_default());
    all.register_with_unit(
        "clock_ahead",
        "Seconds by which the clock runs ahead; above 0 nothing is published by the hour until it is right or an administrator confirms it",
        Unit::Seconds,
        ConstGauge::new(ahead),
    );
    let Some(standing) = standing else { return all };
    let jobs = Family::<[(&str, String); 2], Number>::default();
    for (kind, state, count) in &standing.jobs {
        let labels = [("kind", kind.clone()), ("state", state.clone())];
        jobs.get_or_create(&labels).set(float(*count));
    }
    all.register("queue_jobs", "Jobs in the queue, by kind and state", jobs);
    let late = Family::<[(&str, &str); 1], Number>::default();
    for (lane, due) in standing.due {
        let late_by = due.map_or(0, |due| now.saturating_sub(due).max(0));
        late.get_or_create(&[("lane", lane)]).set(seconds(late_by));
    }
    all.register_with_unit(
        "queue_late",
        "Seconds since the oldest waiting job was due",
        Unit::Seconds,
        late,
    );
    number(&mut all, "photos", "Photographs", float(standing.held.photos));
    number(&mut all, "originals", "Originals", float(standing.held.originals));
    bytes(
        &mut all,
        "originals",
        "Bytes of all originals",
        u64::try_from(standing.held.bytes).unwrap_or_default(),
    );
    all
}

/// What every program tells, under the names that Prometheus' own libraries use. Read from `/proc`, where there is one.
fn process() -> Registry {
    let mut all = Registry::with_prefix("process");
    let Some(stat) = std::fs::read_to_string("/proc/self/stat").ok() else {
        return all;
    };
    // Source: proc_pid_stat(5): the name in brackets may hold spaces, so fields are counted behind it; the first there is the third.
    let fields: Vec<u64> = stat
        .rsplit_once(')')
        .map(|(_, rest)| {
            rest.split_ascii_whitespace()
                .map(|field| field.parse().unwrap_or_default())
                .collect()
        })
        .unwrap_or_default();
    let field = |number: usize| fields.get(number - 3).copied().unwrap_or_default();
    let ticks = precise(rustix::param::clock_ticks_per_second());
    all.register_with_unit(
        "cpu",
        "Seconds of processor time, without those of the processes that decode",
        Unit::Seconds,
        ConstCounter::new(precise(field(14) + field(15)) / ticks),
    );
    let page = u64::try_from(rustix::param::page_size()).unwrap_or(4096);
    bytes(&mut all, "resident_memory", "Bytes of memory", field(24) * page);
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        number(
            &mut all,
            "open_fds",
            "Open files and connections",
            precise(u64::try_from(open.count()).unwrap_or_default()),
        );
    }
    all
}

fn number(all: &mut Registry, name: &str, help: &str, value: f64) {
    all.register(name, help, ConstGauge::new(value));
}

fn bytes(all: &mut Registry, name: &str, help: &str, value: u64) {
    all.register_with_unit(name, help, Unit::Bytes, ConstGauge::new(precise(value)));
}

fn seconds(millis: Millis) -> f64 {
    float(millis) / float(SECOND)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "figures on a chart; nine petabytes are exact"
)]
fn float(value: i64) -> f64 {
    value as f64
}

#[expect(
    clippy::cast_precision_loss,
    reason = "figures on a chart; nine petabytes are exact"
)]
fn precise(value: u64) -> f64 {
    value as f64
}
