//! Where a link leads that an administrator handed over: an invitation makes an account, a reset sets a new password.
//!
//! The address is a secret: no page here says it to another site, and looking at it (as link previews do) uses nothing up.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::{Form, mistakes};
use super::shell::{Room, Shell, go, secret_page, with_retry};
use super::sign_in::start_session;
use crate::account::invitation::{self, Invitation};
use crate::account::password::LEAST_CHARACTERS;
use crate::account::reset::{self, Reset};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params, SameOrigin};

/// The form, for either link.
#[derive(Template)]
#[template(path = "desk/join.html", whitespace = "minimize")]
struct JoinPage {
    shell: Shell,
    mistakes: Vec<String>,
    token: String,
    email: String,
    /// Asked for by an invitation only.
    name: Option<String>,
    role: Option<&'static str>,
    least_characters: usize,
}

/// What a link that is used, over, or never was has to say.
#[derive(Template)]
#[template(path = "desk/join_over.html", whitespace = "minimize")]
struct OverPage {
    shell: Shell,
}

/// What a link is good for.
enum Open {
    Invitation(Invitation),
    Reset(Reset),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JoinParams {
    #[serde(default)]
    token: String,
}

pub(super) async fn show(app: web::Data<App>, params: Params<JoinParams>) -> Result<HttpResponse, Failed> {
    let token = params.0.token;
    match find(&app, &token).await? {
        Some(open) => answer(&app, StatusCode::OK, &open, token, &Form::default(), Vec::new()),
        None => over(&app),
    }
}

pub(super) async fn join(
    app: web::Data<App>,
    _: SameOrigin,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Failed> {
    let token = form.text("token").to_owned();
    let Some(open) = find(&app, &token).await? else {
        return over(&app);
    };
    let (password, now) = (form.text("new_password").to_owned(), app.clock.now());
    let done = match &open {
        Open::Invitation(_) => {
            let person = (form.text("name").to_owned(), password);
            invitation::accept(&app.db, &app.passwords, &token, person, now).await
        }
        Open::Reset(_) => reset::apply(&app.db, &app.passwords, &token, password, now).await,
    };
    match (done.map_err(Failure::from), &open) {
        (Ok(Some(account)), Open::Invitation(_)) => {
            let mut response = go(&app.urls.desk());
            start_session(&app, &request, &mut response, account.id).await?;
            Ok(response)
        }
        // They sign in as always: with a second factor the code is asked for.
        (Ok(Some(_)), Open::Reset(_)) => Ok(go(&format!("{}?reset=1", app.urls.sign_in(None)))),
        (Ok(None), _) => over(&app),
        (Err(failure), _) => {
            let said = mistakes(&failure).ok_or(failure.clone())?;
            let response = answer(&app, failure.status(), &open, token, &form, said)?;
            Ok(with_retry(response, &failure))
        }
    }
}

async fn find(app: &App, token: &str) -> Result<Option<Open>, Failure> {
    let (token, now) = (token.to_owned(), app.clock.now());
    app.db
        .read(move |conn| {
            if let Some(invitation) = invitation::find(conn, &token, now)? {
                return Ok(Some(Open::Invitation(invitation)));
            }
            Ok::<_, Failure>(reset::find(conn, &token, now)?.map(Open::Reset))
        })
        .await
}

fn answer(
    app: &App,
    status: StatusCode,
    open: &Open,
    token: String,
    form: &Form,
    mistakes: Vec<String>,
) -> Result<HttpResponse, Failed> {
    let page = match open {
        Open::Invitation(invitation) => {
            let shell = Shell::titled(app, None, Room::Outside, "join.title");
            let known = invitation.name.clone().unwrap_or_default();
            JoinPage {
                mistakes,
                token,
                email: invitation.email.clone(),
                name: Some(form.find("name").map_or(known, str::to_owned)),
                role: Some(shell.role_of(invitation.role)),
                least_characters: LEAST_CHARACTERS,
                shell,
            }
        }
        Open::Reset(reset) => JoinPage {
            shell: Shell::titled(app, None, Room::Outside, "join.reset_title"),
            mistakes,
            token,
            email: reset.account.email.clone(),
            name: None,
            role: None,
            least_characters: reset.least_characters,
        },
    };
    secret_page(status, &page)
}

fn over(app: &App) -> Result<HttpResponse, Failed> {
    let shell = Shell::titled(app, None, Room::Outside, "join.over_title");
    secret_page(StatusCode::NOT_FOUND, &OverPage { shell })
}
