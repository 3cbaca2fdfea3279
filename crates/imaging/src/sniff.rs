//! What a file looks like from its first bytes.
//!
//! Only the start is looked at, and only to tell formats apart; whether the rest keeps the promise is the header readers' business.
//! Camera raw files that are built on TIFF are told apart in `tiff_header`, since their first bytes are those of any TIFF.

use super::probe::{Format, Lookalike};

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One of the four formats.
    Photo(Format),
    /// Something that is not taken.
    Other(Lookalike),
}

/// Signatures at a fixed offset, tried in order.
///
/// Source: each format's own specification; raw formats as `ExifTool` documents them.
const SIGNATURES: &[(usize, &[u8], Kind)] = &[
    (0, b"\xFF\xD8\xFF", Kind::Photo(Format::Jpeg)),
    (0, b"\x89PNG\r\n\x1A\n", Kind::Photo(Format::Png)),
    (8, b"WEBPVP8", Kind::Photo(Format::Webp)),
    (8, b"CR\x02", Kind::Other(Lookalike::CameraRaw)),
    (0, b"IIRO", Kind::Other(Lookalike::CameraRaw)),
    (0, b"IIRS", Kind::Other(Lookalike::CameraRaw)),
    (0, b"MMOR", Kind::Other(Lookalike::CameraRaw)),
    (0, b"IIU\0", Kind::Other(Lookalike::CameraRaw)),
    (0, b"FUJIFILMCCD-RAW", Kind::Other(Lookalike::CameraRaw)),
    (6, b"HEAPCCDR", Kind::Other(Lookalike::CameraRaw)),
    (0, b"FOVb", Kind::Other(Lookalike::CameraRaw)),
    (0, b"\0MRM", Kind::Other(Lookalike::CameraRaw)),
    (8, b"IIII", Kind::Other(Lookalike::CameraRaw)),
    (0, b"II*\0", Kind::Photo(Format::Tiff)),
    (0, b"MM\0*", Kind::Photo(Format::Tiff)),
    (0, b"II+\0\x08\0\0\0", Kind::Photo(Format::Tiff)),
    (0, b"MM\0+\0\x08\0\0", Kind::Photo(Format::Tiff)),
    (0, b"GIF8", Kind::Other(Lookalike::Gif)),
    (0, b"8BPS", Kind::Other(Lookalike::Photoshop)),
    (0, b"\xFF\x0A", Kind::Other(Lookalike::JpegXl)),
    (4, b"JXL \r\n\x87\n", Kind::Other(Lookalike::JpegXl)),
    (4, b"jP  \r\n\x87\n", Kind::Other(Lookalike::Jpeg2000)),
    (0, b"\xFF\x4F\xFF\x51", Kind::Other(Lookalike::Jpeg2000)),
    (0, b"PK\x03\x04", Kind::Other(Lookalike::Archive)),
    (0, b"Rar!", Kind::Other(Lookalike::Archive)),
    (0, b"7z\xBC\xAF\x27\x1C", Kind::Other(Lookalike::Archive)),
    (0, b"\x1F\x8B", Kind::Other(Lookalike::Archive)),
    (0, b"%!PS", Kind::Other(Lookalike::Pdf)),
    (0, b"\x1A\x45\xDF\xA3", Kind::Other(Lookalike::Video)),
    (8, b"AVI ", Kind::Other(Lookalike::Video)),
    (4, b"moov", Kind::Other(Lookalike::Video)),
    (4, b"mdat", Kind::Other(Lookalike::Video)),
    (0, b"\0\0\x01\xBA", Kind::Other(Lookalike::Video)),
];

/// Tells the kind of a file from its first bytes (up to 1,024 of them).
pub(super) fn kind(start: &[u8]) -> Kind {
    let by_signature = SIGNATURES
        .iter()
        .find(|(at, signature, _)| at_offset(start, *at, signature))
        // A WebP is a RIFF file; its own mark comes after.
        .filter(|(_, _, kind)| *kind != Kind::Photo(Format::Webp) || start.starts_with(b"RIFF"));
    let pdf_inside = contains(start, b"%PDF-");
    match by_signature {
        Some((_, _, Kind::Photo(_))) if pdf_inside || page_inside(start) => Kind::Other(Lookalike::Polyglot),
        Some((_, _, Kind::Photo(Format::Jpeg))) if first_length_opens_a_comment(start) => {
            Kind::Other(Lookalike::Polyglot)
        }
        Some((_, _, kind)) => *kind,
        None if pdf_inside => Kind::Other(Lookalike::Pdf),
        None => Kind::Other(iso_media(start).unwrap_or_else(|| wording(start))),
    }
}

