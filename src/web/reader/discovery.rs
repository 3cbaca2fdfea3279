//! What machines ask a site for: the list of its pages, what they may do with it, how to embed a story, and its own style sheet.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::pages::find_list;
use crate::site::AiTraining;
use crate::story;
use crate::text::Slug;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params};
use crate::web::page::{Embed, Sitemap, SitemapIndex};
use crate::web::ready::Page;

/// Stories in one part of the sitemap.
const STORIES_A_PART: usize = 200;
/// The style sheet's address carries a hash of it.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Crawlers that gather what machines are trained with.
///
/// Source: their operators' documentation, as collected in ai-robots-txt (2026).
const TRAINING_CRAWLERS: [&str; 16] = [
    "AI2Bot",
    "Amazonbot",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "ClaudeBot",
    "Claude-Web",
    "cohere-training-data-crawler",
    "Diffbot",
    "FacebookBot",
    "Google-Extended",
    "GPTBot",
    "Meta-ExternalAgent",
    "omgili",
    "PanguBot",
    "Timpibot",
];

const XML: &str = "application/xml; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

async fn answer(
    app: &App,
    request: &HttpRequest,
    address: &str,
    render: impl Future<Output = Result<Option<Page>, Failure>>,
) -> Result<HttpResponse, Failed> {
    let page = app.pages.get(address, render).await?.ok_or(Failure::NotFound)?;
    Ok(page.answer(request.headers()))
}

