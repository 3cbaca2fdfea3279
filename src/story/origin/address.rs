//! An address of another site in the one form in which it is kept and looked for: its path, or a path with a post's number.
//!
//! Scheme, host, upper case, percent signs, the slash at the end and what campaigns hang behind an address make no difference; WordPress answers
//! alike to all of these too.

use unicode_normalization::UnicodeNormalization;

/// A path such as `/2019/05/het-water`, or one with a number such as `/?p=12`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldAddress(String);

/// Characters of an address; what is longer was never one.
const MOST: usize = 1_000;

impl OldAddress {
    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An address that was written by [`OldAddress::as_str`] before; `None` for anything else.
    #[must_use]
    pub fn kept(text: &str) -> Option<Self> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let is_path = path.starts_with('/')
            && !path.starts_with("//")
            && path.chars().count() <= MOST
            && !path.chars().any(char::is_control);
        if !is_path {
            return None;
        }
        // What was decoded once may hold a percent sign of its own, so it is not decoded a second time.
        let address = match query.strip_prefix("p=") {
            Some(number) => Self::with_number(path, number),
            None => Some(Self(path.to_owned())).filter(|_| path != "/"),
        };
        address.filter(|address| address.0 == text)
    }

    /// The address in a link; `None` for what is no link, and for a site's front page.
    #[must_use]
    pub fn of_link(link: &str) -> Option<Self> {
        let url = url::Url::parse(link.trim()).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        Self::asked_for(url.path(), url.query().unwrap_or_default()).next()
    }

    /// The address of a post by its number on a site whose front page is `home`.
    #[must_use]
    pub fn of_post(home: &str, post: u64) -> Option<Self> {
        let url = url::Url::parse(home.trim()).ok()?;
        Self::with_number(&tidy(url.path())?, &post.to_string())
    }

    /// The addresses that a request may mean, the most exact first.
    pub fn asked_for(path: &str, query: &str) -> impl Iterator<Item = Self> {
        let path = tidy(path);
        let number = url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "p" || name == "page_id")
            .map(|(_, number)| number.into_owned());
        let numbered = path
            .as_deref()
            .zip(number)
            .and_then(|(path, number)| Self::with_number(path, &number));
        let plain = path.filter(|path| path != "/").map(Self);
        numbered.into_iter().chain(plain)
    }

    fn with_number(path: &str, number: &str) -> Option<Self> {
        let is_number = (1..=20).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| Self(format!("{path}?p={number}")))
    }
}

fn tidy(path: &str) -> Option<String> {
    let decoded = String::from_utf8(decode(path)).ok()?;
    if decoded.chars().any(char::is_control) {
        return None;
    }
    let lowered: String = decoded.to_lowercase().nfc().collect();
    let mut tidy = String::with_capacity(lowered.len());
    for segment in lowered.split('/').filter(|segment| !segment.is_empty()) {
        tidy.push('/');
        tidy.push_str(segment);
    }
    let tidy = tidy.strip_suffix("/index.php").unwrap_or(&tidy);
    if tidy.chars().count() > MOST {
        return None;
    }
    Some(if tidy.is_empty() {
        "/".to_owned()
    } else {
        tidy.to_owned()
    })
}

/// Source: RFC 3986, 2.1.
fn decode(path: &str) -> Vec<u8> {
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = bytes
            .get(at + 1..at + 3)
            .filter(|_| byte == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(escaped.unwrap_or(byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(path: &str, query: &str) -> Vec<String> {
        OldAddress::asked_for(path, query)
            .map(|address| address.0)
            .collect()
    }

    #[test]
    fn one_address_in_all_its_spellings_is_one() {
        for (path, query) in [
            ("/2019/05/één-dag", ""),
            ("/2019/05/%C3%A9%C3%A9n-dag/", "utm_source=brief"),
            ("//2019//05/E%CC%81%c3%89n-Dag//", "p="),
        ] {
            assert_eq!(asked(path, query), ["/2019/05/één-dag"], "{path}");
        }
        assert_eq!(
            OldAddress::of_link("https://kade.example/2019/05/%c3%a9%c3%a9n-dag/"),
            Some(OldAddress("/2019/05/één-dag".to_owned()))
        );
    }

    #[test]
    fn a_number_names_a_post_whichever_way_it_is_asked_for() {
        assert_eq!(asked("/", "p=12"), ["/?p=12"]);
        assert_eq!(asked("/index.php", "page_id=12&x=1"), ["/?p=12"]);
        assert_eq!(asked("/blog/", "p=12"), ["/blog?p=12", "/blog"]);
        let post = OldAddress::of_post("https://kade.example/blog", 12).map(|address| address.0);
        assert_eq!(post.as_deref(), Some("/blog?p=12"));
        for nonsense in ["p=-1", "p=1%27", "p=1e9", "p=123456789012345678901"] {
            assert!(asked("/", nonsense).is_empty(), "{nonsense}");
        }
    }

    #[test]
    fn what_was_written_is_read_again_and_nothing_else() {
        for kept in ["/2019/05/één-dag", "/?p=12", "/blog?p=12", "/100%25-zeker"] {
            assert_eq!(
                OldAddress::kept(kept).map(|address| address.0).as_deref(),
                Some(kept)
            );
        }
        for other in [
            "",
            "/",
            "//evil.example/x",
            "2019/05",
            "/a?b=1",
            "/a?",
            "/?p=x",
            "/a\u{7}b",
        ] {
            assert_eq!(OldAddress::kept(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_post_is_none() {
        for link in [
            "",
            "https://kade.example/",
            "https://kade.example",
            "mailto:a@b.example",
            "javascript:alert(1)",
            "/relative",
            "https://kade.example/%ff",
            "https://kade.example/a%0Ab",
        ] {
            assert_eq!(OldAddress::of_link(link), None, "{link}");
        }
    }
}
