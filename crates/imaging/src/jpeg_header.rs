//! A JPEG's markers up to its first scan: size, orientation, and whether the file reaches its end.
//!
//! Written against ITU-T T.81 annex B. Entropy-coded data is never interpreted; it is only searched for the end marker, which tells a file
//! cut short from a whole one, and from one with something after it.

use std::io::{BufReader, Read, Seek, SeekFrom};

use super::probe::{Found, Lookalike, Trouble};
use super::sniff::{self, TAIL_BYTES};
use super::tiff_header;

/// Most stray bytes between two markers that are skipped, as decoders do, before the header counts as damaged.
const MAX_STRAY_BYTES: u32 = 65_536;

/// What stands before the first scan.
pub(super) struct Markers {
    pub(super) width_px: u32,
    pub(super) height_px: u32,
    pub(super) orientation: u8,
    /// Whether Adobe's APP14 is there: its CMYK is stored inverted.
    pub(super) adobe: bool,
    /// Where the first scan's data begins.
    scan_at: u64,
}

/// Reads the header and looks how the file ends.
pub(super) fn read<R: Read + Seek>(reader: &mut R) -> Result<Found, Trouble> {
    let markers = markers(reader)?;
    let end = end(reader, markers.scan_at)?;
    if let End::Foreign = end {
        return Err(Trouble::Other(Lookalike::Polyglot));
    }
    Ok(Found {
        width_px: markers.width_px,
        height_px: markers.height_px,
        orientation: markers.orientation,
        whole: matches!(end, End::Marker),
    })
}

/// Walks the markers from the start of the file to its first scan.
pub(super) fn markers<R: Read + Seek>(reader: &mut R) -> Result<Markers, Trouble> {
    reader.seek(SeekFrom::Start(2))?;
    let mut reader = BufReader::new(reader);
    let mut size = None;
    let mut orientation = None;
    let mut adobe = false;
    loop {
        let marker = next_marker(&mut reader)?;
        // Markers without a length: TEM, RST0..7, SOI.
        if matches!(marker, 0x01 | 0xD0..=0xD8) {
            continue;
        }
        if marker == 0xD9 {
            return Err(Trouble::Damaged("it ends before its first scan"));
        }
        let payload = u64::from(u16_be(&mut reader)?)
            .checked_sub(2)
            .ok_or(Trouble::Damaged("a segment has an impossible length"))?;
        let start = reader.stream_position()?;
        let after = start.saturating_add(payload);
        match marker {
            0xDA => {
                let (width_px, height_px) = size.ok_or(Trouble::Damaged("its size is missing"))?;
                return Ok(Markers {
                    width_px,
                    height_px,
                    orientation: orientation.unwrap_or(1),
                    adobe,
                    scan_at: after,
                });
            }
            // SOF0..15 without DHT (C4), JPG (C8) and DAC (CC).
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                let _precision = u8_of(&mut reader)?;
                let height_px = u32::from(u16_be(&mut reader)?);
                let width_px = u32::from(u16_be(&mut reader)?);
                // The first frame counts; a second one is nonsense that a decoder will refuse.
                size = size.or(Some((width_px, height_px)));
            }
            0xE1 if orientation.is_none() && payload > 14 => {
                let mut name = [0; 6];
                reader.read_exact(&mut name)?;
                if &name == b"Exif\0\0" {
                    orientation = tiff_header::orientation(&mut reader, start.saturating_add(6), after);
                }
            }
            0xEE if payload >= 12 => {
                let mut name = [0; 5];
                reader.read_exact(&mut name)?;
                adobe = adobe || &name == b"Adobe";
            }
            _ => {}
        }
        let here = reader.stream_position()?;
        let distance = i64::try_from(after)
            .ok()
            .zip(i64::try_from(here).ok())
            .map(|(to, from)| to.saturating_sub(from));
        reader.seek_relative(distance.ok_or(Trouble::Damaged("a segment has an impossible length"))?)?;
    }
}

fn next_marker<R: Read>(reader: &mut R) -> Result<u8, Trouble> {
    for _ in 0..MAX_STRAY_BYTES {
        if u8_of(reader)? != 0xFF {
            continue;
        }
        let mut code = u8_of(reader)?;
        // Any number of fill bytes may stand before the code (T.81, B.1.1.2).
        for _ in 0..MAX_STRAY_BYTES {
            if code != 0xFF {
                break;
            }
            code = u8_of(reader)?;
        }
        if !matches!(code, 0x00 | 0xFF) {
            return Ok(code);
        }
    }
    Err(Trouble::Damaged("its markers are lost"))
}

/// How a file ends.
enum End {
    /// With the end marker, perhaps followed by padding or a camera's own data.
    Marker,
    /// Without one: the file was cut short.
    Missing,
    /// With the end marker and then another kind of file.
    Foreign,
}

fn end<R: Read + Seek>(reader: &mut R, scan_at: u64) -> Result<End, Trouble> {
    // A file that finishes with an end marker may have another one, and another file, before that: it is searched all the same.
    // Within scans 0xFF is always followed by 0x00 or a restart marker, so FF D9 is the end (T.81, B.1.1.5).
    reader.seek(SeekFrom::Start(scan_at))?;
    let mut buffer = vec![0; 65_536];
    let mut previous = 0;
    loop {
        let count = reader.read(&mut buffer)?;
        let Some(chunk) = buffer.get(..count).filter(|chunk| !chunk.is_empty()) else {
            return missing(reader, scan_at);
        };
        if let Some(after) = after_end(previous, chunk) {
            let mut tail = chunk.get(after..).unwrap_or_default().to_vec();
            Read::by_ref(reader).take(TAIL_BYTES).read_to_end(&mut tail)?;
            return Ok(if sniff::foreign_tail(&tail) {
                End::Foreign
            } else {
                End::Marker
            });
        }
        previous = chunk.last().copied().unwrap_or(0);
    }
}

/// A file without an end marker: cut short, or made so that something else can stand in its last scan.
fn missing<R: Read + Seek>(reader: &mut R, scan_at: u64) -> Result<End, Trouble> {
    let size_bytes = reader.seek(SeekFrom::End(0))?;
    let from = size_bytes.saturating_sub(TAIL_BYTES).max(scan_at);
    reader.seek(SeekFrom::Start(from))?;
    let mut last = Vec::new();
    Read::by_ref(reader).take(TAIL_BYTES).read_to_end(&mut last)?;
    Ok(if sniff::foreign_within(&last) {
        End::Foreign
    } else {
        End::Missing
    })
}

/// Where in `chunk` the end marker is over; `previous` is the byte before the chunk.
fn after_end(previous: u8, chunk: &[u8]) -> Option<usize> {
    if previous == 0xFF && chunk.first() == Some(&0xD9) {
        return Some(1);
    }
    memchr::memmem::find(chunk, &[0xFF, 0xD9]).map(|at| at.saturating_add(2))
}

fn u8_of<R: Read>(reader: &mut R) -> Result<u8, Trouble> {
    let mut byte = [0];
    reader.read_exact(&mut byte)?;
    Ok(byte[0])
}

fn u16_be<R: Read>(reader: &mut R) -> Result<u16, Trouble> {
    let mut bytes = [0; 2];
    reader.read_exact(&mut bytes)?;
    Ok(u16::from_be_bytes(bytes))
}
