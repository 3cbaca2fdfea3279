//! What was acknowledged is there, whoever else writes at the same time and however the line or the server ends.

use std::time::Duration;

use reportage::account::Role;
use reportage::account::token::{self, Scope};
use reportage::db::{Db, DbError};
use reportage::text::hex;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use crate::harness::server::{eventually, files_below};
use crate::harness::{NOW, Server, captioned};

#[actix_web::test]
async fn an_upload_that_was_acknowledged_has_its_file_and_its_row() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let bytes = captioned(1, "Een veld.");
    let id = editor.photo_pending("a.jpg", &bytes).await;
    let hash = hex(&Sha256::digest(&bytes));
    let stored: Vec<_> = files_below(&server.data.path().join("uploads"));
    assert_eq!(stored.len(), 1, "{stored:?}");
    assert_eq!(std::fs::read(&stored[0]).unwrap(), bytes);
    assert!(stored[0].to_str().unwrap().contains(&hash), "{stored:?}");
    // As another process sees it.
    let other = Db::open(&server.data.path().join("reportage.db")).unwrap();
    let row = other
        .read_now(|conn| reportage::photo::query::find_photo(conn, &id.parse().unwrap()))
        .unwrap()
        .unwrap();
    assert_eq!(row.original_sha256, hash);
}

#[actix_web::test]
async fn the_same_bytes_are_one_original_and_for_each_person_one_photo() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let anna = server.session(&server.person("anna", Role::Photographer));
    let bytes = captioned(1, "Een veld.");
    let first = editor.upload("a.jpg", &bytes).await.is(201).data();
    let second = editor.upload("b.jpg", &bytes).await.is(201).data();
    let annas = anna.upload("c.jpg", &bytes).await.is(201).data();
    assert_eq!(
        (&first[0]["created"], &second[0]["created"]),
        (&true.into(), &false.into())
    );
    assert_eq!(first[0]["id"], second[0]["id"]);
    assert_eq!(annas[0]["created"], true);
    assert_ne!(first[0]["id"], annas[0]["id"]);
    assert_eq!(files_below(&server.data.path().join("uploads")).len(), 1);
    // One of the two goes; the other keeps its original.
    let id = first[0]["id"].as_str().unwrap();
    let path = format!("/api/v1/manage/photos/{id}");
    let tag = editor.get(&path).await.header("etag");
    editor.if_match(&tag).delete(&path).await.is(204);
    let path = format!(
        "/api/v1/manage/photos/{}/original",
        annas[0]["id"].as_str().unwrap()
    );
    assert_eq!(anna.get(&path).await.is(200).body, bytes);
}

#[actix_web::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let server = Server::start();
    let person = server.person("anna", Role::Editor);
    let secret = token::add(server.db(), &person.account.email, "t", &Scope::ALL, None, NOW).unwrap();
    let head = format!(
        "POST /api/v1/manage/photos HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {secret}\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000000\r\n\r\n\
         --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n",
        server.running.address
    );
    let mut line = tokio::net::TcpStream::connect(server.running.address)
        .await
        .unwrap();
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(&captioned(1, "Een veld.")).await.unwrap();
    let uploads = server.data.path().join("uploads");
    eventually("the upload to begin", async || {
        (!files_below(&uploads).is_empty()).then_some(())
    })
    .await;
    drop(line);
    eventually("the broken upload to be gone", async || {
        files_below(&uploads).is_empty().then_some(())
    })
    .await;
    assert_eq!(
        server.session(&person).get("/api/v1/manage/photos").await.data(),
        json!([])
    );
}

