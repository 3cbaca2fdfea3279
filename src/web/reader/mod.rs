//! What readers get: the list of published stories, story pages, renditions; nothing that needs an account.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use serde::Deserialize;

use super::cache::Page;
use super::error::Failure;
use super::extract::{Failed, Params};
use super::page::{IndexPage, NotFoundPage, StoryPage, policy};
use super::{App, assets, cursor, media};
use crate::story;
use crate::text::Slug;

/// Stories on one page of the list.
const STORIES_A_PAGE: usize = 12;

/// Adds the reader's routes to an application.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(index))
        .route("/stories/{slug}", web::get().to(read_story))
        .route("/media/{folder}/{spec}", web::get().to(media::serve))
        .route("/static/{name:.*}", web::get().to(assets::serve))
        .route("/favicon.ico", web::get().to(assets::icon))
        .route("/health", web::get().to(health));
}

async fn health() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("alive\n")
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IndexParams {
    after: Option<String>,
}

async fn index(
    app: web::Data<App>,
    request: HttpRequest,
    params: Params<IndexParams>,
) -> Result<HttpResponse, Failed> {
    let after = params
        .0
        .after
        .as_deref()
        .map(cursor::read)
        .transpose()
        .map_err(|_| Failure::NotFound)?;
    let address = format!("/?after={}", params.0.after.as_deref().unwrap_or_default());
    let is_first = after.is_none();
    let render = {
        let app = app.clone();
        async move {
            let list = app
                .db
                .read(move |conn| {
                    story::list::list_live(conn, after.as_ref(), STORIES_A_PAGE).map_err(Failure::from)
                })
                .await?;
            let older = list
                .older
                .map(|(at, id)| app.urls.index_after(&cursor::write(at, id)));
            let newer = (!is_first).then(|| app.urls.home());
            let page = IndexPage::new(&list.documents, older, newer, &app.site(), &app.urls);
            let html = page.render().map_err(|error| Failure::internal(&error))?;
            Ok(Some(Page::html(html, &policy(&page.style_hash(), "'none'"))))
        }
    };
    let page = app.pages.get(&address, render).await?.ok_or(Failure::NotFound)?;
    Ok(page.answer(&request))
}

async fn read_story(
    app: web::Data<App>,
    request: HttpRequest,
    slug: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    // A path that cannot be a slug is nothing before any query.
    let slug = Slug::parse(&slug).map_err(|_| Failure::NotFound)?;
    let address = app.urls.story(slug.as_str());
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
                    let page = StoryPage::new(&document, &app.site(), &app.urls);
                    let html = page.render().map_err(|error| Failure::internal(&error))?;
                    Some(Page::html(html, &policy(&page.style_hash(), "'none'")))
                }
                (None, Some(moved)) => Some(Page::moved(&app.urls.story(&moved))),
                (None, None) => None,
            })
        }
    };
    let page = app.pages.get(&address, render).await?.ok_or(Failure::NotFound)?;
    Ok(page.answer(&request))
}

/// A failure as a reader sees it: an honest page for what is not there, a plain sentence for the rest.
#[must_use]
pub fn failed(request: &HttpRequest, failure: &Failure) -> HttpResponse {
    let mut response = HttpResponseBuilder::new(failure.status());
    if *failure == Failure::NotFound {
        let app = App::of(request);
        let page = NotFoundPage::new(&app.site(), &app.urls);
        if let Ok(html) = page.render() {
            return response
                .insert_header((
                    header::CONTENT_SECURITY_POLICY,
                    policy(&page.style().hash(), "'none'"),
                ))
                .content_type("text/html; charset=utf-8")
                .body(html);
        }
    }
    if let Some(seconds) = failure.retry_after_s() {
        response.insert_header((header::RETRY_AFTER, seconds));
    }
    response.content_type("text/plain; charset=utf-8").body(format!(
        "{}\n\n{}\n",
        failure.title(),
        failure.message()
    ))
}
