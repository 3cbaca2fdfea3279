//! Which place a block or frame has: moving, removing, putting back.

use super::super::document::{GroupLayout, PhotoLayout};
use super::super::{Block, BlockContent, Frame, StoryError, order, parts};
use super::SortBy;
use super::table::{Table, check_group_size, unknown_part};
use crate::db::Conn;
use crate::id::{BlockId, FrameId};

impl Table<'_> {
    pub(super) fn move_block(&mut self, id: &BlockId, position: usize) -> Result<(), StoryError> {
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

    pub(super) fn move_together(&mut self, ids: &[BlockId], position: usize) -> Result<(), StoryError> {
        let before: Vec<BlockId> = self.draft.blocks.iter().map(|block| block.id.clone()).collect();
        let mut moving = Vec::with_capacity(ids.len());
        for (at, id) in ids.iter().enumerate() {
            // Named twice, a block is not found the second time.
            let from = self
                .index_of(id)
                .map_err(|_| unknown_part(&format!("/ids/{at}")))?;
            moving.push(self.draft.blocks.remove(from));
        }
        let to = position.min(self.draft.blocks.len());
        self.draft.blocks.splice(to..to, moving);
        if !self.draft.blocks.iter().map(|block| &block.id).eq(&before) {
            self.mark_restructured();
        }
        Ok(())
    }

    pub(super) fn sort(&mut self, by: SortBy) {
        let is_picture = |block: &Block| !block.frames().is_empty();
        let mut pictures: Vec<Block> = self
            .draft
            .blocks
            .iter()
            .filter(|block| is_picture(block))
            .cloned()
            .collect();
        let photo = |block: &Block| {
            block
                .frames()
                .first()
                .and_then(|frame| self.draft.photos.get(&frame.photo_id))
        };
        match by {
            SortBy::Captured => pictures.sort_by_cached_key(|block| {
                let captured = photo(block).and_then(|photo| photo.captured_at.clone());
                (captured.is_none(), captured)
            }),
            SortBy::FileName => pictures
                .sort_by_cached_key(|block| photo(block).map(|photo| order::natural(&photo.file_name))),
        }
        let mut sorted = pictures.into_iter();
        let mut changed = false;
        for block in self.draft.blocks.iter_mut().filter(|block| is_picture(block)) {
            if let Some(next) = sorted.next() {
                changed |= next.id != block.id;
                *block = next;
            }
        }
        if changed {
            self.mark_restructured();
        }
    }

    pub(super) fn move_frame(
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
    pub(super) fn take_frame(&mut self, block: usize, id: &FrameId) -> Result<Frame, StoryError> {
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
    pub(super) fn tidy(&mut self, conn: &mut Conn, index: usize) -> Result<(), StoryError> {
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

    pub(super) fn remove_block(&mut self, conn: &mut Conn, id: &BlockId) -> Result<(), StoryError> {
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

    pub(super) fn remove_frame(&mut self, conn: &mut Conn, id: &FrameId) -> Result<(), StoryError> {
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

    pub(super) fn restore(&mut self, id: &BlockId, position: Option<usize>) -> Result<(), StoryError> {
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
}
