//! Revisions: a session of editing leaves one when the next begins, a publication leaves one at once; two are compared, one is put back.

use reportage::account::Role;
use reportage::clock::MINUTE;
use serde_json::{Value, json};

use super::steps::{document, story_of, swing};
use crate::harness::{Client, Server, captioned};

async fn list(client: &Client, story: &str) -> Vec<Value> {
    let path = format!("/api/v1/manage/stories/{story}/revisions");
    client.get(&path).await.is(200).data().as_array().unwrap().clone()
}

async fn restore(client: &Client, story: &str, number: i64) -> crate::harness::Answer {
    let tag = client.draft(story).await.header("etag");
    let path = format!("/api/v1/manage/stories/{story}/revisions/{number}/restore");
    client.if_match(&tag).post(&path, &Value::Null).await
}

async fn say(client: &Client, story: &str, words: &str) {
    let draft = client.draft(story).await.data();
    let text = &draft["blocks"][0];
    let update =
        json!([{"op": "update", "id": text["id"], "version": text["version"], "set": {"markdown": words}}]);
    client.operate(story, &update).await.is(200);
}

#[actix_web::test]
async fn a_session_leaves_a_revision_when_the_next_begins() {
    let server = Server::start();
    let (anna, bram) = (server.editor(), server.person("bram", Role::Editor));
    let bram = server.session(&bram);
    let story = story_of(&anna, 1).await;
    assert!(list(&anna, &story).await.is_empty());
    // The first words after the story was made keep it as it was made.
    say(&anna, &story, "Eerst.").await;
    assert_eq!(list(&anna, &story).await.len(), 1);
    for words in ["Dan.", "En dan."] {
        server.clock.advance(5 * MINUTE);
        say(&anna, &story, words).await;
    }
    assert_eq!(list(&anna, &story).await.len(), 1, "one session goes on");
    say(&bram, &story, "Bram was hier.").await;
    say(&anna, &story, "Anna ook.").await;
    let two = list(&anna, &story).await;
    assert_eq!(two.len(), 2, "somebody came, and then both went on");
    assert_eq!(two[0]["number"], 2);
    assert_eq!(two[0]["reason"], "editing");
    assert_ne!(
        two[0]["made_by"]["name"], "bram",
        "what stood before Bram's first change is Anna's"
    );
    server.clock.advance(11 * MINUTE);
    say(&anna, &story, "Na de pauze.").await;
    assert_eq!(list(&anna, &story).await.len(), 3);
    let path = format!("/api/v1/manage/stories/{story}/revisions/3");
    let third = anna.get(&path).await.is(200).json();
    assert_eq!(third["data"]["blocks"][0]["markdown"], "Anna ook.");
    // A long session leaves some in between.
    for minute in 0..14 {
        server.clock.advance(5 * MINUTE);
        say(&anna, &story, &format!("Minuut {minute}.")).await;
    }
    assert_eq!(list(&anna, &story).await.len(), 4);
}

