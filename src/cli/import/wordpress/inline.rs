//! Words with their marks as Markdown: one paragraph of a post.
//!
//! Whoever opens the text at the desk must see their words, so as little is escaped as keeps them what they are. Markdown cannot mark every word that
//! HTML can: where the marks would come out as asterisks, the words are kept without them, and that is told.

use unicode_normalization::UnicodeNormalization;

use crate::text::markdown_to_plain;

/// How words stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub strong: bool,
    pub em: bool,
    pub strike: bool,
    pub code: bool,
    /// Where they lead.
    pub link: Option<String>,
}

/// Words that stand alike.
#[derive(Debug, Clone, PartialEq)]
struct Run {
    text: String,
    marks: Marks,
}

/// A paragraph in the making; `\n` is a line break.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Paragraph(Vec<Run>);

/// A finished paragraph.
#[derive(Debug, PartialEq)]
pub(super) struct Written {
    pub markdown: String,
    pub plain: String,
    /// Whether marks had to be left out.
    pub lost_marks: bool,
}

impl Paragraph {
    /// Adds words; white space is one space, and control characters are none.
    pub(super) fn push(&mut self, text: &str, marks: &Marks) {
        let mut words = String::with_capacity(text.len());
        for c in text.nfc().filter(|c| c.is_whitespace() || !c.is_control()) {
            let is_space = c.is_whitespace() && c != '\u{a0}';
            if !is_space {
                words.push(c);
            } else if !(words.ends_with(' ') || words.is_empty() && self.ends_with_space()) {
                words.push(' ');
            }
        }
        self.add(words, marks);
    }

    /// Adds a line break.
    pub(super) fn break_line(&mut self) {
        if let Some(last) = self.0.last_mut() {
            last.text.truncate(last.text.trim_end_matches(' ').len());
            self.add("\n".to_owned(), &Marks::default());
        }
    }

    /// Whether a line has just begun.
    pub(super) fn is_at_line_start(&self) -> bool {
        self.0.last().is_none_or(|run| run.text.ends_with('\n'))
    }

    fn ends_with_space(&self) -> bool {
        self.0
            .last()
            .is_none_or(|run| run.text.is_empty() || run.text.ends_with([' ', '\n']))
    }

    fn add(&mut self, text: String, marks: &Marks) {
        if text.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.marks == *marks => last.text.push_str(&text),
            _ => self.0.push(Run {
                text,
                marks: marks.clone(),
            }),
        }
    }

    /// The paragraph as Markdown; `None` if there are no words in it.
    pub(super) fn write(&self) -> Option<Written> {
        let plain: String = self.0.iter().map(|run| run.text.as_str()).collect();
        let plain = plain.trim().to_owned();
        if plain.is_empty() {
            return None;
        }
        let runs = tidy(&self.0);
        let linked = |marks: &Marks| Marks {
            link: marks.link.clone(),
            ..Marks::default()
        };
        let ways: [&dyn Fn(&Marks) -> Marks; 3] = [&|marks: &Marks| marks.clone(), &linked, &|_: &Marks| {
            Marks::default()
        }];
        let mut markdown = String::new();
        for (tried, way) in ways.into_iter().enumerate() {
            markdown = markdown_of(&with_marks(&runs, way));
            if says(&markdown, &plain) {
                return Some(Written {
                    markdown,
                    plain,
                    lost_marks: tried > 0,
                });
            }
        }
        Some(Written {
            markdown,
            plain,
            lost_marks: true,
        })
    }
}

/// The same words with other marks.
fn with_marks(runs: &[Run], way: &dyn Fn(&Marks) -> Marks) -> Vec<Run> {
    let mut changed: Vec<Run> = Vec::with_capacity(runs.len());
    for run in runs {
        let marks = way(&run.marks);
        match changed.last_mut() {
            Some(last) if last.marks == marks => last.text.push_str(&run.text),
            _ => changed.push(Run {
                text: run.text.clone(),
                marks,
            }),
        }
    }
    changed
}

/// Whether Markdown reads as these words.
fn says(markdown: &str, plain: &str) -> bool {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    words(&markdown_to_plain(markdown)) == words(plain)
}

