//! Proving again who one is, by the password, before something that whoever merely sits at an open browser must not do.

use super::manage::AccountError;
use super::password::{MOST_BYTES, Passwords};
use super::session::Origin;
use super::{Actor, factor, query, throttle};
use crate::clock::Millis;
use crate::db::Db;

/// Whether this is the person's present password; failures count like those at the door. Gives the hash that it was: hashing takes a while, and who
/// writes afterwards sees by it whether another password was set meanwhile.
pub(super) async fn prove(
    db: &Db,
    passwords: &Passwords,
    actor: &Actor,
    password: String,
    origin: &Origin,
    now: Millis,
) -> Result<String, AccountError> {
    let (id, network) = (actor.id.clone(), origin.network.clone());
    let (subjects, wait, hash) = db
        .read(move |conn| {
            let row = query::find_account_row(conn, &id)?
                .ok_or_else(|| AccountError::Unknown(id.as_str().to_owned()))?;
            let subjects = throttle::subjects(&row.email, &network);
            let wait = throttle::must_wait(conn, &subjects, now)?;
            Ok::<_, AccountError>((subjects, wait, row.password_hash))
        })
        .await?;
    if let Some(wait) = wait {
        return db
            .write(move |conn| {
                throttle::tell(conn, &wait, now)?;
                Ok::<_, AccountError>(Err(too_many(&wait)))
            })
            .await?;
    }
    let is_right = password.len() <= MOST_BYTES && passwords.verify(password, Some(hash.clone())).await?;
    if is_right {
        // Asked again: of guesses sent side by side all were let in before the first was counted.
        let asked = subjects.clone();
        let wait = db
            .read(move |conn| throttle::must_wait(conn, &asked, now).map_err(AccountError::from))
            .await?;
        return wait.map_or(Ok(hash), |wait| Err(too_many(&wait)));
    }
    db.write(move |conn| {
        let wait = throttle::count(conn, &subjects, now)?;
        Ok::<_, AccountError>(Err(
            wait.map_or(AccountError::WrongPassword, |wait| too_many(&wait))
        ))
    })
    .await?
}

/// Whether this is a right code of the person's second factor, where they have one; failures count like those at the door.
pub(super) async fn prove_by_code(
    db: &Db,
    actor: &Actor,
    code: String,
    origin: &Origin,
    now: Millis,
) -> Result<(), AccountError> {
    let (actor, network) = (actor.clone(), origin.network.clone());
    db.write(move |conn| {
        if !factor::is_on(conn, &actor.id)? {
            return Ok(Ok(()));
        }
        let account = query::find_account(conn, &actor.id)?
            .ok_or_else(|| AccountError::Unknown(actor.id.as_str().to_owned()))?;
        let subjects = throttle::subjects(&account.email, &network);
        if let Some(wait) = throttle::must_wait(conn, &subjects, now)? {
            throttle::tell(conn, &wait, now)?;
            return Ok(Err(too_many(&wait)));
        }
        if factor::use_code(conn, &actor, &code, now)? {
            return Ok(Ok(()));
        }
        let wait = throttle::count(conn, &subjects, now)?;
        Ok::<_, AccountError>(Err(wait.map_or(AccountError::WrongCode, |wait| too_many(&wait))))
    })
    .await?
}

fn too_many(wait: &throttle::Wait) -> AccountError {
    AccountError::TooMany {
        retry_after_s: wait.retry_after_s,
    }
}
