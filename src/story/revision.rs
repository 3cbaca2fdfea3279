//! Revisions: the draft as it stood at some moment, as JSON that a later restore can read.

use serde::Serialize;

use super::draft::Draft;
use super::{BlockContent, Frame};

/// The draft in the form in which the management API takes stories, so that one reader serves both.
#[must_use]
pub fn revision(draft: &Draft) -> impl Serialize {
    let story = &draft.story;
    serde_json::json!({
        "title": story.title,
        "slug": story.slug,
        "standfirst": story.standfirst,
        "byline": story.byline,
        "language": story.language,
        "date": story.date,
        "tags": story.tags,
        "lead": story.lead,
        "graphic": story.graphic,
        "blocks": draft.blocks.iter().map(|block| block_json(&block.content)).collect::<Vec<_>>(),
    })
}

fn block_json(content: &BlockContent) -> serde_json::Value {
    match content {
        BlockContent::Text { markdown } => serde_json::json!({"type": "text", "markdown": markdown}),
        BlockContent::Heading { text } => serde_json::json!({"type": "heading", "text": text}),
        BlockContent::Quote {
            markdown,
            attribution,
        } => {
            serde_json::json!({"type": "quote", "markdown": markdown, "attribution": attribution})
        }
        BlockContent::Photo { layout, frame } => {
            serde_json::json!({"type": "photo", "layout": layout, "frame": frame_json(frame)})
        }
        BlockContent::Group {
            layout,
            caption,
            frames,
        } => serde_json::json!({
            "type": "group", "layout": layout, "caption": caption,
            "frames": frames.iter().map(frame_json).collect::<Vec<_>>(),
        }),
    }
}

fn frame_json(frame: &Frame) -> serde_json::Value {
    let words = &frame.words;
    serde_json::json!({
        "photo": frame.photo_id,
        "place": words.place,
        "caption": words.caption,
        "alt": words.alt,
        "decorative": words.decorative,
        "credit": words.credit,
        "focal": words.focal,
        "crop": words.crop,
        "graphic": words.graphic,
    })
}