/// White space at the edges of marked words stands outside of the marks, as Markdown needs it; lines begin and end with words.
fn tidy(runs: &[Run]) -> Vec<Run> {
    let mut split: Vec<Run> = Vec::new();
    for run in runs {
        for text in split_edges(&run.text) {
            split.push(Run {
                text: text.to_owned(),
                marks: run.marks.clone(),
            });
        }
    }
    let is_space = |run: &Run| run.text.trim_matches([' ', '\n']).is_empty();
    while split.last().is_some_and(is_space) {
        split.pop();
    }
    let leading = split.iter().take_while(|run| is_space(run)).count();
    split.drain(..leading);
    let common: Vec<Option<Marks>> = (0..split.len())
        .map(|at| {
            let here = split.get(at).filter(|run| is_space(run))?;
            let before = split.get(..at)?.iter().rev().find(|run| !is_space(run))?;
            let after = split.get(at + 1..)?.iter().find(|run| !is_space(run))?;
            Some(if here.text.contains('\n') {
                Marks::default()
            } else {
                both(&before.marks, &after.marks)
            })
        })
        .collect();
    let mut tidy: Vec<Run> = Vec::new();
    for (run, common) in split.into_iter().zip(common) {
        let marks = common.unwrap_or(run.marks);
        match tidy.last_mut() {
            Some(last) if last.marks == marks => last.text.push_str(&run.text),
            _ => tidy.push(Run {
                text: run.text,
                marks,
            }),
        }
    }
    tidy
}

/// Line breaks, and the space before and behind words, apart from the words.
fn split_edges(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for line in text.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(words) => (words, line.get(words.len()..).unwrap_or_default()),
            None => (line, ""),
        };
        let words = line.trim_matches(' ');
        let start = line.len() - line.trim_start_matches(' ').len();
        let before = line.get(..start).unwrap_or_default();
        let after = if words.is_empty() {
            ""
        } else {
            line.get(start + words.len()..).unwrap_or_default()
        };
        parts.extend(
            [before, words, after, end]
                .into_iter()
                .filter(|part| !part.is_empty()),
        );
    }
    parts
}

