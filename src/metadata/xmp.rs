//! Values out of an XMP packet: plain text, language alternatives, lists and fields of structures, whatever way they are written.
//!
//! It gives what the packet says, cleaned only of its encoding; which property feeds which field is `resolve`'s table.
//! Source: ISO 16684-1 (XMP part 1), 7 and 8.2.2.4.

use std::borrow::Cow;

use super::xmp_tree::{self, Node, Ns};

/// Languages of one text that are kept.
const MAX_LANGUAGES: usize = 24;

/// An XMP packet and its extension as properties.
#[derive(Debug, Default)]
pub(super) struct Xmp {
    properties: Vec<Node>,
    /// Whether part of it could not be read.
    pub(super) is_damaged: bool,
}

/// Reads a packet, and the Extended XMP that belongs to it (empty when there is none).
pub(super) fn parse(packet: Vec<u8>, extended: Vec<u8>) -> Xmp {
    let mut xmp = Xmp::default();
    for bytes in [packet, extended] {
        if bytes.is_empty() {
            continue;
        }
        let (properties, is_whole) = xmp_tree::parse(&decoded(bytes));
        // The packet goes first, so that its values win over the extension's.
        xmp.properties.extend(properties);
        xmp.is_damaged |= !is_whole;
    }
    xmp
}

impl Xmp {
    /// Text of a property: the default language of alternatives, the first item of a list.
    pub(super) fn text(&self, ns: Ns, local: &'static str) -> Option<&str> {
        self.named(ns, local).find_map(text_of)
    }

    /// The texts of a property in languages of their own, beside the default one: language and text.
    pub(super) fn alternatives(&self, ns: Ns, local: &'static str) -> Vec<(&str, &str)> {
        let Some(array) = self.named(ns, local).find_map(array_of) else {
            return Vec::new();
        };
        items(array)
            .filter(|item| !item.text.trim().is_empty())
            .filter_map(|item| item.lang.as_deref().zip(Some(item.text.as_str())))
            .filter(|(language, _)| *language != "x-default")
            .take(MAX_LANGUAGES)
            .collect()
    }

    /// The items of a list; a property that is no list is a list of one.
    pub(super) fn items(&self, ns: Ns, local: &'static str) -> Vec<&str> {
        self.named(ns, local)
            .map(items_of)
            .find(|items| !items.is_empty())
            .unwrap_or_default()
    }

    /// Text of a field in the first structure of a list of structures that has anything to say.
    pub(super) fn field_in_first(
        &self,
        ns: Ns,
        local: &'static str,
        field_ns: Ns,
        field: &'static str,
    ) -> Option<&str> {
        let first = self
            .named(ns, local)
            .flat_map(structures_of)
            .find(|node| !node.children.is_empty())?;
        first
            .children
            .iter()
            .filter(|child| child.name.is(field_ns, field))
            .find_map(text_of)
    }

    /// Text of a field in every structure of a list of structures.
    pub(super) fn field_in_each(
        &self,
        ns: Ns,
        local: &'static str,
        field_ns: Ns,
        field: &'static str,
    ) -> Vec<&str> {
        self.fields_in_each(ns, local, field_ns, field)
            .filter_map(text_of)
            .collect()
    }

    fn fields_in_each(
        &self,
        ns: Ns,
        local: &'static str,
        field_ns: Ns,
        field: &'static str,
    ) -> impl Iterator<Item = &Node> {
        let structures = self.named(ns, local).flat_map(structures_of);
        structures.flat_map(move |node| {
            node.children
                .iter()
                .filter(move |child| child.name.is(field_ns, field))
        })
    }

    /// Like [`Xmp::field_in_each`], with the texts of all languages.
    pub(super) fn texts_in_each(
        &self,
        ns: Ns,
        local: &'static str,
        field_ns: Ns,
        field: &'static str,
    ) -> Vec<&str> {
        self.fields_in_each(ns, local, field_ns, field)
            .flat_map(|node| match array_of(node) {
                None => vec![node.text.as_str()],
                Some(array) => items(array).map(|item| item.text.as_str()).collect(),
            })
            .collect()
    }

