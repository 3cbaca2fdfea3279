//! Lines that break or stand still, and two requests at once.

use std::time::Duration;

use reportage::account::Role;
use reportage::account::token::{self, Scope};
use reportage::clock::DAY;
use reportage::text::hex;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{begun, head, large, send, tus};
use crate::harness::server::eventually;
use crate::harness::{Client, NOW, Server};

struct Scene {
    server: Server,
    client: Client,
    secret: String,
}

impl Scene {
    fn new(patience: Duration) -> Self {
        let server = Server::with(|config| config.body_patience = patience);
        let person = server.person("anna", Role::Editor);
        let secret = token::add(server.db(), &person.account.email, "t", &Scope::ALL, None, NOW).unwrap();
        let client = server
            .visitor()
            .always("Authorization", &format!("Bearer {secret}"));
        Self {
            server,
            client,
            secret,
        }
    }

    /// A line on which a piece of `length` bytes has begun and some of it was sent.
    async fn half_sent(&self, upload: &str, offset: usize, length: usize, some: &[u8]) -> TcpStream {
        let head = format!(
            "PATCH {upload} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
             Upload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {length}\r\n\r\n",
            self.server.running.address, self.secret
        );
        let mut line = TcpStream::connect(self.server.running.address).await.unwrap();
        line.write_all(head.as_bytes()).await.unwrap();
        line.write_all(some).await.unwrap();
        line
    }

    async fn stands_at(&self, upload: &str, offset: usize) {
        eventually(&format!("the upload to stand at {offset}"), async || {
            let stands = head(&self.client, upload).await.is(200);
            (stands.header("upload-offset") == offset.to_string()).then_some(())
        })
        .await;
    }
}

#[actix_web::test]
async fn a_line_that_breaks_in_the_middle_of_a_piece_loses_nothing_that_came() {
    let scene = Scene::new(Duration::from_secs(30));
    let bytes = large(1, 5_000_000);
    let upload = begun(&scene.client, bytes.len(), "a.jpg").await;
    let line = scene
        .half_sent(&upload, 0, bytes.len(), &bytes[..3_000_000])
        .await;
    // What the system still holds may be lost with the line; here it is waited for.
    let partial = scene.server.data.path().join("uploads/partial");
    eventually("the bytes on the disk", async || {
        let written: u64 = std::fs::read_dir(&partial)
            .unwrap()
            .map(|file| file.unwrap().metadata().unwrap().len())
            .sum();
        (written >= 2_500_000).then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    drop(line);
    scene.stands_at(&upload, 3_000_000).await;
    let last = send(&scene.client, &upload, 3_000_000, &bytes[3_000_000..])
        .await
        .is(204);
    let original = format!("{}/original", last.header("reportage-photo"));
    let stored = scene.client.get(&original).await.is(200).body;
    assert_eq!(hex(&Sha256::digest(&stored)), hex(&Sha256::digest(&bytes)));
}

#[actix_web::test]
async fn a_piece_that_stands_still_is_closed_with_408_and_kept_as_far_as_it_came() {
    let scene = Scene::new(Duration::from_millis(300));
    let upload = begun(&scene.client, 5_000, "a.jpg").await;
    let mut line = scene.half_sent(&upload, 0, 5_000, &[7; 1_000]).await;
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 408 ") && answer.contains("too_slow"),
        "{answer}"
    );
    scene.stands_at(&upload, 1_000).await;
}

#[actix_web::test]
async fn a_second_request_waits_its_turn() {
    let scene = Scene::new(Duration::from_secs(30));
    // Which of two comes first is the network's choice, so it is tried, each time with an upload of its own, until the first did.
    let (upload, line, locked) = eventually("the first to be at it", async || {
        let upload = begun(&scene.client, 5_000, "a.jpg").await;
        let line = scene.half_sent(&upload, 0, 5_000, &[7; 1_000]).await;
        let second = send(&scene.client, &upload, 0, &[]).await;
        (second.status == 423).then_some((upload, line, second))
    })
    .await;
    assert_eq!(locked.fails(423, "locked").header("retry-after"), "2");
    tus(&scene.client).delete(&upload).await.fails(423, "locked");
    head(&scene.client, &upload).await.is(200);
    drop(line);
    scene.stands_at(&upload, 1_000).await;
    send(&scene.client, &upload, 1_000, &[7; 10]).await.is(204);
}

#[actix_web::test]
async fn an_upload_whose_bytes_were_taken_away_is_forgotten() {
    let scene = Scene::new(Duration::from_secs(30));
    let upload = begun(&scene.client, 5_000, "a.jpg").await;
    send(&scene.client, &upload, 0, &[7; 1_000]).await.is(204);
    let partial = scene.server.data.path().join("uploads/partial");
    for file in std::fs::read_dir(&partial).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    send(&scene.client, &upload, 1_000, &[7; 1_000]).await.is(404);
    head(&scene.client, &upload).await.is(404);
}

#[actix_web::test]
async fn what_nobody_goes_on_with_is_swept_and_files_of_nobody_too() {
    let scene = Scene::new(Duration::from_secs(30));
    let old = begun(&scene.client, 5_000, "a.jpg").await;
    send(&scene.client, &old, 0, &[7; 1_000]).await.is(204);
    let partial = scene.server.data.path().join("uploads/partial");
    let count = || std::fs::read_dir(&partial).unwrap().count();
    std::fs::write(partial.join("upl_00000000000040008000000000000000"), "x").unwrap();
    scene.server.clock.advance(6 * DAY);
    let young = begun(&scene.client, 5_000, "b.jpg").await;
    send(&scene.client, &young, 0, &[7; 1_000]).await.is(204);
    eventually("the stray file to go", async || (count() == 2).then_some(())).await;
    scene.server.clock.advance(2 * DAY);
    eventually("the old upload to go", async || (count() == 1).then_some(())).await;
    head(&scene.client, &old).await.is(404);
    head(&scene.client, &young).await.is(200);
}
