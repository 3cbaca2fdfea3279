//! Answers that are given again: who repeats a request under the same key gets what was answered the first time, and nothing is done twice.
//!
//! Only what was carried out is kept. A request that failed has changed nothing, and its key is free again: the next one under it is carried out.

mod query;

use crate::clock::{DAY, Millis};
use crate::db::{Conn, DbError};
use crate::id::AccountId;
use crate::text::hex;

/// How long an answer is kept.
pub const KEPT_FOR: Millis = DAY;
/// Answers that are kept for one account; beyond that the oldest goes.
pub const MOST_KEPT: i64 = 1_000;
/// Bytes that a body may have to be kept.
const MOST_BODY_BYTES: usize = 8 * 1024 * 1024;
/// How hard bodies are packed: they are written once and hardly ever read.
const PACKING_LEVEL: i32 = 3;

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The hash of what was asked.
    pub request_hash: String,
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body; none for one that must not be kept, because a secret stands in it or it is too long.
    pub body: Option<Vec<u8>>,
}

/// What was answered under a key, if that is not too long ago.
///
/// # Errors
/// Those of the statement, and [`DbError`] for an answer that cannot be unpacked.
pub fn find(
    conn: &mut Conn,
    account: &AccountId,
    key_hash: &str,
    now: Millis,
) -> Result<Option<Kept>, DbError> {
    let Some(row) = query::find(conn, account, key_hash, now.saturating_sub(KEPT_FOR))? else {
        return Ok(None);
    };
    let unpack = |body: Vec<u8>| zstd::bulk::decompress(&body, MOST_BODY_BYTES);
    let body = row.body.map(unpack).transpose().map_err(unreadable)?;
    Ok(Some(Kept {
        request_hash: row.request_hash,
        status: u16::try_from(row.status).unwrap_or(200),
        headers: serde_json::from_str(&row.headers).map_err(unreadable)?,
        body,
    }))
}

/// Keeps an answer under a key, and lets go of what is too old or too much.
///
/// # Errors
/// Those of the statements.
pub fn keep(
    conn: &mut Conn,
    account: &AccountId,
    key_hash: &str,
    kept: &Kept,
    now: Millis,
) -> Result<(), DbError> {
    let body = kept.body.as_deref().filter(|body| body.len() <= MOST_BODY_BYTES);
    let body = body.map(|body| zstd::bulk::compress(body, PACKING_LEVEL));
    let row = query::AnswerRow {
        request_hash: kept.request_hash.clone(),
        status: i32::from(kept.status),
        headers: serde_json::to_string(&kept.headers).map_err(unreadable)?,
        body: body.transpose().map_err(unreadable)?,
    };
    query::delete_before(conn, now.saturating_sub(KEPT_FOR))?;
    query::replace(conn, account, key_hash, &row, now)?;
    Ok(query::delete_beyond(conn, account, MOST_KEPT)?)
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> DbError {
    diesel::result::Error::SerializationError(Box::new(error)).into()
}

/// The hash of a request whose body comes in pieces. The boundary between the parts of a form is another each time the same form is sent, so it
/// is left out.
#[derive(Debug)]
pub struct Fingerprint {
    hash: sha2::Sha256,
    boundary: Vec<u8>,
    /// What may be the beginning of a boundary.
    held: Vec<u8>,
}

impl Fingerprint {
    /// Begins with what stands before the body; each part of it for itself.
    #[must_use]
    pub fn new(head: &[&str], boundary: Option<&str>) -> Self {
        use sha2::Digest;
        let mut hash = sha2::Sha256::new();
        for part in head {
            hash.update(part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        Self {
            hash,
            boundary: boundary.unwrap_or_default().as_bytes().to_vec(),
            held: Vec::new(),
        }
    }

    /// Takes the next piece of the body.
    pub fn update(&mut self, piece: &[u8]) {
        use sha2::Digest;
        if self.boundary.is_empty() {
            self.hash.update(piece);
            return;
        }
        self.held.extend_from_slice(piece);
        let mut done = 0;
        while let Some(at) = find_within(self.held.get(done..).unwrap_or_default(), &self.boundary) {
            self.hash
                .update(self.held.get(done..done + at).unwrap_or_default());
            done += at + self.boundary.len();
        }
        // What is left may end with the beginning of a boundary.
        let kept_from = self.held.len().saturating_sub(self.boundary.len() - 1).max(done);
        self.hash
            .update(self.held.get(done..kept_from).unwrap_or_default());
        self.held.drain(..kept_from);
    }

    /// The hash.
    #[must_use]
    pub fn finish(mut self) -> String {
        use sha2::Digest;
        self.hash.update(&self.held);
        hex(&self.hash.finalize())
    }
}

fn find_within(text: &[u8], sought: &[u8]) -> Option<usize> {
    let first = *sought.first()?;
    let mut from = 0;
    while let Some(at) = text.get(from..)?.iter().position(|byte| *byte == first) {
        if text.get(from + at..)?.starts_with(sought) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &[u8], boundary: Option<&str>, size: usize) -> String {
        let mut print = Fingerprint::new(&["POST", "/x"], boundary);
        for piece in body.chunks(size) {
            print.update(piece);
        }
        print.finish()
    }

    #[test]
    fn the_pieces_in_which_a_body_comes_make_no_difference() {
        let form = b"--ab\r\none aab\r\n--ab--a";
        let whole = of(form, Some("ab"), 100);
        for size in 1..form.len() {
            assert_eq!(of(form, Some("ab"), size), whole, "{size}");
            assert_eq!(of(form, None, size), of(form, None, 100));
        }
    }

    #[test]
    fn a_form_is_the_same_under_another_boundary_and_another_form_is_not() {
        let form = |boundary: &str, word: &str| {
            let body = format!("--{boundary}\r\n{word}\r\n--{boundary}--");
            of(body.as_bytes(), Some(boundary), 5)
        };
        assert_eq!(form("xyz", "one"), form("abcdef", "one"));
        assert_ne!(form("xyz", "one"), form("xyz", "two"));
        let head = |head: &[&str]| Fingerprint::new(head, None).finish();
        assert_ne!(head(&["POST", "/x"]), head(&["POST/", "x"]));
    }
}
