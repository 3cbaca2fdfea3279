//! A story's page: the opening with its lead picture, then the blocks in order.
//!
//! The lead block stands in the opening and not a second time further down. The page is drawn from one [`StoryDocument`]; a document with
//! publication 0 is a preview, says so, and stays out of search engines.

use askama::Template;

use super::caption::{self, Caption};
use super::dates::{self, PrintedDate};
use super::figure::{Darkroom, Figure};
use super::picture;
use super::placement::Placement;
use super::shell::{PreviewImage, Shell};
use super::site::Site;
use super::style::PageStyle;
use super::{json_ld, words};
use crate::story::document::{
    DocumentBlock, DocumentFrame, DocumentPhoto, GroupLayout, PhotoLayout, RichText, StoryDocument,
};
use crate::story::listing::{Listing, ListingKind};
use crate::text::SafeHtml;
use crate::web::urls::Urls;

/// A title of more characters is set smaller.
const LONG_TITLE_CHARS: usize = 70;

/// Where a description for search engines is cut, in characters. Source: what they show of it.
const DESCRIPTION_CHARS: usize = 200;

/// The page of one story.
#[derive(Template)]
#[template(path = "reader/story.html", whitespace = "minimize")]
pub struct StoryPage {
    shell: Shell,
    preview: bool,
    title: String,
    standfirst: Vec<String>,
    byline: Option<String>,
    date: Option<PrintedDate>,
    published: Option<PrintedDate>,
    published_time: Option<String>,
    preview_image: Option<PreviewImage>,
    opening_class: String,
    opening: Option<Block>,
    blocks: Vec<Block>,
    /// How long reading takes, and how many photographs there are.
    extent: Option<String>,
    corrections: Option<Corrections>,
    photographers: Vec<Person>,
    tags: Vec<Link>,
    newer: Option<Link>,
    older: Option<Link>,
}

/// A link and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    href: String,
    text: String,
}

/// What readers are told of changes, with its heading.
struct Corrections {
    heading: &'static str,
    notes: Vec<CorrectionNote>,
}

/// One of them.
struct CorrectionNote {
    date: Option<PrintedDate>,
    paragraphs: Vec<String>,
}

/// Somebody who made photographs, with a page of their stories where their name can stand in an address.
struct Person {
    href: Option<String>,
    name: String,
    about: Option<String>,
}

/// The stories beside a story in the list of all.
#[derive(Debug, Default)]
pub struct Neighbours {
    /// The one published after it.
    pub newer: Option<StoryDocument>,
    /// The one published before it.
    pub older: Option<StoryDocument>,
}

/// A block ready to print.
enum Block {
    Text(SafeHtml),
    Heading {
        id: String,
        text: String,
    },
    Quote {
        html: SafeHtml,
        attribution: Option<String>,
    },
    Figure(Box<Figure>),
    Group(Group),
}

/// A group ready to print.
struct Group {
    id: String,
    class: &'static str,
    figures: Vec<Figure>,
    caption: Option<Caption>,
}

impl StoryPage {
    /// The page of a published story or of a draft.
    #[must_use]
    pub fn new(document: &StoryDocument, neighbours: &Neighbours, site: &Site, urls: &Urls) -> Self {
        let mut darkroom = Darkroom {
            urls,
            words: words::of(&document.language),
            graphic: document.graphic,
            style: PageStyle::new(&site.accent_color),
            led: false,
            preload: None,
        };
        let lead = lead_block(document);
        let opening = lead.and_then(|block| block_of(block, document, &mut darkroom, true));
        let blocks = document
            .blocks
            .iter()
            .filter(|block| opening.is_none() || lead.is_none_or(|lead| !std::ptr::eq(*block, lead)))
            .filter_map(|block| block_of(block, document, &mut darkroom, false))
            .collect();
        let preview = document.publication == 0;
        Self {
            shell: Shell {
                preload: darkroom.preload,
                ..shell(document, site, urls, darkroom.style, preview)
            },
            extent: site.shows_extent.then(|| extent(document)),
            corrections: corrections(document),
            photographers: photographers(document, site, urls),
            tags: tags(document, urls),
            newer: neighbour(neighbours.newer.as_ref(), urls),
            older: neighbour(neighbours.older.as_ref(), urls),
            preview,
            title: document.title.clone(),
            standfirst: document.standfirst.as_deref().map(paragraphs).unwrap_or_default(),
            byline: document.byline.clone(),
            date: document
                .date
                .as_deref()
                .and_then(|date| dates::printed(date, &document.language)),
            published: document
                .first_published_at
                .and_then(|moment| dates::printed_day(moment, &document.language)),
            published_time: document.first_published_at.and_then(dates::rfc3339),
            preview_image: lead.and_then(|lead| preview_image(lead, document, urls)),
            opening_class: opening_class(lead, document),
            opening,
            blocks,
        }
    }

