//! The page before publishing: the checklist with a way to each of its lines, what will change for readers, and the ways to go out: now, at an hour, not
//! before an embargo ends, and back.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::clock::{self, ClockAlert};
use super::differences::{DifferenceView, PieceView, differences};
use super::form::{Form, Sent, SignedIn};
use super::shell::{Room, Shell, go, render, written};
use super::stories::status_of;
use super::told;
use super::when::{Printed, When, printed, short};
use crate::account::Actor;
use crate::clock::rfc3339;
use crate::id::StoryId;
use crate::story::checklist::{self, Checklist, Remark};
use crate::story::document::StoryDocument;
use crate::story::draft::{self, Draft};
use crate::story::publish::{self as verb, PublishError};
use crate::story::schedule::{Because, Schedule};
use crate::story::{PartId, Seen, StoryError, access, compose, list, share};
use crate::text::Note;
use crate::web::App;
use crate::web::aside::aside;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};
use crate::web::fields::Errors;
use crate::web::tongue::Tongue;

#[derive(Template)]
#[template(path = "desk/publish.html", whitespace = "minimize")]
struct PublishPage {
    shell: Shell,
    here: String,
    share: String,
    title: String,
    version: i32,
    changes: i32,
    may_publish: bool,
    status: &'static str,
    status_words: &'static str,
    is_live: bool,
    was_published: bool,
    published_at: String,
    published_at_iso: String,
    public_url: String,
    public_words: String,
    obstacles: Vec<Step>,
    warnings: Vec<Step>,
    differences: Vec<DifferenceView>,
    corrections: Vec<CorrectionView>,
    schedule: Option<ScheduleView>,
    embargo: Option<Printed>,
    schedule_form: When,
    embargo_form: When,
    open_links: usize,
    clock: Option<ClockAlert>,
    said: Said,
}

/// A line of the checklist, with where it leads.
struct Step {
    message: String,
    href: String,
}

/// What readers were told already.
struct CorrectionView {
    at: String,
    at_iso: String,
    text: String,
}

/// When it goes out by itself, ready to print.
struct ScheduleView {
    when: Printed,
    by: String,
    /// Why it is late.
    held: Option<String>,
    correction: Option<String>,
}

/// What the page says of what was just done or tried, and what was typed.
#[derive(Default)]
pub(super) struct Said {
    /// What was done.
    pub done: Option<String>,
    /// Somebody else changed the story meanwhile.
    pub changed_meanwhile: bool,
    /// What was wrong with the form that publishes, the one that schedules, the one of the embargo.
    pub mistakes: Vec<String>,
    pub schedule_mistakes: Vec<String>,
    pub embargo_mistakes: Vec<String>,
    /// What was typed there.
    pub correction: String,
    pub schedule: Option<When>,
    pub schedule_correction: String,
    pub embargo: Option<When>,
}

fn step(app: &App, draft: &Draft, remark: &Remark) -> Step {
    let id = &draft.story.id;
    let photo = match &remark.part {
        Some(PartId::Frame(frame)) => draft.frame(frame).map(|(_, frame)| &frame.photo_id),
        _ => None,
    };
    let href = match (remark.field, verb::part_of(remark), photo) {
        ("embedded", _, Some(photo)) => app.urls.desk_photo(photo),
        ("embargo_until", ..) => format!("{}#embargo", app.urls.publish(id)),
        (field @ ("caption" | "alt" | "credit" | "place"), Some(part), Some(_)) => {
            app.urls.desk_part(id, &format!("{part}-{field}"))
        }
        (_, Some(part), _) => app.urls.desk_part(id, part),
        (field @ ("title" | "slug" | "standfirst" | "byline" | "tags"), None, _) => {
            app.urls.desk_part(id, &format!("story-{field}"))
        }
        _ => app.urls.desk_part(id, "add"),
    };
    Step {
        message: told::remark(remark),
        href,
    }
}

/// All that the page is made of.
struct Loaded {
    draft: Draft,
    live: Option<StoryDocument>,
    open_links: usize,
}

async fn load(app: &App, actor: &Actor, id: &StoryId) -> Result<Loaded, Failure> {
    let (actor, id, now) = (actor.clone(), id.clone(), app.clock.now());
    app.db
        .read(move |conn| {
            let story = access::find_visible(conn, &actor, &id)?;
            let live = list::find_live_of(conn, &id)?;
            let links = if actor.edits_everything() {
                share::list(conn, &actor, &id)?
            } else {
                Vec::new()
            };
            Ok(Loaded {
                draft: draft::load(conn, story)?,
                live,
                open_links: links.iter().filter(|link| link.is_open(now)).count(),
            })
        })
        .await
}

