//! Packets in AVIF: items beside the picture, which they describe. The file is put together anew around the picture's own bytes.
//!
//! Source: ISO/IEC 14496-12, 8.11 (`meta` and what is in it); ISO/IEC 23008-12, annex A (Exif and XMP items); AVIF 1.1.

use super::Carriers;
use crate::imaging::avif_header::find_box;

/// The picture's item; packets get the numbers behind it.
const PICTURE: u16 = 1;

/// An item that is written beside the picture.
struct Item {
    number: u16,
    kind: &'static [u8; 4],
    /// What a `mime` item's entry says behind its name.
    content_type: &'static [u8],
    body: Vec<u8>,
}

pub(super) fn write(file: &[u8], carriers: &Carriers) -> Option<Vec<u8>> {
    let meta = find_box(file, b"meta")?.get(4..)?;
    let picture = picture(file, meta)?;
    let items = items(carriers);
    let mut brands = Vec::new();
    push(&mut brands, *b"ftyp", find_box(file, b"ftyp")?)?;
    // How long everything before the data is does not depend on the offsets: once with none, once with the right ones.
    let without = head(meta, &items, picture, 0)?;
    let data_at = brands.len().checked_add(without.len())?.checked_add(8)?;
    let mut written = brands;
    written.extend(head(meta, &items, picture, data_at)?);
    let mut data = picture.to_vec();
    for item in &items {
        data.extend(&item.body);
    }
    push(&mut written, *b"mdat", &data)?;
    Some(written)
}

fn items(carriers: &Carriers) -> Vec<Item> {
    let exif = carriers.exif.as_ref().map(|block| Item {
        number: 2,
        kind: b"Exif",
        content_type: b"",
        // Where the TIFF header begins, counted from behind this number.
        body: [&[0; 4], block.as_slice()].concat(),
    });
    let xmp = carriers.xmp.as_ref().map(|packet| Item {
        number: 3,
        kind: b"mime",
        content_type: b"application/rdf+xml\0",
        body: packet.clone(),
    });
    exif.into_iter().chain(xmp).collect()
}

/// The `meta` box: what it held about the picture, and the places of all items when the data begins at `data_at`.
fn head(meta: &[u8], items: &[Item], picture: &[u8], data_at: usize) -> Option<Vec<u8>> {
    let mut inside = vec![0; 4];
    push(&mut inside, *b"hdlr", find_box(meta, b"hdlr")?)?;
    push(
        &mut inside,
        *b"pitm",
        &[&[0; 4], &PICTURE.to_be_bytes()[..]].concat(),
    )?;
    push(&mut inside, *b"iloc", &places(items, picture, data_at)?)?;
    push(&mut inside, *b"iinf", &entries(items)?)?;
    if !items.is_empty() {
        push(&mut inside, *b"iref", &references(items)?)?;
    }
    push(&mut inside, *b"iprp", find_box(meta, b"iprp")?)?;
    let mut written = Vec::new();
    push(&mut written, *b"meta", &inside)?;
    Some(written)
}

/// `iloc`, version 0: offsets and lengths of four bytes, one extent for each item.
fn places(items: &[Item], picture: &[u8], data_at: usize) -> Option<Vec<u8>> {
    let mut body = vec![0, 0, 0, 0, 0x44, 0];
    body.extend(u16::try_from(items.len().checked_add(1)?).ok()?.to_be_bytes());
    let mut at = data_at;
    let lengths = std::iter::once((PICTURE, picture.len()))
        .chain(items.iter().map(|item| (item.number, item.body.len())));
    for (number, length) in lengths {
        body.extend(number.to_be_bytes());
        // This file itself, and one extent.
        body.extend([0, 0, 0, 1]);
        body.extend(u32::try_from(at).ok()?.to_be_bytes());
        body.extend(u32::try_from(length).ok()?.to_be_bytes());
        at = at.checked_add(length)?;
    }
    Some(body)
}

/// `iinf`, version 0, with an `infe` of version 2 for each item; those beside the picture are hidden.
fn entries(items: &[Item]) -> Option<Vec<u8>> {
    let mut body = vec![0; 4];
    body.extend(u16::try_from(items.len().checked_add(1)?).ok()?.to_be_bytes());
    let mut entry = |number: u16, kind: &[u8; 4], hidden: u8, content_type: &[u8]| {
        let mut inside = vec![2, 0, 0, hidden];
        inside.extend(number.to_be_bytes());
        inside.extend([0, 0]);
        inside.extend(kind);
        // No name.
        inside.push(0);
        inside.extend(content_type);
        push(&mut body, *b"infe", &inside)
    };
    entry(PICTURE, b"av01", 0, b"")?;
    for item in items {
        entry(item.number, item.kind, 1, item.content_type)?;
    }
    Some(body)
}

/// `iref`, version 0: each item describes the picture.
fn references(items: &[Item]) -> Option<Vec<u8>> {
    let mut body = vec![0; 4];
    for item in items {
        let inside = [item.number, 1, PICTURE].map(u16::to_be_bytes).concat();
        push(&mut body, *b"cdsc", &inside)?;
    }
    Some(body)
}

/// The picture's own bytes, by the primary item's place; `None` where there is more than that and packets to a picture of colours only.
fn picture<'a>(file: &'a [u8], meta: &[u8]) -> Option<&'a [u8]> {
    let primary = u16::from_be_bytes(*find_box(meta, b"pitm")?.get(4..)?.first_chunk()?);
    // The properties are taken over as they are, and they speak of items by number.
    if primary != PICTURE {
        return None;
    }
    let mut iloc = Reader(find_box(meta, b"iloc")?);
    let version = iloc.number(4)? >> 24;
    let sizes = iloc.number(2)?;
    let size = |shift: u64| usize::try_from((sizes >> shift) & 15).ok();
    let (offset, length, base, index) = (size(12)?, size(8)?, size(4)?, size(0)?);
    let count = iloc.number(if version < 2 { 2 } else { 4 })?;
    for _ in 0..count.min(16) {
        let number = iloc.number(if version < 2 { 2 } else { 4 })?;
        let method = if version == 0 { 0 } else { iloc.number(2)? & 15 };
        iloc.number(2)?;
        let start = iloc.number(base)?;
        let extents = iloc.number(2)?;
        if number == u64::from(PICTURE) {
            if extents != 1 || method != 0 {
                return None;
            }
            if version > 0 {
                iloc.number(index)?;
            }
            let start = start.checked_add(iloc.number(offset)?)?;
            let end = start.checked_add(iloc.number(length)?)?;
            return file.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?);
        }
        for _ in 0..extents.min(16) {
            if version > 0 {
                iloc.number(index)?;
            }
            iloc.number(offset)?;
            iloc.number(length)?;
        }
    }
    None
}

/// Big-endian numbers one behind the other.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// The next number, of at most eight bytes; one of no bytes is 0.
    fn number(&mut self, bytes: usize) -> Option<u64> {
        let (number, rest) = self.0.split_at_checked(bytes.min(8))?;
        self.0 = rest;
        Some(number.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }
}

fn push(to: &mut Vec<u8>, name: [u8; 4], body: &[u8]) -> Option<()> {
    to.extend(u32::try_from(body.len().checked_add(8)?).ok()?.to_be_bytes());
    to.extend(name);
    to.extend(body);
    Some(())
}
