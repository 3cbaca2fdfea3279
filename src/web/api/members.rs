//! Members of a story: photographers whom an editor lets add and caption their own photographs in it.

use actix_web::{HttpResponse, delete, get, put, web};

use super::answer::{MemberList, MemberView};
use crate::account::token::Scope;
use crate::clock::rfc3339;
use crate::id::{AccountId, StoryId};
use crate::story::members;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, NoFields, path_id};

/// The members of a story.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")),
    responses((status = 200, description = "The members, by name", body = MemberList)),
    security(("token" = ["stories:read"]), ("session" = [])))]
#[get("/manage/stories/{id}/members")]
pub(super) async fn list_members(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesRead)?.clone();
    let members = app
        .db
        .read(move |conn| members::list(conn, &actor, &id).map_err(Failure::from))
        .await?;
    let data = members
        .into_iter()
        .map(|member| MemberView {
            user: member.id,
            name: member.name,
            since: rfc3339(member.added_at),
        })
        .collect();
    Ok(HttpResponse::Ok().json(MemberList { data }))
}

/// Puts somebody on a story; idempotent.
#[utoipa::path(tag = "stories", params(
    ("id" = String, Path, description = "The story's id"), ("user" = String, Path, description = "The account's id"),
), responses((status = 204, description = "They are a member now"), (status = 422, description = "No such account")),
    security(("token" = ["stories:write"]), ("session" = [])))]
#[put("/manage/stories/{id}/members/{user}")]
pub(super) async fn add_member(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(String, String)>,
    _: NoFields,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&path.0)?;
    let user: AccountId = path_id(&path.1)?;
    let actor = caller.needs(Scope::StoriesWrite)?.clone();
    let now = app.clock.now();
    app.db
        .write(move |conn| members::add(conn, &actor, &id, &user, now).map_err(Failure::from))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes somebody off a story; their photographs stay in it.
#[utoipa::path(tag = "stories", params(
    ("id" = String, Path, description = "The story's id"), ("user" = String, Path, description = "The account's id"),
), responses((status = 204, description = "They are no member any more"), (status = 404, description = "They were none")),
    security(("token" = ["stories:write"]), ("session" = [])))]
#[delete("/manage/stories/{id}/members/{user}")]
pub(super) async fn remove_member(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&path.0)?;
    let user: AccountId = path_id(&path.1)?;
    let actor = caller.needs(Scope::StoriesWrite)?.clone();
    let now = app.clock.now();
    let was = app
        .db
        .write(move |conn| members::remove(conn, &actor, &id, &user, now).map_err(Failure::from))
        .await?;
    if was {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Failure::NotFound.into())
    }
}
