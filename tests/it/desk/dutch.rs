//! The desk in Dutch: no page of it says a word of English, and a browser's language gives way to one that somebody chose.

use reportage::account::Role;
use serde_json::json;

use super::{field_on, leads_to, version_on};
use crate::harness::server::PASSWORD;
use crate::harness::{Answer, Browser, Client, NOW, Server, captioned, jpeg};

/// Words that no page has if it speaks Dutch: words of buttons and labels, and those without which there is no English sentence.
const TELLTALE: [&str; 76] = [
    "Save",
    "Saved",
    "Delete",
    "Title",
    "Caption",
    "Captions",
    "Publish",
    "Published",
    "Unpublish",
    "Draft",
    "Stories",
    "Story",
    "Photographs",
    "Settings",
    "Search",
    "Show",
    "Find",
    "All",
    "Ready",
    "Failed",
    "Remove",
    "Removed",
    "Move",
    "Move…",
    "First",
    "Last",
    "Earlier",
    "More",
    "Text",
    "Heading",
    "Quotation",
    "Place",
    "Language",
    "Date",
    "Address",
    "Standfirst",
    "Byline",
    "Choose",
    "Choose…",
    "Password",
    "Name",
    "Lead",
    "Column",
    "Wide",
    "Grid",
    "Insert",
    "Add",
    "Undo",
    "Redo",
    "Nothing",
    "Somebody",
    "Welcome",
    "Jan",
    "January",
    "photograph",
    "photographs",
    "story",
    "the",
    "The",
    "and",
    "your",
    "you",
    "with",
    "this",
    "This",
    "that",
    "That",
    "which",
    "from",
    "has",
    "have",
    "not",
    "no",
    "are",
    "may",
    "as",
];

/// What is seen on a page, and what is read out instead of it: its text and its labels.
fn words(page: &str) -> Vec<String> {
    let body = page.split_once("<body>").map_or(page, |(_, body)| body);
    let mut said = String::new();
    for piece in body.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        for label in ["aria-label=\"", "title=\"", "placeholder=\"", " alt=\""] {
            let label = tag.split_once(label).and_then(|(_, rest)| rest.split_once('"'));
            said.push_str(label.map_or("", |(label, _)| label));
            said.push(' ');
        }
        said.push_str(text);
        said.push(' ');
    }
    let said = said
        .replace("&#38;", "&")
        .replace("&#39;", "’")
        .replace("&#34;", "”");
    said.split_whitespace()
        .map(|word| {
            let is_mark = |letter: char| !letter.is_alphanumeric() && letter != '…';
            word.trim_matches(is_mark).to_owned()
        })
        .collect()
}

#[track_caller]
fn is_dutch(what: &str, page: &Answer) {
    let text = page.text();
    assert!(text.contains("<html lang=\"nl\""), "{what}: {text}");
    let title = text
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"));
    let title = words(title.map_or("", |(title, _)| title));
    let english: Vec<String> = words(&text)
        .into_iter()
        .chain(title)
        .filter(|word| TELLTALE.contains(&word.as_str()))
        .collect();
    assert!(
        english.is_empty(),
        "{what} ({}) says {english:?}: {text}",
        page.status
    );
}

fn in_dutch(client: Client) -> Client {
    client.always("Accept-Language", "nl-NL,nl;q=0.9,en;q=0.5")
}

/// A story with a block of each kind, something in the tray, and a photo that lacks everything.
async fn full_story(editor: &Client) -> (String, Vec<String>) {
    let mut photos = Vec::new();
    for seed in 1..=3 {
        photos.push(
            editor
                .photo(
                    &format!("DSC_{seed}.jpg"),
                    &captioned(seed, &format!("Beeld {seed}.")),
                )
                .await,
        );
    }
    photos.push(editor.photo("DSC_4.jpg", &jpeg(4, 480, 320)).await);
    let photo = |index: usize| json!({"type": "photo", "frame": {"photo": photos[index]}});
    let blocks = json!([
        {"type": "heading", "text": "Kop"},
        {"type": "text", "markdown": "Alinea."},
        {"type": "quote", "markdown": "Citaat.", "attribution": "Anna"},
        photo(0), photo(1), photo(2), photo(3),
        {"type": "text", "markdown": "Weg hiermee."},
    ]);
    let story = editor
        .story(&json!({"title": "Een veld", "language": "nl", "blocks": blocks}))
        .await;
    let draft = editor.draft(&story).await.data();
    let id = |index: usize| draft["blocks"][index]["id"].clone();
    let operations = json!([
        {"op": "group", "ids": [id(3), id(4)]},
        {"op": "remove", "id": id(7)},
    ]);
    editor.operate(&story, &operations).await.is(200);
    (story, photos)
}