    /// The page of a story in a folder of its own, to be opened as it lies there. A draft that was never published is no preview here.
    #[must_use]
    pub fn alone(document: &StoryDocument, site: &Site, urls: &Urls) -> Self {
        let mut page = Self::new(document, &Neighbours::default(), site, urls);
        page.shell.stand_alone(urls);
        page.preview = false;
        page.preview_image = None;
        for person in &mut page.photographers {
            person.href = None;
        }
        for tag in &mut page.tags {
            tag.href.clear();
        }
        page
    }

    /// The page's content security policy.
    #[must_use]
    pub fn policy(&self, ancestors: &str) -> String {
        self.shell.policy(ancestors)
    }

    /// Whether machines may not be trained with what it shows.
    #[must_use]
    pub fn refuses_training(&self) -> bool {
        self.shell.refuses_training
    }

    /// Draws the page.
    ///
    /// # Errors
    /// [`askama::Error`] when it cannot be written, which memory running out would cause and nothing in the data.
    pub fn render(&self) -> askama::Result<String> {
        Template::render(self)
    }
}

/// The block that opens the page: the document's lead, or the first that has a picture.
pub(super) fn lead_block(document: &StoryDocument) -> Option<&DocumentBlock> {
    let has_photo = |block: &&DocumentBlock| {
        first_frame(block).is_some_and(|frame| document.photos.contains_key(&frame.photo))
    };
    let chosen = document.lead.as_ref().and_then(|lead| {
        document
            .blocks
            .iter()
            .find(|block| block_id(block) == lead.as_str())
    });
    chosen
        .filter(has_photo)
        .or_else(|| document.blocks.iter().find(has_photo))
}

/// A block's first frame.
pub(super) fn first_frame(block: &DocumentBlock) -> Option<&DocumentFrame> {
    match block {
        DocumentBlock::Photo { frame, .. } => Some(frame),
        DocumentBlock::Group { frames, .. } => frames.first(),
        DocumentBlock::Text { .. } | DocumentBlock::Heading { .. } | DocumentBlock::Quote { .. } => None,
    }
}

/// The paragraphs of a plain text.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(str::to_owned)
        .collect()
}

fn block_id(block: &DocumentBlock) -> &str {
    match block {
        DocumentBlock::Text { id, .. }
        | DocumentBlock::Heading { id, .. }
        | DocumentBlock::Quote { id, .. }
        | DocumentBlock::Photo { id, .. }
        | DocumentBlock::Group { id, .. } => id.as_str(),
    }
}

fn shell(document: &StoryDocument, site: &Site, urls: &Urls, style: PageStyle, preview: bool) -> Shell {
    let mut shell = Shell::new(site, urls, &document.language, style);
    shell.title = format!("{} – {}", document.title, site.name);
    shell.description = description(document);
    shell.canonical = Some(urls.story_absolute(&document.slug));
    let own = urls.story(&document.slug);
    shell.oembed = urls
        .take_questions()
        .then(|| (urls.oembed(&own, "json"), urls.oembed(&own, "xml")));
    shell.refuses_training |= document
        .photos
        .values()
        .any(|photo| photo.ai_training.is_refused());
    shell.add_lightbox(urls);
    if preview {
        shell.hide();
    } else {
        shell.json_ld = Some(json_ld::story(document, site, urls));
    }
    shell
}

