//! Operations on a draft: insert, move, update, remove, restore, group, ungroup. One call is atomic and makes one new version.
//!
//! Structure (everything but `update`) is guarded by the story's version, words by the version of the part they stand in. A
//! photographer who is a member may insert blocks of their own photographs and update the words of frames that show them.

use std::collections::HashSet;

use super::document::{GroupLayout, PhotoLayout};
use super::draft::{self, Draft};
use super::{Block, BlockContent, Frame, FrameWords, GROUP_FRAMES, MOST_BLOCKS, PartId, StoryError};
use super::{access, order, parts, query};
use crate::account::Actor;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::{BlockId, FrameId, PhotoId, StoryId};

/// A block to be made.
#[derive(Debug, Clone, PartialEq)]
pub enum NewBlock {
    /// Paragraphs in Markdown.
    Text {
        /// The source.
        markdown: String,
    },
    /// A heading.
    Heading {
        /// One line.
        text: String,
    },
    /// A quotation.
    Quote {
        /// The source.
        markdown: String,
        /// Who said it.
        attribution: Option<String>,
    },
    /// One frame.
    Photo {
        /// How wide it stands.
        layout: PhotoLayout,
        /// The frame.
        frame: NewFrame,
    },
    /// Two to six frames.
    Group {
        /// How they stand.
        layout: GroupLayout,
        /// A caption for all of them.
        caption: Option<String>,
        /// The frames in order.
        frames: Vec<NewFrame>,
    },
}

/// A frame to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewFrame {
    /// The photo it shows.
    pub photo: PhotoId,
    /// What it says instead of the photo.
    pub words: FrameWords,
}

/// New words for a block or frame; `None` leaves a field as it is, `Some(None)` empties it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PartChange {
    /// Markdown of a text or quotation.
    pub markdown: Option<String>,
    /// Text of a heading.
    pub text: Option<String>,
    /// Who said the quotation.
    pub attribution: Option<Option<String>>,
    /// Layout of a photo block.
    pub photo_layout: Option<PhotoLayout>,
    /// Layout of a group.
    pub group_layout: Option<GroupLayout>,
    /// Caption of a group or a frame.
    pub caption: Option<Option<String>>,
    /// Place of a frame.
    pub place: Option<Option<String>>,
    /// Alt text of a frame.
    pub alt: Option<Option<String>>,
    /// Whether a frame needs no alt text.
    pub decorative: Option<Option<bool>>,
    /// Credit of a frame.
    pub credit: Option<Option<String>>,
    /// Focal point of a frame.
    pub focal: Option<Option<(f64, f64)>>,
    /// Crop of a frame.
    pub crop: Option<Option<String>>,
    /// Whether a frame is covered until asked for.
    pub graphic: Option<bool>,
}

/// One step of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// Makes a block at a position; `None` is the end.
    Insert {
        /// Zero-based.
        position: Option<usize>,
        /// The block.
        block: NewBlock,
    },
    /// Moves a block, or a frame within its group or into another.
    Move {
        /// What moves.
        part: PartId,
        /// Zero-based, counted after removal.
        position: usize,
        /// The group it goes to, if it leaves its own block.
        to: Option<BlockId>,
    },
    /// Changes words.
    Update {
        /// Of what.
        part: PartId,
        /// The new words.
        set: Box<PartChange>,
        /// The version they were read at.
        version: i32,
    },
    /// Takes a block into the tray, or a frame out of its group.
    Remove {
        /// What goes.
        part: PartId,
    },
    /// Puts a block from the tray back; `None` is the end.
    Restore {
        /// The block.
        block: BlockId,
        /// Zero-based.
        position: Option<usize>,
    },
    /// Makes one group of several photo blocks and groups, where the first of them stands.
    Group {
        /// The blocks, in the order their frames shall have.
        blocks: Vec<BlockId>,
    },
    /// Makes photo blocks of a group's frames, where it stands.
    Ungroup {
        /// The group.
        block: BlockId,
    },
}

