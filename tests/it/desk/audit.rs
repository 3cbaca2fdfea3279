//! The audit trail: what is done stands there, by whom, and administrators find it again.

use reportage::account::token::Scope;
use reportage::account::{Role, manage, setup};
use reportage::audit::{self, Entry, Filter};
use reportage::clock::{DAY, HOUR, MINUTE, SECOND};
use reportage::db::DbError;
use reqwest::Method;
use serde_json::json;

use super::leads_to;
use crate::harness::server::{PASSWORD, cheap_passwords, eventually};
use crate::harness::{Client, NOW, Server, captioned};
use crate::uploads::upload;

fn trail(server: &Server) -> Vec<Entry> {
    let mut entries = server
        .db()
        .read_now(|conn| audit::list(conn, &Filter::default(), 1_000).map_err(DbError::from))
        .unwrap();
    entries.reverse();
    entries
}

/// The words of the trail since the last look, with who did it and the note.
struct Reader<'a> {
    server: &'a Server,
    seen: usize,
}

impl<'a> Reader<'a> {
    /// Begins after what stands there already.
    fn after(server: &'a Server) -> Self {
        let mut reader = Self { server, seen: 0 };
        reader.more();
        reader
    }

    fn more(&mut self) -> Vec<String> {
        // Entries of one instant have no order among themselves.
        self.server.clock.advance(SECOND);
        let entries = trail(self.server);
        let mut lines: Vec<String> = entries[self.seen..]
            .iter()
            .map(|entry| format!("{}: {} ({})", entry.actor_name, entry.word, entry.note))
            .collect();
        self.seen = entries.len();
        lines.sort();
        lines
    }
}

async fn press(admin: &Client, id: &str, what: &str) {
    let status = admin
        .form(&format!("/desk/people/{id}"), &[("do", what)])
        .await
        .status;
    assert!(matches!(status, 200 | 303), "{what}: {status}");
}

#[actix_web::test]
async fn what_is_done_to_people_and_tokens_is_told() {
    let server = Server::start();
    let mut reader = Reader::after(&server);
    let boss = server.person("beheer", Role::Admin);
    let anna = server.person("anna", Role::Photographer);
    assert_eq!(
        reader.more(),
        [
            "shell: account.created (anna, photographer)",
            "shell: account.created (beheer, admin)"
        ]
    );
    let admin = server.session(&boss);
    let id = anna.account.id.as_str();
    admin
        .form(
            "/desk/people",
            &[("email", "bram@example.org"), ("role", "editor")],
        )
        .await
        .is(200);
    assert_eq!(
        reader.more(),
        ["beheer: account.invited (bram@example.org, editor)"]
    );
    admin
        .form(
            &format!("/desk/people/{id}"),
            &[("do", "role"), ("role", "editor")],
        )
        .await
        .is(303);
    assert_eq!(
        reader.more(),
        ["beheer: account.role_changed (anna: photographer → editor)"]
    );
    for (what, word) in [
        ("reset", "reset_offered"),
        ("disable", "disabled"),
        ("enable", "enabled"),
    ] {
        press(&admin, id, what).await;
        assert_eq!(reader.more(), [format!("beheer: account.{word} (anna)")]);
        // What is so already is not told again.
        if what != "reset" {
            press(&admin, id, what).await;
            assert!(reader.more().is_empty());
        }
    }
    let door = server.visitor().always("Sec-Fetch-Site", "same-origin");
    let fields = [("email", "anna@example.org"), ("password", PASSWORD)];
    door.form("/desk/sign-in", &fields).await.is(303);
    assert_eq!(reader.more(), ["anna: account.signed_in (127.0.0.1)"]);
    let annas = server.session(&anna);
    annas
        .form(
            "/desk/tokens",
            &[
                ("name", "Site"),
                ("present_password", PASSWORD),
                ("scope", "stories:read"),
            ],
        )
        .await
        .is(200);
    assert_eq!(reader.more(), ["anna: token.made (Site: stories:read)"]);
    leads_to(annas.form("/desk/me/name", &[("name", "Anna B.")]).await);
    assert_eq!(reader.more(), ["anna: account.renamed (anna → Anna B.)"]);
    let new = [
        ("present_password", PASSWORD),
        ("new_password", "een heel andere zin dan eerst"),
    ];
    annas.form("/desk/me/password", &new).await.is(303);
    assert_eq!(reader.more(), ["Anna B.: account.password_changed ()"]);
    let now = server.clock.now();
    manage::change_password(server.db(), &cheap_passwords(), "anna@example.org", PASSWORD, now).unwrap();
    assert_eq!(reader.more(), ["shell: account.password_reset (Anna B.)"]);
    // No secret stands in the trail.
    for entry in trail(&server) {
        assert!(
            !entry.note.contains("rpt_") && entry.note.chars().count() <= 200,
            "{entry:?}"
        );
    }
}

