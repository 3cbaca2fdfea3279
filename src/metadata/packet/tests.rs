//! What was written is read back by this crate's own readers; `ExifTool` looks at whole files in the integration tests.

use std::io::Cursor;

use super::*;
use crate::metadata::write::tests::BARE_JPEG;
use crate::metadata::{Carrier, read};

fn full() -> Packet {
    let some = |text: &str| Some(text.to_owned());
    Packet {
        caption: some("Café in ’s-Hertogenbosch – één euro €\n\"Het dorp\" <na> de storm & later"),
        headline: some("Na de storm"),
        creators: vec!["Anna Bakker".to_owned(), "Bert de Vries".to_owned()],
        credit: some("Anna Bakker / Eigen werk"),
        source: some("Eigen werk"),
        copyright: some("© Anna Bakker"),
        usage_terms: some("Alleen redactioneel"),
        web_statement: some("https://example.org/rechten"),
        licensor_name: some("Anna Bakker"),
        licensor_url: some("https://example.org/licentie"),
        data_mining: some("http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"),
        digital_source_type: some("http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"),
        alt: some("Een straat met plassen"),
        extended_description: some("Links een kerk, rechts een rij huizen."),
        city: some("Telskuf"),
        province: some("Ninive"),
        country: some("Irak"),
        country_code: some("IRQ"),
        location_name: None,
        date: some("2024-01-19"),
        event: some("De terugkeer"),
    }
}

/// The smallest lossy WebP that has a size, though no pixels.
fn bare_webp() -> Vec<u8> {
    let picture = [0, 0, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xd5, 0, 9];
    let mut body = b"WEBPVP8 ".to_vec();
    body.extend(11_u32.to_le_bytes());
    body.extend(picture);
    body.push(0);
    [
        b"RIFF",
        &u32::try_from(body.len()).unwrap().to_le_bytes()[..],
        &body,
    ]
    .concat()
}

#[test]
fn every_word_is_read_back_from_a_jpeg_and_a_webp() {
    let jpeg = full()
        .write_into(Container::Jpeg { with_iim: true }, 2_560, &BARE_JPEG)
        .unwrap();
    let webp = full().write_into(Container::Webp, 2_560, &bare_webp()).unwrap();
    for file in [jpeg, webp] {
        let metadata = read(&mut Cursor::new(file));
        let (facts, packet) = (&metadata.facts, full());
        assert_eq!(facts.caption, packet.caption);
        assert_eq!(facts.creators, packet.creators);
        assert_eq!(facts.usage_terms, packet.usage_terms);
        assert_eq!(facts.licensor_url, packet.licensor_url);
        assert_eq!(facts.data_mining, packet.data_mining);
        assert_eq!(facts.extended_description, packet.extended_description);
        assert_eq!(facts.city, packet.city);
        assert_eq!(facts.country_code, packet.country_code);
        assert_eq!(facts.date_created, packet.date);
        assert_eq!(facts.event, packet.event);
        assert!(metadata.warnings.is_empty() && !metadata.has_gps);
        let disagree =
            |field: &&crate::metadata::FieldValue| field.carrier != Carrier::Xmp || !field.losing.is_empty();
        assert_eq!(metadata.fields.iter().find(disagree), None);
    }
}

#[test]
fn a_packet_takes_the_place_of_the_one_before() {
    for container in [Container::Jpeg { with_iim: true }, Container::Webp] {
        let bare = if container == Container::Webp {
            bare_webp()
        } else {
            BARE_JPEG.to_vec()
        };
        let first = full().write_into(container, 1_080, &bare).unwrap();
        assert_ne!(first, bare);
        assert_eq!(
            Packet::default().write_into(container, 1_080, &first).unwrap(),
            bare
        );
        assert_eq!(full().write_into(container, 1_080, &first).unwrap(), first);
    }
}

#[test]
fn an_impossible_segment_does_not_hide_the_packet_that_is_to_be_replaced() {
    let container = Container::Jpeg { with_iim: true };
    let odd = [&[0xff, 0xd8, 0xff, 0xe0, 0, 0][..], &BARE_JPEG[2..]].concat();
    let once = full().write_into(container, 1_080, &odd).unwrap();
    assert_eq!(full().write_into(container, 1_080, &once).unwrap(), once);
    assert_eq!(
        Packet::default().write_into(container, 1_080, &once).unwrap(),
        odd
    );
}

#[test]
fn long_words_are_cut_until_the_packet_fits_and_say_so() {
    let long = Packet {
        caption: Some("Een lange zin over het dorp. ".repeat(170)),
        extended_description: Some("Nog langer. ".repeat(400)),
        usage_terms: Some("重要".repeat(700)),
        ..full()
    };
    for (width, most) in [
        (320, SMALL_BYTES),
        (1_079, SMALL_BYTES),
        (1_080, LARGE_BYTES),
        (2_560, LARGE_BYTES),
    ] {
        let carriers = long.carriers(Container::Jpeg { with_iim: true }, width);
        let size: usize = [&carriers.exif, &carriers.xmp, &carriers.iim]
            .into_iter()
            .flatten()
            .map(Vec::len)
            .sum();
        assert!(size <= most, "{size} bytes at {width} px");
        let xmp = String::from_utf8(carriers.xmp.unwrap()).unwrap();
        for part in ["Een lange zin", "…", "DMI-PROHIBITED", "Anna Bakker"] {
            assert!(xmp.contains(part), "{part} is missing at {width} px: {xmp}");
        }
    }
}

#[test]
fn a_packet_is_the_same_after_it_was_kept_as_text() {
    assert_eq!(Packet::from_text(&full().to_text()), Some(full()));
    let other = Packet { city: None, ..full() };
    assert_ne!(full().to_text(), other.to_text());
    assert_eq!(Packet::from_text("[1"), None);
}

#[test]
fn what_is_no_such_file_is_left_alone() {
    for container in [
        Container::Jpeg { with_iim: false },
        Container::Webp,
        Container::Avif,
    ] {
        for bytes in [
            &b""[..],
            b"RIFF\0\0\0\0WEBPVP8L\xff\xff\xff\xff",
            b"\0\0\0\x08ftyp\0\0\0\x0cmeta\0\0\0\0",
            b"GIF89a",
        ] {
            assert_eq!(full().write_into(container, 320, bytes), None);
        }
    }
}
