//! What holds for all operations and is written into each: answers that every one of its nature can give, headers that go with them, preconditions,
//! and the shape of ids.

use serde_json::{Map, Value, json};

use super::errors::{self, Nature};
use super::{METHODS, examples};
use crate::id::{
    AccountId, BlockId, DeliveryId, DropLinkId, EventId, FrameId, PhotoId, PreviewLinkId, SessionId, StoryId,
    TokenId, WebhookId,
};
use crate::web::repeat::MOST_KEY_CHARS;

/// Answers that come with an `ETag` for `If-Match`.
const VERSIONED: [&str; 5] = [
    "DraftAnswer",
    "StepAnswer",
    "PhotoAnswer",
    "SiteAnswer",
    "WebhookAnswer",
];

/// Ids by the names of their schemas.
const IDS: [(&str, &str); 12] = [
    ("AccountId", AccountId::PREFIX),
    ("BlockId", BlockId::PREFIX),
    ("DeliveryId", DeliveryId::PREFIX),
    ("DropLinkId", DropLinkId::PREFIX),
    ("EventId", EventId::PREFIX),
    ("FrameId", FrameId::PREFIX),
    ("PhotoId", PhotoId::PREFIX),
    ("PreviewLinkId", PreviewLinkId::PREFIX),
    ("SessionId", SessionId::PREFIX),
    ("StoryId", StoryId::PREFIX),
    ("TokenId", TokenId::PREFIX),
    ("WebhookId", WebhookId::PREFIX),
];

/// What stands before an id in a path, and which id it is.
const IN_PATHS: [(&str, &str); 8] = [
    ("/manage/stories/{id}", "StoryId"),
    ("/preview/stories/{id}", "StoryId"),
    ("/manage/photos/{id}", "PhotoId"),
    ("/members/{user}", "AccountId"),
    ("/manage/sessions/{id}", "SessionId"),
    ("/manage/tokens/{id}", "TokenId"),
    ("/manage/webhooks/{id}", "WebhookId"),
    ("/deliveries/{delivery}", "DeliveryId"),
];

/// Headers that have few values.
const IN_HEADERS: [(&str, &[&str]); 2] = [
    ("Tus-Resumable", &["1.0.0"]),
    ("X-HTTP-Method-Override", &["PATCH", "DELETE", "HEAD"]),
];

/// Completes the document.
pub(super) fn complete(document: &mut Value) {
    document["servers"] = json!([{"url": "/", "description": "The site that serves this document"}]);
    for (name, prefix) in IDS {
        let schema = &mut document["components"]["schemas"][name];
        schema["type"] = json!("string");
        schema["pattern"] = json!(format!("^{prefix}[0-9a-f]{{32}}$"));
        schema["examples"] = json!([format!("{prefix}0f3a5c7e9b1d4f6a8c0e2a4c6e8f0b1d")]);
    }
    let Some(paths) = document["paths"].as_object_mut() else {
        return;
    };
    for (path, item) in paths {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method) {
                complete_operation(path, method, operation);
            }
        }
    }
}

fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    type_parameters(path, operation);
    tidy_body(method, operation);
    add_usual_answers(operation);
    if method == "post" && path.contains("/manage/") && !path.contains("/manage/uploads") {
        add_key(operation);
    }
    add_preconditions(operation);
    describe_answers(operation);
    examples::add(operation);
}

fn type_parameters(path: &str, operation: &mut Value) {
    let list = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in list.into_iter().flatten() {
        let words = IN_HEADERS.iter().find(|(name, _)| parameter["name"] == *name);
        if let Some((_, words)) = words {
            parameter["schema"] = json!({"type": "string", "enum": words});
            parameter["example"] = json!(words[0]);
        }
        let at = format!("{{{}}}", parameter["name"].as_str().unwrap_or_default());
        let known = IN_PATHS
            .iter()
            .find(|(part, _)| part.ends_with(&at) && path.contains(part));
        if parameter["in"] == "path"
            && let Some((_, id)) = known
        {
            parameter["schema"] = json!({"$ref": format!("#/components/schemas/{id}")});
        }
    }
}

