//! `Idempotency-Key` on what is posted to the management API: who does not know whether a request arrived sends it again under the same key, and
//! it is carried out once.
//!
//! Whatever becomes of the line, a request that has come whole is carried out to its end and its answer is kept: that is what the key is for. Keys
//! belong to a person and to the rights that were shown, so that nobody reads an answer they could not have got themselves. Uploads by tus have a
//! way of their own to go on, and take no key.
//!
//! Source: the HTTP working group's draft "The Idempotency-Key HTTP Header Field".

use std::cell::RefCell;
use std::collections::HashSet;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderName};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use futures_util::{Stream, StreamExt};

use super::App;
use super::error::Failure;
use super::extract::{Caller, Failed, MOST_BODY_BYTES, Proof, routed_path};
use super::patience::Patience;
use super::tus;
use super::upload::most_request_bytes;
use crate::account::{Actor, secret_hash};
use crate::db::Conn;
use crate::id::{AccountId, PhotoId, StoryId};
use crate::repeat::{self, Fingerprint, Kept};
use crate::story::access;

/// The header.
const KEY: &str = "idempotency-key";
/// Says that an answer was given before.
const REPLAYED: &str = "idempotency-replayed";
/// Where requests are carried out under a key.
const MANAGEMENT: &str = "/api/v1/manage/";
/// Characters that a key may have.
pub(super) const MOST_KEY_CHARS: usize = 255;
/// Headers of an answer that are given again; all others are the same on every answer.
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];

/// Marks an answer with a secret in it that is kept nowhere else, and not for a repetition either.
#[derive(Debug, Clone, Copy)]
pub struct ShownOnce;

/// Requests that are being carried out under their keys. There is one server on a data folder, so that what it knows is all there is to know.
#[derive(Debug, Clone, Default)]
pub struct UnderWay(Arc<Mutex<HashSet<String>>>);

impl UnderWay {
    fn begin(&self, key_hash: &str) -> Option<Held> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(key_hash.to_owned()).then(|| Held {
            under_way: self.clone(),
            key_hash: key_hash.to_owned(),
        })
    }
}

/// A key that is in use; free again when dropped.
struct Held {
    under_way: UnderWay,
    key_hash: String,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut keys = self.under_way.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.remove(&self.key_hash);
    }
}

/// Carries a request out once for each key; those without a key pass.
///
/// # Errors
/// Those of what is wrapped.
pub async fn once(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_meant = *request.method() == Method::POST
        && request.match_info().as_str().starts_with(MANAGEMENT)
        && !tus::is_spoken_at(request.match_info().as_str());
    if !is_meant || !request.headers().contains_key(KEY) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let Ok(caller) = Caller::required(request.request()).await else {
        // Who is not known is told so where everybody is.
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    match take_turn(&mut request, &caller).await {
        Ok(Turn::Again(response)) => Ok(request.into_response(response)),
        Ok(Turn::First(held)) => carry_out(request, next, caller.actor.id, held).await,
        Err(failure) => Ok(request.error_response(Failed(failure)).map_into_boxed_body()),
    }
}

type Answered = Result<ServiceResponse<BoxBody>, actix_web::Error>;

/// What a request under a key is.
enum Turn {
    /// The first under it, to be carried out.
    First(Held),
    /// One that was answered before.
    Again(HttpResponse),
}

async fn take_turn(request: &mut ServiceRequest, caller: &Caller) -> Result<Turn, Failure> {
    let key_hash = key_hash(request.request(), caller)?;
    let kept = {
        let app = App::of(request.request());
        let held = app.under_way.begin(&key_hash).ok_or_else(in_flight)?;
        let (actor, now) = (caller.actor.clone(), app.clock.now());
        let path = request.match_info().as_str().to_owned();
        let kept = app
            .db
            .read(move |conn| {
                // Whoever has left a story meanwhile is answered like everybody whom it is hidden from, and so is everybody once it is deleted.
                check_named(conn, &actor, path.split('/'))?;
                let kept = repeat::find(conn, &actor.id, &key_hash, now)?;
                if let Some(body) = kept.as_ref().and_then(|kept| kept.body.as_deref()) {
                    let made = made_by(body);
                    check_named(conn, &actor, made.iter().map(String::as_str))?;
                }
                Ok::<_, Failure>(kept)
            })
            .await?;
        match kept {
            Some(kept) => kept,
            None => return Ok(Turn::First(held)),
        }
    };
    repeat_answer(request, kept).await.map(Turn::Again)
}

/// That all stories and photographs whose ids are among these words are there for somebody still.
fn check_named<'a>(
    conn: &mut Conn,
    actor: &Actor,
    words: impl Iterator<Item = &'a str>,
) -> Result<(), Failure> {
    for word in words {
        if let Ok(story) = word.parse::<StoryId>() {
            access::find_visible(conn, actor, &story)?;
        }
        if let Ok(photo) = word.parse::<PhotoId>() {
            access::find_visible_photo(conn, actor, &photo)?.ok_or(Failure::NotFound)?;
        }
    }
    Ok(())
}

