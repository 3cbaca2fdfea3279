//! The moment at which a draft goes out by itself.

use actix_web::{HttpRequest, HttpResponse, delete, put, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::DraftAnswer;
use super::stories::{answer_with, write};
use crate::account::token::Scope;
use crate::id::StoryId;
use crate::story::schedule;
use crate::text::{Moment, Note, Zone};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, JsonBody, if_match_seen, path_id};
use crate::web::fields::Errors;

/// When a draft is to go out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScheduleBody {
    /// `2024-03-31T09:00` by the clocks of `zone`, or an instant with its offset. An hour that does not exist moves forward; of one that exists twice the
    /// first is meant.
    at: String,
    /// IANA name of a time zone; UTC without one.
    zone: Option<String>,
    /// What readers are told of the change, for a story that was published before.
    #[schema(max_length = 2_000)]
    correction: Option<String>,
}

impl ScheduleBody {
    fn check(&self) -> Result<(Moment, Option<Note>), Failure> {
        let mut errors = Errors::default();
        let zone = self.zone.as_deref().unwrap_or(Zone::UTC);
        let zone = errors.take("/zone", "zone", Zone::parse(zone));
        let moment = zone.and_then(|zone| errors.take("/at", "moment", Moment::parse_one(&self.at, zone)));
        let note = Note::parse_optional(self.correction.as_deref().unwrap_or_default());
        let note = errors.take("/correction", "correction", note);
        errors.finish(moment.zip(note))
    }
}

/// Has the draft published at a moment, as it stands then. A moment that was set before no longer holds.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")),
    request_body = ScheduleBody, responses(
    (status = 200, description = "The draft with its schedule", body = DraftAnswer),
    (status = 412, description = "The draft was changed by somebody else; the present state comes along"),
    (status = 422, description = "A moment that has passed, a zone that is unknown, or every obstacle at once"),
    (status = 428, description = "If-Match is missing"),
), security(("token" = ["stories:publish"]), ("session" = [])))]
#[put("/manage/stories/{id}/schedule")]
pub(super) async fn set_schedule(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
    body: JsonBody<ScheduleBody>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesPublish)?.clone();
    let seen = if_match_seen(&request)?;
    let (moment, note) = body.0.check()?;
    let now = app.clock.now();
    write(&app, actor.clone(), id.clone(), move |conn, actor, id| {
        schedule::set(conn, actor, id, seen, &moment, note.as_ref(), now)
    })
    .await?;
    Ok(answer_with(&app, actor, id).await?)
}

/// Takes the moment back; nothing goes out by itself then.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")),
    responses((status = 204, description = "Not scheduled (any more)")),
    security(("token" = ["stories:publish"]), ("session" = [])))]
#[delete("/manage/stories/{id}/schedule")]
pub(super) async fn cancel_schedule(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesPublish)?.clone();
    let now = app.clock.now();
    app.db
        .write(move |conn| schedule::cancel(conn, &actor, &id, now).map_err(Failure::from))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
