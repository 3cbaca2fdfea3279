//! The first account: whoever holds the link that was printed at the first start becomes the administrator.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::Form;
use super::shell::{Room, Shell, go, secret_page};
use super::sign_in::start_session;
use super::told;
use crate::account::manage::NewPerson;
use crate::account::password::LEAST_CHARACTERS;
use crate::account::{Role, setup};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params, SameOrigin};

/// The form for the first account.
#[derive(Template)]
#[template(path = "desk/setup.html", whitespace = "minimize")]
struct SetupPage {
    shell: Shell,
    token: String,
    name: String,
    email: String,
    least_characters: usize,
    mistakes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetupParams {
    token: String,
}

pub(super) async fn show(app: web::Data<App>, params: Params<SetupParams>) -> Result<HttpResponse, Failed> {
    let token = params.0.token;
    let (asked, now) = (token.clone(), app.clock.now());
    let open = app
        .db
        .read(move |conn| setup::is_open(conn, &asked, now).map_err(Failure::from))
        .await?;
    if !open {
        return Err(Failure::NotFound.into());
    }
    answer(&app, StatusCode::OK, token, &Form::default(), Vec::new())
}

pub(super) async fn make_first_admin(
    app: web::Data<App>,
    _: SameOrigin,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Failed> {
    let token = form.text("token").to_owned();
    let person = NewPerson {
        email: form.text("email").to_owned(),
        name: form.text("name").to_owned(),
        role: Role::Admin,
        password: form.text("password").to_owned(),
    };
    let now = app.clock.now();
    let made = setup::make_first_admin(&app.db, &app.passwords, &token, person, now).await;
    match made.map_err(Failure::from) {
        Ok(Some(account)) => {
            let mut response = go(&app.urls.desk());
            start_session(&app, &request, &mut response, account.id).await?;
            Ok(response)
        }
        Ok(None) => Err(Failure::NotFound.into()),
        Err(Failure::Invalid(errors)) => {
            let mistakes = told::mistakes(&errors);
            answer(&app, StatusCode::UNPROCESSABLE_ENTITY, token, &form, mistakes)
        }
        Err(failure) => Err(failure.into()),
    }
}

fn answer(
    app: &App,
    status: StatusCode,
    token: String,
    form: &Form,
    mistakes: Vec<String>,
) -> Result<HttpResponse, Failed> {
    let page = SetupPage {
        shell: Shell::titled(app, None, Room::Outside, "join.title"),
        token,
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        least_characters: LEAST_CHARACTERS,
        mistakes,
    };
    secret_page(status, &page)
}
