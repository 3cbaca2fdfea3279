//! People, as administrators look after them at the desk.
//!
//! Whatever is taken away from somebody takes hold with their next request: their sessions end in the same transaction. The last administrator who
//! can sign in stays one.

use super::manage::AccountError;
use super::query::{self, factors, links, passkeys};
use super::{Account, Actor, Role, reset, session};
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::AccountId;

/// Somebody with an account, as the list shows them.
#[derive(Debug, Clone)]
pub struct Person {
    /// The account.
    pub account: Account,
    /// When they were last at the desk, to the minute.
    pub seen_at: Option<Millis>,
    /// Whether a code is asked for when they sign in.
    pub has_second_factor: bool,
    /// Whether a device of theirs opens the desk.
    pub has_passkey: bool,
}

/// What turning off somebody's second factor leaves them with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// Their password.
    Password,
    /// No way in but this reset link's secret: their password was too short to stand alone.
    Reset(String),
}

/// Everybody, by name.
///
/// # Errors
/// [`AccountError::Forbidden`].
pub fn list(conn: &mut Conn, actor: &Actor) -> Result<Vec<Person>, AccountError> {
    require_admin(actor)?;
    let rows = query::list_people(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| Person {
            account: row.account.into_account(),
            seen_at: row.seen_at,
            has_second_factor: row.factor_since.is_some(),
            has_passkey: row.has_passkey,
        })
        .collect())
}

/// Gives somebody another role and ends their sessions.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AccountError::LastAdmin`].
pub fn change_role(
    conn: &mut Conn,
    actor: &Actor,
    id: &AccountId,
    role: Role,
    now: Millis,
) -> Result<Account, AccountError> {
    let account = find(conn, actor, id)?;
    if account.role == role {
        return Ok(account);
    }
    refuse_last_admin(conn, &account)?;
    query::set_role(conn, id, role, now)?;
    session::end_all(conn, id)?;
    if role != Role::Admin {
        links::delete_open_made_by(conn, id)?;
    }
    let note = format!("{}: {} → {role}", account.name, account.role);
    actor.did(conn, Word::RoleChanged, id.as_str(), &note, now)?;
    Ok(Account { role, ..account })
}

/// Disables somebody's account: they cannot sign in, their sessions end, their tokens and links are refused. What they made stays.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AccountError::LastAdmin`].
pub fn disable(conn: &mut Conn, actor: &Actor, id: &AccountId, now: Millis) -> Result<Account, AccountError> {
    let account = find(conn, actor, id)?;
    if account.disabled_at.is_none() {
        set_disabled(conn, &account, Some(now), now)?;
        actor.did(conn, Word::Disabled, id.as_str(), &account.name, now)?;
    }
    Ok(account)
}

/// Lets somebody whose account was disabled sign in again, with the password and the tokens they had.
///
/// # Errors
/// [`AccountError::Forbidden`].
pub fn enable(conn: &mut Conn, actor: &Actor, id: &AccountId, now: Millis) -> Result<Account, AccountError> {
    let account = find(conn, actor, id)?;
    if account.disabled_at.is_some() {
        set_disabled(conn, &account, None, now)?;
        actor.did(conn, Word::Enabled, id.as_str(), &account.name, now)?;
    }
    Ok(account)
}

/// Turns somebody's second factor off, for whoever has lost device and codes, and ends their sessions.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AccountError::Oneself`].
pub fn turn_off_factor(
    conn: &mut Conn,
    actor: &Actor,
    id: &AccountId,
    now: Millis,
) -> Result<(Account, Left), AccountError> {
    refuse_oneself(actor, id)?;
    let account = find(conn, actor, id)?;
    // The device that is lost may hold a passkey too.
    let passkeys = passkeys::delete_all(conn, id)?;
    let had_factor = factors::delete(conn, id)?;
    if passkeys > 0 {
        actor.did(conn, Word::PasskeyRemoved, id.as_str(), &account.name, now)?;
    }
    if had_factor {
        actor.did(conn, Word::FactorOff, id.as_str(), &account.name, now)?;
    }
    if !had_factor && passkeys == 0 {
        return Ok((account, Left::Password));
    }
    session::end_all(conn, id)?;
    let was_short = take_short_password(conn, id, now)?;
    if was_short && account.disabled_at.is_none() {
        let (_, secret) = reset::offer_after(conn, actor, id, now)?;
        return Ok((account, Left::Reset(secret)));
    }
    Ok((account, Left::Password))
}

/// One's own password and second factor are changed by whoever knows them, on one's own page: not by whoever merely sits at an open browser.
pub(super) fn refuse_oneself(actor: &Actor, id: &AccountId) -> Result<(), AccountError> {
    if actor.id == *id {
        return Err(AccountError::Oneself);
    }
    Ok(())
}

/// The account of this id, for an administrator.
pub(super) fn find(conn: &mut Conn, actor: &Actor, id: &AccountId) -> Result<Account, AccountError> {
    require_admin(actor)?;
    query::find_account(conn, id)?.ok_or_else(|| AccountError::Unknown(id.as_str().to_owned()))
}

/// Whether somebody is an administrator.
///
/// # Errors
/// [`AccountError::Forbidden`] if not.
pub fn require_admin(actor: &Actor) -> Result<(), AccountError> {
    if actor.is_admin() {
        Ok(())
    } else {
        Err(AccountError::Forbidden(
            "Only administrators look after people and the trail.",
        ))
    }
}

/// Disables or enables an account.
pub(super) fn set_disabled(
    conn: &mut Conn,
    account: &Account,
    since: Option<Millis>,
    now: Millis,
) -> Result<(), AccountError> {
    if since.is_some() {
        refuse_last_admin(conn, account)?;
        links::delete_open_resets_of(conn, &account.id)?;
        links::delete_open_made_by(conn, &account.id)?;
        session::end_all(conn, &account.id)?;
    }
    Ok(query::set_disabled(conn, &account.id, since, now)?)
}

/// Takes a password away that is too short to stand alone; says whether it was.
pub(super) fn take_short_password(conn: &mut Conn, id: &AccountId, now: Millis) -> diesel::QueryResult<bool> {
    let short = query::has_short_password(conn, id)?;
    if short {
        query::set_password(conn, id, "", false, now)?;
    }
    Ok(short)
}

fn refuse_last_admin(conn: &mut Conn, account: &Account) -> Result<(), AccountError> {
    let is_active_admin = account.role == Role::Admin && account.disabled_at.is_none();
    if is_active_admin && query::count_other_admins(conn, &account.id)? == 0 {
        return Err(AccountError::LastAdmin(account.name.clone()));
    }
    Ok(())
}
