//! What the demonstration's stories are written in: plain data, so that words stay words.
//!
//! Everything about a photograph that a caption or a credit needs stands in its [`Shot`] and travels inside the file; a story only names
//! files and says where they stand.

use super::people::Person;
use crate::story::document::{GroupLayout, PhotoLayout};
use reportage_scenes::Scene;

/// A photograph to be made, with what its photographer wrote into the file.
#[derive(Debug)]
pub struct Shot {
    /// Name of the file.
    pub file: &'static str,
    /// What is painted.
    pub scene: Scene,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// Headline.
    pub headline: &'static str,
    /// Caption, without the place; empty where the photographer wrote none.
    pub caption: &'static str,
    /// Alt text; empty where the photographer wrote none.
    pub alt: &'static str,
    /// City or village.
    pub city: &'static str,
    /// When it was taken, in EXIF's notation.
    pub taken: &'static str,
    /// Latitude and longitude in degrees, north and east positive.
    pub gps: (f64, f64),
}

/// A country as captions name it.
#[derive(Debug, Clone, Copy)]
pub struct Country {
    /// Its name, in the story's language.
    pub name: &'static str,
    /// Its ISO 3166 code of three letters.
    pub code: &'static str,
}

/// One step of a story.
#[derive(Debug)]
pub enum Piece {
    /// Paragraphs in Markdown.
    Text(&'static str),
    /// A heading.
    Heading(&'static str),
    /// A quotation and who said it.
    Quote(&'static str, &'static str),
    /// One photograph, by its file.
    Photo(PhotoLayout, &'static str),
    /// Several photographs, by their files.
    Group(GroupLayout, &'static [&'static str]),
}

/// A story to be made.
#[derive(Debug)]
pub struct Tale {
    /// Last segment of its address.
    pub slug: &'static str,
    /// Title.
    pub title: &'static str,
    /// The paragraph under the title.
    pub standfirst: Option<&'static str>,
    /// Who made it.
    pub byline: Option<&'static str>,
    /// Language tag.
    pub language: &'static str,
    /// Its own date.
    pub date: Option<&'static str>,
    /// Words to find it by.
    pub tags: &'static [&'static str],
    /// Whose photographs these are.
    pub photographer: &'static Person,
    /// Where they were taken.
    pub country: Country,
    /// The photographs made for it.
    pub shots: &'static [Shot],
    /// Its steps; they may name photographs of other stories.
    pub pieces: &'static [Piece],
    /// Photographs that stood in it and were taken out again: they lie in the tray.
    pub set_aside: &'static [&'static str],
    /// Whether readers see it.
    pub published: bool,
}
