//! JPEG: the application segments before the pixels. Reads APP1 (EXIF, XMP, Extended XMP) and APP13 (Photoshop), sees
//! whether APP11 holds Content Credentials, and steps over the rest.
//!
//! Stops at the first scan: no tool writes captions behind the pixels. Source: ITU-T T.81 annex B; XMP part 3, 1.1.3.

use std::io::{Read, Seek};

use super::container::{MAX_EXIF_BYTES, MAX_EXTENDED_XMP_BYTES, MAX_IRB_BYTES, Parts, array, skip, take};

/// What introduces EXIF in APP1.
pub(super) const EXIF_HEADER: &[u8] = b"Exif\0\0";
/// What introduces the XMP packet in APP1.
pub(super) const XMP_HEADER: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// What introduces a piece of Extended XMP in APP1.
const EXTENDED_XMP_HEADER: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
/// What introduces Photoshop's image resources in APP13.
pub(super) const PHOTOSHOP_HEADER: &[u8] = b"Photoshop 3.0\0";

const ENDS_EARLY: &str = "The file ends before its picture begins; please send it again.";
const IS_BROKEN: &str =
    "The file is damaged before its picture begins; captions after that point could not be read.";
const EXTENDED_INCOMPLETE: &str =
    "Part of the caption data (Extended XMP) is missing or damaged; the rest was read.";
const EXTENDED_TOO_LARGE: &str =
    "The file carries an unusually large amount of XMP; only its main part was read.";
const RESOURCES_TOO_LARGE: &str =
    "The file carries an unusually large amount of Photoshop data; only its first part was read.";

/// A file with more segments than this before its pixels is not a photograph.
const MAX_SEGMENTS: usize = 4096;
/// Extended XMP left over from earlier edits is seen, but not of more packets than this.
const MAX_GUIDS: usize = 16;

/// Collects the carriers of a JPEG; the reader stands at its first byte.
pub(super) fn collect<R: Read + Seek>(reader: &mut R, parts: &mut Parts) {
    let mut exif = Vec::new();
    let mut extended = Vec::new();
    if skip(reader, 2).is_some() {
        for _ in 0..MAX_SEGMENTS {
            match next_segment(reader) {
                Segment::Wanted(0xe1, body) => take_app1(body, &mut exif, &mut extended, parts),
                Segment::Wanted(0xeb, body) => parts.has_credentials |= holds_credentials(&body),
                Segment::Wanted(_, body) => take_app13(&body, parts),
                Segment::Other => {}
                Segment::Pixels => break,
                Segment::Missing => {
                    parts.warn(ENDS_EARLY);
                    break;
                }
                Segment::Garbage => {
                    parts.warn(IS_BROKEN);
                    break;
                }
            }
        }
    }
    if !exif.is_empty() {
        parts.take_exif(&exif);
    }
    join_extended(extended, parts);
}

enum Segment {
    /// APP1, APP11 or APP13, by its marker's second byte.
    Wanted(u8, Vec<u8>),
    Other,
    Pixels,
    Missing,
    Garbage,
}

fn next_segment<R: Read + Seek>(reader: &mut R) -> Segment {
    let Some([first, mut marker]) = array(reader) else {
        return Segment::Missing;
    };
    if first != 0xff {
        return Segment::Garbage;
    }
    // Any number of 0xFF may stand before a marker; a few are seen in the wild.
    for _ in 0..1024 {
        if marker != 0xff {
            break;
        }
        let Some([next]) = array(reader) else {
            return Segment::Missing;
        };
        marker = next;
    }
    match marker {
        0x01 | 0xd0..=0xd8 => return Segment::Other,
        0xd9 | 0xda => return Segment::Pixels,
        0x00 | 0xff => return Segment::Garbage,
        _ => {}
    }
    let Some(length) = array(reader).map(u16::from_be_bytes) else {
        return Segment::Missing;
    };
    let Some(length) = length.checked_sub(2) else {
        return Segment::Garbage;
    };
    if !matches!(marker, 0xe1 | 0xeb | 0xed) {
        return skip(reader, u64::from(length)).map_or(Segment::Missing, |()| Segment::Other);
    }
    // A segment that ends with the file is still worth reading; the next turn finds the end and says so.
    Segment::Wanted(marker, take(reader, usize::from(length)))
}

