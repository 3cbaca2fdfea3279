//! Bodies that are not what they should be.

use reportage::account::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Server, captioned};
use crate::uploads::{UPLOADS, begin};

async fn refused_story(body: Value, pointers: &[&str]) {
    let server = Server::start();
    let editor = server.editor();
    let answer = editor
        .post("/api/v1/manage/stories", &body)
        .await
        .fails(422, "invalid");
    assert_eq!(answer.pointers(), pointers, "{}", answer.text());
    for error in answer.json()["errors"].as_array().unwrap() {
        assert!(
            error["code"].is_string() && error["message"].is_string(),
            "{error}"
        );
    }
    assert_eq!(
        editor.get("/api/v1/manage/stories").await.data(),
        json!([]),
        "nothing was made"
    );
}

/// A list of a shape's values is no such shape, whatever could be read into it.
#[actix_web::test]
async fn a_list_is_not_taken_for_an_object() {
    refused_story(json!(["Titel", "titel", "nl"]), &[""]).await;
    let frame = json!({"photo": STRANGER, "focal": [0.5, 0.5]});
    let of_list = |block: Value| json!({"title": "Titel", "language": "nl", "blocks": [block]});
    refused_story(of_list(json!(["heading", null, "Kop"])), &["/blocks/0"]).await;
    refused_story(
        of_list(json!({"type": "photo", "frame": frame})),
        &["/blocks/0/frame/focal"],
    )
    .await;
}

const STRANGER: &str = "pho_00000000000040008000000000000000";

#[actix_web::test]
async fn all_mistakes_of_a_story_are_told_at_once_by_their_places() {
    let long = "a".repeat(100_000);
    refused_story(
        json!({
            "title": "a".repeat(301), "slug": "Geen Slug", "language": "klingonisch!", "date": "2024-13", "tags": [""],
            "blocks": [
                {"type": "text", "markdown": "a".repeat(50_001)},
                {"type": "photo", "frame": {"photo": STRANGER, "caption": long}},
                {"type": "heading"},
                {"type": "photo", "layout": "grid", "frame": {"photo": STRANGER}},
                {"type": "text", "markdown": "goed", "frames": []},
                {"type": "photo"},
            ],
        }),
        &[
            "/blocks/0/markdown",
            "/blocks/1/frame/caption",
            "/blocks/2/text",
            "/blocks/3/layout",
            "/blocks/4/frames",
            "/blocks/5/frame",
            "/date",
            "/language",
            "/slug",
            "/tags/0",
            "/title",
        ],
    )
    .await;
}

#[actix_web::test]
async fn an_unknown_block_type_is_named() {
    refused_story(
        json!({"title": "T", "language": "nl", "blocks": [{"type": "text", "markdown": "x"}, {"type": "video", "url": "x"}]}),
        &["/blocks/1/type"],
    )
    .await;
}

#[actix_web::test]
async fn an_unknown_photo_is_named() {
    refused_story(
        json!({"title": "T", "language": "nl", "blocks": [{"type": "photo", "frame": {"photo": STRANGER}}]}),
        &["/blocks/0/frame/photo"],
    )
    .await;
}

#[actix_web::test]
async fn an_id_of_another_kind_is_named() {
    refused_story(
        json!({"title": "T", "language": "nl", "blocks": [{"type": "photo", "frame": {"photo": "sto_0000"}}]}),
        &["/blocks/0/frame/photo"],
    )
    .await;
}

#[actix_web::test]
async fn unknown_and_privileged_fields_are_named() {
    for field in [
        "role",
        "owner",
        "status",
        "publication",
        "id",
        "created_by",
        "onbekend",
    ] {
        let mut body = json!({"title": "T", "language": "nl"});
        body[field] = json!("admin");
        refused_story(body, &[&format!("/{field}")]).await;
    }
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let path = format!("/api/v1/manage/photos/{photo}");
    for field in ["owner", "state", "file_name", "id", "rights"] {
        let answer = editor
            .if_match("\"1.1\"")
            .patch(&path, &json!({field: "x"}))
            .await
            .is(422);
        assert_eq!(answer.pointers(), [format!("/{field}")]);
    }
}

