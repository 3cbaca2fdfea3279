//! Feeds of the newest stories: RSS 2.0 with Media RSS, Atom, JSON Feed 1.1. Every frame is in them with its caption and its credit; covered ones
//! are left out, for a feed reader shows everything.
//!
//! Source: RSS 2.0 (2009), Media RSS 1.5.1, RFC 4287 (Atom), JSON Feed 1.1.

use askama::Template;
use serde_json::{Value, json};

use super::caption;
use super::dates::{rfc2822, rfc3339};
use super::site::Site;
use super::words;
use crate::id::StoryId;
use crate::story::document::{DocumentBlock, DocumentFrame, DocumentPhoto, DocumentRendition, StoryDocument};
use crate::text::escape;
use crate::web::urls::Urls;

/// Width of the pictures in a feed, in pixels: what most readers show without asking for more.
const PICTURE_WIDTH_PX: u32 = 1_080;

/// A format of feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feed {
    /// RSS 2.0 with Media RSS.
    Rss,
    /// Atom.
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl Feed {
    /// The format of a file's name in an address.
    #[must_use]
    pub fn of_file_name(name: &str) -> Option<Self> {
        [Self::Rss, Self::Atom, Self::Json]
            .into_iter()
            .find(|feed| feed.file_name() == name)
    }

    /// The last segment of its address.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Rss => "feed.xml",
            Self::Atom => "atom.xml",
            Self::Json => "feed.json",
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml",
            Self::Atom => "application/atom+xml",
            Self::Json => "application/feed+json",
        }
    }

    /// Its media type with the encoding.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json",
        }
    }
}

/// A feed.
#[derive(Debug)]
pub struct FeedPage {
    title: String,
    description: String,
    language: String,
    /// The page that it is the feed of, absolute.
    home: String,
    /// Its own address, absolute.
    own: String,
    icon: String,
    updated: String,
    built: String,
    items: Vec<Item>,
}

#[derive(Template)]
#[template(path = "reader/rss.xml")]
struct Rss<'a> {
    feed: &'a FeedPage,
}

#[derive(Template)]
#[template(path = "reader/atom.xml")]
struct Atom<'a> {
    feed: &'a FeedPage,
}

impl FeedPage {
    /// The description as RSS has it: readers take it for HTML. Source: RSS 2.0, "Required channel elements", and readers.
    fn description_html(&self) -> String {
        escape(&self.description)
    }
}

impl Item {
    /// The summary as RSS has it, which readers take for HTML.
    fn summary_html(&self) -> Option<String> {
        self.summary.as_deref().map(escape)
    }
}

/// One story.
#[derive(Debug)]
struct Item {
    url: String,
    id: String,
    title: String,
    language: String,
    summary: Option<String>,
    authors: Vec<String>,
    tags: Vec<String>,
    published: String,
    published_mail: String,
    updated: String,
    html: String,
    media: Vec<Medium>,
}

/// One picture.
#[derive(Debug)]
struct Medium {
    url: String,
    media_type: String,
    width: u32,
    height: u32,
    bytes: u64,
    alt: String,
    caption: Option<String>,
    credit: Option<String>,
    copyright: Option<String>,
}

impl FeedPage {
    /// The feed of these stories, the newest first, for the page at this path.
    #[must_use]
    pub fn new(
        kind: Feed,
        title: String,
        page: &str,
        stories: &[StoryDocument],
        site: &Site,
        urls: &Urls,
    ) -> Self {
        let items: Vec<Item> = stories.iter().map(|story| Item::new(story, urls)).collect();
        let latest = stories.iter().filter_map(|story| story.published_at).max();
        let list = Some(page).filter(|page| *page != urls.home());
        Self {
            description: site.description.clone().unwrap_or_else(|| title.clone()),
            title,
            language: site.language.clone(),
            home: urls.absolute(page),
            own: urls.absolute(&urls.feed(list, kind.file_name())),
            icon: urls.absolute(&urls.asset("icon.svg")),
            updated: latest.and_then(rfc3339).unwrap_or_else(|| EPOCH.to_owned()),
            built: latest.and_then(rfc2822).unwrap_or_default(),
            items,
        }
    }