#[actix_web::test]
async fn the_first_administrator_is_told_of_too() {
    let server = Server::start();
    let secret = setup::offer(server.db(), NOW).unwrap().unwrap();
    let browser = server.visitor().always("Sec-Fetch-Site", "same-origin");
    let fields = [
        ("token", secret.as_str()),
        ("email", "a@b.nl"),
        ("name", "Bea"),
        ("password", PASSWORD),
    ];
    browser.form("/desk/setup", &fields).await.is(303);
    let entries = trail(&server);
    assert_eq!(
        (entries[0].actor_name.as_str(), entries[0].word.as_str()),
        ("Bea", "account.created")
    );
}

#[actix_web::test]
async fn what_is_done_to_stories_and_photographs_is_told() {
    let server = Server::start();
    let bea = server.person("bea", Role::Editor);
    let anna = server.person("anna", Role::Photographer);
    let mut reader = Reader::after(&server);
    let editor = server.session(&bea);
    let photo = editor.photo("veld.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    assert_eq!(
        reader.more(),
        ["bea: photo.uploaded (veld.jpg)", "bea: story.created (Een veld)"]
    );
    editor
        .upload("nog eens.jpg", &captioned(1, "Een veld."))
        .await
        .is(201);
    assert!(
        reader.more().is_empty(),
        "what was there already is not told again"
    );
    let member = format!("/api/v1/manage/stories/{story}/members/{}", anna.account.id);
    editor.put(&member).await.is(204);
    editor.put(&member).await.is(204);
    assert_eq!(reader.more(), ["bea: story.member_added (Een veld: anna)"]);
    editor.delete(&member).await.is(204);
    assert_eq!(reader.more(), ["bea: story.member_removed (Een veld: anna)"]);
    editor.publish(&story).await.is(201);
    assert_eq!(reader.more(), ["bea: story.published (Een veld (1))"]);
    let at = format!("/api/v1/manage/photos/{photo}");
    let change = async |body: serde_json::Value| {
        let tag = editor.get(&at).await.header("etag");
        editor.if_match(&tag).patch(&at, &body).await.is(200);
    };
    change(serde_json::json!({"hide_place": true, "caption": "Een ander veld."})).await;
    assert_eq!(
        reader.more(),
        [
            "bea: photo.edited (veld.jpg)",
            "bea: photo.place_hidden (veld.jpg)"
        ]
    );
    change(serde_json::json!({"hide_place": true, "sensitive": true})).await;
    assert_eq!(reader.more(), ["bea: photo.marked_sensitive (veld.jpg)"]);
    change(serde_json::json!({"hide_place": false, "sensitive": false})).await;
    assert_eq!(
        reader.more(),
        [
            "bea: photo.marked_harmless (veld.jpg)",
            "bea: photo.place_shown (veld.jpg)"
        ]
    );
    let publication = format!("/api/v1/manage/stories/{story}/publication");
    editor.delete(&publication).await.is(204);
    editor.delete(&publication).await;
    assert_eq!(reader.more(), ["bea: story.unpublished (Een veld)"]);
    let tag = editor.draft(&story).await.header("etag");
    let here = format!("/api/v1/manage/stories/{story}");
    editor.if_match("\"0.0\"").delete(&here).await.is(412);
    assert!(reader.more().is_empty(), "what was not done is not told");
    editor.if_match(&tag).delete(&here).await.is(204);
    assert_eq!(reader.more(), ["bea: story.deleted (Een veld)"]);
    let tag = editor.get(&at).await.header("etag");
    editor.if_match(&tag).delete(&at).await.is(204);
    assert_eq!(reader.more(), ["bea: photo.deleted (veld.jpg)"]);
}

