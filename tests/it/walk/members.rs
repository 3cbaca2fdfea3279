//! Members of a story: photographers who add and caption their own photographs in it, and nothing else.

use reportage::account::Role;
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
