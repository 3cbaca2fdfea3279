//! Who asks: a session's cookie or a token, looked up once for each request.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev};
use tokio::sync::OnceCell;

use super::{Failed, check_same_origin};
use crate::account::Actor;
use crate::account::means::Means;
use crate::account::session;
use crate::account::token::{self, Scope};
use crate::id::{SessionId, TokenId};
use crate::web::App;
use crate::web::error::Failure;

/// Name of the session cookie on a site with https; browsers hold it to its origin.
pub const SECURE_COOKIE: &str = "__Host-session";
/// Name of the session cookie on plain http, where the other is refused by browsers.
pub const PLAIN_COOKIE: &str = "session";

/// How somebody proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A signed-in browser.
    Session(SessionId),
    /// A token.
    Token {
        /// Which.
        id: TokenId,
        /// What it may be used for.
        scopes: Vec<Scope>,
    },
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
            Proof::Token { scopes, .. } if !scopes.contains(&scope) => Err(Failure::MissingScope(scope)),
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
            Proof::Token { .. } => Err(Failure::Forbidden(
                "A token looks after neither people nor sessions nor tokens. Sign in at the desk for that."
                    .to_owned(),
            )),
        }
    }

    /// By what they are known, for what arrives later.
    #[must_use]
    pub fn means(&self) -> Means {
        match &self.proof {
            Proof::Session(id) => Means::Session(id.clone()),
            Proof::Token { id, .. } => Means::Token(id.clone()),
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
        self.proof == other.proof && self.actor.id == other.actor.id && self.actor.role == other.actor.role
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
        proof: Proof::Token {
            id: token.id,
            scopes: token.scopes,
        },
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
