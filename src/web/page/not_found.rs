//! The page for what is not there. It says the same about everything: what never was, what is not published, what was withdrawn.

use askama::Template;

use super::shell::{Shell, Site};
use super::style::PageStyle;
use crate::web::urls::Urls;

/// The 404 page. It depends on the site only, so that its bytes are the same for every address.
#[derive(Template)]
#[template(path = "reader/not_found.html", whitespace = "minimize")]
pub struct NotFoundPage {
    shell: Shell,
}

impl NotFoundPage {
    /// The page in the site's language.
    #[must_use]
    pub fn new(site: &Site, urls: &Urls) -> Self {
        let mut shell = Shell::new(site, urls, &site.language, PageStyle::new(&site.accent_color));
        shell.title = format!("{} – {}", shell.words.not_found, site.name);
        shell.hide();
        Self { shell }
    }

    /// The page's one `<style>`.
    #[must_use]
    pub fn style(&self) -> &PageStyle {
        &self.shell.style
    }

    /// The hash of the page's one `<style>`, as a Content-Security-Policy names it: `sha256-…`.
    #[must_use]
    pub fn style_hash(&self) -> String {
        self.shell.style.hash()
    }

    /// Draws the page.
    ///
    /// # Errors
    /// [`askama::Error`] when it cannot be written, which memory running out would cause and nothing in the data.
    pub fn render(&self) -> askama::Result<String> {
        Template::render(self)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn it_says_so_in_the_sites_language_and_leads_home() {
        let html = NotFoundPage::new(&sample::site(), &sample::urls())
            .render()
            .unwrap();
        assert!(
            html.contains("<html lang=\"nl\">") && html.contains("<h1>Deze pagina is er niet</h1>"),
            "{html}"
        );
        assert!(
            html.contains("<meta name=\"robots\" content=\"noindex\">"),
            "{html}"
        );
        assert!(html.contains("href=\"/\""), "{html}");
    }
}
