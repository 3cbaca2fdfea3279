//! From a draft to what is written.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{
    BlockFields, CorrectionFields, Exchange, FORMAT, FrameFields, PhotoFields, RenditionFields, StoryFields,
    VERSION,
};
use crate::db::Conn;
use crate::db::schema::slug_redirects;
use crate::id::{FrameId, PhotoId, StoryId};
use crate::metadata;
use crate::photo::Photo;
use crate::story::concealed::Concealed;
use crate::story::document::{DocumentFrame, DocumentPhoto, StoryDocument};
use crate::story::draft::Draft;
use crate::story::origin;
use crate::story::rewrite::codes;
use crate::story::{Block, BlockContent, Frame};
use crate::text::upload_words::with_ending;

/// The keys of a draft's photographs, and the names of their originals.
#[derive(Debug, Clone, Default)]
pub struct Names {
    keys: BTreeMap<PhotoId, String>,
    /// In the order of their first appearance.
    order: Vec<PhotoId>,
}

impl Names {
    /// Those of the photographs that a draft shows, in reading order; with the tray those that it alone has come last.
    #[must_use]
    pub fn of(draft: &Draft, with_tray: bool) -> Self {
        let tray = draft.tray.iter().filter(|_| with_tray);
        let mut names = Self::default();
        for frame in draft.blocks.iter().chain(tray).flat_map(Block::frames) {
            if draft.photos.contains_key(&frame.photo_id) && !names.keys.contains_key(&frame.photo_id) {
                let key = format!("{:03}", names.order.len() + 1);
                names.keys.insert(frame.photo_id.clone(), key);
                names.order.push(frame.photo_id.clone());
            }
        }
        names
    }

    /// The key of a photograph.
    #[must_use]
    pub fn key(&self, photo: &PhotoId) -> Option<&str> {
        self.keys.get(photo).map(String::as_str)
    }

    /// The photographs in the order of their keys.
    pub fn photos(&self) -> impl Iterator<Item = (&PhotoId, &str)> {
        self.order.iter().filter_map(|id| Some((id, self.key(id)?)))
    }

    /// Where the original of a photograph lies: its key, and of its name what any file system takes.
    #[must_use]
    pub fn original(&self, photo: &Photo) -> Option<String> {
        let plain: String = photo
            .file_name
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || "._-".contains(c) {
                    c
                } else {
                    '_'
                }
            })
            .collect();
        // The end of a long name, for there stands what kind of file it is.
        let plain = plain.get(plain.len().saturating_sub(100)..).unwrap_or_default();
        let plain = with_ending(plain, &photo.media_type);
        Some(format!("originals/{}-{plain}", self.key(&photo.id)?))
    }
}

/// Addresses that a story had before, in the order of the alphabet.
///
/// # Errors
/// Those of the statement.
pub(super) fn former_slugs(conn: &mut Conn, story: &StoryId) -> QueryResult<Vec<String>> {
    slug_redirects::table
        .filter(slug_redirects::story_id.eq(story))
        .order(slug_redirects::slug)
        .select(slug_redirects::slug)
        .load(conn)
}

/// What belongs to a story and is not in its draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// Addresses that it had here before.
    pub former_slugs: Vec<String>,
    /// Addresses that it had on another site.
    pub old_addresses: Vec<String>,
    /// The posts of other sites that it was.
    pub origins: Vec<String>,
    /// Its code replacements, as they were typed.
    pub codes: String,
}

/// Reads what belongs to a story beside its draft.
///
/// # Errors
/// Those of the statements.
pub fn beside(conn: &mut Conn, story: &StoryId) -> QueryResult<Beside> {
    Ok(Beside {
        former_slugs: former_slugs(conn, story)?,
        old_addresses: origin::addresses_of(conn, story)?,
        origins: origin::sources_of(conn, story)?,
        codes: codes::find(conn, story)?,
    })
}

