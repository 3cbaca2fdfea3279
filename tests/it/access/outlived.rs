//! What was allowed, seen or known a moment ago, and is not any more: rights that go while a file comes, tags of before, answers of before, links of
//! those who have gone, and lines that nobody uses.

use std::time::Duration;

use futures_util::future::join_all;
use reportage::account::Role;
use reportage::account::token::{self, Scope};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::harness::{Client, NOW, Server, captioned, sent_in_two};

const UPLOADS: &str = "/api/v1/manage/uploads";

/// Begins an upload of this file, into a story where it is not a link's.
async fn begun(who: &Client, uploads: &str, file: &[u8], story: Option<&str>) -> String {
    use base64::Engine as _;
    let who = who
        .clone()
        .always("Tus-Resumable", "1.0.0")
        .always("Upload-Length", &file.len().to_string());
    let who = match story {
        Some(story) => {
            let story = base64::engine::general_purpose::STANDARD.encode(story);
            who.always("Upload-Metadata", &format!("story {story}"))
        }
        None => who,
    };
    let made = who.bytes(Method::POST, uploads, Vec::new()).await.is(201);
    let address = made.header("location");
    let id = address.rsplit('/').next().unwrap();
    format!("{uploads}/{id}")
}

/// Sends a file as one piece, with something done before its last bytes; gives the answer.
async fn sent_slowly(
    server: &Server,
    (path, file): (&str, &[u8]),
    authorization: &str,
    meanwhile: impl AsyncFnOnce(),
) -> String {
    let head = format!(
        "PATCH {path} HTTP/1.1\r\n{authorization}Sec-Fetch-Site: same-origin\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n\
         Content-Type: application/offset+octet-stream\r\n"
    );
    sent_in_two(server, &head, file, meanwhile).await
}

#[actix_web::test]
async fn rights_that_go_while_a_piece_comes_put_the_photograph_into_no_story() {
    let server = Server::with(|config| config.render_threads = 0);
    let admin = server.session(&server.person("beheer", Role::Admin));
    let story = admin.story(&json!({"title": "Een veld", "language": "nl"})).await;
    let blocks = async || {
        let draft = admin.draft(&story).await.data();
        draft["blocks"].as_array().unwrap().len()
    };
    let anna = server.person("anna", Role::Editor);
    let email = anna.account.email.clone();
    let token =
        |name: &str, scopes: &[Scope]| token::add(server.db(), &email, name, scopes, None, NOW).unwrap();
    let bearer = |secret: &str| format!("Authorization: Bearer {secret}\r\n");
    let with = |secret: &str| {
        server
            .visitor()
            .always("Authorization", &format!("Bearer {secret}"))
    };

    let secret = token("een", &Scope::ALL);
    let file = captioned(81, "Te laat.");
    let path = begun(&with(&secret), UPLOADS, &file, Some(&story)).await;
    let revoke = async || {
        assert_eq!(token::revoke(server.db(), &email, "een", NOW).unwrap(), 1);
    };
    let answer = sent_slowly(&server, (&path, &file), &bearer(&secret), revoke).await;
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    assert!(
        answer.to_lowercase().contains("reportage-placed: false"),
        "{answer}"
    );
    assert_eq!(blocks().await, 0);

    // One token begins it for a story, another one that opens no story ends it.
    let whole = token("twee", &Scope::ALL);
    let file = captioned(82, "Te laat.");
    let path = begun(&with(&whole), UPLOADS, &file, Some(&story)).await;
    let half = token("drie", &[Scope::PhotosWrite]);
    let answer = sent_slowly(&server, (&path, &file), &bearer(&half), async || {}).await;
    assert!(
        answer.to_lowercase().contains("reportage-placed: false"),
        "{answer}"
    );
    assert_eq!(blocks().await, 0);

    let file = captioned(83, "Te laat.");
    let secret = token("vier", &Scope::ALL);
    let path = begun(&with(&secret), UPLOADS, &file, Some(&story)).await;
    let answer = sent_slowly(&server, (&path, &file), &bearer(&secret), async || {}).await;
    assert!(
        answer.to_lowercase().contains("reportage-placed: true"),
        "{answer}"
    );
    assert_eq!(blocks().await, 1);
}

