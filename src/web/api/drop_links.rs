//! Links by which somebody without an account uploads to one story.

use actix_web::{HttpResponse, delete, get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::{DropLinkAnswer, DropLinkList};
use super::draft_view;
use crate::account::token::Scope;
use crate::id::{DropLinkId, StoryId};
use crate::story::drop_links::{self, USUAL_DAYS, Until};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, JsonBody, path_id};
use crate::web::repeat::ShownOnce;

/// The drop links of a story that still open, the oldest first; without their secrets.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")),
    responses((status = 200, description = "The links", body = DropLinkList)),
    security(("token" = ["stories:publish"]), ("session" = [])))]
#[get("/manage/stories/{id}/drop-links")]
pub(super) async fn list_drop_links(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesPublish)?.clone();
    let now = app.clock.now();
    let links = app
        .db
        .read(move |conn| drop_links::list(conn, &actor, &id, now).map_err(Failure::from))
        .await?;
    let data = links.iter().map(draft_view::drop_link).collect();
    Ok(HttpResponse::Ok().json(DropLinkList { data }))
}

/// What a new drop link is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DropLinkBody {
    /// Whom it is for, up to 120 characters.
    #[schema(min_length = 1, max_length = 120)]
    label: String,
    /// Days for which it opens, 1 to 90; 14 without it.
    #[schema(minimum = 1, maximum = 90)]
    #[serde(default)]
    days: Option<i64>,
}

/// Makes a drop link; its addresses are in this answer and nowhere else. What comes by it belongs to whoever made it.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")),
    request_body = DropLinkBody, responses(
    (status = 201, description = "The link with its addresses", body = DropLinkAnswer),
    (status = 422, description = "No label or one that is too long, days out of range, or a story that has fifty links"),
), security(("token" = ["stories:publish"]), ("session" = [])))]
#[post("/manage/stories/{id}/drop-links")]
pub(super) async fn make_drop_link(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    body: JsonBody<DropLinkBody>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesPublish)?.clone();
    let DropLinkBody { label, days } = body.0;
    let until = Until::Days(days.unwrap_or(USUAL_DAYS));
    let now = app.clock.now();
    let made = app
        .db
        .write(move |conn| drop_links::make(conn, &actor, &id, &label, until, now).map_err(Failure::from))
        .await?;
    let mut data = draft_view::drop_link(&made.link);
    data.url = Some(app.urls.drop_page_absolute(&made.secret));
    data.uploads_url = Some(app.urls.drop_uploads_absolute(&made.secret));
    let mut response = HttpResponse::Created().json(DropLinkAnswer { data });
    response.extensions_mut().insert(ShownOnce);
    Ok(response)
}

/// Revokes a drop link: from the next request on it opens nothing. What came by it stays.
#[utoipa::path(tag = "stories", params(
    ("id" = String, Path, description = "The story's id"), ("link" = String, Path, description = "The link's id"),
), responses((status = 204, description = "It opens nothing"), (status = 404, description = "The story has no such link")),
    security(("token" = ["stories:publish"]), ("session" = [])))]
#[delete("/manage/stories/{id}/drop-links/{link}")]
pub(super) async fn revoke_drop_link(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&path.0)?;
    let link: DropLinkId = path_id(&path.1)?;
    let actor = caller.needs(Scope::StoriesPublish)?.clone();
    let now = app.clock.now();
    let is_there = app
        .db
        .write(move |conn| drop_links::revoke(conn, &actor, &id, &link, now).map_err(Failure::from))
        .await?;
    if is_there {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Failure::NotFound.into())
    }
}
