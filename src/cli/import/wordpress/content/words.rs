//! Words of a post that are more than a paragraph: headings, quotations, lists, tables, what is set line by line; and words without marks.

use super::super::inline::{Marks, Paragraph};
use super::super::report::Kind;
use super::super::tree::{Element, Node};
use super::{Piece, Walker, pictures};
use crate::text::{Title, clean, clean_line};

/// The words in nodes on one line, without their marks.
pub(super) fn plain(nodes: &[Node]) -> String {
    clean_line(&lines(nodes))
}

/// The words under a picture: its lines, without marks.
pub(super) fn caption(nodes: &[Node]) -> Option<String> {
    let words = lines(nodes);
    let tidy: Vec<String> = words
        .split('\n')
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let tidy = clean(tidy.join("\n").trim());
    (!tidy.is_empty()).then_some(tidy)
}

fn lines(nodes: &[Node]) -> String {
    fn collect(nodes: &[Node], into: &mut String) {
        for node in nodes {
            match node {
                Node::Text(text) => into.push_str(&text.replace('\n', " ")),
                Node::Element(element) => match element.name.as_str() {
                    "br" => into.push('\n'),
                    "script" | "style" | "noscript" => {}
                    "p" | "div" | "li" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "tr" | "cite" => {
                        if !into.trim_end_matches(' ').is_empty() && !into.ends_with('\n') {
                            into.push('\n');
                        }
                        collect(&element.children, into);
                        if element.name != "cite" {
                            into.push('\n');
                        }
                    }
                    _ => collect(&element.children, into),
                },
                Node::Block(block) => collect(&block.children, into),
            }
        }
    }
    let mut words = String::new();
    collect(nodes, &mut words);
    words
}

/// The addresses that words lead to; those of pictures apart.
pub(super) fn links(nodes: &[Node]) -> Vec<String> {
    let mut found = Vec::new();
    for node in nodes {
        match node {
            Node::Element(element) if element.name == "a" && pictures::count(&element.children) == 0 => {
                found.extend(element.get("href").map(str::to_owned));
            }
            other => found.extend(links(other.children())),
        }
    }
    found
}

/// The addresses that captions lead to.
pub(super) fn links_in_captions(nodes: &[Node]) -> Vec<String> {
    let mut found = Vec::new();
    for node in nodes {
        match node {
            Node::Element(element) if element.name == "figcaption" => found.extend(links(&element.children)),
            other => found.extend(links_in_captions(other.children())),
        }
    }
    found
}

impl Walker<'_> {
    pub(super) fn heading(&mut self, children: &[Node]) {
        self.end_paragraph();
        let words = plain(children);
        for address in links(children) {
            self.remark(Kind::Link, format!("a heading leads to {address}"));
        }
        if pictures::count(children) > 0 {
            self.pictures_in(children);
        }
        match Title::parse_optional(&words) {
            Ok(Some(title)) => {
                let title = title.into_string();
                self.note_words(&title);
                self.pieces.push(Piece::Heading(title));
            }
            Ok(None) => {}
            Err(_) => {
                self.remark(Kind::Marks, "a heading too long to be one became text");
                self.apart(children);
            }
        }
    }

    fn pictures_in(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Element(element) if element.name == "img" => self.image(element),
                other => self.pictures_in(other.children()),
            }
        }
    }

    /// What a quotation holds: its words, who said them, and pictures behind it.
    pub(super) fn quotation(&mut self, children: &[Node]) {
        self.end_paragraph();
        let mut attribution = Vec::new();
        let children = take_cites(children, &mut attribution);
        let mut said: Vec<String> = Vec::new();
        let mut rest = Vec::new();
        for piece in self.within(&children) {
            match piece {
                Piece::Text(words) => said.push(words),
                Piece::Heading(words) => said.extend(marked(&words)),
                Piece::Quote {
                    markdown,
                    attribution: own,
                } => {
                    said.push(markdown);
                    attribution.extend(own);
                }
                other => rest.push(other),
            }
        }
        let attribution = clean_line(&attribution.join(", "));
        let attribution = Some(attribution).filter(|words| !words.is_empty());
        if said.is_empty() {
            said.extend(attribution.as_deref().map(escaped));
            self.pieces.extend(said.into_iter().map(Piece::Text));
        } else {
            self.pieces.push(Piece::Quote {
                markdown: said.join("\n\n"),
                attribution,
            });
        }
        self.pieces.extend(rest);
    }

    pub(super) fn list(&mut self, element: &Element) {
        self.end_paragraph();
        let is_ordered = element.name == "ol";
        let mut number: usize = element
            .get("start")
            .and_then(|start| start.parse().ok())
            .unwrap_or(1);
        let mut lines = Vec::new();
        let mut rest = Vec::new();
        for item in items(&element.children) {
            let mut words = String::new();
            for piece in self.within(&item.children) {
                let text = match piece {
                    Piece::Text(text) => text,
                    Piece::Heading(text) => marked(&text).unwrap_or_default(),
                    Piece::Quote { markdown, .. } => markdown,
                    other => {
                        rest.push(other);
                        continue;
                    }
                };
                if !words.is_empty() {
                    words.push_str(if is_list(&text) { "\n" } else { "\n\n" });
                }
                words.push_str(&text);
            }
            if words.is_empty() {
                continue;
            }
            let mark = if is_ordered {
                format!("{}. ", number.min(999_999))
            } else {
                "- ".to_owned()
            };
            number = number.saturating_add(1);
            let indent = " ".repeat(mark.len());
            let indented: Vec<String> = words
                .lines()
                .enumerate()
                .map(|(at, line)| match (at, line.is_empty()) {
                    (0, _) => format!("{mark}{line}"),
                    (_, true) => String::new(),
                    (_, false) => format!("{indent}{line}"),
                })
                .collect();
            lines.push(indented.join("\n"));
        }
        if !lines.is_empty() {
            self.pieces.push(Piece::Text(lines.join("\n")));
        }
        self.pieces.extend(rest);
    }

    /// Rows of a table as lines, cells with a bar between.
    pub(super) fn table(&mut self, children: &[Node]) {
        self.end_paragraph();
        let mut rows = Vec::new();
        collect_rows(children, &mut rows);
        let mut paragraph = Paragraph::default();
        for (at, row) in rows.iter().enumerate() {
            if at > 0 {
                paragraph.break_line();
            }
            let cells: Vec<String> = row.iter().map(|cell| plain(cell)).collect();
            paragraph.push(&cells.join(" | "), &Marks::default());
        }
        self.remark(
            Kind::Layout,
            format!("a table of {} rows became lines", rows.len()),
        );
        for address in links(children) {
            self.remark(Kind::Link, format!("a table leads to {address}"));
        }
        self.paragraph = paragraph;
        self.end_paragraph();
        self.pictures_in(children);
    }

    /// Text of which every line end counts.
    pub(super) fn preformatted(&mut self, children: &[Node]) {
        self.end_paragraph();
        let words = lines_as_they_are(children);
        for line in words.trim_matches('\n').split('\n') {
            if line.trim().is_empty() {
                self.end_paragraph();
                continue;
            }
            if !self.paragraph.is_at_line_start() {
                self.paragraph.break_line();
            }
            self.paragraph.push(line, &Marks::default());
        }
        self.end_paragraph();
        self.pictures_in(children);
    }
}

