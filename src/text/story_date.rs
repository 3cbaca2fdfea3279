//! The story's own date, which may be a year or a month.

use super::TextError;

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, a day that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryDate(String);

impl StoryDate {
    /// Checks a date.
    ///
    /// # Errors
    /// [`TextError::NotADate`].
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        let full = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            10 => text.to_owned(),
            _ => return Err(TextError::NotADate),
        };
        if !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return Err(TextError::NotADate);
        }
        full.parse::<jiff::civil::Date>()
            .map_err(|_| TextError::NotADate)?;
        Ok(Self(text.to_owned()))
    }

    /// Like [`StoryDate::parse`], with nothing but white space as `None`.
    ///
    /// # Errors
    /// [`TextError::NotADate`].
    pub fn parse_optional(text: &str) -> Result<Option<Self>, TextError> {
        if text.trim().is_empty() {
            Ok(None)
        } else {
            Self::parse(text).map(Some)
        }
    }

    /// The date as text.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_months_and_days_that_exist_are_dates() {
        for right in ["2024", "2024-01", "2024-02-29"] {
            assert!(StoryDate::parse(right).is_ok(), "{right}");
        }
        for wrong in ["24", "2024-13", "2023-02-29", "2024-1", "jan 2024", "2024-01-01T"] {
            assert!(StoryDate::parse(wrong).is_err(), "{wrong}");
        }
    }
}
