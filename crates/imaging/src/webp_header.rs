//! A WebP's RIFF chunks: size from VP8X, VP8 or VP8L, orientation from EXIF.
//!
//! Source: RFC 9649 (WebP container and lossless bitstream) and RFC 6386, 9.1 (VP8 frame header). Chunk payloads are stepped over.

use std::io::{Read, Seek, SeekFrom};

use super::probe::{Found, Lookalike, Trouble};
use super::sniff::{self, TAIL_BYTES};
use super::tiff_header;

/// Most chunks that are walked; an ordinary photograph has fewer than ten, an animation some for each frame.
const MAX_CHUNKS: u32 = 10_000;

/// Reads the size and looks for the orientation.
pub(super) fn read<R: Read + Seek>(reader: &mut R, size_bytes: u64) -> Result<Found, Trouble> {
    reader.seek(SeekFrom::Start(4))?;
    let mut length = [0; 4];
    reader.read_exact(&mut length)?;
    let end = u64::from(u32::from_le_bytes(length)).saturating_add(8);
    let whole = end <= size_bytes;
    // Padding is common; another file is not.
    check_tail(reader, end, size_bytes)?;

    let mut at = 12_u64;
    let (name, length) = chunk_head(reader, at)?;
    let (width_px, height_px) = match &name {
        b"VP8X" => extended_size(reader)?,
        b"VP8 " => lossy_size(reader)?,
        b"VP8L" => lossless_size(reader)?,
        _ => return Err(Trouble::Damaged("its size is missing")),
    };
    let mut found = Found {
        width_px,
        height_px,
        orientation: 1,
        whole,
    };
    at = after(at, length);
    if &name != b"VP8X" {
        // A plain one has this chunk alone: what the container claims besides is behind its end.
        check_tail(reader, at, size_bytes)?;
        return Ok(found);
    }
    for _ in 0..MAX_CHUNKS {
        if at >= size_bytes {
            break;
        }
        let Ok((name, length)) = chunk_head(reader, at) else {
            break;
        };
        if at.saturating_add(8).saturating_add(u64::from(length)) > end.min(size_bytes) && !is_picture(name) {
            // No chunk, for it is longer than the file.
            check_tail(reader, at, size_bytes)?;
            break;
        }
        // The canvas may be smaller than what is to be decoded for it; the two are the same in a photograph.
        let inner = match &name {
            b"VP8 " => lossy_size(reader).ok(),
            b"VP8L" => lossless_size(reader).ok(),
            _ => None,
        };
        if inner.is_some_and(|inner| inner != (width_px, height_px)) {
            return Err(Trouble::Damaged("its parts do not agree on its size"));
        }
        if &name == b"EXIF" {
            let start = at.saturating_add(8);
            let end = start.saturating_add(u64::from(length));
            let mut prefix = [0; 6];
            reader.read_exact(&mut prefix)?;
            // Some programs put JPEG's name in front of the TIFF block.
            let base = if &prefix == b"Exif\0\0" {
                start.saturating_add(6)
            } else {
                start
            };
            found.orientation = tiff_header::orientation(reader, base, end).unwrap_or(1);
            break;
        }
        at = after(at, length);
    }
    Ok(found)
}

/// Chunks are padded to an even length.
fn after(at: u64, length: u32) -> u64 {
    at.saturating_add(8)
        .saturating_add(u64::from(length))
        .saturating_add(u64::from(length % 2))
}

/// Chunks that hold pixels, which may be cut off.
fn is_picture(name: [u8; 4]) -> bool {
    matches!(&name, b"VP8 " | b"VP8L" | b"ANMF" | b"ALPH")
}

/// Looks whether another file begins at a place.
fn check_tail<R: Read + Seek>(reader: &mut R, from: u64, size_bytes: u64) -> Result<(), Trouble> {
    if from >= size_bytes {
        return Ok(());
    }
    reader.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    Read::by_ref(reader).take(TAIL_BYTES).read_to_end(&mut tail)?;
    if sniff::foreign_tail(&tail) {
        return Err(Trouble::Other(Lookalike::Polyglot));
    }
    Ok(())
}

fn chunk_head<R: Read + Seek>(reader: &mut R, at: u64) -> Result<([u8; 4], u32), Trouble> {
    reader.seek(SeekFrom::Start(at))?;
    let mut head = [0; 8];
    reader.read_exact(&mut head)?;
    let [n0, n1, n2, n3, l0, l1, l2, l3] = head;
    Ok(([n0, n1, n2, n3], u32::from_le_bytes([l0, l1, l2, l3])))
}

fn extended_size<R: Read>(reader: &mut R) -> Result<(u32, u32), Trouble> {
    let mut bytes = [0; 10];
    reader.read_exact(&mut bytes)?;
    let [_, _, _, _, w0, w1, w2, h0, h1, h2] = bytes;
    let side = |low, middle, high| u32::from_le_bytes([low, middle, high, 0]).saturating_add(1);
    Ok((side(w0, w1, w2), side(h0, h1, h2)))
}

fn lossy_size<R: Read>(reader: &mut R) -> Result<(u32, u32), Trouble> {
    let mut bytes = [0; 10];
    reader.read_exact(&mut bytes)?;
    let [_, _, _, s0, s1, s2, w0, w1, h0, h1] = bytes;
    if [s0, s1, s2] != [0x9D, 0x01, 0x2A] {
        return Err(Trouble::Damaged("its first frame is not a picture"));
    }
    // The upper two bits are a scaling hint for players.
    let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
    Ok((side(w0, w1), side(h0, h1)))
}

fn lossless_size<R: Read>(reader: &mut R) -> Result<(u32, u32), Trouble> {
    let mut bytes = [0; 5];
    reader.read_exact(&mut bytes)?;
    let [signature, b0, b1, b2, b3] = bytes;
    if signature != 0x2F {
        return Err(Trouble::Damaged("its first frame is not a picture"));
    }
    let bits = u32::from_le_bytes([b0, b1, b2, b3]);
    Ok((
        (bits & 0x3FFF).saturating_add(1),
        ((bits >> 14) & 0x3FFF).saturating_add(1),
    ))
}
