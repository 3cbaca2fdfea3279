//! What an operator may set: where the data lies, where to listen, under which name, and the limits. Parsed by `cli`, used everywhere.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::clock::{HOUR, Millis};
use crate::imaging::probe::Limits;

/// How long a session lives without being used, and at most.
#[derive(Debug, Clone, Copy)]
pub struct Lifetime {
    /// Milliseconds without a request after which it ends.
    pub idle: Millis,
    /// Milliseconds after which it ends whatever happens.
    pub whole: Millis,
}

impl Default for Lifetime {
    /// Two hours unused, 24 hours at most.
    fn default() -> Self {
        Self {
            idle: 2 * HOUR,
            whole: 24 * HOUR,
        }
    }
}

/// Cost of one password hash.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for Cost {
    /// 64 MiB and 3 passes. Source: RFC 9106, section 4, second recommendation.
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
        }
    }
}

impl Cost {
    /// 19 MiB and 2 passes, the least that is allowed; for tests, which sign in often.
    pub const FLOOR: Self = Self {
        memory_kib: 19 * 1024,
        passes: 2,
    };
}

/// Settings of a running server.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder with `reportage.db` and `uploads/`.
    pub data: PathBuf,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Scheme, host and port under which readers know the site, without a closing slash; `None` is the listening address.
    pub base_url: Option<url::Url>,
    /// Addresses of reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Address at which Prometheus may ask, apart from readers; `None` answers nobody.
    pub metrics_listen: Option<SocketAddr>,
    /// The site's name, whatever is set at the desk.
    pub site_name: Option<String>,
    /// The accent colour of the reader's pages, `#rrggbb`, whatever is set at the desk.
    pub accent_color: Option<String>,
    /// What a photograph may measure.
    pub limits: Limits,
    /// Bytes that stay free on the disk of the uploads whatever comes; `None` is the larger of 1 GiB and a twentieth of the disk.
    pub min_free_bytes: Option<u64>,
    /// How long a request's body may stand still before it is given up.
    pub body_patience: Duration,
    /// How long a client may take nothing of an answer before it is given up, where the kernel sees to that (Linux).
    pub answer_patience: Duration,
    /// How long sessions live.
    pub sessions: Lifetime,
    /// What a password hash costs.
    pub password_cost: Cost,
    /// Program that renders photos; `None` is this very program.
    pub renderer: Option<PathBuf>,
    /// How long the rendering of one photo may take.
    pub render_timeout: Duration,
    /// Photos rendered at once.
    pub render_threads: usize,
    /// Through which server letters go out; without one, links are handed over by those who make them.
    pub mail: Option<Mail>,
    /// Whether webhooks may lead into private networks, and there without TLS.
    pub webhooks_allow_private: bool,
    /// How long one try to deliver to a webhook may take.
    pub webhook_patience: Duration,
    /// Photos of which AVIFs are made at once, as long as nobody else wants the machine; 0 makes none.
    pub avif_threads: usize,
}

impl Config {
    /// Settings for a data folder and an address, everything else as it comes.
    #[must_use]
    pub fn new(data: PathBuf, listen: SocketAddr) -> Self {
        Self {
            data,
            listen,
            base_url: None,
            trusted_proxies: Vec::new(),
            mail: None,
            metrics_listen: None,
            site_name: None,
            accent_color: None,
            limits: Limits::default(),
            min_free_bytes: None,
            body_patience: Duration::from_secs(30),
            answer_patience: Duration::from_mins(1),
            sessions: Lifetime::default(),
            password_cost: Cost::default(),
            renderer: None,
            render_timeout: Duration::from_mins(1),
            render_threads: 2,
            webhooks_allow_private: false,
            webhook_patience: Duration::from_secs(15),
            avif_threads: 1,
        }
    }
}

/// A server that takes letters for others.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// `smtp://` or `smtps://` with host, and port, name and password where the server wants them; `?tls=required` asks for STARTTLS.
    pub server: url::Url,
    /// Who writes: `desk@example.org` or `The Desk <desk@example.org>`.
    pub from: String,
}

impl std::fmt::Debug for Mail {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail")
            .field("host", &self.server.host_str())
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// The database's file in a data folder.
#[must_use]
pub fn database_path(data: &std::path::Path) -> PathBuf {
    data.join("reportage.db")
}

/// The object store's folder in a data folder.
#[must_use]
pub fn uploads_path(data: &std::path::Path) -> PathBuf {
    data.join("uploads")
}
