//! Signing in and out. Whoever's session ended while typing signs in again and finds the words waiting.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::failed::typed;
use super::form::Form;
use super::passkeys;
use super::shell::{Room, Shell, go, page, page_with, with_retry};
use super::told;
use crate::account::sign_in::{self as verb, SignInError, SignedIn, Step};
use crate::account::{Actor, session};
use crate::id::AccountId;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, Params, Proof, SameOrigin, origin, safe_next, session_secret};
use crate::web::strangers;
use crate::web::tongue::Tongue;

/// The page to sign in at.
#[derive(Template)]
#[template(path = "desk/sign_in.html", whitespace = "minimize")]
struct SignInPage {
    shell: Shell,
    notice: Option<&'static str>,
    message: Option<String>,
    email: String,
    next: String,
    waiting: Option<Waiting>,
    /// The domain that passkeys are bound to, where there are any.
    passkeys: Option<String>,
}

/// The question for a code, when the password was right.
#[derive(Template)]
#[template(path = "desk/sign_in_code.html", whitespace = "minimize")]
struct CodePage {
    shell: Shell,
    message: Option<String>,
    pending: String,
    next: String,
    waiting: Option<Waiting>,
    /// The domain that passkeys are bound to, where there are any.
    passkeys: Option<String>,
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
    /// What a page of the door carries along.
    fn on(form: &Form) -> Option<Self> {
        let body = form.find("waiting_body")?;
        Self::of(form.text("waiting_action"), &Form::parse(body.as_bytes()))
    }

