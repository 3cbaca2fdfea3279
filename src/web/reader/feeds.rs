//! Feeds: of the site, of a tag, of a photographer.

use actix_web::{HttpRequest, HttpResponse, web};

use super::pages::find_list;
use crate::story::listing::ListingKind;
use crate::text::Slug;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::Failed;
use crate::web::page::{Feed, FeedPage, ListHead};
use crate::web::ready::Page;

/// Stories in a feed.
const STORIES_A_FEED: usize = 10;

pub(super) async fn of_site(
    app: web::Data<App>,
    request: HttpRequest,
    file: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    answer(app, request, None, file.into_inner()).await
}

pub(super) async fn of_tag(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failed> {
    let (slug, file) = path.into_inner();
    answer(app, request, Some((ListingKind::Tag, slug)), file).await
}

pub(super) async fn of_photographer(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failed> {
    let (slug, file) = path.into_inner();
    answer(app, request, Some((ListingKind::Photographer, slug)), file).await
}

async fn answer(
    app: web::Data<App>,
    request: HttpRequest,
    of: Option<(ListingKind, String)>,
    file: String,
) -> Result<HttpResponse, Failed> {
    let kind = Feed::of_file_name(&file).ok_or(Failure::NotFound)?;
    let list = match &of {
        None => None,
        Some((kind, slug)) => {
            Slug::in_address(slug).ok_or(Failure::NotFound)?;
            Some(app.urls.listing(*kind, slug))
        }
    };
    let address = app.urls.feed(list.as_deref(), kind.file_name());
    let page = app
        .pages
        .get(&address, render(app.clone(), kind, of, list))
        .await?
        .ok_or(Failure::NotFound)?;
    Ok(page.answer(request.headers()))
}

pub(super) async fn render(
    app: web::Data<App>,
    kind: Feed,
    of: Option<(ListingKind, String)>,
    list: Option<String>,
) -> Result<Option<Page>, Failure> {
    let Some((stories, listing)) = find_list(&app, of, None, STORIES_A_FEED).await? else {
        return Ok(None);
    };
    let site = app.site();
    let title = match listing {
        None => site.name.clone(),
        Some(listing) => format!(
            "{} – {}",
            ListHead::new(&listing, &site, &app.urls).title(),
            site.name
        ),
    };
    let home = list.unwrap_or_else(|| app.urls.home());
    let feed = FeedPage::new(kind, title, &home, &stories.documents, &site, &app.urls);
    let text = feed.render(kind).map_err(|error| Failure::internal(&error))?;
    Ok(Some(
        Page::new(kind.content_type(), text.into_bytes())
            .open_to_all()
            .refusing_training(site.ai_training.is_refused()),
    ))
}
