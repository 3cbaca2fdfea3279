//! An answer in every form in which it is sent, made once: bytes, codings, validators, headers.

use std::io::Write;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use sha2::{Digest, Sha256};

/// How long readers and shared caches may keep a page without asking again.
pub const PAGE_CACHING: &str = "public, max-age=60, stale-while-revalidate=600";
/// Answers of fewer bytes are not compressed: it would save less than a header takes.
const LEAST_COMPRESSED_BYTES: usize = 512;

/// A content coding, the smallest first.
///
/// Brotli has a dictionary of words of the web, which decides on pages of this size.
const CODINGS: [&str; 3] = ["br", "zstd", "gzip"];

/// One form of an answer.
#[derive(Debug)]
struct Form {
    coding: Option<&'static str>,
    etag: HeaderValue,
    bytes: Bytes,
}

/// A page in the forms in which it is sent.
#[derive(Debug)]
pub struct Page {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The compressed ones, the smallest first, and last as it is.
    forms: Vec<Form>,
}

impl Page {
    /// An answer of this type.
    #[must_use]
    pub fn new(content_type: &'static str, body: Vec<u8>) -> Self {
        Self::of(StatusCode::OK, content_type, body)
    }

    /// An HTML page with its content security policy.
    #[must_use]
    pub fn html(body: String, policy: &str) -> Self {
        Self::new("text/html; charset=utf-8", body.into_bytes()).with(header::CONTENT_SECURITY_POLICY, policy)
    }

    /// A JSON answer, which other sites' pages may read.
    #[must_use]
    pub fn json(body: Vec<u8>) -> Self {
        Self::new("application/json", body)
            .open_to_all()
            .with(header::ACCESS_CONTROL_EXPOSE_HEADERS, "ETag")
    }

    /// A permanent redirect to another address of this site.
    #[must_use]
    pub fn moved(to: &str) -> Self {
        Self::redirect(StatusCode::PERMANENT_REDIRECT, to)
    }

    /// The same from an address that another program had: everything that follows links knows 301.
    #[must_use]
    pub fn moved_house(to: &str) -> Self {
        Self::redirect(StatusCode::MOVED_PERMANENTLY, to)
    }

    fn redirect(status: StatusCode, to: &str) -> Self {
        Self::of(status, "text/plain; charset=utf-8", Vec::new()).with(header::LOCATION, to)
    }

    /// The same with a header more; one that cannot be sent is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.retain(|(other, _)| *other != name);
            self.headers.push((name, value));
        }
        self
    }

    /// The same, saying to machines that they may not be trained with it, if that is so.
    ///
    /// Source: TDM Reservation Protocol (`TDMRep`), W3C Community Group report of 2024, section 5.
    #[must_use]
    pub fn refusing_training(self, refuses: bool) -> Self {
        if refuses {
            self.with(HeaderName::from_static("tdm-reservation"), "1")
        } else {
            self
        }
    }

    /// The same, and other sites' pages may read it: it is public anyway.
    #[must_use]
    pub fn open_to_all(self) -> Self {
        self.with(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
    }

    fn of(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Self {
        let plain = Form::new(&hash(&body), None, body.into());
        Self {
            status,
            headers: vec![
                (header::CACHE_CONTROL, HeaderValue::from_static(PAGE_CACHING)),
                (header::VARY, HeaderValue::from_static("Accept-Encoding")),
                (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
            ],
            forms: plain.into_iter().collect(),
        }
    }

    /// The same in all forms. Takes milliseconds: not for a thread that answers requests.
    #[must_use]
    pub fn compressed(mut self) -> Self {
        let plain = self.forms.pop();
        if let Some(plain) = plain {
            let worth_it = plain.bytes.len() >= LEAST_COMPRESSED_BYTES;
            for coding in CODINGS.into_iter().filter(|_| worth_it) {
                let compressed = match coding {
                    "br" => brotli(&plain.bytes),
                    "zstd" => zstd(&plain.bytes),
                    _ => gzip(&plain.bytes),
                };
                let form =
                    compressed.and_then(|bytes| Form::new(&hash(&plain.bytes), Some(coding), bytes.into()));
                self.forms.extend(form);
            }
            self.forms.push(plain);
        }
        self
    }

    /// What is sent, as it is before it is compressed.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.forms
            .last()
            .map(|form| form.bytes.clone())
            .unwrap_or_default()
    }

    pub(super) fn weight(&self) -> u32 {
        let bytes: usize = self.forms.iter().map(|form| form.bytes.len()).sum();
        u32::try_from(bytes + 1_024).unwrap_or(u32::MAX)
    }

    /// The answer to a request with these headers: the smallest form it takes, or 304.
    #[must_use]
    pub fn answer(&self, asked: &HeaderMap) -> HttpResponse {
        let accepts = asked
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let form = self
            .forms
            .iter()
            .find(|form| form.coding.is_none_or(|coding| accepts_coding(accepts, coding)));
        let Some(form) = form.or(self.forms.last()) else {
            return HttpResponse::new(self.status);
        };
        // Source: RFC 9110, 13.2.1: a condition is for an answer that would be a success.
        let known = self.status.is_success() && is_known(asked, form.etag.as_bytes());
        let mut response = HttpResponseBuilder::new(if known {
            StatusCode::NOT_MODIFIED
        } else {
            self.status
        });
        for (name, value) in &self.headers {
            // Source: RFC 9110, 15.4.5: a 304 says what a cache needs to know, and nothing of a body that is not there.
            if !known || ![header::CONTENT_TYPE, header::CONTENT_SECURITY_POLICY].contains(name) {
                response.insert_header((name.clone(), value.clone()));
            }
        }
        response.insert_header((header::ETAG, form.etag.clone()));
        if known {
            return response.finish();
        }
        if let Some(coding) = form.coding {
            response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static(coding)));
        }
        response.body(form.bytes.clone())
    }
}

