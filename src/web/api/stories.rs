//! Drafts: make, list, read, change, operate on, delete.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use actix_web::http::header::{self, ContentType};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, delete, get, patch, post, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::answer::{DraftAnswer, StoryList};
use super::body::{OperationsBody, StoryBody, StoryPatch};
use super::draft_view;
use crate::account::Actor;
use crate::account::token::Scope;
use crate::db::{Conn, DbError};
use crate::id::StoryId;
use crate::story::details::StoryEdit;
use crate::story::draft::{self, Draft};
use crate::story::query::StoryFilter;
use crate::story::{StoryError, access, create, details, freshen, list, operations};
use crate::web::aside::json_aside;
use crate::web::error::Failure;
use crate::web::extract::{
    Caller, Failed, JsonBody, Params, etag, if_match, if_match_seen, is_known, path_id,
};
use crate::web::{App, cursor};

pub(super) fn tag(draft: &Draft) -> String {
    let story = &draft.story;
    let tag = etag(story.version, story.change_count);
    // What is live and what is scheduled stands in the answer too. `If-Match` does not look at it: it changes nobody's draft.
    let schedule = story.schedule.as_ref();
    let at = schedule.map_or(0, |schedule| schedule.at);
    let held = schedule
        .and_then(|schedule| schedule.held)
        .map_or(0, |held| held.at);
    let live = story.live_publication.unwrap_or(0);
    let photos = photos_tag(draft);
    format!("{}.{live}-{at}-{held}-{photos:x}\"", tag.trim_end_matches('"'))
}

/// What the answer says of the draft's photos, in a number: their words, whether they are ready, and the files that there are.
fn photos_tag(draft: &Draft) -> u64 {
    let mut photos: Vec<_> = draft.photos.values().collect();
    photos.sort_by(|one, other| one.id.cmp(&other.id));
    let mut hasher = DefaultHasher::new();
    for photo in photos {
        photo.id.hash(&mut hasher);
        photo.version.hash(&mut hasher);
        photo.state.as_str().hash(&mut hasher);
        for rendition in draft.renditions.get(&photo.id).into_iter().flatten() {
            rendition.folder.hash(&mut hasher);
            rendition.spec.hash(&mut hasher);
        }
    }
    hasher.finish()
}

async fn answer(app: &web::Data<App>, draft: Draft) -> Result<HttpResponse, Failure> {
    fill(HttpResponse::Ok(), app, draft).await
}

/// Fills an answer with a draft, whose paragraphs are made HTML for it.
async fn fill(
    mut response: HttpResponseBuilder,
    app: &web::Data<App>,
    draft: Draft,
) -> Result<HttpResponse, Failure> {
    response.insert_header((header::ETAG, tag(&draft)));
    let app = app.clone();
    let json = json_aside(move || DraftAnswer {
        data: draft_view::draft(&draft, &app.urls),
    });
    Ok(response.content_type(ContentType::json()).body(json.await?))
}

/// The draft as the API answers with it.
pub(super) async fn answer_with(
    app: &web::Data<App>,
    actor: Actor,
    id: StoryId,
) -> Result<HttpResponse, Failure> {
    let draft = app
        .db
        .read(move |conn| {
            let story = access::find_visible(conn, &actor, &id)?;
            Ok::<_, Failure>(draft::load(conn, story)?)
        })
        .await?;
    answer(app, draft).await
}

/// A failed verb with the present state beside it, where that helps.
pub(super) fn with_current(
    app: &App,
    conn: &mut Conn,
    actor: &Actor,
    id: &StoryId,
    failure: Failure,
) -> Failure {
    let Failure::Stale { message, part, .. } = failure else {
        return failure;
    };
    let current = access::find_visible(conn, actor, id)
        .and_then(|story| Ok(draft::load(conn, story)?))
        .map(|draft| Box::new((json!(draft_view::draft(&draft, &app.urls)), tag(&draft))))
        .ok();
    Failure::Stale {
        message,
        part,
        current,
    }
}

