//! HTML that is safe to print: the only way to a [`SafeHtml`] leads through escaping or through the sanitiser.

use std::fmt;
use std::sync::LazyLock;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde::{Deserialize, Serialize};

/// HTML that this program made or sanitised itself; templates print it as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// The HTML.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The HTML for readers who are elsewhere: links that name no site are whole, as seen from the page at `base`.
    #[must_use]
    pub fn with_whole_links(&self, base: &str) -> String {
        // Only a tag can begin so: in a text the sanitiser writes `&lt;`.
        const LINK: &str = "<a href=\"";
        let base = url::Url::parse(base).ok();
        let mut parts = self.0.split(LINK);
        let mut html = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (target, rest) = part.split_once('"').unwrap_or((part, ""));
            let is_relative = url::Url::parse(target) == Err(url::ParseError::RelativeUrlWithoutBase);
            let whole = base
                .as_ref()
                .filter(|_| is_relative)
                .and_then(|base| base.join(target).ok());
            html.push_str(LINK);
            html.push_str(whole.as_ref().map_or(target, url::Url::as_str));
            html.push('"');
            html.push_str(rest);
        }
        html
    }
}

impl fmt::Display for SafeHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for SafeHtml {}

/// What story text may hold. Headings, pictures and tables are blocks of their own and never part of a text.
static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder
        .tags(
            [
                "p",
                "br",
                "em",
                "strong",
                "a",
                "ul",
                "ol",
                "li",
                "blockquote",
                "s",
                "code",
            ]
            .into(),
        )
        .tag_attributes([("a", ["href"].into())].into())
        .generic_attributes(std::collections::HashSet::new())
        .url_schemes(["http", "https", "mailto"].into())
        .link_rel(Some("noopener"));
    builder
});

/// How deep quotations, lists and emphasis may stand in each other; what stands deeper is printed at this depth. No text needs it, and what nests
/// thousands deep takes seconds to clean.
const MOST_DEPTH: usize = 16;

/// Whether a tag may hold one of its kind, to any depth.
const fn stands_in_another(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
    )
}

/// Markdown (`CommonMark`) as sanitised HTML: paragraphs, emphasis, links, lists, quotations.
///
/// HTML inside the Markdown is shown as the characters it is made of, not obeyed.
#[must_use]
pub fn markdown_to_html(markdown: &str) -> SafeHtml {
    let mut depth = 0_usize;
    let flat = move |event| match event {
        Event::Start(ref tag) if stands_in_another(tag.to_end()) => {
            depth = depth.saturating_add(1);
            (depth <= MOST_DEPTH).then_some(event)
        }
        Event::End(tag) if stands_in_another(tag) => {
            depth = depth.saturating_sub(1);
            if depth < MOST_DEPTH {
                return Some(event);
            }
            // Items whose marks are gone do not run together.
            (tag == TagEnd::Item).then_some(Event::SoftBreak)
        }
        _ => Some(event),
    };
    let events = Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH)
        .filter_map(flat)
        .map(|event| match event {
            Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
            // A heading typed in a text is printed as a paragraph: the outline of the page belongs to heading blocks.
            Event::Start(Tag::Heading { .. }) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Paragraph),
            other => other,
        });
    let mut html = String::with_capacity(markdown.len() * 5 / 4);
    pulldown_cmark::html::push_html(&mut html, events);
    SafeHtml(SANITISER.clean(&html).to_string())
}

/// Markdown as it reads without its marks; paragraphs are parted by an empty line.
#[must_use]
pub fn markdown_to_plain(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    // Pictures are blocks of their own: what a text says of one is on no page. They stand in each other.
    let mut pictures = 0_usize;
    for event in Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Image { .. }) => pictures = pictures.saturating_add(1),
            Event::End(TagEnd::Image) => pictures = pictures.saturating_sub(1),
            _ if pictures > 0 => {}
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                plain.push_str(&text);
            }
            Event::SoftBreak => plain.push(' '),
            Event::HardBreak | Event::End(TagEnd::Item) => plain.push('\n'),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_)) => plain.push_str("\n\n"),
            _ => {}
        }
    }
    plain.trim().to_owned()
}

/// Plain text as HTML: escaped, with line ends as `<br>`.
#[must_use]
pub fn plain_to_html(text: &str) -> SafeHtml {
    SafeHtml(escape(text).replace('\n', "<br>"))
}

