//! What an import tells: what was found, what is missing, what was left out.

use super::library::LeftOut;
use crate::cli::{Incomplete, say};
use crate::clock::Millis;
use crate::story::checklist;
use crate::story::draft::Draft;

/// Names told in one line; nobody reads more.
const MOST_NAMES: usize = 12;

/// What a photograph says, for the count of what is missing.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub name: String,
    pub caption: bool,
    pub alt: bool,
    pub credit: bool,
}

/// "1 photograph", "3 photographs".
pub(super) fn photographs(number: usize) -> String {
    if number == 1 {
        "1 photograph".to_owned()
    } else {
        format!("{number} photographs")
    }
}

/// Names with commas between, the first of many.
pub(super) fn names<'a>(of: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = of.collect();
    let told = all.get(..MOST_NAMES).unwrap_or(&all).join(", ");
    match all.len().saturating_sub(MOST_NAMES) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

/// Whether a photograph has some words.
type Has = fn(&Said) -> bool;

/// Tells what was found: how many, how many were known, and whose words are missing.
pub(super) fn tell_found(found: &[Said], known: usize) {
    let there = match known {
        0 => String::new(),
        known => format!(", {known} of them in the library already"),
    };
    say(&format!("Found: {}{there}.", photographs(found.len())));
    let gaps: [(&str, Has); 3] = [
        ("caption", |said| said.caption),
        ("alt text", |said| said.alt),
        ("credit", |said| said.credit),
    ];
    for (what, has) in gaps {
        let missing: Vec<&Said> = found.iter().filter(|said| !has(said)).collect();
        if !missing.is_empty() {
            let names = names(missing.iter().map(|said| said.name.as_str()));
            say(&format!("Without {what}: {} ({names})", missing.len()));
        }
    }
}

/// Tells which files were left out, and why.
pub(super) fn tell_left_out(files: &[LeftOut]) {
    for file in files {
        say(&format!("  {} is left out: {}", file.name, file.reason));
    }
}

/// Tells what the checklist says of a draft.
pub(super) fn tell_checklist(draft: &Draft, now: Millis) {
    let list = checklist::check(draft, now);
    for remark in list.obstacles.iter().chain(&list.warnings) {
        say(&format!("  - {}", remark.message));
    }
}

/// The end of an import of which something is missing: an error of its own kind, so that a script can tell.
pub(super) fn end(left_out: &[LeftOut], unknown: &[String]) -> anyhow::Result<()> {
    let missed: Vec<&str> = left_out
        .iter()
        .filter(|file| file.is_missed())
        .map(|file| file.name.as_str())
        .collect();
    let mut lines = Vec::new();
    if !missed.is_empty() {
        lines.push(format!(
            "{} could not be taken in ({})",
            photographs(missed.len()),
            names(missed.into_iter())
        ));
    }
    if !unknown.is_empty() {
        let names = names(unknown.iter().map(String::as_str));
        lines.push(format!("story.md names photographs that are not there ({names})"));
    }
    if lines.is_empty() {
        Ok(())
    } else {
        Err(Incomplete(format!(
            "not all of the folder is in the story: {}",
            lines.join("; ")
        ))
        .into())
    }
}
