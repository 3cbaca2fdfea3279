//! The JSON API: delivery for anyone, management for sessions and tokens, and the `OpenAPI` document generated from both.

mod accounts;
mod addresses;
mod body;
mod delivery;
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

use actix_web::{App, HttpResponse, web};
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

pub use problem::respond as problem;

/// Where the API lives.
const ROOT: &str = "/api/v1";

/// What is said about the API as a whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Reportage",
        description = "Captioned photo stories: delivery of what is published, and management of everything behind it. \
            Errors are application/problem+json (RFC 9457) with a stable code; 422 names every field by JSON Pointer."
    ),
    tags(
        (name = "delivery", description = "Live stories, for anyone"),
        (name = "stories", description = "Drafts: fields, blocks, order, members, publication"),
        (name = "site", description = "The site itself: name, looks, what it says to machines"),
        (name = "photos", description = "Originals, their facts and renditions"),
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
        .service(web::resource("/api/openapi.json").route(web::get().to(openapi_json)))
        .service(web::scope(ROOT).configure(|config| routes(&mut ServiceConfig::new(config))));
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
