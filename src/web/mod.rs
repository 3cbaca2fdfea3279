//! HTTP: one server for three audiences. `reader`, `desk` and `api` never import each other; what they share stands beside them here.

pub mod api;
mod aside;
pub mod assets;
pub mod cache;
pub mod cursor;
pub mod desk;
pub mod error;
pub mod events;
pub mod extract;
pub mod fields;
pub mod health;
pub mod letters;
mod linger;
pub mod media;
mod metrics;
pub mod page;
pub mod patience;
pub mod presence;
pub mod reader;
pub mod ready;
pub mod repeat;
mod request_log;
pub mod site;
mod start;
pub mod strangers;
pub mod tongue;
pub mod turns;
pub mod tus;
pub mod upload;
pub mod urls;

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};

use crate::account::Actor;
use crate::account::passkey::Passkeys;
use crate::account::password::Passwords;
use crate::clock::{Clock, ClockWatch, Millis};
use crate::config::{Config, Cost};
use crate::db::{Db, DbError};
use crate::id::{PhotoId, StoryId};
use crate::meters::{Meters, Ready};
use crate::photo::edit::{PhotoEdit, PhotoError};
use crate::photo::{self, Photo, PhotoState};
use crate::site::{SiteSettings, query as site_query};
use crate::store::Store;
use crate::story;
use crate::story::access;
use crate::story::operations::{self, NewBlock, Operation};
use crate::story::photos::Edited;
use crate::story::place::{capture_order, photo_block};
use crate::upload::Uploads;
use crate::worker::Bell;
use error::Failure;
use extract::{Failed, routed_path, session_secret};
use tongue::Tongue;
use urls::Urls;

pub use reader::still;
pub use start::{Running, StartError, start};

/// Everything that handlers need; one for all of them.
#[derive(Debug)]
pub struct App {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The object store.
    pub store: Store,
    /// Uploads that go on where they stopped.
    pub uploads: Uploads,
    /// The time.
    pub clock: Clock,
    /// Whether the machine's clock can be believed.
    pub clock_watch: ClockWatch,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// Makes and checks passkeys.
    pub passkeys: Passkeys,
    /// Makes links.
    pub urls: Urls,
    /// Published pages.
    pub pages: cache::Pages,
    /// Renditions that readers ask for.
    pub media: media::Media,
    /// The site, ready to print.
    site: Arc<RwLock<Arc<page::Site>>>,
    /// Letters by e-mail, if they can be sent.
    pub letters: Option<letters::Letters>,
    /// Who has which story open.
    pub presence: presence::Presence,
    /// Requests under an `Idempotency-Key` that are being carried out.
    pub under_way: repeat::UnderWay,
    /// Readers' searches, of which only some run at once.
    pub searches: turns::Turns,
    /// Places for forms of people who are not signed in.
    pub strangers: strangers::Strangers,
    /// Places for large forms of people who are signed in.
    pub large_forms: strangers::Strangers,
    /// Wakes the worker.
    pub bell: Bell,
    /// Counts what is done.
    pub meters: Meters,
}

impl App {
    /// The application a request belongs to.
    ///
    /// # Panics
    /// Never in a server made by [`start`], which puts it there.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the server is never started without it")]
    pub fn of(request: &HttpRequest) -> &Self {
        request
            .app_data::<web::Data<Self>>()
            .expect("the application is part of every server")
    }