/// The ids of what an answer tells of: one thing, or a list.
fn made_by(body: &[u8]) -> Vec<String> {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let data = body.get("data").cloned().unwrap_or_default();
    let things = match data {
        serde_json::Value::Array(things) => things,
        thing => vec![thing],
    };
    let ids = things.iter().filter_map(|thing| thing.get("id")?.as_str());
    ids.map(str::to_owned).collect()
}

fn in_flight() -> Failure {
    Failure::Conflict {
        code: "in_flight",
        message:
            "A request under this Idempotency-Key is being carried out; wait a moment and send it again."
                .to_owned(),
    }
}

/// The key with all that it belongs to.
fn key_hash(request: &HttpRequest, caller: &Caller) -> Result<String, Failure> {
    let mut keys = request.headers().get_all(KEY);
    let key = keys.next().and_then(|key| key.to_str().ok()).map(str::trim);
    let key = key.filter(|key| {
        let plain = key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        plain && !key.is_empty() && key.len() <= MOST_KEY_CHARS
    });
    let (Some(key), None) = (key, keys.next()) else {
        return Err(Failure::BadRequest {
            code: "bad_idempotency_key",
            message: format!(
                "An Idempotency-Key has 1 to {MOST_KEY_CHARS} characters of ASCII, such as a UUID; send one."
            ),
        });
    };
    let rights = match &caller.proof {
        Proof::Session(_) => "session".to_owned(),
        Proof::Token { scopes, .. } => scopes
            .iter()
            .map(|scope| scope.as_str())
            .collect::<Vec<_>>()
            .join(" "),
    };
    // Whoever may do less than then must not read what was answered then.
    let role = caller.actor.role.as_str();
    let id = &caller.actor.id;
    Ok(secret_hash(&format!("{id}\n{role}\n{rights}\n{key}")))
}

/// The fingerprint of a request, before its body.
fn fingerprint(request: &HttpRequest) -> Fingerprint {
    let mime = request.mime_type().ok().flatten();
    let boundary = mime.as_ref().and_then(|mime| mime.get_param(mime::BOUNDARY));
    let kind = mime.as_ref().map(|mime| mime.essence_str().to_owned());
    Fingerprint::new(
        &[
            routed_path(request),
            request.query_string(),
            kind.as_deref().unwrap_or_default(),
        ],
        boundary.as_ref().map(mime::Name::as_str),
    )
}

/// Answers as before, if this is the same request.
async fn repeat_answer(request: &mut ServiceRequest, kept: Kept) -> Result<HttpResponse, Failure> {
    let mut print = fingerprint(request.request());
    let (silence, most) = limits(request.request());
    let mut payload = request.take_payload();
    drain(&mut payload, silence, most, |piece| print.update(piece)).await?;
    if print.finish() != kept.request_hash {
        return Err(Failure::KeyReused);
    }
    let Some(body) = kept.body else {
        return Err(Failure::Conflict {
            code: "already_done",
            message: "This request was carried out. Its answer is not given again, because it held a secret that is shown once, or was too long; look at the list of what there is.".to_owned(),
        });
    };
    let mut response = HttpResponse::build(StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK));
    for (name, value) in kept.headers {
        response.insert_header((name, value));
    }
    response.insert_header((REPLAYED, "true"));
    Ok(response.body(body))
}

/// How long a body may be silent, and how many bytes it may have: those of photographs many.
fn limits(request: &HttpRequest) -> (Duration, u64) {
    let config = &App::of(request).config;
    let mime = request.mime_type().ok().flatten();
    let most = if mime.is_some_and(|mime| mime.type_() == mime::MULTIPART) {
        most_request_bytes(&config.limits)
    } else {
        MOST_BODY_BYTES as u64
    };
    (config.body_patience, most)
}

