//! Writes files to begin with, each made in code, into `FOLDER/TARGET/`: `seeds FOLDER`.

use std::error::Error;
use std::path::Path;

// For the coverage counters that everything here is built with.
use libfuzzer_sys as _;
use reportage_fuzz::metadata::{Container, Embedded, Packet, embed_in_jpeg};

/// The smallest thing that is a JPEG up to its pixels.
const JPEG: [u8; 8] = [0xff, 0xd8, 0xff, 0xda, 0, 2, 0xff, 0xd9];
/// A lossy WebP of 320 × 213 without pixels.
const WEBP: &[u8] = b"RIFF\x18\0\0\0WEBPVP8 \x0b\0\0\0\0\0\0\x9d\x01\x2a\x40\x01\xd5\0\x09\0";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("give a folder")?;
    let put = |target: &str, name: &str, bytes: &[u8]| -> Result<(), Box<dyn Error>> {
        let folder = Path::new(&folder).join(target);
        std::fs::create_dir_all(&folder)?;
        Ok(std::fs::write(folder.join(name), bytes)?)
    };
    let text = |text: &str| Some(text.to_owned());
    let words = Embedded {
        caption: text("Café in ’s-Hertogenbosch – één euro €"),
        headline: text("Na de storm"),
        creator: text("Anna"),
        credit: text("Anna / Krant"),
        copyright: text("© Anna"),
        alt: text("Een straat"),
        city: text("Telskuf"),
        country: text("Irak"),
        country_code: text("IRQ"),
        date_time_original: text("2024:01:19 10:05:00"),
        offset: text("+03:00"),
        gps: Some((36.345, 43.1575)),
        orientation: Some(6),
        ..Embedded::default()
    };
    let jpeg = embed_in_jpeg(JPEG.to_vec(), &words);
    let between = |from: &[u8]| {
        let at = jpeg
            .windows(from.len())
            .position(|window| window == from)
            .unwrap_or(0);
        &jpeg[at + from.len()..]
    };
    let (exif, xmp, resources) = (
        between(b"Exif\0\0"),
        between(b"xap/1.0/\0"),
        between(b"Photoshop 3.0\0"),
    );
    put(
        "names",
        "metadata",
        b"filename w6nDqW4uanBn,is_confidential,story c3RvXzE=",
    )?;
    put("names", "checksum", b"sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=")?;
    put(
        "names",
        "place",
        "Харків, 湖北省武汉市, Al-Qayyārah\nУ Харкові, 武汉, Qayyarahs".as_bytes(),
    )?;
    put("names", "file", "C:\\fakepath\\één.jpg".as_bytes())?;
    put("markdown", "text", "Een *veld* bij [Telskuf](https://example.org \"t\").\n\n> “Wij blijven.”\n\n- één\n- <script>alert(1)</script>\n".as_bytes())?;
    put("exif", "camera", exif)?;
    put("xmp", "packet", xmp)?;
    put("photoshop", "resources", resources)?;
    put("iim", "block", &resources[12..])?;
    let packet = Packet {
        caption: text("Een veld"),
        creators: vec!["Anna".to_owned()],
        city: text("Telskuf"),
        ..Packet::default()
    };
    let webp = packet
        .write_into(Container::Webp, 320, WEBP)
        .ok_or("the WebP is none")?;
    for target in ["container", "probe", "packet"] {
        put(target, "jpeg", &jpeg)?;
        put(target, "webp", &webp)?;
        put(target, "tiff", exif)?;
        put(target, "png", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x07\0\0\0\x05\x08\x02\0\0\0\0\0\0\0\0\0\0\x08eXIfII*\0\x08\0\0\0\0\0\0\0\0\0\0\0IEND\xaeB`\x82")?;
        put(target, "avif", b"\0\0\0\x14ftypavif\0\0\0\0avif\0\0\0\x3cmeta\0\0\0\0\0\0\0\x30iprp\0\0\0\x28ipco\0\0\0\x14ispe\0\0\0\0\0\0\x01\x40\0\0\0\xd5\0\0\0\x0cmdat\0\0\0\0")?;
    }
    Ok(())
}
