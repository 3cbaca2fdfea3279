//! Shortcodes of the classic editor, written as elements so that one reader of HTML sees everything in its order.
//!
//! WordPress obeys a shortcode when a plugin has registered its name; which names that were, the export does not say. Those of WordPress itself are
//! known. Others are taken for shortcodes if they look like nothing else: with a value (`[map id="3"]`), with an end (`[box]…[/box]`), or with a
//! name that no one would write in brackets (`[contact-form-7]`). `[sic]` and `[1]` are words.

use std::collections::HashSet;

/// Those of WordPress itself that mean something here.
const OWN: [&str; 8] = [
    "gallery",
    "caption",
    "wp_caption",
    "embed",
    "audio",
    "video",
    "playlist",
    "more",
];

/// Bytes in which a tag or shortcode ends.
const MOST_BYTES: usize = 64 * 1024;

/// The element that stands for a shortcode: `wp-gallery`, and `wp-shortcode` for those that are not known.
pub(super) const UNKNOWN: &str = "wp-shortcode";

/// Writes the shortcodes of a text as elements. What stands in tags and comments is left alone.
pub(super) fn as_elements(text: &str) -> String {
    let closed = closed_names(text);
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = text;
    while let Some(at) = rest.find(['[', '<']) {
        let (before, here) = rest.split_at(at);
        out.push_str(before);
        // A comment may be long; a tag or shortcode that does not end soon is none.
        let near = here.get(..here.floor_char_boundary(MOST_BYTES)).unwrap_or(here);
        let taken = if here.starts_with("<!--") {
            here.find("-->").map_or(here.len(), |end| end + 3)
        } else if here.starts_with('<') {
            tag_length(near)
        } else {
            shortcode(near, &closed, &mut out)
        };
        if here.starts_with('<') {
            out.push_str(here.get(..taken).unwrap_or(here));
        }
        rest = here.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The names that are closed somewhere, looked up once.
fn closed_names(text: &str) -> HashSet<&str> {
    text.match_indices("[/")
        .filter_map(|(at, _)| name_of(text.get(at + 2..)?))
        .collect()
}

/// Bytes of the tag that begins here; 1 for a `<` that begins none.
fn tag_length(here: &str) -> usize {
    let begins_tag = here
        .get(1..)
        .and_then(|rest| rest.chars().next())
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '/');
    if !begins_tag {
        return 1;
    }
    let mut quote = None;
    for (at, c) in here.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    1
}

fn name_of(text: &str) -> Option<&str> {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .unwrap_or(text.len());
    text.get(..end)
        .filter(|name| name.chars().next().is_some_and(|c| c.is_ascii_alphabetic()))
}

/// Writes what begins with the bracket here; gives the bytes that were taken.
fn shortcode(here: &str, closed: &HashSet<&str>, out: &mut String) -> usize {
    // `[[gallery]]` is how one writes about a shortcode.
    if let Some(end) = here.strip_prefix("[[").and_then(|rest| rest.find("]]")) {
        let inner = here.get(2..2 + end).unwrap_or_default();
        if name_of(inner.trim_start_matches('/')).is_some() && !inner.contains(['[', '<']) {
            out.push_str(&format!("[{inner}]"));
            return end + 4;
        }
    }
    let (is_end, inside) = match here.strip_prefix("[/") {
        Some(rest) => (true, rest),
        None => (false, here.get(1..).unwrap_or_default()),
    };
    let parsed = name_of(inside).and_then(|name| {
        let rest = inside.get(name.len()..)?;
        let (attributes, length) = attributes(rest)?;
        Some((name, attributes, inside.len() - rest.len() + length))
    });
    let Some((name, attributes, length)) = parsed else {
        out.push('[');
        return 1;
    };
    let taken = length + if is_end { 2 } else { 1 };
    let raw = here.get(..taken).unwrap_or(here);
    let is_own = OWN.contains(&name);
    let has_end = closed.contains(name);
    let is_plain_word = !name.contains(['-', '_']) && attributes.iter().all(|(key, _)| key.is_empty());
    if !is_own && !has_end && is_plain_word {
        out.push('[');
        return 1;
    }
    match (is_own, is_end) {
        (true, true) => out.push_str(&format!("</wp-{}>", element(name))),
        (true, false) => {
            out.push_str(&format!("<wp-{}", element(name)));
            for (index, (key, value)) in attributes.iter().enumerate() {
                let key = if key.is_empty() {
                    format!("value{index}")
                } else {
                    key.clone()
                };
                out.push_str(&format!(" {key}=\"{}\"", crate::text::escape(value)));
            }
            out.push('>');
            // One that is never closed would take the rest of the post with it.
            if !has_end || raw.ends_with("/]") {
                out.push_str(&format!("</wp-{}>", element(name)));
            }
        }
        (false, true) => {}
        (false, false) => out.push_str(&format!(
            "<{UNKNOWN} raw=\"{}\"></{UNKNOWN}>",
            crate::text::escape(raw)
        )),
    }
    taken
}

fn element(name: &str) -> &str {
    if name == "wp_caption" { "caption" } else { name }
}

type Attributes = Vec<(String, String)>;

/// The attributes up to the closing bracket, and the bytes they take with it; `None` if it is no shortcode's.
fn attributes(text: &str) -> Option<(Attributes, usize)> {
    let mut found = Attributes::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{a0}');
        let skipped = rest.len() - trimmed.len();
        at += skipped;
        if let Some(length) = trimmed
            .strip_prefix(']')
            .map(|_| 1)
            .or(trimmed.strip_prefix("/]").map(|_| 2))
        {
            return Some((found, at + length));
        }
        // Something must part a name from what follows it.
        if skipped == 0 && found.is_empty() || found.len() > 100 {
            return None;
        }
        let (key, value, length) = attribute(trimmed)?;
        found.push((key, value));
        at += length;
    }
}

