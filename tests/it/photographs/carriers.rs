//! The caption the photographer typed arrives, whichever carrier it is in.

use serde_json::Value;

use crate::harness::photograph::{captioned, jpeg};
use crate::harness::{Server, tools};

/// Letters of Dutch, a dash and a currency sign: wrong in every wrong encoding.
const WORDS: &str = "Café in ’s-Hertogenbosch – één euro €";

/// The JPEG without the segments that another carrier is in.
fn with_one_carrier(jpeg: &[u8], kept: &[u8]) -> Vec<u8> {
    let mut out = jpeg[..2].to_vec();
    let mut at = 2;
    while jpeg[at] == 0xff && jpeg[at + 1] != 0xda {
        let length = 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        let segment = &jpeg[at..at + length];
        let is_carrier = matches!(segment[1], 0xe1 | 0xed);
        if !is_carrier || segment[4..].starts_with(kept) {
            out.extend(segment);
        }
        at += length;
    }
    out.extend(&jpeg[at..]);
    out
}

fn carrier_of(photo: &Value, field: &str) -> String {
    let fields = photo["embedded"].as_array().unwrap();
    let found = fields.iter().find(|entry| entry["field"] == field);
    found.unwrap_or_else(|| panic!("no {field} in {photo:#}"))["carrier"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[actix_web::test]
async fn a_caption_arrives_from_xmp_from_iim_and_from_exif() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let all = captioned(1, WORDS);
    let carriers: [(&str, &[u8]); 3] = [
        ("xmp", b"http://ns.adobe.com/xap/"),
        ("iim", b"Photoshop 3.0\0"),
        ("exif", b"Exif\0\0"),
    ];
    for (carrier, header) in carriers {
        let id = editor
            .photo_pending(&format!("{carrier}.jpg"), &with_one_carrier(&all, header))
            .await;
        let photo = editor.get(&format!("/api/v1/manage/photos/{id}")).await.data();
        assert_eq!(photo["caption"], WORDS, "{carrier}");
        assert_eq!(photo["creator"], "Anna Jansen", "{carrier}");
        assert_eq!(carrier_of(&photo, "caption"), carrier);
    }
}

#[actix_web::test]
async fn what_exiftool_writes_is_read() {
    if !tools::is_there("exiftool", "-ver", "libimage-exiftool-perl") {
        return;
    }
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let written: [(&str, &[&str]); 6] = [
        ("xmp", &["-XMP-dc:Description={}"]),
        (
            "iim",
            &["-IPTC:CodedCharacterSet=UTF8", "-IPTC:Caption-Abstract={}"],
        ),
        // Unmarked UTF-8, and unmarked Windows-1252 as older programs wrote it.
        ("iim", &["-charset", "iptc=UTF8", "-IPTC:Caption-Abstract={}"]),
        ("iim", &["-charset", "iptc=Latin", "-IPTC:Caption-Abstract={}"]),
        ("exif", &["-charset", "exif=UTF8", "-IFD0:ImageDescription={}"]),
        ("exif", &["-charset", "exif=Latin", "-IFD0:ImageDescription={}"]),
    ];
    for (seed, (carrier, arguments)) in written.iter().enumerate() {
        let arguments: Vec<String> = arguments
            .iter()
            .map(|argument| argument.replace("{}", WORDS))
            .collect();
        let bytes = exiftool_writes(&jpeg(seed as u32, 64, 48), &arguments);
        let id = editor.photo_pending("a.jpg", &bytes).await;
        let photo = editor.get(&format!("/api/v1/manage/photos/{id}")).await.data();
        assert_eq!(photo["caption"], WORDS, "{carrier} {arguments:?}");
        assert_eq!(&carrier_of(&photo, "caption"), carrier);
    }
}

#[actix_web::test]
async fn the_stronger_carrier_wins_and_the_losing_words_are_kept() {
    if !tools::is_there("exiftool", "-ver", "libimage-exiftool-perl") {
        return;
    }
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let arguments = [
        "-XMP-dc:Description=Uit XMP.",
        "-IFD0:ImageDescription=Uit EXIF.",
        "-XMP-photoshop:City=Telskuf",
    ];
    let bytes = exiftool_writes(&jpeg(1, 64, 48), &arguments.map(str::to_owned));
    let id = editor.photo_pending("a.jpg", &bytes).await;
    let photo = editor.get(&format!("/api/v1/manage/photos/{id}")).await.data();
    assert_eq!(photo["caption"], "Uit XMP.");
    assert_eq!(photo["place"], "Telskuf");
    let fields = photo["embedded"].as_array().unwrap();
    let caption = fields.iter().find(|entry| entry["field"] == "caption").unwrap();
    assert_eq!(caption["losing"][0]["value"], "Uit EXIF.");
    assert_eq!(caption["losing"][0]["carrier"], "exif");
}

/// A JPEG after `ExifTool` has written into it.
pub fn exiftool_writes(bytes: &[u8], arguments: &[String]) -> Vec<u8> {
    exiftool_writes_as(bytes, "jpg", arguments)
}

/// A file of some kind after `ExifTool` has written into it.
pub fn exiftool_writes_as(bytes: &[u8], extension: &str, arguments: &[String]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("a.{extension}"));
    std::fs::write(&path, bytes).unwrap();
    let output = std::process::Command::new("exiftool")
        .args(["-overwrite_original", "-m"])
        .args(arguments)
        .arg(&path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    std::fs::read(&path).unwrap()
}
