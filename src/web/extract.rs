//! What handlers take from a request: who asks, from where, and a body that was read with every mistake named by its place.

use std::future::{Future, ready};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::rc::Rc;

use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev};
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use super::App;
use super::error::Failure;
use super::patience::{read_body, too_many};
use super::ready;
use crate::account::Actor;
use crate::account::session::{self, Origin};
use crate::account::token::{self, Scope};
use crate::id::SessionId;
use crate::story::Seen;
use crate::text::FieldError;

/// Bytes a JSON or form body may have: a story of a thousand blocks fits.
pub const MOST_BODY_BYTES: usize = 8 * 1024 * 1024;

/// Name of the session cookie on a site with https; browsers hold it to its origin.
pub const SECURE_COOKIE: &str = "__Host-session";
/// Name of the session cookie on plain http, where the other is refused by browsers.
pub const PLAIN_COOKIE: &str = "session";

/// How somebody proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A signed-in browser.
    Session(SessionId),
    /// A token with these scopes.
    Token(Vec<Scope>),
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person, for the domain to decide by.
    pub actor: Actor,
    /// How they proved it.
    pub proof: Proof,
}

impl Caller {
    /// Lets a token pass only if it has this scope; a session has all that its person's role has.
    ///
    /// # Errors
    /// [`Failure::MissingScope`].
    pub fn needs(&self, scope: Scope) -> Result<&Actor, Failure> {
        match &self.proof {
            Proof::Token(scopes) if !scopes.contains(&scope) => Err(Failure::MissingScope(scope)),
            _ => Ok(&self.actor),
        }
    }

    /// Who is here in person: a token never looks after people, sessions or tokens.
    ///
    /// # Errors
    /// [`Failure::Forbidden`].
    pub fn in_person(&self) -> Result<(&Actor, &SessionId), Failure> {
        match &self.proof {
            Proof::Session(id) => Ok((&self.actor, id)),
            Proof::Token(_) => Err(Failure::Forbidden(
                "A token looks after neither people nor sessions nor tokens. Sign in at the desk for that."
                    .to_owned(),
            )),
        }
    }

    /// That this still is who asks: a body may take its time, and rights may go meanwhile.
    ///
    /// # Errors
    /// [`Failure::Unauthorized`] if not.
    pub async fn still(&self, request: &HttpRequest) -> Result<(), Failure> {
        let now = Self::find_still(request).await?;
        if now.is_some_and(|now| now.is_as(self)) {
            Ok(())
        } else {
            Err(Failure::Unauthorized)
        }
    }

    /// Whether this is the same person, with the same rights, by the same means.
    fn is_as(&self, other: &Self) -> bool {
        let proof = match (&self.proof, &other.proof) {
            (Proof::Session(one), Proof::Session(two)) => one == two,
            (Proof::Token(one), Proof::Token(two)) => one == two,
            _ => false,
        };
        proof && self.actor.id == other.actor.id && self.actor.role == other.actor.role
    }

    /// The caller of a request, if there is one. A write with a cookie must come from our own pages.
    ///
    /// # Errors
    /// [`Failure::Unauthorized`] for a token that does not hold, [`Failure::CrossSite`].
    pub async fn find(request: &HttpRequest) -> Result<Option<Self>, Failure> {
        Self::seek(request, !is_unattended(request)).await
    }

    /// The caller of a request that has been open for a while, if there still is one. That a page is open is no use of it: the session grows old.
    ///
    /// # Errors
    /// Those of [`Caller::find`].
    pub async fn find_still(request: &HttpRequest) -> Result<Option<Self>, Failure> {
        Self::seek(request, false).await
    }

    async fn seek(request: &HttpRequest, is_use: bool) -> Result<Option<Self>, Failure> {
        let app = App::of(request);
        let now = app.clock.now();
        if let Some(value) = request.headers().get(header::AUTHORIZATION) {
            let secret = value
                .to_str()
                .ok()
                .and_then(bearer)
                .ok_or(Failure::Unauthorized)?
                .to_owned();
            return by_token(app, secret, now).await.map(Some);
        }
        let Some(secret) = session_secret(request) else {
            return Ok(None);
        };
        let lifetime = app.config.sessions;
        let session = app
            .db
            .read(move |conn| session::find(conn, &secret, lifetime, now).map_err(Failure::from))
            .await?;
        let Some(session) = session else { return Ok(None) };
        if !request.method().is_safe() {
            check_same_origin(request)?;
        }
        if session.stale && is_use {
            let used = session.clone();
            app.db
                .write(move |conn| session::touch(conn, &used, now).map_err(Failure::from))
                .await?;
        }
        Ok(Some(Self {
            actor: Actor::from(&session.account),
            proof: Proof::Session(session.id),
        }))
    }
}

