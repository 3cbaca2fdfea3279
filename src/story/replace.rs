//! Making a draft what something outside says it is: its fields and its order, in one transaction. What stood there goes to the tray, and what
//! nothing outside speaks of stays as the desk has it.

use std::collections::BTreeSet;

use super::create::NewStory;
use super::details::{self, StoryEdit};
use super::draft::Draft;
use super::operations::{self, NewBlock, NewFrame, Operation};
use super::{Block, PartId, StoryError, access, draft, query};
use crate::account::Actor;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::{BlockId, PhotoId, StoryId};

/// What something outside says of a story.
#[derive(Debug, Clone)]
pub struct Saying {
    /// Its fields, the lead apart; `None` is one that nothing is said of.
    pub fields: StoryEdit,
    /// Index of the block that leads; `None` if nothing is said of it.
    pub lead: Option<Option<usize>>,
    /// Its blocks in order.
    pub blocks: Vec<NewBlock>,
    /// Whether it says of each frame if it is graphic. Where it does not, a photograph that the desk has marked stays marked.
    pub marks_graphic: bool,
}

impl Saying {
    /// Everything that a new story says.
    #[must_use]
    pub fn whole(new: &NewStory) -> Self {
        let new = new.clone();
        Self {
            fields: StoryEdit {
                title: Some(new.title),
                slug: new.slug,
                standfirst: Some(new.standfirst),
                byline: Some(new.byline),
                language: Some(new.language),
                date: Some(new.date),
                tags: Some(new.tags),
                lead: None,
                graphic: Some(new.graphic),
                embargo_until: Some(new.embargo_until),
                embargo_zone: None,
            },
            lead: Some(new.lead),
            blocks: new.blocks,
            marks_graphic: true,
        }
    }

    /// The same without an address that another story has or had; gives that address.
    ///
    /// # Errors
    /// Those of the statements.
    pub fn without_taken_slug(
        mut self,
        conn: &mut Conn,
        story: &StoryId,
    ) -> diesel::QueryResult<(Self, Option<String>)> {
        let Some(slug) = self.fields.slug.take() else {
            return Ok((self, None));
        };
        if query::is_slug_taken(conn, slug.as_str(), Some(story))? {
            return Ok((self, Some(slug.as_str().to_owned())));
        }
        self.fields.slug = Some(slug);
        Ok((self, None))
    }

    /// The blocks as they are to stand in this draft.
    fn blocks_in(&self, draft: &Draft) -> Vec<NewBlock> {
        let mut blocks = self.blocks.clone();
        if self.marks_graphic {
            return blocks;
        }
        let frames = draft.blocks.iter().flat_map(Block::frames);
        let marked: BTreeSet<&PhotoId> = frames
            .filter(|frame| frame.words.graphic)
            .map(|frame| &frame.photo_id)
            .collect();
        for frame in blocks.iter_mut().flat_map(frames_of) {
            frame.words.graphic |= marked.contains(&frame.photo);
        }
        blocks
    }
}

fn frames_of(block: &mut NewBlock) -> &mut [NewFrame] {
    match block {
        NewBlock::Photo { frame, .. } => std::slice::from_mut(frame),
        NewBlock::Group { frames, .. } => frames,
        _ => &mut [],
    }
}

/// Whether a draft says already what is said outside.
#[must_use]
pub fn is_as(draft: &Draft, saying: &Saying) -> bool {
    fields_are_as(draft, saying) && blocks_are_as(draft, &saying.blocks_in(draft))
}

fn fields_are_as(draft: &Draft, saying: &Saying) -> bool {
    fn says<T: PartialEq>(said: Option<&T>, there: &T) -> bool {
        said.is_none_or(|said| said == there)
    }
    let (story, fields) = (&draft.story, &saying.fields);
    let lead = story
        .lead
        .as_ref()
        .and_then(|lead| draft.blocks.iter().position(|block| block.id == *lead));
    says(fields.title.as_ref(), &story.title)
        && fields
            .slug
            .as_ref()
            .is_none_or(|slug| slug.as_str() == story.slug)
        && says(fields.standfirst.as_ref(), &story.standfirst)
        && says(fields.byline.as_ref(), &story.byline)
        && says(fields.language.as_ref(), &story.language)
        && says(fields.date.as_ref(), &story.date)
        && says(fields.tags.as_ref(), &story.tags)
        && says(fields.graphic.as_ref(), &story.graphic)
        && says(fields.embargo_until.as_ref(), &story.embargo_until)
        && says(fields.embargo_zone.as_ref(), &story.embargo_zone)
        && says(saying.lead.as_ref(), &lead)
}

fn blocks_are_as(draft: &Draft, blocks: &[NewBlock]) -> bool {
    draft.blocks.len() == blocks.len()
        && draft
            .blocks
            .iter()
            .zip(blocks)
            .all(|(block, new)| NewBlock::of(block) == *new)
}

/// Makes a draft what is said outside, as it stands now. Where the blocks are the same already they stay, with their ids.
///
/// # Errors
/// [`StoryError`].
pub fn replace(
    conn: &mut Conn,
    actor: &Actor,
    id: &StoryId,
    saying: Saying,
    now: Millis,
) -> Result<Draft, StoryError> {
    let story = access::find_editable(conn, actor, id)?;
    let mut draft = draft::load(conn, story)?;
    let mut lead = saying.lead;
    let blocks = saying.blocks_in(&draft);
    if !blocks_are_as(&draft, &blocks) {
        // What the desk chose to lead leads on where it still is.
        lead = lead.or_else(|| Some(still_leading(&draft, &blocks)));
        let removes = draft.blocks.iter().map(|block| Operation::Remove {
            part: PartId::Block(block.id.clone()),
        });
        let inserts = blocks.into_iter().map(|block| Operation::Insert {
            position: None,
            block,
        });
        let operations: Vec<Operation> = removes.chain(inserts).collect();
        draft = operations::apply(conn, actor, id, Some(draft.story.version), &operations, now)?;
    }
    let lead = lead.map(|lead| block_at(&draft, lead?));
    let edit = StoryEdit {
        lead,
        ..saying.fields
    };
    details::edit(conn, actor, id, draft.story.version, &edit, now)
}

fn block_at(draft: &Draft, index: usize) -> Option<BlockId> {
    draft.blocks.get(index).map(|block| block.id.clone())
}

/// Index of the new block that shows what the chosen lead shows.
fn still_leading(draft: &Draft, blocks: &[NewBlock]) -> Option<usize> {
    let lead = draft.story.lead.as_ref()?;
    let shown = draft.block(lead)?.frames().first()?.photo_id.clone();
    blocks.iter().position(|block| match block {
        NewBlock::Photo { frame, .. } => frame.photo == shown,
        NewBlock::Group { frames, .. } => frames.iter().any(|frame| frame.photo == shown),
        _ => false,
    })
}
