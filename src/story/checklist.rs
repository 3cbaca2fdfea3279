//! The checklist before publishing: every obstacle at once, each with the field that mends it.

use super::compose::settle;
use super::draft::Draft;
use super::{Block, PartId};
use crate::clock::Millis;
use crate::photo::PhotoState;

/// Something that stands in the way of publishing, or deserves a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// A stable word for programs.
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
    /// The block or frame it is about; `None` is the story itself.
    pub part: Option<PartId>,
    /// The field that mends it: `alt`, `credit`, `slug` …
    pub field: &'static str,
}

/// What the checklist found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checklist {
    /// What blocks publishing.
    pub obstacles: Vec<Remark>,
    /// What does not.
    pub warnings: Vec<Remark>,
}

/// Goes through a draft.
#[must_use]
pub fn check(draft: &Draft, now: Millis) -> Checklist {
    let mut list = Checklist::default();
    let story = &draft.story;
    let about_story = |code, field, message: &str| Remark {
        code,
        message: message.to_owned(),
        part: None,
        field,
    };
    if story.title.trim().is_empty() {
        list.obstacles
            .push(about_story("title_missing", "title", "The story has no title."));
    }
    if story.slug.is_empty() {
        list.obstacles.push(about_story(
            "slug_missing",
            "slug",
            "The story has no address (slug).",
        ));
    }
    if draft.blocks.iter().all(|block| block.frames().is_empty()) {
        list.obstacles.push(about_story(
            "photo_missing",
            "blocks",
            "The story has no photograph yet; add at least one.",
        ));
    }
    if story.embargo_until.is_some_and(|until| until > now) {
        list.obstacles.push(about_story(
            "embargo",
            "embargo_until",
            "The story is under embargo still.",
        ));
    }
    if story.standfirst.is_none() {
        list.warnings.push(about_story(
            "standfirst_missing",
            "standfirst",
            "There is no standfirst; search engines and cards show one.",
        ));
    }
    for (number, frame) in (1..).zip(draft.blocks.iter().flat_map(Block::frames)) {
        let Some(photo) = draft.photos.get(&frame.photo_id) else {
            continue;
        };
        let name = format!("Photograph {number} ({})", photo.file_name);
        let remark = |code, field, message: String| Remark {
            code,
            message,
            part: Some(PartId::Frame(frame.id.clone())),
            field,
        };
        match photo.state {
            PhotoState::Ready => {}
            PhotoState::Pending => list.obstacles.push(remark(
                "photo_pending",
                "photo",
                format!("{name} is still being prepared; it will be ready in a moment."),
            )),
            PhotoState::Failed => {
                let reason = photo.failure.as_deref().unwrap_or("it could not be read");
                let message = format!("{name} cannot be shown: {reason}. Replace it or take it out.");
                list.obstacles.push(remark("photo_failed", "photo", message));
            }
        }
        let words = settle(frame, photo);
        let alt = words.alt.as_deref().map(str::trim).unwrap_or_default();
        if alt.is_empty() && !words.decorative {
            let message = format!("{name} has no alt text; describe it, or mark it as decorative.");
            list.obstacles.push(remark("alt_missing", "alt", message));
        }
        if words
            .credit
            .as_deref()
            .is_none_or(|credit| credit.trim().is_empty())
        {
            let message = format!("{name} has no credit; say whose picture it is.");
            list.obstacles.push(remark("credit_missing", "credit", message));
        }
        match words.caption.as_deref().map(str::trim).filter(|caption| !caption.is_empty()) {
            None => list.warnings.push(remark("caption_missing", "caption", format!("{name} has no caption."))),
            Some(caption) if caption == alt => list.warnings.push(remark(
                "alt_equals_caption",
                "alt",
                format!("{name} has the same words as caption and as alt text; who cannot see it hears them twice."),
            )),
            Some(_) => {}
        }
        if photo.damaged {
            let message =
                format!("{name} comes from a damaged file and is shown as far as it could be read.");
            list.warnings.push(remark("photo_damaged", "photo", message));
        }
        if let Some(instructions) = photo
            .embedded
            .facts
            .instructions
            .as_deref()
            .filter(|text| !text.trim().is_empty())
        {
            let message = format!("{name} carries instructions from the photographer: {instructions}");
            list.warnings.push(remark("instructions", "photo", message));
        }
    }
    if let Some(frame) = draft.lead().and_then(|block| block.frames().first())
        && let Some(photo) = draft
            .photos
            .get(&frame.photo_id)
            .filter(|photo| photo.width_px < 1_200)
    {
        list.warnings.push(Remark {
            code: "lead_small",
            message: format!(
                "The lead is {} px wide; 1200 px or more look better.",
                photo.width_px
            ),
            part: Some(PartId::Frame(frame.id.clone())),
            field: "photo",
        });
    }
    list
}
