//! Where a page of a list ended: an instant and an id, opaque to clients. Keyset paging neither repeats nor skips while things come and go.

use std::fmt::Display;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::error::Failure;
use crate::clock::Millis;

/// Writes a cursor.
#[must_use]
pub fn write(at: Millis, id: impl Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("{at} {id}"))
}

/// Reads a cursor.
///
/// # Errors
/// [`Failure::BadRequest`] for one that was never given out.
pub fn read<T: FromStr>(text: &str) -> Result<(Millis, T), Failure> {
    let parse = || {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (at, id) = std::str::from_utf8(&bytes).ok()?.split_once(' ')?;
        Some((at.parse().ok()?, id.parse().ok()?))
    };
    parse().ok_or_else(|| Failure::BadRequest {
        code: "after",
        message: "“after” is not a cursor of this list; take it from the link to the next page.".to_owned(),
    })
}