    /// Draws it.
    ///
    /// # Errors
    /// [`askama::Error`] when it cannot be written, which memory running out would cause and nothing in the data.
    pub fn render(&self, kind: Feed) -> askama::Result<String> {
        match kind {
            Feed::Rss => Rss { feed: self }.render().map(|xml| xml_only(&xml)),
            Feed::Atom => Atom { feed: self }.render().map(|xml| xml_only(&xml)),
            Feed::Json => Ok(self.json().to_string()),
        }
    }

    fn json(&self) -> Value {
        let items: Vec<Value> = self.items.iter().map(Item::json).collect();
        json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.title,
            "description": self.description,
            "language": self.language,
            "home_page_url": self.home,
            "feed_url": self.own,
            "icon": self.icon,
            "items": items,
        })
    }
}

/// Without the characters that no XML may have, wherever they came from: one of them would break the feed for everybody.
///
/// Source: Extensible Markup Language 1.0, production 2 (Char).
pub(super) fn xml_only(text: &str) -> String {
    text.chars()
        .filter(
            |c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..),
        )
        .collect()
}

/// The date of a feed without stories, which Atom asks for.
const EPOCH: &str = "1970-01-01T00:00:00Z";

impl Item {
    fn new(story: &StoryDocument, urls: &Urls) -> Self {
        let first = story.first_published_at.or(story.published_at);
        let stamp = |at: Option<i64>| at.and_then(rfc3339).unwrap_or_else(|| EPOCH.to_owned());
        Self {
            url: urls.story_absolute(&story.slug),
            id: urn(&story.id),
            title: story.title.clone(),
            language: story.language.clone(),
            summary: story.standfirst.clone(),
            authors: story.creators().into_iter().map(str::to_owned).collect(),
            tags: story.tags.clone(),
            published: stamp(first),
            published_mail: first.and_then(rfc2822).unwrap_or_default(),
            updated: stamp(story.published_at.or(first)),
            html: html(story, urls),
            media: story
                .frames()
                .filter_map(|frame| Medium::new(story, frame, urls))
                .collect(),
        }
    }

    fn json(&self) -> Value {
        let authors: Vec<Value> = self.authors.iter().map(|name| json!({"name": name})).collect();
        let attachments: Vec<Value> = self
            .media
            .iter()
            .map(|medium| {
                let mut attachment = json!({
                    "url": medium.url,
                    "mime_type": medium.media_type,
                    "size_in_bytes": medium.bytes,
                });
                if let (Some(fields), Some(caption)) = (attachment.as_object_mut(), &medium.caption) {
                    fields.insert("title".to_owned(), json!(caption));
                }
                attachment
            })
            .collect();
        let mut item = json!({
            "id": self.id,
            "url": self.url,
            "title": self.title,
            "language": self.language,
            "content_html": self.html,
            "date_published": self.published,
            "date_modified": self.updated,
        });
        if let Some(fields) = item.as_object_mut() {
            let mut say = |name: &str, value: Option<Value>| {
                if let Some(value) = value {
                    fields.insert(name.to_owned(), value);
                }
            };
            say("summary", self.summary.as_ref().map(|text| json!(text)));
            say("image", self.media.first().map(|medium| json!(medium.url)));
            say("authors", (!authors.is_empty()).then(|| json!(authors)));
            say("tags", (!self.tags.is_empty()).then(|| json!(self.tags)));
            say(
                "attachments",
                (!attachments.is_empty()).then(|| json!(attachments)),
            );
        }
        item
    }
}

/// A name that stays when the story gets another slug and the site another address: a story's id is a UUID behind its prefix.
///
/// Source: RFC 9562, section 4.
fn urn(id: &StoryId) -> String {
    let hex = id.as_str().trim_start_matches(StoryId::PREFIX);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    )
}

