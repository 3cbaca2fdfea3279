//! API tokens: a prefix and 256 random bits, shown once, stored hashed, each with an allow-list of scopes.

use std::fmt;
use std::str::FromStr;

use super::password::Passwords;
use super::prove::prove;
use super::query::{self, NewToken};
use super::session::Origin;
use super::{Account, Actor, manage::AccountError, new_secret, secret_hash};
use crate::audit::{self, Who, Word};
use crate::clock::{MINUTE, Millis};
use crate::db::{Conn, Db};
use crate::id::{AccountId, TokenId};
use crate::text::PersonName;

/// What every token begins with, so that scanners of leaked secrets know one when they see it.
pub const PREFIX: &str = "rpt_";

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Read stories, drafts included.
    StoriesRead,
    /// Read drafts as readers would see them.
    StoriesPreview,
    /// Make and change stories.
    StoriesWrite,
    /// Publish and unpublish.
    StoriesPublish,
    /// Upload and change photos.
    PhotosWrite,
    /// Manage webhooks.
    WebhooksManage,
    /// Change the site's settings.
    SiteManage,
}

impl Scope {
    /// All scopes; `all` in a command means these.
    pub const ALL: [Self; 7] = [
        Self::StoriesRead,
        Self::StoriesPreview,
        Self::StoriesWrite,
        Self::StoriesPublish,
        Self::PhotosWrite,
        Self::WebhooksManage,
        Self::SiteManage,
    ];

    /// The scope's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StoriesRead => "stories:read",
            Self::StoriesPreview => "stories:preview",
            Self::StoriesWrite => "stories:write",
            Self::StoriesPublish => "stories:publish",
            Self::PhotosWrite => "photos:write",
            Self::WebhooksManage => "webhooks:manage",
            Self::SiteManage => "site:manage",
        }
    }

    /// Whether a token of this scope is of any use to somebody: a token is never more than its person.
    #[must_use]
    pub fn is_for(self, actor: &Actor) -> bool {
        match self {
            Self::StoriesRead | Self::StoriesPreview | Self::PhotosWrite => true,
            Self::StoriesWrite | Self::StoriesPublish => actor.edits_everything(),
            Self::WebhooksManage | Self::SiteManage => actor.is_admin(),
        }
    }

    /// Reads a list such as `stories:read,photos:write`, or `all`.
    ///
    /// # Errors
    /// A sentence that names the scopes there are.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        if text.trim() == "all" {
            return Ok(Self::ALL.to_vec());
        }
        let mut scopes = text
            .split([',', ' '])
            .filter(|part| !part.is_empty())
            .map(str::parse)
            .collect::<Result<Vec<Self>, _>>()?;
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            Err("Please name at least one scope, or “all”.".to_owned())
        } else {
            Ok(scopes)
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| {
                let all = Self::ALL.map(Self::as_str).join(", ");
                format!("“{text}” is not a scope; there are {all}, and “all” for every one")
            })
    }
}

/// A token as lists show it: everything but its secret.
#[derive(Debug, Clone)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// What it is for, in its maker's words.
    pub name: String,
    /// Whose it is.
    pub account: Account,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Millis,
    /// When it ends.
    pub expires_at: Option<Millis>,
    /// When it was last used, to the minute.
    pub used_at: Option<Millis>,
    /// When it was revoked.
    pub revoked_at: Option<Millis>,
}

/// A token that is to be made.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What it is for, in its maker's words.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it ends.
    pub expires_at: Option<Millis>,
}

/// Makes a token for the account of this address and returns its secret, which is shown once. For commands in a shell.
///
/// # Errors
/// [`AccountError`].
pub fn add(
    db: &Db,
    email: &str,
    name: &str,
    scopes: &[Scope],
    expires_at: Option<Millis>,
    now: Millis,
) -> Result<String, AccountError> {
    let wanted = Wanted {
        name: name.to_owned(),
        scopes: scopes.to_vec(),
        expires_at,
    };
    let email = email.trim().to_lowercase();
    db.write_now(|conn| {
        let account = query::find_account_by_email(conn, &email)?
            .filter(|account| account.disabled_at.is_none())
            .ok_or_else(|| AccountError::Unknown(email.clone()))?;
        insert(conn, Who::Shell, &account.id, &wanted, now)
    })
}

/// Makes a token for this person, who proves it by the password, and returns its secret, which is shown once. A token outlives sessions: whoever merely
/// sits at an open browser must not make one.
///
/// # Errors
/// [`AccountError::Fields`], and those of a wrong password.
pub async fn make(
    db: &Db,
    passwords: &Passwords,
    actor: &Actor,
    password: String,
    wanted: Wanted,
    origin: &Origin,
    now: Millis,
) -> Result<String, AccountError> {
    check(actor, &wanted, now)?;
    prove(db, passwords, actor, password, origin, now).await?;
    let actor = actor.clone();
    db.write(move |conn| insert(conn, Who::Person(&actor.id, &actor.name), &actor.id, &wanted, now))
        .await
}

fn check(actor: &Actor, wanted: &Wanted, now: Millis) -> Result<(), AccountError> {
    let mut wrong = Vec::new();
    if wanted.scopes.is_empty() {
        let message = "Tick at least one box: a token without a scope opens nothing.";
        wrong.push(("scope", message.to_owned()));
    }
    if wanted.scopes.iter().any(|scope| !scope.is_for(actor)) {
        let message = "A token may be used for what you may do yourself, and nothing else.";
        wrong.push(("scope", message.to_owned()));
    }
    if wanted.expires_at.is_some_and(|end| end <= now) {
        wrong.push(("expires", "A token ends in the future.".to_owned()));
    }
    if let Err(error) = PersonName::parse(&wanted.name) {
        wrong.push(("name", format!("The token’s name {error}.")));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(AccountError::Fields(wrong))
    }
}