#[actix_web::test]
async fn work_on_a_story_or_a_photograph_is_told_once_an_hour_for_each_person() {
    let server = Server::start();
    let bea = server.session(&server.person("bea", Role::Editor));
    let person = server.person("chris", Role::Editor);
    let chris = server.session(&person);
    let photo = bea.photo("veld.jpg", &captioned(1, "Een veld.")).await;
    let story = bea.small_story("Een veld", &photo).await;
    let here = format!("/api/v1/manage/stories/{story}");
    let mut reader = Reader::after(&server);
    let entitle = async |who: &Client, title: &str| {
        let tag = who.draft(&story).await.header("etag");
        who.if_match(&tag)
            .patch(&here, &json!({"title": title}))
            .await
            .is(200);
    };
    let caption = async |who: &Client, caption: &str| {
        let at = format!("/api/v1/manage/photos/{photo}");
        let tag = who.get(&at).await.header("etag");
        who.if_match(&tag)
            .patch(&at, &json!({"caption": caption}))
            .await
            .is(200);
    };
    entitle(&bea, "Het veld").await;
    entitle(&bea, "Velden").await;
    caption(&bea, "Een akker.").await;
    caption(&bea, "Akkers.").await;
    let first = ["bea: photo.edited (veld.jpg)", "bea: story.edited (Het veld)"];
    assert_eq!(reader.more(), first);
    // Saving what stands there already is no work.
    entitle(&chris, "Velden").await;
    caption(&chris, "Akkers.").await;
    assert!(reader.more().is_empty());
    entitle(&chris, "Land").await;
    caption(&chris, "Land.").await;
    let second = ["chris: photo.edited (veld.jpg)", "chris: story.edited (Land)"];
    assert_eq!(reader.more(), second);
    let tag = bea.draft(&story).await.header("etag");
    bea.if_match(&tag)
        .patch(&here, &json!({"slug": "het-land"}))
        .await
        .is(200);
    assert_eq!(reader.more(), ["bea: story.moved (een-veld → het-land)"]);
    // Undoing is work as well; what one does now says nothing of an hour later.
    server.clock.advance(HOUR);
    entitle(&bea, "Akkerland").await;
    assert_eq!(reader.more(), ["bea: story.edited (Akkerland)"]);
    server.clock.advance(HOUR);
    bea.post(&format!("{here}/undo"), &json!({})).await.is(200);
    assert_eq!(reader.more(), ["bea: story.edited (Akkerland)"]);
    let late = bea.photo("laat.jpg", &captioned(2, "Laat.")).await;
    let operations = json!([{"op": "insert", "block": {"type": "photo", "frame": {"photo": late}}}]);
    // Two hours have passed, and with them the session.
    let chris = server.session(&person);
    chris.operate(&story, &operations).await.is(200);
    assert_eq!(
        reader.more(),
        ["bea: photo.uploaded (laat.jpg)", "chris: story.edited (Land)"]
    );
}

#[actix_web::test]
async fn whoever_comes_by_a_drop_link_is_told_by_its_name() {
    let server = Server::start();
    let bea = server.session(&server.person("bea", Role::Editor));
    let story = bea.story(&json!({"title": "Een veld", "language": "nl"})).await;
    let links = format!("/api/v1/manage/stories/{story}/drop-links");
    let made = bea
        .post(&links, &json!({"label": "Bram de Wit", "days": 7}))
        .await;
    let url = made.is(201).data()["url"].as_str().unwrap().to_owned();
    let link = url.strip_prefix(&server.base()).unwrap_or(&url).to_owned();
    let mut reader = Reader::after(&server);
    let visitor = server.visitor();
    let told = |file: &str| format!("bea (Bram de Wit): photo.uploaded ({file})");
    visitor
        .file_form(&link, &[("een.jpg", &captioned(1, "Een."))])
        .await
        .is(303);
    assert_eq!(
        reader.more(),
        [
            told("een.jpg"),
            "bea (Bram de Wit): story.edited (Een veld)".to_owned()
        ]
    );
    let bytes = captioned(2, "Twee.");
    upload(&visitor, &format!("{link}/uploads"), "twee.jpg", &bytes, &[])
        .await
        .is(204);
    assert_eq!(reader.more(), [told("twee.jpg")]);
}