/// The draft as the desk has it. `renditions` are the files that were written, by photograph.
#[must_use]
pub fn complete(
    draft: &Draft,
    names: &Names,
    mut renditions: BTreeMap<PhotoId, Vec<RenditionFields>>,
    beside: Beside,
) -> Exchange {
    let story = &draft.story;
    let lead = story
        .lead
        .as_ref()
        .and_then(|lead| draft.blocks.iter().position(|block| block.id == *lead));
    let blocks = |blocks: &[Block]| blocks.iter().map(|block| block_fields(block, names)).collect();
    let photos = names
        .photos()
        .filter_map(|(id, key)| Some((draft.photos.get(id)?, key)))
        .map(|(photo, key)| PhotoFields {
            original: names.original(photo),
            renditions: renditions.remove(&photo.id).unwrap_or_default(),
            ..photo_fields(photo, key)
        });
    Exchange {
        format: FORMAT.to_owned(),
        version: VERSION,
        complete: true,
        story: StoryFields {
            id: story.id.clone(),
            slug: story.slug.clone(),
            former_slugs: beside.former_slugs,
            old_addresses: beside.old_addresses,
            origins: beside.origins,
            title: story.title.clone(),
            standfirst: story.standfirst.clone(),
            byline: story.byline.clone(),
            language: story.language.clone(),
            date: story.date.clone(),
            tags: story.tags.clone(),
            lead,
            graphic: story.graphic,
            embargo_until: story.embargo_until,
            embargo_zone: story.embargo_zone.clone(),
            first_published_at: story.first_published_at,
            publications: Some(story.publications_made),
            codes: Some(beside.codes).filter(|codes| !codes.is_empty()),
        },
        blocks: blocks(&draft.blocks),
        tray: blocks(&draft.tray),
        photos: photos.collect(),
        corrections: correction_fields(&draft.corrections),
    }
}

fn correction_fields(corrections: &[crate::story::correction::Correction]) -> Vec<CorrectionFields> {
    corrections
        .iter()
        .map(|correction| CorrectionFields {
            at: correction.at,
            text: correction.text.clone(),
        })
        .collect()
}

fn block_fields(block: &Block, names: &Names) -> BlockFields {
    match &block.content {
        BlockContent::Text { markdown } => BlockFields::Text {
            markdown: markdown.clone(),
        },
        BlockContent::Heading { text } => BlockFields::Heading { text: text.clone() },
        BlockContent::Quote {
            markdown,
            attribution,
        } => BlockFields::Quote {
            markdown: markdown.clone(),
            attribution: attribution.clone(),
        },
        BlockContent::Photo { layout, frame } => BlockFields::Photo {
            layout: *layout,
            frame: frame_fields(frame, names),
        },
        BlockContent::Group {
            layout,
            caption,
            frames,
        } => BlockFields::Group {
            layout: *layout,
            caption: caption.clone(),
            frames: frames.iter().map(|frame| frame_fields(frame, names)).collect(),
        },
    }
}

fn frame_fields(frame: &Frame, names: &Names) -> FrameFields {
    let words = frame.words.clone();
    FrameFields {
        photo: names.key(&frame.photo_id).unwrap_or_default().to_owned(),
        place: words.place,
        caption: words.caption,
        alt: words.alt,
        decorative: words.decorative,
        credit: words.credit,
        focal: words.focal,
        crop: words.crop,
        graphic: words.graphic,
    }
}

fn photo_fields(photo: &Photo, key: &str) -> PhotoFields {
    PhotoFields {
        key: key.to_owned(),
        original: None,
        sha256: Some(photo.original_sha256.clone()),
        file_name: Some(photo.file_name.clone()),
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
        captured_at: photo.captured_at.clone(),
        focal: photo.focal,
        sensitive: Some(photo.sensitive),
        hide_place: Some(photo.hide_place),
        hidden_names: if photo.hides_place() {
            photo.names()
        } else {
            metadata::Names::default()
        },
        color: photo.color.clone(),
        thumbhash: photo.thumbhash.clone(),
        renditions: Vec::new(),
    }
}

/// Takes out of a document every sentence that names what one of its photographs hides. What an editor let stand on a page is one thing; a folder
/// that is carried about is another.
pub fn conceal(document: &mut StoryDocument, draft: &Draft) {
    let concealed = Concealed::in_draft(draft);
    for photo in draft.photos.values().filter(|photo| photo.hides_place()) {
        document.conceal(&photo.id, photo.sensitive, concealed.by(&photo.id));
    }
}

