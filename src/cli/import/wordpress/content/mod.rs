//! The content of a post, of either editor, as what a story is made of: text, headings, quotations, photographs and galleries in their order.
//!
//! Nothing is left out silently: what Reportage has no place for is named, with the words before it, so that an editor finds where it stood.

mod blocks;
mod pictures;
mod words;

use std::collections::HashMap;

use super::inline::{Marks, Paragraph};
use super::report::{Kind, Remark};
use super::shortcode;
use super::tree::{self, Block, Element, Node};
use crate::story::document::{GroupLayout, PhotoLayout};
use crate::text::{clean, clean_line};

/// Reusable blocks within reusable blocks.
const MOST_REUSE: usize = 5;
/// Uses of reusable blocks that one post may have in all: a few that use each other would be millions.
const MOST_USES: usize = 200;
/// Bytes that they may add to one post in all.
const MOST_REUSED_BYTES: usize = 4 * 1024 * 1024;

/// What a post is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// A paragraph or list in Markdown.
    Text(String),
    Heading(String),
    Quote {
        markdown: String,
        attribution: Option<String>,
    },
    Photo {
        layout: PhotoLayout,
        image: Image,
    },
    Gallery {
        layout: GroupLayout,
        images: Vec<Image>,
        caption: Option<String>,
    },
}

/// A picture as a post shows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Image {
    /// Number of the attachment.
    pub attachment: Option<u64>,
    pub src: Option<String>,
    pub caption: Caption,
    pub alt: Option<String>,
}

/// What is written under a picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Caption {
    /// Nothing.
    #[default]
    None,
    /// These words.
    Words(String),
    /// What the attachment says.
    OfAttachment,
}

/// What a post's content is read beside.
#[derive(Debug, Default)]
pub(super) struct Around<'a> {
    /// Address of the post, by which links in it are completed.
    pub link: &'a str,
    /// The pictures that were uploaded to the post, in their order there.
    pub attached: &'a [u64],
    /// Contents of reusable blocks.
    pub reusable: Option<&'a HashMap<u64, String>>,
}

/// Reads the content of a post.
pub(super) fn read(content: &str, around: &Around<'_>) -> (Vec<Piece>, Vec<Remark>) {
    let mut walker = Walker::new(around);
    walker.whole(content);
    walker.end_paragraph();
    (walker.pieces, walker.remarks)
}

struct Walker<'a> {
    around: &'a Around<'a>,
    pieces: Vec<Piece>,
    remarks: Vec<Remark>,
    paragraph: Paragraph,
    marks: Marks,
    /// Whether line ends mean something, as in the classic editor.
    lines_count: bool,
    reused: usize,
    /// Uses of reusable blocks so far, however deep.
    uses: usize,
    /// Bytes that they have added.
    reused_bytes: usize,
    /// Whether it was told that there are too many.
    told_reuse: bool,
    /// The last words that were written, for saying where something stood.
    last_words: String,
}

impl<'a> Walker<'a> {
    fn new(around: &'a Around<'a>) -> Self {
        Self {
            around,
            pieces: Vec::new(),
            remarks: Vec::new(),
            paragraph: Paragraph::default(),
            marks: Marks::default(),
            lines_count: true,
            reused: 0,
            uses: 0,
            reused_bytes: 0,
            told_reuse: false,
            last_words: String::new(),
        }
    }

    fn whole(&mut self, content: &str) {
        let content = content.replace("\r\n", "\n").replace('\r', "\n");
        let nodes = tree::parse(&shortcode::as_elements(&content));
        self.flow(&nodes);
    }

    fn remark(&mut self, kind: Kind, what: impl Into<String>) {
        let place = if self.last_words.is_empty() {
            "at the beginning".to_owned()
        } else {
            format!("behind “{}”", self.last_words)
        };
        self.remarks.push(Remark::new(kind, place, what.into()));
    }

    fn note_words(&mut self, plain: &str) {
        const MOST: usize = 60;
        let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        let length = plain.chars().count();
        let tail: String = plain.chars().skip(length.saturating_sub(MOST)).collect();
        self.last_words = if length > MOST { format!("…{tail}") } else { tail };
    }

    fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let Some(written) = paragraph.write() else { return };
        let is_address = !written.plain.contains(char::is_whitespace)
            && matches!(url::Url::parse(&written.plain), Ok(url) if matches!(url.scheme(), "http" | "https"));
        self.note_words(&written.plain);
        if written.lost_marks {
            self.remark(Kind::Marks, written.plain.clone());
        }
        if is_address && !written.markdown.contains("](") {
            // WordPress shows what such an address names.
            self.remark(Kind::Embed, written.plain.clone());
            self.pieces
                .push(Piece::Text(link(&written.plain, &written.plain)));
        } else {
            self.pieces.push(Piece::Text(written.markdown));
        }
    }

    fn push(&mut self, piece: Piece) {
        self.end_paragraph();
        self.pieces.push(piece);
    }

    /// Reads nodes apart from what stands before them.
    fn within(&mut self, nodes: &[Node]) -> Vec<Piece> {
        let pieces = std::mem::take(&mut self.pieces);
        let paragraph = std::mem::take(&mut self.paragraph);
        self.flow(nodes);
        self.end_paragraph();
        self.paragraph = paragraph;
        std::mem::replace(&mut self.pieces, pieces)
    }

    fn flow(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(text) => self.text(text),
                Node::Element(element) => self.element(element),
                Node::Block(block) => {
                    self.end_paragraph();
                    let lines_count = std::mem::replace(&mut self.lines_count, is_classic(block));
                    self.block(block);
                    self.end_paragraph();
                    self.lines_count = lines_count;
                }
            }
        }
    }

    /// Source: `wpautop` of WordPress: an empty line parts paragraphs, a line end breaks the line.
    fn text(&mut self, text: &str) {
        if !self.lines_count {
            self.paragraph.push(text, &self.marks);
            return;
        }
        let mut is_first = true;
        let mut empty_lines = 0;
        for line in text.split('\n') {
            let is_blank = line.trim().is_empty();
            if !is_first {
                empty_lines += 1;
            }
            is_first = false;
            if is_blank && empty_lines > 0 {
                continue;
            }
            self.end_lines(empty_lines);
            empty_lines = 0;
            self.paragraph.push(line, &self.marks);
        }
        self.end_lines(empty_lines);
    }

    fn end_lines(&mut self, count: usize) {
        if count > 1 && self.marks == Marks::default() {
            self.end_paragraph();
        } else if count > 0 && !self.paragraph.is_at_line_start() {
            self.paragraph.break_line();
        }
    }

    fn marked(&mut self, element: &Element, mark: impl FnOnce(&mut Marks)) {
        let before = self.marks.clone();
        mark(&mut self.marks);
        self.flow(&element.children);
        self.marks = before;
    }

    fn apart(&mut self, nodes: &[Node]) {
        self.end_paragraph();
        self.flow(nodes);
        self.end_paragraph();
    }

    fn element(&mut self, element: &Element) {
        let children = &element.children;
        match element.name.as_str() {
            "strong" | "b" => self.marked(element, |marks| marks.strong = true),
            "em" | "i" => self.marked(element, |marks| marks.em = true),
            "s" | "del" | "strike" => self.marked(element, |marks| marks.strike = true),
            "code" | "kbd" | "tt" | "samp" => self.marked(element, |marks| marks.code = true),
            "a" => self.anchor(element),
            "br" => self.paragraph.break_line(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(children),
            "ul" if pictures::is_gallery(element) => self.gallery_element(element, None),
            "ul" | "ol" => self.list(element),
            "blockquote" => self.quotation(children),
            "pre" => self.preformatted(children),
            "table" => self.table(children),
            "img" => self.image(element),
            "figure" => self.figure(element, None, PhotoLayout::Column),
            "wp-caption" => self.caption_shortcode(element),
            "wp-gallery" => self.gallery_shortcode(element),
            "iframe" | "embed" | "object" | "video" | "audio" | "wp-video" | "wp-audio" | "wp-embed" => {
                self.embedded(element);
            }
            "wp-playlist" => self.remark(Kind::Shortcode, "[playlist]"),
            shortcode::UNKNOWN => {
                let raw = element.get("raw").unwrap_or_default().to_owned();
                self.remark(Kind::Shortcode, raw);
            }
            "wp-more" | "hr" => self.end_paragraph(),
            "script" | "style" | "noscript" | "template" | "input" | "select" | "textarea" | "svg"
            | "canvas" | "math" => {
                self.remark(Kind::Html, format!("<{}>", element.name));
            }
            "p" | "div" | "section" | "article" | "aside" | "header" | "footer" | "main" | "nav"
            | "address" | "center" | "details" | "summary" | "dl" | "dt" | "dd" | "fieldset" | "form"
            | "figcaption" | "li" => {
                self.apart(children);
            }
            "sup" | "sub" => {
                self.remark(
                    Kind::Marks,
                    format!("<{}>{}", element.name, words::plain(children)),
                );
                self.flow(children);
            }
            _ => self.flow(children),
        }
    }

    fn anchor(&mut self, element: &Element) {
        let Some(address) = element.get("href") else {
            self.flow(&element.children);
            return;
        };
        let whole = self.complete(address);
        if pictures::count(&element.children) > 0 {
            let leads_to_file = address.contains("/uploads/")
                || address.contains("attachment_id=")
                || element.get("rel").is_some_and(|rel| rel.contains("attachment"));
            if !leads_to_file {
                self.remark(Kind::Link, format!("a photograph leads to {address}"));
            }
            self.flow(&element.children);
            return;
        }
        if let Some(whole) = whole {
            self.marked(element, |marks| marks.link = Some(whole));
        } else {
            self.remark(
                Kind::Link,
                format!("“{}” leads to {address}", words::plain(&element.children)),
            );
            self.flow(&element.children);
        }
    }

    /// An address as it is seen from elsewhere; `None` for places on the page itself, and for what is no address of the web.
    fn complete(&self, address: &str) -> Option<String> {
        let address = address.trim();
        if address.starts_with('#') {
            return None;
        }
        let url = url::Url::parse(address)
            .or_else(|_| url::Url::parse(self.around.link)?.join(address))
            .ok()?;
        matches!(url.scheme(), "http" | "https" | "mailto").then(|| {
            if url::Url::parse(address).is_ok() {
                address.to_owned()
            } else {
                url.to_string()
            }
        })
    }

    /// Films, sound, posts of other sites: a link to them stays.
    fn embedded(&mut self, element: &Element) {
        self.end_paragraph();
        let own = [
            "src", "data", "mp4", "m4v", "webm", "ogv", "mp3", "m4a", "ogg", "wav", "flv", "url", "value0",
        ];
        let address = own
            .iter()
            .find_map(|name| element.get(name).map(str::to_owned))
            .or_else(|| source_in(&element.children))
            .or_else(|| {
                let inside = words::plain(&element.children);
                Some(inside).filter(|inside| inside.starts_with("http"))
            });
        self.embed(address.as_deref(), &element.name);
    }

    fn embed(&mut self, address: Option<&str>, name: &str) {
        let address = address.map(|address| {
            let address = address.trim();
            address
                .strip_prefix("//")
                .map_or_else(|| address.to_owned(), |rest| format!("https://{rest}"))
        });
        if let Some(address) = address.as_deref().and_then(|address| self.complete(address)) {
            self.remark(Kind::Embed, address.clone());
            self.pieces.push(Piece::Text(link(&address, &address)));
        } else {
            let address = address.unwrap_or_default();
            self.remark(Kind::Html, format!("<{name}> {address}").trim_end().to_owned());
        }
    }
}

