//! The one `<style>` of a page: its accent colour and its pictures' proportions and placeholders.
//!
//! The Content-Security-Policy allows exactly this text by its hash; nothing on a page has a style attribute. Only numbers and checked
//! colours ever get into it, so it needs no escaping. Everything that all pages share is in `static/reader.css`.

use std::fmt::Write as _;

use super::Markup;
use super::placeholder;
use crate::story::document::DocumentPhoto;
use crate::text::is_color;

/// Accent of a site that has not chosen one, or chose something that is not a colour.
const ACCENT: &str = "#a3341f";

/// The text between `<style>` and `</style>` on one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageStyle {
    text: Markup,
    frames: usize,
}

impl PageStyle {
    /// A style with nothing but the accent colour.
    pub(super) fn new(accent: &str) -> Self {
        let accent = Some(accent.trim())
            .filter(|accent| is_color(accent))
            .unwrap_or(ACCENT);
        Self {
            text: Markup(format!(":root{{--accent:{accent}}}")),
            frames: 0,
        }
    }

    /// Adds the rules of one picture and gives the class they are for.
    ///
    /// `--r` is width ÷ height, from the whole photo: a rendition's own rounded height never moves anything. The rest is the placeholder.
    pub(super) fn picture(&mut self, photo: &DocumentPhoto) -> String {
        self.frames = self.frames.saturating_add(1);
        let class = format!("f{}", self.frames);
        let ratio = super::picture::ratio(photo);
        let fill = placeholder::fill(photo);
        // Writing to a String cannot fail.
        let _ = write!(self.text.0, ".{class}{{--r:{ratio:.4};{fill}}}");
        class
    }

    /// Like [`PageStyle::picture`], for a picture that may be cropped on screen: the focal point stays in sight.
    pub(super) fn card(&mut self, photo: &DocumentPhoto) -> String {
        let class = self.picture(photo);
        let percent = |part: f32| {
            if part.is_finite() {
                part.clamp(0.0, 1.0) * 100.0
            } else {
                50.0
            }
        };
        let (x, y) = (percent(photo.focal.0), percent(photo.focal.1));
        if (x - 50.0).abs() > 0.5 || (y - 50.0).abs() > 0.5 {
            let _ = write!(self.text.0, ".{class}{{--o:{x:.0}% {y:.0}%}}");
        }
        class
    }

    /// The text, as it stands on the page.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text.0
    }

    /// The text for a template.
    pub(super) fn markup(&self) -> &Markup {
        &self.text
    }

    /// The hash that a Content-Security-Policy names, without its quotes: `sha256-…`.
    #[must_use]
    pub fn hash(&self) -> String {
        super::hash_source(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn an_accent_that_is_not_a_colour_never_reaches_the_page() {
        assert_eq!(PageStyle::new("#0a5").as_str(), ":root{--accent:#0a5}");
        for wrong in ["", "red", "#12345", "#fff}</style><script>", "#ggg"] {
            assert_eq!(
                PageStyle::new(wrong).as_str(),
                ":root{--accent:#a3341f}",
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_picture_gets_its_proportion_its_placeholder_and_a_class_of_its_own() {
        let mut style = PageStyle::new("#0a5");
        let mut photo = sample::photo(1, 6_000, 4_000);
        photo.thumbhash = None;
        assert_eq!(
            (style.picture(&photo), style.picture(&photo)),
            ("f1".to_owned(), "f2".to_owned())
        );
        assert!(
            style
                .as_str()
                .contains(&format!(".f1{{--r:1.5000;--p:{}}}", photo.color)),
            "{}",
            style.as_str()
        );
    }

    #[test]
    fn only_a_focal_point_off_the_centre_is_written() {
        let mut style = PageStyle::new("#0a5");
        let mut photo = sample::photo(1, 6_000, 4_000);
        style.card(&photo);
        assert!(!style.as_str().contains("--o"));
        photo.focal = (0.25, 2.0);
        style.card(&photo);
        assert!(style.as_str().contains("--o:25% 100%"), "{}", style.as_str());
    }

    #[test]
    fn the_hash_is_that_of_the_exact_text() {
        assert_eq!(PageStyle::new("#0a5").hash().len(), "sha256-".len() + 44);
        assert_ne!(PageStyle::new("#0a5").hash(), PageStyle::new("#0a6").hash());
    }
}
