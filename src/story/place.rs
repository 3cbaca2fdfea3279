//! Putting a photo into a story by itself, as it arrives, so that those which belong together stand in the order in which they were taken,
//! whichever of them came first.

use std::collections::BTreeSet;

use super::document::PhotoLayout;
use super::draft::{self, Draft};
use super::operations::{self, NewBlock, NewFrame, Operation};
use super::{Block, BlockContent, FrameWords, StoryError, access};
use crate::account::Actor;
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::{PhotoId, StoryId};
use crate::photo::Photo;

/// What photos are sorted by: those that do not tell when they were taken come last, by file name.
#[must_use]
pub fn capture_order(photo: &Photo) -> (bool, Option<&str>, &str, &PhotoId) {
    (
        photo.captured_at.is_none(),
        photo.captured_at.as_deref(),
        &photo.file_name,
        &photo.id,
    )
}

/// A block of one photo with the photo's own words.
#[must_use]
pub fn photo_block(photo: PhotoId) -> NewBlock {
    NewBlock::Photo {
        layout: PhotoLayout::Column,
        frame: NewFrame {
            photo,
            words: FrameWords::default(),
        },
    }
}

/// How a photo comes to a story.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// The photos that came together with it.
    pub batch: &'a BTreeSet<PhotoId>,
    /// Where it is to stand if none of them stands there; `None` is the end.
    pub position: Option<usize>,
    /// Whether it was sent by a drop link.
    pub by_link: bool,
}

/// Puts a photo into a story: among those of its batch that stand there in the order in which they were taken, else at a position or at
/// the end. A photo that the story shows already stays where it is.
///
/// What comes into a story that has an hour, and not from an editor, goes into the tray: nobody publishes by having a link, or by sending a photograph.
///
/// # Errors
/// [`StoryError`] when the story is not there, not this person's, or full.
pub fn place(
    conn: &mut Conn,
    actor: &Actor,
    story: &StoryId,
    photo: &Photo,
    arrival: Arrival<'_>,
    now: Millis,
) -> Result<(), StoryError> {
    // Adding collides with nobody's order, so it takes the version as it is now.
    let found = access::find_visible(conn, actor, story)?;
    let version = found.version;
    let draft = draft::load(conn, found)?;
    let to_tray = draft.story.schedule.is_some() && (arrival.by_link || !actor.edits_everything());
    let tray = draft.tray.iter().filter(|_| to_tray);
    let mut shown = draft.blocks.iter().chain(tray).flat_map(Block::frames);
    if shown.any(|frame| frame.photo_id == photo.id) {
        return Ok(());
    }
    let insert = Operation::Insert {
        position: among(&draft, photo, arrival.batch).or(arrival.position),
        block: photo_block(photo.id.clone()),
    };
    actor.worked_on(conn, Word::StoryEdited, story.as_str(), &draft.story.title, now)?;
    operations::arrive(conn, actor, (story, version), &[insert], to_tray, now)?;
    Ok(())
}

/// The place among those of a batch that stand in the story: before the first that was taken later, else behind the last.
fn among(draft: &Draft, photo: &Photo, batch: &BTreeSet<PhotoId>) -> Option<usize> {
    let mut behind = None;
    for (index, block) in draft.blocks.iter().enumerate() {
        let BlockContent::Photo { frame, .. } = &block.content else {
            continue;
        };
        let Some(other) = draft.photos.get(&frame.photo_id) else {
            continue;
        };
        if !batch.contains(&other.id) {
            continue;
        }
        if capture_order(other) > capture_order(photo) {
            return Some(index);
        }
        behind = Some(index + 1);
    }
    behind
}
