//! API tokens: one's own, and for administrators everybody's. Made by people at the desk, never by a token.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::{Form, Sent, SignedIn, mistakes};
use super::shell::{Room, Shell, go, secret_page, with_retry};
use super::when::short;
use crate::account::Actor;
use crate::account::manage::AccountError;
use crate::account::token::{self as verb, Scope, Token, Wanted};
use crate::clock::{Millis, rfc3339};
use crate::id::TokenId;
use crate::text::FieldError;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params, origin, path_id};

/// The page.
#[derive(Template)]
#[template(path = "desk/tokens.html", whitespace = "minimize")]
struct TokensPage {
    shell: Shell,
    done: Option<&'static str>,
    mistakes: Vec<String>,
    /// A token that was made just now; it is not kept anywhere.
    fresh: Option<String>,
    name: String,
    expires: String,
    /// The first day that a token may end on.
    soonest: String,
    scopes: Vec<Tick>,
    tokens: Vec<Line>,
}

/// A scope to tick.
struct Tick {
    scope: Scope,
    what: &'static str,
    is_ticked: bool,
}

/// A token in the list, ready to print.
struct Line {
    id: TokenId,
    name: String,
    person: Option<String>,
    scopes: String,
    made: (String, String),
    used: Option<(String, String)>,
    ends: Option<(String, String)>,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    Open,
    Revoked,
    Over,
}

impl Line {
    fn is_open(&self) -> bool {
        self.state == State::Open
    }

    fn is_revoked(&self) -> bool {
        self.state == State::Revoked
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokensParams {
    done: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    params: Params<TokensParams>,
) -> Result<HttpResponse, Failed> {
    let done = params.0.done.is_some();
    let page = build(&app, &actor, &Form::default()).await?;
    let done = done.then(|| page.shell.say("tokens.done_revoked"));
    secret_page(StatusCode::OK, &TokensPage { done, ..page })
}

pub(super) async fn make(
    app: web::Data<App>,
    request: HttpRequest,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let Sent { actor, form } = sent;
    match made(&app, &request, &actor, &form).await {
        Ok(secret) => {
            let page = build(&app, &actor, &Form::default()).await?;
            let fresh = Some(secret);
            secret_page(StatusCode::OK, &TokensPage { fresh, ..page })
        }
        Err(failure) => {
            let mistakes = mistakes(&failure).ok_or(failure.clone())?;
            let page = build(&app, &actor, &form).await?;
            let response = secret_page(failure.status(), &TokensPage { mistakes, ..page })?;
            Ok(with_retry(response, &failure))
        }
    }
}

async fn made(app: &App, request: &HttpRequest, actor: &Actor, form: &Form) -> Result<String, Failure> {
    let wanted = read(form)?;
    let (password, from, now) = (
        form.text("present_password").to_owned(),
        origin(request),
        app.clock.now(),
    );
    let made = verb::make(&app.db, &app.passwords, actor, password, wanted, &from, now).await;
    made.map_err(Failure::from)
}

pub(super) async fn revoke(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: TokenId = path_id(&id)?;
    let now = app.clock.now();
    app.db
        .write(move |conn| verb::revoke_by_id(conn, &sent.actor, &id, now))
        .await
        .map_err(|error: AccountError| Failure::from(error))?;
    Ok(go(&format!("{}?done=revoked", app.urls.tokens())))
}

fn read(form: &Form) -> Result<Wanted, Failure> {
    let mut wrong = Vec::new();
    let mut scopes = Vec::new();
    for scope in form.all("scope") {
        match scope.parse::<Scope>() {
            Ok(scope) => scopes.push(scope),
            Err(message) => {
                let message = format!("{message}.");
                wrong.push(FieldError::new("/scope", "unknown_scope", message));
            }
        }
    }
    let expires = form.text("expires").trim();
    let expires_at = (!expires.is_empty()).then(|| end_of_day(expires));
    if expires_at == Some(None) {
        let message = "The day on which a token ends is written as YYYY-MM-DD.";
        wrong.push(FieldError::new("/expires", "not_a_date", message));
    }
    if !wrong.is_empty() {
        return Err(Failure::Invalid(wrong));
    }
    Ok(Wanted {
        name: form.text("name").to_owned(),
        scopes,
        expires_at: expires_at.flatten(),
    })
}

/// The first instant after a day, in UTC.
fn end_of_day(day: &str) -> Option<Millis> {
    let day: jiff::civil::Date = day.parse().ok()?;
    let next = day.tomorrow().ok()?.at(0, 0, 0, 0);
    let instant = jiff::tz::TimeZone::UTC.to_timestamp(next).ok()?;
    Some(instant.as_millisecond())
}

async fn build(app: &App, actor: &Actor, form: &Form) -> Result<TokensPage, Failure> {
    let (reader, now) = (actor.clone(), app.clock.now());
    let tokens = app
        .db
        .read(move |conn| verb::list_for(conn, &reader).map_err(Failure::from))
        .await?;
    let shell = Shell::titled(app, Some(actor), Room::Outside, "tokens.title");
    let scopes = Scope::ALL.into_iter().filter(|scope| scope.is_for(actor));
    Ok(TokensPage {
        done: None,
        mistakes: Vec::new(),
        fresh: None,
        name: form.text("name").to_owned(),
        expires: form.text("expires").to_owned(),
        soonest: rfc3339(now).chars().take(10).collect(),
        scopes: scopes
            .map(|scope| Tick {
                what: shell.say(words_for(scope)),
                is_ticked: form.all("scope").any(|ticked| ticked == scope.as_str()),
                scope,
            })
            .collect(),
        tokens: tokens
            .into_iter()
            .rev()
            .map(|token| line(token, actor, now))
            .collect(),
        shell,
    })
}

fn words_for(scope: Scope) -> &'static str {
    match scope {
        Scope::StoriesRead => "tokens.stories_read",
        Scope::StoriesPreview => "tokens.stories_preview",
        Scope::StoriesWrite => "tokens.stories_write",
        Scope::StoriesPublish => "tokens.stories_publish",
        Scope::PhotosWrite => "tokens.photos_write",
        Scope::WebhooksManage => "tokens.webhooks_manage",
        Scope::SiteManage => "tokens.site_manage",
    }
}

fn line(token: Token, actor: &Actor, now: Millis) -> Line {
    let both = |at: Millis| (rfc3339(at), short(at));
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
    Line {
        id: token.id,
        name: token.name,
        person: (token.account.id != actor.id).then_some(token.account.name),
        scopes: scopes.join(", "),
        made: both(token.created_at),
        used: token.used_at.map(both),
        ends: token.expires_at.map(both),
        state: if token.revoked_at.is_some() {
            State::Revoked
        } else if token.expires_at.is_some_and(|end| end <= now) {
            State::Over
        } else {
            State::Open
        },
    }
}
