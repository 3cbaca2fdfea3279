//! Failures as the API prints them: `application/problem+json`, with a stable code and the place of every mistake.
//!
//! Source: RFC 9457 (Problem Details for HTTP APIs).

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde_json::{Value, json};

use super::draft_view;
use crate::web::error::Failure;
use crate::web::extract::sent_json;

/// JSON that was sent and not taken, of which as much comes back as was typed by somebody.
const MOST_SENT_BYTES: usize = 256 * 1024;

/// The answer to a request that failed; whoever wrote over what they had not seen gets both texts.
#[must_use]
pub fn respond_to(request: &HttpRequest, failure: &Failure) -> HttpResponse {
    let sent = sent_json(request).filter(|sent| sent.len() <= MOST_SENT_BYTES);
    let sent = sent.filter(|_| matches!(failure, Failure::Stale { .. }));
    let mut problem = body(failure);
    if let (Some(sent), Value::Object(map)) = (sent, &mut problem) {
        map.insert("sent".into(), serde_json::from_slice(&sent).unwrap_or_default());
    }
    answer(failure, &problem)
}

/// The answer to a failed request of which nothing is known.
#[must_use]
pub fn respond(failure: &Failure) -> HttpResponse {
    answer(failure, &body(failure))
}

fn answer(failure: &Failure, problem: &Value) -> HttpResponse {
    let mut response = HttpResponseBuilder::new(failure.status());
    response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
    if let Some(seconds) = failure.retry_after_s() {
        response.insert_header((header::RETRY_AFTER, seconds));
    }
    match failure {
        Failure::Unauthorized => {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"reportage\""));
        }
        Failure::MissingScope(scope) => {
            let challenge =
                format!("Bearer realm=\"reportage\", error=\"insufficient_scope\", scope=\"{scope}\"");
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        Failure::ProtocolVersion => {
            response.insert_header(("Tus-Version", "1.0.0"));
        }
        Failure::Stale {
            current: Some(current),
            ..
        } => {
            response.insert_header((header::ETAG, current.1.as_str()));
        }
        _ => {}
    }
    response.body(problem.to_string())
}

/// The problem as JSON, for an answer of its own or in the place of a file that was refused.
#[must_use]
pub fn body(failure: &Failure) -> Value {
    let mut problem = json!({
        "type": format!("urn:reportage:problem:{}", failure.code()),
        "title": failure.title(),
        "status": failure.status().as_u16(),
        "code": failure.code(),
        "detail": failure.message(),
    });
    let Value::Object(map) = &mut problem else {
        return problem;
    };
    match failure {
        Failure::Invalid(errors) => {
            map.insert("errors".into(), json!(errors));
        }
        Failure::Obstacles(remarks) => {
            let errors: Vec<_> = remarks.iter().map(draft_view::remark).collect();
            map.insert("errors".into(), json!(errors));
        }
        Failure::Stale { part, current, .. } => {
            map.insert(
                "part".into(),
                json!(part.as_ref().map(crate::story::PartId::as_str)),
            );
            map.insert(
                "current".into(),
                json!(current.as_ref().map(|current| &current.0)),
            );
        }
        Failure::MissingScope(scope) => {
            map.insert("scope".into(), json!(scope.as_str()));
        }
        _ => {}
    }
    problem
}
