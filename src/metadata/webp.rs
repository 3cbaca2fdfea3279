//! WebP: the EXIF and XMP chunks, usually behind the pixels, which are stepped over. Source: RFC 9649, 2.7.

use std::io::{Read, Seek};

use super::container::{MAX_EXIF_BYTES, MAX_XMP_BYTES, Parts, array, skip, take};

const ENDS_EARLY: &str = "The file ends before its caption data is complete; please send it again.";
/// A photograph has about five; an animation has one for each frame.
const MAX_CHUNKS: usize = 20_000;

/// Collects the carriers of a WebP file; the reader stands at its first byte.
pub(super) fn collect<R: Read + Seek>(reader: &mut R, parts: &mut Parts) {
    let Some([_, _, _, _, s0, s1, s2, s3, ..]) = array::<12, R>(reader) else {
        return;
    };
    // The RIFF length counts from behind itself, so it includes "WEBP".
    let mut left = u64::from(u32::from_le_bytes([s0, s1, s2, s3])).saturating_sub(4);
    for _ in 0..MAX_CHUNKS {
        if left < 8 {
            return;
        }
        let Some([k0, k1, k2, k3, l0, l1, l2, l3]) = array(reader) else {
            return parts.warn(ENDS_EARLY);
        };
        let length = u32::from_le_bytes([l0, l1, l2, l3]);
        let padded = u64::from(length).saturating_add(u64::from(length % 2));
        left = left.saturating_sub(8).saturating_sub(padded);
        // Source: C2PA specification 2.1, annex A.3.
        parts.has_credentials |= [k0, k1, k2, k3] == *b"C2PA";
        let wanted = match [k0, k1, k2, k3] {
            kind if kind == *b"EXIF" => MAX_EXIF_BYTES,
            kind if kind == *b"XMP " => MAX_XMP_BYTES,
            _ => 0,
        };
        let wanted = wanted.min(usize::try_from(length).unwrap_or(usize::MAX));
        let body = take(reader, wanted);
        let taken = u64::try_from(body.len()).unwrap_or(u64::MAX);
        if body.len() < wanted {
            parts.warn(ENDS_EARLY);
        }
        match k0 {
            _ if wanted == 0 => {}
            b'E' => parts.take_exif(&body),
            _ => parts.take_xmp(body),
        }
        if skip(reader, padded.saturating_sub(taken)).is_none() {
            return;
        }
    }
}
