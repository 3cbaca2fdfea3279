//! Getting in and out: the setup link, signing in, sessions that end.

use reportage::account::{Role, manage};

use super::leads_to;
use crate::harness::server::PASSWORD;
use crate::harness::{Client, Server};

fn browser(server: &Server) -> Client {
    server.visitor().always("Sec-Fetch-Site", "same-origin")
}

fn with_cookie(client: &Client, cookie: &str) -> Client {
    client.clone().always("Cookie", cookie.split(';').next().unwrap())
}

#[actix_web::test]
async fn the_setup_link_makes_one_administrator_and_then_means_nothing() {
    let server = Server::start();
    let secret = reportage::account::setup::offer(server.db(), crate::harness::NOW)
        .unwrap()
        .expect("there are no accounts");
    let browser = browser(&server);
    let path = format!("/desk/setup?token={secret}");
    let form = browser.get(&path).await.is(200);
    assert_eq!(form.header("referrer-policy"), "no-referrer");
    browser.get("/desk/setup?token=guessed").await.is(404);

    let person = |password: &'static str| {
        [
            ("token", secret.clone()),
            ("email", "Bea@Example.org".into()),
            ("name", "Bea".into()),
            ("password", password.into()),
        ]
    };
    let send = async |fields: [(&str, String); 4]| {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        browser.form("/desk/setup", &fields).await
    };
    let short = send(person("kort")).await.is(422).text();
    assert!(
        short.contains("15") && short.contains("Bea@Example.org"),
        "{short}"
    );
    let made = send(person(PASSWORD)).await.is(303);
    with_cookie(&browser, &made.header("set-cookie"))
        .get("/desk")
        .await
        .is(200);
    send(person(PASSWORD)).await.is(404);
    browser.get(&path).await.is(404);
}

#[actix_web::test]
async fn signing_in_gives_a_cookie_that_scripts_and_other_sites_cannot_use() {
    let server = Server::start();
    server.person("anna", Role::Editor);
    let browser = browser(&server);
    let fields = [
        ("email", "ANNA@example.org"),
        ("password", PASSWORD),
        ("next", "/desk/photos"),
    ];
    let answer = browser.form("/desk/sign-in", &fields).await.is(303);
    assert_eq!(answer.header("location"), "/desk/photos");
    let cookie = answer.header("set-cookie");
    for part in ["session=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400"] {
        assert!(cookie.contains(part), "{part} is missing in {cookie}");
    }
    let signed_in = with_cookie(&browser, &cookie);
    signed_in.get("/desk").await.is(200);
    // A second sign-in in the same browser is a new session, and the old one is over.
    let second = signed_in
        .form("/desk/sign-in", &fields)
        .await
        .is(303)
        .header("set-cookie");
    assert_ne!(second.split(';').next(), cookie.split(';').next());
    signed_in.get("/desk").await.is(303);
}

#[actix_web::test]
async fn under_https_the_cookie_is_bound_to_its_host() {
    let server =
        Server::with(|config| config.base_url = Some("https://stories.example.org".parse().unwrap()));
    server.person("anna", Role::Editor);
    let fields = [("email", "anna@example.org"), ("password", PASSWORD)];
    let answer = browser(&server).form("/desk/sign-in", &fields).await.is(303);
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-session=") && cookie.contains("Secure"),
        "{cookie}"
    );
    assert!(!answer.header("strict-transport-security").is_empty());
}

#[actix_web::test]
async fn unknown_wrong_and_disabled_look_the_same_at_the_door() {
    let server = Server::start();
    server.person("anna", Role::Editor);
    server.person("weg", Role::Editor);
    manage::disable(server.db(), "weg@example.org", crate::harness::NOW).unwrap();
    let browser = browser(&server);
    let mut pages = Vec::new();
    for (email, password) in [
        ("anna@example.org", "een verkeerd wachtwoord"),
        ("niemand@example.org", PASSWORD),
        ("weg@example.org", PASSWORD),
    ] {
        let page = browser
            .form("/desk/sign-in", &[("email", email), ("password", password)])
            .await
            .is(403);
        assert!(page.header("set-cookie").is_empty());
        assert!(!page.text().contains(password), "a password is never sent back");
        pages.push(page.text().replace(email, "…"));
    }
    assert!(pages.iter().all(|page| *page == pages[0]));
}

#[actix_web::test]
async fn the_eleventh_failure_is_told_to_wait_whatever_address_is_claimed() {
    let server = Server::start();
    server.person("anna", Role::Editor);
    let browser = browser(&server);
    for number in 0..10 {
        let claimed = browser
            .clone()
            .always("X-Forwarded-For", &format!("10.0.0.{number}"));
        claimed
            .form(
                "/desk/sign-in",
                &[("email", "anna@example.org"), ("password", "mis, mis, mis, mis")],
            )
            .await
            .is(403);
    }
    let right = [("email", "anna@example.org"), ("password", PASSWORD)];
    let wait = browser.form("/desk/sign-in", &right).await.is(429);
    assert!(wait.header("retry-after").parse::<u64>().unwrap() > 0);
    server.clock.advance(16 * reportage::clock::MINUTE);
    browser.form("/desk/sign-in", &right).await.is(303);
}

#[actix_web::test]
async fn after_signing_in_one_goes_to_this_site_only() {
    let server = Server::start();
    server.person("anna", Role::Editor);
    for next in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/%2fevil.example",
        "javascript:alert(1)",
        "/\tevil",
    ] {
        let fields = [
            ("email", "anna@example.org"),
            ("password", PASSWORD),
            ("next", next),
        ];
        assert_eq!(
            leads_to(browser(&server).form("/desk/sign-in", &fields).await),
            "/desk",
            "{next:?}"
        );
    }
}

#[actix_web::test]
async fn signing_out_ends_one_session_or_all() {
    let server = Server::start();
    let anna = server.person("anna", Role::Editor);
    let (one, two, three) = (
        server.session(&anna),
        server.session(&anna),
        server.session(&anna),
    );
    leads_to(one.form("/desk/sign-out", &[]).await);
    one.get("/desk").await.is(303);
    two.get("/desk").await.is(200);
    leads_to(two.form("/desk/sign-out", &[("everywhere", "1")]).await);
    two.get("/desk").await.is(303);
    three.get("/desk").await.is(303);
}

#[actix_web::test]
async fn forms_from_other_sites_are_refused_and_tokens_open_no_page() {
    let server = Server::start();
    let anna = server.person("anna", Role::Editor);
    let elsewhere = server
        .session(&anna)
        .without("Sec-Fetch-Site")
        .always("Sec-Fetch-Site", "cross-site");
    let fields = [("title", "Van elders"), ("language", "nl")];
    elsewhere.form("/desk/stories", &fields).await.is(403);
    let silent = server.session(&anna).without("Sec-Fetch-Site");
    silent.form("/desk/stories", &fields).await.is(403);
    let foreign = browser(&server)
        .without("Sec-Fetch-Site")
        .always("Origin", "https://evil.example");
    foreign
        .form(
            "/desk/sign-in",
            &[("email", "anna@example.org"), ("password", PASSWORD)],
        )
        .await
        .is(403);
    let token = server.token(&anna, reportage::account::token::Scope::ALL.as_slice());
    token.get("/desk").await.is(303);
    assert!(
        server
            .session(&anna)
            .get("/api/v1/manage/stories")
            .await
            .data()
            .as_array()
            .unwrap()
            .is_empty()
    );
}
