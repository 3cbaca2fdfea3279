//! `story.json`: a story with everything in it, for carrying it from one installation to another and for keeping it. The format is described in
//! `docs/in-and-out.md` and carries a version; what a later version adds is refused by this one, for nothing may be lost unseen.
//!
//! A complete one has the draft as the desk has it, with what readers may not know. The other kind has the words that readers see, and nothing
//! else.

mod check;
mod restore;
mod write;

use serde::{Deserialize, Serialize};

use super::document::{GroupLayout, PhotoLayout};
use crate::clock::Millis;
use crate::id::StoryId;
use crate::metadata;

pub use check::{Incoming, check};
pub use restore::{catch_up, restore, take_marks, words_of};
pub use write::{Beside, Names, beside, complete, conceal, public};

/// What [`Exchange::format`] says.
pub const FORMAT: &str = "reportage-story";
/// The newest version of the format.
pub const VERSION: u32 = 1;

/// A story as a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// Whether it can be imported without loss: the originals lie beside it, and nothing is left out.
    pub complete: bool,
    /// The story's own fields.
    pub story: StoryFields,
    /// The blocks in reading order.
    pub blocks: Vec<BlockFields>,
    /// Removed blocks that can be put back, last removed first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tray: Vec<BlockFields>,
    /// The photographs that the blocks show, in the order of their first appearance.
    pub photos: Vec<PhotoFields>,
    /// What readers were told of changes since it was first published, oldest first.
    pub corrections: Vec<CorrectionFields>,
}

/// The story's own fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoryFields {
    /// Its id where it was exported.
    pub id: StoryId,
    /// Last segment of its address.
    pub slug: String,
    /// Addresses it had before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_slugs: Vec<String>,
    /// Addresses it had on another site, as [`crate::story::origin::OldAddress`] writes them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub old_addresses: Vec<String>,
    /// The posts of other sites that it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// Title.
    pub title: String,
    /// The paragraph under the title.
    pub standfirst: Option<String>,
    /// Who made it.
    pub byline: Option<String>,
    /// BCP 47 tag.
    pub language: String,
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Index of the block that was chosen to lead.
    pub lead: Option<usize>,
    /// Whether the whole story is marked graphic.
    pub graphic: bool,
    /// Not to be published before: Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embargo_until: Option<Millis>,
    /// The time zone in which that was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embargo_zone: Option<String>,
    /// When it was published for the first time: Unix milliseconds.
    pub first_published_at: Option<Millis>,
    /// How often it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publications: Option<i32>,
    /// Its code replacements, as they were typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codes: Option<String>,
}

/// A block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum BlockFields {
    /// Paragraphs.
    Text {
        /// Markdown.
        markdown: String,
    },
    /// A heading.
    Heading {
        /// One line.
        text: String,
    },
    /// A quotation.
    Quote {
        /// Markdown.
        markdown: String,
        /// Who said it.
        attribution: Option<String>,
    },
    /// One frame.
    Photo {
        /// How wide it stands.
        layout: PhotoLayout,
        /// The frame.
        frame: FrameFields,
    },
    /// Two to six frames.
    Group {
        /// How they stand.
        layout: GroupLayout,
        /// A caption for all of them.
        caption: Option<String>,
        /// The frames in order.
        frames: Vec<FrameFields>,
    },
}

impl BlockFields {
    /// Its frames in order.
    #[must_use]
    pub fn frames(&self) -> &[FrameFields] {
        match self {
            Self::Photo { frame, .. } => std::slice::from_ref(frame),
            Self::Group { frames, .. } => frames,
            _ => &[],
        }
    }
}

/// One use of a photograph. In a complete file, what is `null` is taken from the photograph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameFields {
    /// [`PhotoFields::key`].
    pub photo: String,
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
    /// Focal point here: fractions from the top left.
    pub focal: Option<(f64, f64)>,
    /// Name of the crop that is shown here.
    pub crop: Option<String>,
    /// Whether readers are asked before it is shown.
    pub graphic: bool,
}

/// A photograph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotoFields {
    /// What frames name it by, and the folder of its renditions: `001` for the first.
    pub key: String,
    /// Where its original lies, in a complete file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<String>,
    /// SHA-256 of the original.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The name that the file had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// Width of the upright photograph in pixels.
    pub width: i32,
    /// Height of the upright photograph in pixels.
    pub height: i32,
    /// Caption of record.
    pub caption: Option<String>,
    /// Headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// Where it was taken.
    pub place: Option<String>,
    /// Alt text.
    pub alt: Option<String>,
    /// Whether it needs no alt text.
    #[serde(default)]
    pub decorative: bool,
    /// Credit line.
    pub credit: Option<String>,
    /// Who made it.
    pub creator: Option<String>,
    /// Copyright notice.
    pub copyright: Option<String>,
    /// Address of the licence or statement of rights.
    pub license: Option<String>,
    /// The day it was taken.
    pub date: Option<String>,
    /// When it was taken by the camera's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_at: Option<String>,
    /// Focal point: fractions from the top left.
    pub focal: (f64, f64),
    /// Neither date nor place nor person may be public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<bool>,
    /// The place may not be public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hide_place: Option<bool>,
    /// By what names its place, its persons and its event are known, where they are hidden; in a complete file.
    #[serde(default, skip_serializing_if = "metadata::Names::is_empty")]
    pub hidden_names: metadata::Names,
    /// Dominant colour, `#rrggbb`.
    pub color: Option<String>,
    /// `ThumbHash`, base64.
    pub thumbhash: Option<String>,
    /// Its derived files.
    pub renditions: Vec<RenditionFields>,
}

/// A derived file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenditionFields {
    /// Where it lies.
    pub file: String,
    /// Its type.
    pub media_type: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Size in bytes.
    pub bytes: u64,
}

/// What readers were told of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectionFields {
    /// When: Unix milliseconds.
    pub at: Millis,
    /// Plain text.
    pub text: String,
}
