//! A frame's words under its picture: place, then caption, with only punctuation between them.
//!
//! "Frontlinie Mosul, Irak" and "Een soldaat wacht." print as "Frontlinie Mosul, Irak. Een soldaat wacht." A caption that opens with the
//! place already is printed once, as it was written. Nothing here decides which place or caption holds: the document has decided.

use super::Markup;
use crate::story::document::RichText;
use crate::text::{escape, plain_to_html};

/// A caption in the parts that its template sets one after the other, without anything between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caption {
    /// The place with the punctuation that ends it, plain text; empty if there is none to set apart.
    pub place: String,
    /// What stands between place and words: a space, or nothing.
    pub gap: &'static str,
    /// The words, inline HTML; may hold paragraph borders (`</p><p>`) but does not begin or end with one.
    pub words: Markup,
}

/// Place and caption joined; `None` if there is neither.
pub(super) fn joined(place: Option<&str>, caption: Option<&RichText>) -> Option<Caption> {
    let place = place.map(str::trim).filter(|place| !place.is_empty());
    let caption = caption.filter(|caption| !caption.text.trim().is_empty());
    let words = caption.map_or_else(|| Markup(String::new()), inline);
    match (place, caption) {
        (None, None) => None,
        (None, Some(_)) => Some(Caption {
            place: String::new(),
            gap: "",
            words,
        }),
        (Some(place), None) => Some(Caption {
            place: ended(place),
            gap: "",
            words,
        }),
        (Some(place), Some(caption)) if opens_with(&caption.text, place) => Some(set_apart(place, words)),
        (Some(place), Some(_)) => Some(Caption {
            place: ended(place),
            gap: " ",
            words,
        }),
    }
}

/// The caption's HTML without the paragraph tags around it. Blocks other than paragraphs have no place under a picture: a caption with
/// them is printed from its plain text.
fn inline(caption: &RichText) -> Markup {
    let html = caption.html.as_str().trim();
    let has = |tag: &str| html.contains(tag);
    if has("<ul") || has("<ol") || has("<blockquote") {
        return Markup(plain_to_html(&caption.text).as_str().to_owned());
    }
    let inner = html
        .strip_prefix("<p>")
        .and_then(|rest| rest.strip_suffix("</p>"));
    Markup(inner.unwrap_or(html).to_owned())
}

/// Whether a caption begins with the place as a whole word, whatever the case of its letters.
pub(super) fn opens_with(caption: &str, place: &str) -> bool {
    let mut rest = caption.trim_start().chars();
    let same = place.chars().all(|expected| {
        rest.next()
            .is_some_and(|given| given.to_lowercase().eq(expected.to_lowercase()))
    });
    same && !rest.next().is_some_and(char::is_alphanumeric)
}

/// A caption that has the place in it already: the place is cut out to be set like every other, and not a character is added.
fn set_apart(place: &str, words: Markup) -> Caption {
    let cut = words
        .0
        .strip_prefix(place)
        .filter(|_| !place.contains(['<', '&']))
        .map(str::to_owned);
    match cut.or_else(|| words.0.strip_prefix(&escape(place)).map(str::to_owned)) {
        Some(rest) => {
            let stop = rest.starts_with('.');
            let rest = if stop {
                rest.get(1..).unwrap_or_default()
            } else {
                &rest
            };
            let place = if stop {
                format!("{place}.")
            } else {
                place.to_owned()
            };
            Caption {
                place,
                gap: "",
                words: Markup(rest.to_owned()),
            }
        }
        None => Caption {
            place: String::new(),
            gap: "",
            words,
        },
    }
}

/// The place with a full stop, unless it ends in punctuation that does as well.
fn ended(place: &str) -> String {
    if place.ends_with(['.', '!', '?', '…', ':', ';']) {
        place.to_owned()
    } else {
        format!("{place}.")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;
    use crate::text::markdown_to_html;

    fn plain(text: &str) -> RichText {
        RichText {
            html: plain_to_html(text),
            text: text.to_owned(),
        }
    }

    fn line(place: &str, caption: &str) -> String {
        let caption = plain(caption);
        let joined = joined(Some(place), Some(&caption)).unwrap();
        format!("{}{}{}", escape(&joined.place), joined.gap, joined.words)
    }

    #[test]
    fn place_and_caption_are_joined_by_one_full_stop() {
        assert_eq!(
            line("Frontlinie Mosul, Irak", "Een soldaat wacht."),
            "Frontlinie Mosul, Irak. Een soldaat wacht."
        );
        assert_eq!(
            line("Washington D.C.", "Het plein."),
            "Washington D.C. Het plein."
        );
        assert_eq!(line(" Borculo ", "Het pad."), "Borculo. Het pad.");
    }

    #[test]
    fn a_place_that_the_caption_opens_with_is_not_repeated() {
        for caption in [
            "Frontlinie Mosul, Irak. Een soldaat wacht.",
            "Frontlinie Mosul, Irak: een soldaat wacht.",
            "Frontlinie Mosul, Irak",
            "FRONTLINIE Mosul, Irak – een soldaat wacht.",
        ] {
            assert_eq!(line("Frontlinie Mosul, Irak", caption), caption);
        }
        assert_eq!(line("Texel", "Texel is een eiland."), "Texel is een eiland.");
        assert_eq!(line("Irak", "Irakese soldaten."), "Irak. Irakese soldaten.");
        let place = joined(Some("Texel"), Some(&plain("Texel. Twee vleugels."))).unwrap();
        assert_eq!(
            (place.place.as_str(), place.words.0.as_str()),
            ("Texel.", " Twee vleugels.")
        );
    }

    #[test]
    fn a_place_or_a_caption_alone_stands_alone() {
        assert_eq!(joined(Some("Orval"), None).unwrap().place, "Orval.");
        assert_eq!(
            joined(None, Some(&plain("Een blad."))).unwrap().words.0,
            "Een blad."
        );
        assert_eq!(joined(Some(" "), Some(&plain(""))), None);
    }

    #[test]
    fn a_caption_made_of_paragraphs_joins_the_place_in_the_first() {
        let caption = RichText {
            html: markdown_to_html("Een *wijde* lucht.\n\nTwee."),
            text: "Een wijde lucht.\n\nTwee.".into(),
        };
        assert_eq!(
            joined(None, Some(&caption)).unwrap().words.0,
            "Een <em>wijde</em> lucht.</p>\n<p>Twee."
        );
        let list = RichText {
            html: markdown_to_html("- een\n- twee"),
            text: "een\ntwee".into(),
        };
        assert_eq!(joined(None, Some(&list)).unwrap().words.0, "een<br>twee");
    }

    #[test]
    fn hostile_places_and_captions_are_inert() {
        assert_eq!(line("<b>Mosul & co", "x"), "&lt;b&gt;Mosul &amp; co. x");
        assert_eq!(line("<i>", "<i>. Een <script>"), "&lt;i&gt;. Een &lt;script&gt;");
        assert_eq!(line("&lt;", "&lt; a"), "&amp;lt; a");
        assert_eq!(
            line("’s-Gravenhage", "’s-Gravenhage. De Hofvijver."),
            "’s-Gravenhage. De Hofvijver."
        );
    }
}
