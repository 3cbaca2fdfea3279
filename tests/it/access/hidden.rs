//! *Hidden* means: the answer for what one may not know of is the answer for what never existed, to the last byte.

use reportage::account::Role;
use serde_json::json;

use crate::harness::{Answer, Client, Server, captioned};

const NEVER_STORY: &str = "sto_00000000000040008000000000000000";
const NEVER_PHOTO: &str = "pho_00000000000040008000000000000000";

async fn alike(who: &Client, hidden: &str, never: &str) -> Answer {
    let (hidden_answer, never_answer) = (who.get(hidden).await.is(404), who.get(never).await.is(404));
    assert_eq!(hidden_answer.text(), never_answer.text(), "{hidden}");
    let headers = |answer: &Answer| {
        let mut headers = answer.headers.clone();
        headers.remove("date");
        headers
    };
    assert_eq!(headers(&hidden_answer), headers(&never_answer), "{hidden}");
    assert_eq!(
        hidden_answer.header("cache-control"),
        "private, no-store",
        "{hidden}"
    );
    hidden_answer
}

#[actix_web::test]
async fn a_photographer_cannot_tell_anothers_story_or_photo_from_none() {
    let server = Server::start();
    let editor = server.editor();
    let stranger = server.session(&server.person("bram", Role::Photographer));
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    for path in [
        "/api/v1/manage/stories/{}",
        "/api/v1/manage/stories/{}/members",
        "/api/v1/preview/stories/{}",
    ] {
        alike(
            &stranger,
            &path.replace("{}", &story),
            &path.replace("{}", NEVER_STORY),
        )
        .await;
    }
    for path in ["/api/v1/manage/photos/{}", "/api/v1/manage/photos/{}/original"] {
        alike(
            &stranger,
            &path.replace("{}", &photo),
            &path.replace("{}", NEVER_PHOTO),
        )
        .await;
    }
}

#[actix_web::test]
async fn what_is_not_live_is_hidden_from_readers_its_pictures_too() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let stranger = server.session(&server.person("bram", Role::Photographer));
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let shown = editor.settled(&photo).await;
    let media: Vec<String> = ["renditions", "crops"]
        .iter()
        .flat_map(|kind| shown[*kind].as_array().unwrap().clone())
        .map(|rendition| rendition["url"].as_str().unwrap().to_owned())
        .chain(shown["thumbnail"].as_str().map(str::to_owned))
        .collect();
    assert!(media.len() >= 5, "{media:?}");
    let never = format!("/media/{}/w320.jpg", "0".repeat(32));
    for who in [&reader, &stranger] {
        for path in &media {
            alike(who, path, &never).await;
            alike(&who.clone().always("Range", "bytes=0-10"), path, &never).await;
            let head = who.send(reqwest::Method::HEAD, path, None).await;
            assert_eq!((head.status, head.body.len()), (404, 0));
        }
        alike(who, "/stories/een-veld", "/stories/nergens").await;
        alike(who, "/api/v1/stories/een-veld", "/api/v1/stories/nergens").await;
        assert_eq!(who.get("/api/v1/stories").await.data(), json!([]));
        assert!(!who.get("/").await.text().contains("een-veld"));
    }
    for path in &media {
        let seen = editor.get(path).await.is(200);
        assert_eq!(seen.header("cache-control"), "private, no-store");
    }
    editor.publish(&story).await.is(201);
    for path in &media {
        let seen = reader.get(path).await.is(200);
        assert_eq!(
            seen.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(seen.header("cdn-cache-control"), "max-age=3600");
    }
}

#[actix_web::test]
async fn media_and_originals_come_with_headers_that_keep_browsers_from_running_them() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor
        .photo("mijn foto “één”.jpg", &captioned(1, "Een veld."))
        .await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    let shown = editor.settled(&photo).await;
    let mut addresses: Vec<(String, String)> = shown["renditions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rendition| {
            (
                rendition["url"].as_str().unwrap().to_owned(),
                rendition["type"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let original = format!("/api/v1/manage/photos/{photo}/original");
    addresses.push((original.clone(), "image/jpeg".to_owned()));
    for (path, kind) in &addresses {
        let answer = editor.get(path).await.is(200);
        assert_eq!(&answer.header("content-type"), kind);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'none'; sandbox"
        );
    }
    let answer = editor.get(&original).await;
    assert_eq!(
        answer.body,
        captioned(1, "Een veld."),
        "the original is what was sent"
    );
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment; filename=\"mijn foto _")
    );
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let tag = editor.get(&addresses[0].0).await.header("etag");
    let again = editor
        .clone()
        .always("If-None-Match", &tag)
        .get(&addresses[0].0)
        .await
        .is(304);
    assert_eq!(
        again.header("content-security-policy"),
        "default-src 'none'; sandbox"
    );
}

#[actix_web::test]
async fn nothing_public_tells_file_name_hash_or_uploader() {
    let server = Server::start();
    let photographer = server.person("anna", Role::Photographer);
    let own = server.session(&photographer);
    let editor = server.editor();
    let photo = own.photo("geheime-naam.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    let hash = reportage::text::hex(&<sha2::Sha256 as sha2::Digest>::digest(captioned(1, "Een veld.")));
    let stored = server
        .files()
        .iter()
        .any(|path| path.to_str().unwrap().contains(&hash[..16]));
    assert!(stored, "the test knows the hash");
    let account = photographer.account.id.as_str().to_owned();
    let secrets = [
        "geheime-naam",
        &hash,
        &hash[..16],
        "anna@example.org",
        &account,
        "redactie",
    ];
    let reader = server.visitor();
    let live = reader.get("/api/v1/stories/een-veld").await.is(200);
    let page = format!("{}/stories/een-veld", server.base());
    let mut paths: Vec<String> = [
        "/",
        "/stories/een-veld",
        "/api/v1/stories",
        "/api/v1/stories/een-veld",
        "/api/v1/search?q=veld",
        "/search?q=veld",
        "/feed.xml",
        "/atom.xml",
        "/feed.json",
        "/sitemap.xml",
        &format!("/oembed?url={page}"),
    ]
    .map(str::to_owned)
    .into();
    for rendition in live.data()["photos"][&photo]["renditions"].as_array().unwrap() {
        paths.push(rendition["url"].as_str().unwrap().to_owned());
    }
    for path in &paths {
        let answer = reader.get(path).await.is(200);
        let seen = format!("{path} {:?} {}", answer.headers, answer.text());
        for secret in secrets {
            assert!(!seen.contains(secret), "{secret} is in {path}");
        }
    }
}
