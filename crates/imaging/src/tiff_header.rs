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
const BITS_PER_SAMPLE: u16 = 258;
const FILL_ORDER: u16 = 266;
const ORIENTATION: u16 = 274;
const COLOR_MAP: u16 = 320;
const EXTRA_SAMPLES: u16 = 338;
const ICC_PROFILE: u16 = 34_675;
/// Longest ICC profile that is read, in bytes; large ones, of presses, have about 3 MB.
const MAX_PROFILE_BYTES: usize = 16 << 20;
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

/// How a TIFF's picture is stored, as far as decoding it needs to know beside what the decoder reads itself.
pub(super) struct Layout {
    /// What the samples mean.
    pub(super) photometric: u64,
    /// Bits of a sample; 1 when nothing is said.
    pub(super) bits: u64,
    /// What the first sample beyond the colours is: 1 multiplied-in alpha, 2 alpha; `None` when there is none.
    pub(super) extra: Option<u64>,
    /// 2 when the lowest bit of a byte comes first.
    pub(super) fill_order: u64,
    little_endian: bool,
    profile: Option<(usize, usize)>,
    palette: Option<(usize, usize)>,
    /// Where the value of the photometric interpretation stands.
    photometric_at: usize,
    /// Where the pointer to the next directory stands, and how many bytes it has.
    next: (usize, usize),
}

/// Reads the layout of a TIFF file's first picture; `None` when the directory cannot be read.
pub(super) fn layout<R: Read + Seek>(reader: &mut R) -> Option<Layout> {
    let end = reader.seek(SeekFrom::End(0)).ok()?;
    let (mut block, first) = Block::open(reader, 0, end).ok()?;
    let directory = block.directory(first).ok()?;
    let mut first_of = |tag| block.first_value(&directory, tag);
    let (bits, extra) = (first_of(BITS_PER_SAMPLE).unwrap_or(1), first_of(EXTRA_SAMPLES));
    let size = |at: u64| usize::try_from(at).ok();
    let (big_tiff, little_endian) = (block.big_tiff, block.little_endian);
    let place = |tag| {
        let entry = directory.entry(tag)?;
        let offset = from_bytes(entry.value, if big_tiff { 8 } else { 4 }, little_endian);
        Some((size(offset)?, size(entry.count)?))
    };
    let (count_size, entry_size, pointer) = if big_tiff { (8, 20, 8) } else { (2, 12, 4) };
    let entries = block.number_at(first, count_size).ok()?;
    let next = first
        .checked_add(u64::from(count_size))?
        .checked_add(entries.checked_mul(entry_size)?)?;
    Some(Layout {
        photometric: directory.number(PHOTOMETRIC)?,
        bits,
        extra,
        fill_order: directory.number(FILL_ORDER).unwrap_or(1),
        little_endian,
        profile: place(ICC_PROFILE),
        palette: place(COLOR_MAP),
        photometric_at: size(directory.entry(PHOTOMETRIC)?.value_at)?,
        next: (size(next)?, pointer),
    })
}

impl Layout {
    /// The ICC profile.
    pub(super) fn profile(&self, file: &[u8]) -> Option<Vec<u8>> {
        let (at, length) = self.profile?;
        let profile = file.get(at..at.checked_add(length)?)?;
        (profile.len() <= MAX_PROFILE_BYTES).then(|| profile.to_vec())
    }

    /// The palette's colours, 8 bits a channel.
    pub(super) fn palette(&self, file: &[u8]) -> Option<Vec<[u8; 3]>> {
        let (at, count) = self.palette?;
        let values = file.get(at..at.checked_add(count.checked_mul(2)?)?)?;
        let high = |pair: &[u8; 2]| if self.little_endian { pair[1] } else { pair[0] };
        let (pairs, colours) = (values.as_chunks::<2>().0, count / 3);
        let channel = |number: usize| pairs.iter().skip(number * colours).take(colours).map(high);
        // Some programs wrote 8 bits where 16 belong: then all high bytes are 0.
        let low = |pair: &[u8; 2]| if self.little_endian { pair[0] } else { pair[1] };
        if pairs.iter().all(|pair| high(pair) == 0) {
            let channel = |number: usize| pairs.iter().skip(number * colours).take(colours).map(low);
            return Some(
                channel(0)
                    .zip(channel(1))
                    .zip(channel(2))
                    .map(|((r, g), b)| [r, g, b])
                    .collect(),
            );
        }
        Some(
            channel(0)
                .zip(channel(1))
                .zip(channel(2))
                .map(|((r, g), b)| [r, g, b])
                .collect(),
        )
    }

    /// Has the file say that its samples mean something else.
    pub(super) fn set_photometric(&self, file: &mut [u8], to: u16) {
        let bytes = if self.little_endian {
            to.to_le_bytes()
        } else {
            to.to_be_bytes()
        };
        if let Some(value) = file
            .get_mut(self.photometric_at..)
            .and_then(<[u8]>::first_chunk_mut)
        {
            *value = bytes;
        }
    }

    /// Has the file say that there is no other picture.
    pub(super) fn end_chain(&self, file: &mut [u8]) {
        let (at, length) = self.next;
        if let Some(pointer) = file.get_mut(at..at.saturating_add(length)) {
            pointer.fill(0);
        }
    }
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
    /// Where that stands.
    value_at: u64,
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
            value_at: at.saturating_add(if self.big_tiff { 12 } else { 8 }),
        })
    }

    /// The first value of an entry, be it in place or elsewhere.
    fn first_value(&mut self, directory: &Directory, tag: u16) -> Option<u64> {
        let entry = directory.entry(tag)?;
        let size = entry.value_size()?;
        let slot = if self.big_tiff { 8 } else { 4 };
        if entry.count.saturating_mul(u64::from(size)) <= slot {
            return directory.number(tag);
        }
        let at = from_bytes(entry.value, if self.big_tiff { 8 } else { 4 }, self.little_endian);
        self.number_at(at, size).ok()
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

impl Entry {
    /// How many bytes one value has, if it is a whole number. Programs are known to write signed ones where none can be negative.
    fn value_size(&self) -> Option<u8> {
        match self.kind {
            // BYTE, SBYTE
            1 | 6 => Some(1),
            // SHORT, SSHORT
            3 | 8 => Some(2),
            // LONG, SLONG, IFD
            4 | 9 | 13 => Some(4),
            // LONG8, IFD8
            16 | 18 => Some(8),
            _ => None,
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
        let size = entry.value_size()?;
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