#[actix_web::test]
async fn parts_of_an_upload_that_nobody_expects_are_named_at_every_door_and_nothing_comes_of_them() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.session(&server.person("redactie", Role::Editor));
    let story = editor.story(&json!({"title": "T", "language": "nl"})).await;
    let bytes = captioned(1, "Een veld.");
    let files: [(&str, &[u8]); 1] = [("a.jpg", &bytes)];
    let at_story = format!("/desk/stories/{story}/uploads");
    for door in ["/api/v1/manage/photos", "/desk/photos", &at_story] {
        for field in ["owner", "role", "status", "caption"] {
            let refused = editor.upload_with(door, &[(field, "x")], &files).await.is(422);
            if door.starts_with("/api/") {
                assert_eq!(refused.pointers(), [format!("/{field}")]);
            }
        }
    }
    for field in ["owner", "role", "state"] {
        let refused = begin(&editor, UPLOADS, 100, &[(field, "x")]).await.is(422);
        assert_eq!(refused.pointers(), [format!("/{field}")]);
    }
    // What other programs say of a file is no harm.
    begin(&editor, UPLOADS, 100, &[("relativePath", "null")])
        .await
        .is(201);
    let photos = editor.get("/api/v1/manage/photos").await.data();
    assert_eq!(photos, json!([]));
}

#[actix_web::test]
async fn what_takes_no_fields_takes_none() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let photo = editor.photo_pending("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let anna = server.person("anna", Role::Photographer).account.id;
    let at = format!("/api/v1/manage/stories/{story}");
    let member = format!("{at}/members/{anna}");
    let before = editor.draft(&story).await.data();
    for (method, path) in [
        (Method::PUT, &member),
        (Method::POST, &format!("{at}/undo")),
        (Method::POST, &format!("{at}/redo")),
        (Method::POST, &format!("{at}/revisions/1/restore")),
        (Method::POST, &format!("/api/v1/manage/photos/{photo}/render")),
    ] {
        for field in ["role", "owner", "status", "zzz"] {
            let body = json!({ field: 1 });
            let refused = editor
                .if_match("\"1.1\"")
                .send(method.clone(), path, Some(&body))
                .await;
            let refused = refused.fails(422, "invalid");
            assert_eq!(refused.pointers(), [format!("/{field}")], "{path}");
        }
    }
    assert_eq!(editor.draft(&story).await.data(), before);
    let members = editor.get(&format!("{at}/members")).await.is(200).data();
    assert!(!members.to_string().contains(anna.as_str()), "{members}");
    editor.send(Method::PUT, &member, Some(&json!({}))).await.is(204);
    // Seconds where milliseconds are meant would be no embargo.
    let tag = editor.draft(&story).await.header("etag");
    let soon = json!({"embargo_until": 1_800_000_000});
    let refused = editor
        .if_match(&tag)
        .patch(&at, &soon)
        .await
        .fails(422, "invalid");
    assert_eq!(refused.pointers(), ["/embargo_until"]);
}

#[actix_web::test]
async fn a_caption_of_100_000_characters_is_refused_at_every_door() {
    let server = Server::start();
    let editor = server.editor();
    let long = "a".repeat(100_000);
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let frame = editor.draft(&story).await.data()["blocks"][0]["frame"].clone();
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    let answer = editor
        .if_match(&tag)
        .patch(&path, &json!({"caption": long}))
        .await
        .fails(422, "invalid");
    assert_eq!(answer.pointers(), ["/caption"]);
    let update = json!([{"op": "update", "id": frame["id"], "version": 1, "set": {"caption": long}}]);
    let answer = editor.operate(&story, &update).await.fails(422, "invalid");
    assert_eq!(answer.pointers(), ["/operations/0/set/caption"]);
    // In a file it must not stop the upload; what fits is taken.
    let id = editor
        .photo_pending("lang.jpg", &captioned(2, &"b".repeat(20_000)))
        .await;
    let caption = editor.get(&format!("/api/v1/manage/photos/{id}")).await.data()["caption"].clone();
    assert_eq!(caption.as_str().unwrap().chars().count(), 5_000);
}

