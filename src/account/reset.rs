//! A new password for somebody who has forgotten theirs: a link that an administrator hands over, good once within a day.

use super::manage::AccountError;
use super::password::{self, Passwords};
use super::query::links::{self, NewLink};
use super::{Account, Actor, factor, new_secret, people, query, secret_hash, session, throttle};
use crate::audit::Word;
use crate::clock::{DAY, Millis};
use crate::db::{Conn, Db};
use crate::id::{AccountId, LinkId};

/// How long a reset is open.
const LIFETIME: Millis = DAY;
/// The word for it in the database.
const KIND: &str = "reset";

/// A reset that can still be used.
#[derive(Debug, Clone)]
pub struct Reset {
    /// Its link's id.
    id: LinkId,
    /// Whose password it sets.
    pub account: Account,
    /// Characters that the new password must have.
    pub least_characters: usize,
}

/// Makes a reset link for somebody and gives its secret, which is shown once. An earlier one stops working; the present password does not.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AccountError::Oneself`], [`AccountError::IsDisabled`].
pub fn offer(
    conn: &mut Conn,
    actor: &Actor,
    id: &AccountId,
    now: Millis,
) -> Result<(Account, String), AccountError> {
    people::refuse_oneself(actor, id)?;
    offer_after(conn, actor, id, now)
}

/// The same, after something that took the password away.
pub(super) fn offer_after(
    conn: &mut Conn,
    actor: &Actor,
    id: &AccountId,
    now: Millis,
) -> Result<(Account, String), AccountError> {
    let account = people::find(conn, actor, id)?;
    if account.disabled_at.is_some() {
        return Err(AccountError::IsDisabled(account.name));
    }
    links::delete_open_resets_of(conn, id)?;
    let secret = new_secret();
    links::insert(
        conn,
        &NewLink {
            id: &LinkId::random(),
            kind: KIND,
            account_id: Some(id),
            secret_hash: &secret_hash(&secret),
            created_at: now,
            expires_at: now.saturating_add(LIFETIME),
            email: None,
            name: None,
            role: None,
            made_by: Some(&actor.id),
        },
    )?;
    actor.did(conn, Word::ResetOffered, id.as_str(), &account.name, now)?;
    Ok((account, secret))
}

/// The reset of this secret, if it can still be used.
///
/// # Errors
/// Those of the statements.
pub fn find(conn: &mut Conn, secret: &str, now: Millis) -> diesel::QueryResult<Option<Reset>> {
    let link = links::find_open(conn, &secret_hash(secret), now)?.filter(|link| link.kind == KIND);
    let Some((id, account)) = link.and_then(|link| Some((link.id, link.account_id?))) else {
        return Ok(None);
    };
    let account = query::find_account(conn, &account)?.filter(|account| account.disabled_at.is_none());
    let Some(account) = account else { return Ok(None) };
    Ok(Some(Reset {
        least_characters: factor::least_characters(conn, &account.id)?,
        id,
        account,
    }))
}

/// Sets the new password and ends the person's sessions; they sign in with it as always. `None` when the link is used, over, or never was.
///
/// # Errors
/// [`AccountError::Password`].
pub async fn apply(
    db: &Db,
    passwords: &Passwords,
    secret: &str,
    password: String,
    now: Millis,
) -> Result<Option<Account>, AccountError> {
    let secret = secret.to_owned();
    let asked = secret.clone();
    let reset = db
        .read(move |conn| find(conn, &asked, now).map_err(AccountError::from))
        .await?;
    let Some(reset) = reset else { return Ok(None) };
    password::check(&password, &reset.account.email, reset.least_characters)?;
    let short = password::is_short(&password);
    let hash = passwords.hash(password).await?;
    db.write(move |conn| {
        let Some(reset) = find(conn, &secret, now)? else {
            return Ok(None);
        };
        if short && reset.least_characters >= password::LEAST_CHARACTERS {
            return Err(AccountError::ShortPassword);
        }
        let account = reset.account;
        links::mark_used(conn, &reset.id, now)?;
        query::set_password(conn, &account.id, &hash, short, now)?;
        session::end_all(conn, &account.id)?;
        links::delete_open_made_by(conn, &account.id)?;
        throttle::forget(conn, &throttle::subjects(&account.email, ""))?;
        Actor::from(&account).did(conn, Word::PasswordReset, account.id.as_str(), "", now)?;
        Ok(Some(account))
    })
    .await
}
