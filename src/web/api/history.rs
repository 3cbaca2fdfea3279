//! Undoing one's own last steps in a draft, and doing them again.

use actix_web::http::header::{self, ContentType};
use actix_web::{HttpResponse, post, web};

use super::answer::{Step, StepAnswer};
use super::{draft_view, stories};
use crate::account::Actor;
use crate::account::token::Scope;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::StoryId;
use crate::story::StoryError;
use crate::story::steps::{self, Swung};
use crate::web::App;
use crate::web::aside::json_aside;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, NoFields, path_id};

/// Takes the caller's own last step in this story back. What it touched and somebody changed since stays as it is; then `overtaken` is true and the
/// step is forgotten. `what` is null where there is nothing to undo.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")), responses(
    (status = 200, description = "The draft as it is now, and which step it was", body = StepAnswer),
    (status = 404, description = "No such story, or not for this caller"),
), security(("token" = ["stories:write"]), ("session" = [])))]
#[post("/manage/stories/{id}/undo")]
pub(super) async fn undo(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    _: NoFields,
) -> Result<HttpResponse, Failed> {
    swing(app, &caller, &id, steps::undo).await
}

/// Does again what the caller undid last.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")), responses(
    (status = 200, description = "The draft as it is now, and which step it was", body = StepAnswer),
    (status = 404, description = "No such story, or not for this caller"),
), security(("token" = ["stories:write"]), ("session" = [])))]
#[post("/manage/stories/{id}/redo")]
pub(super) async fn redo(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    _: NoFields,
) -> Result<HttpResponse, Failed> {
    swing(app, &caller, &id, steps::redo).await
}

type Verb = fn(&mut Conn, &Actor, &StoryId, Millis) -> Result<Swung, StoryError>;

async fn swing(app: web::Data<App>, caller: &Caller, id: &str, verb: Verb) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(id)?;
    let actor = caller.needs(Scope::StoriesWrite)?.clone();
    let now = app.clock.now();
    let (swung, undoable) = app
        .db
        .write(move |conn| {
            let swung = verb(conn, &actor, &id, now)?;
            let undoable = steps::undoable(conn, &actor, &id)?;
            Ok::<_, Failure>((swung, undoable))
        })
        .await?;
    let tag = stories::tag(&swung.draft);
    let json = json_aside(move || StepAnswer {
        data: draft_view::draft(&swung.draft, &app.urls),
        step: Step {
            what: swung.what,
            overtaken: swung.overtaken,
        },
        undoable,
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, tag))
        .content_type(ContentType::json())
        .body(json.await?))
}
