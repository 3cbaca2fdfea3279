//! Stories: drafts, their order and words, and what of them is published. Knows photos; photos never know it.
//!
//! A story has a version for its order and its own fields; every block and frame has a version for its words. Two people captioning
//! different frames never meet; two on the same caption are told, and nothing is thrown away.

pub mod access;
pub mod browse;
pub mod checklist;
pub mod compare;
pub mod compose;
pub mod concealed;
pub mod correction;
pub mod create;
pub mod details;
pub mod document;
pub mod draft;
pub mod drop_links;
pub mod exchange;
pub mod finding;
pub mod freshen;
pub mod imported;
pub mod list;
pub mod listing;
pub mod members;
pub mod operations;
pub mod order;
pub mod origin;
pub mod parts;
pub mod photos;
pub mod place;
pub mod publish;
pub mod query;
pub mod replace;
pub mod revisions;
pub mod rewrite;
pub mod schedule;
pub mod share;
mod state;
pub mod steps;

use crate::clock::Millis;
use crate::id::{AccountId, BlockId, FrameId, PhotoId, StoryId};
use crate::text::FieldError;
use document::{GroupLayout, PhotoLayout};
use schedule::Schedule;

/// Blocks a story may have.
pub const MOST_BLOCKS: usize = 1_000;
/// Frames a group has at least and at most.
pub const GROUP_FRAMES: std::ops::RangeInclusive<usize> = 2..=6;

/// A story's own fields.
#[derive(Debug, Clone)]
pub struct Story {
    /// Its id.
    pub id: StoryId,
    /// Last segment of its address.
    pub slug: String,
    /// Title.
    pub title: String,
    /// The paragraph under the title.
    pub standfirst: Option<String>,
    /// Who made it.
    pub byline: Option<String>,
    /// Language tag.
    pub language: String,
    /// Its own date: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The block that leads, if chosen.
    pub lead: Option<BlockId>,
    /// Whether the whole story is marked graphic.
    pub graphic: bool,
    /// Not to be published before this instant.
    pub embargo_until: Option<Millis>,
    /// The time zone in which that moment was chosen.
    pub embargo_zone: Option<String>,
    /// When the draft goes out by itself.
    pub schedule: Option<Schedule>,
    /// Version of order and fields.
    pub version: i32,
    /// Grows with every change of anything in the story.
    pub change_count: i32,
    /// Publications made so far.
    pub publications_made: i32,
    /// The one that readers see.
    pub live_publication: Option<i32>,
    /// [`Story::change_count`] when the live publication was made.
    pub live_change_count: Option<i32>,
    /// When it was published for the first time.
    pub first_published_at: Option<Millis>,
    /// When the live publication was made.
    pub live_since: Option<Millis>,
    /// Who made it.
    pub created_by: AccountId,
    /// When it was made.
    pub created_at: Millis,
    /// Who changed it last.
    pub updated_by: AccountId,
    /// When it last changed.
    pub updated_at: Millis,
}

impl Story {
    /// Whether readers see it.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live_publication.is_some()
    }

    /// Whether the draft differs from what readers see.
    #[must_use]
    pub fn has_unpublished_changes(&self) -> bool {
        self.is_live() && self.live_change_count != Some(self.change_count)
    }
}

/// What somebody has seen of a draft: its version, and (where every word matters, as before publishing) the count of all its changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// [`Story::version`].
    pub version: i32,
    /// [`Story::change_count`], if known.
    pub change_count: Option<i32>,
}

impl From<i32> for Seen {
    fn from(version: i32) -> Self {
        Self {
            version,
            change_count: None,
        }
    }
}

impl Seen {
    /// Whether the story still is as it was seen.
    #[must_use]
    pub fn is_still(self, story: &Story) -> bool {
        self.version == story.version && self.change_count.is_none_or(|count| count == story.change_count)
    }
}

/// One step of a draft.
#[derive(Debug, Clone)]
pub struct Block {
    /// Its id.
    pub id: BlockId,
    /// What it is.
    pub content: BlockContent,
    /// Version of its own words and layout.
    pub version: i32,
    /// Who changed them last.
    pub updated_by: AccountId,
    /// When they last changed.
    pub updated_at: Millis,
}

/// What a block is.
#[derive(Debug, Clone)]
pub enum BlockContent {
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
    /// A quotation set apart.
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
        frame: Frame,
    },
    /// Two to six frames.
    Group {
        /// How they stand.
        layout: GroupLayout,
        /// A caption for all of them.
        caption: Option<String>,
        /// The frames in order.
        frames: Vec<Frame>,
    },
}

impl Block {
    /// The frames in the block, in order.
    #[must_use]
    pub fn frames(&self) -> &[Frame] {
        match &self.content {
            BlockContent::Photo { frame, .. } => std::slice::from_ref(frame),
            BlockContent::Group { frames, .. } => frames,
            _ => &[],
        }
    }
}

/// One use of a photo in a story; what is `None` is taken from the photo.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Its id.
    pub id: FrameId,
    /// The photo.
    pub photo_id: PhotoId,
    /// The words and marks that hold here.
    pub words: FrameWords,
    /// Version of them.
    pub version: i32,
    /// Who changed them last.
    pub updated_by: AccountId,
    /// When they last changed.
    pub updated_at: Millis,
}

/// What a frame says instead of its photo.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FrameWords {
    /// Where it was taken.
    pub place: Option<String>,
    /// The caption here.
    pub caption: Option<String>,
    /// The alt text here.
    pub alt: Option<String>,
    /// Whether it needs no alt text here.
    pub decorative: Option<bool>,
    /// The credit line here.
    pub credit: Option<String>,
    /// Focal point here, fractions from the top left.
    pub focal: Option<(f64, f64)>,
    /// Name of a crop to be shown here.
    pub crop: Option<String>,
    /// Whether readers are asked before it is shown.
    pub graphic: bool,
}

/// A block or a frame: what can be moved, changed and removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartId {
    /// A block.
    Block(BlockId),
    /// A frame.
    Frame(FrameId),
}

impl PartId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Block(id) => id.as_str(),
            Self::Frame(id) => id.as_str(),
        }
    }
}

impl std::str::FromStr for PartId {
    type Err = crate::id::NotAnId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with(FrameId::PREFIX) {
            text.parse().map(Self::Frame)
        } else {
            text.parse().map(Self::Block)
        }
    }
}

/// Why a verb on a story was not carried out; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoryError {
    /// There is none, or not for this person.
    #[error("there is no such story")]
    Unknown,
    /// This person may see the story but not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Order or fields were changed by somebody else since they were read.
    #[error(
        "The story was changed by somebody else in the meantime. Look at its present state and try again."
    )]
    StaleStory,
    /// A block's or frame's words were changed by somebody else since they were read.
    #[error("Somebody else changed the same words in the meantime.")]
    StalePart(PartId),
    /// What was asked does not fit; each reason with its place.
    #[error("{}", .0.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(" "))]
    Invalid(Vec<FieldError>),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] crate::db::DbError),
}

impl From<diesel::result::Error> for StoryError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl StoryError {
    /// One reason, at `pointer`.
    pub(crate) fn invalid(
        pointer: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self::Invalid(vec![FieldError::new(pointer, code, message)])
    }

    /// The same error seen from further out.
    #[must_use]
    pub fn within(self, outer: &str) -> Self {
        match self {
            Self::Invalid(errors) => {
                Self::Invalid(errors.into_iter().map(|error| error.within(outer)).collect())
            }
            other => other,
        }
    }
}
