//! Everything that was entrusted is there, can be copied while others work, and comes back from the copy.

mod kills;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reportage::config::{database_path, uploads_path};
use reportage::custody::verify::Damage;
use reportage::custody::{Stage, backup, verify};
use reportage::db::Db;
use reportage::photo::originals;
use reportage::store::{Shelf, Store};
use serde_json::Value;

use crate::command_line::run::run;
use crate::harness::server::files_below;
use crate::harness::{Client, NOW, Server, captioned};

/// Later than everything that has a name today.
const MUCH_LATER: i64 = i64::MAX / 2;

fn quiet(_: Stage, _: usize, _: usize) {}

fn looking(second_look: Option<Duration>) -> verify::Options {
    verify::Options {
        read_data: false,
        second_look,
        now: reportage::clock::Clock::system().now(),
    }
}

fn reading() -> verify::Options {
    verify::Options {
        read_data: true,
        ..looking(None)
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A server with a published story of two photographs and a draft of one.
async fn filled() -> (Server, Client) {
    // Nobody makes files of their own accord while they are counted.
    let server = Server::with(|config| config.avif_threads = 0);
    let editor = server.editor();
    let first = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let second = editor.photo("b.jpg", &captioned(2, "Een dijk.")).await;
    let live = editor.small_story("Het water", &first).await;
    editor.publish(&live).await.is(201);
    editor.small_story("Het land", &second).await;
    (server, editor)
}

/// What the API and the pages say, without the port.
async fn said(server: &Server, client: &Client) -> Vec<String> {
    let mut said = Vec::new();
    for path in [
        "/",
        "/stories/het-water",
        "/api/v1/stories",
        "/api/v1/stories/het-water",
        "/api/v1/manage/stories",
        "/api/v1/manage/photos",
        "/api/v1/manage/old-addresses",
        "/feed.xml",
    ] {
        let answer = client.get(path).await;
        let port = server.running.address.port().to_string();
        said.push(format!("{path} {}", answer.text().replace(&port, "")));
    }
    said
}

fn first_below(folder: &Path, ending: &str) -> PathBuf {
    files_below(folder)
        .into_iter()
        .find(|path| text(path).ends_with(ending))
        .unwrap()
}

fn flip_a_bit(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[actix_web::test]
async fn a_backup_of_a_server_at_work_comes_back_whole() {
    let (server, editor) = filled().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let (copy, back) = (elsewhere.path().join("copy"), elsewhere.path().join("back"));
    let arguments = ["backup", text(&copy), "--data", text(server.data.path())];
    let done = run(&arguments).ok();
    assert!(done.out.contains("2 originals"), "{done:?}");
    // The second copies what is new, and nothing else.
    let again = run(&arguments).ok();
    assert!(again.out.contains(" 0 files were copied"), "{again:?}");
    let third = editor.photo("c.jpg", &captioned(3, "Een pont.")).await;
    editor.small_story("De pont", &third).await;
    let newer = run(&arguments).ok();
    assert!(newer.out.contains("3 originals"), "{newer:?}");
    assert!(!newer.out.contains(" 0 files were copied"), "{newer:?}");

    run(&["restore", text(&copy), "--data", text(&back)]).ok();
    let proven = run(&["verify", "--read-data", "--data", text(&back)]).ok();
    assert!(proven.out.contains("3 originals"), "{proven:?}");
    assert!(proven.out.contains("Nothing is damaged."), "{proven:?}");

    let before = said(&server, &editor).await;
    let folder = tempfile::tempdir().unwrap();
    for path in files_below(&back) {
        let to = folder.path().join(path.strip_prefix(&back).unwrap());
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(path, to).unwrap();
    }
    let second = Server::on(folder, |_| {});
    // Nobody is signed in there, whoever was when the copy was made.
    let stale = editor_elsewhere(&editor, &second);
    stale.get("/api/v1/manage/stories").await.is(401);
    let account = second
        .db()
        .read_now(|conn| reportage::account::query::find_account_by_email(conn, "redactie@example.org"))
        .unwrap()
        .unwrap();
    let there = second.session(&crate::harness::Person { account });
    for (before, after) in before.iter().zip(said(&second, &there).await) {
        let differs = before
            .bytes()
            .zip(after.bytes())
            .position(|(one, other)| one != other);
        let near = differs.unwrap_or_default().saturating_sub(60);
        assert!(
            *before == after,
            "{}: {:?} became {:?}",
            before.split(' ').next().unwrap_or_default(),
            before.get(near..near + 200),
            after.get(near..near + 200)
        );
    }
    let photo: Value = there.get("/api/v1/stories/het-water").await.json();
    let url = photo["data"]["photos"]
        .as_object()
        .unwrap()
        .values()
        .next()
        .unwrap()["renditions"][0]["url"]
        .as_str()
        .unwrap()
        .replace(&second.base(), "");
    let bytes = there.get(&url).await.is(200).body;
    assert_eq!(bytes, editor.get(&url).await.is(200).body);
}

/// The same cookie, sent to another server.
fn editor_elsewhere(editor: &Client, server: &Server) -> Client {
    editor.at(&server.base())
}

#[actix_web::test]
async fn every_flipped_bit_and_every_missing_file_is_found() {
    let (server, _editor) = filled().await;
    let data = server.data.path();
    let look = |arguments: &[&str]| {
        let mut all = vec!["verify", "--data", text(data)];
        all.extend(arguments);
        run(&all)
    };
    look(&[]).ok();
    look(&["--read-data"]).ok();

    let uploads = uploads_path(data);
    let (original, rendition) = (
        first_below(&uploads.join("originals"), ".jpg"),
        first_below(&uploads.join("renditions"), "w320.webp"),
    );
    flip_a_bit(&original);
    flip_a_bit(&rendition);
    look(&[]).ok();
    let found = look(&["--read-data"]);
    assert_eq!(found.code, 1, "{found:?}");
    for path in [&original, &rendition] {
        let name = text(path.file_name().unwrap().as_ref()).to_owned();
        assert!(found.out.contains(&name), "{name} is missing in {found:?}");
    }
    assert_eq!(found.out.matches("changed: ").count(), 2, "{found:?}");

    // A backup does not take them for whole, and says so.
    let copy = tempfile::tempdir().unwrap();
    let backed = run(&["backup", text(copy.path()), "--data", text(data)]);
    assert_eq!(backed.code, 1, "{backed:?}");
    assert_eq!(backed.out.matches("changed: ").count(), 2, "{backed:?}");

    std::fs::remove_file(&rendition).unwrap();
    let cut = std::fs::File::options().write(true).open(&original).unwrap();
    cut.set_len(10).unwrap();
    let found = look(&[]);
    assert_eq!(found.code, 1, "{found:?}");
    assert!(found.out.contains("missing: renditions/"), "{found:?}");
    assert!(found.out.contains("wrong size: originals/"), "{found:?}");

    let nowhere = run(&["verify", "--data", text(&data.join("nowhere"))]);
    assert_eq!(nowhere.code, 2, "{nowhere:?}");
    let nothing = run(&[
        "restore",
        text(&data.join("nowhere")),
        "--data",
        text(&data.join("there")),
    ]);
    assert_eq!(nothing.code, 2, "{nothing:?}");
    let taken = run(&["restore", text(copy.path()), "--data", text(data)]);
    assert_eq!(taken.code, 2, "{taken:?}");
    assert!(taken.err.contains("empty folder"), "{taken:?}");
}

#[actix_web::test]
async fn a_file_is_in_flight_while_somebody_may_be_about_to_record_it() {
    let (server, _editor) = filled().await;
    let (db, store) = (server.db().clone(), server.running.app.store.clone());
    let uploads = uploads_path(server.data.path());
    let sha256 = reportage::store::sha256_of(&b"light"[..]).unwrap();
    let key = reportage::store::original_key(&sha256, "image/jpeg");
    let path = uploads.join(&key);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, b"light").unwrap();
    // Gone after the files were listed, as an upload's is that was refused at the last moment.
    let remove = |stage: Stage, done: usize, _: usize| {
        if stage == Stage::Originals && done == 1 {
            std::fs::remove_file(&path).unwrap();
        }
    };
    let found = verify::verify(&db, &store, looking(Some(Duration::ZERO)), &remove)
        .await
        .unwrap();
    assert_eq!((found.in_flight, found.damage), (1, Vec::new()));
    // It stays without a row.
    std::fs::write(&path, b"light").unwrap();
    for second_look in [None, Some(Duration::ZERO)] {
        let found = verify::verify(&db, &store, looking(second_look), &quiet)
            .await
            .unwrap();
        assert_eq!(found.damage, [Damage::Stray(key.clone())]);
    }
    let told = run(&["verify", "--data", text(server.data.path())]);
    assert_eq!(told.code, 1, "{told:?}");
    std::fs::remove_file(&path).unwrap();
    // A file that belongs to nothing, in a folder of renditions, when nothing is to be made any more.
    let rendition = first_below(&uploads.join("renditions"), "w320.webp").with_file_name("w999.jpg");
    std::fs::write(&rendition, b"light").unwrap();
    let look = || run(&["verify", "--data", text(server.data.path())]);
    let told = look().ok();
    assert!(
        told.out.contains("1 files are in flight"),
        "AVIFs are to come: {told:?}"
    );
    db.write_now(|conn| {
        use diesel::connection::SimpleConnection;
        conn.batch_execute("DELETE FROM jobs")
    })
    .unwrap();
    let told = look();
    assert_eq!(told.code, 1, "{told:?}");
    std::fs::remove_file(&rendition).unwrap();
    run(&["verify", "--data", text(server.data.path())]).ok();
}

#[actix_web::test]
async fn a_damaged_original_is_taken_along_as_the_only_copy_and_gives_way_to_a_whole_one() {
    let (server, editor) = filled().await;
    let data = server.data.path().to_owned();
    let elsewhere = tempfile::tempdir().unwrap();
    let [copy, back] = ["copy", "back"].map(|name| elsewhere.path().join(name));
    let original = first_below(&uploads_path(&data).join("originals"), ".jpg");
    let name = original.file_name().unwrap().to_owned();
    flip_a_bit(&original);
    let damaged = std::fs::read(&original).unwrap();
    let backed = run(&["backup", text(&copy), "--data", text(&data)]);
    assert_eq!(backed.code, 1, "{backed:?}");
    let kept = uploads_path(&copy).join("damaged").join(&name);
    assert_eq!(std::fs::read(&kept).unwrap(), damaged);
    // The source is gone; what there is of it comes back, and is told of.
    let restored = run(&["restore", text(&copy), "--data", text(&back)]);
    assert_eq!(restored.code, 1, "{restored:?}");
    let found = run(&["verify", "--read-data", "--data", text(&back)]);
    assert_eq!(found.code, 1, "{found:?}");
    assert_eq!(found.out.matches("changed: ").count(), 1, "{found:?}");
    let there = first_below(&uploads_path(&back).join("originals"), text(name.as_ref()));
    assert_eq!(std::fs::read(there).unwrap(), damaged);
    // Whole again at its source, the next backup has it whole.
    flip_a_bit(&original);
    run(&["backup", text(&copy), "--data", text(&data)]).ok();
    run(&["verify", "--read-data", "--data", text(&copy)]).ok();
    drop(editor);
}

#[actix_web::test]
async fn a_backup_knows_its_own_database_and_a_pipe_is_no_original() {
    let (server, _editor) = filled().await;
    let data = server.stop().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let [copy, back] = ["copy", "back"].map(|name| elsewhere.path().join(name));
    run(&["backup", text(&copy), "--data", text(data.path())]).ok();
    run(&["verify", "--data", text(&copy)]).ok();
    let database = database_path(&copy);
    // Words of a caption, which no index has.
    let bytes = std::fs::read(&database).unwrap();
    let at = bytes.windows(8).position(|words| words == b"Een dijk").unwrap();
    let mut rotten = bytes.clone();
    rotten[at] ^= 1;
    std::fs::write(&database, rotten).unwrap();
    let found = run(&["verify", "--data", text(&copy)]);
    assert_eq!(found.code, 1, "{found:?}");
    assert!(found.out.contains("not as the backup wrote it"), "{found:?}");
    let restored = run(&["restore", text(&copy), "--data", text(&back)]);
    assert_eq!(restored.code, 1, "{restored:?}");
    // Into what is not empty nothing is restored.
    let taken = elsewhere.path().join("taken");
    std::fs::create_dir(&taken).unwrap();
    std::fs::write(taken.join("letter.txt"), b"").unwrap();
    run(&["restore", text(&copy), "--data", text(&taken)]).fails("empty folder");
    let nowhere = elsewhere.path().join("nowhere");
    run(&[
        "restore",
        text(&data.path().join("none")),
        "--data",
        text(&nowhere),
    ])
    .fails("holds no backup");
    assert!(!nowhere.exists());

    let original = first_below(&uploads_path(data.path()).join("originals"), ".jpg");
    std::fs::remove_file(&original).unwrap();
    let piped = std::process::Command::new("mkfifo")
        .arg(&original)
        .status()
        .unwrap();
    assert!(piped.success());
    let found = run(&["verify", "--read-data", "--data", text(data.path())]);
    assert_eq!(found.code, 1, "{found:?}");
    assert!(found.out.contains("missing: originals/"), "{found:?}");
}

#[actix_web::test]
async fn a_server_that_has_lost_its_database_does_not_begin_anew_beside_photographs() {
    let (server, _editor) = filled().await;
    let data = server.stop().await;
    let database = database_path(data.path());
    std::fs::write(&database, b"").unwrap();
    for ending in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(data.path().join(format!("reportage.db{ending}")));
    }
    let before = files_below(&uploads_path(data.path())).len();
    let looked = run(&["verify", "--data", text(data.path())]).fails("lost all it had");
    assert_eq!(looked.code, 2, "{looked:?}");
    let serve = ["serve", "--data", text(data.path()), "--listen", "127.0.0.1:0"];
    run(&serve).fails("reportage restore");
    let out = data.path().join("out");
    let story = "sto_00000000000040008000000000000000";
    run(&["export", "--data", text(data.path()), story, "--to", text(&out)]).fails("lost all it had");
    std::fs::remove_file(&database).unwrap();
    run(&serve).fails("reportage restore");
    assert_eq!(files_below(&uploads_path(data.path())).len(), before);
}

#[actix_web::test]
async fn a_damaged_database_is_told_and_does_not_replace_a_backup() {
    let (server, _editor) = filled().await;
    let data = server.stop().await;
    let copy = tempfile::tempdir().unwrap();
    let backup = ["backup", text(copy.path()), "--data", text(data.path())];
    run(&backup).ok();
    let kept = std::fs::read(database_path(copy.path())).unwrap();
    let path = database_path(data.path());
    {
        let db = Db::open(&path).unwrap();
        db.write_now(|conn| {
            use diesel::connection::SimpleConnection;
            // A row whose parent is gone.
            conn.batch_execute("PRAGMA defer_foreign_keys=ON; DELETE FROM frames WHERE block_id NOT IN (SELECT id FROM blocks);")
        })
        .unwrap();
    }
    let raw = rusty(&path, "PRAGMA foreign_keys=OFF; DELETE FROM accounts;");
    assert!(raw.is_ok(), "{raw:?}");
    let found = run(&["verify", "--data", text(data.path())]);
    assert_eq!(found.code, 1, "{found:?}");
    assert!(found.out.contains("database: "), "{found:?}");
    let refused = run(&backup);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert_eq!(kept, std::fs::read(database_path(copy.path())).unwrap());
}

/// Runs statements as somebody with a SQLite shell would.
fn rusty(path: &Path, statements: &str) -> Result<(), diesel::result::Error> {
    use diesel::Connection;
    use diesel::connection::SimpleConnection;
    let mut conn = diesel::SqliteConnection::establish(text(path)).unwrap();
    conn.batch_execute(statements)
}

#[actix_web::test]
async fn what_is_removed_while_a_backup_is_made_is_not_missed_in_it() {
    let (server, editor) = filled().await;
    let spare = editor.photo("c.jpg", &captioned(3, "Een pont.")).await;
    let (db, store) = (server.db().clone(), server.running.app.store.clone());
    let copy = tempfile::tempdir().unwrap();
    let removed = Cell::new(false);
    let (owner, id) = (editor_of(&server), spare.parse().unwrap());
    let prune = backup::Options {
        prune: true,
        ..backup::Options::default()
    };
    // As soon as the database is copied and before its files are.
    let remove = |stage: Stage, done: usize, _: usize| {
        if stage == Stage::Originals && done == 0 && !removed.replace(true) {
            let left = db
                .write_now(|conn| reportage::photo::remove::remove(conn, &owner, &id, NOW))
                .unwrap();
            let (db, store) = (db.clone(), store.clone());
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(left.clear(&db, &store)).unwrap();
            })
            .join()
            .unwrap();
        }
    };
    let report = backup::backup(
        (&db, &store, server.data.path()),
        copy.path(),
        prune,
        NOW,
        &remove,
    )
    .await
    .unwrap();
    assert!(removed.get());
    assert_eq!((report.originals, report.damage), (2, Vec::new()));
    let back = tempfile::tempdir().unwrap();
    let back = back.path().join("back");
    run(&["restore", text(copy.path()), "--data", text(&back)]).ok();
    run(&["verify", "--read-data", "--data", text(&back)]).ok();
}

