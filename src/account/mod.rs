//! People: accounts, their roles, and the three ways to prove who one is (password, session, token).
//!
//! What somebody may do is decided in the domain by the [`Actor`] that each verb takes, not by the page that offers it.

pub mod factor;
pub mod invitation;
pub mod manage;
pub mod me;
pub mod means;
pub mod passkey;
pub mod password;
pub mod people;
mod prove;
pub mod query;
pub mod reset;
pub mod session;
pub mod setup;
pub mod sign_in;
mod throttle;
pub mod token;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::audit::{self, Who, Word};
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::AccountId;
use crate::text::hex;

/// What an account may do; see DESIGN's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// People, tokens, and everything below.
    Admin,
    /// All stories: create, edit, order, publish.
    Editor,
    /// Uploads; edits own photos; adds own photos to stories of which they are a member.
    Photographer,
}

impl Role {
    /// All roles, from the one that may do least.
    pub const ALL: [Self; 3] = [Self::Photographer, Self::Editor, Self::Admin];

    /// The word for it in the database and in forms.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Photographer => "photographer",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "admin" => Ok(Self::Admin),
            "editor" => Ok(Self::Editor),
            "photographer" => Ok(Self::Photographer),
            other => Err(format!(
                "“{other}” is not a role; choose admin, editor or photographer"
            )),
        }
    }
}

/// An account as the program uses it; the password's hash stays in `query`.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Lower-case e-mail address.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Millis,
    /// Since when it cannot be used.
    pub disabled_at: Option<Millis>,
}

/// Who does something: every verb of the domain takes one and decides by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub id: AccountId,
    /// The person's name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether somebody without an account acts for them, by a link of theirs.
    pub by_link: bool,
}

impl Actor {
    /// Whether all stories and all photos are theirs to work on.
    #[must_use]
    pub fn edits_everything(&self) -> bool {
        matches!(self.role, Role::Admin | Role::Editor)
    }

    /// Whether people and the site itself are theirs to change.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// Writes into the audit trail what this person does, in the transaction that does it: to which object, and a note such as its title.
    ///
    /// # Errors
    /// Those of the statement.
    pub fn did(
        &self,
        conn: &mut Conn,
        word: Word,
        object: &str,
        note: &str,
        now: Millis,
    ) -> diesel::QueryResult<()> {
        audit::record(conn, Who::Person(&self.id, &self.name), word, object, note, now)
    }

    /// Like [`Actor::did`] for work that consists of many small changes: told once an hour for each object.
    ///
    /// # Errors
    /// Those of the statements.
    pub fn worked_on(
        &self,
        conn: &mut Conn,
        word: Word,
        object: &str,
        note: &str,
        now: Millis,
    ) -> diesel::QueryResult<()> {
        audit::record_hourly(conn, (&self.id, &self.name), word, object, note, now)
    }

    /// This person as the one for whom somebody acts by a link with this label: the trail names both.
    #[must_use]
    pub fn by_link(self, label: &str) -> Self {
        Self {
            name: format!("{} ({label})", self.name),
            by_link: true,
            ..self
        }
    }
}

impl From<&Account> for Actor {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.clone(),
            name: account.name.clone(),
            role: account.role,
            by_link: false,
        }
    }
}

/// The hash by which a random secret (session, token, link) is stored and found. The secrets have 256 bits, so no salt and no
/// slow hash is needed.
#[must_use]
pub fn secret_hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// A fresh secret of 256 bits, URL-safe.
#[must_use]
pub fn new_secret() -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(crate::id::random_bytes::<32>())
}

/// An e-mail address as it is stored: trimmed, lower case, with one `@` between two parts.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn parse_email(text: &str) -> Result<String, String> {
    let email = crate::text::clean_line(text).to_lowercase();
    let parts = email
        .split_once('@')
        .filter(|(local, domain)| !local.is_empty() && !domain.is_empty());
    let plain = !email.contains(char::is_whitespace) && email.matches('@').count() == 1;
    if email.len() > 254 || parts.is_none() || !plain {
        return Err("Please give an e-mail address such as anna@example.org.".to_owned());
    }
    Ok(email)
}