impl Form {
    /// Each coding has a validator of its own: the bytes differ, and the validator is a strong one.
    fn new(hash: &str, coding: Option<&'static str>, bytes: Bytes) -> Option<Self> {
        let etag = match coding {
            Some(coding) => format!("\"{hash}-{coding}\""),
            None => format!("\"{hash}\""),
        };
        Some(Self {
            coding,
            etag: HeaderValue::from_str(&etag).ok()?,
            bytes,
        })
    }
}

/// The first half of a hash of what is sent before it is compressed.
fn hash(body: &[u8]) -> String {
    crate::text::hex(Sha256::digest(body).get(..16).unwrap_or_default())
}

/// Whether the asker has this already, by `If-None-Match`.
///
/// Source: RFC 9110, 13.1.2: weak comparison, a list, or `*`.
#[must_use]
pub fn is_known(asked: &HeaderMap, etag: &[u8]) -> bool {
    asked.get(header::IF_NONE_MATCH).is_some_and(|known| {
        known
            .as_bytes()
            .split(|byte| *byte == b',')
            .map(|tag| {
                let tag = tag.trim_ascii();
                tag.strip_prefix(b"W/").unwrap_or(tag)
            })
            .any(|tag| tag == etag || tag == b"*")
    })
}

/// Whether an `Accept-Encoding` names a coding and does not forbid it with `q=0`.
fn accepts_coding(accepts: &str, coding: &str) -> bool {
    accepts.split(',').any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        named && !parts.any(|part| matches!(part.strip_prefix("q="), Some("0" | "0.0" | "0.00" | "0.000")))
    })
}

// Writing to memory does not fail; if it did, the other forms are still right.

fn gzip(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

fn zstd(body: &[u8]) -> Option<Vec<u8>> {
    zstd::bulk::compress(body, 15).ok()
}

fn brotli(body: &[u8]) -> Option<Vec<u8>> {
    let mut compressed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams {
        quality: 9,
        lgwin: 20,
        size_hint: body.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &body[..], &mut compressed, &params).ok()?;
    Some(compressed)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use actix_web::body::MessageBody as _;

    use super::*;

    fn asking(headers: &[(HeaderName, &str)]) -> HeaderMap {
        headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    #[test]
    fn a_coding_is_used_when_it_is_named_and_not_forbidden() {
        assert!(accepts_coding("gzip, deflate, br, zstd", "br"));
        assert!(accepts_coding("GZIP;q=0.5", "gzip"));
        assert!(!accepts_coding("br;q=0, gzip", "br"));
        assert!(!accepts_coding("", "gzip"));
    }

    #[test]
    fn each_coding_has_its_own_validator_and_decodes_to_the_same_bytes() {
        let body = "<p>Een veld bij Telskuf.</p>".repeat(40);
        let page = Page::html(body.clone(), "default-src 'none'").compressed();
        let mut seen = Vec::new();
        for coding in ["br", "zstd", "gzip", "identity"] {
            let answer = page.answer(&asking(&[(header::ACCEPT_ENCODING, coding)]));
            let etag = answer.headers().get(header::ETAG).unwrap().clone();
            let named = answer.headers().get(header::CONTENT_ENCODING).cloned();
            let bytes = answer.into_body().try_into_bytes().unwrap();
            let plain = match named.as_ref().map(|name| name.to_str().unwrap()) {
                Some("br") => {
                    let mut plain = Vec::new();
                    brotli::BrotliDecompress(&mut &bytes[..], &mut plain).unwrap();
                    plain
                }
                Some("zstd") => zstd::stream::decode_all(&bytes[..]).unwrap(),
                Some("gzip") => {
                    let mut plain = Vec::new();
                    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut plain)
                        .unwrap();
                    plain
                }
                _ => bytes.to_vec(),
            };
            assert_eq!(plain, body.as_bytes(), "{coding}");
            assert!(!seen.contains(&etag), "{coding}");
            let again = page.answer(&asking(&[
                (header::ACCEPT_ENCODING, coding),
                (
                    header::IF_NONE_MATCH,
                    &format!("\"x\", W/{}", etag.to_str().unwrap()),
                ),
            ]));
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
            assert!(again.headers().contains_key(header::VARY));
            seen.push(etag);
        }
    }

    #[test]
    fn what_is_small_is_sent_as_it_is() {
        let page = Page::json(b"{}".to_vec()).compressed();
        let answer = page.answer(&asking(&[(header::ACCEPT_ENCODING, "br, gzip")]));
        assert!(!answer.headers().contains_key(header::CONTENT_ENCODING));
    }
}
