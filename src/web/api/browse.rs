//! What a list of the delivery side may be asked for, checked before any query: every parameter has a closed form, and what it does not know is a 400.

use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::view::{self, DeliveredStory};
use crate::clock::{Millis, parse_rfc3339};
use crate::id::StoryId;
use crate::story::browse::{LiveFilter, LiveOrder};
use crate::text::{Slug, language};
use crate::web::cursor;
use crate::web::error::Failure;

/// Things on a page of a list, unless asked otherwise.
pub(super) const A_PAGE: usize = 20;

/// The fields of a story that may be asked for; `id` and `type` always come along.
pub(super) const FIELDS: [&str; 20] = [
    "id",
    "type",
    "slug",
    "language",
    "title",
    "standfirst",
    "byline",
    "date",
    "tags",
    "graphic",
    "status",
    "published_at",
    "first_published_at",
    "updated_at",
    "publication",
    "url",
    "corrections",
    "lead",
    "blocks",
    "photos",
];

/// What is left out of what was found, unless it is asked for: a list of results is drawn without it.
const NOT_OF_RESULTS: [&str; 3] = ["corrections", "blocks", "photos"];

/// What a list of stories may be asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StoriesParams {
    /// How many, 1 to 100; 20 without it.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<usize>,
    /// Where the page before ended, from its `links.next`.
    pub after: Option<String>,
    /// `-first_published_at` (without it), `first_published_at`, `-updated_at` or `updated_at`. To keep a copy in step, take `updated_at` with
    /// `updated_since`: what changes while you read comes once more, at the end.
    pub sort: Option<String>,
    /// Only stories in this language: `nl` is `nl-BE` too.
    pub language: Option<String>,
    /// Only stories with this tag, by its slug in `/api/v1/tags`.
    pub tag: Option<String>,
    /// Only stories with photographs by this person, by the slug in `/api/v1/photographers`.
    pub photographer: Option<String>,
    /// Only stories that have changed for readers at this instant (RFC 3339) or since.
    pub updated_since: Option<String>,
    /// Only these fields of each story, separated by commas; `id` and `type` always come along.
    pub fields: Option<String>,
}

/// A refusal of one parameter.
pub(super) fn bad(code: &'static str, message: impl Into<String>) -> Failure {
    Failure::BadRequest {
        code,
        message: message.into(),
    }
}

/// How many are asked for.
pub(super) fn limit(asked: Option<usize>) -> Result<usize, Failure> {
    let limit = asked.unwrap_or(A_PAGE);
    if (1..=100).contains(&limit) {
        Ok(limit)
    } else {
        Err(bad("limit", "The limit is a number from 1 to 100."))
    }
}

/// A language tag in lower case.
pub(super) fn language_of(asked: Option<&str>) -> Result<Option<String>, Failure> {
    asked
        .map(language::parse)
        .transpose()
        .map(|tag| tag.map(|tag| tag.to_lowercase()))
        .map_err(|_| {
            bad(
                "language",
                "The language is a language tag such as “nl” or “en-GB”.",
            )
        })
}

/// The fields that are asked for; `None` for all.
pub(super) fn fields_of(asked: Option<&str>) -> Result<Option<Vec<&'static str>>, Failure> {
    let Some(asked) = asked else { return Ok(None) };
    asked
        .split(',')
        .map(|field| {
            let known = FIELDS.into_iter().find(|known| *known == field.trim());
            known.ok_or_else(|| {
                let message = format!(
                    "“fields” names some of these, separated by commas: {}.",
                    FIELDS.join(", ")
                );
                bad("fields", message)
            })
        })
        .collect::<Result<Vec<_>, _>>()
        .map(Some)
}

/// The fields of what was found that are asked for.
pub(super) fn fields_of_results(asked: Option<&str>) -> Result<Vec<&'static str>, Failure> {
    let few = || {
        FIELDS
            .into_iter()
            .filter(|field| !NOT_OF_RESULTS.contains(field))
            .collect()
    };
    Ok(fields_of(asked)?.unwrap_or_else(few))
}

