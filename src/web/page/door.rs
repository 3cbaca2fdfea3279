//! The door to a draft: what a link for outsiders shows before somebody asks to come in. It says nothing of what is behind it, so that programs which look
//! at every link in a message learn nothing.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use askama::Template;

use super::shell::Shell;
use super::site::Site;
use super::style::PageStyle;
use crate::web::urls::Urls;

/// The page. It depends on the site and on the link, and on nothing of the story.
#[derive(Template)]
#[template(path = "reader/door.html", whitespace = "minimize")]
pub struct DoorPage {
    shell: Shell,
    action: String,
}

impl DoorPage {
    /// The door at this address, which the button asks.
    #[must_use]
    pub fn new(action: String, site: &Site, urls: &Urls) -> Self {
        let mut shell = Shell::new(site, urls, &site.language, PageStyle::new(&site.accent_color));
        shell.hide();
        shell.title = format!("{} – {}", shell.words.door, site.name);
        Self { shell, action }
    }

    /// The page's content security policy: unlike all others it has a form.
    #[must_use]
    pub fn policy(&self) -> String {
        self.shell
            .policy("'none'")
            .replace("form-action 'none'", "form-action 'self'")
    }

    /// Draws the page.
    ///
    /// # Errors
    /// [`askama::Error`] when it cannot be written, which memory running out would cause and nothing in the data.
    pub fn render(&self) -> askama::Result<String> {
        Template::render(self)
    }
}

/// Headers of what is shown to whoever holds a secret: nobody keeps it, finds it, or learns from it where somebody came from.
pub fn keep_to_holder(headers: &mut HeaderMap) {
    let fixed = HeaderValue::from_static;
    headers.insert(header::CACHE_CONTROL, fixed("private, no-store"));
    headers.insert(header::REFERRER_POLICY, fixed("no-referrer"));
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        fixed("noindex, nofollow"),
    );
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn it_has_a_button_and_keeps_out_of_search_engines() {
        let page = DoorPage::new("/preview/rpv_x".to_owned(), &sample::site(), &sample::urls());
        let html = page.render().unwrap();
        assert!(
            html.contains("<form method=\"post\" action=\"/preview/rpv_x\""),
            "{html}"
        );
        assert!(html.contains("name=\"robots\" content=\"noindex\""), "{html}");
        assert!(page.policy().contains("form-action 'self'"));
        assert!(!html.contains("<script"), "{html}");
    }
}
