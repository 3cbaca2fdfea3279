//! "Hide the place" and "sensitive", turned on for what is public already: at once nothing public carries what they hide, old addresses
//! included.

use std::time::Instant;

use reportage::account::Role;
use reportage::id::{PhotoId, StoryId};
use reportage::story::photos;
use serde_json::{Value, json};

use super::carriers::exiftool_writes;
use super::packets::has_avif;
use super::privacy::{exiftool_reads, holds_the_allow_list_only, public_addresses};
use crate::harness::server::eventually;
use crate::harness::{Client, NOW, Server, jpeg, reportage as tale, tools};

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
async fn what_is_hidden_stays_hidden_in_credit_lines_other_spellings_and_the_next_publication() {
    let server = Server::with(|config| config.avif_threads = 0);
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &tale::original(7, 480, 320)).await;
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    let words = json!({
        "place": "Al-Bab, Diyarbakır, Irak",
        "caption": "Een straat na de storm. In al Bab blijft niemand. Diyarbakirs muren staan.",
        "alt": "Een straat in Al\u{a0}Bab",
        "credit": "Anna, bureau Diyarbakır",
        "copyright": "© Persdienst Al\u{ad}-Bab",
    });
    editor.if_match(&tag).patch(&path, &words).await.is(200);
    let frame = json!({"photo": photo});
    let story = editor
        .story(&json!({"title": "Een veld", "language": "nl", "blocks": [{"type": "photo", "frame": frame}]}))
        .await;
    editor.publish(&story).await.is(201);
    hide(&editor, &photo, "hide_place").await;
    let reader = server.visitor();
    let given_away = ["Bab", "Diyarbak"];
    nothing_public_names(&reader, &given_away).await;
    // What the frame has from its photograph comes in anew.
    let heading = json!([{"op": "insert", "block": {"type": "heading", "text": "De dag daarna"}}]);
    editor.operate(&story, &heading).await.is(200);
    editor.publish(&story).await.is(201);
    nothing_public_names(&reader, &given_away).await;
    let page = reader.get("/stories/een-veld").await.is(200).text();
    assert!(
        page.contains("De dag daarna") && page.contains("Een straat na de storm."),
        "{page}"
    );
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
    // Whoever publishes again is told what the words still name, wherever they stand.
    editor
        .operate(
            &story,
            &json!([
                {"op": "insert", "position": 0, "block": {"type": "heading", "text": "Terug naar Telskuf"}},
                {"op": "insert", "position": 1, "block": {"type": "text", "markdown": "In **Irak** is het stil."}},
                {"op": "insert", "position": 2, "block": {"type": "quote", "markdown": "Weg is weg.", "attribution": "Een man in Telskuf"}},
            ]),
        )
        .await
        .is(200);
    let list = editor
        .get(&format!("/api/v1/manage/stories/{story}/checklist"))
        .await
        .data();
    assert_eq!(list["obstacles"], json!([]), "{list}");
    let warnings = list["warnings"].as_array().unwrap();
    let warnings: Vec<_> = warnings
        .iter()
        .map(|remark| {
            (
                remark["code"].as_str().unwrap(),
                remark["field"].as_str().unwrap(),
            )
        })
        .collect();
    for field in ["caption", "alt", "text", "markdown", "attribution"] {
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
async fn a_name_is_hidden_however_it_is_written_and_whatever_part_of_it_stands_there() {
    if !tools::is_there("exiftool", "-ver", "libimage-exiftool-perl") {
        return;
    }
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let person = ["-XMP-iptcExt:PersonInImage=Fatima Al-Jabouri".to_owned()];
    let original = exiftool_writes(&tale::original(7, 480, 320), &person);
    let photo = editor.photo("a.jpg", &original).await;
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    let caption = "Mevrouw Al-Jabouri op de trede. Een straat na de storm. In Télskuf blijft niemand.";
    let words = json!({"caption": caption, "alt": "Mevrouw Jabouri"});
    editor.if_match(&tag).patch(&path, &words).await.is(200);
    let frame = json!({"photo": photo, "credit": "Foto: Anna"});
    let story = editor
        .story(&json!({"title": "Een veld", "language": "nl", "blocks": [{"type": "photo", "frame": frame}]}))
        .await;
    editor.publish(&story).await.is(201);
    assert!(reader.get("/stories/een-veld").await.text().contains("Jabouri"));
    hide(&editor, &photo, "sensitive").await;
    nothing_public_names(&reader, &["Jabouri", "Télskuf", "Telskuf"]).await;
    let page = reader.get("/stories/een-veld").await.text();
    assert!(page.contains("Een straat na de storm."), "{page}");
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

/// How many folders of renditions there are on the disk.
async fn folders(server: &Server) -> usize {
    server.running.app.store.rendition_folders().await.unwrap().len()
}

#[actix_web::test]
async fn whoever_may_not_hide_a_photo_leaves_no_files_behind() {
    let server = Server::start();
    let editor = server.editor();
    let stranger = server.session(&server.person("vreemd", Role::Photographer));
    let photo = editor.photo("a.jpg", &tale::original(7, 480, 320)).await;
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    let before = folders(&server).await;
    let hide = json!({"hide_place": true});
    stranger.if_match(&tag).patch(&path, &hide).await.is(404);
    editor.if_match("\"99-1\"").patch(&path, &hide).await.is(412);
    assert_eq!(folders(&server).await, before);
    editor.if_match(&tag).patch(&path, &hide).await.is(200);
    let tag = editor.get(&path).await.header("etag");
    editor.if_match(&tag).patch(&path, &hide).await.is(200);
    eventually("the old files to be swept", async || {
        (folders(&server).await == before).then_some(())
    })
    .await;
}

/// A rendering that began before the photo was hidden ends after it, with the old words in its files: the worst moment there is.
#[actix_web::test]
async fn files_with_the_old_words_are_never_shown_in_place_of_withdrawn_ones() {
    let server = Server::with(|config| config.avif_threads = 1);
    let editor = server.editor();
    let reader = server.visitor();
    let (photo, _) = published(&server, &editor).await;
    let id: PhotoId = photo.parse().unwrap();
    let database = server.data.path().join("reportage.db");
    let sql = |sql: &str| {
        use diesel::connection::{Connection, SimpleConnection};
        let mut conn = reportage::db::Conn::establish(database.to_str().unwrap()).unwrap();
        conn.batch_execute(&format!("PRAGMA busy_timeout=15000; {sql}"))
            .unwrap();
    };
    let settle = async || {
        let store = &server.running.app.store;
        photos::settle_public(server.db(), store, &id, NOW).await.unwrap();
        server.running.app.pages.clear();
    };
    let shown = async || {
        let live = reader.get("/api/v1/stories/een-veld").await.is(200).data();
        live["photos"][&photo]["renditions"].as_array().unwrap().clone()
    };
    // Withdrawn and shown again before anybody published: only an editor may show it.
    sql("UPDATE published_photos SET folder = ''");
    settle().await;
    reader
        .get(shown().await[0]["url"].as_str().unwrap())
        .await
        .is(404);
    // Withdrawn and hidden, while the files at hand still tell where it was: they are written anew first.
    sql("UPDATE photos SET hide_place = TRUE");
    settle().await;
    let files = shown().await;
    assert!(!files.is_empty());
    for file in files {
        let url = file["url"].as_str().unwrap();
        let bytes = reader.get(url).await.is(200).body;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!text.contains("Telskuf") && !text.contains("Irak"), "{url}");
    }
}

#[actix_web::test]
async fn a_caption_of_record_that_stands_on_no_page_names_nothing_hidden_to_programs_either() {
    let server = Server::with(|config| config.avif_threads = 1);
    let editor = server.editor();
    let reader = server.visitor();
    let (photo, story) = published(&server, &editor).await;
    hide(&editor, &photo, "hide_place").await;
    // What the checklist warned of is mended where it warned: in the frame.
    let draft = editor.draft(&story).await.data();
    let frame = &draft["blocks"][0]["frame"];
    let words = json!({"caption": "Een straat na de storm.", "alt": "Een straat", "place": "Noord-Qayyarah"});
    let operation = json!([{"op": "update", "id": frame["id"], "version": frame["version"], "set": words}]);
    editor.operate(&story, &operation).await.is(200);
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    let record = json!({"caption": "Frontlinie Telskuf, bij Qayyarah. Een straat.", "alt": "Telskuf"});
    editor.if_match(&tag).patch(&path, &record).await.is(200);
    editor.publish(&story).await.is(201);
    for address in [
        "/api/v1/stories/een-veld",
        "/api/v1/search?q=straat&fields=photos,blocks",
        "/api/v1/stories",
    ] {
        let said = reader.get(address).await.is(200).text();
        assert!(said.contains("Een straat"), "{address}: {said}");
        for word in ["Telskuf", "Qayyarah"] {
            assert!(!said.contains(word), "{word} is in {address}: {said}");
        }
    }
    assert_eq!(
        reader.get("/api/v1/search?q=telskuf").await.is(200).data(),
        json!([])
    );
}

/// A published story of one photograph with these words at the desk and this frame beside it.
async fn published_with(
    editor: &Client,
    file: &[u8],
    words: &serde_json::Value,
    mut frame: serde_json::Value,
) -> (String, String) {
    let photo = editor.photo("a.jpg", file).await;
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    editor.if_match(&tag).patch(&path, words).await.is(200);
    frame["photo"] = json!(photo);
    let story = editor
        .story(&json!({"title": "Een veld", "language": "nl", "blocks": [{"type": "photo", "frame": frame}]}))
        .await;
    editor.publish(&story).await.is(201);
    (photo, story)
}

async fn change(editor: &Client, photo: &str, change: &serde_json::Value) {
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    editor.if_match(&tag).patch(&path, change).await.is(200);
}

#[actix_web::test]
async fn a_place_that_is_emptied_as_it_is_hidden_is_hidden_all_the_same() {
    let server = Server::with(|config| config.avif_threads = 0);
    let (editor, reader) = (server.editor(), server.visitor());
    let words = json!({
        "place": "Qayyarah",
        "caption": "Soldaten in Qayyarah. Het regent.",
        "alt": "Een straat",
        "credit": "Anna",
        "license": "https://example.org/qayyarah-2017",
    });
    let (photo, story) = published_with(&editor, &jpeg(9, 480, 320), &words, json!({})).await;
    change(&editor, &photo, &json!({"hide_place": true, "place": null})).await;
    nothing_public_names(&reader, &["Qayyarah", "qayyarah"]).await;
    let heading = json!([{"op": "insert", "block": {"type": "heading", "text": "De dag daarna"}}]);
    editor.operate(&story, &heading).await.is(200);
    editor.publish(&story).await.is(201);
    nothing_public_names(&reader, &["Qayyarah", "qayyarah"]).await;
    assert!(
        reader
            .get("/stories/een-veld")
            .await
            .text()
            .contains("Het regent.")
    );
}

#[actix_web::test]
async fn a_place_that_is_told_after_it_was_hidden_goes_at_once() {
    let server = Server::with(|config| config.avif_threads = 0);
    let (editor, reader) = (server.editor(), server.visitor());
    let words =
        json!({"caption": "Soldaten in Qayyarah. Het regent.", "alt": "Een straat", "credit": "Anna"});
    let (photo, _) = published_with(&editor, &jpeg(9, 480, 320), &words, json!({})).await;
    change(&editor, &photo, &json!({"hide_place": true})).await;
    // Nobody has said yet that this is a place.
    assert!(reader.get("/stories/een-veld").await.text().contains("Qayyarah"));
    change(&editor, &photo, &json!({"place": "Qayyarah, Irak"})).await;
    nothing_public_names(&reader, &["Qayyarah"]).await;
}

#[actix_web::test]
async fn a_place_that_only_a_frame_names_is_hidden_in_the_photographs_words_and_files() {
    let server = Server::with(|config| config.avif_threads = 0);
    let (editor, reader) = (server.editor(), server.visitor());
    let words =
        json!({"caption": "Een straat in Qayyarah. Het regent.", "alt": "Een straat", "credit": "Anna"});
    let frame = json!({"place": "Qayyarah"});
    let (photo, story) = published_with(&editor, &jpeg(9, 480, 320), &words, frame).await;
    change(&editor, &photo, &json!({"hide_place": true})).await;
    nothing_public_names(&reader, &["Qayyarah"]).await;
    // And so it is when the frame is given a name for it afterwards.
    let frame = editor.draft(&story).await.data()["blocks"][0]["frame"].clone();
    change(
        &editor,
        &photo,
        &json!({"caption": "Een straat in Hammam. Het regent."}),
    )
    .await;
    let update =
        json!([{"op": "update", "id": frame["id"], "version": frame["version"], "set": {"place": "Hammam"}}]);
    editor.operate(&story, &update).await.is(200);
    editor.publish(&story).await.is(201);
    nothing_public_names(&reader, &["Qayyarah", "Hammam"]).await;
}

#[actix_web::test]
async fn a_newer_file_of_a_hidden_photograph_is_hidden_too() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let first = editor.photo_pending("a.jpg", &tale::original(7, 480, 320)).await;
    change(&editor, &first, &json!({"hide_place": true, "sensitive": true})).await;
    let again = editor.photo_pending("a.jpg", &tale::original(7, 300, 200)).await;
    let shown = editor.get(&format!("/api/v1/manage/photos/{again}")).await.data();
    assert_eq!(
        (&shown["hide_place"], &shown["sensitive"]),
        (&json!(true), &json!(true)),
        "{shown}"
    );
}

