//! The OpenAPI document: whole, the same at every door, and true about what it describes.

use serde_json::Value;

use crate::harness::Server;

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[actix_web::test]
async fn the_document_is_openapi_3_1_and_every_reference_in_it_leads_somewhere() {
    let document = Server::start()
        .visitor()
        .get("/api/openapi.json")
        .await
        .is(200)
        .json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 10, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[actix_web::test]
async fn every_operation_says_what_it_answers_and_who_may_ask() {
    let document = Server::start().visitor().get("/api/openapi.json").await.json();
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    let mut names = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let at = format!("{method} {path}");
            assert!(!operation["responses"].as_object().unwrap().is_empty(), "{at}");
            assert!(
                operation["summary"].is_string() || operation["description"].is_string(),
                "{at}"
            );
            names.push(operation["operationId"].as_str().unwrap().to_owned());
            let is_public = ["stories", "search", "tags", "photographers"]
                .iter()
                .any(|public| {
                    path.strip_prefix("/api/v1/")
                        .is_some_and(|path| path.starts_with(public))
                });
            assert_eq!(operation.get("security").is_none(), is_public, "{at}");
            for way in operation["security"].as_array().into_iter().flatten() {
                assert!(
                    way.as_object()
                        .unwrap()
                        .keys()
                        .all(|name| schemes.contains_key(name)),
                    "{at}"
                );
            }
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let named: Vec<&str> = parameters
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| parameter["name"].as_str().unwrap())
                .collect();
            for part in path.split('/').filter_map(|part| part.strip_prefix('{')) {
                assert!(
                    named.contains(&part.trim_end_matches('}')),
                    "{at} does not describe {part}"
                );
            }
        }
    }
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "operation ids are not unique");
}

#[actix_web::test]
async fn head_answers_wherever_get_does_without_a_body() {
    let server = Server::start();
    let editor = server.editor();
    for path in [
        "/",
        "/api/v1/stories",
        "/api/openapi.json",
        "/api/v1/manage/stories",
        "/health",
        "/api/v1/stories/x",
    ] {
        let get = editor.get(path).await;
        let head = editor.send(reqwest::Method::HEAD, path, None).await;
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        assert_eq!(head.header("etag"), get.header("etag"), "{path}");
    }
}

#[actix_web::test]
async fn every_answer_is_described_with_its_shape_and_every_refusal_is_a_problem() {
    let document = Server::start().visitor().get("/api/openapi.json").await.json();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let answers = operation["responses"].as_object().unwrap();
            let has = |status: &str| answers.contains_key(status);
            let is_secured = operation.get("security").is_some();
            assert_eq!(
                (has("401"), has("403")),
                (is_secured, is_secured),
                "{method} {path}"
            );
            assert!(has("400") && has("500"), "{method} {path}");
            assert!(has("404") || !path.contains('{'), "{method} {path}");
            let takes = |name: &str| {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                parameters
                    .filter(|one| one["name"] == name && one["in"] == "header")
                    .count()
                    == 1
            };
            assert_eq!(takes("If-Match"), has("428"), "{method} {path}");
            assert_eq!(takes("If-None-Match"), has("304"), "{method} {path}");
            for (status, answer) in answers {
                let at = format!("{method} {path} {status}");
                assert!(
                    answer["description"].as_str().is_some_and(|text| text.len() > 3),
                    "{at}"
                );
                let content = &answer["content"];
                if status.as_str() >= "400" {
                    let problem = &content["application/problem+json"];
                    assert_eq!(problem["schema"]["$ref"], "#/components/schemas/Problem", "{at}");
                    for (code, example) in problem["examples"].as_object().unwrap() {
                        assert_eq!(example["value"]["code"], code.as_str(), "{at}");
                        assert_eq!(example["value"]["status"].to_string(), *status, "{at}");
                    }
                } else if !["204", "304", "308"].contains(&status.as_str()) && !path.contains("/uploads") {
                    assert!(content.is_object(), "{at} does not say what is answered");
                }
                assert_eq!(
                    answer["headers"]["WWW-Authenticate"].is_object(),
                    ["401", "403"].contains(&status.as_str()),
                    "{at}"
                );
            }
        }
    }
}

#[actix_web::test]
async fn every_parameter_and_every_field_says_what_it_means() {
    let document = Server::start().visitor().get("/api/openapi.json").await.json();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap();
                assert!(parameter["description"].is_string(), "{method} {path} {name}");
                assert_eq!(
                    parameter["in"] == "path",
                    path.contains(&format!("{{{name}}}")),
                    "{method} {path} {name}"
                );
            }
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (field, of) in schema["properties"].as_object().into_iter().flatten() {
            let is_told = of["description"].is_string() || of.to_string().contains("\"description\"");
            assert!(is_told, "{name}.{field} says nothing");
        }
    }
}

