//! Packets in JPEG: APP1 for EXIF and XMP, APP13 for IIM, behind the JFIF segment.
//!
//! Source: ITU-T T.81 B.1.1.4; XMP part 3, 1.1.3; Adobe Photoshop File Formats Specification.

use super::Carriers;
use crate::metadata::jpeg::{EXIF_HEADER, PHOTOSHOP_HEADER, XMP_HEADER};
use crate::metadata::photoshop;
use crate::metadata::write::{segment, split_segments};

pub(super) fn write(file: &[u8], carriers: &Carriers) -> Option<Vec<u8>> {
    let (head, tail) = split_segments(file.strip_prefix(&[0xff, 0xd8])?);
    let resources = carriers.iim.as_deref().and_then(photoshop::with_iim);
    let mut written = vec![0xff, 0xd8];
    written.extend(head);
    for (marker, header, body) in [
        (0xe1, EXIF_HEADER, &carriers.exif),
        (0xe1, XMP_HEADER, &carriers.xmp),
        (0xed, PHOTOSHOP_HEADER, &resources),
    ] {
        if let Some(body) = body {
            written.extend(segment(marker, header, body)?);
        }
    }
    written.extend(tail);
    Some(written)
}
