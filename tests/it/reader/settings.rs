//! The site's settings: set at the desk or by the API, and in force with the next request.

use std::time::{Duration, Instant};

use reportage::account::Role;
use reportage::account::token::Scope;
use reportage::config::database_path;
use reportage::db::{Db, DbError};
use reportage::site::{SiteSettings, query};
use serde_json::{Value, json};

use crate::harness::server::eventually;
use crate::harness::{NOW, Server, captioned, reportage as tale};

#[actix_web::test]
async fn settings_are_in_force_with_the_next_request() {
    let server = Server::start();
    let admin = server.session(&server.person("beheer", Role::Admin));
    let reader = server.visitor();
    assert!(
        reader
            .get("/")
            .await
            .is(200)
            .text()
            .contains("<html lang=\"en\">")
    );
    let form = admin.get("/desk/site").await.is(200).text();
    assert!(form.contains("name=\"version\" value=\"0\""));
    let fields = [
        ("version", "0"),
        ("name", "De Kade"),
        ("language", "nl"),
        ("description", "Verhalen in foto’s"),
        ("accent_color", "#0a5"),
        ("footer", "Vragen? [Schrijf ons](https://kade.example/contact)."),
        ("stylesheet", ".masthead { text-align: center }"),
        ("ai_training", "refused"),
        ("photographers", "Anna Jansen: Fotografeert langs de rivier."),
    ];
    assert_eq!(
        admin.form("/desk/site", &fields).await.is(303).header("location"),
        "/desk/site?saved=1"
    );
    let page = reader.get("/").await.is(200);
    let text = page.text();
    for said in [
        "<html lang=\"nl\">",
        "De Kade",
        "Verhalen in foto’s",
        "--accent:#0a5",
        "href=\"https://kade.example/contact\"",
        "tdm-reservation",
    ] {
        assert!(text.contains(said), "{said} is not in {text}");
    }
    assert_eq!(page.header("tdm-reservation"), "1");
    for machine in ["/feed.xml", "/feed.json", "/api/v1/stories"] {
        let answer = reader.get(machine).await.is(200);
        assert_eq!(answer.header("tdm-reservation"), "1", "{machine}");
    }
    let own = text
        .split("href=\"/site.css")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let css = reader.get(&format!("/site.css{own}")).await.is(200);
    assert_eq!(css.header("content-type"), "text/css; charset=utf-8");
    assert!(css.text().contains(".masthead"));
    let robots = reader.get("/robots.txt").await.is(200).text();
    assert!(
        robots.contains("User-agent: GPTBot") && robots.contains("/sitemap.xml"),
        "{robots}"
    );
    let rules = reader.get("/.well-known/tdmrep.json").await.is(200).json();
    assert_eq!(rules[0]["tdm-reservation"], 1);

    // Whoever saves what somebody else has changed meanwhile keeps what was typed.
    let late = admin
        .form("/desk/site", &[("version", "0"), ("name", "De Wal")])
        .await
        .is(409)
        .text();
    assert!(
        late.contains("value=\"De Wal\"") && late.contains("role=\"alert\""),
        "{late}"
    );
    let wrong = admin
        .form(
            "/desk/site",
            &[
                ("version", "1"),
                ("accent_color", "rood"),
                ("photographers", "Anna"),
            ],
        )
        .await
        .is(422)
        .text();
    assert!(
        wrong.contains("value=\"rood\"") && wrong.contains(">Anna</textarea>"),
        "{wrong}"
    );
    assert!(reader.get("/").await.text().contains("De Kade"));
}

