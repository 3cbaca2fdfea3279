//! Steps: what somebody did to a draft, kept so that it can be undone and done again, from any page and after any reload.
//!
//! A step holds the parts it touched as they were and as they became. It is taken back only where these parts still are as the step left them:
//! what somebody else changed since is never overwritten, but left, and said so. Everybody undoes their own steps. Blocks that a step
//! brought go into the tray, not away: undoing loses no word.

mod merge;
mod query;
mod side;

use std::collections::BTreeMap;

use diesel::QueryResult;
use serde_json::Value;

use super::draft::{self, Draft};
use super::state::{BlockState, FrameState, Own, State};
use super::{StoryError, access, parts, query as story_query, revisions};
use crate::account::Actor;
use crate::audit::Word;
use crate::clock::{Millis, SECOND};
use crate::db::Conn;
use crate::id::{AccountId, BlockId, FrameId, StepId, StoryId};
use crate::photo;
use query::{NewStep, StepRow};
use side::Side;

/// Steps that are kept for a story; older ones can no longer be undone.
const MOST_STEPS: i32 = 500;
/// Words of the same part saved within this time are one step: they save themselves at every pause in typing.
const ONE_GO: Millis = 10 * SECOND;

/// What a step did, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = StepWord)]
pub enum What {
    /// Brought blocks.
    Insert,
    /// Moved blocks or frames.
    Move,
    /// Changed words.
    Words,
    /// Changed a layout.
    Layout,
    /// Took blocks or frames out.
    Remove,
    /// Put blocks back.
    Restore,
    /// Made a group.
    Group,
    /// Took a group apart.
    Ungroup,
    /// Ordered all photographs.
    Sort,
    /// Changed the story's own fields.
    Fields,
    /// More than one of these.
    Several,
}

impl What {
    const ALL: [(Self, &'static str); 11] = [
        (Self::Insert, "insert"),
        (Self::Move, "move"),
        (Self::Words, "words"),
        (Self::Layout, "layout"),
        (Self::Remove, "remove"),
        (Self::Restore, "restore"),
        (Self::Group, "group"),
        (Self::Ungroup, "ungroup"),
        (Self::Sort, "sort"),
        (Self::Fields, "fields"),
        (Self::Several, "several"),
    ];

    /// The word for it in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(what, _)| *what == self)
            .map_or("several", |(_, word)| word)
    }

    fn from_str(text: &str) -> Self {
        Self::ALL
            .iter()
            .find(|(_, word)| *word == text)
            .map_or(Self::Several, |(what, _)| *what)
    }
}

/// What somebody can undo and do again in a story.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Undoable {
    /// What would be undone.
    pub undo: Option<What>,
    /// What would be done again.
    pub redo: Option<What>,
}

/// How undoing or redoing went.
#[derive(Debug)]
pub struct Swung {
    /// The draft as it is now.
    pub draft: Draft,
    /// Which step it was; `None`: there was none.
    pub what: Option<What>,
    /// Whether the step was left as it is, because what it touched was changed again since.
    pub overtaken: bool,
}

/// A draft as it was before something is done to it, who had changed it last and when.
#[derive(Debug)]
pub(super) struct Before {
    pub state: State,
    pub by: AccountId,
    pub at: Millis,
}

impl Before {
    pub(super) fn of(draft: &Draft) -> Self {
        Self {
            state: State::of(draft),
            by: draft.story.updated_by.clone(),
            at: draft.story.updated_at,
        }
    }

