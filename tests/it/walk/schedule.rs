//! Publishing at an hour: on time with nobody visiting, hidden until then, and not at all where something stands in the way.

use std::time::Duration;

use reportage::account::{Role, manage};
use reportage::clock::{DAY, HOUR, MINUTE};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::server::eventually;
use crate::harness::{Answer, Client, NOW, Server, captioned};

/// Two looks of the scheduler and a little.
const A_WHILE: Duration = Duration::from_millis(1_300);

async fn put(editor: &Client, story: &str, body: &Value) -> Answer {
    let tag = editor.draft(story).await.header("etag");
    let path = format!("/api/v1/manage/stories/{story}/schedule");
    editor.if_match(&tag).send(Method::PUT, &path, Some(body)).await
}

/// Schedules a story for an hour and a half after the tests' clock begins: 12.30 in Amsterdam.
async fn for_half_past_twelve(editor: &Client, story: &str) {
    let body = json!({"at": "2024-01-19T12:30", "zone": "Europe/Amsterdam"});
    let shown = put(editor, story, &body).await.is(200).data()["schedule"].clone();
    assert_eq!(shown["at"], "2024-01-19T11:30:00Z");
}

const UNTIL_THEN: i64 = HOUR + HOUR / 2;

async fn goes_out(reader: &Client, slug: &str) -> String {
    let path = format!("/stories/{slug}");
    eventually("the scheduled story", async || {
        let page = reader.get(&path).await;
        (page.status == 200).then(|| page.text())
    })
    .await
}

async fn stays_hidden(reader: &Client, slug: &str) {
    tokio::time::sleep(A_WHILE).await;
    reader.get(&format!("/stories/{slug}")).await.is(404);
}

async fn held(editor: &Client, story: &str) -> Value {
    eventually("the story to be held", async || {
        let held = editor.draft(story).await.data()["schedule"]["held"].clone();
        (!held.is_null()).then_some(held)
    })
    .await
}

#[actix_web::test]
async fn a_scheduled_story_is_out_on_the_minute_and_hidden_until_then() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    for_half_past_twelve(&editor, &story).await;
    let draft = editor.draft(&story).await.data();
    let expected = json!({"at": "2024-01-19T11:30:00Z", "local": "2024-01-19T12:30", "zone": "Europe/Amsterdam",
        "by": "redactie", "correction": null, "held": null});
    assert_eq!(draft["schedule"], expected);
    assert_eq!(draft["status"], "draft");

    server.clock.advance(UNTIL_THEN - 1);
    stays_hidden(&reader, "een-veld").await;
    let media = editor.settled(&photo).await["renditions"][0]["url"]
        .as_str()
        .unwrap()
        .to_owned();
    reader.get(&media).await.is(404);
    for path in ["/", "/feed.xml", "/sitemap.xml", "/api/v1/stories"] {
        assert!(
            !reader.get(path).await.is(200).text().contains("een-veld"),
            "{path}"
        );
    }
    server.clock.advance(1);
    goes_out(&reader, "een-veld").await;
    reader.get(&media).await.is(200);
    for path in ["/", "/feed.xml", "/atom.xml", "/sitemap.xml", "/api/v1/stories"] {
        assert!(
            reader.get(path).await.is(200).text().contains("een-veld"),
            "{path}"
        );
    }
    let draft = editor.draft(&story).await.data();
    assert_eq!(
        (&draft["schedule"], &draft["status"]),
        (&json!(null), &json!("published"))
    );
    assert_eq!(draft["published_at"], "2024-01-19T11:30:00Z");
}

#[actix_web::test]
async fn what_goes_out_is_the_draft_as_it_stands_at_that_moment() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    for_half_past_twelve(&editor, &story).await;
    let text = json!({"type": "text", "markdown": "Op het laatste moment verbeterd."});
    editor
        .operate(&story, &json!([{"op": "insert", "block": text}]))
        .await
        .is(200);
    server.clock.advance(UNTIL_THEN);
    let page = goes_out(&server.visitor(), "een-veld").await;
    assert!(page.contains("Op het laatste moment verbeterd."));
}

