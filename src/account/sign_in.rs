//! Signing in: password against account, with a limit on failures that forwarded addresses cannot talk away.
//!
//! Unknown, wrong and disabled look and last the same: one message, one hash computed, the same rows written.

use super::password::{PasswordError, Passwords};
use super::query;
use super::session;
use super::{Account, parse_email};
use crate::clock::{MINUTE, Millis};
use crate::config::Lifetime;
use crate::db::{Db, DbError};

/// Failures in [`WINDOW`] that are still answered; the next one is not.
const MOST_FAILURES: usize = 10;
/// Over which failures are counted.
const WINDOW: Millis = 15 * MINUTE;

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown account, wrong password or disabled account; deliberately not told apart.
    #[error("That e-mail address and password do not belong together. Please check both and try again.")]
    Refused,
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

/// A fresh session.
#[derive(Debug)]
pub struct SignedIn {
    /// Who it is.
    pub account: Account,
    /// The session's secret, for the cookie.
    pub secret: String,
}

/// Signs in by e-mail and password; `network` is the address the request came from.
///
/// # Errors
/// [`SignInError`].
pub async fn sign_in(
    db: &Db,
    passwords: &Passwords,
    (email, password): (&str, String),
    network: &str,
    lifetime: Lifetime,
    now: Millis,
) -> Result<SignedIn, SignInError> {
    if password.len() > super::password::MOST_BYTES {
        return Err(PasswordError::TooLong.into());
    }
    let email = parse_email(email).unwrap_or_else(|_| crate::text::cut(email, 254));
    let subjects = [format!("account:{email}"), format!("network:{network}")];
    let looked_up = subjects.clone();
    let address = email.clone();
    let row = db
        .read(move |conn| {
            refuse_after_failures(conn, &looked_up, now)?;
            Ok::<_, SignInError>(query::find_account_row_by_email(conn, &address)?)
        })
        .await?;
    let usable = row.as_ref().filter(|row| row.disabled_at.is_none());
    let hash = row.as_ref().map(|row| row.password_hash.clone());
    let right = passwords.verify(password, hash).await? && usable.is_some();
    let account = row.filter(|_| right).map(query::AccountRow::into_account);
    db.write(move |conn| {
        query::delete_failures_before(conn, now.saturating_sub(WINDOW))?;
        let Some(account) = account else {
            // Counted again inside the transaction: guesses sent side by side must not slip through together.
            let refused = refuse_after_failures(conn, &subjects, now);
            for subject in &subjects {
                query::insert_failure(conn, subject, now)?;
            }
            return Ok(Err(refused.err().unwrap_or(SignInError::Refused)));
        };
        if let Err(refused) = refuse_after_failures(conn, &subjects, now) {
            return Ok(Err(refused));
        }
        query::delete_failures(conn, &subjects[0])?;
        let secret = session::start(conn, &account.id, lifetime, now)?;
        Ok::<_, SignInError>(Ok(SignedIn { account, secret }))
    })
    .await?
}

fn refuse_after_failures(
    conn: &mut crate::db::Conn,
    subjects: &[String],
    now: Millis,
) -> Result<(), SignInError> {
    for subject in subjects {
        let most = i64::try_from(MOST_FAILURES).unwrap_or(i64::MAX);
        let failures = query::list_failures(conn, subject, now.saturating_sub(WINDOW), most)?;
        if failures.len() >= MOST_FAILURES {
            let free_at = failures
                .first()
                .map_or(now, |oldest| oldest.saturating_add(WINDOW));
            return Err(SignInError::TooMany {
                retry_after_s: (free_at - now).max(1_000) / 1_000,
            });
        }
    }
    Ok(())
}
