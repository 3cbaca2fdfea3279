//! Links by which outsiders see a draft: what they open, what they do not, and that nothing is told before somebody asks.

use reportage::account::{Role, manage};
use reportage::clock::{DAY, HOUR};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, NOW, Server, captioned};

struct Shared {
    server: Server,
    editor: Client,
    story: String,
    photo: String,
    /// Of the link.
    id: String,
    secret: String,
    path: String,
}

async fn shared(body: &Value) -> Shared {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor
        .photo("a.jpg", &captioned(1, "Een veld bij Telskuf."))
        .await;
    let story = editor.small_story("Een geheim veld", &photo).await;
    let links = format!("/api/v1/manage/stories/{story}/preview-links");
    let made = editor.post(&links, body).await.is(201).data();
    let text = |field: &str| made[field].as_str().unwrap().to_owned();
    let path = text("url").strip_prefix(&server.base()).unwrap().to_owned();
    let (id, secret) = (text("id"), text("secret"));
    Shared {
        server,
        editor,
        story,
        photo,
        id,
        secret,
        path,
    }
}

/// Presses the button and comes back as a browser does, with its cookie.
async fn enter(visitor: &Client, path: &str) -> Client {
    let entered = visitor.form(path, &[]).await.is(303);
    assert_eq!(entered.header("location"), path);
    let cookie = entered.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", &format!("Path={path}"), "Max-Age="] {
        assert!(cookie.contains(part), "{part} is missing in {cookie}");
    }
    visitor
        .clone()
        .always("Cookie", cookie.split(';').next().unwrap())
}

fn is_kept_to_the_holder(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), "private, no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert!(answer.header("x-robots-tag").contains("noindex"));
}

/// The pictures on a page.
fn pictures(page: &str) -> Vec<String> {
    let mut found: Vec<String> = page
        .split(['"', ' ', ','])
        .filter(|word| word.starts_with('/') && word.contains("/media/"))
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found
}