#[actix_web::test]
async fn a_link_that_is_revoked_while_a_piece_comes_puts_it_into_no_story() {
    let server = Server::with(|config| config.render_threads = 0);
    let admin = server.session(&server.person("beheer", Role::Admin));
    let story = admin.story(&json!({"title": "Een veld", "language": "nl"})).await;
    let links = format!("/desk/stories/{story}/drop-links");
    let page = admin
        .form(&links, &[("label", "Bram"), ("until", "2024-01-26")])
        .await
        .is(201)
        .text();
    let between = |before: &str, after: char| {
        let rest = page.split(before).nth(1).unwrap();
        rest.split(after).next().unwrap().to_owned()
    };
    let (secret, id) = (between("/drop/", '"'), between("/drop-links/", '/'));
    let file = captioned(84, "Te laat.");
    let path = begun(&server.visitor(), &format!("/drop/{secret}/uploads"), &file, None).await;
    let revoke = async || drop(admin.form(&format!("{links}/{id}/revoke"), &[]).await.is(303));
    let answer = sent_slowly(&server, (&path, &file), "", revoke).await;
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    let draft = admin.draft(&story).await.data();
    assert_eq!(draft["blocks"], json!([]), "{draft}");
    assert_eq!(draft["tray"], json!([]), "{draft}");
}

#[actix_web::test]
async fn what_nobody_has_seen_is_neither_scheduled_nor_deleted() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(85, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let path = format!("/api/v1/manage/stories/{story}");
    let draft = editor.draft(&story).await;
    let (tag, frame) = (draft.header("etag"), draft.data()["blocks"][0]["frame"].clone());
    let change = json!([{"op": "update", "id": frame["id"], "version": frame["version"], "set": {"caption": "Wat niemand zag."}}]);
    editor.operate(&story, &change).await.is(200);
    let moment = json!({"at": "2024-02-01T09:00", "zone": "Europe/Amsterdam"});
    let stale = editor.if_match(&tag);
    let schedule = format!("{path}/schedule");
    stale.send(Method::PUT, &schedule, Some(&moment)).await.is(412);
    stale.delete(&path).await.is(412);
    let now = editor.if_match(&editor.draft(&story).await.header("etag"));
    now.send(Method::PUT, &schedule, Some(&moment)).await.is(200);
    editor.delete(&schedule).await.is(204);
    let tag = editor.draft(&story).await.header("etag");
    editor.if_match(&tag).delete(&path).await.is(204);
}

#[actix_web::test]
async fn an_answer_is_not_given_again_about_what_is_not_there_any_more() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let keyed = editor.clone().always("Idempotency-Key", "een");
    let body = json!({"title": "Een bron in Zarnobad", "language": "nl"});
    let made = keyed.post("/api/v1/manage/stories", &body).await.is(201);
    let again = keyed.post("/api/v1/manage/stories", &body).await.is(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    let id = made.data()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/manage/stories/{id}");
    editor.if_match(&made.header("etag")).delete(&path).await.is(204);
    let gone = keyed.post("/api/v1/manage/stories", &body).await.is(404).text();
    assert!(!gone.contains("Zarnobad"), "{gone}");

    let photo = editor.photo_pending("a.jpg", &captioned(86, "Een veld.")).await;
    let path = format!("/api/v1/manage/photos/{photo}");
    let keyed = editor.clone().always("Idempotency-Key", "twee");
    keyed
        .send(Method::POST, &format!("{path}/render"), None)
        .await
        .is(202);
    let tag = editor.get(&path).await.header("etag");
    editor.if_match(&tag).delete(&path).await.is(204);
    keyed
        .send(Method::POST, &format!("{path}/render"), None)
        .await
        .is(404);
}

