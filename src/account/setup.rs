//! The first account: a setup link, printed at the first start, makes one admin and then means nothing any more.

use super::manage::{self, AccountError, NewPerson};
use super::password::Passwords;
use super::query::{self, NewLink};
use super::{Account, Role, new_secret, secret_hash};
use crate::clock::{DAY, Millis};
use crate::db::Db;
use crate::id::LinkId;

/// Makes a setup link's secret if there is no account yet; earlier links stop working.
///
/// # Errors
/// Those of the database.
pub fn offer(db: &Db, now: Millis) -> diesel::QueryResult<Option<String>> {
    db.write_now(|conn| {
        if query::count_accounts(conn)? > 0 {
            return Ok(None);
        }
        let secret = new_secret();
        query::replace_setup_link(
            conn,
            &NewLink {
                id: &LinkId::random(),
                kind: "setup",
                secret_hash: &secret_hash(&secret),
                created_at: now,
                expires_at: now.saturating_add(DAY),
            },
        )?;
        Ok(Some(secret))
    })
}

/// Whether this secret still opens the door.
///
/// # Errors
/// Those of the database.
pub fn is_open(conn: &mut crate::db::Conn, secret: &str, now: Millis) -> diesel::QueryResult<bool> {
    Ok(query::count_accounts(conn)? == 0
        && query::find_open_setup_link(conn, &secret_hash(secret), now)?.is_some())
}

/// Makes the first admin; `None` when the link is used, expired or never was.
///
/// # Errors
/// [`AccountError`] for what is wrong with the person's details.
pub async fn make_first_admin(
    db: &Db,
    passwords: &Passwords,
    secret: &str,
    person: NewPerson,
    now: Millis,
) -> Result<Option<Account>, AccountError> {
    let person = NewPerson {
        role: Role::Admin,
        ..person
    };
    let checked = manage::check(&person)?;
    let hash = passwords.hash(person.password).await?;
    let secret = secret_hash(secret);
    db.write(move |conn| {
        let Some(link) = query::find_open_setup_link(conn, &secret, now)? else {
            return Ok(None);
        };
        if query::count_accounts(conn)? > 0 {
            return Ok(None);
        }
        query::use_link(conn, &link, now)?;
        manage::insert(conn, &checked, &hash, now).map(Some)
    })
    .await
}