fn take_app1(mut body: Vec<u8>, exif: &mut Vec<u8>, extended: &mut Vec<Extended>, parts: &mut Parts) {
    if let Some(block) = body.strip_prefix(EXIF_HEADER) {
        // EXIF beyond 64 KiB goes on in the next segment under the same introduction; a second TIFF head starts another EXIF.
        let starts_anew = block.starts_with(b"II*\0") || block.starts_with(b"MM\0*");
        let fits = exif.len().saturating_add(block.len()) <= MAX_EXIF_BYTES;
        if exif.is_empty() || (!starts_anew && fits) {
            exif.extend_from_slice(block);
        }
    } else if body.starts_with(XMP_HEADER) {
        body.drain(..XMP_HEADER.len());
        parts.take_xmp(body);
    } else if let Some(piece) = body.strip_prefix(EXTENDED_XMP_HEADER) {
        take_extended(piece, extended, parts);
    }
}

/// A JUMBF box whose description has C2PA's UUID, which begins with these letters.
///
/// Source: C2PA specification 2.1, 11.1 and annex A.3.1; ISO/IEC 19566-5.
fn holds_credentials(body: &[u8]) -> bool {
    let start = body.get(..64).unwrap_or(body);
    let has = |name: &[u8]| start.windows(name.len()).any(|window| window == name);
    start.starts_with(b"JP") && has(b"jumb") && has(b"c2pa")
}

fn take_app13(body: &[u8], parts: &mut Parts) {
    let Some(resources) = body.strip_prefix(PHOTOSHOP_HEADER) else {
        return;
    };
    if parts.irb.len().saturating_add(resources.len()) > MAX_IRB_BYTES {
        return parts.warn(RESOURCES_TOO_LARGE);
    }
    // Resources that do not fit one segment simply go on in the next.
    parts.irb.extend_from_slice(resources);
}

/// The pieces of one Extended XMP as they come in.
struct Extended {
    guid: [u8; 32],
    bytes: Vec<u8>,
    /// From where to where bytes have been filled in.
    filled: Vec<(usize, usize)>,
}

/// Takes one piece: GUID (32 hexadecimal digits), full length, offset, bytes. Source: XMP part 3, 1.1.3.1.
fn take_extended(piece: &[u8], extended: &mut Vec<Extended>, parts: &mut Parts) {
    let Some((guid, rest)) = piece.split_first_chunk::<32>() else {
        return parts.warn(EXTENDED_INCOMPLETE);
    };
    let Some((full, rest)) = rest.split_first_chunk::<4>() else {
        return parts.warn(EXTENDED_INCOMPLETE);
    };
    let Some((offset, bytes)) = rest.split_first_chunk::<4>() else {
        return parts.warn(EXTENDED_INCOMPLETE);
    };
    let full = usize::try_from(u32::from_be_bytes(*full)).unwrap_or(usize::MAX);
    let offset = usize::try_from(u32::from_be_bytes(*offset)).unwrap_or(usize::MAX);
    let end = offset.saturating_add(bytes.len());
    if end > full {
        return parts.warn(EXTENDED_INCOMPLETE);
    }
    if !extended.iter().any(|known| known.guid == *guid) {
        // The budget is shared by all that are begun, for which of them belongs to the packet is known only at the end.
        if extended.len() >= MAX_GUIDS {
            return parts.warn(EXTENDED_INCOMPLETE);
        }
        let begun = extended
            .iter()
            .fold(0_usize, |sum, known| sum.saturating_add(known.bytes.len()));
        if begun.saturating_add(full) > MAX_EXTENDED_XMP_BYTES {
            return parts.warn(EXTENDED_TOO_LARGE);
        }
        extended.push(Extended {
            guid: *guid,
            bytes: vec![0; full],
            filled: Vec::new(),
        });
    }
    let Some(known) = extended.iter_mut().find(|known| known.guid == *guid) else {
        return;
    };
    if let Some(target) = known.bytes.get_mut(offset..end) {
        target.copy_from_slice(bytes);
        known.filled.push((offset, end));
    } else {
        parts.warn(EXTENDED_INCOMPLETE);
    }
}