fn insert(
    conn: &mut Conn,
    who: Who<'_>,
    account: &AccountId,
    wanted: &Wanted,
    now: Millis,
) -> Result<String, AccountError> {
    let name = PersonName::parse(&wanted.name)
        .map_err(|error| AccountError::Fields(vec![("name", format!("The token's name {error}."))]))?;
    let scopes = wanted
        .scopes
        .iter()
        .map(|scope| scope.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    let (id, secret) = (TokenId::random(), format!("{PREFIX}{}", new_secret()));
    query::insert_token(
        conn,
        &NewToken {
            id: &id,
            account_id: account,
            name: name.as_str(),
            secret_hash: &secret_hash(&secret),
            scopes: &scopes,
            created_at: now,
            expires_at: wanted.expires_at,
        },
    )?;
    let note = format!("{}: {scopes}", name.as_str());
    audit::record(conn, who, Word::TokenMade, id.as_str(), &note, now)?;
    Ok(secret)
}

/// The tokens that this person looks after: their own, and for an administrator everybody's. Oldest first, at most 1,000.
///
/// # Errors
/// Those of the statement.
pub fn list_for(conn: &mut Conn, actor: &Actor) -> diesel::QueryResult<Vec<Token>> {
    let own = (!actor.is_admin()).then_some(&actor.id);
    let rows = query::list_tokens(conn, own)?;
    Ok(rows
        .into_iter()
        .map(|(token, account)| from_rows(token, account))
        .collect())
}

/// Revokes a token that this person looks after.
///
/// # Errors
/// [`AccountError::Unknown`] for one that is not there or another's.
pub fn revoke_by_id(conn: &mut Conn, actor: &Actor, id: &TokenId, now: Millis) -> Result<(), AccountError> {
    let token = query::find_token_by_id(conn, id)?
        .map(|(token, account)| from_rows(token, account))
        .filter(|token| actor.is_admin() || token.account.id == actor.id)
        .ok_or_else(|| AccountError::Unknown(id.as_str().to_owned()))?;
    if query::revoke_tokens(conn, &token.account.id, id.as_str(), now)? > 0 {
        let note = format!("{}, {}", token.name, token.account.name);
        actor.did(conn, Word::TokenRevoked, id.as_str(), &note, now)?;
    }
    Ok(())
}

/// All tokens, or those of one account, oldest first, at most 1,000.
///
/// # Errors
/// [`AccountError`].
pub fn list(db: &Db, email: Option<&str>) -> Result<Vec<Token>, AccountError> {
    db.read_now(|conn| {
        let account = match email.map(|email| email.trim().to_lowercase()) {
            Some(email) => Some(
                query::find_account_by_email(conn, &email)?
                    .ok_or(AccountError::Unknown(email))?
                    .id,
            ),
            None => None,
        };
        let rows = query::list_tokens(conn, account.as_ref())?;
        Ok(rows
            .into_iter()
            .map(|(token, account)| from_rows(token, account))
            .collect())
    })
}

/// Revokes the tokens of an account that have this name or id; says how many.
///
/// # Errors
/// [`AccountError`].
pub fn revoke(db: &Db, email: &str, name_or_id: &str, now: Millis) -> Result<usize, AccountError> {
    let email = email.trim().to_lowercase();
    db.write_now(|conn| {
        let account = query::find_account_by_email(conn, &email)?
            .ok_or_else(|| AccountError::Unknown(email.clone()))?;
        let revoked = query::revoke_tokens(conn, &account.id, name_or_id, now)?;
        if revoked > 0 {
            let note = format!("{name_or_id}, {}", account.name);
            audit::record(conn, Who::Shell, Word::TokenRevoked, name_or_id, &note, now)?;
        }
        Ok(revoked)
    })
}

/// The token of this secret, unless it is revoked, ended, or its account disabled.
///
/// # Errors
/// Those of the statement.
pub fn find(conn: &mut Conn, secret: &str, now: Millis) -> diesel::QueryResult<Option<Token>> {
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    let Some((token, account)) = query::find_token(conn, &secret_hash(secret))? else {
        return Ok(None);
    };
    let token = from_rows(token, account);
    let ended = token.revoked_at.is_some() || token.expires_at.is_some_and(|end| end <= now);
    Ok((!ended && token.account.disabled_at.is_none()).then_some(token))
}

impl Token {
    /// Whether it is time to write down that it was used: once a minute is enough.
    #[must_use]
    pub fn is_stale(&self, now: Millis) -> bool {
        self.used_at.is_none_or(|used| used.saturating_add(MINUTE) <= now)
    }
}

/// Writes down that a token was used.
///
/// # Errors
/// Those of the statement.
pub fn touch(conn: &mut Conn, id: &TokenId, now: Millis) -> diesel::QueryResult<()> {
    query::touch_token(conn, id, now)
}

fn from_rows(token: query::TokenRow, account: query::AccountRow) -> Token {
    Token {
        id: token.id,
        name: token.name,
        account: account.into_account(),
        scopes: token
            .scopes
            .split(' ')
            .filter_map(|scope| scope.parse().ok())
            .collect(),
        created_at: token.created_at,
        expires_at: token.expires_at,
        used_at: token.used_at,
        revoked_at: token.revoked_at,
    }
}