#[actix_web::test]
async fn a_link_tells_nothing_until_somebody_asks_and_then_shows_what_readers_would_see() {
    let shared = shared(&json!({"label": "De geïnterviewde"})).await;
    let visitor = shared.server.visitor();
    let door = visitor.get(&shared.path).await.is(200);
    is_kept_to_the_holder(&door);
    for word in [
        "geheim",
        "veld",
        "Telskuf",
        "Anna",
        "Beeld 1",
        "/media/",
        &shared.story,
        &shared.photo,
    ] {
        assert!(
            !door.text().contains(word),
            "{word} is on the door: {}",
            door.text()
        );
    }
    assert!(
        door.text().contains("noindex") && door.text().contains("Voorbeeld tonen")
            || door.text().contains("Show the preview")
    );
    let head = visitor
        .send(reqwest::Method::HEAD, &shared.path, None)
        .await
        .is(200);
    assert!(head.body.is_empty());

    let holder = enter(&visitor, &shared.path).await;
    let page = holder.get(&shared.path).await.is(200);
    is_kept_to_the_holder(&page);
    assert!(
        page.header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    let text = page.text();
    assert!(text.contains("Een geheim veld") && text.contains("Een veld bij Telskuf."));
    assert!(text.contains("<meta name=\"robots\" content=\"noindex\">"));
    // The very template that readers get, but for where its pictures are.
    let desk = shared
        .editor
        .get(&format!("/desk/stories/{}/preview", shared.story))
        .await
        .is(200);
    assert_eq!(
        text.replace(&format!("{}/media/", shared.path), "/media/"),
        desk.text()
    );

    let pictures = pictures(&text);
    assert!(pictures.len() >= 2, "{pictures:?}");
    for picture in &pictures {
        let below = picture.strip_prefix(&shared.path).expect("below the link");
        // Programs elsewhere show them by the same address, and nobody gets them by another.
        let file = visitor.get(picture).await.is(200);
        is_kept_to_the_holder(&file);
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert_eq!(
            file.header("content-security-policy"),
            "default-src 'none'; sandbox"
        );
        visitor.get(below).await.is(404);
    }
}

#[actix_web::test]
async fn a_link_opens_one_story_and_of_it_only_what_stands_in_it() {
    let shared = shared(&json!({})).await;
    let editor = &shared.editor;
    let other = editor.photo("b.jpg", &captioned(2, "Ander werk.")).await;
    let tray = editor.photo("c.jpg", &captioned(3, "In de la.")).await;
    editor.small_story("Een ander verhaal", &other).await;
    let block = json!({"type": "photo", "frame": {"photo": tray}});
    let draft = editor
        .operate(&shared.story, &json!([{"op": "insert", "block": block}]))
        .await
        .is(200)
        .data();
    let removed = draft["blocks"].as_array().unwrap().last().unwrap()["id"].clone();
    editor
        .operate(&shared.story, &json!([{"op": "remove", "id": removed}]))
        .await
        .is(200);
    let visitor = shared.server.visitor();
    for photo in [&other, &tray] {
        let url = editor.settled(photo).await["renditions"][0]["url"]
            .as_str()
            .unwrap()
            .to_owned();
        visitor.get(&format!("{}{url}", shared.path)).await.is(404);
    }
    let own = editor.settled(&shared.photo).await["renditions"][0]["url"]
        .as_str()
        .unwrap()
        .to_owned();
    visitor.get(&format!("{}{own}", shared.path)).await.is(200);
    // Nor does it open anything else of the site.
    let holder = enter(&visitor, &shared.path)
        .await
        .always("Authorization", &format!("Bearer {}", shared.secret));
    holder
        .get(&format!("/api/v1/manage/stories/{}", shared.story))
        .await
        .is(401);
    holder.get("/desk").await.is(303);
}

#[actix_web::test]
async fn expired_revoked_and_unknown_links_are_the_same_page() {
    let shared = shared(&json!({"days": 1})).await;
    let visitor = shared.server.visitor();
    let never = format!("/preview/rpv_{}", "A".repeat(43));
    let alike = async |path: &str, who: &Client| {
        for method in [reqwest::Method::GET, reqwest::Method::POST] {
            let (this, that) = (
                who.send(method.clone(), path, None).await.is(404),
                who.send(method.clone(), &never, None).await.is(404),
            );
            assert_eq!(this.text(), that.text(), "{method} {path}");
            let headers = |answer: &Answer| {
                let mut headers = answer.headers.clone();
                headers.remove("date");
                headers
            };
            assert_eq!(headers(&this), headers(&that), "{method} {path}");
        }
    };
    for shape in [
        "/preview/x",
        "/preview/rpv_",
        "/preview/%00",
        "/preview/..%2f..%2fdesk",
    ] {
        alike(shape, &visitor).await;
    }
    let holder = enter(&visitor, &shared.path).await;
    let picture = pictures(&holder.get(&shared.path).await.is(200).text()).remove(0);

    shared.server.clock.advance(DAY - 1);
    holder.get(&shared.path).await.is(200);
    shared.server.clock.advance(1);
    alike(&shared.path, &holder).await;
    visitor.get(&picture).await.is(404);
}

#[actix_web::test]
async fn a_link_is_taken_back_by_hand_and_with_its_makers_account() {
    let shared = shared(&json!({})).await;
    let tweede = shared.server.person("tweede", Role::Editor);
    let second = shared.server.session(&tweede);
    let links = format!("/api/v1/manage/stories/{}/preview-links", shared.story);
    let made = second.post(&links, &json!({})).await.is(201).data();
    let theirs = made["url"].as_str().unwrap().to_owned();
    let visitor = shared.server.visitor();
    let holder = enter(&visitor, &shared.path).await;
    let picture = pictures(&holder.get(&shared.path).await.is(200).text()).remove(0);

    shared.server.clock.advance(HOUR);
    let link = format!("{links}/{}", shared.id);
    shared.editor.delete(&link).await.is(204);
    shared.editor.delete(&link).await.is(204);
    holder.get(&shared.path).await.is(404);
    visitor.get(&picture).await.is(404);
    let listed = shared.editor.get(&links).await.is(200).data();
    let old = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|link| link["id"] == shared.id)
        .unwrap()
        .clone();
    assert_eq!(
        (&old["revoked_at"], &old["used_at"]),
        (&json!("2024-01-19T11:00:00Z"), &json!("2024-01-19T10:00:00Z"))
    );
    assert!(
        !listed.to_string().contains("rpv_"),
        "secrets are shown once: {listed}"
    );

    visitor.get(&theirs).await.is(200);
    // A photographer makes no links: an editor who becomes one leaves none behind.
    let admin = shared
        .server
        .session(&shared.server.person("beheer", Role::Admin));
    let turn_into = async |role: &str| {
        let page = format!("/desk/people/{}", tweede.account.id);
        admin.form(&page, &[("do", "role"), ("role", role)]).await.is(303);
    };
    turn_into("photographer").await;
    visitor.get(&theirs).await.is(404);
    turn_into("editor").await;
    visitor.get(&theirs).await.is(200);
    manage::disable(shared.server.db(), "tweede@example.org", NOW).unwrap();
    visitor.get(&theirs).await.is(404);
}

