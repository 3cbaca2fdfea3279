//! What the program counts of its own work, for whoever watches over it. Nothing here names a person, an address or a story.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Bounds in seconds between which requests are counted: a page that lies ready takes less than the first, a large upload more than the last.
const REQUEST_BOUNDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// Bounds in seconds between which jobs are counted: renditions take about one, AVIFs many.
const JOB_BOUNDS: [f64; 9] = [0.05, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0];

/// Three words that tell one series from another.
type Three = [(&'static str, String); 3];
/// Two of them.
type Two = [(&'static str, &'static str); 2];
/// One of them.
type One = [(&'static str, &'static str); 1];
type Histograms = Family<One, Histogram, fn() -> Histogram>;

/// The counters; clones share them.
#[derive(Clone)]
pub struct Meters(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: Family<Three, Counter>,
    request_seconds: Histograms,
    ready_pages: Counter,
    ready_media: Counter,
    jobs: Family<Two, Counter>,
    job_seconds: Histograms,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It failed, and is tried again or given up.
    Failed,
}

/// What lay ready when it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// A page, a feed or an answer of the API.
    Page,
    /// A picture.
    Media,
}

impl Default for Meters {
    fn default() -> Self {
        let requests = Family::default();
        let request_seconds = Histograms::new_with_constructor(|| Histogram::new(REQUEST_BOUNDS));
        let (ready_pages, ready_media) = (Counter::default(), Counter::default());
        let jobs = Family::default();
        let job_seconds = Histograms::new_with_constructor(|| Histogram::new(JOB_BOUNDS));
        let mut registry = Registry::with_prefix("reportage");
        registry.register(
            "requests",
            "Requests that needed work, by method, route and status",
            Family::clone(&requests),
        );
        registry.register(
            "request_seconds",
            "Seconds until the answer to a request that needed work began",
            Family::clone(&request_seconds),
        );
        registry.register(
            "ready_pages",
            "Pages, feeds and answers of the API that lay ready",
            ready_pages.clone(),
        );
        registry.register("ready_media", "Pictures that lay ready", ready_media.clone());
        registry.register(
            "jobs",
            "Jobs that ended, by kind and outcome",
            Family::clone(&jobs),
        );
        registry.register(
            "job_seconds",
            "Seconds that a job took that is done",
            Family::clone(&job_seconds),
        );
        Self(Arc::new(Inner {
            registry,
            requests,
            request_seconds,
            ready_pages,
            ready_media,
            jobs,
            job_seconds,
        }))
    }
}

impl Meters {
    /// All of them, to be written down.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// A request was answered. The method is one of a few known words; the route is a pattern, never an address: some addresses are secrets, and there are endlessly many.
    pub fn answered(
        &self,
        method: &'static str,
        route: Option<&str>,
        audience: &'static str,
        status: u16,
        took: Duration,
    ) {
        let labels = [
            ("method", method.to_owned()),
            ("route", route.unwrap_or("none").to_owned()),
            ("status", status.to_string()),
        ];
        self.0.requests.get_or_create(&labels).inc();
        let seconds = self.0.request_seconds.get_or_create(&[("audience", audience)]);
        seconds.observe(took.as_secs_f64());
    }

    /// An answer lay ready.
    pub fn was_ready(&self, what: Ready) {
        match what {
            Ready::Page => self.0.ready_pages.inc(),
            Ready::Media => self.0.ready_media.inc(),
        };
    }

    /// A job has ended.
    pub fn worked(&self, kind: &'static str, outcome: Outcome, took: Duration) {
        let word = match outcome {
            Outcome::Done => "done",
            Outcome::Failed => "failed",
        };
        let labels = [("kind", kind), ("outcome", word)];
        self.0.jobs.get_or_create(&labels).inc();
        if outcome == Outcome::Done {
            let seconds = self.0.job_seconds.get_or_create(&[("kind", kind)]);
            seconds.observe(took.as_secs_f64());
        }
    }
}

impl fmt::Debug for Meters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meters")
    }
}
