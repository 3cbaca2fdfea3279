//! Members: photographers whom an editor put on a story. They may add and caption their own photographs there, and nothing else.

use super::{StoryError, access, query};
use crate::account::{Actor, query as account_query};
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::{AccountId, StoryId};

/// A member of a story.
#[derive(Debug, Clone)]
pub struct Member {
    /// The account.
    pub id: AccountId,
    /// The person's name.
    pub name: String,
    /// The person's e-mail address.
    pub email: String,
    /// Since when.
    pub added_at: Millis,
}

/// The members of a story, by name.
///
/// # Errors
/// [`StoryError::Unknown`] or that of the database.
pub fn list(conn: &mut Conn, actor: &Actor, story: &StoryId) -> Result<Vec<Member>, StoryError> {
    access::find_visible(conn, actor, story)?;
    let rows = query::list_members(conn, story)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, email, added_at)| Member {
            id,
            name,
            email,
            added_at,
        })
        .collect())
}

/// Puts somebody on a story; somebody who is on it already stays.
///
/// # Errors
/// [`StoryError`].
pub fn add(
    conn: &mut Conn,
    actor: &Actor,
    story: &StoryId,
    account: &AccountId,
    now: Millis,
) -> Result<(), StoryError> {
    let on = access::find_editable(conn, actor, story)?;
    let known = account_query::find_account(conn, account)?.filter(|account| account.disabled_at.is_none());
    let Some(known) = known else {
        return Err(StoryError::invalid(
            "/user",
            "unknown_account",
            "There is no account of this id that can sign in.",
        ));
    };
    if query::insert_member(conn, story, account, &actor.id, now)? > 0 {
        let note = format!("{}: {}", on.title, known.name);
        actor.did(conn, Word::MemberAdded, story.as_str(), &note, now)?;
    }
    Ok(())
}

/// Takes somebody off a story; says whether they were on it. Their photographs stay in it.
///
/// # Errors
/// [`StoryError`].
pub fn remove(
    conn: &mut Conn,
    actor: &Actor,
    story: &StoryId,
    account: &AccountId,
    now: Millis,
) -> Result<bool, StoryError> {
    let on = access::find_editable(conn, actor, story)?;
    let was = query::delete_member(conn, story, account)? > 0;
    if was {
        let name = account_query::find_account(conn, account)?.map_or_else(String::new, |it| it.name);
        let note = format!("{}: {name}", on.title);
        actor.did(conn, Word::MemberRemoved, story.as_str(), &note, now)?;
    }
    Ok(was)
}
