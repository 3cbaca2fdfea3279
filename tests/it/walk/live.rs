//! What readers see changes when somebody publishes, and only then.

use reportage::account::Role;
use reportage::account::token::Scope;
use serde_json::{Value, json};

use crate::harness::{NOW, Server, captioned};

const CAPTION: &str = "Een veld bij Telskuf.";

#[actix_web::test]
async fn a_changed_draft_is_not_seen_until_it_is_published_again() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &captioned(1, CAPTION)).await;
    let story = editor.small_story("Een veld", &photo).await;
    reader.get("/stories/een-veld").await.is(404);
    reader
        .get("/api/v1/stories/een-veld")
        .await
        .fails(404, "not_found");
    editor.publish(&story).await.is(201);
    let first = reader.get("/stories/een-veld").await.is(200);
    assert!(first.text().contains(CAPTION));

    editor
        .operate(
            &story,
            &json!([{"op": "insert", "position": 0, "block": {"type": "text", "markdown": "Nieuwe regel."}}]),
        )
        .await
        .is(200);
    assert_eq!(editor.draft(&story).await.data()["status"], "changed");
    assert_eq!(reader.get("/stories/een-veld").await.is(200).body, first.body);

    assert_eq!(editor.publish(&story).await.is(201).data()["publication"], 2);
    let second = reader.get("/stories/een-veld").await.is(200);
    assert!(second.text().contains("Nieuwe regel."));
    assert_ne!(second.header("etag"), first.header("etag"));
    assert_eq!(editor.draft(&story).await.data()["status"], "published");
}

#[actix_web::test]
async fn a_caption_changed_in_the_photo_library_reaches_readers_with_the_next_publication() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, CAPTION)).await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    editor
        .if_match(&tag)
        .patch(&path, &json!({"caption": "Een akker."}))
        .await
        .is(200);
    let reader = server.visitor();
    assert!(reader.get("/stories/een-veld").await.text().contains(CAPTION));
    assert_eq!(editor.draft(&story).await.data()["status"], "changed");
    editor.publish(&story).await.is(201);
    assert!(
        reader
            .get("/stories/een-veld")
            .await
            .text()
            .contains("Een akker.")
    );
}

#[actix_web::test]
async fn an_unpublished_story_is_gone_with_the_next_request_its_pictures_too() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &captioned(1, CAPTION)).await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    let live = reader.get("/api/v1/stories/een-veld").await.is(200).data();
    let media = live["photos"][&photo]["renditions"][0]["url"]
        .as_str()
        .unwrap()
        .to_owned();
    reader.get(&media).await.is(200);
    // A story has one address, letter by letter.
    reader.get("/stories/een-veld%20").await.is(404);

    editor
        .delete(&format!("/api/v1/manage/stories/{story}/publication"))
        .await
        .is(204);
    let gone = ["/stories/een-veld", "/api/v1/stories/een-veld", &media];
    for path in gone {
        let answer = reader.get(path).await.is(404);
        assert_eq!(answer.header("cache-control"), "private, no-store", "{path}");
    }
    assert!(!reader.get("/").await.text().contains("een-veld"));
    assert_eq!(reader.get("/api/v1/stories").await.data(), json!([]));
    editor.get(&media).await.is(200);
    assert_eq!(editor.draft(&story).await.data()["status"], "draft");
}

#[actix_web::test]
async fn an_old_address_leads_to_the_new_one() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &captioned(1, CAPTION)).await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    reader.get("/stories/een-veld").await.is(200);
    let rename = async |slug: &str| {
        let tag = editor.draft(&story).await.header("etag");
        editor
            .if_match(&tag)
            .patch(&format!("/api/v1/manage/stories/{story}"), &json!({"slug": slug}))
            .await
            .is(200);
        editor.publish(&story).await.is(201);
    };
    rename("de-akker").await;
    rename("het-land").await;
    reader.get("/stories/het-land").await.is(200);
    for old in ["een-veld", "de-akker"] {
        let moved = reader.get(&format!("/stories/{old}")).await.is(308);
        assert_eq!(moved.header("location"), "/stories/het-land");
        let moved = reader.get(&format!("/api/v1/stories/{old}")).await.is(308);
        assert_eq!(moved.header("location"), "/api/v1/stories/het-land");
    }
    editor
        .delete(&format!("/api/v1/manage/stories/{story}/publication"))
        .await
        .is(204);
    reader.get("/stories/een-veld").await.is(404);
}

#[actix_web::test]
async fn to_move_a_live_address_takes_what_publishing_takes() {
    let server = Server::start();
    let bea = server.person("bea", Role::Editor);
    let editor = server.session(&bea);
    let writer = server.token(&bea, &[Scope::StoriesRead, Scope::StoriesWrite]);
    let photo = editor.photo("a.jpg", &captioned(1, CAPTION)).await;
    let story = editor.small_story("Een veld", &photo).await;
    let patch = async |body: Value| {
        let tag = writer.draft(&story).await.header("etag");
        writer
            .if_match(&tag)
            .patch(&format!("/api/v1/manage/stories/{story}"), &body)
            .await
    };
    patch(json!({"slug": "de-akker"})).await.is(200);
    editor.publish(&story).await.is(201);
    let refused = patch(json!({"slug": "het-land", "title": "Het land"})).await;
    assert!(refused.fails(403, "forbidden").text().contains("stories:publish"));
    server.visitor().get("/stories/de-akker").await.is(200);
    server.visitor().get("/stories/het-land").await.is(404);
    patch(json!({"slug": "de-akker", "title": "Het land"}))
        .await
        .is(200);
    editor
        .delete(&format!("/api/v1/manage/stories/{story}/publication"))
        .await
        .is(204);
    patch(json!({"slug": "het-land"})).await.is(200);
}

