//! TIFF's directories: the container of TIFF files and the inside of every EXIF block. Classic and `BigTIFF`, both byte orders.
//!
//! Reads the directory it is asked for and nothing else. `kamadak-exif` was tried for this and rejected: it keeps every entry of every
//! directory, and directories that overlap turn a 64 KiB block into several hundred megabytes; nor does it seek, so that a TIFF file
//! would have to be in memory whole. Source: TIFF 6.0, section 2; Adobe Photoshop TIFF Technical Notes; ISO 12234-2.

use std::io::{Read, Seek, SeekFrom};

use super::{
    container::{MAX_IIM_BYTES, MAX_IRB_BYTES, MAX_XMP_BYTES, Parts, array, take},
    exif,
};

/// The most entries read of one directory; cameras write up to about a hundred.
const MAX_ENTRIES: u64 = 1024;
const XMP: u16 = 700;
const IIM: u16 = 33723;
const PHOTOSHOP: u16 = 34377;
/// Source: C2PA specification 2.1, annex A.3.
const CREDENTIALS: u16 = 0xcd41;

/// An opened TIFF structure, in a file or in an EXIF block.
pub(super) struct Tiff<'r, R> {
    reader: &'r mut R,
    is_little_endian: bool,
    has_wide_offsets: bool,
    /// Where the first directory stands.
    pub(super) first: u64,
}

/// One entry of a directory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) tag: u16,
    kind: u16,
    count: u64,
    /// The bytes of the value itself when they fit, else its offset.
    slot: [u8; 8],
}

/// The entries of one directory, in file order.
#[derive(Debug, Default)]
pub(super) struct Directory {
    entries: Vec<Entry>,
    /// Whether all entries that the directory announces could be read.
    pub(super) is_whole: bool,
}

impl Directory {
    /// The entry with this tag, if the directory has one.
    pub(super) fn get(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }
}

impl<'r, R: Read + Seek> Tiff<'r, R> {
    /// Reads the head of a TIFF structure that starts at the reader's beginning.
    pub(super) fn open(reader: &'r mut R) -> Option<Self> {
        reader.seek(SeekFrom::Start(0)).ok()?;
        let (is_little_endian, has_wide_offsets) = match array(reader)? {
            [b'I', b'I', 42, 0] => (true, false),
            [b'M', b'M', 0, 42] => (false, false),
            [b'I', b'I', 43, 0] => (true, true),
            [b'M', b'M', 0, 43] => (false, true),
            _ => return None,
        };
        let mut tiff = Self {
            reader,
            is_little_endian,
            has_wide_offsets,
            first: 0,
        };
        if has_wide_offsets {
            // The size of offsets (8) and a zero.
            array::<4, R>(tiff.reader)?;
        }
        tiff.first = tiff.read_offset()?;
        Some(tiff)
    }

    /// Reads the directory at `offset`; a directory that cannot be read is empty.
    pub(super) fn directory(&mut self, offset: u64) -> Directory {
        let mut directory = Directory::default();
        let Some(count) = self.entry_count(offset) else {
            return directory;
        };
        for _ in 0..count.min(MAX_ENTRIES) {
            let Some(entry) = self.read_entry() else {
                return directory;
            };
            directory.entries.push(entry);
        }
        directory.is_whole = count <= MAX_ENTRIES;
        directory
    }

    /// The bytes of a value, at most `max` of them. `None` when the file ends before the value begins or the type is unknown.
    pub(super) fn bytes(&mut self, entry: &Entry, max: usize) -> Option<Vec<u8>> {
        let unit: u64 = match entry.kind {
            // BYTE, ASCII, SBYTE, UNDEFINED, and UTF-8 of EXIF 3.0.
            1 | 2 | 6 | 7 | 129 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 | 16..=18 => 8,
            _ => return None,
        };
        let length = usize::try_from(entry.count.checked_mul(unit)?).unwrap_or(usize::MAX);
        let slot_bytes = if self.has_wide_offsets { 8 } else { 4 };
        if length <= slot_bytes {
            return entry.slot.get(..length).map(<[u8]>::to_vec);
        }
        let offset = self.offset_in(entry);
        self.reader.seek(SeekFrom::Start(offset)).ok()?;
        Some(take(self.reader, length.min(max))).filter(|bytes| !bytes.is_empty())
    }

