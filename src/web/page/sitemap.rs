//! The list of all pages for search engines, with the pictures of each.
//!
//! Source: sitemaps.org protocol 0.9 (at most 50,000 addresses and 50 MB a file); Google's image sitemaps (at most 1,000 pictures a page).

use askama::Template;

use super::dates::rfc3339;
use crate::story::document::{DocumentPhoto, StoryDocument};
use crate::web::urls::Urls;

/// Most pictures of one page.
const MOST_IMAGES: usize = 1_000;

/// A list of pages.
#[derive(Template)]
#[template(path = "reader/sitemap.xml")]
pub struct Sitemap {
    entries: Vec<Entry>,
}

struct Entry {
    url: String,
    changed: Option<String>,
    images: Vec<String>,
}

impl Sitemap {
    /// The pages of these stories, and the list of stories before them where it is wanted.
    #[must_use]
    pub fn new(stories: &[StoryDocument], with_home: bool, urls: &Urls) -> Self {
        let home = with_home.then(|| Entry {
            url: urls.absolute(&urls.home()),
            changed: stories
                .iter()
                .filter_map(|story| story.published_at)
                .max()
                .and_then(rfc3339),
            images: Vec::new(),
        });
        let entries = stories.iter().map(|story| Entry {
            url: urls.story_absolute(&story.slug),
            changed: story.published_at.and_then(rfc3339),
            images: images(story, urls),
        });
        Self {
            entries: home.into_iter().chain(entries).collect(),
        }
    }
}

/// The largest JPEG of each photograph that is not covered.
fn images(story: &StoryDocument, urls: &Urls) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for frame in story.frames().filter(|frame| !story.covers(frame)) {
        let largest = story
            .photos
            .get(&frame.photo)
            .and_then(DocumentPhoto::largest_jpeg);
        if let Some(file) = largest {
            let url = urls.media_absolute(&file.folder, &file.spec);
            if found.len() < MOST_IMAGES && !found.contains(&url) {
                found.push(url);
            }
        }
    }
    found
}

/// The list of lists, where there are many pages.
#[derive(Template)]
#[template(path = "reader/sitemap_index.xml")]
pub struct SitemapIndex {
    parts: Vec<String>,
}

impl SitemapIndex {
    /// The list of this many parts.
    #[must_use]
    pub fn new(parts: usize, urls: &Urls) -> Self {
        Self {
            parts: (1..=parts)
                .map(|part| urls.absolute(&urls.sitemap(Some(part))))
                .collect(),
        }
    }
}
