//! Words: what a block or frame says and how it stands.

use super::super::{BlockContent, FrameWords, PartId, StoryError, parts, photos};
use super::PartChange;
use super::table::{Table, unknown_part};
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::PhotoId;
use crate::photo;

impl Table<'_> {
    pub(super) fn update(
        &mut self,
        conn: &mut Conn,
        part: &PartId,
        set: &PartChange,
        version: i32,
    ) -> Result<(), StoryError> {
        let (actor, now) = (&self.actor.id, self.now);
        let all = self.draft.blocks.iter_mut().chain(&mut self.draft.tray);
        match part {
            PartId::Block(id) => {
                let block = all
                    .into_iter()
                    .find(|block| block.id == *id)
                    .ok_or_else(|| unknown_part("/id"))?;
                let mut changed = block.clone();
                set_block(&mut changed.content, set)?;
                if same_own_words(&block.content, &changed.content) {
                    return Ok(());
                }
                if block.version != version {
                    return Err(StoryError::StalePart(part.clone()));
                }
                parts::change_block(conn, &changed, actor, now)?;
                changed.version += 1;
                *block = changed;
            }
            PartId::Frame(id) => {
                let frame = all
                    .into_iter()
                    .find_map(|block| match &mut block.content {
                        BlockContent::Photo { frame, .. } => Some(frame).filter(|frame| frame.id == *id),
                        BlockContent::Group { frames, .. } => frames.iter_mut().find(|frame| frame.id == *id),
                        _ => None,
                    })
                    .ok_or_else(|| unknown_part("/id"))?;
                let mut changed = frame.clone();
                set_frame(&mut changed.words, set)?;
                if changed.words == frame.words {
                    return Ok(());
                }
                if frame.version != version {
                    return Err(StoryError::StalePart(part.clone()));
                }
                let places = [&frame.words.place, &changed.words.place];
                if places[0] != places[1] {
                    learn_places(conn, &frame.photo_id, places, now)?;
                }
                parts::change_frame(conn, &changed, actor, now)?;
                changed.version += 1;
                *frame = changed;
            }
        }
        self.changed = true;
        Ok(())
    }
}

/// What a frame calls its place, or called it: the photo keeps it, so that it can be hidden when it stands there no more.
pub(super) fn learn_places<'a>(
    conn: &mut Conn,
    photo: &PhotoId,
    places: impl IntoIterator<Item = &'a Option<String>>,
    now: Millis,
) -> Result<(), StoryError> {
    let names: Vec<String> = places.into_iter().flatten().cloned().collect();
    if names.is_empty() {
        return Ok(());
    }
    if let Some(photo) = photo::query::find_photo(conn, photo)? {
        photos::learn(conn, &photo, &names, now)?;
    }
    Ok(())
}

fn not_here(field: &str) -> StoryError {
    StoryError::invalid(
        format!("/set/{field}"),
        "unknown_field",
        format!("This part has no “{field}”."),
    )
}

/// Sets a block's own words; a field that this kind of block does not have is an error.
fn set_block(content: &mut BlockContent, set: &PartChange) -> Result<(), StoryError> {
    let PartChange {
        markdown,
        text,
        attribution,
        photo_layout,
        group_layout,
        caption,
        ..
    } = set;
    let frame_words = [
        ("place", set.place.is_some()),
        ("alt", set.alt.is_some()),
        ("decorative", set.decorative.is_some()),
        ("credit", set.credit.is_some()),
        ("focal", set.focal.is_some()),
        ("crop", set.crop.is_some()),
        ("graphic", set.graphic.is_some()),
    ];
    if let Some((field, _)) = frame_words.into_iter().find(|(_, given)| *given) {
        return Err(not_here(field));
    }
    let allowed = |yes: bool, given: bool, field: &str| {
        if given && !yes {
            Err(not_here(field))
        } else {
            Ok(())
        }
    };
    let (is_text, is_heading, is_quote, is_photo, is_group) = match content {
        BlockContent::Text { .. } => (true, false, false, false, false),
        BlockContent::Heading { .. } => (false, true, false, false, false),
        BlockContent::Quote { .. } => (false, false, true, false, false),
        BlockContent::Photo { .. } => (false, false, false, true, false),
        BlockContent::Group { .. } => (false, false, false, false, true),
    };
    allowed(is_text || is_quote, markdown.is_some(), "markdown")?;
    allowed(is_heading, text.is_some(), "text")?;
    allowed(is_quote, attribution.is_some(), "attribution")?;
    allowed(is_photo, photo_layout.is_some(), "layout")?;
    allowed(is_group, group_layout.is_some(), "layout")?;
    allowed(is_group, caption.is_some(), "caption")?;
    match content {
        BlockContent::Text { markdown: old } => replace(old, markdown.as_ref()),
        BlockContent::Heading { text: old } => replace(old, text.as_ref()),
        BlockContent::Quote {
            markdown: old,
            attribution: said,
        } => {
            replace(old, markdown.as_ref());
            replace(said, attribution.as_ref());
        }
        BlockContent::Photo { layout, .. } => replace(layout, photo_layout.as_ref()),
        BlockContent::Group {
            layout, caption: old, ..
        } => {
            replace(layout, group_layout.as_ref());
            replace(old, caption.as_ref());
        }
    }
    Ok(())
}

/// Sets a frame's words; a field of a block is an error.
fn set_frame(words: &mut FrameWords, set: &PartChange) -> Result<(), StoryError> {
    let block_words = [
        ("markdown", set.markdown.is_some()),
        ("text", set.text.is_some()),
        ("attribution", set.attribution.is_some()),
        ("layout", set.photo_layout.is_some() || set.group_layout.is_some()),
    ];
    if let Some((field, _)) = block_words.into_iter().find(|(_, given)| *given) {
        return Err(not_here(field));
    }
    replace(&mut words.place, set.place.as_ref());
    replace(&mut words.caption, set.caption.as_ref());
    replace(&mut words.alt, set.alt.as_ref());
    replace(&mut words.decorative, set.decorative.as_ref());
    replace(&mut words.credit, set.credit.as_ref());
    replace(&mut words.focal, set.focal.as_ref());
    replace(&mut words.crop, set.crop.as_ref());
    replace(&mut words.graphic, set.graphic.as_ref());
    Ok(())
}

fn replace<T: Clone>(old: &mut T, new: Option<&T>) {
    if let Some(new) = new {
        old.clone_from(new);
    }
}

fn same_own_words(a: &BlockContent, b: &BlockContent) -> bool {
    match (a, b) {
        (BlockContent::Text { markdown: a }, BlockContent::Text { markdown: b })
        | (BlockContent::Heading { text: a }, BlockContent::Heading { text: b }) => a == b,
        (
            BlockContent::Quote {
                markdown: a,
                attribution: said_a,
            },
            BlockContent::Quote {
                markdown: b,
                attribution: said_b,
            },
        ) => a == b && said_a == said_b,
        (BlockContent::Photo { layout: a, .. }, BlockContent::Photo { layout: b, .. }) => a == b,
        (
            BlockContent::Group {
                layout: a,
                caption: words_a,
                ..
            },
            BlockContent::Group {
                layout: b,
                caption: words_b,
                ..
            },
        ) => a == b && words_a == words_b,
        _ => false,
    }
}
