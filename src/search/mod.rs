//! Finding things by their words: an index of what is live, for readers, and one of everything, for the desk. Both are SQLite's FTS5.
//!
//! This room knows rows of words and nothing of stories or photographs: whoever puts something in says under which words it is to be found, and what
//! is hidden is not put in. What strangers type reaches the index as a [`Query`] only. With `db`, this is the one place with SQL of its own: the
//! language of full-text search is each database's.

pub mod desk;
pub mod live;
mod query;

pub use query::{MOST_CHARS, Query};

/// Opens a word that was looked for in a text that the index gives; no text that is put in holds it.
pub const MARK: char = '\u{2}';
/// Closes it.
pub const END_OF_MARK: char = '\u{3}';

/// A text as it is put in: without the characters that mark.
fn plain(text: &str) -> String {
    text.replace([MARK, END_OF_MARK, '\u{0}'], " ")
}
