//! What the pages say about the site they belong to: its settings, ready to print.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::config::Config;
use crate::site::{AiTraining, SiteSettings};
use crate::text::{SafeHtml, markdown_to_html, slugify};

/// Name of a site that nobody has named yet.
const NAME: &str = "Reportage";
/// Accent of a site that has not chosen one.
const ACCENT: &str = "#b3401f";

/// The site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The site's name, as in the masthead.
    pub name: String,
    /// BCP 47 tag of the language of lists and notices.
    pub language: String,
    /// One line about the site, for search engines, feeds and the footer.
    pub description: Option<String>,
    /// The one accent colour, `#rgb` or `#rrggbb`; anything else gives the built-in one.
    pub accent_color: String,
    /// What the footer says.
    pub footer: Option<SafeHtml>,
    /// The site's own style sheet.
    pub stylesheet: Option<OwnStylesheet>,
    /// What the site says of training machines with what it publishes.
    pub ai_training: AiTraining,
    /// Whether a story's page tells how long reading takes and how many photographs there are.
    pub shows_extent: bool,
    /// Whether a story's page leads to the story before and the story after it.
    pub shows_neighbours: bool,
    /// What is said about photographers, by the slugs of their names.
    pub about: BTreeMap<String, String>,
}

/// A style sheet from the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnStylesheet {
    /// The CSS.
    pub css: String,
    /// A hash of it, for an address that may be cached for ever.
    pub version: String,
}

impl Site {
    /// The site as it is set; what the operator gave at the start holds in any case.
    #[must_use]
    pub fn new(config: &Config, settings: SiteSettings) -> Self {
        let or = |fixed: &Option<String>, set: Option<String>, default: &str| {
            fixed.clone().or(set).unwrap_or_else(|| default.to_owned())
        };
        Self {
            name: or(&config.site_name, settings.name, NAME),
            language: or(&None, settings.language, "en"),
            description: settings.description,
            accent_color: or(&config.accent_color, settings.accent_color, ACCENT),
            footer: settings.footer.as_deref().map(markdown_to_html),
            stylesheet: settings.stylesheet.map(OwnStylesheet::new),
            ai_training: settings.ai_training,
            shows_extent: settings.shows_extent,
            shows_neighbours: settings.shows_neighbours,
            about: settings
                .photographers
                .iter()
                .map(|(name, about)| (slugify(name), about.clone()))
                .collect(),
        }
    }
}

impl OwnStylesheet {
    fn new(css: String) -> Self {
        let hash = crate::text::hex(Sha256::digest(&css).get(..8).unwrap_or_default());
        Self { css, version: hash }
    }
}