fn editor_of(server: &Server) -> reportage::account::Actor {
    let account = server
        .db()
        .read_now(|conn| reportage::account::query::find_account_by_email(conn, "redactie@example.org"))
        .unwrap()
        .unwrap();
    reportage::account::Actor::from(&account)
}

#[actix_web::test]
async fn an_original_goes_with_its_last_photo_and_one_that_nobody_recorded_is_swept() {
    let (server, editor) = filled().await;
    let (db, store) = (server.db().clone(), server.running.app.store.clone());
    let spare = editor.photo("c.jpg", &captioned(3, "Een pont.")).await;
    let count = async || store.list(Shelf::Originals).await.unwrap().len();
    assert_eq!(count().await, 3);
    let path = format!("/api/v1/manage/photos/{spare}");
    let tag = editor.get(&path).await.header("etag");
    editor.if_match(&tag).delete(&path).await.is(204);
    assert_eq!(count().await, 2);

    // As a crash between file and row leaves it.
    let stray = uploads_path(server.data.path()).join("originals/00/00aa.jpg");
    std::fs::create_dir_all(stray.parent().unwrap()).unwrap();
    std::fs::write(&stray, b"light").unwrap();
    let now = reportage::clock::Clock::system().now();
    let abandoned = now - originals::ABANDONED_AFTER;
    assert_eq!(originals::sweep(&db, &store, abandoned).await.unwrap(), 0);
    // It has not its name from its bytes: nobody is about to record it.
    for second_look in [None, Some(Duration::ZERO)] {
        let found = verify::verify(&db, &store, looking(second_look), &quiet)
            .await
            .unwrap();
        assert_eq!(found.damage, [Damage::Stray("originals/00/00aa.jpg".to_owned())]);
    }
    assert_eq!(originals::sweep(&db, &store, MUCH_LATER).await.unwrap(), 1);
    assert_eq!(count().await, 2);

    let lost = uploads_path(server.data.path()).join("lost/00aa.jpg");
    assert!(lost.exists(), "it lies there for a month");
    store.clear_lost(0).unwrap();
    assert!(lost.exists());
    store.clear_lost(MUCH_LATER).unwrap();
    assert!(!lost.exists());

    // So many are no crash's: nothing goes that may be somebody's only copy.
    for number in 0..10 {
        std::fs::write(stray.with_file_name(format!("00{number:02}.jpg")), b"light").unwrap();
    }
    let refused = originals::sweep(&db, &store, MUCH_LATER).await.unwrap_err();
    assert!(refused.to_string().contains("older database"), "{refused}");
    assert_eq!(count().await, 12);
}