    /// The texts of all properties of these names, whatever their namespace and wherever they stand; with `within`, only below properties of those names.
    pub(super) fn texts_named(&self, within: &[&str], names: &[&str]) -> Vec<&str> {
        fn gather<'a>(
            node: &'a Node,
            is_within: bool,
            within: &[&str],
            names: &[&str],
            found: &mut Vec<&'a str>,
        ) {
            let local = node.name.local.as_str();
            if is_within && names.contains(&local) {
                match array_of(node) {
                    None => found.push(node.text.as_str()),
                    Some(array) => found.extend(items(array).map(|item| item.text.as_str())),
                }
            }
            let is_within = is_within || within.contains(&local);
            for child in &node.children {
                gather(child, is_within, within, names, found);
            }
        }
        let mut found = Vec::new();
        for node in &self.properties {
            gather(node, within.is_empty(), within, names, &mut found);
        }
        found
    }

    /// Whether a position stands anywhere in it, in EXIF's properties or in a location.
    pub(super) fn has_gps(&self) -> bool {
        fn holds_position(node: &Node) -> bool {
            (node.name.ns == Ns::Exif && matches!(node.name.local.as_str(), "GPSLatitude" | "GPSLongitude"))
                || node.children.iter().any(holds_position)
        }
        self.properties.iter().any(holds_position)
    }

    fn named(&self, ns: Ns, local: &'static str) -> impl Iterator<Item = &Node> {
        self.properties.iter().filter(move |node| node.name.is(ns, local))
    }
}

/// The text of a node, or of the best item in it. Blank text is none.
fn text_of(node: &Node) -> Option<&str> {
    let own = || Some(node.text.as_str());
    let text = match array_of(node) {
        None => own(),
        Some(array) => {
            let alternatives = || items(array).filter(|item| !item.text.trim().is_empty());
            let default = alternatives().find(|item| item.lang.as_deref() == Some("x-default"));
            default
                .or_else(|| alternatives().next())
                .map(|item| item.text.as_str())
        }
    };
    text.filter(|text| !text.trim().is_empty())
}

fn items_of(node: &Node) -> Vec<&str> {
    match array_of(node) {
        None => text_of(node).into_iter().collect(),
        // Alternatives are one value in several languages, not several values.
        Some(array) if array.name.local == "Alt" => text_of(node).into_iter().collect(),
        Some(array) => items(array).filter_map(text_of).collect(),
    }
}

/// The structures in a property: the items of its list, or the property itself.
fn structures_of(node: &Node) -> Vec<&Node> {
    array_of(node).map_or_else(|| vec![node], |array| items(array).collect())
}

fn array_of(node: &Node) -> Option<&Node> {
    node.children
        .iter()
        .find(|child| child.name.ns == Ns::Rdf && matches!(child.name.local.as_str(), "Alt" | "Seq" | "Bag"))
}

fn items(array: &Node) -> impl Iterator<Item = &Node> {
    array.children.iter().filter(|child| child.name.is(Ns::Rdf, "li"))
}

