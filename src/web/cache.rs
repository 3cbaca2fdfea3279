//! Published pages, ready to send: rendered once for each publication, compressed once, found by address.
//!
//! What readers see changes only when a publication goes live or away; then the whole cache is emptied, by this process at once and by
//! others' commits within half a second. The first request after that renders under a single-flight guard.

use std::future::Future;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use moka::future::Cache;
use sha2::{Digest, Sha256};

use super::error::Failure;
use super::extract::is_known;
use crate::db::{ChangeWatch, Db};
use crate::story;

/// How long readers and shared caches may keep a page without asking again.
pub const PAGE_CACHING: &str = "public, max-age=60, stale-while-revalidate=600";
/// Bytes of pages kept in memory.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// How often other processes' changes are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// A page in the forms in which it is sent.
#[derive(Debug)]
pub struct Page {
    status: StatusCode,
    content_type: &'static str,
    policy: Option<HeaderValue>,
    location: Option<HeaderValue>,
    etag: String,
    plain: Bytes,
    gzip: Bytes,
    brotli: Bytes,
}

impl Page {
    /// An HTML page with its content security policy.
    #[must_use]
    pub fn html(body: String, policy: &str) -> Self {
        Self::new(
            StatusCode::OK,
            "text/html; charset=utf-8",
            HeaderValue::from_str(policy).ok(),
            body.into_bytes(),
        )
    }

    /// A JSON answer.
    #[must_use]
    pub fn json(body: Vec<u8>) -> Self {
        Self::new(StatusCode::OK, "application/json", None, body)
    }

    /// A permanent redirect to another address of this site.
    #[must_use]
    pub fn moved(to: &str) -> Self {
        let mut page = Self::new(
            StatusCode::PERMANENT_REDIRECT,
            "text/plain; charset=utf-8",
            None,
            Vec::new(),
        );
        page.location = HeaderValue::from_str(to).ok();
        page
    }

    fn new(
        status: StatusCode,
        content_type: &'static str,
        policy: Option<HeaderValue>,
        body: Vec<u8>,
    ) -> Self {
        let etag = format!(
            "\"{}\"",
            crate::account::hex(Sha256::digest(&body).get(..16).unwrap_or_default())
        );
        Self {
            status,
            content_type,
            policy,
            location: None,
            etag,
            gzip: gzip(&body).into(),
            brotli: brotli(&body).into(),
            plain: body.into(),
        }
    }

    fn weight(&self) -> u32 {
        u32::try_from(self.plain.len() + self.gzip.len() + self.brotli.len() + 512).unwrap_or(u32::MAX)
    }

    /// The answer to this request: the smallest form it takes, or 304.
    #[must_use]
    pub fn answer(&self, request: &HttpRequest) -> HttpResponse {
        if is_known(request, &self.etag) {
            let mut response = HttpResponse::NotModified();
            response
                .insert_header((header::ETAG, self.etag.as_str()))
                .insert_header((header::CACHE_CONTROL, PAGE_CACHING));
            return response.finish();
        }
        let mut response = HttpResponse::build(self.status);
        response
            .insert_header((header::ETAG, self.etag.as_str()))
            .insert_header((header::CACHE_CONTROL, PAGE_CACHING))
            .insert_header((header::VARY, "Accept-Encoding"))
            .insert_header((header::CONTENT_TYPE, self.content_type));
        if let Some(policy) = &self.policy {
            response.insert_header((header::CONTENT_SECURITY_POLICY, policy.clone()));
        }
        if let Some(location) = &self.location {
            response.insert_header((header::LOCATION, location.clone()));
        }
        let accepts = request
            .headers()
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        match () {
            () if accepts_coding(accepts, "br") => response
                .insert_header((header::CONTENT_ENCODING, "br"))
                .body(self.brotli.clone()),
            () if accepts_coding(accepts, "gzip") => response
                .insert_header((header::CONTENT_ENCODING, "gzip"))
                .body(self.gzip.clone()),
            () => response.body(self.plain.clone()),
        }
    }
}

/// Whether an `Accept-Encoding` names a coding and does not forbid it with `q=0`.
fn accepts_coding(accepts: &str, coding: &str) -> bool {
    accepts.split(',').any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        named && !parts.any(|part| matches!(part.strip_prefix("q="), Some("0" | "0.0" | "0.00" | "0.000")))
    })
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    // Writing to memory does not fail; if it did, the plain form is still right.
    if encoder.write_all(body).is_err() {
        return body.to_vec();
    }
    encoder.finish().unwrap_or_default()
}

fn brotli(body: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams {
        quality: 9,
        lgwin: 20,
        size_hint: body.len(),
        ..Default::default()
    };
    let _ = brotli::BrotliCompress(&mut &body[..], &mut compressed, &params);
    compressed
}

/// The pages, by address.
///
/// Keys begin with a number that grows at every [`Pages::clear`]: a page that was being rendered while a publication changed is
/// put under the old number, where nobody looks any more.
#[derive(Debug, Clone)]
pub struct Pages {
    cache: Cache<(u64, String), Option<Arc<Page>>>,
    age: Arc<AtomicU64>,
}

impl Default for Pages {
    fn default() -> Self {
        let weigher = |(_, address): &(u64, String), page: &Option<Arc<Page>>| {
            let page = page.as_ref().map_or(64, |page| page.weight());
            page.saturating_add(u32::try_from(address.len()).unwrap_or(u32::MAX))
        };
        Self {
            cache: Cache::builder().max_capacity(MOST_BYTES).weigher(weigher).build(),
            age: Arc::default(),
        }
    }
}

impl Pages {
    /// The page at an address, rendered by `render` if it is not here yet. That there is none is remembered too, as long as it is
    /// asked for under an address that could exist.
    ///
    /// # Errors
    /// Whatever `render` fails with; nothing is kept then.
    pub async fn get(
        &self,
        address: &str,
        render: impl Future<Output = Result<Option<Page>, Failure>>,
    ) -> Result<Option<Arc<Page>>, Failure> {
        let key = (self.age.load(Ordering::SeqCst), address.to_owned());
        if let Some(page) = self.cache.get(&key).await {
            return Ok(page);
        }
        let rendered = async { render.await.map(|page| page.map(Arc::new)) };
        self.cache
            .try_get_with(key, rendered)
            .await
            .map_err(|failure| (*failure).clone())
    }

    /// Forgets everything: what readers see has changed.
    pub fn clear(&self) {
        self.age.fetch_add(1, Ordering::SeqCst);
        self.cache.invalidate_all();
    }
}

/// Empties the cache when another process changed what readers see. Ends with the returned task's handle.
#[must_use]
pub fn watch(db: Db, mut changes: ChangeWatch, pages: Pages) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let mut seen = None;
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            // The pragma reads one number from the write-ahead log's index: too little to leave this thread for.
            if !changes.changed().unwrap_or(true) {
                continue;
            }
            let stamp = db
                .read(|conn| story::query::live_stamp(conn).map_err(Failure::from))
                .await
                .ok();
            if stamp.is_none() || stamp != seen {
                pages.clear();
                seen = stamp;
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::accepts_coding;

    #[test]
    fn a_coding_is_used_when_it_is_named_and_not_forbidden() {
        assert!(accepts_coding("gzip, deflate, br, zstd", "br"));
        assert!(accepts_coding("GZIP;q=0.5", "gzip"));
        assert!(!accepts_coding("br;q=0, gzip", "br"));
        assert!(!accepts_coding("", "gzip"));
    }
}