/// A body that may be left out is not one that may be `null`; and what takes a merge patch takes it by its own name too.
fn tidy_body(method: &str, operation: &mut Value) {
    let Some(body) = operation.get_mut("requestBody") else {
        return;
    };
    let mut required = true;
    for content in body["content"]
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut)
    {
        let choices = content["schema"]["oneOf"].as_array();
        let chosen = choices.and_then(|choices| {
            let is_null = |choice: &Value| choice["type"] == "null";
            choices
                .iter()
                .any(is_null)
                .then(|| choices.iter().find(|choice| !is_null(choice)).cloned())?
        });
        if let Some(chosen) = chosen {
            content["schema"] = chosen;
            required = false;
        }
    }
    body["required"] = json!(required);
    let json_body = body["content"].get("application/json").cloned();
    if let Some(json_body) = json_body.filter(|_| method == "patch") {
        body["content"]["application/merge-patch+json"] = json_body;
    }
}

fn add_usual_answers(operation: &mut Value) {
    let parameters = operation["parameters"].as_array();
    let nature = Nature {
        is_secured: operation.get("security").is_some(),
        has_path_parameters: parameters.is_some_and(|all| all.iter().any(|one| one["in"] == "path")),
        has_body: operation.get("requestBody").is_some(),
        has_json_body: operation["requestBody"]["content"]
            .get("application/json")
            .is_some(),
    };
    for (status, description) in errors::usual(&nature) {
        let response = &mut operation["responses"][status.to_string()];
        if response.is_null() {
            *response = json!({"description": description});
        }
    }
}

/// What is posted to management may have a key, under which it is carried out once.
fn add_key(operation: &mut Value) {
    let key = json!({"name": "Idempotency-Key", "in": "header", "required": false, "schema": {"type": "string", "minLength": 1, "maxLength": MOST_KEY_CHARS},
        "description": "A new UUID for each new request: the same one sent again is not carried out again, and answered alike for 24 hours"});
    let clash = "the request under this key is still being carried out (in_flight), or its answer is not kept (already_done)";
    let answers = &mut operation["responses"];
    let said = answers["409"]["description"].as_str();
    let said = said.map_or_else(
        || format!("With a key: {clash}"),
        |said| format!("{said}; with a key: {clash}"),
    );
    answers["409"] = json!({"description": said});
    for (status, description) in [
        ("408", "The body stood still"),
        (
            "422",
            "The key was used for another request (idempotency_key_reused)",
        ),
    ] {
        if answers[status].is_null() {
            answers[status] = json!({"description": description});
        }
    }
    add_parameters(operation, [key]);
}

fn add_parameters(operation: &mut Value, added: impl IntoIterator<Item = Value>) {
    if let Some(operation) = operation.as_object_mut() {
        let list = operation.entry("parameters").or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.extend(added);
        }
    }
}

/// What may be overwritten asks for `If-Match`; what may be known already takes `If-None-Match`.
fn add_preconditions(operation: &mut Value) {
    let said = operation["responses"]["428"]["description"].as_str();
    let guard = said.map(|said| {
        let description = "The `ETag` that was read, so that nobody’s work is overwritten";
        json!({"name": "If-Match", "in": "header", "required": !said.contains("needs none"), "description": description,
            "schema": {"type": "string"}, "example": "\"7.12\""})
    });
    let known = operation["responses"].get("304").map(|_| {
        let description = "The `ETag` that is known already; 304 if it still holds";
        json!({"name": "If-None-Match", "in": "header", "required": false, "description": description, "schema": {"type": "string"}})
    });
    let added: Vec<Value> = guard.into_iter().chain(known).collect();
    if added.is_empty() {
        return;
    }
    add_parameters(operation, added);
}

fn describe_answers(operation: &mut Value) {
    let is_validated = operation["responses"].get("304").is_some();
    let answers = operation["responses"].as_object_mut();
    for (status, response) in answers.into_iter().flatten() {
        let status: u16 = status.parse().unwrap_or_default();
        if status >= 400 {
            errors::describe(status, response);
            continue;
        }
        let schema = response
            .pointer("/content/application~1json/schema/$ref")
            .and_then(Value::as_str);
        let is_versioned =
            schema.is_some_and(|schema| VERSIONED.iter().any(|name| schema.ends_with(&format!("/{name}"))));
        if is_versioned || (is_validated && matches!(status, 200 | 304)) {
            response["headers"]["ETag"] = json!({"description": "Strong validator of what is answered", "required": true, "schema": {"type": "string"}});
        }
    }
}
