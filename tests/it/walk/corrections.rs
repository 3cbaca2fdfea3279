//! Corrections: what readers are told of a change, kept with its day by everything that is published later.

use reportage::account::Role;
use reportage::clock::DAY;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Server, captioned};

async fn publish(editor: &Client, story: &str, body: &Value) -> Answer {
    let tag = editor.draft(story).await.header("etag");
    let path = format!("/api/v1/manage/stories/{story}/publication");
    editor.if_match(&tag).send(Method::POST, &path, Some(body)).await
}

async fn change(editor: &Client, story: &str, words: &str) {
    let text = json!({"type": "text", "markdown": words});
    editor
        .operate(story, &json!([{"op": "insert", "block": text}]))
        .await
        .is(200);
}

#[actix_web::test]
async fn a_correction_is_told_with_its_day_and_kept_by_later_publications() {
    let server = Server::start();
    let person = server.person("redactie", Role::Editor);
    let editor = server.session(&person);
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    publish(&editor, &story, &json!({})).await.is(201);
    assert!(!reader.get("/stories/een-veld").await.text().contains("Correctie"));

    server.clock.advance(DAY);
    // Nobody is signed in for longer than a day.
    let editor = server.session(&person);
    change(&editor, &story, "Een.").await;
    let note = "Het veld ligt in Drenthe.\n\n<b>Niet</b> in Groningen.";
    publish(&editor, &story, &json!({"correction": note}))
        .await
        .is(201);
    let page = reader.get("/stories/een-veld").await.is(200).text();
    for part in [
        "<aside class=\"corrections\"",
        ">Correctie</h2>",
        "<time datetime=\"2024-01-20\">20 januari 2024</time>",
        "<p>Het veld ligt in Drenthe.</p>",
        "<p>&#60;b&#62;Niet&#60;/b&#62; in Groningen.</p>",
        "\"@type\":\"CorrectionComment\"",
        "\"datePublished\":\"2024-01-20T10:00:00Z\"",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let told = json!([{"at": "2024-01-20T10:00:00Z", "text": note}]);
    assert_eq!(
        reader.get("/api/v1/stories/een-veld").await.data()["corrections"],
        told
    );
    assert_eq!(editor.draft(&story).await.data()["corrections"], told);
    let preview = editor
        .get(&format!("/api/v1/preview/stories/{story}"))
        .await
        .data();
    assert_eq!(preview["corrections"], told);

    // Kept without a new one, and when the story was away for a while; a second one comes behind it.
    server.clock.advance(DAY);
    // Nobody is signed in for longer than a day.
    let editor = server.session(&person);
    change(&editor, &story, "Twee.").await;
    editor.publish(&story).await.is(201);
    assert_eq!(
        reader.get("/api/v1/stories/een-veld").await.data()["corrections"],
        told
    );
    editor
        .delete(&format!("/api/v1/manage/stories/{story}/publication"))
        .await
        .is(204);
    publish(&editor, &story, &json!({"correction": "Nog iets."}))
        .await
        .is(201);
    let corrections = reader.get("/api/v1/stories/een-veld").await.data()["corrections"].clone();
    assert_eq!(corrections[0], told[0]);
    assert_eq!(corrections[1]["text"], "Nog iets.");
    assert!(
        reader
            .get("/stories/een-veld")
            .await
            .text()
            .contains(">Correcties</h2>")
    );
}

#[actix_web::test]
async fn a_correction_that_cannot_be_is_refused_and_nothing_is_published() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let first = publish(&editor, &story, &json!({"correction": "Fout."}))
        .await
        .is(422);
    assert_eq!(first.pointers(), ["/correction"]);
    server.visitor().get("/stories/een-veld").await.is(404);
    let long = publish(&editor, &story, &json!({"correction": "a".repeat(2_001)}))
        .await
        .is(422);
    assert_eq!(long.json()["errors"][0]["code"], "too_long");
    publish(&editor, &story, &json!({"note": "Fout."})).await.is(422);
    publish(&editor, &story, &json!({"correction": "  "}))
        .await
        .is(201);
}

#[actix_web::test]
async fn a_correction_does_not_give_away_what_a_photograph_hides() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let path = format!("/api/v1/manage/photos/{photo}");
    let set = async |facts: Value| {
        let tag = editor.get(&path).await.header("etag");
        editor.if_match(&tag).patch(&path, &facts).await.is(200);
    };
    set(json!({"place": "Telskuf, Irak"})).await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    change(&editor, &story, "Een.").await;
    let note = "Het jaartal klopte niet. De foto is in Telskuf gemaakt.";
    publish(&editor, &story, &json!({"correction": note}))
        .await
        .is(201);
    assert!(
        reader
            .get("/stories/een-veld")
            .await
            .text()
            .contains("in Telskuf gemaakt")
    );

    // Hidden now, it is silent at once, in what is live and in what comes later.
    set(json!({"hide_place": true})).await;
    let silent = async || {
        let page = reader.get("/stories/een-veld").await.is(200).text();
        assert!(
            !page.contains("Telskuf") && page.contains("Het jaartal klopte niet."),
            "{page}"
        );
    };
    silent().await;
    change(&editor, &story, "Twee.").await;
    editor.publish(&story).await.is(201);
    silent().await;
    change(&editor, &story, "Drie.").await;
    let refused = publish(&editor, &story, &json!({"correction": "Dit was Telskuf."})).await;
    assert_eq!(
        refused.is(422).json()["errors"][0]["code"],
        "names_what_is_hidden"
    );
}
