//! Slugs: the last segment of a story's address.

use super::TextError;

/// A valid slug: 1 to 100 characters, `a`–`z`, digits and single hyphens between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

/// Characters that fit in a slug.
const MOST: usize = 100;

impl Slug {
    /// Checks a slug; nothing is mended silently, for an address is chosen.
    ///
    /// # Errors
    /// [`TextError::Empty`], [`TextError::TooLong`] or [`TextError::NotASlug`].
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.len() > MOST {
            return Err(TextError::TooLong {
                length: text.chars().count(),
                most: MOST,
            });
        }
        let letters = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !letters || text.starts_with('-') || text.ends_with('-') || text.contains("--") {
            return Err(TextError::NotASlug);
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug that an address names, letter by letter: one address for one thing.
    #[must_use]
    pub fn in_address(segment: &str) -> Option<Self> {
        Self::parse(segment).ok().filter(|slug| slug.0 == segment)
    }

    /// A slug made from a title, for a story whose editor has not chosen one; `story` where no letter can be used.
    #[must_use]
    pub fn from_title(title: &str) -> Self {
        let slug = slugify(title);
        Self(if slug.is_empty() { "story".to_owned() } else { slug })
    }

    /// The same slug with a number behind it, for when the bare one is taken.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let tail = format!("-{number}");
        let head: String = self.0.chars().take(MOST - tail.len()).collect();
        Self(format!("{}{tail}", head.trim_end_matches('-')))
    }

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Letters and digits of a text in ASCII, lower case, joined by hyphens, at most 80 characters and cut between words.
#[must_use]
pub fn slugify(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;

    let mut slug = String::new();
    // Decomposed, an accent stands behind its letter and can be left out; letters that do not decompose are spelt out.
    for c in text.nfd() {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            'A'..='Z' => slug.push(c.to_ascii_lowercase()),
            'ß' => slug.push_str("ss"),
            'æ' | 'Æ' => slug.push_str("ae"),
            'ø' | 'Ø' => slug.push('o'),
            'œ' | 'Œ' => slug.push_str("oe"),
            'ł' | 'Ł' => slug.push('l'),
            'đ' | 'Đ' => slug.push('d'),
            // Apostrophes join ("foto's" is fotos), combining marks belong to the letter before.
            '\'' | '’' | '‘' | '\u{300}'..='\u{36f}' => {}
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    let slug = slug.trim_matches('-');
    if slug.len() <= 80 {
        return slug.to_owned();
    }
    let cut = slug.get(..80).unwrap_or(slug);
    cut.rsplit_once('-').map_or(cut, |(head, _)| head).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_dutch_title_becomes_a_plain_slug() {
        assert_eq!(
            slugify("‘We hebben de zee foto’s laten zien’ – Één dag"),
            "we-hebben-de-zee-fotos-laten-zien-een-dag"
        );
        assert_eq!(Slug::from_title("日本").as_str(), "story");
    }

    #[test]
    fn a_long_title_is_cut_between_words() {
        let slug = slugify(&"woorden ".repeat(30));
        assert!(slug.len() <= 80 && slug.ends_with("woorden"), "{slug}");
        assert!(Slug::parse(&slug).is_ok());
    }

    #[test]
    fn a_slug_with_other_characters_is_refused() {
        for wrong in ["", "a b", "Aa", "-a", "a-", "a--b", "../x", "é", "a/b"] {
            assert!(Slug::parse(wrong).is_err(), "{wrong}");
        }
    }
}