impl Operation {
    /// Whether it changes order or structure, which the story's version guards.
    #[must_use]
    pub fn is_structural(&self) -> bool {
        !matches!(self, Self::Update { .. })
    }
}

/// Carries out all operations or none. `expected` is the story's version as it was read; updates alone need none.
///
/// # Errors
/// [`StoryError`]; pointers begin with the operation's index: `/operations/3/…`.
pub fn apply(
    conn: &mut Conn,
    actor: &Actor,
    id: &StoryId,
    expected: Option<i32>,
    operations: &[Operation],
    now: Millis,
) -> Result<Draft, StoryError> {
    let story = access::find_visible(conn, actor, id)?;
    let structural = operations.iter().any(Operation::is_structural);
    if structural && expected != Some(story.version) {
        return Err(StoryError::StaleStory);
    }
    let mut table = Table::open(draft::load(conn, story)?, actor, now);
    for (index, operation) in operations.iter().enumerate() {
        table
            .apply(conn, operation)
            .map_err(|error| error.within(&format!("/operations/{index}")))?;
    }
    table.close(conn)
}

/// The draft while operations are at work on it.
struct Table<'a> {
    draft: Draft,
    actor: &'a Actor,
    now: Millis,
    order_before: Vec<BlockId>,
    restructured: bool,
    changed: bool,
}

impl<'a> Table<'a> {
    fn open(draft: Draft, actor: &'a Actor, now: Millis) -> Self {
        let order_before = draft.blocks.iter().map(|block| block.id.clone()).collect();
        Self {
            draft,
            actor,
            now,
            order_before,
            restructured: false,
            changed: false,
        }
    }

    /// Writes the order and the story's counters, and reads the draft anew.
    fn close(self, conn: &mut Conn) -> Result<Draft, StoryError> {
        if !self.changed {
            return Ok(self.draft);
        }
        let after: Vec<BlockId> = self.draft.blocks.iter().map(|block| block.id.clone()).collect();
        parts::write_block_order(conn, &self.order_before, &after)?;
        let id = &self.draft.story.id;
        query::note_change(conn, id, &self.actor.id, self.restructured, self.now)?;
        let story = query::find_story(conn, id)?.ok_or(StoryError::Unknown)?;
        Ok(draft::load(conn, story)?)
    }

