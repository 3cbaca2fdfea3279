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
    let secret = format!("{path}/secret");
    manager
        .send(Method::POST, &secret, None)
        .await
        .fails(428, "precondition_required");
    let tag = manager.get(&path).await.header("etag");
    let seen = manager.if_match(&tag);
    let changed = seen.send(Method::POST, &secret, None).await.is(201).data();
    // Sent twice, it would take the receiver's secret away.
    let again = seen.send(Method::POST, &secret, None).await.fails(412, "stale");
    assert_eq!(again.json()["current"], manager.get(&path).await.data());
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
async fn a_change_that_changes_nothing_is_none_and_null_empties_the_label_alone() {
    let server = server();
    let manager = manager(&server);
    let body = json!({"url": "https://example.org/hooks", "label": "Bouwen", "events": ["photo.ready", "photo.failed"]});
    let made = manager.post("/api/v1/manage/webhooks", &body).await.is(201);
    let (path, tag) = (made.header("location"), made.header("etag"));
    let same = json!({"label": "Bouwen", "events": ["photo.failed", "photo.ready"], "enabled": true});
    let changed = manager.if_match(&tag).patch(&path, &same).await.is(200);
    assert_eq!(changed.header("etag"), tag);
    let off = json!({"enabled": false});
    let off = manager.if_match(&tag).patch(&path, &off).await.is(200);
    assert_eq!(off.header("etag"), tag.replace('1', "2"), "it was {tag}");
    let tag = off.header("etag");
    for field in ["url", "events", "enabled"] {
        let null = json!({field: null});
        let refused = manager
            .if_match(&tag)
            .patch(&path, &null)
            .await
            .fails(422, "invalid");
        assert_eq!(refused.pointers(), [format!("/{field}")]);
        assert_eq!(refused.json()["errors"][0]["code"], "required");
    }
    let unnamed = json!({"label": null});
    let unnamed = manager.if_match(&tag).patch(&path, &unnamed).await.is(200).data();
    assert_eq!((&unnamed["label"], &unnamed["url"]), (&"".into(), &body["url"]));
    let chef = server.session(&server.person("chef", Role::Admin));
    let trail = chef.get("/desk/audit?word=webhook.changed").await.is(200).text();
    assert_eq!(trail.matches("<td>changed a webhook</td>").count(), 1, "{trail}");
}

#[actix_web::test]
async fn what_is_sent_by_hand_is_in_the_trail() {
    let server = server();
    let manager = manager(&server);
    let receiver = Receiver::start().await;
    let (path, _) = hook(&manager, &receiver, &ALL).await;
    let sent = ping(&manager, &path).await;
    after_attempts(&manager, &path, 1).await;
    let again = format!("{path}/deliveries/{}/redeliver", sent["id"].as_str().unwrap());
    manager.send(Method::POST, &again, None).await.is(202);
    let chef = server.session(&server.person("chef", Role::Admin));
    let trail = chef.get("/desk/audit").await.is(200).text();
    for told in ["sent a webhook a test", "had something sent to a webhook again"] {
        assert!(trail.contains(told), "{told}: {trail}");
    }
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
