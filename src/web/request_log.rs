//! A line in the log for each request that needed work. Pages that lie ready go out without one: a proxy in front counts them.
//!
//! What is told is the route, not the address: some addresses are secrets (preview, drop, setup), and who read what is nobody's business. No name,
//! no address of a person stands in it. All that is logged while a request is answered carries its id, which the answer names in `X-Request-Id`.

use std::future::Future;
use std::time::Instant;

use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use tracing::Instrument;

use crate::id::random_bytes;
use crate::text::hex;

/// Names the request in an answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers, and tells of it.
pub(super) async fn told(
    method: Method,
    answering: impl Future<Output = Result<ServiceResponse<BoxBody>, Error>>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (id, began) = (hex(&random_bytes::<8>()), Instant::now());
    let span = tracing::info_span!("request", id);
    let mut response = answering.instrument(span.clone()).await?;
    let route = response.request().match_pattern();
    tracing::info!(
        parent: &span,
        id,
        method = %method,
        route = route.as_deref().unwrap_or("none"),
        status = response.status().as_u16(),
        milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "answered"
    );
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    Ok(response)
}
