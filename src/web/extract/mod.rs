//! What handlers take from a request: who asks, from where, and a body that was read with every mistake named by its place.

mod body;
mod caller;
mod condition;
mod next;
mod origin;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};

pub use self::body::{JsonBody, MOST_BODY_BYTES, NoFields, OptionalJson, Params, parse_json, sent_json};
pub use self::caller::{Caller, PLAIN_COOKIE, Proof, SECURE_COOKIE, bearer_secret, session_secret};
pub use self::condition::{etag, if_match, if_match_seen, is_known};
pub use self::next::safe_next;
pub use self::origin::{SameOrigin, check_same_origin, origin};
use super::error::Failure;

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

/// An id or slug in the path; one of another shape is a 404 like one that was never given out.
///
/// # Errors
/// [`Failure::NotFound`].
pub fn path_id<T: std::str::FromStr>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::NotFound)
}