#[actix_web::test]
async fn a_backup_replaces_neither_an_installation_nor_one_of_more() {
    let (server, editor) = filled().await;
    let data = server.data.path();
    let elsewhere = tempfile::tempdir().unwrap();
    for wrong in [
        data.to_owned(),
        data.join("backup"),
        data.parent().unwrap().to_owned(),
    ] {
        let refused = run(&["backup", text(&wrong), "--data", text(data)]);
        assert_eq!(refused.code, 2, "{refused:?}");
    }
    // Arguments the wrong way round, or another installation.
    let other = elsewhere.path().join("other");
    std::fs::create_dir(&other).unwrap();
    Db::open(&database_path(&other)).unwrap();
    let before = std::fs::read(database_path(&other)).unwrap();
    let refused = run(&["backup", text(&other), "--data", text(data)]).fails("installation");
    assert_eq!(refused.code, 2, "{refused:?}");
    assert_eq!(before, std::fs::read(database_path(&other)).unwrap());

    // A disk that is not there: a new and empty installation stands in its place.
    let copy = elsewhere.path().join("copy");
    for number in 10..16 {
        editor
            .photo(&format!("{number}.jpg"), &captioned(number, "Een pont."))
            .await;
    }
    run(&["backup", text(&copy), "--data", text(data)]).ok();
    let kept = std::fs::read(database_path(&copy)).unwrap();
    let emptied = ["backup", text(&copy), "--data", text(&other), "--prune"];
    let refused = run(&emptied).fails("right data folder");
    assert_eq!(refused.code, 2, "{refused:?}");
    assert_eq!(kept, std::fs::read(database_path(&copy)).unwrap());
    run(&["verify", "--read-data", "--data", text(&copy)]).ok();
    run(&[&emptied[..], &["--accept-fewer"]].concat()).ok();
}