/// The words that readers see, of a document from which what is hidden was taken out; the texts' Markdown is the draft's.
#[must_use]
pub fn public(
    document: &StoryDocument,
    draft: &Draft,
    names: &Names,
    mut renditions: BTreeMap<PhotoId, Vec<RenditionFields>>,
) -> Exchange {
    let frames: BTreeMap<&FrameId, &DocumentFrame> =
        document.frames().map(|frame| (&frame.id, frame)).collect();
    let captions: BTreeMap<_, _> = document
        .blocks
        .iter()
        .filter_map(|block| match block {
            crate::story::document::DocumentBlock::Group { id, caption, .. } => Some((id, caption)),
            _ => None,
        })
        .collect();
    let shown = |frame: &Frame| {
        let document = frames.get(&frame.id)?;
        Some(FrameFields {
            photo: names.key(&frame.photo_id)?.to_owned(),
            place: document.place.clone(),
            caption: document.caption.as_ref().map(|caption| caption.text.clone()),
            alt: Some(document.alt.clone()),
            decorative: Some(document.alt.is_empty()),
            credit: document.credit.clone(),
            focal: frame.words.focal,
            crop: frame.words.crop.clone(),
            graphic: document.graphic,
        })
    };
    let block_of = |block: &Block| match &block.content {
        BlockContent::Photo { layout, frame } => Some(BlockFields::Photo {
            layout: *layout,
            frame: shown(frame)?,
        }),
        BlockContent::Group { layout, frames, .. } => Some(BlockFields::Group {
            layout: *layout,
            caption: captions
                .get(&block.id)
                .and_then(|caption| caption.as_ref().map(|caption| caption.text.clone())),
            frames: frames.iter().filter_map(shown).collect(),
        }),
        _ => Some(block_fields(block, names)),
    };
    let kept: Vec<(&Block, BlockFields)> = draft
        .blocks
        .iter()
        .filter_map(|block| Some((block, block_of(block)?)))
        .collect();
    let lead = document
        .lead
        .as_ref()
        .and_then(|lead| kept.iter().position(|(block, _)| block.id == *lead));
    let photos = names.photos().filter_map(|(id, key)| {
        let photo = document.photos.get(id)?;
        Some(PhotoFields {
            renditions: renditions.remove(id).unwrap_or_default(),
            ..public_photo(photo, key)
        })
    });
    Exchange {
        format: FORMAT.to_owned(),
        version: VERSION,
        complete: false,
        story: StoryFields {
            id: document.id.clone(),
            slug: document.slug.clone(),
            former_slugs: Vec::new(),
            old_addresses: Vec::new(),
            origins: Vec::new(),
            title: document.title.clone(),
            standfirst: document.standfirst.clone(),
            byline: document.byline.clone(),
            language: document.language.clone(),
            date: document.date.clone(),
            tags: document.tags.clone(),
            lead,
            graphic: document.graphic,
            embargo_until: None,
            embargo_zone: None,
            first_published_at: document.first_published_at,
            publications: None,
            codes: None,
        },
        photos: photos.collect(),
        blocks: kept.into_iter().map(|(_, block)| block).collect(),
        tray: Vec::new(),
        corrections: correction_fields(&document.corrections),
    }
}

fn public_photo(photo: &DocumentPhoto, key: &str) -> PhotoFields {
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    PhotoFields {
        key: key.to_owned(),
        original: None,
        sha256: None,
        file_name: None,
        width: number(photo.width),
        height: number(photo.height),
        caption: photo.caption.clone(),
        headline: None,
        place: photo.place.clone(),
        alt: photo.alt.clone(),
        decorative: false,
        credit: photo.credit.clone(),
        creator: photo.creator.clone(),
        copyright: photo.copyright.clone(),
        license: photo.license.clone(),
        date: photo.date.clone(),
        captured_at: None,
        focal: (photo.focal.0.into(), photo.focal.1.into()),
        sensitive: None,
        hide_place: None,
        hidden_names: metadata::Names::default(),
        color: Some(photo.color.clone()),
        thumbhash: photo.thumbhash.clone(),
        renditions: Vec::new(),
    }
}
