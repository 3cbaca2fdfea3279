//! Packets in WebP: the extended file format, with EXIF and XMP behind the pixels. Source: RFC 9649, 2.7.

use super::Carriers;

const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;

pub(super) fn write(file: &[u8], carriers: &Carriers) -> Option<Vec<u8>> {
    let picture = picture(file)?;
    let mut body = b"WEBP".to_vec();
    let flags = carriers.exif.as_ref().map_or(0, |_| HAS_EXIF) | carriers.xmp.as_ref().map_or(0, |_| HAS_XMP);
    if flags != 0 {
        push(&mut body, *b"VP8X", &extended(picture, flags)?)?;
    }
    push(&mut body, *b"VP8 ", picture)?;
    for (name, carrier) in [(b"EXIF", &carriers.exif), (b"XMP ", &carriers.xmp)] {
        if let Some(carrier) = carrier {
            push(&mut body, *name, carrier)?;
        }
    }
    let length = u32::try_from(body.len()).ok()?.to_le_bytes();
    Some([b"RIFF", &length[..], &body].concat())
}

/// The one lossy picture without transparency, which is what is made here.
fn picture(file: &[u8]) -> Option<&[u8]> {
    let rest = file.strip_prefix(b"RIFF")?.get(4..)?;
    let mut rest = rest.strip_prefix(b"WEBP")?;
    loop {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let body = after.get(..length)?;
        match name {
            b"VP8 " => return Some(body),
            b"VP8X" | b"EXIF" | b"XMP " => {}
            // Anything else would be lost.
            _ => return None,
        }
        rest = after.get(length.checked_add(length % 2)?..)?;
    }
}

/// Flags, three reserved bytes, and the canvas's sides less one in 24 bits each.
fn extended(picture: &[u8], flags: u8) -> Option<Vec<u8>> {
    // A key frame: a tag of three bytes, the start code, and the sides in 14 bits each. Source: RFC 6386, 9.1.
    let [_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..] = picture else {
        return None;
    };
    let side = |low: u8, high: u8| {
        let side = u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
        side.checked_sub(1).map(u32::to_le_bytes)
    };
    let (width, height) = (side(*w0, *w1)?, side(*h0, *h1)?);
    Some([&[flags, 0, 0, 0], width.get(..3)?, height.get(..3)?].concat())
}

fn push(file: &mut Vec<u8>, name: [u8; 4], body: &[u8]) -> Option<()> {
    file.extend(name);
    file.extend(u32::try_from(body.len()).ok()?.to_le_bytes());
    file.extend(body);
    if body.len() % 2 == 1 {
        file.push(0);
    }
    Some(())
}
