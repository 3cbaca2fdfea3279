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
