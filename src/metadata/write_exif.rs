//! A small EXIF block from nothing, for demonstration and test originals. Little-endian, no thumbnail, no maker's note.
//!
//! It writes a position and a serial number on purpose: what is made with it must show that neither ever becomes public.
//! Source: CIPA DC-008 (EXIF 2.32), 4.5 to 4.6.

use super::Embedded;

const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const UNDEFINED: u16 = 7;

/// One entry: tag, type, count, value.
struct Entry(u16, u16, u32, Vec<u8>);

/// The block, without JPEG's introduction; `None` when there is nothing to say or it would not fit 32-bit offsets.
pub(super) fn block(what: &Embedded) -> Option<Vec<u8>> {
    let mut first = Vec::new();
    push_text(&mut first, 0x010e, what.caption.as_deref());
    push_text(&mut first, 0x010f, what.make.as_deref());
    push_text(&mut first, 0x0110, what.model.as_deref());
    if let Some(orientation) = what.orientation {
        first.push(Entry(
            0x0112,
            SHORT,
            1,
            u16::from(orientation).to_le_bytes().to_vec(),
        ));
    }
    push_text(&mut first, 0x013b, what.creator.as_deref());
    push_text(&mut first, 0x8298, what.copyright.as_deref());
    let mut camera = Vec::new();
    push_text(&mut camera, 0x9003, what.date_time_original.as_deref());
    push_text(&mut camera, 0x9011, what.offset.as_deref());
    push_text(&mut camera, 0xa431, what.serial.as_deref());
    if !camera.is_empty() {
        camera.insert(0, Entry(0x9000, UNDEFINED, 4, b"0232".to_vec()));
    }
    let gps = what.gps.map(position).unwrap_or_default();
    if first.is_empty() && camera.is_empty() && gps.is_empty() {
        return None;
    }
    assembled(first, camera, gps)
}

/// A block of texts in its first directory and nothing else.
pub(super) fn texts(texts: &[(u16, Option<&str>)]) -> Option<Vec<u8>> {
    let mut first = Vec::new();
    for (tag, text) in texts {
        push_text(&mut first, *tag, *text);
    }
    if first.is_empty() {
        return None;
    }
    assembled(first, Vec::new(), Vec::new())
}

fn push_text(entries: &mut Vec<Entry>, tag: u16, text: Option<&str>) {
    let Some(text) = text else { return };
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0);
    if let Ok(count) = u32::try_from(bytes.len()) {
        entries.push(Entry(tag, ASCII, count, bytes));
    }
}

/// Degrees, minutes and ten-thousandths of a second, north and east positive.
fn position((latitude, longitude): (f64, f64)) -> Vec<Entry> {
    let reference = |letter: u8| vec![letter, 0];
    vec![
        Entry(0x0000, 1, 4, vec![2, 3, 0, 0]),
        Entry(
            0x0001,
            ASCII,
            2,
            reference(if latitude < 0.0 { b'S' } else { b'N' }),
        ),
        Entry(0x0002, RATIONAL, 3, sexagesimal(latitude)),
        Entry(
            0x0003,
            ASCII,
            2,
            reference(if longitude < 0.0 { b'W' } else { b'E' }),
        ),
        Entry(0x0004, RATIONAL, 3, sexagesimal(longitude)),
    ]
}

fn sexagesimal(degrees: f64) -> Vec<u8> {
    const UNITS_IN_DEGREE: u32 = 3600 * 10_000;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..=180 degrees before"
    )]
    let units = (degrees.abs().clamp(0.0, 180.0) * f64::from(UNITS_IN_DEGREE)).round() as u64;
    let units = u32::try_from(units).unwrap_or(u32::MAX);
    let parts = [
        (units / UNITS_IN_DEGREE, 1),
        (units % UNITS_IN_DEGREE / 600_000, 1),
        (units % 600_000, 10_000_u32),
    ];
    parts
        .iter()
        .flat_map(|(over, under)| [over.to_le_bytes(), under.to_le_bytes()].concat())
        .collect()
}

fn assembled(mut first: Vec<Entry>, camera: Vec<Entry>, gps: Vec<Entry>) -> Option<Vec<u8>> {
    // The pointers must be in place before the sizes are known: their values have a fixed size.
    for (tag, child) in [(0x8769, &camera), (0x8825, &gps)] {
        if !child.is_empty() {
            first.push(Entry(tag, LONG, 1, vec![0; 4]));
        }
    }
    let camera_at = 8_usize.checked_add(size_of_directory(&first)?)?;
    let gps_at = camera_at.checked_add(size_of_directory(&camera)?)?;
    for entry in &mut first {
        match entry.0 {
            0x8769 => entry.3 = u32::try_from(camera_at).ok()?.to_le_bytes().to_vec(),
            0x8825 => entry.3 = u32::try_from(gps_at).ok()?.to_le_bytes().to_vec(),
            _ => {}
        }
    }
    let mut block = b"II*\0\x08\0\0\0".to_vec();
    for directory in [first, camera, gps] {
        write_directory(&mut block, &directory)?;
    }
    Some(block)
}

/// What a directory takes with the values that do not fit their entries; an empty one takes nothing.
fn size_of_directory(entries: &[Entry]) -> Option<usize> {
    if entries.is_empty() {
        return Some(0);
    }
    let head = entries.len().checked_mul(12)?.checked_add(6)?;
    entries
        .iter()
        .map(|entry| outside(&entry.3))
        .try_fold(head, usize::checked_add)
}

/// How many bytes a value takes outside its entry, padded to even.
fn outside(value: &[u8]) -> usize {
    if value.len() <= 4 {
        0
    } else {
        value.len().next_multiple_of(2)
    }
}

fn write_directory(block: &mut Vec<u8>, entries: &[Entry]) -> Option<()> {
    if entries.is_empty() {
        return Some(());
    }
    let mut value_at = block
        .len()
        .checked_add(entries.len().checked_mul(12)?)?
        .checked_add(6)?;
    block.extend(u16::try_from(entries.len()).ok()?.to_le_bytes());
    for Entry(tag, kind, count, value) in entries {
        block.extend(tag.to_le_bytes());
        block.extend(kind.to_le_bytes());
        block.extend(count.to_le_bytes());
        if value.len() <= 4 {
            let mut slot = value.clone();
            slot.resize(4, 0);
            block.extend(slot);
        } else {
            block.extend(u32::try_from(value_at).ok()?.to_le_bytes());
            value_at = value_at.checked_add(outside(value))?;
        }
    }
    // No directory follows.
    block.extend([0; 4]);
    for Entry(_, _, _, value) in entries.iter().filter(|entry| entry.3.len() > 4) {
        block.extend(value);
        if value.len() % 2 == 1 {
            block.push(0);
        }
    }
    Some(())
}
