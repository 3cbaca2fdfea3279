//! The story as readers get it: one self-contained document.
//!
//! A publication stores this document as JSON, and the reader's page, the desk's preview and the delivery API are all drawn from it.
//! It carries every fact that is needed to draw the story and nothing that must stay private: no file names, no hashes, no positions.
//! It holds no URLs: renditions are named by folder and file name, and `web::urls` makes links of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::correction::Correction;
use crate::id::{BlockId, FrameId, PhotoId, StoryId};
use crate::photo::Ai;
use crate::site::AiTraining;
use crate::text::naming::{names_any, words_of_place};
use crate::text::silence::without_sentences_naming;
use crate::text::{SafeHtml, plain_to_html};

/// A complete story, as published or (for the preview) as the draft stands now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoryDocument {
    /// The story's id, stable over publications.
    pub id: StoryId,
    /// Last segment of the story's address.
    pub slug: String,
    /// BCP 47 language tag, such as `nl`.
    pub language: String,
    /// The title, plain text.
    pub title: String,
    /// The paragraph under the title, plain text.
    pub standfirst: Option<String>,
    /// Who made the story, plain text: "Tekst en foto's: …".
    pub byline: Option<String>,
    /// The story's own date: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Words to find the story by.
    pub tags: Vec<String>,
    /// The block whose photo leads the page and stands in lists: the editor's choice, or the first block that has one.
    pub lead: Option<BlockId>,
    /// Whether the whole story is marked as graphic.
    pub graphic: bool,
    /// Number of this publication, counted from 1; 0 in a preview.
    pub publication: i32,
    /// When this publication was made, Unix milliseconds; `None` in a preview.
    pub published_at: Option<i64>,
    /// When the story was published for the first time, Unix milliseconds.
    pub first_published_at: Option<i64>,
    /// What readers were told of changes since then, oldest first.
    #[serde(default)]
    pub corrections: Vec<Correction>,
    /// The blocks in reading order.
    pub blocks: Vec<DocumentBlock>,
    /// The photos that the blocks' frames show, by id.
    pub photos: BTreeMap<PhotoId, DocumentPhoto>,
}

impl StoryDocument {
    /// Takes out of the document what a photo hides: its place, its date too if it is sensitive, and every sentence that names one of these
    /// words (lower case) in its captions, its alt texts and the story's corrections.
    ///
    /// An editor can publish words that name a place; a switch that is turned in need cannot ask which. A caption that is missing a sentence harms
    /// nobody.
    pub fn conceal(&mut self, photo: &PhotoId, sensitive: bool, words: &[String]) {
        // A frame may name a place of its own for the same photo.
        let own = self.frames().filter(|frame| frame.photo == *photo);
        let own = own
            .filter_map(|frame| frame.place.as_deref())
            .flat_map(words_of_place);
        let words: Vec<String> = words.iter().cloned().chain(own).collect();
        let words = words.as_slice();
        let silent = |text: &mut String| *text = without_sentences_naming(text, words);
        if let Some(facts) = self.photos.get_mut(photo) {
            facts.place = None;
            if sensitive {
                facts.date = None;
            }
            for text in [
                &mut facts.caption,
                &mut facts.alt,
                &mut facts.credit,
                &mut facts.copyright,
            ] {
                if let Some(text) = text {
                    silent(text);
                }
                text.take_if(|text| text.is_empty());
            }
            // An address is not told in part.
            for address in [&mut facts.license, &mut facts.licensor] {
                address.take_if(|address| names_any(address, words));
            }
        }
        self.keep_corrections_silent(words);
        for block in &mut self.blocks {
            if let DocumentBlock::Group { caption, frames, .. } = block
                && frames.iter().any(|frame| frame.photo == *photo)
            {
                RichText::keep_silent(caption, words);
            }
        }
        for frame in self.frames_mut().filter(|frame| frame.photo == *photo) {
            frame.place = None;
            silent(&mut frame.alt);
            if let Some(credit) = &mut frame.credit {
                silent(credit);
            }
            frame.credit.take_if(|credit| credit.is_empty());
            RichText::keep_silent(&mut frame.caption, words);
        }
    }