/// Makes a story with all its blocks.
#[utoipa::path(tag = "stories", request_body = StoryBody, responses(
    (status = 201, description = "The draft", body = DraftAnswer,
        headers(("Location" = String, description = "Its address in this API, as a path"))),
    (status = 422, description = "Everything that is wrong, each with its pointer"),
), security(("token" = ["stories:write"]), ("session" = [])))]
#[post("/manage/stories")]
pub(super) async fn create_story(
    app: web::Data<App>,
    caller: Caller,
    body: JsonBody<StoryBody>,
) -> Result<HttpResponse, Failed> {
    let actor = caller.needs(Scope::StoriesWrite)?.clone();
    let new = body.0.check()?;
    let now = app.clock.now();
    let draft = app
        .db
        .write(move |conn| create::create(conn, &actor, new, now).map_err(Failure::from))
        .await?;
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, app.urls.manage_story(&draft.story.id)));
    Ok(fill(response, &app, draft).await?)
}

/// What stories can be narrowed to.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(
    dead_code,
    reason = "it describes what is asked for; the word itself is read by the handler, which says what it may be"
)]
enum StatusName {
    /// Live.
    Published,
    /// Not public.
    Draft,
}

/// What the list of stories may be narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StoryParams {
    /// How many, 1 to 100; 20 without it.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where the page before ended.
    after: Option<String>,
    /// `published` or `draft`.
    #[param(value_type = Option<StatusName>, inline)]
    status: Option<String>,
    /// Words that must all be there, anywhere in the draft or its captions: the last one by its beginning, those in quotation marks together.
    text: Option<String>,
}

/// Stories that the caller may see, last changed first.
#[utoipa::path(tag = "stories", params(StoryParams), responses((status = 200, description = "A page of stories", body = StoryList)),
    security(("token" = ["stories:read"]), ("session" = [])))]
#[get("/manage/stories")]
pub(super) async fn list_stories(
    app: web::Data<App>,
    caller: Caller,
    params: Params<StoryParams>,
) -> Result<HttpResponse, Failed> {
    let actor = caller.needs(Scope::StoriesRead)?.clone();
    let params = params.0;
    let limit = params.limit.unwrap_or(20);
    let live = match params.status.as_deref() {
        None => None,
        Some("published") => Some(true),
        Some("draft") => Some(false),
        Some(_) => return Err(bad("status", "The status is “published” or “draft”.")),
    };
    if !(1..=100).contains(&limit) {
        return Err(bad("limit", "The limit is a number from 1 to 100."));
    }
    let before = params.after.as_deref().map(cursor::read).transpose()?;
    let filter = StoryFilter {
        member: None,
        live,
        text: params.text.filter(|text| !text.is_empty()),
        before,
    };
    if filter.text.is_some() {
        freshen::try_freshen(&app.db).await;
    }
    let page = app
        .db
        .read(move |conn| list::list(conn, &actor, filter, limit).map_err(Failure::from))
        .await?;
    let lines = page.lines.iter();
    let data = lines
        .map(|line| draft_view::story(&line.story, &app.urls))
        .collect();
    let next = page.older.map(|(at, id)| cursor::write(at, id));
    Ok(HttpResponse::Ok().json(StoryList { data, next }))
}

fn bad(code: &'static str, message: &str) -> Failed {
    Failed(Failure::BadRequest {
        code,
        message: message.to_owned(),
    })
}

/// A draft with its versions. Its `ETag` serves operations and publication.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")), responses(
    (status = 200, description = "The draft", body = DraftAnswer),
    (status = 304, description = "Not changed since the given ETag"),
    (status = 404, description = "No such story, or not for this caller"),
), security(("token" = ["stories:read"]), ("session" = [])))]
#[get("/manage/stories/{id}")]
pub(super) async fn get_story(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesRead)?.clone();
    let draft = app
        .db
        .read(move |conn| {
            let story = access::find_visible(conn, &actor, &id)?;
            Ok::<_, Failure>(draft::load(conn, story)?)
        })
        .await?;
    if is_known(&request, &tag(&draft)) {
        return Ok(HttpResponse::NotModified()
            .insert_header((header::ETAG, tag(&draft)))
            .finish());
    }
    Ok(answer(&app, draft).await?)
}

