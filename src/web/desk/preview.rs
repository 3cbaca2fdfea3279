//! The draft as readers would see it: the very template that draws the published page.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use super::form::SignedIn;
use super::words::load;
use crate::id::StoryId;
use crate::story::compose;
use crate::story::draft::Draft;
use crate::web::App;
use crate::web::aside::aside;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};
use crate::web::page::{Neighbours, StoryPage};

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let draft = load(&app, &actor, &id).await?;
    respond(app, draft).await
}

/// A draft on the readers' template.
pub(super) async fn respond(app: web::Data<App>, draft: Draft) -> Result<HttpResponse, Failed> {
    let page = aside(move || {
        let document = compose::compose(&draft, None);
        let page = StoryPage::new(&document, &Neighbours::default(), &app.site(), &app.urls);
        let html = page.render().map_err(|error| Failure::internal(&error))?;
        Ok((html, page.policy("'self'")))
    });
    let (html, policy) = page.await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .content_type("text/html; charset=utf-8")
        .body(html))
}
