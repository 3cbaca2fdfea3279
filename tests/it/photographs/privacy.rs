//! Photographs from conflict zones: a place, a serial number or a name that leaks can cost a life.

use std::process::Command;

use image::ImageFormat;
use serde_json::{Value, json};

use super::carriers::{exiftool_writes, exiftool_writes_as};
use super::packets::has_avif;
use crate::harness::photograph::{file, picture};
use crate::harness::reportage::{self, SLUG};
use crate::harness::{Client, Server, captioned, jpeg, tools};

/// What the originals carry and nobody may ever find.
const SECRETS: [&str; 8] = [
    "SN44871230",
    "Geheime Eigenaar",
    "Model Zeven",
    "Geheim Adres 7",
    "geheim-document-id",
    "Gezicht Geheim",
    "Instructie Geheim",
    "ACHTER-HET-EINDE",
];

/// The allow-list: tags that a public file may have besides what `ExifTool` says about the file itself, by group and name.
const ALLOWED: [(&str, &[&str]); 10] = [
    ("IFD0", &["ImageDescription", "Artist", "Copyright"]),
    ("XMP-dc", &["Description", "Creator", "Rights"]),
    (
        "XMP-photoshop",
        &[
            "Headline",
            "Credit",
            "Source",
            "City",
            "State",
            "Country",
            "DateCreated",
        ],
    ),
    (
        "XMP-iptcCore",
        &["CountryCode", "AltTextAccessibility", "ExtDescrAccessibility"],
    ),
    (
        "XMP-iptcExt",
        &[
            "LocationShownLocationName",
            "LocationShownCity",
            "LocationShownProvinceState",
            "LocationShownCountryName",
            "LocationShownCountryCode",
            "Event",
            "DigitalSourceType",
        ],
    ),
    ("XMP-xmpRights", &["UsageTerms", "WebStatement"]),
    ("XMP-plus", &["DataMining", "LicensorName", "LicensorURL"]),
    (
        "IPTC",
        &[
            "CodedCharacterSet",
            "ApplicationRecordVersion",
            "DateCreated",
            "By-line",
            "City",
            "Province-State",
            "Country-PrimaryLocationCode",
            "Country-PrimaryLocationName",
            "Headline",
            "Credit",
            "Source",
            "CopyrightNotice",
            "Caption-Abstract",
        ],
    ),
    // The digest of the block above.
    ("Photoshop", &["IPTCDigest"]),
    // Where in an AVIF the picture is and how it is coded.
    (
        "Meta",
        &[
            "HandlerType",
            "PrimaryItemReference",
            "MetaImageSize",
            "ImagePixelDepth",
            "AV1ConfigurationVersion",
            "ChromaFormat",
            "ChromaSamplePosition",
            "MediaDataSize",
            "MediaDataOffset",
        ],
    ),
];
const ABOUT_THE_FILE: [&str; 9] = [
    "ExifTool",
    "System",
    "File",
    "Composite",
    "JFIF",
    "RIFF",
    "VP8",
    "QuickTime",
    "XMP-x",
];

/// Puts everything into an original that must not come out.
fn loaded(bytes: &[u8], extension: &str) -> Vec<u8> {
    let arguments = [
        "-GPSLatitude=36.345",
        "-GPSLatitudeRef=N",
        "-GPSLongitude=43.1575",
        "-GPSLongitudeRef=E",
        "-GPSAltitude=223",
        "-XMP-exif:GPSLatitude=36.345",
        "-ExifIFD:SerialNumber=SN44871230",
        "-ExifIFD:LensSerialNumber=SN44871230",
        "-ExifIFD:OwnerName=Geheime Eigenaar",
        "-XMP-aux:OwnerName=Geheime Eigenaar",
        "-XMP-aux:SerialNumber=SN44871230",
        "-XMP-iptcCore:CreatorAddress=Geheim Adres 7",
        "-XMP-xmpMM:DocumentID=geheim-document-id",
        "-XMP-iptcExt:PersonInImage=Gezicht Geheim",
        "-XMP-mwg-rs:RegionName=Gezicht Geheim",
        "-XMP-photoshop:Instructions=Instructie Geheim",
        "-IPTC:SpecialInstructions=Instructie Geheim",
        "-IPTC:Sub-location=Geheim Adres 7",
        "-XMP-iptcCore:Location=Geheim Adres 7",
    ];
    // Neither PNG nor WebP has a place for IPTC's own block.
    let arguments = arguments
        .into_iter()
        .filter(|argument| !argument.starts_with("-IPTC:") || matches!(extension, "jpg" | "tiff"));
    exiftool_writes_as(
        bytes,
        extension,
        &arguments.map(str::to_owned).collect::<Vec<_>>(),
    )
}

