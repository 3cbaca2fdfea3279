//! Which carrier speaks for which field: one table, one rule, and the losers kept.
//!
//! Order: XMP, then IIM, then EXIF; but IIM first when the digest says that IIM was changed after XMP was last brought in line with it,
//! unless its value is only XMP's, cut at IIM's byte limit. This differs on purpose from the MWG guidance of 2010 (withdrawn), in which
//! EXIF won: what a camera writes is never better than what a photographer typed. The place fields are resolved as one place.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{
    Carrier, Field, FieldValue, LosingValue, Metadata,
    candidate::Candidate,
    clean,
    container::Parts,
    date::Date,
    exif::{self, Exif},
    iim::{self, Iim, IimText},
    photoshop, place,
    table::{Kind, Path, Rule, TABLE, Tag},
    xmp::{self, Xmp},
    xmp_tree::Ns,
};

const IIM_DAMAGED: &str = "The caption block (IPTC) is damaged; what could be read of it was kept.";
const XMP_DAMAGED: &str = "Part of the caption data (XMP) is damaged; what could be read of it was kept.";

/// Days that are kept of one file; a file made to hold thousands tells nothing by the others.
const MOST_DAYS: usize = 20;

/// IIM's time of creation, read together with its date.
const IIM_TIME_CREATED: u8 = 60;

struct Sources {
    xmp: Xmp,
    iim: Iim,
    exif: Exif,
    /// Whether IIM was changed after XMP was last brought in line with it.
    is_iim_newer: bool,
}

/// Parses the carriers and resolves every field.
pub(super) fn resolve(mut parts: Parts) -> Metadata {
    let sources = sources(&mut parts);
    let mut candidates: Vec<Vec<Candidate>> = TABLE.iter().map(|rule| ordered(rule, &sources)).collect();
    let left_out = place::keep_one(&mut candidates, sources.is_iim_newer);
    if !left_out.is_empty() {
        parts.warn(&format!(
            "The file names two places that contradict each other; left out: {}.",
            left_out.join(", ")
        ));
    }
    let fields: Vec<FieldValue> = TABLE
        .iter()
        .zip(&candidates)
        .filter_map(|(rule, candidates)| decided(rule, candidates))
        .map(|value| with_languages(value, &sources.xmp))
        .collect();
    let mut metadata = Metadata {
        orientation: orientation(&sources),
        has_gps: sources.exif.has_gps || sources.xmp.has_gps(),
        has_credentials: parts.has_credentials,
        warnings: parts.warnings,
        ..Metadata::default()
    };
    for value in &fields {
        metadata.facts.set(value);
    }
    // A camera's time that only XMP kept (files made from raw) is the camera's time still.
    let camera = sources.exif.taken.clone().or_else(|| {
        sources
            .xmp
            .text(Ns::Exif, "DateTimeOriginal")
            .and_then(Date::parse)
            .filter(|date| date.sortable().is_some())
    });
    metadata.facts.set_captured_at(camera.as_ref());
    metadata.facts.place_names = place::names(&sources.xmp, &sources.iim);
    metadata.facts.place_codes = place::codes(&sources.xmp, &sources.iim);
    metadata.facts.days = days(&sources);
    metadata.facts.person_names = place::persons(&sources.xmp);
    metadata.fields = fields;
    metadata
}

/// Every day that the file names for its making, by whatever clock: what loses, and what stands in second places, is a day of the photograph too.
fn days(sources: &Sources) -> Vec<String> {
    const IN_XMP: [&str; 6] = [
        "DateCreated",
        "CreateDate",
        "DateTimeOriginal",
        "DateTimeDigitized",
        "GPSTimeStamp",
        "GPSDateStamp",
    ];
    let in_xmp = sources.xmp.texts_named(&[], &IN_XMP);
    let in_xmp = in_xmp.into_iter().filter_map(Date::parse);
    // Date created and digital creation date. Source: IPTC-IIM 4.2, 2:55 and 2:62.
    let in_iim = [55, 62]
        .into_iter()
        .filter_map(|dataset| sources.iim.first(dataset));
    let in_iim = in_iim.filter_map(|text| Date::parse_iim(&text.text, None));
    let in_exif = sources.exif.taken.iter().chain(&sources.exif.also).cloned();
    let days: BTreeSet<String> = in_exif
        .chain(in_iim)
        .chain(in_xmp)
        .filter_map(|date| date.iso().get(..10).map(str::to_owned))
        .collect();
    days.into_iter().take(MOST_DAYS).collect()
}

