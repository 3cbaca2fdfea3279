//! What the API answers: the draft as the management side sees it, the document as everybody does, photos, lists.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::clock::rfc3339;
use crate::id::{BlockId, FrameId, PhotoId, StoryId};
use crate::photo::{Ai, Photo, PhotoState, Rendition};
use crate::story::checklist::Remark;
use crate::story::correction::Correction;
use crate::story::document::{DocumentBlock, DocumentFrame, DocumentPhoto, DocumentRendition, StoryDocument};
use crate::story::draft::Draft;
use crate::story::publish::part_of;
use crate::story::schedule::Schedule;
use crate::story::share::PreviewLink;
use crate::story::{Block, BlockContent, Frame, Story};
use crate::text::{local, markdown_to_html, markdown_to_plain};
use crate::web::urls::Urls;

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
}

/// What holds a photo's place until it has loaded.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceholderView {
    /// Dominant colour, `#rrggbb`.
    pub color: Option<String>,
    /// `ThumbHash`, base64.
    pub thumbhash: Option<String>,
}

/// A focal point: fractions from the top left.
#[derive(Debug, Serialize, ToSchema)]
pub struct FocalView {
    /// From the left.
    pub x: f64,
    /// From the top.
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
    /// Who uploaded it.
    pub owner: String,
    /// The file's name on the uploader's machine.
    pub file_name: String,
    /// Type of the original.
    pub media_type: String,
    /// Size of the original.
    pub bytes: i64,
    /// Width of the upright photo.
    pub width: i32,
    /// Height of the upright photo.
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
    /// Licence address.
    pub license: Option<String>,
    /// The day it was taken.
    pub date: Option<String>,
    /// Focal point.
    pub focal: FocalView,
    /// Neither date nor place nor person may be public.
    pub sensitive: bool,
    /// The place may not be public.
    pub hide_place: bool,
    /// Placeholder.
    pub placeholder: PlaceholderView,
    /// Full frames.
    pub renditions: Vec<RenditionView>,
    /// Crops.
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
    pub embedded: Value,
    /// Stories that use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_in: Option<Vec<UseView>>,
    /// Version of its facts, for `If-Match`.
    pub version: i32,
    /// When it was uploaded.
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
            })
            .collect()
    };
    PhotoView {
        id: photo.id.clone(),
        state: photo.state,
        failure: photo.failure.clone(),
        damaged: photo.damaged,
        created: None,
        owner: photo.owner_id.to_string(),
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
        embedded: serde_json::to_value(&photo.embedded.fields).unwrap_or(Value::Null),
        used_in: None,
        version: photo.version,
        created_at: rfc3339(photo.created_at),
    }
}

/// Where a story stands.
fn status(story: &Story) -> &'static str {
    match (story.is_live(), story.has_unpublished_changes()) {
        (false, _) => "draft",
        (true, false) => "published",
        (true, true) => "changed",
    }
}

/// A story's own fields, for lists.
#[must_use]
pub fn story(story: &Story, urls: &Urls) -> Value {
    json!({
        "id": story.id,
        "type": "story",
        "slug": story.slug,
        "title": story.title,
        "standfirst": story.standfirst,
        "byline": story.byline,
        "language": story.language,
        "date": story.date,
        "tags": story.tags,
        "graphic": story.graphic,
        "embargo_until": story.embargo_until,
        "schedule": story.schedule.as_ref().map(schedule),
        "status": status(story),
        "publication": story.live_publication,
        "published_at": story.live_since.map(rfc3339),
        "first_published_at": story.first_published_at.map(rfc3339),
        "version": story.version,
        "created_at": rfc3339(story.created_at),
        "updated_at": rfc3339(story.updated_at),
        "url": urls.story_absolute(&story.slug),
        "links": {"self": urls.manage_story(&story.id), "desk": urls.desk_story(&story.id)},
    })
}

