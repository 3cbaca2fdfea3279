//! What every page has around its content: the head, the masthead, the footer.

use super::Markup;
use super::feed::Feed;
use super::picture::Preload;
use super::site::Site;
use super::style::PageStyle;
use super::words::{self, Words};
use crate::text::SafeHtml;
use crate::web::urls::Urls;

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
    /// Where stories are looked for; empty where nothing answers questions.
    pub search: String,
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
    /// The site's own style sheet.
    pub own_stylesheet: Option<String>,
    /// What the footer says.
    pub footer: Option<SafeHtml>,
    /// Feeds of the page's list, or of the site.
    pub feeds: Vec<FeedLink>,
    /// Where oEmbed tells of the page, for consumers of JSON and of XML.
    pub oembed: Option<(String, String)>,
    /// Whether machines may not be trained with the page.
    pub refuses_training: bool,
    /// The picture that is wanted first.
    pub preload: Option<Preload>,
    /// The inline script, if the page has one.
    pub script: Option<Markup>,
    /// What search engines read.
    pub json_ld: Option<Markup>,
    /// Whether there is nothing else but this page.
    pub stands_alone: bool,
}

/// A feed, linked from the page's head.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FeedLink {
    pub media_type: &'static str,
    pub title: String,
    pub href: String,
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
            search: if urls.take_questions() {
                urls.search()
            } else {
                String::new()
            },
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
            own_stylesheet: site
                .stylesheet
                .as_ref()
                .map(|own| urls.own_stylesheet(&own.version)),
            footer: site.footer.clone(),
            feeds: feeds(&site.name, None, urls),
            oembed: None,
            refuses_training: site.ai_training.is_refused(),
            preload: None,
            script: None,
            json_ld: None,
            stands_alone: false,
        }
    }

    /// Lets the page's pictures be looked at one by one. The script is fetched when the page is there and painted: nobody waits for it.
    pub(super) fn add_lightbox(&mut self, urls: &Urls) {
        let address = urls.asset("reader.js");
        self.script = Some(Markup(format!(
            "addEventListener(\"load\",()=>setTimeout(()=>import(\"{address}\"),400))"
        )));
    }

    /// The content security policy of the page, which `ancestors` may show in a frame.
    pub(super) fn policy(&self, ancestors: &str) -> String {
        let script = self.script.as_ref().map(|script| super::hash_source(&script.0));
        super::policy(&self.style.hash(), script.as_deref(), ancestors)
    }

    /// Makes it the only page there is, opened from a disk: nothing leads to others, and the script is one that browsers run there, where they
    /// import no modules.
    pub(super) fn stand_alone(&mut self, urls: &Urls) {
        self.hide();
        self.stands_alone = true;
        "#content".clone_into(&mut self.home);
        self.feeds.clear();
        self.oembed = None;
        self.json_ld = None;
        let address = urls.asset("reader.js");
        self.script = Some(Markup(format!(
            "addEventListener(\"load\",()=>document.body.append(Object.assign(document.createElement(\"script\"),{{src:\"{address}\"}})))"
        )));
    }

    /// Keeps the page out of search engines, and without an address of its own.
    pub(super) fn hide(&mut self) {
        self.robots = HIDDEN;
        self.canonical = None;
    }
}

/// The three feeds of the site, or of one list of its stories.
pub(super) fn feeds(name: &str, list: Option<&str>, urls: &Urls) -> Vec<FeedLink> {
    [
        (Feed::Rss, "RSS"),
        (Feed::Atom, "Atom"),
        (Feed::Json, "JSON Feed"),
    ]
    .into_iter()
    .map(|(feed, kind)| FeedLink {
        media_type: feed.media_type(),
        title: format!("{name} ({kind})"),
        href: urls.feed(list, feed.file_name()),
    })
    .collect()
}
