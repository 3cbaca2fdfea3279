//! A TIFF's first directory: size and orientation of a TIFF file, the orientation in an EXIF block, and which TIFFs are camera raw.
//!
//! Source: TIFF 6.0, `BigTIFF` (Aware Systems' description), EXIF 3.0, DNG 1.7. Values are read where they stand; nothing is followed but the
//! first directory and, to recognise raw files, the first few sub-directories of it.

use std::io::{self, Read, Seek, SeekFrom};

use super::probe::{Found, Lookalike, Trouble};

/// Most entries that are read of one directory; real ones have fewer than a hundred.
const MAX_ENTRIES: u64 = 1_024;
/// Most sub-directories that are looked into.
const MAX_SUB_DIRECTORIES: u64 = 8;

const NEW_SUBFILE_TYPE: u16 = 254;
const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const ORIENTATION: u16 = 274;
const SUB_DIRECTORIES: u16 = 330;
const DNG_VERSION: u16 = 50_706;

/// Colour filter array and linear raw: the pixels of a sensor, not of a picture.
const RAW_PHOTOMETRICS: [u64; 2] = [32_803, 34_892];
/// Compressions only cameras use: Sony, Samsung, Nikon, Pentax.
const RAW_COMPRESSIONS: [u64; 4] = [32_767, 32_770, 34_713, 65_535];

/// Reads the header of a TIFF file, and refuses those that are camera raw.
pub(super) fn read<R: Read + Seek>(reader: &mut R, size_bytes: u64) -> Result<Found, Trouble> {
    let (mut block, first) = Block::open(reader, 0, size_bytes)?;
    let directory = block.directory(first)?;
    if block.is_raw(&directory) {
        return Err(Trouble::Other(Lookalike::CameraRaw));
    }
    let side = |tag| directory.number(tag).and_then(|value| u32::try_from(value).ok());
    let (Some(width_px), Some(height_px)) = (side(WIDTH), side(HEIGHT)) else {
        return Err(Trouble::Damaged("its size is missing"));
    };
    let orientation = directory
        .number(ORIENTATION)
        .and_then(|value| u8::try_from(value).ok())
        .unwrap_or(1);
    Ok(Found {
        width_px,
        height_px,
        orientation,
        whole: true,
    })
}

/// The orientation in an EXIF block between `base` and `end`; `None` when it cannot be read, for EXIF is never a reason to refuse a photo.
pub(super) fn orientation<R: Read + Seek>(reader: &mut R, base: u64, end: u64) -> Option<u8> {
    let (mut block, first) = Block::open(reader, base, end).ok()?;
    let directory = block.directory(first).ok()?;
    u8::try_from(directory.number(ORIENTATION)?).ok()
}

/// A TIFF structure within a file: offsets count from `base`, nothing at or after `end` belongs to it.
struct Block<'r, R> {
    reader: &'r mut R,
    base: u64,
    end: u64,
    little_endian: bool,
    big_tiff: bool,
}

struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// The value itself when it fits, else its offset: 4 bytes, or 8 in a `BigTIFF`.
    value: [u8; 8],
}

struct Directory {
    entries: Vec<Entry>,
    little_endian: bool,
}

impl<'r, R: Read + Seek> Block<'r, R> {
    fn open(reader: &'r mut R, base: u64, end: u64) -> Result<(Self, u64), Trouble> {
        let mut block = Self {
            reader,
            base,
            end,
            little_endian: true,
            big_tiff: false,
        };
        let order = block.bytes::<2>(0)?;
        block.little_endian = match &order {
            b"II" => true,
            b"MM" => false,
            _ => return Err(Trouble::Damaged("its byte order is missing")),
        };
        let magic = block.number_at(2, 2)?;
        block.big_tiff = magic == 43;
        let first = match magic {
            42 => block.number_at(4, 4)?,
            43 => block.number_at(8, 8)?,
            _ => return Err(Trouble::Damaged("it is not a TIFF after all")),
        };
        Ok((block, first))
    }

    fn directory(&mut self, at: u64) -> Result<Directory, Trouble> {
        let (count_size, entry_size) = if self.big_tiff { (8, 20) } else { (2, 12) };
        let count = self.number_at(at, count_size)?.min(MAX_ENTRIES);
        let mut entries = Vec::new();
        for index in 0..count {
            let here = at
                .saturating_add(u64::from(count_size))
                .saturating_add(index.saturating_mul(entry_size));
            // A directory that runs out of the file still tells what came before.
            let Ok(entry) = self.entry(here) else { break };
            entries.push(entry);
        }
        Ok(Directory {
            entries,
            little_endian: self.little_endian,
        })
    }

