//! What somebody types, as a search: words that must all be there, phrases in quotes, the last word as far as it has been typed.
//!
//! Nothing of it is ever a command of FTS5's language: every word stands in that language's quotes, so no text can be wrong or mean something else.

/// Characters that are looked at; a search is a few words.
pub const MOST_CHARS: usize = 200;
/// Words and phrases that are looked for; further ones are left out, for each costs a walk through the index.
const MOST_TERMS: usize = 12;
/// Words and phrases that are shown in what is found.
const MOST_SHOWN: usize = 3;
/// A last word is looked for by its beginning from so many characters on: a single letter begins half of all words.
const LEAST_BEGINNING_CHARS: usize = 2;

/// A search that the index understands, whatever was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    whole: String,
    beginning: String,
}

/// A run of the text: what stood between two quotation marks, or what did not.
struct Run<'a> {
    text: &'a str,
    is_phrase: bool,
}

impl Query {
    /// The search for what was typed; `None` where that holds no word.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let typed: String = typed
            .chars()
            .take(MOST_CHARS)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let mut terms: Vec<(&str, bool)> = Vec::new();
        for run in runs(&typed) {
            if run.is_phrase {
                terms.push((run.text, false));
            } else {
                terms.extend(run.text.split_whitespace().map(|word| (word, true)));
            }
        }
        terms.retain(|(text, _)| text.chars().any(char::is_alphanumeric));
        let last = terms.len().checked_sub(1)?;
        let terms: Vec<String> = terms
            .iter()
            .enumerate()
            .take(MOST_TERMS)
            .map(|(at, (text, is_word))| {
                let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
                let is_begun = at == last && *is_word && letters >= LEAST_BEGINNING_CHARS;
                let star = if is_begun { "*" } else { "" };
                format!("\"{}\"{star}", text.replace('"', " "))
            })
            .collect();
        let shown = terms.get(..MOST_SHOWN).unwrap_or(&terms);
        Some(Self {
            beginning: shown.join(" AND "),
            whole: terms.join(" AND "),
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.whole
    }

    /// Its first words alone.
    pub(super) fn beginning(&self) -> &str {
        &self.beginning
    }
}

/// The runs of a text. A quotation mark that is never closed quotes nothing.
fn runs(text: &str) -> Vec<Run<'_>> {
    const QUOTES: [char; 6] = ['"', '“', '”', '„', '«', '»'];
    let parts: Vec<&str> = text.split(QUOTES).collect();
    let last = parts.len().saturating_sub(1);
    parts
        .into_iter()
        .enumerate()
        .map(|(at, text)| Run {
            text,
            is_phrase: at % 2 == 1 && at < last,
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    fn parsed(typed: &str) -> String {
        Query::parse(typed).unwrap().whole
    }

    #[test]
    fn words_must_all_be_there_and_the_last_may_go_on() {
        assert_eq!(parsed("  mosul  bak "), "\"mosul\" AND \"bak\"*");
        assert_eq!(parsed("a"), "\"a\"", "one letter begins half of all words");
        assert_eq!(parsed("foto’s"), "\"foto’s\"*");
    }

    #[test]
    fn of_a_long_search_the_first_words_are_shown() {
        let shown = |typed| Query::parse(typed).unwrap().beginning;
        assert_eq!(shown("een twee"), "\"een\" AND \"twee\"*");
        assert_eq!(
            shown("een \"twee drie\" vier vijf"),
            "\"een\" AND \"twee drie\" AND \"vier\""
        );
    }

    #[test]
    fn what_stands_in_quotation_marks_is_a_phrase() {
        for typed in ["\"derde brug\" mosul", "“derde brug” mosul", "„derde brug” mosul"] {
            assert_eq!(parsed(typed), "\"derde brug\" AND \"mosul\"*", "{typed}");
        }
        assert_eq!(parsed("mosul \"derde brug\""), "\"mosul\" AND \"derde brug\"");
        assert_eq!(
            parsed("\"derde brug"),
            "\"derde\" AND \"brug\"*",
            "it is still being typed"
        );
    }

    #[test]
    fn no_text_is_a_command() {
        for typed in [
            "NEAR(a b)",
            "title:x",
            "a OR b",
            "a* NOT b",
            "{title} : x",
            "^x",
            "a\"b",
            "x\u{0}y",
            "-- ' ; DROP TABLE",
        ] {
            let query = parsed(typed);
            let outside: String = query.split('"').step_by(2).collect();
            assert!(
                outside.replace(" AND ", "").chars().all(|c| c == '*'),
                "{typed} became {query}"
            );
        }
    }

    #[test]
    fn where_there_is_no_word_there_is_no_search() {
        for typed in ["", "   ", "\"\"", "…", "* ( ) ^ :", "\u{0}", "“”", "- -"] {
            assert_eq!(Query::parse(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        let query = parsed(&"woord ".repeat(10_000));
        assert_eq!(query.matches(" AND ").count(), MOST_TERMS - 1);
        assert!(parsed(&"w".repeat(100_000)).len() <= MOST_CHARS + 3);
    }
}
