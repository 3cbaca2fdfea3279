//! What oEmbed says of a story: enough to show it on another site with its picture, its title and whose it is.
//!
//! Source: oEmbed 1.0, oembed.com: type `rich`, with `maxwidth` and `maxheight` kept.

use serde_json::{Map, Value, json};

use super::feed::xml_only;
use super::site::Site;
use super::story::{first_frame, lead_block};
use super::words;
use crate::story::document::StoryDocument;
use crate::text::escape;
use crate::web::urls::Urls;

/// Width of what is embedded, unless the asker wants less, in pixels.
const WIDTH_PX: u32 = 640;
/// Height of title and credit below the picture, in pixels.
const WORDS_PX: u32 = 96;

/// The answer for one story.
#[derive(Debug)]
pub struct Embed(Map<String, Value>);

impl Embed {
    /// The answer for a story within these sides.
    #[must_use]
    pub fn new(story: &StoryDocument, most: (Option<u32>, Option<u32>), site: &Site, urls: &Urls) -> Self {
        let url = urls.story_absolute(&story.slug);
        let lead = lead_block(story)
            .and_then(first_frame)
            .filter(|frame| !story.covers(frame))
            .and_then(|frame| Some((frame, story.photos.get(&frame.photo)?)));
        let most_width = most.0.unwrap_or(WIDTH_PX).clamp(1, WIDTH_PX);
        let picture = lead.and_then(|(frame, photo)| {
            let mut files: Vec<_> = photo.jpegs().collect();
            files.sort_by_key(|file| file.width);
            let within = |file: &&&crate::story::document::DocumentRendition| {
                file.width <= most.0.unwrap_or(u32::MAX)
                    && file.height.saturating_add(WORDS_PX) <= most.1.unwrap_or(u32::MAX)
            };
            // The smallest that fills the width, else the largest that fits.
            let file = files
                .iter()
                .filter(within)
                .find(|file| file.width >= most_width)
                .or_else(|| files.iter().rfind(within))?;
            Some((frame, *file))
        });
        let mut html = String::from("<figure>");
        if let Some((frame, file)) = picture {
            html.push_str(&format!(
                "<a href=\"{}\"><img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"{}\"></a>",
                escape(&url),
                escape(&urls.media_absolute(&file.folder, &file.spec)),
                file.width,
                file.height,
                escape(&frame.alt),
            ));
        }
        html.push_str(&format!(
            "<figcaption><a href=\"{}\">{}</a>",
            escape(&url),
            escape(&story.title)
        ));
        if let Some(credit) = picture.and_then(|(frame, _)| frame.credit.as_deref()) {
            html.push_str(&format!(
                " <small>{}</small>",
                escape(&words::of(&story.language).credit(credit))
            ));
        }
        html.push_str("</figcaption></figure>");
        let (width, height) = picture.map_or((most_width, WORDS_PX), |(_, file)| {
            (file.width, file.height.saturating_add(WORDS_PX))
        });
        let mut said = Map::new();
        let mut say = |name: &str, value: Value| {
            if !value.is_null() {
                said.insert(name.to_owned(), value);
            }
        };
        say("version", json!("1.0"));
        say("type", json!("rich"));
        say("title", json!(story.title));
        say("author_name", json!(story.byline));
        say("provider_name", json!(site.name));
        say("provider_url", json!(urls.absolute(&urls.home())));
        say("cache_age", json!(3_600));
        say("html", json!(html));
        say("width", json!(width));
        say("height", json!(height.min(most.1.unwrap_or(u32::MAX))));
        if let Some((_, file)) = picture {
            say(
                "thumbnail_url",
                json!(urls.media_absolute(&file.folder, &file.spec)),
            );
            say("thumbnail_width", json!(file.width));
            say("thumbnail_height", json!(file.height));
        }
        Self(said)
    }

    /// As JSON.
    #[must_use]
    pub fn json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// As XML.
    #[must_use]
    pub fn xml(&self) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<oembed>");
        for (name, value) in &self.0 {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            xml.push_str(&format!("<{name}>{}</{name}>", escape(&text)));
        }
        xml.push_str("</oembed>\n");
        xml_only(&xml)
    }
}