/// Waits until the page names this no more, and shows its picture all the same.
async fn page_follows(reader: &Client, word: &str) {
    eventually("the page without the name, with its picture", async || {
        let page = reader.get("/stories/een-veld").await.text();
        (!page.contains(word) && page.contains("/media/")).then_some(())
    })
    .await;
}

#[actix_web::test]
async fn a_photograph_that_is_hidden_hides_the_newer_and_earlier_files_of_it_that_are_there() {
    let server = Server::with(|config| config.avif_threads = 0);
    let (editor, reader) = (server.editor(), server.visitor());
    let caption =
        json!({"caption": "Een straat in Qayyarah. Het regent.", "alt": "Een straat", "credit": "Anna"});
    // The newer file is live, and nobody has said there what the place is called.
    let first = editor.photo_pending("a.jpg", &tale::original(7, 480, 320)).await;
    let (newer, _) = published_with(&editor, &tale::original(7, 300, 200), &caption, json!({})).await;
    assert!(reader.get("/stories/een-veld").await.text().contains("Qayyarah"));
    change(&editor, &first, &json!({"place": "Qayyarah"})).await;
    hide(&editor, &first, "sensitive").await;
    let shown = editor.get(&format!("/api/v1/manage/photos/{newer}")).await.data();
    assert_eq!(
        (&shown["earlier"], &shown["sensitive"]),
        (&json!(first), &json!(true)),
        "{shown}"
    );
    page_follows(&reader, "Qayyarah").await;
    nothing_public_names(&reader, &["Qayyarah", "Telskuf"]).await;
    // What is hidden of a newer file is hidden of those before it.
    let third = editor.photo_pending("a.jpg", &tale::original(7, 240, 160)).await;
    for photo in [&first, &newer, &third] {
        change(&editor, photo, &json!({"sensitive": false})).await;
    }
    change(&editor, &third, &json!({"hide_place": true})).await;
    for photo in [&first, &newer] {
        let shown = editor.get(&format!("/api/v1/manage/photos/{photo}")).await.data();
        assert_eq!(shown["hide_place"], json!(true), "{shown}");
    }
}

