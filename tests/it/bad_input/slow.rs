//! Clients that stand still.

use std::time::{Duration, Instant};

use reportage::account::Role;
use reportage::account::token::{self, Scope};

use crate::harness::client::raw;
use crate::harness::{NOW, Server};

async fn stands_still(path: &str, kind: &str, beginning: &str) {
    let server = Server::with(|config| config.body_patience = Duration::from_millis(300));
    let person = server.person("anna", Role::Editor);
    let secret = token::add(server.db(), &person.account.email, "t", &Scope::ALL, None, NOW).unwrap();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {secret}\r\nContent-Type: {kind}\r\n\
         Content-Length: 5000\r\n\r\n{beginning}",
        server.running.address
    );
    let started = Instant::now();
    let answer = raw(server.running.address, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(
        answer.contains("too_slow") && answer.contains("application/problem+json"),
        "{answer}"
    );
    assert!(
        started.elapsed() < Duration::from_secs(8),
        "it was waited for too long"
    );
}

#[actix_web::test]
async fn an_upload_that_stands_still_is_closed_with_408() {
    let part = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n\u{1}\u{2}";
    stands_still("/api/v1/manage/photos", "multipart/form-data; boundary=b", part).await;
}

#[actix_web::test]
async fn a_json_body_that_stands_still_is_closed_with_408() {
    stands_still("/api/v1/manage/stories", "application/json", "{\"title\":").await;
}
