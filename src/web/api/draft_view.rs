//! A draft as the management side sees it: the story's own fields, its blocks with their sources and versions, links to it, its schedule.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::view::{DeliveredCorrection, FocalView, PhotoView, StoryType, photo};
use crate::clock::rfc3339;
use crate::id::{BlockId, DropLinkId, FrameId, PhotoId, PreviewLinkId, StoryId};
use crate::story::checklist::Remark;
use crate::story::document::{GroupLayout, PhotoLayout};
use crate::story::draft::Draft;
use crate::story::drop_links::DropLink;
use crate::story::publish::part_of;
use crate::story::schedule::Schedule;
use crate::story::share::PreviewLink;
use crate::story::{Block, BlockContent, Frame, Story};
use crate::text::{local, markdown_to_html, markdown_to_plain};
use crate::web::urls::Urls;

/// Where a story stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum StoryStatus {
    /// Not public.
    Draft,
    /// Live, and the draft says the same.
    Published,
    /// Live, and the draft has changes that readers do not see.
    Changed,
}

fn status(story: &Story) -> StoryStatus {
    match (story.is_live(), story.has_unpublished_changes()) {
        (false, _) => StoryStatus::Draft,
        (true, false) => StoryStatus::Published,
        (true, true) => StoryStatus::Changed,
    }
}

/// A story's own fields.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoryView {
    /// Its id.
    pub id: StoryId,
    /// Always `story`.
    #[serde(rename = "type")]
    pub kind: StoryType,
    /// Last segment of its address.
    pub slug: String,
    /// Title.
    pub title: String,
    /// The paragraph under the title.
    pub standfirst: Option<String>,
    /// Who made it.
    pub byline: Option<String>,
    /// Language tag (BCP 47) such as `nl`.
    pub language: String,
    /// Its own date: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Whether the whole story is graphic.
    pub graphic: bool,
    /// Not to be published before: Unix milliseconds.
    pub embargo_until: Option<i64>,
    /// When it goes out by itself.
    pub schedule: Option<ScheduleView>,
    /// Where it stands.
    pub status: StoryStatus,
    /// Number of the live publication, counted from 1.
    pub publication: Option<i32>,
    /// When the live publication was made (RFC 3339, UTC).
    pub published_at: Option<String>,
    /// When it was published for the first time (RFC 3339, UTC).
    pub first_published_at: Option<String>,
    /// Version of its order and fields.
    pub version: i32,
    /// When it was made (RFC 3339, UTC).
    pub created_at: String,
    /// When anything in it last changed (RFC 3339, UTC).
    pub updated_at: String,
    /// Address of its page, where it is or will be.
    pub url: String,
    /// Where to find it.
    pub links: StoryLinks,
}

/// Where to find a story.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoryLinks {
    /// In this API, as a path.
    #[serde(rename = "self")]
    pub itself: String,
    /// At the desk, as a path.
    pub desk: String,
}

/// When a story goes out by itself: the instant, and the same by the clocks of the zone it was chosen in.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleView {
    /// The instant (RFC 3339, UTC).
    pub at: String,
    /// `YYYY-MM-DDTHH:MM` by the clocks of `zone`.
    pub local: String,
    /// IANA name of the time zone.
    pub zone: String,
    /// What readers will be told of the change.
    pub correction: Option<String>,
    /// That it was tried in vain.
    pub held: Option<HeldView>,
    /// Who chose it; in a single draft only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A story that is due and could not go out.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldView {
    /// When it was last tried (RFC 3339, UTC).
    pub at: String,
    /// `obstacles`, `not_allowed` or `failure`.
    pub because: &'static str,
}

/// A story's own fields, for lists.
#[must_use]
pub fn story(story: &Story, urls: &Urls) -> StoryView {
    StoryView {
        id: story.id.clone(),
        kind: StoryType::Story,
        slug: story.slug.clone(),
        title: story.title.clone(),
        standfirst: story.standfirst.clone(),
        byline: story.byline.clone(),
        language: story.language.clone(),
        date: story.date.clone(),
        tags: story.tags.clone(),
        graphic: story.graphic,
        embargo_until: story.embargo_until,
        schedule: story.schedule.as_ref().map(schedule),
        status: status(story),
        publication: story.live_publication,
        published_at: story.live_since.map(rfc3339),
        first_published_at: story.first_published_at.map(rfc3339),
        version: story.version,
        created_at: rfc3339(story.created_at),
        updated_at: rfc3339(story.updated_at),
        url: urls.story_absolute(&story.slug),
        links: StoryLinks {
            itself: urls.manage_story(&story.id),
            desk: urls.desk_story(&story.id),
        },
    }
}

