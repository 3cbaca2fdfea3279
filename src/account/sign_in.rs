//! Signing in: password against account, then a code where there is a second factor, with a limit on failures that forwarded addresses cannot
//! talk away.
//!
//! Unknown, wrong and disabled look and last the same: one message, one hash computed, the same rows written.

use super::password::{PasswordError, Passwords};
use super::query;
use super::query::sessions::{self, NewPending};
use super::session::{self, Origin};
use super::throttle::{self, Subjects};
use super::{Account, Actor, factor, new_secret, parse_email, secret_hash};
use crate::audit::Word;
use crate::clock::{MINUTE, Millis};
use crate::config::Lifetime;
use crate::db::{Conn, Db, DbError};

/// How long a sign-in waits for its code.
const PENDING: Millis = 10 * MINUTE;

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown account, wrong password or disabled account; deliberately not told apart.
    #[error("That e-mail address and password do not belong together. Please check both and try again.")]
    Refused,
    /// Not the code of this moment, or one that was used already.
    #[error(
        "That code is not right, or was used already. Wait for the next one, and see that your device’s clock is right."
    )]
    WrongCode,
    /// The password was given too long ago.
    #[error("Your password was typed too long ago. Please sign in again.")]
    Over,
    /// A passkey that is not known, or an answer that does not hold; deliberately not told apart.
    #[error(
        "That passkey does not open this desk, or it took too long. Try again, or sign in with your password."
    )]
    Passkey,
    /// Too many failures.
    #[error("Too many failed attempts. Please wait {} minutes and try again.", (retry_after_s / 60) + 1)]
    TooMany {
        /// Seconds until the next try.
        retry_after_s: i64,
    },
    /// The password was too long, or the server too busy to look.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for SignInError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl From<throttle::Wait> for SignInError {
    fn from(wait: throttle::Wait) -> Self {
        Self::TooMany {
            retry_after_s: wait.retry_after_s,
        }
    }
}

/// A fresh session.
#[derive(Debug)]
pub struct SignedIn {
    /// Who it is.
    pub account: Account,
    /// The session's secret, for the cookie.
    pub secret: String,
}

/// How far a right password leads.
#[derive(Debug)]
pub enum Step {
    /// In.
    Done(SignedIn),
    /// To the question for a code; the secret stands for the password that was right.
    Code {
        /// What [`give_code`] asks for beside the code.
        secret: String,
    },
}

/// Signs in by e-mail and password, as far as these lead.
///
/// # Errors
/// [`SignInError`].
pub async fn sign_in(
    db: &Db,
    passwords: &Passwords,
    (email, password): (&str, String),
    origin: &Origin,
    lifetime: Lifetime,
    now: Millis,
) -> Result<Step, SignInError> {
    if password.len() > super::password::MOST_BYTES {
        return Err(PasswordError::TooLong.into());
    }
    let email = parse_email(email).unwrap_or_else(|_| crate::text::cut(email, 254));
    let subjects = throttle::subjects(&email, &origin.network);
    refuse_early(db, &subjects, now).await?;
    let row = db
        .read(move |conn| query::find_account_row_by_email(conn, &email).map_err(SignInError::from))
        .await?;
    let usable = row.as_ref().filter(|row| row.disabled_at.is_none());
    let hash = row
        .as_ref()
        .map(|row| row.password_hash.clone())
        // Somebody whose password was taken away has none until a reset.
        .filter(|hash| !hash.is_empty());
    let right = passwords.verify(password, hash).await? && usable.is_some();
    let verified = row.filter(|_| right);
    let origin = origin.clone();
    db.write(move |conn| {
        // Hashing takes a while, in which another password may have been set or the account disabled.
        let account = match verified {
            Some(then) => query::find_account_row(conn, &then.id)?
                .filter(|now| now.password_hash == then.password_hash && now.disabled_at.is_none())
                .map(query::AccountRow::into_account),
            None => None,
        };
        let Some(account) = account else {
            let wait = throttle::count(conn, &subjects, now)?;
            return Ok(Err(wait.map_or(SignInError::Refused, SignInError::from)));
        };
        if let Some(wait) = throttle::must_wait(conn, &subjects, now)? {
            return Ok(Err(wait.into()));
        }
        if factor::is_on(conn, &account.id)? {
            // Failures are forgotten when the code is right too: until then every password is a fresh chance to guess one.
            let secret = wait_for_code(conn, &account, now)?;
            return Ok(Ok(Step::Code { secret }));
        }
        throttle::forget(conn, &subjects)?;
        let signed_in = enter(conn, account, &origin, lifetime, now)?;
        Ok::<_, SignInError>(Ok(Step::Done(signed_in)))
    })
    .await?
}

/// Signs in by a code, for the sign-in that waits under this secret.
///
/// # Errors
/// [`SignInError`].
pub async fn give_code(
    db: &Db,
    secret: &str,
    code: String,
    origin: &Origin,
    lifetime: Lifetime,
    now: Millis,
) -> Result<SignedIn, SignInError> {
    let (hash, origin) = (secret_hash(secret), origin.clone());
    db.write(move |conn| {
        let account = sessions::find_pending(conn, &hash, PENDING, now)?.map(query::AccountRow::into_account);
        let Some(account) = account.filter(|account| account.disabled_at.is_none()) else {
            return Ok(Err(SignInError::Over));
        };
        let subjects = throttle::subjects(&account.email, &origin.network);
        if let Some(wait) = throttle::must_wait(conn, &subjects, now)? {
            throttle::tell(conn, &wait, now)?;
            return Ok(Err(wait.into()));
        }
        if !factor::use_code(conn, &Actor::from(&account), &code, now)? {
            let wait = throttle::count(conn, &subjects, now)?;
            return Ok(Err(wait.map_or(SignInError::WrongCode, SignInError::from)));
        }
        sessions::delete_pending(conn, &hash)?;
        throttle::forget(conn, &subjects)?;
        Ok::<_, SignInError>(Ok(enter(conn, account, &origin, lifetime, now)?))
    })
    .await?
}

/// Refuses before anything is hashed, and tells the trail of it once.
async fn refuse_early(db: &Db, subjects: &Subjects, now: Millis) -> Result<(), SignInError> {
    let subjects = subjects.clone();
    let wait = db
        .read(move |conn| {
            let Some(wait) = throttle::must_wait(conn, &subjects, now)? else {
                return Ok(None);
            };
            let told = throttle::is_told(conn, &wait, now)?;
            Ok::<_, SignInError>(Some((wait, told)))
        })
        .await?;
    let Some((wait, told)) = wait else { return Ok(()) };
    if !told {
        let wait = wait.clone();
        db.write(move |conn| throttle::tell(conn, &wait, now).map_err(SignInError::from))
            .await?;
    }
    Err(wait.into())
}

fn wait_for_code(conn: &mut Conn, account: &Account, now: Millis) -> diesel::QueryResult<String> {
    let secret = new_secret();
    sessions::insert_pending(
        conn,
        &NewPending {
            secret_hash: &secret_hash(&secret),
            account_id: &account.id,
            created_at: now,
            expires_at: now.saturating_add(PENDING),
        },
    )?;
    Ok(secret)
}

/// Starts a session for somebody who has proven who they are.
pub(super) fn enter(
    conn: &mut Conn,
    account: Account,
    origin: &Origin,
    lifetime: Lifetime,
    now: Millis,
) -> diesel::QueryResult<SignedIn> {
    let secret = session::start(conn, &account.id, origin, lifetime, now)?;
    Actor::from(&account).did(conn, Word::SignedIn, account.id.as_str(), &origin.network, now)?;
    Ok(SignedIn { account, secret })
}