#[actix_web::test]
async fn another_method_is_answered_with_those_that_there_are() {
    let server = Server::start();
    let visitor = server.visitor();
    let refused = visitor
        .send(reqwest::Method::PUT, "/api/v1/stories", None)
        .await
        .is(405);
    assert_eq!(refused.header("allow"), "GET, HEAD, OPTIONS");
    assert_eq!(refused.json()["code"], "method_not_allowed");
    let refused = visitor
        .send(reqwest::Method::PATCH, "/api/v1/manage/tokens", None)
        .await
        .is(405);
    assert_eq!(refused.header("allow"), "GET, HEAD, OPTIONS");
    assert_eq!(refused.header("access-control-allow-origin"), "");
    visitor
        .send(reqwest::Method::PUT, "/api/v1/nothing", None)
        .await
        .is(404);
}

#[actix_web::test]
async fn the_page_of_another_site_may_read_what_is_public_and_why_there_is_nothing() {
    let server = Server::start();
    let visitor = server.visitor();
    let asked = visitor
        .send(reqwest::Method::OPTIONS, "/api/v1/stories/x", None)
        .await
        .is(204);
    assert_eq!(asked.header("access-control-allow-origin"), "*");
    assert_eq!(asked.header("access-control-allow-headers"), "If-None-Match");
    for (path, open) in [
        ("/api/v1/stories", true),
        ("/api/v1/stories/nothing", true),
        ("/api/v1/stories?limit=0", true),
        ("/api/openapi.json", true),
        ("/api/v1/manage/stories", false),
        ("/api/v1/preview/stories/x", false),
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(
            answer.header("access-control-allow-origin") == "*",
            open,
            "{path}"
        );
    }
    let document = visitor.get("/api/openapi.json").await;
    let known = visitor.clone().always("If-None-Match", &document.header("etag"));
    known.get("/api/openapi.json").await.is(304);
}

/// What programs rely on: a line for each operation, what it takes and answers, and for each field of each shape.
fn promises(document: &Value) -> Vec<String> {
    let kind = |schema: &Value| -> String {
        let named = |schema: &Value| {
            schema["$ref"]
                .as_str()
                .map(|name| name.rsplit('/').next().unwrap().to_owned())
        };
        let choices = ["oneOf", "anyOf", "allOf"]
            .into_iter()
            .filter_map(|of| schema[of].as_array());
        let choices: Vec<String> = choices
            .flatten()
            .map(|one| named(one).unwrap_or_else(|| one["type"].to_string()))
            .collect();
        let plain = || {
            let items = named(&schema["items"]).unwrap_or_else(|| schema["items"]["type"].to_string());
            let allowed = &schema["enum"];
            match (&schema["type"], allowed.is_array()) {
                (_, true) => allowed.to_string(),
                (Value::String(name), _) if name == "array" => format!("[{items}]"),
                (of, _) => of.to_string(),
            }
        };
        named(schema).unwrap_or_else(|| {
            if choices.is_empty() {
                plain()
            } else {
                choices.join(" | ")
            }
        })
    };
    let mut lines = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let at = format!("{} {path}", method.to_uppercase());
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let must = if parameter["required"] == true {
                    " required"
                } else {
                    ""
                };
                let (place, name) = (
                    parameter["in"].as_str().unwrap(),
                    parameter["name"].as_str().unwrap(),
                );
                lines.push(format!(
                    "{at} takes {place} {name}{must}: {}",
                    kind(&parameter["schema"])
                ));
            }
            for (of, content) in operation["requestBody"]["content"]
                .as_object()
                .into_iter()
                .flatten()
            {
                lines.push(format!("{at} takes {of}: {}", kind(&content["schema"])));
            }
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let bodies = answer["content"].as_object().into_iter().flatten();
                let bodies: Vec<String> = bodies
                    .map(|(of, content)| format!(" {of}: {}", kind(&content["schema"])))
                    .collect();
                lines.push(format!("{at} answers {status}{}", bodies.join(",")));
            }
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let required = schema["required"].as_array();
        let is_required = |field: &str| required.is_some_and(|all| all.iter().any(|one| one == field));
        for (field, of) in schema["properties"].as_object().into_iter().flatten() {
            let must = if is_required(field) { " required" } else { "" };
            lines.push(format!("{name}.{field}{must}: {}", kind(of)));
        }
        if !schema["properties"].is_object() {
            lines.push(format!("{name}: {}", kind(schema)));
        }
    }
    lines.sort();
    lines
}

/// Within `/api/v1` nothing that is promised is taken back. What is added is written down by the same test with `AGREE=1` in the environment, and seen by
/// whoever reads the change.
#[test]
fn what_was_promised_is_kept() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/openapi.agreed");
    let now = promises(reportage::web::api::openapi());
    if std::env::var_os("AGREE").is_some() {
        std::fs::write(path, now.join("\n") + "\n").unwrap();
    }
    let agreed = std::fs::read_to_string(path).unwrap();
    let agreed: Vec<&str> = agreed.lines().collect();
    let gone: Vec<&&str> = agreed
        .iter()
        .filter(|line| !now.iter().any(|one| one == *line))
        .collect();
    let new: Vec<&String> = now
        .iter()
        .filter(|line| !agreed.contains(&line.as_str()))
        .collect();
    assert!(
        gone.is_empty() && new.is_empty(),
        "taken back or changed: {gone:#?}\nnew: {new:#?}"
    );
}
