//! A request that comes in two parts, with something done in between.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Server;

/// Bytes of a body that come late.
const LATE_BYTES: usize = 16;

/// Sends a request whose last bytes come after `meanwhile` is done; gives its answer. `head` is the request's line and those headers of it, each with its
/// line's end, that say neither its host nor its length.
pub async fn sent_in_two(server: &Server, head: &str, body: &[u8], meanwhile: impl AsyncFnOnce()) -> String {
    let address = server.running.address;
    let head = format!(
        "{head}Host: {address}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let (first, rest) = body.split_at(body.len() - LATE_BYTES);
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(first).await.unwrap();
    // Long enough for the server to have looked who asks.
    tokio::time::sleep(Duration::from_millis(500)).await;
    meanwhile().await;
    stream.write_all(rest).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
