//! Looking after webhooks by the API: who may, what is checked, secrets, the trail.

use reportage::account::Role;
use reportage::clock::{DAY, HOUR};
use reqwest::Method;
use serde_json::json;

use super::receiver::Receiver;
use super::{ALL, after_attempts, deliveries, hook, manager, ping, server};

#[actix_web::test]
async fn a_webhook_is_made_read_changed_and_deleted_and_its_secret_is_told_once() {
    let server = server();
    let manager = manager(&server);
    let body = json!({"url": "https://example.org/hooks", "label": "Bouwen", "events": ["story.updated", "story.published", "story.published"]});
    let made = manager.post("/api/v1/manage/webhooks", &body).await.is(201);
    let path = made.header("location");
    let secret = made.data()["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_") && secret.len() > 40, "{secret}");
    assert_eq!(made.data()["events"], json!(["story.published", "story.updated"]));
    let read = manager.get(&path).await.is(200);
    let list = manager.get("/api/v1/manage/webhooks").await.is(200);
    assert!(!read.text().contains("whsec_") && !list.text().contains("whsec_"));
    assert_eq!(list.data()[0], read.data());

    let change = json!({"events": ["photo.ready"]});
    manager
        .patch(&path, &change)
        .await
        .fails(428, "precondition_required");
    let stale = manager
        .if_match("\"7.0\"")
        .patch(&path, &change)
        .await
        .fails(412, "stale");
    assert_eq!(stale.json()["current"], read.data());
    let changed = manager
        .if_match(&read.header("etag"))
        .patch(&path, &change)
        .await
        .is(200);
    assert_eq!(changed.data()["events"], json!(["photo.ready"]));
    assert_eq!(changed.data()["label"], "Bouwen");
    for (body, pointer) in [
        (json!({"events": []}), "/events"),
        (json!({"events": ["story.burnt"]}), "/events"),
        (json!({"events": ["ping"]}), "/events"),
        (json!({"url": "ftp://example.org"}), "/url"),
        (json!({"label": "x".repeat(121)}), "/label"),
    ] {
        let refused = manager
            .if_match(&changed.header("etag"))
            .patch(&path, &body)
            .await
            .fails(422, "invalid");
        assert_eq!(refused.pointers(), [pointer], "{body}");
    }
    let nothing = manager
        .post("/api/v1/manage/webhooks", &json!({}))
        .await
        .fails(422, "invalid");
    assert_eq!(nothing.pointers(), ["/events", "/url"]);
    manager.delete(&path).await.fails(428, "precondition_required");
    manager
        .if_match(&changed.header("etag"))
        .delete(&path)
        .await
        .is(204);
    manager.get(&path).await.fails(404, "not_found");

    let trail = server
        .session(&server.person("chef", Role::Admin))
        .get("/desk/audit")
        .await
        .is(200)
        .text();
    for told in [
        "made a webhook",
        "changed a webhook",
        "deleted a webhook",
        "Bouwen",
    ] {
        assert!(trail.contains(told), "{told}: {trail}");
    }
    assert!(!trail.contains(&secret));
}

#[actix_web::test]
async fn while_a_secret_is_changed_both_sign_and_after_a_day_the_new_one_alone() {
    let server = server();
    let manager = manager(&server);
    let receiver = Receiver::start().await;
    let (path, old) = hook(&manager, &receiver, &ALL).await;
    let changed = manager
        .send(Method::POST, &format!("{path}/secret"), None)
        .await
        .is(201)
        .data();
    let new = changed["secret"].as_str().unwrap();
    assert_eq!(changed["old_secret_until"], "2024-01-20T10:00:00Z");
    ping(&manager, &path).await;
    let both = receiver.after(1).await.remove(0);
    assert_eq!(both.signatures().len(), 2);
    assert!(both.is_signed_with(&old) && both.is_signed_with(new));
    server.clock.advance(DAY + HOUR);
    ping(&manager, &path).await;
    let alone = receiver.after(2).await.remove(1);
    assert_eq!(alone.signatures().len(), 1);
    assert!(alone.is_signed_with(new) && !alone.is_signed_with(&old));
}

#[actix_web::test]
async fn there_are_as_many_webhooks_as_there_may_be_and_a_deleted_one_is_sent_nothing() {
    let server = server();
    let manager = manager(&server);
    let receiver = Receiver::start().await;
    let mut paths = Vec::new();
    for _ in 0..20 {
        paths.push(hook(&manager, &receiver, &ALL).await.0);
    }
    let body = json!({"url": receiver.url(), "events": ALL});
    manager
        .post("/api/v1/manage/webhooks", &body)
        .await
        .fails(409, "too_many_webhooks");
    receiver.answers(super::receiver::reply(500, ""));
    ping(&manager, &paths[0]).await;
    after_attempts(&manager, &paths[0], 1).await;
    let tag = manager.get(&paths[0]).await.header("etag");
    manager.if_match(&tag).delete(&paths[0]).await.is(204);
    server.clock.advance(DAY);
    receiver.stays_at(1).await;
    manager.post("/api/v1/manage/webhooks", &body).await.is(201);
}

#[actix_web::test]
async fn the_log_is_read_page_by_page() {
    let server = server();
    let manager = manager(&server);
    let receiver = Receiver::start().await;
    let (path, _) = hook(&manager, &receiver, &ALL).await;
    for _ in 0..5 {
        ping(&manager, &path).await;
    }
    receiver.after(5).await;
    let mut seen = Vec::new();
    let mut address = format!("{path}/deliveries?limit=2");
    loop {
        let page = manager.get(&address).await.is(200).json();
        let data = page["data"].as_array().unwrap();
        seen.extend(data.iter().map(|it| it["id"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        address = format!("{path}/deliveries?limit=2&after={next}");
    }
    let all: Vec<_> = deliveries(&manager, &path)
        .await
        .iter()
        .map(|it| it["id"].clone())
        .collect();
    assert_eq!((seen.len(), &seen), (5, &all));
    manager
        .get(&format!("{path}/deliveries?limit=0"))
        .await
        .fails(400, "limit");
    manager
        .get(&format!("{path}/deliveries?after=x"))
        .await
        .fails(400, "after");
}
