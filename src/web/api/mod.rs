//! The JSON API: delivery for anyone, management for sessions and tokens, and the `OpenAPI` document generated from both.

mod accounts;
mod addresses;
mod answer;
mod body;
mod browse;
mod delivery;
mod document;
mod draft_view;
mod drop_links;
mod finding;
mod history;
mod links;
mod members;
mod methods;
mod photos;
mod problem;
mod publication;
mod reference;
mod revisions;
mod schedule;
mod site;
mod stories;
mod uploads;
mod view;
mod webhook_view;
mod webhooks;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod weight;

use std::sync::LazyLock;

use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::web::error::Failure;
use crate::web::extract::Failed;
use crate::web::ready::Page;
pub use document::openapi;
pub use methods::is_open_to_all;
pub use problem::respond_to as problem;

use crate::web::repeat;

/// Where the API lives.
const ROOT: &str = "/api/v1";

/// All routes, each described where it is handled.
fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(delivery::list_stories)
        .service(delivery::get_story)
        .service(delivery::preview_story)
        .service(finding::search)
        .service(finding::list_tags)
        .service(finding::list_photographers)
        .service(photos::upload_photos)
        .service(photos::list_photos)
        .service(photos::get_photo)
        .service(photos::change_photo)
        .service(photos::render_photo)
        .service(photos::delete_photo)
        .service(photos::get_original)
        .service(uploads::describe_uploads)
        .service(uploads::create_upload)
        .service(uploads::get_upload)
        .service(uploads::send_upload)
        .service(uploads::cancel_upload)
        .service(uploads::send_upload_by_post)
        .service(stories::create_story)
        .service(stories::list_stories)
        .service(stories::get_story)
        .service(stories::change_story)
        .service(stories::delete_story)
        .service(stories::operate)
        .service(history::undo)
        .service(history::redo)
        .service(revisions::list_revisions)
        .service(revisions::get_revision)
        .service(revisions::restore_revision)
        .service(members::list_members)
        .service(members::add_member)
        .service(members::remove_member)
        .service(publication::get_checklist)
        .service(publication::publish_story)
        .service(publication::unpublish_story)
        .service(schedule::set_schedule)
        .service(schedule::cancel_schedule)
        .service(links::list_preview_links)
        .service(links::make_preview_link)
        .service(links::revoke_preview_link)
        .service(drop_links::list_drop_links)
        .service(drop_links::make_drop_link)
        .service(drop_links::revoke_drop_link)
        .service(site::get_site)
        .service(site::replace_site)
        .service(webhooks::list_webhooks)
        .service(webhooks::make_webhook)
        .service(webhooks::get_webhook)
        .service(webhooks::change_webhook)
        .service(webhooks::delete_webhook)
        .service(webhooks::change_webhook_secret)
        .service(webhooks::ping_webhook)
        .service(webhooks::list_deliveries)
        .service(webhooks::redeliver)
        .service(addresses::list_old_addresses)
        .service(addresses::remove_old_address)
        .service(accounts::list_accounts)
        .service(accounts::list_sessions)
        .service(accounts::end_session)
        .service(accounts::list_tokens)
        .service(accounts::revoke_token);
}

/// Adds the API to an application.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(reference::ADDRESS).route(web::get().to(reference::reference)))
        .service(web::resource("/api/openapi.json").route(web::get().to(openapi_json)))
        .service(
            web::scope(ROOT)
                .wrap(from_fn(repeat::once))
                .configure(|config| routes(&mut ServiceConfig::new(config)))
                .default_service(web::to(methods::otherwise)),
        );
}

async fn openapi_json(request: HttpRequest) -> Result<HttpResponse, Failed> {
    static DOCUMENT: LazyLock<Page> =
        LazyLock::new(|| Page::json(openapi().to_string().into_bytes()).compressed());
    let page = web::block(|| &*DOCUMENT)
        .await
        .map_err(|error| Failure::internal(&error))?;
    Ok(page.answer(request.headers()))
}