/// EXIF's; a file without EXIF may have it in XMP.
fn orientation(sources: &Sources) -> u8 {
    let in_xmp = || sources.xmp.text(Ns::Tiff, "Orientation")?.trim().parse().ok();
    match sources.exif.orientation {
        1 if sources.exif == Exif::default() => {
            in_xmp().filter(|number| (1..=8).contains(number)).unwrap_or(1)
        }
        number => number,
    }
}

fn sources(parts: &mut Parts) -> Sources {
    let irb = std::mem::take(&mut parts.irb);
    let own_block = std::mem::take(&mut parts.iim);
    let resources = photoshop::parse(&irb);
    let in_resources = resources.iim.unwrap_or_default();
    let mut block = if own_block.is_empty() {
        in_resources
    } else {
        &own_block
    };
    let mut iim = iim::parse(block);
    // TIFF has the block twice, and some programs cut the one that stands by itself to a quarter of its length.
    if iim.is_damaged && !own_block.is_empty() && !in_resources.is_empty() {
        block = in_resources;
        iim = iim::parse(block);
    }
    if iim.is_damaged || (resources.is_damaged && !block.is_empty()) {
        parts.warn(IIM_DAMAGED);
    }
    let is_iim_newer = !block.is_empty()
        && resources.digest.is_some_and(|digest| {
            // Padding behind the block is counted in by some programs and not by others.
            let unpadded = block.get(..iim.used_bytes).unwrap_or(block);
            photoshop::md5(block) != digest && photoshop::md5(unpadded) != digest
        });
    let xmp = xmp::parse(
        std::mem::take(&mut parts.xmp),
        std::mem::take(&mut parts.extended_xmp),
    );
    if xmp.is_damaged {
        parts.warn(XMP_DAMAGED);
    }
    Sources {
        xmp,
        iim,
        exif: std::mem::take(&mut parts.exif),
        is_iim_newer,
    }
}

/// All values of a field, strongest first.
fn ordered(rule: &Rule, sources: &Sources) -> Vec<Candidate> {
    let from_xmp = rule.xmp.iter().enumerate().map(|(path, at)| {
        let raw = at.read(rule.kind, &sources.xmp);
        Candidate::of(
            Carrier::Xmp,
            path,
            rule.kind,
            raw.into_iter().map(|text| (text.to_owned(), false)),
        )
    });
    let from_iim = rule.iim.map(|dataset| {
        let raw = iim_values(dataset, rule.kind, &sources.iim)
            .into_iter()
            .map(|value| (value.text, value.fills_limit));
        Candidate::of(Carrier::Iim, 0, rule.kind, raw)
    });
    let from_exif = rule.exif.map(|tag| {
        let raw = tag.read(&sources.exif).into_iter().map(|text| (text, false));
        Candidate::of(Carrier::Exif, 0, rule.kind, raw)
    });
    let mut candidates: Vec<Candidate> = from_xmp
        .chain(from_iim)
        .chain(from_exif)
        .filter(|candidate| !candidate.items.is_empty())
        // Programs copy the camera's filler into the caption fields of the other carriers.
        .filter(|candidate| {
            rule.field != Field::Caption || !candidate.items.iter().all(|text| exif::is_filler(text))
        })
        .collect();
    if sources.is_iim_newer {
        let is_stronger = |candidate: &Candidate, all: &[Candidate]| {
            candidate.carrier == Carrier::Iim && !all.iter().any(|other| candidate.is_cut_of(other))
        };
        let all = candidates.clone();
        candidates.sort_by_key(|candidate| Reverse(is_stronger(candidate, &all)));
    }
    candidates
}

