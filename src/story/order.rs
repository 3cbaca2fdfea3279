//! Order, as a pure function: take one out, count, put it back. Every way to reorder (drag, menu, keyboard, API) ends here.

/// Moves `id` to `position`, zero-based and counted after it was taken out; beyond the end means last. `false` if it is not there.
pub fn move_to<T: PartialEq>(order: &mut Vec<T>, id: &T, position: usize) -> bool {
    let Some(from) = order.iter().position(|other| other == id) else {
        return false;
    };
    let moved = order.remove(from);
    order.insert(position.min(order.len()), moved);
    true
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn positions_are_counted_after_removal() {
        let mut order = vec!['a', 'b', 'c', 'd'];
        assert!(move_to(&mut order, &'a', 2));
        assert_eq!(order, ['b', 'c', 'a', 'd']);
        assert!(move_to(&mut order, &'d', 99));
        assert_eq!(order, ['b', 'c', 'a', 'd']);
        assert!(!move_to(&mut order, &'x', 0));
    }

    proptest! {
        #[test]
        fn a_move_loses_and_doubles_nothing(
            (length, moves) in (1usize..40).prop_flat_map(|n| {
                (Just(n), prop::collection::vec((0..n, 0..n + 3), 0..60))
            })
        ) {
            let mut order: Vec<usize> = (0..length).collect();
            for (id, position) in moves {
                prop_assert!(move_to(&mut order, &id, position));
                prop_assert_eq!(order[position.min(length - 1)], id);
            }
            order.sort_unstable();
            prop_assert_eq!(order, (0..length).collect::<Vec<_>>());
        }
    }
}