/// A story with these of its fields.
pub(super) fn with_fields(story: &DeliveredStory, fields: Option<&[&str]>) -> Result<Value, Failure> {
    let mut value = serde_json::to_value(story).map_err(|error| Failure::internal(&error))?;
    if let (Some(fields), Value::Object(map)) = (fields, &mut value) {
        map.retain(|name, _| name == "id" || name == "type" || fields.contains(&name.as_str()));
    }
    Ok(value)
}

impl StoriesParams {
    fn order(&self) -> Result<LiveOrder, Failure> {
        match self.sort.as_deref() {
            None | Some("-first_published_at") => Ok(LiveOrder::NewestFirst),
            Some("first_published_at") => Ok(LiveOrder::OldestFirst),
            Some("-updated_at") => Ok(LiveOrder::ChangedLastFirst),
            Some("updated_at") => Ok(LiveOrder::ChangedFirstFirst),
            Some(_) => Err(bad(
                "sort",
                "“sort” is first_published_at or updated_at, with a hyphen before it for the newest first.",
            )),
        }
    }

    /// What is asked for, checked.
    pub fn filter(&self) -> Result<LiveFilter, Failure> {
        let slug = |code: &'static str, asked: &Option<String>| {
            match asked {
            None => Ok(None),
            Some(slug) => Slug::in_address(slug)
                .map(|slug| Some(slug.as_str().to_owned()))
                .ok_or_else(|| {
                    let message = format!("“{code}” is a slug: lower-case letters, digits and hyphens, as the list of them has it.");
                    bad(code, message)
                }),
        }
        };
        let since = |text: &String| -> Result<Millis, Failure> {
            // A plus sign that was not escaped arrives as a space.
            parse_rfc3339(&text.replace(' ', "+")).ok_or_else(|| {
                bad(
                    "updated_since",
                    "“updated_since” is an instant in the form of RFC 3339, such as 2024-01-19T10:00:00Z.",
                )
            })
        };
        let order = self.order()?;
        Ok(LiveFilter {
            tag: slug("tag", &self.tag)?,
            photographer: slug("photographer", &self.photographer)?,
            language: language_of(self.language.as_deref())?,
            changed_since: self.updated_since.as_ref().map(since).transpose()?,
            after: self
                .after
                .as_deref()
                .map(|after| read_cursor(after, order))
                .transpose()?,
            order,
        })
    }

    /// Names and values for the address of the page behind `after`.
    pub fn pairs<'a>(
        &'a self,
        limit: Option<&'a str>,
        after: Option<&'a str>,
    ) -> [(&'static str, Option<&'a str>); 8] {
        [
            ("limit", limit),
            ("after", after),
            ("sort", self.sort.as_deref()),
            ("language", self.language.as_deref()),
            ("tag", self.tag.as_deref()),
            ("photographer", self.photographer.as_deref()),
            ("updated_since", self.updated_since.as_deref()),
            ("fields", self.fields.as_deref()),
        ]
    }
}

/// Marks a place in an order of changes: a place in another order is not one in this.
const BY_CHANGE: &str = "~";

/// Writes where a page ended.
pub(super) fn write_cursor(at: Millis, story: &StoryId, order: LiveOrder) -> String {
    let mark = if order.is_by_change() { BY_CHANGE } else { "" };
    cursor::write(at, format!("{mark}{story}"))
}

fn read_cursor(after: &str, order: LiveOrder) -> Result<(Millis, StoryId), Failure> {
    let (at, marked) = cursor::read::<String>(after)?;
    let story = match marked.strip_prefix(BY_CHANGE) {
        Some(story) => order.is_by_change().then_some(story),
        None => (!order.is_by_change()).then_some(marked.as_str()),
    };
    let story = story.and_then(|story| story.parse().ok());
    let story = story.ok_or_else(|| {
        bad(
            "after",
            "“after” is not a cursor of this list in this order; take it from the link to the next page.",
        )
    })?;
    Ok((at, story))
}

/// A text with marks, as it is delivered.
pub(super) fn marked(html: &crate::text::SafeHtml) -> view::DeliveredText {
    // What is between the tags is escaped text, and the tags are the marks alone.
    let text = html.as_str().replace("<mark>", "").replace("</mark>", "");
    view::DeliveredText {
        html: html.to_string(),
        text: crate::text::unescape(&text),
    }
}