#[actix_web::test]
async fn a_revision_is_put_back_as_one_step_and_loses_nothing() {
    let server = Server::start();
    let editor = server.editor();
    let story = story_of(&editor, 3).await;
    let as_made = document(&editor, &story).await;
    let draft = editor.draft(&story).await.data();
    let id = |at: usize| draft["blocks"][at]["id"].clone();
    let photo = editor
        .photo_pending("LATER.jpg", &captioned(40, "Een latere foto."))
        .await;
    editor
        .operate(
            &story,
            &json!([
                {"op": "remove", "id": id(0)},
                {"op": "group", "ids": [id(1), id(3)]},
                {"op": "insert", "position": 0, "block": {"type": "photo", "frame": {"photo": photo, "caption": "Erbij."}}},
                {"op": "insert", "position": 0, "block": {"type": "quote", "markdown": "Gezegd."}},
            ]),
        )
        .await
        .is(200);
    let changed = document(&editor, &story).await;
    // Much later, as somebody who only looks into the history.
    server.clock.advance(11 * MINUTE);
    let restored = restore(&editor, &story, 1).await.is(200).data();
    assert_eq!(document(&editor, &story).await, as_made);
    let tray = restored["tray"].as_array().unwrap();
    let in_tray = |kind: &str| tray.iter().any(|block| block["type"] == kind);
    assert!(in_tray("photo") && in_tray("quote"), "what came since: {tray:?}");
    let reasons: Vec<_> = list(&editor, &story)
        .await
        .iter()
        .map(|revision| revision["reason"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(reasons, ["restore", "editing", "editing"]);
    // The step before it and after it are both the same documents as ever.
    assert_eq!(swing(&editor, &story, "undo").await["step"]["overtaken"], false);
    assert_eq!(document(&editor, &story).await, changed);
    swing(&editor, &story, "redo").await;
    assert_eq!(document(&editor, &story).await, as_made);
    // The same once more changes nothing.
    restore(&editor, &story, 1).await.is(200);
    assert_eq!(list(&editor, &story).await.len(), 3);
    let path = format!("/api/v1/manage/stories/{story}/revisions/1/restore");
    editor.if_match("\"1\"").post(&path, &Value::Null).await.is(412);
    restore(&editor, &story, 9).await.is(404);
}

#[actix_web::test]
async fn a_photograph_that_was_removed_since_is_left_out() {
    let server = Server::start();
    let editor = server.editor();
    let story = story_of(&editor, 2).await;
    let draft = editor.draft(&story).await.data();
    let (block, photo) = (&draft["blocks"][1]["id"], &draft["blocks"][1]["frame"]["photo"]);
    editor
        .operate(&story, &json!([{"op": "remove", "id": block}]))
        .await
        .is(200);
    let photo = photo.as_str().unwrap().to_owned();
    let path = format!("/api/v1/manage/photos/{photo}");
    let answer = editor.get(&path).await.is(200);
    // A photo in a tray is kept for it; with the block gone for good, the photo may go.
    diesel_delete_tray(&server, &story);
    editor
        .if_match(&answer.header("etag"))
        .delete(&path)
        .await
        .is(204);
    let shown = editor
        .get(&format!("/api/v1/manage/stories/{story}/revisions/1"))
        .await
        .is(200)
        .data();
    assert_eq!(shown["blocks"].as_array().unwrap().len(), 3);
    let restored = restore(&editor, &story, 1).await.is(200).data();
    assert_eq!(restored["blocks"].as_array().unwrap().len(), 3);
}

fn diesel_delete_tray(server: &Server, story: &str) {
    use diesel::prelude::*;
    use reportage::db::schema::blocks;
    let tray = blocks::story_id.eq(story).and(blocks::position.is_null());
    server
        .db()
        .write_now(|conn| {
            diesel::delete(blocks::table.filter(tray)).execute(conn)?;
            Ok::<_, reportage::db::DbError>(())
        })
        .unwrap();
}

#[actix_web::test]
async fn two_are_compared_and_one_is_put_back_on_a_page() {
    let server = Server::start();
    let editor = server.editor();
    let story = story_of(&editor, 1).await;
    let path = format!("/desk/stories/{story}/revisions");
    let none = editor.get(&path).await.is(200).text();
    assert!(none.contains("There are no earlier versions yet"));
    say(&editor, &story, "Een heel andere alinea.").await;
    let page = editor.get(&path).await.is(200).text();
    assert!(page.contains("Een heel andere"), "{page}");
    assert!(page.contains("Alinea"), "{page}");
    let version = editor.draft(&story).await.data()["version"].to_string();
    let preview = editor.get(&format!("{path}/1")).await.is(200).text();
    assert!(preview.contains("Alinea 0."), "{preview}");
    editor.get(&format!("{path}/7")).await.is(404);
    editor.get(&format!("{path}?before=7")).await.is(404);
    editor
        .form(&path, &[("restore", "1"), ("version", "900")])
        .await
        .is(412);
    // Words that changed since the page was made are not gone over unseen.
    editor
        .form(
            &path,
            &[("restore", "1"), ("version", version.as_str()), ("changes", "1")],
        )
        .await
        .is(412);
    editor
        .form(&path, &[("restore", "1"), ("version", version.as_str())])
        .await
        .is(303);
    let draft = editor.draft(&story).await.data();
    assert_eq!(draft["blocks"][0]["markdown"], "Alinea 0.");
    let same = editor
        .get(&format!("{path}?before=1&after=0"))
        .await
        .is(200)
        .text();
    assert!(same.contains("no difference"), "{same}");
}
