//! How a server comes up and ends: what it is made of, in which order it begins, and in which it stops.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{HttpServer, web};

use super::metrics::Telling;
use super::urls::Urls;
use super::{
    App, assets, at_once, cache, events, extract, guard, letters, linger, media, page, presence, present,
    repeat, rooms, strangers, turns, warm,
};
use crate::account::passkey::Passkeys;
use crate::account::password::Passwords;
use crate::clock::{Clock, ClockWatch};
use crate::config::Config;
use crate::db::{Db, DbError};
use crate::meters::Meters;
use crate::photo::render::Renderer;
use crate::site::query as site_query;
use crate::store::Store;
use crate::story;
use crate::upload::Uploads;
use crate::webhook::post::Poster;
use crate::worker::courier::{self, Courier, Scribe};
use crate::worker::scheduler::{self, Scheduler};
use crate::worker::{self, Readers, Threads, Tools, Worker};

/// How long a connection is kept for the next request: for longer than a proxy keeps one to its server. Where the server closes first, a request that is on
/// its way meanwhile is lost.
///
/// Source: what proxies do unless told otherwise: nginx 60 s (`keepalive_timeout` of an upstream), load balancers mostly 60 s.
const KEPT_OPEN: Duration = Duration::from_secs(75);

/// How long the head of a request may take to come: as long as a body may stand still.
const PATIENCE_FOR_HEADS: Duration = Duration::from_secs(30);