#[actix_web::test]
async fn a_change_to_a_live_story_can_be_scheduled_with_its_correction() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    let text = json!({"type": "text", "markdown": "Een nieuwe alinea."});
    editor
        .operate(&story, &json!([{"op": "insert", "block": text}]))
        .await
        .is(200);
    let body = json!({"at": "2024-01-19T11:30:00Z", "correction": "De alinea ontbrak."});
    put(&editor, &story, &body).await.is(200);
    stays_out_of(&reader, "Een nieuwe alinea.").await;
    server.clock.advance(UNTIL_THEN);
    eventually("the change", async || {
        let page = reader.get("/stories/een-veld").await.text();
        (page.contains("Een nieuwe alinea.") && page.contains("De alinea ontbrak.")).then_some(())
    })
    .await;
}

async fn stays_out_of(reader: &Client, words: &str) {
    tokio::time::sleep(A_WHILE).await;
    assert!(
        !reader
            .get("/stories/een-veld")
            .await
            .is(200)
            .text()
            .contains(words)
    );
}

#[actix_web::test]
async fn what_stands_in_the_way_holds_it_until_it_is_mended_and_left_alone() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    for_half_past_twelve(&editor, &story).await;
    let set_credit = async |credit: &str, photo_credit: Value| {
        let path = format!("/api/v1/manage/photos/{photo}");
        let tag = editor.get(&path).await.header("etag");
        editor
            .if_match(&tag)
            .patch(&path, &json!({"credit": photo_credit}))
            .await
            .is(200);
        let frame = editor.draft(&story).await.data()["blocks"][0]["frame"].clone();
        let set = json!({"credit": if credit.is_empty() { Value::Null } else { json!(credit) }});
        editor
            .operate(
                &story,
                &json!([{"op": "update", "id": frame["id"], "version": frame["version"], "set": set}]),
            )
            .await
            .is(200);
    };
    set_credit("", Value::Null).await;
    server.clock.advance(UNTIL_THEN);
    let why = held(&editor, &story).await;
    assert_eq!(why["because"], "obstacles");
    let page = editor.get(&format!("/desk/stories/{story}")).await.is(200).text();
    assert!(page.contains("Late; was due"), "{page}");
    reader.get("/stories/een-veld").await.is(404);

    // Mended, and still under somebody's hands for a minute and a half.
    set_credit("Foto: Anna", Value::Null).await;
    server.clock.advance(MINUTE + MINUTE / 2);
    stays_hidden(&reader, "een-veld").await;
    server.clock.advance(MINUTE);
    goes_out(&reader, "een-veld").await;
}

#[actix_web::test]
async fn nothing_goes_out_in_the_name_of_somebody_who_may_not_publish_any_more() {
    let server = Server::start();
    let editor = server.editor();
    let other = server.session(&server.person("tweede", Role::Editor));
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    for_half_past_twelve(&editor, &story).await;
    manage::disable(server.db(), "redactie@example.org", NOW).unwrap();
    server.clock.advance(UNTIL_THEN);
    assert_eq!(held(&other, &story).await["because"], "not_allowed");
    let page = other
        .get(&format!("/desk/stories/{story}/publish"))
        .await
        .is(200)
        .text();
    assert!(page.contains("may not publish any more"), "{page}");
    reader.get("/stories/een-veld").await.is(404);
    other.publish(&story).await.is(201);
    assert!(
        other.draft(&story).await.data()["schedule"].is_null(),
        "publishing by hand fulfils it"
    );
}

