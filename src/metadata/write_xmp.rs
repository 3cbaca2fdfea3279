//! An XMP packet in the form Photo Mechanic writes, for demonstration and test originals. Public files get theirs elsewhere.
//!
//! Source: ISO 16684-1 (XMP part 1), 7; XMP part 1, 7.3.2 for the packet wrapper.

use std::fmt::Write as _;

use super::{Embedded, date::Date};

/// The packet; `None` when there is nothing to say.
pub(super) fn packet(what: &Embedded) -> Option<String> {
    let date = what.date_time_original.as_deref().and_then(Date::parse);
    let date = date.map(|date| date.with_exif_details(None, what.offset.as_deref()).iso());
    let mut attributes = String::new();
    for (name, value) in [
        ("photoshop:Headline", &what.headline),
        ("photoshop:Credit", &what.credit),
        ("photoshop:City", &what.city),
        ("photoshop:Country", &what.country),
        ("Iptc4xmpCore:CountryCode", &what.country_code),
        ("photoshop:DateCreated", &date),
    ] {
        if let Some(value) = value {
            // Writing to a String cannot fail.
            let _ = write!(attributes, "\n   {name}=\"{}\"", escaped(value));
        }
    }
    let mut elements = String::new();
    for (name, array, value) in [
        ("dc:description", "Alt", &what.caption),
        ("dc:creator", "Seq", &what.creator),
        ("dc:rights", "Alt", &what.copyright),
        ("Iptc4xmpCore:AltTextAccessibility", "Alt", &what.alt),
    ] {
        if let Some(value) = value {
            let lang = if array == "Alt" {
                " xml:lang=\"x-default\""
            } else {
                ""
            };
            let value = escaped(value);
            let _ = write!(
                elements,
                "\n   <{name}><rdf:{array}><rdf:li{lang}>{value}</rdf:li></rdf:{array}></{name}>"
            );
        }
    }
    if attributes.is_empty() && elements.is_empty() {
        return None;
    }
    Some(format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n \
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n  \
         <rdf:Description rdf:about=\"\"\n   \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n   \
         xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\"\n   \
         xmlns:Iptc4xmpCore=\"http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/\"{attributes}>{elements}\n  \
         </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>"
    ))
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
