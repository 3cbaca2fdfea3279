//! What every page has around its content: the head, the masthead, the footer.

use super::style::PageStyle;
use super::words::{self, Words};
use crate::web::urls::Urls;

/// What the pages say about the site they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The site's name, as in the masthead.
    pub name: String,
    /// BCP 47 tag of the language of lists and notices.
    pub language: String,
    /// One line about the site, for search engines and the footer.
    pub description: Option<String>,
    /// The one accent colour, `#rgb` or `#rrggbb`; anything else gives the built-in one.
    pub accent_color: String,
}

/// What `og:image` needs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PreviewImage {
    pub url: String,
    pub width: u32,
    pub height: u32,
    pub alt: String,
}

/// The head and the furniture of one page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shell {
    pub site_name: String,
    pub site_description: Option<String>,
    /// The site's language where it is not the page's.
    pub site_language: Option<String>,
    pub home: String,
    pub stylesheet: String,
    pub icon: String,
    /// BCP 47 tag of the page.
    pub language: String,
    /// Text of `<title>`.
    pub title: String,
    pub description: Option<String>,
    pub canonical: Option<String>,
    pub robots: &'static str,
    /// Whether the masthead's name is the page's heading.
    pub is_home: bool,
    pub style: PageStyle,
    pub words: &'static Words,
}

/// A page that search engines may show with its largest picture.
const INDEXED: &str = "max-image-preview:large";
/// A page that nobody is to find.
const HIDDEN: &str = "noindex";

impl Shell {
    /// The furniture of a page in a language, with a finished style.
    pub(super) fn new(site: &Site, urls: &Urls, language: &str, style: PageStyle) -> Self {
        Self {
            site_name: site.name.clone(),
            site_description: site.description.clone(),
            site_language: (site.language != language).then(|| site.language.clone()),
            home: urls.home(),
            stylesheet: urls.asset("reader.css"),
            icon: urls.asset("icon.svg"),
            language: language.to_owned(),
            title: site.name.clone(),
            description: None,
            canonical: None,
            robots: INDEXED,
            is_home: false,
            style,
            words: words::of(language),
        }
    }

    /// Keeps the page out of search engines, and without an address of its own.
    pub(super) fn hide(&mut self) {
        self.robots = HIDDEN;
        self.canonical = None;
    }
}
