//! `reportage export STORY`: a folder that opens by itself, comes back without loss, and says nothing that readers may not know.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::run::{Said, add_user, run};
use crate::harness::reportage::{SLUG, original};
use crate::harness::server::{eventually, files_below};
use crate::harness::{Client, Server, captioned, jpeg, reportage as tale, tools};
use crate::photographs::privacy::exiftool_reads;

fn export(data: &Path, story: &str, to: &Path, more: &[&str]) -> Said {
    let mut arguments = vec![
        "export",
        "--data",
        data.to_str().unwrap(),
        story,
        "--to",
        to.to_str().unwrap(),
    ];
    arguments.extend(more);
    run(&arguments)
}

/// The files of an export by their names, with ids of blocks, frames and stories made alike.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    files_below(folder)
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            let bytes = std::fs::read(&path).unwrap();
            let is_text = [".html", ".json", ".csv"].iter().any(|end| name.ends_with(end));
            let bytes = if is_text {
                without_ids(&String::from_utf8(bytes).unwrap()).into_bytes()
            } else {
                bytes
            };
            (name, bytes)
        })
        .collect()
}

fn without_ids(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = ["sto_", "blk_", "frm_", "pho_"]
        .iter()
        .filter_map(|prefix| rest.find(prefix))
        .min()
    {
        let id = rest[at + 4..].chars().take_while(char::is_ascii_hexdigit).count();
        kept.push_str(&rest[..at + 4]);
        rest = &rest[at + 4 + id..];
    }
    kept + rest
}

/// The story that everything is tried against, with every kind of field that a desk can fill in; gives its id.
async fn everything(editor: &Client) -> String {
    let (story, photos) = tale::make(editor).await;
    let path = format!("/api/v1/manage/photos/{}", photos[0]);
    let tag = editor.get(&path).await.header("etag");
    let before = editor.get(&path).await.data()["renditions"][0]["url"].clone();
    let words = json!({
        "caption": "=1+1 is geen formule.\n\nTweede alinea.", "headline": "Kop", "place": "Zijstraat, Mosul", "alt": "Een soldaat",
        "credit": "Foto: Anna", "creator": "Anna J.", "copyright": "© Anna", "license": "https://example.org/licentie",
        "focal": {"x": 0.25, "y": 0.75},
    });
    editor.if_match(&tag).patch(&path, &words).await.is(200);
    for (photo, mark) in [(1, "hide_place"), (2, "sensitive"), (3, "decorative")] {
        let path = format!("/api/v1/manage/photos/{}", photos[photo]);
        let tag = editor.get(&path).await.header("etag");
        editor
            .if_match(&tag)
            .patch(&path, &json!({mark: true}))
            .await
            .is(200);
    }
    eventually(
        "the photo to be rendered around its new focal point",
        async || {
            let now = editor.get(&path).await.data()["renditions"][0]["url"].clone();
            (now != before).then_some(())
        },
    )
    .await;
    let frame = json!({
        "photo": photos[0], "place": "Elders", "caption": "Anders.", "alt": "Anders gezien", "credit": "Foto: iemand", "decorative": false,
        "focal": {"x": 0.1, "y": 0.9}, "crop": "square", "graphic": true,
    });
    let operations = json!([
        {"op": "insert", "block": {"type": "photo", "layout": "wide", "frame": frame}},
        {"op": "insert", "block": {"type": "text", "markdown": "Weg **ermee**."}},
        {"op": "insert", "block": {"type": "heading", "text": "Ook weg"}},
    ]);
    let draft = editor.operate(&story, &operations).await.is(200).data();
    let blocks = draft["blocks"].as_array().unwrap();
    let last: Vec<&Value> = blocks.iter().rev().take(2).map(|block| &block["id"]).collect();
    for id in last {
        editor
            .operate(&story, &json!([{"op": "remove", "id": id}]))
            .await
            .is(200);
    }
    let lead = &blocks[2]["id"];
    let tag = editor.draft(&story).await.header("etag");
    let fields = json!({"lead": lead, "graphic": true});
    editor
        .if_match(&tag)
        .patch(&format!("/api/v1/manage/stories/{story}"), &fields)
        .await
        .is(200);
    editor.publish(&story).await.is(201);
    let tag = editor.draft(&story).await.header("etag");
    let note = json!({"correction": "Een eerdere versie noemde een ander jaar."});
    editor
        .if_match(&tag)
        .post(&format!("/api/v1/manage/stories/{story}/publication"), &note)
        .await
        .is(201);
    story
}

