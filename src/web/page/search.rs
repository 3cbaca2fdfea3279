//! The page on which readers look for stories: one field, and what was found.

use askama::Template;

use super::index::StoryCard;
use super::shell::Shell;
use super::site::Site;
use super::style::PageStyle;
use super::words::counted;
use crate::search::MOST_CHARS;
use crate::story::finding::FoundStory;
use crate::web::urls::Urls;

/// What was found for what somebody typed.
#[derive(Debug, Default)]
pub struct Found {
    /// The stories of this page.
    pub stories: Vec<FoundStory>,
    /// How many there are on all pages.
    pub total: usize,
    /// Finished link to those that fit less; `None` on the last page.
    pub further: Option<String>,
    /// Finished link to the first page; `None` on that.
    pub best: Option<String>,
}

/// The page. Search engines do not keep it: what it shows has addresses of its own.
#[derive(Template)]
#[template(path = "reader/search.html", whitespace = "minimize")]
pub struct SearchPage {
    shell: Shell,
    typed: String,
    most_chars: usize,
    told: Option<String>,
    cards: Vec<StoryCard>,
    further: Option<String>,
    best: Option<String>,
}

impl SearchPage {
    /// The page for what was typed; `None` found is nothing looked for yet.
    #[must_use]
    pub fn new(typed: &str, found: Option<Found>, site: &Site, urls: &Urls) -> Self {
        let mut style = PageStyle::new(&site.accent_color);
        let was_asked = found.is_some();
        let found = found.unwrap_or_default();
        let cards: Vec<StoryCard> = found
            .stories
            .into_iter()
            .map(|story| {
                let mut card = StoryCard::new(&story.document, false, site, urls, &mut style);
                card.marked_title = Some(story.title);
                card.passage = story.passage;
                card
            })
            .collect();
        let mut shell = Shell::new(site, urls, &site.language, style);
        shell.hide();
        let words = shell.words;
        let heading = if typed.is_empty() {
            words.search.to_owned()
        } else {
            format!("{}: {typed}", words.search)
        };
        shell.title = format!("{heading} – {}", site.name);
        let told = was_asked.then(|| match found.total {
            0 => words.found_nothing.to_owned(),
            total => counted(words.found, total),
        });
        Self {
            shell,
            typed: typed.to_owned(),
            most_chars: MOST_CHARS,
            told,
            cards,
            further: found.further,
            best: found.best,
        }
    }

    /// The page's content security policy: it has a form, which asks this site.
    #[must_use]
    pub fn policy(&self) -> String {
        self.shell
            .policy("'none'")
            .replace("form-action 'none'", "form-action 'self'")
    }

    /// Whether machines may not be trained with what it shows.
    #[must_use]
    pub fn refuses_training(&self) -> bool {
        self.shell.refuses_training
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
    use crate::text::marked_to_html;

    fn page(typed: &str, found: Option<Found>) -> SearchPage {
        SearchPage::new(typed, found, &sample::site(), &sample::urls())
    }

    #[test]
    fn what_was_typed_stands_in_the_field_and_is_text() {
        let page = page("\"><script>alert(1)</script>", Some(Found::default()));
        let html = page.render().unwrap();
        assert!(!html.contains("<script>alert"), "{html}");
        assert!(html.contains("value=\"&#34;&#62;&#60;script&#62;"), "{html}");
        assert!(html.contains("Geen verhaal gevonden."), "{html}");
        assert!(html.contains("name=\"robots\" content=\"noindex\""), "{html}");
        assert!(page.policy().contains("form-action 'self'"));
    }

    #[test]
    fn a_story_shows_where_it_was_found() {
        let found = Found {
            stories: vec![FoundStory {
                changed_at: 0,
                document: sample::story(),
                title: marked_to_html("Een [veld]", '[', ']'),
                passage: Some(marked_to_html("… een [veld] <b>", '[', ']')),
            }],
            total: 13,
            further: Some("/search?q=veld&after=x".to_owned()),
            best: None,
        };
        let html = page("veld", Some(found)).render().unwrap();
        assert!(html.contains("13 verhalen gevonden"), "{html}");
        assert!(html.contains(">Een <mark>veld</mark></a></h2>"), "{html}");
        assert!(
            html.contains("<p class=\"standfirst\">… een <mark>veld</mark> &lt;b&gt;</p>"),
            "{html}"
        );
        assert!(
            html.contains("rel=\"next\" href=\"/search?q=veld&#38;after=x\""),
            "{html}"
        );
        assert!(!html.contains(" style="), "{html}");
    }

    #[test]
    fn before_anything_is_typed_there_is_the_field_alone() {
        let html = page("", None).render().unwrap();
        assert!(
            html.contains("<label for=\"q\">") && html.contains(" autofocus"),
            "{html}"
        );
        assert!(!html.contains("gevonden"), "{html}");
    }
}
