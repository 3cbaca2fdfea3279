//! The words in a public file: an allow-list, written afresh.
//!
//! A rendition is made of pixels and comes here without any metadata; nothing of the original is ever filtered through. What a [`Packet`] has no
//! field for cannot get out: positions, serial numbers, persons, keywords, the camera's clock. XMP and a small EXIF block go into every
//! file, IPTC-IIM into the one that asks for it. Writing into a file that has a packet replaces it.
//! Source: IPTC Photo Metadata Standard 2025.1 and its technical reference, 2025.1.

mod avif;
mod jpeg;
mod webp;

use serde::{Deserialize, Serialize};

use super::iim::limit_bytes;
use super::write::dataset;
use super::xmp_tree::Ns;
use super::xmp_writer::XmpWriter;
use super::{clean, write_exif};

/// The version of the writing itself: a release that writes something else of the same words counts it up, and files are written anew.
const WRITING: u32 = 1;
/// Most bytes of all carriers together in a file narrower than [`WIDE_PX`].
const SMALL_BYTES: usize = 2_048;
/// Most bytes of all carriers together in a wider file.
const LARGE_BYTES: usize = 4_096;
/// Width in pixels from which on a file has room for more words.
const WIDE_PX: u32 = 1_080;
/// To how many bytes texts are cut, one after the other, until the packet fits.
const CUTS: [usize; 10] = [5_000, 1_600, 1_100, 800, 550, 380, 260, 170, 100, 60];
/// From which cut on only the words stay without which a picture should not travel.
const TERSE_CUT: usize = 260;

/// What a public file may say; what is `None` or empty is not written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Packet {
    /// What the picture shows.
    pub caption: Option<String>,
    /// A synopsis.
    pub headline: Option<String>,
    /// Who made it, in order.
    pub creators: Vec<String>,
    /// The credit line.
    pub credit: Option<String>,
    /// Where it was obtained from.
    pub source: Option<String>,
    /// The copyright notice.
    pub copyright: Option<String>,
    /// How it may be used.
    pub usage_terms: Option<String>,
    /// Address of a page that states the rights.
    pub web_statement: Option<String>,
    /// Who licenses it.
    pub licensor_name: Option<String>,
    /// Their address.
    pub licensor_url: Option<String>,
    /// PLUS's data mining permission, its URI.
    pub data_mining: Option<String>,
    /// IPTC's digital source type, its URI.
    pub digital_source_type: Option<String>,
    /// Short description for those who cannot see it.
    pub alt: Option<String>,
    /// Long description for those who cannot see it.
    pub extended_description: Option<String>,
    /// The city shown.
    pub city: Option<String>,
    /// The province or state shown.
    pub province: Option<String>,
    /// The country shown, by name.
    pub country: Option<String>,
    /// The country shown, by ISO 3166 code.
    pub country_code: Option<String>,
    /// The place shown, where it is known by a line of text only.
    pub location_name: Option<String>,
    /// The day it was taken, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; never a time.
    pub date: Option<String>,
    /// The event.
    pub event: Option<String>,
}

/// A file format that takes packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// JPEG; the flag asks for IPTC-IIM too.
    Jpeg {
        /// Whether old programs are to find the words as well.
        with_iim: bool,
    },
    /// WebP.
    Webp,
    /// AVIF.
    Avif,
}

/// The carriers of one file, as bytes; one that is `None` is left out.
struct Carriers {
    /// A TIFF block.
    exif: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
    iim: Option<Vec<u8>>,
}

