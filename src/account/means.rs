//! By what somebody is known: a session or a token. Either can end while something that came by it is still on its way.

use diesel::QueryResult;

use super::query::{self, sessions};
use super::token::Scope;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::{SessionId, TokenId};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Means {
    /// A signed-in browser.
    Session(SessionId),
    /// A token.
    Token(TokenId),
}

impl Means {
    /// Whether it holds still, for what asks a token for this scope.
    ///
    /// # Errors
    /// Those of the statement.
    pub fn holds(&self, conn: &mut Conn, scope: Scope, now: Millis) -> QueryResult<bool> {
        match self {
            Self::Session(id) => sessions::is_there(conn, id),
            Self::Token(id) => Ok(query::find_token_by_id(conn, id)?.is_some_and(|(token, _)| {
                let has_ended = token.revoked_at.is_some() || token.expires_at.is_some_and(|end| end <= now);
                !has_ended && token.scopes.split(' ').any(|name| name == scope.as_str())
            })),
        }
    }
}