impl Path {
    fn read(self, kind: Kind, xmp: &Xmp) -> Vec<&str> {
        match self {
            Self::Property(ns, local) if kind == Kind::List => xmp.items(ns, local),
            Self::Property(ns, local) => xmp.text(ns, local).into_iter().collect(),
            Self::InFirst(ns, local, field) => xmp.field_in_first(ns, local, ns, field).into_iter().collect(),
            Self::InEach(ns, local, field) => xmp.field_in_each(ns, local, ns, field),
        }
    }
}

impl Tag {
    fn read(self, exif: &Exif) -> Vec<String> {
        match self {
            Self::ImageDescription => exif.description.iter().cloned().collect(),
            Self::Artist => exif.artists.clone(),
            Self::Copyright => exif.copyright.iter().cloned().collect(),
            Self::DateTimeOriginal => exif.taken.iter().map(Date::iso).collect(),
        }
    }
}

fn iim_values(dataset: u8, kind: Kind, iim: &Iim) -> Vec<IimText> {
    match kind {
        Kind::List => iim.all(dataset).cloned().collect(),
        Kind::Date => {
            let time = iim.first(IIM_TIME_CREATED).map(|time| time.text.as_str());
            let date = iim
                .first(dataset)
                .and_then(|day| Date::parse_iim(&day.text, time));
            date.map(|date| IimText {
                text: date.iso(),
                fills_limit: false,
            })
            .into_iter()
            .collect()
        }
        Kind::Text | Kind::Line | Kind::Code => iim.first(dataset).cloned().into_iter().collect(),
    }
}

/// The strongest value wins; the others that say something else lose.
fn decided(rule: &Rule, candidates: &[Candidate]) -> Option<FieldValue> {
    let (winner, others) = candidates.split_first()?;
    let mut losers: Vec<&Candidate> = Vec::new();
    for other in others {
        if !other.agrees_with(winner, rule.kind)
            && !losers.iter().any(|known| other.agrees_with(known, rule.kind))
        {
            losers.push(other);
        }
    }
    Some(FieldValue {
        field: rule.field,
        value: winner.value(),
        carrier: winner.carrier,
        losing: losers
            .into_iter()
            .map(|loser| LosingValue {
                value: loser.value(),
                carrier: loser.carrier,
                language: None,
            })
            .collect(),
    })
}

