//! What a photograph's file is and which way up: the probe's answer, with the orientation that a PNG may hide in a text.

use std::io::{Read, Seek};

use crate::imaging::probe::{Format, Header, Limits, Refusal, probe};
use crate::metadata::{self, Metadata};

/// Looks at a file's header and reads what the photographer's tools wrote into it.
///
/// # Errors
/// The probe's.
pub(super) fn examine<R: Read + Seek>(file: &mut R, limits: &Limits) -> Result<(Header, Metadata), Refusal> {
    let header = probe(file, limits)?;
    let embedded = metadata::read(file);
    Ok((upright(header, &embedded), embedded))
}

/// As `examine`, where only the header is wanted.
///
/// # Errors
/// The probe's.
pub(super) fn look<R: Read + Seek>(file: &mut R, limits: &Limits) -> Result<Header, Refusal> {
    let header = probe(file, limits)?;
    if header.format == Format::Png && header.orientation == 1 {
        return Ok(upright(header, &metadata::read(file)));
    }
    Ok(header)
}

/// PNG had no place for EXIF for twenty years, and programs put it into text chunks, which only the metadata's reader understands.
fn upright(header: Header, embedded: &Metadata) -> Header {
    if header.format == Format::Png && header.orientation == 1 {
        return Header {
            orientation: embedded.orientation,
            ..header
        };
    }
    header
}