/// A server that is up.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its application.
    pub app: web::Data<App>,
    handle: ServerHandle,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
    watch: tokio::task::JoinHandle<()>,
    worker: Worker,
    scheduler: Scheduler,
    courier: Courier,
    telling: Option<Telling>,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}; is another program using it? Choose another address with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What stopped it.
        #[source]
        source: std::io::Error,
    },
    /// The address for metrics is taken or not ours.
    #[error(
        "cannot listen on {address} for metrics; is another program using it? Choose another address with --metrics-listen"
    )]
    ListenForMetrics {
        /// The address.
        address: SocketAddr,
        /// What stopped it.
        #[source]
        source: std::io::Error,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Db(#[from] crate::db::DbError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// Password hashing cannot be set up.
    #[error(transparent)]
    Passwords(#[from] crate::account::password::PasswordError),
    /// The server for e-mail cannot be used as it is configured.
    #[error("e-mail cannot be sent as it is configured")]
    Letters(#[from] letters::LetterError),
    /// A thread or process cannot be started.
    #[error("the server cannot be started")]
    Io(#[from] std::io::Error),
}

/// Starts the server and its worker; both run until [`Running::stop`].
///
/// # Errors
/// [`StartError`].
pub fn start(config: Config, db: Db, store: Store, clock: Clock) -> Result<Running, StartError> {
    let listen = |source| StartError::Listen {
        address: config.listen,
        source,
    };
    let listener = TcpListener::bind(config.listen).map_err(listen)?;
    give_up_on_the_deaf(&listener, config.answer_patience).map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let base = config
        .base_url
        .as_ref()
        .map_or_else(|| format!("http://{address}"), ToString::to_string);
    let pages = cache::Pages::default();
    let store = store.keeping_free(config.min_free_bytes);
    let uploads = Uploads::new(db.clone(), store.clone(), clock.clone(), config.limits);
    let tools = Tools {
        db: db.clone(),
        store: store.clone(),
        uploads: Some(uploads.clone()),
        renderer: renderer(&config)?,
        clock: clock.clone(),
        readers: readers(&pages),
        meters: Meters::default(),
    };
    let worker = worker::start(
        &tools,
        Threads {
            prompt: config.render_threads,
            patient: config.avif_threads,
        },
    )?;
    let settings = db.write_now(|conn| {
        story::listing::complete(conn)?;
        story::finding::complete(conn)?;
        Ok::<_, DbError>(site_query::find_settings(conn)?.0)
    })?;
    let changes = db.watch()?;
    let clock_watch = ClockWatch::new(clock.clone());
    let scheduler = scheduler::start(scheduler::Tools {
        db: db.clone(),
        store: store.clone(),
        clock: clock.clone(),
        watch: clock_watch.clone(),
        readers: tools.readers.clone(),
    })?;
    let urls = Urls::new(&base, assets::versions());
    let courier = courier::start(couriers_tools(&config, &tools, &urls))?;
    let app = web::Data::new(App {
        passwords: Passwords::new(config.password_cost)?,
        urls,
        site: Arc::new(RwLock::new(Arc::new(page::Site::new(&config, settings)))),
        pages,
        media: media::Media::default(),
        passkeys: Passkeys::new(&config),
        letters: config.mail.as_ref().map(letters::Letters::new).transpose()?,
        presence: presence::Presence::default(),
        under_way: repeat::UnderWay::default(),
        searches: turns::Turns::default(),
        strangers: strangers::Strangers::default(),
        large_forms: strangers::Strangers::for_people(),
        bell: worker.bell(),
        meters: tools.meters.clone(),
        config,
        db,
        store,
        uploads,
        clock,
        clock_watch,
    });
    let watch = cache::watch(app.db.clone(), changes, {
        let app = app.clone();
        move |settings| app.set_site(settings)
    });
    let telling = match app.config.metrics_listen {
        Some(listen) => Some(Telling::start(listen, app.clone())?),
        None => None,
    };
    let server = serve(listener, app.clone())?;
    let handle = server.handle();
    tokio::spawn(warm(app.clone()));
    let db = app.db.clone();
    tokio::spawn(async move { story::freshen::try_freshen(&db).await });
    Ok(Running {
        address,
        app,
        handle,
        server: tokio::spawn(server),
        watch,
        worker,
        scheduler,
        courier,
        telling,
    })
}

/// Lets the kernel close connections of clients that ask and then take nothing of the answer: the framework would hold it for them as long as they
/// like. Connections have it from their listener.
///
/// Source: tcp(7), `TCP_USER_TIMEOUT`: it ends a connection whose sent bytes stay unacknowledged for so long, or whose buffered bytes a window of
/// zero holds back.
#[cfg(target_os = "linux")]
fn give_up_on_the_deaf(listener: &TcpListener, patience: Duration) -> std::io::Result<()> {
    let millis = u32::try_from(patience.as_millis()).unwrap_or(u32::MAX);
    Ok(rustix::net::sockopt::set_tcp_user_timeout(listener, millis)?)
}

#[cfg(not(target_os = "linux"))]
fn give_up_on_the_deaf(_: &TcpListener, _: Duration) -> std::io::Result<()> {
    Ok(())
}

/// Answers readers, the desk and programs on an address.
fn serve(listener: TcpListener, shared: web::Data<App>) -> std::io::Result<Server> {
    Ok(HttpServer::new(move || {
        actix_web::App::new()
            .app_data(shared.clone())
            .app_data(web::PayloadConfig::new(extract::MOST_BODY_BYTES))
            .app_data(web::FormConfig::default().limit(extract::MOST_BODY_BYTES))
            .wrap(from_fn(present))
            .wrap(from_fn(guard))
            // Last named, first asked.
            .wrap(from_fn(at_once))
            .configure(rooms)
    })
    .on_connect(linger::remember)
    .keep_alive(KEPT_OPEN)
    .client_request_timeout(PATIENCE_FOR_HEADS)
    .workers(std::thread::available_parallelism().map_or(2, std::num::NonZero::get))
    .listen(listener)?
    .shutdown_timeout(30)
    // Signals are the program's business: it listens for them before it says that it is up.
    .disable_signals()
    .run())
}

fn readers(pages: &cache::Pages) -> Readers {
    let pages = pages.clone();
    Readers::new(move || pages.clear())
}

fn renderer(config: &Config) -> Result<Renderer, StartError> {
    let timeout = config.render_timeout;
    Ok(match &config.renderer {
        Some(program) => Renderer::new(program.clone(), timeout),
        None => Renderer::of_this_program(timeout)?,
    })
}

fn couriers_tools(config: &Config, tools: &Tools, urls: &Urls) -> courier::Tools {
    let urls = urls.clone();
    courier::Tools {
        db: tools.db.clone(),
        clock: tools.clock.clone(),
        readers: tools.readers.clone(),
        poster: Poster::new(config.webhooks_allow_private, config.webhook_patience),
        scribe: Scribe::new(move |event| events::body(event, &urls)),
    }
}

impl Running {
    /// Where Prometheus may ask, if it may.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.telling.as_ref().map(|telling| telling.address)
    }

    /// Waits until the server fails of itself, which it should never do.
    ///
    /// # Errors
    /// Those of the server.
    pub async fn failed(&mut self) -> std::io::Result<()> {
        (&mut self.server).await.map_err(std::io::Error::other)?
    }

    /// Ends the server after the requests under way, and the worker after its jobs.
    pub async fn stop(self) {
        self.app.presence.close();
        self.handle.stop(true).await;
        if let Some(telling) = self.telling {
            telling.stop().await;
        }
        self.watch.abort();
        let (worker, scheduler, courier) = (self.worker, self.scheduler, self.courier);
        let _ = tokio::task::spawn_blocking(move || {
            scheduler.stop();
            courier.stop();
            worker.stop();
        })
        .await;
    }
}
