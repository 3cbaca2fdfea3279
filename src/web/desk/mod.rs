//! The desk: the signed-in side, as HTML pages with forms.

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};

use super::error::Failure;

/// Adds the desk's routes to an application.
pub fn configure(config: &mut web::ServiceConfig) {
    let _ = config;
}

/// A failure as somebody at the desk sees it.
#[must_use]
pub fn failed(_request: &HttpRequest, failure: &Failure) -> HttpResponse {
    HttpResponseBuilder::new(failure.status())
        .content_type("text/plain; charset=utf-8")
        .body(failure.message())
}
