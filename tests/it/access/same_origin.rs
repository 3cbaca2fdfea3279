//! Writes with a cookie come from the site's own pages, requests are for this site, and tokens stay out of addresses.

use reportage::account::token::{self, Scope};
use reportage::account::{Role, manage};
use reqwest::Method;
use serde_json::json;

use crate::harness::client::raw;
use crate::harness::{NOW, Server, captioned, sent_in_two};

#[actix_web::test]
async fn a_write_with_a_cookie_from_elsewhere_is_refused_and_a_reading_is_not() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let (base, one) = (
        format!("/api/v1/manage/stories/{story}"),
        format!("/api/v1/manage/photos/{photo}"),
    );
    let writes = [
        (Method::POST, "/api/v1/manage/stories".to_owned()),
        (Method::PATCH, base.clone()),
        (Method::DELETE, base.clone()),
        (Method::POST, format!("{base}/operations")),
        (Method::POST, format!("{base}/publication")),
        (Method::DELETE, format!("{base}/publication")),
        (Method::PUT, format!("{base}/members/usr_0")),
        (Method::DELETE, format!("{base}/members/usr_0")),
        (Method::POST, "/api/v1/manage/photos".to_owned()),
        (Method::PATCH, one.clone()),
        (Method::DELETE, one.clone()),
        (Method::POST, "/api/v1/manage/uploads".to_owned()),
        (Method::PATCH, "/api/v1/manage/uploads/upl_0".to_owned()),
        (Method::DELETE, "/api/v1/manage/uploads/upl_0".to_owned()),
    ];
    let bare = editor.clone().without("sec-fetch-site");
    let elsewhere = [
        bare.clone(),
        bare.clone().always("Sec-Fetch-Site", "cross-site"),
        bare.clone().always("Sec-Fetch-Site", "same-site"),
        bare.clone().always("Sec-Fetch-Site", "none"),
        bare.clone().always("Origin", "https://evil.example"),
        bare.clone().always("Origin", "null"),
        bare.clone().always("Origin", "http://127.0.0.1:1"),
    ];
    let before = editor.draft(&story).await.data();
    for who in &elsewhere {
        for (method, path) in &writes {
            let answer = if path.ends_with("/photos") {
                who.upload("b.jpg", &captioned(2, "Zee.")).await
            } else {
                let body = (*method == Method::POST || *method == Method::PATCH).then(|| json!({}));
                who.if_match("\"1.1\"")
                    .send(method.clone(), path, body.as_ref())
                    .await
            };
            answer.fails(403, "csrf");
        }
        who.get(&base).await.is(200);
    }
    assert_eq!(editor.draft(&story).await.data(), before);
    bare.always("Origin", &server.base())
        .upload("b.jpg", &captioned(2, "Zee."))
        .await
        .is(201);
}

#[actix_web::test]
async fn a_form_from_elsewhere_is_not_kept_for_whoever_signs_in() {
    // Browsers send no cookie along, so it looks like a form of somebody whose session has ended.
    let server = Server::start();
    let fields = [("name", "Eve"), ("email", "eve@evil.example"), ("role", "admin")];
    let visitor = server.visitor().without("sec-fetch-site");
    let ended = visitor
        .clone()
        .always("Sec-Fetch-Site", "same-origin")
        .form("/desk/people", &fields)
        .await
        .is(401);
    assert!(
        ended.text().contains("eve@evil.example"),
        "what was typed here is kept"
    );
    for (name, value) in [
        ("Sec-Fetch-Site", "cross-site"),
        ("Origin", "https://evil.example"),
        ("X", ""),
    ] {
        for path in [
            "/desk/people",
            "/desk/tokens",
            "/desk/stories/sto_1/publish",
            "/desk/sign-in",
        ] {
            let refused = visitor
                .clone()
                .always(name, value)
                .form(path, &fields)
                .await
                .is(403)
                .text();
            assert!(
                !refused.contains("waiting_body") && !refused.contains("action=\"/desk/people"),
                "{path}: {refused}"
            );
        }
    }
}

