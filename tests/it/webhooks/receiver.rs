//! A receiver of webhooks on this machine: takes what comes, answers as it is told, and checks signatures by itself.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::server::eventually;

/// Something that came.
#[derive(Debug, Clone)]
pub struct Message {
    /// Method and target.
    pub head: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Message {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    pub fn signatures(&self) -> Vec<&str> {
        self.headers["webhook-signature"].split(' ').collect()
    }

    /// Whether one of the signatures is that of a secret; written anew from the specification.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        let timestamp = &self.headers["webhook-timestamp"];
        mac.update(format!("{}.{timestamp}.{}", self.id(), self.body).as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.signatures().contains(&expected.as_str())
    }
}

/// How to answer.
#[derive(Debug, Clone)]
pub enum Reply {
    /// With these bytes.
    Bytes(Vec<u8>),
    /// With these bytes, and the line stays open.
    Unfinished(Vec<u8>),
    /// Not at all; the line stays open.
    Silence,
}

/// An answer with a status and further header lines.
pub fn reply(status: u16, headers: &str) -> Reply {
    let body = "zo gezegd";
    Reply::Bytes(
        format!(
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            body.len()
        )
        .into_bytes(),
    )
}

#[derive(Default)]
struct State {
    messages: Vec<Message>,
    /// What to answer next; 204 when there is nothing.
    replies: VecDeque<Reply>,
}

/// The receiver; it ends with the test.
pub struct Receiver {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        actix_web::rt::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                actix_web::rt::spawn(async move { take(stream, &state).await });
            }
        });
        Self { address, state }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks?a=b", self.address)
    }

    /// Answers so next, after what it was told before.
    pub fn answers(&self, reply: Reply) {
        self.state.lock().unwrap().replies.push_back(reply);
    }

    pub fn messages(&self) -> Vec<Message> {
        self.state.lock().unwrap().messages.clone()
    }

    /// Waits until there are so many messages.
    pub async fn after(&self, count: usize) -> Vec<Message> {
        let messages = eventually(&format!("message {count}"), async || {
            let messages = self.messages();
            (messages.len() >= count).then_some(messages)
        })
        .await;
        assert_eq!(messages.len(), count, "{messages:#?}");
        messages
    }

    /// Fails if there are other than so many messages after two looks of the courier.
    pub async fn stays_at(&self, count: usize) {
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        let messages = self.messages();
        assert_eq!(messages.len(), count, "{messages:#?}");
    }
}

async fn take(mut stream: TcpStream, state: &Mutex<State>) {
    let mut bytes = Vec::new();
    let Some(message) = read(&mut stream, &mut bytes).await else {
        return;
    };
    let reply = {
        let mut state = state.lock().unwrap();
        state.messages.push(message);
        state.replies.pop_front().unwrap_or_else(|| reply(204, ""))
    };
    match reply {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
        }
        Reply::Unfinished(bytes) => {
            let _ = stream.write_all(&bytes).await;
            tokio::time::sleep(Duration::from_mins(1)).await;
        }
        Reply::Silence => tokio::time::sleep(Duration::from_mins(1)).await,
    }
}

async fn read(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<Message> {
    loop {
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let mut lines = head.lines();
        let first = lines.next()?.to_owned();
        let headers: BTreeMap<String, String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length: usize = headers.get("content-length")?.parse().ok()?;
        if body.len() >= length {
            return Some(Message {
                head: first,
                headers,
                body: body.to_owned(),
            });
        }
    }
}
