//! The content of a post as a tree: HTML elements, and the block editor's blocks, which it writes as comments around them.
//!
//! Tokens are made by the tokenizer of a browser. The tree is built with few rules, for what is wanted of it is its words and pictures in order:
//! a forgotten end is closed by what stands around it, and what is nested deeper than anybody writes stays on one level.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use serde_json::{Map, Value};

/// Levels that are told apart.
const MOST_DEPTH: usize = 100;

/// One thing in a post.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Text(String),
    Element(Element),
    Block(Block),
}

/// An HTML element.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Element {
    /// Its name in lower case.
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

impl Element {
    /// An attribute that is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.trim().is_empty())
    }

    /// Whether it has this class.
    pub(super) fn has_class(&self, class: &str) -> bool {
        self.classes().any(|own| own == class)
    }

    /// Its classes.
    pub(super) fn classes(&self) -> impl Iterator<Item = &str> {
        self.get("class").unwrap_or_default().split_whitespace()
    }
}

/// A block of the block editor.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    /// Its name without `core/`.
    pub name: String,
    pub settings: Map<String, Value>,
    pub children: Vec<Node>,
}

impl Node {
    /// What stands in it.
    pub(super) fn children(&self) -> &[Node] {
        match self {
            Self::Text(_) => &[],
            Self::Element(element) => &element.children,
            Self::Block(block) => &block.children,
        }
    }
}

