//! What a photographer's tools wrote into a picture file, read without anyone typing it again.
//!
//! Bytes in, values out: no database, no network, no clock, no async. [`read`] walks the container, the carriers (XMP, IPTC-IIM,
//! EXIF) are parsed each by their own module, and one table in `resolve` decides which carrier speaks for which field.
//! Nothing here decodes pixels, and nothing here decides what may become public: public files get a packet written afresh elsewhere.
//! Every parser takes whatever bytes it is given: what cannot be read is absent and said in `warnings`, never an error.

mod candidate;
mod clean;
mod container;
mod date;
mod exif;
mod facts;
mod iim;
mod jpeg;
mod packet;
mod photoshop;
mod place;
mod png;
mod resolve;
mod table;
mod tiff;
mod webp;
mod write;
mod write_exif;
mod write_xmp;
mod xmp;
mod xmp_tree;
mod xmp_writer;

#[cfg(test)]
mod never_panics;

use std::io::{Read, Seek};

use serde::{Deserialize, Serialize};

pub use facts::{Facts, Names};
pub use packet::{Container, Packet};
pub use write::{Embedded, embed_in_jpeg};

/// Everything a file says about its photograph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// The resolved values, ready to use.
    pub facts: Facts,
    /// The same values with where each came from and what lost against it, in the order of [`Field`].
    pub fields: Vec<FieldValue>,
    /// How the pixels must be turned to stand upright: 1 to 8, 1 when nothing is said. Source: EXIF 2.32, tag 0x0112.
    pub orientation: u8,
    /// Whether the file holds a position. The position itself is never kept.
    pub has_gps: bool,
    /// Whether the file holds Content Credentials (C2PA). They stay in the original; nothing here says that they are true.
    pub has_credentials: bool,
    /// What could not be read, in words a photographer understands.
    pub warnings: Vec<String>,
}

impl Default for Metadata {
    fn default() -> Self {
        Self {
            facts: Facts::default(),
            fields: Vec::new(),
            orientation: 1,
            has_gps: false,
            has_credentials: false,
            warnings: Vec::new(),
        }
    }
}

/// One resolved field: the value that holds, and what lost against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = EmbeddedValue)]
pub struct FieldValue {
    /// Which field.
    pub field: Field,
    /// The value. A list ([`Field::is_list`]) has one item a line.
    pub value: String,
    /// The carrier the value came from.
    pub carrier: Carrier,
    /// Every other value the file gives for this field, strongest first. Carriers that agree are not listed.
    pub losing: Vec<LosingValue>,
}

/// A value that another carrier overruled; the desk offers it as "use this one".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LosingValue {
    /// The value. A list has one item a line.
    pub value: String,
    /// The carrier it came from.
    pub carrier: Carrier,
    /// The language (BCP 47, lower case) that XMP says the value is in, where it gives the same text in several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Where in a file a value stood.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// Adobe's XMP packet.
    Xmp,
    /// The IPTC-IIM block of 1995, in Photoshop's image resources.
    Iim,
    /// The camera's own EXIF.
    Exif,
}

/// The fields that are read, by the names of the IPTC photo metadata standard where it has one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[schema(as = EmbeddedField)]
#[serde(rename_all = "snake_case")]
#[allow(
    missing_docs,
    reason = "each is documented at the field of Facts that has the same name"
)]
pub enum Field {
    Caption,
    Headline,
    Title,
    Creators,
    Credit,
    Source,
    Copyright,
    UsageTerms,
    WebStatement,
    LicensorName,
    LicensorUrl,
    DataMining,
    DigitalSourceType,
    Alt,
    ExtendedDescription,
    City,
    Province,
    Country,
    CountryCode,
    Sublocation,
    DateCreated,
    Event,
    Keywords,
    Instructions,
    JobId,
    CaptionWriter,
    PersonsShown,
    ModelReleaseStatus,
    PropertyReleaseStatus,
    MinorAgeDisclosure,
}

impl Field {
    /// Whether the field holds several items; its value then has one item a line.
    #[must_use]
    pub fn is_list(self) -> bool {
        matches!(self, Self::Creators | Self::Keywords | Self::PersonsShown)
    }

    /// Whether the field names a place or a part of one.
    #[must_use]
    pub fn is_of_a_place(self) -> bool {
        matches!(
            self,
            Self::City | Self::Province | Self::Country | Self::Sublocation
        )
    }
}

/// Reads what a JPEG, PNG, WebP or TIFF file says about its photograph, from the beginning of the reader.
///
/// The type is recognised by content. Pixels are seeked over; at most 16 MiB are held at any time. It never fails: what cannot be
/// read is absent, with a sentence in [`Metadata::warnings`]. A file of another type gives empty metadata and no warning, for
/// refusing it is not this module's business.
#[must_use]
pub fn read<R: Read + Seek>(reader: &mut R) -> Metadata {
    let parts = container::collect(reader);
    resolve::resolve(parts)
}

/// The parsers one by one, for the fuzz targets only.
#[cfg(fuzzing)]
#[doc(hidden)]
#[allow(missing_docs, reason = "no part of the crate for anybody else")]
pub mod fuzzing {
    use std::io::Cursor;

    pub fn iim(bytes: &[u8]) {
        let _ = super::iim::parse(bytes);
    }

    pub fn photoshop(bytes: &[u8]) {
        let _ = super::photoshop::parse(bytes);
    }

    pub fn xmp(bytes: &[u8]) {
        let xmp = super::xmp::parse(bytes.to_vec(), Vec::new());
        let _ = xmp.has_gps();
    }

    pub fn exif(bytes: &[u8]) {
        let _ = super::exif::read(&mut Cursor::new(bytes));
    }
}
