//! Delivery: live stories for anyone, from the same cache as the reader's pages; and the draft in the same shape for those who may see it.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::{DeliveredLinks, LiveStoryList, NextLink, StoryAnswer};
use super::view;
use crate::account::token::Scope;
use crate::id::StoryId;
use crate::story::{self, compose, draft, share};
use crate::text::Slug;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, Params, bearer_secret, path_id};
use crate::web::ready::Page;
use crate::web::{App, cursor, page};

/// Stories on a page of the list, unless asked otherwise.
const STORIES_A_PAGE: usize = 20;

/// What a list may be asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// How many, 1 to 100; 20 without it.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where the page before ended, from its `links.next`.
    after: Option<String>,
}

/// What everybody may read, in all forms in which it is sent.
fn public(app: &App, answer: &impl serde::Serialize) -> Result<Page, Failure> {
    let body = serde_json::to_vec(answer).map_err(|error| Failure::internal(&error))?;
    let refuses = app.site().ai_training.is_refused();
    Ok(Page::json(body).refusing_training(refuses))
}

/// Live stories, first published last first.
#[utoipa::path(tag = "delivery", operation_id = "list_live_stories", params(ListParams), responses(
    (status = 200, description = "A page of live stories; links.next is null on the last one", body = LiveStoryList),
    (status = 304, description = "Not changed since the given ETag"),
    (status = 400, description = "An unknown parameter, a limit out of range (limit), a cursor that was never given out (after)"),
))]
#[get("/stories")]
pub(super) async fn list_stories(
    app: web::Data<App>,
    request: HttpRequest,
    params: Params<ListParams>,
) -> Result<HttpResponse, Failed> {
    let limit = params.0.limit.unwrap_or(STORIES_A_PAGE);
    if !(1..=100).contains(&limit) {
        let message = "The limit is a number from 1 to 100.".to_owned();
        return Err(Failure::BadRequest {
            code: "limit",
            message,
        }
        .into());
    }
    let after = params.0.after.as_deref().map(cursor::read).transpose()?;
    let address = match &params.0.after {
        None if limit == STORIES_A_PAGE => app.urls.api_stories(),
        after => format!(
            "{}?limit={limit}&after={}",
            app.urls.api_stories(),
            after.as_deref().unwrap_or_default()
        ),
    };
    let render = {
        let app = app.clone();
        async move {
            let page = app
                .db
                .read(move |conn| {
                    story::list::list_live(conn, None, after.as_ref(), limit).map_err(Failure::from)
                })
                .await?;
            let next = page.older.as_ref().map(|(at, id)| {
                let cursor = cursor::write(*at, id);
                app.urls
                    .absolute(&format!("/api/v1/stories?limit={limit}&after={cursor}"))
            });
            let data: Vec<_> = page
                .documents
                .iter()
                .map(|document| view::delivered(document, &app.urls))
                .collect();
            let links = NextLink { next };
            Ok(Some(public(&app, &LiveStoryList { data, links })?))
        }
    };
    let page = app.pages.get(&address, render).await?.ok_or(Failure::NotFound)?;
    Ok(page.answer(request.headers()))
}

/// A live story: everything needed to draw it, in one answer.
#[utoipa::path(tag = "delivery", operation_id = "get_live_story", params(("slug" = String, Path, description = "The story's slug")), responses(
    (status = 200, description = "The live publication", body = StoryAnswer),
    (status = 304, description = "Not changed since the given ETag"),
    (status = 308, description = "The story has another slug now", headers(("Location" = String, description = "Where it is, as a path"))),
    (status = 404, description = "No live story has this slug"),
))]
#[get("/stories/{slug}")]
pub(super) async fn get_story(
    app: web::Data<App>,
    request: HttpRequest,
    slug: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let slug = Slug::in_address(&slug).ok_or(Failure::NotFound)?;
    let address = app.urls.api_story(slug.as_str());
    let render = {
        let app = app.clone();
        let slug = slug.as_str().to_owned();
        async move {
            let found = app
                .db
                .read(move |conn| {
                    let live = story::list::find_live(conn, &slug)?;
                    let moved = if live.is_none() {
                        story::query::find_live_slug_after(conn, &slug)?
                    } else {
                        None
                    };
                    Ok::<_, Failure>((live, moved))
                })
                .await?;
            Ok(match found {
                (Some(document), _) => {
                    let links = DeliveredLinks {
                        itself: Some(app.urls.absolute(&app.urls.api_story(&document.slug))),
                        html: app.urls.story_absolute(&document.slug),
                    };
                    let data = view::delivered(&document, &app.urls);
                    Some(public(&app, &StoryAnswer { data, links })?)
                }
                (None, Some(moved)) => Some(Page::moved(&app.urls.api_story(&moved)).open_to_all()),
                (None, None) => None,
            })
        }
    };
    let page = app.pages.get(&address, render).await?.ok_or(Failure::NotFound)?;
    Ok(page.answer(request.headers()))
}

/// The draft of a story in the shape of delivery, for a session, a token with `stories:preview`, or the secret of a link to it as a bearer token.
#[utoipa::path(tag = "delivery", operation_id = "preview_story", params(("id" = String, Path, description = "The story's id")), responses(
    (status = 200, description = "The draft as it would be published", body = StoryAnswer),
    (status = 404, description = "No such story, or not for this caller"),
), security(("token" = ["stories:preview"]), ("session" = [])))]
#[get("/preview/stories/{id}")]
pub(super) async fn preview_story(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    if let Some(secret) = bearer_secret(&request).filter(|secret| secret.starts_with(share::PREFIX)) {
        return preview_to_holder(&app, id, secret.to_owned()).await;
    }
    let caller = Caller::required(&request).await?;
    let actor = caller.needs(Scope::StoriesPreview)?.clone();
    let document = app
        .db
        .read(move |conn| {
            let story = story::access::find_visible(conn, &actor, &id)?;
            let draft = draft::load(conn, story)?;
            Ok::<_, Failure>(compose::compose(&draft, None))
        })
        .await?;
    let links = DeliveredLinks {
        itself: None,
        html: app.urls.absolute(&app.urls.preview(&document.id)),
    };
    let data = view::delivered(&document, &app.urls);
    Ok(HttpResponse::Ok().json(StoryAnswer { data, links }))
}

/// The same for whoever holds the secret of a link to this story; its pictures are found below that secret.
async fn preview_to_holder(app: &App, id: StoryId, secret: String) -> Result<HttpResponse, Failed> {
    let now = app.clock.now();
    let urls = app.urls.for_holder_of(&secret);
    let link = app.urls.outside_preview_absolute(&secret);
    let (open, document) = app
        .db
        .read(move |conn| {
            let (open, draft) = share::find_draft(conn, &secret, now)?
                .filter(|(open, _)| open.story == id)
                .ok_or(Failure::NotFound)?;
            Ok::<_, Failure>((open, compose::compose(&draft, None)))
        })
        .await?;
    if open.is_stale(now) {
        app.db
            .write(move |conn| share::touch(conn, &open, now).map_err(Failure::from))
            .await?;
    }
    let links = DeliveredLinks {
        itself: None,
        html: link,
    };
    let data = view::delivered(&document, &urls);
    let mut response = HttpResponse::Ok().json(StoryAnswer { data, links });
    page::keep_to_holder(response.headers_mut());
    Ok(response)
}
