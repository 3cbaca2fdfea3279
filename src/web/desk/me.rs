//! One's own account: name, password, and the browsers in which one is signed in.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::agent;
use super::form::{Here, SentHere};
use super::shell::{Room, Shell, go, page_with, with_retry};
use super::when::short;
use crate::account::factor::{self, State};
use crate::account::me::{self as verb, NewPassword};
use crate::account::session::{self, SessionLine};
use crate::account::{Account, query};
use crate::clock::rfc3339;
use crate::id::SessionId;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params, origin, path_id};

/// The page.
#[derive(Template)]
#[template(path = "desk/me.html", whitespace = "minimize")]
struct MePage {
    shell: Shell,
    done: Option<String>,
    mistakes: Vec<String>,
    account: Account,
    /// The name as it was typed, or as it is.
    name: String,
    least_characters: usize,
    factor: State,
    sessions: Vec<Line>,
}

/// A session, ready to print.
struct Line {
    id: SessionId,
    browser: String,
    network: String,
    since: String,
    since_iso: String,
    seen: String,
    seen_iso: String,
    is_here: bool,
}

impl MePage {
    fn is_factor_on(&self) -> bool {
        matches!(self.factor, State::On { .. })
    }

    fn codes_left(&self) -> usize {
        match self.factor {
            State::On { codes_left, .. } => codes_left,
            _ => 0,
        }
    }

    fn has_others(&self) -> bool {
        self.sessions.iter().any(|line| !line.is_here)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MeParams {
    done: Option<String>,
}

/// What a visit of the page begins with: something that was done, or something that was not.
#[derive(Default)]
struct News {
    done: Option<String>,
    mistakes: Vec<String>,
    name: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    here: Here,
    params: Params<MeParams>,
) -> Result<HttpResponse, Failed> {
    let news = News {
        done: params.0.done,
        ..News::default()
    };
    answer(&app, &here, StatusCode::OK, news).await
}

pub(super) async fn rename(app: web::Data<App>, sent: SentHere) -> Result<HttpResponse, Failed> {
    let SentHere { here, form } = sent;
    let name = form.text("name").to_owned();
    let (actor, wanted, now) = (here.actor.clone(), name.clone(), app.clock.now());
    let renamed = app
        .db
        .write(move |conn| verb::rename(conn, &actor, &wanted, now))
        .await;
    match renamed.map_err(Failure::from) {
        Ok(()) => Ok(done(&app, "name")),
        Err(failure) => {
            let news = News {
                name: Some(name),
                ..News::default()
            };
            refuse(&app, &here, failure, news).await
        }
    }
}

pub(super) async fn change_password(
    app: web::Data<App>,
    request: HttpRequest,
    sent: SentHere,
) -> Result<HttpResponse, Failed> {
    let SentHere { here, form } = sent;
    let change = NewPassword {
        present: form.text("present_password").to_owned(),
        new: form.text("new_password").to_owned(),
    };
    let (who, now) = ((&here.actor, &here.session), app.clock.now());
    let changed = verb::change_password(&app.db, &app.passwords, who, change, &origin(&request), now).await;
    match changed.map_err(Failure::from) {
        Ok(()) => Ok(done(&app, "password")),
        Err(failure) => refuse(&app, &here, failure, News::default()).await,
    }
}

/// Ends one other session, or all others.
pub(super) async fn end_sessions(app: web::Data<App>, sent: SentHere) -> Result<HttpResponse, Failed> {
    let SentHere { here, form } = sent;
    let one = form.find("session").map(path_id::<SessionId>).transpose()?;
    let now = app.clock.now();
    app.db
        .write(move |conn| {
            match one {
                Some(id) => session::end_own(conn, &here.actor, &id, now).map(drop)?,
                None => session::end_others(conn, &here.actor, &here.session, now).map(drop)?,
            }
            Ok::<_, Failure>(())
        })
        .await?;
    Ok(done(&app, "sessions"))
}

/// Back to the page, which says that it was done.
fn done(app: &App, what: &str) -> HttpResponse {
    go(&format!("{}?done={what}", app.urls.me()))
}

/// The page again with what stood in the way; whatever that cannot be said there is a page of its own.
async fn refuse(app: &App, here: &Here, failure: Failure, news: News) -> Result<HttpResponse, Failed> {
    let mistakes = super::form::mistakes(&failure).ok_or(failure.clone())?;
    let news = News { mistakes, ..news };
    let response = answer(app, here, failure.status(), news).await?;
    Ok(with_retry(response, &failure))
}

async fn answer(app: &App, here: &Here, status: StatusCode, news: News) -> Result<HttpResponse, Failed> {
    let shell = Shell::titled(app, Some(&here.actor), Room::Outside, "me.title");
    let (actor, lifetime, now) = (here.actor.clone(), app.config.sessions, app.clock.now());
    let (account, factor, least_characters, sessions) = app
        .db
        .read(move |conn| {
            let account = query::find_account(conn, &actor.id)?.ok_or(Failure::Unauthorized)?;
            let factor = factor::state(conn, &actor.id, now)?;
            let least = factor::least_characters(conn, &actor.id)?;
            let sessions = session::list(conn, &actor, lifetime, now)?;
            Ok::<_, Failure>((account, factor, least, sessions))
        })
        .await?;
    let said = match news.done.as_deref() {
        Some("name") => Some("me.done_name"),
        Some("password") => Some("me.done_password"),
        Some("sessions") => Some("me.done_sessions"),
        Some("factor-off") => Some("me.done_factor_off"),
        _ => None,
    };
    page_with(
        status,
        &MePage {
            done: said.map(|key| shell.say(key).to_owned()),
            mistakes: news.mistakes,
            name: news.name.unwrap_or_else(|| account.name.clone()),
            account,
            least_characters,
            factor,
            sessions: sessions
                .into_iter()
                .map(|line| show_session(line, here, &shell))
                .collect(),
            shell,
        },
    )
}

fn show_session(line: SessionLine, here: &Here, shell: &Shell) -> Line {
    Line {
        browser: agent::in_words(&line.origin.browser, shell.tongue),
        network: line.origin.network,
        since: short(line.created_at),
        since_iso: rfc3339(line.created_at),
        seen: short(line.seen_at),
        seen_iso: rfc3339(line.seen_at),
        is_here: line.id == here.session,
        id: line.id,
    }
}
