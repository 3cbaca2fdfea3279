//! One's own passkeys: made by the device on which this page is open, named, and removed.
//!
//! Making one takes a script, for only scripts can ask a device; the rest is forms.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde_json::json;

use super::form::{Form, Here, SentHere, mistakes};
use super::shell::{Room, Shell, go, page_with, with_retry};
use super::told;
use super::when::short;
use crate::account::passkey::{self as verb, Begun, Kept};
use crate::account::{factor, query};
use crate::clock::rfc3339;
use crate::id::PasskeyId;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, origin};

/// The page.
#[derive(Template)]
#[template(path = "desk/passkeys.html", whitespace = "minimize")]
struct PasskeysPage {
    shell: Shell,
    mistakes: Vec<String>,
    /// The site's domain; nothing where there can be no passkeys.
    domain: Option<String>,
    lines: Vec<Line>,
    /// Whether making one takes a code.
    is_factor_on: bool,
    email: String,
}

/// A passkey on the page.
struct Line {
    id: PasskeyId,
    name: String,
    since: String,
    since_iso: String,
    used: Option<(String, String)>,
}

impl From<Kept> for Line {
    fn from(kept: Kept) -> Self {
        Self {
            id: kept.id,
            name: kept.name,
            since: short(kept.created_at),
            since_iso: rfc3339(kept.created_at),
            used: kept.used_at.map(|at| (short(at), rfc3339(at))),
        }
    }
}

pub(super) async fn show(app: web::Data<App>, here: Here) -> Result<HttpResponse, Failed> {
    answer(&app, &here, StatusCode::OK, Vec::new()).await
}

/// What the browser is to ask its devices for; for the script of the page.
pub(super) async fn begin(
    app: web::Data<App>,
    request: HttpRequest,
    sent: SentHere,
) -> Result<HttpResponse, Failed> {
    let SentHere { here, form } = sent;
    let words = (
        form.text("name"),
        form.text("present_password").to_owned(),
        form.text("code").to_owned(),
    );
    let (from, now) = (origin(&request), app.clock.now());
    let passkeys = &app.passkeys;
    let begun_here = passkeys
        .begin(&app.db, &app.passwords, &here.actor, words, &from, now)
        .await;
    Ok(begun(begun_here.map_err(Failure::from)))
}

/// A ceremony for a script, or why there is none in a sentence of the desk's language.
pub(super) fn begun(begun: Result<Begun, Failure>) -> HttpResponse {
    match begun {
        Ok(begun) => HttpResponse::Ok().json(json!({"ceremony": begun.ceremony, "options": begun.options})),
        Err(failure) => {
            let said = json!({"detail": told::failure(&failure)});
            with_retry(HttpResponse::build(failure.status()).json(said), &failure)
        }
    }
}

pub(super) async fn finish(app: web::Data<App>, sent: SentHere) -> Result<HttpResponse, Failed> {
    let SentHere { here, form } = sent;
    let answered = (form.text("ceremony"), form.text("answer"));
    let made = app
        .passkeys
        .finish(&app.db, &here.actor, answered, app.clock.now())
        .await;
    match made.map_err(Failure::from) {
        Ok(()) => Ok(go(&app.urls.passkeys())),
        Err(failure) => refuse(&app, &here, failure).await,
    }
}

pub(super) async fn remove(app: web::Data<App>, sent: SentHere) -> Result<HttpResponse, Failed> {
    let SentHere { here, form } = sent;
    let id = chosen(&form)?;
    let (actor, now) = (here.actor.clone(), app.clock.now());
    app.db
        .write(move |conn| verb::remove(conn, &actor, &id, now).map_err(Failure::from))
        .await?;
    Ok(go(&app.urls.passkeys()))
}

fn chosen(form: &Form) -> Result<PasskeyId, Failure> {
    form.text("passkey").parse().map_err(|_| Failure::NotFound)
}

async fn refuse(app: &App, here: &Here, failure: Failure) -> Result<HttpResponse, Failed> {
    let said = mistakes(&failure).ok_or(failure.clone())?;
    let response = answer(app, here, failure.status(), said).await?;
    Ok(with_retry(response, &failure))
}

async fn answer(
    app: &App,
    here: &Here,
    status: StatusCode,
    mistakes: Vec<String>,
) -> Result<HttpResponse, Failed> {
    let (actor, now) = (here.actor.clone(), app.clock.now());
    let (kept, state, account) = app
        .db
        .read(move |conn| {
            let state = factor::state(conn, &actor.id, now)?;
            let account = query::find_account(conn, &actor.id)?;
            Ok::<_, Failure>((verb::list(conn, &actor)?, state, account))
        })
        .await?;
    page_with(
        status,
        &PasskeysPage {
            shell: Shell::titled(app, Some(&here.actor), Room::Outside, "passkeys.title"),
            mistakes,
            domain: app.passkeys.domain().map(str::to_owned),
            lines: kept.into_iter().map(Line::from).collect(),
            is_factor_on: matches!(state, factor::State::On { .. }),
            email: account.map(|account| account.email).unwrap_or_default(),
        },
    )
}
