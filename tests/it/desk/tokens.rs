//! Tokens made and revoked at the desk.

use reportage::account::Role;
use reportage::clock::DAY;

use super::leads_to;
use crate::harness::server::PASSWORD;
use crate::harness::{Client, Server};

/// The token that a page shows.
fn token_on(page: &str) -> String {
    let token = page
        .split("value=\"rpt_")
        .nth(1)
        .unwrap_or_else(|| panic!("{page}"));
    format!("rpt_{}", token.split('"').next().unwrap())
}

fn program(server: &Server, token: &str) -> Client {
    server
        .visitor()
        .always("Authorization", &format!("Bearer {token}"))
}

#[actix_web::test]
async fn a_token_is_made_by_boxes_shown_once_and_revoked() {
    let server = Server::start();
    let anna = server.session(&server.person("anna", Role::Editor));
    let fields = [
        ("name", "Website"),
        ("present_password", PASSWORD),
        ("scope", "stories:read"),
        ("scope", "stories:preview"),
    ];
    let made = anna.form("/desk/tokens", &fields).await.is(200);
    assert_eq!(made.header("cache-control"), "private, no-store");
    let token = token_on(&made.text());
    let page = anna.get("/desk/tokens").await.is(200).text();
    assert!(
        page.contains("Website") && page.contains("stories:read, stories:preview"),
        "{page}"
    );
    assert!(!page.contains(&token) && page.contains("never used"), "{page}");
    let site = program(&server, &token);
    site.get("/api/v1/manage/stories").await.is(200);
    site.get("/api/v1/manage/photos").await.is(200);
    site.post(
        "/api/v1/manage/stories",
        &serde_json::json!({"title": "X", "language": "nl"}),
    )
    .await
    .fails(403, "missing_scope");
    let page = anna.get("/desk/tokens").await.text();
    assert!(page.contains("last used"), "{page}");
    let revoke = page
        .split("action=\"/desk/tokens/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let revoke = format!("/desk/tokens/{revoke}");
    assert_eq!(
        leads_to(anna.form(&revoke, &[]).await),
        "/desk/tokens?done=revoked"
    );
    site.get("/api/v1/manage/stories").await.is(401);
    assert!(anna.get("/desk/tokens").await.text().contains("revoked"));
}

#[actix_web::test]
async fn a_token_ends_after_its_last_day_and_wrong_fields_are_told_with_what_was_typed() {
    let server = Server::start();
    let anna = server.session(&server.person("anna", Role::Editor));
    let fields = [
        ("name", "Kort"),
        ("present_password", PASSWORD),
        ("scope", "stories:read"),
        ("expires", "2024-01-20"),
    ];
    let token = token_on(&anna.form("/desk/tokens", &fields).await.is(200).text());
    let site = program(&server, &token);
    server.clock.advance(DAY);
    site.get("/api/v1/manage/stories").await.is(200);
    server.clock.advance(DAY);
    site.get("/api/v1/manage/stories").await.is(401);
    let anna = server.session(&server.person("bea", Role::Editor));
    for (fields, reason) in [
        (
            vec![
                ("name", "Weg"),
                ("scope", "stories:read"),
                ("expires", "2024-01-20"),
            ],
            "ends in the future",
        ),
        (
            vec![("name", "Weg"), ("scope", "stories:read"), ("expires", "morgen")],
            "YYYY-MM-DD",
        ),
        (vec![("name", "Weg")], "at least one box"),
        (vec![("name", "Weg"), ("scope", "alles")], "not a scope"),
        // Nobody lends out what they may not do themselves.
        (
            vec![("name", "Weg"), ("scope", "site:manage")],
            "what you may do yourself",
        ),
        (vec![("name", " "), ("scope", "stories:read")], "may not be empty"),
    ] {
        let page = anna.form("/desk/tokens", &fields).await.is(422).text();
        assert!(page.contains(reason), "{reason}: {page}");
        assert!(page.contains("Weg") || fields[0].1 == " ", "{page}");
    }
}

#[actix_web::test]
async fn one_sees_and_revokes_ones_own_tokens_and_an_administrator_everybodys() {
    let server = Server::start();
    let (anna, bram) = (
        server.person("anna", Role::Photographer),
        server.person("bram", Role::Photographer),
    );
    let annas = server.session(&anna);
    let fields = [
        ("name", "Studio"),
        ("present_password", PASSWORD),
        ("scope", "photos:write"),
    ];
    let token = token_on(&annas.form("/desk/tokens", &fields).await.is(200).text());
    let program = program(&server, &token);
    let page = annas.get("/desk/tokens").await.text();
    let revoke = page
        .split("action=\"/desk/tokens/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let (revoke, id) = (
        format!("/desk/tokens/{revoke}"),
        revoke.trim_end_matches("/revoke").to_owned(),
    );
    assert!(
        !page.contains("site:manage") && !page.contains("stories:publish"),
        "{page}"
    );

    let brams = server.session(&bram);
    assert!(!brams.get("/desk/tokens").await.text().contains("Studio"));
    brams.form(&revoke, &[]).await.is(404);
    brams
        .delete(&format!("/api/v1/manage/tokens/{id}"))
        .await
        .fails(404, "not_found");
    program
        .get("/api/v1/manage/photos")
        .await
        .fails(403, "missing_scope");

    let admin = server.session(&server.person("beheer", Role::Admin));
    let page = admin.get("/desk/tokens").await.text();
    assert!(page.contains("Studio") && page.contains("anna"), "{page}");
    let listed = admin.get("/api/v1/manage/tokens").await.is(200).json();
    assert_eq!(listed["data"][0]["name"], "Studio");
    assert!(!listed.to_string().contains(&token[4..]));
    admin.delete(&format!("/api/v1/manage/tokens/{id}")).await.is(204);
    program.get("/api/v1/manage/photos").await.is(401);
}

#[actix_web::test]
async fn a_token_is_made_by_whoever_proves_who_they_are() {
    let server = Server::start();
    let anna = server.session(&server.person("anna", Role::Editor));
    for password in ["", "een andere zin"] {
        let fields = [
            ("name", "Weg"),
            ("scope", "stories:read"),
            ("present_password", password),
        ];
        let page = anna.form("/desk/tokens", &fields).await.is(422).text();
        assert!(page.contains("Weg") && !page.contains("rpt_"), "{page}");
    }
    assert!(!anna.get("/desk/tokens").await.text().contains("Weg"));
}