#[actix_web::test]
async fn a_name_that_a_frame_gives_a_hidden_place_reaches_every_story_that_is_live() {
    let server = Server::with(|config| config.avif_threads = 0);
    let (editor, reader) = (server.editor(), server.visitor());
    let words =
        json!({"caption": "Een straat in Hammam. Het regent.", "alt": "Een straat", "credit": "Anna"});
    let (photo, _) = published_with(&editor, &jpeg(9, 480, 320), &words, json!({})).await;
    hide(&editor, &photo, "hide_place").await;
    assert!(reader.get("/stories/een-veld").await.text().contains("Hammam"));
    let frame = json!({"photo": photo});
    let other = editor
        .story(&json!({"title": "Ander", "language": "nl", "blocks": [{"type": "photo", "frame": frame}]}))
        .await;
    let frame = editor.draft(&other).await.data()["blocks"][0]["frame"].clone();
    let update =
        json!([{"op": "update", "id": frame["id"], "version": frame["version"], "set": {"place": "Hammam"}}]);
    editor.operate(&other, &update).await.is(200);
    page_follows(&reader, "Hammam").await;
    nothing_public_names(&reader, &["Hammam"]).await;
}

#[actix_web::test]
async fn what_was_hidden_does_not_come_back_in_an_editors_own_words() {
    let server = Server::with(|config| config.avif_threads = 0);
    let (editor, reader) = (server.editor(), server.visitor());
    let photo = editor.photo("a.jpg", &tale::original(7, 480, 320)).await;
    let frame = json!({
        "photo": photo, "caption": "Rook boven Telskuf. Het regent.", "alt": "Rook in Telskuf. Een veld.",
        "credit": "Anna, bureau Telskuf",
    });
    let group = json!({"type": "group", "layout": "side", "caption": "Twee straten in Telskuf. Het waait.", "frames": [frame, frame]});
    let blocks = json!([{"type": "photo", "frame": frame}, group]);
    let story = editor
        .story(&json!({"title": "Een veld", "language": "nl", "blocks": blocks}))
        .await;
    editor.publish(&story).await.is(201);
    hide(&editor, &photo, "hide_place").await;
    nothing_public_names(&reader, &["Telskuf"]).await;
    let heading = json!([{"op": "insert", "block": {"type": "heading", "text": "De dag daarna"}}]);
    editor.operate(&story, &heading).await.is(200);
    editor.publish(&story).await.is(201);
    nothing_public_names(&reader, &["Telskuf"]).await;
    let page = reader.get("/stories/een-veld").await.text();
    for kept in ["De dag daarna", "Het regent.", "Een veld.", "Het waait."] {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    // The draft keeps what was written, for a place that is shown again.
    let draft = editor.draft(&story).await.data();
    assert_eq!(
        draft["blocks"][0]["frame"]["caption"],
        "Rook boven Telskuf. Het regent."
    );
}

#[actix_web::test]
async fn a_sensitive_photograph_tells_its_day_and_its_persons_nowhere() {
    if !tools::is_there("exiftool", "-ver", "libimage-exiftool-perl") {
        return;
    }
    let server = Server::with(|config| config.avif_threads = 0);
    let (editor, reader) = (server.editor(), server.visitor());
    let arguments = [
        "-XMP-photoshop:DateCreated=2024:01:12",
        "-XMP-mwg-rs:RegionName=Fatoumeh Jaboori",
        "-XMP-mwg-rs:RegionType=Face",
        "-XMP-iptcExt:PersonInImage=karim haddad",
        "-XMP-photoshop:Country=Iraq",
        "-XMP-dc:Coverage=Telskuf",
    ];
    let file = exiftool_writes(&jpeg(9, 480, 320), &arguments.map(str::to_owned));
    let words = json!({
        "caption": "Vlucht op 12 januari. Vlucht op 12-1-2024. Mevrouw Jaboori lacht. Karim Haddad huilt. Boven Irak. In Telskuf. Het regent.",
        "alt": "Een straat", "credit": "Anna",
    });
    let (photo, _) = published_with(&editor, &file, &words, json!({})).await;
    let page = reader.get("/stories/een-veld").await.text();
    assert!(page.contains("12 januari") && page.contains("Jaboori"));
    change(&editor, &photo, &json!({"sensitive": true})).await;
    let secrets = ["12 januari", "12-1-2024", "Jaboori", "Haddad", "Irak", "Telskuf"];
    nothing_public_names(&reader, &secrets).await;
    assert!(
        reader
            .get("/stories/een-veld")
            .await
            .text()
            .contains("Het regent.")
    );
}

#[actix_web::test]
async fn the_same_file_that_somebody_else_has_sent_is_hidden_too() {
    let server = Server::with(|config| config.avif_threads = 0);
    let (editor, reader) = (server.editor(), server.visitor());
    let file = tale::original(7, 480, 320);
    let first = editor.photo("a.jpg", &file).await;
    let anna = server.session(&server.person("anna", Role::Photographer));
    let copy = anna.photo("b.jpg", &file).await;
    let story = editor.small_story("Een veld", &copy).await;
    editor.publish(&story).await.is(201);
    // Whoever has the very same file hides all of them; what they call the place takes no word from another's.
    let bram = server.session(&server.person("bram", Role::Photographer));
    let brams = bram.photo("c.jpg", &file).await;
    bram.get(&format!("/api/v1/manage/photos/{copy}")).await.is(404);
    change(&bram, &brams, &json!({"hide_place": true, "place": "Een veld"})).await;
    for of in [&first, &copy] {
        let shown = editor.get(&format!("/api/v1/manage/photos/{of}")).await.data();
        assert_eq!(shown["hide_place"], json!(true), "{shown}");
    }
    page_follows(&reader, "Telskuf").await;
    nothing_public_names(&reader, &["Telskuf", "Irak"]).await;
    let live = reader.get("/api/v1/stories/een-veld").await.is(200).data();
    assert_eq!(live["blocks"][0]["frame"]["alt"], json!("Een veld"), "{live}");
    // And what comes afterwards.
    let carla = server.session(&server.person("carla", Role::Photographer));
    let later = carla.photo_pending("d.jpg", &file).await;
    let shown = editor.get(&format!("/api/v1/manage/photos/{later}")).await.data();
    assert_eq!(shown["hide_place"], json!(true), "{shown}");
}

#[actix_web::test]
async fn what_somebody_else_hid_only_an_editor_shows() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let anna = server.session(&server.person("anna", Role::Photographer));
    let bram = server.session(&server.person("bram", Role::Photographer));
    let file = tale::original(7, 480, 320);
    let annas = anna.photo_pending("a.jpg", &file).await;
    let change_as = async |who: &Client, photo: &str, words: Value| {
        let path = format!("/api/v1/manage/photos/{photo}");
        let tag = who.get(&path).await.is(200).header("etag");
        who.if_match(&tag).patch(&path, &words).await
    };
    // One's own mark one takes back.
    change_as(&anna, &annas, json!({"hide_place": true}))
        .await
        .is(200);
    change_as(&anna, &annas, json!({"hide_place": false}))
        .await
        .is(200);
    // An editor's one does not, and one's own all the same.
    change_as(&anna, &annas, json!({"hide_place": true}))
        .await
        .is(200);
    change_as(&editor, &annas, json!({"sensitive": true}))
        .await
        .is(200);
    for less in [
        json!({"sensitive": false}),
        json!({"hide_place": false, "sensitive": false}),
    ] {
        change_as(&anna, &annas, less).await.fails(403, "forbidden");
    }
    change_as(&anna, &annas, json!({"hide_place": false}))
        .await
        .is(200);
    change_as(&anna, &annas, json!({"caption": "Rook."}))
        .await
        .is(200);
    // Nor does whoever sends the same file, also when the photograph has gone.
    let brams = bram.photo_pending("b.jpg", &file).await;
    change_as(&bram, &brams, json!({"sensitive": false}))
        .await
        .fails(403, "forbidden");
    for (who, photo) in [(&anna, &annas), (&bram, &brams)] {
        let path = format!("/api/v1/manage/photos/{photo}");
        let tag = who.get(&path).await.header("etag");
        who.if_match(&tag).delete(&path).await.is(204);
    }
    let again = bram.photo_pending("b.jpg", &file).await;
    change_as(&bram, &again, json!({"hide_place": false, "sensitive": false}))
        .await
        .fails(403, "forbidden");
    change_as(&editor, &again, json!({"hide_place": false, "sensitive": false}))
        .await
        .is(200);
}

