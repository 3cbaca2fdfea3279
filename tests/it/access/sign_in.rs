//! Signing in and sessions. The desk's form stands on the domain that is asked here.

use reportage::account::session::{self, Origin};
use reportage::account::sign_in::{SignInError, SignedIn, Step, sign_in};
use reportage::account::{Actor, Role, manage};
use reportage::clock::{HOUR, MINUTE};
use reportage::config::Lifetime;
use reportage::web::error::Failure;

use crate::harness::server::{PASSWORD, cheap_passwords};
use crate::harness::{Client, Server};

async fn try_in(
    server: &Server,
    email: &str,
    password: &str,
    network: &str,
) -> Result<SignedIn, SignInError> {
    let passwords = &server.running.app.passwords;
    let now = server.clock.now();
    let origin = Origin {
        network: network.to_owned(),
        browser: String::new(),
    };
    let credentials = (email, password.to_owned());
    let step = sign_in(
        server.db(),
        passwords,
        credentials,
        &origin,
        Lifetime::default(),
        now,
    )
    .await?;
    match step {
        Step::Done(signed_in) => Ok(signed_in),
        Step::Code { .. } => panic!("nobody has a second factor here"),
    }
}

fn browser(server: &Server, secret: &str) -> Client {
    let cookie = format!("{}={secret}", server.running.app.cookie_name());
    server
        .visitor()
        .always("Cookie", &cookie)
        .always("Sec-Fetch-Site", "same-origin")
}

const PATH: &str = "/api/v1/manage/stories";

#[actix_web::test]
async fn unknown_wrong_and_disabled_look_the_same() {
    let server = Server::start();
    server.person("anna", Role::Editor);
    server.person("bram", Role::Editor);
    manage::disable(server.db(), "bram@example.org", server.clock.now()).unwrap();
    let mut seen = Vec::new();
    for (email, password) in [
        ("anna@example.org", "een verkeerde zin, zeker"),
        ("niemand@example.org", PASSWORD),
        ("bram@example.org", PASSWORD),
        ("geen adres", PASSWORD),
    ] {
        let refused = try_in(&server, email, password, "192.0.2.1").await.unwrap_err();
        seen.push(Failure::from(refused));
    }
    assert!(seen.iter().all(|failure| *failure == seen[0]), "{seen:?}");
    assert_eq!(seen[0].status(), 403);
    try_in(&server, " Anna@Example.org", PASSWORD, "192.0.2.1")
        .await
        .unwrap();
}

#[actix_web::test]
async fn the_eleventh_failure_is_told_to_wait() {
    let server = Server::start();
    server.person("anna", Role::Editor);
    server.person("bram", Role::Editor);
    let email = "anna@example.org";
    for number in 0..10 {
        // From ever different networks: the account itself counts.
        let refused = try_in(
            &server,
            email,
            "een verkeerde zin, zeker",
            &format!("192.0.2.{number}"),
        )
        .await;
        assert!(matches!(refused, Err(SignInError::Refused)));
    }
    for password in ["een verkeerde zin, zeker", PASSWORD] {
        let failure = Failure::from(
            try_in(&server, email, password, "198.51.100.1")
                .await
                .unwrap_err(),
        );
        assert_eq!(failure.status(), 429);
        assert_eq!(failure.retry_after_s(), Some(15 * 60));
    }
    // The network counts as well, whoever is tried from it.
    for number in 0..10 {
        let refused = try_in(
            &server,
            &format!("iemand{number}@example.org"),
            PASSWORD,
            "203.0.113.5",
        )
        .await;
        assert!(matches!(refused, Err(SignInError::Refused)));
    }
    let from_there = try_in(&server, "bram@example.org", PASSWORD, "203.0.113.5").await;
    assert!(matches!(from_there, Err(SignInError::TooMany { .. })));
    try_in(&server, "bram@example.org", PASSWORD, "203.0.113.6")
        .await
        .unwrap();
    server.clock.advance(15 * MINUTE);
    try_in(&server, email, PASSWORD, "198.51.100.1").await.unwrap();
}

#[actix_web::test]
async fn failures_sent_side_by_side_do_not_slip_through_together() {
    let server = Server::start();
    server.person("anna", Role::Editor);
    let tries = (0..16).map(|_| {
        try_in(
            &server,
            "anna@example.org",
            "een verkeerde zin, zeker",
            "192.0.2.1",
        )
    });
    let answers = futures_util::future::join_all(tries).await;
    let refused = answers
        .iter()
        .filter(|answer| matches!(answer, Err(SignInError::Refused)))
        .count();
    assert!(refused <= 10, "{refused} guesses were looked at");
}

