//! What is different between two states of a story: fields, blocks that came, went or moved, and in what stayed the words, to the word.
//!
//! Pure: two [`Side`]s in, a list of [`Difference`]s out, in the order in which a reader of the story comes upon them. A side can be made of
//! whatever holds a story: the document of a publication, a draft (by way of its document), a revision. Blocks and frames are known again by their
//! ids; where a side has none, or new ones, by what they say.

mod matching;
mod side;
mod words;

use crate::id::PhotoId;

pub use side::{Kind, Side, SideBlock, SideFrame};
pub use words::{Piece, words};

/// What a changed text, or a changed choice, is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The story's title.
    Title,
    /// The paragraph under it.
    Standfirst,
    /// Who made the story.
    Byline,
    /// Its language's tag.
    Language,
    /// Its own date.
    Date,
    /// Words to find it by.
    Tags,
    /// Whether readers are asked before the story, or a frame, is shown: `yes` or nothing.
    Graphic,
    /// Words of a text, a heading or a quotation.
    Text,
    /// Bold, italic, links: what the words alone do not show. Has no pieces.
    Formatting,
    /// Who said a quotation.
    Attribution,
    /// How a block stands: `column`, `wide`, `full`, `side` or `grid`.
    Layout,
    /// What a block is, where that changed: `photo` or `group`.
    Kind,
    /// Caption of a frame or a group.
    Caption,
    /// Where a photograph was taken.
    Place,
    /// Text for those who cannot see it.
    Alt,
    /// Whose picture it is, as printed.
    Credit,
    /// Who made it.
    Creator,
    /// Copyright notice.
    Copyright,
    /// Licence.
    License,
    /// The point around which it is cropped.
    Focal,
}

/// A changed text, or a changed choice: what is gone, what has come, and what stayed around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Of what.
    pub part: Part,
    /// The text in pieces; read without those that are gone, it is the later one.
    pub pieces: Vec<Piece>,
}

/// What became of a block or a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is there since.
    Added,
    /// It was there before.
    Removed,
    /// It is there on both sides.
    Kept,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// In a field of the story.
    Field(Change),
    /// Another photograph leads.
    Lead {
        /// The one that did.
        before: Option<PhotoId>,
        /// The one that does.
        after: Option<PhotoId>,
    },
    /// In a block.
    Block(BlockDifference),
}

/// What became of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockDifference {
    /// Its id on the later side, or on the earlier where it is gone.
    pub id: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// Whether it came, went or stayed.
    pub fate: Fate,
    /// Its place in the earlier order, counted from 1.
    pub before: Option<usize>,
    /// Its place in the later order, counted from 1.
    pub after: Option<usize>,
    /// Whether it stands elsewhere among the blocks that stayed.
    pub moved: bool,
    /// All its words, to know it by.
    pub text: String,
    /// Its photographs, to know it by.
    pub photos: Vec<PhotoId>,
    /// What changed in its own words and choices.
    pub changes: Vec<Change>,
    /// What changed in its frames; all of them stand under a block that came or went.
    pub frames: Vec<FrameDifference>,
}

/// What became of a frame in a block that stayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameDifference {
    /// The photograph it shows.
    pub photo: PhotoId,
    /// Whether it came, went or stayed.
    pub fate: Fate,
    /// Whether it stands elsewhere among the frames that stayed.
    pub moved: bool,
    /// What changed in its words and choices.
    pub changes: Vec<Change>,
}

/// Compares two states of a story.
#[must_use]
pub fn compare(before: &Side, after: &Side) -> Vec<Difference> {
    let mut differences: Vec<Difference> = changes(&before.fields, &after.fields)
        .into_iter()
        .map(Difference::Field)
        .collect();
    if before.lead != after.lead {
        differences.push(Difference::Lead {
            before: before.lead.clone(),
            after: after.lead.clone(),
        });
    }
    differences.extend(compare_blocks(&before.blocks, &after.blocks));
    differences
}

