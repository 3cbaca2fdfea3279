//! What readers get: stories and lists of them, feeds, renditions, what machines ask, and drafts for those who hold a link; nothing that needs an account.

mod discovery;
mod feeds;
mod moved;
mod pages;
mod preview;
mod search;
pub mod still;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};

use super::error::Failure;
use super::page::NoticePage;
use super::{App, assets, health, media};

pub use moved::moved;
pub use pages::warm;

/// Adds the reader's routes to an application.
pub fn configure(config: &mut web::ServiceConfig) {
    let get = web::get;
    config
        .route("/", get().to(pages::index))
        .route("/stories/{slug}", get().to(pages::story))
        .route("/tags/{slug}", get().to(pages::tag))
        .route("/tags/{slug}/{file}", get().to(feeds::of_tag))
        .route("/photographers/{slug}", get().to(pages::photographer))
        .route("/photographers/{slug}/{file}", get().to(feeds::of_photographer))
        .route("/search", get().to(search::show))
        .route("/media/{folder}/{spec}", get().to(media::serve))
        .route("/preview/{secret}", get().to(preview::show))
        .route("/preview/{secret}", web::post().to(preview::enter))
        .route(
            "/preview/{secret}/media/{folder}/{spec}",
            get().to(media::serve_to_holder),
        )
        .route("/static/{name:.*}", get().to(assets::serve))
        .route("/site.css", get().to(discovery::stylesheet))
        .route("/favicon.ico", get().to(assets::icon))
        .route("/robots.txt", get().to(discovery::robots))
        .route("/sitemap.xml", get().to(discovery::sitemap))
        .route("/sitemap-{part}.xml", get().to(discovery::sitemap_part))
        .route("/.well-known/tdmrep.json", get().to(discovery::tdm_reservation))
        .route("/oembed", get().to(discovery::oembed))
        .route("/health", get().to(health::alive))
        .route("/ready", get().to(health::ready))
        .route(
            "/{file:feed\\.xml|atom\\.xml|feed\\.json}",
            get().to(feeds::of_site),
        );
}

/// A failure as a reader sees it: an honest page, in the site's language for what is not there.
#[must_use]
pub fn failed(request: &HttpRequest, failure: &Failure) -> HttpResponse {
    let app = App::of(request);
    let site = app.site();
    let page = if *failure == Failure::NotFound {
        NoticePage::not_found(&site, &app.urls)
    } else {
        NoticePage::failed(failure.title(), &failure.message(), &site, &app.urls)
    };
    let mut response = HttpResponseBuilder::new(failure.status());
    if let Some(seconds) = failure.retry_after_s() {
        response.insert_header((header::RETRY_AFTER, seconds));
    }
    match page.render() {
        Ok(html) => response
            .insert_header((header::CONTENT_SECURITY_POLICY, page.policy("'none'")))
            .content_type("text/html; charset=utf-8")
            .body(html),
        Err(_) => response.content_type("text/plain; charset=utf-8").body(format!(
            "{}\n\n{}\n",
            failure.title(),
            failure.message()
        )),
    }
}
