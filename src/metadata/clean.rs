//! Text as it is kept: one kind of line end, no control characters, NFC; and the two guesses at an encoding that are allowed.
//!
//! It does not judge the words; whether a value is a camera's filler is decided in `exif`.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// The longest text kept of one value, in bytes. Captions beyond it are damage, and it bounds what a hostile file can make us hold.
pub(super) const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The characters of Windows-1252 at 0x80 to 0x9F; everywhere else it equals ISO-8859-1. The five unassigned bytes stay C1 controls,
/// which [`text`] removes. Source: WHATWG Encoding Standard, index-windows-1252.
const WINDOWS_1252_HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', //
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Reads bytes as Windows-1252.
pub(super) fn windows_1252(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|&byte| match byte {
            0x80..=0x9f => *WINDOWS_1252_HIGH
                .get(usize::from(byte & 0x1f))
                .unwrap_or(&char::REPLACEMENT_CHARACTER),
            _ => char::from(byte),
        })
        .collect()
}

/// Reads bytes as UTF-8 when they are valid UTF-8, else as Windows-1252: the rule for EXIF text.
pub(super) fn utf8_or_windows_1252(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(windows_1252(bytes)),
    }
}

/// The text tidied: line ends are `\n`, tabs are spaces, control characters and byte order marks are gone, NFC, trimmed.
///
/// `None` when nothing is left. Longer values are cut at [`MAX_TEXT_BYTES`].
pub(super) fn text(raw: &str) -> Option<String> {
    let raw = cut(raw, MAX_TEXT_BYTES);
    let mut last_was_return = false;
    let kept = raw.chars().filter_map(|character| {
        let after_return = std::mem::replace(&mut last_was_return, character == '\r');
        match character {
            '\n' if after_return => None,
            '\r' | '\n' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '\t' => Some(' '),
            '\u{feff}' => None,
            _ if character.is_control() => None,
            _ => Some(character),
        }
    });
    let tidy: String = kept.nfc().collect();
    let trimmed = tidy.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// As [`text`], on one line: for everything that is not running text.
pub(super) fn line(raw: &str) -> Option<String> {
    let tidy = text(raw)?;
    Some(tidy.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The longest beginning of `text` that has at most `max` bytes and ends on a character.
pub(super) fn cut(text: &str, max: usize) -> &str {
    text.get(..text.floor_char_boundary(max)).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
mod tests {
    use super::*;

    #[test]
    fn windows_1252_has_the_quotes_dashes_and_euro_that_latin_1_lacks() {
        assert_eq!(
            windows_1252(b"Caf\xe9 in \x92s-Hertogenbosch \x96 \xe9\xe9n euro \x80"),
            "Café in ’s-Hertogenbosch – één euro €"
        );
    }

    #[test]
    fn line_ends_become_one_kind_and_controls_go() {
        assert_eq!(
            text("a\r\nb\rc\n\u{0}d\u{7f}\u{85}e\tf\u{2028}g \0\0").unwrap(),
            "a\nb\nc\nde f\ng"
        );
        assert_eq!(text(" \0 \r\n"), None);
        assert_eq!(line("a\r\n  b").unwrap(), "a b");
    }

    #[test]
    fn letters_and_their_accents_are_composed() {
        assert_eq!(text("Cafe\u{301}").unwrap(), "Café");
    }

    #[test]
    fn endless_text_is_cut_on_a_character() {
        let long = "é".repeat(MAX_TEXT_BYTES);
        assert_eq!(text(&long).unwrap().len(), MAX_TEXT_BYTES);
        assert_eq!(cut("é", 1), "");
    }
}
