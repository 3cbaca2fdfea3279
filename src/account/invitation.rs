//! Inviting people: a link that somebody is handed, good for one account within a week.

use super::manage::{self, AccountError, NewPerson};
use super::password::Passwords;
use super::query::links::{self, NewLink};
use super::{Account, Actor, Role, new_secret, parse_email, people, query, secret_hash};
use crate::audit::Word;
use crate::clock::{DAY, Millis};
use crate::db::{Conn, Db};
use crate::id::LinkId;
use crate::text::PersonName;

/// How long an invitation is open.
const LIFETIME: Millis = 7 * DAY;
/// The word for it in the database.
pub(super) const KIND: &str = "invitation";

/// Who is to be invited, as typed.
#[derive(Debug, Clone)]
pub struct Guest {
    /// The person's name, if it is known.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// What they will be able to do.
    pub role: Role,
}

/// An invitation that can still be accepted.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Its link's id.
    pub id: LinkId,
    /// The person's name, if it is known.
    pub name: Option<String>,
    /// E-mail address.
    pub email: String,
    /// What they will be able to do.
    pub role: Role,
    /// Who made it; empty when that account is not there.
    pub made_by: String,
    /// Until when.
    pub expires_at: Millis,
}

/// Makes an invitation and gives its link's secret, which is shown once. An earlier one to the same address stops working.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AccountError::Fields`], [`AccountError::Taken`].
pub fn invite(conn: &mut Conn, actor: &Actor, guest: &Guest, now: Millis) -> Result<String, AccountError> {
    people::require_admin(actor)?;
    let (email, name) = check(guest)?;
    if query::find_account_by_email(conn, &email)?.is_some() {
        return Err(AccountError::Taken(email));
    }
    links::delete_open_invitations_to(conn, &email)?;
    let (id, secret) = (LinkId::random(), new_secret());
    links::insert(
        conn,
        &NewLink {
            id: &id,
            kind: KIND,
            account_id: None,
            secret_hash: &secret_hash(&secret),
            created_at: now,
            expires_at: now.saturating_add(LIFETIME),
            email: Some(&email),
            name: name.as_deref(),
            role: Some(guest.role.as_str()),
            made_by: Some(&actor.id),
        },
    )?;
    let note = format!("{email}, {}", guest.role);
    actor.did(conn, Word::Invited, id.as_str(), &note, now)?;
    Ok(secret)
}

/// The invitations that can still be accepted, the newest first.
///
/// # Errors
/// [`AccountError::Forbidden`].
pub fn list(conn: &mut Conn, actor: &Actor, now: Millis) -> Result<Vec<Invitation>, AccountError> {
    people::require_admin(actor)?;
    let rows = links::list_open_invitations(conn, now)?;
    Ok(rows
        .into_iter()
        .map(|(link, made_by)| from_row(link, made_by.unwrap_or_default()))
        .collect())
}

/// Takes an open invitation back.
///
/// # Errors
/// [`AccountError::Forbidden`]; [`AccountError::Unknown`] when it is not open.
pub fn revoke(conn: &mut Conn, actor: &Actor, id: &LinkId, now: Millis) -> Result<(), AccountError> {
    people::require_admin(actor)?;
    let email =
        links::delete_invitation(conn, id)?.ok_or_else(|| AccountError::Unknown(id.as_str().to_owned()))?;
    Ok(actor.did(conn, Word::InvitationRevoked, id.as_str(), &email, now)?)
}

/// The invitation of this secret, if it can still be accepted.
///
/// # Errors
/// Those of the statement.
pub fn find(conn: &mut Conn, secret: &str, now: Millis) -> diesel::QueryResult<Option<Invitation>> {
    let link = links::find_open(conn, &secret_hash(secret), now)?.filter(|link| link.kind == KIND);
    Ok(link.map(|link| from_row(link, String::new())))
}

/// Accepts an invitation: makes the account with the address and the role that it names; `None` when it is used, over, or never was.
///
/// # Errors
/// [`AccountError`] for what is wrong with name or password, or when the address has an account meanwhile.
pub async fn accept(
    db: &Db,
    passwords: &Passwords,
    secret: &str,
    (name, password): (String, String),
    now: Millis,
) -> Result<Option<Account>, AccountError> {
    let secret = secret.to_owned();
    let asked = secret.clone();
    let invitation = db
        .read(move |conn| find(conn, &asked, now).map_err(AccountError::from))
        .await?;
    let Some(invitation) = invitation else {
        return Ok(None);
    };
    let person = NewPerson {
        email: invitation.email,
        name,
        role: invitation.role,
        password,
    };
    let checked = manage::check(&person)?;
    let hash = passwords.hash(person.password).await?;
    db.write(move |conn| {
        // Used in the very transaction that makes the account: of two who accept at once one comes too late.
        let Some(open) = find(conn, &secret, now)? else {
            return Ok(None);
        };
        links::mark_used(conn, &open.id, now)?;
        let account = manage::insert(conn, &checked, &hash, now)?;
        let note = format!("{}, {}", account.name, account.role);
        Actor::from(&account).did(conn, Word::Joined, account.id.as_str(), &note, now)?;
        Ok(Some(account))
    })
    .await
}

fn check(guest: &Guest) -> Result<(String, Option<String>), AccountError> {
    let mut wrong = Vec::new();
    let email = parse_email(&guest.email)
        .map_err(|message| wrong.push(("email", message)))
        .unwrap_or_default();
    let name = PersonName::parse_optional(&guest.name)
        .map_err(|error| wrong.push(("name", format!("The name {error}."))))
        .unwrap_or_default()
        .map(PersonName::into_string);
    if wrong.is_empty() {
        Ok((email, name))
    } else {
        Err(AccountError::Fields(wrong))
    }
}

fn from_row(link: links::LinkRow, made_by: String) -> Invitation {
    Invitation {
        id: link.id,
        name: link.name,
        email: link.email.unwrap_or_default(),
        // An invitation has one of the words; should a newer one appear, the least that a role may do is assumed.
        role: link
            .role
            .and_then(|role| role.parse().ok())
            .unwrap_or(Role::Photographer),
        made_by,
        expires_at: link.expires_at,
    }
}
