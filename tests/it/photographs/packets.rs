//! What public files say: the photographer's words as the desk has them, in every format, held against `ExifTool`.

use serde_json::{Value, json};

use super::carriers::exiftool_writes;
use super::privacy::{exiftool_reads, holds_the_allow_list_only};
use crate::harness::server::eventually;
use crate::harness::{Client, Server, captioned, reportage, tools};

/// Waits until a photo has its AVIFs, and gives it.
pub async fn has_avif(client: &Client, photo: &str) -> Value {
    eventually("a photo to have AVIFs", async || {
        let photo = client
            .get(&format!("/api/v1/manage/photos/{photo}"))
            .await
            .is(200)
            .data();
        let renditions = photo["renditions"].as_array().unwrap();
        let has = renditions
            .iter()
            .any(|rendition| rendition["type"] == "image/avif");
        has.then_some(photo)
    })
    .await
}

/// What the file of this format that is nearest to a width says, by `ExifTool`.
async fn tags_of(client: &Client, photo: &Value, media_type: &str, width: u64) -> Value {
    let renditions = photo["renditions"].as_array().unwrap();
    let nearest = renditions
        .iter()
        .filter(|rendition| rendition["type"] == media_type)
        .min_by_key(|rendition| rendition["width"].as_u64().unwrap().abs_diff(width))
        .unwrap();
    let url = nearest["url"].as_str().unwrap();
    let file = client.get(url).await.is(200);
    let tags = exiftool_reads(&file.body, url.rsplit('.').next().unwrap());
    holds_the_allow_list_only(url, &tags);
    tags
}

#[actix_web::test]
async fn every_format_carries_the_words_of_the_desk_and_of_the_file() {
    if !tools::is_there("exiftool", "-ver", "libimage-exiftool-perl") {
        return;
    }
    let server = Server::with(|config| config.avif_threads = 1);
    let editor = server.editor();
    let more = [
        "-XMP-plus:LicensorName=Agentschap",
        "-XMP-plus:LicensorURL=https://example.org/licentie",
        "-XMP-xmpRights:UsageTerms=Alleen redactioneel",
        "-XMP-xmpRights:WebStatement=https://example.org/rechten",
        "-XMP-iptcExt:Event=De terugkeer",
        "-XMP-iptcExt:DigitalSourceType=http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
        "-XMP-iptcCore:ExtDescrAccessibility=Links een kerk.",
        "-XMP-dc:Title=DSC_0001.NEF",
        "-XMP-dc:Subject=oorlog",
    ];
    let original = exiftool_writes(&reportage::original(7, 1_090, 720), &more.map(str::to_owned));
    let id = editor.photo("a.jpg", &original).await;
    let photo = has_avif(&editor, &id).await;
    for media_type in ["image/jpeg", "image/webp", "image/avif"] {
        for width in [320, 1_080] {
            let tags = tags_of(&editor, &photo, media_type, width).await;
            let said = |tag: &str| tags[tag].as_str().unwrap_or_default().to_owned();
            let caption = photo["caption"].as_str().unwrap();
            assert_eq!(
                said("XMP-dc:Description"),
                caption,
                "{media_type} {width}: {tags:#}"
            );
            assert_eq!(
                said("IFD0:ImageDescription"),
                caption,
                "{media_type} {width}: {tags:#}"
            );
            assert_eq!(said("XMP-xmpRights:WebStatement"), "https://example.org/rechten");
            assert_eq!(said("XMP-photoshop:City"), "Telskuf");
            // The day, never the hour.
            assert_eq!(said("XMP-photoshop:DateCreated"), "2024:01:10");
            assert_eq!(tags["XMP-dc:Title"], Value::Null);
            let is_largest = media_type == "image/jpeg" && width == 1_080;
            assert_eq!(tags["IPTC:Caption-Abstract"] == caption, is_largest, "{tags:#}");
        }
    }
    let large = tags_of(&editor, &photo, "image/avif", 1_080).await;
    assert_eq!(large["XMP-iptcExt:LocationShownCity"], "Telskuf");
    assert_eq!(large["XMP-iptcExt:Event"], "De terugkeer");
    assert_eq!(large["XMP-plus:LicensorURL"], "https://example.org/licentie");
    assert_eq!(large["XMP-iptcCore:ExtDescrAccessibility"], "Links een kerk.");
}

#[actix_web::test]
async fn words_changed_at_the_desk_are_in_the_files_from_the_next_publication_on() {
    if !tools::is_there("exiftool", "-ver", "libimage-exiftool-perl") {
        return;
    }
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let id = editor.photo("a.jpg", &captioned(1, "Een tikfuot.")).await;
    let path = format!("/api/v1/manage/photos/{id}");
    let tag = editor.get(&path).await.header("etag");
    let words = json!({"caption": "Een tikfout, hersteld – “écht”.", "place": "Mosul, Irak"});
    editor.if_match(&tag).patch(&path, &words).await.is(200);
    let story = editor.small_story("Een veld", &id).await;
    editor.publish(&story).await.is(201);
    let live = reader.get("/api/v1/stories/een-veld").await.is(200).data();
    let public = &live["photos"][&id];
    for media_type in ["image/jpeg", "image/webp"] {
        let tags = tags_of(&reader, public, media_type, 480).await;
        assert_eq!(tags["XMP-dc:Description"], words["caption"], "{tags:#}");
        // A place that was typed is not taken apart into fields that contradict it.
        assert_eq!(tags["XMP-iptcExt:LocationShownLocationName"], "Mosul, Irak");
        assert_eq!(tags["XMP-photoshop:City"], Value::Null);
    }
    // Nothing changed since: publishing again leaves every file where it is.
    let url = public["renditions"][0]["url"].clone();
    editor.publish(&story).await.is(201);
    let again = reader.get("/api/v1/stories/een-veld").await.data();
    assert_eq!(again["photos"][&id]["renditions"][0]["url"], url);
}

#[actix_web::test]
async fn a_live_page_offers_avif_as_soon_as_it_is_there() {
    let server = Server::with(|config| config.avif_threads = 1);
    let editor = server.editor();
    let reader = server.visitor();
    let id = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &id).await;
    editor.publish(&story).await.is(201);
    has_avif(&editor, &id).await;
    eventually("the page to offer AVIF", async || {
        let page = reader.get("/stories/een-veld").await.is(200).text();
        page.contains("image/avif").then_some(())
    })
    .await;
    let live = reader.get("/api/v1/stories/een-veld").await.data();
    let avif = live["photos"][&id]["srcset"]["image/avif"]
        .as_str()
        .unwrap()
        .to_owned();
    let url = avif.split(' ').next().unwrap();
    let file = reader.get(url).await.is(200);
    assert_eq!(file.header("content-type"), "image/avif");
    assert_eq!(&file.body[4..12], b"ftypavif");
    // The order of words on the page has not changed: only better files of the same picture have come.
    assert_eq!(live["publication"], 1);
}