/// When a story goes out by itself: the instant, and the same by the clocks of the zone it was chosen in.
fn schedule(schedule: &Schedule) -> Value {
    let (day, time) = local(schedule.at, &schedule.zone);
    json!({
        "at": rfc3339(schedule.at),
        "local": format!("{day}T{time}"),
        "zone": schedule.zone,
        "correction": schedule.correction,
        "held": schedule.held.map(|held| json!({
            "at": rfc3339(held.at),
            "because": held.because.as_str(),
        })),
    })
}

/// A draft with blocks, tray and photos.
#[must_use]
pub fn draft(draft: &Draft, urls: &Urls) -> Value {
    let mut value = story(&draft.story, urls);
    let photos: BTreeMap<&PhotoId, PhotoView> = draft
        .photos
        .iter()
        .map(|(id, facts)| {
            (
                id,
                photo(
                    facts,
                    draft.renditions.get(id).map(Vec::as_slice).unwrap_or_default(),
                    urls,
                ),
            )
        })
        .collect();
    if let Value::Object(map) = &mut value {
        map.insert("updated_by".into(), json!(draft.name_of(&draft.story.updated_by)));
        map.insert("corrections".into(), corrections(&draft.corrections));
        if let (Some(schedule), Some(Value::Object(shown))) = (&draft.story.schedule, map.get_mut("schedule"))
        {
            shown.insert("by".into(), json!(draft.name_of(&schedule.by)));
        }
        map.insert("lead".into(), json!(draft.lead().map(|block| &block.id)));
        map.insert(
            "blocks".into(),
            draft.blocks.iter().map(|it| block(draft, it)).collect(),
        );
        map.insert(
            "tray".into(),
            draft.tray.iter().map(|it| block(draft, it)).collect(),
        );
        map.insert(
            "photos".into(),
            serde_json::to_value(photos).unwrap_or(Value::Null),
        );
    }
    value
}

fn corrections(corrections: &[Correction]) -> Value {
    corrections
        .iter()
        .map(|correction| json!({"at": rfc3339(correction.at), "text": correction.text}))
        .collect()
}

/// A link to a draft; its secret is in the answer that makes it, and nowhere else.
#[must_use]
pub fn preview_link(link: &PreviewLink) -> Value {
    json!({
        "id": link.id,
        "label": link.label,
        "by": link.made_by,
        "created_at": rfc3339(link.created_at),
        "expires_at": rfc3339(link.expires_at),
        "revoked_at": link.revoked_at.map(rfc3339),
        "used_at": link.used_at.map(rfc3339),
    })
}

/// A block of a draft, with its source and its version.
#[must_use]
pub fn block(draft: &Draft, block: &Block) -> Value {
    let mut value = match &block.content {
        BlockContent::Text { markdown } => json!({
            "type": "text", "markdown": markdown,
            "html": markdown_to_html(markdown), "text": markdown_to_plain(markdown),
        }),
        BlockContent::Heading { text } => json!({"type": "heading", "text": text}),
        BlockContent::Quote {
            markdown,
            attribution,
        } => json!({
            "type": "quote", "markdown": markdown, "attribution": attribution,
            "html": markdown_to_html(markdown), "text": markdown_to_plain(markdown),
        }),
        BlockContent::Photo { layout, frame: it } => {
            json!({"type": "photo", "layout": layout, "frame": frame(draft, it)})
        }
        BlockContent::Group {
            layout,
            caption,
            frames,
        } => json!({
            "type": "group", "layout": layout, "caption": caption,
            "frames": frames.iter().map(|it| frame(draft, it)).collect::<Vec<_>>(),
        }),
    };
    if let Value::Object(map) = &mut value {
        map.insert("id".into(), json!(block.id));
        map.insert("version".into(), json!(block.version));
        map.insert("updated_by".into(), json!(draft.name_of(&block.updated_by)));
        map.insert("updated_at".into(), json!(rfc3339(block.updated_at)));
    }
    value
}

