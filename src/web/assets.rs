//! The style sheets and scripts, embedded in the program and served with their content's version.

use std::collections::HashMap;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::error::Failure;
use super::extract::{Failed, is_known};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Static;

/// The version of each file: the first half of its hash.
#[must_use]
pub fn versions() -> HashMap<String, String> {
    Static::iter()
        .filter_map(|name| {
            let file = Static::get(&name)?;
            Some((name.to_string(), version(&file.data)))
        })
        .collect()
}

fn version(bytes: &[u8]) -> String {
    crate::account::hex(Sha256::digest(bytes).get(..8).unwrap_or_default())
}

/// `GET /favicon.ico`, which browsers ask for where a page names no icon: an error, a picture opened alone.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn icon(request: HttpRequest) -> Result<HttpResponse, Failed> {
    serve(request, web::Path::from("icon.svg".to_owned())).await
}

/// `GET /static/{name}`.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn serve(request: HttpRequest, name: web::Path<String>) -> Result<HttpResponse, Failed> {
    let file = Static::get(&name).ok_or(Failure::NotFound)?;
    let etag = format!("\"{}\"", version(&file.data));
    let mut response = if is_known(&request, &etag) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    // A module imports its neighbours without a version, so these are asked again after a minute; with a version they never change.
    let caching = if request.query_string().starts_with("v=") {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=60"
    };
    response
        .insert_header((header::CACHE_CONTROL, caching))
        .insert_header((header::ETAG, etag));
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    Ok(response.content_type(kind).body(file.data.into_owned()))
}
