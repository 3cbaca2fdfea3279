//! The language in which the desk speaks. Every language is one file in `static/languages`, the same for pages and for scripts; adding one is adding a
//! file. Its `messages` are the desk's own; its `sentences` say what the rest of the program says in English. A browser gets the first of its own
//! languages that there is, unless somebody chose one at the desk.
//!
//! The language of a request is kept beside the task that answers it, not passed through every call: it decides words and nothing else.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::future::Future;
use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderMap};
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};
use rust_embed::RustEmbed;
use serde::Deserialize;

/// The cookie that holds the language somebody chose.
pub const COOKIE: &str = "desk_language";
/// The language of whoever speaks none of ours, and of words that a file lacks.
const FALLBACK: &str = "en";

#[derive(RustEmbed)]
#[folder = "static/languages/"]
struct Files;

/// A language's file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File<M> {
    messages: BTreeMap<String, M>,
    sentences: BTreeMap<String, M>,
}

/// A message: one text, or one for each plural category of its language (CLDR's names).
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Message {
    Text(String),
    Counted(BTreeMap<String, String>),
}

#[derive(Debug)]
struct Messages {
    tag: String,
    texts: BTreeMap<String, Message>,
    locale: Option<Locale>,
}

static LANGUAGES: LazyLock<Vec<Messages>> = LazyLock::new(|| {
    let mut languages: Vec<Messages> = Files::iter().filter_map(|name| read(&name)).collect();
    languages.sort_by(|a, b| a.tag.cmp(&b.tag));
    languages
});

fn read(name: &str) -> Option<Messages> {
    let tag = name.strip_suffix(".json")?.to_owned();
    let file = Files::get(name)?;
    // Whether each file can be read, and says all that English says, is a test's business.
    let File {
        messages: mut texts,
        sentences,
    } = serde_json::from_slice(&file.data).ok()?;
    texts.extend(sentences);
    let locale = tag.parse().ok();
    Some(Messages { tag, texts, locale })
}

/// What scripts are sent of each language, by the names under which they ask: messages always, sentences where something goes wrong.
#[must_use]
pub fn for_scripts() -> Vec<(String, Vec<u8>)> {
    let parts = |name: &str| {
        let file: File<serde_json::Value> = serde_json::from_slice(&Files::get(name)?.data).ok()?;
        let parts = [("messages", file.messages), ("sentences", file.sentences)];
        Some(parts.map(|(part, texts)| {
            let bytes = serde_json::to_vec(&texts).unwrap_or_default();
            (format!("{part}/{name}"), bytes)
        }))
    };
    Files::iter().filter_map(|name| parts(&name)).flatten().collect()
}

tokio::task_local! {
    static CURRENT: Tongue;
}

/// One of the desk's languages.
#[derive(Debug, Clone, Copy)]
pub struct Tongue(&'static Messages);

impl Tongue {
    /// The language of the request that is being answered.
    #[must_use]
    pub fn current() -> Self {
        CURRENT
            .try_with(|tongue| *tongue)
            .unwrap_or_else(|_| Self::fallback())
    }

    /// The language for a request: the one that was chosen, else the first that its browser asks for.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        chosen(headers)
            .and_then(|tag| Self::of_tag(&tag))
            .or_else(|| asked(headers).into_iter().find_map(|tag| Self::of_tag(&tag)))
            .unwrap_or_else(Self::fallback)
    }

    /// The language of this tag, if the desk speaks it.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase();
        let primary = crate::text::language::primary(&tag);
        LANGUAGES
            .iter()
            .find(|messages| messages.tag == tag)
            .or_else(|| LANGUAGES.iter().find(|messages| messages.tag == primary))
            .map(Self)
    }

    /// English, which the rest of the program speaks.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the file is part of the program")]
    pub(super) fn fallback() -> Self {
        Self::of_tag(FALLBACK).expect("there are English messages")
    }

    /// All languages that the desk speaks.
    pub fn all() -> impl Iterator<Item = Self> {
        LANGUAGES.iter().map(Self)
    }

    /// Answers a request in this language.
    pub async fn scope<T>(self, answer: impl Future<Output = T>) -> T {
        CURRENT.scope(self, answer).await
    }

    /// Does work for a request in this language, on whatever thread.
    pub fn scope_now<T>(self, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, work)
    }

    /// Its tag, for `lang`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        &self.0.tag
    }

    /// Its own name for itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.say("language")
    }

    /// The text of a message. One that this language lacks is said in English, one that English lacks by its key.
    #[must_use]
    pub fn say(self, key: &str) -> &'static str {
        match self.find_message(key) {
            Some(Message::Text(text)) => text,
            Some(Message::Counted(forms)) => forms.get("other").map_or("", String::as_str),
            None => missing(key),
        }
    }

    /// The text of a message that there may be.
    #[must_use]
    pub fn find(self, key: &str) -> Option<&'static str> {
        self.find_message(key).map(|_| self.say(key))
    }

    /// The English text of a message: the one that the rest of the program speaks.
    #[must_use]
    pub fn english(key: &str) -> Option<&'static str> {
        Self::fallback().find(key)
    }

    /// The English texts of all messages whose keys begin so, with their keys.
    pub fn all_english(family: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
        Self::fallback()
            .0
            .texts
            .iter()
            .filter(move |(key, _)| key.starts_with(family))
            .filter_map(|(key, message)| match message {
                Message::Text(text) => Some((key.as_str(), text.as_str())),
                Message::Counted(_) => None,
            })
    }

    /// The text of a message with its places filled: `{name}` by the value of that name.
    #[must_use]
    pub fn fill<V: Display>(self, key: &str, values: impl IntoIterator<Item = (&'static str, V)>) -> String {
        filled(self.say(key), values)
    }

    /// The text of a message for so many of something, which it may print as `{n}`.
    #[must_use]
    pub fn count(self, key: &str, n: usize) -> String {
        let text = match self.find_message(key) {
            Some(Message::Counted(forms)) => forms
                .get(self.category(n))
                .or_else(|| forms.get("other"))
                .map_or("", String::as_str),
            _ => self.say(key),
        };
        filled(text, [("n", n)])
    }

    /// CLDR's name for how this language counts so many. The rules are part of the program and cost nothing to open, and they may not be shared
    /// between threads.
    fn category(self, n: usize) -> &'static str {
        let rules = self
            .0
            .locale
            .as_ref()
            .and_then(|locale| PluralRules::try_new_cardinal(locale.into()).ok());
        rules.map_or("other", |rules| category_name(rules.category_for(n)))
    }

    fn find_message(self, key: &str) -> Option<&'static Message> {
        self.0
            .texts
            .get(key)
            .or_else(|| Self::fallback().0.texts.get(key))
    }
}

