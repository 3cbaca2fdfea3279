//! Stories that came from another site: which of its posts each of them was, when it was published there, and the addresses it had.
//!
//! A post becomes one story however often its site is taken in. Its addresses lead to the story as long as that is live.

mod address;
mod query;

pub use address::OldAddress;
pub use query::{OldAddressLine, find_live_slug, list_live_addresses};

use super::create::{self, NewStory};
use super::draft::Draft;
use super::{Story, StoryError, imported};
use crate::account::Actor;
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::StoryId;
use crate::site::{self, SiteSettings};

/// Where a story came from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Names the post among all posts of all sites, such as `wordpress https://example.org ?p=12`.
    pub source: String,
    /// When it was published there, if it was: lists are ordered by it.
    pub first_published_at: Option<Millis>,
    /// The addresses it had there.
    pub addresses: Vec<OldAddress>,
}

/// How a post was taken in.
#[derive(Debug)]
pub enum Arrival {
    /// It is a story now; these of its addresses lead to another story already.
    Made(Box<Draft>, Vec<OldAddress>),
    /// It has been one since an earlier time.
    Known(Box<Story>),
}

/// The story that a post became earlier.
///
/// # Errors
/// Those of the statement.
pub fn find(conn: &mut Conn, source: &str) -> diesel::QueryResult<Option<Story>> {
    match query::find_story(conn, source)? {
        Some(id) => super::query::find_story(conn, &id),
        None => Ok(None),
    }
}

/// Makes a story of a post unless it is one already. A slug that is taken gets a number behind it.
///
/// # Errors
/// [`StoryError`].
pub fn arrive(
    conn: &mut Conn,
    actor: &Actor,
    mut new: NewStory,
    origin: &Origin,
    now: Millis,
) -> Result<Arrival, StoryError> {
    if let Some(story) = find(conn, &origin.source)? {
        return Ok(Arrival::Known(Box::new(story)));
    }
    if let Some(slug) = &new.slug {
        new.slug = Some(create::next_free_slug(conn, slug)?);
    }
    let mut draft = create::create(conn, actor, new, now)?;
    let id = draft.story.id.clone();
    if let Some(at) = origin.first_published_at {
        query::set_first_published(conn, &id, at)?;
        draft.story.first_published_at = Some(at);
    }
    query::insert_origin(conn, &origin.source, &id, now)?;
    let taken = keep_addresses(conn, &id, &origin.addresses, now)?;
    // So that a later import can tell whether somebody has worked on it.
    imported::remember(conn, &origin.source, &draft.story, now)?;
    Ok(Arrival::Made(Box::new(draft), taken))
}

/// The posts of other sites that a story was.
///
/// # Errors
/// Those of the statement.
pub fn sources_of(conn: &mut Conn, story: &StoryId) -> diesel::QueryResult<Vec<String>> {
    query::list_sources(conn, story)
}

/// The addresses that a story had elsewhere, as [`OldAddress`] writes them.
///
/// # Errors
/// Those of the statement.
pub fn addresses_of(conn: &mut Conn, story: &StoryId) -> diesel::QueryResult<Vec<String>> {
    query::list_addresses_of(conn, story)
}

/// Keeps where a story of another installation came from, as far as no story here did; gives the addresses that lead to another story already.
///
/// # Errors
/// Those of the statements.
pub fn bring_along(
    conn: &mut Conn,
    story: &StoryId,
    sources: &[String],
    addresses: &[OldAddress],
    now: Millis,
) -> diesel::QueryResult<Vec<OldAddress>> {
    for source in sources {
        if query::find_story(conn, source)?.is_none() {
            query::insert_origin(conn, source, story, now)?;
        }
    }
    let there = query::list_addresses_of(conn, story)?;
    let new: Vec<OldAddress> = addresses
        .iter()
        .filter(|address| !there.iter().any(|known| known == address.as_str()))
        .cloned()
        .collect();
    let taken = keep_addresses(conn, story, &new, now)?;
    if taken.len() < new.len() {
        site::query::count_public_change(conn)?;
    }
    Ok(taken)
}

fn keep_addresses(
    conn: &mut Conn,
    story: &StoryId,
    addresses: &[OldAddress],
    now: Millis,
) -> diesel::QueryResult<Vec<OldAddress>> {
    let mut taken = Vec::new();
    for (index, address) in addresses.iter().enumerate() {
        let is_repeated = addresses.iter().take(index).any(|before| before == address);
        if !is_repeated && !query::insert_address(conn, address, story, now)? {
            taken.push(address.clone());
        }
    }
    Ok(taken)
}

/// Old addresses with the stories they lead to, in their order, at most `limit` of those behind `after`; for administrators.
///
/// # Errors
/// [`StoryError::Forbidden`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<OldAddressLine>, StoryError> {
    may_look_after(actor)?;
    Ok(query::list_addresses(conn, after.unwrap_or_default(), limit)?)
}

/// Has an old address lead nowhere from now on; says whether it did. For administrators.
///
/// # Errors
/// [`StoryError::Forbidden`].
pub fn forget(conn: &mut Conn, actor: &Actor, address: &str, now: Millis) -> Result<bool, StoryError> {
    may_look_after(actor)?;
    let Some(story) = query::delete_address(conn, address)? else {
        return Ok(false);
    };
    site::query::count_public_change(conn)?;
    actor.did(conn, Word::OldAddressRemoved, story.as_str(), address, now)?;
    Ok(true)
}

fn may_look_after(actor: &Actor) -> Result<(), StoryError> {
    if SiteSettings::may_be_changed_by(actor) {
        Ok(())
    } else {
        Err(StoryError::Forbidden(
            "Only administrators change the site itself.",
        ))
    }
}