#[actix_web::test]
async fn nothing_goes_out_by_itself_after_a_restore_and_no_old_log_is_written_into_it() {
    let (server, editor) = filled().await;
    let drafts = editor
        .get("/api/v1/manage/stories?status=draft")
        .await
        .is(200)
        .data();
    let story = drafts[0]["id"].as_str().unwrap().to_owned();
    let tag = editor.draft(&story).await.header("etag");
    let path = format!("/api/v1/manage/stories/{story}/schedule");
    let at = serde_json::json!({"at": "2024-01-19T12:00", "zone": "UTC"});
    let set = editor
        .if_match(&tag)
        .send(reqwest::Method::PUT, &path, Some(&at))
        .await;
    assert!(set.status < 300, "{}", set.text());
    let elsewhere = tempfile::tempdir().unwrap();
    let (copy, back) = (elsewhere.path().join("copy"), elsewhere.path().join("back"));
    run(&["backup", text(&copy), "--data", text(server.data.path())]).ok();
    std::fs::create_dir(&back).unwrap();
    std::fs::write(back.join("reportage.db-wal"), b"old").unwrap();
    let refused = run(&["restore", text(&copy), "--data", text(&back)]).fails("empty folder");
    assert_eq!(refused.code, 2, "{refused:?}");
    std::fs::remove_file(back.join("reportage.db-wal")).unwrap();
    let done = run(&["restore", text(&copy), "--data", text(&back)]).ok();
    assert!(done.out.contains("1 stories were to go out"), "{done:?}");
    run(&["verify", "--read-data", "--data", text(&back)]).ok();
}