/// `key="value"`, `key=value` or a bare value.
fn attribute(text: &str) -> Option<(String, String, usize)> {
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '=' | ']' | '[' | '"' | '\'' | '<'))?;
    let word = text.get(..end)?;
    let behind = text.get(end..)?;
    let Some(value) = behind.strip_prefix('=') else {
        if end == 0 {
            let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let inside = text.get(1..)?;
            let close = inside.find(quote)?;
            return Some((String::new(), inside.get(..close)?.to_owned(), close + 2));
        }
        return Some((String::new(), word.to_owned(), end));
    };
    let is_key = !word.is_empty()
        && word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if !is_key {
        return None;
    }
    let key = word.to_ascii_lowercase();
    if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let inside = value.get(1..)?;
        let close = inside.find(quote)?;
        return Some((key, decoded(inside.get(..close)?), end + 1 + close + 2));
    }
    let close = value.find(|c: char| c.is_whitespace() || c == ']')?;
    Some((key, decoded(value.get(..close)?), end + 1 + close))
}

/// Values are HTML: they are escaped again as attributes.
fn decoded(value: &str) -> String {
    super::tree::text_of(value)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]
mod tests {
    use super::as_elements;

    #[test]
    fn those_of_wordpress_become_elements_with_their_values() {
        assert_eq!(
            as_elements(r#"a [gallery ids="3,1,2" columns=2] b"#),
            r#"a <wp-gallery ids="3,1,2" columns="2"></wp-gallery> b"#
        );
        assert_eq!(
            as_elements(
                r#"[caption id="attachment_7" width="300"]<img src="a.jpg" alt="[x]" /> Een <em>veld</em>[/caption]"#
            ),
            r#"<wp-caption id="attachment_7" width="300"><img src="a.jpg" alt="[x]" /> Een <em>veld</em></wp-caption>"#
        );
    }

    #[test]
    fn words_in_brackets_are_words() {
        for text in [
            "[sic]",
            "[1]",
            "[…]",
            "[red.]",
            "a [b c] d",
            "[",
            "[[",
            "[]",
            "x[0]",
            "<p title=\"[gallery]\">",
            "1 < 2 [ok]",
        ] {
            assert_eq!(as_elements(text), text);
        }
        assert_eq!(as_elements("[[gallery]]"), "[gallery]");
    }

    #[test]
    fn others_that_can_be_nothing_else_are_named() {
        assert_eq!(
            as_elements("[box color=\"red\"]Tekst[/box]"),
            "<wp-shortcode raw=\"[box color=&quot;red&quot;]\"></wp-shortcode>Tekst"
        );
        assert!(as_elements("[contact-form-7 id=\"3\"]").starts_with("<wp-shortcode"));
    }
}
