//! The JSON API: delivery for anyone, management for sessions and tokens, and the `OpenAPI` document generated from both.

mod accounts;
mod body;
mod browse;
mod delivery;
mod finding;
mod history;
mod links;
mod members;
mod photos;
mod problem;
mod publication;
mod revisions;
mod schedule;
mod site;
mod stories;
mod uploads;
mod view;
mod webhooks;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, web};
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

pub use problem::respond as problem;

use crate::web::repeat;

/// Where the API lives.
const ROOT: &str = "/api/v1";

/// What is said about the API as a whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Reportage",
        description = "Captioned photo stories: delivery of what is published, and management of everything behind it. \
            Errors are application/problem+json (RFC 9457) with a stable code; 422 names every field by JSON Pointer. \
            What is posted to management under an Idempotency-Key is carried out once, and answered alike for 24 hours."
    ),
    tags(
        (name = "delivery", description = "Live stories, for anyone"),
        (name = "stories", description = "Drafts: fields, blocks, order, members, publication"),
        (name = "site", description = "The site itself: name, looks, what it says to machines"),
        (name = "photos", description = "Originals, their facts and renditions"),
        (name = "webhooks", description = "Who is told of what happens here, by Standard Webhooks"),
        (name = "people", description = "Accounts, sessions and tokens; in person only, never by a token"),
    ),
    modifiers(&Security)
)]
struct About;

struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let session = ApiKey::Cookie(ApiKeyValue::new("session"));
        components.add_security_scheme("session", SecurityScheme::ApiKey(session));
    }
}

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
        .service(publication::publish_story)
        .service(publication::unpublish_story)
        .service(schedule::set_schedule)
        .service(schedule::cancel_schedule)
        .service(links::list_preview_links)
        .service(links::make_preview_link)
        .service(links::revoke_preview_link)
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
        .service(accounts::list_accounts)
        .service(accounts::list_sessions)
        .service(accounts::end_session)
        .service(accounts::list_tokens)
        .service(accounts::revoke_token);
}

/// Adds the API to an application.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/openapi.json").route(web::get().to(openapi_json)))
        .service(
            web::scope(ROOT)
                .wrap(from_fn(repeat::once))
                .configure(|config| routes(&mut ServiceConfig::new(config))),
        );
}

/// The `OpenAPI` 3.1 document of all routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let scope = utoipa_actix_web::scope(ROOT).configure(routes);
    App::new()
        .into_utoipa_app()
        .openapi(About::openapi())
        .service(scope)
        .split_for_parts()
        .1
}

async fn openapi_json() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("Cache-Control", "public, max-age=60"))
        .json(openapi())
}
