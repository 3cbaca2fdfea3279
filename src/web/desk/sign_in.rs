//! Signing in and out. Whoever's session ended while typing signs in again and finds the words waiting.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::failed::typed;
use super::form::Form;
use super::shell::{Room, Shell, go, page, page_with};
use crate::account::{session, sign_in as verb};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, Params, Proof, SameOrigin, safe_next, session_secret};
use crate::web::tongue::Tongue;

/// The page to sign in at.
#[derive(Template)]
#[template(path = "desk/sign_in.html", whitespace = "minimize")]
struct SignInPage {
    shell: Shell,
    message: Option<String>,
    email: String,
    next: String,
    waiting: Option<Waiting>,
}

/// The page after signing in again: the words that wait to be saved.
#[derive(Template)]
#[template(path = "desk/waiting.html", whitespace = "minimize")]
struct WaitingPage {
    shell: Shell,
    action: String,
    fields: Vec<(String, String)>,
    typed: Vec<(String, String)>,
}

/// A form that could not be taken because nobody was signed in any more.
struct Waiting {
    action: String,
    body: String,
    typed: Vec<(String, String)>,
}

impl Waiting {
    fn of(action: &str, form: &Form) -> Option<Self> {
        let action = safe_next(action).filter(|action| action.starts_with("/desk/"))?;
        Some(Self {
            action: action.to_owned(),
            body: form.encode(),
            typed: typed(Some(form)),
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInParams {
    next: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    params: Params<SignInParams>,
) -> Result<HttpResponse, Failed> {
    let next = params.0.next.as_deref().and_then(safe_next);
    if Caller::find(&request).await.ok().flatten().is_some() {
        return Ok(go(next.unwrap_or("/desk")));
    }
    page(&SignInPage {
        shell: Shell::new(&app, None, Room::Outside, "Sign in"),
        message: None,
        email: String::new(),
        next: next.unwrap_or_default().to_owned(),
        waiting: None,
    })
}

/// The page for a form that came without a session: sign in, and it is still there.
pub(super) fn ask_again(app: &App, action: &str, form: Option<&Form>) -> HttpResponse {
    let page = SignInPage {
        shell: Shell::new(app, None, Room::Outside, "Sign in"),
        message: Some(Tongue::current().say("sign_in.ended").to_owned()),
        email: String::new(),
        next: String::new(),
        waiting: form.and_then(|form| Waiting::of(action, form)),
    };
    page_with(StatusCode::UNAUTHORIZED, &page).unwrap_or_else(|_| HttpResponse::new(StatusCode::UNAUTHORIZED))
}

pub(super) async fn sign_in(
    app: web::Data<App>,
    _: SameOrigin,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Failed> {
    let network = request
        .peer_addr()
        .map_or_else(String::new, |peer| peer.ip().to_string());
    let credentials = (form.text("email"), form.text("password").to_owned());
    let lifetime = app.config.sessions;
    let now = app.clock.now();
    let signed_in = verb::sign_in(&app.db, &app.passwords, credentials, &network, lifetime, now).await;
    let waiting = form
        .find("waiting_body")
        .and_then(|body| Waiting::of(form.text("waiting_action"), &Form::parse(body.as_bytes())));
    let next = safe_next(form.text("next")).unwrap_or("/desk");
    match signed_in {
        Ok(signed_in) => {
            end_session(&app, &request).await?;
            let mut response = match waiting {
                Some(waiting) => page(&WaitingPage {
                    shell: Shell::new(
                        &app,
                        Some(&(&signed_in.account).into()),
                        Room::Outside,
                        "Your words are still here",
                    ),
                    fields: Form::parse(waiting.body.as_bytes())
                        .fields()
                        .map(|(name, value)| (name.to_owned(), value.to_owned()))
                        .collect(),
                    action: waiting.action,
                    typed: waiting.typed,
                })?,
                None => go(next),
            };
            add_cookie(&app, &mut response, &signed_in.secret)?;
            Ok(response)
        }
        Err(error) => {
            let failure = Failure::from(error);
            if matches!(failure, Failure::Internal { .. }) {
                return Err(failure.into());
            }
            let mut response = page_with(
                failure.status(),
                &SignInPage {
                    shell: Shell::new(&app, None, Room::Outside, "Sign in"),
                    message: Some(failure.message()),
                    email: form.text("email").to_owned(),
                    next: form.text("next").to_owned(),
                    waiting,
                },
            )?;
            if let Some(seconds) = failure.retry_after_s() {
                let value = actix_web::http::header::HeaderValue::from(seconds);
                response
                    .headers_mut()
                    .insert(actix_web::http::header::RETRY_AFTER, value);
            }
            Ok(response)
        }
    }
}

/// Puts a session's secret into the browser's keeping.
pub(super) fn add_cookie(app: &App, response: &mut HttpResponse, secret: &str) -> Result<(), Failed> {
    let cookie = session_cookie(app, secret, app.config.sessions.whole / crate::clock::SECOND);
    response
        .add_cookie(&cookie)
        .map_err(|error| Failed(Failure::internal(&error)))
}

fn session_cookie<'a>(app: &App, secret: &'a str, seconds: i64) -> Cookie<'a> {
    Cookie::build(app.cookie_name(), secret)
        .path("/")
        .http_only(true)
        .secure(app.is_secure())
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(seconds))
        .finish()
}

/// Ends the session that a browser brings, if it brings one: nobody signs in on top of another's.
async fn end_session(app: &App, request: &HttpRequest) -> Result<(), Failure> {
    let Some(secret) = session_secret(request) else {
        return Ok(());
    };
    let (lifetime, now) = (app.config.sessions, app.clock.now());
    app.db
        .write(move |conn| {
            if let Some(old) = session::find(conn, &secret, lifetime, now)? {
                session::end(conn, &old.id)?;
            }
            Ok(())
        })
        .await
}

pub(super) async fn sign_out(
    app: web::Data<App>,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Failed> {
    let everywhere = form.is_ticked("everywhere");
    if let Some(Caller {
        actor,
        proof: Proof::Session(id),
    }) = Caller::find(&request).await?
    {
        app.db
            .write(move |conn| {
                if everywhere {
                    session::end_all(conn, &actor.id)?;
                } else {
                    session::end(conn, &id)?;
                }
                Ok::<_, Failure>(())
            })
            .await?;
    }
    let mut response = go(&app.urls.sign_in(None));
    response
        .add_cookie(&session_cookie(&app, "", 0))
        .map_err(|error| Failed(Failure::internal(&error)))?;
    Ok(response)
}