fn is_classic(block: &Block) -> bool {
    matches!(block.name.as_str(), "freeform" | "classic" | "shortcode")
}

fn source_in(nodes: &[Node]) -> Option<String> {
    nodes.iter().find_map(|node| match node {
        Node::Element(element) if matches!(element.name.as_str(), "source" | "embed" | "video" | "audio") => {
            element.get("src").map(str::to_owned)
        }
        Node::Element(element) if element.name == "param" && element.get("name") == Some("movie") => {
            element.get("value").map(str::to_owned)
        }
        other => source_in(other.children()),
    })
}

/// A link in Markdown.
fn link(address: &str, words: &str) -> String {
    let mut paragraph = Paragraph::default();
    let marks = Marks {
        link: Some(address.to_owned()),
        ..Marks::default()
    };
    paragraph.push(words, &marks);
    paragraph
        .write()
        .map(|written| written.markdown)
        .unwrap_or_default()
}

/// The words of a piece of HTML on one line.
pub(super) fn plain_text(html: &str) -> String {
    clean_line(&words::plain(&tree::parse(html)))
}

/// The words of a piece of HTML with its lines.
pub(super) fn caption_text(html: &str) -> Option<String> {
    words::caption(&tree::parse(html))
        .map(|words| clean(&words))
        .filter(|words| !words.is_empty())
}

/// Plain words as Markdown.
pub(super) fn as_markdown(text: &str) -> String {
    let mut paragraph = Paragraph::default();
    for line in text.lines() {
        if !paragraph.is_at_line_start() {
            paragraph.break_line();
        }
        paragraph.push(line, &Marks::default());
    }
    paragraph
        .write()
        .map(|written| written.markdown)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reusable_blocks_that_use_each_other_are_not_an_explosion() {
        let refs =
            |number: u64, times: usize| format!("<!-- wp:block {{\"ref\":{number}}} /-->").repeat(times);
        let mut reusable: HashMap<u64, String> =
            (1..5).map(|number| (number, refs(number + 1, 40))).collect();
        reusable.insert(
            5,
            "<!-- wp:paragraph --><p>Boem.</p><!-- /wp:paragraph -->".to_owned(),
        );
        let around = Around {
            reusable: Some(&reusable),
            ..Around::default()
        };
        let (pieces, remarks) = read(&refs(1, 40), &around);
        assert!(pieces.len() <= MOST_USES, "{}", pieces.len());
        let told: Vec<&Remark> = remarks
            .iter()
            .filter(|remark| remark.what.contains("more than"))
            .collect();
        assert_eq!(told.len(), 1, "{remarks:?}");
        // One large block, used often.
        let reusable = HashMap::from([(1, "a ".repeat(MOST_REUSED_BYTES / 8))]);
        let around = Around {
            reusable: Some(&reusable),
            ..Around::default()
        };
        let (pieces, _) = read(&refs(1, 40), &around);
        assert_eq!(pieces.len(), 4);
    }
}
