//! The story list: where every day at the desk begins. Making a story is one step, deleting one is possible while it is not live.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::clock::{self, ClockAlert};
use super::form::{Sent, SignedIn};
use super::picture::Picture;
use super::shell::{Room, Shell, go, page};
use super::when::{Printed, printed, short};
use crate::clock::rfc3339;
use crate::id::StoryId;
use crate::story::create::{self, NewStory};
use crate::story::freshen;
use crate::story::list::{self, StoryLine};
use crate::story::query::StoryFilter;
use crate::text::{Title, language};
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params, path_id};
use crate::web::fields::Errors;
use crate::web::tongue::Tongue;
use crate::web::urls::Urls;
use crate::web::{App, cursor};

/// Stories on one page of the list.
const STORIES_A_PAGE: usize = 30;

/// Languages offered for a new story; any other can be set in its details.
pub(super) const LANGUAGES: [(&str, &str); 4] = [
    ("nl", "Nederlands"),
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
];

#[derive(Template)]
#[template(path = "desk/stories.html", whitespace = "minimize")]
struct StoriesPage {
    shell: Shell,
    may_create: bool,
    languages: &'static [(&'static str, &'static str)],
    text: String,
    status: String,
    lines: Vec<Line>,
    clock: Option<ClockAlert>,
    older: Option<String>,
}

/// A story in the list, ready to print.
struct Line {
    href: String,
    title: String,
    status: &'static str,
    status_words: &'static str,
    thumb: Option<Picture>,
    photographs: usize,
    changed_by: String,
    changed_at: String,
    changed_at_iso: String,
    /// When it goes out by itself, and whether it is late.
    scheduled: Option<(Printed, bool)>,
}

/// When a story goes out by itself, by the clocks of the zone that was chosen, and whether it is late already.
pub(super) fn scheduled(story: &crate::story::Story) -> Option<(Printed, bool)> {
    let schedule = story.schedule.as_ref()?;
    let when = printed(Tongue::current(), schedule.at, Some(&schedule.zone));
    Some((when, schedule.held.is_some()))
}

/// Where a story stands: a word for style sheets and one for people.
pub(super) fn status_of(story: &crate::story::Story) -> (&'static str, &'static str) {
    let tongue = Tongue::current();
    match (story.is_live(), story.has_unpublished_changes()) {
        (false, _) => ("draft", tongue.say("status.draft")),
        (true, false) => ("published", tongue.say("status.published")),
        (true, true) => ("changed", tongue.say("status.changed")),
    }
}

fn line(of: &StoryLine, urls: &Urls) -> Line {
    let (status, status_words) = status_of(&of.story);
    Line {
        href: urls.desk_story(&of.story.id),
        title: of.story.title.clone(),
        status,
        status_words,
        thumb: of
            .lead
            .as_ref()
            .map(|(photo, renditions)| Picture::thumb(photo, renditions, urls)),
        photographs: of.photographs,
        changed_by: of.changed_by.clone(),
        changed_at: short(of.story.updated_at),
        changed_at_iso: rfc3339(of.story.updated_at),
        scheduled: scheduled(&of.story),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoriesParams {
    text: Option<String>,
    status: Option<String>,
    after: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    params: Params<StoriesParams>,
) -> Result<HttpResponse, Failed> {
    let params = params.0;
    let text = params.text.unwrap_or_default();
    let status = params.status.unwrap_or_default();
    let filter = StoryFilter {
        member: None,
        live: match status.as_str() {
            "published" => Some(true),
            "draft" => Some(false),
            _ => None,
        },
        text: Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        before: params.after.as_deref().map(cursor::read).transpose()?,
    };
    if filter.text.is_some() {
        freshen::try_freshen(&app.db).await;
    }
    let reader = actor.clone();
    let list = app
        .db
        .read(move |conn| list::list(conn, &reader, filter, STORIES_A_PAGE).map_err(Failure::from))
        .await?;
    let older = list.older.map(|(at, id)| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("text", &text)
            .append_pair("status", &status)
            .append_pair("after", &cursor::write(at, id));
        format!("{}?{}", app.urls.desk(), query.finish())
    });
    page(&StoriesPage {
        may_create: actor.edits_everything(),
        languages: &LANGUAGES,
        clock: clock::alert(&app, &actor),
        lines: list.lines.iter().map(|of| line(of, &app.urls)).collect(),
        shell: Shell::titled(&app, Some(&actor), Room::Stories, "stories.title"),
        text,
        status,
        older,
    })
}

pub(super) async fn create(app: web::Data<App>, sent: Sent) -> Result<HttpResponse, Failed> {
    let Sent { actor, form } = sent;
    let mut errors = Errors::default();
    let title = errors.take("/title", "title", Title::parse(form.text("title")));
    let language = errors.take("/language", "language", language::parse(form.text("language")));
    let new = title.zip(language).map(|(title, language)| NewStory {
        title: title.into_string(),
        slug: None,
        standfirst: None,
        byline: None,
        language,
        date: None,
        tags: Vec::new(),
        graphic: false,
        embargo_until: None,
        blocks: Vec::new(),
        lead: None,
    });
    let new = errors.finish(new)?;
    let now = app.clock.now();
    let draft = app
        .db
        .write(move |conn| create::create(conn, &actor, new, now).map_err(Failure::from))
        .await?;
    Ok(go(&app.urls.desk_story(&draft.story.id)))
}

pub(super) async fn delete(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let version = form.version()?;
    let now = app.clock.now();
    app.db
        .write(move |conn| create::delete(conn, &actor, &id, version, now).map_err(Failure::from))
        .await?;
    Ok(go(&app.urls.desk()))
}
