//! The RDF of an XMP packet as a small tree of the properties that may matter; everything else is skipped as it streams by.
//!
//! A pull parser over one packet. Namespaces go by URI, never by prefix; entities other than XML's own five are never expanded; depth,
//! nodes and text are bounded. What the properties mean is for `xmp`. Source: ISO 16684-1 (XMP part 1), 7.

use quick_xml::{
    XmlVersion,
    escape::resolve_xml_entity,
    events::{BytesRef, BytesStart, Event},
    name::{Namespace, QName, ResolveResult},
    reader::NsReader,
};

use super::clean;

/// Deeper nesting than this is skipped: the deepest wanted value (a name in a location) is six deep.
const MAX_DEPTH: usize = 16;
/// More elements around the properties than this are no XMP.
const MAX_OUTER_DEPTH: usize = 64;
/// The most nodes kept of one packet.
const MAX_NODES: usize = 10_000;
/// The most text kept of one packet, in bytes.
const MAX_TOTAL_TEXT_BYTES: usize = 1 << 20;

/// The namespaces that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ns {
    Rdf,
    Xml,
    Dc,
    Photoshop,
    Basic,
    XmpRights,
    XmpNote,
    IptcCore,
    IptcExt,
    Plus,
    Exif,
    Tiff,
    Regions,
    Microsoft,
    MicrosoftInfo,
    MicrosoftRegion,
    Getty,
    Film,
    Other,
}

impl Ns {
    const ALL: [Self; 18] = [
        Self::Rdf,
        Self::Xml,
        Self::Dc,
        Self::Photoshop,
        Self::Basic,
        Self::XmpRights,
        Self::XmpNote,
        Self::IptcCore,
        Self::IptcExt,
        Self::Plus,
        Self::Exif,
        Self::Tiff,
        Self::Regions,
        Self::Microsoft,
        Self::MicrosoftInfo,
        Self::MicrosoftRegion,
        Self::Getty,
        Self::Film,
    ];

    /// Source: XMP part 1, 8; XMP part 2, 1; IPTC Photo Metadata Standard 2025.1; PLUS LDF 2; Metadata Working Group 2.0, 5.9;
    /// `ExifTool`'s tables of Microsoft's and Getty Images' schemas; XMP part 2, 1.2.6.
    pub(super) const fn uri(self) -> &'static str {
        match self {
            Self::Rdf => "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
            Self::Xml => "http://www.w3.org/XML/1998/namespace",
            Self::Dc => "http://purl.org/dc/elements/1.1/",
            Self::Photoshop => "http://ns.adobe.com/photoshop/1.0/",
            Self::Basic => "http://ns.adobe.com/xap/1.0/",
            Self::XmpRights => "http://ns.adobe.com/xap/1.0/rights/",
            Self::XmpNote => "http://ns.adobe.com/xmp/note/",
            Self::IptcCore => "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
            Self::IptcExt => "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
            Self::Plus => "http://ns.useplus.org/ldf/xmp/1.0/",
            Self::Exif => "http://ns.adobe.com/exif/1.0/",
            Self::Tiff => "http://ns.adobe.com/tiff/1.0/",
            Self::Regions => "http://www.metadataworkinggroup.com/schemas/regions/",
            Self::Microsoft => "http://ns.microsoft.com/photo/1.2/",
            Self::MicrosoftInfo => "http://ns.microsoft.com/photo/1.2/t/RegionInfo#",
            Self::MicrosoftRegion => "http://ns.microsoft.com/photo/1.2/t/Region#",
            Self::Getty => "http://xmp.gettyimages.com/gift/1.0/",
            Self::Film => "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
            Self::Other => "",
        }
    }

    /// The prefix by which it is written; when reading, prefixes mean nothing.
    pub(super) const fn prefix(self) -> &'static str {
        match self {
            Self::Rdf => "rdf",
            Self::Xml => "xml",
            Self::Dc => "dc",
            Self::Photoshop => "photoshop",
            Self::Basic => "xmp",
            Self::XmpRights => "xmpRights",
            Self::XmpNote => "xmpNote",
            Self::IptcCore => "Iptc4xmpCore",
            Self::IptcExt => "Iptc4xmpExt",
            Self::Plus => "plus",
            Self::Exif => "exif",
            Self::Tiff => "tiff",
            Self::Regions => "mwg-rs",
            Self::Microsoft => "MP",
            Self::MicrosoftInfo => "MPRI",
            Self::MicrosoftRegion => "MPReg",
            Self::Getty => "GettyImagesGIFT",
            Self::Film => "xmpDM",
            Self::Other => "other",
        }
    }

    fn of(uri: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|ns| ns.uri() == uri)
            .unwrap_or(Self::Other)
    }

    /// Whether a property of this name may hold anything that is read. The named ones are known to be huge.
    fn is_wanted(self, local: &str) -> bool {
        !matches!(self, Self::Rdf | Self::Xml | Self::Other)
            && !matches!(
                local,
                "DocumentAncestors" | "History" | "TextLayers" | "ImageRegion"
            )
            // Its thumbnails are whole pictures.
            && (local == "CreateDate" || !matches!(self, Self::Basic))
    }
}

