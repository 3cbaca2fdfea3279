//! Groups: made of photographs, and taken apart.

use std::collections::HashSet;

use super::super::document::{GroupLayout, PhotoLayout};
use super::super::{Block, BlockContent, StoryError, parts};
use super::table::{Table, check_group_size, unknown_part};
use crate::db::Conn;
use crate::id::{BlockId, FrameId};

impl Table<'_> {
    /// Writes a photo block for a frame that exists already.
    pub(super) fn stand_alone(&self, conn: &mut Conn, block: &Block) -> Result<(), StoryError> {
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

    pub(super) fn group(&mut self, conn: &mut Conn, ids: &[BlockId]) -> Result<(), StoryError> {
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

    pub(super) fn ungroup(&mut self, conn: &mut Conn, id: &BlockId) -> Result<(), StoryError> {
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
}
