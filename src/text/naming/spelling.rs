//! How people type: what is the same word to a reader, and to a search, is the same here.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents, marks and what nobody sees, with one kind of apostrophe and with blanks for hyphens, for comparing what people
/// typed: what a search takes for the same word is the same here, and what a reader does.
pub(super) fn spelled(text: &str) -> String {
    // An accent that stands alone is an apostrophe, and would be lost as an accent.
    let text = text.replace(['’', '‘', '`', '´'], "'");
    let letters = text
        .nfkd()
        .filter(|c| (!is_combining_mark(*c) || is_vowel(*c)) && !is_unseen(*c))
        .flat_map(char::to_lowercase);
    let mut plain = String::with_capacity(text.len());
    for letter in letters {
        match PLAIN.iter().find(|(own, _)| *own == letter) {
            Some((_, typed)) => plain.push_str(typed),
            // Lower case may bring a mark of its own.
            None if is_combining_mark(letter) && !is_vowel(letter) => (),
            None if HYPHENS.contains(&letter) => plain.push(' '),
            None => plain.push(letter),
        }
    }
    plain
        .split_whitespace()
        .map(|word| {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
            if SAINTS.contains(&bare) { "st" } else { word }
        })
        .collect::<Vec<_>>()
        .join(" ")
        .nfc()
        .collect()
}

/// A word as it is typed where there are no dots: "Koeln".
pub(super) fn with_two_letters(word: &str) -> String {
    let pairs = [
        ('ä', "ae"),
        ('ö', "oe"),
        ('ü', "ue"),
        ('Ä', "Ae"),
        ('Ö', "Oe"),
        ('Ü', "Ue"),
        ('å', "aa"),
        ('Å', "Aa"),
    ];
    let mut typed = String::with_capacity(word.len());
    for letter in word.nfc() {
        match pairs.iter().find(|(own, _)| *own == letter) {
            Some((_, two)) => typed.push_str(two),
            None => typed.push(letter),
        }
    }
    typed
}

/// Letters with a stroke or without a dot, which are letters of their own to Unicode, and the plain ones that people type.
const PLAIN: [(char, &str); 14] = [
    ('ı', "i"),
    ('ł', "l"),
    ('ø', "o"),
    ('đ', "d"),
    ('ħ', "h"),
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('þ', "th"),
    ('ð', "d"),
    // Persian and Arabic write the same letter with two characters.
    ('ی', "ي"),
    ('ى', "ي"),
    ('ک', "ك"),
    ('ة', "ه"),
];

/// How a saint stands in the names of places.
const SAINTS: [&str; 7] = ["st.", "ste.", "ste", "saint", "sainte", "sankt", "sint"];

/// Short lines that join words.
pub(super) const HYPHENS: [char; 5] = ['-', '\u{2010}', '\u{2011}', '–', '\u{2212}'];

/// Signs that are marks to Unicode, and without which a word in an Indic script is another word.
fn is_vowel(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{dff}') && c != '\u{93c}'
}

/// Characters that take no room: soft hyphens, joiners, marks of direction, the stretching line of Arabic.
pub(in crate::text) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{640}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{e0000}'..='\u{e007f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Letters of scripts that put no blanks between words, or hang their particles on: Thai, Lao, Tibetan, Burmese, Khmer, kana, Chinese characters,
/// Hangul. A name in them is looked for anywhere.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{fff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{20000}'..='\u{3ffff}')
}

/// A text as a browser shows it that takes it for HTML, or for an address: without tags, and with characters for entities and for what is percent-encoded. `None`
/// where that is the text itself.
pub(super) fn decoded(text: &str) -> Option<String> {
    if !text.contains(['&', '<', '%']) {
        return None;
    }
    // Behind the last one no tag ends.
    let last_end = text.rfind('>').unwrap_or(0);
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['&', '<', '%'])) {
        let from = at + found;
        plain.extend_from_slice(text.as_bytes().get(at..from).unwrap_or_default());
        let rest = text.get(from..).unwrap_or_default();
        let (shown, length) = match rest.as_bytes().first() {
            Some(b'<') if from < last_end => (Vec::new(), tag(rest)),
            Some(b'&') => entity(rest),
            Some(b'%') => {
                let byte = rest
                    .get(1..3)
                    .and_then(|digits| u8::from_str_radix(digits, 16).ok());
                (byte.into_iter().collect(), byte.map(|_| 3))
            }
            _ => (Vec::new(), None),
        };
        match length {
            Some(_) => plain.extend(shown),
            None => plain.extend(rest.bytes().take(1)),
        }
        at = from + length.unwrap_or(1);
    }
    plain.extend_from_slice(text.as_bytes().get(at..).unwrap_or_default());
    let plain = String::from_utf8_lossy(&plain).into_owned();
    (plain != text).then_some(plain)
}

/// The bytes of a tag or comment at the beginning of a text.
fn tag(text: &str) -> Option<usize> {
    let is_one = text
        .get(1..)?
        .starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    if is_one {
        text.find('>').map(|end| end + 1)
    } else {
        None
    }
}

/// Bytes of the longest entity that is known here, with its semicolon.
const MOST_OF_ENTITY: usize = 12;

/// The character that an entity at the beginning of a text stands for, and the bytes of the entity; those that people write within words.
fn entity(text: &str) -> (Vec<u8>, Option<usize>) {
    let end = text.bytes().take(MOST_OF_ENTITY).position(|byte| byte == b';');
    let Some(name) = end.and_then(|end| text.get(1..end)) else {
        return (Vec::new(), None);
    };
    let number = name.strip_prefix('#').and_then(|number| {
        let hexadecimal = number.strip_prefix(['x', 'X']);
        let code = hexadecimal.map_or_else(
            || number.parse().ok(),
            |digits| u32::from_str_radix(digits, 16).ok(),
        );
        char::from_u32(code?)
    });
    let known = number.or(match name {
        "amp" => Some('&'),
        "nbsp" => Some(' '),
        "shy" | "zwj" | "zwnj" | "lrm" | "rlm" => Some('\u{ad}'),
        _ => None,
    });
    match known {
        Some(c) => (c.to_string().into_bytes(), end.map(|end| end + 1)),
        None => (Vec::new(), None),
    }
}
