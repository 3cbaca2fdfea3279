//! One's own account: name, password, the browsers in which one is signed in.

use std::time::Duration;

use reportage::account::password::Passwords;
use reportage::account::{Role, manage, reset};
use reportage::clock::{HOUR, MINUTE};
use reportage::config::Cost;

use super::{field_on, leads_to};
use crate::harness::server::{PASSWORD, cheap_passwords};
use crate::harness::{Client, NOW, Person, Server};

const NEW: &str = "een heel andere zin dan eerst";

/// A browser that signs in by the form, and calls itself something.
async fn signed_in(server: &Server, person: &Person, agent: &str) -> Client {
    let browser = server
        .visitor()
        .always("Sec-Fetch-Site", "same-origin")
        .always("User-Agent", agent);
    let fields = [("email", person.account.email.as_str()), ("password", PASSWORD)];
    let cookie = browser
        .form("/desk/sign-in", &fields)
        .await
        .is(303)
        .header("set-cookie");
    browser.always("Cookie", cookie.split(';').next().unwrap())
}

async fn sign_in(server: &Server, password: &str) -> u16 {
    let browser = server.visitor().always("Sec-Fetch-Site", "same-origin");
    let fields = [("email", "anna@example.org"), ("password", password)];
    browser.form("/desk/sign-in", &fields).await.status
}

#[actix_web::test]
async fn a_name_is_changed_and_colleagues_see_it() {
    let server = Server::start();
    let anna = server.session(&server.person("anna", Role::Editor));
    assert_eq!(
        leads_to(anna.form("/desk/me/name", &[("name", " Anna  de Vries ")]).await),
        "/desk/me?done=name"
    );
    let page = anna.get("/desk/me?done=name").await.is(200).text();
    assert!(
        page.contains("Anna de Vries") && page.contains("Your name is changed"),
        "{page}"
    );
    let wrong = "x".repeat(121);
    let refused = anna
        .form("/desk/me/name", &[("name", &wrong)])
        .await
        .is(422)
        .text();
    assert!(
        refused.contains(&wrong) && refused.contains("at most 120"),
        "{refused}"
    );
}

#[actix_web::test]
async fn a_new_password_asks_for_the_present_one_and_ends_all_other_sessions() {
    let server = Server::start();
    let person = server.person("anna", Role::Editor);
    let (here, there) = (server.session(&person), server.session(&person));
    let change = async |present: &str, new: &str| {
        let fields = [("present_password", present), ("new_password", new)];
        here.form("/desk/me/password", &fields).await
    };
    let wrong = change("een verkeerde zin, zeker", NEW).await.is(422).text();
    assert!(wrong.contains("not your present password"), "{wrong}");
    assert!(!wrong.contains(NEW), "a password is never sent back");
    let short = change(PASSWORD, "kort").await.is(422).text();
    assert!(short.contains("at least 15 characters"), "{short}");
    there.get("/desk").await.is(200);

    let admin = server.person("beheer", Role::Admin).actor();
    let id = person.account.id.clone();
    let (_, link) = server
        .db()
        .write_now(|conn| reset::offer(conn, &admin, &id, NOW))
        .unwrap();
    assert_eq!(leads_to(change(PASSWORD, NEW).await), "/desk/me?done=password");
    here.get("/desk").await.is(200);
    there.get("/desk").await.is(303);
    assert_eq!(
        (sign_in(&server, PASSWORD).await, sign_in(&server, NEW).await),
        (403, 303)
    );
    // What was handed out for the old password is void.
    server
        .visitor()
        .get(&format!("/desk/join?token={link}"))
        .await
        .is(404);
}

#[actix_web::test]
async fn a_password_that_is_set_while_another_is_being_hashed_holds() {
    let server = Server::start();
    let person = server.person("anna", Role::Editor);
    // So slow that something happens meanwhile.
    let slow = Passwords::new(Cost {
        memory_kib: 64 * 1024,
        passes: 25,
    })
    .unwrap();
    let meanwhile = async |password: &str| {
        tokio::time::sleep(Duration::from_millis(400)).await;
        manage::change_password(server.db(), &cheap_passwords(), "anna@example.org", password, NOW).unwrap();
    };
    manage::change_password(server.db(), &slow, "anna@example.org", PASSWORD, NOW).unwrap();
    let (at_the_door, ()) = tokio::join!(sign_in(&server, PASSWORD), meanwhile(NEW));
    assert_eq!(at_the_door, 403, "a password that is none any more opens nothing");
    assert_eq!(sign_in(&server, NEW).await, 303);

    manage::change_password(server.db(), &slow, "anna@example.org", PASSWORD, NOW).unwrap();
    let thief = server.session(&person);
    let fields = [
        ("present_password", PASSWORD),
        ("new_password", "de zin van een dief"),
    ];
    let (by_the_thief, ()) = tokio::join!(thief.form("/desk/me/password", &fields), meanwhile(NEW));
    assert_eq!(by_the_thief.status, 422, "{}", by_the_thief.text());
    assert_eq!(sign_in(&server, "de zin van een dief").await, 403);
    assert_eq!(sign_in(&server, NEW).await, 303);
}

