//! The drafts of a story as they stood earlier: listed, two of them compared, one looked at, one put back.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::differences::{DifferenceView, PieceView, differences};
use super::form::{Sent, SignedIn};
use super::preview;
use super::shell::{Room, Shell, go, render, written};
use super::when::short;
use crate::account::Actor;
use crate::clock::rfc3339;
use crate::db::Conn;
use crate::id::StoryId;
use crate::story::draft::{self, Draft};
use crate::story::revisions::{self, Revision};
use crate::story::{Seen, StoryError, access, compose};
use crate::web::App;
use crate::web::aside::aside;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};
use crate::web::tongue::Tongue;

#[derive(Template)]
#[template(path = "desk/revisions.html", whitespace = "minimize")]
struct RevisionsPage {
    shell: Shell,
    here: String,
    editor: String,
    title: String,
    version: i32,
    changes: i32,
    may_restore: bool,
    changed_by: String,
    changed_at: String,
    changed_at_iso: String,
    /// Which two are compared: a number, or 0 for the draft as it is.
    before: i32,
    after: i32,
    compared: String,
    revisions: Vec<RevisionView>,
    differences: Vec<DifferenceView>,
    changed_meanwhile: bool,
}

/// A revision ready to print.
struct RevisionView {
    number: i32,
    name: String,
    reason: &'static str,
    is_publication: bool,
    by: String,
    at: String,
    at_iso: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Compared {
    /// Number of the earlier one; the newest revision without it.
    before: Option<i32>,
    /// Number of the later one; 0 and without it the draft as it is.
    after: Option<i32>,
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    id: web::Path<String>,
    compared: web::Query<Compared>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    respond(app, actor, id, compared.into_inner(), StatusCode::OK).await
}

/// All that the page is made of.
struct Loaded {
    now: Draft,
    list: Vec<Revision>,
    /// The two that are compared, by number, and their drafts.
    pair: Option<[(i32, Draft); 2]>,
}

fn load(conn: &mut Conn, actor: &Actor, id: &StoryId, compared: &Compared) -> Result<Loaded, Failure> {
    let story = access::find_visible(conn, actor, id)?;
    let now = draft::load(conn, story)?;
    let list = revisions::list(conn, actor, id)?;
    let newest = list.first().map(|revision| revision.number);
    let mut chosen = [compared.before.or(newest), Some(compared.after.unwrap_or(0))];
    // Whichever way they were chosen, the earlier one comes first; 0 is the latest of all.
    chosen.sort_by_key(|number| number.filter(|number| *number > 0).unwrap_or(i32::MAX));
    let pair = match chosen {
        [Some(before), Some(after)] if newest.is_some() => {
            let mut read = |number: i32| {
                if number == 0 {
                    return Ok::<_, Failure>((0, now.clone()));
                }
                Ok((number, revisions::load(conn, actor, id, number)?.1))
            };
            Some([read(before)?, read(after)?])
        }
        _ => None,
    };
    Ok(Loaded { now, list, pair })
}

async fn respond(
    app: web::Data<App>,
    actor: Actor,
    id: StoryId,
    compared: Compared,
    status: StatusCode,
) -> Result<HttpResponse, Failed> {
    let (by, story) = (actor.clone(), id.clone());
    let loaded = app
        .db
        .read(move |conn| load(conn, &by, &story, &compared))
        .await?;
    let is_stale = status == StatusCode::PRECONDITION_FAILED;
    let html = aside(move || render(&build(&app, &actor, &id, loaded, is_stale)));
    Ok(written(status, html.await?))
}

fn build(app: &App, actor: &Actor, id: &StoryId, loaded: Loaded, changed_meanwhile: bool) -> RevisionsPage {
    let Loaded { now, list, pair } = loaded;
    let tongue = Tongue::current();
    let title = tongue.fill("revisions.title", [("title", now.story.title.as_str())]);
    let (before, after) = pair
        .as_ref()
        .map_or((0, 0), |[before, after]| (before.0, after.0));
    RevisionsPage {
        shell: Shell::new(app, Some(actor), Room::Stories, title),
        here: app.urls.revisions(id),
        editor: app.urls.desk_story(id),
        title: now.story.title.clone(),
        version: now.story.version,
        changes: now.story.change_count,
        may_restore: actor.edits_everything(),
        changed_by: now.name_of(&now.story.updated_by).to_owned(),
        changed_at: short(now.story.updated_at),
        changed_at_iso: rfc3339(now.story.updated_at),
        before,
        after,
        compared: {
            let [before, after] = [before, after].map(|number| name(tongue, number));
            let names = [("before", before.as_str()), ("after", after.as_str())];
            tongue.fill("revisions.compared", names)
        },
        revisions: list.iter().map(|revision| view(tongue, revision)).collect(),
        differences: pair
            .map(|pair| pair.map(|(_, draft)| compose::compose(&draft, None)))
            .map(|[before, after]| differences(&before, &after, tongue, &app.urls))
            .unwrap_or_default(),
        changed_meanwhile,
    }
}

/// What a revision is called; 0 is the draft as it is.
fn name(tongue: Tongue, number: i32) -> String {
    if number == 0 {
        tongue.say("revisions.now").to_owned()
    } else {
        let number = number.to_string();
        tongue.fill("revisions.number", [("number", number.as_str())])
    }
}

fn view(tongue: Tongue, revision: &Revision) -> RevisionView {
    RevisionView {
        number: revision.number,
        name: name(tongue, revision.number),
        reason: tongue.say(&format!("revisions.{}", revision.reason.as_str())),
        is_publication: revision.reason == revisions::Reason::Publication,
        by: revision.name.clone(),
        at: short(revision.at),
        at_iso: rfc3339(revision.at),
    }
}

/// The draft as it stood, on the readers' template.
pub(super) async fn preview(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&path.0)?;
    let number = path.1.parse().map_err(|_| Failure::NotFound)?;
    let (_, draft) = app
        .db
        .read(move |conn| revisions::load(conn, &actor, &id, number).map_err(Failure::from))
        .await?;
    preview::respond(app, draft).await
}

/// `restore=NUMBER` puts that one back; then to the editor, where it can be undone.
pub(super) async fn restore(
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
    let number: i32 = form.text("restore").parse().map_err(|_| Failure::NotFound)?;
    let (by, story, now) = (actor.clone(), id.clone(), app.clock.now());
    let restored = app
        .db
        .write(
            move |conn| match revisions::restore(conn, &by, &story, number, seen, now) {
                Ok(_) => Ok(true),
                Err(StoryError::StaleStory) => Ok(false),
                Err(error) => Err(Failure::from(error)),
            },
        )
        .await?;
    if restored {
        return Ok(go(&app.urls.desk_story(&id)));
    }
    let compared = Compared {
        before: Some(number),
        after: None,
    };
    respond(app, actor, id, compared, StatusCode::PRECONDITION_FAILED).await
}