#[actix_web::test]
async fn a_story_with_everything_comes_back_from_its_folder_without_loss() {
    let server = Server::start();
    let story = everything(&server.editor()).await;
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("een"), folder.path().join("twee"));
    // Beside the running server.
    let said = export(server.data.path(), &story, &first, &["--originals"]).ok();
    assert!(said.out.contains("what readers may not know"), "{said:?}");
    let json: Value = serde_json::from_slice(&std::fs::read(first.join("story.json")).unwrap()).unwrap();
    assert_eq!(json["tray"].as_array().unwrap().len(), 2, "{json:#}");
    assert_eq!(json["corrections"].as_array().unwrap().len(), 1);
    assert_eq!(json["story"]["lead"], 2);
    assert_eq!(json["photos"][0]["focal"], json!([0.25, 0.75]));

    let data = folder.path().join("data");
    add_user(&data, "anna@example.org", "editor").ok();
    let import = |more: &[&str]| {
        let mut arguments = vec![
            "import",
            "--data",
            data.to_str().unwrap(),
            first.to_str().unwrap(),
        ];
        arguments.extend(more);
        run(&arguments)
    };
    let dry = import(&["--dry-run"]).ok();
    assert!(
        dry.out
            .contains("10 photographs; blocks: 15, in the tray: 2, corrections: 1"),
        "{dry:?}"
    );
    import(&[]).ok();
    export(&data, SLUG, &second, &["--originals"]).ok();
    let (first_files, second_files) = (contents(&first), contents(&second));
    assert_eq!(
        first_files.keys().collect::<Vec<_>>(),
        second_files.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &first_files {
        let other = &second_files[name];
        let texts = [bytes, other].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        assert!(bytes == other, "{name} differs: {} and {}", texts[0], texts[1]);
    }
    // Once more: it is there, as it is.
    let again = import(&[]).ok();
    assert!(again.out.contains("As it was already"), "{again:?}");
    // A second export of the same writes nothing.
    let said = export(&data, SLUG, &second, &["--originals"]).ok();
    assert!(said.out.contains(" 0 written, 0 removed"), "{said:?}");
    // A damaged copy is told before anything is made.
    let broken = files_below(&first.join("originals")).remove(0);
    std::fs::write(broken, jpeg(99, 40, 30)).unwrap();
    import(&["--new"]).fails("is not the file that was exported");
}

/// What stands in the files of a folder, as text.
fn said_by(folder: &Path) -> String {
    files_below(folder)
        .iter()
        .map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned())
        .collect()
}