/// Words that somebody reads in a minute. Source: Brysbaert 2019, a meta-analysis of 190 studies: 238 for non-fiction.
const WORDS_A_MINUTE: usize = 238;

/// "4 minuten lezen · 12 foto’s".
fn extent(document: &StoryDocument) -> String {
    let words = words::of(&document.language);
    let count = |text: &str| text.split_whitespace().count();
    let written: usize = document
        .blocks
        .iter()
        .map(|block| match block {
            DocumentBlock::Text { text, .. } | DocumentBlock::Quote { text, .. } => count(text),
            _ => 0,
        })
        .sum();
    let captions: usize = document
        .frames()
        .filter_map(|frame| frame.caption.as_ref())
        .map(|caption| count(&caption.text))
        .sum();
    let minutes = (written + captions).div_ceil(WORDS_A_MINUTE).max(1);
    format!(
        "{} · {}",
        words::counted(words.minutes, minutes),
        words::counted(words.photographs, document.frames().count())
    )
}

fn corrections(document: &StoryDocument) -> Option<Corrections> {
    let (one, several) = words::of(&document.language).corrections;
    let notes: Vec<CorrectionNote> = document
        .corrections
        .iter()
        .map(|correction| CorrectionNote {
            date: dates::printed_day(correction.at, &document.language),
            paragraphs: paragraphs(&correction.text),
        })
        .collect();
    (!notes.is_empty()).then_some(Corrections {
        heading: if notes.len() == 1 { one } else { several },
        notes,
    })
}

fn photographers(document: &StoryDocument, site: &Site, urls: &Urls) -> Vec<Person> {
    let person = |name: &str| {
        let listing = Listing::new(ListingKind::Photographer, name);
        Person {
            about: listing
                .as_ref()
                .and_then(|listing| site.about.get(&listing.slug).cloned()),
            href: listing.map(|listing| urls.listing(listing.kind, &listing.slug)),
            name: name.to_owned(),
        }
    };
    document.creators().into_iter().map(person).collect()
}

fn tags(document: &StoryDocument, urls: &Urls) -> Vec<Link> {
    let link = |tag: &String| {
        Listing::new(ListingKind::Tag, tag).map(|listing| Link {
            href: urls.listing(listing.kind, &listing.slug),
            text: listing.name,
        })
    };
    document.tags.iter().filter_map(link).collect()
}

fn neighbour(document: Option<&StoryDocument>, urls: &Urls) -> Option<Link> {
    document.map(|document| Link {
        href: urls.story(&document.slug),
        text: document.title.clone(),
    })
}

