//! Order, as pure functions: take one out, count, put it back; and the names of files as people count. Every way to reorder (drag, menu,
//! keyboard, API) ends here.

/// Moves `id` to `position`, zero-based and counted after it was taken out; beyond the end means last. `false` if it is not there.
pub fn move_to<T: PartialEq>(order: &mut Vec<T>, id: &T, position: usize) -> bool {
    let Some(from) = order.iter().position(|other| other == id) else {
        return false;
    };
    let moved = order.remove(from);
    order.insert(position.min(order.len()), moved);
    true
}

/// A key by which file names sort as people count: `DSC_9` before `DSC_10`, whatever the case of letters.
#[must_use]
pub fn natural(file_name: &str) -> Vec<(u8, u64, String)> {
    let mut key: Vec<(u8, u64, String)> = Vec::new();
    for c in file_name.to_lowercase().chars() {
        match (c.to_digit(10), key.last_mut()) {
            (Some(digit), Some((0, number, digits))) => {
                *number = number.saturating_mul(10).saturating_add(digit.into());
                digits.push(c);
            }
            (Some(digit), _) => key.push((0, digit.into(), c.to_string())),
            (None, Some((1, _, text))) => text.push(c),
            (None, _) => key.push((1, 0, c.to_string())),
        }
    }
    key
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

    #[test]
    fn file_names_sort_as_people_count() {
        let mut names = vec![
            "DSC_10.jpg",
            "dsc_9.jpg",
            "DSC_1.jpg",
            "b.jpg",
            "A2.jpg",
            "A10.jpg",
        ];
        names.sort_by_cached_key(|name| natural(name));
        assert_eq!(
            names,
            [
                "A2.jpg",
                "A10.jpg",
                "b.jpg",
                "DSC_1.jpg",
                "dsc_9.jpg",
                "DSC_10.jpg"
            ]
        );
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
