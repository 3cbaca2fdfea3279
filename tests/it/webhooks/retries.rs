//! What does not arrive is tried again; what cannot arrive is given up, and said.

use std::time::Duration;

use reportage::clock::{DAY, HOUR, MINUTE, SECOND};
use reqwest::Method;

use super::receiver::{Receiver, Reply, reply};
use super::{ALL, after_attempts, after_trying, deliveries, hook, manager, ping, server};
use crate::harness::Server;
use crate::harness::server::eventually;

#[actix_web::test]
async fn what_fails_is_tried_again_under_the_same_id_with_patience_until_it_arrives() {
    let server = server();
    let manager = manager(&server);
    let receiver = Receiver::start().await;
    let (path, secret) = hook(&manager, &receiver, &ALL).await;
    receiver.answers(reply(500, ""));
    receiver.answers(reply(503, "Retry-After: 3600\r\n"));
    ping(&manager, &path).await;
    let newest = after_attempts(&manager, &path, 1).await;
    assert_eq!(newest["state"], "waiting");
    assert_eq!(newest["attempts"][0]["status"], 500);
    assert_eq!(newest["attempts"][0]["answer"], "zo gezegd");
    receiver.stays_at(1).await;
    server.clock.advance(6 * SECOND);
    after_attempts(&manager, &path, 2).await;
    // The receiver asked for an hour, which is more than the schedule's five minutes.
    server.clock.advance(50 * MINUTE);
    receiver.stays_at(2).await;
    server.clock.advance(11 * MINUTE);
    let newest = after_attempts(&manager, &path, 3).await;
    assert_eq!(newest["state"], "delivered");
    assert_eq!(newest["due_at"], serde_json::Value::Null);
    assert_eq!(newest["attempts"][0]["status"], 204, "the last stands first");
    let messages = receiver.after(3).await;
    let times: Vec<&str> = messages
        .iter()
        .map(|it| it.headers["webhook-timestamp"].as_str())
        .collect();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
    for message in &messages {
        assert_eq!(
            (message.id(), &message.body),
            (messages[0].id(), &messages[0].body)
        );
        assert!(message.is_signed_with(&secret));
    }
    receiver.stays_at(3).await;
}

#[actix_web::test]
async fn after_ten_tries_it_is_given_up_and_a_webhook_at_which_nothing_arrives_is_turned_off() {
    let server = server();
    let manager = manager(&server);
    let receiver = Receiver::start().await;
    let (path, _) = hook(&manager, &receiver, &ALL).await;
    for _ in 0..10 {
        receiver.answers(reply(500, ""));
    }
    ping(&manager, &path).await;
    for tries in 1..10 {
        assert_eq!(after_attempts(&manager, &path, tries).await["state"], "waiting");
        server.clock.advance(29 * HOUR);
    }
    assert_eq!(after_attempts(&manager, &path, 10).await["state"], "failed");
    let off = manager.get(&path).await.is(200).data();
    assert_eq!(
        (&off["enabled"], &off["disabled_because"]),
        (&false.into(), &"failing".into())
    );
    server.clock.advance(DAY);
    receiver.stays_at(10).await;
    manager
        .send(Method::POST, &format!("{path}/ping"), None)
        .await
        .fails(409, "webhook_is_off");
}

