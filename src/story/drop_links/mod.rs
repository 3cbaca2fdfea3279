//! Drop links: a photographer without an account uploads to one story until a date. An editor makes the link, gives it away and may revoke
//! it; what comes by it belongs to that editor, for somebody must answer for it.
//!
//! The secret has 256 bits, is shown once and kept as a hash. A link that has ended in whatever way is one that never was.

mod query;

use super::{StoryError, access};
use crate::account::{Account, Actor, new_secret, query as account_query, secret_hash};
use crate::audit::Word;
use crate::clock::{DAY, Millis};
use crate::db::Conn;
use crate::id::{AccountId, DropLinkId, StoryId};
use crate::text::{PersonName, TextError};

/// Files that may be begun by one link: ten assignments' worth.
pub const MOST_FILES: usize = 500;
/// Links that one story may have at once.
const MOST_LINKS: usize = 50;
/// Days that a link may live.
pub const MOST_DAYS: i64 = 90;
/// Days that a link lives where nobody chooses.
pub const USUAL_DAYS: i64 = 14;

/// A link as those who made it see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropLink {
    /// Its id, which is no secret.
    pub id: DropLinkId,
    /// The story that photographs go to.
    pub story: StoryId,
    /// Who made it and owns what comes.
    pub made_by: AccountId,
    /// Their name.
    pub maker_name: String,
    /// Whom it is for, in its maker's words.
    pub label: String,
    /// Files begun by it.
    pub files_begun: usize,
    /// When it was made.
    pub created_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
    /// When it was revoked.
    pub revoked_at: Option<Millis>,
}

impl DropLink {
    /// Whether it still opens.
    #[must_use]
    pub fn is_open(&self, now: Millis) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }

    /// Files that may still come by it.
    #[must_use]
    pub fn files_left(&self) -> usize {
        MOST_FILES.saturating_sub(self.files_begun)
    }
}

/// A link that was just made, with the secret that nobody will see again.
#[derive(Debug)]
pub struct Made {
    /// The link.
    pub link: DropLink,
    /// What opens it.
    pub secret: String,
}

/// When a new link is to end.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// At this moment, the end of a chosen day; `None` where what was chosen is no day.
    Moment(Option<Millis>),
    /// After so many days.
    Days(i64),
}

impl Until {
    fn end(self, now: Millis) -> Result<Millis, StoryError> {
        match self {
            Self::Moment(end) => end
                .filter(|end| *end > now && *end <= now.saturating_add((MOST_DAYS + 1) * DAY))
                .ok_or_else(|| {
                    let message = format!(
                        "Choose a day from today on and at most {MOST_DAYS} days ahead, on which the link ends."
                    );
                    StoryError::invalid("/until", "out_of_range", message)
                }),
            Self::Days(days) if (1..=MOST_DAYS).contains(&days) => Ok(now.saturating_add(days * DAY)),
            Self::Days(_) => {
                let message = format!("A drop link opens for 1 to {MOST_DAYS} days.");
                Err(StoryError::invalid("/days", "out_of_range", message))
            }
        }
    }
}

/// Makes a link.
///
/// # Errors
/// [`StoryError`]; with the places `/label` and `/until` or `/days` for what does not fit.
pub fn make(
    conn: &mut Conn,
    actor: &Actor,
    story: &StoryId,
    label: &str,
    until: Until,
    now: Millis,
) -> Result<Made, StoryError> {
    let on = access::find_editable(conn, actor, story)?;
    let label = PersonName::parse(label).map_err(|error| bad_label(&error))?;
    let expires_at = until.end(now)?;
    let open = query::list(conn, story)?
        .iter()
        .filter(|link| link.is_open(now))
        .count();
    if open >= MOST_LINKS {
        let message = format!("A story can have at most {MOST_LINKS} drop links at once; revoke some first.");
        return Err(StoryError::invalid("/label", "too_many_links", message));
    }
    let secret = new_secret();
    let link = DropLink {
        id: DropLinkId::random(),
        story: story.clone(),
        made_by: actor.id.clone(),
        maker_name: actor.name.clone(),
        label: label.into_string(),
        files_begun: 0,
        created_at: now,
        expires_at,
        revoked_at: None,
    };
    query::insert(conn, &link, &secret_hash(&secret))?;
    let note = format!("{}: {}", on.title, link.label);
    actor.did(conn, Word::DropLinkMade, story.as_str(), &note, now)?;
    Ok(Made { link, secret })
}

fn bad_label(error: &TextError) -> StoryError {
    StoryError::invalid(
        "/label",
        error.code(),
        format!("The name of whom the link is for {error}."),
    )
}

/// The links of a story that still open, oldest first.
///
/// # Errors
/// [`StoryError`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    story: &StoryId,
    now: Millis,
) -> Result<Vec<DropLink>, StoryError> {
    access::find_editable(conn, actor, story)?;
    let mut links = query::list(conn, story)?;
    links.retain(|link| link.is_open(now));
    Ok(links)
}

/// Revokes a link of a story; one that has ended already stays ended. Says whether the story has such a link.
///
/// # Errors
/// [`StoryError`].
pub fn revoke(
    conn: &mut Conn,
    actor: &Actor,
    story: &StoryId,
    id: &DropLinkId,
    now: Millis,
) -> Result<bool, StoryError> {
    let on = access::find_editable(conn, actor, story)?;
    let Some(link) = query::find(conn, id)?.filter(|link| link.story == *story) else {
        return Ok(false);
    };
    if query::revoke(conn, id, now)? > 0 {
        let note = format!("{}: {}", on.title, link.label);
        actor.did(conn, Word::DropLinkRevoked, story.as_str(), &note, now)?;
    }
    Ok(true)
}

/// The link that a secret opens, and the editor behind it. One that was revoked or has ended opens nothing, nor does one whose maker may not
/// make any now.
///
/// # Errors
/// Those of the statements.
pub fn open(conn: &mut Conn, secret: &str, now: Millis) -> diesel::QueryResult<Option<(DropLink, Account)>> {
    let link = query::find_by_secret(conn, &secret_hash(secret))?.filter(|link| link.is_open(now));
    let Some(link) = link else { return Ok(None) };
    Ok(maker(conn, &link)?.map(|maker| (link, maker)))
}

/// The link of this id, if it still opens.
///
/// # Errors
/// Those of the statements.
pub fn find_open(conn: &mut Conn, id: &DropLinkId, now: Millis) -> diesel::QueryResult<Option<DropLink>> {
    Ok(query::find(conn, id)?.filter(|link| link.is_open(now)))
}

/// What a link is called, whether it opens or not.
///
/// # Errors
/// Those of the statement.
pub fn find_label(conn: &mut Conn, id: &DropLinkId) -> diesel::QueryResult<Option<String>> {
    Ok(query::find(conn, id)?.map(|link| link.label))
}

fn maker(conn: &mut Conn, link: &DropLink) -> diesel::QueryResult<Option<Account>> {
    let maker = account_query::find_account(conn, &link.made_by)?;
    Ok(maker.filter(|maker| maker.disabled_at.is_none() && Actor::from(maker).edits_everything()))
}

/// Counts files that are begun by a link; says whether there is room for them, and counts none if there is not.
///
/// # Errors
/// Those of the statement.
pub fn count_files(conn: &mut Conn, id: &DropLinkId, files: usize) -> diesel::QueryResult<bool> {
    query::count_files(conn, id, files, MOST_FILES)
}
