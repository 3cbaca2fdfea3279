//! A line in the log, and a count, for each request that needed work. Pages that lie ready go out without one: a proxy in front counts them.
//!
//! What is told is the route, not the address: some addresses are secrets (preview, drop, setup), and who read what is nobody's business. No name,
//! no address of a person stands in it. All that is logged while a request is answered carries its id: the one that a proxy gave it in `X-Request-Id`, or
//! one of its own. The answer does not repeat it: what is hidden from somebody is told in the same bytes as what never was.

use std::future::Future;
use std::time::Instant;

use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use tracing::Instrument;

use super::extract::routed_path;
use super::{App, audience};
use crate::id::random_bytes;
use crate::text::hex;

/// Where a proxy names a request.
const REQUEST_ID: &str = "x-request-id";
/// Whoever watches over the server asks these every few seconds; as long as all is well, that is no news.
const ASKED_ALL_THE_TIME: [&str; 2] = ["/health", "/ready"];
/// Characters of a request's id at most.
const MOST_CHARS: usize = 64;

/// The word for a method. Any word can stand in its place, each of a stranger's choosing and none of any use: they are all one to us.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 8] = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
    ];
    let asked = method.as_str();
    KNOWN.into_iter().find(|known| *known == asked).unwrap_or("other")
}

/// What is told of a request besides how it was answered.
pub(super) struct Asked {
    id: String,
    method: &'static str,
}

impl Asked {
    pub(super) fn of(request: &ServiceRequest) -> Self {
        let given = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
        let is_plain = |id: &&str| {
            (1..=MOST_CHARS).contains(&id.len())
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        Self {
            id: given
                .filter(is_plain)
                .map_or_else(|| hex(&random_bytes::<8>()), str::to_owned),
            method: known(request.method()),
        }
    }
}

/// Answers, and tells of it.
pub(super) async fn told(
    Asked { id, method }: Asked,
    answering: impl Future<Output = Result<ServiceResponse<BoxBody>, Error>>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = Instant::now();
    let span = tracing::info_span!("request", id);
    let response = answering.instrument(span.clone()).await?;
    let route = response.request().match_pattern();
    let (took, status) = (began.elapsed(), response.status().as_u16());
    let audience = audience(routed_path(response.request())).as_str();
    let meters = &App::of(response.request()).meters;
    meters.answered(method, route.as_deref(), audience, status, took);
    if status == 200 && ASKED_ALL_THE_TIME.contains(&route.as_deref().unwrap_or_default()) {
        return Ok(response);
    }
    tracing::info!(
        parent: &span,
        id,
        method,
        route = route.as_deref().unwrap_or("none"),
        status,
        milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "answered"
    );
    Ok(response)
}
