//! Where a page of a list ended: an instant and an id, opaque to clients. Keyset paging neither repeats nor skips while things come and go.

use std::fmt::Display;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::error::Failure;
use crate::clock::Millis;
use crate::search::live::After;

/// Writes a cursor.
#[must_use]
pub fn write(at: Millis, id: impl Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("{at} {id}"))
}

/// Writes where a page of what was found ended: its score bit by bit, and its number.
#[must_use]
pub fn write_score(after: After) -> String {
    write(after.score.to_bits().cast_signed(), after.number)
}

/// Reads where a page of what was found ended.
///
/// # Errors
/// [`Failure::BadRequest`] for what was never given out.
pub fn read_score(text: &str) -> Result<After, Failure> {
    let (bits, number) = read::<i64>(text)?;
    let score = f64::from_bits(bits.cast_unsigned());
    // A number that is none compares with nothing; it was never given out.
    if score.is_finite() {
        Ok(After { number, score })
    } else {
        Err(not_a_cursor())
    }
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
    parse().ok_or_else(not_a_cursor)
}

fn not_a_cursor() -> Failure {
    Failure::BadRequest {
        code: "after",
        message: "“after” is not a cursor of this list; take it from the link to the next page.".to_owned(),
    }
}
