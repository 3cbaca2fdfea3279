//! Making, changing and ending accounts from a shell, and what that has in common with doing so at the desk.

use super::password::{self, LEAST_CHARACTERS, PasswordError, Passwords};
use super::query::{self, NewAccount, factors, passkeys};
use super::{Account, Role, factor, parse_email, people, session};
use crate::audit::{self, Who, Word};
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
    #[error(
        "{0} is the only administrator who can sign in. Make somebody else one first, on the people page or with “reportage user add --role admin”."
    )]
    LastAdmin(String),
    /// One's own, which is for one's own page.
    #[error("Your own password and second factor are changed on your own page, by whoever knows them.")]
    Oneself,
    /// Not for this person to do.
    #[error("{0}")]
    Forbidden(&'static str),
    /// It is about an account that cannot sign in.
    #[error("{0} is disabled. Enable the account first.")]
    IsDisabled(String),
    /// Not the present password of whoever is signed in.
    #[error("That is not your present password.")]
    WrongPassword,
    /// Not the code of this moment.
    #[error("That code is not right. Wait for the next one, and see that your device’s clock is right.")]
    WrongCode,
    /// Too many wrong passwords or codes.
    #[error("Too many failed attempts. Please wait {} minutes and try again.", (retry_after_s / 60) + 1)]
    TooMany {
        /// Seconds until the next try.
        retry_after_s: i64,
    },
    /// There is a second factor already.
    #[error("The second factor is on already. Turn it off before you set it up anew.")]
    FactorIsOn,
    /// There is no second factor to be confirmed or kept.
    #[error("There is no second factor to do this with. Begin again on your account’s page.")]
    FactorIsOff,
    /// A password that does not stand alone.
    #[error(
        "Your password has fewer than {LEAST_CHARACTERS} characters, which is enough only beside a second factor. Choose a longer one first."
    )]
    ShortPassword,
    /// There can be no passkeys on this site.
    #[error("Passkeys need a site with a name: start the server with --base-url and a domain in it.")]
    NoPasskeys,
    /// There is no room for another passkey.
    #[error(
        "There are {} passkeys already. Remove one that you do not use.",
        super::passkey::MOST_PASSKEYS
    )]
    ManyPasskeys,
    /// What the device made is not what was asked for.
    #[error(
        "The passkey could not be kept: it took too long, or the device has one for this account already. Please try again."
    )]
    PasskeyRefused,
    /// The second factor's secret cannot be used.
    #[error("the second factor cannot be used: {0}")]
    Factor(String),
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
    if let Err(error) = password::check(&person.password, &email, LEAST_CHARACTERS) {
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

/// Tells the trail of a new account.
pub(super) fn tell_created(
    conn: &mut Conn,
    who: Who<'_>,
    account: &Account,
    now: Millis,
) -> diesel::QueryResult<()> {
    let note = format!("{}, {}", account.name, account.role);
    audit::record(conn, who, Word::Created, account.id.as_str(), &note, now)
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
    db.write_now(|conn| {
        let account = insert(conn, &checked, &hash, now)?;
        tell_created(conn, Who::Shell, &account, now)?;
        Ok(account)
    })
}

/// Gives an account a new password and ends its sessions. Blocks while it hashes; for commands in a shell.
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
    let (account, least) = db.read_now(|conn| {
        let account = find_by_email(conn, email)?;
        let least = factor::least_characters(conn, &account.id)?;
        Ok::<_, AccountError>((account, least))
    })?;
    password::check(password, &account.email, least)?;
    let hash = passwords.hash_now(password)?;
    let short = password::is_short(password);
    db.write_now(|conn| {
        query::set_password(conn, &account.id, &hash, short, now)?;
        query::links::delete_open_resets_of(conn, &account.id)?;
        query::links::delete_open_made_by(conn, &account.id)?;
        session::end_all(conn, &account.id)?;
        tell_from_shell(conn, Word::PasswordReset, &account, now)
    })
}

/// Disables an account: it cannot sign in, its sessions end, its tokens are refused. What it made stays. For commands in a shell.
///
/// # Errors
/// [`AccountError`].
pub fn disable(db: &Db, email: &str, now: Millis) -> Result<(), AccountError> {
    db.write_now(|conn| {
        let account = find_by_email(conn, email)?;
        people::set_disabled(conn, &account, Some(now), now)?;
        tell_from_shell(conn, Word::Disabled, &account, now)
    })
}

/// Lets a disabled account sign in again. For commands in a shell.
///
/// # Errors
/// [`AccountError`].
pub fn enable(db: &Db, email: &str, now: Millis) -> Result<(), AccountError> {
    db.write_now(|conn| {
        let account = find_by_email(conn, email)?;
        people::set_disabled(conn, &account, None, now)?;
        tell_from_shell(conn, Word::Enabled, &account, now)
    })
}

/// Turns an account's second factor off and ends its sessions; says whether there was one. For commands in a shell: a password that is too short
/// to stand alone is to be changed there too.
///
/// # Errors
/// [`AccountError`].
pub fn turn_off_factor(db: &Db, email: &str, now: Millis) -> Result<bool, AccountError> {
    db.write_now(|conn| {
        let account = find_by_email(conn, email)?;
        // The device that is lost may hold a passkey too.
        let passkeys = passkeys::delete_all(conn, &account.id)?;
        let had_factor = factors::delete(conn, &account.id)?;
        if passkeys > 0 {
            tell_from_shell(conn, Word::PasskeyRemoved, &account, now)?;
        }
        if had_factor {
            tell_from_shell(conn, Word::FactorOff, &account, now)?;
        }
        if !had_factor && passkeys == 0 {
            return Ok(false);
        }
        people::take_short_password(conn, &account.id, now)?;
        session::end_all(conn, &account.id)?;
        Ok(true)
    })
}

fn find_by_email(conn: &mut Conn, email: &str) -> Result<Account, AccountError> {
    let email = email.trim().to_lowercase();
    query::find_account_by_email(conn, &email)?.ok_or(AccountError::Unknown(email))
}

fn tell_from_shell(conn: &mut Conn, word: Word, account: &Account, now: Millis) -> Result<(), AccountError> {
    Ok(audit::record(
        conn,
        Who::Shell,
        word,
        account.id.as_str(),
        &account.name,
        now,
    )?)
}