#[actix_web::test]
async fn a_cancelled_schedule_and_an_unpublished_story_bring_nothing_back() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let path = format!("/api/v1/manage/stories/{story}/schedule");
    for_half_past_twelve(&editor, &story).await;
    editor.delete(&path).await.is(204);
    editor.delete(&path).await.is(204);
    server.clock.advance(UNTIL_THEN);
    stays_hidden(&reader, "een-veld").await;

    editor.publish(&story).await.is(201);
    put(&editor, &story, &json!({"at": "2024-01-20T09:00"}))
        .await
        .is(200);
    editor
        .delete(&format!("/api/v1/manage/stories/{story}/publication"))
        .await
        .is(204);
    server.clock.advance(DAY);
    stays_hidden(&reader, "een-veld").await;
}

#[actix_web::test]
async fn what_fell_due_while_the_program_was_off_goes_out_at_the_start() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    for_half_past_twelve(&editor, &story).await;
    let data = server.stop().await;
    let server = Server::on_at(data, NOW + 3 * DAY, |_| {});
    goes_out(&server.visitor(), "een-veld").await;
}

#[actix_web::test]
async fn an_embargo_does_not_end_because_a_clock_was_set() {
    let server = Server::start();
    let editor = server.editor();
    let admin = server.session(&server.person("beheer", Role::Admin));
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let tag = editor.draft(&story).await.header("etag");
    editor
        .if_match(&tag)
        .patch(
            &format!("/api/v1/manage/stories/{story}"),
            &json!({"embargo_until": NOW + HOUR}),
        )
        .await
        .is(200);
    server.clock.set_ahead(HOUR + 10 * MINUTE);
    let early = editor.publish(&story).await;
    assert_eq!(early.fails(422, "not_publishable").pointers(), ["/embargo_until"]);
    let page = format!("/desk/stories/{story}/publish");
    let version = server
        .db()
        .read_now(|conn| reportage::story::query::find_story(conn, &story.parse().unwrap()))
        .unwrap()
        .unwrap()
        .version
        .to_string();
    editor.form(&page, &[("version", version.as_str())]).await.is(422);
    // Somebody has looked: it is that late.
    admin.form("/desk/clock", &[]).await.is(303);
    editor.publish(&story).await.is(201);
}

#[actix_web::test]
async fn while_the_clock_runs_ahead_nothing_goes_out() {
    let server = Server::start();
    let editor = server.editor();
    let admin = server.session(&server.person("beheer", Role::Admin));
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    for_half_past_twelve(&editor, &story).await;
    server.clock.set_ahead(UNTIL_THEN + 10 * MINUTE);
    stays_hidden(&reader, "een-veld").await;
    let publish = format!("/desk/stories/{story}/publish");
    for path in ["/desk", publish.as_str()] {
        let page = editor.get(path).await.is(200).text();
        assert!(
            page.contains("set ahead by 100 minutes") && !page.contains("The clock is right"),
            "{page}"
        );
    }
    assert!(admin.get("/desk").await.text().contains("The clock is right"));
    // Set right again, it is as if nothing had been.
    server.clock.set_ahead(-UNTIL_THEN - 10 * MINUTE);
    stays_hidden(&reader, "een-veld").await;
    assert!(!editor.get("/desk").await.text().contains("set ahead by"));
    // Ahead again, and this time it is the truth: only an administrator can say so.
    server.clock.set_ahead(UNTIL_THEN + 10 * MINUTE);
    editor.form("/desk/clock", &[]).await.is(403);
    stays_hidden(&reader, "een-veld").await;
    admin.form("/desk/clock", &[]).await.is(303);
    goes_out(&reader, "een-veld").await;
}

#[actix_web::test]
async fn hours_that_do_not_exist_or_come_twice_are_settled_as_calendars_do() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    for (at, instant, local) in [
        ("2024-03-31T02:30", "2024-03-31T01:30:00Z", "2024-03-31T03:30"),
        ("2024-10-27T02:30", "2024-10-27T00:30:00Z", "2024-10-27T02:30"),
        (
            "2024-07-01T00:00:00+09:00",
            "2024-06-30T15:00:00Z",
            "2024-06-30T17:00",
        ),
    ] {
        let body = json!({"at": at, "zone": "Europe/Amsterdam"});
        let shown = put(&editor, &story, &body).await.is(200).data()["schedule"].clone();
        assert_eq!(
            (&shown["at"], &shown["local"]),
            (&json!(instant), &json!(local)),
            "{at}"
        );
    }
}

