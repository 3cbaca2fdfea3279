//! Drop links: somebody without an account uploads to one story until a date, and learns nothing else.

use reportage::account::{Role, manage};
use reportage::clock::{DAY, rfc3339};
use reqwest::Method;
use serde_json::json;

use super::{UPLOADS, at, begin, head, send, tus, upload};
use crate::harness::reportage::original;
use crate::harness::{Answer, Client, NOW, Person, Server, captioned};

struct Scene {
    server: Server,
    person: Person,
    editor: Client,
    story: String,
}

impl Scene {
    async fn new() -> Self {
        let server = Server::with(|config| config.render_threads = 0);
        let person = server.person("redactie", Role::Editor);
        let editor = server.session(&person);
        let story = editor
            .story(&json!({"title": "Het geheime verhaal", "language": "nl"}))
            .await;
        Self {
            server,
            person,
            editor,
            story,
        }
    }

    fn desk(&self) -> String {
        format!("/desk/stories/{}/drop-links", self.story)
    }

    /// Makes a link, and gives the path that it opens.
    async fn link(&self) -> String {
        let fields = [("label", "Bram de Wit"), ("until", "2024-01-26")];
        let page = self.editor.form(&self.desk(), &fields).await.is(201).text();
        drop_path(&page)
    }

    async fn photos_in_story(&self) -> Vec<String> {
        let draft = self.editor.draft(&self.story).await.data();
        let blocks = draft["blocks"].as_array().unwrap().clone();
        blocks
            .iter()
            .map(|block| block["frame"]["photo"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn drop_path(page: &str) -> String {
    let rest = page.split("/drop/").nth(1).expect("the page shows the address");
    let secret = rest.split('"').next().unwrap();
    assert!(secret.len() >= 43, "256 bits: {secret}");
    format!("/drop/{secret}")
}

/// The answer for a link that never was.
async fn is_hidden(visitor: &Client, link: &str) {
    let never = format!("/drop/{}", "x".repeat(43));
    let alike = |hidden: Answer, none: Answer| {
        assert_eq!(hidden.text(), none.text());
        assert_eq!(hidden.header("cache-control"), "private, no-store");
    };
    alike(visitor.get(link).await.is(404), visitor.get(&never).await.is(404));
    let (uploads, none) = (format!("{link}/uploads"), format!("{never}/uploads"));
    alike(
        begin(visitor, &uploads, 100, &[]).await.is(404),
        begin(visitor, &none, 100, &[]).await.is(404),
    );
    let bytes = captioned(9, "Een veld.");
    let files: [(&str, &[u8]); 1] = [("a.jpg", &bytes)];
    alike(
        visitor.file_form(link, &files).await.is(404),
        visitor.file_form(&never, &files).await.is(404),
    );
}

#[actix_web::test]
async fn a_photographer_without_an_account_uploads_to_one_story_and_learns_nothing_of_it() {
    let scene = Scene::new().await;
    let link = scene.link().await;
    let visitor = scene.server.visitor();
    let page = visitor.get(&link).await.is(200);
    assert_eq!(page.header("cache-control"), "private, no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(page.header("x-robots-tag").contains("noindex"));
    let text = page.text();
    assert!(
        text.contains("Bram de Wit") && text.contains("26 January 2024"),
        "{text}"
    );
    for secret in [
        "geheime",
        "redactie@",
        &scene.story,
        scene.person.account.id.as_str(),
    ] {
        assert!(!text.contains(secret), "{secret} is on the page");
    }

    // By tus, the later photograph first: the story has them in the order in which they were taken, at its end.
    let uploads = format!("{link}/uploads");
    for index in [1, 0] {
        let bytes = original(index, 300, 200);
        let taken = upload(
            &visitor,
            &uploads,
            &format!("{index}.jpg"),
            &bytes,
            &[("batch", "x")],
        )
        .await
        .is(204);
        assert_eq!(taken.header("reportage-state"), "taken");
        assert_eq!(
            (taken.header("reportage-photo"), taken.header("reportage-known")),
            (String::new(), String::new())
        );
    }
    // Without scripts.
    let third = original(2, 300, 200);
    let went = visitor.file_form(&link, &[("2.jpg", &third)]).await.is(303);
    assert_eq!(went.header("location"), format!("{link}?arrived=1"));
    assert!(
        visitor
            .get(&went.header("location"))
            .await
            .is(200)
            .text()
            .contains('1')
    );
    // The same again stands there once.
    visitor.file_form(&link, &[("2.jpg", &third)]).await.is(303);
    let photos = scene.photos_in_story().await;
    assert_eq!(photos.len(), 3);
    for (index, photo) in photos.iter().enumerate() {
        let shown = scene
            .editor
            .get(&format!("/api/v1/manage/photos/{photo}"))
            .await
            .data();
        assert_eq!(shown["file_name"], format!("{index}.jpg"));
        assert_eq!(shown["owner"], scene.person.account.id.as_str(), "{shown:#}");
        assert_eq!(shown["creator"], "Anna Jansen", "the file's own maker stays");
    }

    let bad = visitor
        .file_form(&link, &[("mis.jpg", b"geen foto")])
        .await
        .is(415)
        .text();
    assert!(bad.contains("mis.jpg"), "{bad}");
}

#[actix_web::test]
async fn what_comes_by_a_link_into_a_story_that_has_an_hour_waits_in_the_tray() {
    let scene = Scene::new().await;
    let link = scene.link().await;
    let story = format!("/api/v1/manage/stories/{}", scene.story);
    let own = scene
        .editor
        .photo_pending("eigen.jpg", &original(3, 300, 200))
        .await;
    let insert =
        json!([{"op": "insert", "block": {"type": "photo", "frame": {"photo": own, "alt": "Een veld"}}}]);
    scene.editor.operate(&scene.story, &insert).await.is(200);
    let tag = scene.editor.draft(&scene.story).await.header("etag");
    let body = json!({"at": "2024-01-20T09:00"});
    let to = format!("{story}/schedule");
    scene
        .editor
        .if_match(&tag)
        .send(Method::PUT, &to, Some(&body))
        .await
        .is(200);
    let visitor = scene.server.visitor();
    let uploads = format!("{link}/uploads");
    upload(&visitor, &uploads, "0.jpg", &original(0, 300, 200), &[])
        .await
        .is(204);
    // Sent again, in whatever way, it lies there once.
    for index in [0, 1] {
        let bytes = original(index, 300, 200);
        visitor.file_form(&link, &[("a.jpg", &bytes)]).await.is(303);
    }
    assert_eq!(scene.photos_in_story().await, [own]);
    let tray = scene.editor.draft(&scene.story).await.data()["tray"].clone();
    assert_eq!(tray.as_array().unwrap().len(), 2, "{tray}");
}

#[actix_web::test]
async fn a_links_uploads_are_its_own() {
    let scene = Scene::new().await;
    let (one, two) = (scene.link().await, scene.link().await);
    let visitor = scene.server.visitor();
    let made = begin(&visitor, &format!("{one}/uploads"), 5_000, &[])
        .await
        .is(201);
    let address = made.header("location");
    let id = address.rsplit('/').next().unwrap();
    head(&visitor, &address).await.is(200);
    head(&visitor, &format!("{two}/uploads/{id}")).await.is(404);
    head(&scene.editor, &format!("{UPLOADS}/{id}")).await.is(404);
    let own = begin(&scene.editor, UPLOADS, 5_000, &[])
        .await
        .is(201)
        .header("location");
    let own = own.rsplit('/').next().unwrap();
    head(&visitor, &format!("{one}/uploads/{own}")).await.is(404);
    // Another story that is named is not gone to.
    let other = scene
        .editor
        .story(&json!({"title": "Ander", "language": "nl"}))
        .await;
    let bytes = captioned(1, "Een veld.");
    upload(
        &visitor,
        &format!("{one}/uploads"),
        "a.jpg",
        &bytes,
        &[("story", &other)],
    )
    .await
    .is(204);
    assert_eq!(scene.photos_in_story().await.len(), 1);
    assert!(
        scene.editor.draft(&other).await.data()["blocks"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    send(&visitor, &address, 0, &[7; 100]).await.is(204);
    tus(&visitor).delete(&address).await.is(204);
    visitor
        .send(Method::OPTIONS, &format!("{one}/uploads"), None)
        .await
        .is(204);
}

#[actix_web::test]
async fn a_link_that_was_revoked_or_has_ended_is_one_that_never_was() {
    let scene = Scene::new().await;
    let visitor = scene.server.visitor();
    let revoked = scene.link().await;
    let begun = begin(&visitor, &format!("{revoked}/uploads"), 5_000, &[])
        .await
        .is(201)
        .header("location");
    let page = scene.editor.get(&scene.desk()).await.is(200).text();
    let action = page
        .split("action=\"")
        .find(|rest| rest.contains("/revoke\""))
        .unwrap();
    let action = action.split('"').next().unwrap().to_owned();
    assert!(!page.contains("/drop/"), "the address was shown once");
    scene.editor.form(&action, &[]).await.is(303);
    let admin = scene.server.session(&scene.server.person("beheer", Role::Admin));
    let trail = admin.get("/desk/audit").await.is(200).text();
    assert!(
        trail.contains("made a drop link") && trail.contains("revoked a drop link"),
        "{trail}"
    );
    is_hidden(&visitor, &revoked).await;
    at(&visitor, 0)
        .bytes(Method::PATCH, &begun, vec![7; 10])
        .await
        .is(404);
    let ended = scene.link().await;
    visitor.get(&ended).await.is(200);
    scene.server.clock.advance(6 * DAY);
    visitor.get(&ended).await.is(200);
    scene.server.clock.advance(2 * DAY);
    is_hidden(&visitor, &ended).await;
}

#[actix_web::test]
async fn a_link_ends_with_the_right_of_whoever_made_it() {
    let scene = Scene::new().await;
    let link = scene.link().await;
    scene.server.visitor().get(&link).await.is(200);
    manage::disable(scene.server.db(), &scene.person.account.email, NOW).unwrap();
    is_hidden(&scene.server.visitor(), &link).await;
}

#[actix_web::test]
async fn links_are_made_and_revoked_by_editors_alone() {
    let scene = Scene::new().await;
    let person = scene.server.person("anna", Role::Photographer);
    let anna = scene.server.session(&person);
    let stranger = scene
        .server
        .session(&scene.server.person("bram", Role::Photographer));
    let member = format!(
        "/api/v1/manage/stories/{}/members/{}",
        scene.story, person.account.id
    );
    scene.editor.put(&member).await.is(204);
    let fields = [("label", "Bram"), ("until", "2024-01-26")];
    for (who, status) in [(&anna, 403), (&stranger, 404)] {
        who.get(&scene.desk()).await.is(status);
        who.form(&scene.desk(), &fields).await.is(status);
        let revoke = format!("{}/drp_00000000000040008000000000000000/revoke", scene.desk());
        who.form(&revoke, &[]).await.is(status);
    }
    let wrong = [
        ("", "2024-01-26"),
        ("Bram", "2024-01-18"),
        ("Bram", "2025-01-01"),
        ("Bram", "morgen"),
        ("Bram", ""),
    ];
    for (label, until) in wrong {
        let page = scene
            .editor
            .form(&scene.desk(), &[("label", label), ("until", until)])
            .await
            .is(422);
        assert!(page.text().contains("role=\"alert\""));
    }
    scene
        .editor
        .form(&scene.desk(), &[("label", "Bram"), ("until", "2024-01-19")])
        .await
        .is(201);
    let editor_page = scene
        .editor
        .get(&format!("/desk/stories/{}", scene.story))
        .await
        .is(200)
        .text();
    assert!(editor_page.contains("/drop-links"));
    assert!(
        !anna
            .get(&format!("/desk/stories/{}", scene.story))
            .await
            .is(200)
            .text()
            .contains("/drop-links")
    );
}

#[actix_web::test]
async fn a_program_makes_lists_and_revokes_links() {
    let scene = Scene::new().await;
    let links = format!("/api/v1/manage/stories/{}/drop-links", scene.story);
    let body = json!({"label": " Bram  de Wit ", "days": 7});
    let answer = scene.editor.post(&links, &body).await.is(201);
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let made = answer.data();
    assert_eq!(
        (&made["label"], &made["by"], &made["files"], &made["files_left"]),
        (
            &json!("Bram de Wit"),
            &json!(scene.person.account.name),
            &json!(0),
            &json!(500)
        )
    );
    assert_eq!(made["expires_at"], rfc3339(NOW + 7 * DAY));
    let path = |field: &str| {
        let url = made[field].as_str().unwrap();
        url.strip_prefix(&scene.server.base()).unwrap().to_owned()
    };
    let (page, uploads) = (path("url"), path("uploads_url"));

    let visitor = scene.server.visitor();
    visitor.get(&page).await.is(200);
    let bytes = captioned(1, "Een veld.");
    upload(&visitor, &uploads, "a.jpg", &bytes, &[]).await.is(204);
    assert_eq!(scene.photos_in_story().await.len(), 1);

    let listed = scene.editor.get(&links).await.is(200).data();
    assert_eq!(
        (
            listed.as_array().unwrap().len(),
            &listed[0]["id"],
            &listed[0]["files"]
        ),
        (1, &made["id"], &json!(1))
    );
    for secret in ["url", "uploads_url"] {
        assert!(listed[0].get(secret).is_none(), "{secret} was told once");
    }
    // Without days it opens for two weeks.
    let usual = scene
        .editor
        .post(&links, &json!({"label": "Anna"}))
        .await
        .is(201)
        .data();
    assert_eq!(usual["expires_at"], rfc3339(NOW + 14 * DAY));

    for (body, pointer) in [
        (json!({"label": "  "}), "/label"),
        (json!({"label": "Bram", "days": 0}), "/days"),
        (json!({"label": "Bram", "days": 91}), "/days"),
    ] {
        let refused = scene.editor.post(&links, &body).await.is(422).json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused:#}");
    }

    // A link of this story is none of another's.
    let other = scene
        .editor
        .story(&json!({"title": "Ander", "language": "nl"}))
        .await;
    let id = made["id"].as_str().unwrap();
    let elsewhere = format!("/api/v1/manage/stories/{other}/drop-links/{id}");
    scene.editor.delete(&elsewhere).await.is(404);
    visitor.get(&page).await.is(200);
    let revoke = format!("{links}/{id}");
    scene.editor.delete(&revoke).await.is(204);
    scene.editor.delete(&revoke).await.is(204);
    is_hidden(&visitor, &page).await;
    let left = scene.editor.get(&links).await.is(200).data();
    assert_eq!(
        (left.as_array().unwrap().len(), &left[0]["id"]),
        (1, &usual["id"])
    );
}

#[actix_web::test]
async fn a_link_takes_five_hundred_files_and_not_all_at_once() {
    let scene = Scene::new().await;
    let link = scene.link().await;
    let uploads = format!("{link}/uploads");
    let visitor = scene.server.visitor();
    let cancel = async |answer: Answer| {
        let address = answer.is(201).header("location");
        tus(&visitor).delete(&address).await.is(204);
    };
    let mut open = Vec::new();
    for _ in 0..50 {
        open.push(begin(&visitor, &uploads, 100, &[]).await);
    }
    begin(&visitor, &uploads, 100, &[])
        .await
        .fails(409, "too_many_uploads");
    for answer in open {
        cancel(answer).await;
    }
    run_sql(&scene.server, "UPDATE drop_links SET files_begun = 499");
    cancel(begin(&visitor, &uploads, 100, &[]).await).await;
    begin(&visitor, &uploads, 100, &[])
        .await
        .fails(409, "link_is_full");
    let bytes = captioned(1, "Een veld.");
    let page = visitor
        .file_form(&link, &[("a.jpg", &bytes)])
        .await
        .is(409)
        .text();
    assert!(page.contains("a.jpg"), "{page}");
    assert!(scene.photos_in_story().await.is_empty());
    // Forms that come at once share the room that there is.
    run_sql(&scene.server, "UPDATE drop_links SET files_begun = 498");
    let photographs: Vec<Vec<u8>> = (0..4).map(|index| original(index, 300, 200)).collect();
    let sent = photographs.iter().map(|bytes| {
        let (visitor, link) = (&visitor, &link);
        async move { visitor.file_form(link, &[("b.jpg", bytes)]).await.status }
    });
    let mut answers = futures_util::future::join_all(sent).await;
    answers.sort_unstable();
    assert_eq!(answers, [303, 303, 409, 409]);
    assert_eq!(scene.photos_in_story().await.len(), 2);
}

fn run_sql(server: &Server, sql: &str) {
    use diesel::connection::SimpleConnection;
    server.db().write_now(|conn| conn.batch_execute(sql)).unwrap();
}
