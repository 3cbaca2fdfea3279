//! A frame as the desk's pages show it: its picture, its words beside the photo's own, and what the checklist says of it.

use std::collections::HashMap;

use super::picture::Picture;
use super::told;
use crate::account::Actor;
use crate::photo::Photo;
use crate::story::checklist::Checklist;
use crate::story::draft::Draft;
use crate::story::{Frame, PartId};
use crate::web::urls::Urls;

/// A frame ready to print.
pub(super) struct FrameView {
    pub id: String,
    pub version: i32,
    pub photo_href: String,
    pub file_name: String,
    pub picture: Picture,
    pub caption: Word,
    pub place: Word,
    pub alt: Word,
    pub credit: Word,
    pub decorative: bool,
    pub photo_decorative: bool,
    pub graphic: bool,
    pub may_change: bool,
    pub notes: Vec<Note>,
    /// Where it stands in its group; `None` outside one.
    pub in_group: Option<InGroup>,
}

impl FrameView {
    /// The words that stand here instead of the photo's, with their fields.
    pub(super) fn own_words(&self) -> Vec<(&'static str, &Word)> {
        let words = [
            ("caption", &self.caption),
            ("place", &self.place),
            ("credit", &self.credit),
            ("alt", &self.alt),
        ];
        words
            .into_iter()
            .filter(|(_, word)| word.is_own() && !word.record.is_empty())
            .collect()
    }
}

/// A frame's place in its group.
pub(super) struct InGroup {
    pub is_first: bool,
    pub is_last: bool,
}

/// A text as it holds here, and as the photo has it.
pub(super) struct Word {
    pub here: String,
    pub record: String,
}

impl Word {
    pub(super) fn new(own: Option<&String>, record: Option<&String>) -> Self {
        let record = record.cloned().unwrap_or_default();
        Self {
            here: own.cloned().unwrap_or_else(|| record.clone()),
            record,
        }
    }

    pub(super) fn is_own(&self) -> bool {
        self.here != self.record
    }
}

/// What the checklist says of a frame.
#[derive(Clone)]
pub(super) struct Note {
    pub code: &'static str,
    pub blocking: bool,
    pub message: String,
}

pub(super) fn notes_by_part(list: &Checklist) -> HashMap<String, Vec<Note>> {
    let mut notes: HashMap<String, Vec<Note>> = HashMap::new();
    let blocking = list.obstacles.iter().map(|remark| (true, remark));
    let advising = list.warnings.iter().map(|remark| (false, remark));
    for (blocking, remark) in blocking.chain(advising) {
        if let Some(part) = &remark.part {
            notes.entry(part.as_str().to_owned()).or_default().push(Note {
                code: remark.code,
                blocking,
                message: told::brief(remark),
            });
        }
    }
    notes
}

/// Builds the parts' views for one person.
pub(super) struct Viewer<'a> {
    pub actor: &'a Actor,
    pub draft: &'a Draft,
    pub notes: &'a HashMap<String, Vec<Note>>,
    pub urls: &'a Urls,
    /// Width in pixels at which pictures are shown.
    pub picture_px: i32,
}

impl Viewer<'_> {
    pub(super) fn frame(&self, frame: &Frame, in_group: Option<InGroup>) -> FrameView {
        let photo = self.draft.photos.get(&frame.photo_id);
        let words = &frame.words;
        let record = |field: fn(&Photo) -> &Option<String>| photo.and_then(|photo| field(photo).as_ref());
        let photo_decorative = photo.is_some_and(|photo| photo.decorative);
        FrameView {
            id: frame.id.to_string(),
            version: frame.version,
            photo_href: self.urls.desk_photo(&frame.photo_id),
            file_name: photo.map(|photo| photo.file_name.clone()).unwrap_or_default(),
            picture: self.picture(frame, self.picture_px),
            caption: Word::new(words.caption.as_ref(), record(|photo| &photo.caption)),
            place: Word::new(words.place.as_ref(), record(|photo| &photo.place)),
            alt: Word::new(words.alt.as_ref(), record(|photo| &photo.alt)),
            credit: Word::new(words.credit.as_ref(), record(|photo| &photo.credit)),
            decorative: words.decorative.unwrap_or(photo_decorative),
            photo_decorative,
            graphic: words.graphic,
            may_change: self.actor.edits_everything()
                || photo.is_some_and(|photo| photo.owner_id == self.actor.id),
            notes: self
                .notes
                .get(PartId::Frame(frame.id.clone()).as_str())
                .cloned()
                .unwrap_or_default(),
            in_group,
        }
    }

    /// The thumbnail of a frame's photo.
    pub(super) fn thumb(&self, frame: &Frame) -> Picture {
        let renditions = self.draft.renditions.get(&frame.photo_id);
        let renditions = renditions.map(Vec::as_slice).unwrap_or_default();
        match self.draft.photos.get(&frame.photo_id) {
            Some(photo) => Picture::thumb(photo, renditions, self.urls),
            None => Picture::missing(),
        }
    }

    pub(super) fn picture(&self, frame: &Frame, width_px: i32) -> Picture {
        let renditions = self.draft.renditions.get(&frame.photo_id);
        let renditions = renditions.map(Vec::as_slice).unwrap_or_default();
        match self.draft.photos.get(&frame.photo_id) {
            Some(photo) => Picture::of(photo, renditions, width_px, self.urls),
            // A foreign key keeps this from happening.
            None => Picture::missing(),
        }
    }
}
