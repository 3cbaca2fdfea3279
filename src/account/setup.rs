//! The first account: a setup link, printed at the first start, makes one admin and then means nothing any more.

use super::manage::{self, AccountError, NewPerson};
use super::password::Passwords;
use super::query;
use super::query::links::{self, NewLink};
use super::{Account, Actor, Role, new_secret, secret_hash};
use crate::audit::Who;
use crate::clock::{DAY, Millis};
use crate::db::{Conn, Db};
use crate::id::LinkId;

/// The word for such a link in the database.
const KIND: &str = "setup";

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
        links::delete_setup(conn)?;
        links::insert(
            conn,
            &NewLink {
                id: &LinkId::random(),
                kind: KIND,
                account_id: None,
                secret_hash: &secret_hash(&secret),
                created_at: now,
                expires_at: now.saturating_add(DAY),
                email: None,
                name: None,
                role: None,
                made_by: None,
            },
        )?;
        Ok(Some(secret))
    })
}

/// Whether this secret still opens the door.
///
/// # Errors
/// Those of the database.
pub fn is_open(conn: &mut Conn, secret: &str, now: Millis) -> diesel::QueryResult<bool> {
    Ok(query::count_accounts(conn)? == 0 && find_open(conn, &secret_hash(secret), now)?.is_some())
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
    // Looked at first: who has no link is told nothing else, and has nothing hashed.
    let asked = secret.to_owned();
    if !db
        .read(move |conn| is_open(conn, &asked, now).map_err(AccountError::from))
        .await?
    {
        return Ok(None);
    }
    let checked = manage::check(&person)?;
    let hash = passwords.hash(person.password).await?;
    let secret = secret_hash(secret);
    db.write(move |conn| {
        let Some(link) = find_open(conn, &secret, now)? else {
            return Ok(None);
        };
        if query::count_accounts(conn)? > 0 {
            return Ok(None);
        }
        links::mark_used(conn, &link, now)?;
        let account = manage::insert(conn, &checked, &hash, now)?;
        let actor = Actor::from(&account);
        manage::tell_created(conn, Who::Person(&actor.id, &actor.name), &account, now)?;
        Ok(Some(account))
    })
    .await
}

fn find_open(conn: &mut Conn, hash: &str, now: Millis) -> diesel::QueryResult<Option<LinkId>> {
    let link = links::find_open(conn, hash, now)?;
    Ok(link.filter(|link| link.kind == KIND).map(|link| link.id))
}