pub fn exiftool_reads(bytes: &[u8], extension: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("public.{extension}"));
    std::fs::write(&path, bytes).unwrap();
    let output = Command::new("exiftool")
        .args(["-a", "-u", "-U", "-G1", "-s", "-j", "-ee"])
        .arg(&path)
        .output()
        .unwrap();
    serde_json::from_slice::<Value>(&output.stdout).unwrap()[0].clone()
}

/// Every address a reader can get for a story, found the way a reader finds them.
pub async fn public_addresses(reader: &Client, slug: &str) -> Vec<String> {
    let page = format!("/stories/{slug}");
    let mut addresses = vec![
        "/".to_owned(),
        page.clone(),
        "/api/v1/stories".to_owned(),
        "/feed.xml".to_owned(),
        "/atom.xml".to_owned(),
        "/feed.json".to_owned(),
        "/sitemap.xml".to_owned(),
        "/search?q=veld".to_owned(),
        "/api/v1/search?q=veld".to_owned(),
        format!("/api/v1/stories/{slug}"),
    ];
    for source in ["/", &page, &format!("/api/v1/stories/{slug}")] {
        let text = reader.get(source).await.is(200).text();
        for (at, _) in text.match_indices("/media/") {
            let name: String = text[at..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || "/.".contains(*c))
                .collect();
            addresses.push(name);
        }
    }
    addresses.sort();
    addresses.dedup();
    addresses
}

#[actix_web::test]
async fn exiftool_finds_nothing_in_public_bytes_that_readers_may_not_know() {
    if !tools::is_there("exiftool", "-ver", "libimage-exiftool-perl") {
        return;
    }
    let server = Server::with(|config| config.avif_threads = 1);
    let editor = server.editor();
    let mut photos = Vec::new();
    let formats = [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::Tiff,
        ImageFormat::WebP,
    ];
    for (index, format) in formats.into_iter().enumerate() {
        let extension = format.extensions_str()[0];
        let original = if format == ImageFormat::Jpeg {
            [
                &loaded(&reportage::original(index, 1_300, 860), "jpg")[..],
                b"ACHTER-HET-EINDE",
            ]
            .concat()
        } else {
            loaded(&file(&picture(index as u32, 640, 420), format), extension)
        };
        let seen = exiftool_reads(&original, extension).to_string();
        for carried in [
            "SN44871230",
            "GPSLatitude",
            "Gezicht Geheim",
            "geheim-document-id",
        ] {
            assert!(seen.contains(carried), "a {extension} carries {carried}: {seen}");
        }
        let photo = editor.photo("geheim.jpg", &original).await;
        let path = format!("/api/v1/manage/photos/{photo}");
        let tag = editor.get(&path).await.header("etag");
        let words = json!({"alt": "Een veld", "credit": "Anna"});
        editor.if_match(&tag).patch(&path, &words).await.is(200);
        photos.push(photo);
    }
    for photo in &photos {
        has_avif(&editor, photo).await;
    }
    let all: Vec<String> = (0..10)
        .map(|index| photos[index % photos.len()].clone())
        .collect();
    let story = editor.story(&reportage::request(&all)).await;
    editor.publish(&story).await.is(201);

    let reader = server.visitor();
    let addresses = public_addresses(&reader, SLUG).await;
    let files = addresses
        .iter()
        .filter(|address| address.starts_with("/media/"))
        .count();
    assert!(files >= 3 * 10, "{addresses:?}");
    for address in addresses {
        let answer = reader.get(&address).await.is(200);
        for secret in SECRETS {
            assert!(!holds(&answer.body, secret), "{secret} is in {address}");
        }
        if !address.starts_with("/media/") {
            for position in ["36.345", "43.1575", "GPS"] {
                assert!(!answer.text().contains(position), "{position} is in {address}");
            }
            continue;
        }
        let extension = address.rsplit('.').next().unwrap();
        holds_the_allow_list_only(&address, &exiftool_reads(&answer.body, extension));
    }
}

