//! What an answer of 400 and above looks like, and which of them an operation can give. The examples are the program's own failures, printed as
//! they are when they happen.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::super::problem;
use crate::account::token::Scope;
use crate::text::FieldError;
use crate::web::error::Failure;

/// Why a request was not answered as asked (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:reportage:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is, for people; the same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A stable word for programs.
    pub code: String,
    /// What happened and what to do, for people.
    pub detail: String,
    /// With 422: everything that was not taken, or every obstacle to publishing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<ProblemError>>,
    /// With 412 `stale`: the block or frame that was changed; null if it is the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// With 412 `stale`: the present state, as `GET` has it in `data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub current: Option<Value>,
    /// With 412 `stale`: what was sent and not taken, where that was JSON of at most 256 KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub sent: Option<Value>,
    /// With 403 `missing_scope`: the scope that the token needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// One thing that was not taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemError {
    /// Where it is: a JSON Pointer (RFC 6901) into the request, or for an obstacle `/{part}/{field}` with the id of a block or frame.
    pub pointer: String,
    /// A stable word for programs.
    pub code: String,
    /// What to do, for people.
    pub message: String,
    /// Of an obstacle: the block or frame; null is the story itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Of an obstacle: the field that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// What an operation is like, as far as it decides what can go wrong.
pub(super) struct Nature {
    pub is_secured: bool,
    pub has_path_parameters: bool,
    pub has_body: bool,
    pub has_json_body: bool,
}

/// The statuses that every operation of this nature can answer with, and what each says.
pub(super) fn usual(nature: &Nature) -> Vec<(u16, &'static str)> {
    let mut all = vec![
        (
            400,
            "The request cannot be understood: a parameter that is unknown or has no possible value, a body that is not JSON, a token in the address",
        ),
        (421, "The `Host` is not this site’s"),
        (
            500,
            "A mistake of ours; `detail` has the number under which it is in the log",
        ),
    ];
    if nature.is_secured {
        all.push((401, "Nobody is signed in, or the session or token has ended"));
        all.push((403, "Not for this caller; not with this token’s scopes (missing_scope); with a cookie, not from the site’s own pages (csrf)"));
    }
    if nature.has_path_parameters {
        all.push((
            404,
            "Nothing is there, or nothing for this caller; the two look alike",
        ));
    }
    if nature.has_body {
        all.push((408, "The body stood still"));
        all.push((413, "The body has too many bytes"));
    }
    if nature.has_json_body {
        all.push((415, "The body is not `application/json`"));
        all.push((422, "Fields that cannot be taken, each by its pointer"));
    }
    all
}

/// Completes an answer of 400 and above with its type, examples and headers.
pub(super) fn describe(status: u16, response: &mut Value) {
    let description = response["description"].as_str().unwrap_or_default().to_owned();
    let examples: Map<String, Value> = samples(status, &description)
        .into_iter()
        .filter_map(|example| Some((example["code"].as_str()?.to_owned(), json!({"value": example}))))
        .collect();
    let mut content = json!({"schema": {"$ref": "#/components/schemas/Problem"}});
    if !examples.is_empty() {
        content["examples"] = Value::Object(examples);
    }
    response["content"] = json!({"application/problem+json": content});
    for (name, header) in headers(status) {
        response["headers"][name] = header;
    }
}

fn headers(status: u16) -> Vec<(&'static str, Value)> {
    let text = |description: &str| json!({"description": description, "schema": {"type": "string"}});
    match status {
        401 => vec![(
            "WWW-Authenticate",
            json!({"description": "`Bearer`", "required": true, "schema": {"type": "string"}}),
        )],
        403 => vec![(
            "WWW-Authenticate",
            text("For a token without the scope: `Bearer`, `error=\"insufficient_scope\"` and the scope"),
        )],
        412 => vec![("ETag", text("Of the present state, where it comes along"))],
        423 | 429 | 503 | 507 => vec![(
            "Retry-After",
            json!({"description": "Seconds after which to try again", "schema": {"type": "integer", "minimum": 0}}),
        )],
        _ => Vec::new(),
    }
}

/// What this program answers with this status; where a description names codes in brackets, with these.
fn samples(status: u16, description: &str) -> Vec<Value> {
    let message = || format!("{description}.");
    let bad = |code, message: &str| Failure::BadRequest {
        code,
        message: message.to_owned(),
    };
    let failures = match status {
        400 => vec![
            bad(
                "unknown_parameter",
                "In the query string: unknown field `limmit`.",
            ),
            bad(
                "malformed_json",
                "The body is not JSON: expected value at line 1 column 1.",
            ),
        ],
        401 => vec![Failure::Unauthorized],
        403 => vec![
            Failure::Forbidden("Only an editor may do this.".to_owned()),
            Failure::MissingScope(Scope::StoriesWrite),
            Failure::CrossSite,
        ],
        404 => vec![Failure::NotFound],
        405 => vec![Failure::MethodNotAllowed],
        408 => vec![Failure::TooSlow],
        409 => vec![Failure::Conflict {
            code: "conflict",
            message: message(),
        }],
        412 if description.contains("tus_version") => vec![Failure::ProtocolVersion],
        412 => vec![Failure::Stale {
            message: "The story was changed by somebody else in the meantime.".to_owned(),
            part: None,
            current: Some(Box::new((json!({}), String::new()))),
        }],
        413 => vec![Failure::TooManyBytes(message())],
        415 => vec![Failure::UnsupportedMedia(message())],
        421 => vec![Failure::Misdirected],
        422 => vec![Failure::Invalid(vec![FieldError::new(
            "/title",
            "too_long",
            "The title has 301 characters; at most 300 fit.",
        )])],
        423 => vec![Failure::Locked(message())],
        428 => vec![Failure::PreconditionRequired],
        429 => vec![Failure::TooManyRequests {
            message: message(),
            retry_after_s: 60,
        }],
        460 => vec![Failure::ChecksumMismatch(message())],
        500 => vec![Failure::Internal {
            incident: "k3v9x1".to_owned(),
        }],
        503 if description.contains("busy") => vec![Failure::Busy(message())],
        503 => vec![Failure::ReadOnly(message())],
        507 => vec![Failure::NoRoom(message())],
        _ => Vec::new(),
    };
    let mut bodies: Vec<Value> = failures.iter().map(problem::body).collect();
    if status == 409 {
        let template = bodies.pop().unwrap_or_default();
        bodies.extend(codes(description).map(|code| {
            let mut body = template.clone();
            body["code"] = json!(code);
            body["type"] = json!(format!("urn:reportage:problem:{code}"));
            body
        }));
    }
    bodies
}

/// The codes that a description names: single words in brackets.
fn codes(description: &str) -> impl Iterator<Item = &str> {
    description
        .split('(')
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(code, _)| code))
        .filter(|code| !code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
}