/// Whether a whole web page begins here. Words in a photograph may hold any tag but these two.
fn page_inside(start: &[u8]) -> bool {
    let lower = start.to_ascii_lowercase();
    [b"<html".as_slice(), b"<!doctype html"]
        .iter()
        .any(|tag| anywhere(&lower, tag, ends_a_name))
}

/// A first segment whose length spells a script's `/*` (12,074 bytes) or `//` (12,079) makes the same bytes a script, whatever its kind and however many
/// fill bytes stand before it. Only what cameras write there may be of just that length: EXIF with a thumbnail is, now and then.
fn first_length_opens_a_comment(start: &[u8]) -> bool {
    let behind = start.get(2..).unwrap_or_default();
    let fill = behind.iter().take_while(|byte| **byte == 0xFF).count();
    let length = behind.get(fill.saturating_add(1)..).unwrap_or_default();
    let is_a_cameras = [b"Exif\0\0".as_slice(), b"http://ns.adobe.com/"]
        .iter()
        .any(|own| at_offset(length, 2, own));
    let is_closed = contains(length, b"*/");
    (length.starts_with(b"/*") && (!is_a_cameras || is_closed))
        || (length.starts_with(b"//") && !is_a_cameras)
}

/// Files in the ISO base media container name their brand after `ftyp`.
///
/// Source: ISO/IEC 14496-12, 4.3; brands from the MP4 registration authority and, for `crx `, Canon's CR3.
fn iso_media(start: &[u8]) -> Option<Lookalike> {
    if !at_offset(start, 4, b"ftyp") {
        return None;
    }
    Some(match start.get(8..12)? {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => Lookalike::Heic,
        b"avif" | b"avis" => Lookalike::Avif,
        b"crx " => Lookalike::CameraRaw,
        _ => Lookalike::Video,
    })
}

/// SVG, web pages and text; `BM` only when the rest is not text, for text may begin with those letters.
fn wording(start: &[u8]) -> Lookalike {
    if start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF") {
        return Lookalike::Text;
    }
    let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    let lower = text.to_ascii_lowercase();
    if contains(&lower, b"<svg") || contains(&lower, b"<!doctype svg") {
        return Lookalike::Svg;
    }
    if [
        b"<!doctype html".as_slice(),
        b"<html",
        b"<head",
        b"<body",
        b"<script",
    ]
    .iter()
    .any(|tag| contains(&lower, tag))
    {
        return Lookalike::Html;
    }
    let printable = text
        .iter()
        .filter(|byte| **byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C))
        .count();
    // Random bytes hold one control character in eight; text has none.
    if printable == text.len() {
        return Lookalike::Text;
    }
    if start.starts_with(b"BM") {
        return Lookalike::Bitmap;
    }
    Lookalike::Unknown
}

/// How much of what follows a photograph's end is looked at.
pub(super) const TAIL_BYTES: u64 = 1024 * 1024;

/// Whether what follows a photograph's end is another file that a program would open. Some are opened wherever they begin: archives are read from
/// their end, pages and scripts by whoever looks for their first tag. Cameras write there too (second pictures, films, previews), so nothing else is refused.
///
/// Compressed film holds any three or four bytes sooner or later, and a photograph must not be lost to chance: short signatures count only with
/// what must follow them. All together take less than one in 100,000 tails of noise of this length for another file.
pub(super) fn foreign_tail(after: &[u8]) -> bool {
    const AT_THE_START: [&[u8]; 5] = [b"Rar!", b"7z\xBC\xAF", b"\x7FELF", b"\x1F\x8B\x08", b"%!PS"];
    let blank = |byte: &&u8| **byte == 0 || byte.is_ascii_whitespace();
    let blanks = after.iter().take_while(blank).count();
    let trimmed = after.get(blanks..).unwrap_or_default();
    AT_THE_START
        .iter()
        .any(|signature| trimmed.starts_with(signature))
        || (trimmed.starts_with(b"<") && readable(trimmed, 16))
        || (trimmed.starts_with(b"#!") && readable(trimmed, 16))
        || windows_program(trimmed)
        || foreign_within(trimmed)
}

