//! `story.md`, the script of an imported story: a title, headings, paragraphs, quotations, and lines that name photographs.
//!
//! A line is enough: a heading or a photograph needs no empty line before or behind it. What is not understood is text, and nothing is
//! dropped. Markdown within paragraphs is the text block's business.

/// A script.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Script {
    /// The first line that begins with `# `.
    pub title: Option<String>,
    /// What follows, in order.
    pub steps: Vec<Step>,
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
    /// A line such as `![](DSC_1.jpg)`: the file's name.
    Photo(String),
}

/// Reads a script.
pub(super) fn read(text: &str) -> Script {
    let mut script = Script::default();
    for line in crate::text::clean(text).lines().map(str::trim_end) {
        if let Some(quoted) = line.trim_start().strip_prefix('>') {
            add_quoted(&mut script.steps, quoted.trim());
        } else if let Some(name) = photo_named_in(line) {
            script.steps.push(Step::Photo(name.to_owned()));
        } else if let Some((level, words)) = heading(line) {
            match (level, &script.title) {
                (1, None) => script.title = Some(words.to_owned()),
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
    script.steps.retain(|step| *step != Step::Text(String::new()));
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

/// The file that a line of nothing but a picture names, without folders and without a title in quotation marks.
fn photo_named_in(line: &str) -> Option<&str> {
    let (_, target) = line
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
    target.rsplit('/').next().filter(|name| !name.is_empty())
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
mod tests {
    use super::*;

    #[test]
    fn a_script_loses_nothing_whatever_its_line_ends_and_gaps() {
        let text = "# Titel\r\nInleiding\r\nloopt door.\r\n\r\nTweede alinea.\r\n## Kop\r\nAlinea\r\n![](a.jpg)\r\n![Een veld](map/b.jpg \"Titel\")\r\n\
                    > Een dijk is geen muur.\r\n> — Jitske\r\n\r\nSlot.";
        let script = read(text);
        assert_eq!(script.title.as_deref(), Some("Titel"));
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
                Step::Photo("a.jpg".into()),
                Step::Photo("b.jpg".into()),
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
            assert_eq!(read(text).steps, [Step::Text(text.into())], "{text}");
        }
    }
}
