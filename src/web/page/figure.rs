//! One `<figure>`: a frame with its picture, its words and its credit, in the one place on the page where it stands.
//!
//! A graphic frame is covered by a closed `<details>`: its picture is lazy, and nothing in a closed `<details>` is fetched.

use askama::Template;

use super::caption::{self, Caption};
use super::picture::{Picture, Preload, Urgency};
use super::placement::Placement;
use super::style::PageStyle;
use super::words::Words;
use crate::photo::Ai;
use crate::story::document::{DocumentFrame, DocumentPhoto};
use crate::web::urls::Urls;

/// A frame ready to print.
#[derive(Template)]
#[template(path = "reader/figure.html", whitespace = "minimize")]
pub(super) struct Figure {
    id: String,
    class: String,
    /// `None` while the photo has no renditions.
    picture: Option<Picture>,
    alt: String,
    covered: bool,
    caption: Option<Caption>,
    credit: Option<String>,
    /// Says that it is not a camera's alone.
    ai: Option<&'static str>,
    words: &'static Words,
}

impl askama::filters::HtmlSafe for Figure {}

/// What all figures of a page are made with.
pub(super) struct Darkroom<'a> {
    pub urls: &'a Urls,
    pub words: &'static Words,
    /// Whether the story as a whole is marked as graphic.
    pub graphic: bool,
    pub style: PageStyle,
    /// Whether the picture that the browser is to fetch first has been placed.
    pub led: bool,
    /// What the page's head says of that picture.
    pub preload: Option<Preload>,
}

impl Darkroom<'_> {
    /// Whether readers are asked before a frame is shown.
    pub(super) fn covers(&self, frame: &DocumentFrame) -> bool {
        self.graphic || frame.graphic
    }

    /// The figure of a frame. The first uncovered one of a page is its lead and is fetched at once.
    pub(super) fn figure(
        &mut self,
        frame: &DocumentFrame,
        photo: &DocumentPhoto,
        place: Placement,
    ) -> Figure {
        let covered = self.covers(frame);
        let urgency = if self.led || covered {
            Urgency::Later
        } else {
            Urgency::Lead
        };
        // Whatever comes first takes the lead's turn: a picture further down is never urgent.
        self.led = true;
        let class = self.style.picture(photo);
        let picture = Picture::new(photo, &frame.alt, place, urgency, self.urls);
        if let Some(preload) = picture.as_ref().and_then(Picture::preload) {
            self.preload = Some(preload);
        }
        Figure {
            id: frame.id.to_string(),
            class: if place.class().is_empty() {
                class
            } else {
                format!("{class} {}", place.class())
            },
            picture,
            alt: frame.alt.clone(),
            covered,
            caption: caption::joined(frame.place.as_deref(), frame.caption.as_ref()),
            credit: frame
                .credit
                .as_deref()
                .map(str::trim)
                .filter(|credit| !credit.is_empty())
                .map(|credit| self.words.credit(credit)),
            ai: photo.ai.map(|ai| match ai {
                Ai::Made => self.words.ai_made,
                Ai::Edited => self.words.ai_edited,
            }),
            words: self.words,
        }
    }
}
