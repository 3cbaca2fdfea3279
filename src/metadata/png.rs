//! PNG: eXIf, the XMP text chunk, and the "raw profiles" that `ImageMagick` writes; pixels are stepped over.
//!
//! Checksums are not verified: a wrong one says nothing about the caption. Source: PNG third edition, 11.3; XMP part 3, 1.1.5.

use std::io::{Read, Seek};

use flate2::read::ZlibDecoder;

use super::container::{
    MAX_EXIF_BYTES, MAX_IIM_BYTES, MAX_IRB_BYTES, MAX_XMP_BYTES, Parts, array, skip, take,
};

const ENDS_EARLY: &str = "The file ends before its picture does; please send it again.";
const XMP_KEYWORD: &[u8] = b"XML:com.adobe.xmp";
/// The most bytes of a text chunk that are read. Raw profiles are hexadecimal: twice the bytes they stand for.
const MAX_CHUNK_BYTES: usize = MAX_XMP_BYTES;
/// The most bytes that are undone of all compressed texts of a file: one of each kind has room. A thousand small ones that grow a thousandfold have not.
const MAX_INFLATED_BYTES: usize = 16 * 1024 * 1024;
/// A 200 MB file in chunks of 8 KiB has 25,000.
const MAX_CHUNKS: usize = 200_000;

/// Collects the carriers of a PNG; the reader stands at its first byte.
pub(super) fn collect<R: Read + Seek>(reader: &mut R, parts: &mut Parts) {
    if skip(reader, 8).is_none() {
        return;
    }
    let mut room = MAX_INFLATED_BYTES;
    for _ in 0..MAX_CHUNKS {
        let Some([l0, l1, l2, l3, k0, k1, k2, k3]) = array(reader) else {
            return parts.warn(ENDS_EARLY);
        };
        let length = u32::from_be_bytes([l0, l1, l2, l3]);
        let kind = [k0, k1, k2, k3];
        let wanted = match &kind {
            b"IEND" => return,
            // Source: C2PA specification 2.1, annex A.3.
            b"caBX" => {
                parts.has_credentials = true;
                0
            }
            b"eXIf" => MAX_EXIF_BYTES,
            b"iTXt" | b"zTXt" | b"tEXt" => MAX_CHUNK_BYTES,
            _ => 0,
        };
        let body = take(reader, wanted.min(usize::try_from(length).unwrap_or(usize::MAX)));
        let taken = u64::try_from(body.len()).unwrap_or(u64::MAX);
        match &kind {
            b"eXIf" => parts.take_exif(&body),
            b"iTXt" => take_international_text(body, parts, &mut room),
            b"zTXt" | b"tEXt" => take_raw_profile(&body, kind == *b"zTXt", parts, &mut room),
            _ => {}
        }
        // Four bytes of checksum follow.
        if skip(reader, u64::from(length).saturating_sub(taken).saturating_add(4)).is_none() {
            return;
        }
    }
}

/// iTXt: keyword, 0, compressed?, method, language, 0, translated keyword, 0, text.
fn take_international_text(mut body: Vec<u8>, parts: &mut Parts, room: &mut usize) {
    let Some([0, is_compressed, _, rest @ ..]) = body.strip_prefix(XMP_KEYWORD) else {
        return;
    };
    let mut ends = rest
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == 0)
        .map(|(at, _)| at);
    let Some(text) = ends.nth(1).and_then(|at| rest.get(at.saturating_add(1)..)) else {
        return;
    };
    if *is_compressed == 0 {
        let start = body.len().saturating_sub(text.len());
        body.drain(..start);
        parts.take_xmp(body);
    } else {
        parts.take_xmp(inflate(text, MAX_XMP_BYTES, room));
    }
}

/// zTXt and tEXt under "Raw profile type …": a name, a length and hexadecimal digits on lines. Source: `ImageMagick`, `coders/png.c`.
fn take_raw_profile(body: &[u8], is_compressed: bool, parts: &mut Parts, room: &mut usize) {
    let Some(rest) = body.strip_prefix(b"Raw profile type ") else {
        return;
    };
    let Some(end) = rest.iter().position(|&byte| byte == 0) else {
        return;
    };
    let (name, rest) = rest.split_at(end);
    let limit = match name {
        b"exif" | b"APP1" | b"app1" => MAX_EXIF_BYTES,
        b"iptc" | b"8bim" => MAX_IRB_BYTES,
        b"xmp" => MAX_XMP_BYTES,
        _ => return,
    };
    // zTXt has a byte for the compression method behind the keyword's zero.
    let text = rest.get(if is_compressed { 2 } else { 1 }..).unwrap_or_default();
    let profile = if is_compressed {
        unhex(&inflate(text, MAX_CHUNK_BYTES, room))
    } else {
        unhex(text)
    };
    if profile.len() > limit {
        return;
    }
    let xmp_start = super::jpeg::XMP_HEADER;
    match name {
        b"xmp" => parts.take_xmp(profile),
        b"iptc" | b"8bim" if profile.starts_with(b"8BIM") => parts.irb = profile,
        b"iptc" | b"8bim" if profile.len() <= MAX_IIM_BYTES => parts.iim = profile,
        b"iptc" | b"8bim" => {}
        _ => match profile.strip_prefix(xmp_start) {
            Some(packet) => parts.take_xmp(packet.to_vec()),
            None => parts.take_exif(&profile),
        },
    }
}

/// Undoes zlib, at most `max` bytes and as many as there is room for; what was undone before an error is kept.
fn inflate(bytes: &[u8], max: usize, room: &mut usize) -> Vec<u8> {
    let undone = take(&mut ZlibDecoder::new(bytes), max.min(*room));
    *room = room.saturating_sub(undone.len());
    undone
}

/// Reads the digits behind the profile's two introductory lines.
fn unhex(text: &[u8]) -> Vec<u8> {
    // "\nname\n    length\ndigits"
    let mut lines = text.splitn(4, |&byte| byte == b'\n');
    let digits = lines.nth(3).unwrap_or_default();
    let values: Vec<u8> = digits
        .iter()
        .filter_map(|&byte| {
            char::from(byte)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    values
        .as_chunks::<2>()
        .0
        .iter()
        .map(|[high, low]| high << 4 | low)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::Compression;
    use flate2::read::ZlibEncoder;

    use super::inflate;

    #[test]
    fn compressed_texts_share_one_room() {
        let mut packed = Vec::new();
        let zeros = [0; 1_000];
        assert!(
            ZlibEncoder::new(zeros.as_slice(), Compression::fast())
                .read_to_end(&mut packed)
                .is_ok()
        );
        let mut room = 1_500;
        let lengths = [(); 3].map(|()| inflate(&packed, 1_000, &mut room).len());
        assert_eq!((lengths, room), ([1_000, 500, 0], 0));
    }
}
