//! Publishing: the checklist with a way to each of its lines, publish, publish again, unpublish.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::{Sent, SignedIn};
use super::shell::{Room, Shell, go, page, page_with};
use super::stories::status_of;
use super::words::load;
use crate::account::Actor;
use crate::clock::{rfc3339, short};
use crate::id::StoryId;
use crate::story::Seen;
use crate::story::checklist::{self, Checklist, Remark};
use crate::story::draft::Draft;
use crate::story::publish::{self as verb, PublishError};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};

#[derive(Template)]
#[template(path = "desk/publish.html", whitespace = "minimize")]
struct PublishPage {
    shell: Shell,
    here: String,
    title: String,
    version: i32,
    changes: i32,
    may_publish: bool,
    status: &'static str,
    status_words: &'static str,
    is_live: bool,
    published_at: String,
    published_at_iso: String,
    public_url: String,
    public_words: String,
    obstacles: Vec<Step>,
    warnings: Vec<Step>,
    just_published: bool,
    changed_meanwhile: bool,
}

/// A line of the checklist, with where it leads.
struct Step {
    message: String,
    href: String,
}

fn step(app: &App, id: &StoryId, remark: &Remark) -> Step {
    let anchor = verb::part_of(remark).unwrap_or(match remark.field {
        "title" | "slug" | "standfirst" | "embargo_until" => "details",
        _ => "add",
    });
    Step {
        message: remark.message.clone(),
        href: app.urls.desk_part(id, anchor),
    }
}

fn build(app: &App, actor: &Actor, draft: &Draft, list: &Checklist) -> PublishPage {
    let story = &draft.story;
    let (status, status_words) = status_of(story);
    let steps = |remarks: &[Remark]| {
        remarks
            .iter()
            .map(|remark| step(app, &story.id, remark))
            .collect()
    };
    PublishPage {
        shell: Shell::new(
            app,
            Some(actor),
            Room::Stories,
            format!("Publish: {}", story.title),
        ),
        here: app.urls.desk_story(&story.id),
        title: story.title.clone(),
        version: story.version,
        changes: story.change_count,
        may_publish: actor.edits_everything(),
        status,
        status_words,
        is_live: story.is_live(),
        published_at: story.live_since.map(short).unwrap_or_default(),
        published_at_iso: story.live_since.map(rfc3339).unwrap_or_default(),
        public_url: app.urls.story(&story.slug),
        public_words: app.urls.story_absolute(&story.slug),
        obstacles: steps(&list.obstacles),
        warnings: steps(&list.warnings),
        just_published: false,
        changed_meanwhile: false,
    }
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct PublishParams {
    /// Set after publishing.
    done: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    id: web::Path<String>,
    params: web::Query<PublishParams>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let draft = load(&app, &actor, &id).await?;
    let list = checklist::check(&draft, app.clock.now());
    let just_published = params.done.is_some() && draft.story.is_live();
    page(&PublishPage {
        just_published,
        ..build(&app, &actor, &draft, &list)
    })
}

pub(super) async fn publish(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let seen = Seen {
        version: form.version()?,
        change_count: form.text("changes").parse().ok(),
    };
    let now = app.clock.now();
    let published = verb::publish(&app.db, &app.store, &actor, &id, seen, now).await;
    let changed_meanwhile = match published {
        Ok(_) => {
            app.pages.clear();
            return Ok(go(&format!("{}?done=published", app.urls.publish(&id))));
        }
        Err(PublishError::Obstacles(_)) => false,
        Err(PublishError::Story(crate::story::StoryError::StaleStory)) => true,
        Err(error) => return Err(Failure::from(error).into()),
    };
    let draft = load(&app, &actor, &id).await?;
    let list = checklist::check(&draft, now);
    let status = if changed_meanwhile {
        StatusCode::PRECONDITION_FAILED
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    page_with(
        status,
        &PublishPage {
            changed_meanwhile,
            ..build(&app, &actor, &draft, &list)
        },
    )
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
    Ok(go(&app.urls.publish(&id)))
}
