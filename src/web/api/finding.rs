//! Delivery: live stories by their words, and the tags and photographers that lists of stories can be narrowed to.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::answer::{FoundStoryList, ListingLinks, ListingList, ListingView, NextLink};
use super::browse::{A_PAGE, bad, fields_of_results, language_of, limit, marked, with_fields};
use super::view;
use crate::clock::rfc3339;
use crate::search::{MOST_CHARS, Query};
use crate::story::listing::{Listing, ListingKind};
use crate::story::{browse, finding};
use crate::text::Slug;
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params};
use crate::web::ready::Page;
use crate::web::{App, cursor};

/// Stories on a page of what was found, at most: each is read through for the passage that says why.
const MOST_FOUND: usize = 25;

/// What may be looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchParams {
    /// Words that must all be there, in any order; the last one by its beginning. Words in quotation marks stand together. Accents and capitals do not
    /// matter. At most 200 characters.
    q: Option<String>,
    /// How many, 1 to 25; 20 without it.
    #[param(minimum = 1, maximum = 25, default = 20)]
    limit: Option<usize>,
    /// Where the page before ended, from its `links.next`.
    after: Option<String>,
    /// Only stories in this language: `nl` is `nl-BE` too.
    language: Option<String>,
    /// Only these fields of each story, separated by commas. Without it: all but `blocks`, `photos` and `corrections`.
    fields: Option<String>,
}

/// Live stories that hold these words, those that fit best first. `match` says where they stand, in sanitised HTML with `<mark>`, and as plain text.
#[utoipa::path(tag = "delivery", operation_id = "search_live_stories", params(SearchParams), responses(
    (status = 200, description = "A page of stories, each with `match.title` and `match.passage`; links.next is null on the last one", body = FoundStoryList),
    (status = 304, description = "Not changed since the given ETag"),
    (status = 400, description = "No words, an unknown parameter or one out of range"),
    (status = 503, description = "Too many are searching at this moment (busy); Retry-After says when to come again"),
))]
#[get("/search")]
pub(super) async fn search(
    app: web::Data<App>,
    request: HttpRequest,
    params: Params<SearchParams>,
) -> Result<HttpResponse, Failed> {
    let params = params.0;
    let typed = params.q.as_deref().unwrap_or_default().trim().to_owned();
    if typed.is_empty() {
        return Err(bad("q", "Say in “q” what to look for.").into());
    }
    if typed.chars().count() > MOST_CHARS {
        return Err(bad("q", format!("“q” may have at most {MOST_CHARS} characters.")).into());
    }
    let limit = limit(params.limit)?;
    if limit > MOST_FOUND {
        return Err(bad(
            "limit",
            format!("The limit of a search is a number from 1 to {MOST_FOUND}."),
        )
        .into());
    }
    let after = params.after.as_deref().map(cursor::read_score).transpose()?;
    let language = language_of(params.language.as_deref())?.unwrap_or_default();
    let fields = fields_of_results(params.fields.as_deref())?;
    let number = params.limit.map(|limit| limit.to_string());
    let address = |after: Option<&str>| {
        let pairs = [
            ("q", Some(typed.as_str())),
            ("limit", number.as_deref()),
            ("after", after),
            ("language", params.language.as_deref()),
            ("fields", params.fields.as_deref()),
        ];
        app.urls.with_query(&app.urls.api_search(), &pairs)
    };
    let query = Query::parse(&typed);
    let turn = app.searches.take().await?;
    let found = app
        .db
        .read(move |conn| {
            let found = query.map(|query| finding::find(conn, &query, &language, after, limit));
            drop(turn);
            Ok::<_, Failure>(found.transpose()?)
        })
        .await?;
    let (stories, next) = found.map_or((Vec::new(), None), |found| (found.stories, found.next));
    let data: Vec<Value> = stories
        .iter()
        .map(|story| {
            let mut delivered = view::delivered(&story.document, &app.urls);
            delivered.updated_at = Some(rfc3339(story.changed_at));
            let mut value = with_fields(&delivered, Some(&fields))?;
            let passage = story.passage.as_ref().map(marked);
            value["match"] = json!({"title": marked(&story.title), "passage": passage});
            Ok::<_, Failure>(value)
        })
        .collect::<Result<_, _>>()?;
    let next = next.map(|next| app.urls.absolute(&address(Some(&cursor::write_score(next)))));
    let body = json!({"data": data, "links": {"next": next}});
    let refuses = app.site().ai_training.is_refused();
    // Addresses of searches are without number: kept, they would push the pages out that everybody asks for.
    let page = Page::json(body.to_string().into_bytes()).refusing_training(refuses);
    Ok(page.answer(request.headers()))
}