#[actix_web::test]
async fn every_page_of_the_desk_speaks_dutch_to_a_dutch_browser() {
    let server = Server::start();
    let admin = in_dutch(server.session(&server.person("bea", Role::Admin)));
    server.person("bram", Role::Photographer);
    let (story, photos) = full_story(&admin).await;
    let here = format!("/desk/stories/{story}");
    let frame = admin.draft(&story).await.data()["blocks"][4]["frame"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let photo = &photos[3];

    let mut pages: Vec<String> = [
        "/desk",
        "/desk?text=nergens",
        "/desk/photos",
        "/desk/photos?text=nergens",
        "/desk/site",
        "/desk/site?saved=1",
        "/desk/webhooks",
        "/desk/people",
        "/desk/people?done=role",
        "/desk/tokens",
        "/desk/audit",
        "/desk/me",
        "/desk/me?done=name",
        "/desk/me/factor",
        "/desk/help",
    ]
    .map(str::to_owned)
    .into();
    for page in [
        "",
        "/table",
        "/captions",
        "/photos",
        "/publish",
        "/share",
        "/drop-links",
        "/revisions",
    ] {
        pages.push(format!("{here}{page}"));
    }
    pages.push(format!("{here}/captions/apply?frame={frame}"));
    pages.push(format!("/desk/photos/{photo}"));
    pages.push(format!("/desk/photos/{}?done=hidden", photos[0]));
    for path in pages {
        let page = admin.get(&path).await.is(200);
        is_dutch(&path, &page);
    }
    is_dutch("nowhere", &admin.get("/desk/stories/sto_0").await.is(404));

    let photographer = in_dutch(server.session(&server.person("carla", Role::Photographer)));
    for path in ["/desk", "/desk/photos", "/desk/tokens", "/desk/people"] {
        is_dutch(path, &photographer.get(path).await);
    }
}

/// Where a form goes, what is answered, and its fields.
type Case<'a> = (&'a str, u16, Vec<(&'a str, &'a str)>);

