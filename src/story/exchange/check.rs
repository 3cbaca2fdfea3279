//! From what was read to what can be made: everything is checked and cleaned as if somebody had typed it, and everything that is wrong is told at once.

use std::collections::{BTreeMap, BTreeSet};

use super::{BlockFields, Exchange, FORMAT, FrameFields, PhotoFields, StoryFields, VERSION};
use crate::id::PhotoId;
use crate::story::create::NewStory;
use crate::story::operations::{NewBlock, NewFrame};
use crate::story::origin::OldAddress;
use crate::story::{FrameWords, GROUP_FRAMES};
use crate::text::{
    Alt, BlockText, Caption, Line, Note, Slug, Standfirst, StoryDate, Tag, TextError, Title, Zone, language,
};

/// Crops that a frame can name.
const CROPS: [&str; 2] = ["square", "four3"];
/// Characters of a file's name.
const MOST_NAME: usize = 200;
/// Characters of what names a post of another site.
const MOST_ORIGIN: usize = 2_000;

/// A story that was read and can be made, once its photographs are in.
#[derive(Debug, Clone)]
pub struct Incoming(Exchange);

/// Checks a complete file, and brings every text into the form in which it is kept.
///
/// # Errors
/// A sentence for each thing that is wrong.
pub fn check(mut exchange: Exchange) -> Result<Incoming, Vec<String>> {
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
    check_story(&mut exchange.story, &mut wrong);
    check_times(&exchange, &mut wrong);
    check_lead(&exchange, &mut wrong);
    for correction in &mut exchange.corrections {
        keep(&mut wrong, "corrections", &mut correction.text, note);
    }
    let keys = check_photos(&mut exchange.photos, &mut wrong);
    for (place, blocks) in [("blocks", &mut exchange.blocks), ("tray", &mut exchange.tray)] {
        for (index, block) in blocks.iter_mut().enumerate() {
            check_block(block, &keys, &format!("{place}/{index}"), &mut wrong);
        }
    }
    if wrong.is_empty() {
        Ok(Incoming(exchange))
    } else {
        Err(wrong)
    }
}

/// A text as it is kept, or why it cannot be.
type Parse = fn(&str) -> Result<String, TextError>;
/// The same for one that may be empty.
type ParseOptional = fn(&str) -> Result<Option<String>, TextError>;

fn title(text: &str) -> Result<String, TextError> {
    Title::parse(text).map(Title::into_string)
}

fn slug(text: &str) -> Result<String, TextError> {
    Slug::parse(text).map(|slug| slug.as_str().to_owned())
}

fn tag(text: &str) -> Result<String, TextError> {
    Tag::parse(text).map(Tag::into_string)
}

fn note(text: &str) -> Result<String, TextError> {
    Note::parse(text).map(Note::into_string)
}

fn block_text(text: &str) -> Result<String, TextError> {
    BlockText::parse(text).map(BlockText::into_string)
}

fn line(text: &str) -> Result<Option<String>, TextError> {
    Ok(Line::parse_optional(text)?.map(Line::into_string))
}

fn standfirst(text: &str) -> Result<Option<String>, TextError> {
    Ok(Standfirst::parse_optional(text)?.map(Standfirst::into_string))
}

fn date(text: &str) -> Result<Option<String>, TextError> {
    Ok(StoryDate::parse_optional(text)?.map(StoryDate::into_string))
}

fn caption(text: &str) -> Result<Option<String>, TextError> {
    Ok(Caption::parse_optional(text)?.map(Caption::into_string))
}

fn alt(text: &str) -> Result<Option<String>, TextError> {
    Ok(Alt::parse_optional(text)?.map(Alt::into_string))
}

fn keep(wrong: &mut Vec<String>, at: &str, text: &mut String, parse: Parse) {
    match parse(text) {
        Ok(parsed) => *text = parsed,
        Err(error) => wrong.push(format!("{at} {error}")),
    }
}

fn keep_optional(wrong: &mut Vec<String>, at: &str, text: &mut Option<String>, parse: ParseOptional) {
    match parse(text.as_deref().unwrap_or_default()) {
        Ok(parsed) => *text = parsed,
        Err(error) => wrong.push(format!("{at} {error}")),
    }
}

