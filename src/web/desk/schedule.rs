//! Setting and cancelling the hour at which a story goes out, and its embargo.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::form::{Form, Sent};
use super::publish::{Said, respond, seen};
use super::shell::go;
use super::told;
use super::when::When;
use crate::clock::Millis;
use crate::id::StoryId;
use crate::story::StoryError;
use crate::story::details::{self, StoryEdit};
use crate::story::publish::PublishError;
use crate::story::schedule;
use crate::text::{Moment, Note, Shift};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};
use crate::web::fields::Errors;

pub(super) async fn change(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let now = app.clock.now();
    let (by, story) = (actor.clone(), id.clone());
    if form.text("do") == "cancel" {
        app.db
            .write(move |conn| schedule::cancel(conn, &by, &story, now).map_err(Failure::from))
            .await?;
        return Ok(done(&app, &id, "cancelled"));
    }
    let seen = seen(&form)?;
    let typed = When::typed(&form);
    let said = |mistakes: Vec<String>| Said {
        schedule_mistakes: mistakes,
        schedule: Some(typed.clone()),
        schedule_correction: form.text("correction").to_owned(),
        ..Said::default()
    };
    let (moment, note) = match read(&typed, &form) {
        Ok(read) => read,
        Err(Failure::Invalid(errors)) => {
            let mistakes = told::mistakes(&errors);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return respond(&app, &actor, &id, status, said(mistakes)).await;
        }
        Err(failure) => return Err(failure.into()),
    };
    let shift = moment.shift;
    let set = app
        .db
        .write(move |conn| schedule::set(conn, &by, &story, seen, &moment, note.as_ref(), now))
        .await;
    let (status, said) = match set {
        Ok(_) => {
            let word = match shift {
                None => "scheduled",
                Some(Shift::Forward) => "scheduled-forward",
                Some(Shift::First) => "scheduled-first",
            };
            return Ok(done(&app, &id, word));
        }
        Err(PublishError::Obstacles(remarks)) => {
            // The checklist above shows them; a browser that was led down here hears them too.
            let mistakes = remarks.into_iter().map(|remark| remark.message).collect();
            (StatusCode::UNPROCESSABLE_ENTITY, said(mistakes))
        }
        Err(PublishError::Story(StoryError::StaleStory)) => {
            let said = Said {
                changed_meanwhile: true,
                ..said(Vec::new())
            };
            (StatusCode::PRECONDITION_FAILED, said)
        }
        Err(PublishError::Story(StoryError::Invalid(errors))) => {
            let mistakes = told::mistakes(&errors);
            (StatusCode::UNPROCESSABLE_ENTITY, said(mistakes))
        }
        Err(error) => return Err(Failure::from(error).into()),
    };
    respond(&app, &actor, &id, status, said).await
}

fn read(typed: &When, form: &Form) -> Result<(Moment, Option<Note>), Failure> {
    let mut errors = Errors::default();
    let moment = typed.read(&mut errors);
    let note = Note::parse_optional(form.text("correction"));
    let note = errors.take("/correction", "correction", note);
    errors.finish(moment.zip(note))
}

pub(super) async fn embargo(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let version = form.version()?;
    let typed = When::typed(&form);
    let lifts = form.text("do") == "lift";
    let now = app.clock.now();
    let set = match read_embargo(&typed, lifts, now) {
        Ok(edit) => {
            let (by, story) = (actor.clone(), id.clone());
            app.db
                .write(move |conn| details::edit(conn, &by, &story, version, &edit, now))
                .await
        }
        Err(Failure::Invalid(errors)) => Err(StoryError::Invalid(errors)),
        Err(failure) => return Err(failure.into()),
    };
    let mut said = Said {
        embargo: Some(typed),
        ..Said::default()
    };
    let status = match set {
        Ok(_) => return Ok(done(&app, &id, if lifts { "lifted" } else { "embargo" })),
        Err(StoryError::StaleStory) => {
            said.changed_meanwhile = true;
            StatusCode::PRECONDITION_FAILED
        }
        Err(StoryError::Invalid(errors)) => {
            said.embargo_mistakes = told::mistakes(&errors);
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(error) => return Err(Failure::from(error).into()),
    };
    respond(&app, &actor, &id, status, said).await
}

fn read_embargo(typed: &When, lifts: bool, now: Millis) -> Result<StoryEdit, Failure> {
    if lifts {
        return Ok(StoryEdit {
            embargo_until: Some(None),
            embargo_zone: Some(None),
            ..StoryEdit::default()
        });
    }
    let mut errors = Errors::default();
    let moment = typed.read(&mut errors);
    if moment.as_ref().is_some_and(|moment| moment.at <= now) {
        let message = "That moment has passed: an embargo until then forbids nothing.";
        errors.add("/embargo_until", "past", message);
    }
    let moment = errors.finish(moment)?;
    Ok(StoryEdit {
        embargo_until: Some(Some(moment.at)),
        embargo_zone: Some(Some(moment.zone.into_string())),
        ..StoryEdit::default()
    })
}

fn done(app: &App, id: &StoryId, word: &str) -> HttpResponse {
    go(&format!("{}?done={word}", app.urls.publish(id)))
}
