//! How published bytes are sent: codings, validators, parts, and that a change is seen with the next request.

use crate::harness::server::eventually;
use crate::harness::{Client, Server, captioned};

/// A story of one photograph, live; gives its id and the address of a rendition.
async fn published(server: &Server, editor: &Client) -> (String, String) {
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    let live = server
        .visitor()
        .get("/api/v1/stories/een-veld")
        .await
        .is(200)
        .data();
    let url = live["photos"][&photo]["renditions"][0]["url"].as_str().unwrap();
    (story, url.trim_start_matches(&server.base()).to_owned())
}

#[actix_web::test]
async fn each_coding_is_sent_with_a_validator_of_its_own_and_head_says_the_same_as_get() {
    let server = Server::start();
    let editor = server.editor();
    published(&server, &editor).await;
    let mut tags = Vec::new();
    for path in ["/", "/stories/een-veld", "/feed.xml", "/api/v1/stories/een-veld"] {
        // The second time it comes from memory.
        for _ in 0..2 {
            for (accepts, coding) in [
                ("gzip, deflate, br, zstd", "br"),
                ("gzip, zstd", "zstd"),
                ("gzip", "gzip"),
                ("identity", ""),
            ] {
                let reader = server.visitor().always("Accept-Encoding", accepts);
                let got = reader.get(path).await.is(200);
                assert_eq!(got.header("content-encoding"), coding, "{path}");
                assert_eq!(got.header("vary"), "Accept-Encoding", "{path}");
                assert_eq!(got.header("x-content-type-options"), "nosniff", "{path}");
                let etag = got.header("etag");
                let known = reader
                    .clone()
                    .always("If-None-Match", &etag)
                    .get(path)
                    .await
                    .is(304);
                assert_eq!((known.header("etag"), known.body.len()), (etag.clone(), 0));
                let head = reader.send(reqwest::Method::HEAD, path, None).await.is(200);
                assert_eq!(head.header("etag"), etag);
                assert_eq!(head.header("content-length"), got.body.len().to_string());
                tags.push(etag);
            }
        }
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 16, "four pages in four codings");
}

#[actix_web::test]
async fn a_change_is_seen_with_the_next_request_from_memory_or_not() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let (story, file) = published(&server, &editor).await;
    for round in 0..3 {
        for path in ["/", "/stories/een-veld", "/feed.json", "/sitemap.xml", &file] {
            reader.get(path).await.is(200);
            reader.get(path).await.is(200);
        }
        editor
            .delete(&format!("/api/v1/manage/stories/{story}/publication"))
            .await
            .is(204);
        reader.get("/stories/een-veld").await.is(404);
        reader.get(&file).await.is(404);
        for path in ["/", "/feed.json", "/sitemap.xml"] {
            assert!(
                !reader.get(path).await.is(200).text().contains("een-veld"),
                "{round}: {path}"
            );
        }
        editor.publish(&story).await.is(201);
    }
    reader.get(&file).await.is(200);
}

#[actix_web::test]
async fn a_part_of_a_file_is_sent_to_whoever_asks_for_one() {
    let server = Server::start();
    let editor = server.editor();
    let (_, file) = published(&server, &editor).await;
    let whole = server.visitor().get(&file).await.is(200);
    assert_eq!(whole.header("accept-ranges"), "bytes");
    for _ in 0..2 {
        // From the disk the first time.
        server.running.app.pages.clear();
        let part = server
            .visitor()
            .always("Range", "bytes=10-19")
            .get(&file)
            .await
            .is(206);
        assert_eq!(part.body, whole.body[10..20]);
        assert_eq!(
            part.header("content-range"),
            format!("bytes 10-19/{}", whole.body.len())
        );
        server.running.app.pages.clear();
        let beyond = server
            .visitor()
            .always("Range", "bytes=99999999-")
            .get(&file)
            .await;
        assert_eq!(beyond.status, 416);
        assert_eq!(beyond.header("cache-control"), "private, no-store");
    }
}

#[actix_web::test]
async fn after_a_start_the_newest_pages_are_ready_before_anybody_asks() {
    let server = Server::start();
    let editor = server.editor();
    published(&server, &editor).await;
    let server = Server::on(server.stop().await, |_| {});
    for path in ["/", "/stories/een-veld"] {
        eventually(path, async || server.running.app.pages.ready(path).await).await;
    }
}

#[actix_web::test]
async fn a_new_address_of_a_live_story_holds_at_once_and_every_link_with_it() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let (story, _) = published(&server, &editor).await;
    reader.get("/").await.is(200);
    let path = format!("/api/v1/manage/stories/{story}");
    let tag = editor.get(&path).await.header("etag");
    editor
        .if_match(&tag)
        .patch(&path, &serde_json::json!({"slug": "een-akker"}))
        .await
        .is(200);
    assert_eq!(
        reader.get("/stories/een-veld").await.is(308).header("location"),
        "/stories/een-akker"
    );
    let oembed = format!("/oembed?url={}/stories/een-akker", server.base());
    for address in [
        "/",
        "/stories/een-akker",
        "/feed.xml",
        "/sitemap.xml",
        "/api/v1/stories",
        &oembed,
    ] {
        let text = reader.get(address).await.is(200).text();
        assert!(
            text.contains("/stories/een-akker") && !text.contains("/stories/een-veld"),
            "{address}: {text}"
        );
    }
}