fn check_story(story: &mut StoryFields, wrong: &mut Vec<String>) {
    keep(wrong, "story/title", &mut story.title, title);
    keep(wrong, "story/slug", &mut story.slug, slug);
    keep(wrong, "story/language", &mut story.language, language::parse);
    keep_optional(wrong, "story/standfirst", &mut story.standfirst, standfirst);
    keep_optional(wrong, "story/byline", &mut story.byline, line);
    keep_optional(wrong, "story/date", &mut story.date, date);
    for text in &mut story.tags {
        keep(wrong, "story/tags", text, tag);
    }
    for text in &mut story.former_slugs {
        keep(wrong, "story/former_slugs", text, slug);
    }
    for address in &story.old_addresses {
        if OldAddress::kept(address).is_none() {
            wrong.push(format!("story/old_addresses has “{address}”, which is none"));
        }
    }
    for origin in &story.origins {
        let is_plain = !origin.is_empty() && origin.chars().count() <= MOST_ORIGIN;
        if !is_plain || origin.chars().any(char::is_control) {
            wrong.push("story/origins names no post of another site".to_owned());
        }
    }
    if story
        .publications
        .is_some_and(|number| !(0..1_000_000).contains(&number))
    {
        wrong.push("story/publications is no number of publications".to_owned());
    }
    if let Some(zone) = &story.embargo_zone {
        match Zone::parse(zone) {
            Ok(zone) => story.embargo_zone = Some(zone.into_string()),
            Err(error) => wrong.push(format!("story/embargo_zone {error}")),
        }
    }
}

/// Instants that no calendar can show are none.
fn check_times(exchange: &Exchange, wrong: &mut Vec<String>) {
    let story = &exchange.story;
    let told = exchange
        .corrections
        .iter()
        .map(|correction| ("corrections", Some(correction.at)));
    let all = [
        ("story/embargo_until", story.embargo_until),
        ("story/first_published_at", story.first_published_at),
    ];
    for (at, millis) in all.into_iter().chain(told) {
        if millis.is_some_and(|millis| jiff::Timestamp::from_millisecond(millis).is_err()) {
            wrong.push(format!("{at} is no moment"));
        }
    }
}

fn check_lead(exchange: &Exchange, wrong: &mut Vec<String>) {
    let leads = |lead: usize| {
        exchange
            .blocks
            .get(lead)
            .is_some_and(|block| !block.frames().is_empty())
    };
    if exchange.story.lead.is_some_and(|lead| !leads(lead)) {
        wrong.push("story/lead is no block with a photograph".to_owned());
    }
}

fn check_photos(photos: &mut [PhotoFields], wrong: &mut Vec<String>) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for photo in photos {
        let at = format!("photos/{}", photo.key);
        if !keys.insert(photo.key.clone()) {
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
        let lines = [
            &mut photo.place,
            &mut photo.credit,
            &mut photo.headline,
            &mut photo.creator,
            &mut photo.copyright,
            &mut photo.license,
        ];
        for text in lines {
            keep_optional(wrong, &at, text, line);
        }
        keep_optional(wrong, &format!("{at}/caption"), &mut photo.caption, caption);
        keep_optional(wrong, &format!("{at}/alt"), &mut photo.alt, alt);
        let is_link = |license: &str| license.starts_with("https://") || license.starts_with("http://");
        if photo.license.as_deref().is_some_and(|license| !is_link(license)) {
            wrong.push(format!("{at}/license is no address that begins with https://"));
        }
        check_focal(&at, Some(photo.focal), wrong);
    }
    keys
}

fn check_focal(at: &str, focal: Option<(f64, f64)>, wrong: &mut Vec<String>) {
    let fits = |side: f64| (0.0..=1.0).contains(&side);
    if focal.is_some_and(|(x, y)| !fits(x) || !fits(y)) {
        wrong.push(format!("{at}/focal is no point between 0 and 1"));
    }
}

fn check_block(block: &mut BlockFields, keys: &BTreeSet<String>, at: &str, wrong: &mut Vec<String>) {
    match block {
        BlockFields::Text { markdown } => keep(wrong, at, markdown, block_text),
        BlockFields::Heading { text } => keep(wrong, at, text, title),
        BlockFields::Quote {
            markdown,
            attribution,
        } => {
            keep(wrong, at, markdown, block_text);
            keep_optional(wrong, at, attribution, line);
        }
        BlockFields::Photo { frame, .. } => check_frame(frame, keys, at, wrong),
        BlockFields::Group {
            caption: words,
            frames,
            ..
        } => {
            keep_optional(wrong, at, words, caption);
            if !GROUP_FRAMES.contains(&frames.len()) {
                wrong.push(format!(
                    "{at} is a group of {}; two to six photographs make one",
                    frames.len()
                ));
            }
            for frame in frames {
                check_frame(frame, keys, at, wrong);
            }
        }
    }
}

