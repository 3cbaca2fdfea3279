//! Revisions: a draft as it stood at some moment, kept whole, so that two can be compared and one put back.
//!
//! A publication leaves one, and so does a session of editing. When a session is over nobody can tell; therefore the draft is kept as it stood when the
//! next session begins: with the first change of somebody who had changed nothing in this story for a while. What has happened since the newest
//! revision is the draft itself.
//!
//! Putting a revision back is a step like any other: it can be undone, and what came into the story since lies in the tray afterwards.

mod query;
mod target;

use diesel::QueryResult;

use super::draft::{self, Draft};
use super::state::State;
use super::steps::{self, Before, What};
use super::{Seen, Story, StoryError, access, query as story_query};
use crate::account::Actor;
use crate::clock::{HOUR, MINUTE, Millis};
use crate::db::Conn;
use crate::id::{AccountId, PhotoId, StoryId};
use crate::photo;

/// A pause after which a change begins a new session.
const PAUSE: Millis = 10 * MINUTE;
/// A session that goes on for longer leaves a revision in between.
const LONGEST_SESSION: Millis = HOUR;
/// Revisions that are kept of a story's drafts; those of publications are kept as long as the story.
const MOST_OF_DRAFTS: i64 = 300;

/// Why a revision was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = RevisionReason)]
pub enum Reason {
    /// The story was published.
    Publication,
    /// A session of editing had ended.
    Editing,
    /// An earlier revision was put back.
    Restore,
}

impl Reason {
    /// The word for it in the database and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publication => "publication",
            Self::Editing => "editing",
            Self::Restore => "restore",
        }
    }

    fn from_str(word: &str) -> Self {
        match word {
            "publication" => Self::Publication,
            "restore" => Self::Restore,
            _ => Self::Editing,
        }
    }
}

/// What is known of a revision without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Counts from 1 in each story.
    pub number: i32,
    /// Why it was kept.
    pub reason: Reason,
    /// Who had changed the draft last.
    pub by: AccountId,
    /// Their name.
    pub name: String,
    /// When the draft had become so.
    pub at: Millis,
}

/// Keeps the draft as it was before a change, if a new session of editing begins with this change.
pub(super) fn note(
    conn: &mut Conn,
    before: &Before,
    story: &StoryId,
    actor: &Actor,
    now: Millis,
) -> QueryResult<()> {
    let newest = query::find_newest_moment(conn, story)?;
    let last = steps::last_of(conn, story, &actor.id)?;
    let goes_on = last.is_some_and(|last| now - last <= PAUSE);
    // How long there have been changes that no revision holds.
    let since = steps::first_after(conn, story, newest.unwrap_or(0))?;
    let is_long = since.is_some_and(|since| now - since > LONGEST_SESSION);
    if goes_on && !is_long {
        return Ok(());
    }
    // A story that was just made has nothing to go back to.
    if newest.is_none() && before.state.blocks.is_empty() {
        return Ok(());
    }
    keep(conn, before, story)
}

/// Keeps a draft that a session of editing has left, unless the newest revision is the same.
fn keep(conn: &mut Conn, before: &Before, story: &StoryId) -> QueryResult<()> {
    let draft = json(&before.state);
    if query::find_newest_draft(conn, story)?.is_some_and(|newest| newest == draft) {
        return Ok(());
    }
    query::insert(conn, story, Reason::Editing, &draft, (&before.by, before.at))?;
    query::delete_oldest(conn, story, MOST_OF_DRAFTS)
}

/// Keeps a draft that is being published.
pub(super) fn keep_published(conn: &mut Conn, draft: &Draft, by: &AccountId, now: Millis) -> QueryResult<()> {
    let state = json(&State::of(draft));
    query::insert(conn, &draft.story.id, Reason::Publication, &state, (by, now))
}

fn json(state: &State) -> String {
    serde_json::to_string(state).unwrap_or_default()
}

/// The revisions of a story, newest first.
///
/// # Errors
/// [`StoryError`].
pub fn list(conn: &mut Conn, actor: &Actor, id: &StoryId) -> Result<Vec<Revision>, StoryError> {
    access::find_visible(conn, actor, id)?;
    Ok(query::list(conn, id)?)
}

/// A revision, and the draft as it stood then, with the photographs as they are now. What showed a photograph that has been removed since is left out.
///
/// # Errors
/// [`StoryError`]; [`StoryError::Unknown`] for a number that there is not.
pub fn load(
    conn: &mut Conn,
    actor: &Actor,
    id: &StoryId,
    number: i32,
) -> Result<(Revision, Draft), StoryError> {
    let story = access::find_visible(conn, actor, id)?;
    let (revision, state) = find(conn, id, number)?;
    let photos = remaining(conn, &state)?;
    let state = target::without_missing(&state, |photo| photos.contains(photo));
    let blocks = state.blocks_of(&revision.by, revision.at);
    let story = Story {
        updated_by: revision.by.clone(),
        updated_at: revision.at,
        ..state.fields_over(story)
    };
    let draft = draft::with_blocks(conn, story, blocks)?;
    Ok((revision, draft))
}

fn find(conn: &mut Conn, story: &StoryId, number: i32) -> Result<(Revision, State), StoryError> {
    let (revision, draft) = query::find(conn, story, number)?.ok_or(StoryError::Unknown)?;
    // Written by a newer program, perhaps; then there is nothing that this one could show.
    let state = serde_json::from_str(&draft).map_err(|_| StoryError::Unknown)?;
    Ok((revision, state))
}

/// Those photos of a state that are still there.
fn remaining(conn: &mut Conn, state: &State) -> QueryResult<Vec<PhotoId>> {
    let mut ids: Vec<PhotoId> = state.frames.values().map(|frame| frame.photo.clone()).collect();
    ids.sort();
    ids.dedup();
    let photos = photo::query::list_photos_by_id(conn, &ids)?;
    Ok(photos.into_iter().map(|photo| photo.id).collect())
}

/// Puts a revision back, if the story still is as it was seen. The draft as it is becomes a revision itself; blocks and frames that came since go
/// into the tray.
///
/// # Errors
/// [`StoryError`]; [`StoryError::Unknown`] for a number that there is not.
pub fn restore(
    conn: &mut Conn,
    actor: &Actor,
    id: &StoryId,
    number: i32,
    seen: Seen,
    now: Millis,
) -> Result<Draft, StoryError> {
    let story = access::find_editable(conn, actor, id)?;
    let (_, kept) = find(conn, id, number)?;
    if !seen.is_still(&story) {
        return Err(StoryError::StaleStory);
    }
    let draft = draft::load(conn, story)?;
    let before = Before::of(&draft);
    let photos = remaining(conn, &kept)?;
    let target = target::target(&before.state, &kept, |photo| photos.contains(photo));
    let (from, to) = before.state.changes_to(&target);
    if from.is_empty() && to.is_empty() {
        return Ok(draft);
    }
    keep(conn, &before, id)?;
    steps::go(conn, actor, id, &before.state, (&from, &to), now)?;
    story_query::note_change(conn, id, &actor.id, true, now)?;
    let story = story_query::find_story(conn, id)?.ok_or(StoryError::Unknown)?;
    let after = draft::load(conn, story)?;
    // In this order: that the draft before is kept already is seen as long as it is the newest.
    before.record(conn, &after, actor, What::Restore, now)?;
    let state = json(&State::of(&after));
    query::insert(conn, id, Reason::Restore, &state, (&actor.id, now))?;
    query::delete_oldest(conn, id, MOST_OF_DRAFTS)?;
    Ok(after)
}