#[actix_web::test]
async fn wrong_present_passwords_are_counted_like_those_at_the_door() {
    let server = Server::start();
    let here = server.session(&server.person("anna", Role::Editor));
    let wrong = [("present_password", "mis, mis, mis, mis"), ("new_password", NEW)];
    for _ in 0..10 {
        here.form("/desk/me/password", &wrong).await.is(422);
    }
    let right = [("present_password", PASSWORD), ("new_password", NEW)];
    let wait = here.form("/desk/me/password", &right).await.is(429);
    assert!(!wait.header("retry-after").is_empty());
    assert_eq!(sign_in(&server, PASSWORD).await, 429);
    server.clock.advance(15 * MINUTE);
    here.form("/desk/me/password", &right).await.is(303);
}

#[actix_web::test]
async fn sessions_are_listed_with_their_browsers_and_ended_one_by_one_or_all() {
    let server = Server::start();
    let person = server.person("anna", Role::Photographer);
    let stranger = server.session(&server.person("bram", Role::Photographer));
    let phone = signed_in(
        &server,
        &person,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1",
    )
    .await;
    server.clock.advance(HOUR);
    let here = signed_in(
        &server,
        &person,
        "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    )
    .await;
    let page = here.get("/desk/me").await.is(200);
    for words in [
        "Firefox on Linux",
        "this one",
        "Safari on iPhone",
        "127.0.0.1",
        "2024-01-19T10:00:00Z",
    ] {
        assert!(page.text().contains(words), "{words}: {}", page.text());
    }
    assert_eq!(page.header("cache-control"), "private, no-store");
    let phones = page
        .text()
        .split("name=\"session\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("the other session can be ended")
        .to_owned();
    // Another's session is nobody's to end.
    leads_to(stranger.form("/desk/me/sessions", &[("session", &phones)]).await);
    phone.get("/desk").await.is(200);
    leads_to(here.form("/desk/me/sessions", &[("session", &phones)]).await);
    phone.get("/desk").await.is(303);
    here.get("/desk").await.is(200);

    let (one, two) = (server.session(&person), server.session(&person));
    leads_to(here.form("/desk/me/sessions", &[]).await);
    one.get("/desk").await.is(303);
    two.get("/desk").await.is(303);
    here.get("/desk").await.is(200);
    stranger.get("/desk").await.is(200);
    // What has idled out is not listed.
    let idle = server.session(&person);
    server.clock.advance(HOUR);
    here.get("/desk/me").await.is(200);
    server.clock.advance(HOUR);
    let page = here.get("/desk/me").await.is(200).text();
    assert!(!page.contains("name=\"session\""), "{page}");
    idle.get("/desk").await.is(303);
}

#[actix_web::test]
async fn a_form_with_passwords_that_comes_without_a_session_is_kept_without_them() {
    let server = Server::start();
    server.person("anna", Role::Editor);
    let browser = server.visitor().always("Sec-Fetch-Site", "same-origin");
    let fields = [
        ("present_password", PASSWORD),
        ("new_password", NEW),
        ("name", "Anna"),
    ];
    let page = browser.form("/desk/me/password", &fields).await.is(401).text();
    let kept = field_on(&page, "waiting_body");
    assert!(kept.contains("name=Anna"), "{kept}");
    for secret in [PASSWORD, NEW, "een+", "heel"] {
        assert!(!page.contains(secret), "{secret} is in {page}");
    }
}

#[actix_web::test]
async fn behind_a_proxy_that_is_named_everybody_is_counted_alone() {
    let server = Server::with(|config| config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]);
    server.person("anna", Role::Editor);
    let from = |network: &str| {
        server
            .visitor()
            .always("Sec-Fetch-Site", "same-origin")
            .always("X-Forwarded-For", network)
    };
    for number in 0..10 {
        let email = format!("iemand{number}@example.org");
        let fields = [("email", email.as_str()), ("password", "mis, mis, mis, mis")];
        from("203.0.113.5").form("/desk/sign-in", &fields).await.is(403);
    }
    let right = [("email", "anna@example.org"), ("password", PASSWORD)];
    from("203.0.113.5").form("/desk/sign-in", &right).await.is(429);
    // What a client claims itself stands before what the proxy wrote, and is not believed.
    from("198.51.100.7, 203.0.113.5")
        .form("/desk/sign-in", &right)
        .await
        .is(429);
    from("203.0.113.6").form("/desk/sign-in", &right).await.is(303);
}
