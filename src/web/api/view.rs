//! What the API answers: the document as everybody sees it, and photos. Drafts are in `draft_view`.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::rfc3339;
use crate::id::{AccountId, BlockId, FrameId, PhotoId, StoryId};
use crate::metadata::FieldValue;
use crate::photo::{Ai, Photo, PhotoState, Rendition};
use crate::story::document::{DocumentBlock, DocumentFrame, DocumentPhoto, DocumentRendition, StoryDocument};
use crate::web::urls::Urls;
use reportage_imaging::ladder;

/// A rendition, ready to be put into a page.
#[derive(Debug, Serialize, ToSchema)]
pub struct RenditionView {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Media type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Address.
    pub url: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Of one that is cut: `square` (1:1), `four3` (4:3) or `og` (1200×630).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crop: Option<&'static str>,
}

/// The crop that a file is of, by its name.
fn crop_of(spec: &str) -> Option<&'static str> {
    let name = spec.split('.').next()?;
    ladder::CROPS
        .iter()
        .map(|crop| crop.name)
        .find(|known| *known == name)
}

/// What holds a photo's place until it has loaded.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceholderView {
    /// Dominant colour, `#rrggbb`.
    pub color: Option<String>,
    /// A blurred picture of some 25 bytes (`ThumbHash`), Base64.
    pub thumbhash: Option<String>,
}

/// A focal point: fractions from the top left.
#[derive(Debug, Serialize, ToSchema)]
pub struct FocalView {
    /// From the left, 0 to 1.
    pub x: f64,
    /// From the top, 0 to 1.
    pub y: f64,
}

/// A photo as the management side sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoView {
    /// Its id.
    pub id: PhotoId,
    /// How far it has come.
    pub state: PhotoState,
    /// Why it failed.
    pub failure: Option<String>,
    /// Whether the file was damaged.
    pub damaged: bool,
    /// After an upload: whether it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<bool>,
    /// The account that uploaded it.
    pub owner: AccountId,
    /// The file's name on the uploader's machine.
    pub file_name: String,
    /// Type of the original.
    pub media_type: String,
    /// Size of the original in bytes.
    pub bytes: i64,
    /// Width of the upright photo in pixels.
    pub width: i32,
    /// Height of the upright photo in pixels.
    pub height: i32,
    /// Caption of record.
    pub caption: Option<String>,
    /// Headline.
    pub headline: Option<String>,
    /// Where it was taken.
    pub place: Option<String>,
    /// Alt text.
    pub alt: Option<String>,
    /// Whether it needs no alt text.
    pub decorative: bool,
    /// Credit line.
    pub credit: Option<String>,
    /// Who made it.
    pub creator: Option<String>,
    /// Copyright notice.
    pub copyright: Option<String>,
    /// Address of the licence.
    pub license: Option<String>,
    /// When it was taken: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Focal point.
    pub focal: FocalView,
    /// Neither date nor place nor person may be public.
    pub sensitive: bool,
    /// The place may not be public.
    pub hide_place: bool,
    /// Placeholder.
    pub placeholder: PlaceholderView,
    /// The whole photo in every width and format that there is.
    pub renditions: Vec<RenditionView>,
    /// Cut to `square` (1:1), `four3` (4:3) and `og` (1200×630), for lists, cards and links.
    pub crops: Vec<RenditionView>,
    /// The desk's thumbnail.
    pub thumbnail: Option<String>,
    /// How the file says it came about, if not by a camera alone: `made` or `edited` by a trained model.
    pub ai: Option<Ai>,
    /// Whether the original holds Content Credentials (C2PA).
    pub has_credentials: bool,
    /// The photo of which this one's file is a newer version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier: Option<PhotoId>,
    /// Values the file carried, each with its carrier and what lost against it.
    pub embedded: Vec<FieldValue>,
    /// Stories that use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_in: Option<Vec<UseView>>,
    /// Version of its facts, for `If-Match`.
    pub version: i32,
    /// When it was uploaded (RFC 3339, UTC).
    pub created_at: String,
}

