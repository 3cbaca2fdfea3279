//! What a draft consists of, without versions and names. Two of these tell what a step changed; one of them, kept, is a revision.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::document::{GroupLayout, PhotoLayout};
use super::draft::Draft;
use super::{Block, BlockContent, Frame, FrameWords, Story};
use crate::clock::Millis;
use crate::id::{AccountId, BlockId, FrameId, PhotoId};

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

/// A whole draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    /// The blocks that stand, in reading order.
    pub order: Vec<BlockId>,
    /// Those that stand, and those that lie in the tray.
    pub blocks: BTreeMap<BlockId, BlockState>,
    /// The frames of all of them.
    pub frames: BTreeMap<FrameId, FrameState>,
    /// The story's own fields by name.
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
}

impl State {
    /// The blocks of the state, those that stand in order and those of the tray, as if somebody had just made them.
    pub(super) fn blocks_of(&self, by: &AccountId, at: Millis) -> (Vec<Block>, Vec<Block>) {
        let standing = self
            .order
            .iter()
            .filter_map(|id| self.block(id, by, at))
            .collect();
        let lying = self.blocks.iter().filter(|(_, block)| block.removed);
        let tray = lying.filter_map(|(id, _)| self.block(id, by, at)).collect();
        (standing, tray)
    }

    fn block(&self, id: &BlockId, by: &AccountId, at: Millis) -> Option<Block> {
        let block = self.blocks.get(id)?;
        let mut frames = block.frames.iter().filter_map(|id| {
            let state = self.frames.get(id)?;
            Some(Frame {
                id: id.clone(),
                photo_id: state.photo.clone(),
                words: state.words.clone(),
                version: 0,
                updated_by: by.clone(),
                updated_at: at,
            })
        });
        let content = match block.own.clone() {
            Own::Text { markdown } => BlockContent::Text { markdown },
            Own::Heading { text } => BlockContent::Heading { text },
            Own::Quote {
                markdown,
                attribution,
            } => BlockContent::Quote {
                markdown,
                attribution,
            },
            Own::Photo { layout } => BlockContent::Photo {
                layout,
                frame: frames.next()?,
            },
            Own::Group { layout, caption } => BlockContent::Group {
                layout,
                caption,
                frames: frames.collect(),
            },
        };
        Some(Block {
            id: id.clone(),
            content,
            version: 0,
            updated_by: by.clone(),
            updated_at: at,
        })
    }

    /// A story with the fields of this state.
    pub(super) fn fields_over(&self, story: Story) -> Story {
        let text = |name: &str| self.fields.get(name).and_then(Value::as_str).map(str::to_owned);
        let tags = self.fields.get("tags").cloned();
        Story {
            title: text("title").unwrap_or_default(),
            standfirst: text("standfirst"),
            byline: text("byline"),
            language: text("language").unwrap_or_else(|| story.language.clone()),
            date: text("date"),
            tags: tags
                .and_then(|tags| serde_json::from_value(tags).ok())
                .unwrap_or_default(),
            graphic: self.fields.get("graphic").and_then(Value::as_bool) == Some(true),
            lead: text("lead").and_then(|id| id.parse().ok()),
            ..story
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