    /// Whether the site is served under https.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.urls.base().starts_with("https://")
    }

    /// Name of the session cookie.
    #[must_use]
    pub fn cookie_name(&self) -> &'static str {
        if self.is_secure() {
            extract::SECURE_COOKIE
        } else {
            extract::PLAIN_COOKIE
        }
    }

    /// The instant by which it is decided what may go out: where the wall clock runs ahead and nobody has confirmed it, what time would be if it had gone
    /// on as before. An embargo must not end because a clock was set.
    #[must_use]
    pub fn publishing_now(&self) -> Millis {
        let ahead = self.clock_watch.ahead_by().unwrap_or_default();
        self.clock.now().saturating_sub(ahead)
    }

    /// What the reader's pages show of the site itself.
    #[must_use]
    pub fn site(&self) -> Arc<page::Site> {
        Arc::clone(&self.site.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes new settings over: the next request shows them.
    pub fn set_site(&self, settings: SiteSettings) {
        let site = Arc::new(page::Site::new(&self.config, settings));
        *self.site.write().unwrap_or_else(PoisonError::into_inner) = site;
        self.pages.clear();
    }

    /// Edits a photo; what readers see has changed before its old files are cleared away, which may take a while.
    ///
    /// # Errors
    /// [`PhotoError`]; nothing has changed then.
    pub async fn edit_photo(
        &self,
        actor: &Actor,
        id: &PhotoId,
        expected: i32,
        edit: PhotoEdit,
        now: Millis,
    ) -> Result<Edited, PhotoError> {
        let (db, store) = (&self.db, &self.store);
        let edited = story::photos::change_photo(db, store, actor, id, expected, edit, now).await?;
        if edited.is_public_changed {
            self.pages.clear();
            story::photos::clear_away(db, store, id, now).await;
            // Other files are shown by now.
            self.pages.clear();
        }
        Ok(edited)
    }

    /// Whether the `Host` is the site's own, letter by letter: the quick answer for most requests.
    fn is_own_host(&self, headers: &HeaderMap) -> bool {
        let authority = self.urls.base().split_once("://").map(|(_, authority)| authority);
        headers
            .get(header::HOST)
            .is_some_and(|host| authority.is_some_and(|own| own.as_bytes() == host.as_bytes()))
    }

    /// Whether a `Host` names this site: its own name, or the machine itself.
    fn answers_to(&self, host: &str) -> bool {
        let Ok(asked) = url::Url::parse(&format!("http://{host}")) else {
            return false;
        };
        let Some(asked) = asked.host_str() else {
            return false;
        };
        // Nothing but a host and perhaps a port, in its usual spelling.
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port),
            _ => (host, ""),
        };
        if !name.eq_ignore_ascii_case(asked) || !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
        let own = url::Url::parse(self.urls.base()).ok();
        let listening = self.config.listen.ip();
        asked == "localhost"
            || asked == "127.0.0.1"
            || asked == "[::1]"
            || own.as_ref().and_then(url::Url::host_str) == Some(asked)
            || asked.trim_matches(['[', ']']) == listening.to_string()
    }
}

impl App {
    /// The application without a server, for drawing the readers' pages with these links.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn still(config: Config, db: Db, store: Store, clock: Clock, urls: Urls) -> Result<Self, StartError> {
        let settings = db.write_now(|conn| {
            story::listing::complete(conn)?;
            Ok::<_, DbError>(site_query::find_settings(conn)?.0)
        })?;
        Ok(Self {
            // Nobody signs in.
            passwords: Passwords::new(Cost::FLOOR)?,
            passkeys: Passkeys::new(&config),
            under_way: repeat::UnderWay::default(),
            searches: turns::Turns::default(),
            strangers: strangers::Strangers::default(),
            large_forms: strangers::Strangers::for_people(),
            urls,
            site: Arc::new(RwLock::new(Arc::new(page::Site::new(&config, settings)))),
            pages: cache::Pages::default(),
            media: media::Media::default(),
            letters: None,
            presence: presence::Presence::default(),
            bell: Bell::default(),
            meters: Meters::default(),
            uploads: Uploads::new(db.clone(), store.clone(), clock.clone(), config.limits),
            clock_watch: ClockWatch::new(clock.clone()),
            config,
            db,
            store,
            clock,
        })
    }
}

/// Every address there is, by audience.
fn rooms(config: &mut web::ServiceConfig) {
    config
        .configure(api::configure)
        .configure(desk::configure)
        .configure(reader::configure)
        .default_service(web::to(nothing));
}

/// Makes what readers ask first before they do.
async fn warm(app: web::Data<App>) {
    reader::warm(app).await;
}

async fn nothing() -> Result<HttpResponse, Failed> {
    Err(Failure::NotFound.into())
}

