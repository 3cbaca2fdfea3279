//! To which state a draft goes when a revision is put back.

use std::collections::{BTreeMap, BTreeSet};

use super::super::document::PhotoLayout;
use super::super::state::{BlockState, Own, State};
use crate::id::{BlockId, FrameId, PhotoId};

/// A state without the frames whose photo is no longer there, and without blocks that held nothing else.
pub(super) fn without_missing(state: &State, is_there: impl Fn(&PhotoId) -> bool) -> State {
    let frames: BTreeMap<_, _> = state
        .frames
        .iter()
        .filter(|(_, frame)| is_there(&frame.photo))
        .map(|(id, frame)| (id.clone(), frame.clone()))
        .collect();
    let blocks: BTreeMap<_, _> = state
        .blocks
        .iter()
        .filter_map(|(id, block)| Some((id.clone(), holding(block, |frame| frames.contains_key(frame))?)))
        .collect();
    let mut left = State {
        order: state.order.clone(),
        blocks,
        frames,
        fields: state.fields.clone(),
    };
    left.order.retain(|id| left.blocks.contains_key(id));
    left.forget_lost_lead();
    left
}

/// A block with those of its frames that stay; nothing if it held frames and loses them all.
fn holding(block: &BlockState, stays: impl Fn(&FrameId) -> bool) -> Option<BlockState> {
    let frames: Vec<FrameId> = block
        .frames
        .iter()
        .filter(|frame| stays(frame))
        .cloned()
        .collect();
    let own = match (&block.own, frames.len()) {
        (Own::Photo { .. } | Own::Group { .. }, 0) => return None,
        (Own::Group { .. }, 1) => Own::Photo {
            layout: PhotoLayout::Column,
        },
        (own, _) => own.clone(),
    };
    Some(BlockState {
        removed: block.removed,
        own,
        frames,
    })
}

/// The revision `kept` as a draft that is `current` now can become it: what came since lies in the tray, and no photograph is missing.
pub(super) fn target(current: &State, kept: &State, is_there: impl Fn(&PhotoId) -> bool) -> State {
    let mut target = without_missing(kept, is_there);
    // What lay in the tray then and is gone now was thrown away since.
    target
        .blocks
        .retain(|id, block| !block.removed || current.blocks.contains_key(id));
    let held: BTreeSet<FrameId> = target
        .blocks
        .values()
        .flat_map(|block| block.frames.clone())
        .collect();
    target.frames.retain(|id, _| held.contains(id));
    for (id, block) in &current.blocks {
        let came_since = |frame: &FrameId| !held.contains(frame);
        if target.blocks.contains_key(id) {
            let came = block.frames.iter().filter(|frame| came_since(frame));
            for frame in came.cloned().collect::<Vec<_>>() {
                let own = Own::Photo {
                    layout: PhotoLayout::Column,
                };
                target.lay_aside(current, BlockId::random(), own, vec![frame]);
            }
        } else if let Some(block) = holding(block, came_since) {
            target.lay_aside(current, id.clone(), block.own, block.frames);
        }
    }
    target
}

impl State {
    /// Puts a block of another state into this one's tray.
    fn lay_aside(&mut self, other: &Self, id: BlockId, own: Own, frames: Vec<FrameId>) {
        let states = frames.iter().filter_map(|id| other.frames.get_key_value(id));
        self.frames
            .extend(states.map(|(id, frame)| (id.clone(), frame.clone())));
        let removed = true;
        self.blocks.insert(id, BlockState { removed, own, frames });
    }

    /// Takes back the choice of a lead that is no longer there.
    fn forget_lost_lead(&mut self) {
        let blocks = &self.blocks;
        if let Some(lead) = self.fields.get_mut("lead") {
            let stands = |id: &BlockId| blocks.get(id).is_some_and(|block| !block.removed);
            let is_there = lead
                .as_str()
                .and_then(|id| id.parse::<BlockId>().ok())
                .is_some_and(|id| stands(&id));
            if !is_there {
                *lead = serde_json::Value::Null;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::super::FrameWords;
    use super::super::super::state::FrameState;
    use super::*;

    /// A state with these groups of frames (one frame: a photo), all standing, each frame with a photo of its own.
    fn state(groups: &[(BlockId, Vec<(FrameId, PhotoId)>)]) -> State {
        let mut state = State {
            order: groups.iter().map(|(id, _)| id.clone()).collect(),
            blocks: BTreeMap::new(),
            frames: BTreeMap::new(),
            fields: BTreeMap::from([("lead".to_owned(), json!(groups[0].0))]),
        };
        for (id, frames) in groups {
            for (frame, photo) in frames {
                let photo = photo.clone();
                let words = FrameWords::default();
                state.frames.insert(frame.clone(), FrameState { photo, words });
            }
            let own = if frames.len() == 1 {
                Own::Photo {
                    layout: PhotoLayout::Wide,
                }
            } else {
                Own::Group {
                    layout: super::super::super::document::GroupLayout::Side,
                    caption: None,
                }
            };
            let frames = frames.iter().map(|(frame, _)| frame.clone()).collect();
            let removed = false;
            state
                .blocks
                .insert(id.clone(), BlockState { removed, own, frames });
        }
        state
    }

    fn frame() -> (FrameId, PhotoId) {
        (FrameId::random(), PhotoId::random())
    }

    #[test]
    fn what_came_since_goes_to_the_tray_and_nothing_gets_lost() {
        let (one, two) = (BlockId::random(), BlockId::random());
        let (a, b, c, d) = (frame(), frame(), frame(), frame());
        let kept = state(&[(one.clone(), vec![a.clone(), b.clone()])]);
        // Since: a third frame came into the group, one went to a block of its own with a fourth.
        let current = state(&[
            (one.clone(), vec![a.clone(), c.clone()]),
            (two.clone(), vec![b.clone(), d.clone()]),
        ]);
        let target = target(&current, &kept, |_| true);
        assert_eq!(target.order, std::slice::from_ref(&one));
        assert_eq!(target.blocks[&one].frames, [a.0.clone(), b.0.clone()]);
        assert!(target.blocks[&two].removed);
        assert_eq!(target.blocks[&two].frames, std::slice::from_ref(&d.0));
        let mut all: Vec<_> = target.blocks.values().flat_map(|block| &block.frames).collect();
        all.sort();
        let mut expected = vec![&a.0, &b.0, &c.0, &d.0];
        expected.sort();
        assert_eq!(all, expected, "each frame has one place");
    }

    #[test]
    fn a_photo_that_is_gone_leaves_with_its_block_and_a_lost_lead_is_none() {
        let (one, two) = (BlockId::random(), BlockId::random());
        let (a, b, c) = (frame(), frame(), frame());
        let gone = [a.1.clone(), b.1.clone()];
        let kept = state(&[(one, vec![a]), (two.clone(), vec![b, c.clone()])]);
        let left = without_missing(&kept, |photo| !gone.contains(photo));
        assert_eq!(left.order, std::slice::from_ref(&two));
        assert_eq!(left.blocks[&two].frames, [c.0]);
        assert!(matches!(left.blocks[&two].own, Own::Photo { .. }));
        assert_eq!(left.fields["lead"], Value::Null);
    }
}
