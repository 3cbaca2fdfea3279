//! The style sheets and scripts, embedded in the program and served with their content's version.

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::error::Failure;
use super::extract::Failed;
use super::ready::Page;
use super::tongue;

#[derive(RustEmbed)]
#[folder = "static/"]
#[exclude = "languages/*"]
struct Static;

/// Every file that is sent, by its name: those of `static` as they are, and the parts of each language.
fn all() -> impl Iterator<Item = (String, Vec<u8>)> {
    Static::iter()
        .filter_map(|name| Some((name.to_string(), Static::get(&name)?.data.into_owned())))
        .chain(tongue::for_scripts())
}

/// The version of each file: the first half of its hash.
#[must_use]
pub fn versions() -> HashMap<String, String> {
    all().map(|(name, bytes)| (name, version(&bytes))).collect()
}

/// The file of this name, as it is.
#[must_use]
pub fn bytes(name: &str) -> Option<Vec<u8>> {
    Static::get(name).map(|file| file.data.into_owned())
}

/// The files that the readers' pages ask for.
pub const OF_READERS: [&str; 3] = ["reader.css", "reader.js", "icon.svg"];

fn version(bytes: &[u8]) -> String {
    crate::text::hex(Sha256::digest(bytes).get(..8).unwrap_or_default())
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
    let (page, version) = FILES.get(name.as_str()).ok_or(Failure::NotFound)?;
    let mut response = page.answer(request.headers());
    // A module imports its neighbours without a version, so these are asked again after a minute; what is asked for by the version it has never
    // changes. Another version's address must not keep these bytes.
    let caching = if request.query_string().strip_prefix("v=") == Some(version) {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=60"
    };
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    Ok(response)
}

/// Every file in every form in which it is sent, and its version.
static FILES: LazyLock<HashMap<String, (Page, String)>> = LazyLock::new(|| {
    all()
        .map(|(name, bytes)| {
            let kind = match name.rsplit('.').next() {
                Some("css") => "text/css; charset=utf-8",
                Some("js") => "text/javascript; charset=utf-8",
                Some("svg") => "image/svg+xml",
                Some("png") => "image/png",
                Some("json") => "application/json",
                _ => "application/octet-stream",
            };
            let version = version(&bytes);
            (name, (Page::new(kind, bytes).compressed(), version))
        })
        .collect()
});
