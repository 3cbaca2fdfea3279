//! The real program, killed in the middle of ten uploads and started again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reportage::text::hex;
use reqwest::Method;
use sha2::{Digest, Sha256};

use super::{at, begun, head, large};
use crate::command_line::run::{Served, add_token, add_user};
use crate::harness::Client;

const FILES: u32 = 10;
const FILE_BYTES: usize = 20_000_000;
const PIECE_BYTES: usize = 8 * 1024 * 1024;

/// One file on its way, as its sender knows it.
struct Sending {
    bytes: Vec<u8>,
    upload: String,
    sent: AtomicU64,
    acknowledged: AtomicU64,
}

impl Sending {
    /// Sends on from where the server says, until the photo is there or the line breaks.
    async fn go_on(&self, client: &Client) -> Option<String> {
        let stands = head(client, &self.upload).await;
        let mut offset: usize = stands.is(200).header("upload-offset").parse().unwrap();
        loop {
            let piece = &self.bytes[offset..self.bytes.len().min(offset + PIECE_BYTES)];
            self.sent.fetch_add(piece.len() as u64, Ordering::SeqCst);
            let answer = at(client, offset)
                .try_bytes(Method::PATCH, &self.upload, piece.to_vec())
                .await
                .ok()?
                .is(204);
            offset = answer.header("upload-offset").parse().unwrap();
            self.acknowledged.store(offset as u64, Ordering::SeqCst);
            if answer.header("reportage-state") == "taken" {
                return Some(answer.header("reportage-photo"));
            }
        }
    }
}

fn client(served: &Served, secret: &str) -> Client {
    Client::new(&served.base).always("Authorization", &format!("Bearer {secret}"))
}

#[actix_web::test]
async fn a_server_killed_in_the_middle_of_ten_uploads_loses_nothing_and_asks_for_at_most_one_piece_each_again()
 {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let start = || {
        Served::start_with(&[
            "serve",
            "--data",
            data,
            "--listen",
            "127.0.0.1:0",
            "--avif-threads",
            "0",
            "--min-free-mb",
            "0",
        ])
    };
    let served = start();
    add_user(folder.path(), "anna@example.org", "editor").ok();
    let secret = add_token(folder.path(), "anna@example.org");
    let first = client(&served, &secret);
    let mut files = Vec::new();
    for seed in 0..FILES {
        let bytes = large(seed, FILE_BYTES);
        let upload = begun(&first, bytes.len(), &format!("{seed}.jpg")).await;
        files.push(Sending {
            bytes,
            upload,
            sent: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
        });
    }
    let total = |of: fn(&Sending) -> &AtomicU64| -> u64 {
        files.iter().map(|it| of(it).load(Ordering::SeqCst)).sum()
    };
    let half = u64::from(FILES) * FILE_BYTES as u64 / 2;
    let kill = async {
        while total(|it| &it.acknowledged) < half {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // Dropping it kills it.
        drop(served);
    };
    let sending = futures_util::future::join_all(files.iter().map(|it| it.go_on(&first)));
    let (early, ()) = futures_util::join!(sending, kill);
    assert!(
        early.iter().any(Option::is_none),
        "the server was killed before all had arrived"
    );

    let served = start();
    let second = client(&served, &secret);
    for file in &files {
        let stands: u64 = head(&second, &file.upload)
            .await
            .is(200)
            .header("upload-offset")
            .parse()
            .unwrap();
        assert!(
            stands >= file.acknowledged.load(Ordering::SeqCst),
            "what was acknowledged is there"
        );
    }
    let photos = futures_util::future::join_all(files.iter().map(|it| it.go_on(&second))).await;
    for (file, photo) in files.iter().zip(photos) {
        let again = file.sent.load(Ordering::SeqCst) - FILE_BYTES as u64;
        assert!(again <= PIECE_BYTES as u64, "{again} bytes were sent twice");
        let original = second
            .get(&format!("{}/original", photo.unwrap()))
            .await
            .is(200)
            .body;
        assert_eq!(hex(&Sha256::digest(&original)), hex(&Sha256::digest(&file.bytes)));
    }
    let listed = second.get("/api/v1/manage/photos").await.data();
    assert_eq!(listed.as_array().unwrap().len(), FILES as usize);
    let partial = folder.path().join("uploads/partial");
    assert_eq!(std::fs::read_dir(partial).unwrap().count(), 0);
}

#[actix_web::test]
async fn an_upload_that_had_arrived_whole_is_taken_in_at_the_next_start() {
    let first = crate::harness::Server::start();
    let person = first.person("anna", reportage::account::Role::Editor);
    let editor = first.session(&person);
    let bytes = large(1, 100_000);
    let upload = begun(&editor, bytes.len(), "a.jpg").await;
    super::send(&editor, &upload, 0, &bytes[..60_000]).await.is(204);
    let id = upload.rsplit('/').next().unwrap().to_owned();
    let data = first.stop().await;
    // As a server leaves it that is killed after the last byte was recorded and before it was a photo.
    std::fs::write(data.path().join("uploads/partial").join(&id), &bytes).unwrap();
    let path = data.path().join("reportage.db");
    {
        use diesel::connection::{Connection, SimpleConnection};
        let mut conn = reportage::db::Conn::establish(path.to_str().unwrap()).unwrap();
        conn.batch_execute("UPDATE uploads SET offset_bytes = length_bytes")
            .unwrap();
    }
    let second = crate::harness::Server::on(data, |_| {});
    let editor = second.session(&person);
    let photo = crate::harness::server::eventually("the photo", async || {
        let photo = head(&editor, &upload).await.is(200).header("reportage-photo");
        (!photo.is_empty()).then_some(photo)
    })
    .await;
    let original = editor.get(&format!("{photo}/original")).await.is(200).body;
    assert_eq!(original, bytes);
}
