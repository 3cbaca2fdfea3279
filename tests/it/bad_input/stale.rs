//! Two people at the same thing: nothing is overwritten, nothing is lost.

use reportage::account::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::server::eventually;
use crate::harness::{Client, Server, captioned};

async fn two_editors_and_a_story(server: &Server) -> (Client, Client, String, Value) {
    let anna = server.session(&server.person("anna", Role::Editor));
    let bram = server.session(&server.person("bram", Role::Editor));
    let photo = anna.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = anna.small_story("Een veld", &photo).await;
    let frame = anna.draft(&story).await.data()["blocks"][0]["frame"].clone();
    (anna, bram, story, frame)
}

fn caption(frame: &Value, version: i64, words: &str) -> Value {
    json!({"operations": [{"op": "update", "id": frame["id"], "version": version, "set": {"caption": words}}]})
}

#[actix_web::test]
async fn of_two_editors_saving_one_caption_the_second_gets_the_first_ones_words_and_nothing_is_lost() {
    let server = Server::start();
    let (anna, bram, story, frame) = two_editors_and_a_story(&server).await;
    let path = format!("/api/v1/manage/stories/{story}/operations");
    anna.post(&path, &caption(&frame, 1, "Van Anna.")).await.is(200);
    let stale = bram
        .post(&path, &caption(&frame, 1, "Van Bram."))
        .await
        .fails(412, "stale");
    let problem = stale.json();
    assert_eq!(problem["part"], frame["id"]);
    let now = &problem["current"]["blocks"][0]["frame"];
    assert_eq!(
        (&now["caption"], &now["version"]),
        (&json!("Van Anna."), &json!(2))
    );
    assert_eq!(now["updated_by"], "anna");
    // Both texts: what is there, and what was sent.
    assert_eq!(problem["sent"], caption(&frame, 1, "Van Bram."));
    assert_eq!(stale.header("etag"), anna.draft(&story).await.header("etag"));
    // With the version that came along he may decide.
    bram.post(&path, &caption(&frame, 2, "Van Anna en Bram."))
        .await
        .is(200);
}

#[actix_web::test]
async fn a_stale_update_takes_nothing_of_its_call_along() {
    let server = Server::start();
    let (anna, bram, story, frame) = two_editors_and_a_story(&server).await;
    let path = format!("/api/v1/manage/stories/{story}/operations");
    let second = anna
        .operate(
            &story,
            &json!([{"op": "insert", "block": {"type": "text", "markdown": "Eerst."}}]),
        )
        .await
        .data()["blocks"][1]
        .clone();
    anna.post(&path, &caption(&frame, 1, "Van Anna.")).await.is(200);
    let both = json!({"operations": [
        {"op": "update", "id": second["id"], "version": 1, "set": {"markdown": "Van Bram."}},
        {"op": "update", "id": frame["id"], "version": 1, "set": {"caption": "Van Bram."}},
    ]});
    bram.post(&path, &both).await.is(412);
    let draft = anna.draft(&story).await.data();
    assert_eq!(draft["blocks"][1]["markdown"], "Eerst.");
    assert_eq!(draft["blocks"][0]["frame"]["caption"], "Van Anna.");
}

#[actix_web::test]
async fn two_people_at_different_captions_never_meet() {
    let server = Server::start();
    let (anna, bram, story, frame) = two_editors_and_a_story(&server).await;
    let path = format!("/api/v1/manage/stories/{story}/operations");
    let text = anna
        .operate(
            &story,
            &json!([{"op": "insert", "block": {"type": "text", "markdown": "Eerst."}}]),
        )
        .await
        .data()["blocks"][1]
        .clone();
    anna.post(&path, &caption(&frame, 1, "Van Anna.")).await.is(200);
    let other = json!({"operations": [{"op": "update", "id": text["id"], "version": 1, "set": {"markdown": "Van Bram."}}]});
    bram.post(&path, &other).await.is(200);
}

#[actix_web::test]
async fn order_fields_publication_and_photos_need_the_version_that_was_read() {
    let server = Server::start();
    let (anna, bram, story, frame) = two_editors_and_a_story(&server).await;
    let base = format!("/api/v1/manage/stories/{story}");
    let photo = format!("/api/v1/manage/photos/{}", frame["photo"].as_str().unwrap());
    let insert = json!({"operations": [{"op": "insert", "block": {"type": "text", "markdown": "x"}}]});
    let requests = [
        (Method::POST, format!("{base}/operations"), Some(insert)),
        (Method::PATCH, base.clone(), Some(json!({"title": "Anders"}))),
        (Method::POST, format!("{base}/publication"), None),
        (Method::DELETE, base.clone(), None),
        (Method::PATCH, photo.clone(), Some(json!({"caption": "Anders."}))),
        (Method::DELETE, photo.clone(), None),
    ];
    for (method, path, body) in &requests {
        let bare = anna.send(method.clone(), path, body.as_ref()).await;
        bare.fails(428, "precondition_required");
        for stale in ["\"999.1\"", "\"onzin\"", "\"-1\""] {
            let answer = bram
                .if_match(stale)
                .send(method.clone(), path, body.as_ref())
                .await;
            let answer = answer.fails(412, "stale");
            assert!(
                answer.json()["current"].is_object(),
                "{method} {path}: {}",
                answer.text()
            );
            assert!(answer.header("etag").starts_with('"'), "{method} {path}");
        }
    }
    assert_eq!(anna.draft(&story).await.data()["title"], "Een veld");
}

