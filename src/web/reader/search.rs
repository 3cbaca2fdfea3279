//! Looking for stories by their words: a form that asks by address, so that what was found can be kept, shared and gone back to.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::search::live::After;
use crate::search::{MOST_CHARS, Query};
use crate::story::finding;
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params};
use crate::web::page::{Found, SearchPage};
use crate::web::ready::Page;
use crate::web::{App, cursor};

/// Stories on one page of what was found.
const STORIES_A_PAGE: usize = 12;

/// What others add to a link to see where readers come from is nobody's mistake.
#[derive(Debug, Deserialize)]
pub(super) struct SearchParams {
    #[serde(default)]
    q: String,
    after: Option<String>,
}

/// `GET /search`.
pub(super) async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    params: Params<SearchParams>,
) -> Result<HttpResponse, Failed> {
    let SearchParams { q, after } = params.0;
    let typed = q.trim().chars().take(MOST_CHARS).collect::<String>();
    let asked = Some(typed.as_str()).filter(|typed| !typed.is_empty());
    if asked.is_some() {
        // Addresses of searches are without number: kept, they would push the pages out that everybody asks for.
        let page = render(&app, &typed, after).await?.ok_or(Failure::NotFound)?;
        return Ok(page.answer(request.headers()));
    }
    let address = app
        .urls
        .with_query(&app.urls.search(), &[("after", after.as_deref())]);
    let render = render(&app, &typed, after);
    let page = app.pages.get(&address, render).await?.ok_or(Failure::NotFound)?;
    Ok(page.answer(request.headers()))
}

async fn render(app: &App, typed: &str, after: Option<String>) -> Result<Option<Page>, Failure> {
    let after = after.as_deref().map(cursor::read_score).transpose();
    let Ok(after) = after else { return Ok(None) };
    let found = if typed.is_empty() {
        None
    } else {
        Some(find(app, typed, after).await?)
    };
    let site = app.site();
    let page = SearchPage::new(typed, found, &site, &app.urls);
    let html = page.render().map_err(|error| Failure::internal(&error))?;
    Ok(Some(
        Page::html(html, &page.policy()).refusing_training(page.refuses_training()),
    ))
}

async fn find(app: &App, typed: &str, after: Option<After>) -> Result<Found, Failure> {
    let Some(query) = Query::parse(typed) else {
        return Ok(Found::default());
    };
    let turn = app.searches.take().await?;
    let (stories, total) = app
        .db
        .read(move |conn| {
            let stories = finding::find(conn, &query, "", after, STORIES_A_PAGE)?;
            let total = finding::count(conn, &query)?;
            drop(turn);
            Ok::<_, Failure>((stories, total))
        })
        .await?;
    let link = |after: Option<&str>| {
        let pairs = [("q", Some(typed)), ("after", after)];
        app.urls.with_query(&app.urls.search(), &pairs)
    };
    let next = stories.next.map(cursor::write_score);
    Ok(Found {
        stories: stories.stories,
        total,
        further: next.map(|next| link(Some(&next))),
        best: after.map(|_| link(None)),
    })
}
