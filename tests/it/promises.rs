//! Every promise of docs/security.md has tests that hold it: `promises.table` says which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::harness::server::files_below;

/// The numbers of the promises, as the document counts them.
fn promised() -> Vec<u32> {
    let document = include_str!("../../docs/security.md");
    let rows = document.lines().filter_map(|line| line.strip_prefix("| "));
    rows.filter_map(|row| row.split(' ').next()?.parse().ok())
        .collect()
}

fn table() -> BTreeMap<u32, Vec<&'static str>> {
    let mut table: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    let mut number = 0;
    for line in include_str!("promises.table").lines() {
        if let Some(test) = line.strip_prefix("    ") {
            table.entry(number).or_default().push(test);
        } else if !line.starts_with('#') {
            number = line.parse().unwrap();
        }
    }
    table
}

/// The names of all tests, of the program and of its own crates.
fn tests() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = ["src", "tests", "crates"].map(|folder| files_below(&root.join(folder)));
    let mut names = BTreeSet::new();
    for path in files.iter().flatten() {
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            is_test |= line.starts_with("#[") && line.contains("test]");
            if let Some(rest) = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ") {
                if is_test {
                    names.insert(rest.split('(').next().unwrap().to_owned());
                }
                is_test = false;
            }
        }
    }
    assert!(names.len() > 500, "only {} tests were found", names.len());
    names
}

#[test]
fn every_promise_has_a_test_and_every_test_that_is_named_is_one() {
    let (promised, table, tests) = (promised(), table(), tests());
    assert_eq!(promised, (1..=41).collect::<Vec<u32>>());
    for number in &promised {
        assert!(table.contains_key(number), "promise {number} has no test");
    }
    for (number, named) in &table {
        assert!(promised.contains(number), "{number} is no promise");
        for name in named {
            assert!(tests.contains(*name), "{name}, of promise {number}, is no test");
        }
    }
}
