//! `Idempotency-Key`: what is sent twice is done once.

use std::time::Duration;

use reportage::account::Role;
use reportage::account::token::{self, Scope};
use reportage::clock::{DAY, HOUR};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::server::eventually;
use crate::harness::{Client, NOW, Server, captioned};

const STORIES: &str = "/api/v1/manage/stories";

fn new_story(title: &str) -> Value {
    json!({"title": title, "language": "nl"})
}

fn under(client: &Client, key: &str) -> Client {
    client.clone().always("Idempotency-Key", key)
}

async fn count(client: &Client) -> usize {
    client.get(STORIES).await.is(200).data().as_array().unwrap().len()
}

#[actix_web::test]
async fn the_same_request_under_the_same_key_is_carried_out_once_and_answered_alike() {
    let server = Server::start();
    let editor = server.editor();
    let keyed = under(&editor, "6a1f4e1c-0f0e-4e57-9d21-000000000001");
    let first = keyed.post(STORIES, &new_story("Een veld")).await.is(201);
    let again = keyed.post(STORIES, &new_story("Een veld")).await.is(201);
    assert_eq!(first.body, again.body);
    for name in ["location", "etag", "content-type", "cache-control"] {
        assert_eq!(first.header(name), again.header(name), "{name}");
    }
    assert_eq!(
        (
            first.header("idempotency-replayed"),
            again.header("idempotency-replayed")
        ),
        (String::new(), "true".to_owned())
    );
    assert_eq!(count(&editor).await, 1);
    // However the address is written.
    let encoded = keyed
        .post("/api/v1/%6danage/stories", &new_story("Een veld"))
        .await
        .is(201);
    assert_eq!(encoded.header("idempotency-replayed"), "true");
    assert_eq!(count(&editor).await, 1);
    let nothing = server.visitor().get("/%61pi/v1/stories/nergens").await.is(404);
    assert_eq!(nothing.header("content-type"), "application/problem+json");
    // Another body, or another address, is another request.
    for (path, body) in [
        (STORIES.to_owned(), new_story("Een dijk")),
        (format!("{STORIES}?x=1"), new_story("Een veld")),
        (
            format!("{}/undo", first.header("location")),
            new_story("Een veld"),
        ),
    ] {
        keyed
            .post(&path, &body)
            .await
            .fails(422, "idempotency_key_reused");
    }
    // Another key, or none, is a request of its own.
    under(&editor, "k2")
        .post(STORIES, &new_story("Een veld"))
        .await
        .is(201);
    editor.post(STORIES, &new_story("Een veld")).await.is(201);
    assert_eq!(count(&editor).await, 3);
    // After a day the key is free again.
    server.clock.advance(DAY - HOUR);
    let editor = server.session(&server.person("anna", Role::Editor));
    let keyed = under(&editor, "k3");
    keyed.post(STORIES, &new_story("Een veld")).await.is(201);
    server.clock.advance(HOUR);
    keyed.post(STORIES, &new_story("Een veld")).await.is(201);
    assert_eq!(count(&editor).await, 4);
    server.clock.advance(DAY);
    let editor = server.session(&server.person("bea", Role::Editor));
    under(&editor, "k3")
        .post(STORIES, &new_story("Een veld"))
        .await
        .is(201);
    assert_eq!(count(&editor).await, 5);
}

#[actix_web::test]
async fn a_request_that_failed_has_done_nothing_and_its_key_is_free() {
    let server = Server::start();
    let editor = server.editor();
    let keyed = under(&editor, "k");
    keyed
        .post(STORIES, &json!({"language": "nl"}))
        .await
        .fails(422, "invalid");
    let story = keyed
        .post(STORIES, &new_story("Een veld"))
        .await
        .is(201)
        .header("location");
    let keyed = under(&editor, "publish");
    let publication = format!("{story}/publication");
    keyed
        .send(Method::POST, &publication, None)
        .await
        .fails(428, "precondition_required");
    let undo = format!("{story}/undo");
    keyed.send(Method::POST, &undo, None).await.is(200);
    assert_eq!(
        keyed
            .send(Method::POST, &undo, None)
            .await
            .is(200)
            .header("idempotency-replayed"),
        "true"
    );
    let long = "k".repeat(256);
    for bad in ["", long.as_str()] {
        under(&editor, bad)
            .post(STORIES, &new_story("X"))
            .await
            .fails(400, "bad_idempotency_key");
    }
    assert_eq!(count(&editor).await, 1);
}

