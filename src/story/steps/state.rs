//! What a draft consists of, without versions and names: two of these tell what a step changed, and a step's side tells how to go there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::document::{GroupLayout, PhotoLayout};
use super::super::draft::Draft;
use super::super::{Block, BlockContent, FrameWords, Story};
use crate::id::{BlockId, FrameId, PhotoId};

/// A block as it stands: its own words and which frames it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct BlockState {
    /// Whether it lies in the tray.
    pub removed: bool,
    /// Its kind and words.
    pub own: Own,
    /// Its frames in order.
    pub frames: Vec<FrameId>,
}

/// What a block says itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Own {
    /// Paragraphs.
    Text { markdown: String },
    /// A heading.
    Heading { text: String },
    /// A quotation.
    Quote {
        markdown: String,
        attribution: Option<String>,
    },
    /// One frame.
    Photo { layout: PhotoLayout },
    /// Several frames.
    Group {
        layout: GroupLayout,
        caption: Option<String>,
    },
}

/// A frame as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct FrameState {
    /// The photo it shows.
    pub photo: PhotoId,
    /// What it says instead of the photo.
    pub words: FrameWords,
}

/// One side of a step: those parts that the step touched, as they are on this side. `None`: not there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Side {
    /// The order of all blocks, if the step changed it.
    pub order: Option<Vec<BlockId>>,
    /// Blocks.
    pub blocks: BTreeMap<BlockId, Option<BlockState>>,
    /// Frames.
    pub frames: BTreeMap<FrameId, Option<FrameState>>,
    /// The story's own fields by name.
    pub fields: BTreeMap<String, Value>,
}

/// A whole draft.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    pub order: Vec<BlockId>,
    pub blocks: BTreeMap<BlockId, BlockState>,
    pub frames: BTreeMap<FrameId, FrameState>,
    pub fields: BTreeMap<String, Value>,
}

impl State {
    pub(super) fn of(draft: &Draft) -> Self {
        let mut state = Self {
            order: draft.blocks.iter().map(|block| block.id.clone()).collect(),
            blocks: BTreeMap::new(),
            frames: BTreeMap::new(),
            fields: fields(&draft.story),
        };
        let standing = draft.blocks.iter().map(|block| (false, block));
        for (removed, block) in standing.chain(draft.tray.iter().map(|block| (true, block))) {
            state.take(block, removed);
        }
        state
    }

    fn take(&mut self, block: &Block, removed: bool) {
        for frame in block.frames() {
            let held = FrameState {
                photo: frame.photo_id.clone(),
                words: frame.words.clone(),
            };
            self.frames.insert(frame.id.clone(), held);
        }
        let held = BlockState {
            removed,
            own: own(&block.content),
            frames: block.frames().iter().map(|frame| frame.id.clone()).collect(),
        };
        self.blocks.insert(block.id.clone(), held);
    }

    /// What differs between this draft and a later one, as it was and as it is.
    pub(super) fn changes_to(&self, after: &Self) -> (Side, Side) {
        let (mut old, mut new) = (Side::default(), Side::default());
        if self.order != after.order {
            old.order = Some(self.order.clone());
            new.order = Some(after.order.clone());
        }
        differing(&self.blocks, &after.blocks, &mut old.blocks, &mut new.blocks);
        differing(&self.frames, &after.frames, &mut old.frames, &mut new.frames);
        for (name, now) in &after.fields {
            let was = self.fields.get(name).cloned().unwrap_or(Value::Null);
            if was != *now {
                old.fields.insert(name.clone(), was);
                new.fields.insert(name.clone(), now.clone());
            }
        }
        (old, new)
    }

    /// Whether everything that a side speaks of is so now. What is not there may lie in the tray: that is how undoing leaves it.
    pub(super) fn holds(&self, side: &Side) -> bool {
        let blocks = side.blocks.iter().all(|(id, expected)| match expected {
            Some(expected) => self.blocks.get(id) == Some(expected),
            None => self.blocks.get(id).is_none_or(|block| block.removed),
        });
        let lying = |id: &FrameId| {
            let mut lying = self.blocks.values().filter(|block| block.removed);
            lying.any(|block| block.frames.contains(id))
        };
        let frames = side.frames.iter().all(|(id, expected)| match expected {
            Some(expected) => self.frames.get(id) == Some(expected),
            None => !self.frames.contains_key(id) || lying(id),
        });
        let fields = side
            .fields
            .iter()
            .all(|(name, expected)| self.fields.get(name).unwrap_or(&Value::Null) == expected);
        blocks && frames && fields
    }
}

impl Side {
    /// Whether nothing was touched.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether only words of parts or fields were touched, neither order nor what stands where.
    pub(super) fn is_words_only(&self) -> bool {
        self.order.is_none()
            && self.blocks.values().all(Option::is_some)
            && self.frames.values().all(Option::is_some)
    }

    /// Whether two sides speak of the same parts and fields.
    pub(super) fn is_about_the_same_as(&self, other: &Self) -> bool {
        self.order.is_some() == other.order.is_some()
            && self.blocks.keys().eq(other.blocks.keys())
            && self.frames.keys().eq(other.frames.keys())
            && self.fields.keys().eq(other.fields.keys())
    }
}

fn differing<K: Ord + Clone, V: PartialEq + Clone>(
    before: &BTreeMap<K, V>,
    after: &BTreeMap<K, V>,
    old: &mut BTreeMap<K, Option<V>>,
    new: &mut BTreeMap<K, Option<V>>,
) {
    for id in before.keys().chain(after.keys()) {
        let (was, now) = (before.get(id), after.get(id));
        if was != now {
            old.insert(id.clone(), was.cloned());
            new.insert(id.clone(), now.cloned());
        }
    }
}

fn own(content: &BlockContent) -> Own {
    match content {
        BlockContent::Text { markdown } => Own::Text {
            markdown: markdown.clone(),
        },
        BlockContent::Heading { text } => Own::Heading { text: text.clone() },
        BlockContent::Quote {
            markdown,
            attribution,
        } => Own::Quote {
            markdown: markdown.clone(),
            attribution: attribution.clone(),
        },
        BlockContent::Photo { layout, .. } => Own::Photo { layout: *layout },
        BlockContent::Group { layout, caption, .. } => Own::Group {
            layout: *layout,
            caption: caption.clone(),
        },
    }
}

/// The fields that a step may change. The address is none of them: readers follow it, and its old names lead on by themselves.
fn fields(story: &Story) -> BTreeMap<String, Value> {
    [
        ("title", json!(story.title)),
        ("standfirst", json!(story.standfirst)),
        ("byline", json!(story.byline)),
        ("language", json!(story.language)),
        ("date", json!(story.date)),
        ("tags", json!(story.tags)),
        ("graphic", json!(story.graphic)),
        ("lead", json!(story.lead)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
