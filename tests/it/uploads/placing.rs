//! Photos that are uploaded for a story.

use reportage::account::Role;
use serde_json::json;

use super::{UPLOADS, begin, send, upload};
use crate::harness::reportage::original;
use crate::harness::{Client, Server, captioned};

async fn names(editor: &Client, story: &str) -> Vec<String> {
    let draft = editor.draft(story).await.data();
    let mut names = Vec::new();
    for block in draft["blocks"].as_array().unwrap() {
        match block["frame"]["photo"].as_str() {
            Some(photo) => {
                let photo = editor.get(&format!("/api/v1/manage/photos/{photo}")).await.data();
                names.push(photo["file_name"].as_str().unwrap().to_owned());
            }
            None => names.push(block["markdown"].as_str().unwrap().to_owned()),
        }
    }
    names
}

#[actix_web::test]
async fn a_batch_stands_in_the_order_in_which_it_was_taken_whatever_arrived_first() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let text = |words: &str| json!({"type": "text", "markdown": words});
    let story = editor
        .story(&json!({"title": "Volgorde", "language": "nl", "blocks": [text("begin"), text("eind")]}))
        .await;
    for index in [3, 0, 4, 1, 2] {
        let said = [("story", story.as_str()), ("position", "1"), ("batch", "een")];
        let placed = upload(
            &editor,
            UPLOADS,
            &format!("{index}.jpg"),
            &original(index, 300, 200),
            &said,
        )
        .await;
        assert_eq!(placed.is(204).header("reportage-placed"), "true");
    }
    assert_eq!(
        names(&editor, &story).await,
        ["begin", "0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "eind"]
    );
    // Another batch is no part of it, and comes at the end where no place is said.
    let said = [("story", story.as_str()), ("batch", "twee")];
    upload(&editor, UPLOADS, "5.jpg", &original(5, 300, 200), &said)
        .await
        .is(204);
    // What stands there already stays where it is.
    let again = upload(&editor, UPLOADS, "0.jpg", &original(0, 300, 200), &said)
        .await
        .is(204);
    assert_eq!(
        (again.header("reportage-known"), again.header("reportage-placed")),
        ("true".into(), "true".into())
    );
    assert_eq!(
        names(&editor, &story).await,
        [
            "begin", "0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "eind", "5.jpg"
        ]
    );
}

#[actix_web::test]
async fn a_photo_goes_into_a_story_only_if_its_uploader_may_put_it_there() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let person = server.person("anna", Role::Photographer);
    let anna = server.session(&person);
    let story = editor.story(&json!({"title": "Samen", "language": "nl"})).await;
    let said = [("story", story.as_str())];
    let bytes = captioned(1, "Een veld.");
    begin(&anna, UPLOADS, bytes.len(), &said)
        .await
        .fails(422, "invalid");
    let member = format!("/api/v1/manage/stories/{story}/members/{}", person.account.id);
    editor.put(&member).await.is(204);
    upload(&anna, UPLOADS, "a.jpg", &bytes, &said).await.is(204);
    assert_eq!(names(&editor, &story).await, ["a.jpg"]);

    // Taken off the story while the photograph was on its way: it arrives, and stays out.
    let bytes = captioned(2, "Nog een veld.");
    let late = begin(
        &anna,
        UPLOADS,
        bytes.len(),
        &[("filename", "b.jpg"), ("story", &story)],
    )
    .await
    .is(201)
    .header("location");
    editor.delete(&member).await.is(204);
    let taken = send(&anna, &late, 0, &bytes).await.is(204);
    assert_eq!(taken.header("reportage-placed"), "false");
    anna.get(&taken.header("reportage-photo")).await.is(200);
    assert_eq!(names(&editor, &story).await, ["a.jpg"]);
}

#[actix_web::test]
async fn a_token_needs_the_scope_of_stories_to_put_a_photo_into_one() {
    use reportage::account::token::Scope;
    let server = Server::start();
    let person = server.person("anna", Role::Editor);
    let story = server
        .session(&person)
        .story(&json!({"title": "Samen", "language": "nl"}))
        .await;
    let photos = server.token(&person, &[Scope::PhotosWrite]);
    begin(&photos, UPLOADS, 100, &[("story", &story)])
        .await
        .fails(403, "missing_scope");
    begin(&photos, UPLOADS, 100, &[]).await.is(201);
    let both = server.token(&person, &[Scope::PhotosWrite, Scope::StoriesWrite]);
    begin(&both, UPLOADS, 100, &[("story", &story)]).await.is(201);
}

#[actix_web::test]
async fn a_story_that_is_deleted_meanwhile_leaves_the_photo_in_the_library() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let story = editor.story(&json!({"title": "Weg", "language": "nl"})).await;
    let bytes = captioned(1, "Een veld.");
    let late = begin(&editor, UPLOADS, bytes.len(), &[("story", &story)])
        .await
        .is(201)
        .header("location");
    let path = format!("/api/v1/manage/stories/{story}");
    let tag = editor.get(&path).await.header("etag");
    editor.if_match(&tag).delete(&path).await.is(204);
    let taken = send(&editor, &late, 0, &bytes).await.is(204);
    editor.get(&taken.header("reportage-photo")).await.is(200);
}
