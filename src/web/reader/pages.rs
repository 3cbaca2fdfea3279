//! Pages of stories: each rendered from its document when it is asked for the first time, and from memory after that.

use std::future::Future;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::moved::moved;
use crate::story;
use crate::story::list::LiveStories;
use crate::story::listing::{Listing, ListingKind};
use crate::text::Slug;
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params};
use crate::web::page::{IndexPage, ListHead, Neighbours, StoryPage};
use crate::web::ready::Page;
use crate::web::{App, cursor};

/// Stories on one page of a list.
pub(super) const STORIES_A_PAGE: usize = 12;

/// Nobody else's site may show the pages in a frame.
const FRAMES: &str = "'none'";

/// What others add to a link to see where readers come from is nobody's mistake.
#[derive(Debug, Deserialize)]
pub(super) struct ListParams {
    after: Option<String>,
}

pub(super) async fn index(
    app: web::Data<App>,
    request: HttpRequest,
    params: Params<ListParams>,
) -> Result<HttpResponse, Failed> {
    // The site that stood here before may have named its stories by a number behind this address.
    if let Some(moved) = moved(&request).await? {
        return Ok(moved);
    }
    list(&app, &request, params.0, None).await
}

pub(super) async fn tag(
    app: web::Data<App>,
    request: HttpRequest,
    slug: web::Path<String>,
    params: Params<ListParams>,
) -> Result<HttpResponse, Failed> {
    list(
        &app,
        &request,
        params.0,
        Some((ListingKind::Tag, slug.into_inner())),
    )
    .await
}

pub(super) async fn photographer(
    app: web::Data<App>,
    request: HttpRequest,
    slug: web::Path<String>,
    params: Params<ListParams>,
) -> Result<HttpResponse, Failed> {
    let listing = (ListingKind::Photographer, slug.into_inner());
    list(&app, &request, params.0, Some(listing)).await
}

async fn list(
    app: &web::Data<App>,
    request: &HttpRequest,
    params: ListParams,
    of: Option<(ListingKind, String)>,
) -> Result<HttpResponse, Failed> {
    if let Some((_, slug)) = &of {
        // A path that cannot be a slug is nothing before any query.
        Slug::in_address(slug).ok_or(Failure::NotFound)?;
    }
    let path = path_of(app, of.as_ref());
    let address = match &params.after {
        Some(after) => app.urls.list_after(&path, after),
        None => path,
    };
    let page = app
        .pages
        .get(&address, render_list(app.clone(), params.after, of))
        .await?
        .ok_or(Failure::NotFound)?;
    Ok(page.answer(request.headers()))
}

fn path_of(app: &App, of: Option<&(ListingKind, String)>) -> String {
    of.map_or_else(|| app.urls.home(), |(kind, slug)| app.urls.listing(*kind, slug))
}

async fn render_list(
    app: web::Data<App>,
    after: Option<String>,
    of: Option<(ListingKind, String)>,
) -> Result<Option<Page>, Failure> {
    let after = after
        .as_deref()
        .map(cursor::read)
        .transpose()
        .map_err(|_| Failure::NotFound)?;
    let path = path_of(&app, of.as_ref());
    let is_first = after.is_none();
    let Some((stories, listing)) = find_list(&app, of, after, STORIES_A_PAGE).await? else {
        return Ok(None);
    };
    let older = stories
        .older
        .as_ref()
        .map(|(at, id)| app.urls.list_after(&path, &cursor::write(*at, id)));
    let newer = (!is_first).then_some(path);
    draw_list(&app, &stories, listing.as_ref(), older, newer).map(Some)
}

/// A page of a list with links to those beside it.
pub(super) fn draw_list(
    app: &App,
    stories: &LiveStories,
    listing: Option<&Listing>,
    older: Option<String>,
    newer: Option<String>,
) -> Result<Page, Failure> {
    let site = app.site();
    let head = listing.map(|listing| ListHead::new(listing, &site, &app.urls));
    let page = IndexPage::new(&stories.documents, older, newer, head, &site, &app.urls);
    let html = page.render().map_err(|error| Failure::internal(&error))?;
    Ok(Page::html(html, &page.policy(FRAMES)).refusing_training(page.refuses_training()))
}

/// A page of a list, and the list if it is not that of all stories; `None` for a list without stories.
pub(super) async fn find_list(
    app: &App,
    of: Option<(ListingKind, String)>,
    after: Option<(i64, crate::id::StoryId)>,
    limit: usize,
) -> Result<Option<(LiveStories, Option<Listing>)>, Failure> {
    app.db
        .read(move |conn| {
            let listing = match of {
                None => None,
                Some((kind, slug)) => match story::query::find_listing_name(conn, kind, &slug)? {
                    Some(name) => Some(Listing { kind, slug, name }),
                    None => return Ok(None),
                },
            };
            let narrowed = listing
                .as_ref()
                .map(|listing| (listing.kind, listing.slug.as_str()));
            let stories = story::list::list_live(conn, narrowed, after.as_ref(), limit)?;
            Ok(Some((stories, listing)))
        })
        .await
}

pub(super) async fn story(
    app: web::Data<App>,
    request: HttpRequest,
    slug: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    // A path that cannot be a slug is nothing before any query.
    let slug = Slug::in_address(&slug).ok_or(Failure::NotFound)?;
    let page = ready_story(&app, slug.as_str()).await?.ok_or(Failure::NotFound)?;
    Ok(page.answer(request.headers()))
}

fn ready_story(
    app: &web::Data<App>,
    slug: &str,
) -> impl Future<Output = Result<Option<Arc<Page>>, Failure>> + use<> {
    let (app, slug) = (app.clone(), slug.to_owned());
    async move {
        let address = app.urls.story(&slug);
        app.pages.get(&address, render_story(app.clone(), slug)).await
    }
}

pub(super) async fn render_story(app: web::Data<App>, slug: String) -> Result<Option<Page>, Failure> {
    let site = app.site();
    let with_neighbours = site.shows_neighbours;
    let found = app
        .db
        .read(move |conn| {
            let Some(document) = story::list::find_live(conn, &slug)? else {
                return Ok::<_, Failure>(Found::Elsewhere(story::query::find_live_slug_after(conn, &slug)?));
            };
            let (newer, older) = if with_neighbours {
                story::list::find_neighbours(conn, &document)?
            } else {
                (None, None)
            };
            Ok(Found::Here(Box::new((document, Neighbours { newer, older }))))
        })
        .await?;
    Ok(match found {
        Found::Here(found) => {
            let page = StoryPage::new(&found.0, &found.1, &site, &app.urls);
            let html = page.render().map_err(|error| Failure::internal(&error))?;
            Some(Page::html(html, &page.policy(FRAMES)).refusing_training(page.refuses_training()))
        }
        Found::Elsewhere(moved) => moved.map(|slug| Page::moved(&app.urls.story(&slug))),
    })
}

enum Found {
    Here(Box<(story::document::StoryDocument, Neighbours)>),
    /// Under another slug now, or not at all.
    Elsewhere(Option<String>),
}

/// Renders what is asked for first after a start, one after another, before readers come: the list of stories and the newest of them.
pub async fn warm(app: web::Data<App>) {
    let address = app.urls.home();
    let index = render_list(app.clone(), None, None);
    if app.pages.get(&address, index).await.is_err() {
        return;
    }
    let newest = find_list(&app, None, None, STORIES_A_PAGE).await;
    let Ok(Some((stories, _))) = newest else { return };
    for document in stories.documents {
        let _ = ready_story(&app, &document.slug).await;
    }
}
