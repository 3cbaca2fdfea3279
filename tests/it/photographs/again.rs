//! One photograph more than once: rendered again, sent again, sent again with other words.

use serde_json::{Value, json};

use crate::harness::server::eventually;
use crate::harness::{Server, captioned, reportage};

#[actix_web::test]
async fn rendering_again_makes_new_files_under_new_names_and_sweeps_the_old() {
    let server = Server::start();
    let editor = server.editor();
    let id = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let path = format!("/api/v1/manage/photos/{id}");
    let url = |photo: &Value| photo["renditions"][0]["url"].as_str().unwrap().to_owned();
    let before = url(&editor.get(&path).await.data());
    editor.post(&format!("{path}/render"), &json!({})).await.is(202);
    let after = eventually("new files", async || {
        let now = url(&editor.get(&path).await.data());
        (now != before).then_some(now)
    })
    .await;
    editor.get(&after).await.is(200);
    eventually("the old files to be swept", async || {
        (editor.get(&before).await.status == 404).then_some(())
    })
    .await;
}

#[actix_web::test]
async fn the_desk_sees_a_photo_before_it_is_ready_and_readers_do_not() {
    let server = Server::start();
    let editor = server.editor();
    let sent = editor
        .upload("a.jpg", &reportage::original(3, 5_200, 3_400))
        .await
        .is(201)
        .data();
    let path = format!("/api/v1/manage/photos/{}", sent[0]["id"].as_str().unwrap());
    let early = eventually("a first look", async || {
        let photo = editor.get(&path).await.data();
        let files = photo["renditions"].as_array().unwrap().clone();
        (!files.is_empty()).then_some(photo)
    })
    .await;
    assert_eq!(early["state"], "pending", "{early}");
    for file in early["renditions"].as_array().unwrap() {
        assert_eq!(file["type"], "image/jpeg");
        let url = file["url"].as_str().unwrap();
        editor.get(url).await.is(200);
        server.visitor().get(url).await.is(404);
    }
    let ready = eventually("the photo to be ready", async || {
        let photo = editor.get(&path).await.data();
        (photo["state"] == "ready").then_some(photo)
    })
    .await;
    let of_type = |photo: &Value, media_type: &str| -> Vec<Value> {
        let files = photo["renditions"].as_array().unwrap().iter();
        files.filter(|it| it["type"] == media_type).cloned().collect()
    };
    assert_eq!(of_type(&ready, "image/webp").len(), 7);
    assert_eq!(of_type(&ready, "image/jpeg"), of_type(&early, "image/jpeg"));
}

#[actix_web::test]
async fn a_place_that_is_hidden_while_a_photo_is_prepared_costs_no_file() {
    let server = Server::start();
    let editor = server.editor();
    let id = editor
        .photo_pending("a.jpg", &reportage::original(3, 5_200, 3_400))
        .await;
    let path = format!("/api/v1/manage/photos/{id}");
    let tag = eventually("a first look", async || {
        let answer = editor.get(&path).await;
        let seen = !answer.data()["renditions"].as_array().unwrap().is_empty();
        seen.then(|| answer.header("etag"))
    })
    .await;
    editor
        .if_match(&tag)
        .patch(
            &path,
            &json!({"hide_place": true, "alt": "Een weg", "credit": "Foto: Anna"}),
        )
        .await
        .is(200);
    eventually("all its files", async || {
        let photo = editor.get(&path).await.data();
        let whole = photo["renditions"].as_array().unwrap().len() == 14;
        (photo["state"] == "ready" && whole).then_some(())
    })
    .await;
    let story = editor.small_story("Een veld", &id).await;
    editor.publish(&story).await.is(201);
    let live = server
        .visitor()
        .get("/api/v1/stories/een-veld")
        .await
        .is(200)
        .data();
    let files = live["photos"][&id]["renditions"].as_array().unwrap();
    assert_eq!(files.len(), 14);
    for file in files {
        let bytes = server
            .visitor()
            .get(file["url"].as_str().unwrap())
            .await
            .is(200)
            .body;
        assert!(!String::from_utf8_lossy(&bytes).contains("Irak"), "{file}");
    }
}

#[actix_web::test]
async fn what_is_published_keeps_its_files_until_it_is_published_again() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let id = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &id).await;
    editor.publish(&story).await.is(201);
    let path = format!("/api/v1/manage/photos/{id}");
    let live = async || {
        let live = reader.get("/api/v1/stories/een-veld").await.is(200).data();
        live["photos"][&id]["renditions"][0]["url"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let published = live().await;
    let tag = editor.get(&path).await.header("etag");
    editor
        .if_match(&tag)
        .patch(&path, &json!({"focal": {"x": 0.2, "y": 0.3}}))
        .await
        .is(200);
    eventually(
        "the photo to be rendered around its new focal point",
        async || {
            let now = editor.get(&path).await.data()["renditions"][0]["url"].to_string();
            (!published.contains(now.trim_matches('"'))).then_some(())
        },
    )
    .await;
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    assert_eq!(live().await, published);
    reader.get(&published).await.is(200);
    editor.publish(&story).await.is(201);
    assert_ne!(live().await, published);
    reader.get(&published).await.is(404);
}

#[actix_web::test]
async fn a_newer_file_of_the_same_photograph_is_known_as_such_and_overwrites_nothing() {
    let server = Server::start();
    let editor = server.editor();
    let first = editor.photo("DSC_1.jpg", &reportage::original(7, 480, 320)).await;
    let path = format!("/api/v1/manage/photos/{first}");
    let tag = editor.get(&path).await.header("etag");
    editor
        .if_match(&tag)
        .patch(&path, &json!({"caption": "Met de hand verbeterd."}))
        .await
        .is(200);
    let second = editor.photo("DSC_1.jpg", &reportage::original(7, 500, 320)).await;
    assert_ne!(first, second);
    let newer = editor
        .get(&format!("/api/v1/manage/photos/{second}"))
        .await
        .data();
    assert_eq!(newer["earlier"], first.as_str());
    assert_eq!(
        editor.get(&path).await.data()["caption"],
        "Met de hand verbeterd."
    );
    // Another photograph of the same name is not a newer version of it.
    let other = editor.photo("DSC_1.jpg", &reportage::original(8, 480, 320)).await;
    let other = editor.get(&format!("/api/v1/manage/photos/{other}")).await.data();
    assert_eq!(other["earlier"], Value::Null);
}
