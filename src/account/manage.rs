//! Making, listing and ending accounts.

use super::password::{self, PasswordError, Passwords};
use super::query::{self, NewAccount};
use super::{Account, Role, parse_email, session};
use crate::clock::Millis;
use crate::db::{Conn, Db, DbError};
use crate::id::AccountId;
use crate::text::PersonName;

/// Why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Fields that were not taken, each with a sentence.
    #[error("{}", .0.iter().map(|(_, message)| message.as_str()).collect::<Vec<_>>().join(" "))]
    Fields(Vec<(&'static str, String)>),
    /// The address has an account already.
    #[error("There is an account for {0} already.")]
    Taken(String),
    /// No account has this address.
    #[error("There is no account for {0}; “reportage user list” shows those there are.")]
    Unknown(String),
    /// Nobody could look after the site any more.
    #[error("{0} is the only administrator; make another one first with “reportage user add --role admin”.")]
    LastAdmin(String),
    /// The password was not taken.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for AccountError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// What is needed for an account, as typed.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// E-mail address.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The password, in the clear, for as long as it takes to hash it.
    pub password: String,
}

/// Details that have been checked.
#[derive(Debug, Clone)]
pub(super) struct CheckedPerson {
    email: String,
    name: String,
    role: Role,
}

pub(super) fn check(person: &NewPerson) -> Result<CheckedPerson, AccountError> {
    let mut wrong = Vec::new();
    let email = parse_email(&person.email)
        .map_err(|message| wrong.push(("email", message)))
        .unwrap_or_default();
    let name = PersonName::parse(&person.name)
        .map_err(|error| wrong.push(("name", format!("The name {error}."))))
        .map(PersonName::into_string)
        .unwrap_or_default();
    if let Err(error) = password::check(&person.password, &email) {
        wrong.push(("password", error.to_string()));
    }
    if wrong.is_empty() {
        Ok(CheckedPerson {
            email,
            name,
            role: person.role,
        })
    } else {
        Err(AccountError::Fields(wrong))
    }
}

pub(super) fn insert(
    conn: &mut Conn,
    person: &CheckedPerson,
    hash: &str,
    now: Millis,
) -> Result<Account, AccountError> {
    if query::find_account_by_email(conn, &person.email)?.is_some() {
        return Err(AccountError::Taken(person.email.clone()));
    }
    let id = AccountId::random();
    query::insert_account(
        conn,
        &NewAccount {
            id: &id,
            email: &person.email,
            name: &person.name,
            role: person.role.as_str(),
            password_hash: hash,
            created_at: now,
            updated_at: now,
        },
    )?;
    Ok(Account {
        id,
        email: person.email.clone(),
        name: person.name.clone(),
        role: person.role,
        created_at: now,
        disabled_at: None,
    })
}

/// Makes an account. Blocks while it hashes; for commands in a shell.
///
/// # Errors
/// [`AccountError`].
#[expect(
    clippy::needless_pass_by_value,
    reason = "a password in the clear is not to live on at the caller"
)]
pub fn add(db: &Db, passwords: &Passwords, person: NewPerson, now: Millis) -> Result<Account, AccountError> {
    let checked = check(&person)?;
    let hash = passwords.hash_now(&person.password)?;
    db.write_now(|conn| insert(conn, &checked, &hash, now))
}

/// Gives an account a new password and ends its sessions. Blocks while it hashes.
///
/// # Errors
/// [`AccountError`].
pub fn change_password(
    db: &Db,
    passwords: &Passwords,
    email: &str,
    password: &str,
    now: Millis,
) -> Result<(), AccountError> {
    let email = email.trim().to_lowercase();
    password::check(password, &email)?;
    let hash = passwords.hash_now(password)?;
    db.write_now(|conn| {
        let account = query::find_account_by_email(conn, &email)?
            .ok_or_else(|| AccountError::Unknown(email.clone()))?;
        query::set_password(conn, &account.id, &hash, now)?;
        session::end_all(conn, &account.id)?;
        Ok(())
    })
}

/// Disables an account: it cannot sign in, its sessions end, its tokens are refused. What it made stays.
///
/// # Errors
/// [`AccountError`].
pub fn disable(db: &Db, email: &str, now: Millis) -> Result<(), AccountError> {
    let email = email.trim().to_lowercase();
    db.write_now(|conn| {
        let account = query::find_account_by_email(conn, &email)?
            .ok_or_else(|| AccountError::Unknown(email.clone()))?;
        let admins = query::list_accounts(conn)?;
        let another = |other: &Account| {
            other.role == Role::Admin && other.disabled_at.is_none() && other.id != account.id
        };
        if account.role == Role::Admin && !admins.iter().any(another) {
            return Err(AccountError::LastAdmin(email.clone()));
        }
        query::set_disabled(conn, &account.id, now)?;
        session::end_all(conn, &account.id)?;
        Ok(())
    })
}
