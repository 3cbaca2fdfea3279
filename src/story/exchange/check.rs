//! From what was read to what can be made: everything is checked as if somebody had typed it, and everything that is wrong is told at once.

use std::collections::{BTreeMap, BTreeSet};

use super::{BlockFields, Exchange, FORMAT, FrameFields, PhotoFields, VERSION};
use crate::id::PhotoId;
use crate::story::create::NewStory;
use crate::story::operations::{NewBlock, NewFrame};
use crate::story::{FrameWords, GROUP_FRAMES};
use crate::text::{
    Alt, BlockText, Caption, Line, Note, Slug, Standfirst, StoryDate, Tag, TextError, Title, language,
};

/// Crops that a frame can name.
const CROPS: [&str; 2] = ["square", "four3"];
/// Characters of a file's name.
const MOST_NAME: usize = 200;

/// A story that was read and can be made, once its photographs are in.
#[derive(Debug, Clone)]
pub struct Incoming(Exchange);

/// Checks a complete file.
///
/// # Errors
/// A sentence for each thing that is wrong.
pub fn check(exchange: Exchange) -> Result<Incoming, Vec<String>> {
    if exchange.format != FORMAT {
        return Err(vec![format!(
            "its format is “{}”, not “{FORMAT}”",
            exchange.format
        )]);
    }
    if exchange.version != VERSION {
        return Err(vec![format!(
            "it is of version {} of the format; this program reads version {VERSION}, so take a newer program",
            exchange.version
        )]);
    }
    if !exchange.complete {
        return Err(vec![
            "it was exported without the originals and cannot become a story again: export it with --originals".to_owned(),
        ]);
    }
    let mut wrong = Vec::new();
    check_story(&exchange, &mut wrong);
    let keys = check_photos(&exchange.photos, &mut wrong);
    for (place, blocks) in [("blocks", &exchange.blocks), ("tray", &exchange.tray)] {
        for (index, block) in blocks.iter().enumerate() {
            check_block(block, &keys, &format!("{place}/{index}"), &mut wrong);
        }
    }
    if wrong.is_empty() {
        Ok(Incoming(exchange))
    } else {
        Err(wrong)
    }
}

fn say<T>(wrong: &mut Vec<String>, at: &str, result: Result<T, TextError>) {
    if let Err(error) = result {
        wrong.push(format!("{at} {error}"));
    }
}

fn check_story(exchange: &Exchange, wrong: &mut Vec<String>) {
    let story = &exchange.story;
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    say(wrong, "story/title", Title::parse(&story.title));
    say(wrong, "story/slug", Slug::parse(&story.slug));
    say(wrong, "story/language", language::parse(&story.language));
    say(
        wrong,
        "story/standfirst",
        Standfirst::parse_optional(&optional(&story.standfirst)),
    );
    say(
        wrong,
        "story/byline",
        Line::parse_optional(&optional(&story.byline)),
    );
    say(
        wrong,
        "story/date",
        StoryDate::parse_optional(&optional(&story.date)),
    );
    for tag in &story.tags {
        say(wrong, "story/tags", Tag::parse(tag));
    }
    for slug in &story.former_slugs {
        say(wrong, "story/former_slugs", Slug::parse(slug));
    }
    for correction in &exchange.corrections {
        say(wrong, "corrections", Note::parse(&correction.text));
    }
    let leads = |lead: usize| {
        exchange
            .blocks
            .get(lead)
            .is_some_and(|block| !block.frames().is_empty())
    };
    if story.lead.is_some_and(|lead| !leads(lead)) {
        wrong.push("story/lead is no block with a photograph".to_owned());
    }
    if story
        .publications
        .is_some_and(|number| !(0..1_000_000).contains(&number))
    {
        wrong.push("story/publications is no number of publications".to_owned());
    }
}

fn check_photos<'a>(photos: &'a [PhotoFields], wrong: &mut Vec<String>) -> BTreeSet<&'a str> {
    let mut keys = BTreeSet::new();
    for photo in photos {
        let at = format!("photos/{}", photo.key);
        if !keys.insert(photo.key.as_str()) {
            wrong.push(format!("{at} is there twice"));
        }
        if photo.original.is_none() || photo.sha256.is_none() {
            wrong.push(format!("{at} names no original, or not its hash"));
        }
        if photo
            .file_name
            .as_ref()
            .is_none_or(|name| name.chars().count() > MOST_NAME)
        {
            wrong.push(format!("{at} has no file name that fits"));
        }
        check_words(
            &at,
            [&photo.place, &photo.credit],
            &photo.caption,
            &photo.alt,
            wrong,
        );
        let lines = [&photo.headline, &photo.creator, &photo.copyright, &photo.license];
        for line in lines.into_iter().flatten() {
            say(wrong, &at, Line::parse_optional(line));
        }
        check_focal(&at, Some(photo.focal), wrong);
    }
    keys
}

