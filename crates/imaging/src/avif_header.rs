//! The size of an AVIF, from its boxes. For checking renditions that came out of the child process; originals in AVIF are not taken.
//!
//! Source: ISO/IEC 14496-12, 4.2 (boxes); ISO/IEC 23008-12, 6.5.3 (`ispe`).

/// Boxes are not looked for deeper than this.
const PATH: [&[u8; 4]; 4] = [b"meta", b"iprp", b"ipco", b"ispe"];

/// Width and height in pixels of an AVIF with one picture; `None` for anything else.
#[must_use]
pub fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let (brand, _) = find_box(bytes, b"ftyp")?.split_first_chunk::<4>()?;
    if brand != b"avif" {
        return None;
    }
    let mut inside = bytes;
    for name in PATH {
        inside = find_box(inside, name)?;
        // These two begin with a version and flags.
        if matches!(name, b"meta" | b"ispe") {
            inside = inside.get(4..)?;
        }
    }
    let (width, rest) = inside.split_first_chunk::<4>()?;
    let (height, _) = rest.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

/// What is in the first box of this name, of boxes one behind the other.
#[must_use]
pub fn find_box<'a>(mut bytes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    loop {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (kind, rest) = rest.split_first_chunk::<4>()?;
        // Lengths of 0 (to the end) and 1 (64 bits) are not written by any encoder of stills for these boxes.
        let length = usize::try_from(u32::from_be_bytes(*length))
            .ok()?
            .checked_sub(8)?;
        let (inside, after) = rest.split_at_checked(length)?;
        if kind == name {
            return Some(inside);
        }
        bytes = after;
    }
}