fn compare_blocks(before: &[SideBlock], after: &[SideBlock]) -> Vec<Difference> {
    let pairs = matching::pair(before, after);
    let kept: Vec<usize> = pairs.iter().copied().flatten().collect();
    let stays = matching::staying(&kept);
    let mut gone = before
        .iter()
        .enumerate()
        .filter(|(index, _)| !kept.contains(index))
        .peekable();
    let mut found = Vec::new();
    let mut kept_so_far = 0;
    for (index, block) in after.iter().enumerate() {
        let Some(old) = pairs.get(index).copied().flatten() else {
            found.push(whole(block, Fate::Added, index));
            continue;
        };
        let moved = !stays.get(kept_so_far).copied().unwrap_or(true);
        kept_so_far += 1;
        // What is gone stands where it was: before the first block that followed it and has kept its place.
        while !moved && let Some((place, block)) = gone.next_if(|(place, _)| *place < old) {
            found.push(whole(block, Fate::Removed, place));
        }
        if let Some(was) = before.get(old) {
            found.extend(compare_block((old, was), (index, block), moved));
        }
    }
    found.extend(gone.map(|(place, block)| whole(block, Fate::Removed, place)));
    found.into_iter().map(Difference::Block).collect()
}

/// A block that came or went, with all that is in it.
fn whole(block: &SideBlock, fate: Fate, place: usize) -> BlockDifference {
    let number = Some(place + 1);
    BlockDifference {
        id: block.id.clone(),
        kind: block.kind,
        fate,
        before: number.filter(|_| fate == Fate::Removed),
        after: number.filter(|_| fate == Fate::Added),
        moved: false,
        text: block.text(),
        photos: block.photos(),
        changes: Vec::new(),
        frames: Vec::new(),
    }
}

fn compare_block(
    (place_before, before): (usize, &SideBlock),
    (place_after, after): (usize, &SideBlock),
    moved: bool,
) -> Option<BlockDifference> {
    let mut changes = changes(&before.words, &after.words);
    let said_the_same = !changes.iter().any(|change| change.part == Part::Text);
    if said_the_same && before.kind == after.kind && before.form != after.form {
        changes.push(Change {
            part: Part::Formatting,
            pieces: Vec::new(),
        });
    }
    let frames = compare_frames(&before.frames, &after.frames);
    (moved || !changes.is_empty() || !frames.is_empty()).then(|| BlockDifference {
        id: after.id.clone(),
        kind: after.kind,
        fate: Fate::Kept,
        before: Some(place_before + 1),
        after: Some(place_after + 1),
        moved,
        text: after.text(),
        photos: after.photos(),
        changes,
        frames,
    })
}

fn compare_frames(before: &[SideFrame], after: &[SideFrame]) -> Vec<FrameDifference> {
    let pairs = matching::pair(before, after);
    let kept: Vec<usize> = pairs.iter().copied().flatten().collect();
    let stays = matching::staying(&kept);
    let mut found = Vec::new();
    let mut kept_so_far = 0;
    for (index, frame) in after.iter().enumerate() {
        let was = pairs
            .get(index)
            .copied()
            .flatten()
            .and_then(|old| before.get(old));
        let difference = match was {
            None => FrameDifference {
                photo: frame.photo.clone(),
                fate: Fate::Added,
                moved: false,
                changes: Vec::new(),
            },
            Some(was) => {
                let moved = !stays.get(kept_so_far).copied().unwrap_or(true);
                kept_so_far += 1;
                FrameDifference {
                    photo: frame.photo.clone(),
                    fate: Fate::Kept,
                    moved,
                    changes: changes(&was.words, &frame.words),
                }
            }
        };
        if difference.fate == Fate::Added || difference.moved || !difference.changes.is_empty() {
            found.push(difference);
        }
    }
    let gone = before
        .iter()
        .enumerate()
        .filter(|(index, _)| !kept.contains(index));
    found.extend(gone.map(|(_, frame)| FrameDifference {
        photo: frame.photo.clone(),
        fate: Fate::Removed,
        moved: false,
        changes: Vec::new(),
    }));
    found
}

/// The texts that differ, in the order of the later side; a text that is missing on one side is empty there.
fn changes(before: &[(Part, String)], after: &[(Part, String)]) -> Vec<Change> {
    let text = |side: &[(Part, String)], part: Part| {
        side.iter()
            .find(|(other, _)| *other == part)
            .map(|(_, text)| text.clone())
            .unwrap_or_default()
    };
    let only_before = before
        .iter()
        .map(|(part, _)| *part)
        .filter(|part| after.iter().all(|(other, _)| other != part));
    let parts = after.iter().map(|(part, _)| *part).chain(only_before);
    parts
        .filter_map(|part| {
            let (old, new) = (text(before, part), text(after, part));
            (old != new).then(|| Change {
                part,
                pieces: words(&old, &new),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
