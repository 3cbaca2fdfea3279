//! Feeds, structured data, sitemap and oEmbed, read back by parsers that are not ours: feedparser and extruct.

use ::reportage::account::Role;
use serde_json::{Value, json};

use crate::harness::reportage::{self as tale, SHOTS, SLUG, TITLE};
use crate::harness::{Client, Server, tools};

/// The story that everything is tried against, live.
async fn published(server: &Server) -> Client {
    let editor = server.editor();
    let (story, _) = tale::make(&editor).await;
    editor.publish(&story).await.is(201);
    server.visitor()
}

const FEED: &str = "
import sys, json, feedparser
feed = feedparser.parse(sys.stdin.buffer.read())
entry = feed.entries[0]
print(json.dumps({
    'bozo': bool(feed.bozo), 'version': feed.version, 'title': feed.feed.title, 'link': feed.feed.link, 'entries': len(feed.entries),
    'entry': {'title': entry.title, 'link': entry.link, 'id': entry.id, 'published': list(entry.published_parsed)[:3],
        'html': entry.content[0].value, 'authors': [author.get('name') for author in entry.get('authors', [])],
        'media': [dict(it) for it in entry.get('media_content', [])], 'credits': [dict(it) for it in entry.get('media_credit', [])],
        'enclosures': [dict(it) for it in entry.get('enclosures', [])]}}))
";

#[actix_web::test]
async fn rss_and_atom_are_read_by_feedparser_with_every_frame_its_caption_and_its_credit() {
    let server = Server::start();
    let reader = published(&server).await;
    for (path, version) in [("/feed.xml", "rss20"), ("/atom.xml", "atom10")] {
        let answer = reader.get(path).await.is(200);
        let Some(feed) = tools::python(FEED, &["feedparser"], &answer.body) else {
            return;
        };
        assert_eq!(feed["bozo"], false, "{feed}");
        assert_eq!((&feed["version"], &feed["entries"]), (&json!(version), &json!(1)));
        let entry = &feed["entry"];
        assert_eq!(entry["title"], TITLE);
        assert_eq!(entry["link"], format!("{}/stories/{SLUG}", server.base()));
        assert!(entry["id"].as_str().unwrap().starts_with("urn:uuid:"), "{entry}");
        assert_eq!(entry["published"], json!([2024, 1, 19]));
        let html = entry["html"].as_str().unwrap();
        for shot in &SHOTS {
            assert!(
                html.contains(shot.caption.split('“').next().unwrap()),
                "{}",
                shot.caption
            );
        }
        assert_eq!(html.matches("<img").count(), SHOTS.len());
        let files = if version == "rss20" { "media" } else { "enclosures" };
        assert_eq!(entry[files].as_array().unwrap().len(), SHOTS.len());
        if version == "rss20" {
            assert_eq!(entry["credits"].as_array().unwrap().len(), SHOTS.len(), "{entry}");
        }
    }
}

#[actix_web::test]
async fn the_json_feed_has_what_the_specification_asks() {
    let server = Server::start();
    let reader = published(&server).await;
    let answer = reader.get("/feed.json").await.is(200);
    assert_eq!(answer.header("content-type"), "application/feed+json");
    let feed = answer.json();
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(feed["feed_url"], format!("{}/feed.json", server.base()));
    let item = &feed["items"][0];
    assert_eq!(item["title"], TITLE);
    assert_eq!(item["date_published"], "2024-01-19T10:00:00Z");
    assert_eq!(item["attachments"].as_array().unwrap().len(), SHOTS.len());
    assert!(item["id"].is_string() && item["content_html"].is_string());
}

const PAGE: &str = "
import sys, json, extruct
found = extruct.extract(sys.stdin.read(), base_url='https://kade.example/', syntaxes=['json-ld', 'opengraph'])
print(json.dumps({'json-ld': found['json-ld'], 'opengraph': [dict(it['properties']) for it in found['opengraph']]}))
";

#[actix_web::test]
async fn structured_data_is_read_by_extruct_with_every_photograph_and_its_rights() {
    let server = Server::start();
    let reader = published(&server).await;
    let path = format!("/stories/{SLUG}");
    let page = reader.get(&path).await.is(200);
    let Some(found) = tools::python(PAGE, &["extruct"], &page.body) else {
        return;
    };
    let article = &found["json-ld"][0];
    assert_eq!(
        (&article["@type"], &article["headline"]),
        (&json!("NewsArticle"), &json!(TITLE))
    );
    assert_eq!(article["inLanguage"], "nl");
    assert_eq!(article["mainEntityOfPage"], format!("{}{path}", server.base()));
    assert_eq!(article["author"][0]["name"], "Anna Jansen");
    let images = article["image"].as_array().unwrap();
    assert_eq!(images.len(), SHOTS.len());
    for (image, shot) in images.iter().zip(&SHOTS) {
        assert_eq!(image["@type"], "ImageObject");
        assert_eq!(image["caption"], shot.caption);
        assert_eq!(image["creator"]["@id"], article["author"][0]["@id"]);
        assert_eq!(image["contentLocation"]["name"], format!("{}, Irak", shot.city));
        assert!(
            image["creditText"].is_string() && image["dateCreated"].is_string(),
            "{image}"
        );
        let url = image["contentUrl"].as_str().unwrap();
        let file = reader.get(url.trim_start_matches(&server.base())).await.is(200);
        assert_eq!(file.header("content-type"), "image/jpeg");
    }
    let og = &found["opengraph"][0];
    assert_eq!(
        (&og["og:type"], &og["og:title"]),
        (&json!("article"), &json!(TITLE))
    );
    let card = reader
        .get(
            og["og:image"]
                .as_str()
                .unwrap()
                .trim_start_matches(&server.base()),
        )
        .await
        .is(200);
    let card = image::load_from_memory(&card.body).unwrap();
    // The photographs of this test are smaller than the crop may be; its proportion is right.
    assert_eq!(
        json!([card.width().to_string(), card.height().to_string()]),
        json!([og["og:image:width"], og["og:image:height"]])
    );
}

