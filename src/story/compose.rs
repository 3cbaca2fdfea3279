//! From draft to document: every frame's words are settled, Markdown becomes HTML, and only what readers may know goes in.

use std::collections::BTreeMap;

use super::concealed::Concealed;
use super::document::{
    DocumentBlock, DocumentFrame, DocumentPhoto, DocumentRendition, RichText, StoryDocument,
};
use super::draft::Draft;
use super::{Block, BlockContent, Frame};
use crate::clock::Millis;
use crate::id::PhotoId;
use crate::photo::{Photo, PhotoState, Rendition, packet};
use crate::text::naming::names_any;
use crate::text::silence::without_sentences_naming;
use crate::text::{markdown_to_html, markdown_to_plain};

/// The words that hold for a frame: its own, or the photo's.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// Where it was taken, unless that is hidden.
    pub place: Option<String>,
    /// The caption.
    pub caption: Option<String>,
    /// The alt text.
    pub alt: Option<String>,
    /// Whether it needs no alt text.
    pub decorative: bool,
    /// The credit line.
    pub credit: Option<String>,
}

/// Settles the words of a frame in a story of this language.
#[must_use]
pub fn settle(frame: &Frame, photo: &Photo, language: &str) -> Settled {
    let words = &frame.words;
    // A hidden place stays hidden even where a frame names one: the mark is a promise about the photo.
    let place = words
        .place
        .clone()
        .or_else(|| photo.public_place_in(language))
        .filter(|_| !photo.hides_place());
    Settled {
        place: place
            .map(|place| place.trim_end_matches(['.', ',', ':', ';']).to_owned())
            .filter(|place| !place.is_empty()),
        caption: words.caption.clone().or_else(|| photo.caption.clone()),
        alt: words.alt.clone().or_else(|| photo.alt.clone()),
        decorative: words.decorative.unwrap_or(photo.decorative),
        credit: words.credit.clone().or_else(|| photo.credit.clone()),
    }
}

/// The document of a draft. Frames whose photo has no renditions yet are left out; the checklist keeps such a story from being
/// published.
#[must_use]
pub fn compose(draft: &Draft, publication: Option<(i32, Millis)>) -> StoryDocument {
    let (story, concealed) = (&draft.story, Concealed::in_draft(draft));
    let blocks: Vec<DocumentBlock> = draft
        .blocks
        .iter()
        .filter_map(|block| compose_block(draft, &concealed, block))
        .collect();
    let mut photos: BTreeMap<PhotoId, DocumentPhoto> = BTreeMap::new();
    for frame in draft.blocks.iter().flat_map(Block::frames) {
        if let Some(photo) = ready(draft, &frame.photo_id) {
            let renditions = draft
                .renditions
                .get(&photo.id)
                .map(Vec::as_slice)
                .unwrap_or_default();
            photos
                .entry(photo.id.clone())
                .or_insert_with(|| compose_photo(&story.language, &concealed, photo, renditions));
        }
    }
    let lead = draft.lead().filter(|block| {
        block
            .frames()
            .iter()
            .any(|frame| photos.contains_key(&frame.photo_id))
    });
    let mut document = StoryDocument {
        id: story.id.clone(),
        slug: story.slug.clone(),
        language: story.language.clone(),
        title: story.title.clone(),
        standfirst: story.standfirst.clone(),
        byline: story.byline.clone(),
        date: story.date.clone(),
        tags: story.tags.clone(),
        lead: lead.map(|block| block.id.clone()),
        graphic: story.graphic,
        publication: publication.map_or(0, |(number, _)| number),
        published_at: publication.map(|(_, at)| at),
        first_published_at: story.first_published_at.or(publication.map(|(_, at)| at)),
        corrections: draft.corrections.clone(),
        blocks,
        photos,
    };
    document.keep_corrections_silent(&concealed.by_all());
    document
}

fn ready<'a>(draft: &'a Draft, id: &PhotoId) -> Option<&'a Photo> {
    draft
        .photos
        .get(id)
        .filter(|photo| photo.state == PhotoState::Ready)
}

