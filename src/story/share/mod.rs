//! Links by which somebody without an account sees a draft: a secret of 256 bits for one story, until a day, or until it is taken back.
//!
//! Whoever holds the secret sees the story as readers would, the pictures in it, and nothing else: not the tray, not the desk, not another story. A
//! link ends with the account of whoever made it.

mod query;

use diesel::QueryResult;

use super::draft::{self, Draft};
use super::{StoryError, access};
use crate::account::{Actor, new_secret, secret_hash};
use crate::audit::Word;
use crate::clock::{DAY, MINUTE, Millis};
use crate::db::Conn;
use crate::id::{PreviewLinkId, StoryId};
use crate::text::Label;

/// What every secret begins with, so that scanners of leaked secrets know one when they see it.
pub const PREFIX: &str = "rpv_";
/// Days for which a link may hold.
pub const DAYS: std::ops::RangeInclusive<i64> = 1..=90;
/// Days for which it holds unless somebody says otherwise.
pub const USUAL_DAYS: i64 = 7;
/// Links of one story that may be open at once.
const MOST_OPEN: usize = 50;

/// A link, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewLink {
    /// Its id.
    pub id: PreviewLinkId,
    /// What it is for, in its maker's words; may be empty.
    pub label: String,
    /// The name of who made it.
    pub made_by: String,
    /// When it was made.
    pub created_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
    /// When it was taken back.
    pub revoked_at: Option<Millis>,
    /// When somebody last asked to see the story by it, to the minute.
    pub used_at: Option<Millis>,
}

impl PreviewLink {
    /// Whether it opens anything.
    #[must_use]
    pub fn is_open(&self, now: Millis) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

/// Makes a link and returns it with its secret, which is shown once.
///
/// # Errors
/// [`StoryError`].
pub fn make(
    conn: &mut Conn,
    actor: &Actor,
    story: &StoryId,
    label: Option<&Label>,
    days: i64,
    now: Millis,
) -> Result<(PreviewLink, String), StoryError> {
    let title = access::find_editable(conn, actor, story)?.title;
    if !DAYS.contains(&days) {
        let message = format!("A link holds for {} to {} days.", DAYS.start(), DAYS.end());
        return Err(StoryError::invalid("/days", "out_of_range", message));
    }
    let open = query::list(conn, story)?;
    if open.iter().filter(|link| link.is_open(now)).count() >= MOST_OPEN {
        let message =
            format!("{MOST_OPEN} links to this story are open; take one back before you make another.");
        return Err(StoryError::invalid("", "too_many_links", message));
    }
    let secret = format!("{PREFIX}{}", new_secret());
    let link = PreviewLink {
        id: PreviewLinkId::random(),
        label: label.map_or_else(String::new, |label| label.as_str().to_owned()),
        made_by: actor.name.clone(),
        created_at: now,
        expires_at: now.saturating_add(days.saturating_mul(DAY)),
        revoked_at: None,
        used_at: None,
    };
    query::insert(conn, story, &link, &secret_hash(&secret), &actor.id)?;
    let told = format!("{title} ({})", link.label);
    actor.did(conn, Word::PreviewLinkMade, story.as_str(), &told, now)?;
    Ok((link, secret))
}

/// The links to a story, the newest first.
///
/// # Errors
/// [`StoryError`].
pub fn list(conn: &mut Conn, actor: &Actor, story: &StoryId) -> Result<Vec<PreviewLink>, StoryError> {
    access::find_editable(conn, actor, story)?;
    Ok(query::list(conn, story)?)
}

/// Takes a link back; says whether the story has one of this id.
///
/// # Errors
/// [`StoryError`].
pub fn revoke(
    conn: &mut Conn,
    actor: &Actor,
    story: &StoryId,
    link: &PreviewLinkId,
    now: Millis,
) -> Result<bool, StoryError> {
    let title = access::find_editable(conn, actor, story)?.title;
    let Some(was_open) = query::revoke(conn, story, link, now)? else {
        return Ok(false);
    };
    if was_open {
        actor.did(conn, Word::PreviewLinkRevoked, story.as_str(), &title, now)?;
    }
    Ok(true)
}

/// A link that holds.
#[derive(Debug, Clone)]
pub struct OpenLink {
    id: PreviewLinkId,
    /// The story it opens.
    pub story: StoryId,
    used_at: Option<Millis>,
}

/// The link of this secret, while it holds: expired, taken back and never made are all none.
///
/// # Errors
/// Those of the statement.
pub fn find_open(conn: &mut Conn, secret: &str, now: Millis) -> QueryResult<Option<OpenLink>> {
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    query::find_open(conn, &secret_hash(secret), now)
}

/// The link of a secret, while it holds, with the draft behind it.
///
/// # Errors
/// Those of the statements.
pub fn find_draft(conn: &mut Conn, secret: &str, now: Millis) -> QueryResult<Option<(OpenLink, Draft)>> {
    let Some(link) = find_open(conn, secret, now)? else {
        return Ok(None);
    };
    let Some(story) = super::query::find_story(conn, &link.story)? else {
        return Ok(None);
    };
    let draft = draft::load(conn, story)?;
    Ok(Some((link, draft)))
}

/// Whether the story behind a secret shows the renditions in this folder now.
///
/// # Errors
/// Those of the statements.
pub fn shows(conn: &mut Conn, secret: &str, folder: &str, now: Millis) -> QueryResult<bool> {
    match find_open(conn, secret, now)? {
        Some(link) => query::shows(conn, &link.story, folder),
        None => Ok(false),
    }
}

impl OpenLink {
    /// Whether it is time to write down that it was used: once a minute is enough.
    #[must_use]
    pub fn is_stale(&self, now: Millis) -> bool {
        self.used_at.is_none_or(|used| used.saturating_add(MINUTE) <= now)
    }
}

/// Writes down that somebody used a link.
///
/// # Errors
/// Those of the statement.
pub fn touch(conn: &mut Conn, link: &OpenLink, now: Millis) -> QueryResult<()> {
    query::touch(conn, &link.id, now)
}
