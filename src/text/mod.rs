//! Words that people type, parsed once at the edge into types that hold their limits.
//!
//! A [`Title`], [`Caption`] or [`Slug`] that exists is a valid one: trimmed, NFC, without control characters, within its length. Lengths
//! count characters, not bytes. HTML appears only as [`SafeHtml`], which nothing but this module can make. No database, no files.

pub mod country;
pub mod days;
mod html;
pub mod language;
mod moment;
pub mod naming;
pub mod silence;
mod slug;
mod story_date;
pub mod upload_words;

pub use html::{
    SafeHtml, escape, markdown_to_html, markdown_to_plain, marked_to_html, plain_to_html, unescape,
};
pub use moment::{Moment, Shift, Zone, local};
pub use slug::{Slug, slugify};
pub use story_date::StoryDate;

use unicode_normalization::UnicodeNormalization;

/// Why a text was not taken. The message says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing was given where something must be.
    #[error("may not be empty")]
    Empty,
    /// More characters than fit.
    #[error("is {length} characters long; at most {most} fit")]
    TooLong {
        /// Characters given.
        length: usize,
        /// Characters that fit.
        most: usize,
    },
    /// A slug with other characters than it may have.
    #[error("may hold only lower-case letters a to z, digits and single hyphens between them")]
    NotASlug,
    /// A slug that addresses already mean something else by.
    #[error("is a word this site needs for itself; please choose another")]
    Reserved,
    /// A language tag that is not one.
    #[error("is not a language tag such as “nl” or “en-GB”")]
    NotALanguage,
    /// A date in another form.
    #[error("is not a date as YYYY, YYYY-MM or YYYY-MM-DD")]
    NotADate,
    /// A day and a time of day in another form, or a day that does not exist.
    #[error("is not a day with a time, such as 2024-01-19 and 09:30")]
    NotAMoment,
    /// A name that no time zone has.
    #[error("is not the name of a time zone, such as Europe/Amsterdam or UTC")]
    NotAZone,
}

/// What is wrong with one field of what somebody sent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// Where the field is: a JSON Pointer (RFC 6901) into what was sent.
    pub pointer: String,
    /// A stable word for programs.
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
}

impl FieldError {
    /// An error about the field at `pointer`.
    #[must_use]
    pub fn new(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            message: message.into(),
        }
    }

    /// A text that was not taken, with the field's name before the reason.
    #[must_use]
    pub fn text(pointer: impl Into<String>, field: &str, error: &TextError) -> Self {
        Self::new(pointer, error.code(), format!("The {field} {error}."))
    }

    /// The same error seen from further out.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.pointer.insert_str(0, outer);
        self
    }
}

impl TextError {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooLong { .. } => "too_long",
            Self::NotASlug => "not_a_slug",
            Self::Reserved => "reserved",
            Self::NotALanguage => "not_a_language",
            Self::NotADate => "not_a_date",
            Self::NotAMoment => "not_a_moment",
            Self::NotAZone => "not_a_zone",
        }
    }
}

/// Cleans what came from outside: line ends to `\n`, control characters gone, NFC, no white space at either end.
#[must_use]
pub fn clean(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = lines
        .chars()
        .filter(|c| (!c.is_control() || matches!(c, '\n' | '\t')) && !OVERRIDES.contains(c))
        .collect();
    kept.trim().nfc().collect()
}

/// What turns letters round whatever they are: "gpj.exe" would read as "exe.jpg". No script needs it.
const OVERRIDES: [char; 2] = ['\u{202d}', '\u{202e}'];

/// Whether a character opens or closes a stretch of another direction, which one line beside others must not leave open.
#[must_use]
pub const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Cleans and folds to one line.
#[must_use]
pub fn clean_line(text: &str) -> String {
    let text = text.replace(turns_direction, "");
    clean(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// [`clean_line`] without what nobody sees: names that look alike are alike. Joiners stay, for the names of some scripts need them.
fn clean_name(text: &str) -> String {
    clean_line(&text.replace(['\u{ad}', '\u{180e}', '\u{200b}', '\u{2060}', '\u{feff}'], ""))
}

/// Whether a text is a colour as `#rgb` or `#rrggbb`.
#[must_use]
pub fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| matches!(hex.len(), 3 | 6) && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The first `most` characters of a text: for facts from files, which may be longer than a field holds and must not stop an upload. Without the
/// white space that the cut may lay bare, so that a clean text stays clean.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    text[..end].trim_end().to_owned()
}

/// Characters of a text as it came: what is documented is the length of what may be sent. A line ends once, however a browser writes that.
fn given_length(text: &str) -> usize {
    text.chars().count().saturating_sub(text.matches("\r\n").count())
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident, most $most:literal, $clean:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Characters that fit.
            pub const MOST: usize = $most;

            /// Cleans and checks a text that must not be empty.
            ///
            /// # Errors
            /// [`TextError::Empty`] or [`TextError::TooLong`].
            pub fn parse(text: &str) -> Result<Self, TextError> {
                Self::parse_optional(text)?.ok_or(TextError::Empty)
            }

            /// Cleans and checks a text; nothing but white space is `None`.
            ///
            /// # Errors
            /// [`TextError::TooLong`].
            pub fn parse_optional(text: &str) -> Result<Option<Self>, TextError> {
                let given = given_length(text);
                let text = $clean(text);
                let length = given.max(text.chars().count());
                if length > $most {
                    return Err(TextError::TooLong { length, most: $most });
                }
                Ok((!text.is_empty()).then_some(Self(text)))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, owned.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }
    )*};
}

texts! {
    /// A story's title or a heading: one line.
    Title, most 300, clean_line;
    /// A caption; may have paragraphs.
    Caption, most 5_000, clean;
    /// A text block's or quotation's Markdown.
    BlockText, most 50_000, clean;
    /// A standfirst; may have paragraphs.
    Standfirst, most 2_000, clean;
    /// One line for a place, a credit, a byline, an attribution, a creator.
    Line, most 500, clean_line;
    /// Text for those who cannot see the picture.
    Alt, most 2_000, clean_line;
    /// What readers are told of a change to a story that was published before; may have paragraphs.
    Note, most 2_000, clean;
    /// What a link for outsiders is for, in its maker's words.
    Label, most 120, clean_line;
    /// A person's name.
    PersonName, most 120, clean_name;
    /// A tag.
    Tag, most 60, clean_line;
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_is_cleaned_and_kept_in_paragraphs() {
        let caption =
            Caption::parse("  Cafe\u{301}\r\nin ’s-Hertogenbosch\u{0} \u{7}").map(Caption::into_string);
        assert_eq!(caption.as_deref(), Ok("Café\nin ’s-Hertogenbosch"));
    }

    #[test]
    fn a_caption_of_100_000_characters_says_how_many_fit() {
        assert_eq!(
            Caption::parse(&"a".repeat(100_000)),
            Err(TextError::TooLong {
                length: 100_000,
                most: 5_000
            })
        );
    }

    #[test]
    fn what_is_sent_counts_and_not_what_is_left_of_it() {
        let note = format!("Een veld.{}", "\u{c}".repeat(2_000));
        assert_eq!(
            Note::parse(&note),
            Err(TextError::TooLong {
                length: 2_009,
                most: 2_000
            })
        );
        let lines = "a\r\n".repeat(1_000);
        assert!(Note::parse(&lines).is_ok());
    }

    #[test]
    fn a_title_of_white_space_is_empty() {
        assert_eq!(Title::parse(" \n\t "), Err(TextError::Empty));
    }
}
