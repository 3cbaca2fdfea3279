//! The checklist: everything that stands in the way of publishing, at once, each with its place.

use serde_json::json;

use crate::harness::{NOW, Server, captioned, jpeg, png_that_claims};

#[actix_web::test]
async fn publishing_tells_every_obstacle_at_once_with_its_pointer() {
    let server = Server::start();
    let editor = server.editor();
    let bare = editor.photo("kaal.jpg", &jpeg(1, 400, 300)).await;
    let good = editor.photo("goed.jpg", &captioned(2, "Een veld.")).await;
    let broken = editor.photo_pending("stuk.png", &png_that_claims(300, 200)).await;
    assert_eq!(editor.settled(&broken).await["state"], "failed");
    let frame = |photo: &str| json!({"type": "photo", "frame": {"photo": photo}});
    let story = editor
        .story(&json!({
            "title": "Onaf", "language": "nl", "embargo_until": NOW + 60_000,
            "blocks": [frame(&bare), frame(&good), frame(&broken)],
        }))
        .await;
    let draft = editor.draft(&story).await.data();
    let id = |index: usize| draft["blocks"][index]["frame"]["id"].as_str().unwrap().to_owned();
    let refused = editor.publish(&story).await.fails(422, "not_publishable");
    let mut expected = vec![
        format!("/{}/alt", id(0)),
        format!("/{}/credit", id(0)),
        format!("/{}/alt", id(2)),
        format!("/{}/credit", id(2)),
        format!("/{}/photo", id(2)),
        "/embargo_until".to_owned(),
    ];
    expected.sort();
    assert_eq!(refused.pointers(), expected);
    for error in refused.json()["errors"].as_array().unwrap() {
        assert!(
            error["code"].is_string() && error["message"].as_str().unwrap().ends_with('.'),
            "{error}"
        );
    }
    server.visitor().get("/stories/onaf").await.is(404);
    assert_eq!(editor.draft(&story).await.data(), draft, "nothing was changed");
}

#[actix_web::test]
async fn a_story_without_photographs_is_not_published() {
    let server = Server::start();
    let editor = server.editor();
    let story = editor
        .story(
            &json!({"title": "Leeg", "language": "nl", "blocks": [{"type": "text", "markdown": "Tekst."}]}),
        )
        .await;
    let refused = editor.publish(&story).await.fails(422, "not_publishable");
    assert_eq!(refused.pointers(), ["/blocks"]);
}

#[actix_web::test]
async fn every_obstacle_is_mended_by_the_field_it_names() {
    let server = Server::start();
    let editor = server.editor();
    let bare = editor.photo("kaal.jpg", &jpeg(1, 400, 300)).await;
    let story = editor
        .story(&json!({"title": "Onaf", "language": "nl", "blocks": [{"type": "photo", "frame": {"photo": bare}}]}))
        .await;
    let frame = editor.draft(&story).await.data()["blocks"][0]["frame"].clone();
    editor
        .operate(
            &story,
            &json!([{"op": "update", "id": frame["id"], "version": frame["version"],
                     "set": {"decorative": true, "credit": "Foto: Anna"}}]),
        )
        .await
        .is(200);
    editor.publish(&story).await.is(201);
}

#[actix_web::test]
async fn an_embargo_ends_by_itself() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let block = json!({"type": "photo", "frame": {"photo": photo}});
    let story = editor
        .story(&json!({"title": "Later", "language": "nl", "embargo_until": NOW + 60_000, "blocks": [block]}))
        .await;
    assert_eq!(
        editor.publish(&story).await.is(422).pointers(),
        ["/embargo_until"]
    );
    server.clock.advance(60_000);
    editor.publish(&story).await.is(201);
}