#[actix_web::test]
async fn a_save_that_changes_nothing_changes_no_version() {
    let server = Server::start();
    let (anna, _, story, frame) = two_editors_and_a_story(&server).await;
    let path = format!("/api/v1/manage/stories/{story}");
    anna.post(&format!("{path}/operations"), &caption(&frame, 1, "Van Anna."))
        .await
        .is(200);
    let before = anna.draft(&story).await;
    server.clock.advance(60_000);
    // The version is stale, but the words are there already: nobody is in anybody's way.
    for version in [1, 2] {
        anna.post(
            &format!("{path}/operations"),
            &caption(&frame, version, "Van Anna."),
        )
        .await
        .is(200);
    }
    let tag = before.header("etag");
    anna.if_match(&tag)
        .patch(&path, &json!({"title": "Een veld"}))
        .await
        .is(200);
    let block = before.data()["blocks"][0]["id"].clone();
    anna.operate(&story, &json!([{"op": "move", "id": block, "position": 0}]))
        .await
        .is(200);
    let after = anna.draft(&story).await;
    assert_eq!(after.header("etag"), tag);
    assert_eq!(after.data(), before.data());
    let photo = format!("/api/v1/manage/photos/{}", frame["photo"].as_str().unwrap());
    let before = anna.get(&photo).await;
    let tag = before.header("etag");
    anna.if_match(&tag)
        .patch(&photo, &json!({"caption": "Een veld."}))
        .await
        .is(200);
    assert_eq!(anna.get(&photo).await.header("etag"), tag);
}

#[actix_web::test]
async fn fields_of_other_operations_are_refused() {
    let server = Server::start();
    let (anna, _, story, frame) = two_editors_and_a_story(&server).await;
    let before = anna.draft(&story).await.data();
    let block = &before["blocks"][0]["id"];
    let operations = [
        (json!({"op": "sort", "by": "captured", "id": block}), "id"),
        (json!({"op": "remove", "id": block, "position": 0}), "position"),
        (json!({"op": "group", "ids": [block], "by": "captured"}), "by"),
        (
            json!({"op": "move", "ids": [block], "position": 0, "to": block}),
            "to",
        ),
        (
            json!({"op": "update", "id": frame["id"], "version": 1, "set": {"caption": "x"}, "to": block}),
            "to",
        ),
        (
            json!({"op": "insert", "block": {"type": "heading", "text": "x"}, "version": 1}),
            "version",
        ),
    ];
    for (operation, field) in operations {
        let answer = anna
            .operate(&story, &json!([operation]))
            .await
            .fails(422, "invalid");
        assert_eq!(
            answer.pointers(),
            [format!("/operations/0/{field}")],
            "{operation}"
        );
    }
    assert_eq!(anna.draft(&story).await.data(), before);
}

#[actix_web::test]
async fn parts_of_another_story_are_not_to_be_had_through_this_one() {
    let server = Server::start();
    let (anna, _, story, frame) = two_editors_and_a_story(&server).await;
    let other = anna.small_story("Ander", frame["photo"].as_str().unwrap()).await;
    let foreign = anna.draft(&other).await;
    let block = foreign.data()["blocks"][0].clone();
    let own = anna.draft(&story).await.data()["blocks"][0].clone();
    let operations = [
        (
            json!({"op": "move", "id": block["id"], "position": 0}),
            "/operations/0/id",
        ),
        (json!({"op": "remove", "id": block["id"]}), "/operations/0/id"),
        (
            json!({"op": "remove", "id": block["frame"]["id"]}),
            "/operations/0/id",
        ),
        (json!({"op": "restore", "id": block["id"]}), "/operations/0/id"),
        (
            json!({"op": "update", "id": block["frame"]["id"], "version": 1, "set": {"caption": "x"}}),
            "/operations/0/id",
        ),
        (
            json!({"op": "update", "id": block["id"], "version": 1, "set": {"layout": "wide"}}),
            "/operations/0/id",
        ),
        (
            json!({"op": "group", "ids": [own["id"], block["id"]]}),
            "/operations/0/ids/1",
        ),
    ];
    for (operation, pointer) in operations {
        let answer = anna
            .operate(&story, &json!([operation]))
            .await
            .fails(422, "invalid");
        assert_eq!(answer.pointers(), [pointer], "{operation}");
    }
    let tag = anna.draft(&story).await.header("etag");
    let lead = json!({"lead": block["id"]});
    let answer = anna
        .if_match(&tag)
        .patch(&format!("/api/v1/manage/stories/{story}"), &lead)
        .await;
    assert_eq!(answer.fails(422, "invalid").pointers(), ["/lead"]);
    assert_eq!(anna.draft(&other).await.data(), foreign.data());
}