#[actix_web::test]
async fn every_day_that_a_sensitive_file_names_is_hidden() {
    if !tools::is_there("exiftool", "-ver", "libimage-exiftool-perl") {
        return;
    }
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    for (number, tags) in (0..).zip([
        [
            "-EXIF:CreateDate=2024:01:18 23:50:00",
            "-EXIF:DateTimeOriginal=2024:01:19 00:50:00",
        ],
        [
            "-GPSDateStamp=2024:01:18",
            "-EXIF:DateTimeOriginal=2024:01:19 00:50:00",
        ],
        [
            "-XMP-xmp:CreateDate=2024:01:18 23:50:00",
            "-XMP-photoshop:DateCreated=2024:01:19",
        ],
        [
            "-IPTC:DateCreated=2024:01:18",
            "-XMP-photoshop:DateCreated=2024:01:19",
        ],
        [
            "-IPTC:DigitalCreationDate=2024:01:18",
            "-XMP-photoshop:DateCreated=2024:01:19",
        ],
    ]) {
        let file = exiftool_writes(&jpeg(60 + number, 300, 200), &tags.map(str::to_owned));
        let photo = editor.photo_pending("a.jpg", &file).await;
        let words = json!({"sensitive": true, "caption": "Op 18 januari viel de brug. Op de 19de reed er niets. De zon scheen."});
        change(&editor, &photo, &words).await;
        let frame = json!({"type": "photo", "frame": {"photo": photo, "alt": "Een brug", "credit": "Anna"}});
        let story = editor
            .story(&json!({"title": format!("Brug {number}"), "language": "nl", "blocks": [frame]}))
            .await;
        let id: StoryId = story.parse().unwrap();
        let document = server
            .db()
            .read_now(|conn| {
                let story = reportage::story::query::find_story(conn, &id)?.unwrap();
                let draft = reportage::story::draft::load(conn, story)?;
                Ok::<_, diesel::result::Error>(
                    reportage::story::concealed::Concealed::in_draft(&draft).by_all(),
                )
            })
            .unwrap();
        assert!(
            document.iter().any(|word| word == "2024-01-18")
                && document.iter().any(|word| word == "2024-01-19"),
            "{tags:?}: {document:?}"
        );
    }
}