/// What a list of tags or photographers may be asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListingParams {
    /// How many, 1 to 100; 20 without it.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<usize>,
    /// Where the page before ended, from its `links.next`.
    after: Option<String>,
}

/// Tags of live stories, by slug, each with how many stories have it.
#[utoipa::path(tag = "delivery", params(ListingParams), responses(
    (status = 200, description = "A page of tags; links.next is null on the last one", body = ListingList),
    (status = 304, description = "Not changed since the given ETag"),
    (status = 400, description = "An unknown parameter or one out of range"),
))]
#[get("/tags")]
pub(super) async fn list_tags(
    app: web::Data<App>,
    request: HttpRequest,
    params: Params<ListingParams>,
) -> Result<HttpResponse, Failed> {
    list(&app, &request, &params.0, ListingKind::Tag).await
}

/// Photographers of live stories, by slug, each with how many stories show their photographs, and what the site says of them.
#[utoipa::path(tag = "delivery", params(ListingParams), responses(
    (status = 200, description = "A page of photographers; links.next is null on the last one", body = ListingList),
    (status = 304, description = "Not changed since the given ETag"),
    (status = 400, description = "An unknown parameter or one out of range"),
))]
#[get("/photographers")]
pub(super) async fn list_photographers(
    app: web::Data<App>,
    request: HttpRequest,
    params: Params<ListingParams>,
) -> Result<HttpResponse, Failed> {
    list(&app, &request, &params.0, ListingKind::Photographer).await
}

async fn list(
    app: &App,
    request: &HttpRequest,
    params: &ListingParams,
    kind: ListingKind,
) -> Result<HttpResponse, Failed> {
    let limit = limit(params.limit)?;
    let behind = params.after.as_deref().map(read_slug).transpose()?;
    let number = limit.to_string();
    let address = |after: Option<&str>| {
        let number = Some(number.as_str()).filter(|_| limit != A_PAGE);
        app.urls.with_query(
            &app.urls.api_listings(kind),
            &[("limit", number), ("after", after)],
        )
    };
    let render = async {
        let (lists, next) = app
            .db
            .read(move |conn| {
                browse::list_listings(conn, kind, &behind.unwrap_or_default(), limit).map_err(Failure::from)
            })
            .await?;
        let data = lists
            .iter()
            .map(|(listing, stories)| listed(app, listing, *stories))
            .collect();
        let next = next.map(|slug| app.urls.absolute(&address(Some(&cursor::write(0, slug)))));
        let list = ListingList {
            data,
            links: NextLink { next },
        };
        let body = serde_json::to_vec(&list).map_err(|error| Failure::internal(&error))?;
        Ok(Some(Page::json(body)))
    };
    let here = address(params.after.as_deref());
    let page = app.pages.get(&here, render).await?.ok_or(Failure::NotFound)?;
    Ok(page.answer(request.headers()))
}

fn read_slug(after: &str) -> Result<String, Failure> {
    let (_, slug) = cursor::read::<String>(after)?;
    Slug::in_address(&slug)
        .map(|slug| slug.as_str().to_owned())
        .ok_or_else(|| {
            bad(
                "after",
                "“after” is not a cursor of this list; take it from the link to the next page.",
            )
        })
}

fn listed(app: &App, listing: &Listing, stories: i64) -> ListingView {
    // The word for it is the parameter's name too.
    let kind = match listing.kind {
        ListingKind::Tag => "tag",
        ListingKind::Photographer => "photographer",
    };
    let theirs = app
        .urls
        .with_query(&app.urls.api_stories(), &[(kind, Some(&listing.slug))]);
    let is_person = listing.kind == ListingKind::Photographer;
    ListingView {
        kind,
        slug: listing.slug.clone(),
        name: listing.name.clone(),
        stories,
        about: is_person.then(|| app.site().about.get(&listing.slug).cloned()),
        links: ListingLinks {
            stories: app.urls.absolute(&theirs),
            html: app.urls.absolute(&app.urls.listing(listing.kind, &listing.slug)),
        },
    }
}