/// What a page of the desk says that asks by itself, because somebody else changed something or a photograph became ready.
const UNATTENDED: &str = "reportage-unattended";

/// Whether nobody need be sitting there: a page that asks by itself, and a browser that takes up a stream again.
fn is_unattended(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let streams = headers
        .get(header::ACCEPT)
        .is_some_and(|accept| accept == "text/event-stream");
    streams || headers.contains_key(UNATTENDED)
}

/// The answer to "who asks?" of one request.
type Found = Rc<OnceCell<Result<Caller, Failure>>>;

impl Caller {
    /// The caller of a request that needs one.
    ///
    /// # Errors
    /// [`Failure::Unauthorized`] if there is none, and those of [`Caller::find`].
    pub async fn required(request: &HttpRequest) -> Result<Self, Failure> {
        Self::found_once(request).await
    }

    /// The caller of a request, looked for once however many extractors ask: the framework runs them side by side.
    async fn found_once(request: &HttpRequest) -> Result<Self, Failure> {
        let known = request.extensions().get::<Found>().cloned();
        let cell = known.unwrap_or_else(|| {
            let cell = Found::default();
            request.extensions_mut().insert(Rc::clone(&cell));
            cell
        });
        let look = async || Self::find(request).await?.ok_or(Failure::Unauthorized);
        cell.get_or_init(look).await.clone()
    }
}

async fn by_token(app: &App, secret: String, now: i64) -> Result<Caller, Failure> {
    let token = app
        .db
        .read(move |conn| token::find(conn, &secret, now).map_err(Failure::from))
        .await?;
    let token = token.ok_or(Failure::Unauthorized)?;
    if token.is_stale(now) {
        let id = token.id.clone();
        app.db
            .write(move |conn| token::touch(conn, &id, now).map_err(Failure::from))
            .await?;
    }
    Ok(Caller {
        actor: Actor::from(&token.account),
        proof: Proof::Token(token.scopes),
    })
}

/// The secret in `Authorization: Bearer …`, whatever it is of.
#[must_use]
pub fn bearer_secret(request: &HttpRequest) -> Option<&str> {
    request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()
        .and_then(bearer)
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
}

/// Where a request comes from: the network address of whoever asks, and what their browser calls itself.
///
/// `X-Forwarded-For` is believed only from a proxy that the configuration names; anybody may write into it.
#[must_use]
pub fn origin(request: &HttpRequest) -> Origin {
    let headers = request.headers();
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let trusted = &App::of(request).config.trusted_proxies;
    let peer = request.peer_addr().map(|peer| peer.ip());
    let browser = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    Origin {
        network: peer
            .map(|peer| behind_proxies(peer, &forwarded, trusted))
            .map_or_else(String::new, |address| address.to_string()),
        browser: browser.unwrap_or_default().to_owned(),
    }
}

/// The nearest address that is no proxy of ours: what proxies have written is read from the last backwards.
fn behind_proxies(peer: IpAddr, forwarded: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let mut nearest = peer.to_canonical();
    for written in forwarded.iter().rev() {
        if !trusted.contains(&nearest) {
            break;
        }
        // Some proxies write the port too.
        let written = written.trim();
        let with_port = || written.parse::<SocketAddr>().map(|address| address.ip());
        let Ok(next) = written.parse::<IpAddr>().or_else(|_| with_port()) else {
            break;
        };
        nearest = next.to_canonical();
    }
    nearest
}

/// The session's secret from its cookie.
#[must_use]
pub fn session_secret(request: &HttpRequest) -> Option<String> {
    let name = App::of(request).cookie_name();
    request
        .cookie(name)
        .map(|cookie| cookie.value().to_owned())
        .filter(|secret| !secret.is_empty())
}

impl FromRequest for Caller {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failed>>>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::found_once(&request).await.map_err(Failed) })
    }
}