#[actix_web::test]
async fn words_that_nobody_saw_are_not_published() {
    let server = Server::start();
    let (anna, bram, story, frame) = two_editors_and_a_story(&server).await;
    let seen = anna.draft(&story).await.header("etag");
    let page = anna
        .get(&format!("/desk/stories/{story}/publish"))
        .await
        .is(200)
        .text();
    let field = |name: &str| {
        page.split(&format!("name=\"{name}\" value=\""))
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    let path = format!("/api/v1/manage/stories/{story}/operations");
    bram.post(&path, &caption(&frame, 1, "Van Bram.")).await.is(200);

    let publication = format!("/api/v1/manage/stories/{story}/publication");
    let stale = anna
        .if_match(&seen)
        .send(Method::POST, &publication, None)
        .await
        .fails(412, "stale");
    assert_eq!(
        stale.json()["current"]["blocks"][0]["frame"]["caption"],
        "Van Bram."
    );
    let form = [("version", field("version")), ("changes", field("changes"))];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = anna
        .form(&format!("/desk/stories/{story}/publish"), &form)
        .await
        .is(412)
        .text();
    assert!(page.contains("was changed while this page was open"));
    assert!(server.visitor().get("/stories/een-veld").await.status == 404);
    anna.publish(&story).await.is(201);
}

#[actix_web::test]
async fn a_program_that_asks_again_learns_that_photographs_became_ready_and_files_came() {
    let server = Server::with(|config| config.avif_threads = 1);
    let editor = server.editor();
    let photo = editor.photo_pending("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let photo = format!("/api/v1/manage/photos/{photo}");
    let story = format!("/api/v1/manage/stories/{story}");
    // AVIFs come long after: whatever has happened until here, these tags are of a time without them.
    let tags = [editor.get(&photo).await, editor.get(&story).await].map(|answer| answer.header("etag"));
    eventually("AVIF is there", async || {
        let shown = editor.get(&photo).await.text();
        shown.contains("image/avif").then_some(())
    })
    .await;
    for (path, known) in [&photo, &story].into_iter().zip(&tags) {
        editor
            .clone()
            .always("If-None-Match", known)
            .get(path)
            .await
            .is(200);
        let now = editor.get(path).await.header("etag");
        editor
            .clone()
            .always("If-None-Match", &now)
            .get(path)
            .await
            .is(304);
    }
}

#[actix_web::test]
async fn null_empties_what_may_be_empty_and_is_refused_elsewhere() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let photo = editor.photo_pending("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let story = format!("/api/v1/manage/stories/{story}");
    let photo = format!("/api/v1/manage/photos/{photo}");
    let patch = async |path: &str, change: Value| {
        let tag = editor.get(path).await.header("etag");
        editor.if_match(&tag).patch(path, &change).await
    };
    patch(&story, json!({"tags": ["water"]})).await.is(200);
    let kept = patch(&story, json!({"byline": null, "tags": null}))
        .await
        .is(200)
        .data();
    assert_eq!((&kept["tags"], &kept["byline"]), (&json!([]), &Value::Null));
    for (path, fields) in [
        (&story, ["title", "slug", "language", "graphic"].as_slice()),
        (
            &photo,
            ["decorative", "focal", "sensitive", "hide_place"].as_slice(),
        ),
    ] {
        for field in fields {
            let refused = patch(path, json!({*field: null}))
                .await
                .fails(422, "invalid")
                .json();
            assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"));
            assert_eq!(refused["errors"][0]["code"], "required");
        }
    }
}

#[actix_web::test]
async fn a_tag_that_was_never_given_out_is_stale() {
    let server = Server::start();
    let (anna, bram, story, frame) = two_editors_and_a_story(&server).await;
    let path = format!("/api/v1/manage/stories/{story}");
    let seen = anna.draft(&story).await.header("etag");
    let version = seen.trim_matches('"').split('.').next().unwrap().to_owned();
    bram.post(&format!("{path}/operations"), &caption(&frame, 1, "Van Bram."))
        .await
        .is(200);
    for tag in [
        seen.clone(),
        version.clone(),
        format!("\"{version}\""),
        format!("\"{version}.x\""),
        format!("\"+{version}.1\""),
        format!("\"0{version}.1\""),
    ] {
        let client = anna.if_match(&tag);
        let publish = format!("{path}/publication");
        client
            .send(Method::POST, &publish, None)
            .await
            .fails(412, "stale");
    }
    let admin = server.session(&server.person("beheer", Role::Admin));
    let site = admin.get("/api/v1/manage/site").await.is(200);
    let settings = site.data();
    for _ in 0..2 {
        let same = admin
            .if_match(&site.header("etag"))
            .send(Method::PUT, "/api/v1/manage/site", Some(&settings))
            .await
            .is(200);
        assert_eq!(same.header("etag"), site.header("etag"), "nothing has changed");
    }
}