#[actix_web::test]
async fn a_file_that_is_sent_again_after_its_hidden_photograph_was_deleted_is_hidden() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let file = tale::original(7, 480, 320);
    let first = editor.photo_pending("a.jpg", &file).await;
    change(&editor, &first, &json!({"sensitive": true, "hide_place": true})).await;
    change(&editor, &first, &json!({"sensitive": false})).await;
    let marks = async |photo: &str| {
        let shown = editor.get(&format!("/api/v1/manage/photos/{photo}")).await.data();
        (shown["hide_place"].clone(), shown["sensitive"].clone())
    };
    let delete = async |photo: &str| {
        let path = format!("/api/v1/manage/photos/{photo}");
        let tag = editor.get(&path).await.header("etag");
        editor.if_match(&tag).delete(&path).await.is(204);
    };
    delete(&first).await;
    let again = editor.photo_pending("from-the-card.jpg", &file).await;
    assert_eq!(marks(&again).await, (json!(true), json!(false)));
    // Until somebody shows it.
    change(&editor, &again, &json!({"hide_place": false})).await;
    delete(&again).await;
    let third = editor.photo_pending("a.jpg", &file).await;
    assert_eq!(marks(&third).await, (json!(false), json!(false)));
}

#[actix_web::test]
async fn a_correction_does_not_come_back_when_the_photograph_leaves() {
    let server = Server::with(|config| config.avif_threads = 0);
    let (editor, reader) = (server.editor(), server.visitor());
    let photo = editor.photo("a.jpg", &tale::original(7, 480, 320)).await;
    let other = editor.photo("b.jpg", &jpeg(31, 480, 320)).await;
    let frame = |photo: &str| json!({"type": "photo", "frame": {"photo": photo, "alt": "Een straat", "credit": "Anna"}});
    let story = json!({"title": "Een veld", "language": "nl", "blocks": [frame(&photo), frame(&other)]});
    let story = editor.story(&story).await;
    editor.publish(&story).await.is(201);
    let path = format!("/api/v1/manage/stories/{story}");
    let tag = editor.draft(&story).await.header("etag");
    let note = json!({"correction": "De foto is niet in Mosul maar in Telskuf gemaakt."});
    editor
        .if_match(&tag)
        .post(&format!("{path}/publication"), &note)
        .await
        .is(201);
    assert!(
        reader
            .get("/stories/een-veld")
            .await
            .text()
            .contains("niet in Mosul")
    );
    hide(&editor, &photo, "hide_place").await;
    let block = editor.draft(&story).await.data()["blocks"][0]["id"].clone();
    editor
        .operate(&story, &json!([{"op": "remove", "id": block}]))
        .await
        .is(200);
    editor.publish(&story).await.is(201);
    nothing_public_names(&reader, &["Telskuf", "niet in Mosul"]).await;
}