/// Fails on a tag that no public file may have.
pub fn holds_the_allow_list_only(address: &str, tags: &Value) {
    for (tag, value) in tags.as_object().unwrap() {
        let Some((group, name)) = tag.split_once(':') else {
            continue;
        };
        let allowed = ALLOWED
            .iter()
            .any(|(of, names)| *of == group && names.contains(&name));
        assert!(
            allowed || ABOUT_THE_FILE.contains(&group),
            "{address} tells {tag}: {value}"
        );
        assert!(!name.contains("GPS"), "{address} tells {tag}: {value}");
    }
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes
        .windows(words.len())
        .any(|window| window == words.as_bytes())
}

#[actix_web::test]
async fn a_sensitive_photo_shows_neither_place_nor_date_whatever_a_frame_says() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &reportage::original(7, 480, 320)).await;
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    editor
        .if_match(&tag)
        .patch(&path, &json!({"sensitive": true}))
        .await
        .is(200);
    let frame = json!({"photo": photo, "alt": "Een veld", "place": "Telskuf, Irak"});
    let story = editor
        .story(&json!({"title": "Een veld", "language": "nl", "blocks": [{"type": "photo", "frame": frame}]}))
        .await;
    editor.publish(&story).await.is(201);
    let live = reader.get("/api/v1/stories/een-veld").await.is(200);
    assert_eq!(live.data()["photos"][&photo]["date"], Value::Null);
    for path in ["/stories/een-veld", "/api/v1/stories/een-veld", "/"] {
        let text = reader.get(path).await.text();
        assert!(
            !text.contains("Telskuf") && !text.contains("2024-01-10"),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn hostile_words_are_inert_on_every_page() {
    let server = Server::start();
    let editor = server.editor();
    let hostile = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>[a](javascript:alert(3))";
    let photo = editor.photo("<script>.jpg", &captioned(1, hostile)).await;
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    let facts = json!({"place": hostile, "alt": hostile, "credit": hostile, "creator": hostile, "copyright": hostile, "headline": hostile});
    editor.if_match(&tag).patch(&path, &facts).await.is(200);
    let frame = json!({"photo": photo});
    let story = editor
        .story(&json!({
            "title": hostile, "slug": "vijandig", "language": "nl", "standfirst": hostile, "byline": hostile, "tags": ["<script>"],
            "blocks": [
                {"type": "photo", "layout": "wide", "frame": frame},
                {"type": "text", "markdown": hostile}, {"type": "heading", "text": hostile},
                {"type": "quote", "markdown": hostile, "attribution": hostile},
                {"type": "group", "layout": "side", "caption": hostile, "frames": [frame, frame]},
            ],
        }))
        .await;
    editor.publish(&story).await.is(201);
    let reader = server.visitor();
    for path in ["/", "/stories/vijandig"] {
        let page = reader.get(path).await.is(200);
        let text = page.text().to_lowercase();
        for bad in ["<script>alert", "<img src=x", "href=\"javascript:"] {
            assert!(!text.contains(bad), "{bad} is in {path}");
        }
        // A story has two scripts of its own: the lightbox's beginning, named by its hash, and data for search engines.
        let own = if path == "/" { 0 } else { 2 };
        assert_eq!(text.matches("<script").count(), own, "{path}: {text}");
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
    }
    for path in [
        "/feed.xml",
        "/atom.xml",
        "/sitemap.xml",
        "/tags/script",
        "/oembed?format=xml&url=ORIGIN/stories/vijandig",
    ] {
        let path = path.replace("ORIGIN", &server.base());
        let text = reader.get(&path).await.is(200).text().to_lowercase();
        assert!(
            !text.contains("<script>alert") && !text.contains("<img src=x"),
            "{path}: {text}"
        );
    }
    // In JSON words are words; what it says is HTML has none of them as tags.
    let feed = reader.get("/feed.json").await.is(200).json();
    let html = feed["items"][0]["content_html"].as_str().unwrap().to_lowercase();
    assert!(
        html.contains("&lt;script") && !html.contains("<script") && !html.contains("<img src=x"),
        "{html}"
    );
    let live = reader.get("/api/v1/stories/vijandig").await.is(200);
    assert_eq!(live.header("content-type"), "application/json");
    for block in live.data()["blocks"].as_array().unwrap() {
        for html in [
            &block["html"],
            &block["caption"]["html"],
            &block["frame"]["caption"]["html"],
        ] {
            let html = html.as_str().unwrap_or_default().to_lowercase();
            assert!(
                !html.contains("<script") && !html.contains("<img") && !html.contains("href=\"javascript:"),
                "{html}"
            );
        }
    }
}

#[actix_web::test]
async fn hostile_words_in_a_file_are_inert_for_readers_and_at_the_desk() {
    if !tools::is_there("exiftool", "-ver", "libimage-exiftool-perl") {
        return;
    }
    let server = Server::with(|config| config.avif_threads = 0);
    let editor = server.editor();
    let hostile = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>";
    let fields = [
        "XMP-dc:Title",
        "XMP-dc:Description",
        "XMP-dc:Creator",
        "XMP-dc:Rights",
        "XMP-dc:Subject",
        "XMP-photoshop:Headline",
        "XMP-photoshop:Credit",
        "XMP-photoshop:Source",
        "XMP-photoshop:City",
        "XMP-photoshop:State",
        "XMP-photoshop:Country",
        "XMP-iptcCore:Location",
        "XMP-iptcCore:AltTextAccessibility",
        "XMP-iptcCore:ExtDescrAccessibility",
        "XMP-iptcExt:Event",
        "XMP-iptcExt:PersonInImage",
        "XMP-iptcExt:DigitalSourceType",
        "XMP-iptcExt:LocationShownCity",
        "XMP-xmpRights:UsageTerms",
        "XMP-plus:LicensorName",
        "XMP-plus:DataMining#",
        "IPTC:Caption-Abstract",
        "IPTC:By-line",
        "IPTC:Keywords",
        "IFD0:ImageDescription",
        "IFD0:Artist",
        "IFD0:Copyright",
        "ExifIFD:UserComment",
    ];
    let addresses = [
        "-XMP-xmpRights:WebStatement=javascript:alert(3)",
        "-XMP-plus:LicensorURL=javascript:alert(4)",
    ];
    let arguments: Vec<String> = fields
        .map(|field| format!("-{field}={hostile}"))
        .into_iter()
        .chain(addresses.map(str::to_owned))
        .collect();
    let photo = editor
        .photo("a.jpg", &exiftool_writes(&jpeg(7, 480, 320), &arguments))
        .await;
    let frame = json!({"photo": photo, "alt": "Een veld"});
    let story = editor
        .story(&json!({"title": "Een veld", "language": "nl", "blocks": [{"type": "photo", "frame": frame}]}))
        .await;
    let desk = [
        format!("/desk/photos/{photo}"),
        "/desk/photos".to_owned(),
        format!("/desk/stories/{story}"),
    ];
    for path in &desk {
        let page = editor.get(path).await.is(200).text().to_lowercase();
        let is_inert = !page.contains("<script>alert")
            && !page.contains("<img src=x")
            && !page.contains("\"javascript:");
        assert!(is_inert, "{path}: {page}");
    }
    assert!(
        editor
            .get(&desk[0])
            .await
            .text()
            .contains("&lt;script&gt;alert(1)")
            || editor
                .get(&desk[0])
                .await
                .text()
                .contains("&#60;script&#62;alert(1)")
    );
    editor.publish(&story).await.is(201);
    let reader = server.visitor();
    for path in public_addresses(&reader, "een-veld").await {
        if path.starts_with("/media/") {
            continue;
        }
        let text = reader.get(&path).await.is(200).text().to_lowercase();
        // In JSON words are words; what a page or a feed is made of, no word is.
        let is_json = path.starts_with("/api/") || path == "/feed.json";
        assert!(
            is_json || !(text.contains("<script>alert") || text.contains("<img src=x")),
            "{path}: {text}"
        );
        assert!(!text.contains("javascript:alert"), "{path}: {text}");
    }
}