#[actix_web::test]
async fn a_page_that_the_reader_has_already_is_not_sent_again() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, CAPTION)).await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    let reader = server.visitor();
    for path in [
        "/",
        "/stories/een-veld",
        "/api/v1/stories",
        "/api/v1/stories/een-veld",
    ] {
        let first = reader.get(path).await.is(200);
        let tag = first.header("etag");
        assert!(tag.starts_with('"') && tag.len() > 10, "{path}: {tag}");
        assert_eq!(
            first.header("cache-control"),
            "public, max-age=60, stale-while-revalidate=600",
            "{path}"
        );
        let again = reader
            .clone()
            .always("If-None-Match", &tag)
            .get(path)
            .await
            .is(304);
        assert!(again.body.is_empty());
        assert_eq!(again.header("etag"), tag);
        let weak = format!("\"other\", W/{tag}");
        reader
            .clone()
            .always("If-None-Match", &weak)
            .get(path)
            .await
            .is(304);
        reader
            .clone()
            .always("If-None-Match", "\"other\"")
            .get(path)
            .await
            .is(200);
    }
}

#[actix_web::test]
async fn pages_come_compressed_to_those_who_take_it() {
    let server = Server::start();
    let reader = server.visitor();
    let plain = reader.get("/").await.is(200);
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(plain.header("vary"), "Accept-Encoding");
    for (accepts, coding) in [("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip")] {
        let packed = reader
            .clone()
            .always("Accept-Encoding", accepts)
            .get("/")
            .await
            .is(200);
        assert_eq!(packed.header("content-encoding"), coding);
        assert!(packed.body.len() < plain.body.len());
    }
}

#[actix_web::test]
async fn the_list_of_stories_goes_on_page_by_page_without_gap_or_repetition() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, CAPTION)).await;
    for number in 0..7 {
        let story = editor.small_story(&format!("Verhaal {number}"), &photo).await;
        editor.publish(&story).await.is(201);
        // Two always share an instant, which the order must survive.
        server.clock.advance(i64::from(number % 2));
    }
    assert!(server.clock.now() > NOW);
    let reader = server.visitor();
    let (mut seen, mut next) = (Vec::new(), Some("/api/v1/stories?limit=2".to_owned()));
    while let Some(path) = next {
        let page = reader.get(&path).await.is(200).json();
        for story in page["data"].as_array().unwrap() {
            seen.push(story["slug"].as_str().unwrap().to_owned());
        }
        next = page["links"]["next"].as_str().map(str::to_owned);
        if seen.len() == 4 {
            let late = editor.small_story("Te laat", &photo).await;
            editor.publish(&late).await.is(201);
        }
    }
    let mut sorted = seen.clone();
    sorted.sort();
    assert_eq!(
        sorted,
        (0..7)
            .map(|number| format!("verhaal-{number}"))
            .collect::<Vec<_>>()
    );
    assert_eq!(seen[0], "verhaal-6");
}

#[actix_web::test]
async fn a_preview_is_the_draft_in_the_shape_of_delivery() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, CAPTION)).await;
    let story = editor.small_story("Een veld", &photo).await;
    let preview = editor
        .get(&format!("/api/v1/preview/stories/{story}"))
        .await
        .is(200);
    assert_eq!(preview.header("cache-control"), "private, no-store");
    editor.publish(&story).await.is(201);
    let live = server
        .visitor()
        .get("/api/v1/stories/een-veld")
        .await
        .is(200)
        .data();
    let mut draft = preview.data();
    assert_eq!(draft["status"], "draft");
    for field in [
        "status",
        "publication",
        "published_at",
        "first_published_at",
        "updated_at",
    ] {
        assert!(draft.get(field).is_some(), "{field}");
        draft[field] = live[field].clone();
    }
    assert_eq!(draft, live);
}

#[actix_web::test]
async fn programs_are_told_what_to_cover_and_how_a_frame_is_cut_and_publishing_gives_the_drafts_tag() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, CAPTION)).await;
    let frame = |more: Value| {
        let mut frame = json!({"photo": photo, "alt": "Een veld", "credit": "Anna"});
        frame
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"type": "photo", "frame": frame})
    };
    let cut = json!({"focal": {"x": 0.25, "y": 0.75}, "crop": "square"});
    let blocks = [frame(json!({})), frame(cut), frame(json!({"graphic": true}))];
    let story = editor
        .story(&json!({"title": "Een veld", "language": "nl", "blocks": blocks}))
        .await;
    let frames = async |field: &str| {
        let live = server
            .visitor()
            .get("/api/v1/stories/een-veld")
            .await
            .is(200)
            .data();
        let blocks = live["blocks"].as_array().unwrap().clone();
        blocks
            .iter()
            .map(|block| block["frame"][field].clone())
            .collect::<Vec<Value>>()
    };
    let published = editor.publish(&story).await.is(201);
    assert_eq!(
        published.header("etag"),
        editor.draft(&story).await.header("etag")
    );
    assert_eq!(frames("graphic").await, [json!(false), json!(false), json!(true)]);
    assert_eq!(frames("crop").await, [json!(null), json!("square"), json!(null)]);
    let (middle, own) = (json!({"x": 0.5, "y": 0.5}), json!({"x": 0.25, "y": 0.75}));
    assert_eq!(frames("focal").await, [middle.clone(), own, middle]);
    let path = format!("/api/v1/manage/stories/{story}");
    let tag = editor.get(&path).await.header("etag");
    editor
        .if_match(&tag)
        .patch(&path, &json!({"graphic": true}))
        .await
        .is(200);
    editor.publish(&story).await.is(201);
    assert_eq!(frames("graphic").await, [json!(true), json!(true), json!(true)]);
}