fn schedule(schedule: &Schedule) -> ScheduleView {
    let (day, time) = local(schedule.at, &schedule.zone);
    ScheduleView {
        at: rfc3339(schedule.at),
        local: format!("{day}T{time}"),
        zone: schedule.zone.clone(),
        correction: schedule.correction.clone(),
        held: schedule.held.map(|held| HeldView {
            at: rfc3339(held.at),
            because: held.because.as_str(),
        }),
        by: None,
    }
}

/// A draft: the story's own fields, its blocks in order, what lies beside them, and every photo it uses.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftView {
    /// The story's own fields.
    #[serde(flatten)]
    pub story: StoryView,
    /// Who changed it last, by name.
    pub updated_by: String,
    /// What readers are told of changes since it was first published, oldest first.
    pub corrections: Vec<DeliveredCorrection>,
    /// The block whose photo stands for the story in lists and shares.
    pub lead: Option<BlockId>,
    /// The blocks in order.
    pub blocks: Vec<BlockView>,
    /// Blocks that were taken out and can be put back.
    pub tray: Vec<BlockView>,
    /// The photos of all frames, by id.
    pub photos: BTreeMap<PhotoId, PhotoView>,
}

/// A draft with blocks, tray and photos.
#[must_use]
pub fn draft(draft: &Draft, urls: &Urls) -> DraftView {
    let renditions = |id: &PhotoId| draft.renditions.get(id).map(Vec::as_slice).unwrap_or_default();
    let photos = draft
        .photos
        .iter()
        .map(|(id, facts)| (id.clone(), photo(facts, renditions(id), urls)))
        .collect();
    let mut own = story(&draft.story, urls);
    if let (Some(schedule), Some(shown)) = (&draft.story.schedule, &mut own.schedule) {
        shown.by = Some(draft.name_of(&schedule.by).to_owned());
    }
    DraftView {
        story: own,
        updated_by: draft.name_of(&draft.story.updated_by).to_owned(),
        corrections: draft
            .corrections
            .iter()
            .map(|correction| DeliveredCorrection {
                at: rfc3339(correction.at),
                text: correction.text.clone(),
            })
            .collect(),
        lead: draft.lead().map(|block| block.id.clone()),
        blocks: draft.blocks.iter().map(|it| block(draft, it)).collect(),
        tray: draft.tray.iter().map(|it| block(draft, it)).collect(),
        photos,
    }
}

/// A block of a draft, with its source and its version.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockView {
    /// Its id.
    pub id: BlockId,
    /// Version of its own words and layout, for `update`.
    pub version: i32,
    /// Who changed it last, by name.
    pub updated_by: String,
    /// When it last changed (RFC 3339, UTC).
    pub updated_at: String,
    /// What it is.
    #[serde(flatten)]
    pub content: BlockContentView,
}

/// What a block of a draft is, by its `type`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum BlockContentView {
    /// Paragraphs.
    Text {
        /// The source, Markdown.
        markdown: String,
        /// Sanitised HTML.
        html: String,
        /// Plain text.
        text: String,
    },
    /// A heading.
    Heading {
        /// Plain text.
        text: String,
    },
    /// A quotation.
    Quote {
        /// The source, Markdown.
        markdown: String,
        /// Sanitised HTML.
        html: String,
        /// Plain text.
        text: String,
        /// Who said it.
        attribution: Option<String>,
    },
    /// One frame.
    Photo {
        /// How wide it stands.
        layout: PhotoLayout,
        /// The frame.
        frame: FrameView,
    },
    /// Two to six frames.
    Group {
        /// How they stand.
        layout: GroupLayout,
        /// A caption for all of them.
        caption: Option<String>,
        /// The frames in order.
        frames: Vec<FrameView>,
    },
}

/// A frame of a draft: its own words, null where the photo's hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct FrameView {
    /// Its id.
    pub id: FrameId,
    /// Key into `photos`.
    pub photo: PhotoId,
    /// Where it was taken.
    pub place: Option<String>,
    /// Caption.
    pub caption: Option<String>,
    /// Alt text.
    pub alt: Option<String>,
    /// Whether it needs no alt text.
    pub decorative: Option<bool>,
    /// Credit line.
    pub credit: Option<String>,
    /// Focal point here.
    pub focal: Option<FocalView>,
    /// Crop to be shown here: `square` or `four3`.
    pub crop: Option<String>,
    /// Whether readers are asked before it is shown.
    pub graphic: bool,
    /// Version of its words, for `update`.
    pub version: i32,
    /// Who changed it last, by name.
    pub updated_by: String,
    /// When it last changed (RFC 3339, UTC).
    pub updated_at: String,
}