#[actix_web::test]
async fn a_moment_that_cannot_be_is_refused_with_its_reason() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    for (body, pointer, code) in [
        (json!({"at": "2024-01-19T09:59"}), "/at", "past"),
        (json!({"at": "2044-01-19T09:00"}), "/at", "too_far"),
        (json!({"at": "morgen om negen"}), "/at", "not_a_moment"),
        (json!({"at": "2024-02-30T09:00"}), "/at", "not_a_moment"),
        (
            json!({"at": "2024-02-01T09:00", "zone": "Amsterdam"}),
            "/zone",
            "not_a_zone",
        ),
        (
            json!({"at": "2024-02-01T09:00", "correction": "Fout."}),
            "/correction",
            "never_published",
        ),
        (
            json!({"at": "2024-02-01T09:00", "by": "usr_1"}),
            "/by",
            "unknown_field",
        ),
    ] {
        let refused = put(&editor, &story, &body).await.is(422);
        let error = refused.json()["errors"][0].clone();
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!(pointer), &json!(code)),
            "{body}"
        );
    }
    let path = format!("/api/v1/manage/stories/{story}/schedule");
    let body = json!({"at": "2024-02-01T09:00"});
    editor
        .send(Method::PUT, &path, Some(&body))
        .await
        .fails(428, "precondition_required");
    let stale = editor
        .if_match("\"99.1\"")
        .send(Method::PUT, &path, Some(&body))
        .await;
    assert!(stale.fails(412, "stale").json()["current"]["id"] == story);
    assert!(editor.draft(&story).await.data()["schedule"].is_null());
    // What could not be published then is told now, when somebody is there to mend it.
    let empty = editor.story(&json!({"title": "Leeg", "language": "nl"})).await;
    put(&editor, &empty, &body).await.fails(422, "not_publishable");
}

#[actix_web::test]
async fn a_story_is_neither_published_nor_scheduled_before_its_embargo_ends() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let path = format!("/api/v1/manage/stories/{story}");
    let embargo = async |until: Value| {
        let tag = editor.draft(&story).await.header("etag");
        editor
            .if_match(&tag)
            .patch(&path, &json!({"embargo_until": until}))
            .await
    };
    embargo(json!(NOW + 2 * HOUR)).await.is(200);
    let early = put(&editor, &story, &json!({"at": "2024-01-19T11:30"})).await;
    assert_eq!(early.fails(422, "not_publishable").pointers(), ["/embargo_until"]);
    put(&editor, &story, &json!({"at": "2024-01-19T12:00"}))
        .await
        .is(200);
    // And an embargo does not slip behind a schedule.
    let refused = embargo(json!(NOW + 3 * HOUR)).await.is(422);
    assert_eq!(refused.pointers(), ["/embargo_until"]);
    embargo(json!(NOW + HOUR)).await.is(200);
    server.clock.advance(2 * HOUR);
    goes_out(&reader, "een-veld").await;
}

#[actix_web::test]
async fn a_schedule_is_seen_by_whoever_read_the_draft_before() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let path = format!("/api/v1/manage/stories/{story}");
    let again = async |tag: &str| {
        editor
            .clone()
            .always("If-None-Match", tag)
            .get(&path)
            .await
            .status
    };
    let before = editor.draft(&story).await.header("etag");
    assert_eq!(again(&before).await, 304);
    for_half_past_twelve(&editor, &story).await;
    assert_eq!(again(&before).await, 200);
    // Scheduling changes nobody's draft: what was read before can still be changed.
    editor
        .if_match(&before)
        .patch(&path, &json!({"byline": "Anna"}))
        .await
        .is(200);
}
