//! Drop links of a story: made, listed and revoked by editors. A link's address is shown once, right after it was made.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::form::{Form, Sent, SignedIn};
use super::shell::{Room, Shell, go, page_with};
use super::told;
use crate::account::Actor;
use crate::clock::{Millis, rfc3339};
use crate::id::{DropLinkId, StoryId};
use crate::story::access;
use crate::story::drop_links::{self, DropLink, MOST_DAYS, Made, USUAL_DAYS, Until};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};
use crate::web::page::date_in;
use crate::web::tongue::Tongue;

#[derive(Template)]
#[template(path = "desk/drop_links.html", whitespace = "minimize")]
struct DropLinksPage {
    shell: Shell,
    here: String,
    story_href: String,
    story_title: String,
    made: Option<MadeView>,
    mistakes: Vec<String>,
    label: String,
    until: String,
    today: String,
    latest: String,
    links: Vec<LinkView>,
}

/// A link that was just made.
struct MadeView {
    label: String,
    address: String,
}

/// A link ready to print.
struct LinkView {
    id: String,
    label: String,
    until: String,
    files: usize,
}

impl LinkView {
    fn new(link: &DropLink) -> Self {
        Self {
            id: link.id.to_string(),
            label: link.label.clone(),
            until: printed_last_day(link.expires_at, Tongue::current()),
            files: link.files_begun,
        }
    }
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    answer(
        &app,
        &actor,
        id,
        StatusCode::OK,
        None,
        &Form::default(),
        Vec::new(),
    )
    .await
}

pub(super) async fn make(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let (label, until) = (
        form.text("label").to_owned(),
        Until::Moment(end_of(form.text("until"))),
    );
    let (story, maker, now) = (id.clone(), actor.clone(), app.clock.now());
    let made = app
        .db
        .write(move |conn| drop_links::make(conn, &maker, &story, &label, until, now).map_err(Failure::from))
        .await;
    match made {
        Ok(made) => {
            answer(
                &app,
                &actor,
                id,
                StatusCode::CREATED,
                Some(made),
                &Form::default(),
                Vec::new(),
            )
            .await
        }
        Err(Failure::Invalid(errors)) => {
            let mistakes = told::mistakes(&errors);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            answer(&app, &actor, id, status, None, &form, mistakes).await
        }
        Err(failure) => Err(failure.into()),
    }
}

pub(super) async fn revoke(
    app: web::Data<App>,
    path: web::Path<(String, String)>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&path.0)?;
    let link: DropLinkId = path_id(&path.1)?;
    let (story, now) = (id.clone(), app.clock.now());
    app.db
        .write(move |conn| drop_links::revoke(conn, &sent.actor, &story, &link, now).map_err(Failure::from))
        .await?;
    Ok(go(&app.urls.drop_links(&id)))
}

async fn answer(
    app: &App,
    actor: &Actor,
    id: StoryId,
    status: StatusCode,
    made: Option<Made>,
    form: &Form,
    mistakes: Vec<String>,
) -> Result<HttpResponse, Failed> {
    let (reader, story_id, now) = (actor.clone(), id.clone(), app.clock.now());
    let (story, links) = app
        .db
        .read(move |conn| {
            let story = access::find_editable(conn, &reader, &story_id)?;
            let links = drop_links::list(conn, &reader, &story_id, now)?;
            Ok::<_, Failure>((story, links))
        })
        .await?;
    let shell = Shell::new(app, Some(actor), Room::Stories, "");
    let title = format!("{}: {}", shell.say("drop.title"), story.title);
    let until = match form.text("until") {
        "" => day_after(now, USUAL_DAYS),
        typed => typed.to_owned(),
    };
    page_with(
        status,
        &DropLinksPage {
            shell: Shell { title, ..shell },
            here: app.urls.drop_links(&id),
            story_href: app.urls.desk_story(&id),
            story_title: story.title,
            made: made.map(|made| MadeView {
                address: app.urls.drop_page_absolute(&made.secret),
                label: made.link.label,
            }),
            mistakes,
            label: form.text("label").to_owned(),
            until,
            today: day_after(now, 0),
            latest: day_after(now, MOST_DAYS),
            links: links.iter().map(LinkView::new).collect(),
        },
    )
}

/// The day so many days after an instant, `YYYY-MM-DD`, by UTC.
fn day_after(at: Millis, days: i64) -> String {
    rfc3339(at.saturating_add(days * crate::clock::DAY))
        .chars()
        .take(10)
        .collect()
}

/// The end of a day by UTC: a link opens until the day after begins.
fn end_of(day: &str) -> Option<Millis> {
    let day: Date = day.parse().ok()?;
    let after = day.checked_add(1.day()).ok()?;
    let midnight = after.to_datetime(Time::midnight());
    Some(TimeZone::UTC.to_timestamp(midnight).ok()?.as_millisecond())
}

/// The last day on which a link opens, as a language writes it.
pub(super) fn printed_last_day(expires_at: Millis, tongue: Tongue) -> String {
    date_in(&day_after(expires_at.saturating_sub(1), 0), tongue.tag())
}