/// A failure on its way through actix; the API, the desk and the reader's pages each print it their way, by the address.
#[derive(Debug)]
pub struct Failed(pub Failure);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.message())
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl actix_web::ResponseError for Failed {
    fn status_code(&self) -> actix_web::http::StatusCode {
        self.0.status()
    }

    /// A bare answer that carries the failure; `web::present` turns it into what the address's audience reads.
    fn error_response(&self) -> actix_web::HttpResponse {
        let mut response = actix_web::HttpResponse::new(self.0.status());
        response.extensions_mut().insert(self.0.clone());
        response
    }
}

/// A request that comes from our own pages: for forms that work without a session, such as signing in.
#[derive(Debug)]
pub struct SameOrigin;

impl FromRequest for SameOrigin {
    type Error = Failed;
    type Future = std::future::Ready<Result<Self, Failed>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(check_same_origin(request).map(|()| Self).map_err(Failed))
    }
}

/// Whether a request comes from a page of this site.
///
/// Source: Fetch Metadata Request Headers (W3C), section 2.3; `Origin` for browsers without them.
///
/// # Errors
/// [`Failure::CrossSite`].
pub fn check_same_origin(request: &HttpRequest) -> Result<(), Failure> {
    let headers = request.headers();
    if let Some(site) = headers.get("sec-fetch-site") {
        return if site == "same-origin" {
            Ok(())
        } else {
            Err(Failure::CrossSite)
        };
    }
    let origin = headers
        .get(header::ORIGIN)
        .and_then(|origin| origin.to_str().ok())
        .ok_or(Failure::CrossSite)?;
    let app = App::of(request);
    let own = origin == app.urls.base()
        || url::Url::parse(origin).is_ok_and(|origin| {
            authority(&origin) == host(headers) && origin.scheme() == "http" && !app.is_secure()
        });
    if own { Ok(()) } else { Err(Failure::CrossSite) }
}

fn authority(origin: &url::Url) -> Option<String> {
    let host = origin.host_str()?;
    Some(match origin.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// The path of a request as it is routed by: with letters for `%61`, which an address may have in the place of any.
#[must_use]
pub fn routed_path(request: &HttpRequest) -> &str {
    request.match_info().as_str()
}

/// The bytes that a request says its body has.
#[must_use]
pub fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn host(headers: &HeaderMap) -> Option<String> {
    headers.get(header::HOST)?.to_str().ok().map(str::to_owned)
}

/// A JSON body of somebody who is known; what does not fit is named by its JSON Pointer. A stranger's is not read.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failed>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let is_json = request
            .mime_type()
            .ok()
            .flatten()
            .is_some_and(|mime| mime.subtype() == mime::JSON || mime.suffix() == Some(mime::JSON));
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let caller = Caller::found_once(&request).await?;
            if !is_json {
                let message = "Send the body as application/json.".to_owned();
                return Err(Failure::UnsupportedMedia(message).into());
            }
            if content_length(request.headers()).is_some_and(|bytes| bytes > MOST_BODY_BYTES as u64) {
                return Err(too_many(MOST_BODY_BYTES).into());
            }
            let patience = App::of(&request).config.body_patience;
            let body = read_body(payload, MOST_BODY_BYTES, patience).await?;
            caller.still(&request).await?;
            Ok(Self(parse_json(&body)?))
        })
    }
}

/// A JSON body that may be left out; one that is there is read like [`JsonBody`].
#[derive(Debug)]
pub struct OptionalJson<T>(pub Option<T>);

impl<T: DeserializeOwned + 'static> FromRequest for OptionalJson<T> {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failed>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let headers = request.headers();
        let is_there = headers.contains_key(header::CONTENT_TYPE)
            || headers.contains_key(header::TRANSFER_ENCODING)
            || content_length(headers).is_some_and(|bytes| bytes > 0);
        if !is_there {
            return Box::pin(ready(Ok(Self(None))));
        }
        let body = JsonBody::from_request(request, payload);
        Box::pin(async move { Ok(Self(Some(body.await?.0))) })
    }
}

