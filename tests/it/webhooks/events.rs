//! What is told: of stories what readers may know, of photos whether they are ready; in the transaction of what happened, or not at all.

use std::collections::BTreeSet;

use reportage::account::Role;
use reportage::clock::{DAY, HOUR};
use reportage::story::publish;
use reportage::text::hex;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::receiver::{Message, Receiver};
use super::{ALL, deliveries, hook, manager, server};
use crate::harness::reportage::original;
use crate::harness::server::eventually;
use crate::harness::{Client, Server, captioned};

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[track_caller]
fn tells_of_story(message: &Message, kind: &str, server: &Server, story: &str, publication: i32) {
    let said = message.json();
    assert_eq!(keys(&said), ["type", "timestamp", "data"].into());
    assert_eq!(said["type"], kind);
    let slug = said["data"]["slug"].as_str().unwrap();
    let expected = json!({
        "id": story, "slug": slug, "publication": publication,
        "url": format!("{}/stories/{slug}", server.base()),
        "api_url": format!("{}/api/v1/stories/{slug}", server.base()),
    });
    assert_eq!(said["data"], expected);
}

async fn unpublish(editor: &Client, story: &str) {
    let path = format!("/api/v1/manage/stories/{story}/publication");
    editor.delete(&path).await.is(204);
}

#[actix_web::test]
async fn a_story_is_told_when_it_goes_out_changes_moves_and_is_taken_back() {
    let server = server();
    let receiver = Receiver::start().await;
    let (_, secret) = hook(&manager(&server), &receiver, &ALL[..3]).await;
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    receiver.stays_at(0).await;
    editor.publish(&story).await.is(201);
    let first = receiver.after(1).await.remove(0);
    tells_of_story(&first, "story.published", &server, &story, 1);
    assert_eq!(first.json()["timestamp"], "2024-01-19T10:00:00Z");
    assert_eq!(first.head, "POST /hooks?a=b HTTP/1.1");
    assert_eq!(first.headers["content-type"], "application/json");
    assert_eq!(first.headers["host"], receiver.address.to_string());
    assert_eq!(first.headers["webhook-timestamp"], "1705658400");
    assert!(first.id().starts_with("msg_"), "{first:?}");
    assert!(
        first.is_signed_with(&secret) && first.signatures().len() == 1,
        "{first:?}"
    );
    // The links are good.
    let data = first.json()["data"].clone();
    for link in ["url", "api_url"] {
        server.visitor().get(data[link].as_str().unwrap()).await.is(200);
    }

    editor.publish(&story).await.is(201);
    tells_of_story(&receiver.after(2).await[1], "story.updated", &server, &story, 2);
    let tag = editor.draft(&story).await.header("etag");
    let path = format!("/api/v1/manage/stories/{story}");
    editor
        .if_match(&tag)
        .patch(&path, &json!({"slug": "een-akker"}))
        .await
        .is(200);
    let moved = receiver.after(3).await.remove(2);
    tells_of_story(&moved, "story.updated", &server, &story, 2);
    assert_eq!(moved.json()["data"]["slug"], "een-akker");
    unpublish(&editor, &story).await;
    tells_of_story(
        &receiver.after(4).await[3],
        "story.unpublished",
        &server,
        &story,
        2,
    );
    // It is not public: nothing to take back.
    unpublish(&editor, &story).await;
    editor.publish(&story).await.is(201);
    tells_of_story(&receiver.after(5).await[4], "story.published", &server, &story, 3);
    let ids: BTreeSet<String> = receiver.messages().iter().map(|it| it.id().to_owned()).collect();
    assert_eq!(ids.len(), 5, "each event has an id of its own");
}

#[actix_web::test]
async fn what_goes_out_by_the_hour_and_what_hides_a_place_is_told() {
    let server = server();
    let receiver = Receiver::start().await;
    hook(&manager(&server), &receiver, &ALL[..3]).await;
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let tag = editor.draft(&story).await.header("etag");
    let path = format!("/api/v1/manage/stories/{story}/schedule");
    let at = json!({"at": "2024-01-19T12:30", "zone": "Europe/Amsterdam"});
    editor
        .if_match(&tag)
        .send(Method::PUT, &path, Some(&at))
        .await
        .is(200);
    receiver.stays_at(0).await;
    server.clock.advance(2 * HOUR);
    tells_of_story(&receiver.after(1).await[0], "story.published", &server, &story, 1);

    // The session of before has grown old.
    let editor = server.session(&server.person("bea", reportage::account::Role::Editor));
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    editor
        .if_match(&tag)
        .patch(&path, &json!({"hide_place": true}))
        .await
        .is(200);
    let messages = eventually("the change to be told", async || {
        Some(receiver.messages()).filter(|messages| messages.len() > 1)
    })
    .await;
    tells_of_story(&messages[1], "story.updated", &server, &story, 1);
}

