//! `story.md`, the script of an imported story: a title, headings, paragraphs, quotations, and lines that name photographs; and before them, between
//! two lines of three dashes, what else is known of the story.
//!
//! A line is enough: a heading or a photograph needs no empty line before or behind it. What is not understood is text, and nothing is
//! dropped. Markdown within paragraphs is the text block's business.

mod front;

pub(super) use front::Front;

use super::folder::caption;
use crate::text::{BlockText, Line, Title};

/// A script.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Script {
    /// What is said before the text; its title is that of the first line that begins with `# ` where none is said.
    pub front: Front,
    /// What follows, in order.
    pub steps: Vec<Step>,
}

impl Script {
    /// The files that it names, in order.
    pub(super) fn photos(&self) -> impl Iterator<Item = &str> {
        let steps = self.steps.iter().filter_map(|step| match step {
            Step::Photo { name, .. } => Some(name.as_str()),
            _ => None,
        });
        steps.chain(self.front.lead.as_deref())
    }
}

/// One step of a script.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A line that begins with two or more `#`.
    Heading(String),
    /// Paragraphs, with an empty line between them.
    Text(String),
    /// Lines that begin with `>`.
    Quote {
        markdown: String,
        /// The line of it that begins with a dash.
        attribution: Option<String>,
    },
    /// A line such as `![A field.](DSC_1.jpg)`.
    Photo {
        /// The file's name.
        name: String,
        /// What is said of it here; without it, the file's own caption holds.
        caption: Option<String>,
    },
}

/// Reads a script.
///
/// # Errors
/// A sentence for each thing that cannot be kept as it is.
pub(super) fn read(text: &str) -> Result<Script, Vec<String>> {
    let text = crate::text::clean(text.trim_start_matches('\u{feff}'));
    let (front, body) = front::split(&text);
    let mut wrong = Vec::new();
    let mut script = steps(body);
    let title = script.front.title.take();
    script.front = front.map_or_else(Front::default, |lines| front::read(lines, &mut wrong));
    script.front.title = match (script.front.title.take(), title) {
        (Some(title), Some(first)) => {
            // The title is said already, so this is a heading like others.
            script.steps.insert(0, Step::Heading(first));
            Some(title)
        }
        (title, first) => title.or(first),
    };
    check(&mut script, &mut wrong);
    if wrong.is_empty() { Ok(script) } else { Err(wrong) }
}

/// Brings every text into the form in which it is kept.
fn check(script: &mut Script, wrong: &mut Vec<String>) {
    let mut keep =
        |what: &str, text: &mut String, parsed: Result<String, crate::text::TextError>| match parsed {
            Ok(kept) => *text = kept,
            Err(error) => wrong.push(format!("{what} “{}…” {error}", crate::text::cut(text, 40))),
        };
    if let Some(title) = &mut script.front.title {
        let parsed = Title::parse(title).map(Title::into_string);
        keep("the title", title, parsed);
    }
    for step in &mut script.steps {
        match step {
            Step::Heading(text) => {
                let parsed = Title::parse(text).map(Title::into_string);
                keep("the heading", text, parsed);
            }
            Step::Text(text) => {
                let parsed = BlockText::parse(text).map(BlockText::into_string);
                keep("the text", text, parsed);
            }
            Step::Quote {
                markdown,
                attribution,
            } => {
                let parsed = BlockText::parse(markdown).map(BlockText::into_string);
                keep("the quotation", markdown, parsed);
                if let Some(who) = attribution {
                    let parsed = Line::parse(who).map(Line::into_string);
                    keep("the name behind a quotation", who, parsed);
                }
            }
            Step::Photo { caption: said, .. } => {
                if let Some(mut text) = said.take() {
                    let parsed = caption(&text);
                    *said = match parsed {
                        Ok(kept) => kept,
                        Err(error) => {
                            keep("the caption", &mut text, Err(error));
                            None
                        }
                    };
                }
            }
        }
    }
}

fn steps(text: &str) -> Script {
    let mut script = Script::default();
    for line in text.lines().map(str::trim_end) {
        if let Some(quoted) = line.trim_start().strip_prefix('>') {
            add_quoted(&mut script.steps, quoted.trim());
        } else if let Some((name, caption)) = photo_named_in(line) {
            script.steps.push(Step::Photo { name, caption });
        } else if let Some((level, words)) = heading(line) {
            // A first line with one # is the title, wherever it stands; another is a heading.
            match (level, &script.front.title) {
                (1, None) => script.front.title = Some(words.to_owned()),
                _ => script.steps.push(Step::Heading(words.to_owned())),
            }
        } else {
            add_text(&mut script.steps, line);
        }
    }
    for step in &mut script.steps {
        if let Step::Text(words) | Step::Quote { markdown: words, .. } = step {
            *words = words.trim().to_owned();
        }
    }
    script.steps.retain(|step| match step {
        Step::Text(words) | Step::Quote { markdown: words, .. } => !words.is_empty(),
        _ => true,
    });
    script
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let words = line.trim_start_matches('#');
    let level = line.len() - words.len();
    let words = words
        .strip_prefix(' ')
        .map(str::trim)
        .filter(|words| !words.is_empty());
    words
        .filter(|_| (1..=6).contains(&level))
        .map(|words| (level, words))
}