    fn of(action: &str, form: &Form) -> Option<Self> {
        let action = safe_next(action).filter(|action| action.starts_with("/desk/"))?;
        Some(Self {
            action: action.to_owned(),
            body: form.encode(),
            typed: typed(Some(form))
                .into_iter()
                .take(strangers::MOST_SHOWN)
                .collect(),
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInParams {
    next: Option<String>,
    /// Whoever has just chosen a new password by a link.
    reset: Option<String>,
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
    let shell = Shell::titled(&app, None, Room::Outside, "sign_in.title");
    page(&SignInPage {
        notice: params.0.reset.map(|_| shell.say("door.reset_done")),
        shell,
        message: None,
        email: String::new(),
        next: next.unwrap_or_default().to_owned(),
        waiting: None,
        passkeys: domain(&app),
    })
}

/// The page for a form that came without a session: sign in, and it is still there.
pub(super) fn ask_again(app: &App, action: &str, form: Option<&Form>) -> HttpResponse {
    let page = SignInPage {
        shell: Shell::titled(app, None, Room::Outside, "sign_in.title"),
        notice: None,
        message: Some(Tongue::current().say("sign_in.ended").to_owned()),
        email: String::new(),
        next: String::new(),
        waiting: form.and_then(|form| Waiting::of(action, form)),
        passkeys: domain(app),
    };
    page_with(StatusCode::UNAUTHORIZED, &page).unwrap_or_else(|_| HttpResponse::new(StatusCode::UNAUTHORIZED))
}

pub(super) async fn sign_in(
    app: web::Data<App>,
    _: SameOrigin,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Failed> {
    let credentials = (form.text("email"), form.text("password").to_owned());
    let (lifetime, now) = (app.config.sessions, app.clock.now());
    let from = origin(&request);
    let step = verb::sign_in(&app.db, &app.passwords, credentials, &from, lifetime, now).await;
    match step.map_err(Failure::from) {
        Ok(Step::Done(signed_in)) => enter(&app, &request, &form, &signed_in).await,
        Ok(Step::Code { secret }) => ask_code(&app, StatusCode::OK, None, secret, &form),
        Err(failure) => refuse(&app, failure, &form),
    }
}

/// The second step: the code.
pub(super) async fn give_code(
    app: web::Data<App>,
    _: SameOrigin,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Failed> {
    let (pending, code) = (form.text("pending"), form.text("code").to_owned());
    let (lifetime, now) = (app.config.sessions, app.clock.now());
    let signed_in = verb::give_code(&app.db, pending, code, &origin(&request), lifetime, now).await;
    match signed_in {
        Ok(signed_in) => enter(&app, &request, &form, &signed_in).await,
        Err(SignInError::WrongCode) => {
            let failure = Failure::from(SignInError::WrongCode);
            let pending = pending.to_owned();
            ask_code(
                &app,
                failure.status(),
                Some(told::failure(&failure)),
                pending,
                &form,
            )
        }
        Err(error) => refuse(&app, error.into(), &form),
    }
}

/// What a browser asks its devices for; for the script of the page.
pub(super) async fn begin_passkey(app: web::Data<App>, _: SameOrigin) -> Result<HttpResponse, Failed> {
    let begun = app.passkeys.begin_sign_in(app.clock.now()).await;
    Ok(passkeys::begun(begun.map_err(Failure::from)))
}

/// The answer of a device, in the place of the password and the code.
pub(super) async fn give_passkey(
    app: web::Data<App>,
    _: SameOrigin,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Failed> {
    let answer = (form.text("ceremony"), form.text("answer"));
    let (lifetime, now) = (app.config.sessions, app.clock.now());
    let from = origin(&request);
    let signed_in = app
        .passkeys
        .finish_sign_in(&app.db, answer, &from, lifetime, now)
        .await;
    match signed_in {
        Ok(signed_in) => enter(&app, &request, &form, &signed_in).await,
        Err(error) => refuse(&app, error.into(), &form),
    }
}

fn domain(app: &App) -> Option<String> {
    app.passkeys.domain().map(str::to_owned)
}

/// Lets somebody in: to where they wanted to go, or to the words that wait for them.
async fn enter(
    app: &App,
    request: &HttpRequest,
    form: &Form,
    signed_in: &SignedIn,
) -> Result<HttpResponse, Failed> {
    end_session(app, request, &signed_in.account.id).await?;
    let mut response = match Waiting::on(form) {
        Some(waiting) => page(&WaitingPage {
            shell: Shell::titled(
                app,
                Some(&(&signed_in.account).into()),
                Room::Outside,
                "waiting.title",
            ),
            fields: Form::parse(waiting.body.as_bytes())
                .fields()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            action: waiting.action,
            typed: waiting.typed,
        })?,
        None => go(safe_next(form.text("next")).unwrap_or("/desk")),
    };
    add_cookie(app, &mut response, &signed_in.secret)?;
    Ok(response)
}

fn ask_code(
    app: &App,
    status: StatusCode,
    message: Option<String>,
    pending: String,
    form: &Form,
) -> Result<HttpResponse, Failed> {
    let shell = Shell::titled(app, None, Room::Outside, "door.code_title");
    page_with(
        status,
        &CodePage {
            shell,
            message,
            pending,
            next: form.text("next").to_owned(),
            waiting: Waiting::on(form),
            passkeys: domain(app),
        },
    )
}

/// The first page again, with what happened; nothing but the password is to be typed anew.
fn refuse(app: &App, failure: Failure, form: &Form) -> Result<HttpResponse, Failed> {
    if matches!(failure, Failure::Internal { .. }) {
        return Err(failure.into());
    }
    let response = page_with(
        failure.status(),
        &SignInPage {
            shell: Shell::titled(app, None, Room::Outside, "sign_in.title"),
            notice: None,
            message: Some(told::failure(&failure)),
            email: form.text("email").to_owned(),
            next: form.text("next").to_owned(),
            waiting: Waiting::on(form),
            passkeys: domain(app),
        },
    )?;
    Ok(with_retry(response, &failure))
}

/// Starts a session for somebody who has just made their account, in the place of any that the browser brings.
pub(super) async fn start_session(
    app: &App,
    request: &HttpRequest,
    response: &mut HttpResponse,
    account: AccountId,
) -> Result<(), Failed> {
    end_session(app, request, &account).await?;
    let (from, lifetime, now) = (origin(request), app.config.sessions, app.clock.now());
    let secret = app
        .db
        .write(move |conn| session::start(conn, &account, &from, lifetime, now).map_err(Failure::from))
        .await?;
    add_cookie(app, response, &secret)
}

/// Puts a session's secret into the browser's keeping.
fn add_cookie(app: &App, response: &mut HttpResponse, secret: &str) -> Result<(), Failed> {
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
async fn end_session(app: &App, request: &HttpRequest, account: &AccountId) -> Result<(), Failure> {
    let Some(secret) = session_secret(request) else {
        return Ok(());
    };
    let newcomer = account.clone();
    let (lifetime, now) = (app.config.sessions, app.clock.now());
    app.db
        .write(move |conn| {
            if let Some(old) = session::find(conn, &secret, lifetime, now)? {
                if old.account.id == newcomer {
                    // Whoever signs in again has not gone.
                    session::end(conn, &old.id)?;
                } else {
                    session::sign_out(conn, &Actor::from(&old.account), &old.id, false, now)?;
                }
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
        let now = app.clock.now();
        app.db
            .write(move |conn| session::sign_out(conn, &actor, &id, everywhere, now).map_err(Failure::from))
            .await?;
    }
    let mut response = go(&app.urls.sign_in(None));
    response
        .add_cookie(&session_cookie(&app, "", 0))
        .map_err(|error| Failed(Failure::internal(&error)))?;
    Ok(response)
}
