//! What everybody does with their own account: the name and the password. Sessions are in `session`, the second factor in `factor`.

use super::manage::AccountError;
use super::password::{self, Passwords};
use super::query::{self, links, sessions};
use super::session::Origin;
use super::{Actor, factor, prove};
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::{Conn, Db};
use crate::id::SessionId;
use crate::text::PersonName;

/// Gives this person another name.
///
/// # Errors
/// [`AccountError::Fields`].
pub fn rename(conn: &mut Conn, actor: &Actor, name: &str, now: Millis) -> Result<(), AccountError> {
    let name = PersonName::parse(name)
        .map_err(|error| AccountError::Fields(vec![("name", format!("The name {error}."))]))?
        .into_string();
    if name == actor.name {
        return Ok(());
    }
    query::set_name(conn, &actor.id, &name, now)?;
    let note = format!("{} → {name}", actor.name);
    Ok(actor.did(conn, Word::Renamed, actor.id.as_str(), &note, now)?)
}

/// A present password and the one that takes its place, in the clear for as long as it takes.
#[derive(Clone)]
pub struct NewPassword {
    /// The present one.
    pub present: String,
    /// The new one.
    pub new: String,
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPassword")
    }
}

/// Changes this person's password and ends their sessions but the one at hand.
///
/// # Errors
/// [`AccountError::WrongPassword`]; [`AccountError::Password`] where the new one is not taken.
pub async fn change_password(
    db: &Db,
    passwords: &Passwords,
    (actor, kept): (&Actor, &SessionId),
    change: NewPassword,
    origin: &Origin,
    now: Millis,
) -> Result<(), AccountError> {
    let id = actor.id.clone();
    let (email, least) = db
        .read(move |conn| {
            let account = query::find_account(conn, &id)?
                .ok_or_else(|| AccountError::Unknown(id.as_str().to_owned()))?;
            Ok::<_, AccountError>((account.email, factor::least_characters(conn, &id)?))
        })
        .await?;
    password::check(&change.new, &email, least)?;
    let present = prove::prove(db, passwords, actor, change.present, origin, now).await?;
    let short = password::is_short(&change.new);
    let hash = passwords.hash(change.new).await?;
    let (actor, kept) = (actor.clone(), kept.clone());
    db.write(move |conn| {
        // Whoever was given another password meanwhile, by a link, keeps that one.
        if query::find_account_row(conn, &actor.id)?.is_none_or(|now| now.password_hash != present) {
            return Err(AccountError::WrongPassword);
        }
        // Should the second factor have gone meanwhile, a short password must not stay behind alone.
        if short && !factor::is_on(conn, &actor.id)? {
            return Err(AccountError::ShortPassword);
        }
        query::set_password(conn, &actor.id, &hash, short, now)?;
        links::delete_open_resets_of(conn, &actor.id)?;
        links::delete_open_made_by(conn, &actor.id)?;
        sessions::delete_others_of(conn, &actor.id, &kept)?;
        Ok(actor.did(conn, Word::PasswordChanged, actor.id.as_str(), "", now)?)
    })
    .await
}