/// Reads what there is of a body, of at most `most` bytes: not every body says beforehand how long it is.
async fn drain(
    body: &mut (impl Stream<Item = Result<Bytes, PayloadError>> + Unpin),
    silence: Duration,
    most: u64,
    mut take: impl FnMut(&[u8]),
) -> Result<(), Failure> {
    let mut patience = Patience::new(silence);
    let mut came = 0_u64;
    while let Some(piece) = patience.wait(body.next()).await? {
        let piece = piece.map_err(|error| Failure::BadRequest {
            code: "broken_body",
            message: format!("The body could not be read to its end: {error}."),
        })?;
        patience.took(piece.len())?;
        came = came.saturating_add(piece.len() as u64);
        if came > most {
            return Err(Failure::TooManyBytes(format!(
                "A body may have at most {most} bytes here."
            )));
        }
        take(&piece);
    }
    Ok(())
}

/// Carries a request out, in a task of its own that no broken line ends, and keeps its answer.
async fn carry_out(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    account: AccountId,
    held: Held,
) -> Answered {
    let (silence, most) = limits(request.request());
    let mut rest = Printed(Rc::new(RefCell::new(Body {
        payload: request.take_payload(),
        print: fingerprint(request.request()),
    })));
    let read: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> = Box::pin(rest.clone());
    request.set_payload(Payload::from(read));
    let task = actix_web::rt::spawn(async move {
        let response = next.call(request).await?.map_into_boxed_body();
        // Not every handler reads to the end what it needs no more of.
        let is_whole =
            response.status().is_success() && drain(&mut rest, silence, most, |_| {}).await.is_ok();
        if is_whole {
            keep(response, account, &held.key_hash, rest.finish()).await
        } else {
            Ok(response)
        }
    });
    match task.await {
        Ok(answered) => answered,
        Err(error) => Err(Failed(Failure::internal(&error)).into()),
    }
}

async fn keep(
    response: ServiceResponse<BoxBody>,
    account: AccountId,
    key_hash: &str,
    request_hash: String,
) -> Answered {
    let (request, response) = response.into_parts();
    let is_secret = response.extensions().contains::<ShownOnce>();
    let (response, body) = response.into_parts();
    let body = to_bytes(body)
        .await
        .map_err(|error| Failed(Failure::internal(&std::io::Error::other(error.to_string()))))?;
    let headers = KEPT_HEADERS.iter().filter_map(|name| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    let kept = Kept {
        request_hash,
        status: response.status().as_u16(),
        headers: headers.collect(),
        body: (!is_secret).then(|| body.to_vec()),
    };
    let (db, now) = {
        let app = App::of(&request);
        (app.db.clone(), app.clock.now())
    };
    let key_hash = key_hash.to_owned();
    let written = db
        .write(move |conn| repeat::keep(conn, &account, &key_hash, &kept, now))
        .await;
    // What was asked is done, whether or not that can be said again.
    if let Err(error) = written {
        let error: &dyn std::error::Error = &error;
        tracing::error!(error, "an answer could not be kept for its Idempotency-Key");
    }
    let response = response.set_body(body).map_into_boxed_body();
    Ok(ServiceResponse::new(request, response))
}

/// A body, and the fingerprint of what was read of it.
struct Body {
    payload: Payload,
    print: Fingerprint,
}

/// A body whose fingerprint is taken while it is read; clones read on where the others stopped.
#[derive(Clone)]
struct Printed(Rc<RefCell<Body>>);

impl Printed {
    /// The fingerprint of all that was read.
    fn finish(&self) -> String {
        let nothing = Fingerprint::new(&[], None);
        std::mem::replace(&mut self.0.borrow_mut().print, nothing).finish()
    }
}

impl Stream for Printed {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut body = self.0.borrow_mut();
        let polled = Pin::new(&mut body.payload).poll_next(context);
        if let Poll::Ready(Some(Ok(piece))) = &polled {
            body.print.update(piece);
        }
        polled
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_body_that_says_no_length_is_read_as_far_as_a_request_may_go() {
        let body = || {
            let pieces = ["een", "twee", "drie"].map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
            futures_util::stream::iter(pieces)
        };
        let mut read = Vec::new();
        let silence = Duration::from_secs(5);
        drain(&mut body(), silence, 11, |piece| read.extend_from_slice(piece))
            .await
            .unwrap();
        assert_eq!(read, b"eentweedrie");
        let mut read = Vec::new();
        let refused = drain(&mut body(), silence, 10, |piece| read.extend_from_slice(piece)).await;
        assert!(matches!(refused, Err(Failure::TooManyBytes(_))), "{refused:?}");
        assert_eq!(read, b"eentwee");
    }
}
