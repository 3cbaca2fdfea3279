//! The drafts of a story as they stood earlier: listed, read, put back.

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, get, post, web};

use super::answer::{DraftAnswer, Maker, RevisionAnswer, RevisionList, RevisionView};
use super::draft_view;
use super::stories::{answer_with, write};
use crate::account::token::Scope;
use crate::id::StoryId;
use crate::story::revisions::{self, Revision};
use crate::web::App;
use crate::web::aside::json_aside;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, NoFields, if_match_seen, path_id};

/// The revisions of a story, newest first: one for each publication, one for each session of editing that has ended.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")), responses(
    (status = 200, description = "The revisions without their blocks", body = RevisionList),
    (status = 404, description = "No such story, or not for this caller"),
), security(("token" = ["stories:read"]), ("session" = [])))]
#[get("/manage/stories/{id}/revisions")]
pub(super) async fn list_revisions(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesRead)?.clone();
    let list = app
        .db
        .read(move |conn| revisions::list(conn, &actor, &id).map_err(Failure::from))
        .await?;
    let data = list.iter().map(facts).collect();
    Ok(HttpResponse::Ok().json(RevisionList { data }))
}

fn facts(revision: &Revision) -> RevisionView {
    RevisionView {
        number: revision.number,
        reason: revision.reason,
        made_by: Maker {
            id: revision.by.clone(),
            name: revision.name.clone(),
        },
        made_at: crate::clock::rfc3339(revision.at),
    }
}

/// A draft as it stood at a revision; its blocks and frames have the ids that they had then. Photographs are as they are now; those that have been
/// removed since are left out.
#[utoipa::path(tag = "stories", params(
    ("id" = String, Path, description = "The story's id"), ("number" = i32, Path, description = "The revision's number"),
), responses(
    (status = 200, description = "The draft as it was", body = RevisionAnswer),
    (status = 404, description = "No such story or revision, or not for this caller"),
), security(("token" = ["stories:read"]), ("session" = [])))]
#[get("/manage/stories/{id}/revisions/{number}")]
pub(super) async fn get_revision(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failed> {
    let (id, number) = read_path(&path)?;
    let actor = caller.needs(Scope::StoriesRead)?.clone();
    let (revision, draft) = app
        .db
        .read(move |conn| revisions::load(conn, &actor, &id, number).map_err(Failure::from))
        .await?;
    let json = json_aside(move || RevisionAnswer {
        data: draft_view::draft(&draft, &app.urls),
        revision: facts(&revision),
    });
    Ok(HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(json.await?))
}

/// Puts a revision back, as a step that can be undone. The draft as it is becomes a revision itself; what came into the story since lies in its tray.
#[utoipa::path(tag = "stories", params(
    ("id" = String, Path, description = "The story's id"), ("number" = i32, Path, description = "The revision's number"),
), responses(
    (status = 200, description = "The draft as it is now", body = DraftAnswer),
    (status = 403, description = "Only an editor may"),
    (status = 404, description = "No such story or revision, or not for this caller"),
    (status = 412, description = "The draft was changed by somebody else; the present state comes along"),
    (status = 428, description = "If-Match is missing"),
), security(("token" = ["stories:write"]), ("session" = [])))]
#[post("/manage/stories/{id}/revisions/{number}/restore")]
pub(super) async fn restore_revision(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    _: NoFields,
) -> Result<HttpResponse, Failed> {
    let (id, number) = read_path(&path)?;
    let actor = caller.needs(Scope::StoriesWrite)?.clone();
    let seen = if_match_seen(&request)?;
    let now = app.clock.now();
    write(&app, actor.clone(), id.clone(), move |conn, actor, id| {
        revisions::restore(conn, actor, id, number, seen, now)
    })
    .await?;
    Ok(answer_with(&app, actor, id).await?)
}

fn read_path(path: &(String, String)) -> Result<(StoryId, i32), Failure> {
    let number = path.1.parse().map_err(|_| Failure::NotFound)?;
    Ok((path_id(&path.0)?, number))
}
