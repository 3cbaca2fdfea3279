//! Choosing photographs for a story: from the library by boxes, or new ones from one's own machine.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::SignedIn;
use super::library::{LibraryParams, Tile, Tiles, tiles};
use super::shell::{Room, Shell, page};
use super::words::load;
use crate::id::StoryId;
use crate::web::App;
use crate::web::extract::{Failed, Params, path_id};

#[derive(Template)]
#[template(path = "desk/pick.html", whitespace = "minimize")]
struct PickPage {
    shell: Shell,
    here: String,
    title: String,
    asked: LibraryParams,
    tiles: Vec<Tile>,
    older: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    id: web::Path<String>,
    params: Params<LibraryParams>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let draft = load(&app, &actor, &id).await?;
    let here = app.urls.desk_story(&id);
    let asked = params.0;
    let Tiles { tiles, older } = tiles(&app, &actor, &asked, &format!("{here}/photos")).await?;
    page(&PickPage {
        shell: Shell::titled(&app, Some(&actor), Room::Stories, "table.empty.link"),
        here,
        title: draft.story.title,
        asked,
        tiles,
        older,
    })
}
