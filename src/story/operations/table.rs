//! The draft on the table while operations are at work on it: who may do what, and what is written at the end.

use super::super::draft::{self, Draft};
use super::super::{Block, GROUP_FRAMES, PartId, StoryError, parts, query};
use super::{NewBlock, Operation};
use crate::account::Actor;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::{BlockId, FrameId};

/// The draft while operations are at work on it.
pub(super) struct Table<'a> {
    pub(super) draft: Draft,
    pub(super) actor: &'a Actor,
    pub(super) now: Millis,
    pub(super) order_before: Vec<BlockId>,
    pub(super) restructured: bool,
    pub(super) changed: bool,
    /// Whether photographs came that the draft did not have.
    pub(super) brought_photos: bool,
    /// Whether what is made lies in the tray until an editor has seen it: a story that has an hour goes out by itself.
    pub(super) waits: bool,
}

impl<'a> Table<'a> {
    pub(super) fn open(draft: Draft, actor: &'a Actor, now: Millis) -> Self {
        let order_before = draft.blocks.iter().map(|block| block.id.clone()).collect();
        let waits = draft.story.schedule.is_some() && !actor.edits_everything();
        Self {
            draft,
            actor,
            now,
            order_before,
            restructured: false,
            changed: false,
            brought_photos: false,
            waits,
        }
    }

    /// Writes the order and the story's counters, and reads the draft anew.
    pub(super) fn close(self, conn: &mut Conn) -> Result<Draft, StoryError> {
        if !self.changed {
            return Ok(self.draft);
        }
        let after: Vec<BlockId> = self.draft.blocks.iter().map(|block| block.id.clone()).collect();
        parts::write_block_order(conn, &self.order_before, &after)?;
        let id = self.draft.story.id.clone();
        query::note_change(conn, &id, &self.actor.id, self.restructured, self.now)?;
        let story = query::find_story(conn, &id)?.ok_or(StoryError::Unknown)?;
        Ok(if self.brought_photos {
            draft::load(conn, story)?
        } else {
            draft::reload_parts(conn, self.draft, story)?
        })
    }

    pub(super) fn apply(&mut self, conn: &mut Conn, operation: &Operation) -> Result<(), StoryError> {
        self.check_right(operation)?;
        match operation {
            Operation::Insert { position, block } => self.insert(conn, *position, block),
            Operation::Move {
                part: PartId::Block(id),
                position,
                to: None,
            } => self.move_block(id, *position),
            Operation::Move {
                part: PartId::Block(_),
                to: Some(_),
                ..
            } => Err(StoryError::invalid(
                "/to",
                "not_a_frame",
                "Only a frame can be moved into a group; name the frame, or use “group”.",
            )),
            Operation::Move {
                part: PartId::Frame(id),
                position,
                to,
            } => self.move_frame(conn, id, *position, to.as_ref()),
            Operation::MoveTogether { blocks, position } => self.move_together(blocks, *position),
            Operation::Sort { by } => {
                self.sort(*by);
                Ok(())
            }
            Operation::Update { part, set, version } => self.update(conn, part, set, *version),
            Operation::Remove {
                part: PartId::Block(id),
            } => self.remove_block(conn, id),
            Operation::Remove {
                part: PartId::Frame(id),
            } => self.remove_frame(conn, id),
            Operation::Restore { block, position } => self.restore(block, *position),
            Operation::Group { blocks } => self.group(conn, blocks),
            Operation::Ungroup { block } => self.ungroup(conn, block),
        }
    }

    /// A photographer adds and captions their own photographs, and nothing else.
    pub(super) fn check_right(&self, operation: &Operation) -> Result<(), StoryError> {
        if self.actor.edits_everything() {
            return Ok(());
        }
        match operation {
            Operation::Insert {
                block: NewBlock::Photo { .. } | NewBlock::Group { .. },
                ..
            } => Ok(()),
            Operation::Update {
                part: PartId::Frame(id),
                set,
                ..
            } => {
                let (_, frame) = self.draft.frame(id).ok_or_else(|| unknown_part("/id"))?;
                let photo = self.draft.photos.get(&frame.photo_id);
                if photo.is_none_or(|photo| photo.owner_id != self.actor.id) {
                    return Err(StoryError::Forbidden(
                        "A photographer may change the words under their own photographs only.",
                    ));
                }
                if frame.words.graphic && set.graphic == Some(false) {
                    return Err(StoryError::Forbidden(
                        "Only an editor may uncover a photograph that is marked as graphic.",
                    ));
                }
                Ok(())
            }
            _ => Err(StoryError::Forbidden(
                "Only an editor may do this; a photographer adds and captions their own photographs.",
            )),
        }
    }

    pub(super) fn mark_restructured(&mut self) {
        self.restructured = true;
        self.changed = true;
    }

    pub(super) fn index_of(&self, id: &BlockId) -> Result<usize, StoryError> {
        self.draft
            .blocks
            .iter()
            .position(|block| block.id == *id)
            .ok_or_else(|| unknown_part("/id"))
    }

    pub(super) fn block_of(&self, frame: &FrameId) -> Result<usize, StoryError> {
        self.draft
            .blocks
            .iter()
            .position(|block| block.frames().iter().any(|other| other.id == *frame))
            .ok_or_else(|| unknown_part("/id"))
    }

    pub(super) fn block_at(&self, index: usize) -> Result<&Block, StoryError> {
        self.draft.blocks.get(index).ok_or_else(|| unknown_part("/id"))
    }
}

pub(super) fn unknown_part(pointer: &str) -> StoryError {
    StoryError::invalid(
        pointer,
        "unknown_part",
        "There is no block or frame of this id in the story.",
    )
}

pub(super) fn check_group_size(frames: usize) -> Result<(), StoryError> {
    if GROUP_FRAMES.contains(&frames) {
        return Ok(());
    }
    let message = format!(
        "A group has {} to {} photographs; this would be {frames}.",
        GROUP_FRAMES.start(),
        GROUP_FRAMES.end()
    );
    Err(StoryError::invalid("/frames", "group_size", message))
}
