//! What a sender says of a file: its name, the pairs and the sum in the headers of an upload.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{clean_line, cut};

/// Bytes that the metadata of one upload may have.
pub const MOST_METADATA: usize = 4 * 1024;
/// Characters that a file's name keeps.
const MOST_LABEL_CHARS: usize = 200;

/// The last part of a client's file name, as a label: no folders, no control characters, at most 200 characters.
#[must_use]
pub fn label(file_name: &str) -> String {
    let last = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let label = cut(&clean_line(last), MOST_LABEL_CHARS);
    if label.is_empty() || label.chars().all(|c| c == '.') {
        "photograph".to_owned()
    } else {
        label
    }
}

/// The endings of each type of photograph, in lower case; the first is the usual one.
const ENDINGS: [(&str, &[&str]); 4] = [
    ("image/jpeg", &["jpg", "jpeg", "jpe", "jfif"]),
    ("image/png", &["png"]),
    ("image/webp", &["webp"]),
    ("image/tiff", &["tif", "tiff"]),
];

/// A label with the ending of what the file is: the sender chose the label, and a program opens a file by its ending. One that has it stays.
#[must_use]
pub fn with_ending(label: &str, media_type: &str) -> String {
    let Some((_, endings)) = ENDINGS.iter().find(|(of, _)| *of == media_type) else {
        return label.to_owned();
    };
    let own = label.rsplit_once('.').map(|(_, own)| own.to_ascii_lowercase());
    if own.is_some_and(|own| endings.contains(&&*own)) {
        return label.to_owned();
    }
    let usual = endings.first().copied().unwrap_or_default();
    format!("{label}.{usual}")
}

/// What is said of a file; `None` where it is not said as it must be.
///
/// Source: tus 1.0, `Upload-Metadata`: pairs with commas between, a key and behind a space the Base64 of its value.
#[must_use]
pub fn metadata(text: &str) -> Option<BTreeMap<String, String>> {
    if text.len() > MOST_METADATA {
        return None;
    }
    let mut said = BTreeMap::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = STANDARD.decode(value.trim()).ok()?;
        let before = said.insert(key.to_owned(), String::from_utf8_lossy(&value).into_owned());
        if before.is_some() {
            return None;
        }
    }
    Some(said)
}

/// The name of an algorithm and the sum by it.
///
/// Source: tus 1.0, `Upload-Checksum`: the algorithm's name, a space, the Base64 of the sum.
#[must_use]
pub fn checksum(text: &str) -> Option<(&str, Vec<u8>)> {
    let (algorithm, sum) = text.split_once(' ')?;
    Some((algorithm, STANDARD.decode(sum.trim()).ok()?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_ending_of_what_it_is() {
        for (label, media_type, named) in [
            ("a.jpg", "image/jpeg", "a.jpg"),
            ("DSC_1.JPG", "image/jpeg", "DSC_1.JPG"),
            ("x.html", "image/jpeg", "x.html.jpg"),
            ("x", "image/webp", "x.webp"),
            ("2024.01.10 Mosul", "image/tiff", "2024.01.10 Mosul.tif"),
            ("a.png", "image/jpeg", "a.png.jpg"),
        ] {
            assert_eq!(with_ending(label, media_type), named);
        }
    }

    #[test]
    fn what_is_said_of_a_file_is_read_and_what_is_not_base64_is_refused() {
        let read = metadata("filename w6nDqW4uanBn,is_confidential, story c3RvXzE=").unwrap();
        assert_eq!(read["filename"], "één.jpg");
        assert_eq!(
            (read["is_confidential"].as_str(), read["story"].as_str()),
            ("", "sto_1")
        );
        assert!(metadata("").unwrap().is_empty());
        for wrong in ["filename ???", "filename YQ==,filename YQ=="] {
            assert!(metadata(wrong).is_none(), "{wrong}");
        }
        assert!(metadata(&format!("a {}", "YWFh".repeat(1_100))).is_none());
    }

    #[test]
    fn a_file_name_is_a_label_and_never_a_path() {
        assert_eq!(label(&format!("{}etc/passwd", "../".repeat(30))), "passwd");
        assert_eq!(label("C:\\fakepath\\DSC_1.jpg"), "DSC_1.jpg");
        assert_eq!(label("\u{0}\n"), "photograph");
        assert_eq!(label("a/.."), "photograph");
        // A space where the name is cut would go when the label is read again.
        assert_eq!(label(&format!("{} ende.jpg", "é".repeat(199))), "é".repeat(199));
    }
}
