//! What was committed is told, however the program ends in between.

use reportage::account::Role;
use reportage::clock::MINUTE;
use reportage::db::Db;
use reportage::story::publish;
use reqwest::Method;
use serde_json::json;

use super::receiver::{Receiver, Reply};
use super::{ALL, deliveries, hook, manager};
use crate::command_line::run::{Served, add_user, run};
use crate::harness::{Client, Server, captioned};

#[actix_web::test]
async fn what_another_process_publishes_while_no_server_runs_is_told_by_the_next() {
    let server = super::server();
    let receiver = Receiver::start().await;
    let (path, _) = hook(&manager(&server), &receiver, &ALL[..3]).await;
    let admin = server.person("anna", Role::Admin);
    let editor = server.session(&admin);
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let version = i32::try_from(editor.draft(&story).await.data()["version"].as_i64().unwrap()).unwrap();
    let (now, store) = (server.clock.now(), server.running.app.store.clone());
    let data = server.stop().await;
    {
        let db = Db::open(&data.path().join("reportage.db")).unwrap();
        let id = story.parse().unwrap();
        publish::publish(&db, &store, &admin.actor(), &id, version, now)
            .await
            .unwrap();
    }
    receiver.stays_at(0).await;
    let next = Server::on_at(data, now + MINUTE, |config| config.webhooks_allow_private = true);
    let message = receiver.after(1).await.remove(0);
    assert_eq!(message.kind(), "story.published");
    assert_eq!(
        message.json()["timestamp"],
        "2024-01-19T10:00:00Z",
        "when it happened"
    );
    let log = deliveries(&next.session(&admin), &path).await;
    assert_eq!(log.len(), 1);
}

fn serve(data: &str) -> Served {
    let listen = ["serve", "--data", data, "--listen", "127.0.0.1:0"];
    Served::start_with(
        &[
            listen.as_slice(),
            &["--min-free-mb", "0", "--webhooks-allow-private"],
        ]
        .concat(),
    )
}

#[actix_web::test]
async fn what_was_on_its_way_when_the_server_was_killed_is_sent_again_under_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    add_user(folder.path(), "anna@example.org", "admin").ok();
    let add = ["token", "add", "--data", data, "--user", "anna@example.org"];
    let secret = run(&[add.as_slice(), &["--name", "t", "--scope", "all"]].concat())
        .ok()
        .out;
    let client = |served: &Served| {
        Client::new(&served.base).always("Authorization", &format!("Bearer {}", secret.trim()))
    };
    let receiver = Receiver::start().await;
    receiver.answers(Reply::Silence);
    let served = serve(data);
    let manager = client(&served);
    let body = json!({"url": receiver.url(), "events": ALL});
    let made = manager.post("/api/v1/manage/webhooks", &body).await.is(201);
    let path = made.header("location");
    let ping = manager
        .send(Method::POST, &format!("{path}/ping"), None)
        .await
        .is(202)
        .data();
    receiver.after(1).await;
    // It has come, and the receiver has not answered yet.
    drop(served);
    let served = serve(data);
    let messages = receiver.after(2).await;
    assert_eq!(messages[0].id(), messages[1].id());
    assert_eq!(messages[0].id(), ping["event"]["id"].as_str().unwrap());
    let newest = super::after_attempts(&client(&served), &path, 1).await;
    assert_eq!(newest["state"], "delivered");
}
