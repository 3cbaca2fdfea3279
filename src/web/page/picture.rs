//! One `<picture>`: the modern source, the JPEG with its own candidates, and the link to the largest.
//!
//! AVIF is offered when the photo has renditions of it, WebP until then, JPEG always: two formats on a page, never three. Every candidate
//! is a rendition that exists; nothing here makes up a width.

use super::placement::Placement;
use crate::story::document::{DocumentPhoto, DocumentRendition};
use crate::web::urls::Urls;

/// Width that `src` comes nearest to, in pixels: for what does not know `srcset`.
const PLAIN_WIDTH_PX: u32 = 1_080;

/// How soon a picture is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
    /// It is the largest thing the reader sees first.
    Lead,
    /// When the reader comes near it.
    Later,
}

/// A source in a modern format.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub media_type: &'static str,
    pub srcset: String,
}

/// What a page's head says of its lead, so that browsers ask for it before anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Preload {
    pub media_type: &'static str,
    pub srcset: String,
    pub sizes: String,
}

/// A picture ready to print.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Picture {
    /// The largest JPEG.
    pub href: String,
    pub modern: Option<Source>,
    pub src: String,
    pub srcset: String,
    pub sizes: String,
    /// Of the file that `src` names, in pixels.
    pub width: u32,
    /// Of the file that `src` names, in pixels.
    pub height: u32,
    pub alt: String,
    pub lead: bool,
}

impl Picture {
    /// A photo's picture; `None` while it has no JPEG rendition.
    pub(super) fn new(
        photo: &DocumentPhoto,
        alt: &str,
        place: Placement,
        urgency: Urgency,
        urls: &Urls,
    ) -> Option<Self> {
        let jpeg = of_type(photo, "image/jpeg");
        let plain = jpeg
            .iter()
            .min_by_key(|rendition| rendition.width.abs_diff(PLAIN_WIDTH_PX))?;
        let lead = urgency == Urgency::Lead;
        let sizes = place.sizes();
        Some(Self {
            href: jpeg.last().map(|largest| url(largest, urls))?,
            modern: ["image/avif", "image/webp"].into_iter().find_map(|media_type| {
                let found = of_type(photo, media_type);
                (!found.is_empty()).then(|| Source {
                    media_type,
                    srcset: srcset(&found, urls),
                })
            }),
            src: url(plain, urls),
            srcset: srcset(&jpeg, urls),
            // Lazy pictures are laid out before they are chosen, so the browser may measure; what it does not know it skips.
            sizes: if lead { sizes } else { format!("auto,{sizes}") },
            width: plain.width,
            height: plain.height,
            alt: alt.to_owned(),
            lead,
        })
    }
}

impl Picture {
    /// What the page's head says of it, if it is the lead. Browsers that do not know the modern format skip the line.
    pub(super) fn preload(&self) -> Option<Preload> {
        let modern = self.modern.as_ref().filter(|_| self.lead)?;
        Some(Preload {
            media_type: modern.media_type,
            srcset: modern.srcset.clone(),
            sizes: self.sizes.clone(),
        })
    }
}

/// Width ÷ height of the upright photo.
pub(super) fn ratio(photo: &DocumentPhoto) -> f64 {
    f64::from(photo.width.max(1)) / f64::from(photo.height.max(1))
}

/// Whether a photo stands upright, clearly enough that it is to be laid out as such.
pub(super) fn is_upright(photo: &DocumentPhoto) -> bool {
    ratio(photo) < 0.95
}

/// The full-frame renditions of a type, smallest first.
fn of_type<'a>(photo: &'a DocumentPhoto, media_type: &str) -> Vec<&'a DocumentRendition> {
    let mut found: Vec<_> = photo
        .renditions
        .iter()
        .filter(|rendition| rendition.media_type == media_type)
        .collect();
    found.sort_by_key(|rendition| rendition.width);
    found
}

fn url(rendition: &DocumentRendition, urls: &Urls) -> String {
    urls.media(&rendition.folder, &rendition.spec)
}

fn srcset(renditions: &[&DocumentRendition], urls: &Urls) -> String {
    let candidates: Vec<_> = renditions
        .iter()
        .map(|rendition| format!("{} {}w", url(rendition, urls), rendition.width))
        .collect();
    candidates.join(",")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::super::sample;
    use super::*;

    fn picture(photo: &DocumentPhoto, urgency: Urgency) -> Picture {
        Picture::new(photo, "Een pad", Placement::Column, urgency, &sample::urls()).unwrap()
    }

    #[test]
    fn the_candidates_are_the_renditions_smallest_first_and_the_link_is_the_largest() {
        let photo = sample::photo(1, 1_500, 1_000);
        let picture = picture(&photo, Urgency::Later);
        let widths: Vec<_> = picture
            .srcset
            .split(',')
            .map(|candidate| candidate.rsplit(' ').next().unwrap())
            .collect();
        assert_eq!(widths, ["320w", "480w", "768w", "1080w", "1440w"]);
        assert!(picture.href.ends_with("/w1440.jpg"));
        assert!(picture.src.ends_with("/w1080.jpg"));
        assert_eq!((picture.width, picture.height), (1_080, 720));
    }

    #[test]
    fn avif_takes_the_place_of_webp_when_it_is_there() {
        let mut photo = sample::photo(1, 6_000, 4_000);
        assert_eq!(
            picture(&photo, Urgency::Later).modern.unwrap().media_type,
            "image/webp"
        );
        let avif: Vec<_> = of_type(&photo, "image/webp").into_iter().cloned().collect();
        photo
            .renditions
            .extend(avif.into_iter().map(|rendition| DocumentRendition {
                spec: rendition.spec.replace("webp", "avif"),
                media_type: "image/avif".to_owned(),
                ..rendition
            }));
        let modern = picture(&photo, Urgency::Later).modern.unwrap();
        assert_eq!(modern.media_type, "image/avif");
        assert!(modern.srcset.contains("/w2560.avif 2560w") && !modern.srcset.contains("webp"));
    }

    #[test]
    fn only_a_picture_that_comes_later_lets_the_browser_measure() {
        let photo = sample::photo(1, 6_000, 4_000);
        assert_eq!(
            picture(&photo, Urgency::Later).sizes,
            "auto,(max-width:680px) calc(100vw - 40px),640px"
        );
        let lead = picture(&photo, Urgency::Lead);
        assert!(lead.lead && !lead.sizes.contains("auto"));
    }

    #[test]
    fn a_photo_without_renditions_has_no_picture_yet() {
        let mut photo = sample::photo(1, 6_000, 4_000);
        photo.renditions.clear();
        assert_eq!(
            Picture::new(&photo, "", Placement::Wide, Urgency::Lead, &sample::urls()),
            None
        );
    }
}