    /// Takes every sentence out of the corrections that names one of these words (lower case): a correction must not give away what it corrects.
    pub fn keep_corrections_silent(&mut self, words: &[String]) {
        for correction in &mut self.corrections {
            correction.text = without_sentences_naming(&correction.text, words);
        }
        self.corrections.retain(|correction| !correction.text.is_empty());
    }

    /// Who made the photos, each once, in reading order.
    pub fn creators(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for photo in self.frames().filter_map(|frame| self.photos.get(&frame.photo)) {
            // Documents of before the names were kept one by one have the line.
            let line = photo.creator.as_deref().filter(|_| photo.creators.is_empty());
            for name in photo.creators.iter().map(String::as_str).chain(line) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// Whether readers are asked before they see a frame.
    #[must_use]
    pub fn covers(&self, frame: &DocumentFrame) -> bool {
        self.graphic || frame.graphic
    }

    /// All frames in reading order.
    pub fn frames(&self) -> impl Iterator<Item = &DocumentFrame> {
        self.blocks.iter().flat_map(DocumentBlock::frames)
    }

    fn frames_mut(&mut self) -> impl Iterator<Item = &mut DocumentFrame> {
        self.blocks.iter_mut().flat_map(|block| match block {
            DocumentBlock::Photo { frame, .. } => std::slice::from_mut(frame),
            DocumentBlock::Group { frames, .. } => frames.as_mut_slice(),
            _ => &mut [],
        })
    }
}

impl DocumentBlock {
    /// The block's id.
    #[must_use]
    pub fn id(&self) -> &BlockId {
        match self {
            Self::Text { id, .. }
            | Self::Heading { id, .. }
            | Self::Quote { id, .. }
            | Self::Photo { id, .. }
            | Self::Group { id, .. } => id,
        }
    }

    /// The frames in the block, in order.
    #[must_use]
    pub fn frames(&self) -> &[DocumentFrame] {
        match self {
            Self::Photo { frame, .. } => std::slice::from_ref(frame),
            Self::Group { frames, .. } => frames,
            _ => &[],
        }
    }
}

/// One step of the story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum DocumentBlock {
    /// Paragraphs.
    Text {
        /// The block's id.
        id: BlockId,
        /// Sanitised HTML.
        html: SafeHtml,
        /// The same as plain text.
        text: String,
    },
    /// A heading between paragraphs.
    Heading {
        /// The block's id.
        id: BlockId,
        /// Plain text.
        text: String,
    },
    /// A quotation set apart.
    Quote {
        /// The block's id.
        id: BlockId,
        /// Sanitised HTML.
        html: SafeHtml,
        /// The same as plain text.
        text: String,
        /// Who said it.
        attribution: Option<String>,
    },
    /// One frame.
    Photo {
        /// The block's id.
        id: BlockId,
        /// How wide it stands.
        layout: PhotoLayout,
        /// The photo with its words here.
        frame: DocumentFrame,
    },
    /// Two to six frames together.
    Group {
        /// The block's id.
        id: BlockId,
        /// How they stand.
        layout: GroupLayout,
        /// A caption for the group as a whole.
        caption: Option<RichText>,
        /// The frames in order.
        frames: Vec<DocumentFrame>,
    },
}

/// How wide a photo block stands on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PhotoLayout {
    /// As wide as the text.
    Column,
    /// Wider than the text, with margins.
    Wide,
    /// From edge to edge.
    Full,
}

/// How the frames of a group stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum GroupLayout {
    /// In one row, equally high.
    Side,
    /// In a grid of two columns.
    Grid,
}

/// Text as HTML and as it reads without.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RichText {
    /// Sanitised HTML.
    pub html: SafeHtml,
    /// Plain text.
    pub text: String,
}