fn missing(key: &str) -> &'static str {
    tracing::error!(key, "a message is in no file");
    ""
}

fn filled<V: Display>(text: &str, values: impl IntoIterator<Item = (&'static str, V)>) -> String {
    values.into_iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), &value.to_string())
    })
}

fn category_name(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

fn chosen(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            pair.trim()
                .strip_prefix(COOKIE)?
                .strip_prefix('=')
                .map(str::to_owned)
        })
}

/// The languages of `Accept-Language`, the most wanted first.
fn asked(headers: &HeaderMap) -> Vec<String> {
    let wanted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut tags: Vec<(f32, &str)> = wanted
        .split(',')
        .take(20)
        .filter_map(|part| {
            let (tag, quality) = part.split_once(";q=").unwrap_or((part, "1"));
            Some((quality.trim().parse().ok()?, tag.trim()))
        })
        .filter(|(quality, _)| *quality > 0.0)
        .collect();
    // Stable: of two that are wanted alike the first named goes first.
    tags.sort_by(|a, b| b.0.total_cmp(&a.0));
    tags.into_iter().map(|(_, tag)| tag.to_owned()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use std::collections::BTreeSet;

    fn of(language: Option<&'static str>, cookie: Option<&'static str>) -> &'static str {
        let mut headers = HeaderMap::new();
        if let Some(language) = language {
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(language));
        }
        if let Some(cookie) = cookie {
            headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
        }
        Tongue::of(&headers).tag()
    }

    #[test]
    fn a_browser_gets_the_first_of_its_languages_that_the_desk_speaks() {
        assert_eq!(of(None, None), "en");
        assert_eq!(of(Some("nl-BE,nl;q=0.9,en;q=0.8"), None), "nl");
        assert_eq!(of(Some("en;q=0.7, nl;q=0.9"), None), "nl");
        assert_eq!(of(Some("tlh, nl;q=0"), None), "en");
        assert_eq!(of(Some("nl"), Some("session=x; desk_language=en")), "en");
        assert_eq!(of(Some("nl"), Some("desk_language=tlh")), "nl");
    }

    #[test]
    fn numbers_choose_their_form() {
        let nl = Tongue::of_tag("nl").unwrap();
        assert_eq!(nl.count("photographs", 1), "1 foto");
        assert_eq!(nl.count("photographs", 12), "12 foto’s");
    }

    #[test]
    fn every_language_says_what_english_says_with_the_same_places() {
        let places = |message: &Message| -> BTreeSet<String> {
            let texts = match message {
                Message::Text(text) => vec![text.clone()],
                Message::Counted(forms) => forms.values().cloned().collect(),
            };
            texts
                .iter()
                .flat_map(|text| {
                    text.split('{')
                        .skip(1)
                        .filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()))
                })
                .collect()
        };
        for (file, name) in Files::iter().map(|name| (Files::get(&name).unwrap(), name)) {
            let parsed: Result<File<Message>, _> = serde_json::from_slice(&file.data);
            assert!(parsed.is_ok(), "{name} cannot be read: {:?}", parsed.err());
        }
        let english = &Tongue::fallback().0.texts;
        for language in Tongue::all() {
            let texts = &language.0.texts;
            let keys = |texts: &BTreeMap<String, Message>| texts.keys().cloned().collect::<BTreeSet<_>>();
            let (here, there) = (keys(texts), keys(english));
            let lacking: Vec<_> = there.symmetric_difference(&here).collect();
            assert!(lacking.is_empty(), "{}: {lacking:?}", language.tag());
            for (key, message) in texts {
                assert_eq!(
                    places(message),
                    places(&english[key]),
                    "{}: {key}",
                    language.tag()
                );
            }
        }
    }
}