#[actix_web::test]
async fn the_secret_is_kept_as_a_hash_and_the_link_goes_with_its_story() {
    let shared = shared(&json!({})).await;
    let database = std::fs::read(reportage::config::database_path(shared.server.data.path())).unwrap();
    let log = std::fs::read(shared.server.data.path().join("reportage.db-wal")).unwrap_or_default();
    let secret = shared.secret.trim_start_matches("rpv_").as_bytes();
    for bytes in [database, log] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
    let tag = shared.editor.draft(&shared.story).await.header("etag");
    shared
        .editor
        .if_match(&tag)
        .delete(&format!("/api/v1/manage/stories/{}", shared.story))
        .await
        .is(204);
    shared.server.visitor().get(&shared.path).await.is(404);
}

#[actix_web::test]
async fn the_same_link_gives_the_draft_as_json_with_pictures_that_can_be_had() {
    let shared = shared(&json!({})).await;
    let visitor = shared.server.visitor();
    let path = format!("/api/v1/preview/stories/{}", shared.story);
    let holder = visitor
        .clone()
        .always("Authorization", &format!("Bearer {}", shared.secret));
    let answer = holder.get(&path).await.is(200);
    is_kept_to_the_holder(&answer);
    let mut data = answer.data();
    let picture = data["photos"][&shared.photo]["renditions"][0]["url"]
        .as_str()
        .unwrap()
        .to_owned();
    let file = visitor.get(&picture).await.is(200);
    assert_eq!(file.header("cross-origin-resource-policy"), "cross-origin");
    // The same as editors get, but for where the pictures are.
    let text = data
        .to_string()
        .replace(&format!("{}/media/", shared.path), "/media/");
    data = serde_json::from_str(&text).unwrap();
    assert_eq!(data, shared.editor.get(&path).await.is(200).data());

    let other = shared
        .editor
        .story(&json!({"title": "Ander", "language": "nl"}))
        .await;
    holder
        .get(&format!("/api/v1/preview/stories/{other}"))
        .await
        .fails(404, "not_found");
    let guess = visitor.clone().always("Authorization", "Bearer rpv_guessed");
    guess.get(&path).await.fails(404, "not_found");
    visitor.get(&path).await.fails(401, "unauthorized");
}

#[actix_web::test]
async fn what_cannot_be_a_link_is_refused_with_its_reason() {
    let shared = shared(&json!({})).await;
    let links = format!("/api/v1/manage/stories/{}/preview-links", shared.story);
    for (body, pointer) in [
        (json!({"days": 0}), "/days"),
        (json!({"days": 91}), "/days"),
        (json!({"label": "x".repeat(121)}), "/label"),
        (json!({"story": "sto_1"}), "/story"),
    ] {
        assert_eq!(
            shared.editor.post(&links, &body).await.is(422).pointers(),
            [pointer],
            "{body}"
        );
    }
}

#[actix_web::test]
async fn a_holder_gets_no_file_that_says_what_is_hidden_and_all_others() {
    let shared = shared(&json!({})).await;
    let holder = enter(&shared.server.visitor(), &shared.path).await;
    let at = format!("/api/v1/manage/photos/{}", shared.photo);
    let change = async |body: &Value| {
        let tag = shared.editor.get(&at).await.header("etag");
        shared.editor.if_match(&tag).patch(&at, body).await.is(200);
    };
    // Files that are only behind the desk's words give nothing away.
    change(&json!({"sensitive": true})).await;
    change(&json!({"caption": "Een ander veld."})).await;
    let picture = pictures(&holder.get(&shared.path).await.is(200).text()).remove(0);
    holder.get(&picture).await.is(200);
    // As if it had been hidden while these files were made.
    change(&json!({"sensitive": false, "place": "Telskuf", "caption": "Een veld bij Telskuf."})).await;
    let id: reportage::id::PhotoId = shared.photo.parse().unwrap();
    shared
        .server
        .db()
        .write_now(|conn| {
            use diesel::prelude::*;
            use reportage::db::schema::photos;
            diesel::update(photos::table.find(&id))
                .set(photos::hide_place.eq(true))
                .execute(conn)
        })
        .unwrap();
    holder.get(&picture).await.is(404);
}

#[actix_web::test]
async fn pictures_of_drafts_take_a_scope_that_opens_drafts_or_photographs() {
    use reportage::account::token::Scope;
    let server = Server::start();
    let boss = server.person("beheer", Role::Admin);
    let admin = server.session(&boss);
    let photo = admin.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let shown = admin.get(&format!("/desk/photos/{photo}")).await.is(200).text();
    let picture = pictures(&shown).remove(0);
    admin.get(&picture).await.is(200);
    for (scope, status) in [
        (Scope::SiteManage, 404),
        (Scope::WebhooksManage, 404),
        (Scope::PhotosWrite, 200),
        (Scope::StoriesRead, 200),
    ] {
        server.token(&boss, &[scope]).get(&picture).await.is(status);
    }
}