fn check_words(
    at: &str,
    lines: [&Option<String>; 2],
    caption: &Option<String>,
    alt: &Option<String>,
    wrong: &mut Vec<String>,
) {
    for line in lines.into_iter().flatten() {
        say(wrong, at, Line::parse_optional(line));
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    say(
        wrong,
        &format!("{at}/caption"),
        Caption::parse_optional(&text(caption)),
    );
    say(wrong, &format!("{at}/alt"), Alt::parse_optional(&text(alt)));
}

fn check_focal(at: &str, focal: Option<(f64, f64)>, wrong: &mut Vec<String>) {
    let fits = |side: f64| (0.0..=1.0).contains(&side);
    if focal.is_some_and(|(x, y)| !fits(x) || !fits(y)) {
        wrong.push(format!("{at}/focal is no point between 0 and 1"));
    }
}

fn check_block(block: &BlockFields, keys: &BTreeSet<&str>, at: &str, wrong: &mut Vec<String>) {
    match block {
        BlockFields::Text { markdown } => say(wrong, at, BlockText::parse(markdown)),
        BlockFields::Heading { text } => say(wrong, at, Title::parse(text)),
        BlockFields::Quote {
            markdown,
            attribution,
        } => {
            say(wrong, at, BlockText::parse(markdown));
            say(
                wrong,
                at,
                Line::parse_optional(attribution.as_deref().unwrap_or_default()),
            );
        }
        BlockFields::Photo { .. } => {}
        BlockFields::Group { caption, frames, .. } => {
            say(
                wrong,
                at,
                Caption::parse_optional(caption.as_deref().unwrap_or_default()),
            );
            if !GROUP_FRAMES.contains(&frames.len()) {
                wrong.push(format!(
                    "{at} is a group of {}; two to six photographs make one",
                    frames.len()
                ));
            }
        }
    }
    for frame in block.frames() {
        if !keys.contains(frame.photo.as_str()) {
            wrong.push(format!(
                "{at} shows a photograph “{}” that is not in it",
                frame.photo
            ));
        }
        if let Some(crop) = frame.crop.as_deref().filter(|crop| !CROPS.contains(crop)) {
            wrong.push(format!("{at} names a crop “{crop}” that there is not"));
        }
        check_words(
            at,
            [&frame.place, &frame.credit],
            &frame.caption,
            &frame.alt,
            wrong,
        );
        check_focal(at, frame.focal, wrong);
    }
}

impl Incoming {
    /// What was read.
    #[must_use]
    pub fn exchange(&self) -> &Exchange {
        &self.0
    }

    /// The story that it says, with its photographs by their keys.
    #[must_use]
    pub fn story(&self, photos: &BTreeMap<String, PhotoId>) -> NewStory {
        let story = &self.0.story;
        NewStory {
            title: story.title.clone(),
            slug: Slug::parse(&story.slug).ok(),
            standfirst: story.standfirst.clone(),
            byline: story.byline.clone(),
            language: story.language.clone(),
            date: story.date.clone(),
            tags: story.tags.clone(),
            graphic: story.graphic,
            embargo_until: story.embargo_until,
            blocks: new_blocks(&self.0.blocks, photos),
            lead: story.lead,
        }
    }

    /// Its tray, last removed first.
    pub(super) fn tray(&self, photos: &BTreeMap<String, PhotoId>) -> Vec<NewBlock> {
        new_blocks(&self.0.tray, photos)
    }
}

fn new_blocks(blocks: &[BlockFields], photos: &BTreeMap<String, PhotoId>) -> Vec<NewBlock> {
    blocks
        .iter()
        .filter_map(|block| new_block(block, photos))
        .collect()
}

/// `None` only for a photograph that is not there, which was checked before.
fn new_block(block: &BlockFields, photos: &BTreeMap<String, PhotoId>) -> Option<NewBlock> {
    Some(match block {
        BlockFields::Text { markdown } => NewBlock::Text {
            markdown: markdown.clone(),
        },
        BlockFields::Heading { text } => NewBlock::Heading { text: text.clone() },
        BlockFields::Quote {
            markdown,
            attribution,
        } => NewBlock::Quote {
            markdown: markdown.clone(),
            attribution: attribution.clone(),
        },
        BlockFields::Photo { layout, frame } => NewBlock::Photo {
            layout: *layout,
            frame: new_frame(frame, photos)?,
        },
        BlockFields::Group {
            layout,
            caption,
            frames,
        } => NewBlock::Group {
            layout: *layout,
            caption: caption.clone(),
            frames: frames
                .iter()
                .map(|frame| new_frame(frame, photos))
                .collect::<Option<_>>()?,
        },
    })
}

fn new_frame(frame: &FrameFields, photos: &BTreeMap<String, PhotoId>) -> Option<NewFrame> {
    Some(NewFrame {
        photo: photos.get(&frame.photo)?.clone(),
        words: FrameWords {
            place: frame.place.clone(),
            caption: frame.caption.clone(),
            alt: frame.alt.clone(),
            decorative: frame.decorative,
            credit: frame.credit.clone(),
            focal: frame.focal,
            crop: frame.crop.clone(),
            graphic: frame.graphic,
        },
    })
}
