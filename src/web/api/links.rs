//! Links by which outsiders see a draft.

use actix_web::{HttpResponse, delete, get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::{PreviewLinkAnswer, PreviewLinkList};
use super::draft_view;
use crate::account::token::Scope;
use crate::id::{PreviewLinkId, StoryId};
use crate::story::share;
use crate::text::Label;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, OptionalJson, path_id};
use crate::web::fields::Errors;
use crate::web::repeat::ShownOnce;

/// The links to a story's draft, the newest first; without their secrets.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")),
    responses((status = 200, description = "The links", body = PreviewLinkList)),
    security(("token" = ["stories:publish"]), ("session" = [])))]
#[get("/manage/stories/{id}/preview-links")]
pub(super) async fn list_preview_links(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesPublish)?.clone();
    let links = app
        .db
        .read(move |conn| share::list(conn, &actor, &id).map_err(Failure::from))
        .await?;
    let data = links.iter().map(draft_view::preview_link).collect();
    Ok(HttpResponse::Ok().json(PreviewLinkList { data }))
}

/// What a new link is to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LinkBody {
    /// What it is for, up to 120 characters.
    #[schema(max_length = 120)]
    label: Option<String>,
    /// Days for which it holds, 1 to 90; 7 without it.
    #[schema(minimum = 1, maximum = 90)]
    days: Option<i64>,
}

/// Makes a link; its address is in this answer and nowhere else.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")),
    request_body(content = Option<LinkBody>), responses(
    (status = 201, description = "The link with its address, and the secret that serves as a bearer token for the preview as JSON", body = PreviewLinkAnswer),
    (status = 422, description = "A label that is too long, or days out of range"),
), security(("token" = ["stories:publish"]), ("session" = [])))]
#[post("/manage/stories/{id}/preview-links")]
pub(super) async fn make_preview_link(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    body: OptionalJson<LinkBody>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesPublish)?.clone();
    let body = body.0.unwrap_or_default();
    let mut errors = Errors::default();
    let label = Label::parse_optional(body.label.as_deref().unwrap_or_default());
    let label = errors.take("/label", "label", label);
    let label = errors.finish(label)?;
    let days = body.days.unwrap_or(share::USUAL_DAYS);
    let now = app.clock.now();
    let (link, secret) = app
        .db
        .write(move |conn| share::make(conn, &actor, &id, label.as_ref(), days, now).map_err(Failure::from))
        .await?;
    let mut data = draft_view::preview_link(&link);
    data.url = Some(app.urls.outside_preview_absolute(&secret));
    data.secret = Some(secret);
    let mut response = HttpResponse::Created().json(PreviewLinkAnswer { data });
    response.extensions_mut().insert(ShownOnce);
    Ok(response)
}

/// Takes a link back: from the next request on it opens nothing.
#[utoipa::path(tag = "stories", params(
    ("id" = String, Path, description = "The story's id"), ("link" = String, Path, description = "The link's id"),
), responses((status = 204, description = "It opens nothing"), (status = 404, description = "The story has no such link")),
    security(("token" = ["stories:publish"]), ("session" = [])))]
#[delete("/manage/stories/{id}/preview-links/{link}")]
pub(super) async fn revoke_preview_link(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&path.0)?;
    let link: PreviewLinkId = path_id(&path.1)?;
    let actor = caller.needs(Scope::StoriesPublish)?.clone();
    let now = app.clock.now();
    let was = app
        .db
        .write(move |conn| share::revoke(conn, &actor, &id, &link, now).map_err(Failure::from))
        .await?;
    if was {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Failure::NotFound.into())
    }
}
