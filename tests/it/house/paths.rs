//! Reads the paths in Rust source that begin with `crate` or `super`. Not a parser: just enough of one to tell words from comments and
//! strings, and to follow `use` trees and inline modules.

use std::path::Path;

/// A path in a file, and the module it points to; both from the crate's root.
pub struct Import {
    pub file: String,
    pub module: Vec<String>,
    pub target: Vec<String>,
}

/// The imports of a file below `source`.
pub fn of_file(source: &Path, path: &Path) -> Vec<Import> {
    let file = path.strip_prefix(source).unwrap().to_str().unwrap().to_owned();
    let mut module: Vec<String> = file
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    let text = std::fs::read_to_string(path).unwrap();
    of_source(&text, &module)
        .into_iter()
        .map(|target| Import {
            file: file.clone(),
            module: module.clone(),
            target,
        })
        .collect()
}

/// The targets of all paths in a source text that stands in `module`.
pub fn of_source(text: &str, module: &[String]) -> Vec<Vec<String>> {
    let words = words(text);
    let mut found = Vec::new();
    // Inline modules by the depth of braces at which each ends.
    let (mut inline, mut depth): (Vec<(usize, String)>, usize) = (Vec::new(), 0);
    let mut at = 0;
    while at < words.len() {
        match words[at].as_str() {
            "{" => {
                depth += 1;
                if at >= 2 && words[at - 2] == "mod" {
                    inline.push((depth, words[at - 1].clone()));
                }
            }
            "}" => {
                if inline.last().is_some_and(|(opened, _)| *opened == depth) {
                    inline.pop();
                }
                depth -= 1;
            }
            // The program's own source names the library by its name.
            root @ ("crate" | "super" | "reportage")
                if next_is(&words, at, "::") && !follows(&words, at, "::") =>
            {
                let mut base: Vec<String> = match root {
                    "super" => module
                        .iter()
                        .chain(inline.iter().map(|(_, name)| name))
                        .cloned()
                        .collect(),
                    _ => Vec::new(),
                };
                if root == "super" {
                    base.pop();
                }
                at = tree(&words, at + 2, base, &mut found);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found.retain(|path| !path.is_empty());
    found
}

fn next_is(words: &[String], at: usize, word: &str) -> bool {
    words.get(at + 1).is_some_and(|next| next == word)
}

fn follows(words: &[String], at: usize, word: &str) -> bool {
    at > 0 && words[at - 1] == word
}

/// Follows a path, and all branches if it ends in a tree; returns where it ends.
fn tree(words: &[String], mut at: usize, mut path: Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    loop {
        match words.get(at).map_or("", String::as_str) {
            "super" => {
                path.pop();
            }
            "{" => {
                at += 1;
                while words.get(at).is_some_and(|word| word != "}") {
                    at = tree(words, at, path.clone(), found);
                    if words.get(at).is_some_and(|word| word == "as") {
                        at += 2;
                    }
                    if words.get(at).is_some_and(|word| word == ",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "*" | "self" => {}
            word if is_name(word) => path.push(word.to_owned()),
            _ => {
                found.push(path);
                return at;
            }
        }
        at += 1;
        if words.get(at).is_none_or(|word| word != "::") {
            found.push(path);
            return at;
        }
        at += 1;
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The words and signs of a source text, and its strings as they are written; without comments and characters.
pub fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut words = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        match rest {
            ['/', '/', ..] => at += rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
            ['r', '"', ..] | ['r', '#', '"' | '#', ..] => {
                let length = raw_string(rest).min(rest.len());
                words.push(rest[..length].iter().collect());
                at += length;
            }
            ['"', ..] => {
                let length = string(rest).min(rest.len());
                words.push(rest[..length].iter().collect());
                at += length;
            }
            ['\'', '\\', ..] => at += 2 + rest[2..].iter().skip(1).position(|c| *c == '\'').unwrap_or(0) + 2,
            ['\'', _, '\'', ..] => at += 3,
            [':', ':', ..] => {
                words.push("::".to_owned());
                at += 2;
            }
            [first, ..] if first.is_alphanumeric() || *first == '_' => {
                let length = rest
                    .iter()
                    .take_while(|c| c.is_alphanumeric() || **c == '_')
                    .count();
                words.push(rest[..length].iter().collect());
                at += length;
            }
            [sign, ..] => {
                if !sign.is_whitespace() {
                    words.push(sign.to_string());
                }
                at += 1;
            }
            [] => {}
        }
    }
    words
}

fn string(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != '"' {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn raw_string(rest: &[char]) -> usize {
    let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
    let end: Vec<char> = std::iter::once('"')
        .chain(std::iter::repeat_n('#', hashes))
        .collect();
    let from = hashes + 2;
    let length = rest[from.min(rest.len())..]
        .windows(end.len())
        .position(|window| window == end);
    from + length.map_or(rest.len(), |length| length + end.len())
}
