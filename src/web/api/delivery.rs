//! Delivery: live stories for anyone, from the same cache as the reader's pages; and the draft in the same shape for those who may see it.

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde_json::{Value, json};

use super::answer::{DeliveredLinks, StoryAnswer};
use super::browse::{self, StoriesParams};
use super::view;
use crate::account::token::Scope;
use crate::clock::rfc3339;
use crate::id::StoryId;
use crate::search::live::find_change;
use crate::story::{self, compose, draft, share};
use crate::text::Slug;
use crate::web::aside::json_aside;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, Params, bearer_secret, path_id};
use crate::web::ready::Page;
use crate::web::{App, page};

/// What everybody may read, in all forms in which it is sent.
fn public(app: &App, answer: &impl serde::Serialize) -> Result<Page, Failure> {
    let body = serde_json::to_vec(answer).map_err(|error| Failure::internal(&error))?;
    let refuses = app.site().ai_training.is_refused();
    Ok(Page::json(body).refusing_training(refuses))
}

/// Live stories, first published last first unless asked otherwise.
#[utoipa::path(tag = "delivery", operation_id = "list_live_stories", params(StoriesParams), responses(
    (status = 200, description = "A page of live stories; links.next is null on the last one", body = super::answer::LiveStoryList),
    (status = 304, description = "Not changed since the given ETag"),
    (status = 400, description = "An unknown parameter or a value out of its set; `code` is the parameter’s name"),
))]
#[get("/stories")]
pub(super) async fn list_stories(
    app: web::Data<App>,
    request: HttpRequest,
    params: Params<StoriesParams>,
) -> Result<HttpResponse, Failed> {
    let params = params.0;
    let limit = browse::limit(params.limit)?;
    let fields = browse::fields_of(params.fields.as_deref())?;
    let filter = params.filter()?;
    let order = filter.order;
    let number = limit.to_string();
    let address = |after: Option<&str>| {
        let number = Some(number.as_str()).filter(|_| limit != browse::A_PAGE);
        app.urls
            .with_query(&app.urls.api_stories(), &params.pairs(number, after))
    };
    let render = async {
        let (stories, next) = app
            .db
            .read(move |conn| story::browse::list(conn, &filter, limit).map_err(Failure::from))
            .await?;
        let data: Vec<Value> = stories
            .iter()
            .map(|story| {
                let mut delivered = view::delivered(&story.document, &app.urls);
                delivered.updated_at = Some(rfc3339(story.changed_at));
                browse::with_fields(&delivered, fields.as_deref())
            })
            .collect::<Result<_, _>>()?;
        let next = next.map(|(at, id)| {
            let cursor = browse::write_cursor(at, &id, order);
            app.urls.absolute(&address(Some(&cursor)))
        });
        let body = json!({"data": data, "links": {"next": next}});
        Ok(Some(public(&app, &body)?))
    };
    let here = address(params.after.as_deref());
    let page = app.pages.get(&here, render).await?.ok_or(Failure::NotFound)?;
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
                    let live = match live {
                        Some(document) => {
                            let changed_at = find_change(conn, &document.id)?;
                            Some((document, changed_at))
                        }
                        None => None,
                    };
                    let moved = if live.is_none() {
                        story::query::find_live_slug_after(conn, &slug)?
                    } else {
                        None
                    };
                    Ok::<_, Failure>((live, moved))
                })
                .await?;
            Ok(match found {
                (Some((document, changed_at)), _) => {
                    let mut data = view::delivered(&document, &app.urls);
                    data.updated_at = changed_at.map(rfc3339);
                    let links = DeliveredLinks {
                        itself: Some(app.urls.absolute(&app.urls.api_story(&document.slug))),
                        html: app.urls.story_absolute(&document.slug),
                    };
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
    let draft = app
        .db
        .read(move |conn| {
            let story = story::access::find_visible(conn, &actor, &id)?;
            Ok::<_, Failure>(draft::load(conn, story)?)
        })
        .await?;
    let links = DeliveredLinks {
        itself: None,
        html: app.urls.absolute(&app.urls.preview(&draft.story.id)),
    };
    let json = json_aside(move || StoryAnswer {
        data: view::delivered(&compose::compose(&draft, None), &app.urls),
        links,
    });
    Ok(HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(json.await?))
}

/// The same for whoever holds the secret of a link to this story; its pictures are found below that secret.
async fn preview_to_holder(app: &App, id: StoryId, secret: String) -> Result<HttpResponse, Failed> {
    let now = app.clock.now();
    let urls = app.urls.for_holder_of(&secret);
    let link = app.urls.outside_preview_absolute(&secret);
    let (open, draft) = app
        .db
        .read(move |conn| {
            let (open, draft) = share::find_draft(conn, &secret, now)?
                .filter(|(open, _)| open.story == id)
                .ok_or(Failure::NotFound)?;
            Ok::<_, Failure>((open, draft))
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
    let json = json_aside(move || StoryAnswer {
        data: view::delivered(&compose::compose(&draft, None), &urls),
        links,
    });
    let mut response = HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(json.await?);
    page::keep_to_holder(response.headers_mut());
    Ok(response)
}
