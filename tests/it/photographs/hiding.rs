//! "Hide the place" and "sensitive", turned on for what is public already: at once nothing public carries what they hide, old addresses
//! included.

use std::time::Instant;

use reportage::db::DbError;
use reportage::id::StoryId;
use reportage::story::{checklist, draft, query};
use serde_json::{Value, json};

use super::packets::has_avif;
use super::privacy::{exiftool_reads, holds_the_allow_list_only, public_addresses};
use crate::harness::{Client, NOW, Server, reportage as tale, tools};

/// A story of one photograph whose file names a place and a day, live, with AVIFs; gives photo and story.
async fn published(server: &Server, editor: &Client) -> (String, String) {
    let photo = editor.photo("a.jpg", &tale::original(7, 480, 320)).await;
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    let caption = "Frontlinie Telskuf, Irak. Een straat na de storm. In Telskuf blijft niemand.";
    let words = json!({"caption": caption, "alt": "Een straat in Telskuf"});
    editor.if_match(&tag).patch(&path, &words).await.is(200);
    has_avif(editor, &photo).await;
    let frame = json!({"photo": photo, "credit": "Foto: Anna"});
    let story = editor
        .story(&json!({"title": "Een veld", "language": "nl", "blocks": [{"type": "photo", "frame": frame}]}))
        .await;
    editor.publish(&story).await.is(201);
    let page = server.visitor().get("/stories/een-veld").await.is(200).text();
    assert!(page.contains("Telskuf") && page.contains(".avif"));
    (photo, story)
}

async fn hide(editor: &Client, photo: &str, mark: &str) {
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    let began = Instant::now();
    editor
        .if_match(&tag)
        .patch(&path, &json!({mark: true}))
        .await
        .is(200);
    // A second is promised; ten milliseconds a file are usual.
    assert!(began.elapsed().as_secs() < 5, "hiding took {:?}", began.elapsed());
}

async fn nothing_public_names(reader: &Client, words: &[&str]) {
    for address in public_addresses(reader, "een-veld").await {
        let answer = reader.get(&address).await.is(200);
        let text = answer.text();
        for word in words {
            assert!(!text.contains(word), "{word} is in {address}: {text}");
        }
        if address.starts_with("/media/") && tools::is_there("exiftool", "-ver", "libimage-exiftool-perl") {
            let extension = address.rsplit('.').next().unwrap();
            let tags = exiftool_reads(&answer.body, extension);
            holds_the_allow_list_only(&address, &tags);
            let said = tags.to_string();
            for word in words {
                assert!(
                    !said.contains(&word.replace('-', ":")) && !said.contains(word),
                    "{address}: {said}"
                );
            }
        }
    }
}

#[actix_web::test]
async fn hiding_the_place_withdraws_page_files_and_words_at_once() {
    let server = Server::with(|config| config.avif_threads = 1);
    let editor = server.editor();
    let reader = server.visitor();
    let (photo, story) = published(&server, &editor).await;
    let before = public_addresses(&reader, "een-veld").await;
    hide(&editor, &photo, "hide_place").await;
    for address in before.iter().filter(|address| address.starts_with("/media/")) {
        reader.get(address).await.is(404);
        editor.get(address).await.is(404);
    }
    nothing_public_names(&reader, &["Telskuf", "Irak", "IRQ"]).await;
    let page = reader.get("/stories/een-veld").await.text();
    assert!(
        page.contains("Een straat na de storm."),
        "what names no place stays: {page}"
    );
    assert!(
        page.contains(".avif") && page.contains(".jpg"),
        "the picture is still there"
    );
    // Whoever publishes again is told what the words still name.
    let story: StoryId = story.parse().unwrap();
    let list = server
        .db()
        .read_now(|conn| {
            let story = query::find_story(conn, &story)?.unwrap();
            Ok::<_, DbError>(checklist::check(&draft::load(conn, story)?, NOW))
        })
        .unwrap();
    let warnings: Vec<_> = list
        .warnings
        .iter()
        .map(|remark| (remark.code, remark.field))
        .collect();
    for field in ["caption", "alt"] {
        assert!(
            warnings.contains(&("names_what_is_hidden", field)),
            "{warnings:?}"
        );
    }
}

#[actix_web::test]
async fn a_sensitive_photo_loses_its_day_and_its_persons_too() {
    let server = Server::with(|config| config.avif_threads = 1);
    let editor = server.editor();
    let reader = server.visitor();
    let (photo, _) = published(&server, &editor).await;
    hide(&editor, &photo, "sensitive").await;
    nothing_public_names(&reader, &["Telskuf", "Irak", "2024-01-10"]).await;
    let live = reader.get("/api/v1/stories/een-veld").await.data();
    assert_eq!(live["photos"][&photo]["date"], Value::Null);
}

#[actix_web::test]
async fn a_photo_that_is_shown_again_gets_its_words_back_with_the_next_publication() {
    let server = Server::with(|config| config.avif_threads = 1);
    let editor = server.editor();
    let reader = server.visitor();
    let (photo, story) = published(&server, &editor).await;
    hide(&editor, &photo, "hide_place").await;
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    editor
        .if_match(&tag)
        .patch(&path, &json!({"hide_place": false}))
        .await
        .is(200);
    // Showing is for an editor to do, not for a tick.
    nothing_public_names(&reader, &["Telskuf"]).await;
    editor.publish(&story).await.is(201);
    assert!(reader.get("/stories/een-veld").await.text().contains("Telskuf"));
}