#[actix_web::test]
async fn a_key_is_a_persons_own_and_gives_nobody_more_than_their_token_opens() {
    let server = Server::start();
    let anna = server.person("anna", Role::Editor);
    let (session, bea) = (
        under(&server.session(&anna), "k"),
        under(&server.session(&server.person("bea", Role::Editor)), "k"),
    );
    session.post(STORIES, &new_story("Van Anna")).await.is(201);
    let beas = bea.post(STORIES, &new_story("Van Anna")).await.is(201);
    assert_eq!(beas.header("idempotency-replayed"), "");
    let less = under(&server.token(&anna, &[Scope::PhotosWrite]), "k");
    less.post(STORIES, &new_story("Van Anna"))
        .await
        .fails(403, "missing_scope");
    let nobody = under(&server.visitor(), "k");
    nobody
        .post(STORIES, &new_story("Van Anna"))
        .await
        .fails(401, "unauthorized");
    let elsewhere = session.clone().always("Sec-Fetch-Site", "cross-site");
    elsewhere
        .post(STORIES, &new_story("Van Anna"))
        .await
        .fails(403, "csrf");
}

#[actix_web::test]
async fn whoever_has_lost_rights_is_not_answered_as_before() {
    use diesel::prelude::*;
    use reportage::db::schema::accounts;
    let server = Server::start();
    let anna = server.person("anna", Role::Editor);
    let keyed = under(&server.session(&anna), "k");
    keyed.post(STORIES, &new_story("Een veld")).await.is(201);
    server
        .db()
        .write_now(|conn| {
            diesel::update(accounts::table.find(&anna.account.id))
                .set(accounts::role.eq(Role::Photographer.as_str()))
                .execute(conn)
        })
        .unwrap();
    let answer = keyed.post(STORIES, &new_story("Een veld")).await;
    assert_eq!(answer.header("idempotency-replayed"), "", "{}", answer.text());
}

#[actix_web::test]
async fn whoever_has_left_a_story_is_not_told_again_what_stood_in_it() {
    let server = Server::start();
    let (editor, anna) = (server.editor(), server.person("anna", Role::Photographer));
    let story = editor.story(&new_story("Een veld")).await;
    let member = format!("{STORIES}/{story}/members/{}", anna.account.id);
    editor.put(&member).await.is(204);
    let annas = server.session(&anna);
    let photo = annas.photo("veld.jpg", &captioned(1, "Een veld.")).await;
    let tag = annas.draft(&story).await.header("etag");
    let keyed = under(&annas.if_match(&tag), "k");
    let insert =
        json!({"operations": [{"op": "insert", "block": {"type": "photo", "frame": {"photo": photo}}}]});
    let operations = format!("{STORIES}/{story}/operations");
    let first = keyed.post(&operations, &insert).await.is(200);
    let again = keyed.post(&operations, &insert).await.is(200);
    assert_eq!(first.body, again.body);
    editor.delete(&member).await.is(204);
    // However its address is spelt.
    let spelt = operations.replace("/stories/", "/st%6Fries/");
    for address in [&operations, &spelt] {
        let gone = keyed.post(address, &insert).await.fails(404, "not_found");
        assert_eq!(gone.header("idempotency-replayed"), "");
    }
    // Once back, what was done is still done once.
    editor.put(&member).await.is(204);
    let back = keyed.post(&operations, &insert).await.is(200);
    assert_eq!(back.header("idempotency-replayed"), "true");
}