    fn entry(&mut self, at: u64) -> Result<Entry, Trouble> {
        let number = |block: &mut Self, offset: u64, size| block.number_at(at.saturating_add(offset), size);
        let tag = u16::try_from(number(self, 0, 2)?).unwrap_or(0);
        let kind = u16::try_from(number(self, 2, 2)?).unwrap_or(0);
        let (count, value) = if self.big_tiff {
            (number(self, 4, 8)?, self.bytes::<8>(at.saturating_add(12))?)
        } else {
            let [a, b, c, d] = self.bytes::<4>(at.saturating_add(8))?;
            (number(self, 4, 4)?, [a, b, c, d, 0, 0, 0, 0])
        };
        Ok(Entry {
            tag,
            kind,
            count,
            value,
        })
    }

    fn is_raw(&mut self, directory: &Directory) -> bool {
        if directory.number(DNG_VERSION).is_some() || directory.is_sensor_data() {
            return true;
        }
        let Some(subs) = directory.entry(SUB_DIRECTORIES) else {
            return false;
        };
        // A main picture that calls itself a preview of something deeper down: NEF, ARW and their kin.
        if directory
            .number(NEW_SUBFILE_TYPE)
            .is_some_and(|kind| kind & 1 == 1)
        {
            return true;
        }
        let size = if self.big_tiff { 8 } else { 4 };
        let offsets: Vec<u64> = if subs.count <= 1 {
            directory.number(SUB_DIRECTORIES).into_iter().collect()
        } else {
            let array = from_bytes(subs.value, size, self.little_endian);
            (0..subs.count.min(MAX_SUB_DIRECTORIES))
                .filter_map(|index| {
                    self.number_at(array.saturating_add(index.saturating_mul(u64::from(size))), size)
                        .ok()
                })
                .collect()
        };
        offsets
            .into_iter()
            .any(|at| self.directory(at).is_ok_and(|sub| sub.is_sensor_data()))
    }

    fn number_at(&mut self, at: u64, size: u8) -> Result<u64, Trouble> {
        let mut value = [0; 8];
        let wanted = value.get_mut(..usize::from(size)).unwrap_or_default();
        self.fill(at, wanted)?;
        Ok(from_bytes(value, size, self.little_endian))
    }

    fn bytes<const N: usize>(&mut self, at: u64) -> Result<[u8; N], Trouble> {
        let mut bytes = [0; N];
        self.fill(at, &mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, at: u64, into: &mut [u8]) -> Result<(), Trouble> {
        let position = self.base.checked_add(at);
        let last = position.and_then(|position| position.checked_add(into.len() as u64));
        match (position, last) {
            (Some(position), Some(last)) if last <= self.end => {
                self.reader.seek(SeekFrom::Start(position))?;
                Ok(self.reader.read_exact(into)?)
            }
            _ => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
        }
    }
}

impl Directory {
    fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    /// The first value of an entry that holds whole numbers in place.
    fn number(&self, tag: u16) -> Option<u64> {
        let entry = self.entry(tag)?;
        // BYTE, SHORT, LONG, IFD, LONG8, IFD8.
        let size = match entry.kind {
            1 => 1,
            3 => 2,
            4 | 13 => 4,
            16 | 18 => 8,
            _ => return None,
        };
        (entry.count >= 1).then(|| from_bytes(entry.value, size, self.little_endian))
    }

    fn is_sensor_data(&self) -> bool {
        self.number(PHOTOMETRIC)
            .is_some_and(|value| RAW_PHOTOMETRICS.contains(&value))
            || self
                .number(COMPRESSION)
                .is_some_and(|value| RAW_COMPRESSIONS.contains(&value))
    }
}

/// The number in the first `size` bytes (1, 2, 4 or 8).
fn from_bytes(bytes: [u8; 8], size: u8, little_endian: bool) -> u64 {
    let used = bytes.iter().take(usize::from(size));
    let push = |number: u64, byte: &u8| (number << 8) | u64::from(*byte);
    if little_endian {
        used.rev().fold(0, push)
    } else {
        used.fold(0, push)
    }
}