/// A story that uses a photo.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseView {
    /// The story.
    pub story: StoryId,
    /// Its title.
    pub title: String,
}

/// A photo with its renditions.
#[must_use]
pub fn photo(photo: &Photo, renditions: &[Rendition], urls: &Urls) -> PhotoView {
    let of = |purpose: &str| -> Vec<RenditionView> {
        renditions
            .iter()
            .filter(|rendition| rendition.purpose == purpose)
            .map(|rendition| RenditionView {
                width: rendition.width_px.unsigned_abs(),
                height: rendition.height_px.unsigned_abs(),
                kind: rendition.media_type.clone(),
                url: urls.media(&rendition.folder, &rendition.spec),
                bytes: rendition.size_bytes.unsigned_abs(),
                crop: crop_of(&rendition.spec),
            })
            .collect()
    };
    PhotoView {
        id: photo.id.clone(),
        state: photo.state,
        failure: photo.failure.clone(),
        damaged: photo.damaged,
        created: None,
        owner: photo.owner_id.clone(),
        file_name: photo.file_name.clone(),
        media_type: photo.media_type.clone(),
        bytes: photo.size_bytes,
        width: photo.width_px,
        height: photo.height_px,
        caption: photo.caption.clone(),
        headline: photo.headline.clone(),
        place: photo.place.clone(),
        alt: photo.alt.clone(),
        decorative: photo.decorative,
        credit: photo.credit.clone(),
        creator: photo.creator.clone(),
        copyright: photo.copyright.clone(),
        license: photo.license.clone(),
        date: photo.taken_on.clone(),
        focal: FocalView {
            x: photo.focal.0,
            y: photo.focal.1,
        },
        sensitive: photo.sensitive,
        hide_place: photo.hide_place,
        placeholder: PlaceholderView {
            color: photo.color.clone(),
            thumbhash: photo.thumbhash.clone(),
        },
        renditions: of("frame"),
        crops: of("crop"),
        thumbnail: of("thumb").pop().map(|thumb| thumb.url),
        ai: photo.ai(),
        has_credentials: photo.embedded.has_credentials,
        earlier: photo.earlier.clone(),
        embedded: photo.embedded.fields.clone(),
        used_in: None,
        version: photo.version,
        created_at: rfc3339(photo.created_at),
    }
}

/// A story as delivered: everything needed to draw it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveredStory {
    /// Its id.
    pub id: StoryId,
    /// Always `story`.
    #[serde(rename = "type")]
    pub kind: StoryType,
    /// Last segment of its address.
    pub slug: String,
    /// Language tag (BCP 47) such as `nl`.
    pub language: String,
    /// Title.
    pub title: String,
    /// The paragraph under the title.
    pub standfirst: Option<String>,
    /// Who made it.
    pub byline: Option<String>,
    /// Its own date: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Whether the whole story is graphic.
    pub graphic: bool,
    /// `published`, or `draft` in a preview.
    pub status: DeliveredStatus,
    /// When this publication was made (RFC 3339, UTC).
    pub published_at: Option<String>,
    /// When it was published for the first time (RFC 3339, UTC).
    pub first_published_at: Option<String>,
    /// When what readers get of it last changed: with this publication, or later, when a photo hid something or an image came to it. Null in a preview.
    pub updated_at: Option<String>,
    /// Number of the publication, counted from 1; 0 in a preview.
    pub publication: i32,
    /// Address of its page.
    pub url: String,
    /// What readers are told of changes since it was first published, oldest first.
    pub corrections: Vec<DeliveredCorrection>,
    /// The block whose photo stands for the story in lists and shares.
    pub lead: Option<BlockId>,
    /// The blocks in order.
    pub blocks: Vec<DeliveredBlock>,
    /// The photos of all frames.
    pub photos: BTreeMap<PhotoId, DeliveredPhoto>,
}

/// What sort of thing this is; stories are the only one there is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum StoryType {
    /// A story.
    Story,
}

/// Whether a story is live.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeliveredStatus {
    /// Readers see this.
    Published,
    /// A preview of a draft.
    Draft,
}

