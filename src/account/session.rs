//! Sessions: a signed-in browser, kept on the server so that it can be ended from here.

use diesel::QueryResult;

use super::query;
use super::query::sessions::{self, NewSession};
use super::{Account, Actor, new_secret, secret_hash, throttle};
use crate::audit::Word;
use crate::clock::{MINUTE, Millis};
use crate::config::Lifetime;
use crate::db::Conn;
use crate::id::{AccountId, SessionId};
use crate::text::cut;

/// Where a request came from, as far as it tells.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The network address.
    pub network: String,
    /// What the browser calls itself.
    pub browser: String,
}

impl Origin {
    /// The network that one subscriber has, for counting by it.
    #[must_use]
    pub fn subscriber(&self) -> String {
        throttle::network_of(&self.network)
    }
}

/// A session as its owner sees it in a list.
#[derive(Debug, Clone)]
pub struct SessionLine {
    /// Its id.
    pub id: SessionId,
    /// Where it was started.
    pub origin: Origin,
    /// Since when.
    pub created_at: Millis,
    /// When it was last used, to the minute.
    pub seen_at: Millis,
}

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

/// Characters of a network address that are kept.
const MOST_NETWORK_CHARS: usize = 64;
/// Characters of what a browser calls itself that are kept.
const MOST_BROWSER_CHARS: usize = 400;

/// Starts a session and returns its secret, which only the browser keeps.
///
/// # Errors
/// Those of the statements.
pub fn start(
    conn: &mut Conn,
    account: &AccountId,
    origin: &Origin,
    lifetime: Lifetime,
    now: Millis,
) -> QueryResult<String> {
    let secret = new_secret();
    sessions::delete_ended_before(conn, now)?;
    query::set_seen(conn, account, now)?;
    sessions::insert(
        conn,
        &NewSession {
            id: &SessionId::random(),
            account_id: account,
            secret_hash: &secret_hash(&secret),
            created_at: now,
            seen_at: now,
            expires_at: now.saturating_add(lifetime.whole),
            network: &cut(&origin.network, MOST_NETWORK_CHARS),
            browser: &cut(&origin.browser, MOST_BROWSER_CHARS),
        },
    )?;
    Ok(secret)
}

/// The session of this secret, unless it ended, idled out, or its account is disabled.
///
/// # Errors
/// Those of the statement.
pub fn find(conn: &mut Conn, secret: &str, lifetime: Lifetime, now: Millis) -> QueryResult<Option<Session>> {
    let Some((session, account)) = sessions::find(conn, &secret_hash(secret))? else {
        return Ok(None);
    };
    if has_ended(&session, lifetime, now) || account.disabled_at.is_some() {
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
pub fn touch(conn: &mut Conn, session: &Session, now: Millis) -> QueryResult<()> {
    sessions::touch(conn, &session.id, now)?;
    query::set_seen(conn, &session.account.id, now)
}

/// Ends one session.
///
/// # Errors
/// Those of the statement.
pub fn end(conn: &mut Conn, id: &SessionId) -> QueryResult<()> {
    sessions::delete(conn, id)
}

/// Ends one session as its owner signs out, or all of theirs.
///
/// # Errors
/// Those of the statements.
pub fn sign_out(
    conn: &mut Conn,
    actor: &Actor,
    id: &SessionId,
    everywhere: bool,
    now: Millis,
) -> QueryResult<()> {
    if everywhere {
        end_others(conn, actor, id, now)?;
        end_all(conn, &actor.id)?;
    }
    // Pressed twice, it is told once.
    if everywhere || sessions::delete_own(conn, &actor.id, id)? {
        actor.did(conn, Word::SignedOut, actor.id.as_str(), "", now)?;
    }
    Ok(())
}

/// Ends all sessions of an account, and what is on the way to one.
///
/// # Errors
/// Those of the statement.
pub fn end_all(conn: &mut Conn, account: &AccountId) -> QueryResult<()> {
    sessions::delete_all_of(conn, account)
}

/// The sessions in which this person is signed in now, the last used first.
///
/// # Errors
/// Those of the statement.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    lifetime: Lifetime,
    now: Millis,
) -> QueryResult<Vec<SessionLine>> {
    let rows = sessions::list(conn, &actor.id)?;
    Ok(rows
        .into_iter()
        .filter(|row| !has_ended(row, lifetime, now))
        .map(|row| SessionLine {
            id: row.id,
            origin: Origin {
                network: row.network,
                browser: row.browser,
            },
            created_at: row.created_at,
            seen_at: row.seen_at,
        })
        .collect())
}

/// Ends one of this person's own sessions; says whether there was one of this id.
///
/// # Errors
/// Those of the statements.
pub fn end_own(conn: &mut Conn, actor: &Actor, id: &SessionId, now: Millis) -> QueryResult<bool> {
    let ended = sessions::delete_own(conn, &actor.id, id)?;
    if ended {
        actor.did(conn, Word::SessionsEnded, actor.id.as_str(), "1", now)?;
    }
    Ok(ended)
}

/// Ends this person's sessions but the one at hand; says how many.
///
/// # Errors
/// Those of the statements.
pub fn end_others(conn: &mut Conn, actor: &Actor, kept: &SessionId, now: Millis) -> QueryResult<usize> {
    let ended = sessions::delete_others_of(conn, &actor.id, kept)?;
    if ended > 0 {
        actor.did(
            conn,
            Word::SessionsEnded,
            actor.id.as_str(),
            &ended.to_string(),
            now,
        )?;
    }
    Ok(ended)
}

fn has_ended(session: &sessions::SessionRow, lifetime: Lifetime, now: Millis) -> bool {
    // One that was begun while the clock ran ahead lives no longer for it.
    let is_of_tomorrow = session.created_at > now.saturating_add(lifetime.idle);
    is_of_tomorrow || session.expires_at <= now || session.seen_at.saturating_add(lifetime.idle) <= now
}
