//! What the desk finds: drafts and photographs by all their words, each within what somebody may see.

use reportage::account::Role;
use reportage::metadata::{Embedded, embed_in_jpeg};
use serde_json::json;

use crate::harness::{Client, Server, jpeg};

async fn found(who: &Client, kind: &str, typed: &str) -> Vec<String> {
    let name = if kind == "photos" { "file_name" } else { "title" };
    let typed = typed.replace(' ', "%20");
    let data = who
        .get(&format!("/api/v1/manage/{kind}?text={typed}"))
        .await
        .is(200)
        .data();
    let rows = data.as_array().unwrap().iter();
    rows.map(|row| row[name].as_str().unwrap().to_owned()).collect()
}

fn photograph(seed: u32, caption: &str) -> Vec<u8> {
    let words = Embedded {
        caption: Some(caption.to_owned()),
        creator: Some("Anna Jansen".to_owned()),
        credit: Some("Bureau Noord".to_owned()),
        alt: Some("Man bij een hek".to_owned()),
        city: Some("Qayyarah".to_owned()),
        country: Some("Irak".to_owned()),
        ..Embedded::default()
    };
    embed_in_jpeg(jpeg(seed, 320, 240), &words)
}

#[actix_web::test]
async fn the_library_is_found_by_any_field_and_each_finds_their_own() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let anna = server.session(&server.person("anna", Role::Photographer));
    let bram = server.session(&server.person("bram", Role::Photographer));
    let photo = anna
        .photo_pending("DSC4711_markt.jpg", &photograph(1, "Een café bij de bron."))
        .await;
    bram.photo_pending("ander.jpg", &photograph(2, "Een schip."))
        .await;
    for typed in [
        "cafe",
        "bron",
        "cafe qayy",
        "irak cafe",
        "DSC4711",
        "4711",
        "markt",
        "bureau cafe",
        "hek cafe",
        "\"bij de bron\"",
        "anna cafe",
    ] {
        for who in [&editor, &anna] {
            assert_eq!(
                found(who, "photos", typed).await,
                ["DSC4711_markt.jpg"],
                "{typed}"
            );
        }
        assert_eq!(found(&bram, "photos", typed).await, [""; 0], "{typed}");
    }
    assert_eq!(found(&editor, "photos", "irak").await.len(), 2);
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = anna.get(&path).await.header("etag");
    anna.if_match(&tag)
        .patch(&path, &json!({"caption": "Een waterput."}))
        .await
        .is(200);
    assert!(found(&anna, "photos", "waterput").await.len() == 1);
    let page = editor.get("/desk/photos?text=waterp").await.is(200).text();
    assert!(
        page.contains("DSC4711_markt.jpg") && !page.contains("ander.jpg"),
        "{page}"
    );
    let tag = anna.get(&path).await.header("etag");
    anna.if_match(&tag).delete(&path).await.is(204);
    assert_eq!(found(&editor, "photos", "waterput").await, [""; 0]);
}

#[actix_web::test]
async fn drafts_are_found_by_all_their_words_by_those_who_may_see_them() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let person = server.person("anna", Role::Photographer);
    let anna = server.session(&person);
    let photo = editor
        .photo_pending("a.jpg", &photograph(1, "Een café bij de bron."))
        .await;
    let story = editor
        .story(&json!({"title": "De weg", "slug": "weg-noord", "language": "nl", "tags": ["Olie"], "standfirst": "Naar het noorden.",
            "byline": "Piet", "blocks": [
                {"type": "text", "markdown": "Er staat een *raffinaderij*."},
                {"type": "quote", "markdown": "Nooit.", "attribution": "De ingenieur"},
                {"type": "photo", "frame": {"photo": photo, "alt": "Rook"}}]}))
        .await;
    for typed in [
        "weg",
        "noord",
        "olie",
        "noorden",
        "piet",
        "raff",
        "ingenieur",
        "cafe",
        "rook",
        "qayyarah",
        "weg bureau",
    ] {
        assert_eq!(found(&editor, "stories", typed).await, ["De weg"], "{typed}");
        assert_eq!(found(&anna, "stories", typed).await, [""; 0], "{typed}");
    }
    let member = format!("/api/v1/manage/stories/{story}/members/{}", person.account.id);
    editor.put(&member).await.is(204);
    assert_eq!(found(&anna, "stories", "raff").await, ["De weg"]);
    // Words of a photo hold in stories that show it.
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    editor
        .if_match(&tag)
        .patch(&path, &json!({"caption": "Een waterput."}))
        .await
        .is(200);
    assert_eq!(found(&editor, "stories", "waterput").await, ["De weg"]);
    assert_eq!(found(&editor, "stories", "bron").await, [""; 0]);
    let page = editor.get("/desk?text=waterput").await.is(200).text();
    assert!(page.contains("De weg"), "{page}");
    let tag = editor.draft(&story).await.header("etag");
    editor
        .if_match(&tag)
        .delete(&format!("/api/v1/manage/stories/{story}"))
        .await
        .is(204);
    assert_eq!(found(&editor, "stories", "waterput").await, [""; 0]);
}

#[actix_web::test]
async fn where_the_index_cannot_be_written_what_it_holds_is_found() {
    use diesel::connection::{Connection, SimpleConnection};
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    editor.story(&json!({"title": "De weg", "language": "nl"})).await;
    editor
        .photo_pending("a.jpg", &photograph(1, "Een weg bij de bron."))
        .await;
    assert_eq!(found(&editor, "stories", "weg").await, ["De weg"]);
    assert_eq!(found(&editor, "photos", "weg").await, ["a.jpg"]);
    let database = server.data.path().join("reportage.db");
    let mut conn = reportage::db::Conn::establish(database.to_str().unwrap()).unwrap();
    conn.batch_execute(
        "PRAGMA busy_timeout = 5000; CREATE TRIGGER full BEFORE DELETE ON desk_stale BEGIN SELECT RAISE(FAIL, 'the disk is full'); END",
    )
    .unwrap();
    editor
        .story(&json!({"title": "Weg ermee", "language": "nl"}))
        .await;
    assert_eq!(found(&editor, "stories", "weg").await, ["De weg"]);
    assert_eq!(found(&editor, "photos", "weg").await, ["a.jpg"]);
    for page in ["/desk?text=weg", "/desk/photos?text=weg"] {
        editor.get(page).await.is(200);
    }
    conn.batch_execute("DROP TRIGGER full").unwrap();
    assert_eq!(found(&editor, "stories", "weg").await.len(), 2);
}
