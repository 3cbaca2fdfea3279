//! Webhooks: what is told to whom, signed how, tried how often, and what is never sent anywhere.

mod addresses;
mod desk;
mod events;
mod manage;
mod outbox;
mod receiver;
mod retries;
mod survival;

use reportage::account::Role;
use reportage::account::token::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Client, Server};
use receiver::Receiver;

/// All that a webhook can be told of.
const ALL: [&str; 5] = [
    "story.published",
    "story.updated",
    "story.unpublished",
    "photo.ready",
    "photo.failed",
];

/// A server that may send to this machine.
fn server() -> Server {
    Server::with(|config| config.webhooks_allow_private = true)
}

/// A program that looks after webhooks.
fn manager(server: &Server) -> Client {
    let admin = server.person("beheer", Role::Admin);
    server.token(&admin, &[Scope::WebhooksManage])
}

/// Makes a webhook, and gives its path and its secret.
async fn hook(manager: &Client, receiver: &Receiver, events: &[&str]) -> (String, String) {
    let body = json!({"url": receiver.url(), "events": events});
    let answer = manager.post("/api/v1/manage/webhooks", &body).await.is(201);
    let secret = answer.data()["secret"].as_str().unwrap().to_owned();
    (answer.header("location"), secret)
}

async fn ping(manager: &Client, hook: &str) -> Value {
    manager
        .send(Method::POST, &format!("{hook}/ping"), None)
        .await
        .is(202)
        .data()
}

async fn deliveries(manager: &Client, hook: &str) -> Vec<Value> {
    let page = manager.get(&format!("{hook}/deliveries")).await.is(200);
    page.data().as_array().unwrap().clone()
}

/// Waits until a delivery to a webhook was tried.
async fn after_trying(manager: &Client, hook: &str, delivery: &Value) -> Value {
    crate::harness::server::eventually("an attempt", async || {
        let all = deliveries(manager, hook).await;
        let found = all.into_iter().find(|it| it["id"] == delivery["id"])?;
        (!found["attempts"][0].is_null()).then_some(found)
    })
    .await
}

/// Waits until the newest delivery to a webhook has had so many attempts.
async fn after_attempts(manager: &Client, hook: &str, attempts: usize) -> Value {
    crate::harness::server::eventually("an attempt", async || {
        let newest = deliveries(manager, hook).await.into_iter().next()?;
        (newest["attempts"].as_array().unwrap().len() == attempts).then_some(newest)
    })
    .await
}