const SITEMAP: &str = "
import sys, json, xml.etree.ElementTree as tree
names = {'s': 'http://www.sitemaps.org/schemas/sitemap/0.9', 'i': 'http://www.google.com/schemas/sitemap-image/1.1'}
root = tree.fromstring(sys.stdin.buffer.read())
print(json.dumps({'pages': [it.text for it in root.findall('s:url/s:loc', names)],
    'images': [it.text for it in root.findall('s:url/i:image/i:loc', names)]}))
";

const ROBOTS: &str = "
import sys, json, urllib.robotparser
robots = urllib.robotparser.RobotFileParser()
robots.parse(sys.stdin.read().splitlines())
may = lambda who, path: robots.can_fetch(who, path)
print(json.dumps({'sitemaps': robots.site_maps(), 'reads': may('Googlebot', '/stories/x'), 'works': may('Googlebot', '/desk/stories'),
    'trains': may('GPTBot', '/stories/x')}))
";

#[actix_web::test]
async fn every_page_of_the_sitemap_is_there_and_every_picture() {
    let server = Server::start();
    let reader = published(&server).await;
    let xml = reader.get("/sitemap.xml").await.is(200);
    let Some(found) = tools::python(SITEMAP, &["xml.etree.ElementTree"], &xml.body) else {
        return;
    };
    for (kind, count) in [("pages", 2), ("images", SHOTS.len())] {
        let addresses = found[kind].as_array().unwrap();
        assert_eq!(addresses.len(), count, "{found}");
        for url in addresses {
            let path = url.as_str().unwrap().trim_start_matches(&server.base());
            reader.get(if path.is_empty() { "/" } else { path }).await.is(200);
        }
    }
}

#[actix_web::test]
async fn crawlers_are_told_where_to_look_and_what_not_to_take() {
    let server = Server::start();
    let reader = server.visitor();
    let admin = server.session(&server.person("beheer", Role::Admin));
    for (version, word, trains) in [("0", "allowed", true), ("1", "refused", false)] {
        admin
            .form("/desk/site", &[("version", version), ("ai_training", word)])
            .await
            .is(303);
        let robots = reader.get("/robots.txt").await.is(200);
        let Some(said) = tools::python(ROBOTS, &["urllib.robotparser"], &robots.body) else {
            return;
        };
        let expected = json!({"sitemaps": [format!("{}/sitemap.xml", server.base())], "reads": true, "works": false, "trains": trains});
        assert_eq!(said, expected);
    }
}

#[actix_web::test]
async fn oembed_is_found_from_the_page_and_keeps_within_what_is_asked() {
    let server = Server::start();
    let reader = published(&server).await;
    let page = reader.get(&format!("/stories/{SLUG}")).await.text();
    let link = page.split("application/json+oembed\" href=\"").nth(1).unwrap();
    let link = link.split('"').next().unwrap().replace("&#38;", "&");
    let link = link.trim_start_matches(&server.base()).to_owned();
    let said: Value = reader.get(&link).await.is(200).json();
    assert_eq!((&said["version"], &said["type"]), (&json!("1.0"), &json!("rich")));
    assert_eq!(said["title"], TITLE);
    assert!(
        said["html"]
            .as_str()
            .unwrap()
            .contains(&format!("/stories/{SLUG}"))
    );
    let small = reader
        .get(&format!("{link}&maxwidth=330&maxheight=400"))
        .await
        .is(200)
        .json();
    assert!(
        small["width"].as_u64().unwrap() <= 330 && small["height"].as_u64().unwrap() <= 400,
        "{small}"
    );
    let xml = reader
        .get(&link.replace("format=json", "format=xml"))
        .await
        .is(200);
    assert!(xml.header("content-type").starts_with("text/xml") && xml.text().contains("<type>rich</type>"));
    reader
        .get(&link.replace("format=json", "format=yaml"))
        .await
        .is(501);
    reader
        .get("/oembed?url=https://elsewhere.example/stories/x")
        .await
        .is(404);
}