#[actix_web::test]
async fn an_answer_with_a_secret_in_it_is_not_kept() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let path = format!("{STORIES}/{story}/preview-links");
    let keyed = under(&editor, "k");
    let made = keyed.post(&path, &json!({})).await.is(201);
    let secret = made.data()["secret"].as_str().unwrap().to_owned();
    keyed.post(&path, &json!({})).await.fails(409, "already_done");
    assert_eq!(editor.get(&path).await.data().as_array().unwrap().len(), 1);
    let data = server.stop().await;
    for file in crate::harness::server::files_below(data.path()) {
        let bytes = std::fs::read(&file).unwrap();
        let found = bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes());
        assert!(!found, "{}", file.display());
    }
}

#[actix_web::test]
async fn photographs_sent_twice_are_answered_alike_whatever_the_boundary_between_them() {
    let server = Server::start();
    let editor = server.editor();
    let keyed = under(&editor, "k");
    let (one, two) = (captioned(1, "Een veld."), captioned(2, "Een dijk."));
    let files: [(&str, &[u8]); 2] = [("a.jpg", &one), ("b.jpg", &two)];
    let first = keyed.upload_to(None, &files).await.is(201);
    let again = keyed.upload_to(None, &files).await.is(201);
    assert_eq!(
        (first.body, "true".to_owned()),
        (again.body.clone(), again.header("idempotency-replayed"))
    );
    assert_eq!(again.data()[0]["created"], true);
    keyed
        .upload_to(None, &files[..1])
        .await
        .fails(422, "idempotency_key_reused");
}

/// The head of a request that makes a story, and its body.
fn by_hand(server: &Server, key: &str) -> (String, String) {
    let person = server.person("hand", Role::Editor);
    let secret = token::add(server.db(), &person.account.email, "t", &Scope::ALL, None, NOW).unwrap();
    let body = new_story("Met de hand").to_string();
    let head = format!(
        "POST {STORIES} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {secret}\r\nIdempotency-Key: {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        server.running.address,
        body.len()
    );
    (head, body)
}

#[actix_web::test]
async fn while_one_is_under_way_another_under_its_key_is_asked_to_wait() {
    let server = Server::start();
    let (head, body) = by_hand(&server, "k");
    let mut line = TcpStream::connect(server.running.address).await.unwrap();
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(&body.as_bytes()[..5]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let second =
        crate::harness::client::raw(server.running.address, format!("{head}{body}").as_bytes()).await;
    assert!(
        second.starts_with("HTTP/1.1 409 ") && second.contains("in_flight"),
        "{second}"
    );
    line.write_all(&body.as_bytes()[5..]).await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    let third = crate::harness::client::raw(server.running.address, format!("{head}{body}").as_bytes()).await;
    assert!(
        third.starts_with("HTTP/1.1 201 ") && third.contains("idempotency-replayed: true"),
        "{third}"
    );
}

#[actix_web::test]
async fn a_request_whose_line_breaks_before_the_answer_is_carried_out_once() {
    let server = Server::start();
    let (head, body) = by_hand(&server, "k");
    let whole = format!("{head}{body}");
    for _ in 0..3 {
        let mut line = TcpStream::connect(server.running.address).await.unwrap();
        line.write_all(whole.as_bytes()).await.unwrap();
        drop(line);
    }
    let admin = server.session(&server.person("beheer", Role::Admin));
    eventually("the story", async || (count(&admin).await == 1).then_some(())).await;
    let answer = eventually("the answer", async || {
        let answer = crate::harness::client::raw(server.running.address, whole.as_bytes()).await;
        (!answer.contains("in_flight")).then_some(answer)
    })
    .await;
    assert!(answer.contains("idempotency-replayed: true"), "{answer}");
    assert_eq!(count(&admin).await, 1);
    // A body that breaks off is no request.
    let (head, body) = (head.replace("Idempotency-Key: k", "Idempotency-Key: half"), body);
    let mut line = TcpStream::connect(server.running.address).await.unwrap();
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(&body.as_bytes()[..5]).await.unwrap();
    drop(line);
    let answer = eventually("the key to be free", async || {
        let whole = format!("{head}{body}");
        let answer = crate::harness::client::raw(server.running.address, whole.as_bytes()).await;
        (!answer.contains("in_flight")).then_some(answer)
    })
    .await;
    assert!(
        answer.starts_with("HTTP/1.1 201 ") && !answer.contains("replayed"),
        "{answer}"
    );
}