    fn apply(&mut self, conn: &mut Conn, operation: &Operation) -> Result<(), StoryError> {
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
    fn check_right(&self, operation: &Operation) -> Result<(), StoryError> {
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
                ..
            } => {
                let (_, frame) = self.draft.frame(id).ok_or_else(|| unknown_part("/id"))?;
                let own = self
                    .draft
                    .photos
                    .get(&frame.photo_id)
                    .is_some_and(|photo| photo.owner_id == self.actor.id);
                if own {
                    Ok(())
                } else {
                    Err(StoryError::Forbidden(
                        "A photographer may change the words under their own photographs only.",
                    ))
                }
            }
            _ => Err(StoryError::Forbidden(
                "Only an editor may do this; a photographer adds and captions their own photographs.",
            )),
        }
    }

    fn mark_restructured(&mut self) {
        self.restructured = true;
        self.changed = true;
    }

    fn insert(&mut self, conn: &mut Conn, position: Option<usize>, new: &NewBlock) -> Result<(), StoryError> {
        if self.draft.blocks.len() >= MOST_BLOCKS {
            let message = format!("A story can have at most {MOST_BLOCKS} blocks.");
            return Err(StoryError::invalid("/block", "too_many_blocks", message));
        }
        let block = self
            .make_block(conn, new)
            .map_err(|error| error.within("/block"))?;
        parts::insert_block(conn, &self.draft.story.id, &block, &self.actor.id, self.now)?;
        let position = position.unwrap_or(usize::MAX).min(self.draft.blocks.len());
        self.draft.blocks.insert(position, block);
        self.mark_restructured();
        Ok(())
    }

    fn make_block(&mut self, conn: &mut Conn, new: &NewBlock) -> Result<Block, StoryError> {
        let content = match new {
            NewBlock::Text { markdown } => BlockContent::Text {
                markdown: markdown.clone(),
            },
            NewBlock::Heading { text } => BlockContent::Heading { text: text.clone() },
            NewBlock::Quote {
                markdown,
                attribution,
            } => BlockContent::Quote {
                markdown: markdown.clone(),
                attribution: attribution.clone(),
            },
            NewBlock::Photo { layout, frame } => BlockContent::Photo {
                layout: *layout,
                frame: self
                    .make_frame(conn, frame)
                    .map_err(|error| error.within("/frame"))?,
            },
            NewBlock::Group {
                layout,
                caption,
                frames,
            } => {
                check_group_size(frames.len())?;
                let frames = frames
                    .iter()
                    .enumerate()
                    .map(|(index, frame)| {
                        self.make_frame(conn, frame)
                            .map_err(|error| error.within(&format!("/frames/{index}")))
                    })
                    .collect::<Result<_, _>>()?;
                BlockContent::Group {
                    layout: *layout,
                    caption: caption.clone(),
                    frames,
                }
            }
        };
        Ok(Block {
            id: BlockId::random(),
            content,
            version: 1,
            updated_by: self.actor.id.clone(),
            updated_at: self.now,
        })
    }

    fn make_frame(&mut self, conn: &mut Conn, new: &NewFrame) -> Result<Frame, StoryError> {
        // A photo that one may not use and one that never existed answer alike.
        let photo = access::find_visible_photo(conn, self.actor, &new.photo)?
            .filter(|photo| photo.may_be_changed_by(self.actor))
            .ok_or_else(|| {
                StoryError::invalid(
                    "/photo",
                    "unknown_photo",
                    "There is no photo of this id that you may use.",
                )
            })?;
        self.draft.photos.insert(photo.id.clone(), photo);
        Ok(Frame {
            id: FrameId::random(),
            photo_id: new.photo.clone(),
            words: new.words.clone(),
            version: 1,
            updated_by: self.actor.id.clone(),
            updated_at: self.now,
        })
    }

    fn move_block(&mut self, id: &BlockId, position: usize) -> Result<(), StoryError> {
        let mut ids: Vec<BlockId> = self.draft.blocks.iter().map(|block| block.id.clone()).collect();
        if !order::move_to(&mut ids, id, position) {
            return Err(unknown_part("/id"));
        }
        let from = self.index_of(id)?;
        let block = self.draft.blocks.remove(from);
        let to = position.min(self.draft.blocks.len());
        self.draft.blocks.insert(to, block);
        if from != to {
            self.mark_restructured();
        }
        Ok(())
    }

    fn move_frame(
        &mut self,
        conn: &mut Conn,
        id: &FrameId,
        position: usize,
        to: Option<&BlockId>,
    ) -> Result<(), StoryError> {
        let from = self.block_of(id)?;
        let target = match to {
            Some(block) => self.index_of(block).map_err(|_| unknown_part("/to"))?,
            None => from,
        };
        if !matches!(self.block_at(target)?.content, BlockContent::Group { .. }) {
            return Err(StoryError::invalid(
                if to.is_some() { "/to" } else { "/id" },
                "not_a_group",
                "A frame moves within a group or into one; to move a photo block, name the block.",
            ));
        }
        let frame = self.take_frame(from, id)?;
        let target_id = self.block_at(target)?.id.clone();
        if let Some(BlockContent::Group { frames, .. }) =
            self.draft.blocks.get_mut(target).map(|block| &mut block.content)
        {
            check_group_size(frames.len() + 1).map_err(|error| error.within("/to"))?;
            frames.insert(position.min(frames.len()), frame);
            let ids: Vec<FrameId> = frames.iter().map(|frame| frame.id.clone()).collect();
            parts::write_frame_order(conn, &target_id, &ids)?;
        }
        if from != target {
            self.tidy(conn, from)?;
        }
        self.mark_restructured();
        Ok(())
    }

    /// Takes a frame out of the block's list in memory; the rows follow.
    fn take_frame(&mut self, block: usize, id: &FrameId) -> Result<Frame, StoryError> {
        let block = self
            .draft
            .blocks
            .get_mut(block)
            .ok_or_else(|| unknown_part("/id"))?;
        match &mut block.content {
            BlockContent::Group { frames, .. } => {
                let at = frames
                    .iter()
                    .position(|frame| frame.id == *id)
                    .ok_or_else(|| unknown_part("/id"))?;
                Ok(frames.remove(at))
            }
            BlockContent::Photo { frame, layout } => {
                // The photo block is left as an empty group; `tidy` takes it away.
                let (frame, _) = (frame.clone(), layout);
                block.content = BlockContent::Group {
                    layout: GroupLayout::Side,
                    caption: None,
                    frames: Vec::new(),
                };
                Ok(frame)
            }
            _ => Err(unknown_part("/id")),
        }
    }

    /// Makes a group of one a photo block and takes an empty one away.
    fn tidy(&mut self, conn: &mut Conn, index: usize) -> Result<(), StoryError> {
        let Some(block) = self.draft.blocks.get_mut(index) else {
            return Ok(());
        };
        let BlockContent::Group { frames, .. } = &mut block.content else {
            return Ok(());
        };
        match frames.len() {
            0 => {
                parts::delete_block(conn, &block.id)?;
                self.draft.blocks.remove(index);
            }
            1 => {
                let Some(frame) = frames.pop() else { return Ok(()) };
                block.content = BlockContent::Photo {
                    layout: PhotoLayout::Column,
                    frame,
                };
                parts::change_block(conn, block, &self.actor.id, self.now)?;
                block.version += 1;
                let ids = [block.frames().first().map(|frame| frame.id.clone())];
                parts::write_frame_order(conn, &block.id, &ids.into_iter().flatten().collect::<Vec<_>>())?;
            }
            _ => {
                let ids: Vec<FrameId> = frames.iter().map(|frame| frame.id.clone()).collect();
                parts::write_frame_order(conn, &block.id, &ids)?;
            }
        }
        Ok(())
    }

    fn update(
        &mut self,
        conn: &mut Conn,
        part: &PartId,
        set: &PartChange,
        version: i32,
    ) -> Result<(), StoryError> {
        let (actor, now) = (&self.actor.id, self.now);
        let all = self.draft.blocks.iter_mut().chain(&mut self.draft.tray);
        match part {
            PartId::Block(id) => {
                let block = all
                    .into_iter()
                    .find(|block| block.id == *id)
                    .ok_or_else(|| unknown_part("/id"))?;
                let mut changed = block.clone();
                set_block(&mut changed.content, set)?;
                if same_own_words(&block.content, &changed.content) {
                    return Ok(());
                }
                if block.version != version {
                    return Err(StoryError::StalePart(part.clone()));
                }
                parts::change_block(conn, &changed, actor, now)?;
                changed.version += 1;
                *block = changed;
            }
            PartId::Frame(id) => {
                let frame = all
                    .into_iter()
                    .find_map(|block| match &mut block.content {
                        BlockContent::Photo { frame, .. } => Some(frame).filter(|frame| frame.id == *id),
                        BlockContent::Group { frames, .. } => frames.iter_mut().find(|frame| frame.id == *id),
                        _ => None,
                    })
                    .ok_or_else(|| unknown_part("/id"))?;
                let mut changed = frame.clone();
                set_frame(&mut changed.words, set)?;
                if changed.words == frame.words {
                    return Ok(());
                }
                if frame.version != version {
                    return Err(StoryError::StalePart(part.clone()));
                }
                parts::change_frame(conn, &changed, actor, now)?;
                changed.version += 1;
                *frame = changed;
            }
        }
        self.changed = true;
        Ok(())
    }

    fn remove_block(&mut self, conn: &mut Conn, id: &BlockId) -> Result<(), StoryError> {
        let index = self.index_of(id)?;
        let block = self.draft.blocks.remove(index);
        parts::lay_in_tray(conn, id, self.now)?;
        // The blocks that stood behind it move one up; they are written anew from there on.
        if let Some(stood_at) = self.order_before.iter().position(|other| other == id) {
            self.order_before.truncate(stood_at);
        }
        self.draft.tray.insert(0, block);
        self.mark_restructured();
        Ok(())
    }

    fn remove_frame(&mut self, conn: &mut Conn, id: &FrameId) -> Result<(), StoryError> {
        let index = self.block_of(id)?;
        let block = self.block_at(index)?.id.clone();
        if matches!(self.block_at(index)?.content, BlockContent::Photo { .. }) {
            return self.remove_block(conn, &block);
        }
        // The frame goes to the tray in a photo block of its own, so that it can be put back.
        let frame = self.take_frame(index, id)?;
        let alone = Block {
            id: BlockId::random(),
            content: BlockContent::Photo {
                layout: PhotoLayout::Column,
                frame,
            },
            version: 1,
            updated_by: self.actor.id.clone(),
            updated_at: self.now,
        };
        self.stand_alone(conn, &alone)?;
        self.draft.tray.insert(0, alone);
        self.tidy(conn, index)?;
        self.mark_restructured();
        Ok(())
    }

    /// Writes a photo block for a frame that exists already.
    fn stand_alone(&self, conn: &mut Conn, block: &Block) -> Result<(), StoryError> {
        let empty = Block {
            content: BlockContent::Group {
                layout: GroupLayout::Side,
                caption: None,
                frames: Vec::new(),
            },
            ..block.clone()
        };
        parts::insert_block(conn, &self.draft.story.id, &empty, &self.actor.id, self.now)?;
        parts::change_block(
            conn,
            &Block {
                version: 0,
                ..block.clone()
            },
            &self.actor.id,
            self.now,
        )?;
        let ids: Vec<FrameId> = block.frames().iter().map(|frame| frame.id.clone()).collect();
        parts::write_frame_order(conn, &block.id, &ids)?;
        Ok(())
    }

    fn restore(&mut self, id: &BlockId, position: Option<usize>) -> Result<(), StoryError> {
        let at = self
            .draft
            .tray
            .iter()
            .position(|block| block.id == *id)
            .ok_or_else(|| unknown_part("/id"))?;
        let block = self.draft.tray.remove(at);
        let position = position.unwrap_or(usize::MAX).min(self.draft.blocks.len());
        self.draft.blocks.insert(position, block);
        self.mark_restructured();
        Ok(())
    }

    fn group(&mut self, conn: &mut Conn, ids: &[BlockId]) -> Result<(), StoryError> {
        let unique: HashSet<&BlockId> = ids.iter().collect();
        let indexes = ids
            .iter()
            .enumerate()
            .map(|(at, id)| self.index_of(id).map_err(|_| unknown_part(&format!("/ids/{at}"))))
            .collect::<Result<Vec<_>, _>>()?;
        let first = indexes
            .iter()
            .copied()
            .min()
            .filter(|_| unique.len() == ids.len())
            .ok_or_else(|| {
                StoryError::invalid(
                    "/ids",
                    "not_distinct",
                    "Name each of the blocks to be grouped once.",
                )
            })?;
        let mut frames = Vec::new();
        let mut caption = None;
        for index in &indexes {
            match &self.block_at(*index)?.content {
                BlockContent::Photo { frame, .. } => frames.push(frame.clone()),
                BlockContent::Group {
                    frames: more,
                    caption: words,
                    ..
                } => {
                    frames.extend(more.iter().cloned());
                    caption = caption.or_else(|| words.clone());
                }
                _ => {
                    let message = "Only photographs and groups can be grouped.";
                    return Err(StoryError::invalid("/ids", "not_a_photo", message));
                }
            }
        }
        check_group_size(frames.len())?;
        let home = self.block_at(first)?.id.clone();
        let order: Vec<FrameId> = frames.iter().map(|frame| frame.id.clone()).collect();
        if let Some(block) = self.draft.blocks.get_mut(first) {
            block.content = BlockContent::Group {
                layout: GroupLayout::Side,
                caption,
                frames,
            };
            parts::change_block(conn, block, &self.actor.id, self.now)?;
            block.version += 1;
        }
        parts::write_frame_order(conn, &home, &order)?;
        for id in ids.iter().filter(|id| **id != home) {
            parts::delete_block(conn, id)?;
        }
        self.draft
            .blocks
            .retain(|block| block.id == home || !unique.contains(&block.id));
        self.order_before.clear();
        self.mark_restructured();
        Ok(())
    }

    fn ungroup(&mut self, conn: &mut Conn, id: &BlockId) -> Result<(), StoryError> {
        let index = self.index_of(id)?;
        let BlockContent::Group { frames, .. } = self.block_at(index)?.content.clone() else {
            return Err(StoryError::invalid(
                "/id",
                "not_a_group",
                "Only a group can be taken apart.",
            ));
        };
        let alone: Vec<Block> = frames
            .into_iter()
            .map(|frame| Block {
                id: BlockId::random(),
                content: BlockContent::Photo {
                    layout: PhotoLayout::Column,
                    frame,
                },
                version: 1,
                updated_by: self.actor.id.clone(),
                updated_at: self.now,
            })
            .collect();
        for block in &alone {
            self.stand_alone(conn, block)?;
        }
        parts::delete_block(conn, id)?;
        self.draft.blocks.splice(index..=index, alone);
        self.order_before.clear();
        self.mark_restructured();
        Ok(())
    }

    fn index_of(&self, id: &BlockId) -> Result<usize, StoryError> {
        self.draft
            .blocks
            .iter()
            .position(|block| block.id == *id)
            .ok_or_else(|| unknown_part("/id"))
    }

    fn block_of(&self, frame: &FrameId) -> Result<usize, StoryError> {
        self.draft
            .blocks
            .iter()
            .position(|block| block.frames().iter().any(|other| other.id == *frame))
            .ok_or_else(|| unknown_part("/id"))
    }

    fn block_at(&self, index: usize) -> Result<&Block, StoryError> {
        self.draft.blocks.get(index).ok_or_else(|| unknown_part("/id"))
    }
}

