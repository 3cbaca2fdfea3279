//! The blocks of a story from a folder: text and photographs in the order of its `story.md`, or photographs alone as they were taken.

use super::library::Taken;
use super::order::{self, Shot};
use super::script::{Script, Step};
use crate::photo::Photo;
use crate::story::FrameWords;
use crate::story::document::PhotoLayout;
use crate::story::operations::{NewBlock, NewFrame};

/// The blocks of the story.
pub(super) struct Arranged {
    pub blocks: Vec<NewBlock>,
    /// Index of the block that is to lead.
    pub lead: Option<usize>,
    /// Names in the script that are no photographs of the folder.
    pub unknown: Vec<String>,
    /// Photographs that the script does not name.
    pub unnamed: Vec<String>,
}

/// Puts text and photographs in the order of the script; photographs it does not name follow at the end, as they were taken.
pub(super) fn arrange(script: &Script, taken: &Taken) -> Arranged {
    let names = sorted_names(taken);
    let mut arranged = Arranged {
        blocks: Vec::new(),
        lead: None,
        unknown: Vec::new(),
        unnamed: Vec::new(),
    };
    let mut shown = Vec::new();
    for step in &script.steps {
        let block = match step {
            Step::Heading(text) => NewBlock::Heading { text: text.clone() },
            Step::Text(markdown) => NewBlock::Text {
                markdown: markdown.clone(),
            },
            Step::Quote {
                markdown,
                attribution,
            } => NewBlock::Quote {
                markdown: markdown.clone(),
                attribution: attribution.clone(),
            },
            Step::Photo { name, caption } => {
                let found = find_name(names.iter().map(String::as_str), name);
                let Some(photo) = found.and_then(|name| taken.by_name.get(name)) else {
                    arranged.unknown.push(name.clone());
                    continue;
                };
                shown.push(photo.id.clone());
                photo_block(photo, caption.as_deref())
            }
        };
        arranged.blocks.push(block);
    }
    for name in &names {
        if let Some(photo) = taken.by_name.get(name).filter(|photo| !shown.contains(&photo.id)) {
            shown.push(photo.id.clone());
            arranged.blocks.push(photo_block(photo, None));
            arranged.unnamed.push(name.clone());
        }
    }
    if let Some(lead) = &script.front.lead {
        let photo =
            find_name(names.iter().map(String::as_str), lead).and_then(|name| taken.by_name.get(name));
        let shows = |block: &NewBlock| matches!((block, photo), (NewBlock::Photo { frame, .. }, Some(photo)) if frame.photo == photo.id);
        arranged.lead = arranged.blocks.iter().position(shows);
        if arranged.lead.is_none() {
            arranged.unknown.push(lead.clone());
        }
    }
    arranged
}

fn photo_block(photo: &Photo, caption: Option<&str>) -> NewBlock {
    // What the photograph says itself is not said a second time: a frame that says nothing follows it.
    let caption = caption
        .filter(|caption| photo.caption.as_deref() != Some(*caption))
        .map(str::to_owned);
    NewBlock::Photo {
        layout: PhotoLayout::Column,
        frame: NewFrame {
            photo: photo.id.clone(),
            words: FrameWords {
                caption,
                ..FrameWords::default()
            },
        },
    }
}

/// The names of what was taken in, in the order of taking.
pub(super) fn sorted_names(taken: &Taken) -> Vec<String> {
    let mut shots: Vec<Shot> = taken
        .by_name
        .iter()
        .map(|(name, photo)| Shot::of(name, &photo.embedded.facts))
        .collect();
    order::by_capture(&mut shots);
    shots.into_iter().map(|shot| shot.name).collect()
}

/// The name among these that a script means: to the letter, or whatever its case.
pub(super) fn find_name<'a>(
    mut names: impl Iterator<Item = &'a str> + Clone,
    meant: &str,
) -> Option<&'a str> {
    let lower = meant.to_lowercase();
    names
        .clone()
        .find(|name| *name == meant)
        .or_else(|| names.find(|name| name.to_lowercase() == lower))
}
