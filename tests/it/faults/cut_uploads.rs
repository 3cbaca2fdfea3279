//! A thousand uploads that are cut off somewhere.

use futures_util::StreamExt;
use futures_util::stream;
use reportage::text::hex;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::Rig;
use crate::harness::Client;
use crate::harness::server::{eventually, files_below};
use crate::uploads::{begun, head, large, send};

const CUT: usize = 1_000;
const BYTES: usize = 200_000;
const PART: &str = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n";

/// Somewhere in an upload, another place for each number.
fn somewhere(number: usize) -> usize {
    number * 7_919 % BYTES
}

/// Sends the beginning of a request and hangs up, every other time without a farewell.
async fn cut(address: &str, head: &str, body: &[u8], abruptly: bool) {
    let mut line = TcpStream::connect(address).await.unwrap();
    // The server may have given up first.
    let _ = line.write_all(head.as_bytes()).await;
    let _ = line.write_all(body).await;
    if abruptly {
        let _ = line.set_zero_linger();
    }
}

#[actix_web::test]
async fn a_thousand_uploads_that_are_cut_off_leave_nothing_but_what_can_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::new(folder.path()).await;
    let client = rig.client();
    let address = rig.served.base.strip_prefix("http://").unwrap().to_owned();
    let start = |method: &str, path: &str, more: &str| {
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n{more}\r\n\r\n",
            rig.kept.secret
        )
    };
    let photo = large(7, BYTES);
    let form = [PART.as_bytes(), &photo, b"\r\n--b--\r\n"].concat();
    let (files, memory) = (rig.descriptors(), rig.memory());
    let cutting = (0..CUT).map(async |number| {
        let at = somewhere(number);
        if number % 4 == 0 {
            let upload = begun(&client, BYTES, "a.jpg").await;
            let path = upload
                .strip_prefix(&rig.served.base)
                .unwrap_or(&upload)
                .to_owned();
            let more = format!(
                "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {BYTES}"
            );
            let head = start("PATCH", &path, &more);
            cut(&address, &head, &photo[..at], number % 8 == 0).await;
            Some(upload)
        } else {
            let length = form.len();
            let more =
                format!("Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}");
            let head = start("POST", "/api/v1/manage/photos", &more);
            cut(&address, &head, &form[..at], number % 2 == 0).await;
            None
        }
    });
    let begun: Vec<Option<String>> = stream::iter(cutting).buffer_unordered(8).collect().await;
    let begun: Vec<String> = begun.into_iter().flatten().collect();

    let incoming = folder.path().join("uploads/incoming");
    eventually("what was cut off to be gone", async || {
        files_below(&incoming).is_empty().then_some(())
    })
    .await;
    eventually("the lines to be closed", async || {
        (rig.descriptors() <= files + 20).then_some(())
    })
    .await;
    let grown = rig.memory().saturating_sub(memory);
    eprintln!("{CUT} cut uploads: {grown} kB of memory more than before");
    assert!(grown < 64 * 1024, "{grown} kB of memory were not given back");
    assert_eq!(files_below(&folder.path().join("uploads/originals")).len(), 1);
    rig.is_read().await;
    goes_on(rig, &client, &begun, &photo).await;
}

/// What came of an upload in pieces counts, and the rest is sent on from there.
async fn goes_on(mut rig: Rig, client: &Client, begun: &[String], photo: &[u8]) {
    for upload in begun.iter().take(5) {
        let answer = eventually("the upload to go on", async || {
            let stands = head(client, upload).await.is(200);
            let offset: usize = stands.header("upload-offset").parse().unwrap();
            // Until the server has noticed that the line is cut, it is still at it.
            let answer = send(client, upload, offset, &photo[offset..]).await;
            assert!(matches!(answer.status, 204 | 409 | 423), "{}", answer.text());
            (answer.status == 204).then_some(answer)
        })
        .await;
        let id = answer.header("reportage-photo");
        let id = id.rsplit('/').next().unwrap().to_owned();
        let original = client
            .get(&format!("/api/v1/manage/photos/{id}/original"))
            .await
            .is(200)
            .body;
        assert_eq!(original, photo);
        rig.kept.photos.insert(hex(&Sha256::digest(photo)), id);
    }
    rig.cut_power().still_there().await;
}
