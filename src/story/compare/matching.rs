//! Which part of one side is which part of the other, and which of those that stayed have moved.

use similar::{Algorithm, DiffTag, capture_diff_slices};

/// What can be known again.
pub(super) trait Known {
    /// Its id, where there is one.
    fn id(&self) -> Option<&str>;
    /// Whether it is the same in all that it is known by.
    fn is_alike(&self, other: &Self) -> bool;
    /// Whether it may be the same, changed; asked only where ids are missing.
    fn may_be(&self, other: &Self) -> bool;
}

/// For each part of the later side the index of the same part on the earlier side: by its id; else the same content; else, where a side has no ids,
/// what stands at the same place and may have changed.
pub(super) fn pair<T: Known>(before: &[T], after: &[T]) -> Vec<Option<usize>> {
    let mut pairs: Vec<Option<usize>> = after
        .iter()
        .map(|part| {
            let id = part.id()?;
            before.iter().position(|other| other.id() == Some(id))
        })
        .collect();
    pair_alike(before, after, &mut pairs);
    if before.iter().chain(after).any(|part| part.id().is_none()) {
        pair_in_place(before, after, &mut pairs);
    }
    pairs
}

fn is_free(pairs: &[Option<usize>], old: usize) -> bool {
    !pairs.contains(&Some(old))
}

/// Pairs what has the same content, in order where order tells them apart.
fn pair_alike<T: Known>(before: &[T], after: &[T], pairs: &mut [Option<usize>]) {
    for (new, part) in after.iter().enumerate() {
        if pairs.get(new).copied().flatten().is_some() {
            continue;
        }
        let same = before
            .iter()
            .enumerate()
            .find(|(old, other)| is_free(pairs, *old) && part.is_alike(other));
        if let (Some((old, _)), Some(slot)) = (same, pairs.get_mut(new)) {
            *slot = Some(old);
        }
    }
}

/// Pairs what is left between two pairs that hold: one after the other, as far as they may be the same.
fn pair_in_place<T: Known>(before: &[T], after: &[T], pairs: &mut [Option<usize>]) {
    let mut from = 0;
    for new in 0..after.len() {
        if let Some(old) = pairs.get(new).copied().flatten() {
            from = old + 1;
            continue;
        }
        let until = pairs
            .iter()
            .skip(new)
            .flatten()
            .copied()
            .find(|old| *old >= from)
            .unwrap_or(before.len());
        let fitting = (from..until).find(|old| {
            let both = before.get(*old).zip(after.get(new));
            is_free(pairs, *old) && both.is_some_and(|(was, is)| is.may_be(was))
        });
        if let (Some(old), Some(slot)) = (fitting, pairs.get_mut(new)) {
            *slot = Some(old);
            from = old + 1;
        }
    }
}

/// Of parts that stayed, named by their earlier place in the later order: which have kept their place among each other. As many as can be have; the
/// others were moved.
pub(super) fn staying(places: &[usize]) -> Vec<bool> {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    // What the two orders have in common in the same order is the longest such list.
    let mut stays = vec![false; places.len()];
    for op in capture_diff_slices(Algorithm::Myers, &sorted, places) {
        let (tag, _, new) = op.as_tag_tuple();
        if tag == DiffTag::Equal {
            for index in new {
                if let Some(slot) = stays.get_mut(index) {
                    *slot = true;
                }
            }
        }
    }
    stays
}
