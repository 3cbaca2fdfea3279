//! Making a draft what something outside says it is: its fields and its order, in one transaction. What stood there goes to the tray.

use super::create::NewStory;
use super::details::{self, StoryEdit};
use super::draft::Draft;
use super::operations::{self, NewBlock, Operation};
use super::{Block, PartId, StoryError, access, draft};
use crate::account::Actor;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::{BlockId, StoryId};

/// Whether a draft says already what `new` says. An address that `new` leaves open is any.
#[must_use]
pub fn is_as(draft: &Draft, new: &NewStory) -> bool {
    fields_are_as(draft, new) && blocks_are_as(draft, new)
}

fn fields_are_as(draft: &Draft, new: &NewStory) -> bool {
    let story = &draft.story;
    let lead = story
        .lead
        .as_ref()
        .and_then(|lead| draft.blocks.iter().position(|block| block.id == *lead));
    story.title == new.title
        && new.slug.as_ref().is_none_or(|slug| slug.as_str() == story.slug)
        && story.standfirst == new.standfirst
        && story.byline == new.byline
        && story.language == new.language
        && story.date == new.date
        && story.tags == new.tags
        && story.graphic == new.graphic
        && story.embargo_until == new.embargo_until
        && lead == new.lead
}

fn blocks_are_as(draft: &Draft, new: &NewStory) -> bool {
    draft.blocks.len() == new.blocks.len()
        && draft
            .blocks
            .iter()
            .zip(&new.blocks)
            .all(|(block, new)| NewBlock::of(block) == *new)
}

/// Makes a draft what `new` says, as it stands now. Where the blocks are the same already they stay, with their ids.
///
/// # Errors
/// [`StoryError`].
pub fn replace(
    conn: &mut Conn,
    actor: &Actor,
    id: &StoryId,
    new: NewStory,
    now: Millis,
) -> Result<Draft, StoryError> {
    let story = access::find_editable(conn, actor, id)?;
    let mut draft = draft::load(conn, story)?;
    if !blocks_are_as(&draft, &new) {
        let removes = draft.blocks.iter().map(|block| Operation::Remove {
            part: PartId::Block(block.id.clone()),
        });
        let inserts = new.blocks.iter().map(|block| Operation::Insert {
            position: None,
            block: block.clone(),
        });
        let operations: Vec<Operation> = removes.chain(inserts).collect();
        draft = operations::apply(conn, actor, id, Some(draft.story.version), &operations, now)?;
    }
    let lead: Option<BlockId> = new
        .lead
        .and_then(|lead| draft.blocks.get(lead))
        .map(|block: &Block| block.id.clone());
    let edit = StoryEdit {
        title: Some(new.title),
        slug: new.slug,
        standfirst: Some(new.standfirst),
        byline: Some(new.byline),
        language: Some(new.language),
        date: Some(new.date),
        tags: Some(new.tags),
        lead: Some(lead),
        graphic: Some(new.graphic),
        embargo_until: Some(new.embargo_until),
        embargo_zone: None,
    };
    details::edit(conn, actor, id, draft.story.version, &edit, now)
}
