//! Publishing at an hour: a moment is set, and when it has come the draft goes out by itself, in the name of whoever set it.
//!
//! What goes out is the draft as it stands at that moment, not as it stood when the moment was set. Editors go on correcting a story until it is out,
//! and a mistake that somebody mended in the evening must not be printed in the morning because the hour was set at noon.
//!
//! If something stands in the way then, nothing goes out, and the story says why. It is tried again: as soon as it can be published it is, for that
//! is what was asked for, and a story that waits unseen for the next working day helps nobody. But not under somebody's hands: while the story is
//! being changed it waits until it has been left alone for two minutes, so that no half sentence goes out.

pub(super) mod query;

use super::checklist;
use super::publish::{self, PublishError, Published};
use super::{Seen, Story, StoryError, access, correction, draft};
use crate::account::Actor;
use crate::audit::Word;
use crate::clock::{DAY, Millis, rfc3339};
use crate::db::{Conn, Db, DbError};
use crate::id::{AccountId, StoryId};
use crate::store::Store;
use crate::text::{Moment, Note};

/// How far ahead a moment may lie: beyond it, the year was mistyped.
const MOST_AHEAD: Millis = 5 * 366 * DAY;

/// When a draft goes out by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The moment.
    pub at: Millis,
    /// The IANA name of the time zone it was chosen in.
    pub zone: String,
    /// Who chose it; it goes out in their name.
    pub by: AccountId,
    /// What readers are told of the change.
    pub correction: Option<String>,
    /// That it was tried in vain.
    pub held: Option<Held>,
}

/// A story that is due and could not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// When it was last tried.
    pub at: Millis,
    /// Why it could not.
    pub because: Because,
}

/// Why a story that is due did not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// The checklist has obstacles.
    Obstacles,
    /// Whoever scheduled it may not publish any more.
    NotAllowed,
    /// Something went wrong on our side; the log has it.
    Failure,
}

impl Because {
    /// The word for it in the database and for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Obstacles => "obstacles",
            Self::NotAllowed => "not_allowed",
            Self::Failure => "failure",
        }
    }
}

impl Held {
    pub(super) fn read(at: Millis, because: &str) -> Option<Self> {
        let because = [Because::Obstacles, Because::NotAllowed, Because::Failure]
            .into_iter()
            .find(|known| known.as_str() == because)?;
        Some(Self { at, because })
    }
}

/// Sets the moment at which a draft goes out; one that was set before no longer holds. `expected` is the version that was seen.
///
/// # Errors
/// [`PublishError::Obstacles`] with everything that would stand in the way at that moment: whoever sets one is there to mend it, at six in the morning
/// nobody is. Photographs that are still being prepared will be ready.
pub fn set(
    conn: &mut Conn,
    actor: &Actor,
    id: &StoryId,
    seen: impl Into<Seen>,
    moment: &Moment,
    note: Option<&Note>,
    now: Millis,
) -> Result<Story, PublishError> {
    let story = access::find_editable(conn, actor, id)?;
    if !seen.into().is_still(&story) {
        return Err(StoryError::StaleStory.into());
    }
    if moment.at <= now {
        let message = "That moment has passed; choose one that is still to come, or publish now.";
        return Err(StoryError::invalid("/at", "past", message).into());
    }
    if moment.at > now.saturating_add(MOST_AHEAD) {
        let message = "That moment lies more than five years ahead; look at the year again.";
        return Err(StoryError::invalid("/at", "too_far", message).into());
    }
    let draft = draft::load(conn, story)?;
    if let Some(note) = note {
        correction::check(&draft, note)?;
    }
    let mut obstacles = checklist::obstacles(&draft, moment.at);
    obstacles.retain(|remark| remark.code != checklist::PHOTO_PENDING);
    if !obstacles.is_empty() {
        return Err(PublishError::Obstacles(obstacles));
    }
    query::set(conn, id, moment, &actor.id, note)?;
    let told = format!(
        "{}: {} ({})",
        draft.story.title,
        rfc3339(moment.at),
        moment.zone.as_str()
    );
    actor.did(conn, Word::StoryScheduled, id.as_str(), &told, now)?;
    Ok(super::query::find_story(conn, id)?.ok_or(StoryError::Unknown)?)
}

/// Takes back when stories were to go out, of all of them; says how many.
///
/// # Errors
/// Those of the statement.
pub fn clear_all(conn: &mut Conn) -> diesel::QueryResult<usize> {
    query::clear_all(conn)
}

/// Takes the moment back; a story without one stays as it is.
///
/// # Errors
/// [`StoryError`].
pub fn cancel(conn: &mut Conn, actor: &Actor, id: &StoryId, now: Millis) -> Result<(), StoryError> {
    let story = access::find_editable(conn, actor, id)?;
    if story.schedule.is_some() {
        query::clear(conn, id)?;
        actor.did(conn, Word::ScheduleCancelled, id.as_str(), &story.title, now)?;
    }
    Ok(())
}

/// Publishes every story whose moment has come, the earliest first, and calls `went_out` after each; says how many went out. What cannot go out says
/// why and waits.
///
/// # Errors
/// Those of the database; what keeps one story from going out is written down with it.
pub async fn release_due(db: &Db, store: &Store, now: Millis, went_out: impl Fn()) -> Result<usize, DbError> {
    let due = db
        .read(move |conn| query::list_due(conn, now, 100).map_err(DbError::from))
        .await?;
    let mut released = 0;
    for (story, at) in due {
        let tried = publish::publish_scheduled(db, store, &story, at, now).await;
        match &tried {
            Ok(Published { number, .. }) => {
                tracing::info!(%story, number, "a scheduled story was published");
                went_out();
                released += 1;
            }
            Err(error) => {
                if let Some(because) = why(error) {
                    if because == Because::Failure {
                        let error: &dyn std::error::Error = error;
                        tracing::error!(%story, error, "a scheduled story could not be published");
                    }
                    db.write(move |conn| query::hold(conn, &story, at, because, now).map_err(DbError::from))
                        .await?;
                }
            }
        }
    }
    Ok(released)
}

/// Why a story is held; `None` for one whose moment was changed while it was tried.
fn why(error: &PublishError) -> Option<Because> {
    match error {
        PublishError::Obstacles(_) => Some(Because::Obstacles),
        PublishError::NotAllowed => Some(Because::NotAllowed),
        PublishError::Rescheduled | PublishError::Story(StoryError::Unknown | StoryError::StaleStory) => None,
        PublishError::Story(_) | PublishError::Document(_) | PublishError::Store(_) | PublishError::Db(_) => {
            Some(Because::Failure)
        }
    }
}