#[actix_web::test]
async fn renditions_of_before_get_their_checksums() {
    let (server, _editor) = filled().await;
    let (db, store) = (server.db().clone(), server.running.app.store.clone());
    db.write_now(|conn| {
        use diesel::connection::SimpleConnection;
        conn.batch_execute("UPDATE renditions SET sha256 = NULL")
    })
    .unwrap();
    let before = verify::verify(&db, &store, reading(), &quiet).await.unwrap();
    assert_eq!(before.unproven, before.renditions);
    let filled = reportage::photo::renditions::fill_checksums(&db, &store)
        .await
        .unwrap();
    assert_eq!(filled, before.renditions);
    let after = verify::verify(&db, &store, reading(), &quiet).await.unwrap();
    assert_eq!((after.unproven, after.damage), (0, Vec::new()));
}

#[test]
fn a_server_that_finds_the_folder_taken_leaves_the_database_alone() {
    let data = tempfile::tempdir().unwrap();
    let lock = std::fs::File::create(data.path().join("reportage.lock")).unwrap();
    lock.try_lock().unwrap();
    run(&["serve", "--data", text(data.path()), "--listen", "127.0.0.1:0"]).fails("another server");
    assert!(!database_path(data.path()).exists());
}

#[test]
fn a_store_that_cannot_be_looked_at_is_no_clean_one() {
    let data = tempfile::tempdir().unwrap();
    Db::open(&database_path(data.path())).unwrap();
    // A file where the folder should be.
    std::fs::write(uploads_path(data.path()), b"").unwrap();
    assert!(Store::open(&uploads_path(data.path())).is_err());
    let blind = run(&["verify", "--data", text(data.path())]);
    assert_eq!(blind.code, 2, "{blind:?}");
}