#[actix_web::test]
async fn without_originals_a_folder_says_nothing_that_readers_may_not_know() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("geheim-7.jpg", &original(7, 480, 320)).await;
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    let words = json!({"caption": "Vrijdagmiddag. In Telskuf blijft niemand.", "alt": "Jongens in Telskuf"});
    editor.if_match(&tag).patch(&path, &words).await.is(200);
    let story = editor.small_story("Een veld", &photo).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("uit");
    // First with everything, so that what must go is there.
    export(server.data.path(), &story, &to, &["--originals"]).ok();
    assert!(said_by(&to).contains("Telskuf"));
    let tag = editor.get(&path).await.header("etag");
    editor
        .if_match(&tag)
        .patch(&path, &json!({"sensitive": true}))
        .await
        .is(200);
    export(server.data.path(), "een-veld", &to, &[]).ok();
    assert!(!to.join("originals").exists());
    let said = said_by(&to);
    for secret in ["Telskuf", "Irak", "SN44871230", "geheim-7", "2024-01-10"] {
        assert!(!said.contains(secret), "{secret} is in the folder");
    }
    assert!(said.contains("Vrijdagmiddag."));
    if tools::is_there("exiftool", "-ver", "libimage-exiftool-perl") {
        for path in files_below(&to.join("media")) {
            let ending = path.extension().unwrap().to_str().unwrap().to_owned();
            let tags = exiftool_reads(&std::fs::read(&path).unwrap(), &ending).to_string();
            assert!(
                !tags.contains("GPS") && !tags.contains("Telskuf"),
                "{}: {tags}",
                path.display()
            );
        }
    }
    run(&[
        "import",
        "--data",
        server.data.path().to_str().unwrap(),
        to.to_str().unwrap(),
    ])
    .fails("export it with --originals");
}

#[actix_web::test]
async fn the_page_in_the_folder_asks_for_nothing_that_is_not_there() {
    let server = Server::start();
    let editor = server.editor();
    let (story, _) = tale::make(&editor).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("uit");
    export(server.data.path(), &story, &to, &[]).ok();
    let html = std::fs::read_to_string(to.join("index.html")).unwrap();
    let links = super::site::links_of(&html);
    assert!(links.len() > 30, "{links:?}");
    for link in links {
        let path = link.split(['?', '#']).next().unwrap();
        assert!(!link.starts_with('/') && !link.contains("://"), "{link}");
        assert!(path.is_empty() || to.join(path).is_file(), "{link} leads nowhere");
    }
    assert!(!html.contains("preview"), "{html}");
    // A folder of something else is left alone.
    std::fs::create_dir_all(folder.path().join("mijn")).unwrap();
    std::fs::write(folder.path().join("mijn/brief.txt"), "x").unwrap();
    export(server.data.path(), &story, &folder.path().join("mijn"), &[]).fails("not empty");
    export(server.data.path(), "nergens", &folder.path().join("weg"), &[]).fails("there is no story nergens");
    export(&folder.path().join("leeg"), &story, &to, &[]).fails("name the installation’s data folder");
}

fn import(data: &Path, folder: &Path, more: &[&str]) -> Said {
    let mut arguments = vec![
        "import",
        "--data",
        data.to_str().unwrap(),
        folder.to_str().unwrap(),
    ];
    arguments.extend(more);
    run(&arguments)
}

fn draft_of(db: &reportage::db::Db, slug: &str) -> reportage::story::draft::Draft {
    db.read_now(|conn| {
        let story = reportage::story::query::find_story_by_slug(conn, slug)?.unwrap();
        reportage::story::draft::load(conn, story)
    })
    .unwrap()
}

/// Changes what an exported folder says.
fn rewrite(folder: &Path, change: impl FnOnce(&mut Value)) {
    let path = folder.join("story.json");
    let mut json: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(&mut json);
    std::fs::write(path, json.to_string()).unwrap();
}

#[actix_web::test]
async fn a_story_that_is_here_already_shows_the_photographs_of_their_owners_again() {
    let server = Server::start();
    let editor = server.editor();
    let owner = server.session(&server.person("foto", reportage::account::Role::Photographer));
    let photo = owner.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("uit");
    export(server.data.path(), &story, &to, &["--originals"]).ok();
    let same = import(server.data.path(), &to, &[]).ok();
    assert!(same.out.contains("As it was already"), "{same:?}");
    rewrite(&to, |json| json["story"]["title"] = json!("Een ander veld"));
    import(server.data.path(), &to, &["--replace"]).ok();
    let draft = draft_of(server.db(), "een-veld");
    assert_eq!(draft.story.title, "Een ander veld");
    assert_eq!(draft.blocks[0].frames()[0].photo_id.as_str(), photo);
    let copies = server
        .db()
        .read_now(|conn| {
            let shown = draft.photos.values().next().unwrap();
            reportage::photo::query::list_same_file(conn, shown)
        })
        .unwrap();
    assert!(copies.iter().all(|copy| copy.as_str() == photo), "{copies:?}");
}

