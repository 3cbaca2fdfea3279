//! The limit on guesses: failed passwords and codes are counted together, for the account and for the network address they come from.

use diesel::QueryResult;

use super::query;
use crate::audit::{self, Who, Word};
use crate::clock::{MINUTE, Millis};
use crate::db::Conn;

/// Failures in [`WINDOW`] that are still answered; the next one is not.
const MOST_FAILURES: usize = 10;
/// Over which failures are counted.
const WINDOW: Millis = 15 * MINUTE;

/// What failures count against: the account's address, then the network's.
pub(super) type Subjects = [String; 2];

/// That there were too many failures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wait {
    /// Seconds until the next try.
    pub retry_after_s: i64,
    /// What they counted against.
    subject: String,
}

pub(super) fn subjects(email: &str, network: &str) -> Subjects {
    [format!("account:{email}"), format!("network:{network}")]
}

/// How long one has to wait, if there were too many failures.
pub(super) fn must_wait(conn: &mut Conn, subjects: &Subjects, now: Millis) -> QueryResult<Option<Wait>> {
    let most = i64::try_from(MOST_FAILURES).unwrap_or(i64::MAX);
    for subject in subjects {
        let failures = query::list_failures(conn, subject, now.saturating_sub(WINDOW), most)?;
        if failures.len() >= MOST_FAILURES {
            let free_at = failures
                .first()
                .map_or(now, |oldest| oldest.saturating_add(WINDOW));
            return Ok(Some(Wait {
                retry_after_s: (free_at - now).max(1_000) / 1_000,
                subject: subject.clone(),
            }));
        }
    }
    Ok(None)
}

/// Counts a failure. Asked again inside the transaction whether one must wait: guesses sent side by side do not slip through together.
pub(super) fn count(conn: &mut Conn, subjects: &Subjects, now: Millis) -> QueryResult<Option<Wait>> {
    let wait = must_wait(conn, subjects, now)?;
    query::delete_failures_before(conn, now.saturating_sub(WINDOW))?;
    for subject in subjects {
        query::insert_failure(conn, subject, now)?;
    }
    if let Some(wait) = &wait {
        tell(conn, wait, now)?;
    }
    Ok(wait)
}

/// Forgets the failures of an account: somebody has proved who they are. Those of the network stay.
pub(super) fn forget(conn: &mut Conn, subjects: &Subjects) -> QueryResult<()> {
    query::delete_failures(conn, &subjects[0])
}

/// Whether the trail tells already that this one has to wait.
pub(super) fn is_told(conn: &mut Conn, wait: &Wait, now: Millis) -> QueryResult<bool> {
    audit::is_told(
        conn,
        Word::SignInBlocked,
        &wait.subject,
        now.saturating_sub(WINDOW),
    )
}

/// Tells the trail that somebody has to wait: once, however often they knock.
pub(super) fn tell(conn: &mut Conn, wait: &Wait, now: Millis) -> QueryResult<()> {
    if is_told(conn, wait, now)? {
        return Ok(());
    }
    audit::record(conn, Who::Stranger, Word::SignInBlocked, &wait.subject, "", now)
}