/// What is ready goes out before anything else is looked at: a published page is the same for everybody.
async fn at_once(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let asked = request.headers();
    let is_picture = request.path().starts_with("/media/");
    let is_nobodys =
        !asked.contains_key(header::AUTHORIZATION) && (is_picture || !has_session(request.request()));
    let is_plain = !linger::is_endless(&request) && is_nobodys;
    if is_read && is_plain && request.query_string().is_empty() {
        let app = App::of(request.request());
        let names_its_host = request.uri().authority().is_some();
        let (what, ready) = if names_its_host || !app.is_own_host(request.headers()) {
            (Ready::Page, None)
        } else if is_picture {
            let age = app.pages.age();
            let picture = app.media.ready(request.path(), age, request.headers()).await;
            (Ready::Media, picture)
        } else {
            let page = app.pages.ready(request.path()).await;
            (Ready::Page, page.map(|page| page.answer(request.headers())))
        };
        if let Some(mut response) = ready {
            app.meters.was_ready(what);
            if response.status() == StatusCode::NOT_MODIFIED {
                // What a 304 does not say holds as it was said before; of this one is sure without.
                let nosniff = HeaderValue::from_static("nosniff");
                response
                    .headers_mut()
                    .insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
            } else {
                add_defaults(app.is_secure(), response.headers_mut());
            }
            return Ok(request.into_response(response));
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Headers that every answer has, unless it has its own.
fn add_defaults(secure: bool, headers: &mut HeaderMap) {
    let mut default = |name: header::HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    default(header::CACHE_CONTROL, "private, no-store");
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::REFERRER_POLICY, "same-origin");
    default(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    );
    if secure {
        default(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// Before anything else: is the request for this site? And after: headers that every answer has.
async fn guard(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if request.method() == Method::HEAD {
        // Whatever answers GET answers HEAD alike; the connection knows that the body must stay away.
        request.head_mut().method = Method::GET;
    }
    let rest = linger::watch(&mut request);
    let (tongue, asked) = (Tongue::of(request.headers()), request_log::Asked::of(&request));
    let answering = tongue.scope(answer(request, next));
    let answered = request_log::told(asked, answering).await;
    // Nobody uses the line again on which something of a body was left.
    let is_left = rest.is_some_and(linger::Rest::leave);
    let response = answered?;
    let place = response.request().extensions().get::<strangers::Place>().cloned();
    let mut response = match place {
        Some(place) => response.map_body(|_, body| BoxBody::new(strangers::Held::new(body, place))),
        None => response,
    };
    let secure = App::of(response.request()).is_secure();
    keep_private(&mut response);
    add_defaults(secure, response.headers_mut());
    if is_left {
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// Whether a request comes with what would be a session's cookie.
fn has_session(request: &HttpRequest) -> bool {
    request.headers().contains_key(header::COOKIE) && session_secret(request).is_some()
}

/// What was asked with a token or a session is for whoever has it, also where everybody gets the same; but what never changes under its name is for everybody.
/// And what is refused says to nobody where it was looked for.
fn keep_private(response: &mut ServiceResponse<BoxBody>) {
    let asked = response.request().headers();
    let by_token = asked.contains_key(header::AUTHORIZATION);
    let by_session = has_session(response.request());
    let is_desks = audience(routed_path(response.request())) == Audience::Desk;
    let is_refused = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers_mut();
    let never_changes = headers
        .get(header::CACHE_CONTROL)
        .is_some_and(|cache| cache.as_bytes().ends_with(b"immutable"));
    if by_token || (by_session && !never_changes) {
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        );
    }
    if is_refused {
        if !headers.contains_key(header::REFERRER_POLICY) {
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
        headers.insert(
            header::HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex"),
        );
    }
    if is_desks && !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(desk::POLICY),
        );
    }
}

/// The answer to a request for this site, or why it is not one to be answered.
async fn answer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let app = App::of(request.request());
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    // An address that names a host in full is about that one, whatever else is said (RFC 9112, section 3.2.2).
    let asked = request.uri().authority().map_or(host, |whole| whole.as_str());
    let failure = if !(app.answers_to(host) && app.answers_to(asked)) {
        Failure::Misdirected
    } else if names_a_token(request.query_string()) {
        let message = "A token belongs in the Authorization header, never in an address, where it would end up in logs.";
        Failure::BadRequest {
            code: "token_in_query",
            message: message.to_owned(),
        }
    } else if *request.method() == Method::GET && linger::is_endless(&request) {
        Failure::BadRequest {
            code: "body",
            message: "Reading takes no body; leave Transfer-Encoding out.".to_owned(),
        }
    } else if announces_too_much(app, &request) {
        let most = upload::most_request_bytes(&app.config.limits);
        let message = format!("A request may have at most {most} bytes; please send the rest in another.");
        Failure::TooManyBytes(message)
    } else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let refused = failed_response(request.request(), &failure);
    Ok(request.into_response(refused))
}

/// Whether a body is refused by what its header says, before a byte of it is read.
fn announces_too_much(app: &App, request: &ServiceRequest) -> bool {
    extract::content_length(request.headers())
        .is_some_and(|bytes| bytes > upload::most_request_bytes(&app.config.limits))
}

fn names_a_token(query: &str) -> bool {
    let begins_a_token = |text: &str| {
        text.match_indices(crate::account::token::PREFIX)
            .any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric))
    };
    url::form_urlencoded::parse(query.as_bytes())
        .any(|(name, value)| begins_a_token(&name) || begins_a_token(&value))
}

/// Turns a failure into what the address's audience reads: a problem, a page of the desk, a page of the site.
async fn present(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return Ok(response);
    }
    let carried = response
        .response()
        .error()
        .and_then(|error| error.as_error::<Failed>())
        .map(|failed| failed.0.clone());
    let failure = match carried {
        Some(failure) => failure,
        None if response.response().error().is_some() => framework_failure(status.as_u16()),
        // An answer that a handler wrote itself, such as a form with its errors.
        None if response.headers().contains_key(header::CONTENT_TYPE) => return Ok(response),
        None => framework_failure(status.as_u16()),
    };
    let (request, _) = response.into_parts();
    let elsewhere = if failure == Failure::NotFound && audience(routed_path(&request)) == Audience::Readers {
        // What cannot be looked up is not found.
        reader::moved(&request).await.ok().flatten()
    } else {
        None
    };
    let presented = elsewhere.unwrap_or_else(|| failed_response(&request, &failure));
    Ok(ServiceResponse::new(request, presented))
}

/// What the framework itself refuses, by its status.
fn framework_failure(status: u16) -> Failure {
    match status {
        404 => Failure::NotFound,
        405 => Failure::MethodNotAllowed,
        408 => Failure::TooSlow,
        413 => Failure::TooManyBytes("The request is larger than this address takes.".to_owned()),
        400..=499 => Failure::BadRequest {
            code: "bad_request",
            message: "The request cannot be read.".to_owned(),
        },
        _ => Failure::internal(&std::io::Error::other(format!("the framework answered {status}"))),
    }
}

fn failed_response(request: &HttpRequest, failure: &Failure) -> HttpResponse {
    match audience(routed_path(request)) {
        Audience::Uploaders => {
            let mut response = api::problem(request, failure);
            tus::mark(response.headers_mut());
            response
        }
        Audience::Programs => {
            let mut response = api::problem(request, failure);
            if api::is_open_to_all(routed_path(request)) {
                // Whoever may read an answer may read why there is none.
                let any = HeaderValue::from_static("*");
                response
                    .headers_mut()
                    .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
            }
            response
        }
        Audience::Desk => desk::failed(request, failure),
        Audience::Readers => reader::failed(request, failure),
    }
}

/// Whom an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    Uploaders,
    Programs,
    Desk,
    Readers,
}