#[actix_web::test]
async fn nobody_sets_their_own_password_or_factor_back_without_knowing_them() {
    let server = Server::start();
    let boss = server.person("beheer", Role::Admin);
    let admin = server.session(&boss);
    let own = format!("/desk/people/{}", boss.account.id);
    for what in ["reset", "factor-off"] {
        let refused = admin.form(&own, &[("do", what)]).await.is(409).text();
        assert!(!refused.contains("/desk/join?token="), "{refused}");
    }
    let page = admin.get("/desk/people").await.is(200).text();
    assert!(!page.contains("value=\"reset\""), "{page}");
}

#[actix_web::test]
async fn what_is_asked_with_a_token_or_a_session_is_kept_by_nobody_on_its_way() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(87, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    let anna = server.person("anna", Role::Editor);
    let secret = token::add(
        server.db(),
        &anna.account.email,
        "t",
        &[Scope::StoriesRead],
        None,
        NOW,
    )
    .unwrap();
    let program = server
        .visitor()
        .always("Authorization", &format!("Bearer {secret}"));
    let other = server.visitor().always("Cookie", "colour=blue");
    for path in [
        "/",
        "/feed.xml",
        "/api/v1/stories",
        "/api/v1/stories/een-veld",
        "/stories/een-veld",
    ] {
        let told = |answer: crate::harness::Answer| answer.is(200).header("cache-control");
        assert!(
            told(server.visitor().get(path).await).starts_with("public"),
            "{path}"
        );
        assert!(told(other.get(path).await).starts_with("public"), "{path}");
        for somebody in [&program, &editor] {
            assert_eq!(told(somebody.get(path).await), "private, no-store", "{path}");
        }
    }
    // What never changes under its name is kept by browsers, and is the same for all.
    let page = server.visitor().get("/stories/een-veld").await.text();
    let picture = page
        .split('"')
        .find(|part| part.starts_with("/media/") && !part.contains(' '))
        .unwrap();
    let kept = editor.get(picture).await.is(200).header("cache-control");
    assert!(kept.ends_with("immutable"), "{picture}: {kept}");
}

#[actix_web::test]
async fn what_is_refused_tells_nobody_where_it_was_looked_for() {
    let server = Server::start();
    let (reader, editor) = (server.visitor(), server.editor());
    for (who, path) in [
        (&reader, "/nergens"),
        (&reader, "/preview/nergens"),
        (&reader, "/drop/nergens"),
        (&reader, "/desk/join?token=nergens"),
        (&reader, "/api/v1/stories/nergens"),
        (&editor, "/desk/stories/sto_00000000000040008000000000000000"),
    ] {
        let answer = who.get(path).await.is(404);
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("x-robots-tag"), "noindex", "{path}");
    }
    // Also what is no page of the desk has its policy.
    let away = reader.get("/desk").await.is(303);
    assert!(
        away.header("content-security-policy")
            .contains("trusted-types desk")
    );
}

#[actix_web::test]
async fn a_line_on_which_a_body_has_no_end_is_closed_after_the_answer() {
    let server = Server::start();
    let address = server.running.address;
    let asked = [
        ("GET /health", "400"),
        ("HEAD /", "400"),
        ("GET /stories/niets", "400"),
        ("POST /nergens", "404"),
        ("POST /api/v1/manage/stories", "401"),
        ("POST /desk/sign-in", "403"),
    ];
    let held = asked.map(async |(head, status)| {
        let request = format!("{head} HTTP/1.1\r\nHost: {address}\r\nTransfer-Encoding: chunked\r\n\r\n");
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let closed = tokio::time::timeout(Duration::from_mins(1), stream.read_to_end(&mut answer)).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(closed.is_ok(), "{head}: the line stays open after {answer}");
        let expected = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&expected), "{head}: {answer}");
    });
    join_all(held).await;
    // Who sends a body to its end goes on.
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let whole = format!(
        "POST /nergens HTTP/1.1\r\nHost: {address}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(whole.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("HTTP/1.1 200 OK"), "{answer}");
}