fn build(app: &App, actor: &Actor, loaded: &Loaded, list: &Checklist, said: Said) -> PublishPage {
    let Loaded {
        draft,
        live,
        open_links,
    } = loaded;
    let story = &draft.story;
    let tongue = Tongue::current();
    let (status, status_words) = status_of(story);
    let steps = |remarks: &[Remark]| remarks.iter().map(|remark| step(app, draft, remark)).collect();
    let changed = live.as_ref().filter(|_| story.has_unpublished_changes());
    let schedule = story.schedule.as_ref();
    let zone = schedule.map(|schedule| schedule.zone.as_str());
    let zone = zone.or(story.embargo_zone.as_deref());
    let title = tongue.fill("publishing.title", [("title", story.title.as_str())]);
    PublishPage {
        shell: Shell::new(app, Some(actor), Room::Stories, title),
        here: app.urls.desk_story(&story.id),
        share: app.urls.share(&story.id),
        title: story.title.clone(),
        version: story.version,
        changes: story.change_count,
        may_publish: actor.edits_everything(),
        status,
        status_words,
        is_live: story.is_live(),
        was_published: story.publications_made > 0,
        published_at: story.live_since.map(short).unwrap_or_default(),
        published_at_iso: story.live_since.map(rfc3339).unwrap_or_default(),
        public_url: app.urls.story(&story.slug),
        public_words: app.urls.story_absolute(&story.slug),
        obstacles: steps(&list.obstacles),
        warnings: steps(&list.warnings),
        differences: changed
            .map(|live| differences(live, &compose::compose(draft, None), tongue, &app.urls))
            .unwrap_or_default(),
        corrections: draft
            .corrections
            .iter()
            .map(|correction| CorrectionView {
                at: short(correction.at),
                at_iso: rfc3339(correction.at),
                text: correction.text.clone(),
            })
            .collect(),
        schedule: schedule.map(|schedule| schedule_view(schedule, draft, tongue)),
        embargo: story
            .embargo_until
            .map(|until| printed(tongue, until, story.embargo_zone.as_deref())),
        schedule_form: said
            .schedule
            .clone()
            .unwrap_or_else(|| When::new(schedule.map(|schedule| schedule.at), zone)),
        embargo_form: said
            .embargo
            .clone()
            .unwrap_or_else(|| When::new(story.embargo_until, story.embargo_zone.as_deref().or(zone))),
        open_links: *open_links,
        clock: clock::alert(app, actor),
        said,
    }
}

fn schedule_view(schedule: &Schedule, draft: &Draft, tongue: Tongue) -> ScheduleView {
    let held = schedule.held.map(|held| {
        tongue.say(match held.because {
            Because::Obstacles => "publishing.held_obstacles",
            Because::NotAllowed => "publishing.held_not_allowed",
            Because::Failure => "publishing.held_failure",
        })
    });
    let by = draft.name_of(&schedule.by);
    ScheduleView {
        when: printed(tongue, schedule.at, Some(&schedule.zone)),
        by: tongue.fill("publishing.in_name_of", [("name", by)]),
        held: held.map(str::to_owned),
        correction: schedule.correction.clone(),
    }
}

/// The page with a status and what is to be said.
pub(super) async fn respond(
    app: &web::Data<App>,
    actor: &Actor,
    id: &StoryId,
    status: StatusCode,
    said: Said,
) -> Result<HttpResponse, Failed> {
    let loaded = load(app, actor, id).await?;
    let (app, actor) = (app.clone(), actor.clone());
    let html = aside(move || {
        let list = checklist::check(&loaded.draft, app.publishing_now());
        render(&build(&app, &actor, &loaded, &list, said))
    });
    Ok(written(status, html.await?))
}

#[derive(Debug, Deserialize)]
pub(super) struct PublishParams {
    /// What was done before this page.
    done: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    id: web::Path<String>,
    params: web::Query<PublishParams>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let key = match params.done.as_deref() {
        Some("published") => Some("publishing.done_published"),
        Some("unpublished") => Some("publishing.done_unpublished"),
        Some("scheduled") => Some("publishing.done_scheduled"),
        Some("scheduled-forward") => Some("publishing.done_scheduled_forward"),
        Some("scheduled-first") => Some("publishing.done_scheduled_first"),
        Some("cancelled") => Some("publishing.done_cancelled"),
        Some("embargo") => Some("publishing.done_embargo"),
        Some("lifted") => Some("publishing.done_lifted"),
        _ => None,
    };
    let said = Said {
        done: key.map(|key| Tongue::current().say(key).to_owned()),
        ..Said::default()
    };
    respond(&app, &actor, &id, StatusCode::OK, said).await
}

/// The draft as the page showed it.
pub(super) fn seen(form: &Form) -> Result<Seen, Failure> {
    Ok(Seen {
        version: form.version()?,
        change_count: form.text("changes").parse().ok(),
    })
}

pub(super) async fn publish(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let seen = seen(&form)?;
    let typed = Said {
        correction: form.text("correction").to_owned(),
        ..Said::default()
    };
    let mut errors = Errors::default();
    let note = errors.take(
        "/correction",
        "correction",
        Note::parse_optional(&typed.correction),
    );
    let published = match errors.finish(note) {
        Ok(note) => {
            let now = app.publishing_now();
            verb::publish_with(&app.db, &app.store, &actor, &id, seen, note, now)
                .await
                .map(|_| ())
        }
        Err(Failure::Invalid(errors)) => Err(StoryError::Invalid(errors).into()),
        Err(failure) => return Err(failure.into()),
    };
    let (status, said) = match published {
        Ok(()) => {
            app.pages.clear();
            return Ok(go(&format!("{}?done=published", app.urls.publish(&id))));
        }
        Err(PublishError::Obstacles(_)) => (StatusCode::UNPROCESSABLE_ENTITY, typed),
        Err(PublishError::Story(StoryError::StaleStory)) => {
            let said = Said {
                changed_meanwhile: true,
                ..typed
            };
            (StatusCode::PRECONDITION_FAILED, said)
        }
        Err(PublishError::Story(StoryError::Invalid(errors))) => {
            let said = Said {
                mistakes: told::mistakes(&errors),
                ..typed
            };
            (StatusCode::UNPROCESSABLE_ENTITY, said)
        }
        Err(error) => return Err(Failure::from(error).into()),
    };
    respond(&app, &actor, &id, status, said).await
}

pub(super) async fn unpublish(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let now = app.clock.now();
    let story = id.clone();
    app.db
        .write(move |conn| verb::unpublish(conn, &sent.actor, &story, now).map_err(Failure::from))
        .await?;
    app.pages.clear();
    Ok(go(&format!("{}?done=unpublished", app.urls.publish(&id))))
}
