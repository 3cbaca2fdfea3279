//! The promise of this house: whatever bytes come in, values come out.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::io::Cursor;

use proptest::prelude::*;

use super::write::{embed_in_jpeg, tests as written};
use super::{clean, date::Date, iim, photoshop, xmp};

fn heads() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(b"\xff\xd8\xff\xe1".to_vec()),
        Just(b"\xff\xd8\xff\xed\x00\x40Photoshop 3.0\08BIM\x04\x04\0\0".to_vec()),
        Just(b"\x89PNG\r\n\x1a\n".to_vec()),
        Just(b"RIFF\xff\xff\0\0WEBPEXIF".to_vec()),
        Just(b"II*\0\x08\0\0\0".to_vec()),
        Just(b"MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10".to_vec()),
        Just(Vec::new()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_behind_any_head_are_read(head in heads(), tail in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = super::read(&mut Cursor::new([head, tail].concat()));
    }

    #[test]
    fn any_bytes_are_taken_by_every_parser(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = iim::parse(&bytes);
        let _ = photoshop::parse(&bytes);
        let _ = xmp::parse(bytes.clone(), bytes.clone());
        let _ = clean::text(&clean::windows_1252(&bytes));
    }

    #[test]
    fn any_text_is_taken_as_xmp_or_as_a_date(text in "\\PC{0,80}", time in "[0-9:.+Z -]{0,20}") {
        let _ = xmp::parse(text.clone().into_bytes(), Vec::new());
        if let Some(date) = Date::parse(&text).or_else(|| Date::parse(&time)).or_else(|| Date::parse_iim(&text, Some(&time))) {
            prop_assert_eq!(Date::parse(&date.iso()), Some(date));
        }
    }

    #[test]
    fn a_good_file_with_some_bytes_changed_or_its_end_gone_is_read(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        end in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut file = embed_in_jpeg(written::BARE_JPEG.to_vec(), &written::full());
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if is_cut {
            file.truncate(end.index(file.len()));
        }
        let _ = super::read(&mut Cursor::new(file));
    }
}
