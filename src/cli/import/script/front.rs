//! What stands before a script between two lines of three dashes: `name: value`, one on a line. As much of YAML as people write there: quotation
//! marks, lists in brackets or with dashes, and texts over several indented lines.

use crate::text::{Line, Slug, Standfirst, StoryDate, Tag, TextError, Title, language};

/// What is known of the story.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::cli::import) struct Front {
    pub title: Option<String>,
    pub slug: Option<Slug>,
    pub language: Option<String>,
    pub standfirst: Option<String>,
    pub byline: Option<String>,
    pub date: Option<String>,
    /// `None` where nothing is said of them.
    pub tags: Option<Vec<String>>,
    /// The file of the photograph that leads.
    pub lead: Option<String>,
    /// `None` where nothing is said of it.
    pub graphic: Option<bool>,
    /// Names of fields that mean nothing here.
    pub unknown: Vec<String>,
}

/// The lines between the dashes, if the text begins with them, and what follows.
pub(super) fn split(text: &str) -> (Option<&str>, &str) {
    let whole = (None, text);
    let Some(rest) = text.strip_prefix("---\n") else {
        return whole;
    };
    if let Some(body) = rest.strip_prefix("---\n") {
        return (Some(""), body);
    }
    for end in ["\n---\n", "\n...\n"] {
        if let Some((front, body)) = rest.split_once(end) {
            return (Some(front), body);
        }
    }
    match rest.strip_suffix("\n---") {
        Some(front) => (Some(front), ""),
        None => whole,
    }
}

/// Reads the lines.
pub(super) fn read(lines: &str, wrong: &mut Vec<String>) -> Front {
    let mut front = Front::default();
    for (name, value) in fields(lines) {
        let text = value.join("\n");
        let line = value.join(" ");
        match name.to_lowercase().as_str() {
            "title" => front.title = keep(wrong, "title", Title::parse(&line).map(Title::into_string)),
            "slug" => front.slug = keep(wrong, "slug", Slug::parse(&line)),
            "language" | "lang" => front.language = keep(wrong, "language", language::parse(&line)),
            "standfirst" => {
                let parsed = Standfirst::parse(&text).map(Standfirst::into_string);
                front.standfirst = keep(wrong, "standfirst", parsed);
            }
            "byline" => front.byline = keep(wrong, "byline", Line::parse(&line).map(Line::into_string)),
            "date" => {
                front.date = keep(wrong, "date", StoryDate::parse(&line).map(StoryDate::into_string));
            }
            "tags" => {
                let tags = items(&value);
                let tags = tags.iter().map(|tag| Tag::parse(tag).map(Tag::into_string));
                front.tags = Some(tags.filter_map(|tag| keep(wrong, "tags", tag)).collect());
            }
            "lead" => front.lead = Some(line).filter(|line| !line.is_empty()),
            // A field that is there and empty says nothing.
            "graphic" if line.trim().is_empty() => {}
            "graphic" => {
                front.graphic = Some(matches!(line.to_lowercase().as_str(), "true" | "yes" | "ja"));
            }
            _ => front.unknown.push(name),
        }
    }
    front
}

fn keep<T>(wrong: &mut Vec<String>, field: &str, parsed: Result<T, TextError>) -> Option<T> {
    match parsed {
        Ok(value) => Some(value),
        // A field that is there and empty is a field that is not there.
        Err(TextError::Empty) => None,
        Err(error) => {
            wrong.push(format!("the field “{field}” {error}"));
            None
        }
    }
}

/// Names with the lines of their values. A folded text (`>`) is one line for each of its paragraphs, an item of a list is one.
fn fields(lines: &str) -> Vec<(String, Vec<String>)> {
    let mut fields: Vec<(String, Vec<String>)> = Vec::new();
    let mut folds = false;
    let mut ends_paragraph = true;
    for line in lines.lines() {
        let indented = line.starts_with([' ', '\t', '-']);
        if !indented && let Some((name, value)) = line.split_once(':') {
            let value = value.trim();
            folds = value.starts_with('>');
            ends_paragraph = true;
            let is_mark = matches!(value, "" | "|" | ">" | "|-" | ">-");
            let first = if is_mark {
                Vec::new()
            } else {
                vec![unquoted(value)]
            };
            fields.push((name.trim().to_owned(), first));
            continue;
        }
        let Some((_, value)) = fields.last_mut() else {
            continue;
        };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') && value.is_empty() {
            ends_paragraph = true;
            if !folds && !value.is_empty() {
                value.push(String::new());
            }
            continue;
        }
        let item = unquoted(line.strip_prefix("- ").unwrap_or(line));
        if let Some(last) = value.last_mut().filter(|_| folds && !ends_paragraph) {
            last.push(' ');
            last.push_str(&item);
        } else {
            if folds && !value.is_empty() {
                value.push(String::new());
            }
            value.push(item);
        }
        ends_paragraph = false;
    }
    fields
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    for mark in ['"', '\''] {
        let inner = text.strip_prefix(mark).and_then(|text| text.strip_suffix(mark));
        if let Some(inner) = inner {
            return inner.to_owned();
        }
    }
    text.to_owned()
}

/// The items of a list: lines with a dash, or one line in brackets or with commas.
fn items(value: &[String]) -> Vec<String> {
    let [line] = value else {
        return value.iter().filter(|item| !item.is_empty()).cloned().collect();
    };
    line.trim_start_matches('[')
        .trim_end_matches(']')
        .split(',')
        .map(unquoted)
        .filter(|item| !item.is_empty())
        .collect()
}
