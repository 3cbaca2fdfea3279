//! Publishing and unpublishing: the publication is a thing of its own that is made and taken away; and the checklist before it.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::{ChecklistAnswer, ChecklistView, PublicationAnswer, PublicationView};
use super::draft_view;
use super::stories::{tag, with_current};
use crate::account::token::Scope;
use crate::clock::rfc3339;
use crate::id::StoryId;
use crate::story::{access, checklist, draft, publish};
use crate::text::Note;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, OptionalJson, if_match_seen, path_id};
use crate::web::fields::Errors;

/// What goes with a publication.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PublicationBody {
    /// What readers are told of the change, for a story that was published before; up to 2,000 characters.
    #[schema(max_length = 2_000)]
    correction: Option<String>,
}

/// What stands in the way of publishing the draft as it stands, and what deserves a look before: titles and paragraphs that name a place which is hidden for
/// a photograph, for one. Warnings block nothing.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")), responses(
    (status = 200, description = "The checklist", body = ChecklistAnswer),
    (status = 404, description = "No such story, or not for this caller"),
), security(("token" = ["stories:read"]), ("session" = [])))]
#[get("/manage/stories/{id}/checklist")]
pub(super) async fn get_checklist(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesRead)?.clone();
    let now = app.publishing_now();
    let list = app
        .db
        .read(move |conn| {
            let story = access::find_editable(conn, &actor, &id)?;
            Ok::<_, Failure>(checklist::check(&draft::load(conn, story)?, now))
        })
        .await?;
    Ok(HttpResponse::Ok().json(ChecklistAnswer {
        data: ChecklistView {
            obstacles: list.obstacles.iter().map(draft_view::remark).collect(),
            warnings: list.warnings.iter().map(draft_view::remark).collect(),
        },
    }))
}

/// Publishes the draft as it stands. A schedule it had is fulfilled with it.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")),
    request_body(content = Option<PublicationBody>), responses(
    (status = 201, description = "Live from the next request on", body = PublicationAnswer,
        headers(("ETag" = String, description = "Of the draft as it is now"))),
    (status = 412, description = "The draft was changed by somebody else; the present state comes along"),
    (status = 422, description = "Every obstacle at once"),
    (status = 428, description = "If-Match is missing"),
), security(("token" = ["stories:publish"]), ("session" = [])))]
#[post("/manage/stories/{id}/publication")]
pub(super) async fn publish_story(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
    body: OptionalJson<PublicationBody>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesPublish)?.clone();
    let seen = if_match_seen(&request)?;
    let mut errors = Errors::default();
    let note = body.0.unwrap_or_default().correction.unwrap_or_default();
    let note = errors.take("/correction", "correction", Note::parse_optional(&note));
    let note = errors.finish(note)?;
    let now = app.publishing_now();
    let inner = app.clone();
    let (by, of) = (actor.clone(), id.clone());
    let published = publish::publish_with(&app.db, &app.store, &actor, &id, seen, note, now)
        .await
        .map_err(Failure::from);
    let published = match published {
        Ok(published) => published,
        Err(failure) => {
            let failure = app
                .db
                .read(move |conn| Ok::<_, Failure>(with_current(&inner, conn, &actor, &id, failure)))
                .await?;
            return Err(failure.into());
        }
    };
    app.pages.clear();
    let draft = app
        .db
        .read(move |conn| {
            let story = access::find_visible(conn, &by, &of)?;
            Ok::<_, Failure>(draft::load(conn, story)?)
        })
        .await?;
    let mut response = HttpResponse::Created();
    response.insert_header((header::ETAG, tag(&draft)));
    Ok(response.json(PublicationAnswer {
        data: PublicationView {
            publication: published.number,
            published_at: rfc3339(published.at),
            url: app.urls.story_absolute(&published.slug),
        },
    }))
}

/// Takes the live publication back; readers get a 404 from the next request on. A schedule is cancelled with it.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")),
    responses((status = 204, description = "No longer public")),
    security(("token" = ["stories:publish"]), ("session" = [])))]
#[delete("/manage/stories/{id}/publication")]
pub(super) async fn unpublish_story(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesPublish)?.clone();
    let now = app.clock.now();
    app.db
        .write(move |conn| publish::unpublish(conn, &actor, &id, now).map_err(Failure::from))
        .await?;
    app.pages.clear();
    Ok(HttpResponse::NoContent().finish())
}
