//! Undo and redo as buttons: the last steps of whoever presses them.

use actix_web::{HttpResponse, web};

use super::form::Sent;
use super::shell::go;
use crate::id::StoryId;
use crate::story::steps;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};
use crate::web::tongue::Tongue;

/// `POST /desk/stories/{id}/history` with `do=undo` or `do=redo`; then back to the page it was pressed on.
pub(super) async fn swing(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let verb = match form.text("do") {
        "undo" => steps::undo,
        "redo" => steps::redo,
        _ => return Err(Failure::NotFound.into()),
    };
    let now = app.clock.now();
    let story = id.clone();
    let swung = app
        .db
        .write(move |conn| verb(conn, &actor, &story, now).map_err(Failure::from))
        .await?;
    if swung.overtaken {
        let message = Tongue::current().say("undo.overtaken").to_owned();
        return Err(Failure::Conflict {
            code: "overtaken",
            message,
        }
        .into());
    }
    Ok(go(&match form.text("page") {
        "table" => app.urls.light_table(&id),
        "captions" => app.urls.caption_desk(&id),
        _ => app.urls.desk_story(&id),
    }))
}
