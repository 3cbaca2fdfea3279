//! Operations on a draft: insert, move, update, remove, restore, group, ungroup. One call is atomic and makes one new version.
//!
//! Structure (everything but `update`) is guarded by the story's version, words by the version of the part they stand in. A
//! photographer who is a member may insert blocks of their own photographs and update the words of frames that show them; in a story that has an hour, what
//! they insert lies in the tray.

mod groups;
mod insert;
mod places;
mod table;
mod words;

use super::document::{GroupLayout, PhotoLayout};
use super::draft::{self, Draft};
use super::steps::{Before, What};
use super::{Block, BlockContent, Frame, FrameWords, PartId, StoryError, access};
use crate::account::Actor;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::{BlockId, PhotoId, StoryId};
use table::Table;

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

impl NewBlock {
    /// A block as it would be made again.
    #[must_use]
    pub fn of(block: &Block) -> Self {
        match &block.content {
            BlockContent::Text { markdown } => Self::Text {
                markdown: markdown.clone(),
            },
            BlockContent::Heading { text } => Self::Heading { text: text.clone() },
            BlockContent::Quote {
                markdown,
                attribution,
            } => Self::Quote {
                markdown: markdown.clone(),
                attribution: attribution.clone(),
            },
            BlockContent::Photo { layout, frame } => Self::Photo {
                layout: *layout,
                frame: NewFrame::of(frame),
            },
            BlockContent::Group {
                layout,
                caption,
                frames,
            } => Self::Group {
                layout: *layout,
                caption: caption.clone(),
                frames: frames.iter().map(NewFrame::of).collect(),
            },
        }
    }
}

impl NewFrame {
    fn of(frame: &Frame) -> Self {
        Self {
            photo: frame.photo_id.clone(),
            words: frame.words.clone(),
        }
    }
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
    /// Moves several blocks together; they keep the order in which they are named.
    MoveTogether {
        /// What moves.
        blocks: Vec<BlockId>,
        /// Zero-based, counted after all of them were taken out.
        position: usize,
    },
    /// Orders all photographs and groups among the places that they have; text between them stays where it is.
    Sort {
        /// By what.
        by: SortBy,
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

/// What photographs can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// When they were taken, as the camera says; those that do not say come last.
    Captured,
    /// The names of their files, numbers in them by value.
    FileName,
}

impl Operation {
    fn what(&self) -> What {
        match self {
            Self::Insert { .. } => What::Insert,
            Self::Move { .. } | Self::MoveTogether { .. } => What::Move,
            Self::Update { set, .. } if set.photo_layout.is_some() || set.group_layout.is_some() => {
                What::Layout
            }
            Self::Update { .. } => What::Words,
            Self::Remove { .. } => What::Remove,
            Self::Restore { .. } => What::Restore,
            Self::Group { .. } => What::Group,
            Self::Ungroup { .. } => What::Ungroup,
            Self::Sort { .. } => What::Sort,
        }
    }

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
    let before = load(conn, actor, id, expected, operations)?;
    let kept = Before::of(&before);
    let after = carry_out(conn, Table::open(before, actor, now), operations)?;
    let first = operations.first().map_or(What::Several, Operation::what);
    let what = if operations.iter().all(|operation| operation.what() == first) {
        first
    } else {
        What::Several
    };
    kept.record(conn, &after, actor, what, now)?;
    Ok(after)
}

/// Like [`apply`] for a story that is only being made: there is nothing to go back to.
pub(super) fn begin(
    conn: &mut Conn,
    actor: &Actor,
    id: &StoryId,
    operations: &[Operation],
    now: Millis,
) -> Result<Draft, StoryError> {
    let empty = load(conn, actor, id, Some(1), operations)?;
    carry_out(conn, Table::open(empty, actor, now), operations)
}

/// Like [`apply`] for what comes by itself, such as a photograph that was on its way: whoever undoes means what they did, not that. `waits` has it lie in the
/// tray, whoever the actor is.
pub(super) fn arrive(
    conn: &mut Conn,
    actor: &Actor,
    (id, expected): (&StoryId, i32),
    operations: &[Operation],
    waits: bool,
    now: Millis,
) -> Result<Draft, StoryError> {
    let before = load(conn, actor, id, Some(expected), operations)?;
    let mut table = Table::open(before, actor, now);
    table.waits |= waits;
    carry_out(conn, table, operations)
}

fn load(
    conn: &mut Conn,
    actor: &Actor,
    id: &StoryId,
    expected: Option<i32>,
    operations: &[Operation],
) -> Result<Draft, StoryError> {
    let story = access::find_visible(conn, actor, id)?;
    let structural = operations.iter().any(Operation::is_structural);
    if structural && expected != Some(story.version) {
        return Err(StoryError::StaleStory);
    }
    Ok(draft::load(conn, story)?)
}

fn carry_out(conn: &mut Conn, mut table: Table<'_>, operations: &[Operation]) -> Result<Draft, StoryError> {
    for (index, operation) in operations.iter().enumerate() {
        table
            .apply(conn, operation)
            .map_err(|error| error.within(&format!("/operations/{index}")))?;
    }
    table.close(conn)
}