#[actix_web::test]
#[allow(clippy::too_many_lines, reason = "it is a table")]
async fn what_goes_wrong_is_said_in_dutch() {
    let server = Server::start();
    let admin = in_dutch(server.session(&server.person("bea", Role::Admin)));
    let (story, photos) = full_story(&admin).await;
    let here = format!("/desk/stories/{story}");
    let photo = format!("/desk/photos/{}", photos[0]);
    let blocks = admin.draft(&story).await.data()["blocks"].clone();
    let text = format!("{here}/parts/{}", blocks[1]["id"].as_str().unwrap());
    let long = "a".repeat(600);
    let long = long.as_str();
    let version = version_on(&admin.get(&here).await);
    let publish = version_on(&admin.get(&format!("{here}/publish")).await);
    let (now, publish) = (version.as_str(), publish.as_str());
    let cases: [Case<'_>; 18] = [
        ("/desk/stories", 422, vec![("title", ""), ("language", "?")]),
        (
            "/desk/site",
            422,
            vec![
                ("version", "0"),
                ("accent_color", "rood"),
                ("photographers", "Anna"),
            ],
        ),
        (
            "/desk/people",
            422,
            vec![("email", "geen adres"), ("name", long), ("role", "editor")],
        ),
        (
            "/desk/people",
            422,
            vec![("email", "bea@example.org"), ("name", ""), ("role", "editor")],
        ),
        ("/desk/tokens", 422, vec![("name", ""), ("expires", "morgen")]),
        ("/desk/me/name", 422, vec![("name", "")]),
        (
            "/desk/me/password",
            422,
            vec![("present_password", "mis"), ("new_password", "kort")],
        ),
        ("/desk/tongue", 422, vec![("language", "tlh")]),
        (
            &format!("{here}/details"),
            412,
            vec![("version", "0"), ("title", "Ander veld")],
        ),
        (
            &format!("{here}/details"),
            422,
            vec![
                ("version", now),
                ("slug", "Geen Slug"),
                ("date", "ooit"),
                ("byline", long),
            ],
        ),
        (&text, 412, vec![("version", "0"), ("markdown", "Andere alinea.")]),
        (
            &format!("{here}/structure"),
            400,
            vec![("version", now), ("do", "explode")],
        ),
        (
            &format!("{here}/structure"),
            422,
            vec![("version", now), ("do", "group")],
        ),
        (
            &format!("{here}/blocks"),
            422,
            vec![("version", now), ("words", ""), ("type", "heading")],
        ),
        (&format!("{here}/publish"), 422, vec![("version", publish)]),
        (
            &format!("{here}/schedule"),
            422,
            vec![
                ("version", publish),
                ("day", "ooit"),
                ("time", "nu"),
                ("zone", "Europe/Amsterdam"),
            ],
        ),
        (&photo, 412, vec![("version", "0"), ("caption", "Getypt.")]),
        (
            &photo,
            422,
            vec![("version", "1"), ("license", "geen adres"), ("focal_x", "x")],
        ),
    ];
    for (path, status, fields) in cases {
        let page = admin.form(path, &fields).await.is(status);
        is_dutch(path, &page);
    }
    let good = captioned(9, "Goed.");
    let files: [(&str, &[u8]); 2] = [("goed.jpg", &good), ("mis.jpg", b"geen foto")];
    is_dutch(
        "uploads",
        &admin.file_form(&format!("{here}/uploads"), &files).await.is(200),
    );
    is_dutch(
        "uploads",
        &admin
            .file_form("/desk/photos", &[("mis.pdf", b"%PDF-1.7 ")])
            .await
            .is(415),
    );

    let photographer = in_dutch(server.session(&server.person("carla", Role::Photographer)));
    is_dutch(
        "forbidden",
        &photographer
            .form("/desk/stories", &[("title", "Een dijk"), ("language", "nl")])
            .await
            .is(403),
    );
    // From another site.
    let elsewhere = admin.without("sec-fetch-site");
    is_dutch(
        "elsewhere",
        &elsewhere.form(&format!("{here}/members"), &[]).await.is(403),
    );
}

#[actix_web::test]
async fn the_door_speaks_dutch() {
    let server = Server::start();
    let door = in_dutch(server.visitor().always("Sec-Fetch-Site", "same-origin"));
    let secret = reportage::account::setup::offer(server.db(), NOW)
        .unwrap()
        .unwrap();
    is_dutch(
        "setup",
        &door.get(&format!("/desk/setup?token={secret}")).await.is(200),
    );
    let fields = [
        ("token", secret.as_str()),
        ("email", "x"),
        ("name", ""),
        ("password", "kort"),
    ];
    is_dutch("setup", &door.form("/desk/setup", &fields).await.is(422));

    let person = server.person("redactie", Role::Admin);
    let editor = in_dutch(server.session(&person));
    is_dutch("sign in", &door.get("/desk/sign-in").await.is(200));
    let wrong = [
        ("email", "redactie@example.org"),
        ("password", "mis, mis, mis, mis"),
    ];
    is_dutch("sign in", &door.form("/desk/sign-in", &wrong).await.is(403));
    let typed = [("title", "Een dijk"), ("language", "nl")];
    let asked = door.form("/desk/stories", &typed).await.is(401);
    is_dutch("ended", &asked);
    let right = [
        ("email", "redactie@example.org"),
        ("password", PASSWORD),
        ("waiting_action", "/desk/stories"),
        ("waiting_body", "title=Een+dijk&language=nl"),
    ];
    is_dutch("waiting", &door.form("/desk/sign-in", &right).await.is(200));

    let guest = [
        ("email", "anna@example.org"),
        ("name", "Anna"),
        ("role", "photographer"),
    ];
    let invited = editor.form("/desk/people", &guest).await.is(200);
    is_dutch("invited", &invited);
    let link = invited.text();
    let link = link
        .split("/desk/join?token=")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    is_dutch(
        "join",
        &door.get(&format!("/desk/join?token={link}")).await.is(200),
    );
    is_dutch("join", &door.get("/desk/join?token=mis").await.is(404));
    let short = [("token", link.as_str()), ("name", ""), ("new_password", "kort")];
    is_dutch("join", &door.form("/desk/join", &short).await.is(422));

    let story = editor
        .story(&json!({"title": "Een veld", "language": "nl"}))
        .await;
    let made = [("label", "Bram"), ("until", "2024-01-26")];
    let drop = editor
        .form(&format!("/desk/stories/{story}/drop-links"), &made)
        .await
        .is(201);
    is_dutch("drop links", &drop);
    let drop = drop.text();
    let secret = drop.split("/drop/").nth(1).unwrap().split('"').next().unwrap();
    let page = format!("/drop/{secret}");
    is_dutch("drop", &door.get(&page).await.is(200));
    is_dutch(
        "drop",
        &door.file_form(&page, &[("mis.jpg", b"geen foto")]).await.is(415),
    );
}

