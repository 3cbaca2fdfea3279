//! The list of published stories, picture first, and its cards.

use askama::Template;

use super::dates::{self, PrintedDate};
use super::picture::{Picture, Urgency};
use super::placement::Placement;
use super::shell::{Shell, Site};
use super::story::{first_frame, lead_block, paragraphs};
use super::style::PageStyle;
use crate::story::document::StoryDocument;
use crate::web::urls::Urls;

/// One page of the list of stories.
#[derive(Template)]
#[template(path = "reader/index.html", whitespace = "minimize")]
pub struct IndexPage {
    shell: Shell,
    cards: Vec<StoryCard>,
    /// Finished link to the stories after these; `None` on the last page.
    older: Option<String>,
    /// Finished link to the stories before these; `None` on the first page.
    newer: Option<String>,
}

/// A story in a list.
#[derive(Debug)]
struct StoryCard {
    href: String,
    class: String,
    /// The story's language where it is not the page's.
    language: Option<String>,
    title: String,
    standfirst: Option<String>,
    byline: Option<String>,
    date: Option<PrintedDate>,
    /// Whether the story has a lead photo, shown or not.
    has_photo: bool,
    /// `None` also where the lead is graphic: nobody has asked for it here.
    picture: Option<Picture>,
}

impl IndexPage {
    /// The page that shows these stories in this order, with finished links to older and newer ones where there are any.
    #[must_use]
    pub fn new(
        stories: &[StoryDocument],
        older: Option<String>,
        newer: Option<String>,
        site: &Site,
        urls: &Urls,
    ) -> Self {
        let mut style = PageStyle::new(&site.accent_color);
        let cards: Vec<_> = stories
            .iter()
            .enumerate()
            .map(|(at, story)| StoryCard::new(story, at == 0, site, urls, &mut style))
            .collect();
        let mut shell = Shell::new(site, urls, &site.language, style);
        shell.description.clone_from(&site.description);
        shell.is_home = true;
        Self {
            shell,
            cards,
            older,
            newer,
        }
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

impl StoryCard {
    fn new(story: &StoryDocument, first: bool, site: &Site, urls: &Urls, style: &mut PageStyle) -> Self {
        let frame = lead_block(story).and_then(first_frame);
        let lead = frame.and_then(|frame| Some((frame, story.photos.get(&frame.photo)?)));
        let (place, urgency) = if first {
            (Placement::FirstCard, Urgency::Lead)
        } else {
            (Placement::Card, Urgency::Later)
        };
        let mut class = "card".to_owned();
        if first {
            class.push_str(" first");
        }
        if let Some((_, photo)) = lead {
            class.push(' ');
            class.push_str(&style.card(photo));
        }
        Self {
            href: urls.story(&story.slug),
            class,
            language: (story.language != site.language).then(|| story.language.clone()),
            title: story.title.clone(),
            standfirst: story
                .standfirst
                .as_deref()
                .and_then(|text| paragraphs(text).into_iter().next()),
            byline: story.byline.clone(),
            date: story
                .date
                .as_deref()
                .and_then(|date| dates::printed(date, &story.language)),
            has_photo: lead.is_some(),
            picture: lead
                .filter(|(frame, _)| !story.graphic && !frame.graphic)
                .and_then(|(frame, photo)| Picture::new(photo, &frame.alt, place, urgency, urls)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::super::sample;
    use super::*;

    fn page(stories: &[StoryDocument], older: Option<&str>, newer: Option<&str>) -> String {
        IndexPage::new(
            stories,
            older.map(str::to_owned),
            newer.map(str::to_owned),
            &sample::site(),
            &sample::urls(),
        )
        .render()
        .unwrap()
    }

    #[test]
    fn the_first_story_is_large_and_fetched_at_once_and_the_others_come_later() {
        let html = page(&[sample::story(), sample::story(), sample::story()], None, None);
        assert_eq!(html.matches("class=\"card").count(), 3);
        assert_eq!(html.matches("card first").count(), 1);
        assert_eq!(html.matches("fetchpriority=\"high\"").count(), 1);
        assert_eq!(html.matches("loading=\"lazy\"").count(), 2);
        assert_eq!(html.matches("<h1").count(), 1);
        assert!(!html.contains(" style="), "{html}");
    }

    #[test]
    fn links_lead_to_older_and_newer_stories_where_there_are_any() {
        let html = page(&[sample::story()], Some("/?after=x&y"), Some("/"));
        assert!(
            html.contains("rel=\"next\" href=\"/?after=x&#38;y\"")
                && html.contains("rel=\"prev\" href=\"/\""),
            "{html}"
        );
        assert!(!page(&[sample::story()], None, None).contains("rel=\"next\""));
    }

    #[test]
    fn a_list_without_stories_says_so() {
        assert!(page(&[], None, None).contains("Er is nog geen verhaal gepubliceerd."));
    }

    #[test]
    fn a_graphic_lead_is_not_shown_in_the_list() {
        let mut story = sample::story();
        story.graphic = true;
        let html = page(&[story], None, None);
        assert!(
            !html.contains("<img") && html.contains("class=\"blank\""),
            "{html}"
        );
    }
}
