//! JSON bodies and query strings, read with every mistake named by its place.

use std::future::{Future, ready};
use std::pin::Pin;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Caller, Failed, content_length};
use crate::text::FieldError;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::patience::{read_body, too_many};

/// Bytes a JSON or form body may have: a story of a thousand blocks fits.
pub const MOST_BODY_BYTES: usize = 8 * 1024 * 1024;

/// Bytes of a body that has nothing to say.
const MOST_OF_NOTHING: usize = 64 * 1024;

/// A JSON body of somebody who is known; what does not fit is named by its JSON Pointer. A stranger's is not read.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failed>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let is_json = request
            .mime_type()
            .ok()
            .flatten()
            .is_some_and(|mime| mime.subtype() == mime::JSON || mime.suffix() == Some(mime::JSON));
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let caller = Caller::required(&request).await?;
            if !is_json {
                let message = "Send the body as application/json.".to_owned();
                return Err(Failure::UnsupportedMedia(message).into());
            }
            if content_length(request.headers()).is_some_and(|bytes| bytes > MOST_BODY_BYTES as u64) {
                return Err(too_many(MOST_BODY_BYTES).into());
            }
            let patience = App::of(&request).config.body_patience;
            let body = read_body(payload, MOST_BODY_BYTES, patience).await?;
            caller.still(&request).await?;
            let read = parse_json(&body)?;
            request.extensions_mut().insert(SentJson(body));
            Ok(Self(read))
        })
    }
}

/// The body as it was sent, for whoever has to be told what was not taken.
#[derive(Debug, Clone)]
struct SentJson(Bytes);

/// What was sent as JSON, and read.
#[must_use]
pub fn sent_json(request: &HttpRequest) -> Option<Bytes> {
    request.extensions().get::<SentJson>().map(|sent| sent.0.clone())
}

/// That a request has no fields: what it does, its address says. An empty body or object, or null, is none; a field would be passed over, and its sender would think
/// that it was taken.
#[derive(Debug)]
pub struct NoFields;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl FromRequest for NoFields {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failed>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let headers = request.headers();
        if !headers.contains_key(header::TRANSFER_ENCODING) && content_length(headers).unwrap_or(0) == 0 {
            return Box::pin(ready(Ok(Self)));
        }
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let caller = Caller::required(&request).await?;
            let patience = App::of(&request).config.body_patience;
            let body = read_body(payload, MOST_OF_NOTHING, patience).await?;
            caller.still(&request).await?;
            if matches!(body.trim_ascii(), b"" | b"null") {
                return Ok(Self);
            }
            parse_json::<Nothing>(&body).map(|_| Self).map_err(Failed)
        })
    }
}

/// A JSON body that may be left out; one that is there is read like [`JsonBody`].
#[derive(Debug)]
pub struct OptionalJson<T>(pub Option<T>);

impl<T: DeserializeOwned + 'static> FromRequest for OptionalJson<T> {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failed>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let headers = request.headers();
        let is_there = headers.contains_key(header::CONTENT_TYPE)
            || headers.contains_key(header::TRANSFER_ENCODING)
            || content_length(headers).is_some_and(|bytes| bytes > 0);
        if !is_there {
            return Box::pin(ready(Ok(Self(None))));
        }
        let body = JsonBody::from_request(request, payload);
        Box::pin(async move { Ok(Self(Some(body.await?.0))) })
    }
}

/// Reads JSON into `T`.
///
/// # Errors
/// [`Failure::BadRequest`] for what is no JSON, [`Failure::Invalid`] for JSON of another shape.
pub fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    // A shape could be read from a list of its fields too; nobody who sends one means it.
    if body.trim_ascii_start().first() == Some(&b'[') {
        let message = "The body is a JSON object, not a list.";
        return Err(Failure::field("", "wrong_type", message));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer_of(error.path());
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => {
                let message = inner.to_string();
                let code = if message.starts_with("unknown field") {
                    "unknown_field"
                } else if message.starts_with("unknown variant") {
                    "unknown_type"
                } else if message.starts_with("missing field") {
                    "required"
                } else {
                    "wrong_type"
                };
                // The position in the text helps nobody who built the JSON with a program; the pointer does.
                let message = message.split(" at line ").next().unwrap_or_default().to_owned();
                Failure::Invalid(vec![FieldError::new(pointer, code, format!("{message}."))])
            }
            _ => Failure::BadRequest {
                code: "malformed_json",
                message: format!("The body is not JSON: {inner}."),
            },
        }
    })?;
    deserializer.end().map_err(|error| Failure::BadRequest {
        code: "malformed_json",
        message: format!("The body is not JSON: {error}."),
    })?;
    Ok(value)
}

/// Source: RFC 6901 (JSON Pointer), section 3.
fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1")));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// A query string in which every parameter is known.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = Failed;
    type Future = std::future::Ready<Result<Self, Failed>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
        let read = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs));
        ready(read.map(Self).map_err(|error| Failed(bad_parameter(&error))))
    }
}

fn bad_parameter(error: &serde_path_to_error::Error<serde::de::value::Error>) -> Failure {
    let (name, reason) = (error.path().to_string(), error.inner().to_string());
    // Of one that is unknown or there twice, the reason has the name.
    if reason.starts_with("unknown field") {
        Failure::BadRequest {
            code: "unknown_parameter",
            message: format!("In the query string: {reason}."),
        }
    } else {
        Failure::BadRequest {
            code: "parameter",
            message: format!("In the query string, “{name}”: {reason}."),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_field_is_named_by_its_pointer() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Outer {
            #[allow(dead_code, reason = "only its errors are looked at")]
            inner: Vec<u8>,
        }
        let pointer = |json: &str| match parse_json::<Outer>(json.as_bytes()) {
            Err(Failure::Invalid(errors)) => (errors[0].pointer.clone(), errors[0].code),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            pointer(r#"{"inner":[1,"x"]}"#),
            ("/inner/1".to_owned(), "wrong_type")
        );
        assert_eq!(
            pointer(r#"{"inner":[],"role":1}"#),
            ("/role".to_owned(), "unknown_field")
        );
        assert_eq!(pointer("[[1]]"), (String::new(), "wrong_type"));
        assert!(matches!(
            parse_json::<Outer>(b"{"),
            Err(Failure::BadRequest { .. })
        ));
    }
}
