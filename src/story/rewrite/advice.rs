//! What a caption might lack: who, where, when. Advice for whoever writes it; nothing is ever blocked by it, and a good caption may go against it.

/// Characters that a caption of substance has at least.
const SHORT: usize = 30;

/// Something that a caption might lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// It has under 30 characters.
    Short,
    /// No name and nobody is spoken of.
    Who,
    /// No place is given and none is named.
    Where,
    /// No year, and the photo has no date that the page would print.
    When,
    /// The alt text has the same words.
    SameAsAlt,
}

impl Advice {
    /// Its word, for messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Who => "who",
            Self::Where => "where",
            Self::When => "when",
            Self::SameAsAlt => "same_as_alt",
        }
    }
}

/// What is known beside a caption.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// The place that stands before it.
    pub place: &'a str,
    /// The alt text.
    pub alt: &'a str,
    /// Whether the photo has a day.
    pub has_date: bool,
}

/// Advice on a caption; an empty one gets none, for the checklist asks for it anyway.
#[must_use]
pub fn advise(caption: &str, beside: Beside<'_>) -> Vec<Advice> {
    let caption = caption.trim();
    if caption.is_empty() {
        return Vec::new();
    }
    let has_place = !beside.place.trim().is_empty() || opens_with_place(caption);
    [
        (Advice::Short, caption.chars().count() < SHORT),
        (Advice::Who, !names_somebody(caption)),
        (Advice::Where, !has_place),
        (Advice::When, !beside.has_date && !names_a_time(caption)),
        (
            Advice::SameAsAlt,
            !beside.alt.trim().is_empty() && beside.alt.trim() == caption,
        ),
    ]
    .into_iter()
    .filter_map(|(advice, holds)| holds.then_some(advice))
    .collect()
}

/// A capital inside a sentence is taken for a name: in Dutch, English and their neighbours (not in German) that is what it is.
fn names_somebody(caption: &str) -> bool {
    let mut begins = true;
    caption.split_whitespace().any(|word| {
        let is_name = !begins
            && word
                .trim_start_matches(['“', '‘', '"', '\'', '('])
                .chars()
                .next()
                .is_some_and(char::is_uppercase);
        begins = word.ends_with(['.', '!', '?', ':', '…', '”']);
        is_name
    })
}

/// "Frontlinie Mosul, Irak." before the sentence: a short first sentence with a comma or without a verb's length.
fn opens_with_place(caption: &str) -> bool {
    caption.split_once(". ").is_some_and(|(first, _)| {
        let words = first.split_whitespace().count();
        words <= 6
            && first.chars().next().is_some_and(char::is_uppercase)
            && (words <= 3 || first.contains(','))
    })
}

/// A year, or any other number of four digits that could be one.
fn names_a_time(caption: &str) -> bool {
    caption.split(|c: char| !c.is_ascii_digit()).any(|digits| {
        digits.len() == 4
            && (digits.starts_with("19") || digits.starts_with("20") || digits.starts_with("18"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_looks_for_who_where_and_when() {
        let beside = Beside {
            place: "",
            alt: "",
            has_date: true,
        };
        let good =
            "Frontlinie Mosul, Irak. Soldaten van de Gouden Divisie wachten op het teken om verder te gaan.";
        assert_eq!(advise(good, beside), []);
        assert_eq!(
            advise("een man", beside),
            [Advice::Short, Advice::Who, Advice::Where]
        );
        assert_eq!(advise("", beside), []);
        let dated = Beside {
            has_date: false,
            place: "Telskuf",
            alt: "",
        };
        assert_eq!(
            advise("De vrouw van Yousif in haar keuken, januari 2024.", dated),
            []
        );
        assert_eq!(
            advise("De vrouw van Yousif in haar keuken op een ochtend.", dated),
            [Advice::When]
        );
        let same = "De vrouw van Yousif in haar keuken, januari 2024.";
        assert_eq!(advise(same, Beside { alt: same, ..dated }), [Advice::SameAsAlt]);
    }
}