/// Whether another file that is opened wherever it begins is anywhere in `bytes`.
pub(super) fn foreign_within(bytes: &[u8]) -> bool {
    const TAGS: [&[u8]; 4] = [b"<html", b"<!doctype html", b"<script", b"<?php"];
    archive(bytes)
        || anywhere(bytes, b"%PDF-", |rest| {
            rest.first().is_none_or(u8::is_ascii_digit)
        })
        || {
            let lower = bytes.to_ascii_lowercase();
            TAGS.iter().any(|tag| anywhere(&lower, tag, ends_a_name))
                || anywhere(&lower, b"<svg", |rest| ends_a_name(rest) && readable(rest, 4))
        }
}

/// Whether an archive is anywhere in `bytes`: it is read from its end.
pub(super) fn archive(bytes: &[u8]) -> bool {
    anywhere(bytes, b"PK\x03\x04", |rest| is_packed_by(rest, 4))
        // A line of the directory: what readers believe.
        || anywhere(bytes, b"PK\x01\x02", |rest| is_packed_by(rest, 6))
        // The directory's end: no parts on other disks.
        || anywhere(bytes, b"PK\x05\x06", |rest| rest.iter().take(4).all(|byte| *byte == 0))
}

/// Whether `signature` is somewhere in `bytes` with something behind it that `fits`.
fn anywhere(bytes: &[u8], signature: &[u8], fits: impl Fn(&[u8]) -> bool) -> bool {
    memchr::memmem::find_iter(bytes, signature)
        .filter_map(|at| bytes.get(at.saturating_add(signature.len())..))
        .any(fits)
}

/// Whether the next `count` bytes, or as many as there are, can be read, in whatever language; of noise a third can.
fn readable(bytes: &[u8], count: usize) -> bool {
    let next = bytes.get(..count).unwrap_or(bytes);
    let is_text = match std::str::from_utf8(next) {
        Ok(_) => true,
        // Cut within a letter.
        Err(error) => error.error_len().is_none(),
    };
    is_text
        && next
            .iter()
            .all(|byte| !byte.is_ascii_control() || byte.is_ascii_whitespace())
}

/// A tag's name is over at a blank, `/`, `>`, or the end of what is looked at.
fn ends_a_name(rest: &[u8]) -> bool {
    rest.first()
        .is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'))
}

/// Whether a file in a ZIP archive is packed in a way that there is, by the number at this offset behind the signature.
///
/// Source: PKWARE's APPNOTE 6.3.10, 4.3.7 (local header), 4.3.12 (directory) and 4.4.5 (methods).
fn is_packed_by(rest: &[u8], at: usize) -> bool {
    match (rest.get(at), rest.get(at.saturating_add(1))) {
        (Some(low), Some(0)) => matches!(low, 0..=10 | 12 | 14 | 16 | 18..=20 | 93..=99),
        (_, high) => high.is_none(),
    }
}

/// `MZ`, and where the header points the one of the program itself.
fn windows_program(bytes: &[u8]) -> bool {
    let points_to = |at: usize| {
        let address = <[u8; 4]>::try_from(bytes.get(at..at.checked_add(4)?)?).ok()?;
        let program = bytes.get(usize::try_from(u32::from_le_bytes(address)).ok()?..)?;
        Some(program.starts_with(b"PE\0\0") || program.starts_with(b"NE") || program.starts_with(b"LE"))
    };
    bytes.starts_with(b"MZ") && points_to(0x3C).unwrap_or(bytes.len() < 0x40)
}

