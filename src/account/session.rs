//! Sessions: a signed-in browser, kept on the server so that it can be ended from here.

use diesel::QueryResult;

use super::query::{self, NewSession};
use super::{Account, new_secret, secret_hash};
use crate::clock::{MINUTE, Millis};
use crate::config::Lifetime;
use crate::db::Conn;
use crate::id::{AccountId, SessionId};

/// A session that holds now.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who signed in.
    pub account: Account,
    /// Whether it is time to write down that it was used; see [`touch`].
    pub stale: bool,
}

/// Starts a session and returns its secret, which only the browser keeps.
///
/// # Errors
/// Those of the statements.
pub fn start(conn: &mut Conn, account: &AccountId, lifetime: Lifetime, now: Millis) -> QueryResult<String> {
    let secret = new_secret();
    query::delete_sessions_ended_before(conn, now)?;
    query::insert_session(
        conn,
        &NewSession {
            id: &SessionId::random(),
            account_id: account,
            secret_hash: &secret_hash(&secret),
            created_at: now,
            seen_at: now,
            expires_at: now.saturating_add(lifetime.whole),
        },
    )?;
    Ok(secret)
}

/// The session of this secret, unless it ended, idled out, or its account is disabled.
///
/// # Errors
/// Those of the statement.
pub fn find(conn: &mut Conn, secret: &str, lifetime: Lifetime, now: Millis) -> QueryResult<Option<Session>> {
    let Some((session, account)) = query::find_session(conn, &secret_hash(secret))? else {
        return Ok(None);
    };
    let ended = session.expires_at <= now || session.seen_at.saturating_add(lifetime.idle) <= now;
    if ended || account.disabled_at.is_some() {
        return Ok(None);
    }
    // Once a minute is exact enough for an idle limit of hours, and spares a write for each request.
    let stale = session.seen_at.saturating_add(MINUTE) <= now;
    Ok(Some(Session {
        id: session.id,
        account: account.into_account(),
        stale,
    }))
}

/// Writes down that a session is in use.
///
/// # Errors
/// Those of the statement.
pub fn touch(conn: &mut Conn, id: &SessionId, now: Millis) -> QueryResult<()> {
    query::touch_session(conn, id, now)
}

/// Ends one session.
///
/// # Errors
/// Those of the statement.
pub fn end(conn: &mut Conn, id: &SessionId) -> QueryResult<()> {
    query::delete_session(conn, id)
}

/// Ends all sessions of an account.
///
/// # Errors
/// Those of the statement.
pub fn end_all(conn: &mut Conn, account: &AccountId) -> QueryResult<()> {
    query::delete_sessions_of(conn, account)
}
