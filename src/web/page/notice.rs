//! A page that only says something: that there is nothing here, or that something went wrong. About what is not there it says the same whether it
//! never was, is not published, or was withdrawn.

use askama::Template;

use super::shell::Shell;
use super::site::Site;
use super::style::PageStyle;
use crate::web::urls::Urls;

/// The page. The one for what is not there depends on the site only, so that its bytes are the same for every address.
#[derive(Template)]
#[template(path = "reader/notice.html", whitespace = "minimize")]
pub struct NoticePage {
    shell: Shell,
    heading: String,
    text: String,
}

/// A page that leads on to where a story is now, for hosts that answer with files only.
#[derive(Template)]
#[template(path = "reader/moved.html", whitespace = "minimize")]
pub struct MovedPage {
    /// BCP 47 tag.
    pub language: String,
    /// The story's address.
    pub to: String,
}

impl NoticePage {
    /// The page for what is not there.
    #[must_use]
    pub fn not_found(site: &Site, urls: &Urls) -> Self {
        let shell = Self::shell(site, urls);
        let (heading, text) = (shell.words.not_found, shell.words.not_found_text);
        Self::new(shell, heading.to_owned(), text.to_owned(), site)
    }

    /// The page for what went wrong, in the words of the failure.
    #[must_use]
    pub fn failed(title: &str, message: &str, site: &Site, urls: &Urls) -> Self {
        let shell = Self::shell(site, urls);
        let heading = shell.words.failed.to_owned();
        Self::new(shell, heading, format!("{title} {message}"), site)
    }

    fn shell(site: &Site, urls: &Urls) -> Shell {
        let mut shell = Shell::new(site, urls, &site.language, PageStyle::new(&site.accent_color));
        shell.hide();
        shell
    }

    fn new(mut shell: Shell, heading: String, text: String, site: &Site) -> Self {
        shell.title = format!("{heading} – {}", site.name);
        Self { shell, heading, text }
    }

    /// The page's content security policy.
    #[must_use]
    pub fn policy(&self, ancestors: &str) -> String {
        self.shell.policy(ancestors)
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
        let html = NoticePage::not_found(&sample::site(), &sample::urls())
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
