//! From a painted scene to the JPEG that a photographer would hand in: pixels encoded, and every word in EXIF, XMP and IPTC-IIM.
//!
//! The bytes are the same on every machine, so that an original which is here already is found again by its hash.

use anyhow::Context;
use libjpeg_turbo_rs::{Encoder, PixelFormat, Subsampling};

use super::stories::{Shot, Tale};
use crate::metadata::{Embedded, embed_in_jpeg};

/// JPEG quality on the Independent JPEG Group's scale: what cameras use, at 3 to 4 MB for 24 megapixels.
const QUALITY: u8 = 88;

/// Makes the file of one photograph. Takes a second or two of a core.
///
/// # Errors
/// When the JPEG cannot be encoded.
pub fn develop(tale: &Tale, shot: &Shot) -> anyhow::Result<Vec<u8>> {
    let (width, height) = shot.size;
    let pixels = reportage_scenes::paint(shot.scene, width, height);
    let jpeg = Encoder::new(&pixels, width as usize, height as usize, PixelFormat::Rgb)
        .quality(QUALITY)
        .subsampling(Subsampling::S420)
        .encode()
        .with_context(|| format!("{} could not be encoded", shot.file))?;
    Ok(embed_in_jpeg(jpeg, &words(tale, shot)))
}

/// What the photographer wrote into the file.
pub fn words(tale: &Tale, shot: &Shot) -> Embedded {
    let photographer = tale.photographer.name;
    let year = shot.taken.get(..4).unwrap_or_default();
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Embedded {
        caption: text(shot.caption),
        headline: text(shot.headline),
        creator: text(photographer),
        credit: text(photographer),
        copyright: Some(format!("© {year} {photographer}")),
        alt: text(shot.alt),
        city: text(shot.city),
        country: text(tale.country.name),
        country_code: text(tale.country.code),
        date_time_original: text(shot.taken),
        // Both countries of the demonstration keep the same time in the months in question.
        offset: text(if is_summer(shot.taken) && tale.country.code == "NLD" {
            "+02:00"
        } else {
            "+01:00"
        }),
        make: text("Reportage"),
        model: text("Painted in code"),
        // Like the position below, there to be kept from readers.
        serial: text("DEMO-0001"),
        gps: Some(shot.gps),
        orientation: None,
    }
}

/// Whether a date lies in April to September, near enough for summer time.
fn is_summer(taken: &str) -> bool {
    taken.get(5..7).is_some_and(|month| ("04".."10").contains(&month))
}
