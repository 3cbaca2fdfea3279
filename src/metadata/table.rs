//! The one table of fields: under which names each stands in XMP, IIM and EXIF, and how its values are read and compared.
//!
//! Data only; the rules that work on it are in `resolve` and `place`. Source: IPTC Photo Metadata Standard 2025.1 (XMP and IIM names),
//! EXIF 2.32 (tags).

use super::{Field, xmp_tree::Ns};

/// How a value is read and compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Running text, which keeps its lines.
    Text,
    /// Text on one line.
    Line,
    /// A code in capitals.
    Code,
    /// Several lines, one an item.
    List,
    /// A date, perhaps partial.
    Date,
}

/// Where in XMP a value stands.
#[derive(Clone, Copy)]
pub(super) enum Path {
    Property(Ns, &'static str),
    /// A field in the first structure of a list of structures.
    InFirst(Ns, &'static str, &'static str),
    /// A field in each structure of a list of structures.
    InEach(Ns, &'static str, &'static str),
}

/// Which EXIF value feeds a field.
#[derive(Clone, Copy)]
pub(super) enum Tag {
    ImageDescription,
    Artist,
    Copyright,
    DateTimeOriginal,
}

/// One row of the table.
pub(super) struct Rule {
    /// The field it feeds.
    pub(super) field: Field,
    /// How its values are read and compared.
    pub(super) kind: Kind,
    /// Where they stand in XMP, strongest first.
    pub(super) xmp: &'static [Path],
    /// The dataset of record 2.
    pub(super) iim: Option<u8>,
    /// The EXIF value, if EXIF has one.
    pub(super) exif: Option<Tag>,
}

const fn rule(field: Field, kind: Kind, xmp: &'static [Path], iim: Option<u8>, exif: Option<Tag>) -> Rule {
    Rule {
        field,
        kind,
        xmp,
        iim,
        exif,
    }
}

/// The place fields' paths all have the location shown first, the location created second and the old flat fields third, so that a
/// path's number tells which place it belongs to.
macro_rules! place_paths {
    ($field:literal, $ns:expr, $flat:literal) => {
        &[
            Path::InFirst(Ns::IptcExt, "LocationShown", $field),
            Path::InFirst(Ns::IptcExt, "LocationCreated", $field),
            Path::Property($ns, $flat),
        ]
    };
}

/// Every field once, in the order of [`Field`].
#[rustfmt::skip]
pub(super) static TABLE: [Rule; 30] = {
    use Kind::{Code, Line, List, Text};
    use Path::{InEach, InFirst, Property};
    [
        rule(Field::Caption, Text, &[Property(Ns::Dc, "description")], Some(120), Some(Tag::ImageDescription)),
        rule(Field::Headline, Line, &[Property(Ns::Photoshop, "Headline")], Some(105), None),
        rule(Field::Title, Line, &[Property(Ns::Dc, "title")], Some(5), None),
        rule(Field::Creators, List, &[Property(Ns::Dc, "creator")], Some(80), Some(Tag::Artist)),
        rule(Field::Credit, Line, &[Property(Ns::Photoshop, "Credit")], Some(110), None),
        rule(Field::Source, Line, &[Property(Ns::Photoshop, "Source")], Some(115), None),
        rule(Field::Copyright, Line, &[Property(Ns::Dc, "rights")], Some(116), Some(Tag::Copyright)),
        rule(Field::UsageTerms, Text, &[Property(Ns::XmpRights, "UsageTerms")], None, None),
        rule(Field::WebStatement, Line, &[Property(Ns::XmpRights, "WebStatement")], None, None),
        rule(Field::LicensorName, Line, &[InFirst(Ns::Plus, "Licensor", "LicensorName")], None, None),
        rule(Field::LicensorUrl, Line, &[InFirst(Ns::Plus, "Licensor", "LicensorURL")], None, None),
        rule(Field::DataMining, Line, &[Property(Ns::Plus, "DataMining")], None, None),
        rule(Field::DigitalSourceType, Line, &[Property(Ns::IptcExt, "DigitalSourceType")], None, None),
        rule(Field::Alt, Text, &[Property(Ns::IptcCore, "AltTextAccessibility")], None, None),
        rule(Field::ExtendedDescription, Text, &[Property(Ns::IptcCore, "ExtDescrAccessibility")], None, None),
        rule(Field::City, Line, place_paths!("City", Ns::Photoshop, "City"), Some(90), None),
        rule(Field::Province, Line, place_paths!("ProvinceState", Ns::Photoshop, "State"), Some(95), None),
        rule(Field::Country, Line, place_paths!("CountryName", Ns::Photoshop, "Country"), Some(101), None),
        rule(Field::CountryCode, Code, place_paths!("CountryCode", Ns::IptcCore, "CountryCode"), Some(100), None),
        rule(Field::Sublocation, Line, place_paths!("Sublocation", Ns::IptcCore, "Location"), Some(92), None),
        rule(Field::DateCreated, Kind::Date, &[Property(Ns::Photoshop, "DateCreated")], Some(55), Some(Tag::DateTimeOriginal)),
        rule(Field::Event, Line, &[Property(Ns::IptcExt, "Event")], None, None),
        rule(Field::Keywords, List, &[Property(Ns::Dc, "subject")], Some(25), None),
        rule(Field::Instructions, Text, &[Property(Ns::Photoshop, "Instructions")], Some(40), None),
        rule(Field::JobId, Line, &[Property(Ns::Photoshop, "TransmissionReference")], Some(103), None),
        rule(Field::CaptionWriter, Line, &[Property(Ns::Photoshop, "CaptionWriter")], Some(122), None),
        rule(Field::PersonsShown, List, &[Property(Ns::IptcExt, "PersonInImage"), InEach(Ns::IptcExt, "PersonInImageWDetails", "PersonName")], None, None),
        rule(Field::ModelReleaseStatus, Line, &[Property(Ns::Plus, "ModelReleaseStatus")], None, None),
        rule(Field::PropertyReleaseStatus, Line, &[Property(Ns::Plus, "PropertyReleaseStatus")], None, None),
        rule(Field::MinorAgeDisclosure, Line, &[Property(Ns::Plus, "MinorModelAgeDisclosure")], None, None),
    ]
};