/// Keeps the Extended XMP whose GUID the packet names, if it is complete and its pieces neither leave gaps nor overlap.
fn join_extended(extended: Vec<Extended>, parts: &mut Parts) {
    let named = |known: &Extended| {
        parts
            .xmp
            .windows(known.guid.len())
            .any(|window| *window == known.guid)
    };
    let Some(mut chosen) = extended.into_iter().find(named) else {
        return;
    };
    chosen.filled.sort_unstable();
    let end = chosen
        .filled
        .iter()
        .try_fold(0, |end, &(from, to)| (from == end).then_some(to));
    if end == Some(chosen.bytes.len()) {
        parts.extended_xmp = chosen.bytes;
    } else {
        parts.warn(EXTENDED_INCOMPLETE);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
mod tests {
    use super::*;
    use std::io::Cursor;

    const GUID: &[u8] = b"0123456789ABCDEF0123456789ABCDEF";

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xff, marker];
        bytes.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
        bytes.extend(body);
        bytes
    }

    fn piece(full: u32, offset: u32, bytes: &[u8]) -> Vec<u8> {
        segment(
            0xe1,
            &[
                EXTENDED_XMP_HEADER,
                GUID,
                &full.to_be_bytes(),
                &offset.to_be_bytes(),
                bytes,
            ]
            .concat(),
        )
    }

    fn collected(segments: &[Vec<u8>]) -> Parts {
        let file = [&[0xff, 0xd8][..], &segments.concat(), &[0xff, 0xda]].concat();
        let mut parts = Parts::default();
        collect(&mut Cursor::new(file), &mut parts);
        parts
    }

    fn packet() -> Vec<u8> {
        segment(0xe1, &[XMP_HEADER, GUID].concat())
    }

    #[test]
    fn extended_xmp_is_joined_in_any_order() {
        let parts = collected(&[piece(6, 4, b"ef"), packet(), piece(6, 0, b"abcd")]);
        assert_eq!(parts.extended_xmp, b"abcdef");
        assert_eq!(parts.warnings, Vec::<String>::new());
    }

    #[test]
    fn extended_xmp_with_gaps_overlaps_or_wrong_offsets_is_left_out() {
        for pieces in [
            vec![piece(6, 0, b"abc")],
            vec![piece(6, 0, b"abcd"), piece(6, 3, b"def")],
            vec![piece(6, 0, b"abc"), piece(6, 4, b"ef")],
            vec![piece(6, 5, b"abcd")],
            vec![piece(6, u32::MAX, b"abcd")],
        ] {
            let parts = collected(&[vec![packet()], pieces].concat());
            assert_eq!(parts.extended_xmp, b"");
            assert_eq!(parts.warnings, [EXTENDED_INCOMPLETE]);
        }
    }

    #[test]
    fn extended_xmp_of_another_packet_is_ignored() {
        assert_eq!(collected(&[piece(6, 0, b"abcdef")]).extended_xmp, b"");
    }

    #[test]
    fn extended_xmp_that_claims_gigabytes_takes_no_memory() {
        let parts = collected(&[packet(), piece(u32::MAX, 0, b"abcdef")]);
        assert_eq!(parts.warnings, [EXTENDED_TOO_LARGE]);
    }

    #[test]
    fn photoshop_resources_are_joined_over_segments() {
        let split = |bytes: &[u8]| segment(0xed, &[PHOTOSHOP_HEADER, bytes].concat());
        assert_eq!(collected(&[split(b"8BIM"), split(b"rest")]).irb, b"8BIMrest");
    }

    #[test]
    fn content_credentials_are_seen() {
        let jumbf = |uuid: &[u8]| {
            segment(
                0xeb,
                &[&b"JP\0\x01\0\0\0\x01\0\0\x10\0jumb\0\0\0\x25jumd"[..], uuid].concat(),
            )
        };
        assert!(collected(&[jumbf(b"c2pa\0\x11\0\x10\x80\0\0\xaa\08\x9bq\x03c2pa\0")]).has_credentials);
        assert!(!collected(&[jumbf(b"json\0\x11\0\x10\x80\0\0\xaa\08\x9bq\x03json\0")]).has_credentials);
    }

    #[test]
    fn fill_bytes_before_a_marker_are_allowed() {
        assert_eq!(collected(&[vec![0xff, 0xff], packet()]).xmp, GUID);
    }

    #[test]
    fn a_file_that_ends_early_says_so() {
        let mut parts = Parts::default();
        collect(
            &mut Cursor::new([&[0xff, 0xd8][..], &packet()].concat()),
            &mut parts,
        );
        assert_eq!(parts.xmp, GUID);
        assert_eq!(parts.warnings, [ENDS_EARLY]);
    }
}
