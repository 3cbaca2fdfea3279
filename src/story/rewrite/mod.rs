//! Many words at once: the same caption written under chosen frames, a name replaced throughout the story, captions that come back from a
//! spreadsheet. Each of these first says what it would change; what is then carried out are ordinary updates in one call, hence one step to undo.

pub mod advice;
pub mod codes;
pub mod pattern;
pub mod replace;
pub mod sheet;

use std::collections::HashMap;

use super::draft::Draft;
use super::operations::{Operation, PartChange};
use super::{Block, Frame, PartId};
use crate::photo::Photo;
use crate::text::{Alt, BlockText, Caption, Line, TextError, Title};

/// Bytes beyond which a text that is being written cannot be taken by any field, whatever its letters: four for each character of the longest.
const MOST_BYTES: usize = 4 * BlockText::MOST;
/// Bytes that all changes of a call may have together, as a form sends them back: some less than one may have.
const MOST_CHANGED_BYTES: usize = 7 * 1024 * 1024;

/// What a form says besides the words of a change: twice which text it is.
const KEY_BYTES: usize = 200;

/// That so much would be written as nobody reads through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("That would write more than {} MB at once. Choose fewer photographs, or write less.", MOST_CHANGED_BYTES / 1024 / 1024)]
pub struct TooMuch;

/// Changes as they are found, of which there may not be endlessly many.
#[derive(Default)]
struct Changes {
    found: Vec<Change>,
    bytes: usize,
    before_bytes: usize,
}

impl Changes {
    fn add(&mut self, change: Option<Change>) -> Result<(), TooMuch> {
        let Some(change) = change else { return Ok(()) };
        let encoded = |byte: u8| if byte.is_ascii_alphanumeric() { 1 } else { 3 };
        self.bytes += change.after.bytes().map(encoded).sum::<usize>() + KEY_BYTES;
        self.before_bytes += change.before.len();
        if self.bytes.max(self.before_bytes) > MOST_CHANGED_BYTES {
            return Err(TooMuch);
        }
        self.found.push(change);
        Ok(())
    }
}

/// A text of a part that can be rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Caption of a frame or group.
    Caption,
    /// Place of a frame.
    Place,
    /// Alt text of a frame.
    Alt,
    /// Credit of a frame.
    Credit,
    /// Paragraphs or a quotation.
    Markdown,
    /// A heading.
    Text,
    /// Who said a quotation.
    Attribution,
}

impl Field {
    /// Those of a frame, in the order of the desk.
    pub const OF_FRAMES: [Self; 4] = [Self::Caption, Self::Place, Self::Alt, Self::Credit];

    const ALL: [(Self, &'static str); 7] = [
        (Self::Caption, "caption"),
        (Self::Place, "place"),
        (Self::Alt, "alt"),
        (Self::Credit, "credit"),
        (Self::Markdown, "markdown"),
        (Self::Text, "text"),
        (Self::Attribution, "attribution"),
    ];

    /// Its word in forms, in the API and in spreadsheets.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(field, _)| *field == self)
            .map_or("", |(_, word)| word)
    }

    /// The field of a word.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(field, _)| *field)
    }

    /// The text as it would be kept; an empty one is `None` where the field may be empty.
    ///
    /// # Errors
    /// [`TextError`].
    pub fn parse(self, text: &str) -> Result<Option<String>, TextError> {
        let text = crate::text::clean(text);
        if text.is_empty() && !matches!(self, Self::Markdown | Self::Text) {
            return Ok(None);
        }
        Ok(Some(match self {
            Self::Caption => Caption::parse(&text)?.into_string(),
            Self::Alt => Alt::parse(&text)?.into_string(),
            Self::Place | Self::Credit | Self::Attribution => Line::parse(&text)?.into_string(),
            Self::Markdown => BlockText::parse(&text)?.into_string(),
            Self::Text => Title::parse(&text)?.into_string(),
        }))
    }
}