#[actix_web::test]
async fn signing_out_is_told() {
    let server = Server::start();
    let anna = server.person("anna", Role::Photographer);
    let mut reader = Reader::after(&server);
    leads_to(server.session(&anna).form("/desk/sign-out", &[]).await);
    assert_eq!(reader.more(), ["anna: account.signed_out ()"]);
    let (one, _two) = (server.session(&anna), server.session(&anna));
    leads_to(one.form("/desk/sign-out", &[("everywhere", "1")]).await);
    assert_eq!(
        reader.more(),
        ["anna: account.sessions_ended (1)", "anna: account.signed_out ()"]
    );
    // Nobody who is signed in signs out.
    leads_to(one.form("/desk/sign-out", &[]).await);
    assert!(reader.more().is_empty());
}

#[actix_web::test]
async fn changed_settings_are_told() {
    let server = Server::start();
    let admin = server.session(&server.person("beheer", Role::Admin));
    let mut reader = Reader::after(&server);
    let fields = [("version", "0"), ("name", "De Kade")];
    leads_to(admin.form("/desk/site", &fields).await);
    assert_eq!(reader.more(), ["beheer: site.settings_changed ()"]);
    admin.form("/desk/site", &fields).await.is(409);
    assert!(reader.more().is_empty());
}

#[actix_web::test]
async fn whoever_fails_too_often_is_told_of_once() {
    let server = Server::start();
    server.person("anna", Role::Editor);
    let door = server.visitor().always("Sec-Fetch-Site", "same-origin");
    let wrong = [("email", "anna@example.org"), ("password", "mis, mis, mis, mis")];
    for _ in 0..10 {
        door.form("/desk/sign-in", &wrong).await.is(403);
    }
    let blocked = || {
        let entries = trail(&server);
        let blocked: Vec<(String, String)> = entries
            .into_iter()
            .filter(|entry| entry.word == "account.sign_in_blocked")
            .map(|entry| (entry.actor_name, entry.object))
            .collect();
        blocked
    };
    assert!(blocked().is_empty());
    for _ in 0..5 {
        door.form("/desk/sign-in", &wrong).await.is(429);
    }
    assert_eq!(
        blocked(),
        [(String::new(), "account:anna@example.org".to_owned())]
    );
    server.clock.advance(16 * MINUTE);
    for _ in 0..10 {
        door.form("/desk/sign-in", &wrong).await.is(403);
    }
    door.form("/desk/sign-in", &wrong).await.is(429);
    assert_eq!(blocked().len(), 2);
}