/// The packet as text: UTF-8, or UTF-16 by its byte order mark or its first `<`. Bytes that are not UTF-8 become question marks,
/// in place, so that a damaged packet takes no more memory than a whole one.
fn decoded(mut bytes: Vec<u8>) -> String {
    let utf16 = match bytes.as_slice() {
        [0xfe, 0xff, ..] | [0, b'<', ..] => Some(u16::from_be_bytes as fn([u8; 2]) -> u16),
        [0xff, 0xfe, ..] | [b'<', 0, ..] => Some(u16::from_le_bytes as fn([u8; 2]) -> u16),
        _ => None,
    };
    if let Some(unit) = utf16 {
        let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
        return char::decode_utf16(units)
            .map(|character| character.unwrap_or('?'))
            .filter(|character| *character != '\u{feff}')
            .collect();
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    let mut from = 0_usize;
    while let Err(error) = str::from_utf8(bytes.get(from..).unwrap_or_default()) {
        let start = from.saturating_add(error.valid_up_to());
        let end = error
            .error_len()
            .map_or(bytes.len(), |length| start.saturating_add(length));
        if let Some(bad) = bytes.get_mut(start..end) {
            bad.fill(b'?');
        }
        from = end;
    }
    String::from_utf8(bytes).unwrap_or_else(|error| match String::from_utf8_lossy(error.as_bytes()) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
mod tests {
    use super::*;

    fn packet(inside: &str) -> String {
        format!(
            "<?xpacket begin='\u{feff}' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>\
             <r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:dublin='http://purl.org/dc/elements/1.1/' \
             xmlns:ps='http://ns.adobe.com/photoshop/1.0/' xmlns:ext='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' \
             xmlns:exif='http://ns.adobe.com/exif/1.0/'>{inside}</r:RDF></x:xmpmeta><?xpacket end='w'?>"
        )
    }

    fn read(inside: &str) -> Xmp {
        parse(packet(inside).into_bytes(), Vec::new())
    }

    #[test]
    fn attribute_and_element_form_say_the_same() {
        for inside in [
            "<r:Description r:about='' ps:City='’s-Hertogenbosch &amp; om&#xA;streken'/>",
            "<r:Description><ps:City>’s-Hertogenbosch &amp; om&#xA;streken</ps:City></r:Description>",
            "<r:Description><ps:City><![CDATA[’s-Hertogenbosch & om\nstreken]]></ps:City></r:Description>",
            "<r:Description><ps:City r:parseType='Resource'><r:value>’s-Hertogenbosch &amp; om\nstreken</r:value>\
             <ps:q>x</ps:q></ps:City></r:Description>",
        ] {
            let xmp = read(inside);
            assert_eq!(
                xmp.text(Ns::Photoshop, "City"),
                Some("’s-Hertogenbosch & om\nstreken"),
                "{inside}"
            );
            assert!(!xmp.is_damaged, "{inside}");
        }
    }

    #[test]
    fn the_default_language_is_preferred_and_else_the_first() {
        let alternatives = |items: &str| {
            read(&format!(
                "<r:Description><dublin:description><r:Alt>{items}</r:Alt></dublin:description></r:Description>"
            ))
            .text(Ns::Dc, "description")
            .map(str::to_owned)
        };
        let found = alternatives("<r:li xml:lang='nl'>dorp</r:li><r:li xml:lang='x-default'>village</r:li>");
        assert_eq!(found.as_deref(), Some("village"));
        let found = alternatives("<r:li xml:lang='nl'>dorp</r:li><r:li xml:lang='en'>village</r:li>");
        assert_eq!(found.as_deref(), Some("dorp"));
        let found = alternatives("<r:li xml:lang='x-default'> </r:li><r:li xml:lang='en'>village</r:li>");
        assert_eq!(found.as_deref(), Some("village"));
        assert_eq!(alternatives(""), None);
    }

    #[test]
    fn lists_and_structures_are_read_in_every_form() {
        let xmp = read(
            "<r:Description><dublin:creator><r:Seq><r:li>Anna</r:li><r:li>Bert</r:li></r:Seq></dublin:creator>\
             <ext:LocationShown><r:Bag><r:li r:parseType='Resource'><ext:City>Telskuf</ext:City></r:li></r:Bag>\
             </ext:LocationShown><ext:LocationCreated><r:Bag><r:li><r:Description ext:City='Erbil'>\
             <exif:GPSLatitude>36,10.5N</exif:GPSLatitude></r:Description></r:li></r:Bag></ext:LocationCreated>\
             </r:Description>",
        );
        assert_eq!(xmp.items(Ns::Dc, "creator"), ["Anna", "Bert"]);
        assert_eq!(
            xmp.field_in_first(Ns::IptcExt, "LocationShown", Ns::IptcExt, "City"),
            Some("Telskuf")
        );
        assert_eq!(
            xmp.field_in_first(Ns::IptcExt, "LocationCreated", Ns::IptcExt, "City"),
            Some("Erbil")
        );
        assert!(xmp.has_gps());
    }

    #[test]
    fn a_name_counts_only_in_its_own_namespace() {
        let xmp = read("<r:Description xmlns:photoshop='http://example.org/' photoshop:City='Nergens'/>");
        assert_eq!(xmp.text(Ns::Photoshop, "City"), None);
    }

    #[test]
    fn entities_are_never_expanded() {
        let bomb = format!(
            "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>{}",
            packet("<r:Description ps:State='&b;'><ps:City>&b;&f;&lt;</ps:City></r:Description>")
        );
        let xmp = parse(bomb.into_bytes(), Vec::new());
        assert_eq!(xmp.text(Ns::Photoshop, "City"), Some("&b;&f;<"));
        assert_eq!(xmp.text(Ns::Photoshop, "State"), Some("&b;"));
    }

    #[test]
    fn what_stands_before_the_damage_is_kept() {
        let xmp = read("<r:Description><ps:City>Telskuf</ps:City><ps:Country>Irak</ps:Cou");
        assert_eq!(xmp.text(Ns::Photoshop, "City"), Some("Telskuf"));
        assert!(xmp.is_damaged);
    }

    #[test]
    fn nesting_without_end_is_not_followed() {
        let xmp = parse("<a>".repeat(100_000).into_bytes(), Vec::new());
        assert!(xmp.is_damaged);
        let deep = format!("<r:Description><ps:City>{}", "<r:li>".repeat(100_000));
        assert_eq!(read(&deep).text(Ns::Photoshop, "City"), None);
    }

    #[test]
    fn utf_16_and_broken_utf_8_are_read() {
        let inside = packet("<r:Description ps:City='Café'/>");
        let utf16: Vec<u8> = inside
            .replace('\u{feff}', "")
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(parse(utf16, Vec::new()).text(Ns::Photoshop, "City"), Some("Café"));
        let mut broken = inside.into_bytes();
        let at = broken.windows(3).position(|window| window == b"Caf").unwrap();
        broken[at] = 0xff;
        assert_eq!(
            parse(broken, Vec::new()).text(Ns::Photoshop, "City"),
            Some("?afé")
        );
    }
}