fn unknown_part(pointer: &str) -> StoryError {
    StoryError::invalid(
        pointer,
        "unknown_part",
        "There is no block or frame of this id in the story.",
    )
}

fn check_group_size(frames: usize) -> Result<(), StoryError> {
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

fn not_here(field: &str) -> StoryError {
    StoryError::invalid(
        format!("/set/{field}"),
        "unknown_field",
        format!("This part has no “{field}”."),
    )
}

/// Sets a block's own words; a field that this kind of block does not have is an error.
fn set_block(content: &mut BlockContent, set: &PartChange) -> Result<(), StoryError> {
    let PartChange {
        markdown,
        text,
        attribution,
        photo_layout,
        group_layout,
        caption,
        ..
    } = set;
    let frame_words = [
        ("place", set.place.is_some()),
        ("alt", set.alt.is_some()),
        ("decorative", set.decorative.is_some()),
        ("credit", set.credit.is_some()),
        ("focal", set.focal.is_some()),
        ("crop", set.crop.is_some()),
        ("graphic", set.graphic.is_some()),
    ];
    if let Some((field, _)) = frame_words.into_iter().find(|(_, given)| *given) {
        return Err(not_here(field));
    }
    let allowed = |yes: bool, given: bool, field: &str| {
        if given && !yes {
            Err(not_here(field))
        } else {
            Ok(())
        }
    };
    let (is_text, is_heading, is_quote, is_photo, is_group) = match content {
        BlockContent::Text { .. } => (true, false, false, false, false),
        BlockContent::Heading { .. } => (false, true, false, false, false),
        BlockContent::Quote { .. } => (false, false, true, false, false),
        BlockContent::Photo { .. } => (false, false, false, true, false),
        BlockContent::Group { .. } => (false, false, false, false, true),
    };
    allowed(is_text || is_quote, markdown.is_some(), "markdown")?;
    allowed(is_heading, text.is_some(), "text")?;
    allowed(is_quote, attribution.is_some(), "attribution")?;
    allowed(is_photo, photo_layout.is_some(), "layout")?;
    allowed(is_group, group_layout.is_some(), "layout")?;
    allowed(is_group, caption.is_some(), "caption")?;
    match content {
        BlockContent::Text { markdown: old } => replace(old, markdown.as_ref()),
        BlockContent::Heading { text: old } => replace(old, text.as_ref()),
        BlockContent::Quote {
            markdown: old,
            attribution: said,
        } => {
            replace(old, markdown.as_ref());
            replace(said, attribution.as_ref());
        }
        BlockContent::Photo { layout, .. } => replace(layout, photo_layout.as_ref()),
        BlockContent::Group {
            layout, caption: old, ..
        } => {
            replace(layout, group_layout.as_ref());
            replace(old, caption.as_ref());
        }
    }
    Ok(())
}

/// Sets a frame's words; a field of a block is an error.
fn set_frame(words: &mut FrameWords, set: &PartChange) -> Result<(), StoryError> {
    let block_words = [
        ("markdown", set.markdown.is_some()),
        ("text", set.text.is_some()),
        ("attribution", set.attribution.is_some()),
        ("layout", set.photo_layout.is_some() || set.group_layout.is_some()),
    ];
    if let Some((field, _)) = block_words.into_iter().find(|(_, given)| *given) {
        return Err(not_here(field));
    }
    replace(&mut words.place, set.place.as_ref());
    replace(&mut words.caption, set.caption.as_ref());
    replace(&mut words.alt, set.alt.as_ref());
    replace(&mut words.decorative, set.decorative.as_ref());
    replace(&mut words.credit, set.credit.as_ref());
    replace(&mut words.focal, set.focal.as_ref());
    replace(&mut words.crop, set.crop.as_ref());
    replace(&mut words.graphic, set.graphic.as_ref());
    Ok(())
}

fn replace<T: Clone>(old: &mut T, new: Option<&T>) {
    if let Some(new) = new {
        old.clone_from(new);
    }
}

fn same_own_words(a: &BlockContent, b: &BlockContent) -> bool {
    match (a, b) {
        (BlockContent::Text { markdown: a }, BlockContent::Text { markdown: b })
        | (BlockContent::Heading { text: a }, BlockContent::Heading { text: b }) => a == b,
        (
            BlockContent::Quote {
                markdown: a,
                attribution: said_a,
            },
            BlockContent::Quote {
                markdown: b,
                attribution: said_b,
            },
        ) => a == b && said_a == said_b,
        (BlockContent::Photo { layout: a, .. }, BlockContent::Photo { layout: b, .. }) => a == b,
        (
            BlockContent::Group {
                layout: a,
                caption: words_a,
                ..
            },
            BlockContent::Group {
                layout: b,
                caption: words_b,
                ..
            },
        ) => a == b && words_a == words_b,
        _ => false,
    }
}