/// A frame of a draft: its own words, null where the photo's hold.
#[must_use]
pub fn frame(draft: &Draft, frame: &Frame) -> Value {
    let words = &frame.words;
    json!({
        "id": frame.id,
        "photo": frame.photo_id,
        "place": words.place,
        "caption": words.caption,
        "alt": words.alt,
        "decorative": words.decorative,
        "credit": words.credit,
        "focal": words.focal.map(|(x, y)| FocalView { x, y }),
        "crop": words.crop,
        "graphic": words.graphic,
        "version": frame.version,
        "updated_by": draft.name_of(&frame.updated_by),
        "updated_at": rfc3339(frame.updated_at),
    })
}

/// A story as delivered: everything needed to draw it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveredStory {
    /// Its id.
    pub id: StoryId,
    /// Always `story`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Last segment of its address.
    pub slug: String,
    /// Language tag.
    pub language: String,
    /// Title.
    pub title: String,
    /// The paragraph under the title.
    pub standfirst: Option<String>,
    /// Who made it.
    pub byline: Option<String>,
    /// Its own date.
    pub date: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Whether the whole story is graphic.
    pub graphic: bool,
    /// `published`, or `draft` in a preview.
    pub status: &'static str,
    /// When this publication was made.
    pub published_at: Option<String>,
    /// When it was published for the first time.
    pub first_published_at: Option<String>,
    /// When what readers get of it last changed: with this publication, or later, when a photo hid something or an image came to it. Null in a preview.
    pub updated_at: Option<String>,
    /// Number of the publication.
    pub publication: i32,
    /// Address of its page.
    pub url: String,
    /// What readers are told of changes since it was first published, oldest first.
    pub corrections: Vec<DeliveredCorrection>,
    /// The block that leads.
    pub lead: Option<BlockId>,
    /// The blocks in order.
    pub blocks: Vec<DeliveredBlock>,
    /// The photos of all frames.
    pub photos: BTreeMap<PhotoId, DeliveredPhoto>,
}

/// What readers are told of a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveredCorrection {
    /// When it was published.
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
    /// Whether readers are asked before it is shown.
    pub graphic: bool,
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
    /// Licence address.
    pub license: Option<String>,
    /// Where it was taken.
    pub place: Option<String>,
    /// The day it was taken.
    pub date: Option<String>,
    /// How it came about, if not by a camera alone: `made` or `edited` by a trained model.
    pub ai: Option<Ai>,
    /// Focal point.
    pub focal: FocalView,
    /// Full frames.
    pub renditions: Vec<RenditionView>,
    /// Crops.
    pub crops: Vec<RenditionView>,
    /// A finished `srcset` for each format.
    pub srcset: BTreeMap<String, String>,
}

/// A document as delivered, with absolute addresses.
#[must_use]
pub fn delivered(document: &StoryDocument, urls: &Urls) -> DeliveredStory {
    let is_preview = document.publication == 0;
    DeliveredStory {
        id: document.id.clone(),
        kind: "story",
        slug: document.slug.clone(),
        language: document.language.clone(),
        title: document.title.clone(),
        standfirst: document.standfirst.clone(),
        byline: document.byline.clone(),
        date: document.date.clone(),
        tags: document.tags.clone(),
        graphic: document.graphic,
        status: if is_preview { "draft" } else { "published" },
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
        blocks: document.blocks.iter().map(delivered_block).collect(),
        photos: document
            .photos
            .iter()
            .map(|(id, photo)| (id.clone(), delivered_photo(photo, urls)))
            .collect(),
    }
}

fn delivered_block(block: &DocumentBlock) -> DeliveredBlock {
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
            frame: delivered_frame(&frame),
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
            frames: frames.iter().map(delivered_frame).collect(),
        },
    }
}

fn delivered_frame(frame: &DocumentFrame) -> DeliveredFrame {
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
        graphic: frame.graphic,
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

/// An obstacle or warning before publishing.
#[must_use]
pub fn remark(remark: &Remark) -> Value {
    json!({"code": remark.code, "message": remark.message, "part": part_of(remark), "field": remark.field})
}