/// Reads JSON into `T`.
///
/// # Errors
/// [`Failure::BadRequest`] for what is no JSON, [`Failure::Invalid`] for JSON of another shape.
pub fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    // A shape could be read from a list of its fields too; nobody who sends one means it.
    if body.trim_ascii_start().first() == Some(&b'[') {
        let message = "The body is a JSON object, not a list.";
        return Err(Failure::field("", "wrong_type", message));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer_of(error.path());
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => {
                let message = inner.to_string();
                let code = if message.starts_with("unknown field") {
                    "unknown_field"
                } else if message.starts_with("unknown variant") {
                    "unknown_type"
                } else if message.starts_with("missing field") {
                    "required"
                } else {
                    "wrong_type"
                };
                // The position in the text helps nobody who built the JSON with a program; the pointer does.
                let message = message.split(" at line ").next().unwrap_or_default().to_owned();
                Failure::Invalid(vec![FieldError::new(pointer, code, format!("{message}."))])
            }
            _ => Failure::BadRequest {
                code: "malformed_json",
                message: format!("The body is not JSON: {inner}."),
            },
        }
    })?;
    deserializer.end().map_err(|error| Failure::BadRequest {
        code: "malformed_json",
        message: format!("The body is not JSON: {error}."),
    })?;
    Ok(value)
}

/// Source: RFC 6901 (JSON Pointer), section 3.
fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1")));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// A query string in which every parameter is known.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = Failed;
    type Future = std::future::Ready<Result<Self, Failed>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
        let read = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs));
        ready(read.map(Self).map_err(|error| Failed(bad_parameter(&error))))
    }
}

fn bad_parameter(error: &serde_path_to_error::Error<serde::de::value::Error>) -> Failure {
    let (name, reason) = (error.path().to_string(), error.inner().to_string());
    // Of one that is unknown or there twice, the reason has the name.
    if reason.starts_with("unknown field") {
        Failure::BadRequest {
            code: "unknown_parameter",
            message: format!("In the query string: {reason}."),
        }
    } else {
        Failure::BadRequest {
            code: "parameter",
            message: format!("In the query string, “{name}”: {reason}."),
        }
    }
}

/// An id or slug in the path; one of another shape is a 404 like one that was never given out.
///
/// # Errors
/// [`Failure::NotFound`].
pub fn path_id<T: std::str::FromStr>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::NotFound)
}

/// The whole state in `If-Match`: a draft's version and the count of all its changes.
///
/// # Errors
/// [`Failure::PreconditionRequired`] if there is none.
pub fn if_match_seen(request: &HttpRequest) -> Result<Seen, Failure> {
    let tag = tag_in(request)?;
    // What stands behind a second full stop is no part of the draft.
    let mut parts = tag.split('.').map(number);
    Ok(Seen {
        version: parts.next().flatten().unwrap_or(-1),
        change_count: Some(parts.next().flatten().unwrap_or(-1)),
    })
}

/// The version in `If-Match`: the number before the full stop of an [`etag`], or alone, where what stands behind it is of no account.
///
/// # Errors
/// [`Failure::PreconditionRequired`] if there is none.
pub fn if_match(request: &HttpRequest) -> Result<i32, Failure> {
    let tag = tag_in(request)?;
    // A tag that we never made matches no version: it is stale, not an error of form.
    let version = tag.split('.').next().and_then(number);
    Ok(version.unwrap_or(-1))
}

/// What stands in the tag of `If-Match`; a proxy that compressed an answer may have made it a weak one.
fn tag_in(request: &HttpRequest) -> Result<&str, Failure> {
    let value = request
        .headers()
        .get(header::IF_MATCH)
        .ok_or(Failure::PreconditionRequired)?;
    let tag = value.to_str().unwrap_or_default().trim();
    Ok(tag.trim_start_matches("W/").trim_matches('"'))
}

/// A number as tags have it: digits alone.
fn number(text: &str) -> Option<i32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    is_plain.then(|| text.parse().ok()).flatten()
}

/// The tag of something with a version for its structure and a count of all its changes.
#[must_use]
pub fn etag(version: i32, change_count: i32) -> String {
    format!("\"{version}.{change_count}\"")
}

/// Whether the client has these bytes already.
#[must_use]
pub fn is_known(request: &HttpRequest, etag: &str) -> bool {
    ready::is_known(request.headers(), etag.as_bytes())
}