#[actix_web::test]
async fn many_writers_at_once_all_get_through() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let photo = editor.photo_pending("a.jpg", &captioned(1, "Een veld.")).await;
    let blocks: Vec<_> = (0..8)
        .map(|_| json!({"type": "photo", "frame": {"photo": photo}}))
        .collect();
    let story = editor
        .story(&json!({"title": "Druk", "language": "nl", "blocks": blocks}))
        .await;
    let frames: Vec<String> = editor.draft(&story).await.data()["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|block| block["frame"]["id"].as_str().unwrap().to_owned())
        .collect();
    let path = format!("/api/v1/manage/stories/{story}/operations");
    // Another process of the program writes beside the server.
    let other = Db::open(&server.data.path().join("reportage.db")).unwrap();
    let beside = std::thread::spawn(move || {
        for number in 0..40 {
            let name = format!("token {number}");
            token::add(&other, "redactie@example.org", &name, &Scope::ALL, None, NOW).unwrap();
        }
    });
    let captions = frames.iter().map(async |frame| {
        for version in 1..=25 {
            let words = format!("Bijschrift {version}.");
            let update = json!({"op": "update", "id": frame, "version": version, "set": {"caption": words}});
            editor.post(&path, &json!({"operations": [update]})).await.is(200);
        }
    });
    let uploads = (0..4_u32).map(async |writer| {
        for number in 0..5 {
            editor
                .photo_pending("b.jpg", &captioned(100 + writer * 10 + number, "Zee."))
                .await;
        }
    });
    futures_util::join!(
        futures_util::future::join_all(captions),
        futures_util::future::join_all(uploads)
    );
    beside.join().unwrap();
    let draft = editor.draft(&story).await.data();
    for block in draft["blocks"].as_array().unwrap() {
        assert_eq!(block["frame"]["caption"], "Bijschrift 25.");
    }
    assert_eq!(
        editor
            .get("/api/v1/manage/photos?limit=100")
            .await
            .data()
            .as_array()
            .unwrap()
            .len(),
        21
    );
    assert_eq!(token::list(server.db(), None).unwrap().len(), 40);
}

#[actix_web::test]
async fn photos_that_waited_when_the_server_ended_are_rendered_by_the_next() {
    let first = Server::with(|config| config.render_threads = 0);
    let person = first.person("anna", Role::Editor);
    let id = first
        .session(&person)
        .photo_pending("a.jpg", &captioned(1, "Een veld."))
        .await;
    let data = first.stop().await;
    let second = Server::on(data, |_| {});
    assert_eq!(second.session(&person).settled(&id).await["state"], "ready");
}

#[actix_web::test]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reportage.db");
    drop(Db::open(&path).unwrap());
    drop(Db::open(&path).unwrap());
    run_sql(
        &path,
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')",
    );
    let refused = Db::open(&path).unwrap_err();
    assert!(
        matches!(&refused, DbError::Newer { found, .. } if found == "29990101000000"),
        "{refused}"
    );
    run_sql(
        &path,
        "DELETE FROM __diesel_schema_migrations WHERE version = '29990101000000'",
    );
    Db::open(&path).unwrap();
}

#[test]
fn several_processes_may_make_the_database_at_the_same_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reportage.db");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| Db::open(&path).unwrap());
        }
    });
}

#[actix_web::test]
async fn what_another_process_publishes_is_seen_within_a_second() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let version = editor.draft(&story).await.data()["version"].as_i64().unwrap();
    let story: reportage::id::StoryId = story.parse().unwrap();
    let reader = server.visitor();
    assert!(!reader.get("/").await.text().contains("een-veld"));
    reader.get("/stories/een-veld").await.is(404);
    let other = Db::open(&server.data.path().join("reportage.db")).unwrap();
    let actor = server.person("anna", Role::Editor).actor();
    let (store, version) = (&server.running.app.store, i32::try_from(version).unwrap());
    reportage::story::publish::publish(&other, store, &actor, &story, version, NOW)
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    reader.get("/stories/een-veld").await.is(200);
    assert!(reader.get("/").await.text().contains("een-veld"));
    other
        .write_now(|conn| reportage::story::publish::unpublish(conn, &actor, &story, NOW))
        .unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    reader.get("/stories/een-veld").await.is(404);
}

fn run_sql(path: &std::path::Path, sql: &str) {
    use diesel::connection::{Connection, SimpleConnection};
    let mut conn = reportage::db::Conn::establish(path.to_str().unwrap()).unwrap();
    conn.batch_execute(sql).unwrap();
}