#[actix_web::test]
async fn rights_that_go_while_a_body_comes_are_gone() {
    let server = Server::start();
    let person = server.person("anna", Role::Editor);
    let secret = token::add(server.db(), &person.account.email, "t", &Scope::ALL, None, NOW).unwrap();
    let body = r#"{"title": "Te laat", "language": "nl"}"#;
    let head = format!(
        "POST /api/v1/manage/stories HTTP/1.1\r\nAuthorization: Bearer {secret}\r\nContent-Type: application/json\r\n"
    );
    let disable = async || {
        manage::disable(server.db(), &person.account.email, NOW).unwrap();
    };
    let answer = sent_in_two(&server, &head, body.as_bytes(), disable).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}

/// Sends a multipart upload in two parts, with something done in between; gives the answer.
async fn upload_slowly(
    server: &Server,
    path: &str,
    authorization: &str,
    story: Option<&str>,
    meanwhile: impl AsyncFnOnce(),
) -> String {
    let story = story.map_or_else(String::new, |story| {
        format!("--b\r\nContent-Disposition: form-data; name=\"story\"\r\n\r\n{story}\r\n")
    });
    let before =
        format!("{story}--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n");
    let body = [before.as_bytes(), &captioned(71, "Te laat."), b"\r\n--b--\r\n"].concat();
    let head = format!(
        "POST {path} HTTP/1.1\r\n{authorization}Sec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    );
    sent_in_two(server, &head, &body, meanwhile).await
}

#[actix_web::test]
async fn rights_that_go_while_a_photograph_comes_put_it_into_no_story() {
    let server = Server::with(|config| config.render_threads = 0);
    let admin = server.session(&server.person("beheer", Role::Admin));
    let story = admin.story(&json!({"title": "Een veld", "language": "nl"})).await;
    let blocks = async || {
        admin.draft(&story).await.data()["blocks"]
            .as_array()
            .unwrap()
            .len()
    };

    let person = server.person("anna", Role::Editor);
    let secret = token::add(server.db(), &person.account.email, "t", &Scope::ALL, None, NOW).unwrap();
    let bearer = format!("Authorization: Bearer {secret}\r\n");
    let disable = async || {
        manage::disable(server.db(), "anna@example.org", NOW).unwrap();
    };
    let answer = upload_slowly(&server, "/api/v1/manage/photos", &bearer, Some(&story), disable).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert_eq!(blocks().await, 0);

    let fields = [("label", "Bram"), ("until", "2024-01-26")];
    let links = format!("/desk/stories/{story}/drop-links");
    let page = admin.form(&links, &fields).await.is(201).text();
    let drop_path = format!(
        "/drop/{}",
        page.split("/drop/").nth(1).unwrap().split('"').next().unwrap()
    );
    let id = page
        .split("/drop-links/")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    let revoke = async || drop(admin.form(&format!("{links}/{id}/revoke"), &[]).await.is(303));
    let answer = upload_slowly(&server, &drop_path, "", None, revoke).await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    assert_eq!(blocks().await, 0);
}

#[actix_web::test]
async fn a_request_for_another_site_is_misdirected() {
    let server =
        Server::with(|config| config.base_url = Some("https://verhalen.example.org".parse().unwrap()));
    let address = server.running.address;
    let ask = async |host: &str| {
        let request = format!("GET /api/v1/stories HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        raw(address, request.as_bytes()).await
    };
    for right in [
        "verhalen.example.org",
        "VERHALEN.example.org:443",
        &address.to_string(),
        "localhost:80",
    ] {
        assert!(ask(right).await.starts_with("HTTP/1.1 200 "), "{right}");
    }
    for wrong in [
        "evil.example",
        "verhalen.example.org.evil.example",
        "",
        "10.0.0.1",
        "x@evil.example",
        "a b",
        "x@verhalen.example.org",
        "verhalen.example.org/evil",
        "verhalen.example.org?x",
        "verhalen%2eexample.org",
        "127.1",
        "0x7f.0.0.1",
        "[::1",
    ] {
        let answer = ask(wrong).await;
        assert!(
            answer.starts_with("HTTP/1.1 421 ") || answer.starts_with("HTTP/1.1 400 "),
            "{wrong}: {answer}"
        );
    }
    let whole =
        "GET http://evil.example/ HTTP/1.1\r\nHost: verhalen.example.org\r\nConnection: close\r\n\r\n";
    let answer = raw(address, whole.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
    let answer = ask("evil.example").await;
    assert!(
        answer.starts_with("HTTP/1.1 421 ") && answer.contains("misdirected"),
        "{answer}"
    );
    // Links come from the configured name, whatever the request says.
    let editor = server.editor().always("X-Forwarded-Host", "evil.example");
    let story = editor
        .story(&json!({"title": "Een veld", "language": "nl"}))
        .await;
    assert_eq!(
        editor.draft(&story).await.data()["url"],
        "https://verhalen.example.org/stories/een-veld"
    );
    assert_eq!(
        editor.get("/").await.header("strict-transport-security"),
        "max-age=31536000"
    );
}

#[actix_web::test]
async fn a_token_in_an_address_is_a_bad_request_and_a_broken_one_is_unauthorized() {
    let server = Server::start();
    let person = server.person("anna", Role::Editor);
    let secret = token::add(server.db(), &person.account.email, "t", &Scope::ALL, None, NOW).unwrap();
    let reader = server.visitor();
    for path in ["/api/v1/manage/stories", "/api/v1/stories", "/"] {
        for name in ["token", "access_token", "anything"] {
            reader.get(&format!("{path}?{name}={secret}")).await.is(400);
        }
        let written_otherwise = secret.replacen("rpt_", "rp%74%5F", 1);
        for query in [
            format!("token={written_otherwise}"),
            secret.clone(),
            format!("a=Bearer%20{secret}"),
        ] {
            reader.get(&format!("{path}?{query}")).await.is(400);
        }
    }
    let bad = [
        "Bearer rpt_onzin",
        "Bearer ",
        "Basic YTpi",
        &secret,
        &format!("Bearer {secret}x"),
        "Bearer a b c",
    ];
    for value in bad {
        let answer = reader
            .clone()
            .always("Authorization", value)
            .get("/api/v1/manage/stories")
            .await;
        answer.fails(401, "unauthorized");
    }
    reader
        .always("Authorization", &format!("bearer {secret}"))
        .get("/api/v1/manage/stories")
        .await
        .is(200);
}

#[actix_web::test]
async fn a_revoked_or_expired_token_and_one_of_a_disabled_account_are_unauthorized() {
    let server = Server::start();
    let person = server.person("anna", Role::Editor);
    let email = &person.account.email;
    let revoked = server.token(&person, &Scope::ALL);
    revoked.get("/api/v1/manage/stories").await.is(200);
    assert_eq!(token::revoke(server.db(), email, "test", NOW).unwrap(), 1);
    revoked
        .get("/api/v1/manage/stories")
        .await
        .fails(401, "unauthorized");
    let secret = token::add(server.db(), email, "kort", &Scope::ALL, Some(NOW + 1_000), NOW).unwrap();
    let short = server
        .visitor()
        .always("Authorization", &format!("Bearer {secret}"));
    short.get("/api/v1/manage/stories").await.is(200);
    server.clock.advance(1_000);
    short
        .get("/api/v1/manage/stories")
        .await
        .fails(401, "unauthorized");
    let last = server.token(&person, &Scope::ALL);
    last.get("/api/v1/manage/stories").await.is(200);
    reportage::account::manage::disable(server.db(), email, NOW).unwrap();
    last.get("/api/v1/manage/stories")
        .await
        .fails(401, "unauthorized");
}
