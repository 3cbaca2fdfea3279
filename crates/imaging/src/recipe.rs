//! What is made of a photograph and with how much care: widths, formats, qualities, effort.
//!
//! The product has two recipes: [`Recipe::FIRST`], which a photo waits for, and [`Recipe::AVIF`], which comes after it when there is time.
//! The benchmark has others, to do what it compares with. Figures behind the choices: `docs/performance.md`.

use serde::{Deserialize, Serialize};

use super::ladder::RUNGS_PX;

/// Which of the product's recipes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pass {
    /// JPEG, WebP, crops, thumbnail, placeholder: what a photo needs to be ready.
    First,
    /// AVIF.
    Avif,
}

impl Pass {
    /// The recipe of this pass.
    #[must_use]
    pub const fn recipe(self) -> &'static Recipe {
        match self {
            Self::First => &Recipe::FIRST,
            Self::Avif => &Recipe::AVIF,
        }
    }
}

/// A file format that renditions are made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RenditionFormat {
    /// JPEG: for everything that can show pictures at all.
    Jpeg,
    /// WebP: for readers until AVIF is there, and for the desk.
    Webp,
    /// AVIF: for readers.
    Avif,
}

impl RenditionFormat {
    /// The media type, such as `image/avif`.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
        }
    }

    /// The format of a media type.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        [Self::Jpeg, Self::Webp, Self::Avif]
            .into_iter()
            .find(|format| format.media_type() == media_type)
    }

    /// The file name extension, without a dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Avif => "avif",
        }
    }
}

/// What to make; a format that is `None` is not made.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// Widths of the full frames in pixels, smallest first.
    pub rungs_px: &'static [u32],
    /// How JPEGs are made.
    pub jpeg: Option<Jpeg>,
    /// How `WebP`s are made.
    pub webp: Option<Webp>,
    /// How AVIFs are made.
    pub avif: Option<Avif>,
    /// Whether crops (as JPEG) and the desk's thumbnail (as WebP) are made too.
    pub extras: bool,
}

/// How a JPEG is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jpeg {
    /// Quality on the Independent JPEG Group's scale, 1 to 100.
    pub quality: u8,
    /// Pictures of at most so many pixels are progressive: a little smaller than baseline, and a reader sees all of it sooner. The encoder holds
    /// all of one in memory, ten bytes for each pixel.
    pub progressive_pixels: u64,
}

/// How a WebP is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Webp {
    /// Quality on libwebp's scale, 0 to 100.
    pub quality: f32,
    /// Effort, 0 (fast) to 6 (small).
    pub method: i32,
}

/// How an AVIF is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Avif {
    /// Quality on ravif's scale, 1 to 100.
    pub quality: f32,
    /// Speed, 1 (small) to 10 (fast).
    pub speed: u8,
    /// Pictures of at most so many pixels in width are made with more care: they are a small part of the work and what phones wait for.
    pub small_px: u32,
    /// Their speed.
    pub small_speed: u8,
}

impl Recipe {
    /// What a photo is ready with.
    ///
    /// The qualities of the three formats are matched by SSIMULACRA2, about 79 at 1,280 px; WebP's and AVIF's numbers mean nothing beside
    /// each other or JPEG's.
    pub const FIRST: Self = Self {
        rungs_px: &RUNGS_PX,
        jpeg: Some(Jpeg {
            quality: 82,
            // An upright photo at 2,560 px, which is more, would take the process beyond 120 MB.
            progressive_pixels: 6_000_000,
        }),
        // Method 2 at the same SSIMULACRA2 takes half the time of method 4, for 8 % more bytes, and readers get AVIF soon.
        webp: Some(Webp {
            quality: 87.0,
            method: 2,
        }),
        avif: None,
        extras: true,
    };

    /// What comes after it. Speed 9 takes half the time of 8 for 4 % more bytes; 10 saves another third, for 15 %.
    pub const AVIF: Self = Self {
        rungs_px: &RUNGS_PX,
        jpeg: None,
        webp: None,
        avif: Some(Avif {
            quality: 84.0,
            speed: 9,
            small_px: 768,
            small_speed: 8,
        }),
        extras: false,
    };
}
