//! The reference of the API as a page, drawn from its document: what a program reads and what a person reads cannot differ. It is in English as the
//! document is, and works without scripts.

mod reading;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::document;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::Failed;
use crate::web::ready::Page;
use reading::{Group, Prose, Scheme, Shape};

/// Where the page is.
pub(super) const ADDRESS: &str = "/api";

/// Words and one style sheet.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page.
#[derive(Template)]
#[template(path = "api/reference.html")]
struct Reference {
    title: String,
    version: String,
    icon: String,
    stylesheet: String,
    description: Vec<Prose>,
    schemes: Vec<Scheme>,
    groups: Vec<Group>,
    shapes: Vec<Shape>,
}

/// `GET /api`.
pub(super) async fn reference(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Failed> {
    let render = {
        let app = app.clone();
        async move {
            let document = document::openapi();
            let text = |pointer: &str| {
                document
                    .pointer(pointer)
                    .and_then(|it| it.as_str())
                    .unwrap_or_default()
            };
            let page = Reference {
                title: text("/info/title").to_owned(),
                version: text("/info/version").to_owned(),
                icon: app.urls.asset("icon.svg"),
                stylesheet: app.urls.asset("api.css"),
                description: reading::paragraphs(text("/info/description")),
                schemes: reading::schemes(document),
                groups: reading::groups(document, app.urls.base()),
                shapes: reading::shapes(document),
            };
            let html = page.render().map_err(|error| Failure::internal(&error))?;
            Ok::<_, Failure>(Some(Page::html(html, POLICY)))
        }
    };
    let page = app.pages.get(ADDRESS, render).await?.ok_or(Failure::NotFound)?;
    Ok(page.answer(request.headers()))
}