/// Plain text as HTML in one line, with what stands between two characters as `<mark>`; a mark that is not closed ends with the text.
#[must_use]
pub fn marked_to_html(text: &str, open: char, close: char) -> SafeHtml {
    let mut html = String::with_capacity(text.len() + 32);
    let mut is_open = false;
    for part in text.split_inclusive([open, close]) {
        let words = part.trim_end_matches([open, close]);
        html.push_str(&escape(&words.replace(['\n', '\r', '\t'], " ")));
        match part.chars().last() {
            Some(c) if c == open && !is_open => {
                html.push_str("<mark>");
                is_open = true;
            }
            Some(c) if c == close && is_open => {
                html.push_str("</mark>");
                is_open = false;
            }
            _ => {}
        }
    }
    if is_open {
        html.push_str("</mark>");
    }
    SafeHtml(html)
}

/// Escapes the five characters that mean something in HTML.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The text that [`escape`] made this of.
#[must_use]
pub fn unescape(html: &str) -> String {
    html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_paragraphs_emphasis_and_links() {
        assert_eq!(
            markdown_to_html("Een *wijde* lucht.\n\n[Meer](https://example.org)").as_str(),
            "<p>Een <em>wijde</em> lucht.</p>\n<p><a href=\"https://example.org\" rel=\"noopener\">Meer</a></p>\n"
        );
    }

    #[test]
    fn html_in_markdown_is_inert() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[a](javascript:alert(1))",
            "![x](https://example.org/track.gif)",
            "<p style=\"position:fixed\">",
            "<svg/onload=alert(1)>",
        ] {
            let html = markdown_to_html(hostile).to_string();
            assert!(
                !html.contains("<script") && !html.contains("<img") && !html.contains("<svg"),
                "{html}"
            );
            assert!(
                !html.contains("href=\"javascript") && !html.contains("<p style"),
                "{html}"
            );
        }
    }

    #[test]
    fn plain_text_keeps_paragraphs_and_loses_marks() {
        assert_eq!(
            markdown_to_plain("Een **dijk**\nen water.\n\nTwee."),
            "Een dijk en water.\n\nTwee."
        );
    }

    #[test]
    fn what_a_text_says_of_a_picture_is_in_neither_of_its_forms() {
        let markdown = "Een dijk ![de brug bij *Telskuf* ![nog een](b.jpg)](a.jpg \"Titel\")en water.";
        assert_eq!(markdown_to_plain(markdown), "Een dijk en water.");
        assert!(!markdown_to_html(markdown).as_str().contains("Telskuf"));
    }

    #[test]
    fn links_are_whole_for_whoever_reads_elsewhere() {
        let html = markdown_to_html(
            "[a](/about?x=1&y=2) [b](#three) [c](https://else.example/) [d](mailto:a@b.example) `<a href=\"/x\">`",
        );
        let whole = html.with_whole_links("https://kade.example/stories/water");
        for link in [
            "\"https://kade.example/about?x=1&amp;y=2\"",
            "\"https://kade.example/stories/water#three\"",
            "\"https://else.example/\"",
            "\"mailto:a@b.example\"",
            "&lt;a href=\"/x\"&gt;",
        ] {
            assert!(whole.contains(link), "{link} is not in {whole}");
        }
    }

    #[test]
    fn only_what_was_marked_is_marked_and_everything_else_is_text() {
        let html = |text: &str| marked_to_html(text, '[', ']').to_string();
        assert_eq!(html("een [b]rug\nbij <b>"), "een <mark>b</mark>rug bij &lt;b&gt;");
        assert_eq!(html("[<script>]"), "<mark>&lt;script&gt;</mark>");
        assert_eq!(html("]a[[b"), "a<mark>b</mark>");
        assert_eq!(html(""), "");
    }

    #[test]
    fn what_was_escaped_comes_back() {
        for text in ["a < b & c > \"d\" 'e'", "&lt;", "&amp;#39;"] {
            assert_eq!(unescape(&escape(text)), text);
        }
    }

    #[test]
    fn a_caption_is_escaped_and_keeps_its_lines() {
        assert_eq!(
            plain_to_html("a < b\n\"c\"").as_str(),
            "a &lt; b<br>&quot;c&quot;"
        );
    }
}
