//! A client of the server, and answers that say what they are when they are not what was expected.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::server::eventually;

/// Somebody who asks, always with the same headers.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    headers: HeaderMap,
}

impl Client {
    pub fn new(base: &str) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_mins(2))
            .build()
            .unwrap();
        Self {
            http,
            base: base.to_owned(),
            headers: HeaderMap::new(),
        }
    }

    /// The same client with a header on all its requests.
    pub fn always(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// The same client without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// The cookie that it sends.
    pub fn cookie(&self) -> &str {
        self.headers.get("cookie").unwrap().to_str().unwrap()
    }

    /// The same client of another server.
    pub fn at(&self, base: &str) -> Self {
        Self {
            base: base.to_owned(),
            ..self.clone()
        }
    }

    /// The same client asking for the version it read.
    pub fn if_match(&self, etag: &str) -> Self {
        self.clone().always("If-Match", etag)
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self
            .http
            .request(method, self.address(path))
            .headers(self.headers.clone());
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    /// Sends a form as a browser without scripts does.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .http
            .post(self.address(path))
            .headers(self.headers.clone())
            .form(fields);
        Answer::of(request.send().await.unwrap()).await
    }

    /// Sends a form with files as a browser without scripts does.
    pub async fn file_form(&self, path: &str, files: &[(&str, &[u8])]) -> Answer {
        let mut form = Form::new();
        for (name, bytes) in files {
            form = form.part("file", Part::bytes(bytes.to_vec()).file_name((*name).to_owned()));
        }
        let request = self
            .http
            .post(self.address(path))
            .headers(self.headers.clone())
            .multipart(form);
        Answer::of(request.send().await.unwrap()).await
    }

    /// Sends bytes as they are; an error is a line that broke.
    pub async fn try_bytes(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Answer, reqwest::Error> {
        let request = self
            .http
            .request(method, self.address(path))
            .headers(self.headers.clone())
            .body(body);
        let response = request.send().await?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await?.to_vec(),
        })
    }

    /// Sends bytes as they are.
    pub async fn bytes(&self, method: Method, path: &str, body: Vec<u8>) -> Answer {
        self.try_bytes(method, path, body).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub async fn put(&self, path: &str) -> Answer {
        self.send(Method::PUT, path, None).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Uploads files in one request, and perhaps the story they go to.
    pub async fn upload_to(&self, story: Option<&str>, files: &[(&str, &[u8])]) -> Answer {
        let story = story.map(|story| ("story", story));
        self.upload_with("/api/v1/manage/photos", story.as_slice(), files)
            .await
    }

    /// Uploads files at a door in one request, behind parts that are no files.
    pub async fn upload_with(&self, path: &str, parts: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
        let mut form = Form::new();
        for (name, text) in parts {
            form = form.text((*name).to_owned(), (*text).to_owned());
        }
        for (name, bytes) in files {
            form = form.part("file", Part::bytes(bytes.to_vec()).file_name((*name).to_owned()));
        }
        let request = self
            .http
            .post(self.address(path))
            .headers(self.headers.clone())
            .multipart(form);
        Answer::of(request.send().await.unwrap()).await
    }

    pub async fn upload(&self, name: &str, bytes: &[u8]) -> Answer {
        self.upload_to(None, &[(name, bytes)]).await
    }

    /// Uploads one file under a name that is written into the header as it is.
    pub async fn upload_named(&self, name: &str, bytes: &[u8]) -> Answer {
        let head = format!("--b\r\nContent-Disposition: form-data; name=\"file\"; {name}\r\n\r\n");
        let body = [head.as_bytes(), bytes, b"\r\n--b--\r\n"].concat();
        let request = self
            .http
            .post(self.address("/api/v1/manage/photos"))
            .headers(self.headers.clone())
            .header("Content-Type", "multipart/form-data; boundary=b")
            .body(body);
        Answer::of(request.send().await.unwrap()).await
    }

    /// Uploads a photograph that must arrive, and gives its id without waiting for its renditions.
    pub async fn photo_pending(&self, name: &str, bytes: &[u8]) -> String {
        let answer = self.upload(name, bytes).await.is(201);
        answer.json()["data"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Uploads a photograph and waits until it is ready.
    pub async fn photo(&self, name: &str, bytes: &[u8]) -> String {
        let id = self.photo_pending(name, bytes).await;
        let settled = self.settled(&id).await;
        assert_eq!(settled["state"], "ready", "{settled:#}");
        id
    }

    /// Waits until a photo is ready or failed.
    pub async fn settled(&self, id: &str) -> Value {
        eventually("a photo to be ready", async || {
            let photo = self
                .get(&format!("/api/v1/manage/photos/{id}"))
                .await
                .is(200)
                .data();
            (photo["state"] != "pending").then_some(photo)
        })
        .await
    }

    /// Makes a story and gives its id.
    pub async fn story(&self, body: &Value) -> String {
        let answer = self.post("/api/v1/manage/stories", body).await.is(201);
        answer.data()["id"].as_str().unwrap().to_owned()
    }

    /// Makes the smallest story that can be published, of one photo, and gives its id.
    pub async fn small_story(&self, title: &str, photo: &str) -> String {
        let block =
            json!({"type": "photo", "frame": {"photo": photo, "alt": "Een veld", "credit": "Foto: Anna"}});
        self.story(&json!({"title": title, "language": "nl", "blocks": [block]}))
            .await
    }

    /// The draft as it stands.
    pub async fn draft(&self, story: &str) -> Answer {
        self.get(&format!("/api/v1/manage/stories/{story}")).await.is(200)
    }

    /// Publishes the draft as it stands.
    pub async fn publish(&self, story: &str) -> Answer {
        let tag = self.draft(story).await.header("etag");
        self.if_match(&tag)
            .send(
                Method::POST,
                &format!("/api/v1/manage/stories/{story}/publication"),
                None,
            )
            .await
    }

    /// Carries out operations on the draft as it stands.
    pub async fn operate(&self, story: &str, operations: &Value) -> Answer {
        let tag = self.draft(story).await.header("etag");
        self.if_match(&tag)
            .post(
                &format!("/api/v1/manage/stories/{story}/operations"),
                &json!({"operations": operations}),
            )
            .await
    }

    fn address(&self, path: &str) -> String {
        if path.starts_with("http://") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        }
    }
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // A stream of events has no end: that it began is the answer.
        let is_stream = headers
            .get("content-type")
            .is_some_and(|kind| kind == "text/event-stream");
        let body = if is_stream {
            Vec::new()
        } else {
            response.bytes().await.unwrap().to_vec()
        };
        Self {
            status,
            headers,
            body,
        }
    }

    /// Itself, if it has this status; else the test fails with what it says.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "the answer was: {}", self.text());
        self
    }

    /// Itself, if it is a problem of this status and code.
    #[track_caller]
    pub fn fails(self, status: u16, code: &str) -> Self {
        let answer = self.is(status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["code"], code, "{}", answer.text());
        assert_eq!(answer.json()["status"], status);
        answer
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    #[track_caller]
    pub fn data(&self) -> Value {
        self.json()["data"].clone()
    }

    /// The pointers of a 422's errors, sorted.
    #[track_caller]
    pub fn pointers(&self) -> Vec<String> {
        let mut pointers: Vec<String> = self.json()["errors"]
            .as_array()
            .unwrap_or_else(|| panic!("no errors in {}", self.text()))
            .iter()
            .map(|error| error["pointer"].as_str().unwrap().to_owned())
            .collect();
        pointers.sort();
        pointers
    }

    /// A header's value, empty if there is none.
    pub fn header(&self, name: &str) -> String {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default()
    }
}

/// Sends bytes as they are and reads what comes until the server closes: for requests no decent client makes.
pub async fn raw(address: std::net::SocketAddr, request: &[u8]) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    // The server may close before everything was sent; what it said until then counts.
    let _ = read.expect("the server neither answered nor closed");
    String::from_utf8_lossy(&answer).into_owned()
}

/// A bare `GET` of a path that a URL parser would tidy up.
pub async fn raw_get(address: std::net::SocketAddr, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    raw(address, request.as_bytes()).await
}
