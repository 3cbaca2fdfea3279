//! Members of a story: photographers who add and caption their own photographs in it, and nothing else.

use reportage::account::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Client, Server, captioned};

struct Desk {
    _server: Server,
    editor: Client,
    member: Client,
    stranger: Client,
    story: String,
    /// The editor's photo, in the story.
    theirs: String,
}

async fn desk() -> Desk {
    let server = Server::start();
    let editor = server.editor();
    let photographer = server.person("anna", Role::Photographer);
    let stranger = server.session(&server.person("bram", Role::Photographer));
    let theirs = editor.photo("a.jpg", &captioned(1, "Van de redactie.")).await;
    let story = editor.small_story("Samen", &theirs).await;
    editor
        .put(&format!(
            "/api/v1/manage/stories/{story}/members/{}",
            photographer.account.id
        ))
        .await
        .is(204);
    Desk {
        member: server.session(&photographer),
        editor,
        stranger,
        story,
        theirs,
        _server: server,
    }
}

fn photo_block(photo: &str) -> Value {
    json!({"type": "photo", "frame": {"photo": photo}})
}

#[actix_web::test]
async fn a_member_adds_own_photographs_and_captions_them() {
    let desk = desk().await;
    let own = desk.member.photo("b.jpg", &captioned(2, "Van Anna.")).await;
    let draft = desk
        .member
        .operate(
            &desk.story,
            &json!([{"op": "insert", "position": 0, "block": photo_block(&own)}]),
        )
        .await
        .is(200)
        .data();
    let frame = &draft["blocks"][0]["frame"];
    let after = desk
        .member
        .operate(
            &desk.story,
            &json!([{"op": "update", "id": frame["id"], "version": 1, "set": {"caption": "Van Anna, beter."}}]),
        )
        .await
        .is(200)
        .data();
    assert_eq!(after["blocks"][0]["frame"]["caption"], "Van Anna, beter.");
    // An upload with the story's id adds at the end.
    desk.member
        .upload_to(Some(&desk.story), &[("c.jpg", &captioned(3, "Nog een."))])
        .await
        .is(201);
    assert_eq!(
        desk.editor.draft(&desk.story).await.data()["blocks"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[actix_web::test]
async fn everything_else_is_refused_to_a_member() {
    let desk = desk().await;
    let before = desk.editor.draft(&desk.story).await.data();
    let block = &before["blocks"][0];
    let forbidden = [
        json!({"op": "insert", "block": {"type": "text", "markdown": "Tekst."}}),
        json!({"op": "insert", "block": {"type": "heading", "text": "Kop"}}),
        json!({"op": "move", "id": block["id"], "position": 0}),
        json!({"op": "remove", "id": block["id"]}),
        json!({"op": "update", "id": block["id"], "version": 1, "set": {"layout": "wide"}}),
        json!({"op": "update", "id": block["frame"]["id"], "version": 1, "set": {"caption": "Niet van mij."}}),
        json!({"op": "ungroup", "id": block["id"]}),
        json!({"op": "group", "ids": [block["id"], block["id"]]}),
        json!({"op": "restore", "id": block["id"]}),
    ];
    for operation in &forbidden {
        desk.member
            .operate(&desk.story, &json!([operation]))
            .await
            .fails(403, "forbidden");
    }
    let foreign = desk
        .member
        .operate(
            &desk.story,
            &json!([{"op": "insert", "block": photo_block(&desk.theirs)}]),
        )
        .await
        .fails(422, "invalid");
    assert_eq!(foreign.pointers(), ["/operations/0/block/frame/photo"]);
    let story = format!("/api/v1/manage/stories/{}", desk.story);
    desk.member
        .if_match("\"1.1\"")
        .patch(&story, &json!({"title": "Mijn"}))
        .await
        .is(403);
    desk.member.if_match("\"1.1\"").delete(&story).await.is(403);
    desk.member.publish(&desk.story).await.is(403);
    desk.member.delete(&format!("{story}/publication")).await.is(403);
    assert_eq!(desk.editor.draft(&desk.story).await.data(), before);
}

#[actix_web::test]
async fn a_member_sees_the_storys_photographs_but_never_their_originals() {
    let desk = desk().await;
    let photo = format!("/api/v1/manage/photos/{}", desk.theirs);
    let tag = desk.member.get(&photo).await.is(200).header("etag");
    desk.member.get(&format!("{photo}/original")).await.is(404);
    desk.member
        .if_match(&tag)
        .patch(&photo, &json!({"caption": "Van mij."}))
        .await
        .is(404);
    desk.member.if_match(&tag).delete(&photo).await.is(404);
    desk.editor.get(&photo).await.is(200);
}

#[actix_web::test]
async fn a_photographer_who_is_no_member_sees_nothing_of_a_story() {
    let desk = desk().await;
    let story = format!("/api/v1/manage/stories/{}", desk.story);
    desk.stranger.get(&story).await.is(404);
    assert_eq!(
        desk.stranger.get("/api/v1/manage/stories").await.is(200).data(),
        json!([])
    );
    assert_eq!(
        desk.stranger.get("/api/v1/manage/photos").await.is(200).data(),
        json!([])
    );
    desk.stranger
        .upload_to(Some(&desk.story), &[("c.jpg", &captioned(3, "Nog een."))])
        .await
        .fails(422, "invalid");
    desk.stranger
        .get(&format!("/api/v1/manage/photos/{}", desk.theirs))
        .await
        .is(404);
}

#[actix_web::test]
async fn what_a_member_puts_into_a_story_that_has_an_hour_waits_for_an_editor() {
    let desk = desk().await;
    let own = desk.member.photo("b.jpg", &captioned(2, "Van Anna.")).await;
    let again = desk.member.photo("c.jpg", &captioned(3, "Nog een.")).await;
    let third = desk.member.photo("d.jpg", &captioned(4, "De derde.")).await;
    let insert = |block: Value| json!([{"op": "insert", "position": 0, "block": block}]);
    let story = format!("/api/v1/manage/stories/{}", desk.story);
    // Undone before the story had an hour.
    desk.member
        .operate(&desk.story, &insert(photo_block(&own)))
        .await
        .is(200);
    desk.member
        .post(&format!("{story}/undo"), &json!({}))
        .await
        .is(200);
    let tag = desk.editor.draft(&desk.story).await.header("etag");
    let hour = json!({"at": "2024-01-20T09:00", "zone": "UTC"});
    desk.editor
        .if_match(&tag)
        .send(Method::PUT, &format!("{story}/schedule"), Some(&hour))
        .await
        .is(200);
    desk.member
        .post(&format!("{story}/redo"), &json!({}))
        .await
        .fails(403, "forbidden");
    desk.member
        .operate(&desk.story, &insert(photo_block(&again)))
        .await
        .is(200);
    let frames = [json!({"photo": own}), json!({"photo": third})];
    desk.member
        .operate(&desk.story, &insert(json!({"type": "group", "frames": frames})))
        .await
        .is(200);
    let draft = desk.editor.draft(&desk.story).await.data();
    let shown = draft["blocks"].as_array().unwrap();
    assert_eq!(shown.len(), 1, "{draft}");
    assert_eq!(shown[0]["frame"]["photo"], json!(desk.theirs));
    let waiting: Vec<&Value> = draft["tray"].as_array().unwrap().iter().collect();
    assert!(
        waiting.len() >= 2 && waiting.iter().any(|block| block["type"] == "group"),
        "{draft}"
    );
    // An editor brings it in.
    let id = waiting.iter().find(|block| block["type"] == "group").unwrap()["id"].clone();
    let draft = desk
        .editor
        .operate(&desk.story, &json!([{"op": "restore", "id": id}]))
        .await
        .is(200)
        .data();
    assert_eq!(draft["blocks"].as_array().unwrap().len(), 2, "{draft}");
}

#[actix_web::test]
async fn a_member_covers_a_photograph_and_does_not_uncover_it() {
    let desk = desk().await;
    let own = desk.member.photo("b.jpg", &captioned(2, "Van Anna.")).await;
    let draft = desk
        .member
        .operate(
            &desk.story,
            &json!([{"op": "insert", "block": photo_block(&own)}]),
        )
        .await
        .is(200)
        .data();
    let id = draft["blocks"][1]["frame"]["id"].clone();
    let set = |version: i32, graphic: bool| json!([{"op": "update", "id": id, "version": version, "set": {"graphic": graphic}}]);
    desk.member.operate(&desk.story, &set(1, true)).await.is(200);
    desk.member
        .operate(&desk.story, &set(2, false))
        .await
        .fails(403, "forbidden");
    desk.member
        .post(&format!("/api/v1/manage/stories/{}/undo", desk.story), &json!({}))
        .await
        .fails(403, "forbidden");
    desk.editor.operate(&desk.story, &set(2, false)).await.is(200);
}
