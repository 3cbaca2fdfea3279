//! The `OpenAPI` document: generated from what is said where each route is handled, and completed by what holds for all of them, so that no route can
//! forget it: who may be turned away and how, which headers go with which answer, what an id looks like.

mod complete;
mod errors;
mod examples;

use std::sync::LazyLock;

use actix_web::App;
use serde_json::Value;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_actix_web::AppExt;

pub use errors::{Problem, ProblemError};

use crate::account::token::Scope;

/// What is said about the API as a whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Reportage",
        description = "Captioned photo stories: delivery of what is published, and management of everything behind it.\n\n\
            Success is `{\"data\": …}`. Every answer of 400 and above is `application/problem+json` (RFC 9457) with a stable `code`; 422 names \
            every field by JSON Pointer. Instants are RFC 3339 in UTC unless they are said to be Unix milliseconds. Unknown parameters and unknown \
            fields are refused, so that a misspelt one is seen. `HEAD` answers wherever `GET` does. What is posted to management under an \
            `Idempotency-Key` is carried out once, and answered alike for 24 hours.\n\n\
            Within `/api/v1` fields are added, never renamed or removed; be ready for ones you do not know."
    ),
    tags(
        (name = "delivery", description = "Live stories, for anyone and from any site; and drafts in the same shape for those who may see them"),
        (name = "stories", description = "Drafts: fields, blocks, order, members, history, publication, links for outsiders"),
        (name = "photos", description = "Originals, their facts and renditions; uploads in one request, or going on where they stopped (tus 1.0)"),
        (name = "site", description = "The site itself: name, looks, what it says to machines"),
        (name = "webhooks", description = "Who is told of what happens here, by Standard Webhooks"),
        (name = "people", description = "Accounts, sessions and tokens; in person only, never by a token"),
    ),
    components(schemas(Problem, ProblemError)),
    modifiers(&Security)
)]
struct About;

struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let scopes: Vec<String> = Scope::ALL
            .iter()
            .map(|scope| format!("`{}`", scope.as_str()))
            .collect();
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(format!(
            "An API token, made at the desk or by `reportage token add`: `Authorization: Bearer …`, never in an address. It opens what its scopes \
             name and its person may do. Scopes: {}. An operation names the scopes it asks for.",
            scopes.join(", ")
        )));
        components.add_security_scheme("token", SecurityScheme::Http(token.build()));
        let session = ApiKeyValue::with_description(
            "session",
            "The cookie of somebody who is signed in at the desk; `__Host-session` on a site with https. A write with it must come from the site’s own pages.",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    }
}

/// The `OpenAPI` 3.1 document of all routes.
#[must_use]
pub fn openapi() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(make);
    &DOCUMENT
}

fn make() -> Value {
    let scope = utoipa_actix_web::scope(super::ROOT).configure(super::routes);
    let generated = App::new()
        .into_utoipa_app()
        .openapi(About::openapi())
        .service(scope)
        .split_for_parts()
        .1;
    let mut document = serde_json::to_value(generated).unwrap_or_default();
    complete::complete(&mut document);
    document
}

/// The methods of a path's operations, as they are called in the document.
pub(super) const METHODS: [&str; 6] = ["get", "put", "post", "delete", "options", "patch"];