#[actix_web::test]
async fn every_sign_in_is_a_session_of_its_own() {
    let server = Server::start();
    server.person("anna", Role::Editor);
    let first = try_in(&server, "anna@example.org", PASSWORD, "192.0.2.1")
        .await
        .unwrap()
        .secret;
    let second = try_in(&server, "anna@example.org", PASSWORD, "192.0.2.1")
        .await
        .unwrap()
        .secret;
    assert_ne!(first, second);
    assert!(first.len() >= 43, "256 bits");
    let db = std::fs::read(server.data.path().join("reportage.db-wal")).unwrap();
    assert!(
        !db.windows(first.len()).any(|window| window == first.as_bytes()),
        "the secret is stored"
    );
    let (one, two) = (browser(&server, &first), browser(&server, &second));
    one.get(PATH).await.is(200);
    let now = server.clock.now();
    server
        .db()
        .write_now(|conn| {
            let found = session::find(conn, &first, Lifetime::default(), now)?.unwrap();
            session::sign_out(conn, &Actor::from(&found.account), &found.id, false, now)
        })
        .unwrap();
    one.get(PATH).await.fails(401, "unauthorized");
    two.get(PATH).await.is(200);
}

#[actix_web::test]
async fn a_session_ends_when_unused_for_two_hours_and_after_a_day_in_any_case() {
    let server = Server::start();
    let person = server.person("anna", Role::Editor);
    let client = server.session(&person);
    for _ in 0..22 {
        server.clock.advance(HOUR);
        client.get(PATH).await.is(200);
    }
    server.clock.advance(2 * HOUR);
    client.get(PATH).await.fails(401, "unauthorized");
    let idle = server.session(&person);
    server.clock.advance(2 * HOUR - 1);
    idle.get(PATH).await.is(200);
    server.clock.advance(2 * HOUR);
    idle.get(PATH).await.fails(401, "unauthorized");
    // A page that asks by itself, or holds a stream, does not keep its session.
    for (name, value) in [("reportage-unattended", "1"), ("accept", "text/event-stream")] {
        let left = server.session(&person);
        let page = left.clone().always(name, value);
        server.clock.advance(HOUR);
        page.get(PATH).await.is(200);
        server.clock.advance(HOUR);
        left.get(PATH).await.fails(401, "unauthorized");
    }
}

#[actix_web::test]
async fn a_new_password_and_disabling_end_all_sessions() {
    let server = Server::start();
    let person = server.person("anna", Role::Editor);
    let email = &person.account.email;
    let before = [server.session(&person), server.session(&person)];
    before[0].get(PATH).await.is(200);
    let new = "een heel andere zin dan eerst";
    manage::change_password(server.db(), &cheap_passwords(), email, new, server.clock.now()).unwrap();
    for client in &before {
        client.get(PATH).await.fails(401, "unauthorized");
    }
    assert!(try_in(&server, email, PASSWORD, "192.0.2.1").await.is_err());
    let secret = try_in(&server, email, new, "192.0.2.1").await.unwrap().secret;
    let after = browser(&server, &secret);
    after.get(PATH).await.is(200);
    manage::disable(server.db(), email, server.clock.now()).unwrap();
    after.get(PATH).await.fails(401, "unauthorized");
    assert!(try_in(&server, email, new, "192.0.2.1").await.is_err());
}

#[actix_web::test]
async fn a_password_of_more_than_1024_bytes_is_not_even_hashed() {
    let server = Server::start();
    server.person("anna", Role::Editor);
    let failure = Failure::from(
        try_in(&server, "anna@example.org", &"a".repeat(1_025), "192.0.2.1")
            .await
            .unwrap_err(),
    );
    assert_eq!(failure.status(), 422);
}

#[actix_web::test]
async fn a_session_that_was_begun_while_the_clock_ran_ahead_does_not_outlive_it() {
    let server = Server::start();
    let anna = server.person("anna", Role::Editor);
    server.clock.set_ahead(30 * 24 * HOUR);
    let ahead = server.session(&anna);
    ahead.get(PATH).await.is(200);
    server.clock.set_ahead(-30 * 24 * HOUR);
    ahead.get(PATH).await.fails(401, "unauthorized");
    server.session(&anna).get(PATH).await.is(200);
}

#[actix_web::test]
async fn failures_of_a_clock_that_ran_ahead_hold_nobody_back() {
    let server = Server::start();
    server.person("anna", Role::Editor);
    let door = server.visitor().always("Sec-Fetch-Site", "same-origin");
    server.clock.set_ahead(24 * HOUR);
    for _ in 0..10 {
        let wrong = [("email", "anna@example.org"), ("password", "mis, mis, mis, mis")];
        door.form("/desk/sign-in", &wrong).await.is(403);
    }
    let right = [("email", "anna@example.org"), ("password", PASSWORD)];
    door.form("/desk/sign-in", &right).await.is(429);
    server.clock.set_ahead(-24 * HOUR);
    door.form("/desk/sign-in", &right).await.is(303);
}