    /// Records what has become of the draft since, as one step.
    pub(super) fn record(
        &self,
        conn: &mut Conn,
        after: &Draft,
        actor: &Actor,
        what: What,
        now: Millis,
    ) -> QueryResult<()> {
        let (old, new) = self.state.changes_to(&State::of(after));
        if old.is_empty() && new.is_empty() {
            return Ok(());
        }
        let story = &after.story.id;
        revisions::note(conn, self, story, actor, now)?;
        actor.worked_on(conn, Word::StoryEdited, story.as_str(), &after.story.title, now)?;
        query::delete_undone(conn, story, &actor.id)?;
        let newest = query::find_newest(conn, story)?;
        if let Some(newest) = newest
            .as_ref()
            .filter(|newest| goes_on(newest, actor, what, &new, now))
        {
            return query::set_after(conn, &newest.id, &json(&new), now);
        }
        let number = newest.map_or(0, |newest| newest.number) + 1;
        let step = NewStep {
            id: StepId::random(),
            story_id: story,
            number,
            what: what.as_str(),
            before: &json(&old),
            after: &json(&new),
            made_by: &actor.id,
            made_at: now,
        };
        query::insert_step(conn, &step)?;
        query::delete_up_to(conn, story, number - MOST_STEPS)
    }
}

/// Whether words go on being typed that the newest step began.
fn goes_on(newest: &StepRow, actor: &Actor, what: What, new: &Side, now: Millis) -> bool {
    let typed = matches!(what, What::Words | What::Fields) && newest.what() == what && new.is_words_only();
    let same = read(&newest.after).is_some_and(|side| side.is_about_the_same_as(new));
    typed
        && same
        && newest.made_by == actor.id
        && newest.undone_at.is_none()
        && now - newest.made_at <= ONE_GO
}

fn json(side: &Side) -> String {
    serde_json::to_string(side).unwrap_or_default()
}

fn read(side: &str) -> Option<Side> {
    serde_json::from_str(side).ok()
}

/// What this person can undo and do again.
///
/// # Errors
/// Those of the statements.
pub fn undoable(conn: &mut Conn, actor: &Actor, story: &StoryId) -> QueryResult<Undoable> {
    Ok(Undoable {
        undo: query::find_undoable(conn, story, &actor.id)?.map(|step| step.what()),
        redo: query::find_redoable(conn, story, &actor.id)?.map(|step| step.what()),
    })
}

/// Takes this person's last step back.
///
/// # Errors
/// [`StoryError`].
pub fn undo(conn: &mut Conn, actor: &Actor, id: &StoryId, now: Millis) -> Result<Swung, StoryError> {
    let story = access::find_visible(conn, actor, id)?;
    let draft = draft::load(conn, story)?;
    let Some(step) = query::find_undoable(conn, id, &actor.id)? else {
        return Ok(Swung::nothing(draft));
    };
    swing(conn, actor, draft, &step, Direction::Back, now)
}

/// Does again what this person undid last.
///
/// # Errors
/// [`StoryError`].
pub fn redo(conn: &mut Conn, actor: &Actor, id: &StoryId, now: Millis) -> Result<Swung, StoryError> {
    let story = access::find_visible(conn, actor, id)?;
    let draft = draft::load(conn, story)?;
    let Some(step) = query::find_redoable(conn, id, &actor.id)? else {
        return Ok(Swung::nothing(draft));
    };
    swing(conn, actor, draft, &step, Direction::Again, now)
}

