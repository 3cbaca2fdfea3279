//! The publish page and its neighbours by forms alone, and in a browser: hours, embargoes, corrections, differences, links for outsiders.

use reportage::account::Role;
use reportage::clock::HOUR;
use serde_json::json;

use super::{leads_to, version_on};
use crate::harness::server::eventually;
use crate::harness::{Browser, Client, Server, captioned};

async fn story(editor: &Client) -> (String, String) {
    let photo = editor
        .photo("a.jpg", &captioned(1, "Een veld bij Telskuf."))
        .await;
    let story = editor.small_story("Een veld", &photo).await;
    (story.clone(), format!("/desk/stories/{story}"))
}

async fn send(editor: &Client, here: &str, what: &str, fields: &[(&str, &str)]) -> crate::harness::Answer {
    let version = version_on(&editor.get(&format!("{here}/publish")).await.is(200));
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    editor.form(&format!("{here}/{what}"), &all).await
}

#[actix_web::test]
async fn an_hour_is_set_shown_moved_and_cancelled_by_forms() {
    let server = Server::start();
    let editor = server.editor();
    let (story, here) = story(&editor).await;
    let moment = [
        ("do", "set"),
        ("day", "2024-03-31"),
        ("time", "02:30"),
        ("zone", "Europe/Amsterdam"),
    ];
    let to = leads_to(send(&editor, &here, "schedule", &moment).await);
    assert_eq!(to, format!("{here}/publish?done=scheduled-forward"));
    let page = editor.get(&to).await.is(200).text();
    // The forms show what holds: the hour that does not exist has moved.
    for part in [
        "31 March 2024, 03.30 (Europe/Amsterdam)",
        "That hour does not exist",
        "value=\"03:30\"",
        "In the name of redactie.",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    for path in ["/desk", here.as_str()] {
        let page = editor.get(path).await.is(200).text();
        assert!(
            page.contains("Scheduled for") && page.contains("31 March 2024, 03.30"),
            "{path}: {page}"
        );
    }
    let dutch = editor.clone().always("Accept-Language", "nl");
    assert!(dutch.get(&here).await.text().contains("Gepland voor"));
    assert!(dutch.get(&here).await.text().contains("31 maart 2024, 03.30"));

    leads_to(send(&editor, &here, "schedule", &[("do", "cancel")]).await);
    assert!(editor.draft(&story).await.data()["schedule"].is_null());
}

#[actix_web::test]
async fn what_was_typed_stays_where_a_moment_is_refused() {
    let server = Server::start();
    let editor = server.editor();
    let (story, here) = story(&editor).await;
    editor.publish(&story).await.is(201);
    for (day, time, zone, says) in [
        ("2023-12-31", "09:15", "Asia/Tokyo", "has passed"),
        ("2024-02-30", "09:15", "Asia/Tokyo", "is not a day with a time"),
        (
            "2024-12-31",
            "09:15",
            "Asia/Nergens",
            "is not the name of a time zone",
        ),
    ] {
        let fields = [
            ("do", "set"),
            ("day", day),
            ("time", time),
            ("zone", zone),
            ("correction", "Jaartal verbeterd."),
        ];
        let page = send(&editor, &here, "schedule", &fields).await.is(422).text();
        assert!(page.contains(says), "{says} is not in {page}");
        assert!(
            page.contains(&format!("value=\"{day}\"")) && page.contains("Jaartal verbeterd."),
            "{page}"
        );
    }
    let stale = [
        ("version", "99"),
        ("do", "set"),
        ("day", "2024-12-31"),
        ("time", "09:15"),
        ("zone", "Asia/Tokyo"),
    ];
    let page = editor
        .form(&format!("{here}/schedule"), &stale)
        .await
        .is(412)
        .text();
    assert!(
        page.contains("was changed while") && page.contains("value=\"2024-12-31\""),
        "{page}"
    );
}

#[actix_web::test]
async fn an_embargo_is_set_and_lifted_by_forms_and_keeps_the_story_in() {
    let server = Server::start();
    let editor = server.editor();
    let (story, here) = story(&editor).await;
    let moment = [
        ("do", "set"),
        ("day", "2024-01-19"),
        ("time", "13:00"),
        ("zone", "Europe/Amsterdam"),
    ];
    leads_to(send(&editor, &here, "embargo", &moment).await);
    let page = editor.get(&format!("{here}/publish")).await.is(200).text();
    for part in [
        "under embargo until 2024-01-19, 13:00 (Europe/Amsterdam)",
        "19 January 2024, 13.00 (Europe/Amsterdam)",
        "/publish#embargo",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(editor.get(&here).await.text().contains("Embargo until"));
    let early = [
        ("do", "set"),
        ("day", "2024-01-19"),
        ("time", "12:59"),
        ("zone", "Europe/Amsterdam"),
    ];
    send(&editor, &here, "schedule", &early).await.is(422);
    let past = [
        ("do", "set"),
        ("day", "2024-01-18"),
        ("time", "12:59"),
        ("zone", "UTC"),
    ];
    let page = send(&editor, &here, "embargo", &past).await.is(422).text();
    assert!(
        page.contains("forbids nothing") && page.contains("2024-01-18"),
        "{page}"
    );
    leads_to(send(&editor, &here, "embargo", &[("do", "lift")]).await);
    editor.publish(&story).await.is(201);
}

#[actix_web::test]
async fn the_page_shows_what_will_change_to_the_word() {
    let server = Server::start();
    let editor = server.editor();
    let first = editor
        .photo("a.jpg", &captioned(1, "Een veld bij Telskuf."))
        .await;
    let second = editor.photo("b.jpg", &captioned(2, "Een tweede beeld.")).await;
    let blocks = json!([
        {"type": "photo", "frame": {"photo": first}},
        {"type": "text", "markdown": "De weg naar het noorden is lang."},
        {"type": "text", "markdown": "Dit gaat weg."},
        {"type": "quote", "markdown": "Niemand.", "attribution": "Een vrouw"},
    ]);
    let story = editor
        .story(&json!({"title": "Een veld", "language": "nl", "blocks": blocks}))
        .await;
    editor.publish(&story).await.is(201);
    let publish = format!("/desk/stories/{story}/publish");
    assert!(!editor.get(&publish).await.text().contains("What will change"));
    let draft = editor.draft(&story).await.data();
    let block = |index: usize| draft["blocks"][index].clone();
    editor
        .operate(&story, &json!([
            {"op": "update", "id": block(0)["frame"]["id"], "version": 1, "set": {"caption": "Een akker bij Telskuf."}},
            {"op": "update", "id": block(1)["id"], "version": 1, "set": {"markdown": "De **weg** naar het zuiden is lang."}},
            {"op": "remove", "id": block(2)["id"]},
            {"op": "move", "id": block(3)["id"], "position": 0},
            {"op": "insert", "position": 3, "block": {"type": "photo", "frame": {"photo": second}}},
        ]))
        .await
        .is(200);
    let page = editor.get(&publish).await.is(200).text();
    for part in [
        "What will change for readers",
        "<del><span class=\"unseen\">was: </span>veld </del><ins><span class=\"unseen\">now: </span>akker </ins>",
        "was: </span>noorden </del>",
        "now: </span>zuiden </ins>",
        "Text, gone from place 3",
        "Dit gaat weg.",
        "Quotation, moved from place 4 to 1",
        "Photograph, new at place 4",
        "alt=\"Beeld 2\"",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    editor.publish(&story).await.is(201);
    assert!(!editor.get(&publish).await.text().contains("What will change"));
}

#[actix_web::test]
async fn a_correction_goes_with_the_form_and_comes_back_where_publishing_fails() {
    let server = Server::start();
    let editor = server.editor();
    let (story, here) = story(&editor).await;
    assert!(
        !editor
            .get(&format!("{here}/publish"))
            .await
            .text()
            .contains("name=\"correction\"")
    );
    editor.publish(&story).await.is(201);
    let note = ("correction", "De plaats was onjuist.");
    let page = editor
        .form(&format!("{here}/publish"), &[("version", "99"), note])
        .await
        .is(412)
        .text();
    assert!(page.contains("De plaats was onjuist."), "{page}");
    let long = "x".repeat(2_001);
    let page = send(&editor, &here, "publish", &[("correction", &long)])
        .await
        .is(422)
        .text();
    assert!(page.contains("at most 2000 fit") && page.contains(&long));
    // A story without changes can still be published for the sake of its correction.
    leads_to(send(&editor, &here, "publish", &[note]).await);
    let page = server.visitor().get("/stories/een-veld").await.is(200).text();
    assert!(page.contains("De plaats was onjuist."));
    let page = editor.get(&format!("{here}/publish")).await.text();
    assert!(page.contains("What readers were told before") && page.contains("De plaats was onjuist."));
}

#[actix_web::test]
async fn a_link_is_shown_once_and_taken_back_by_a_button() {
    let server = Server::start();
    let editor = server.editor();
    let (_, here) = story(&editor).await;
    let share = format!("{here}/share");
    let made = editor
        .form(&share, &[("label", "De geïnterviewde"), ("days", "3")])
        .await
        .is(201);
    assert_eq!(made.header("cache-control"), "private, no-store");
    let page = made.text();
    let url = page
        .split("value=\"http")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let url = format!("http{url}");
    assert!(url.contains("/preview/rpv_"), "{page}");
    server.visitor().get(&url).await.is(200);
    let listed = editor.get(&share).await.is(200).text();
    assert!(
        listed.contains("De geïnterviewde") && listed.contains("not used yet") && !listed.contains("rpv_"),
        "{listed}"
    );
    assert!(
        editor
            .get(&format!("{here}/publish"))
            .await
            .text()
            .contains("<span class=\"count\">1</span>")
    );
    let id = listed
        .split("name=\"revoke\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(leads_to(editor.form(&share, &[("revoke", &id)]).await), share);
    assert!(editor.get(&share).await.text().contains("Taken back"));
    server.visitor().get(&url).await.is(404);
    let long = "x".repeat(121);
    let page = editor
        .form(&share, &[("label", long.as_str()), ("days", "3")])
        .await
        .is(422)
        .text();
    assert!(page.contains(&long));
}

#[actix_web::test]
async fn photographers_see_the_checklist_and_neither_hours_nor_links() {
    let server = Server::start();
    let editor = server.editor();
    let anna = server.person("anna", Role::Photographer);
    let own = server.session(&anna);
    let (story, here) = story(&editor).await;
    editor
        .put(&format!(
            "/api/v1/manage/stories/{story}/members/{}",
            anna.account.id
        ))
        .await
        .is(204);
    let page = own.get(&format!("{here}/publish")).await.is(200).text();
    assert!(
        page.contains("Before it goes out") && !page.contains("name=\"zone\""),
        "{page}"
    );
    own.get(&format!("{here}/share")).await.is(403);
    own.form(&format!("{here}/share"), &[("days", "3")]).await.is(403);
    let moment = [
        ("version", "1"),
        ("do", "set"),
        ("day", "2024-03-01"),
        ("time", "09:00"),
        ("zone", "UTC"),
    ];
    own.form(&format!("{here}/schedule"), &moment).await.is(403);
    own.form(&format!("{here}/embargo"), &moment).await.is(403);
    let stranger = server.session(&server.person("bram", Role::Photographer));
    for what in ["publish", "share"] {
        stranger.get(&format!("{here}/{what}")).await.is(404);
    }
}

#[actix_web::test]
async fn in_a_browser_an_hour_is_chosen_in_its_own_zone_and_a_link_opens_by_its_button() {
    let server = Server::start();
    let editor = server.session(&server.person("anna", Role::Editor));
    let (story, here) = story(&editor).await;
    let Some(browser) = Browser::open(&server.base()).await else {
        return;
    };
    browser.sign_in("anna@example.org").await;
    browser.go(&format!("{here}/publish")).await;
    browser
        .until(
            "the browser's zone",
            "document.querySelector('#schedule select').value === Intl.DateTimeFormat().resolvedOptions().timeZone",
        )
        .await;
    browser
        .until(
            "all zones",
            "document.querySelector('#schedule select').options.length > 300",
        )
        .await;
    // Dates are typed in the order of the browser's language; a script sets them as its picker does.
    browser
        .run(
            "document.querySelector('#schedule [name=day]').value = '2024-01-19';
             document.querySelector('#schedule [name=time]').value = '11:00';
             document.querySelector('#schedule select').value = 'UTC';",
        )
        .await;
    browser.click("#schedule [value=set]").await;
    browser.find("#schedule .goes-out").await;
    assert_eq!(
        editor.draft(&story).await.data()["schedule"]["at"],
        "2024-01-19T11:00:00Z"
    );

    browser.go(&format!("{here}/share")).await;
    browser.click(".make-link button").await;
    let field = browser.find("#fresh").await;
    let url = field.prop("value").await.unwrap().unwrap();
    browser
        .until(
            "a button to copy",
            "document.querySelector('[data-copy=fresh]:not([hidden])')",
        )
        .await;
    let path = url.strip_prefix(&server.base()).unwrap().to_owned();
    browser.page.delete_all_cookies().await.unwrap();
    browser.go(&path).await;
    browser.click(".door button").await;
    browser
        .until(
            "the lead picture",
            "document.querySelector('.story figure img')?.naturalWidth > 0",
        )
        .await;
    // Reloading and coming back need no second press.
    browser.go(&path).await;
    browser.find("article.story").await;
    let mishaps: Vec<String> = browser.mishaps().await;
    assert!(mishaps.is_empty(), "{mishaps:?}");

    server.clock.advance(HOUR);
    let reader = server.visitor();
    eventually("the story at its hour", async || {
        (reader.get("/stories/een-veld").await.status == 200).then_some(())
    })
    .await;
}