/// Adds what XMP says in other languages to the losing values.
fn with_languages(mut decided: FieldValue, xmp: &Xmp) -> FieldValue {
    let rule = TABLE
        .iter()
        .find(|rule| rule.field == decided.field && matches!(rule.kind, Kind::Text | Kind::Line));
    let Some(Path::Property(ns, local)) = rule.and_then(|rule| rule.xmp.first()) else {
        return decided;
    };
    for (language, text) in xmp.alternatives(*ns, local) {
        let text = match rule.map(|rule| rule.kind) {
            Some(Kind::Text) => clean::text(text),
            _ => clean::line(text),
        };
        let is_new = |text: &String| {
            *text != decided.value && !decided.losing.iter().any(|loser| loser.value == *text)
        };
        if let Some(value) = text.filter(is_new) {
            decided.losing.push(LosingValue {
                value,
                carrier: Carrier::Xmp,
                language: Some(language.to_owned()),
            });
        }
    }
    decided
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
mod tests {
    use super::*;
    use crate::metadata::write::{embed_in_jpeg, tests as written};
    use std::io::Cursor;

    const STALE: [u8; 16] = [7; 16];

    fn packet(properties: &str) -> Vec<u8> {
        format!(
            "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' \
             xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/' \
             xmlns:ext='http://iptc.org/std/Iptc4xmpExt/2008-02-29/'>\
             <rdf:Description>{properties}</rdf:Description></rdf:RDF></x:xmpmeta>"
        )
        .into_bytes()
    }

    fn datasets(texts: &[(u8, &str)]) -> Vec<u8> {
        let mut block = b"\x1c\x01\x5a\0\x03\x1b%G".to_vec();
        for (number, text) in texts {
            block.extend([0x1c, 2, *number]);
            block.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
            block.extend(text.as_bytes());
        }
        block
    }

    fn parts(properties: &str, texts: &[(u8, &str)], digest: Option<[u8; 16]>) -> Parts {
        let block = datasets(texts);
        let mut irb = photoshop::resource(0x0404, &block).unwrap();
        if let Some(digest) = digest {
            irb.extend(photoshop::resource(0x0425, &digest).unwrap());
        }
        Parts {
            xmp: packet(properties),
            irb,
            ..Parts::default()
        }
    }

    fn field(metadata: &Metadata, field: Field) -> FieldValue {
        metadata
            .fields
            .iter()
            .find(|value| value.field == field)
            .cloned()
            .unwrap()
    }

    #[test]
    fn what_was_embedded_is_read_back_from_one_carrier_without_losers() {
        let file = embed_in_jpeg(written::BARE_JPEG.to_vec(), &written::full());
        let metadata = super::super::read(&mut Cursor::new(file));
        let facts = &metadata.facts;
        let what = written::full();
        assert_eq!(facts.caption, what.caption);
        assert_eq!(facts.headline, what.headline);
        assert_eq!(facts.creators, [what.creator.unwrap()]);
        assert_eq!(facts.alt, what.alt);
        assert_eq!(facts.place_line().as_deref(), Some("Telskuf, Irak"));
        assert_eq!(facts.date_created.as_deref(), Some("2024-01-19T10:05:00+03:00"));
        assert_eq!(facts.captured_at.as_deref(), Some("2024-01-19T10:05:00"));
        assert_eq!((metadata.orientation, metadata.has_gps), (6, true));
        assert!(
            metadata
                .fields
                .iter()
                .all(|value| value.carrier == Carrier::Xmp && value.losing.is_empty())
        );
        assert_eq!(metadata.warnings, Vec::<String>::new());
        // The position itself is nowhere in what is kept.
        let stored = serde_json::to_string(&metadata).unwrap();
        assert!(!stored.contains("36") && !stored.contains("SN44871230"));
        assert_eq!(serde_json::from_str::<Metadata>(&stored).unwrap(), metadata);
    }

    #[test]
    fn xmp_wins_over_iim_and_iim_over_exif_and_every_loser_is_kept() {
        let texts = [(120, "uit IIM"), (105, "kop uit IIM")];
        let mut parts = parts("<dc:description>uit XMP</dc:description>", &texts, None);
        parts.exif.description = Some("uit EXIF".into());
        let metadata = resolve(parts);
        let caption = field(&metadata, Field::Caption);
        assert_eq!(
            (caption.value.as_str(), caption.carrier),
            ("uit XMP", Carrier::Xmp)
        );
        let losing: Vec<_> = caption
            .losing
            .iter()
            .map(|lost| (lost.value.as_str(), lost.carrier))
            .collect();
        assert_eq!(losing, [("uit IIM", Carrier::Iim), ("uit EXIF", Carrier::Exif)]);
        assert_eq!(field(&metadata, Field::Headline).carrier, Carrier::Iim);
    }

    #[test]
    fn iim_wins_when_its_digest_differs_but_not_when_the_digest_is_right_or_missing() {
        let texts = [(120, "nieuw")];
        let right = photoshop::md5(&datasets(&texts));
        for (digest, expected) in [(Some(STALE), "nieuw"), (Some(right), "oud"), (None, "oud")] {
            let metadata = resolve(parts("<dc:description>oud</dc:description>", &texts, digest));
            assert_eq!(field(&metadata, Field::Caption).value, expected, "{digest:?}");
        }
    }

    #[test]
    fn a_newer_iim_value_that_is_only_the_xmp_value_cut_does_not_win() {
        let whole = "Een bijzonder lange naamsvermelding van iemand";
        for (text, expected) in [
            (&whole[..32], whole),
            (&whole[..30], whole),
            (&whole[..13], &whole[..13]),
        ] {
            let properties = format!("<photoshop:Credit>{whole}</photoshop:Credit>");
            let metadata = resolve(parts(&properties, &[(110, text)], Some(STALE)));
            assert_eq!(field(&metadata, Field::Credit).value, expected);
        }
    }

    #[test]
    fn what_xmp_says_in_other_languages_is_kept_with_its_language() {
        let metadata = resolve(parts(
            "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'>The village</rdf:li>\
             <rdf:li xml:lang='en-GB'>The village</rdf:li><rdf:li xml:lang='nl-NL'>Het dorp</rdf:li></rdf:Alt></dc:description>",
            &[],
            None,
        ));
        let caption = field(&metadata, Field::Caption);
        assert_eq!(caption.value, "The village");
        let others: Vec<_> = caption
            .losing
            .iter()
            .map(|other| (other.value.as_str(), other.language.as_deref()))
            .collect();
        assert_eq!(others, [("Het dorp", Some("nl-nl"))]);
    }

    #[test]
    fn a_filler_is_no_caption_in_any_carrier() {
        let texts = [(120, "SONY DSC")];
        let metadata = resolve(parts(
            "<dc:description>OLYMPUS DIGITAL CAMERA</dc:description>",
            &texts,
            None,
        ));
        assert_eq!(metadata.facts.caption, None);
    }

    #[test]
    fn the_location_shown_comes_before_the_location_created_and_the_flat_fields() {
        let metadata = resolve(parts(
            "<photoshop:City>Erbil</photoshop:City><photoshop:Country>Irak</photoshop:Country>\
             <ext:LocationCreated ext:City='Erbil' ext:CountryName='Irak'/><ext:LocationShown ext:City='Mosul'/>",
            &[(90, "Mosul"), (101, "Iraq")],
            None,
        ));
        assert_eq!(metadata.facts.city.as_deref(), Some("Mosul"));
        // The country comes from the place that agrees on the city, not from the one that does not.
        assert_eq!(metadata.facts.country.as_deref(), Some("Iraq"));
        assert_eq!(field(&metadata, Field::City).losing.len(), 1);
        assert_eq!(field(&metadata, Field::Country).losing.len(), 1);
    }

    #[test]
    fn every_name_of_a_place_is_known_whichever_wins() {
        let metadata = resolve(parts(
            "<photoshop:State>Ninive</photoshop:State>\
             <ext:LocationCreated ext:City='Erbil' ext:CountryName='Irak'/>\
             <ext:LocationShown><rdf:Bag><rdf:li ext:City='Mosul'/><rdf:li rdf:parseType='Resource'>\
             <ext:LocationName><rdf:Alt><rdf:li xml:lang='x-default'>Kamp Speicher</rdf:li>\
             <rdf:li xml:lang='ar'>معسكر سبايكر</rdf:li></rdf:Alt></ext:LocationName><ext:Sublocation>Poort 2</ext:Sublocation></rdf:li></rdf:Bag>\
             </ext:LocationShown>",
            &[(27, "Tikrit"), (90, "Mosul"), (92, "Het plein")],
            None,
        ));
        let mut names = metadata.facts.place_names.clone();
        names.sort();
        let all = [
            "Erbil",
            "Het plein",
            "Irak",
            "Kamp Speicher",
            "Mosul",
            "Ninive",
            "Poort 2",
            "Tikrit",
            "معسكر سبايكر",
        ];
        assert_eq!(names, all);
        assert_eq!(metadata.facts.city.as_deref(), Some("Mosul"));
    }

    #[test]
    fn two_places_are_never_mixed() {
        let properties = "<ext:LocationShown ext:CountryName='Irak'/>";
        let metadata = resolve(parts(properties, &[(90, "Amsterdam"), (101, "Nederland")], None));
        assert_eq!(metadata.facts.place_line().as_deref(), Some("Irak"));
        assert!(
            metadata.warnings[0].contains("Amsterdam"),
            "{:?}",
            metadata.warnings
        );
    }

    #[test]
    fn keywords_in_another_order_agree() {
        let properties =
            "<dc:subject><rdf:Bag><rdf:li>een</rdf:li><rdf:li>twee</rdf:li></rdf:Bag></dc:subject>";
        let metadata = resolve(parts(properties, &[(25, "twee"), (25, "een")], None));
        assert_eq!(metadata.facts.keywords, ["een", "twee"]);
        assert_eq!(field(&metadata, Field::Keywords).losing, []);
    }

    #[test]
    fn the_table_has_every_field_once_and_in_order() {
        assert!(TABLE.windows(2).all(|pair| pair[0].field < pair[1].field));
        assert_eq!(TABLE.len(), Field::MinorAgeDisclosure as usize + 1);
    }
}
