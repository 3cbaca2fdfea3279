//! The export file of WordPress (WXR), read as a stream: a file of hundreds of megabytes needs the memory of its largest post.
//!
//! The file comes from elsewhere, and nothing in it is obeyed: entities that it declares itself are never expanded, nothing it names is fetched,
//! and depth, texts and their number are bounded. Elements are known by the names that WordPress writes, prefixes included, as its own importer
//! does. Source: `wp-admin/includes/export.php` of WordPress 6.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, bail};
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Bytes that one text or tag may have.
const MOST_TEXT_BYTES: usize = 32 * 1024 * 1024;
/// Elements within elements; WordPress writes six.
const MOST_DEPTH: usize = 32;
/// Categories, tags and fields that one post may have.
const MOST_PARTS: usize = 10_000;

/// What stands before the posts.
#[derive(Debug, Default, Clone)]
pub(super) struct Site {
    /// Address of the site's front page.
    pub home: String,
    /// Its language, such as `nl-NL`.
    pub language: String,
    /// Login and name of everybody who wrote.
    pub authors: Vec<(String, String)>,
}

/// A post, page, attachment or anything else that WordPress keeps as a post.
#[derive(Debug, Default, Clone)]
pub(super) struct Item {
    pub id: u64,
    pub kind: String,
    pub title: String,
    pub link: String,
    pub author: String,
    pub content: String,
    pub excerpt: String,
    pub slug: String,
    pub status: String,
    pub password: String,
    /// `YYYY-MM-DD HH:MM:SS` by the site's clock.
    pub date: String,
    /// The same in UTC; zeros for drafts.
    pub date_gmt: String,
    pub parent: u64,
    pub menu_order: i64,
    pub attachment_url: String,
    pub terms: Vec<Term>,
    pub fields: Vec<(String, String)>,
    pub comments: usize,
}

/// A category, tag or word of another taxonomy.
#[derive(Debug, Default, Clone)]
pub(super) struct Term {
    pub taxonomy: String,
    pub slug: String,
    pub name: String,
}

impl Item {
    /// The first field of this name.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Reads a file; `see` gets every item as it comes, with the site as it is known by then.
///
/// # Errors
/// When the file cannot be read, is no export, or ends in the middle; the items before that have been seen.
pub(super) fn read(
    path: &Path,
    mut see: impl FnMut(&Site, Item) -> anyhow::Result<()>,
) -> anyhow::Result<Site> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut reader = Reader::from_reader(Bounded::new(BufReader::with_capacity(256 * 1024, file)));
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    let mut export = Export::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        reader.get_mut().begin();
        let position = reader.buffer_position();
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|error| broken(path, position, &error))?;
        match event {
            Event::Start(start) => export.start(&start)?,
            Event::End(_) => {
                if let Some(item) = export.end() {
                    see(&export.site, item)?;
                }
            }
            Event::Text(text) => export.append(&text.xml10_content())?,
            Event::CData(text) => export.append(&text.xml10_content())?,
            Event::GeneralRef(reference) => export.append_reference(&reference)?,
            Event::Eof => break,
            // A document type is never looked into: the entities it declares stay unknown.
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    if !export.is_wxr {
        bail!(
            "{} is no export of WordPress; make one there with Tools, Export, All content",
            path.display()
        );
    }
    if !export.open.is_empty() {
        bail!(
            "{} ends in the middle: it was not downloaded whole; export it again",
            path.display()
        );
    }
    Ok(export.site)
}

fn broken(path: &Path, position: u64, error: &quick_xml::Error) -> anyhow::Error {
    anyhow::anyhow!(
        "{} cannot be read behind byte {position}: {error}; export it again, or mend it there",
        path.display()
    )
}

#[derive(Default)]
struct Export {
    site: Site,
    is_wxr: bool,
    /// Names of the elements around the place where the reader is.
    open: Vec<String>,
    text: String,
    item: Option<Item>,
    term: Term,
    field: (String, String),
    author: (String, String),
}

impl Export {
    fn start(&mut self, start: &BytesStart<'_>) -> anyhow::Result<()> {
        if self.open.len() >= MOST_DEPTH {
            bail!(
                "there are elements within elements as WordPress never writes them; this is no export of WordPress"
            );
        }
        let name = start.name();
        let name: &str = name.as_ref();
        self.text.clear();
        match name {
            "item" if self.item.is_none() => self.item = Some(Item::default()),
            "category" => {
                self.term = Term {
                    taxonomy: attribute(start, "domain"),
                    slug: attribute(start, "nicename"),
                    name: String::new(),
                };
            }
            "wp:postmeta" => self.field = (String::new(), String::new()),
            "wp:author" => self.author = (String::new(), String::new()),
            _ => {}
        }
        self.open.push(name.chars().take(100).collect());
        Ok(())
    }

