//! The list of published stories, picture first, and its cards.

use askama::Template;

use super::dates::{self, PrintedDate};
use super::picture::{Picture, Urgency};
use super::placement::Placement;
use super::shell::{PreviewImage, Shell, feeds};
use super::site::Site;
use super::story::{first_frame, lead_block, paragraphs, preview_image};
use super::style::PageStyle;
use super::words;
use crate::story::document::StoryDocument;
use crate::story::listing::{Listing, ListingKind};
use crate::text::SafeHtml;
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
    /// What the stories have in common; `None` on the list of all.
    head: Option<ListHead>,
    preview_image: Option<PreviewImage>,
}

/// What heads the list of a tag's or a photographer's stories.
#[derive(Debug)]
pub struct ListHead {
    opening: &'static str,
    name: String,
    about: Option<String>,
    /// The list's path.
    list: String,
}

impl ListHead {
    /// The head of a list, in the site's language.
    #[must_use]
    pub fn new(listing: &Listing, site: &Site, urls: &Urls) -> Self {
        let words = words::of(&site.language);
        let (opening, about) = match listing.kind {
            ListingKind::Tag => (words.tagged, None),
            ListingKind::Photographer => (words.by, site.about.get(&listing.slug).cloned()),
        };
        Self {
            opening,
            name: listing.name.clone(),
            about,
            list: urls.listing(listing.kind, &listing.slug),
        }
    }

    /// As a title: "Foto’s van Anna de Vries".
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.opening, self.name)
    }
}

/// A story in a list.
#[derive(Debug)]
pub(super) struct StoryCard {
    pub(super) href: String,
    pub(super) class: String,
    /// The story's language where it is not the page's.
    pub(super) language: Option<String>,
    pub(super) title: String,
    /// The title with what was looked for marked.
    pub(super) marked_title: Option<SafeHtml>,
    /// The passage in which it was found, in place of the standfirst.
    pub(super) passage: Option<SafeHtml>,
    pub(super) standfirst: Option<String>,
    pub(super) byline: Option<String>,
    pub(super) date: Option<PrintedDate>,
    /// Whether the story has a lead photo, shown or not.
    pub(super) has_photo: bool,
    /// `None` also where the lead is graphic: nobody has asked for it here.
    pub(super) picture: Option<Picture>,
}

impl IndexPage {
    /// The page that shows these stories in this order, with finished links to older and newer ones where there are any.
    #[must_use]
    pub fn new(
        stories: &[StoryDocument],
        older: Option<String>,
        newer: Option<String>,
        head: Option<ListHead>,
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
        shell.preload = cards.first().and_then(|card| card.picture.as_ref()?.preload());
        match &head {
            None => shell.is_home = true,
            Some(head) => {
                shell.title = format!("{} – {}", head.title(), site.name);
                shell.description = head.about.clone().or_else(|| Some(head.title()));
                shell.feeds = feeds(&shell.title, Some(&head.list), urls);
            }
        }
        // Further pages of a list are found through it, and are other stories tomorrow.
        if newer.is_none() {
            let path = head
                .as_ref()
                .map_or_else(|| urls.home(), |head| head.list.clone());
            shell.canonical = Some(urls.absolute(&path));
        } else {
            shell.robots = "noindex,follow";
        }
        let preview_image = stories
            .first()
            .and_then(|story| preview_image(lead_block(story)?, story, urls));
        Self {
            shell,
            cards,
            older,
            newer,
            head,
            preview_image,
        }
    }

    /// The page's content security policy.
    #[must_use]
    pub fn policy(&self, ancestors: &str) -> String {
        self.shell.policy(ancestors)
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

impl StoryCard {
    pub(super) fn new(
        story: &StoryDocument,
        first: bool,
        site: &Site,
        urls: &Urls,
        style: &mut PageStyle,
    ) -> Self {
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
            marked_title: None,
            passage: None,
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
                .filter(|(frame, _)| !story.covers(frame))
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
            None,
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
        assert_eq!(
            html.matches("fetchpriority=\"high\"").count(),
            2,
            "the head and the picture"
        );
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