#[actix_web::test]
async fn a_place_that_only_a_frame_names_is_hidden_in_a_folder_too() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Vrijdagmiddag.")).await;
    let frame = json!({
        "photo": photo, "place": "Frontlinie Mosul, Irak", "caption": "Het regent. In Mosul blijft niemand.",
        "alt": "Een straat in Mosul", "credit": "Foto: Anna",
    });
    let story = json!({"title": "Een veld", "language": "nl", "blocks": [{"type": "photo", "frame": frame}]});
    let story = editor.story(&story).await;
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    editor
        .if_match(&tag)
        .patch(&path, &json!({"hide_place": true}))
        .await
        .is(200);
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("uit");
    export(server.data.path(), &story, &to, &[]).ok();
    let said = said_by(&to);
    assert!(said.contains("Het regent.") && !said.contains("Mosul"), "{said}");
    // Nor may a correction name it.
    editor.publish(&story).await.is(201);
    let tag = editor.draft(&story).await.header("etag");
    let note = json!({"correction": "Dit was Mosul niet."});
    let answer = editor
        .if_match(&tag)
        .post(&format!("/api/v1/manage/stories/{story}/publication"), &note)
        .await;
    assert!(
        answer.text().contains("names what is hidden"),
        "{}",
        answer.text()
    );
}

#[actix_web::test]
async fn an_address_that_is_taken_is_no_hindrance_and_is_told() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("uit");
    export(server.data.path(), &story, &to, &["--originals"]).ok();
    rewrite(&to, |json| {
        json["story"]["id"] = json!(reportage::id::StoryId::random());
    });
    let made = import(server.data.path(), &to, &[]);
    assert_eq!(made.code, 3, "{made:?}");
    assert!(made.out.contains("so it got “een-veld-2”"), "{made:?}");
    let again = import(server.data.path(), &to, &[]);
    assert_eq!(again.code, 3, "{again:?}");
    assert!(
        again.out.contains("As it was already") && again.out.contains("it keeps “een-veld-2”"),
        "{again:?}"
    );
}

#[actix_web::test]
async fn a_newer_export_brings_what_stands_beside_the_blocks() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let folder = tempfile::tempdir().unwrap();
    let (to, data) = (folder.path().join("uit"), folder.path().join("data"));
    export(server.data.path(), &story, &to, &["--originals"]).ok();
    add_user(&data, "anna@example.org", "editor").ok();
    import(&data, &to, &[]).ok();
    rewrite(&to, |json| {
        json["corrections"] = json!([{"at": 1_700_000_000_000_i64, "text": "Een ander jaar."}]);
        json["tray"] = json!([{"type": "heading", "text": "Weg"}]);
        json["story"]["codes"] = json!("ab = Anna Bakker");
        json["story"]["former_slugs"] = json!(["het-veld"]);
        json["story"]["old_addresses"] = json!(["/2019/05/veld"]);
    });
    let newer = import(&data, &to, &[]).ok();
    assert!(newer.out.contains("As it was already"), "{newer:?}");
    let db = reportage::db::Db::open(&data.join("reportage.db")).unwrap();
    let draft = draft_of(&db, "een-veld");
    assert_eq!(draft.corrections[0].text, "Een ander jaar.");
    assert_eq!(draft.tray.len(), 1);
    let beside = db
        .read_now(|conn| reportage::story::exchange::beside(conn, &draft.story.id))
        .unwrap();
    assert_eq!(beside.codes, "ab = Anna Bakker");
    assert_eq!(beside.former_slugs, ["het-veld"]);
    assert_eq!(beside.old_addresses, ["/2019/05/veld"]);
    // The same again adds nothing; what differs is told, and what is here stays.
    import(&data, &to, &[]).ok();
    assert_eq!(draft_of(&db, "een-veld").tray.len(), 1);
    rewrite(&to, |json| {
        json["corrections"][0]["text"] = json!("Iets heel anders.");
        json["story"]["codes"] = json!("ab = Anne Bakker");
    });
    let other = import(&data, &to, &[]);
    assert_eq!(other.code, 3, "{other:?}");
    assert!(
        other.out.contains("its corrections differ") && other.out.contains("its code replacements differ"),
        "{other:?}"
    );
    assert_eq!(draft_of(&db, "een-veld").corrections[0].text, "Een ander jaar.");
}

