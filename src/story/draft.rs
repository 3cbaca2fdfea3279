//! The draft: a story as the desk sees it now, with its blocks, its tray, its photos and its people, read in one moment.

use std::collections::{BTreeMap, BTreeSet};

use diesel::QueryResult;

use super::correction::{self, Correction};
use super::{Block, Frame, PartId, Story, parts};
use crate::account;
use crate::db::Conn;
use crate::id::{AccountId, BlockId, FrameId, PhotoId};
use crate::photo::{self, Photo, Rendition};

/// A story with everything in it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its own fields.
    pub story: Story,
    /// The blocks in reading order.
    pub blocks: Vec<Block>,
    /// Removed blocks that can be put back, last removed first.
    pub tray: Vec<Block>,
    /// The photos of all frames.
    pub photos: BTreeMap<PhotoId, Photo>,
    /// The current renditions of these photos.
    pub renditions: BTreeMap<PhotoId, Vec<Rendition>>,
    /// What readers were told of changes since it was first published, oldest first.
    pub corrections: Vec<Correction>,
    /// Names of those who last changed something in it.
    pub names: BTreeMap<AccountId, String>,
}

impl Draft {
    /// The block of this id, in the order or in the tray.
    #[must_use]
    pub fn block(&self, id: &BlockId) -> Option<&Block> {
        self.blocks.iter().chain(&self.tray).find(|block| block.id == *id)
    }

    /// The frame of this id with the block it stands in.
    #[must_use]
    pub fn frame(&self, id: &FrameId) -> Option<(&Block, &Frame)> {
        self.blocks.iter().chain(&self.tray).find_map(|block| {
            block
                .frames()
                .iter()
                .find(|frame| frame.id == *id)
                .map(|frame| (block, frame))
        })
    }

    /// Version, last changer and instant of a part.
    #[must_use]
    pub fn part_state(&self, part: &PartId) -> Option<(i32, &AccountId, i64)> {
        match part {
            PartId::Block(id) => self
                .block(id)
                .map(|block| (block.version, &block.updated_by, block.updated_at)),
            PartId::Frame(id) => self
                .frame(id)
                .map(|(_, frame)| (frame.version, &frame.updated_by, frame.updated_at)),
        }
    }

    /// The block that leads: the editor's choice while it still has a photo, else the first that has one.
    #[must_use]
    pub fn lead(&self) -> Option<&Block> {
        let chosen = self
            .story
            .lead
            .as_ref()
            .and_then(|id| self.blocks.iter().find(|block| block.id == *id));
        chosen
            .filter(|block| !block.frames().is_empty())
            .or_else(|| self.blocks.iter().find(|block| !block.frames().is_empty()))
    }

    /// A person's name, or nothing if the account is not known.
    #[must_use]
    pub fn name_of(&self, account: &AccountId) -> &str {
        self.names.get(account).map_or("", String::as_str)
    }
}

/// Reads the draft of a story.
///
/// # Errors
/// Those of the statements.
pub fn load(conn: &mut Conn, story: Story) -> QueryResult<Draft> {
    let blocks = parts::load_blocks(conn, &story.id)?;
    with_blocks(conn, story, blocks)
}

/// The draft anew, after its parts were changed in the transaction in which it was read, and no photograph came to it. Nobody else wrote meanwhile,
/// so photographs are as they were read: most of what a draft is, and words are saved at every pause in typing.
pub(super) fn reload_parts(conn: &mut Conn, mut before: Draft, story: Story) -> QueryResult<Draft> {
    let (blocks, tray) = parts::load_blocks(conn, &story.id)?;
    let shown: BTreeSet<&PhotoId> = blocks
        .iter()
        .chain(&tray)
        .flat_map(Block::frames)
        .map(|frame| &frame.photo_id)
        .collect();
    before.photos.retain(|id, _| shown.contains(id));
    before.renditions.retain(|id, _| shown.contains(id));
    Ok(Draft {
        story,
        blocks,
        tray,
        ..before
    })
}

/// The draft of a story that would have these blocks in its order and these in its tray.
pub(super) fn with_blocks(
    conn: &mut Conn,
    story: Story,
    (blocks, tray): (Vec<Block>, Vec<Block>),
) -> QueryResult<Draft> {
    let ids: Vec<PhotoId> = {
        let mut ids: Vec<PhotoId> = blocks
            .iter()
            .chain(&tray)
            .flat_map(Block::frames)
            .map(|frame| frame.photo_id.clone())
            .collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let photos = photo::query::list_photos_by_id(conn, &ids)?;
    let mut renditions: BTreeMap<PhotoId, Vec<Rendition>> = BTreeMap::new();
    for (photo, rendition) in photo::library::renditions_of(conn, &photos)? {
        renditions.entry(photo).or_default().push(rendition);
    }
    let names = account::query::list_accounts(conn)?
        .into_iter()
        .map(|account| (account.id, account.name))
        .collect();
    let photos = photos
        .into_iter()
        .map(|photo| (photo.id.clone(), photo))
        .collect();
    let corrections = correction::list(conn, &story.id)?;
    Ok(Draft {
        story,
        blocks,
        tray,
        photos,
        renditions,
        corrections,
        names,
    })
}