/// Where to go after signing in: a path on this site, or nothing.
#[must_use]
pub fn safe_next(next: &str) -> Option<&str> {
    let plain = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(['\\', '\u{0}'])
        && !next.chars().any(|c| c.is_control() || c.is_whitespace())
        && next.len() <= 2_000;
    // A percent-encoded slash or backslash at the second place is decoded by some proxies.
    let lower = next.get(..6).unwrap_or(next).to_ascii_lowercase();
    let encoded = lower.starts_with("/%2f")
        || lower.starts_with("/%5c")
        || lower.starts_with("/%09")
        || lower.starts_with("/.");
    (plain && !encoded).then_some(next)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_gone_to_after_signing_in() {
        for right in ["/desk", "/desk/stories/sto_1?view=sheet", "/desk/photos#top"] {
            assert_eq!(safe_next(right), Some(right));
        }
        let bad = [
            "",
            "desk",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "\\\\evil.example",
            "http://evil.example",
            "https://evil.example",
            "HTTPS://evil.example",
            "https:evil.example",
            "http:/evil.example",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "mailto:a@b.c",
            "ftp://evil.example",
            " /desk",
            "/ /evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r/evil.example",
            "\t//evil.example",
            "\u{0}/desk",
            "/\u{0}/evil.example",
            "/%2f/evil.example",
            "/%2Fevil.example",
            "/%5cevil.example",
            "/%5Cevil.example",
            "/%09/evil.example",
            "/./evil.example",
            "/../evil.example",
            "/..//evil.example",
            "/.//evil.example",
            ".//evil.example",
            "..//evil.example",
            "./desk",
            "../desk",
            "?next=/",
            "#/desk",
            "@evil.example",
            "evil.example",
            "evil.example/desk",
            ":80/desk",
            "//evil.example:80",
            "//user@evil.example",
            "//[::1]/",
            "/\u{2028}/evil.example",
            "/\u{a0}/evil.example",
            "/\u{85}/evil.example",
            "\u{feff}//evil.example",
            "／／evil.example",
            "https://evil.example/desk",
            "https:///evil.example",
            "https:\\\\evil.example",
            "blob:https://evil.example",
            "file:///etc/passwd",
            "ws://evil.example",
            "x-y:z",
            "//",
            "/\\",
            "\\",
        ];
        assert!(bad.len() >= 60, "{}", bad.len());
        for wrong in bad {
            assert_eq!(safe_next(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn forwarded_addresses_are_believed_from_our_own_proxies_only() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [ip("127.0.0.1"), ip("10.0.0.2")];
        let seen = |peer: &str, forwarded: &[&str]| behind_proxies(ip(peer), forwarded, &proxies);
        assert_eq!(
            seen("198.51.100.7", &["203.0.113.9"]),
            ip("198.51.100.7"),
            "a stranger"
        );
        assert_eq!(seen("127.0.0.1", &["203.0.113.9"]), ip("203.0.113.9"));
        assert_eq!(seen("::ffff:127.0.0.1", &["203.0.113.9"]), ip("203.0.113.9"));
        // What a client wrote itself stands before what our proxies wrote.
        let through_two = ["192.0.2.66", "203.0.113.9", " 10.0.0.2"];
        assert_eq!(seen("127.0.0.1", &through_two), ip("203.0.113.9"));
        assert_eq!(seen("127.0.0.1", &["unknown"]), ip("127.0.0.1"));
        assert_eq!(
            behind_proxies(ip("127.0.0.1"), &["203.0.113.9"], &[]),
            ip("127.0.0.1")
        );
        for (written, address) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
        ] {
            let proxy = [ip("127.0.0.1")];
            assert_eq!(
                behind_proxies(proxy[0], &[written], &proxy),
                ip(address),
                "with its port"
            );
        }
    }

    #[test]
    fn a_wrong_field_is_named_by_its_pointer() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Outer {
            #[allow(dead_code, reason = "only its errors are looked at")]
            inner: Vec<u8>,
        }
        let pointer = |json: &str| match parse_json::<Outer>(json.as_bytes()) {
            Err(Failure::Invalid(errors)) => (errors[0].pointer.clone(), errors[0].code),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            pointer(r#"{"inner":[1,"x"]}"#),
            ("/inner/1".to_owned(), "wrong_type")
        );
        assert_eq!(
            pointer(r#"{"inner":[],"role":1}"#),
            ("/role".to_owned(), "unknown_field")
        );
        assert_eq!(pointer("[[1]]"), (String::new(), "wrong_type"));
        assert!(matches!(
            parse_json::<Outer>(b"{"),
            Err(Failure::BadRequest { .. })
        ));
    }
}