/// A property, a field of a structure, an array or an item of one.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) name: Name,
    pub(super) text: String,
    /// `xml:lang`, in lower case.
    pub(super) lang: Option<String>,
    pub(super) children: Vec<Node>,
}

/// A name by its namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) ns: Ns,
    pub(super) local: String,
}

impl Default for Name {
    fn default() -> Self {
        Self {
            ns: Ns::Other,
            local: String::new(),
        }
    }
}

impl Name {
    /// Whether this is `local` of namespace `ns`.
    pub(super) fn is(&self, ns: Ns, local: &str) -> bool {
        self.ns == ns && self.local == local
    }
}

/// Reads a packet into its wanted properties, in file order; `false` when it is broken or larger than the bounds, and then the
/// properties before that point are given.
pub(super) fn parse(packet: &str) -> (Vec<Node>, bool) {
    let mut reader = NsReader::from_str(packet);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    let mut tree = Tree::default();
    loop {
        let Ok(event) = reader.read_event() else {
            return (tree.properties, false);
        };
        let goes_on = match event {
            Event::Start(start) => tree.start(&start, &reader),
            Event::End(_) => tree.end(),
            Event::Text(text) => tree.append(&text.xml10_content()),
            Event::CData(text) => tree.append(&text.xml10_content()),
            Event::GeneralRef(reference) => tree.append_reference(&reference),
            Event::Eof => return (tree.properties, tree.outer.is_empty() && tree.open.is_empty()),
            // Empty elements come as a start and an end. A document type is never looked into: the entities it declares stay unknown.
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => true,
        };
        if !goes_on {
            return (tree.properties, false);
        }
    }
}

#[derive(Default)]
struct Tree {
    properties: Vec<Node>,
    /// The elements around the properties; true for a top-level `rdf:Description`.
    outer: Vec<bool>,
    /// The property being read, and its descendants down to where the reader is.
    open: Vec<Node>,
    /// How many elements deep the reader is inside one that is skipped.
    skipped_depth: usize,
    nodes: usize,
    text_bytes: usize,
}

impl Tree {
    fn start(&mut self, start: &BytesStart<'_>, reader: &NsReader<&[u8]>) -> bool {
        if self.skipped_depth > 0 {
            self.skipped_depth = self.skipped_depth.saturating_add(1);
            return true;
        }
        let name = element_name(start.name(), reader);
        if self.open.is_empty() && self.outer.last() != Some(&true) {
            let is_description = name.is(Ns::Rdf, "Description");
            let mut node = Node::default();
            if is_description && !self.take_attributes(&mut node, start, reader) {
                return false;
            }
            self.properties.extend(
                node.children
                    .into_iter()
                    .filter(|child| child.name.ns.is_wanted(&child.name.local)),
            );
            self.outer.push(is_description);
            return self.outer.len() <= MAX_OUTER_DEPTH;
        }
        if self.open.len() >= MAX_DEPTH || (self.open.is_empty() && !name.ns.is_wanted(&name.local)) {
            self.skipped_depth = 1;
            return true;
        }
        let mut node = Node {
            name,
            ..Node::default()
        };
        let fits = self.count(0) && self.take_attributes(&mut node, start, reader);
        self.open.push(node);
        fits
    }

