//! IPTC-IIM, the caption block of 1995 that news tools still write: record 2 as text, in whichever of its encodings it was written.
//!
//! Takes padded, damaged and truncated blocks as far as they go. Knows nothing of Photoshop's wrapping (`photoshop`) and nothing of
//! which value wins (`resolve`). Source: IPTC-NAA Information Interchange Model 4.2.

use super::clean;

/// More datasets than this are damage or malice; a news picture has about thirty and perhaps a hundred keywords.
const MAX_DATASETS: usize = 4096;
/// The most text kept of one block, in bytes; a hundred long captions.
const MAX_TOTAL_TEXT_BYTES: usize = 512 * 1024;
/// The mark every dataset starts with.
const TAG_MARKER: u8 = 0x1c;
/// Record 1 dataset 90 says which character set record 2 is in.
const CODED_CHARACTER_SET: u8 = 90;

/// The datasets of record 2 that hold text, in file order.
#[derive(Debug, Default)]
pub(super) struct Iim {
    texts: Vec<Text>,
    /// How many bytes of the block its datasets take, without the padding after the last.
    pub(super) used_bytes: usize,
    /// Whether the block ended inside a dataset or held bytes that are none.
    pub(super) is_damaged: bool,
}

#[derive(Debug)]
struct Text {
    dataset: u8,
    value: IimText,
}

/// One text with its length in the file, which tells whether it was cut at IIM's limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IimText {
    /// The text as it was, not yet cleaned.
    pub(super) text: String,
    /// Whether its bytes reach IIM's limit for this dataset, so that it may be the beginning of a longer text.
    pub(super) fills_limit: bool,
}

/// The most bytes IIM allows in a text dataset of record 2, for those that are read. Source: IPTC-IIM 4.2, chapter 6.
pub(super) fn limit_bytes(dataset: u8) -> Option<usize> {
    Some(match dataset {
        5 | 25 | 27 | 101 => 64,
        40 | 105 => 256,
        55 | 62 => 8,
        60 => 11,
        80 | 90 | 92 | 95 | 103 | 110 | 115 | 122 => 32,
        100 => 3,
        116 => 128,
        120 => 2000,
        _ => return None,
    })
}

/// Reads one IIM block.
pub(super) fn parse(block: &[u8]) -> Iim {
    let mut iim = Iim::default();
    let datasets = split(block, &mut iim);
    let encoding = encoding_of(&datasets);
    let mut room = MAX_TOTAL_TEXT_BYTES;
    for set in datasets.iter().filter(|set| set.record == 2) {
        let Some(limit) = limit_bytes(set.number) else {
            continue;
        };
        let Some(left) = room.checked_sub(set.bytes.len().min(clean::MAX_TEXT_BYTES)) else {
            iim.is_damaged = true;
            break;
        };
        room = left;
        let bytes = set.bytes.get(..clean::MAX_TEXT_BYTES).unwrap_or(set.bytes);
        let text = match encoding {
            Encoding::Utf8 => utf8_perhaps_cut(bytes),
            Encoding::Windows1252 => None,
        };
        iim.texts.push(Text {
            dataset: set.number,
            value: IimText {
                text: text.map_or_else(|| clean::windows_1252(bytes), str::to_owned),
                // A cut on a character boundary leaves up to three bytes unused.
                fills_limit: set.bytes.len().saturating_add(3) >= limit,
            },
        });
    }
    iim
}

impl Iim {
    /// All texts of a dataset of record 2, in file order.
    pub(super) fn all(&self, dataset: u8) -> impl Iterator<Item = &IimText> {
        self.texts
            .iter()
            .filter(move |text| text.dataset == dataset)
            .map(|text| &text.value)
    }

    /// The first text of a dataset of record 2 that is not blank.
    pub(super) fn first(&self, dataset: u8) -> Option<&IimText> {
        self.all(dataset).find(|value| clean::text(&value.text).is_some())
    }
}

struct Dataset<'a> {
    record: u8,
    number: u8,
    bytes: &'a [u8],
}