/// What readers are told of a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveredCorrection {
    /// When it was published (RFC 3339, UTC).
    pub at: String,
    /// What changed, plain text.
    pub text: String,
}

/// Text as HTML and without.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveredText {
    /// Sanitised HTML.
    pub html: String,
    /// Plain text.
    pub text: String,
}

/// A block as delivered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum DeliveredBlock {
    /// Paragraphs.
    Text {
        /// Its id.
        id: BlockId,
        /// Sanitised HTML.
        html: String,
        /// Plain text.
        text: String,
    },
    /// A heading.
    Heading {
        /// Its id.
        id: BlockId,
        /// Plain text.
        text: String,
    },
    /// A quotation.
    Quote {
        /// Its id.
        id: BlockId,
        /// Sanitised HTML.
        html: String,
        /// Plain text.
        text: String,
        /// Who said it.
        attribution: Option<String>,
    },
    /// One frame.
    Photo {
        /// Its id.
        id: BlockId,
        /// `column`, `wide` or `full`.
        layout: crate::story::document::PhotoLayout,
        /// The frame.
        frame: DeliveredFrame,
    },
    /// Two to six frames.
    Group {
        /// Its id.
        id: BlockId,
        /// `side` or `grid`.
        layout: crate::story::document::GroupLayout,
        /// A caption for all of them.
        caption: Option<DeliveredText>,
        /// The frames in order.
        frames: Vec<DeliveredFrame>,
    },
}

/// A frame as delivered: its words are settled, nothing is left to be looked up.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveredFrame {
    /// Its id.
    pub id: FrameId,
    /// Key into `photos`.
    pub photo: PhotoId,
    /// Where it was taken.
    pub place: Option<String>,
    /// The caption.
    pub caption: Option<DeliveredText>,
    /// Alt text, empty if decorative.
    pub alt: String,
    /// Credit line.
    pub credit: Option<String>,
    /// Whether readers are asked before it is shown: it or the whole story is marked.
    pub graphic: bool,
    /// What matters in it here, for cutting it.
    pub focal: FocalView,
    /// `square` (1:1) or `four3` (4:3) where it was meant to be cut; null: whole.
    pub crop: Option<String>,
}

/// A photo as delivered.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveredPhoto {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Placeholder.
    pub placeholder: PlaceholderView,
    /// Alt text of the photo itself.
    pub alt: Option<String>,
    /// Caption of record.
    pub caption: Option<String>,
    /// Credit line.
    pub credit: Option<String>,
    /// Who made it.
    pub creator: Option<String>,
    /// Copyright notice.
    pub copyright: Option<String>,
    /// Address of the licence.
    pub license: Option<String>,
    /// Where it was taken.
    pub place: Option<String>,
    /// When it was taken: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Option<String>,
    /// How it came about, if not by a camera alone: `made` or `edited` by a trained model.
    pub ai: Option<Ai>,
    /// Focal point.
    pub focal: FocalView,
    /// The whole photo in every width and format that there is.
    pub renditions: Vec<RenditionView>,
    /// Cut to `square` (1:1), `four3` (4:3) and `og` (1200×630), for lists, cards and links.
    pub crops: Vec<RenditionView>,
    /// A finished `srcset` for each format, by media type: `image/avif` (once it is made), `image/webp`, `image/jpeg`.
    pub srcset: BTreeMap<String, String>,
}

/// A document as delivered, with absolute addresses.
#[must_use]
pub fn delivered(document: &StoryDocument, urls: &Urls) -> DeliveredStory {
    let is_preview = document.publication == 0;
    DeliveredStory {
        id: document.id.clone(),
        kind: StoryType::Story,
        slug: document.slug.clone(),
        language: document.language.clone(),
        title: document.title.clone(),
        standfirst: document.standfirst.clone(),
        byline: document.byline.clone(),
        date: document.date.clone(),
        tags: document.tags.clone(),
        graphic: document.graphic,
        status: if is_preview {
            DeliveredStatus::Draft
        } else {
            DeliveredStatus::Published
        },
        published_at: document.published_at.map(rfc3339),
        first_published_at: document.first_published_at.map(rfc3339),
        updated_at: document.published_at.map(rfc3339),
        publication: document.publication,
        url: urls.story_absolute(&document.slug),
        corrections: document
            .corrections
            .iter()
            .map(|correction| DeliveredCorrection {
                at: rfc3339(correction.at),
                text: correction.text.clone(),
            })
            .collect(),
        lead: document.lead.clone(),
        blocks: document
            .blocks
            .iter()
            .map(|block| delivered_block(document, block))
            .collect(),
        photos: document
            .photos
            .iter()
            .map(|(id, photo)| (id.clone(), delivered_photo(photo, urls)))
            .collect(),
    }
}