impl Packet {
    /// The packet as text, to be kept beside the files it was written into: two packets with the same text write the same files.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string(&(WRITING, self)).unwrap_or_default()
    }

    /// Reads such a text, whichever release wrote it.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str::<(u32, Self)>(text)
            .ok()
            .map(|(_, packet)| packet)
    }

    /// The file with this packet in it, in place of one it had; `None` when the bytes are no such file. Long texts are cut until all carriers
    /// together have at most 2 KiB, or 4 KiB in a file of at least 1,080 px.
    #[must_use]
    pub fn write_into(&self, container: Container, width_px: u32, file: &[u8]) -> Option<Vec<u8>> {
        let carriers = self.carriers(container, width_px);
        match container {
            Container::Jpeg { .. } => jpeg::write(file, &carriers),
            Container::Webp => webp::write(file, &carriers),
            Container::Avif => avif::write(file, &carriers),
        }
    }

    fn carriers(&self, container: Container, width_px: u32) -> Carriers {
        let most = if width_px < WIDE_PX {
            SMALL_BYTES
        } else {
            LARGE_BYTES
        };
        let with_iim = matches!(container, Container::Jpeg { with_iim: true });
        let mut carriers = Carriers {
            exif: None,
            xmp: None,
            iim: None,
        };
        for cut in CUTS {
            let short = self.cut(cut);
            carriers = Carriers {
                exif: short.exif(),
                xmp: short.xmp().map(String::into_bytes),
                iim: (with_iim && cut > TERSE_CUT).then(|| short.iim()).flatten(),
            };
            let size = [&carriers.exif, &carriers.xmp, &carriers.iim]
                .into_iter()
                .flatten()
                .map(Vec::len)
                .sum::<usize>();
            if size <= most {
                return carriers;
            }
        }
        // Not even lines of 60 bytes fit, which takes a dozen of them in a script of three bytes a letter: whose picture it is stays.
        let essential = Self {
            caption: self.caption.clone(),
            creators: self.creators.iter().take(2).cloned().collect(),
            credit: self.credit.clone(),
            copyright: self.copyright.clone(),
            data_mining: self.data_mining.clone(),
            digital_source_type: self.digital_source_type.clone(),
            ..Self::default()
        };
        carriers.xmp = essential.cut(100).xmp().map(String::into_bytes);
        carriers.exif = None;
        carriers.iim = None;
        carriers
    }

    /// The same words, none longer than `most` bytes; what explains further goes first.
    fn cut(&self, most: usize) -> Self {
        if most <= TERSE_CUT {
            return Self {
                extended_description: None,
                event: None,
                source: None,
                headline: None,
                licensor_name: None,
                province: None,
                ..self.cut(TERSE_CUT + 1)
            }
            .shortened(most);
        }
        self.shortened(most)
    }

    fn shortened(&self, most: usize) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(|text| shortened(text, most));
        let spare = |text: &Option<String>| {
            text.as_deref()
                .filter(|text| text.len() <= most)
                .map(str::to_owned)
        };
        Self {
            caption: text(&self.caption),
            headline: text(&self.headline),
            creators: self.creators.iter().map(|name| shortened(name, most)).collect(),
            credit: text(&self.credit),
            source: text(&self.source),
            copyright: text(&self.copyright),
            usage_terms: text(&self.usage_terms),
            // An address or a code that is cut is wrong: all or nothing.
            web_statement: spare(&self.web_statement),
            licensor_name: text(&self.licensor_name),
            licensor_url: spare(&self.licensor_url),
            data_mining: self.data_mining.clone().filter(|uri| uri.len() <= 200),
            digital_source_type: self.digital_source_type.clone().filter(|uri| uri.len() <= 200),
            alt: text(&self.alt),
            extended_description: spare(&self.extended_description),
            city: text(&self.city),
            province: text(&self.province),
            country: text(&self.country),
            country_code: spare(&self.country_code),
            location_name: text(&self.location_name),
            date: self.date.clone(),
            event: text(&self.event),
        }
    }

    fn xmp(&self) -> Option<String> {
        let mut xmp = XmpWriter::default();
        for (ns, local, value) in [
            (Ns::Photoshop, "Headline", &self.headline),
            (Ns::Photoshop, "Credit", &self.credit),
            (Ns::Photoshop, "Source", &self.source),
            (Ns::Photoshop, "City", &self.city),
            (Ns::Photoshop, "State", &self.province),
            (Ns::Photoshop, "Country", &self.country),
            (Ns::IptcCore, "CountryCode", &self.country_code),
            (Ns::Photoshop, "DateCreated", &self.date),
            (Ns::XmpRights, "WebStatement", &self.web_statement),
            (Ns::Plus, "DataMining", &self.data_mining),
            (Ns::IptcExt, "DigitalSourceType", &self.digital_source_type),
        ] {
            xmp.simple(ns, local, value.as_deref());
        }
        xmp.text(Ns::Dc, "description", self.caption.as_deref());
        xmp.list(Ns::Dc, "creator", &self.creators);
        xmp.text(Ns::Dc, "rights", self.copyright.as_deref());
        xmp.text(Ns::XmpRights, "UsageTerms", self.usage_terms.as_deref());
        xmp.text(Ns::IptcCore, "AltTextAccessibility", self.alt.as_deref());
        xmp.text(
            Ns::IptcCore,
            "ExtDescrAccessibility",
            self.extended_description.as_deref(),
        );
        xmp.text(Ns::IptcExt, "Event", self.event.as_deref());
        xmp.structure(
            Ns::IptcExt,
            "LocationShown",
            "Bag",
            &[
                ("LocationName", self.location_name.as_deref()),
                ("City", self.city.as_deref()),
                ("ProvinceState", self.province.as_deref()),
                ("CountryName", self.country.as_deref()),
                ("CountryCode", self.country_code.as_deref()),
            ],
        );
        xmp.structure(
            Ns::Plus,
            "Licensor",
            "Seq",
            &[
                ("LicensorName", self.licensor_name.as_deref()),
                ("LicensorURL", self.licensor_url.as_deref()),
            ],
        );
        xmp.finish()
    }

    /// Image description, artist and copyright. Source: CIPA DC-008 (EXIF 2.32), 4.6.4; several artists are divided by semicolons.
    fn exif(&self) -> Option<Vec<u8>> {
        let artist = (!self.creators.is_empty()).then(|| self.creators.join("; "));
        write_exif::texts(&[
            (0x010e, self.caption.as_deref()),
            (0x013b, artist.as_deref()),
            (0x8298, self.copyright.as_deref()),
        ])
    }

    /// Record 1 with the mark for UTF-8, record 2 with its version and the texts, in ascending order as the standard asks.
    fn iim(&self) -> Option<Vec<u8>> {
        let day = self.date.as_deref().map(|date| date.replace('-', ""));
        let day = day.filter(|day| day.len() == 8);
        // IIM knows country codes of three letters only.
        let code = self.country_code.clone().filter(|code| code.len() == 3);
        let mut texts: Vec<(u8, &str)> = Vec::new();
        texts.extend(day.as_deref().map(|day| (55, day)));
        texts.extend(self.creators.iter().map(|name| (80, name.as_str())));
        for (number, text) in [
            (90, &self.city),
            (95, &self.province),
            (100, &code),
            (101, &self.country),
            (105, &self.headline),
            (110, &self.credit),
            (115, &self.source),
            (116, &self.copyright),
            (120, &self.caption),
        ] {
            texts.extend(text.as_deref().map(|text| (number, text)));
        }
        if texts.is_empty() {
            return None;
        }
        let mut block = [dataset(1, 90, b"\x1b%G")?, dataset(2, 0, &[0, 4])?].concat();
        for (number, text) in texts {
            let limit = limit_bytes(number).unwrap_or(usize::MAX);
            block.extend(dataset(2, number, clean::cut(text, limit).as_bytes())?);
        }
        Some(block)
    }
}

/// A text of at most `most` bytes that shows when it was cut.
fn shortened(text: &str, most: usize) -> String {
    const ELLIPSIS: &str = "…";
    if text.len() <= most {
        return text.to_owned();
    }
    let short = clean::cut(text, most.saturating_sub(ELLIPSIS.len()));
    // Not within a word, if there is a blank not far back.
    let short = match short.rfind(char::is_whitespace) {
        Some(blank) if blank.saturating_mul(3) > short.len().saturating_mul(2) => {
            short.get(..blank).unwrap_or(short)
        }
        _ => short,
    };
    format!("{}{ELLIPSIS}", short.trim_end())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
mod tests;