#[actix_web::test]
async fn a_receiver_that_is_gone_is_left_alone() {
    let server = server();
    let manager = manager(&server);
    let receiver = Receiver::start().await;
    let (path, _) = hook(&manager, &receiver, &ALL).await;
    receiver.answers(reply(500, ""));
    ping(&manager, &path).await;
    after_attempts(&manager, &path, 1).await;
    receiver.answers(reply(410, ""));
    ping(&manager, &path).await;
    eventually("the webhook to be off", async || {
        let off = manager.get(&path).await.data();
        (off["disabled_because"] == "gone").then_some(())
    })
    .await;
    let states: Vec<_> = deliveries(&manager, &path)
        .await
        .iter()
        .map(|it| it["state"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        states.contains(&"failed".to_owned()) && states.contains(&"cancelled".to_owned()),
        "{states:?}"
    );
    server.clock.advance(DAY);
    receiver.stays_at(2).await;
}

#[actix_web::test]
async fn a_redirect_is_not_followed() {
    let server = server();
    let manager = manager(&server);
    let (receiver, elsewhere) = (Receiver::start().await, Receiver::start().await);
    let (path, _) = hook(&manager, &receiver, &ALL).await;
    for status in [301, 302, 307, 308] {
        receiver.answers(reply(status, &format!("Location: {}\r\n", elsewhere.url())));
        let sent = ping(&manager, &path).await;
        let tried = after_trying(&manager, &path, &sent).await;
        assert_eq!(tried["attempts"][0]["status"], status);
        let newest = tried;
        assert!(
            newest["attempts"][0]["error"]
                .as_str()
                .unwrap()
                .contains("redirect"),
            "{newest}"
        );
    }
    elsewhere.stays_at(0).await;
}

#[actix_web::test]
async fn a_receiver_that_does_not_answer_holds_up_nobody_but_itself() {
    let server = Server::with(|config| {
        config.webhooks_allow_private = true;
        config.webhook_patience = Duration::from_secs(3);
    });
    let manager = manager(&server);
    let (silent, quick) = (Receiver::start().await, Receiver::start().await);
    let (silents, _) = hook(&manager, &silent, &ALL).await;
    let (quicks, _) = hook(&manager, &quick, &ALL).await;
    silent.answers(Reply::Silence);
    ping(&manager, &silents).await;
    silent.after(1).await;
    ping(&manager, &silents).await;
    ping(&manager, &quicks).await;
    quick.after(1).await;
    assert_eq!(silent.messages().len(), 1, "one at a time");
    let first = eventually("the time to be up", async || {
        let all = deliveries(&manager, &silents).await;
        all.into_iter().find(|it| it["attempts"][0]["error"].is_string())
    })
    .await;
    assert!(
        first["attempts"][0]["error"]
            .as_str()
            .unwrap()
            .contains("within 3 seconds"),
        "{first}"
    );
    silent.after(2).await;
}

#[actix_web::test]
async fn of_an_answer_little_is_read_and_bytes_that_are_no_http_are_a_failure() {
    let server = server();
    let manager = manager(&server);
    let receiver = Receiver::start().await;
    let (path, _) = hook(&manager, &receiver, &ALL).await;
    let mut endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..200 {
        endless.extend_from_slice(b"2000\r\n");
        endless.extend_from_slice(&[b'<'; 0x2000]);
        endless.extend_from_slice(b"\r\n");
    }
    receiver.answers(Reply::Bytes(endless));
    ping(&manager, &path).await;
    let newest = after_attempts(&manager, &path, 1).await;
    assert_eq!(newest["state"], "delivered");
    let answer = newest["attempts"][0]["answer"].as_str().unwrap().to_owned();
    assert!(
        answer.starts_with("<<<") && answer.chars().count() <= 1_001,
        "{}",
        answer.len()
    );

    for wrong in [
        b"SSH-2.0-OpenSSH_9.9\r\n".to_vec(),
        [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 100_000]].concat(),
        Vec::new(),
    ] {
        receiver.answers(Reply::Bytes(wrong));
        let sent = ping(&manager, &path).await;
        let newest = after_trying(&manager, &path, &sent).await;
        assert!(newest["attempts"][0]["error"].is_string(), "{newest}");
        assert!(newest["attempts"][0]["status"].is_null(), "{newest}");
    }
}

#[actix_web::test]
async fn an_answer_that_does_not_go_on_has_said_what_counts() {
    let server = Server::with(|config| {
        config.webhooks_allow_private = true;
        config.webhook_patience = Duration::from_secs(1);
    });
    let manager = manager(&server);
    let receiver = Receiver::start().await;
    let (path, _) = hook(&manager, &receiver, &ALL).await;
    let begun = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nik ga";
    receiver.answers(Reply::Unfinished(begun.to_vec()));
    ping(&manager, &path).await;
    let newest = after_attempts(&manager, &path, 1).await;
    assert_eq!(newest["state"], "delivered", "{newest}");
    assert_eq!(newest["attempts"][0]["status"], 200);
    assert_eq!(newest["attempts"][0]["answer"], "ik ga");
    receiver.stays_at(1).await;
}

#[actix_web::test]
async fn something_can_be_sent_again_under_the_id_it_had() {
    let server = server();
    let manager = manager(&server);
    let receiver = Receiver::start().await;
    let (path, _) = hook(&manager, &receiver, &ALL).await;
    let (other, _) = hook(&manager, &receiver, &ALL).await;
    let sent = ping(&manager, &path).await;
    after_attempts(&manager, &path, 1).await;
    let id = sent["id"].as_str().unwrap();
    let again = format!("{path}/deliveries/{id}/redeliver");
    let back = manager.send(Method::POST, &again, None).await.is(202).data();
    assert_eq!((&back["id"], &back["state"]), (&sent["id"], &"waiting".into()));
    let messages = receiver.after(2).await;
    assert_eq!(messages[0].id(), messages[1].id());
    assert_eq!(messages[0].id(), sent["event"]["id"].as_str().unwrap());
    assert_eq!(after_attempts(&manager, &path, 2).await["state"], "delivered");
    // It was never on its way to the other one.
    let elsewhere = format!("{other}/deliveries/{id}/redeliver");
    manager
        .send(Method::POST, &elsewhere, None)
        .await
        .fails(404, "not_found");
}
