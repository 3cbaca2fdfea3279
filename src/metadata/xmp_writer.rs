//! Writes an XMP packet property by property, in the compact form: simple values as attributes, the rest as elements.
//!
//! What goes in is for others to decide. Source: ISO 16684-1 (XMP part 1), 7 and 7.3.2.

use std::fmt::Write as _;

use super::xmp_tree::Ns;

/// A packet being written.
#[derive(Default)]
pub(super) struct XmpWriter {
    used: Vec<Ns>,
    attributes: String,
    elements: String,
}

impl XmpWriter {
    /// A simple value.
    pub(super) fn simple(&mut self, ns: Ns, local: &str, value: Option<&str>) {
        if let Some(value) = value {
            let prefix = self.prefix(ns);
            // Writing to a String cannot fail, here and below.
            let _ = write!(self.attributes, "\n {prefix}:{local}=\"{}\"", escaped(value));
        }
    }

    /// A text in one language, which is everybody's.
    pub(super) fn text(&mut self, ns: Ns, local: &str, value: Option<&str>) {
        if let Some(value) = value {
            let item = format!("<rdf:li xml:lang=\"x-default\">{}</rdf:li>", escaped(value));
            self.array(ns, local, "Alt", &item);
        }
    }

    /// A list whose order counts.
    pub(super) fn list(&mut self, ns: Ns, local: &str, values: &[String]) {
        if !values.is_empty() {
            let mut items = String::new();
            for value in values {
                let _ = write!(items, "<rdf:li>{}</rdf:li>", escaped(value));
            }
            self.array(ns, local, "Seq", &items);
        }
    }

    /// A list (`Seq` or `Bag`) of one structure, with those of its fields that have a value.
    pub(super) fn structure(&mut self, ns: Ns, local: &str, array: &str, fields: &[(&str, Option<&str>)]) {
        let prefix = ns.prefix();
        let inside: String = fields
            .iter()
            .filter_map(|(field, value)| {
                value.map(|value| format!("<{prefix}:{field}>{}</{prefix}:{field}>", escaped(value)))
            })
            .collect();
        if !inside.is_empty() {
            let item = format!("<rdf:li rdf:parseType=\"Resource\">{inside}</rdf:li>");
            self.array(ns, local, array, &item);
        }
    }

    /// The packet; `None` when nothing was put in.
    pub(super) fn finish(self) -> Option<String> {
        if self.used.is_empty() {
            return None;
        }
        let mut namespaces = String::new();
        for ns in &self.used {
            let _ = write!(namespaces, "\n xmlns:{}=\"{}\"", ns.prefix(), ns.uri());
        }
        Some(format!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
             <x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"{}\">\n<rdf:Description rdf:about=\"\"{namespaces}{}>{}\n\
             </rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>",
            Ns::Rdf.uri(),
            self.attributes,
            self.elements
        ))
    }

    fn array(&mut self, ns: Ns, local: &str, array: &str, items: &str) {
        let prefix = self.prefix(ns);
        let _ = write!(
            self.elements,
            "\n <{prefix}:{local}><rdf:{array}>{items}</rdf:{array}></{prefix}:{local}>"
        );
    }

    fn prefix(&mut self, ns: Ns) -> &'static str {
        if !self.used.contains(&ns) {
            self.used.push(ns);
        }
        ns.prefix()
    }
}

/// Text as XML, in attributes too: line ends must be references there, or they would be read as blanks. What XML cannot hold is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#xA;"),
            '\t' => escaped.push_str("&#x9;"),
            '\u{fffe}' | '\u{ffff}' => {}
            _ if character.is_control() => {}
            _ => escaped.push(character),
        }
    }
    escaped
}
