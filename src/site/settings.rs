//! What can be set, and what of it is accepted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::Actor;
use crate::text::{FieldError, clean, clean_line, is_color, language};

/// Longest name and description of a site, in characters.
const MOST_LINE_CHARS: usize = 200;
/// Longest footer, in characters.
const MOST_FOOTER_CHARS: usize = 2_000;
/// Longest stylesheet, in bytes.
const MOST_STYLESHEET_BYTES: usize = 64 * 1024;
/// Most lines about photographers.
const MOST_PHOTOGRAPHERS: usize = 500;

/// What a site says of training machines with its texts and pictures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AiTraining {
    /// Nothing.
    #[default]
    Unspecified,
    /// It may be done.
    Allowed,
    /// It may not.
    Refused,
}

impl AiTraining {
    /// Its word in forms and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Allowed => "allowed",
            Self::Refused => "refused",
        }
    }

    /// The value of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Unspecified, Self::Allowed, Self::Refused]
            .into_iter()
            .find(|value| value.as_str() == word)
    }

    /// Whether it may not be done.
    #[must_use]
    pub const fn is_refused(self) -> bool {
        matches!(self, Self::Refused)
    }
}

/// The settings of the site; what is empty is as it comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SiteSettings {
    /// The site's name, as in the masthead.
    pub name: Option<String>,
    /// BCP 47 tag of the language of lists and notices; `en` if it is not set.
    pub language: Option<String>,
    /// One line about the site, for search engines, feeds and the footer.
    pub description: Option<String>,
    /// The one accent colour, `#rgb` or `#rrggbb`.
    pub accent_color: Option<String>,
    /// What the footer says, in Markdown.
    pub footer: Option<String>,
    /// CSS that comes after the built-in style sheet.
    pub stylesheet: Option<String>,
    /// What the site says of training machines with what it publishes.
    pub ai_training: AiTraining,
    /// Whether a story's page tells how long reading takes and how many photographs there are.
    pub shows_extent: bool,
    /// Whether a story's page leads to the story before and the story after it.
    pub shows_neighbours: bool,
    /// A line about each photographer, by the name as it stands in credits.
    pub photographers: BTreeMap<String, String>,
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self {
            name: None,
            language: None,
            description: None,
            accent_color: None,
            footer: None,
            stylesheet: None,
            ai_training: AiTraining::default(),
            shows_extent: true,
            shows_neighbours: true,
            photographers: BTreeMap::new(),
        }
    }
}

impl SiteSettings {
    /// Whether `actor` may change them.
    #[must_use]
    pub fn may_be_changed_by(actor: &Actor) -> bool {
        actor.is_admin()
    }

    /// The settings as they are kept: tidied, empty texts gone.
    ///
    /// # Errors
    /// One error for each field that cannot be taken.
    pub fn tidied(self) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut line = |field: &str, text: Option<String>, most: usize| {
            let text = clean_line(&text.unwrap_or_default());
            if text.chars().count() > most {
                errors.push(FieldError::new(
                    format!("/{field}"),
                    "too_long",
                    format!("This may have at most {most} characters."),
                ));
            }
            (!text.is_empty()).then_some(text)
        };
        let name = line("name", self.name, MOST_LINE_CHARS);
        let description = line("description", self.description, MOST_LINE_CHARS);
        let accent_color = line("accent_color", self.accent_color, 7);
        let tag = line("language", self.language, 35);
        if accent_color.as_deref().is_some_and(|color| !is_color(color)) {
            errors.push(FieldError::new(
                "/accent_color",
                "not_a_color",
                "Write the colour as # and three or six hexadecimal digits, such as #a3341f.",
            ));
        }
        let tag = match tag.as_deref().map(language::parse).transpose() {
            Ok(tag) => tag,
            Err(error) => {
                errors.push(FieldError::text("/language", "language", &error));
                None
            }
        };
        let footer = clean(&self.footer.unwrap_or_default());
        if footer.chars().count() > MOST_FOOTER_CHARS {
            errors.push(FieldError::new(
                "/footer",
                "too_long",
                format!("The footer may have at most {MOST_FOOTER_CHARS} characters."),
            ));
        }
        let stylesheet = self.stylesheet.unwrap_or_default().replace("\r\n", "\n");
        if stylesheet.len() > MOST_STYLESHEET_BYTES {
            errors.push(FieldError::new(
                "/stylesheet",
                "too_long",
                format!("The style sheet may have at most {MOST_STYLESHEET_BYTES} bytes."),
            ));
        }
        let photographers: BTreeMap<String, String> = self
            .photographers
            .into_iter()
            .map(|(name, about)| (clean_line(&name), clean_line(&about)))
            .filter(|(name, about)| !name.is_empty() && !about.is_empty())
            .collect();
        if photographers.len() > MOST_PHOTOGRAPHERS {
            errors.push(FieldError::new(
                "/photographers",
                "too_many",
                format!("There may be at most {MOST_PHOTOGRAPHERS} lines about photographers."),
            ));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            name,
            language: tag,
            description,
            accent_color,
            footer: (!footer.is_empty()).then_some(footer),
            stylesheet: (!stylesheet.trim().is_empty()).then_some(stylesheet),
            photographers,
            ..self
        })
    }
}

/// Lines of `Name: what there is to say`, as the desk's form has them.
///
/// # Errors
/// The first line without a colon.
pub fn photographers_from_lines(lines: &str) -> Result<BTreeMap<String, String>, FieldError> {
    lines
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            line.split_once(':')
                .map(|(name, about)| (name.trim().to_owned(), about.trim().to_owned()))
                .ok_or_else(|| {
                    FieldError::new(
                        "/photographers",
                        "no_colon",
                        format!("Write the photographer’s name, a colon, and what there is to say: “{line}” has no colon."),
                    )
                })
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn settings_are_tidied_and_every_mistake_is_told_at_once() {
        let settings = SiteSettings {
            name: Some("  De \n Verte ".into()),
            language: Some("nl-be".into()),
            accent_color: Some("#0A5".into()),
            description: Some(" ".into()),
            ..SiteSettings::default()
        };
        let tidied = settings.tidied().unwrap();
        assert_eq!(tidied.name.as_deref(), Some("De Verte"));
        assert_eq!(tidied.description, None);
        let wrong = SiteSettings {
            language: Some("dutch!".into()),
            accent_color: Some("red".into()),
            footer: Some("x".repeat(3_000)),
            ..SiteSettings::default()
        };
        let fields: Vec<_> = wrong
            .tidied()
            .unwrap_err()
            .into_iter()
            .map(|error| error.pointer)
            .collect();
        assert_eq!(fields, ["/accent_color", "/language", "/footer"]);
    }

    #[test]
    fn a_line_about_a_photographer_is_a_name_a_colon_and_the_rest() {
        let photographers = photographers_from_lines(
            "Anna de Vries: Fotografeert in Friesland: al jaren.\n\n Piet : Schrijft.",
        )
        .unwrap();
        let about = |name: &str| photographers.get(name).map(String::as_str);
        assert_eq!(
            about("Anna de Vries"),
            Some("Fotografeert in Friesland: al jaren.")
        );
        assert_eq!(about("Piet"), Some("Schrijft."));
        assert!(photographers_from_lines("Anna").is_err());
    }
}
