//! The pages that readers see, as values ready to print: a story, the list of stories, and the page for what is not there.
//!
//! Each page is a struct with an askama template in `templates/reader/`. It is made from a [`StoryDocument`](crate::story::document) and
//! nothing else: no query, no clock, no request. The desk's preview draws the same story page from the draft. Headers, caching and
//! routes are the handlers' work; they need each page's `style_hash` for its Content-Security-Policy.

mod caption;
mod dates;
mod door;
mod embed;
mod feed;
mod figure;
mod index;
mod json_ld;
mod notice;
mod picture;
mod placeholder;
mod placement;
#[cfg(test)]
pub(in crate::web) mod sample;
mod search;
mod shell;
mod site;
mod sitemap;
mod story;
mod style;
mod words;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

pub use door::{DoorPage, keep_to_holder};
pub use embed::Embed;
pub use feed::{Feed, FeedPage};
pub use index::{IndexPage, ListHead};
pub use notice::{MovedPage, NoticePage};
pub use search::{Found, SearchPage};
pub use site::{OwnStylesheet, Site};
pub use sitemap::{Sitemap, SitemapIndex};
pub use story::{Neighbours, StoryPage};

/// A date as a language writes it: `2024-01-19` in Dutch is "19 januari 2024". What is no date stays as it is.
#[must_use]
pub fn date_in(date: &str, tag: &str) -> String {
    dates::printed(date, tag).map_or_else(|| date.to_owned(), |date| date.printed)
}

/// A day as a language writes it in a small place: "19 jan 2024". What is no day stays as it is.
#[must_use]
pub fn short_date_in(day: &str, tag: &str) -> String {
    dates::printed_short(day, tag).unwrap_or_else(|| day.to_owned())
}

/// The content security policy of a page with this one inline style sheet and perhaps one inline script, which `ancestors` may show in a frame.
fn policy(style_hash: &str, script_hash: Option<&str>, ancestors: &str) -> String {
    let script = script_hash.map_or_else(String::new, |hash| {
        format!("script-src 'self' '{hash}'; require-trusted-types-for 'script'; ")
    });
    format!(
        "default-src 'none'; style-src 'self' '{style_hash}'; {script}img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors {ancestors}"
    )
}

/// The hash of an inline element's text, as a Content-Security-Policy names it, without its quotes: `sha256-…`.
///
/// Source: Content Security Policy Level 3, section 2.3.1 (hash-source: base64 of the digest of the element's text).
fn hash_source(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// HTML that templates print as it is. Inside this room it is only ever cut from a
/// [`SafeHtml`](crate::text::SafeHtml) at places that keep it whole, or drawn by one of the room's own templates.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Markup(String);

impl std::fmt::Display for Markup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Markup {}
