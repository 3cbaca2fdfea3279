//! What public files say about a photo, and writing it into them.
//!
//! The words are the photo's as the desk has them now, and of the file's facts what the allow-list has ([`Packet`]). "Hide the place" and "sensitive"
//! take out everything that could name what they hide, free text included: a packet that says too little harms nobody.

use bytes::Bytes;
use diesel::QueryResult;

use super::Photo;
use super::PhotoState;
use crate::db::Conn;
use crate::imaging::RenditionFormat;
use crate::metadata::{Container, Facts, Packet};
use crate::site::{self, AiTraining};
use crate::text::naming::names_any;

/// The packet of a photo as it is now, on a site that says this of training machines.
#[must_use]
pub fn of(photo: &Photo, site: AiTraining) -> Packet {
    let facts = &photo.embedded.facts;
    let concealed = photo.concealed_words();
    // Words that somebody wrote about the whole picture may name a place or a person anywhere in them.
    let free = |text: &Option<String>| text.clone().filter(|text| !names_any(text, &concealed));
    let explains = |text: &Option<String>| text.clone().filter(|_| !photo.hides_place());
    let place = Place::of(photo, facts);
    Packet {
        caption: free(&photo.caption),
        headline: explains(&photo.headline),
        creators: creators(photo),
        credit: free(&photo.credit),
        source: free(&facts.source),
        copyright: free(&photo.copyright),
        usage_terms: free(&facts.usage_terms),
        web_statement: free(&photo.license),
        licensor_name: free(&facts.licensor_name),
        licensor_url: free(&facts.licensor_url),
        data_mining: data_mining(facts, site),
        digital_source_type: source_type(facts).map(str::to_owned),
        alt: free(&photo.alt).filter(|_| !photo.decorative),
        extended_description: explains(&facts.extended_description),
        city: place.city,
        province: place.province,
        country: place.country,
        country_code: place.country_code,
        location_name: place.line,
        date: photo.taken_on.clone().filter(|_| !photo.sensitive),
        event: explains(&facts.event),
    }
}

/// The PLUS vocabulary's word for "no training of machines", and for what a site allows.
///
/// Source: PLUS Vocabulary, Data Mining (plus:DataMining), 2023.
const NO_TRAINING: &str = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING";
const ALLOWED: &str = "http://ns.useplus.org/ldf/vocab/DMI-ALLOWED";
/// What stands in such a field besides a code of its vocabulary says what nobody looked through: any other is left out.
///
/// Source: PLUS Vocabulary, Data Mining, 2023.
const DATA_MINING: (&str, &[&str]) = (
    "http://ns.useplus.org/ldf/vocab/DMI-",
    &[
        "UNSPECIFIED",
        "ALLOWED",
        "PROHIBITED",
        "PROHIBITED-AIMLTRAINING",
        "PROHIBITED-GENAIMLTRAINING",
        "PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
        "PROHIBITED-SEECONSTRAINT",
        "PROHIBITED-SEEEMBEDDEDRIGHTSEXPR",
        "PROHIBITED-SEELINKEDRIGHTSEXPR",
    ],
);
/// The same of how a picture was made.
///
/// Source: IPTC `NewsCodes`, Digital Source Type, with the codes that were retired.
const SOURCE_TYPES: (&str, &[&str]) = (
    "http://cv.iptc.org/newscodes/digitalsourcetype/",
    &[
        "algorithmicMedia",
        "algorithmicallyEnhanced",
        "composite",
        "compositeCapture",
        "compositeSynthetic",
        "compositeWithTrainedAlgorithmicMedia",
        "computationalCapture",
        "dataDrivenMedia",
        "digitalArt",
        "digitalCapture",
        "digitalCreation",
        "humanEdits",
        "minorHumanEdits",
        "multiFrameComputationalCapture",
        "negativeFilm",
        "positiveFilm",
        "print",
        "screenCapture",
        "softwareImage",
        "trainedAlgorithmicMedia",
        "virtualRecording",
    ],
);

/// Whether an address is a code of this vocabulary.
fn is_code(uri: &str, (vocabulary, codes): (&str, &[&str])) -> bool {
    uri.strip_prefix(vocabulary)
        .is_some_and(|code| codes.contains(&code))
}

/// How the file says that the picture was made, as a code of the vocabulary.
#[must_use]
pub fn source_type(facts: &Facts) -> Option<&str> {
    facts
        .digital_source_type
        .as_deref()
        .map(str::trim)
        .filter(|uri| is_code(uri, SOURCE_TYPES))
}

/// What the file says of training machines, or the site: the stricter of the two.
fn data_mining(facts: &Facts, site: AiTraining) -> Option<String> {
    let own = facts
        .data_mining
        .as_deref()
        .filter(|uri| is_code(uri, DATA_MINING));
    match site {
        // Every prohibition of the vocabulary covers training.
        _ if own.is_some_and(is_prohibition) => own,
        AiTraining::Refused => Some(NO_TRAINING),
        AiTraining::Allowed => own.or(Some(ALLOWED)),
        AiTraining::Unspecified => own,
    }
    .map(str::to_owned)
}

fn is_prohibition(uri: &str) -> bool {
    uri.contains("DMI-PROHIBITED")
}