fn at_offset(bytes: &[u8], at: usize, signature: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(signature))
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stranger_is_called_by_its_name() {
        let cases: &[(&[u8], Lookalike)] = &[
            (b"%PDF-1.7 ...", Lookalike::Pdf),
            (b"<?xml version=\"1.0\"?><svg xmlns=\"\"/>", Lookalike::Svg),
            (b"\xEF\xBB\xBF<!DOCTYPE html><p>", Lookalike::Html),
            (b"A caption that somebody called photo.jpg\n", Lookalike::Text),
            (b"\0\0\0\x18ftypheic\0\0\0\0", Lookalike::Heic),
            (b"\0\0\0\x18ftypavif\0\0\0\0", Lookalike::Avif),
            (b"\0\0\0\x18ftypcrx \0\0\0\0", Lookalike::CameraRaw),
            (b"\0\0\0\x18ftypisom\0\0\0\0", Lookalike::Video),
            (b"II*\0\x10\0\0\0CR\x02\0", Lookalike::CameraRaw),
            (b"GIF89a", Lookalike::Gif),
            (b"PK\x03\x04", Lookalike::Archive),
            (b"\0\x01\x02\x03", Lookalike::Unknown),
            (b"\xFF\xD8\xFF\xE1\0\x10%PDF-1.4", Lookalike::Polyglot),
            (b"\xFF\xD8\xFF\xFE\0\x40<!DOCTYPE HTML><p>", Lookalike::Polyglot),
            (
                b"\x89PNG\r\n\x1A\n\0\0\0\x20tEXtComment\0<HTML>",
                Lookalike::Polyglot,
            ),
            (b"\xFF\xD8\xFF\xE0/*JFIF", Lookalike::Polyglot),
            (b"\xFF\xD8\xFF\xFF\xFE/*", Lookalike::Polyglot),
            (b"\xFF\xD8\xFF\xE1//", Lookalike::Polyglot),
        ];
        for (bytes, expected) in cases {
            assert_eq!(
                kind(bytes),
                Kind::Other(*expected),
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    #[test]
    fn another_file_behind_a_photograph_is_found_wherever_it_begins_and_a_cameras_own_data_is_not() {
        for foreign in [
            b"\n <p>".as_slice(),
            b"\0\0<script>alert(1)</script>",
            b"x<SVG onload=x>",
            b"camera\0PK\x03\x04",
            b"camera\0PK\x03\x04\x14\0\x08\x08\x08\0",
            b"\0PK\x05\x06\0\0",
            b"#!/bin/sh\nrm x",
            b"MZ\x90\0",
            b"<svg/onload=x>",
            b"\xFF<?php\n1",
            b"\0\0\0\0%PDF-1.4",
            b"\0<?PHP x",
            b"\x1F\x8B\x08\0",
        ] {
            assert!(foreign_tail(foreign), "{}", String::from_utf8_lossy(foreign));
        }
        for own in [
            b"".as_slice(),
            b"\0\0\0\0",
            b"\xFF\xD8\xFF\xE1\0\x10http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>",
            b"\0\0\0\x18ftypmp42",
            b"SEFH\x68\0\0\0",
            b"<\x9C\x01\xFF\xEE",
            b"MZ\x90\0 film, and then more of it, until there is room for the header of a program",
            b"film PK\x03\x04\xE7\x9A\0\0\x31\xB2",
            b"film <svG\x90\x81",
        ] {
            assert!(!foreign_tail(own), "{}", String::from_utf8_lossy(own));
        }
    }

    #[test]
    fn noise_is_no_other_file() {
        // A fixed seed (splitmix64): the same noise in every run.
        let mut state = 0_u64;
        let mut noise = |bytes: usize| {
            let word = || {
                state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                mixed ^ (mixed >> 31)
            };
            std::iter::repeat_with(word)
                .flat_map(u64::to_le_bytes)
                .take(bytes)
                .collect::<Vec<u8>>()
        };
        // Short ones begin often; long ones hold much.
        assert_eq!((0..100_000).filter(|_| foreign_tail(&noise(128))).count(), 0);
        assert_eq!((0..48).filter(|_| foreign_tail(&noise(1 << 20))).count(), 0);
    }

    #[test]
    fn the_four_formats_are_known_by_their_first_bytes() {
        assert_eq!(kind(b"\xFF\xD8\xFF\xE0\0\x10JFIF"), Kind::Photo(Format::Jpeg));
        assert_eq!(kind(b"\x89PNG\r\n\x1A\n\0\0"), Kind::Photo(Format::Png));
        assert_eq!(kind(b"RIFF\x10\0\0\0WEBPVP8 "), Kind::Photo(Format::Webp));
        assert_eq!(kind(b"MM\0*\0\0\0\x08"), Kind::Photo(Format::Tiff));
    }
}
