//! Texts without the sentences that name what is hidden.

use super::naming::names_any;

/// The text without those of its sentences that name one of these words.
#[must_use]
pub fn without_sentences_naming(text: &str, words: &[String]) -> String {
    if !names_any(text, words) {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        // A sentence ends behind its mark and the blanks after it; one without a mark ends with the text.
        let mark = rest
            .char_indices()
            .find(|(at, c)| {
                matches!(c, '.' | '!' | '?' | '\n')
                    && rest.get(at + c.len_utf8()..).is_none_or(|after| {
                        after.is_empty()
                            || after.starts_with(|c: char| c.is_whitespace() || "\"”’)".contains(c))
                    })
            })
            .map_or(rest.len(), |(at, c)| at + c.len_utf8());
        let blanks = rest.get(mark..).map_or(0, |after| {
            after.len()
                - after
                    .trim_start_matches(|c: char| c.is_whitespace() || "\"”’)".contains(c))
                    .len()
        });
        let (sentence, after) = rest.split_at(mark + blanks);
        if !names_any(sentence, words) {
            kept.push_str(sentence);
        }
        rest = after;
    }
    // A name with a full stop in it ("St. Lô") is in no sentence.
    if names_any(&kept, words) {
        return String::new();
    }
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::without_sentences_naming;

    #[test]
    fn only_the_sentences_that_name_it_go() {
        let words = ["telskuf".to_owned(), "irak".to_owned()];
        let text =
            "Frontlinie Telskuf, Irak. Een straat na de storm. “In Telskuf blijft niemand.” Wie keert terug?";
        assert_eq!(
            without_sentences_naming(text, &words),
            "Een straat na de storm. Wie keert terug?"
        );
        assert_eq!(without_sentences_naming("Telskuf", &words), "");
        assert_eq!(without_sentences_naming("Niets. Hier.", &words), "Niets. Hier.");
        // A full stop in a name ends no sentence: cut there it would be in neither half.
        let saint = ["st lo".to_owned()];
        assert_eq!(
            without_sentences_naming("De brug bij St. Lô ligt in puin.", &saint),
            ""
        );
    }
}