/// The file that a line of nothing but a picture names, without folders and without a title in quotation marks; and what it says of it.
fn photo_named_in(line: &str) -> Option<(String, Option<String>)> {
    let (said, target) = line
        .trim()
        .strip_prefix("![")?
        .strip_suffix(')')?
        .split_once("](")?;
    let target = target
        .split(" \"")
        .next()
        .unwrap_or(target)
        .trim()
        .trim_matches(['<', '>']);
    let name = target
        .rsplit(['/', '\\'])
        .next()
        .filter(|name| !name.is_empty())?;
    let said = said.trim();
    Some((unescaped(name), (!said.is_empty()).then(|| said.to_owned())))
}

/// Editors write a blank in a link as `%20`.
fn unescaped(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.bytes());
        let code = after.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        if let Some(byte) = code {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(b'%');
            rest = after;
        }
    }
    bytes.extend(rest.bytes());
    String::from_utf8(bytes).unwrap_or_else(|_| name.to_owned())
}

fn add_quoted(steps: &mut Vec<Step>, line: &str) {
    if !matches!(steps.last(), Some(Step::Quote { .. })) {
        steps.push(Step::Quote {
            markdown: String::new(),
            attribution: None,
        });
    }
    let Some(Step::Quote {
        markdown,
        attribution,
    }) = steps.last_mut()
    else {
        return;
    };
    let said = line
        .strip_prefix('—')
        .or_else(|| line.strip_prefix("--"))
        .map(str::trim);
    if let Some(name) = said.filter(|name| !name.is_empty() && !markdown.is_empty()) {
        *attribution = Some(name.to_owned());
    } else {
        markdown.push_str(line);
        markdown.push('\n');
    }
}

fn add_text(steps: &mut Vec<Step>, line: &str) {
    if let Some(Step::Text(text)) = steps.last_mut() {
        text.push_str(line);
        text.push('\n');
    } else {
        // An empty line ends a quotation; what follows it is not part of it.
        steps.push(Step::Text(format!("{line}\n")));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    fn photo(name: &str, caption: Option<&str>) -> Step {
        Step::Photo {
            name: name.into(),
            caption: caption.map(str::to_owned),
        }
    }

    #[test]
    fn a_script_loses_nothing_whatever_its_line_ends_and_gaps() {
        let text = "# Titel\r\nInleiding\r\nloopt door.\r\n\r\nTweede alinea.\r\n## Kop\r\nAlinea\r\n![](a.jpg)\r\n![Een veld](map/b%20c.jpg \"Titel\")\r\n\
                    > Een dijk is geen muur.\r\n> — Jitske\r\n\r\nSlot.";
        let script = read(text).unwrap();
        assert_eq!(script.front.title.as_deref(), Some("Titel"));
        let quote = Step::Quote {
            markdown: "Een dijk is geen muur.".into(),
            attribution: Some("Jitske".into()),
        };
        assert_eq!(
            script.steps,
            [
                Step::Text("Inleiding\nloopt door.\n\nTweede alinea.".into()),
                Step::Heading("Kop".into()),
                Step::Text("Alinea".into()),
                photo("a.jpg", None),
                photo("b c.jpg", Some("Een veld")),
                quote,
                Step::Text("Slot.".into()),
            ]
        );
    }

    #[test]
    fn what_only_looks_like_a_heading_or_a_photograph_is_text() {
        for text in [
            "#geenkop",
            "#",
            "![](",
            "![]()",
            "Zie ![](a.jpg) hier",
            "####### zeven",
        ] {
            assert_eq!(read(text).unwrap().steps, [Step::Text(text.into())], "{text}");
        }
    }

    #[test]
    fn what_is_known_of_the_story_stands_before_it_and_a_first_heading_is_one_then() {
        let text = "---\ntitle: “Een veld”: na de storm\nslug: een-veld\nlanguage: en-GB\nstandfirst: >\n  Een jaar\n  later.\nbyline: 'Anna Jansen'\n\
                    date: 2024-01\ntags:\n  - Irak\n  - \"wederopbouw\"\nlead: b.jpg\ngraphic: yes\ncolour: red\n---\n# Kop\nTekst\n";
        let script = read(text).unwrap();
        let front = &script.front;
        assert_eq!(front.title.as_deref(), Some("“Een veld”: na de storm"));
        assert_eq!(
            front.slug.as_ref().map(crate::text::Slug::as_str),
            Some("een-veld")
        );
        assert_eq!(front.language.as_deref(), Some("en-GB"));
        assert_eq!(front.standfirst.as_deref(), Some("Een jaar later."));
        assert_eq!(front.byline.as_deref(), Some("Anna Jansen"));
        assert_eq!(front.date.as_deref(), Some("2024-01"));
        assert_eq!(
            front.tags.as_deref(),
            Some(["Irak", "wederopbouw"].map(str::to_owned).as_slice())
        );
        assert_eq!(front.lead.as_deref(), Some("b.jpg"));
        assert_eq!(front.graphic, Some(true));
        assert_eq!(front.unknown, ["colour"]);
        assert_eq!(
            script.steps,
            [Step::Heading("Kop".into()), Step::Text("Tekst".into())]
        );
        assert_eq!(script.photos().collect::<Vec<_>>(), ["b.jpg"]);
    }

    #[test]
    fn everything_that_cannot_be_kept_is_told_at_once() {
        let text = format!(
            "---\nslug: Een Veld\ndate: gisteren\n---\n## {}\n",
            "a".repeat(400)
        );
        let wrong = read(&text).unwrap_err();
        assert_eq!(wrong.len(), 3, "{wrong:?}");
    }
}
