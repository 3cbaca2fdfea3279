//! A story that is not finished, so that the checklist has something to say: a photograph straight from the card, another set aside.

use super::people;
use super::stories::Piece::{Heading, Photo, Text};
use super::stories::{Country, Shot, Tale};
use crate::story::document::PhotoLayout;
use reportage_scenes::{Family, Hour, Scene, Weather};

/// “What the tide leaves”.
pub static TALE: Tale = Tale {
    slug: "what-the-tide-leaves",
    title: "What the Tide Leaves (working title)",
    standfirst: None,
    byline: None,
    language: "en",
    date: None,
    tags: &["water"],
    photographer: &people::WIETSKE,
    country: Country {
        name: "Netherlands",
        code: "NLD",
    },
    shots: &[Shot {
        file: "DSC_4410.jpg",
        scene: Scene {
            family: Family::Coast,
            hour: Hour::Dusk,
            weather: Weather::Clear,
            seed: 52,
        },
        size: (6000, 4000),
        headline: "",
        caption: "",
        alt: "",
        city: "",
        taken: "2024:02:03 17:10:44",
        gps: (53.0981, 4.7551),
    }],
    pieces: &[
        Photo(PhotoLayout::Full, "20240108-wad-laagwater.jpg"),
        Text(
            "Opening to come. Ask Wietske about the woman with the measuring rod: eleven years, one square metre.",
        ),
        Heading("Low water"),
        Photo(PhotoLayout::Wide, "DSC_4410.jpg"),
        Photo(PhotoLayout::Column, "20240125-strand-avond.jpg"),
    ],
    set_aside: &["20240125-strand-avond.jpg"],
    published: false,
};