fn compose_block(draft: &Draft, concealed: &Concealed<'_>, block: &Block) -> Option<DocumentBlock> {
    let id = block.id.clone();
    Some(match &block.content {
        BlockContent::Text { markdown } => DocumentBlock::Text {
            id,
            html: markdown_to_html(markdown),
            text: markdown_to_plain(markdown),
        },
        BlockContent::Heading { text } => DocumentBlock::Heading {
            id,
            text: text.clone(),
        },
        BlockContent::Quote {
            markdown,
            attribution,
        } => DocumentBlock::Quote {
            id,
            html: markdown_to_html(markdown),
            text: markdown_to_plain(markdown),
            attribution: attribution.clone(),
        },
        BlockContent::Photo { layout, frame } => DocumentBlock::Photo {
            id,
            layout: *layout,
            frame: compose_frame(draft, concealed, frame)?,
        },
        BlockContent::Group {
            layout,
            caption,
            frames,
        } => {
            let shown: Vec<DocumentFrame> = frames
                .iter()
                .filter_map(|frame| compose_frame(draft, concealed, frame))
                .collect();
            if shown.is_empty() {
                return None;
            }
            // A group's caption is that of all its photographs.
            let caption = caption
                .as_deref()
                .map(|caption| without_sentences_naming(caption, &concealed.by_frames(frames)))
                .filter(|caption| !caption.is_empty());
            DocumentBlock::Group {
                id,
                layout: *layout,
                caption: caption.as_deref().map(RichText::plain),
                frames: shown,
            }
        }
    })
}

fn compose_frame(draft: &Draft, concealed: &Concealed<'_>, frame: &Frame) -> Option<DocumentFrame> {
    let photo = ready(draft, &frame.photo_id)?;
    let settled = settle(frame, photo, &draft.story.language);
    let silent = |text: Option<String>| concealed.silent(photo, text.as_deref());
    let (caption, alt) = (silent(settled.caption), silent(settled.alt));
    Some(DocumentFrame {
        id: frame.id.clone(),
        photo: photo.id.clone(),
        place: settled.place,
        caption: caption.as_deref().map(RichText::plain),
        alt: if settled.decorative {
            String::new()
        } else {
            alt.unwrap_or_default()
        },
        credit: silent(settled.credit),
        graphic: frame.words.graphic,
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a fraction needs no more than 24 bits"
        )]
        focal: frame.words.focal.map(|(x, y)| (x as f32, y as f32)),
        crop: frame.words.crop.clone(),
    })
}

fn compose_photo(
    language: &str,
    concealed: &Concealed<'_>,
    photo: &Photo,
    renditions: &[Rendition],
) -> DocumentPhoto {
    let own = |words: &Option<String>| concealed.silent(photo, words.as_deref());
    let quiet = |address: &String| !names_any(address, concealed.by(&photo.id));
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a fraction needs no more than 24 bits"
    )]
    let focal = (photo.focal.0 as f32, photo.focal.1 as f32);
    let (renditions, crops) = files(renditions);
    DocumentPhoto {
        width: photo.width_px.unsigned_abs(),
        height: photo.height_px.unsigned_abs(),
        color: photo.color.clone().unwrap_or_else(|| "#888888".to_owned()),
        thumbhash: photo.thumbhash.clone(),
        alt: own(&photo.alt),
        caption: own(&photo.caption),
        credit: own(&photo.credit),
        creator: photo.creator.clone(),
        creators: packet::creators(photo),
        copyright: own(&photo.copyright),
        license: photo.license.clone().filter(quiet),
        place: photo.public_place_in(language),
        date: photo.taken_on.clone().filter(|_| !photo.sensitive),
        licensor: web_address(photo.embedded.facts.licensor_url.as_deref()).filter(quiet),
        ai: photo.ai(),
        digital_source_type: packet::source_type(&photo.embedded.facts).map(str::to_owned),
        ai_training: photo.ai_training(),
        focal,
        renditions,
        crops,
    }
}

/// What the file has for an address, if it is one of the web.
fn web_address(text: Option<&str>) -> Option<String> {
    let address = url::Url::parse(text?.trim()).ok()?;
    matches!(address.scheme(), "http" | "https").then(|| address.to_string())
}

/// Full frames and crops of a photo's renditions.
pub(super) fn files(renditions: &[Rendition]) -> (Vec<DocumentRendition>, Vec<DocumentRendition>) {
    let of = |purpose: &str| -> Vec<DocumentRendition> {
        renditions
            .iter()
            .filter(|rendition| rendition.purpose == purpose)
            .map(compose_rendition)
            .collect()
    };
    (of("frame"), of("crop"))
}

fn compose_rendition(rendition: &Rendition) -> DocumentRendition {
    DocumentRendition {
        folder: rendition.folder.clone(),
        spec: rendition.spec.clone(),
        width: rendition.width_px.unsigned_abs(),
        height: rendition.height_px.unsigned_abs(),
        media_type: rendition.media_type.clone(),
        bytes: rendition.size_bytes.unsigned_abs(),
    }
}
