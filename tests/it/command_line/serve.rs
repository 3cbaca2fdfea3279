//! `reportage serve`: its first start, its lock, its end.

use std::net::TcpListener;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::run::{Served, add_token, add_user, run};
use crate::harness::{Client, captioned};

#[actix_web::test]
async fn the_first_start_prints_a_setup_link_and_a_later_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(&folder.path().join("nieuw"));
    let link = served
        .greeting
        .lines()
        .find(|line| line.contains("/desk/setup?token="))
        .unwrap()
        .trim();
    assert!(link.starts_with(&served.base), "{link}");
    assert!(link.rsplit('=').next().unwrap().len() >= 43, "256 bits: {link}");
    Client::new(&served.base).get("/health").await.is(200);
    served.terminate();
    let (code, rest) = served.ended();
    assert_eq!((code, rest.as_str()), (Some(0), "Reportage has stopped.\n"));
    add_user(&folder.path().join("nieuw"), "anna@example.org", "admin").ok();
    let again = Served::start(&folder.path().join("nieuw"));
    assert!(!again.greeting.contains("setup"), "{}", again.greeting);
}

#[actix_web::test]
async fn serving_is_what_the_program_does_without_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start_with(&[
        "--data",
        folder.path().to_str().unwrap(),
        "--listen",
        "127.0.0.1:0",
    ]);
    Client::new(&served.base).get("/").await.is(200);
}

#[test]
fn a_second_server_on_the_same_folder_is_refused_and_the_first_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let first = Served::start(folder.path());
    run(&["serve", "--data", data, "--listen", "127.0.0.1:0"])
        .fails("another server is using the data folder");
    first.terminate();
    assert_eq!(first.ended().0, Some(0));
    // A server that was killed leaves no lock behind.
    drop(Served::start(folder.path()));
    drop(Served::start(folder.path()));
}

#[test]
fn a_port_that_is_taken_is_said_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = run(&[
        "serve",
        "--data",
        folder.path().to_str().unwrap(),
        "--listen",
        &address,
    ]);
    said.fails("Choose another address with --listen");
}

#[actix_web::test]
async fn an_upload_under_way_finishes_when_the_server_is_told_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path());
    add_user(folder.path(), "anna@example.org", "editor").ok();
    let secret = add_token(folder.path(), "anna@example.org");
    let photo = captioned(1, "Een veld.");
    let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n";
    let tail = "\r\n--b--\r\n";
    let address = served.base.strip_prefix("http://").unwrap().to_owned();
    let request = format!(
        "POST /api/v1/manage/photos HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n{head}",
        secret,
        head.len() + photo.len() + tail.len()
    );
    let mut line = tokio::net::TcpStream::connect(&address).await.unwrap();
    line.write_all(request.as_bytes()).await.unwrap();
    line.write_all(&photo[..500]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    served.terminate();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let late = tokio::time::timeout(Duration::from_secs(1), tokio::net::TcpStream::connect(&address)).await;
    let refused = match late {
        Ok(Ok(mut late)) => {
            // The system may take the connection; the server must not answer on it.
            let _ = late
                .write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .await;
            let mut answer = [0; 16];
            let read = tokio::time::timeout(Duration::from_millis(500), late.read(&mut answer)).await;
            !matches!(read, Ok(Ok(bytes)) if bytes > 0)
        }
        _ => true,
    };
    assert!(refused, "a new connection was answered");
    line.write_all(&photo[500..]).await.unwrap();
    line.write_all(tail.as_bytes()).await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert_eq!(served.ended().0, Some(0));
}

#[actix_web::test]
async fn the_printed_document_is_the_served_one() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path());
    let printed: serde_json::Value = serde_json::from_str(&run(&["openapi"]).ok().out).unwrap();
    assert_eq!(
        printed,
        Client::new(&served.base)
            .get("/api/openapi.json")
            .await
            .is(200)
            .json()
    );
}

#[test]
fn a_server_for_e_mail_that_cannot_be_used_is_refused_without_showing_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    for (server, hint) in [
        ("smpt://desk:Geheim-7@mail.example.org", "smtp:// or smtps://"),
        ("smtp://desk:Geheim-7#8@mail.example.org", "%23"),
        ("smtp://desk:Geheim-7@mail.example.org", "in clear"),
    ] {
        let listen = ["serve", "--data", data, "--listen", "127.0.0.1:0"];
        let mail = ["--smtp", server, "--mail-from", "desk@example.org"];
        let said = run(&[listen.as_slice(), &mail].concat()).fails(hint);
        assert!(!format!("{said:?}").contains("Geheim"), "{said:?}");
    }
    run(&["serve", "--data", data, "--smtp", "smtp://127.0.0.1"]).fails("--mail-from");
}
