//! One side of a step: those parts of a draft that it touched, as they were or as they became.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::state::{BlockState, FrameState, State};
use crate::id::{BlockId, FrameId};

/// One side of a step: those parts that the step touched, as they are on this side. `None`: not there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::story) struct Side {
    /// The order of all blocks, if the step changed it.
    pub order: Option<Vec<BlockId>>,
    /// Blocks.
    pub blocks: BTreeMap<BlockId, Option<BlockState>>,
    /// Frames.
    pub frames: BTreeMap<FrameId, Option<FrameState>>,
    /// The story's own fields by name.
    pub fields: BTreeMap<String, Value>,
}

impl State {
    /// What differs between this draft and a later one, as it was and as it is.
    pub(in crate::story) fn changes_to(&self, after: &Self) -> (Side, Side) {
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
    pub(in crate::story) fn is_empty(&self) -> bool {
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