    fn end(&mut self) -> bool {
        if self.skipped_depth > 0 {
            self.skipped_depth = self.skipped_depth.saturating_sub(1);
            return true;
        }
        let Some(node) = self.open.pop() else {
            self.outer.pop();
            return true;
        };
        match self.open.last_mut() {
            None => self.properties.push(node),
            // A structure may be wrapped in a node of its own, and a value that has qualifiers is written beside them.
            Some(parent) if node.name.is(Ns::Rdf, "Description") => parent.children.extend(node.children),
            Some(parent) if node.name.is(Ns::Rdf, "value") => parent.text = node.text,
            Some(parent) => parent.children.push(node),
        }
        true
    }

    /// Attributes are fields too: `photoshop:City="Telskuf"` says what the element of that name would.
    fn take_attributes(&mut self, node: &mut Node, start: &BytesStart<'_>, reader: &NsReader<&[u8]>) -> bool {
        for attribute in start.attributes().with_checks(false).flatten() {
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let (namespace, local) = reader.resolver().resolve_attribute(attribute.key);
            let name = Name {
                ns: ns_of(&namespace),
                local: clean::cut(local.as_ref(), 128).to_owned(),
            };
            if node.name.local.is_empty() && !name.ns.is_wanted(&name.local) {
                continue;
            }
            // A value with an entity that XML does not know is kept as it is written.
            let value = attribute
                .normalized_value_with(XmlVersion::Implicit1_0, 1, resolve_xml_entity)
                .unwrap_or(std::borrow::Cow::Borrowed(&attribute.value));
            let value = clean::cut(&value, clean::MAX_TEXT_BYTES);
            match (name.ns, name.local.as_str()) {
                (Ns::Xml, "lang") => node.lang = Some(clean::cut(value, 64).to_lowercase()),
                (Ns::Rdf, "resource" | "value") => {
                    if !self.count(value.len()) {
                        return false;
                    }
                    value.clone_into(&mut node.text);
                }
                (Ns::Rdf | Ns::Xml | Ns::Other, _) => {}
                _ => {
                    if !self.count(value.len()) {
                        return false;
                    }
                    node.children.push(Node {
                        name,
                        text: value.to_owned(),
                        ..Node::default()
                    });
                }
            }
        }
        true
    }

    fn append(&mut self, text: &str) -> bool {
        if self.skipped_depth > 0 {
            return true;
        }
        let Some(node) = self.open.last_mut() else {
            return true;
        };
        let room = clean::MAX_TEXT_BYTES.saturating_sub(node.text.len());
        let text = clean::cut(text, room);
        node.text.push_str(text);
        self.text_bytes = self.text_bytes.saturating_add(text.len());
        self.text_bytes <= MAX_TOTAL_TEXT_BYTES
    }

    /// `&amp;` and `&#233;` become the characters they stand for; any other entity stays as it is written.
    fn append_reference(&mut self, reference: &BytesRef<'_>) -> bool {
        if let Ok(Some(character)) = reference.resolve_char_ref() {
            return self.append(character.encode_utf8(&mut [0; 4]));
        }
        let name = reference.xml10_content();
        match resolve_xml_entity(&name) {
            Some(text) => self.append(text),
            None => self.append("&") && self.append(&name) && self.append(";"),
        }
    }

    fn count(&mut self, text_bytes: usize) -> bool {
        self.nodes = self.nodes.saturating_add(1);
        self.text_bytes = self.text_bytes.saturating_add(text_bytes);
        self.nodes <= MAX_NODES && self.text_bytes <= MAX_TOTAL_TEXT_BYTES
    }
}

fn element_name(name: QName<'_>, reader: &NsReader<&[u8]>) -> Name {
    let (namespace, local) = reader.resolver().resolve_element(name);
    Name {
        ns: ns_of(&namespace),
        local: clean::cut(local.as_ref(), 128).to_owned(),
    }
}

fn ns_of(namespace: &ResolveResult<'_>) -> Ns {
    match namespace {
        ResolveResult::Bound(Namespace(uri)) => Ns::of(uri),
        ResolveResult::Unbound | ResolveResult::Unknown(_) => Ns::Other,
    }
}