/// Cuts the block into datasets, stepping over padding and finding its feet again after damage.
fn split<'a>(block: &'a [u8], iim: &mut Iim) -> Vec<Dataset<'a>> {
    let mut datasets = Vec::new();
    let mut rest = block;
    while datasets.len() < MAX_DATASETS {
        // Some programs pad each dataset to an even length with a zero byte.
        let Some(start) = rest.iter().position(|&byte| byte != 0) else {
            break;
        };
        let (_, from_here) = rest.split_at(start);
        let [TAG_MARKER, record @ 1..=9, number, after @ ..] = from_here else {
            iim.is_damaged = true;
            // Not a dataset: the next mark may be one.
            let skip = from_here.iter().skip(1).position(|&byte| byte == TAG_MARKER);
            let Some(next) = skip.and_then(|skip| from_here.get(skip.saturating_add(1)..)) else {
                break;
            };
            rest = next;
            continue;
        };
        let Some((length, value)) = length_of(after) else {
            iim.is_damaged = true;
            break;
        };
        let bytes = value.get(..length).unwrap_or_else(|| {
            // The last dataset ends early: what is there is still the photographer's words.
            iim.is_damaged = true;
            value
        });
        datasets.push(Dataset {
            record: *record,
            number: *number,
            bytes,
        });
        rest = value.get(bytes.len()..).unwrap_or_default();
        iim.used_bytes = block.len().saturating_sub(rest.len());
    }
    datasets
}

/// Reads a dataset's length, ordinary (15 bits) or extended (a count of length bytes), and gives what follows it.
///
/// Source: IPTC-IIM 4.2, 1.5 (b) and (c).
fn length_of(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&high, rest) = bytes.split_first()?;
    let (&low, rest) = rest.split_first()?;
    let short = u16::from_be_bytes([high, low]);
    if high & 0x80 == 0 {
        return Some((usize::from(short), rest));
    }
    let (length_bytes, rest) = rest.split_at_checked(usize::from(short & 0x7fff))?;
    let length = length_bytes.iter().try_fold(0_usize, |length, &byte| {
        length
            .checked_mul(256)
            .and_then(|length| length.checked_add(usize::from(byte)))
    });
    // A length beyond all memory is still only "more than is left".
    Some((length.unwrap_or(usize::MAX), rest))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Windows1252,
}

/// UTF-8 when the block says so or when all its text is valid UTF-8, else Windows-1252: programs that write no mark wrote in the
/// code page of the Windows they ran on. (ISO-8859-1, which the standard names, has no curly quotes, dashes or euro sign.)
fn encoding_of(datasets: &[Dataset<'_>]) -> Encoding {
    let says_utf8 = datasets.iter().any(|set| {
        set.record == 1
            && set.number == CODED_CHARACTER_SET
            // ESC % G, and the three ESC % / … forms of ISO 2022 that also mean UTF-8.
            && matches!(set.bytes, [0x1b, b'%', b'G', ..] | [0x1b, b'%', b'/', b'G'..=b'I', ..])
    });
    let texts = || {
        datasets
            .iter()
            .filter(|set| set.record == 2 && limit_bytes(set.number).is_some())
    };
    // A value that fills its limit may have been cut inside a character.
    let is_utf8 = |set: &Dataset<'_>| {
        let may_be_cut =
            limit_bytes(set.number).is_some_and(|limit| set.bytes.len().saturating_add(3) >= limit);
        str::from_utf8(set.bytes).is_ok() || (may_be_cut && utf8_perhaps_cut(set.bytes).is_some())
    };
    let has_whole_utf8 = || texts().any(|set| !set.bytes.is_ascii() && str::from_utf8(set.bytes).is_ok());
    let all_whole = || texts().all(|set| str::from_utf8(set.bytes).is_ok());
    // Without a mark, a cut character counts only where another text proves UTF-8: "…Ã" at a limit could be Windows-1252.
    if says_utf8 || all_whole() || (has_whole_utf8() && texts().all(is_utf8)) {
        Encoding::Utf8
    } else {
        Encoding::Windows1252
    }
}