fn lines_as_they_are(nodes: &[Node]) -> String {
    nodes
        .iter()
        .map(|node| match node {
            Node::Text(text) => text.clone(),
            Node::Element(element) if element.name == "br" => "\n".to_owned(),
            other => lines_as_they_are(other.children()),
        })
        .collect()
}

fn items(nodes: &[Node]) -> Vec<&Element> {
    nodes
        .iter()
        .flat_map(|node| match node {
            Node::Element(element) if element.name == "li" => vec![element],
            Node::Text(_) => Vec::new(),
            other => items(other.children()),
        })
        .collect()
}

fn collect_rows<'a>(nodes: &'a [Node], rows: &mut Vec<Vec<&'a [Node]>>) {
    for node in nodes {
        match node {
            Node::Element(element) if element.name == "tr" => {
                let cells = element.children.iter().filter_map(|cell| match cell {
                    Node::Element(cell) if matches!(cell.name.as_str(), "td" | "th") => {
                        Some(cell.children.as_slice())
                    }
                    _ => None,
                });
                rows.push(cells.collect());
            }
            other => collect_rows(other.children(), rows),
        }
    }
}

/// The nodes without who said them, which is taken out.
fn take_cites(nodes: &[Node], cites: &mut Vec<String>) -> Vec<Node> {
    let mut kept = Vec::new();
    for node in nodes {
        match node {
            Node::Element(element) if matches!(element.name.as_str(), "cite" | "footer") => {
                cites.push(plain(&element.children));
            }
            // A pull quote is a figure around the quotation.
            Node::Element(element) if matches!(element.name.as_str(), "blockquote" | "figure") => {
                kept.extend(take_cites(&element.children, cites));
            }
            other => kept.push(other.clone()),
        }
    }
    kept
}

fn is_list(markdown: &str) -> bool {
    let digits = markdown.trim_start_matches(|c: char| c.is_ascii_digit());
    markdown.starts_with("- ") || (digits.len() < markdown.len() && digits.starts_with(". "))
}

fn escaped(words: &str) -> String {
    let mut paragraph = Paragraph::default();
    paragraph.push(words, &Marks::default());
    paragraph
        .write()
        .map(|written| written.markdown)
        .unwrap_or_default()
}

fn marked(words: &str) -> Option<String> {
    let mut paragraph = Paragraph::default();
    paragraph.push(
        words,
        &Marks {
            strong: true,
            ..Marks::default()
        },
    );
    paragraph.write().map(|written| written.markdown)
}