impl Audience {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Uploaders => "uploads",
            Self::Programs => "api",
            Self::Desk => "desk",
            Self::Readers => "readers",
        }
    }
}

fn audience(path: &str) -> Audience {
    if tus::is_spoken_at(path) {
        Audience::Uploaders
    } else if path.starts_with("/api/") {
        Audience::Programs
    } else if path == "/desk" || path.starts_with("/desk/") {
        Audience::Desk
    } else {
        Audience::Readers
    }
}

/// Adds photos to a story as photo blocks, in the order in which they were taken, at a position or at the end.
///
/// # Errors
/// [`Failure`] when the story or a photo is not there or not this person's; nothing is added then.
pub async fn add_to_story(
    app: &App,
    actor: &Actor,
    story: StoryId,
    photos: Vec<PhotoId>,
    position: Option<usize>,
) -> Result<(), Failure> {
    if photos.is_empty() {
        return Ok(());
    }
    let actor = actor.clone();
    let now = app.clock.now();
    app.db
        .write(move |conn| {
            // Adding collides with nobody's order, so it takes the version as it is now.
            let found = access::find_visible(conn, &actor, &story)?;
            // Hidden ones and such as never were are told alike, and nothing is added then.
            let asked: BTreeSet<&PhotoId> = photos.iter().collect();
            let mut seen = Vec::new();
            for photo in photo::query::list_photos_by_id(conn, &photos)? {
                if access::may_see_photo(conn, &actor, &photo)? {
                    seen.push(photo);
                }
            }
            if seen.len() < asked.len() {
                let message = "There is no photo of this id that you may use.";
                return Err(Failure::field("/photo", "unknown_photo", message));
            }
            let blocks = photo_blocks(seen);
            let inserts: Vec<Operation> = blocks
                .into_iter()
                .enumerate()
                .map(|(index, block)| Operation::Insert {
                    position: position.map(|at| at + index),
                    block,
                })
                .collect();
            operations::apply(conn, &actor, &story, Some(found.version), &inserts, now)?;
            Ok(())
        })
        .await
}

/// One photo block for each photo, in the order in which they were taken; those that do not tell come last, by file name.
#[must_use]
pub fn photo_blocks(mut photos: Vec<Photo>) -> Vec<NewBlock> {
    photos.sort_by(|a, b| capture_order(a).cmp(&capture_order(b)));
    photos.dedup_by_key(|photo| photo.id.clone());
    photos
        .into_iter()
        .filter(|photo| photo.state != PhotoState::Failed)
        .map(|photo| photo_block(photo.id))
        .collect()
}