#[actix_web::test]
async fn exactly_as_much_as_fits_is_taken() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let body = json!({"title": "é".repeat(300), "language": "nl", "blocks": [
        {"type": "text", "markdown": "é".repeat(50_000)},
        {"type": "photo", "frame": {"photo": photo, "caption": "é".repeat(5_000)}},
    ]});
    editor.post("/api/v1/manage/stories", &body).await.is(201);
}

#[actix_web::test]
async fn a_body_that_is_no_json_is_a_bad_request_and_one_of_another_type_is_unsupported() {
    let server = Server::start();
    let editor = server.editor();
    let http = reqwest::Client::new();
    let address = format!("{}/api/v1/manage/stories", server.base());
    let cookie = {
        let person = server.person("anna", reportage::account::Role::Editor);
        let scopes = reportage::account::token::Scope::ALL;
        let secret = reportage::account::token::add(
            server.db(),
            &person.account.email,
            "t",
            &scopes,
            None,
            crate::harness::NOW,
        );
        format!("Bearer {}", secret.unwrap())
    };
    let send = async |kind: &str, body: &str| {
        let request = http
            .post(&address)
            .header("Authorization", &cookie)
            .header("Content-Type", kind);
        request
            .body(body.to_owned())
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(send("application/json", "{\"title\":").await, 400);
    assert_eq!(send("application/json", "").await, 400);
    assert_eq!(send("application/json", "{} {}").await, 422);
    assert_eq!(send("application/json", "[]").await, 422);
    assert_eq!(send("text/plain", "{}").await, 415);
    assert_eq!(send("application/json", &" ".repeat(9_000_000)).await, 413);
    assert_eq!(editor.get("/api/v1/manage/stories").await.data(), json!([]));
}

#[actix_web::test]
async fn an_upload_without_a_file_or_to_no_story_says_so() {
    let server = Server::start();
    let editor = server.editor();
    let answer = editor.upload_to(Some(""), &[]).await.fails(422, "invalid");
    assert_eq!(answer.pointers(), ["/file"]);
    for story in ["sto_onzin", "sto_00000000000040008000000000000000"] {
        let answer = editor
            .upload_to(Some(story), &[("a.jpg", &captioned(1, "Een veld."))])
            .await;
        assert_eq!(answer.fails(422, "invalid").pointers(), ["/story"]);
    }
}

#[actix_web::test]
async fn an_unknown_parameter_is_a_bad_request() {
    let server = Server::start();
    let editor = server.editor();
    let queries = [
        "/api/v1/stories?colour=red",
        "/api/v1/stories?limit=0",
        "/api/v1/stories?limit=101",
        "/api/v1/stories?limit=veel",
        "/api/v1/stories?after=x",
        "/api/v1/manage/stories?status=weg",
        "/api/v1/manage/stories?sort=x",
        "/api/v1/manage/photos?state=half",
        "/api/v1/manage/photos?owner=x",
        "/api/v1/manage/photos?story=x",
        "/api/v1/manage/photos?limit=1000",
        "/api/v1/manage/photos?what=x",
    ];
    for query in queries {
        let answer = editor.get(query).await.is(400);
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{query}"
        );
        assert_eq!(answer.header("cache-control"), "private, no-store", "{query}");
    }
}

#[actix_web::test]
async fn what_is_not_there_is_a_problem_in_the_api_and_a_page_for_readers() {
    let server = Server::start();
    let editor = server.editor();
    for path in [
        "/api/v1/nergens",
        "/api/",
        "/api/v1/manage/stories/sto_onzin",
        "/api/v1/manage/photos/x/y/z",
    ] {
        editor.get(path).await.fails(404, "not_found");
    }
    for path in [
        "/nergens",
        "/stories/nergens",
        "/stories/Geen%20Slug",
        "/media/x/y",
    ] {
        let answer = editor.get(path).await.is(404);
        assert_eq!(
            answer.header("content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
        assert_eq!(answer.header("cache-control"), "private, no-store", "{path}");
    }
}
