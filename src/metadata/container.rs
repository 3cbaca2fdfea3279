//! From a file of any of the four types to the raw carriers in it.
//!
//! Recognises the type by content and hands over to the module that knows the container. Holds the limits that keep one file from
//! taking more memory than it deserves. It parses no carrier itself, except that TIFF's own directory *is* EXIF.

use std::io::{Cursor, Read, Seek, SeekFrom};

use super::{
    exif::{self, Exif},
    jpeg, png, tiff, webp,
};

/// The most bytes of EXIF that are kept in memory. JPEG allows 64 KiB; other containers have no limit of their own.
pub(super) const MAX_EXIF_BYTES: usize = 1 << 20;
/// The most bytes of an XMP packet; what comes after is not read. Packets with years of edit history do reach this.
pub(super) const MAX_XMP_BYTES: usize = 3 << 20;
/// The most bytes of Extended XMP; more is a depth map or the like, and the caption is in the main packet.
pub(super) const MAX_EXTENDED_XMP_BYTES: usize = 3 << 20;
/// The most bytes of Photoshop's image resources.
pub(super) const MAX_IRB_BYTES: usize = 2 << 20;
/// The most bytes of an IIM block that stands outside Photoshop's resources (TIFF).
pub(super) const MAX_IIM_BYTES: usize = 1 << 20;

/// The carriers of one file, as bytes, except EXIF, of which only the few wanted values are kept.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// The wanted EXIF values.
    pub(super) exif: Exif,
    /// The XMP packet; empty when there is none.
    pub(super) xmp: Vec<u8>,
    /// The Extended XMP that belongs to the packet; empty when there is none.
    pub(super) extended_xmp: Vec<u8>,
    /// Photoshop's image resources, joined; empty when there are none.
    pub(super) irb: Vec<u8>,
    /// An IIM block outside Photoshop's resources; empty when there is none.
    pub(super) iim: Vec<u8>,
    /// Whether there are Content Credentials.
    pub(super) has_credentials: bool,
    /// What could not be read.
    pub(super) warnings: Vec<String>,
}

impl Parts {
    /// Notes what could not be read, once.
    pub(super) fn warn(&mut self, sentence: &str) {
        if !self.warnings.iter().any(|known| known == sentence) {
            self.warnings.push(sentence.to_owned());
        }
    }

    /// Takes a TIFF block that holds EXIF; the first one counts.
    pub(super) fn take_exif(&mut self, block: &[u8]) {
        // PNG and WebP writers sometimes leave JPEG's introduction in front.
        let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        if self.exif == Exif::default() {
            let (exif, is_whole) = exif::read(&mut Cursor::new(block));
            self.exif = exif;
            if !is_whole {
                self.warn(exif::DAMAGED);
            }
        }
    }

    /// Takes an XMP packet; the first one counts.
    pub(super) fn take_xmp(&mut self, packet: Vec<u8>) {
        if self.xmp.is_empty() {
            self.xmp = packet;
        }
    }
}

/// Walks the container at the beginning of `reader`.
pub(super) fn collect<R: Read + Seek>(reader: &mut R) -> Parts {
    let mut parts = Parts::default();
    if reader.seek(SeekFrom::Start(0)).is_err() {
        return parts;
    }
    let head = take(reader, 12);
    if reader.seek(SeekFrom::Start(0)).is_err() {
        return parts;
    }
    match head.as_slice() {
        [0xff, 0xd8, ..] => jpeg::collect(reader, &mut parts),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => png::collect(reader, &mut parts),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => webp::collect(reader, &mut parts),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => tiff::collect(reader, &mut parts),
        _ => {}
    }
    parts
}

/// Reads at most `count` bytes; fewer when the file ends or cannot be read.
pub(super) fn take<R: Read>(reader: &mut R, count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What was read before an error is kept: a failing disk is the caller's to notice when it reads the pixels.
    let _ = reader
        .take(u64::try_from(count).unwrap_or(u64::MAX))
        .read_to_end(&mut bytes);
    bytes
}

/// Reads exactly `N` bytes, or nothing.
pub(super) fn array<const N: usize, R: Read>(reader: &mut R) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes).ok().map(|()| bytes)
}

/// Steps over `count` bytes, possibly beyond the end. `None` when the reader cannot.
pub(super) fn skip<R: Seek>(reader: &mut R, count: u64) -> Option<()> {
    let count = i64::try_from(count).ok()?;
    reader.seek(SeekFrom::Current(count)).ok().map(|_| ())
}
