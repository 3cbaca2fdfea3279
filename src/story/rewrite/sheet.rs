//! Captions as a spreadsheet, out and back in: one row for each frame, matched by the frame's id. Comma-separated with a byte order mark, which
//! spreadsheets need to see UTF-8; what comes back may be separated by commas, semicolons or tabs.

use std::collections::{HashMap, HashSet};

use super::{Change, Changes, Field, TooMuch, change, frames, present};
use crate::photo::Photo;
use crate::story::draft::Draft;
use crate::story::{Frame, PartId};

/// Ids that are not in the story of which as many are told.
const MOST_UNKNOWN: usize = 100;

const MARK: char = '\u{feff}';
/// The columns that say which frame it is; those of its words follow.
const KEYS: [&str; 3] = ["frame", "number", "file"];
/// What begins a formula in spreadsheets: a text that does so gets an apostrophe before it on its way out, and loses it on its way in.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
/// What is passed over before it: blanks, what nobody sees, and quotation marks, which a spreadsheet takes off.
const BEFORE: [char; 8] = ['\'', '"', ' ', '\u{a0}', '\u{200b}', '\u{200e}', '\u{202e}', MARK];
/// Behind these a spreadsheet of another country begins a cell of its own, whatever stands in quotation marks: Dutch ones separate by semicolons.
const CELLS: [char; 3] = [';', '\t', '\n'];

/// Why a sheet could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// There is no column of frames' ids.
    #[error(
        "The file has no column “frame”. Please use the file that was saved from this page, and keep its first row."
    )]
    NoFrames,
    /// It says more than anybody reads through.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
    /// It names a frame again.
    #[error("The file has more than one row for the frame {frame}. Leave one of them.")]
    Twice {
        /// Its id.
        frame: String,
    },
    /// It is not a sheet at all.
    #[error("The file could not be read as CSV (row {row}). Save it as “CSV UTF-8” and try again.")]
    Unreadable {
        /// Counted from 1.
        row: u64,
    },
}

/// What a sheet would change, and which of its rows belong to no frame of the story.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// The changes.
    pub changes: Vec<Change>,
    /// Ids that are not in the story.
    pub unknown: Vec<String>,
}

/// Writes the captions of a draft.
#[must_use]
pub fn write(draft: &Draft) -> String {
    write_rows(frames(draft).map(|(_, frame, photo)| Row {
        frame: frame.id.as_str(),
        file: &photo.file_name,
        words: Field::OF_FRAMES.map(|field| present(frame, photo, field)),
    }))
}

/// A frame in a sheet.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Its id.
    pub frame: &'a str,
    /// The file that people know its photograph by.
    pub file: &'a str,
    /// Its words, in the order of [`Field::OF_FRAMES`].
    pub words: [&'a str; 4],
}

/// Writes a sheet of these frames, numbered from 1.
#[must_use]
pub fn write_rows<'a>(rows: impl Iterator<Item = Row<'a>>) -> String {
    let mut sheet = csv::Writer::from_writer(Vec::new());
    let words = Field::OF_FRAMES.map(Field::as_str);
    // Writing to memory cannot fail.
    let _ = sheet.write_record(KEYS.iter().chain(&words));
    for (number, row) in (1..).zip(rows) {
        let number: i32 = number;
        let mut cells = vec![row.frame.to_owned(), number.to_string(), guarded(row.file)];
        cells.extend(row.words.map(guarded));
        let _ = sheet.write_record(cells);
    }
    let bytes = sheet.into_inner().unwrap_or_default();
    format!("{MARK}{}", String::from_utf8_lossy(&bytes))
}

/// Apostrophes before what begins a formula count too: otherwise a text that has one of its own would lose it.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches(BEFORE).starts_with(FORMULA)
}

fn guarded(text: &str) -> String {
    text.split_inclusive(CELLS)
        .map(|cell| {
            if is_formula(cell) {
                format!("'{cell}")
            } else {
                cell.to_owned()
            }
        })
        .collect()
}

fn unguarded(text: &str) -> String {
    text.split_inclusive(CELLS)
        .map(|cell| {
            cell.strip_prefix('\'')
                .filter(|rest| is_formula(rest))
                .unwrap_or(cell)
        })
        .collect()
}

/// Reads a sheet that came back. Columns that are not there change nothing.
///
/// # Errors
/// [`SheetError`].
pub fn read(draft: &Draft, sheet: &str) -> Result<Read, SheetError> {
    let sheet = sheet.trim_start_matches(MARK);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(sheet))
        .flexible(true)
        .from_reader(sheet.as_bytes());
    let head = reader.headers().map_err(unreadable)?.clone();
    let column = |name: &str| {
        head.iter()
            .position(|title| title.trim().eq_ignore_ascii_case(name))
    };
    let frame_column = column("frame").ok_or(SheetError::NoFrames)?;
    let columns: Vec<(Field, usize)> = Field::OF_FRAMES
        .into_iter()
        .filter_map(|field| Some((field, column(field.as_str())?)))
        .collect();
    let known: HashMap<&str, (usize, &Frame, &Photo)> =
        frames(draft).map(|found| (found.1.id.as_str(), found)).collect();
    let (mut changes, mut unknown, mut seen) = (Changes::default(), Vec::new(), HashSet::new());
    for row in reader.records() {
        let row = row.map_err(unreadable)?;
        let id = row.get(frame_column).unwrap_or_default().trim();
        let Some((number, frame, photo)) = known.get(id).copied() else {
            if unknown.len() < MOST_UNKNOWN && !row.iter().all(|cell| cell.trim().is_empty()) {
                unknown.push(crate::text::cut(id, 60));
            }
            continue;
        };
        if !seen.insert(&frame.id) {
            let frame = id.to_owned();
            return Err(SheetError::Twice { frame });
        }
        for (field, at) in &columns {
            let Some(text) = row.get(*at) else { continue };
            let part = PartId::Frame(frame.id.clone());
            let before = present(frame, photo, *field);
            let after = unguarded(text);
            changes.add(change(part, frame.version, number, *field, before, &after))?;
        }
    }
    Ok(Read {
        changes: changes.found,
        unknown,
    })
}

/// What separates the cells: what the first row has most of.
fn delimiter(sheet: &str) -> u8 {
    let head = sheet.lines().next().unwrap_or_default();
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|separator| {
            (
                head.bytes().filter(|byte| byte == separator).count(),
                *separator == b',',
            )
        })
        .unwrap_or(b',')
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` calls it")]
fn unreadable(error: csv::Error) -> SheetError {
    SheetError::Unreadable {
        row: error.position().map_or(1, csv::Position::line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_on_the_way_out_and_come_back_as_they_were() {
        for text in [
            "=1+1",
            "x;\"=1+1;y",
            "-5 graden",
            "@naam",
            "gewoon",
            "'s avonds",
            "+31",
            "'=1",
            "''-",
            "Foto;=cmd|'/c calc'!A0;",
            "a\n=1; '+2\t@x",
            "\u{200b}=1",
            "＝1",
            "een; twee",
        ] {
            let out = guarded(text);
            // However it is taken apart.
            for cell in out.split(CELLS).chain([out.as_str()]) {
                assert!(cell.starts_with('\'') || !is_formula(cell), "{text}: {cell}");
            }
            assert_eq!(unguarded(&guarded(text)), text);
        }
    }

    #[test]
    fn the_separator_is_what_the_first_row_has_most_of() {
        assert_eq!(delimiter("frame,number,file\n"), b',');
        assert_eq!(delimiter("frame;number;file,x\n"), b';');
        assert_eq!(delimiter("frame\tnumber\n"), b'\t');
    }
}