#[actix_web::test]
async fn a_tray_of_more_blocks_than_a_story_may_have_comes_back() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let folder = tempfile::tempdir().unwrap();
    let (to, data) = (folder.path().join("uit"), folder.path().join("data"));
    export(server.data.path(), &story, &to, &["--originals"]).ok();
    rewrite(&to, |json| {
        let blocks = (0..1_100).map(|number| json!({"type": "heading", "text": format!("Weg {number}")}));
        json["tray"] = blocks.collect();
    });
    add_user(&data, "anna@example.org", "editor").ok();
    import(&data, &to, &[]).ok();
    let db = reportage::db::Db::open(&data.join("reportage.db")).unwrap();
    let tray: Vec<String> = draft_of(&db, "een-veld")
        .tray
        .into_iter()
        .map(|block| match block.content {
            reportage::story::BlockContent::Heading { text } => text,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(tray.len(), 1_100);
    assert_eq!((tray[0].as_str(), tray[1_099].as_str()), ("Weg 0", "Weg 1099"));
}

#[actix_web::test]
async fn an_older_export_shows_nothing_that_was_hidden_since_and_a_newer_one_knows_its_names() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Vrijdagmiddag.")).await;
    let path = format!("/api/v1/manage/photos/{photo}");
    let change = async |change: Value| {
        let tag = editor.get(&path).await.header("etag");
        editor.if_match(&tag).patch(&path, &change).await.is(200);
    };
    change(json!({"place": "Zarnobad", "caption": "Rook boven Zarnobad. Het regent."})).await;
    let story = editor.small_story("Een veld", &photo).await;
    let folder = tempfile::tempdir().unwrap();
    let before = folder.path().join("ervoor");
    export(server.data.path(), &story, &before, &["--originals"]).ok();
    change(json!({"place": null, "hide_place": true})).await;
    let after = folder.path().join("erna");
    export(server.data.path(), &story, &after, &["--originals"]).ok();

    // The same file, under another's name: what is hidden of it here stays hidden.
    add_user(server.data.path(), "tweede@example.org", "editor").ok();
    rewrite(&before, |story| {
        story["story"]["id"] = json!("sto_00000000000000000000000000000000");
        story["story"]["slug"] = json!("een-ander-veld");
    });
    import(server.data.path(), &before, &["--user", "tweede@example.org"]).ok();
    let again = draft_of(server.db(), "een-ander-veld");
    assert!(
        again.photos.values().all(|photo| photo.hide_place),
        "{:?}",
        again.photos
    );

    // In an installation that never knew the name, it is not told either.
    let other = folder.path().join("elders");
    add_user(&other, "anna@example.org", "editor").ok();
    import(&other, &after, &["--user", "anna@example.org", "--publish"]).ok();
    let db = reportage::db::Db::open(&other.join("reportage.db")).unwrap();
    let draft = draft_of(&db, "een-veld");
    let document = reportage::story::compose::compose(&draft, None);
    let said = serde_json::to_string(&document).unwrap();
    assert!(
        said.contains("Het regent.") && !said.contains("Zarnobad"),
        "{said}"
    );
}
