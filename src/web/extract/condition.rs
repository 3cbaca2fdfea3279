//! Versions that a request names: what it was made on, and what its sender has already.

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::story::Seen;
use crate::web::error::Failure;
use crate::web::ready;

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
