//! The same at the desk, by forms.

use reportage::account::Role;
use reqwest::Method;
use serde_json::json;

use super::receiver::{Receiver, reply};
use super::{after_attempts, server};
use crate::harness::Client;

#[track_caller]
fn path_on(page: &str) -> String {
    let rest = page
        .split("href=\"/desk/webhooks/")
        .nth(1)
        .unwrap_or_else(|| panic!("{page}"));
    format!("/desk/webhooks/{}", rest.split('"').next().unwrap())
}

#[track_caller]
fn secret_on(page: &str) -> String {
    let rest = page
        .split("value=\"whsec_")
        .nth(1)
        .unwrap_or_else(|| panic!("{page}"));
    format!("whsec_{}", rest.split('"').next().unwrap().replace("&#x2B;", "+"))
}

async fn version_of(admin: &Client, path: &str) -> String {
    let page = admin.get(path).await.is(200).text();
    let rest = page.split("name=\"version\" value=\"").nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_webhook_is_made_tried_read_in_its_log_and_deleted_by_forms() {
    let server = server();
    let admin = server.session(&server.person("beheer", Role::Admin));
    let receiver = Receiver::start().await;
    let url = receiver.url();
    let refused = admin
        .form("/desk/webhooks", &[("url", "ftp://x"), ("label", "Bouwen")])
        .await
        .is(422)
        .text();
    assert!(
        refused.contains("begins with https://") && refused.contains("at least one event"),
        "{refused}"
    );
    assert!(
        refused.contains("value=\"ftp://x\"") && refused.contains("value=\"Bouwen\""),
        "{refused}"
    );
    let fields = [
        ("url", url.as_str()),
        ("label", "Bouwen"),
        ("events", "story.published"),
        ("events", "photo.ready"),
    ];
    let made = admin.form("/desk/webhooks", &fields).await.is(201);
    assert_eq!(made.header("cache-control"), "private, no-store");
    let (path, secret) = (path_on(&made.text()), secret_on(&made.text()));
    for page in ["/desk/webhooks", &path] {
        let page = admin.get(page).await.is(200).text();
        assert!(page.contains("Bouwen") && !page.contains("whsec_"), "{page}");
    }
    assert!(
        admin
            .get("/desk/site")
            .await
            .text()
            .contains("href=\"/desk/webhooks\"")
    );

    receiver.answers(reply(500, ""));
    let sent = admin
        .form(&path, &[("do", "ping")])
        .await
        .is(303)
        .header("location");
    assert_eq!(sent, format!("{path}?done=sent"));
    assert!(receiver.after(1).await[0].is_signed_with(&secret));
    let api = path.replace("/desk/", "/api/v1/manage/");
    let newest = after_attempts(&admin, &api, 1).await;
    let page = admin.get(&path).await.text();
    for told in [
        "The receiver answered 500.",
        "zo gezegd",
        "1 try",
        "on its way",
        "next try",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let again = format!("{path}/deliveries/{}", newest["id"].as_str().unwrap());
    admin.form(&again, &[]).await.is(303);
    let messages = receiver.after(2).await;
    assert_eq!(messages[0].id(), messages[1].id());

    let version = version_of(&admin, &path).await;
    let change = [("do", "secret"), ("version", version.as_str())];
    let other = admin.form(&path, &change).await.is(201).text();
    assert_ne!(secret_on(&other), secret);
    // The button pressed twice, or the page sent again: the receiver may not know this one yet.
    let twice = admin.form(&path, &change).await.is(412).text();
    assert!(!twice.contains("whsec_"), "{twice}");
    let version = version_of(&admin, &path).await;
    let fields = [
        ("do", "save"),
        ("version", "1"),
        ("url", "https://example.org/"),
        ("label", "Bouw"),
        ("events", "photo.failed"),
    ];
    let stale = admin.form(&path, &fields).await.is(412).text();
    assert!(
        stale.contains("Somebody else has changed") && stale.contains("value=\"Bouw\""),
        "{stale}"
    );
    let fields = fields.map(|(name, value)| {
        (
            name,
            if name == "version" {
                version.as_str()
            } else {
                value
            },
        )
    });
    admin.form(&path, &fields).await.is(303);
    assert_eq!(admin.get(&api).await.data()["events"], json!(["photo.failed"]));

    admin.form(&path, &[("do", "off")]).await.is(303);
    let page = admin.get(&path).await.text();
    assert!(
        page.contains("Turn on") && !page.contains("Send a test"),
        "{page}"
    );
    let refused = admin.form(&path, &[("do", "ping")]).await.is(409).text();
    assert!(refused.contains("turn it on first"), "{refused}");
    admin.form(&path, &[("do", "on")]).await.is(303);
    admin.form(&path, &[("do", "explode")]).await.is(422);
    let version = version_of(&admin, &path).await;
    let gone = admin
        .form(&path, &[("do", "delete"), ("version", &version)])
        .await
        .is(303)
        .header("location");
    assert!(admin.get(&gone).await.text().contains("is deleted"));
    admin.get(&path).await.is(404);
}

#[actix_web::test]
async fn editors_and_photographers_see_nothing_of_webhooks() {
    let server = server();
    let admin = server.session(&server.person("beheer", Role::Admin));
    let receiver = Receiver::start().await;
    let fields = [("url", receiver.url()), ("events", "photo.ready".to_owned())];
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let path = path_on(&admin.form("/desk/webhooks", &fields).await.is(201).text());
    for role in [Role::Editor, Role::Photographer] {
        let somebody = server.session(&server.person(role.as_str(), role));
        somebody.get("/desk/webhooks").await.is(403);
        somebody.get(&path).await.is(403);
        somebody.form("/desk/webhooks", &fields).await.is(403);
        for what in ["ping", "off", "secret", "delete", "save"] {
            somebody
                .form(&path, &[("do", what), ("version", "1")])
                .await
                .is(403);
        }
        let again = format!("{path}/deliveries/dlv_00000000000040008000000000000000");
        somebody.form(&again, &[]).await.is(403);
    }
    server.visitor().send(Method::GET, &path, None).await.is(303);
    receiver.stays_at(0).await;
}

#[actix_web::test]
async fn the_pages_speak_dutch() {
    let server = server();
    let admin = server
        .session(&server.person("beheer", Role::Admin))
        .always("Accept-Language", "nl");
    let receiver = Receiver::start().await;
    receiver.answers(reply(302, "Location: https://example.org/\r\n"));
    let url = receiver.url();
    let fields = [("url", url.as_str()), ("events", "photo.ready")];
    let path = path_on(&admin.form("/desk/webhooks", &fields).await.is(201).text());
    admin.form(&path, &[("do", "ping")]).await.is(303);
    after_attempts(&admin, &path.replace("/desk/", "/api/v1/manage/"), 1).await;
    let page = admin.get(&path).await.text();
    for told in ["doorverwijzing", "Logboek", "1 poging", "onderweg"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let refused = admin.form("/desk/webhooks", &[("url", "x")]).await.is(422).text();
    assert!(
        refused.contains("Geef een volledig adres") && refused.contains("minstens één gebeurtenis"),
        "{refused}"
    );
}