/// The standfirst, or the beginning of the first text, on one line and cut between words.
fn description(document: &StoryDocument) -> Option<String> {
    let first_text = || {
        document.blocks.iter().find_map(|block| match block {
            DocumentBlock::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
    };
    let text = document.standfirst.as_deref().or_else(first_text)?;
    let mut cut = String::with_capacity(DESCRIPTION_CHARS.saturating_mul(2));
    for word in text.split_whitespace() {
        if cut.chars().count() + word.chars().count() >= DESCRIPTION_CHARS {
            cut.push('…');
            break;
        }
        if !cut.is_empty() {
            cut.push(' ');
        }
        cut.push_str(word);
    }
    (!cut.is_empty()).then_some(cut)
}

/// The crop for link previews. A covered picture has none: whoever follows a link has not asked for it.
pub(super) fn preview_image(
    lead: &DocumentBlock,
    document: &StoryDocument,
    urls: &Urls,
) -> Option<PreviewImage> {
    let frame = first_frame(lead).filter(|frame| !document.covers(frame))?;
    let photo = document.photos.get(&frame.photo)?;
    let crop = photo.crops.iter().find(|crop| crop.spec.starts_with("og."))?;
    Some(PreviewImage {
        url: urls.media_absolute(&crop.folder, &crop.spec),
        width: crop.width,
        height: crop.height,
        alt: frame.alt.clone(),
    })
}

fn opening_class(lead: Option<&DocumentBlock>, document: &StoryDocument) -> String {
    let mut class = "opening".to_owned();
    if let Some(DocumentBlock::Photo { layout, frame, .. }) = lead {
        match document
            .photos
            .get(&frame.photo)
            .map(|photo| opening_placement(*layout, photo))
        {
            Some(Placement::OpeningUpright) => class.push_str(" beside upright"),
            Some(Placement::OpeningBeside) => class.push_str(" beside"),
            _ => {}
        }
    }
    if document.title.chars().count() > LONG_TITLE_CHARS {
        class.push_str(" long");
    }
    class
}

/// An opening picture bleeds if it is to; otherwise the title stands beside it where there is room. No window shows the whole of an
/// upright picture that bleeds, so it never does.
fn opening_placement(layout: PhotoLayout, photo: &DocumentPhoto) -> Placement {
    match layout {
        _ if picture::is_upright(photo) => Placement::OpeningUpright,
        PhotoLayout::Full => Placement::OpeningFull,
        PhotoLayout::Wide | PhotoLayout::Column => Placement::OpeningBeside,
    }
}

fn placement(layout: PhotoLayout, photo: &DocumentPhoto) -> Placement {
    match layout {
        PhotoLayout::Column => Placement::Column,
        _ if picture::is_upright(photo) => Placement::Tall,
        PhotoLayout::Wide => Placement::Wide,
        PhotoLayout::Full => Placement::Full,
    }
}

/// A block as it prints; `None` when none of its photos is in the document.
fn block_of(
    block: &DocumentBlock,
    document: &StoryDocument,
    darkroom: &mut Darkroom,
    opens: bool,
) -> Option<Block> {
    Some(match block {
        DocumentBlock::Text { html, .. } => Block::Text(html.clone()),
        DocumentBlock::Heading { id, text } => Block::Heading {
            id: id.to_string(),
            text: text.clone(),
        },
        DocumentBlock::Quote {
            html, attribution, ..
        } => Block::Quote {
            html: html.clone(),
            attribution: attribution.clone(),
        },
        DocumentBlock::Photo { layout, frame, .. } => {
            let photo = document.photos.get(&frame.photo)?;
            let place = if opens {
                opening_placement(*layout, photo)
            } else {
                placement(*layout, photo)
            };
            Block::Figure(Box::new(darkroom.figure(frame, photo, place)))
        }
        DocumentBlock::Group {
            id,
            layout,
            caption,
            frames,
        } => {
            let shown = frames
                .iter()
                .filter_map(|frame| Some((frame, document.photos.get(&frame.photo)?)));
            let shown: Vec<_> = shown.collect();
            if shown.is_empty() {
                return None;
            }
            group(id.as_str(), *layout, caption.as_ref(), &shown, darkroom)
        }
    })
}

fn group(
    id: &str,
    layout: GroupLayout,
    caption: Option<&RichText>,
    shown: &[(&DocumentFrame, &DocumentPhoto)],
    darkroom: &mut Darkroom,
) -> Block {
    let total: f64 = shown.iter().map(|(_, photo)| picture::ratio(photo)).sum();
    let frames = u32::try_from(shown.len()).unwrap_or(u32::MAX);
    let last = shown.len().saturating_sub(1);
    let figures = shown.iter().enumerate().map(|(at, (frame, photo))| {
        let place = match layout {
            GroupLayout::Side => Placement::Side {
                share: picture::ratio(photo) / total,
                frames,
            },
            GroupLayout::Grid if at == last && at % 2 == 0 && !picture::is_upright(photo) => {
                Placement::GridWhole
            }
            GroupLayout::Grid => Placement::Grid,
        };
        darkroom.figure(frame, photo, place)
    });
    Block::Group(Group {
        id: id.to_owned(),
        class: match layout {
            GroupLayout::Side => "group side",
            GroupLayout::Grid => "group grid",
        },
        figures: figures.collect(),
        caption: caption::joined(None, caption),
    })
}

#[cfg(test)]
#[path = "story_tests.rs"]
mod tests;
