//! The house has floors, and imports point down only. This reads every path in `src` that names another module (`use crate::…`, inline
//! `crate::…` and `super::…`) and fails on one that points up.

pub mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use paths::Import;

/// The floors of the house, from the ground up.
const FLOORS: [&[&str]; 7] = [
    &["id", "clock", "config", "text", "imaging", "metadata"],
    &["db", "store", "meters"],
    &[
        "audit", "queue", "account", "search", "site", "photo", "webhook", "repeat",
    ],
    &["story", "upload", "custody"],
    &["worker"],
    &["web"],
    &["cli", "main"],
];

/// The audiences of `web`, which never import each other and which nothing beside them imports.
const AUDIENCES: [&str; 3] = ["reader", "desk", "api"];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn imports() -> Vec<Import> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let found: Vec<Import> = crate::harness::server::files_below(&source)
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .flat_map(|path| paths::of_file(&source, path))
        .collect();
    assert!(found.len() > 500, "only {} imports were read", found.len());
    found
}

#[test]
fn every_room_stands_on_a_floor_and_no_import_points_up() {
    let mut wrong = BTreeSet::new();
    for import in imports() {
        let (from, to) = (&import.module[0], &import.target[0]);
        match (floor(from), floor(to)) {
            (Some(lower), Some(upper)) if upper > lower => {
                wrong.insert(format!(
                    "{}: {} points up to {to}",
                    import.file,
                    import.target.join("::")
                ));
            }
            (Some(_), Some(_)) => {}
            _ => {
                wrong.insert(format!("{}: {from} or {to} stands on no floor", import.file));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn rooms_of_one_floor_do_not_import_each_other_in_a_circle() {
    let mut below: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for import in imports() {
        let (from, to) = (import.module[0].clone(), import.target[0].clone());
        if from != to {
            below.entry(from).or_default().insert(to);
        }
    }
    // Rooms that import nothing which is left are taken away until none is; what stays is a circle.
    while let Some(free) = below
        .iter()
        .find(|(_, to)| to.iter().all(|room| !below.contains_key(room)))
        .map(|(room, _)| room.clone())
    {
        below.remove(&free);
    }
    assert!(below.is_empty(), "these import each other: {below:#?}");
}

#[test]
fn the_audiences_of_web_do_not_import_each_other_and_nobody_but_the_wiring_imports_them() {
    let audience = |path: &[String]| {
        let room = path.get(1).filter(|_| path[0] == "web")?;
        AUDIENCES.iter().find(|audience| *audience == room).copied()
    };
    let wrong: BTreeSet<String> = imports()
        .iter()
        .filter(|import| import.file != "web/mod.rs")
        .filter(|import| {
            let target = audience(&import.target);
            // The OpenAPI document is printed by the command line: it is asked for by name, not through HTTP.
            let is_document = import.module[0] == "cli" && import.target.join("::") == "web::api::openapi";
            target.is_some() && target != audience(&import.module) && !is_document
        })
        .map(|import| format!("{}: {}", import.file, import.target.join("::")))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_reader_of_imports_sees_every_kind_of_path() {
    let source = r#"
        // use crate::comment::Nothing;
        use crate::{db::{Conn, Db}, clock};
        const TEXT: &str = "crate::text::nothing";
        fn f(x: super::sibling::T) -> crate::id::Id { let c = '"'; super::super::store::keep(x) }
        mod tests { use super::*; fn g() { super::super::near() } }
    "#;
    let module = ["web", "api", "photos"].map(str::to_owned);
    let found: Vec<String> = paths::of_source(source, &module)
        .iter()
        .map(|path| path.join("::"))
        .collect();
    assert_eq!(
        found,
        [
            "db::Conn",
            "db::Db",
            "clock",
            "web::api::sibling::T",
            "id::Id",
            "web::store::keep",
            "web::api::photos",
            "web::api::near",
        ]
    );
}