#[actix_web::test]
async fn the_api_changes_settings_for_administrators_only_and_keeps_to_versions() {
    let server = Server::start();
    let admin = server.person("beheer", Role::Admin);
    let program = server.token(&admin, &[Scope::SiteManage]);
    let path = "/api/v1/manage/site";
    let before = program.get(path).await.is(200);
    let put = async |client: &crate::harness::Client, body: Value| {
        client.send(reqwest::Method::PUT, path, Some(&body)).await
    };
    put(&program, json!({"name": "De Kade"}))
        .await
        .fails(428, "precondition_required");
    let tagged = program.if_match(&before.header("etag"));
    put(&tagged, json!({"nam": "De Kade"})).await.is(422);
    put(&tagged, json!({"accent_color": "red"})).await.is(422);
    let after = put(&tagged, json!({"name": "De Kade", "language": "NL"}))
        .await
        .is(200);
    assert_eq!(after.data()["name"], "De Kade");
    let late = put(&tagged, json!({"name": "De Wal"})).await.fails(412, "stale");
    assert_eq!(
        late.json()["current"]["name"],
        "De Kade",
        "what is there comes along"
    );
    assert_eq!(late.header("etag"), after.header("etag"));
    assert!(server.visitor().get("/").await.text().contains("De Kade"));
    let editor = server.editor();
    editor.get(path).await.is(403);
    server
        .token(&admin, &[Scope::StoriesRead])
        .get(path)
        .await
        .is(403);
    editor.get("/desk/site").await.is(403);
}

#[actix_web::test]
async fn a_site_that_refuses_training_says_so_in_every_file_that_is_published_after() {
    let server = Server::start();
    let admin = server.session(&server.person("beheer", Role::Admin));
    let photo = admin.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = admin.small_story("Een veld", &photo).await;
    admin.publish(&story).await.is(201);
    let reader = server.visitor();
    let file = async || {
        let live = reader.get("/api/v1/stories/een-veld").await.data();
        let url = live["photos"][&photo]["renditions"][0]["url"]
            .as_str()
            .unwrap()
            .to_owned();
        reader.get(&url).await.is(200)
    };
    let says = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("DMI-PROHIBITED-AIMLTRAINING");
    let before = file().await;
    assert!(!says(&before.body) && before.header("tdm-reservation").is_empty());
    admin
        .form("/desk/site", &[("version", "0"), ("ai_training", "refused")])
        .await
        .is(303);
    admin.publish(&story).await.is(201);
    let after = file().await;
    assert!(says(&after.body), "the packet says it");
    assert_eq!(after.header("tdm-reservation"), "1");
}

#[actix_web::test]
async fn what_is_said_about_a_photographer_stands_under_the_story_and_on_their_page() {
    let server = Server::start();
    let admin = server.session(&server.person("beheer", Role::Admin));
    let photo = admin.photo("a.jpg", &tale::original(1, 480, 320)).await;
    let story = admin.small_story("Een veld", &photo).await;
    admin.publish(&story).await.is(201);
    let about = "Fotografeert langs de rivier.";
    admin
        .form(
            "/desk/site",
            &[
                ("version", "0"),
                ("photographers", &format!("Anna Jansen: {about}")),
            ],
        )
        .await
        .is(303);
    let reader = server.visitor();
    for path in ["/stories/een-veld", "/photographers/anna-jansen"] {
        assert!(reader.get(path).await.is(200).text().contains(about), "{path}");
    }
}

#[actix_web::test]
async fn what_another_process_sets_is_shown_within_a_second() {
    let server = Server::start();
    let reader = server.visitor();
    reader.get("/").await.is(200);
    // Another process: its own connections to the same file.
    let other = Db::open(&database_path(server.data.path())).unwrap();
    let admin = server.person("beheer", Role::Admin).account.id;
    let settings = SiteSettings {
        name: Some("De Kade".to_owned()),
        ..SiteSettings::default()
    };
    let replaced: Result<bool, DbError> =
        other.write_now(|conn| Ok(query::replace_settings(conn, &settings, 0, &admin, NOW)?));
    assert!(replaced.unwrap());
    let began = Instant::now();
    eventually("the new name", async || {
        reader.get("/").await.text().contains("De Kade").then_some(())
    })
    .await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}
