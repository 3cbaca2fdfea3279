//! The place fields come from one place: a city from one source with a country from another would be a place that does not exist.
//!
//! A file may name several: the location shown, the location created, XMP's old flat fields, IIM's. The strongest leads; weaker ones only
//! fill in what is missing, and only where they do not contradict.

use super::{
    Carrier, Field,
    candidate::Candidate,
    facts::MOST_PLACE_NAMES,
    iim::Iim,
    table::{Kind, TABLE},
    xmp::Xmp,
    xmp_tree::Ns,
};

/// IIM's name of a place that the picture is about. Source: IPTC-IIM 4.2, 2:27.
const CONTENT_LOCATION_NAME: u8 = 27;

/// The place fields, of which the first that two places both fill decides whether they are the same place.
const PLACE: [Field; 5] = [
    Field::City,
    Field::CountryCode,
    Field::Country,
    Field::Province,
    Field::Sublocation,
];

/// A place by where it was read: the carrier and the number of the XMP path.
type Place = (Carrier, usize);

/// Orders the candidates of the place fields so that those of the leading place, then of places that agree with it, come first; the rest
/// can only lose. Where nothing but contradictions is left for a field, they are taken out and returned: they must not be lost silently.
pub(super) fn keep_one(candidates: &mut [Vec<Candidate>], is_iim_newer: bool) -> Vec<String> {
    let rows: Vec<usize> = PLACE
        .iter()
        .filter_map(|field| TABLE.iter().position(|rule| rule.field == *field))
        .collect();
    let accepted = accepted_places(candidates, &rows, is_iim_newer);
    let mut left_out = Vec::new();
    for row in rows {
        let Some(values) = candidates.get_mut(row) else {
            continue;
        };
        let all = values.clone();
        values.sort_by_key(|value| {
            let rank = accepted.iter().position(|place| *place == value.place());
            // A cut value never stands before the whole one.
            let is_cut = all.iter().any(|other| {
                other.items != value.items && value.is_cut_of(other) && accepted.contains(&other.place())
            });
            rank.map_or((true, usize::MAX), |rank| (is_cut, rank))
        });
        if values
            .first()
            .is_some_and(|first| !accepted.contains(&first.place()))
        {
            left_out.extend(values.drain(..).map(|value| value.value()));
        }
    }
    left_out
}

/// Every name that a file gives for a place, wherever it stands and whichever place wins: what is to be left unsaid when the place is hidden. Codes
/// and the regions of the world name too much to be among them.
pub(super) fn names(xmp: &Xmp, iim: &Iim) -> Vec<String> {
    /// Where programs of other trades write a place: EXIF's area, Dublin Core's coverage, a film's location.
    const ANYWHERE: [&str; 4] = ["GPSAreaInformation", "coverage", "shotLocation", "ShotLocation"];
    const IN_LOCATIONS: [&str; 5] = [
        "LocationName",
        "Sublocation",
        "City",
        "ProvinceState",
        "CountryName",
    ];
    const FLAT: [(Ns, &str); 4] = [
        (Ns::IptcCore, "Location"),
        (Ns::Photoshop, "City"),
        (Ns::Photoshop, "State"),
        (Ns::Photoshop, "Country"),
    ];
    let in_locations = ["LocationShown", "LocationCreated"].into_iter().flat_map(|list| {
        IN_LOCATIONS
            .into_iter()
            .flat_map(move |field| xmp.texts_in_each(Ns::IptcExt, list, Ns::IptcExt, field))
    });
    let flat = FLAT.into_iter().filter_map(|(ns, local)| xmp.text(ns, local));
    let in_iim = [CONTENT_LOCATION_NAME, 92, 90, 95, 101]
        .into_iter()
        .flat_map(|dataset| iim.all(dataset))
        .map(|text| text.text.as_str());
    let all = in_locations
        .chain(flat)
        .chain(xmp.texts_named(&[], &ANYWHERE))
        .chain(in_iim);
    listed(all)
}

/// These texts, clean and each once; of endlessly many the first.
fn listed<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let texts = texts.map(|text| (text.to_owned(), false));
    let mut listed = Candidate::of(Carrier::Xmp, 0, Kind::List, texts).items;
    listed.truncate(MOST_PLACE_NAMES / 2);
    listed
}

/// The codes of countries anywhere in a file: no words themselves, but there are names for them.
pub(super) fn codes(xmp: &Xmp, iim: &Iim) -> Vec<String> {
    let in_xmp = xmp.texts_named(&[], &["CountryCode"]);
    let in_iim = iim.all(100).map(|text| text.text.as_str());
    listed(in_xmp.into_iter().chain(in_iim))
}

/// Names of persons that stand where no list of persons is: at faces in the picture, and where agencies name whom they know.
///
/// Source: Metadata Working Group 2.0, 5.9; Microsoft's photo schema 1.2 and Getty Images' schema, as `ExifTool` documents them. The IPTC's image regions
/// are not read: they may be huge.
pub(super) fn persons(xmp: &Xmp) -> Vec<String> {
    const REGIONS: [&str; 2] = ["Regions", "RegionInfo"];
    const NAMES: [&str; 2] = ["Name", "PersonDisplayName"];
    let at_faces = xmp.texts_named(&REGIONS, &NAMES);
    let known = xmp.texts_named(&[], &["Personality"]);
    listed(at_faces.into_iter().chain(known))
}

/// The places that do not contradict the leading one, strongest first.
fn accepted_places(candidates: &[Vec<Candidate>], rows: &[usize], is_iim_newer: bool) -> Vec<Place> {
    let values = || rows.iter().filter_map(|&row| candidates.get(row));
    let mut places: Vec<Place> = Vec::new();
    for candidate in values().flatten() {
        if !places.contains(&candidate.place()) {
            places.push(candidate.place());
        }
    }
    // IIM leads when it is newer and has more to say than XMP's own values, cut: then it stands first somewhere.
    let iim_leads = is_iim_newer
        && values()
            .filter_map(|values| values.first())
            .any(|first| first.carrier == Carrier::Iim);
    places.sort_by_key(|&(carrier, path)| ((carrier == Carrier::Iim) != iim_leads, path));
    let mut accepted = Vec::new();
    for place in places {
        if !contradicts(candidates, rows, place, &accepted) {
            accepted.push(place);
        }
    }
    accepted
}

/// Whether a place differs from the accepted ones in the first field that both fill.
fn contradicts(candidates: &[Vec<Candidate>], rows: &[usize], place: Place, accepted: &[Place]) -> bool {
    let value_of = |row: usize, of: &[Place]| {
        let values = candidates.get(row)?;
        of.iter()
            .find_map(|place| values.iter().find(|value| value.place() == *place))
    };
    let same = rows.iter().find_map(|&row| {
        let (new, old) = value_of(row, &[place]).zip(value_of(row, accepted))?;
        let (new_text, old_text) = (new.value().to_lowercase(), old.value().to_lowercase());
        // Country codes of two and of three letters cannot be compared.
        let is_code = TABLE.get(row).is_some_and(|rule| rule.kind == Kind::Code);
        let is_comparable = !is_code || new_text.len() == old_text.len();
        is_comparable.then(|| new_text == old_text || new.is_cut_of(old) || old.is_cut_of(new))
    });
    same == Some(false)
}
