//! The difference between two texts, to the word.

use std::time::{Duration, Instant};

use similar::{Algorithm, DiffTag, capture_diff_slices_deadline};

/// How long two long texts that have nothing in common may be searched for it; then what is left counts as changed as a whole.
const PATIENCE: Duration = Duration::from_millis(200);

/// A run of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// On both sides.
    Same(String),
    /// Only in the earlier text.
    Removed(String),
    /// Only in the later text.
    Added(String),
}

/// A word with what stands behind it. How wide a blank is makes no difference; where a line or a paragraph ends does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Word<'a> {
    word: &'a str,
    breaks: usize,
}

/// Words, and for each the whole of it with what stands behind.
fn split(text: &str) -> (Vec<Word<'_>>, Vec<&str>) {
    let mut words = Vec::new();
    let mut wholes = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let from = rest.find(|c: char| !c.is_whitespace()).unwrap_or(0);
        let (lead, tail) = rest.split_at(from);
        let word = tail.find(char::is_whitespace).unwrap_or(tail.len());
        let blank = tail
            .get(word..)
            .and_then(|blank| blank.find(|c: char| !c.is_whitespace()))
            .unwrap_or(tail.len() - word);
        let end = lead.len() + word + blank;
        let (whole, after) = rest.split_at(end);
        words.push(Word {
            word: tail.get(..word).unwrap_or_default(),
            // A text that goes on behind its last word has changed there, and not in the word.
            breaks: if after.is_empty() {
                0
            } else {
                whole.matches('\n').count()
            },
        });
        wholes.push(whole);
        rest = after;
    }
    (words, wholes)
}

/// The pieces of which two texts are made. Read without what is removed they are the later text, without what is added the earlier, but for blanks.
#[must_use]
pub fn words(before: &str, after: &str) -> Vec<Piece> {
    let (old, old_wholes) = split(before);
    let (new, new_wholes) = split(after);
    let until = Instant::now().checked_add(PATIENCE);
    let mut pieces = Vec::new();
    let joined = |wholes: &[&str], range: std::ops::Range<usize>| {
        wholes.get(range).map(<[&str]>::concat).unwrap_or_default()
    };
    for op in capture_diff_slices_deadline(Algorithm::Myers, &old, &new, until) {
        let (tag, old_range, new_range) = op.as_tag_tuple();
        if tag == DiffTag::Equal {
            pieces.push(Piece::Same(joined(&new_wholes, new_range)));
            continue;
        }
        if !old_range.is_empty() {
            pieces.push(Piece::Removed(joined(&old_wholes, old_range)));
        }
        if !new_range.is_empty() {
            pieces.push(Piece::Added(joined(&new_wholes, new_range)));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(before: &str, after: &str) -> String {
        words(before, after)
            .iter()
            .map(|piece| match piece {
                Piece::Same(text) => text.clone(),
                Piece::Removed(text) => format!("[-{text}-]"),
                Piece::Added(text) => format!("[+{text}+]"),
            })
            .collect()
    }

    #[test]
    fn a_changed_word_is_marked_and_nothing_else() {
        assert_eq!(
            marked("Een veld bij Telskuf.", "Een akker bij Telskuf."),
            "Een [-veld -][+akker +]bij Telskuf."
        );
        assert_eq!(
            marked("Een veld", "Een veld bij Telskuf."),
            "Een veld [+bij Telskuf.+]"
        );
        assert_eq!(marked("", "Nieuw."), "[+Nieuw.+]");
        assert_eq!(marked("Weg.", ""), "[-Weg.-]");
        assert_eq!(marked("gelijk", "gelijk"), "gelijk");
    }

    #[test]
    fn where_a_paragraph_ends_is_seen() {
        let pieces = words("Een.  Twee. Drie.", "Een. Twee.\n\nDrie.");
        assert_eq!(
            pieces,
            [
                Piece::Same("Een. ".into()),
                Piece::Removed("Twee. ".into()),
                Piece::Added("Twee.\n\n".into()),
                Piece::Same("Drie.".into()),
            ]
        );
    }

    #[test]
    fn two_long_texts_without_a_word_in_common_take_no_more_than_patience() {
        let text = |letter: char| {
            let words: Vec<String> = (0..20_000).map(|n| format!("{letter}{n}")).collect();
            words.join(" ")
        };
        let begun = Instant::now();
        assert!(!words(&text('a'), &text('b')).is_empty());
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_two_texts(before in "[ab \n.]{0,40}", after in "[ab \n.]{0,40}") {
            let pieces = words(&before, &after);
            let read = |skip: fn(&Piece) -> bool| -> Vec<String> {
                let text: String = pieces
                    .iter()
                    .filter(|piece| !skip(piece))
                    .map(|piece| match piece {
                        // The blank behind a word may be the other side's.
                        Piece::Same(text) | Piece::Removed(text) | Piece::Added(text) => format!("{text} "),
                    })
                    .collect();
                text.split_whitespace().map(str::to_owned).collect()
            };
            let plain = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(read(|piece| matches!(piece, Piece::Removed(_))), plain(&after));
            prop_assert_eq!(read(|piece| matches!(piece, Piece::Added(_))), plain(&before));
        }
    }
}