    /// Takes what an element said to where it belongs; gives the item that is complete now.
    fn end(&mut self) -> Option<Item> {
        let name = self.open.pop()?;
        let parent = self.open.last().map(String::as_str).unwrap_or_default();
        let text = std::mem::take(&mut self.text);
        match (&mut self.item, name.as_str()) {
            (_, "item") => return self.item.take(),
            (_, "wp:author_login") => self.author.0 = text,
            (_, "wp:author_display_name") => self.author.1 = text,
            (_, "wp:author") if self.site.authors.len() < MOST_PARTS => {
                self.site.authors.push(std::mem::take(&mut self.author));
            }
            (_, "wp:wxr_version") => self.is_wxr = true,
            (None, "language") => self.site.language = text,
            (None, "link") if parent == "channel" && self.site.home.is_empty() => self.site.home = text,
            (None, "wp:base_blog_url") => self.site.home = text,
            (Some(_), "wp:meta_key") if parent == "wp:postmeta" => self.field.0 = text,
            (Some(_), "wp:meta_value") if parent == "wp:postmeta" => self.field.1 = text,
            (Some(item), "wp:postmeta") if item.fields.len() < MOST_PARTS => {
                item.fields.push(std::mem::take(&mut self.field));
            }
            (Some(item), "category") if item.terms.len() < MOST_PARTS => {
                self.term.name = text;
                item.terms.push(std::mem::take(&mut self.term));
            }
            (Some(item), name) if parent == "item" => item.take(name, text),
            _ => {}
        }
        None
    }

    fn append(&mut self, text: &str) -> anyhow::Result<()> {
        if self.text.len() + text.len() > MOST_TEXT_BYTES {
            bail!(
                "one text of the export is longer than {} MB",
                MOST_TEXT_BYTES / 1024 / 1024
            );
        }
        self.text.push_str(text);
        Ok(())
    }

    /// `&amp;` and `&#233;` become the characters they stand for; any other entity stays as it is written.
    fn append_reference(&mut self, reference: &BytesRef<'_>) -> anyhow::Result<()> {
        if let Ok(Some(character)) = reference.resolve_char_ref() {
            return self.append(character.encode_utf8(&mut [0; 4]));
        }
        let name = reference.xml10_content();
        match resolve_xml_entity(&name) {
            Some(text) => self.append(text),
            None => self.append(&format!("&{name};")),
        }
    }
}

impl Item {
    fn take(&mut self, name: &str, text: String) {
        match name {
            "title" => self.title = text,
            "link" => self.link = text,
            "dc:creator" => self.author = text,
            "content:encoded" => self.content = text,
            "excerpt:encoded" => self.excerpt = text,
            "wp:post_id" => self.id = text.trim().parse().unwrap_or_default(),
            "wp:post_type" => self.kind = text,
            "wp:post_name" => self.slug = text,
            "wp:status" => self.status = text,
            "wp:post_password" => self.password = text,
            "wp:post_date" => self.date = text,
            "wp:post_date_gmt" => self.date_gmt = text,
            "wp:post_parent" => self.parent = text.trim().parse().unwrap_or_default(),
            "wp:menu_order" => self.menu_order = text.trim().parse().unwrap_or_default(),
            "wp:attachment_url" => self.attachment_url = text,
            "wp:comment" => self.comments += 1,
            _ => {}
        }
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> String {
    let found = start
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| <_ as AsRef<str>>::as_ref(&attribute.key) == name);
    found.map_or_else(String::new, |attribute| {
        attribute
            .normalized_value_with(XmlVersion::Implicit1_0, 1, resolve_xml_entity)
            .unwrap_or(std::borrow::Cow::Borrowed(&attribute.value))
            .into_owned()
    })
}

/// A file of which one tag or text takes at most so many bytes: the parser keeps each in memory whole.
struct Bounded<R> {
    inner: R,
    left: usize,
}

impl<R> Bounded<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            left: MOST_TEXT_BYTES,
        }
    }

    fn begin(&mut self) {
        self.left = MOST_TEXT_BYTES;
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other("a text or tag is longer than any post"));
        }
        let left = self.left;
        let bytes = self.inner.fill_buf()?;
        Ok(bytes.get(..left).unwrap_or(bytes))
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.inner.consume(amount);
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let amount = self.fill_buf()?.read(into)?;
        self.consume(amount);
        Ok(amount)
    }
}