/// `GET /robots.txt`.
pub(super) async fn robots(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Failed> {
    let render = async { Ok(Some(render_robots(&app))) };
    answer(&app, &request, "/robots.txt", render).await
}

pub(super) fn render_robots(app: &App) -> Page {
    let mut text = String::from("User-agent: *\nDisallow: /desk\nDisallow: /api/v1/manage\n");
    if app.site().ai_training.is_refused() {
        text.push('\n');
        for crawler in TRAINING_CRAWLERS {
            text.push_str(&format!("User-agent: {crawler}\n"));
        }
        text.push_str("Disallow: /\n");
    }
    text.push_str(&format!(
        "\nSitemap: {}\n",
        app.urls.absolute(&app.urls.sitemap(None))
    ));
    Page::new(PLAIN, text.into_bytes())
}

/// `GET /.well-known/tdmrep.json`.
///
/// Source: TDM Reservation Protocol, section 6.
pub(super) async fn tdm_reservation(
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, Failed> {
    let render = async { Ok(Some(render_tdm_reservation(&app))) };
    answer(&app, &request, "/.well-known/tdmrep.json", render).await
}

pub(super) fn render_tdm_reservation(app: &App) -> Page {
    let rules = match app.site().ai_training {
        AiTraining::Refused => json!([{"location": "/*", "tdm-reservation": 1}]),
        // What a photograph's own file refuses is said with the photograph.
        AiTraining::Allowed => json!([{"location": "/stories/*", "tdm-reservation": 0}]),
        AiTraining::Unspecified => json!([]),
    };
    Page::json(rules.to_string().into_bytes())
}

/// `GET /sitemap.xml`: all pages, or the list of the lists where there are many.
pub(super) async fn sitemap(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Failed> {
    answer(&app, &request, "/sitemap.xml", render_sitemap(&app)).await
}

/// In how many parts the sitemap stands.
pub(super) async fn count_parts(app: &App) -> Result<usize, Failure> {
    let stories = app
        .db
        .read(|conn| story::query::count_live(conn).map_err(Failure::from))
        .await?;
    Ok(usize::try_from(stories)
        .unwrap_or_default()
        .div_ceil(STORIES_A_PART))
}

pub(super) async fn render_sitemap(app: &App) -> Result<Option<Page>, Failure> {
    let parts = count_parts(app).await?;
    let xml = if parts > 1 {
        askama::Template::render(&SitemapIndex::new(parts, &app.urls))
    } else {
        let stories = find_list(app, None, None, STORIES_A_PART).await?;
        let documents = stories.map(|(stories, _)| stories.documents).unwrap_or_default();
        askama::Template::render(&Sitemap::new(&documents, true, &app.urls))
    };
    let xml = xml.map_err(|error| Failure::internal(&error))?;
    Ok(Some(Page::new(XML, xml.into_bytes())))
}

/// `GET /sitemap-{part}.xml`, counted from 1, the oldest stories first: a part that is full never changes its stories.
pub(super) async fn sitemap_part(
    app: web::Data<App>,
    request: HttpRequest,
    part: web::Path<usize>,
) -> Result<HttpResponse, Failed> {
    let part = part.into_inner();
    let address = app.urls.sitemap(Some(part));
    answer(&app, &request, &address, render_sitemap_part(&app, part)).await
}

pub(super) async fn render_sitemap_part(app: &App, part: usize) -> Result<Option<Page>, Failure> {
    let skip = part
        .checked_sub(1)
        .and_then(|part| part.checked_mul(STORIES_A_PART))
        .ok_or(Failure::NotFound)?;
    let documents = app
        .db
        .read(move |conn| story::list::list_oldest(conn, skip, STORIES_A_PART).map_err(Failure::from))
        .await?;
    if documents.is_empty() {
        return Ok(None);
    }
    let xml = askama::Template::render(&Sitemap::new(&documents, part == 1, &app.urls))
        .map_err(|error| Failure::internal(&error))?;
    Ok(Some(Page::new(XML, xml.into_bytes())))
}

#[derive(Debug, Deserialize)]
pub(super) struct EmbedParams {
    url: String,
    format: Option<String>,
    maxwidth: Option<u32>,
    maxheight: Option<u32>,
}

/// `GET /oembed`.
pub(super) async fn oembed(
    app: web::Data<App>,
    request: HttpRequest,
    params: Params<EmbedParams>,
) -> Result<HttpResponse, Failed> {
    let EmbedParams {
        url,
        format,
        maxwidth,
        maxheight,
    } = params.0;
    let xml = match format.as_deref() {
        None | Some("json") => false,
        Some("xml") => true,
        // Source: oEmbed 1.0, section 2.3.1.
        Some(_) => {
            return Ok(HttpResponse::NotImplemented()
                .content_type(PLAIN)
                .body("json or xml\n"));
        }
    };
    let slug = url
        .strip_prefix(&app.urls.story_absolute(""))
        .and_then(|rest| rest.split(['?', '#']).next())
        .and_then(Slug::in_address)
        .ok_or(Failure::NotFound)?;
    let side = |side: Option<u32>| side.map_or_else(String::new, |px| px.to_string());
    let address = format!(
        "/oembed {} {xml} {} {}",
        slug.as_str(),
        side(maxwidth),
        side(maxheight)
    );
    let render = async {
        let slug = slug.as_str().to_owned();
        let found = app
            .db
            .read(move |conn| story::list::find_live(conn, &slug).map_err(Failure::from))
            .await?;
        Ok(found.map(|document| {
            let embed = Embed::new(&document, (maxwidth, maxheight), &app.site(), &app.urls);
            let (kind, text) = if xml {
                ("text/xml; charset=utf-8", embed.xml())
            } else {
                ("application/json", embed.json())
            };
            Page::new(kind, text.into_bytes())
                .open_to_all()
                .refusing_training(app.site().ai_training.is_refused())
        }))
    };
    answer(&app, &request, &address, render).await
}

/// `GET /site.css`: the site's own style sheet; for ever only under the address of the version it has.
pub(super) async fn stylesheet(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Failed> {
    let site = app.site();
    let own = site.stylesheet.as_ref().ok_or(Failure::NotFound)?;
    let render = async {
        Ok(Some(Page::new(
            "text/css; charset=utf-8",
            own.css.clone().into_bytes(),
        )))
    };
    let mut response = answer(&app, &request, "/site.css", render).await?;
    if request.query_string().strip_prefix("v=") == Some(&own.version) {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static(FOR_EVER));
    }
    Ok(response)
}
