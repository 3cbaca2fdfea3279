//! What readers may not read while photographs of a draft hide something: worked out once, for all of its texts.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::{Block, Frame};
use crate::id::PhotoId;
use crate::photo::Photo;
use crate::text::naming::words_of_place;
use crate::text::silence::without_sentences_naming;

/// The words that each photograph of a draft hides, as [`crate::text::naming`] looks for them.
#[derive(Debug)]
pub struct Concealed<'a> {
    of_photos: BTreeMap<&'a PhotoId, Vec<String>>,
    /// The photographs that stand in the order, not in the tray alone.
    shown: BTreeSet<&'a PhotoId>,
}

impl<'a> Concealed<'a> {
    /// Of the photographs in a draft: their own words, and those of the places that frames name here.
    #[must_use]
    pub fn in_draft(draft: &'a Draft) -> Self {
        let shown = draft.blocks.iter().flat_map(Block::frames);
        let shown: BTreeSet<&PhotoId> = shown.map(|frame| &frame.photo_id).collect();
        let mut places: BTreeMap<&PhotoId, Vec<&str>> = BTreeMap::new();
        for frame in draft.blocks.iter().chain(&draft.tray).flat_map(Block::frames) {
            let named = places.entry(&frame.photo_id).or_default();
            named.extend(frame.words.place.as_deref());
        }
        let hiding = draft.photos.values().filter(|photo| photo.hides_place());
        let of_photos = hiding.map(|photo| {
            let mut words = photo.concealed_words();
            let here = places.get(&photo.id).into_iter().flatten();
            words.extend(here.flat_map(|place| words_of_place(place)));
            words.sort();
            words.dedup();
            (&photo.id, words)
        });
        let of_photos = of_photos.collect();
        Self { of_photos, shown }
    }

    /// What one photograph hides; nothing where it hides nothing.
    #[must_use]
    pub fn by(&self, photo: &PhotoId) -> &[String] {
        self.of_photos.get(photo).map(Vec::as_slice).unwrap_or_default()
    }

    /// What the photographs of these frames hide.
    #[must_use]
    pub fn by_frames<'f>(&self, frames: impl IntoIterator<Item = &'f Frame>) -> Vec<String> {
        let words = frames.into_iter().flat_map(|frame| self.by(&frame.photo_id));
        let words: BTreeSet<&String> = words.collect();
        words.into_iter().cloned().collect()
    }

    /// What all of its photographs hide, those of blocks in the tray among them.
    #[must_use]
    pub fn by_all(&self) -> Vec<String> {
        let words: BTreeSet<&String> = self.of_photos.values().flatten().collect();
        words.into_iter().cloned().collect()
    }

    /// What the photographs hide that the story shows.
    #[must_use]
    pub fn by_shown(&self) -> Vec<String> {
        let words = self.shown.iter().flat_map(|photo| self.by(photo));
        let words: BTreeSet<&String> = words.collect();
        words.into_iter().cloned().collect()
    }

    /// A text that belongs to a photograph, without the sentences that name what it hides; `None` where nothing is left.
    ///
    /// Whoever's words they are: what was hidden in what is live must not come back with the next publication, by the hour perhaps, when nobody looks.
    #[must_use]
    pub fn silent(&self, photo: &Photo, text: Option<&str>) -> Option<String> {
        Some(without_sentences_naming(text?, self.by(&photo.id))).filter(|text| !text.is_empty())
    }
}
