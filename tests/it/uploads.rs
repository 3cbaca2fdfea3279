//! Uploads that go on where they stopped: the protocol, the end of the line and of the server in the middle, the page, drop links.

mod browser;
mod drop_links;
mod pieces;
mod placing;
mod protocol;
mod survival;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;

use crate::harness::{Answer, Client, captioned};

/// Where a signed-in client uploads.
pub const UPLOADS: &str = "/api/v1/manage/uploads";

/// A client that speaks tus.
fn tus(client: &Client) -> Client {
    client.clone().always("Tus-Resumable", "1.0.0")
}

fn metadata(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)))
        .collect();
    pairs.join(",")
}

/// Begins an upload below `base`.
pub async fn begin(client: &Client, base: &str, length: usize, said: &[(&str, &str)]) -> Answer {
    tus(client)
        .always("Upload-Length", &length.to_string())
        .always("Upload-Metadata", &metadata(said))
        .bytes(Method::POST, base, Vec::new())
        .await
}

/// Begins an upload that must be taken, and gives its address.
pub async fn begun(client: &Client, length: usize, name: &str) -> String {
    begin(client, UPLOADS, length, &[("filename", name)])
        .await
        .is(201)
        .header("location")
}

/// A client that sends a piece from an offset.
fn at(client: &Client, offset: usize) -> Client {
    tus(client)
        .always("Upload-Offset", &offset.to_string())
        .always("Content-Type", "application/offset+octet-stream")
}

pub async fn send(client: &Client, upload: &str, offset: usize, piece: &[u8]) -> Answer {
    at(client, offset)
        .bytes(Method::PATCH, upload, piece.to_vec())
        .await
}

pub async fn head(client: &Client, upload: &str) -> Answer {
    tus(client).send(Method::HEAD, upload, None).await
}

/// Uploads a file whole, in one piece after the beginning.
pub(super) async fn upload(
    client: &Client,
    base: &str,
    name: &str,
    bytes: &[u8],
    said: &[(&str, &str)],
) -> Answer {
    let said = [&[("filename", name)], said].concat();
    let address = begin(client, base, bytes.len(), &said)
        .await
        .is(201)
        .header("location");
    send(client, &address, 0, bytes).await
}

/// A photograph of about so many bytes: behind its end lies noise, as some cameras leave it.
pub fn large(seed: u32, size: usize) -> Vec<u8> {
    let mut bytes = captioned(seed, "Een veld.");
    let mut state = u64::from(seed) + 1;
    while bytes.len() < size {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}