fn block(draft: &Draft, block: &Block) -> BlockView {
    let content = match block.content.clone() {
        BlockContent::Text { markdown } => BlockContentView::Text {
            html: markdown_to_html(&markdown).to_string(),
            text: markdown_to_plain(&markdown),
            markdown,
        },
        BlockContent::Heading { text } => BlockContentView::Heading { text },
        BlockContent::Quote {
            markdown,
            attribution,
        } => BlockContentView::Quote {
            html: markdown_to_html(&markdown).to_string(),
            text: markdown_to_plain(&markdown),
            markdown,
            attribution,
        },
        BlockContent::Photo { layout, frame: it } => BlockContentView::Photo {
            layout,
            frame: frame(draft, &it),
        },
        BlockContent::Group {
            layout,
            caption,
            frames,
        } => BlockContentView::Group {
            layout,
            caption,
            frames: frames.iter().map(|it| frame(draft, it)).collect(),
        },
    };
    BlockView {
        id: block.id.clone(),
        version: block.version,
        updated_by: draft.name_of(&block.updated_by).to_owned(),
        updated_at: rfc3339(block.updated_at),
        content,
    }
}

fn frame(draft: &Draft, frame: &Frame) -> FrameView {
    let words = frame.words.clone();
    FrameView {
        id: frame.id.clone(),
        photo: frame.photo_id.clone(),
        place: words.place,
        caption: words.caption,
        alt: words.alt,
        decorative: words.decorative,
        credit: words.credit,
        focal: words.focal.map(|(x, y)| FocalView { x, y }),
        crop: words.crop,
        graphic: words.graphic,
        version: frame.version,
        updated_by: draft.name_of(&frame.updated_by).to_owned(),
        updated_at: rfc3339(frame.updated_at),
    }
}

/// A link to a draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewLinkView {
    /// Its id.
    pub id: PreviewLinkId,
    /// What it is for; may be empty.
    pub label: String,
    /// Who made it, by name.
    pub by: String,
    /// When it was made (RFC 3339, UTC).
    pub created_at: String,
    /// When it ends (RFC 3339, UTC).
    pub expires_at: String,
    /// When it was taken back (RFC 3339, UTC).
    pub revoked_at: Option<String>,
    /// When somebody last looked by it (RFC 3339, UTC), to the minute.
    pub used_at: Option<String>,
    /// Its address: in the answer that makes it, and nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its secret, a bearer token for `/preview/stories/{id}`: in the answer that makes it, and nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A link to a draft, without its secret.
#[must_use]
pub fn preview_link(link: &PreviewLink) -> PreviewLinkView {
    PreviewLinkView {
        id: link.id.clone(),
        label: link.label.clone(),
        by: link.made_by.clone(),
        created_at: rfc3339(link.created_at),
        expires_at: rfc3339(link.expires_at),
        revoked_at: link.revoked_at.map(rfc3339),
        used_at: link.used_at.map(rfc3339),
        url: None,
        secret: None,
    }
}

/// A link by which somebody without an account uploads to a story.
#[derive(Debug, Serialize, ToSchema)]
pub struct DropLinkView {
    /// Its id.
    pub id: DropLinkId,
    /// Whom it is for.
    pub label: String,
    /// Who made it and answers for what comes by it, by name.
    pub by: String,
    /// Photographs that were begun by it.
    pub files: usize,
    /// Photographs that may still come by it.
    pub files_left: usize,
    /// When it was made (RFC 3339, UTC).
    pub created_at: String,
    /// When it ends (RFC 3339, UTC).
    pub expires_at: String,
    /// The page that it opens: in the answer that makes it, and nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where a program uploads by it, as to `/manage/uploads` but without a token: in the answer that makes it, and nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uploads_url: Option<String>,
}

/// A drop link, without its secret.
#[must_use]
pub fn drop_link(link: &DropLink) -> DropLinkView {
    DropLinkView {
        id: link.id.clone(),
        label: link.label.clone(),
        by: link.maker_name.clone(),
        files: link.files_begun,
        files_left: link.files_left(),
        created_at: rfc3339(link.created_at),
        expires_at: rfc3339(link.expires_at),
        url: None,
        uploads_url: None,
    }
}

/// What stands in the way of publishing, or deserves a look.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemarkView {
    /// A stable word for programs.
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
    /// The block or frame it is about; the story itself without one.
    pub part: Option<String>,
    /// The field that mends it.
    pub field: &'static str,
    /// Where it is in the draft as `GET` shows it, parts by their id.
    pub pointer: String,
}

/// A line of the checklist.
#[must_use]
pub fn remark(remark: &Remark) -> RemarkView {
    let part = part_of(remark);
    RemarkView {
        code: remark.code,
        message: remark.message.clone(),
        part: part.map(str::to_owned),
        field: remark.field,
        pointer: match part {
            Some(part) => format!("/{part}/{}", remark.field),
            None => format!("/{}", remark.field),
        },
    }
}
