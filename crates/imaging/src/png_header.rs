//! A PNG's chunks: size from IHDR, orientation from eXIf, and whether IEND is there.
//!
//! Written against the PNG specification (third edition), chapter 5 and 11. Chunk payloads are stepped over, never read, and their
//! checksums are the decoder's business.

use std::io::{BufReader, Read, Seek, SeekFrom};

use super::probe::{Found, Lookalike, Trouble};
use super::{sniff, tiff_header};

/// Most chunks that are walked; a file of 200 MB in 8 KiB pieces has 25,000.
const MAX_CHUNKS: u32 = 200_000;

/// Reads the header and walks the chunks to the end.
pub(super) fn read<R: Read + Seek>(reader: &mut R, size_bytes: u64) -> Result<Found, Trouble> {
    reader.seek(SeekFrom::Start(8))?;
    let mut reader = BufReader::new(reader);
    let (length, name) = chunk_head(&mut reader)?;
    if &name != b"IHDR" || length != 13 {
        return Err(Trouble::Damaged("its size is missing"));
    }
    let mut size = [0; 8];
    reader.read_exact(&mut size)?;
    let [w0, w1, w2, w3, h0, h1, h2, h3] = size;
    // The rest of IHDR and its checksum.
    reader.seek_relative(9)?;
    let mut found = Found {
        width_px: u32::from_be_bytes([w0, w1, w2, w3]),
        height_px: u32::from_be_bytes([h0, h1, h2, h3]),
        orientation: 1,
        whole: false,
    };
    for _ in 0..MAX_CHUNKS {
        // What comes after a good IHDR can only cost the orientation and the completeness, not the photo.
        let Ok((length, name)) = chunk_head(&mut reader) else {
            break;
        };
        let start = reader.stream_position()?;
        let after = start.saturating_add(u64::from(length)).saturating_add(4);
        if &name == b"IEND" {
            found.whole = after <= size_bytes;
            reader.seek(SeekFrom::Start(after))?;
            let mut tail = Vec::new();
            reader.by_ref().take(sniff::TAIL_BYTES).read_to_end(&mut tail)?;
            if sniff::foreign_tail(&tail) {
                return Err(Trouble::Other(Lookalike::Polyglot));
            }
            break;
        }
        if &name == b"eXIf" {
            found.orientation =
                tiff_header::orientation(&mut reader, start, after.saturating_sub(4)).unwrap_or(1);
        }
        if after >= size_bytes {
            break;
        }
        let here = reader.stream_position()?;
        let Some(distance) = i64::try_from(after)
            .ok()
            .zip(i64::try_from(here).ok())
            .map(|(to, from)| to.saturating_sub(from))
        else {
            break;
        };
        reader.seek_relative(distance)?;
    }
    Ok(found)
}

fn chunk_head<R: Read>(reader: &mut R) -> Result<(u32, [u8; 4]), Trouble> {
    let mut head = [0; 8];
    reader.read_exact(&mut head)?;
    let [l0, l1, l2, l3, n0, n1, n2, n3] = head;
    Ok((u32::from_be_bytes([l0, l1, l2, l3]), [n0, n1, n2, n3]))
}