fn both(a: &Marks, b: &Marks) -> Marks {
    Marks {
        strong: a.strong && b.strong,
        em: a.em && b.em,
        strike: a.strike && b.strike,
        code: false,
        link: a.link.clone().filter(|_| a.link == b.link),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Mark {
    Link(String),
    Strong,
    Em,
    Strike,
}

fn marks_of(marks: &Marks) -> Vec<Mark> {
    let mut wanted = Vec::new();
    wanted.extend(marks.link.clone().map(Mark::Link));
    wanted.extend(marks.strong.then_some(Mark::Strong));
    wanted.extend(marks.em.then_some(Mark::Em));
    wanted.extend(marks.strike.then_some(Mark::Strike));
    wanted
}

fn markdown_of(runs: &[Run]) -> String {
    let mut out = String::new();
    let mut open: Vec<Mark> = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        let wanted = marks_of(&run.marks);
        let kept = open.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
        for mark in open.drain(kept..).rev() {
            close(&mark, &mut out);
        }
        for mark in wanted.iter().skip(kept) {
            match mark {
                Mark::Link(_) => {
                    if out.ends_with('!') && !out.ends_with("\\!") {
                        out.pop();
                        out.push_str("\\!");
                    }
                    out.push('[');
                }
                Mark::Strong => out.push_str("**"),
                Mark::Em => out.push('*'),
                Mark::Strike => out.push_str("~~"),
            }
            open.push(mark.clone());
        }
        if run.marks.code {
            let ticks = if run.text.contains('`') { "``" } else { "`" };
            out.push_str(&format!("{ticks}{}{ticks}", run.text));
            continue;
        }
        let next = runs.get(at + 1).and_then(|next| next.text.chars().next());
        escape_into(&run.text, next, run.marks.link.is_some(), &mut out);
    }
    for mark in open.drain(..).rev() {
        close(&mark, &mut out);
    }
    out
}

fn close(mark: &Mark, out: &mut String) {
    match mark {
        Mark::Link(target) => out.push_str(&format!("]({})", target_of(target))),
        Mark::Strong => out.push_str("**"),
        Mark::Em => out.push('*'),
        Mark::Strike => out.push_str("~~"),
    }
}

/// An address as it may stand between parentheses.
fn target_of(address: &str) -> String {
    address
        .chars()
        .map(|c| match c {
            ' ' => "%20".to_owned(),
            '(' => "%28".to_owned(),
            ')' => "%29".to_owned(),
            '<' => "%3C".to_owned(),
            '>' => "%3E".to_owned(),
            '\\' => "%5C".to_owned(),
            '*' => "%2A".to_owned(),
            '&' if address.contains(';') => "&amp;".to_owned(),
            c if c.is_control() => String::new(),
            c => c.to_string(),
        })
        .collect()
}

/// Writes words so that Markdown reads them as these words.
fn escape_into(text: &str, behind: Option<char>, in_link: bool, out: &mut String) {
    let letters: Vec<char> = text.chars().collect();
    let mut line_start = out.rfind('\n').map_or(0, |at| at + 1);
    for (at, &c) in letters.iter().enumerate() {
        let next = letters.get(at + 1).copied().or(behind);
        if c == '\n' {
            out.push_str("\\\n");
            line_start = out.len();
            continue;
        }
        let line = out.get(line_start..).unwrap_or_default();
        let starts_line = line.is_empty() && matches!(c, '#' | '>' | '-' | '+' | '=');
        let numbers_line = matches!(c, '.' | ')')
            && (1..=9).contains(&line.len())
            && line.bytes().all(|byte| byte.is_ascii_digit());
        let before = out.chars().next_back();
        let is_inside_word =
            before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
        let is_special = match c {
            '\\' => next.is_none_or(|next| next.is_ascii_punctuation() || next == '\n'),
            '*' | '`' | '~' => true,
            '_' => !is_inside_word,
            '[' => in_link,
            ']' => in_link || next.is_none_or(|next| matches!(next, '(' | ':' | '[')),
            '<' => next.is_none_or(|next| next.is_alphabetic() || matches!(next, '/' | '!' | '?')),
            '&' => next.is_none_or(|next| next.is_alphanumeric() || next == '#'),
            _ => false,
        };
        if starts_line || numbers_line || is_special {
            out.push('\\');
        }
        out.push(c);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn strong() -> Marks {
        Marks {
            strong: true,
            ..Marks::default()
        }
    }

    fn link(to: &str) -> Marks {
        Marks {
            link: Some(to.to_owned()),
            ..Marks::default()
        }
    }

    fn written(runs: &[(&str, Marks)]) -> Written {
        let mut paragraph = Paragraph::default();
        for (text, marks) in runs {
            paragraph.push(text, marks);
        }
        paragraph.write().unwrap()
    }

    #[test]
    fn marks_stand_close_to_their_words() {
        let plain = Marks::default();
        let said = written(&[
            ("Een ", plain.clone()),
            (" wijde ", strong()),
            ("lucht!", plain),
            ("Meer", link("https://a.example/x (1)")),
        ]);
        assert_eq!(
            said.markdown,
            "Een **wijde** lucht\\![Meer](https://a.example/x%20%281%29)"
        );
        assert!(!said.lost_marks);
    }

    #[test]
    fn control_characters_are_left_out_and_accents_are_composed() {
        let said = written(&[("Een\u{7} cafe\u{301}\u{1b}[2J\u{85}aan zee", Marks::default())]);
        assert_eq!(said.plain, "Een café[2J aan zee");
        assert!(!said.markdown.chars().any(char::is_control));
    }

    #[test]
    fn marks_that_markdown_cannot_write_are_left_out_and_the_words_stay() {
        let said = written(&[("“Ja!”", strong()), ("zei ze", Marks::default())]);
        assert_eq!((said.markdown.as_str(), said.lost_marks), ("“Ja!”zei ze", true));
    }

    #[test]
    fn what_looks_like_markdown_stays_what_it_is() {
        for text in [
            "1. januari",
            "# kop",
            "- streep",
            "a_b_c _d_",
            "2 * 3 * 4",
            "[a](b)",
            "[a]: b",
            "<b>",
            "&lt; &amp",
            "\\*",
            "> x",
            "``",
            "~x~",
            "1986) x",
            "!\\",
        ] {
            let said = written(&[(text, Marks::default())]);
            assert_eq!(markdown_to_plain(&said.markdown), text, "{said:?}");
        }
    }

    proptest! {
        #[test]
        fn words_come_through_whatever_they_are(parts in prop::collection::vec(("[ a-c.!“”\\[\\]()*_#<>&;:\\\\`~0-9+=-]{0,8}", 0u8..16), 1..6)) {
            let mut paragraph = Paragraph::default();
            for (text, bits) in &parts {
                let marks = Marks { strong: bits & 1 > 0, em: bits & 2 > 0, strike: bits & 4 > 0, code: false, link: (bits & 8 > 0).then(|| "https://a.example/".to_owned()) };
                paragraph.push(text, &marks);
            }
            if let Some(said) = paragraph.write() {
                prop_assert!(says(&said.markdown, &said.plain), "{said:?}");
            }
        }
    }
}
