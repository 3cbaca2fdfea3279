//! Fields that people and programs fill in, on their way into the domain's checked types: JSON bodies and the desk's forms alike. Every
//! mistake is collected with its place, so that all of them are told at once.

use super::error::Failure;
use crate::text::{Alt, Caption, FieldError, Line, Standfirst, StoryDate, Tag, TextError};

/// Fields that nobody sets from outside: what they would say follows from who acts and what is done.
const NOBODYS: [&str; 7] = [
    "created_by",
    "live",
    "owner",
    "owner_id",
    "published_at",
    "state",
    "status",
];
/// The same, but for the forms in which an administrator gives one.
pub const ROLE: &str = "role";

/// Whether a field of this name would say what is nobody's to say.
#[must_use]
pub fn is_nobodys(name: &str) -> bool {
    name == ROLE || NOBODYS.contains(&name)
}

/// What its sender is told: passing over it would tell them that it was taken.
#[must_use]
pub fn nobodys(name: &str) -> Failure {
    let name = crate::text::cut(name, 60).replace('~', "~0").replace('/', "~1");
    let message = format!("“{name}” cannot be set here; leave it out.");
    Failure::field(&format!("/{name}"), "unknown_field", message)
}

/// Mistakes that are told of one request: nobody reads more, and a list of a million wrong things would be told in hundreds of megabytes.
const MOST_MISTAKES: usize = 100;
/// Tags that a story may have.
const MOST_TAGS: usize = 100;

/// Collects what is wrong while a request is turned into the domain's types; the first hundred mistakes of it.
#[derive(Debug, Default)]
pub struct Errors(Vec<FieldError>);

impl Errors {
    /// The parsed value, or nothing and an error about the field called `field` at `pointer`.
    pub fn take<T>(&mut self, pointer: &str, field: &str, parsed: Result<T, TextError>) -> Option<T> {
        parsed
            .map_err(|error| self.push(|| FieldError::text(pointer, field, &error)))
            .ok()
    }

    fn push(&mut self, mistake: impl FnOnce() -> FieldError) {
        if !self.is_full() {
            self.0.push(mistake());
        }
    }

    /// Whether so much is wrong that nothing else needs to be looked at.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.0.len() >= MOST_MISTAKES
    }

    /// Notes a mistake.
    pub fn add(&mut self, pointer: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.push(|| FieldError::new(pointer, code, message));
    }

    /// A text that may be absent.
    pub fn optional(
        &mut self,
        pointer: &str,
        field: &str,
        text: Option<&String>,
        parse: impl Fn(&str) -> Result<Option<String>, TextError>,
    ) -> Option<String> {
        text.and_then(|text| self.take(pointer, field, parse(text)).flatten())
    }

    /// A text that may be absent, null or given.
    pub fn patched(
        &mut self,
        pointer: &str,
        field: &str,
        text: Option<&Option<String>>,
        parse: impl Fn(&str) -> Result<Option<String>, TextError>,
    ) -> Option<Option<String>> {
        match text? {
            None => Some(None),
            Some(text) => self.take(pointer, field, parse(text)),
        }
    }

    /// A field that may be absent, but cannot be emptied.
    pub fn wanted<T>(&mut self, pointer: &str, value: Option<Option<T>>) -> Option<T> {
        let value = value?;
        if value.is_none() {
            self.add(
                pointer,
                "required",
                "This cannot be emptied; leave it out to keep it as it is.",
            );
        }
        value
    }

    /// A focal point, which lies within the picture.
    pub fn focal(&mut self, pointer: &str, (x, y): (f64, f64)) -> (f64, f64) {
        if !(0.0..=1.0).contains(&x) || !(0.0..=1.0).contains(&y) {
            let message = "A focal point lies between 0 and 1 in both directions.";
            self.add(pointer, "out_of_range", message);
        }
        (x, y)
    }

    /// Tags, each once.
    pub fn tags<'a>(&mut self, tags: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut checked: Vec<String> = Vec::new();
        for (index, tag) in tags.into_iter().enumerate() {
            if self.is_full() {
                break;
            }
            let tag = self
                .take(&format!("/tags/{index}"), "tag", Tag::parse(tag))
                .map(Tag::into_string);
            let Some(tag) = tag.filter(|tag| !checked.contains(tag)) else {
                continue;
            };
            if checked.len() >= MOST_TAGS {
                let message = format!("A story can have at most {MOST_TAGS} tags.");
                self.add("/tags", "too_many_tags", message);
                break;
            }
            checked.push(tag);
        }
        checked
    }

    /// A licence, which is an address.
    pub fn license(&mut self, license: Option<&str>) {
        let is_link = |license: &str| license.starts_with("https://") || license.starts_with("http://");
        if license.is_some_and(|license| !is_link(license)) {
            let message = "The license is an address that begins with https://.";
            self.add("/license", "not_a_link", message);
        }
    }

    /// The value, if there is one and nothing was wrong.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with everything that is wrong.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Failure> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(Failure::Invalid(self.0)),
        }
    }
}

/// A caption; nothing but white space is none.
///
/// # Errors
/// [`TextError`].
pub fn caption(text: &str) -> Result<Option<String>, TextError> {
    Ok(Caption::parse_optional(text)?.map(Caption::into_string))
}

/// An alt text; nothing but white space is none.
///
/// # Errors
/// [`TextError`].
pub fn alt(text: &str) -> Result<Option<String>, TextError> {
    Ok(Alt::parse_optional(text)?.map(Alt::into_string))
}

/// A line; nothing but white space is none.
///
/// # Errors
/// [`TextError`].
pub fn line(text: &str) -> Result<Option<String>, TextError> {
    Ok(Line::parse_optional(text)?.map(Line::into_string))
}

/// A standfirst; nothing but white space is none.
///
/// # Errors
/// [`TextError`].
pub fn standfirst(text: &str) -> Result<Option<String>, TextError> {
    Ok(Standfirst::parse_optional(text)?.map(Standfirst::into_string))
}

/// A story's date; nothing but white space is none.
///
/// # Errors
/// [`TextError`].
pub fn date(text: &str) -> Result<Option<String>, TextError> {
    Ok(StoryDate::parse_optional(text)?.map(StoryDate::into_string))
}