#[actix_web::test]
async fn a_language_that_was_chosen_comes_before_the_browsers_own() {
    let server = Server::start();
    let here = server.session(&server.person("anna", Role::Editor));
    let me = here.get("/desk/me").await.is(200).text();
    assert!(
        me.contains("<html lang=\"en\"") && me.contains(">Nederlands</option>"),
        "{me}"
    );
    let next = field_on(&me, "next");
    let chosen = here
        .form("/desk/tongue", &[("language", "nl"), ("next", &next)])
        .await;
    let cookie = chosen.header("set-cookie");
    assert_eq!(leads_to(chosen), "/desk/me");
    for part in [
        "desk_language=nl;",
        "HttpOnly",
        "SameSite=Lax",
        "Path=/",
        "Max-Age=31536000",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let door = server.visitor().always("Sec-Fetch-Site", "same-origin");
    let cookie = cookie.split(';').next().unwrap();
    let page = door
        .clone()
        .always("Cookie", cookie)
        .get("/desk/sign-in")
        .await
        .is(200);
    is_dutch("sign in", &page);

    // Nobody is led elsewhere, and no other site chooses.
    let away = [("language", "en"), ("next", "//evil.example")];
    assert_eq!(leads_to(door.form("/desk/tongue", &away).await), "/desk");
    door.form("/desk/tongue", &[("language", "xx")]).await.is(422);
    for site in ["cross-site", "same-site"] {
        let elsewhere = server.visitor().always("Sec-Fetch-Site", site);
        elsewhere
            .form("/desk/tongue", &[("language", "en")])
            .await
            .is(403);
    }
}

#[actix_web::test]
async fn dutch_words_fit_a_screen_of_320_px() {
    const TOO_WIDE: &str = "if (document.documentElement.scrollWidth <= innerWidth) return [];
        return [...document.querySelectorAll('body *')]
            .filter((it) => it.getBoundingClientRect().right > innerWidth + 1)
            .map((it) => it.outerHTML.slice(0, 120));";
    let server = Server::start();
    let person = server.person("bea", Role::Admin);
    let (story, photos) = full_story(&server.session(&person)).await;
    let Some(browser) = Browser::open(&server.base()).await else {
        return;
    };
    browser.go("/desk/sign-in").await;
    let choose = "document.querySelector('.tongue [name=language]').value = 'nl'";
    browser.run(choose).await;
    browser.click(".tongue button").await;
    browser
        .until("Dutch", "document.documentElement.lang === 'nl'")
        .await;
    browser.size(320, 800).await;
    browser.go("/desk/sign-in").await;
    assert_eq!(browser.run(TOO_WIDE).await, json!([]), "/desk/sign-in");
    browser.sign_in(&person.account.email).await;
    let here = format!("/desk/stories/{story}");
    let mut pages: Vec<String> = ["/desk", "/desk/photos", "/desk/site", "/desk/people", "/desk/me"]
        .map(str::to_owned)
        .into();
    pages.push(format!("/desk/photos/{}", photos[3]));
    for page in [
        "",
        "/table",
        "/captions",
        "/photos",
        "/publish",
        "/share",
        "/drop-links",
    ] {
        pages.push(format!("{here}{page}"));
    }
    for path in pages {
        browser.go(&path).await;
        assert_eq!(browser.run(TOO_WIDE).await, json!([]), "{path}");
    }
    assert_eq!(browser.mishaps().await, Vec::<String>::new());
}