impl Swung {
    fn nothing(draft: Draft) -> Self {
        Self {
            draft,
            what: None,
            overtaken: false,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Back,
    Again,
}

fn swing(
    conn: &mut Conn,
    actor: &Actor,
    draft: Draft,
    step: &StepRow,
    direction: Direction,
    now: Millis,
) -> Result<Swung, StoryError> {
    let what = Some(step.what());
    let sides = read(&step.before).zip(read(&step.after));
    let Some((from, to)) = sides.map(|(before, after)| match direction {
        Direction::Back => (after, before),
        Direction::Again => (before, after),
    }) else {
        // Written by a newer program, perhaps; nothing can be done with it here.
        query::delete_step(conn, &step.id)?;
        return Ok(Swung {
            draft,
            what,
            overtaken: true,
        });
    };
    check_right(actor, &draft, &from, &to)?;
    let before = Before::of(&draft);
    let state = &before.state;
    if !state.holds(&from) || !has_its_photos(conn, &to)? {
        query::delete_step(conn, &step.id)?;
        return Ok(Swung {
            draft,
            what,
            overtaken: true,
        });
    }
    revisions::note(conn, &before, &draft.story.id, actor, now)?;
    let story = &draft.story;
    actor.worked_on(conn, Word::StoryEdited, story.id.as_str(), &story.title, now)?;
    go(conn, actor, &draft.story.id, state, (&from, &to), now)?;
    let undone = (direction == Direction::Back).then_some(now);
    query::set_undone(conn, &step.id, undone)?;
    let structural = !to.is_words_only() || !from.is_words_only() || !to.fields.is_empty();
    story_query::note_change(conn, &draft.story.id, &actor.id, structural, now)?;
    let story = story_query::find_story(conn, &draft.story.id)?.ok_or(StoryError::Unknown)?;
    Ok(Swung {
        draft: draft::load(conn, story)?,
        what,
        overtaken: false,
    })
}

/// Somebody who is no editor (any more) may swing only what a photographer could have done: their own photographs.
fn check_right(actor: &Actor, draft: &Draft, from: &Side, to: &Side) -> Result<(), StoryError> {
    if actor.edits_everything() {
        return Ok(());
    }
    let own = |id: &FrameId, state: &Option<FrameState>| {
        let photo = state
            .as_ref()
            .map(|state| &state.photo)
            .or_else(|| draft.frame(id).map(|(_, frame)| &frame.photo_id));
        photo
            .and_then(|id| draft.photos.get(id))
            .is_some_and(|photo| photo.owner_id == actor.id)
    };
    let sides = || from.frames.iter().chain(&to.frames);
    let frames_are_own = sides().all(|(id, state)| own(id, state));
    // What a photographer changes beside words is the coming of blocks of theirs, with frames of theirs.
    let blocks = || from.blocks.values().chain(to.blocks.values()).flatten();
    let blocks_are_own = from.blocks.keys().chain(to.blocks.keys()).all(|id| {
        let states = [from.blocks.get(id), to.blocks.get(id)];
        states.iter().any(|state| matches!(state, Some(None)))
    }) && blocks().all(|block| !block.frames.is_empty())
        && blocks().flat_map(|block| &block.frames).all(|frame| {
            let state = sides().find_map(|(id, state)| state.as_ref().filter(|_| id == frame));
            own(frame, &state.cloned())
        });
    // Around them nothing else moves.
    let others = |order: &Option<Vec<BlockId>>| {
        let order = order.iter().flatten();
        let others = order.filter(|id| !from.blocks.contains_key(id) && !to.blocks.contains_key(id));
        others.cloned().collect::<Vec<_>>()
    };
    let order_is_own = others(&from.order) == others(&to.order);
    // What has an hour goes out by itself: what comes back into it, an editor has to see.
    let comes_back = to.blocks.values().flatten().any(|block| !block.removed);
    let waits = draft.story.schedule.is_some() && comes_back;
    let uncovers = to.frames.iter().any(|(id, state)| {
        let is_covered = draft.frame(id).is_some_and(|(_, frame)| frame.words.graphic);
        is_covered && state.as_ref().is_some_and(|state| !state.words.graphic)
    });
    if frames_are_own && blocks_are_own && order_is_own && from.fields.is_empty() && !waits && !uncovers {
        Ok(())
    } else {
        Err(StoryError::Forbidden("Only an editor may undo this."))
    }
}

/// Whether the photos of all frames to come are still there.
fn has_its_photos(conn: &mut Conn, to: &Side) -> QueryResult<bool> {
    let mut wanted: Vec<_> = to
        .frames
        .values()
        .flatten()
        .map(|frame| frame.photo.clone())
        .collect();
    wanted.sort();
    wanted.dedup();
    Ok(photo::query::list_photos_by_id(conn, &wanted)?.len() == wanted.len())
}

/// When this person last did or undid something in a story.
pub(super) fn last_of(conn: &mut Conn, story: &StoryId, by: &AccountId) -> QueryResult<Option<Millis>> {
    query::find_last_moment(conn, story, by)
}

/// When the first step after a moment was made.
pub(super) fn first_after(conn: &mut Conn, story: &StoryId, moment: Millis) -> QueryResult<Option<Millis>> {
    query::find_first_moment_after(conn, story, moment)
}

/// Writes what leads from one side to the other, in a draft of this state.
pub(super) fn go(
    conn: &mut Conn,
    actor: &Actor,
    story: &StoryId,
    state: &State,
    (from, to): (&Side, &Side),
    now: Millis,
) -> Result<(), StoryError> {
    let by = &actor.id;
    for (id, block) in coming(&to.blocks) {
        parts::put_block(conn, story, id, columns(&block.own), by, now)?;
    }
    for (place, (id, frame)) in (0i32..).zip(coming(&to.frames)) {
        let home = to
            .blocks
            .iter()
            .find(|(_, block)| holds(block.as_ref(), id))
            .map(|(home, _)| home);
        let stands_in = state
            .blocks
            .iter()
            .find(|(_, block)| block.frames.contains(id))
            .map(|(home, _)| home);
        let Some(home) = home.or(stands_in) else { continue };
        parts::put_frame(conn, (id, home, place), &frame.photo, &frame.words, (by, now))?;
    }
    let orders: Vec<(&BlockId, &[FrameId])> = coming(&to.blocks)
        .map(|(id, block)| (id, block.frames.as_slice()))
        .collect();
    parts::write_frame_orders(conn, &orders)?;
    let mut gone: Vec<&BlockId> = Vec::new();
    for (id, _) in to.blocks.iter().filter(|(_, block)| block.is_none()) {
        if is_emptied(state, to, id) {
            parts::delete_block(conn, id)?;
        } else {
            gone.push(id);
        }
    }
    gone.extend(
        coming(&to.blocks)
            .filter(|(_, block)| block.removed)
            .map(|(id, _)| id),
    );
    for id in gone {
        parts::lay_in_tray(conn, id, now)?;
    }
    if let (Some(from), Some(to)) = (&from.order, &to.order) {
        parts::write_block_order(conn, &[], &merge::merged(&state.order, from, to))?;
    }
    write_fields(conn, story, &to.fields)?;
    Ok(())
}

fn coming<K, V>(parts: &BTreeMap<K, Option<V>>) -> impl Iterator<Item = (&K, &V)> {
    parts.iter().filter_map(|(id, part)| Some((id, part.as_ref()?)))
}

fn holds(block: Option<&BlockState>, frame: &FrameId) -> bool {
    block.is_some_and(|block| block.frames.contains(frame))
}

/// Whether all that a block holds goes to other blocks, so that nothing of it is left for the tray.
fn is_emptied(state: &State, to: &Side, id: &BlockId) -> bool {
    let Some(block) = state.blocks.get(id) else {
        return true;
    };
    let elsewhere = |frame: &FrameId| to.blocks.values().any(|other| holds(other.as_ref(), frame));
    matches!(block.own, Own::Photo { .. } | Own::Group { .. }) && block.frames.iter().all(elsewhere)
}

fn columns(own: &Own) -> parts::Columns<'_> {
    match own {
        Own::Text { markdown } => ("text", None, Some(markdown), None),
        Own::Heading { text } => ("heading", None, Some(text), None),
        Own::Quote {
            markdown,
            attribution,
        } => ("quote", None, Some(markdown), attribution.as_deref()),
        Own::Photo { layout } => ("photo", Some(parts::photo_layout_word(*layout)), None, None),
        Own::Group { layout, caption } => (
            "group",
            Some(parts::group_layout_word(*layout)),
            caption.as_deref(),
            None,
        ),
    }
}

fn write_fields(conn: &mut Conn, story: &StoryId, fields: &BTreeMap<String, Value>) -> QueryResult<()> {
    if fields.is_empty() {
        return Ok(());
    }
    let text = |name: &str| fields.get(name).map(Value::as_str);
    let tags = fields.get("tags").map(Value::to_string);
    let change = story_query::StoryChange {
        title: text("title").flatten(),
        standfirst: text("standfirst"),
        byline: text("byline"),
        language: text("language").flatten(),
        story_date: text("date"),
        tags: tags.as_deref(),
        graphic: fields.get("graphic").and_then(Value::as_bool),
        lead_block_id: text("lead"),
        ..story_query::StoryChange::default()
    };
    story_query::change_story(conn, story, &change)
}