impl Medium {
    /// The picture of a frame, unless it is covered or has no files.
    fn new(story: &StoryDocument, frame: &DocumentFrame, urls: &Urls) -> Option<Self> {
        if story.covers(frame) {
            return None;
        }
        let photo = story.photos.get(&frame.photo)?;
        let file = picture(photo)?;
        Some(Self {
            url: urls.media_absolute(&file.folder, &file.spec),
            media_type: file.media_type.clone(),
            width: file.width,
            height: file.height,
            bytes: file.bytes,
            alt: frame.alt.clone(),
            caption: words_of(frame),
            credit: frame.credit.clone(),
            copyright: photo.copyright.clone(),
        })
    }
}

/// Place and caption, plain.
fn words_of(frame: &DocumentFrame) -> Option<String> {
    let caption = frame.caption.as_ref().map(|caption| caption.text.as_str());
    match (frame.place.as_deref(), caption) {
        (None, None) => None,
        (Some(place), None) => Some(place.to_owned()),
        (None, Some(caption)) => Some(caption.to_owned()),
        (Some(place), Some(caption)) if caption::opens_with(caption, place) => Some(caption.to_owned()),
        (Some(place), Some(caption)) => Some(format!("{place}. {caption}")),
    }
}

/// The JPEG nearest to a feed reader's width.
fn picture(photo: &DocumentPhoto) -> Option<&DocumentRendition> {
    photo
        .jpegs()
        .min_by_key(|file| file.width.abs_diff(PICTURE_WIDTH_PX))
}

/// The whole story as plain HTML with absolute addresses.
fn html(story: &StoryDocument, urls: &Urls) -> String {
    let mut html = String::new();
    let own = urls.story_absolute(&story.slug);
    if let Some(standfirst) = &story.standfirst {
        html.push_str(&format!("<p><strong>{}</strong></p>", escape(standfirst)));
    }
    for block in &story.blocks {
        match block {
            DocumentBlock::Text { html: text, .. } => html.push_str(&text.with_whole_links(&own)),
            DocumentBlock::Heading { text, .. } => html.push_str(&format!("<h2>{}</h2>", escape(text))),
            DocumentBlock::Quote {
                html: text,
                attribution,
                ..
            } => {
                let who = attribution
                    .as_ref()
                    .map_or_else(String::new, |who| format!("<p>— {}</p>", escape(who)));
                let text = text.with_whole_links(&own);
                html.push_str(&format!("<blockquote>{text}{who}</blockquote>"));
            }
            DocumentBlock::Photo { frame, .. } => html.push_str(&figure(story, frame, urls)),
            DocumentBlock::Group { frames, caption, .. } => {
                for frame in frames {
                    html.push_str(&figure(story, frame, urls));
                }
                if let Some(caption) = caption {
                    html.push_str(&caption.html.with_whole_links(&own));
                }
            }
        }
    }
    html
}

fn figure(story: &StoryDocument, frame: &DocumentFrame, urls: &Urls) -> String {
    let words = words::of(&story.language);
    let picture = match Medium::new(story, frame, urls) {
        Some(medium) => format!(
            "<img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"{}\">",
            escape(&medium.url),
            medium.width,
            medium.height,
            escape(&medium.alt)
        ),
        None if story.covers(frame) => format!(
            "<p><a href=\"{}#{}\">{}</a></p>",
            escape(&urls.story_absolute(&story.slug)),
            frame.id,
            words.graphic
        ),
        None => return String::new(),
    };
    let caption = caption::joined(frame.place.as_deref(), frame.caption.as_ref())
        .map(|caption| {
            format!(
                "<p>{}{}{}</p>",
                escape(&caption.place),
                caption.gap,
                caption.words
            )
        })
        .unwrap_or_default();
    let credit = frame
        .credit
        .as_deref()
        .map(|credit| format!("<p><small>{}</small></p>", escape(&words.credit(credit))))
        .unwrap_or_default();
    format!("<figure>{picture}<figcaption>{caption}{credit}</figcaption></figure>")
}

#[cfg(test)]
mod tests {
    use super::xml_only;

    #[test]
    fn characters_that_no_xml_may_have_do_not_reach_a_feed() {
        assert_eq!(
            xml_only("Een\u{1}\u{8} veld\u{ffff}\u{fffe}\n’s-Graveland 🎞"),
            "Een veld\n’s-Graveland 🎞"
        );
    }
}