impl Photo {
    /// What the photograph itself says of training machines with it.
    #[must_use]
    pub fn ai_training(&self) -> AiTraining {
        match self.embedded.facts.data_mining.as_deref() {
            Some(uri) if is_prohibition(uri) => AiTraining::Refused,
            Some(uri) if uri.ends_with("DMI-ALLOWED") => AiTraining::Allowed,
            _ => AiTraining::Unspecified,
        }
    }
}

/// Where it was taken, as public files say it.
#[derive(Default)]
struct Place {
    city: Option<String>,
    province: Option<String>,
    country: Option<String>,
    country_code: Option<String>,
    line: Option<String>,
}

impl Place {
    /// The file's fields while the desk's line is what was drafted from them; else the line, for what was corrected there must not contradict it.
    fn of(photo: &Photo, facts: &Facts) -> Self {
        let Some(line) = photo.public_place() else {
            return Self::default();
        };
        if facts.is_place_line(line) {
            Self {
                city: facts.city.clone(),
                province: facts.province.clone(),
                country: facts.country.clone(),
                country_code: facts.country_code.clone(),
                line: None,
            }
        } else {
            Self {
                line: Some(line.to_owned()),
                ..Self::default()
            }
        }
    }
}

/// Who made it, each by the name: the file's list while the desk's line is that list, else the line.
#[must_use]
pub fn creators(photo: &Photo) -> Vec<String> {
    let facts = &photo.embedded.facts;
    match &photo.creator {
        Some(line) if *line == facts.creators.join(", ") => facts.creators.clone(),
        Some(line) => vec![line.clone()],
        None => Vec::new(),
    }
}

/// Writes a packet into a rendition. One that takes no packet stays as it is, without any words.
#[must_use]
pub fn write_into(
    packet: &Packet,
    format: RenditionFormat,
    width_px: u32,
    is_largest: bool,
    file: Bytes,
) -> Bytes {
    let container = match format {
        RenditionFormat::Jpeg => Container::Jpeg { with_iim: is_largest },
        RenditionFormat::Webp => Container::Webp,
        RenditionFormat::Avif => Container::Avif,
    };
    packet
        .write_into(container, width_px, &file)
        .map_or(file, Bytes::from)
}

/// What the site says of training machines.
///
/// # Errors
/// Those of the statement.
pub fn ai_training(conn: &mut Conn) -> QueryResult<AiTraining> {
    Ok(site::query::find_settings(conn)?.0.ai_training)
}

/// Whether a photo's files say something else than they should.
#[must_use]
pub fn is_stale(photo: &Photo, site: AiTraining) -> bool {
    photo.state == PhotoState::Ready && photo.packet.as_deref() != Some(&*of(photo, site).to_text())
}

/// Whether a photo's files still say what it hides by now; they are written anew before they are public, but drafts are shown before that.
#[must_use]
pub fn gives_away(photo: &Photo) -> bool {
    let said = photo.packet.as_deref().and_then(Packet::from_text);
    let Some(said) = said.filter(|_| photo.hides_place()) else {
        return false;
    };
    let place = [
        &said.city,
        &said.province,
        &said.country,
        &said.country_code,
        &said.location_name,
    ];
    let texts = [
        &said.caption,
        &said.headline,
        &said.credit,
        &said.source,
        &said.copyright,
        &said.usage_terms,
        &said.web_statement,
        &said.licensor_name,
        &said.licensor_url,
        &said.alt,
        &said.extended_description,
        &said.event,
    ];
    let hidden = photo.concealed_words();
    place.into_iter().any(Option::is_some)
        || (photo.sensitive && said.date.is_some())
        || texts.into_iter().flatten().any(|text| names_any(text, &hidden))
}

#[cfg(test)]
mod tests {
    use super::AiTraining::{Allowed, Refused, Unspecified};
    use super::{ALLOWED, Facts, NO_TRAINING, data_mining, source_type};

    #[test]
    fn of_site_and_photograph_the_stricter_decides_about_training() {
        let strict = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED";
        let says = |own: Option<&str>, site| {
            let facts = Facts {
                data_mining: own.map(str::to_owned),
                ..Facts::default()
            };
            data_mining(&facts, site)
        };
        for (own, site, expected) in [
            (None, Unspecified, None),
            (None, Refused, Some(NO_TRAINING)),
            (None, Allowed, Some(ALLOWED)),
            (Some(strict), Allowed, Some(strict)),
            (Some(strict), Refused, Some(strict)),
            (Some(ALLOWED), Refused, Some(NO_TRAINING)),
            (Some(ALLOWED), Unspecified, Some(ALLOWED)),
        ] {
            assert_eq!(
                says(own, site).as_deref(),
                expected,
                "{own:?} on a site that says {site:?}"
            );
        }
    }

    #[test]
    fn of_an_address_in_a_file_only_a_code_of_the_vocabulary_is_told() {
        let told = |uri: &str| {
            let facts = Facts {
                digital_source_type: Some(uri.to_owned()),
                ..Facts::default()
            };
            source_type(&facts).is_some()
        };
        assert!(told(
            "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
        ));
        assert!(!told("https://agency.example/iraq/telskuf"));
        assert!(!told(
            "http://cv.iptc.org/newscodes/digitalsourcetype/telskuf, Irak"
        ));
        let facts = Facts {
            data_mining: Some("Telskuf DMI-PROHIBITED".to_owned()),
            ..Facts::default()
        };
        assert_eq!(data_mining(&facts, Unspecified), None);
    }
}