impl RichText {
    /// A text without markup.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self {
            html: plain_to_html(text),
            text: text.to_owned(),
        }
    }

    /// Takes out the sentences that name one of these words; a text of which nothing is left goes.
    fn keep_silent(of: &mut Option<Self>, words: &[String]) {
        if let Some(rich) = of {
            let text = without_sentences_naming(&rich.text, words);
            if text != rich.text {
                *rich = Self::plain(&text);
            }
        }
        of.take_if(|rich| rich.text.is_empty());
    }
}

/// One use of a photo with the words that hold here; what the frame left empty is filled from the photo already.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentFrame {
    /// The frame's id.
    pub id: FrameId,
    /// The photo shown; a key of [`StoryDocument::photos`].
    pub photo: PhotoId,
    /// Where it was taken, as it opens the caption: "Frontlinie Mosul, Irak". Without a closing full stop. `None` if none is known or it is hidden.
    pub place: Option<String>,
    /// The caption.
    pub caption: Option<RichText>,
    /// Text for those who cannot see it; empty if the photo is decorative.
    pub alt: String,
    /// Whose picture it is, as printed: "Anna de Vries / Agentschap".
    pub credit: Option<String>,
    /// Whether readers are asked before it is shown.
    pub graphic: bool,
    /// What matters in it here, as fractions of width and height; `None`: what matters in the photo.
    #[serde(default)]
    pub focal: Option<(f32, f32)>,
    /// Cut to `square` or `four3` here; `None`: whole.
    #[serde(default)]
    pub crop: Option<String>,
}

/// The facts of a photo that readers may know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentPhoto {
    /// Width of the upright photo in pixels.
    pub width: u32,
    /// Height of the upright photo in pixels.
    pub height: u32,
    /// Its dominant colour, `#rrggbb`.
    pub color: String,
    /// Its ThumbHash, base64.
    pub thumbhash: Option<String>,
    /// The photo's own alt text.
    pub alt: Option<String>,
    /// The caption of record, plain text.
    pub caption: Option<String>,
    /// The credit line.
    pub credit: Option<String>,
    /// Who made it, as one line.
    pub creator: Option<String>,
    /// Who made it, each by the name.
    #[serde(default)]
    pub creators: Vec<String>,
    /// Copyright notice.
    pub copyright: Option<String>,
    /// Address of the licence or web statement of rights.
    pub license: Option<String>,
    /// Address of a page where a licence can be had.
    #[serde(default)]
    pub licensor: Option<String>,
    /// Where it was taken; `None` if hidden.
    pub place: Option<String>,
    /// The day it was taken, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Option<String>,
    /// How it was made, if not by a camera alone.
    #[serde(default)]
    pub ai: Option<Ai>,
    /// IPTC's digital source type, an address, as the file has it.
    #[serde(default)]
    pub digital_source_type: Option<String>,
    /// What the photograph says of training machines with it.
    #[serde(default)]
    pub ai_training: AiTraining,
    /// Focal point: fractions of width and height from the top left.
    pub focal: (f32, f32),
    /// Full frames, ordered by format and then by growing width.
    pub renditions: Vec<DocumentRendition>,
    /// Crops for cards and previews elsewhere.
    pub crops: Vec<DocumentRendition>,
}

impl DocumentPhoto {
    /// Its full frames as JPEG, which everything that shows pictures knows.
    pub fn jpegs(&self) -> impl Iterator<Item = &DocumentRendition> {
        self.renditions
            .iter()
            .filter(|file| file.media_type == "image/jpeg")
    }

    /// The largest of them.
    #[must_use]
    pub fn largest_jpeg(&self) -> Option<&DocumentRendition> {
        self.jpegs().max_by_key(|file| file.width)
    }
}

/// One derived image file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRendition {
    /// Public folder: 32 hexadecimal digits that say nothing about the original.
    pub folder: String,
    /// File name, which is its specification: `w1080.webp`, `og.jpg`.
    pub spec: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `image/webp`, `image/jpeg` or `image/avif`.
    pub media_type: String,
    /// Size in bytes.
    pub bytes: u64,
}