#[actix_web::test]
async fn the_page_shows_fifty_at_a_time_by_person_and_by_word() {
    let server = Server::start();
    let boss = server.person("beheer", Role::Admin);
    let (anna, bram) = (
        server.person("anna", Role::Editor),
        server.person("bram", Role::Editor),
    );
    let (annas, brams) = (server.session(&anna), server.session(&bram));
    for number in 0..60 {
        server.clock.advance(SECOND);
        let title = format!("Verhaal {number:02}");
        annas
            .story(&serde_json::json!({"title": title, "language": "nl"}))
            .await;
    }
    brams
        .story(&serde_json::json!({"title": "Van Bram <b>", "language": "nl"}))
        .await;
    server.token(&boss, &[Scope::StoriesRead]);
    let admin = server.session(&boss);
    let page = admin.get("/desk/audit").await.is(200).text();
    let rows = |page: &str| page.matches("<tr><td>").count();
    assert_eq!(rows(&page), 50);
    assert!(
        page.contains("Van Bram &#60;b&#62;") && !page.contains("Verhaal 05"),
        "{page}"
    );
    let older = page
        .split("href=\"/desk/audit?")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let older = format!(
        "/desk/audit?{}",
        older.replace("&#38;", "&").replace("&amp;", "&")
    );
    let next = admin.get(&older).await.is(200).text();
    assert!(
        next.contains("Verhaal 05") && !next.contains("Verhaal 55"),
        "{next}"
    );
    assert!(
        !next.contains("&#38;after=") && next.contains("the shell"),
        "{next}"
    );

    let only = admin
        .get(&format!("/desk/audit?person={}&word=", bram.account.id))
        .await
        .text();
    assert_eq!(rows(&only), 1);
    assert!(
        only.contains("Van Bram") && only.contains("selected>bram"),
        "{only}"
    );
    let only = admin
        .get("/desk/audit?person=&word=account.created")
        .await
        .is(200)
        .text();
    assert_eq!(rows(&only), 3);
    let none = admin
        .get(&format!(
            "/desk/audit?person={}&word=story.deleted",
            anna.account.id
        ))
        .await;
    assert!(none.text().contains("nothing to tell") && none.text().contains("Show all"));
    for wrong in ["person=x&word=", "person=&word=story.burnt", "after=x"] {
        admin.get(&format!("/desk/audit?{wrong}")).await.is(400);
    }
}

#[actix_web::test]
async fn hours_embargoes_and_links_for_outsiders_are_told() {
    let server = Server::start();
    let editor = server.editor();
    let admin = server.session(&server.person("beheer", Role::Admin));
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let path = format!("/api/v1/manage/stories/{story}");
    let mut reader = Reader::after(&server);
    let schedule = async |at: &str| {
        let tag = editor.draft(&story).await.header("etag");
        let body = json!({"at": at});
        let to = format!("{path}/schedule");
        editor
            .if_match(&tag)
            .send(Method::PUT, &to, Some(&body))
            .await
            .is(200);
    };
    schedule("2024-01-20T09:00").await;
    assert_eq!(
        reader.more(),
        ["redactie: story.scheduled (Een veld: 2024-01-20T09:00:00Z (UTC))"]
    );
    for _ in 0..2 {
        editor.delete(&format!("{path}/schedule")).await.is(204);
    }
    assert_eq!(reader.more(), ["redactie: story.schedule_cancelled (Een veld)"]);
    for (until, told) in [(json!(NOW + DAY), "2024-01-20T10:00:00Z"), (json!(null), "–")] {
        let tag = editor.draft(&story).await.header("etag");
        let body = json!({"embargo_until": until});
        editor.if_match(&tag).patch(&path, &body).await.is(200);
        assert_eq!(
            reader.more(),
            [format!("redactie: story.embargo_changed (Een veld: {told})")]
        );
    }
    let links = format!("{path}/preview-links");
    let made = editor
        .post(&links, &json!({"label": "Anna"}))
        .await
        .is(201)
        .data();
    assert_eq!(
        reader.more(),
        ["redactie: story.preview_link_made (Een veld (Anna))"]
    );
    for _ in 0..2 {
        let link = format!("{links}/{}", made["id"].as_str().unwrap());
        editor.delete(&link).await.is(204);
    }
    assert_eq!(reader.more(), ["redactie: story.preview_link_revoked (Een veld)"]);
    admin.form("/desk/clock", &[]).await.is(303);
    assert!(reader.more()[0].starts_with("beheer: site.clock_confirmed (2024-01-19T10:"));
    // What goes out by the hour is told under the name of whoever set it.
    schedule("2024-01-19T10:30").await;
    reader.more();
    server.clock.advance(30 * MINUTE);
    eventually("the story to be out", async || {
        (server.visitor().get("/stories/een-veld").await.status == 200).then_some(())
    })
    .await;
    assert_eq!(reader.more(), ["redactie: story.published (Een veld (1))"]);
    assert!(!format!("{:?}", trail(&server)).contains("rpv_"));
}
