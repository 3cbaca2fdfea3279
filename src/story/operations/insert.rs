//! Making blocks and frames.

use super::super::{Block, BlockContent, Frame, MOST_BLOCKS, StoryError, access, parts};
use super::table::{Table, check_group_size};
use super::words::learn_places;
use super::{NewBlock, NewFrame};
use crate::db::Conn;
use crate::id::{BlockId, FrameId};

impl Table<'_> {
    pub(super) fn insert(
        &mut self,
        conn: &mut Conn,
        position: Option<usize>,
        new: &NewBlock,
    ) -> Result<(), StoryError> {
        // What was removed lies in the tray too, and does not count.
        if !self.waits && self.draft.blocks.len() >= MOST_BLOCKS {
            let message = format!("A story can have at most {MOST_BLOCKS} blocks.");
            return Err(StoryError::invalid("/block", "too_many_blocks", message));
        }
        let block = self
            .make_block(conn, new)
            .map_err(|error| error.within("/block"))?;
        parts::insert_block(conn, &self.draft.story.id, &block, &self.actor.id, self.now)?;
        if self.waits {
            self.draft.tray.insert(0, block);
        } else {
            let position = position.unwrap_or(usize::MAX).min(self.draft.blocks.len());
            self.draft.blocks.insert(position, block);
        }
        self.mark_restructured();
        Ok(())
    }

    pub(super) fn make_block(&mut self, conn: &mut Conn, new: &NewBlock) -> Result<Block, StoryError> {
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

    pub(super) fn make_frame(&mut self, conn: &mut Conn, new: &NewFrame) -> Result<Frame, StoryError> {
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
        // What a frame calls the place is hidden with it, wherever else it stands.
        learn_places(conn, &photo.id, [&new.words.place], self.now)?;
        let had = self.draft.photos.insert(photo.id.clone(), photo);
        self.brought_photos |= had.is_none();
        Ok(Frame {
            id: FrameId::random(),
            photo_id: new.photo.clone(),
            words: new.words.clone(),
            version: 1,
            updated_by: self.actor.id.clone(),
            updated_at: self.now,
        })
    }
}
