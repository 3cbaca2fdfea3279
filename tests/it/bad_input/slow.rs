//! Clients that stand still.

use std::time::{Duration, Instant};

use reportage::account::Role;
use reportage::account::token::{self, Scope};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::harness::client::raw;
use crate::harness::{NOW, Server};

async fn stands_still(path: &str, kind: &str, beginning: &str) {
    let server = Server::with(|config| config.body_patience = Duration::from_millis(300));
    let person = server.person("anna", Role::Editor);
    let secret = token::add(server.db(), &person.account.email, "t", &Scope::ALL, None, NOW).unwrap();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {secret}\r\nContent-Type: {kind}\r\n\
         Content-Length: 5000\r\n\r\n{beginning}",
        server.running.address
    );
    let started = Instant::now();
    let answer = raw(server.running.address, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(
        answer.contains("too_slow") && answer.contains("application/problem+json"),
        "{answer}"
    );
    assert!(
        started.elapsed() < Duration::from_secs(8),
        "it was waited for too long"
    );
}

#[actix_web::test]
async fn an_upload_that_stands_still_is_closed_with_408() {
    let part = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n\u{1}\u{2}";
    stands_still("/api/v1/manage/photos", "multipart/form-data; boundary=b", part).await;
}

#[actix_web::test]
async fn a_json_body_that_stands_still_is_closed_with_408() {
    stands_still("/api/v1/manage/stories", "application/json", "{\"title\":").await;
}

#[cfg(target_os = "linux")]
#[actix_web::test]
async fn a_client_that_takes_nothing_of_its_answer_is_closed_and_one_that_reads_slowly_is_not() {
    let server = Server::with(|config| {
        config.answer_patience = Duration::from_secs(1);
        config.render_threads = 0;
    });
    let editor = server.editor();
    // Bytes that nothing makes smaller, more of them than the buffers on the way hold.
    let pixels: Vec<u8> = (0..3_000_000_u64)
        .flat_map(|at| at.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes()[..3].to_vec())
        .collect();
    let mut file = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_raw(2_000, 1_500, pixels)
        .unwrap()
        .write_to(&mut file, image::ImageFormat::Tiff)
        .unwrap();
    let photo = editor.photo_pending("groot.tif", file.get_ref()).await;
    let person = server.person("anna", Role::Editor);
    let secret = token::add(server.db(), &person.account.email, "t", &Scope::ALL, None, NOW).unwrap();
    let request = format!(
        "GET /api/v1/manage/photos/{photo}/original HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {secret}\r\n\r\n",
        server.running.address
    );
    let ask = async || {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        let mut stream = socket.connect(server.running.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    };
    let (mut deaf, mut slow) = (ask().await, ask().await);

    let (mut taken, mut piece) = (0, vec![0; 1024 * 1024]);
    let mut left = Duration::from_secs(4);
    let pause = Duration::from_millis(200);
    while let Some(rest) = left.checked_sub(pause) {
        left = rest;
        tokio::time::sleep(pause).await;
        taken += slow.read(&mut piece[..64 * 1024]).await.unwrap();
    }
    while taken < file.get_ref().len() {
        let read = slow.read(&mut piece).await.unwrap();
        assert!(read > 0, "whoever reads slowly gets all, not {taken} bytes");
        taken += read;
    }

    let mut taken = 0;
    let ended = loop {
        match deaf.read(&mut piece).await {
            Ok(0) => break "an end",
            Err(_) => break "an error",
            Ok(read) => taken += read,
        }
    };
    assert!(taken < file.get_ref().len() / 2, "{ended} after {taken} bytes");
}