    /// The first number of a value of an integer type.
    pub(super) fn number(&self, entry: &Entry) -> Option<u64> {
        let [a, b, c, d, ..] = entry.slot;
        match (entry.kind, entry.count) {
            (_, 0) => None,
            (1, _) => Some(u64::from(a)),
            (3, _) => Some(u64::from(self.short([a, b]))),
            (4 | 13, _) => Some(u64::from(self.long([a, b, c, d]))),
            (16 | 18, _) if self.has_wide_offsets => Some(self.long8(entry.slot)),
            _ => None,
        }
    }

    fn entry_count(&mut self, offset: u64) -> Option<u64> {
        self.reader.seek(SeekFrom::Start(offset)).ok()?;
        if self.has_wide_offsets {
            return array(self.reader).map(|bytes| self.long8(bytes));
        }
        array(self.reader).map(|bytes| u64::from(self.short(bytes)))
    }

    fn read_entry(&mut self) -> Option<Entry> {
        let tag = array(self.reader).map(|bytes| self.short(bytes))?;
        let kind = array(self.reader).map(|bytes| self.short(bytes))?;
        if self.has_wide_offsets {
            let count = array(self.reader).map(|bytes| self.long8(bytes))?;
            return Some(Entry {
                tag,
                kind,
                count,
                slot: array(self.reader)?,
            });
        }
        let count = array(self.reader).map(|bytes| u64::from(self.long(bytes)))?;
        let [a, b, c, d] = array(self.reader)?;
        Some(Entry {
            tag,
            kind,
            count,
            slot: [a, b, c, d, 0, 0, 0, 0],
        })
    }

    fn read_offset(&mut self) -> Option<u64> {
        if self.has_wide_offsets {
            return array(self.reader).map(|bytes| self.long8(bytes));
        }
        array(self.reader).map(|bytes| u64::from(self.long(bytes)))
    }

    fn offset_in(&self, entry: &Entry) -> u64 {
        let [a, b, c, d, ..] = entry.slot;
        if self.has_wide_offsets {
            self.long8(entry.slot)
        } else {
            u64::from(self.long([a, b, c, d]))
        }
    }

    fn short(&self, bytes: [u8; 2]) -> u16 {
        if self.is_little_endian {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        }
    }

    fn long(&self, bytes: [u8; 4]) -> u32 {
        if self.is_little_endian {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        }
    }

    fn long8(&self, bytes: [u8; 8]) -> u64 {
        if self.is_little_endian {
            u64::from_le_bytes(bytes)
        } else {
            u64::from_be_bytes(bytes)
        }
    }
}

/// Collects the carriers of a TIFF file from its first directory.
pub(super) fn collect<R: Read + Seek>(reader: &mut R, parts: &mut Parts) {
    let Some(mut tiff) = Tiff::open(reader) else {
        return parts.warn(exif::DAMAGED);
    };
    let first = tiff.first;
    let directory = tiff.directory(first);
    let (exif, is_whole) = exif::from_directory(&mut tiff, &directory);
    parts.exif = exif;
    if !is_whole {
        parts.warn(exif::DAMAGED);
    }
    parts.has_credentials = directory.get(CREDENTIALS).is_some();
    let mut value = |tag, max| {
        directory
            .get(tag)
            .and_then(|entry| tiff.bytes(entry, max))
            .unwrap_or_default()
    };
    parts.xmp = value(XMP, MAX_XMP_BYTES);
    parts.irb = value(PHOTOSHOP, MAX_IRB_BYTES);
    parts.iim = value(IIM, MAX_IIM_BYTES);
    // IIM is often declared as 32-bit numbers, and then some programs swapped its bytes along with the byte order.
    if parts.iim.first() != Some(&0x1c) && parts.iim.get(3) == Some(&0x1c) {
        for word in parts.iim.as_chunks_mut::<4>().0 {
            word.reverse();
        }
    }
}
