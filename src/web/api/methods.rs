//! A path of the API asked for in a way that it does not know: what it does know, by the document; and the question that browsers ask before they
//! read from another site.

use std::sync::LazyLock;

use actix_web::dev::ResourceDef;
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};

use super::document::{self, METHODS};
use super::problem;
use crate::web::error::Failure;
use crate::web::extract::routed_path;

/// A path with what it answers.
struct Resource {
    path: ResourceDef,
    allow: String,
    is_public: bool,
}

fn resources() -> Vec<Resource> {
    let paths = document::openapi()["paths"].as_object();
    let mut all = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        let known = METHODS
            .iter()
            .filter_map(|method| Some((*method, item.get(method)?)));
        let known: Vec<_> = known.collect();
        let mut allow: Vec<String> = known.iter().map(|(method, _)| method.to_uppercase()).collect();
        for (with, also) in [("GET", "HEAD"), ("", "OPTIONS")] {
            let is_missing = !allow.iter().any(|method| method == also);
            if is_missing && (with.is_empty() || allow.iter().any(|method| method == with)) {
                allow.push(also.to_owned());
            }
        }
        all.push(Resource {
            path: ResourceDef::new(path.as_str()),
            allow: allow.join(", "),
            is_public: known
                .iter()
                .all(|(_, operation)| operation.get("security").is_none()),
        });
    }
    all
}

/// Whether any site’s pages may read what this path answers.
#[must_use]
pub fn is_open_to_all(path: &str) -> bool {
    find(path).is_some_and(|resource| resource.is_public)
}

fn find(path: &str) -> Option<&'static Resource> {
    static RESOURCES: LazyLock<Vec<Resource>> = LazyLock::new(resources);
    RESOURCES.iter().find(|resource| resource.path.is_match(path))
}

/// Answers what no route of the API did: 404, 405 with what is allowed, or what a browser wants to know beforehand.
pub(super) async fn otherwise(request: HttpRequest) -> HttpResponse {
    let Some(resource) = find(routed_path(&request)) else {
        return problem::respond(&Failure::NotFound);
    };
    let mut response = if request.method() == Method::OPTIONS {
        HttpResponse::new(StatusCode::NO_CONTENT)
    } else {
        problem::respond(&Failure::MethodNotAllowed)
    };
    let headers = response.headers_mut();
    if let Ok(allow) = HeaderValue::from_str(&resource.allow) {
        headers.insert(header::ALLOW, allow);
    }
    if resource.is_public {
        // Source: Fetch standard, "CORS-preflight fetch": a request with If-None-Match is asked about first.
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "If-None-Match"),
            (header::ACCESS_CONTROL_MAX_AGE, "86400"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    response
}