#[actix_web::test]
async fn photos_are_told_when_they_are_ready_once_and_when_they_fail_with_the_reason() {
    let server = server();
    let receiver = Receiver::start().await;
    hook(&manager(&server), &receiver, &ALL[3..]).await;
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let api_url = |photo: &str| format!("{}/api/v1/manage/photos/{photo}", server.base());
    let ready = receiver.after(1).await.remove(0).json();
    assert_eq!(ready["type"], "photo.ready");
    let expected = json!({"id": photo, "state": "ready", "reason": null, "api_url": api_url(&photo)});
    assert_eq!(ready["data"], expected);
    // Rendered again, it is nothing new.
    let again = format!("/api/v1/manage/photos/{photo}/render");
    editor.send(Method::POST, &again, None).await.is(202);
    receiver.stays_at(1).await;

    let id = editor.photo_pending("b.jpg", &captioned(2, "Een dijk.")).await;
    let photo_id = id.parse().unwrap();
    eventually("the other to be ready", async || {
        (receiver.messages().len() == 2).then_some(())
    })
    .await;
    // A photo that waits and cannot be rendered.
    let now = server.clock.now();
    server
        .db()
        .write_now(|conn| {
            use diesel::prelude::*;
            use reportage::db::schema::photos;
            diesel::update(photos::table.find(&photo_id))
                .set(photos::state.eq("pending"))
                .execute(conn)?;
            reportage::photo::renditions::give_up(conn, &photo_id, "Er is niets te zien.", now)
        })
        .unwrap();
    let failed = receiver.after(3).await.remove(2).json();
    assert_eq!(failed["type"], "photo.failed");
    let expected =
        json!({"id": id, "state": "failed", "reason": "Er is niets te zien.", "api_url": api_url(&id)});
    assert_eq!(failed["data"], expected);
}

#[actix_web::test]
async fn each_webhook_hears_what_it_listens_to_and_one_that_is_off_hears_nothing() {
    let server = server();
    let manager = manager(&server);
    let (stories, photos, off) = (
        Receiver::start().await,
        Receiver::start().await,
        Receiver::start().await,
    );
    hook(&manager, &stories, &["story.published"]).await;
    hook(&manager, &photos, &["photo.ready"]).await;
    let (path, _) = hook(&manager, &off, &ALL).await;
    let tag = manager.get(&path).await.header("etag");
    let turned = manager
        .if_match(&tag)
        .patch(&path, &json!({"enabled": false}))
        .await
        .is(200);
    assert_eq!(turned.data()["disabled_because"], "by_hand");
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    editor.publish(&story).await.is(201);
    assert_eq!(photos.after(1).await[0].kind(), "photo.ready");
    assert_eq!(stories.after(1).await[0].kind(), "story.published");
    off.stays_at(0).await;
    assert!(deliveries(&manager, &path).await.is_empty());
}

#[actix_web::test]
async fn what_was_rolled_back_is_never_told() {
    let server = server();
    let receiver = Receiver::start().await;
    let manager = manager(&server);
    let (path, _) = hook(&manager, &receiver, &ALL[..3]).await;
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    receiver.after(1).await;
    let (id, now) = (story.parse().unwrap(), server.clock.now());
    let actor = server.person("anna", reportage::account::Role::Editor).actor();
    let undone = server.db().write_now(|conn| {
        publish::unpublish(conn, &actor, &id, now)?;
        Err::<(), _>(reportage::story::StoryError::StaleStory)
    });
    assert!(undone.is_err());
    // Nor what was never done.
    let publication = format!("/api/v1/manage/stories/{story}/publication");
    editor
        .if_match("\"99.99\"")
        .send(Method::POST, &publication, None)
        .await
        .is(412);
    receiver.stays_at(1).await;
    assert_eq!(deliveries(&manager, &path).await.len(), 1);
}

#[actix_web::test]
async fn where_nobody_listens_nothing_is_written_and_what_is_old_is_forgotten() {
    use diesel::prelude::*;
    use reportage::db::schema::webhook_events;
    let server = server();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    let events = || {
        server
            .db()
            .read_now(|conn| webhook_events::table.count().get_result::<i64>(conn))
            .unwrap()
    };
    assert_eq!(events(), 0);
    let receiver = Receiver::start().await;
    let manager = manager(&server);
    let (path, _) = hook(&manager, &receiver, &ALL).await;
    editor.publish(&story).await.is(201);
    receiver.after(1).await;
    assert_eq!(events(), 1);
    server.clock.advance(29 * DAY);
    assert_eq!(deliveries(&manager, &path).await.len(), 1);
    server.clock.advance(2 * DAY);
    eventually("the event to be forgotten", async || {
        (events() == 0).then_some(())
    })
    .await;
    assert!(deliveries(&manager, &path).await.is_empty());
}

#[actix_web::test]
async fn what_is_told_names_neither_file_nor_hash_nor_person_nor_place() {
    let server = server();
    let receiver = Receiver::start().await;
    hook(&manager(&server), &receiver, &ALL).await;
    let anna = server.person("anna", Role::Photographer);
    let photographer = server.session(&anna);
    let bytes = original(7, 300, 200);
    let photo = photographer.photo("geheime-naam.jpg", &bytes).await;
    let editor = server.editor();
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    unpublish(&editor, &story).await;
    let hash = hex(&Sha256::digest(&bytes));
    let secrets = [
        "geheime-naam",
        &hash[..16],
        "anna",
        anna.account.id.as_str(),
        "redactie",
        "Telskuf",
    ];
    for message in receiver.after(3).await {
        let told = format!("{message:?} {}", message.json());
        for secret in secrets {
            assert!(!told.contains(secret), "{secret} is in {told}");
        }
    }
}