/// Changes a story's own fields (JSON Merge Patch).
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")),
    request_body = StoryPatch, responses(
    (status = 200, description = "The draft as it is now", body = DraftAnswer),
    (status = 412, description = "Changed by somebody else; the present state comes along"),
    (status = 428, description = "If-Match is missing"),
), security(("token" = ["stories:write"]), ("session" = [])))]
#[patch("/manage/stories/{id}")]
pub(super) async fn change_story(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
    patch: JsonBody<StoryPatch>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesWrite)?.clone();
    let expected = if_match(&request)?;
    let edit = patch.0.check()?;
    let publishes = caller.needs(Scope::StoriesPublish).is_ok();
    let now = app.clock.now();
    let draft = write(&app, actor, id, move |conn, actor, id| {
        if edit.slug.is_some() && !publishes {
            stays_where_it_is_read(conn, actor, id, &edit)?;
        }
        details::edit(conn, actor, id, expected, &edit, now)
    })
    .await?;
    // A changed slug moves the live page.
    if draft.story.is_live() {
        app.pages.clear();
    }
    Ok(answer(&app, draft).await?)
}

/// The address of a live story is what readers see of an edit at once: to move it takes what publishing takes.
fn stays_where_it_is_read(
    conn: &mut Conn,
    actor: &Actor,
    id: &StoryId,
    edit: &StoryEdit,
) -> Result<(), StoryError> {
    let story = access::find_editable(conn, actor, id)?;
    if story.is_live() && edit.slug.as_ref().is_some_and(|slug| slug.as_str() != story.slug) {
        return Err(StoryError::Forbidden(
            "The story is live and its address moves for readers at once: that takes a token with “stories:publish” too.",
        ));
    }
    Ok(())
}

/// Inserts, moves, updates, removes, restores, groups and ungroups: all of it or nothing.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")),
    request_body = OperationsBody, responses(
    (status = 200, description = "The draft as it is now", body = DraftAnswer),
    (status = 412, description = "Order or words were changed by somebody else; the present state comes along"),
    (status = 422, description = "An operation does not fit; nothing was changed"),
    (status = 428, description = "If-Match is missing; a call of updates alone needs none"),
), security(("token" = ["stories:write"]), ("session" = [])))]
#[post("/manage/stories/{id}/operations")]
pub(super) async fn operate(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
    body: JsonBody<OperationsBody>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesWrite)?.clone();
    let operations = body.0.check()?;
    let structural = operations.iter().any(operations::Operation::is_structural);
    let expected = if structural {
        Some(if_match(&request)?)
    } else {
        None
    };
    let now = app.clock.now();
    let draft = write(&app, actor, id, move |conn, actor, id| {
        operations::apply(conn, actor, id, expected, &operations, now)
    })
    .await?;
    Ok(answer(&app, draft).await?)
}

/// Deletes a story that is not live; its photos stay.
#[utoipa::path(tag = "stories", params(("id" = String, Path, description = "The story's id")), responses(
    (status = 204, description = "Deleted"),
    (status = 412, description = "Changed by somebody else; the present state comes along"),
    (status = 422, description = "It is published"),
    (status = 428, description = "If-Match is missing"),
), security(("token" = ["stories:write"]), ("session" = [])))]
#[delete("/manage/stories/{id}")]
pub(super) async fn delete_story(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesWrite)?.clone();
    let (seen, now) = (if_match_seen(&request)?, app.clock.now());
    write(&app, actor, id, move |conn, actor, id| {
        create::delete(conn, actor, id, seen, now)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Runs a verb in a write transaction; a stale one is answered with the present state.
pub(super) async fn write<T, E>(
    app: &web::Data<App>,
    actor: Actor,
    id: StoryId,
    verb: impl FnOnce(&mut Conn, &Actor, &StoryId) -> Result<T, E> + Send + 'static,
) -> Result<T, Failure>
where
    T: Send + 'static,
    E: From<diesel::result::Error> + From<DbError> + Send + 'static,
    Failure: From<E>,
{
    let (of_verb, of_failure) = ((actor.clone(), id.clone()), (actor, id));
    let result = app.db.write(move |conn| verb(conn, &of_verb.0, &of_verb.1)).await;
    match result.map_err(Failure::from) {
        Ok(done) => Ok(done),
        Err(failure) => {
            // Read after the roll-back, so that what is shown as present is what was kept.
            let inner = app.clone();
            let (actor, id) = of_failure;
            app.db
                .read(move |conn| Ok::<_, Failure>(Err(with_current(&inner, conn, &actor, &id, failure))))
                .await?
        }
    }
}
