//! Where nothing is sent: into the network that the server stands in, whatever a name says.

use serde_json::json;

use super::receiver::Receiver;
use super::{ALL, after_attempts, manager, ping};
use crate::harness::Server;

#[actix_web::test]
async fn an_address_in_a_private_network_is_not_taken_unless_the_operator_allows_it() {
    let closed = Server::start();
    let manager_there = manager(&closed);
    for (url, code) in [
        ("http://hooks.example.org/", "not_https"),
        ("https://127.0.0.1/", "private_address"),
        ("https://169.254.169.254/latest/meta-data/", "private_address"),
        ("https://[::ffff:10.0.0.1]/", "private_address"),
        ("https://localhost:8080/", "private_address"),
        ("https://anna:geheim@example.org/", "has_password"),
        ("example.org", "not_an_address"),
    ] {
        let body = json!({"url": url, "events": ALL});
        let refused = manager_there
            .post("/api/v1/manage/webhooks", &body)
            .await
            .fails(422, "invalid");
        assert_eq!(refused.pointers(), ["/url"], "{url}");
        assert_eq!(refused.json()["errors"][0]["code"], code, "{url}");
    }
    let open = super::server();
    let body = json!({"url": "http://127.0.0.1:9/", "events": ALL});
    manager(&open)
        .post("/api/v1/manage/webhooks", &body)
        .await
        .is(201);
}

#[actix_web::test]
async fn a_name_that_leads_into_a_private_network_is_found_out_when_something_is_delivered() {
    let receiver = Receiver::start().await;
    let port = receiver.address.port();
    // Taken while that was allowed, as a name is taken that meant something else then.
    let open = super::server();
    let manager_before = manager(&open);
    let mut paths = Vec::new();
    for url in [
        format!("https://localhost:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("http://127.0.0.1:{port}/"),
    ] {
        let body = json!({"url": url, "events": ALL});
        let made = manager_before
            .post("/api/v1/manage/webhooks", &body)
            .await
            .is(201);
        paths.push(made.header("location"));
    }
    let now = open.clock.now();
    let closed = Server::on_at(open.stop().await, now, |_| {});
    let token = reportage::account::token::add(
        closed.db(),
        "beheer@example.org",
        "opnieuw",
        &[reportage::account::token::Scope::WebhooksManage],
        None,
        now,
    )
    .unwrap();
    let manager = closed
        .visitor()
        .always("Authorization", &format!("Bearer {token}"));
    for path in paths {
        ping(&manager, &path).await;
        let newest = after_attempts(&manager, &path, 1).await;
        let error = newest["attempts"][0]["error"].as_str().unwrap();
        assert!(
            error.contains("private network") || error.contains("https://"),
            "{error}"
        );
        assert!(newest["attempts"][0]["status"].is_null());
    }
    receiver.stays_at(0).await;
}