#[actix_web::test]
async fn a_photograph_that_a_member_sends_to_a_story_with_an_hour_waits_for_an_editor() {
    let server = Server::with(|config| config.avif_threads = 0);
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(88, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let anna = server.person("anna", Role::Photographer);
    let member = format!("/api/v1/manage/stories/{story}/members/{}", anna.account.id);
    editor.put(&member).await.is(204);
    let tag = editor.draft(&story).await.header("etag");
    let moment = json!({"at": "2024-02-01T09:00", "zone": "Europe/Amsterdam"});
    let schedule = format!("/api/v1/manage/stories/{story}/schedule");
    editor
        .if_match(&tag)
        .send(Method::PUT, &schedule, Some(&moment))
        .await
        .is(200);
    let anna = server.session(&anna);
    let file = captioned(89, "Van Anna.");
    anna.upload_to(Some(&story), &[("b.jpg", &file)]).await.is(201);
    let file = captioned(90, "Van Anna.");
    let path = begun(&anna, UPLOADS, &file, Some(&story)).await;
    let piece = anna
        .clone()
        .always("Tus-Resumable", "1.0.0")
        .always("Upload-Offset", "0")
        .always("Content-Type", "application/offset+octet-stream");
    piece.bytes(Method::PATCH, &path, file).await.is(204);
    let draft = editor.draft(&story).await.data();
    let (shown, tray) = (
        draft["blocks"].as_array().unwrap(),
        draft["tray"].as_array().unwrap(),
    );
    assert_eq!((shown.len(), tray.len()), (1, 2), "{draft}");
}

#[actix_web::test]
async fn endless_lists_are_refused_in_a_few_words_and_at_once() {
    let server = Server::start();
    let editor = server.editor();
    let many: Vec<String> = (0..60_000).map(|number| format!("woord{number}")).collect();
    let told = async |body: serde_json::Value| {
        let refused = editor.post("/api/v1/manage/stories", &body).await.is(422);
        assert!(refused.body.len() < 100_000, "{} bytes", refused.body.len());
        refused.text()
    };
    let story = |tags: serde_json::Value| json!({"title": "Een veld", "language": "nl", "tags": tags});
    assert!(told(story(json!(many))).await.contains("at most 100 tags"));
    told(story(json!(vec![""; 200_000]))).await;
    let blocks = vec![json!({"type": "text", "markdown": ""}); 50_000];
    told(json!({"title": "Een veld", "language": "nl", "blocks": blocks})).await;
}

#[actix_web::test]
async fn of_large_forms_of_one_person_few_are_in_hand_at_once() {
    let server = Server::start();
    let anna = server.session(&server.person("anna", Role::Photographer));
    let cookie = anna.cookie();
    let address = server.running.address;
    let body = format!("codes={}", "\"".repeat(400_000));
    let head = format!(
        "POST /desk/stories/sto_{}/codes HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        "0".repeat(32),
        body.len()
    );
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        // All but the last byte: each holds its place.
        stream
            .write_all(&body.as_bytes()[..body.len() - 1])
            .await
            .unwrap();
        waiting.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let third = anna
        .form("/desk/stories/sto_0/codes", &[("codes", &"x".repeat(400_000))])
        .await;
    assert_eq!(third.status, 503, "{}", third.text());
    let other = server.session(&server.person("bram", Role::Photographer));
    let theirs = other
        .form("/desk/stories/sto_0/codes", &[("codes", &"x".repeat(400_000))])
        .await;
    assert_eq!(theirs.status, 404, "{}", theirs.text());
    drop(waiting);
}