/// Bytes as UTF-8, without the beginning of a character at their very end; `None` when they are not UTF-8.
fn utf8_perhaps_cut(bytes: &[u8]) -> Option<&str> {
    match str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => str::from_utf8(bytes.get(..error.valid_up_to())?).ok(),
        Err(_) => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
mod tests {
    use super::*;

    const TEST_STRING: &str = "Café in ’s-Hertogenbosch – één euro €";
    const TEST_STRING_1252: &[u8] = b"Caf\xe9 in \x92s-Hertogenbosch \x96 \xe9\xe9n euro \x80";

    fn dataset(record: u8, number: u8, bytes: &[u8]) -> Vec<u8> {
        let mut set = vec![TAG_MARKER, record, number];
        set.extend(u16::try_from(bytes.len()).unwrap().to_be_bytes());
        set.extend(bytes);
        set
    }

    fn caption(block: &[u8]) -> String {
        parse(block)
            .first(120)
            .map(|value| value.text.clone())
            .unwrap_or_default()
    }

    #[test]
    fn text_is_read_with_the_mark_without_the_mark_and_as_windows_1252() {
        let marked = [dataset(1, 90, b"\x1b%G"), dataset(2, 120, TEST_STRING.as_bytes())].concat();
        assert_eq!(caption(&marked), TEST_STRING);
        assert_eq!(caption(&dataset(2, 120, TEST_STRING.as_bytes())), TEST_STRING);
        assert_eq!(caption(&dataset(2, 120, TEST_STRING_1252)), TEST_STRING);
    }

    #[test]
    fn one_text_that_is_not_utf_8_decides_for_the_whole_block() {
        let block = [dataset(2, 90, b"Caf\xc3\xa9"), dataset(2, 120, TEST_STRING_1252)].concat();
        assert_eq!(parse(&block).first(90).unwrap().text, "CafÃ©");
    }

    #[test]
    fn a_text_cut_inside_a_character_loses_only_that_character() {
        let city = [b"x".repeat(31), vec![0xc3]].concat();
        let marked = [dataset(1, 90, b"\x1b%G"), dataset(2, 90, &city)].concat();
        assert_eq!(parse(&marked).first(90).unwrap().text, "x".repeat(31));
        let proven = [dataset(2, 120, TEST_STRING.as_bytes()), dataset(2, 90, &city)].concat();
        assert_eq!(parse(&proven).first(90).unwrap().text, "x".repeat(31));
        assert!(parse(&proven).first(90).unwrap().fills_limit);
        assert!(!parse(&proven).first(120).unwrap().fills_limit);
    }

    #[test]
    fn padding_between_and_after_datasets_is_stepped_over() {
        let mut block = dataset(2, 90, b"Telskuf");
        let unpadded = block.len();
        block.extend([0; 3]);
        assert_eq!(parse(&block).used_bytes, unpadded);
        block.extend(dataset(2, 101, b"Irak"));
        block.extend([0; 512]);
        let iim = parse(&block);
        assert_eq!(iim.first(90).unwrap().text, "Telskuf");
        assert_eq!(iim.first(101).unwrap().text, "Irak");
        assert!(!iim.is_damaged);
    }

    #[test]
    fn extended_lengths_are_read() {
        let long = "lang ".repeat(10_000);
        let mut block = vec![TAG_MARKER, 2, 120, 0x80, 4];
        block.extend(u32::try_from(long.len()).unwrap().to_be_bytes());
        block.extend(long.as_bytes());
        block.extend(dataset(2, 90, b"Telskuf"));
        assert_eq!(caption(&block), long);
        assert_eq!(parse(&block).first(90).unwrap().text, "Telskuf");
    }

    #[test]
    fn the_last_dataset_may_end_early() {
        let mut block = dataset(2, 120, b"Het dorp, een uur later");
        block.truncate(block.len() - 6);
        assert_eq!(caption(&block), "Het dorp, een uur");
        assert!(parse(&block).is_damaged);
    }

    #[test]
    fn after_damage_the_next_dataset_is_found() {
        let block = [b"\x02\x1crubbish".to_vec(), dataset(2, 120, b"Het dorp")].concat();
        assert_eq!(caption(&block), "Het dorp");
        assert!(parse(&block).is_damaged);
    }

    #[test]
    fn repeated_datasets_keep_their_order() {
        let block = [dataset(2, 25, b"een"), dataset(2, 25, b"twee")].concat();
        let keywords: Vec<_> = parse(&block).all(25).map(|value| value.text.clone()).collect();
        assert_eq!(keywords, ["een", "twee"]);
    }
}
