//! Language tags (BCP 47), as far as a page's `lang` needs them.

use super::TextError;

/// Checks a language tag: a primary language of 2 or 3 letters, then subtags of 2 to 8 letters or digits.
///
/// # Errors
/// [`TextError::NotALanguage`].
///
/// Source: RFC 5646, section 2.1 (well-formed tags; the registry is not consulted).
pub fn parse(text: &str) -> Result<String, TextError> {
    let text = text.trim();
    let mut parts = text.split('-');
    let primary = parts.next().unwrap_or_default();
    let primary_ok = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_alphabetic());
    let rest_ok =
        parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if !primary_ok || !rest_ok || text.len() > 35 {
        return Err(TextError::NotALanguage);
    }
    Ok(match text.split_once('-') {
        Some((primary, rest)) => format!("{}-{rest}", primary.to_ascii_lowercase()),
        None => text.to_ascii_lowercase(),
    })
}

/// The primary language of a tag: `nl` of `nl-BE`.
#[must_use]
pub fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_checked_and_their_language_lowered() {
        assert_eq!(parse("NL").as_deref(), Ok("nl"));
        assert_eq!(parse("en-GB").as_deref(), Ok("en-GB"));
        for wrong in ["", "n", "nl_NL", "nl-", "\" onload=", "dutch"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
