//! The pages that readers see, as values ready to print: a story, the list of stories, and the page for what is not there.
//!
//! Each page is a struct with an askama template in `templates/reader/`. It is made from a [`StoryDocument`](crate::story::document) and
//! nothing else: no query, no clock, no request. The desk's preview draws the same story page from the draft. Headers, caching and
//! routes are the handlers' work; they need each page's `style_hash` for its Content-Security-Policy.

mod caption;
mod dates;
mod figure;
mod index;
mod not_found;
mod picture;
mod placeholder;
mod placement;
#[cfg(test)]
pub(in crate::web) mod sample;
mod shell;
mod story;
mod style;
mod words;

pub use index::IndexPage;
pub use not_found::NotFoundPage;
pub use shell::Site;
pub use story::StoryPage;
pub use style::PageStyle;

/// The content security policy of a page with this one inline style sheet, which `ancestors` may show in a frame.
#[must_use]
pub fn policy(style_hash: &str, ancestors: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self' '{style_hash}'; img-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors {ancestors}"
    )
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