/// One text that would become another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Of which part.
    pub part: PartId,
    /// Which of its texts.
    pub field: Field,
    /// The part's version.
    pub version: i32,
    /// The number of the frame in the story, or of the block.
    pub number: usize,
    /// As it reads now, the photo's words where the frame has none of its own.
    pub before: String,
    /// As it would read.
    pub after: String,
    /// What keeps it from being taken; such a change is not carried out.
    pub mistake: Option<TextError>,
}

/// Makes changes of texts that come out differently; those that stay the same are no change.
fn change(
    part: PartId,
    version: i32,
    number: usize,
    field: Field,
    before: &str,
    after: &str,
) -> Option<Change> {
    let (after, mistake) = match field.parse(after) {
        Ok(text) => (text.unwrap_or_default(), None),
        Err(error) => (after.to_owned(), Some(error)),
    };
    (after != before).then(|| Change {
        part,
        field,
        version,
        number,
        before: before.to_owned(),
        after,
        mistake,
    })
}

/// The updates that carry changes out, one for each part. Words that are the photo's own are left to the photo.
#[must_use]
pub fn operations(draft: &Draft, changes: &[Change]) -> Vec<Operation> {
    let blocks = draft.blocks.iter().chain(&draft.tray);
    let records: HashMap<&str, &Photo> = blocks
        .flat_map(Block::frames)
        .filter_map(|frame| Some((frame.id.as_str(), draft.photos.get(&frame.photo_id)?)))
        .collect();
    let mut operations: Vec<Operation> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for change in changes.iter().filter(|change| change.mistake.is_none()) {
        let at = *places.entry(change.part.as_str()).or_insert_with(|| {
            operations.push(Operation::Update {
                part: change.part.clone(),
                set: Box::default(),
                version: change.version,
            });
            operations.len() - 1
        });
        if let Some(Operation::Update { set, .. }) = operations.get_mut(at) {
            let record = records.get(change.part.as_str());
            put(
                set,
                change,
                record.and_then(|photo| self::record(photo, change.field)),
            );
        }
    }
    operations
}

/// Sets the words of a change; those that are the photo's own (`record`) are left to it.
fn put(set: &mut PartChange, change: &Change, record: Option<&str>) {
    let text = change.after.clone();
    let own = Some(text.clone()).filter(|text| !text.is_empty() && Some(text.as_str()) != record);
    match change.field {
        Field::Caption => set.caption = Some(own),
        Field::Place => set.place = Some(own),
        Field::Alt => set.alt = Some(own),
        Field::Credit => set.credit = Some(own),
        Field::Attribution => set.attribution = Some(own),
        Field::Markdown => set.markdown = Some(text),
        Field::Text => set.text = Some(text),
    }
}

/// The photo's own words.
fn record(photo: &Photo, field: Field) -> Option<&str> {
    match field {
        Field::Caption => photo.caption.as_deref(),
        Field::Place => photo.place.as_deref(),
        Field::Alt => photo.alt.as_deref(),
        Field::Credit => photo.credit.as_deref(),
        Field::Markdown | Field::Text | Field::Attribution => None,
    }
}

/// What a frame says at the desk: its own words, or the photo's.
#[must_use]
pub fn present<'a>(frame: &'a Frame, photo: &'a Photo, field: Field) -> &'a str {
    let own = match field {
        Field::Caption => frame.words.caption.as_deref(),
        Field::Place => frame.words.place.as_deref(),
        Field::Alt => frame.words.alt.as_deref(),
        Field::Credit => frame.words.credit.as_deref(),
        Field::Markdown | Field::Text | Field::Attribution => None,
    };
    own.or_else(|| record(photo, field)).unwrap_or_default()
}

/// All frames of the order with their photos, numbered from 1.
fn frames(draft: &Draft) -> impl Iterator<Item = (usize, &Frame, &Photo)> {
    (1..)
        .zip(draft.blocks.iter().flat_map(Block::frames))
        .filter_map(|(number, frame)| Some((number, frame, draft.photos.get(&frame.photo_id)?)))
}