/// Reads a post's content.
pub(super) fn parse(html: &str) -> Vec<Node> {
    let sink = Sink(RefCell::new(Builder::default()));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    while !matches!(tokenizer.feed(&input), html5ever::TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink.0.into_inner().finish()
}

/// The words of a piece of HTML, as they are.
pub(super) fn text_of(html: &str) -> String {
    fn collect(nodes: &[Node], into: &mut String) {
        for node in nodes {
            match node {
                Node::Text(text) => into.push_str(text),
                other => collect(other.children(), into),
            }
        }
    }
    let mut text = String::new();
    collect(&parse(html), &mut text);
    text
}

struct Sink(RefCell<Builder>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut builder = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => builder.text(&text),
            Token::CommentToken(text) => builder.comment(&text),
            Token::TagToken(tag) => {
                let raw = raw_kind(&tag);
                builder.tag(&tag);
                if let Some(kind) = raw {
                    return TokenSinkResult::RawData(kind);
                }
            }
            Token::DoctypeToken(_) | Token::NullCharacterToken | Token::EOFToken | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

/// What stands in these is no HTML.
fn raw_kind(tag: &Tag) -> Option<RawKind> {
    if tag.kind == TagKind::EndTag {
        return None;
    }
    match &*tag.name {
        "script" => Some(RawKind::ScriptData),
        "style" | "noframes" | "xmp" => Some(RawKind::Rawtext),
        "textarea" | "title" => Some(RawKind::Rcdata),
        _ => None,
    }
}

#[derive(Default)]
struct Builder {
    done: Vec<Node>,
    open: Vec<Node>,
}

impl Builder {
    fn add(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(Node::Element(element)) => element.children.push(node),
            Some(Node::Block(block)) => block.children.push(node),
            _ => self.done.push(node),
        }
    }

    fn text(&mut self, text: &str) {
        let siblings = match self.open.last_mut() {
            Some(Node::Element(element)) => &mut element.children,
            Some(Node::Block(block)) => &mut block.children,
            _ => &mut self.done,
        };
        if let Some(Node::Text(before)) = siblings.last_mut() {
            before.push_str(text);
        } else {
            siblings.push(Node::Text(text.to_owned()));
        }
    }

    fn close(&mut self, down_to: usize) {
        while self.open.len() > down_to {
            if let Some(node) = self.open.pop() {
                self.add(node);
            }
        }
    }

    fn open(&mut self, node: Node) {
        if self.open.len() < MOST_DEPTH {
            self.open.push(node);
        } else {
            self.add(node);
        }
    }

    /// Where an element of one of these names is open, looking outwards as far as to an element of `walls` or a block.
    fn innermost(&self, names: &[&str], walls: &[&str]) -> Option<usize> {
        for (index, node) in self.open.iter().enumerate().rev() {
            match node {
                Node::Element(element) if names.contains(&element.name.as_str()) => return Some(index),
                Node::Element(element) if walls.contains(&element.name.as_str()) => return None,
                Node::Block(_) => return None,
                _ => {}
            }
        }
        None
    }

    fn tag(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        if tag.kind == TagKind::EndTag {
            if let Some(index) = self.innermost(&[name], &[]) {
                self.close(index);
            }
            return;
        }
        if ENDS_PARAGRAPH.contains(&name)
            && let Some(index) = self.innermost(&["p"], &["table", "td", "li", "blockquote", "figure", "div"])
        {
            self.close(index);
        }
        let ends: (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "tr" => (&["tr"], &["table"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            _ => (&[], &[]),
        };
        if let Some(index) = self.innermost(ends.0, ends.1) {
            self.close(index);
        }
        let element = Element {
            name: name.to_owned(),
            attributes: tag
                .attrs
                .iter()
                .map(|attribute| (attribute.name.local.to_string(), attribute.value.to_string()))
                .collect(),
            children: Vec::new(),
        };
        if VOID.contains(&name) || tag.self_closing {
            self.add(Node::Element(element));
        } else {
            self.open(Node::Element(element));
        }
    }

    /// `wp:image {"id":7}`, `/wp:image`, `wp:latest-posts {…} /`.
    fn comment(&mut self, text: &str) {
        let text = text.trim();
        if let Some(name) = text.strip_prefix("/wp:") {
            let name = name.trim();
            let name = name.strip_prefix("core/").unwrap_or(name);
            let open = self
                .open
                .iter()
                .rposition(|node| matches!(node, Node::Block(block) if block.name == name));
            if let Some(index) = open {
                self.close(index);
            }
            return;
        }
        let Some(block) = text.strip_prefix("wp:") else {
            if text.starts_with("more") || text.starts_with("nextpage") {
                self.add(Node::Element(Element {
                    name: "wp-more".to_owned(),
                    ..Element::default()
                }));
            }
            return;
        };
        let (block, is_whole) = match block.strip_suffix('/') {
            Some(block) => (block.trim_end(), true),
            None => (block, false),
        };
        let (name, settings) = block.split_once(char::is_whitespace).unwrap_or((block, ""));
        let node = Node::Block(Block {
            name: name.strip_prefix("core/").unwrap_or(name).to_owned(),
            settings: serde_json::from_str(settings.trim()).unwrap_or_default(),
            children: Vec::new(),
        });
        if is_whole {
            self.add(node);
        } else {
            self.open(node);
        }
    }

    fn finish(mut self) -> Vec<Node> {
        self.close(0);
        self.done
    }
}

/// Source: HTML, 13.1.2, void elements.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
];

/// Source: HTML, 13.1.2.4: a paragraph's end may be left out before these.
const ENDS_PARAGRAPH: [&str; 25] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "details",
    "div",
    "dl",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "ul",
];

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn blocks_stand_around_their_elements_and_forgotten_ends_are_closed() {
        let nodes =
            parse("<!-- wp:image {\"id\":7} --><figure><img src=\"a\"><!-- /wp:image --><p>Een<p>Twee");
        assert_eq!(nodes.len(), 3, "{nodes:?}");
        let Node::Block(block) = &nodes[0] else {
            panic!("{nodes:?}")
        };
        assert_eq!(
            (block.name.as_str(), &block.settings["id"]),
            ("image", &Value::from(7))
        );
        assert_eq!(block.children.len(), 1);
    }

    #[test]
    fn whatever_it_is_given_it_ends_and_keeps_the_words() {
        let deep = format!("{}woord{}", "<div>".repeat(50_000), "</b>".repeat(1_000));
        assert_eq!(text_of(&deep), "woord");
        assert_eq!(text_of("<script>x</script>a &amp; b &eacute;<"), "xa & b é<");
        assert_eq!(
            text_of("<!-- wp:a --><!-- wp:b --><!-- /wp:a -->x<!-- /wp:b -->"),
            "x"
        );
    }
}