fn check_frame(frame: &mut FrameFields, keys: &BTreeSet<String>, at: &str, wrong: &mut Vec<String>) {
    if !keys.contains(&frame.photo) {
        wrong.push(format!(
            "{at} shows a photograph “{}” that is not in it",
            frame.photo
        ));
    }
    if let Some(crop) = frame.crop.as_deref().filter(|crop| !CROPS.contains(crop)) {
        wrong.push(format!("{at} names a crop “{crop}” that there is not"));
    }
    keep_optional(wrong, at, &mut frame.place, line);
    keep_optional(wrong, at, &mut frame.credit, line);
    keep_optional(wrong, &format!("{at}/caption"), &mut frame.caption, caption);
    keep_optional(wrong, &format!("{at}/alt"), &mut frame.alt, alt);
    check_focal(at, frame.focal, wrong);
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]
mod tests {
    use serde_json::json;

    use super::*;

    fn exchange(change: impl FnOnce(&mut serde_json::Value)) -> Exchange {
        let mut value = json!({
            "format": FORMAT, "version": VERSION, "complete": true,
            "story": {
                "id": crate::id::StoryId::random(), "slug": "een-veld", "title": "Een veld", "standfirst": null, "byline": null,
                "language": "nl", "date": null, "tags": [], "lead": null, "graphic": false, "first_published_at": null,
            },
            "blocks": [{"type": "photo", "layout": "column", "frame": {
                "photo": "001", "place": null, "caption": null, "alt": null, "decorative": null, "credit": null, "focal": null,
                "crop": null, "graphic": false,
            }}],
            "photos": [{
                "key": "001", "original": "originals/001-a.jpg", "sha256": "00", "file_name": "a.jpg", "width": 4, "height": 3,
                "caption": null, "place": null, "alt": null, "credit": null, "creator": null, "copyright": null, "license": null,
                "date": null, "focal": [0.5, 0.5], "color": null, "thumbhash": null, "renditions": [],
            }],
            "corrections": [],
        });
        change(&mut value);
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn texts_are_kept_in_the_form_in_which_the_desk_keeps_them() {
        let incoming = check(exchange(|value| {
            value["story"]["title"] = json!("  Een\u{7} cafe\u{301} ");
            value["story"]["standfirst"] = json!(" \n ");
            value["story"]["tags"] = json!([" Irak\u{1b}"]);
            value["blocks"][0]["frame"]["caption"] = json!("  ");
            value["blocks"][0]["frame"]["alt"] = json!("Een\u{0} veld");
            value["photos"][0]["credit"] = json!(" Foto: Anna\u{8}");
            value["corrections"] = json!([{"at": 1, "text": " Een jaar.\u{2} "}]);
        }))
        .unwrap();
        let kept = incoming.exchange();
        assert_eq!(kept.story.title, "Een café");
        assert_eq!(kept.story.standfirst, None);
        assert_eq!(kept.story.tags, ["Irak"]);
        let frame = kept.blocks[0].frames().first().unwrap();
        assert_eq!(
            (frame.caption.as_deref(), frame.alt.as_deref()),
            (None, Some("Een veld"))
        );
        assert_eq!(kept.photos[0].credit.as_deref(), Some("Foto: Anna"));
        assert_eq!(kept.corrections[0].text, "Een jaar.");
    }

    #[test]
    fn a_licence_a_zone_a_moment_and_an_address_are_what_they_say_they_are() {
        let wrong = check(exchange(|value| {
            value["photos"][0]["license"] = json!("javascript:alert(1)");
            value["story"]["embargo_zone"] = json!("Europa/Telskuf");
            value["story"]["embargo_until"] = json!(i64::MAX);
            value["story"]["old_addresses"] = json!(["//evil.example/x"]);
        }))
        .unwrap_err();
        assert_eq!(wrong.len(), 4, "{wrong:?}");
    }
}