fn delivered_block(document: &StoryDocument, block: &DocumentBlock) -> DeliveredBlock {
    match block.clone() {
        DocumentBlock::Text { id, html, text } => DeliveredBlock::Text {
            id,
            html: html.to_string(),
            text,
        },
        DocumentBlock::Heading { id, text } => DeliveredBlock::Heading { id, text },
        DocumentBlock::Quote {
            id,
            html,
            text,
            attribution,
        } => DeliveredBlock::Quote {
            id,
            html: html.to_string(),
            text,
            attribution,
        },
        DocumentBlock::Photo { id, layout, frame } => DeliveredBlock::Photo {
            id,
            layout,
            frame: delivered_frame(document, &frame),
        },
        DocumentBlock::Group {
            id,
            layout,
            caption,
            frames,
        } => DeliveredBlock::Group {
            id,
            layout,
            caption: caption.map(|words| DeliveredText {
                html: words.html.to_string(),
                text: words.text,
            }),
            frames: frames
                .iter()
                .map(|frame| delivered_frame(document, frame))
                .collect(),
        },
    }
}

fn delivered_frame(document: &StoryDocument, frame: &DocumentFrame) -> DeliveredFrame {
    let of_photo = document.photos.get(&frame.photo).map(|photo| photo.focal);
    let (x, y) = frame.focal.or(of_photo).unwrap_or((0.5, 0.5));
    DeliveredFrame {
        id: frame.id.clone(),
        photo: frame.photo.clone(),
        place: frame.place.clone(),
        caption: frame.caption.as_ref().map(|words| DeliveredText {
            html: words.html.to_string(),
            text: words.text.clone(),
        }),
        alt: frame.alt.clone(),
        credit: frame.credit.clone(),
        graphic: document.covers(frame),
        focal: FocalView {
            x: x.into(),
            y: y.into(),
        },
        crop: frame.crop.clone(),
    }
}

fn delivered_photo(photo: &DocumentPhoto, urls: &Urls) -> DeliveredPhoto {
    let list = |renditions: &[DocumentRendition]| -> Vec<RenditionView> {
        renditions
            .iter()
            .map(|rendition| RenditionView {
                width: rendition.width,
                height: rendition.height,
                kind: rendition.media_type.clone(),
                url: urls.media_absolute(&rendition.folder, &rendition.spec),
                bytes: rendition.bytes,
                crop: crop_of(&rendition.spec),
            })
            .collect()
    };
    let renditions = list(&photo.renditions);
    let mut srcset: BTreeMap<String, String> = BTreeMap::new();
    for rendition in &renditions {
        let set = srcset.entry(rendition.kind.clone()).or_default();
        if !set.is_empty() {
            set.push_str(", ");
        }
        set.push_str(&format!("{} {}w", rendition.url, rendition.width));
    }
    DeliveredPhoto {
        width: photo.width,
        height: photo.height,
        placeholder: PlaceholderView {
            color: Some(photo.color.clone()),
            thumbhash: photo.thumbhash.clone(),
        },
        alt: photo.alt.clone(),
        caption: photo.caption.clone(),
        credit: photo.credit.clone(),
        creator: photo.creator.clone(),
        copyright: photo.copyright.clone(),
        license: photo.license.clone(),
        place: photo.place.clone(),
        date: photo.date.clone(),
        ai: photo.ai,
        focal: FocalView {
            x: photo.focal.0.into(),
            y: photo.focal.1.into(),
        },
        crops: list(&photo.crops),
        renditions,
        srcset,
    }
}