#[actix_web::test]
async fn what_a_new_frame_calls_the_place_is_hidden_elsewhere_too() {
    let server = Server::with(|config| config.avif_threads = 0);
    let (editor, reader) = (server.editor(), server.visitor());
    let photo = editor.photo("a.jpg", &jpeg(32, 480, 320)).await;
    let frame = json!({"photo": photo, "alt": "Rook", "credit": "Anna", "caption": "Rook boven Qarmalis. Het regent."});
    let story = json!({"title": "Een veld", "language": "nl", "blocks": [{"type": "photo", "frame": frame}]});
    let story = editor.story(&story).await;
    editor.publish(&story).await.is(201);
    assert!(reader.get("/stories/een-veld").await.text().contains("Qarmalis"));
    hide(&editor, &photo, "hide_place").await;
    let frame = json!({"photo": photo, "place": "Qarmalis"});
    editor
        .story(&json!({"title": "Anders", "language": "nl", "blocks": [{"type": "photo", "frame": frame}]}))
        .await;
    page_follows(&reader, "Qarmalis").await;
    nothing_public_names(&reader, &["Qarmalis"]).await;
    assert!(
        reader
            .get("/stories/een-veld")
            .await
            .text()
            .contains("Het regent.")
    );
}

#[actix_web::test]
async fn a_newer_file_knows_whom_and_what_the_earlier_one_names() {
    if !tools::is_there("exiftool", "-ver", "libimage-exiftool-perl") {
        return;
    }
    let server = Server::with(|config| config.avif_threads = 0);
    let (editor, reader) = (server.editor(), server.visitor());
    let taken = "-EXIF:DateTimeOriginal=2024:01:19 10:00:00";
    let arguments = [
        taken,
        "-XMP-iptcExt:PersonInImage=Fatoumeh jaboori",
        "-XMP-iptcExt:Event=Slag om Zarnobad",
        "-XMP-photoshop:Country=",
        "-XMP-iptcCore:CountryCode=IRQ",
    ];
    let first = exiftool_writes(&jpeg(33, 480, 320), &arguments.map(str::to_owned));
    let earlier = editor.photo("a.jpg", &first).await;
    change(&editor, &earlier, &json!({"sensitive": true})).await;
    let second = exiftool_writes(&jpeg(34, 480, 320), &[taken.to_owned()]);
    let words = json!({
        "caption": "Mevrouw Jaboori lacht. Rook boven Zarnobad. In Irak. In de nacht van 18 op 19 januari. Het regent.",
        "alt": "Een straat", "credit": "Anna",
    });
    let newer = editor.photo("a.jpg", &second).await;
    let shown = editor.get(&format!("/api/v1/manage/photos/{newer}")).await.data();
    assert_eq!(shown["sensitive"], json!(true), "{shown}");
    change(&editor, &newer, &words).await;
    let story = editor.small_story("Een veld", &newer).await;
    editor.publish(&story).await.is(201);
    nothing_public_names(&reader, &["Jaboori", "Zarnobad", "Irak", "In de nacht"]).await;
    assert!(
        reader
            .get("/stories/een-veld")
            .await
            .text()
            .contains("Het regent.")
    );
}
