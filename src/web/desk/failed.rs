//! Failures as the desk shows them: what happened, what to do, and everything that was typed, so that nothing is lost.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;

use super::form::Form;
use super::shell::{Room, Shell, go, page_with, with_retry};
use super::sign_in;
use super::told;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::routed_path;

/// The page for a request that failed.
#[derive(Template)]
#[template(path = "desk/failed.html", whitespace = "minimize")]
struct FailedPage {
    shell: Shell,
    heading: String,
    sentences: Vec<String>,
    typed: Vec<(String, String)>,
    back: String,
}

/// A failure as a page: signing in where nobody is signed in, else what happened with what was typed.
#[must_use]
pub fn failed(request: &HttpRequest, failure: &Failure) -> HttpResponse {
    let app = App::of(request);
    let form = request.extensions().get::<Form>().cloned();
    if *failure == Failure::Unauthorized {
        if matches!(*request.method(), Method::GET | Method::HEAD) {
            let here = request.uri().path_and_query().map_or("", |here| here.as_str());
            return go(&app.urls.sign_in(Some(here)));
        }
        return sign_in::ask_again(app, routed_path(request), form.as_ref());
    }
    let heading = told::title(failure);
    let page = FailedPage {
        shell: Shell::new(app, None, Room::Outside, heading.as_str()),
        heading,
        sentences: told::sentences(failure),
        typed: typed(form.as_ref()),
        back: back(request),
    };
    let status = failure.status();
    let response = page_with(status, &page).unwrap_or_else(|_| HttpResponse::new(status));
    let response = with_retry(response, failure);
    debug_assert!(response.status() == status || status == StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// The words somebody typed, without what the form itself brought along.
pub(super) fn typed(form: Option<&Form>) -> Vec<(String, String)> {
    const NOT_TYPED: [&str; 15] = [
        "version", "kind", "position", "do", "type", "block", "photo", "next", "token", "pending", "code",
        "session", "ceremony", "answer", "passkey",
    ];
    form.map(Form::fields)
        .into_iter()
        .flatten()
        .filter(|(name, value)| {
            !value.trim().is_empty() && !NOT_TYPED.contains(name) && !name.starts_with("to-")
        })
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Where a form came from: its story or photo, else the desk.
fn back(request: &HttpRequest) -> String {
    let path = routed_path(request);
    let mut parts = path.split('/').skip(1);
    match (parts.next(), parts.next(), parts.next()) {
        (Some("desk"), Some(room @ ("stories" | "photos")), Some(id)) if *request.method() != Method::GET => {
            format!("/desk/{room}/{id}")
        }
        (Some("desk"), Some("photos"), None) => "/desk/photos".to_owned(),
        (Some("desk"), Some(room @ ("me" | "people" | "tokens")), _) if *request.method() != Method::GET => {
            format!("/desk/{room}")
        }
        _ => "/desk".to_owned(),
    }
}
