//! The order after a step was taken back, though others may have changed the order since: what the step moved goes back to where it
//! stood, and all the rest stays where it is now.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// Takes what led from `to` to `from` back in `now`. Where `now` is still `from`, the result is `to`.
pub(super) fn merged<T: Clone + Eq + Hash>(now: &[T], from: &[T], to: &[T]) -> Vec<T> {
    let known: HashSet<&T> = from.iter().collect();
    let wanted: HashSet<&T> = to.iter().collect();
    let resting = resting(from, to);
    // What stays: neither moved by the step nor brought by it.
    let mut result: Vec<T> = now
        .iter()
        .filter(|id| resting.contains(*id) || !(known.contains(*id) || wanted.contains(*id)))
        .cloned()
        .collect();
    let mut before: Option<&T> = None;
    for id in to {
        let is_gone = known.contains(id) && !now.contains(id);
        if !resting.contains(id) && !is_gone {
            let place = before
                .and_then(|before| result.iter().position(|other| other == before))
                .map_or(0, |place| place + 1);
            result.insert(place, id.clone());
        }
        if result.contains(id) {
            before = Some(id);
        }
    }
    result
}

/// The largest part of both orders that stands in the same order in both: what the step did not move.
fn resting<'a, T: Eq + Hash>(from: &'a [T], to: &'a [T]) -> HashSet<&'a T> {
    let place: HashMap<&T, usize> = from.iter().enumerate().map(|(place, id)| (id, place)).collect();
    let both: Vec<(usize, &T)> = to.iter().filter_map(|id| Some((*place.get(id)?, id))).collect();
    // The longest increasing run of places, by patience sorting: `tops[n]` ends the best run of n + 1.
    let mut tops: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = vec![None; both.len()];
    for (index, (place, _)) in both.iter().enumerate() {
        let pile = tops.partition_point(|top| both.get(*top).is_some_and(|(other, _)| other < place));
        if let Some(slot) = previous.get_mut(index) {
            *slot = pile.checked_sub(1).and_then(|pile| tops.get(pile).copied());
        }
        match tops.get_mut(pile) {
            Some(top) => *top = index,
            None => tops.push(index),
        }
    }
    let mut resting = HashSet::new();
    let mut at = tops.last().copied();
    while let Some(index) = at {
        if let Some((_, id)) = both.get(index) {
            resting.insert(*id);
        }
        at = previous.get(index).copied().flatten();
    }
    resting
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn what_others_did_since_stays() {
        // C was moved to the end; somebody put X between; C goes back behind B.
        assert_eq!(
            merged(&chars("ABXDEC"), &chars("ABDEC"), &chars("ABCDE")),
            chars("ABCXDE")
        );
        // B was taken out; somebody moved A to the end; B comes back at the front, for what stood before it is no longer there.
        assert_eq!(
            merged(&chars("CDA"), &chars("ACD"), &chars("ABCD")),
            chars("CDAB")
        );
        // X was put in; it goes again.
        assert_eq!(
            merged(&chars("ABXC"), &chars("AXBC"), &chars("ABC")),
            chars("ABC")
        );
        // What somebody removed since does not come back with a move.
        assert_eq!(
            merged(&chars("ABD"), &chars("ABDC"), &chars("ABCD")),
            chars("ABD")
        );
    }

    proptest! {
        #[test]
        fn where_nothing_happened_since_the_order_is_exactly_the_old_one(
            (from, to) in (0usize..30).prop_flat_map(|n| {
                let all: Vec<usize> = (0..n).collect();
                (prop::sample::subsequence(all.clone(), 0..=n).prop_shuffle(), prop::sample::subsequence(all, 0..=n).prop_shuffle())
            })
        ) {
            prop_assert_eq!(merged(&from, &from, &to), to);
        }

        #[test]
        fn nothing_is_doubled(
            (now, from, to) in (0usize..20).prop_flat_map(|n| {
                let some = move || prop::sample::subsequence((0..n).collect::<Vec<usize>>(), 0..=n).prop_shuffle();
                (some(), some(), some())
            })
        ) {
            let result = merged(&now, &from, &to);
            let unique: HashSet<usize> = result.iter().copied().collect();
            prop_assert_eq!(unique.len(), result.len());
        }
    }
}
