//! What public files say about a photo, and writing it into them.
//!
//! The words are the photo's as the desk has them now, and of the file's facts what the allow-list has ([`Packet`]). "Hide the place" and "sensitive"
//! take out everything that could name what they hide, free text included: a packet that says too little harms nobody.

use bytes::Bytes;
use diesel::QueryResult;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::Photo;
use super::query::{self, NewRendition};
use super::renditions::purpose;
use super::{PhotoState, Rendition};
use crate::clock::Millis;
use crate::db::{Conn, DbError};
use crate::id::{PhotoId, RenditionId, random_folder};
use crate::imaging::{RenditionFormat, ladder};
use crate::metadata::{Container, Facts, Field, Packet};
use crate::queue::{self, JobKind};
use crate::site::{self, AiTraining};
use crate::store::{self, Store, StoreError};
use crate::text::country::country_name;
use crate::text::hex;

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
const DATA_MINING: &str = "http://ns.useplus.org/ldf/vocab/DMI-";
/// Source: IPTC's vocabulary of digital source types.
const SOURCE_TYPES: &str = "http://cv.iptc.org/newscodes/digitalsourcetype/";

/// Whether an address is a code of this vocabulary: whatever else stands in such a field says what nobody looked through.
fn is_code(uri: &str, vocabulary: &str) -> bool {
    let code = uri.strip_prefix(vocabulary);
    code.is_some_and(|code| !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
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

/// Whether a text names any of these words (as [`spelled`] has them), without regard to case, accents and hyphens: as whole words, with the ending of
/// a case behind them ("Mosuls"), or with what Arabic and Hebrew write together with the word that follows.
#[must_use]
pub fn names_any(text: &str, names: &[String]) -> bool {
    if names.is_empty() {
        return false;
    }
    let text = spelled(text);
    names.iter().any(|name| stands_in(&text, name))
}

/// Those of these words that a text names, as [`names_any`] looks for them.
#[must_use]
pub fn named_in<'a>(text: &str, names: impl IntoIterator<Item = &'a String>) -> Vec<&'a str> {
    let text = spelled(text);
    names
        .into_iter()
        .filter(|name| stands_in(&text, name))
        .map(String::as_str)
        .collect()
}

/// Whether a name stands in a text, both as [`spelled`] has them.
fn stands_in(text: &str, name: &str) -> bool {
    if name.chars().any(is_unspaced) {
        return text.contains(name);
    }
    // Short names stand inside too many words; a longer one with two letters more is still that name.
    let ending = if name.chars().count() >= 4 { MOST_ENDING } else { 0 };
    let is_joined = name.chars().next().is_some_and(|c| JOINING.contains(&c));
    let beginning = if is_joined { MOST_JOINED } else { 0 };
    text.match_indices(name).any(|(at, found)| {
        let letters = |side: &mut dyn Iterator<Item = char>| side.take_while(|c| c.is_alphabetic()).count();
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at.saturating_add(found.len())..).unwrap_or_default();
        letters(&mut before.chars().rev()) <= beginning && letters(&mut after.chars()) <= ending
    })
}

/// Letters of scripts that put no blanks between words, or hang their particles on: Thai, Lao, Tibetan, Burmese, Khmer, kana, Chinese characters,
/// Hangul. A name in them is looked for anywhere.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{fff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{20000}'..='\u{3ffff}')
}

/// What may stand behind the name of a Chinese, Japanese or Korean place, and may be left out: city, province, county, district, town, village.
const UNSPACED_KINDS: [char; 24] = [
    '鎮', '乡', '鄉', '岛', '島', '읍', '市', '省', '县', '縣', '県', '区', '區', '府', '都', '道', '郡',
    '州', '镇', '町', '村', '시', '도', '군',
];

/// Letters that a case may add to a name.
const MOST_ENDING: usize = 2;
/// Letters that may be written together with the word behind them: "in", "and", "to", "the".
const MOST_JOINED: usize = 3;
/// Hebrew and Arabic, whose particles are.
const JOINING: std::ops::RangeInclusive<char> = '\u{590}'..='\u{6ff}';
/// Letters with a stroke or without a dot, which are letters of their own to Unicode, and the plain ones that people type.
const PLAIN: [(char, &str); 10] = [
    ('ı', "i"),
    ('ł', "l"),
    ('ø', "o"),
    ('đ', "d"),
    ('ħ', "h"),
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('þ', "th"),
    ('ð', "d"),
];

/// Lower case without accents, marks and what nobody sees, with one kind of apostrophe and with blanks for hyphens, for comparing what people
/// typed: what a search takes for the same word is the same here, and what a reader does.
fn spelled(text: &str) -> String {
    // An accent that stands alone is an apostrophe, and would be lost as an accent.
    let text = text.replace(['’', '‘', '`', '´'], "'");
    let letters = text
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c) && !is_unseen(*c))
        .flat_map(char::to_lowercase);
    let mut plain = String::with_capacity(text.len());
    for letter in letters {
        match PLAIN.iter().find(|(own, _)| *own == letter) {
            Some((_, typed)) => plain.push_str(typed),
            // Lower case may bring a mark of its own.
            None if unicode_normalization::char::is_combining_mark(letter) => (),
            None if HYPHENS.contains(&letter) => plain.push(' '),
            None => plain.push(letter),
        }
    }
    plain
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .nfc()
        .collect()
}

/// Characters that take no room: soft hyphens, joiners, marks of direction, the stretching line of Arabic.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Short lines that join words.
const HYPHENS: [char; 5] = ['-', '\u{2010}', '\u{2011}', '–', '\u{2212}'];

/// The words in a line that names a place: what stands between its commas, and each longer word of it, for "Frontlinie Mosul" is also named by
/// "Mosul", and "Al-Qayyarah" by "Qayyarah".
pub fn words_of_place(line: &str) -> Vec<String> {
    let parts = line.split(parts_names);
    let words = words_of(line).filter(|word| word.chars().count() >= 4);
    concealable(parts.chain(words))
}

/// Whether a character stands between names in any script: a comma, a bracket, a quotation mark, but no hyphen, apostrophe or full stop.
fn parts_names(c: char) -> bool {
    let within = c.is_alphanumeric()
        || c.is_whitespace()
        || HYPHENS.contains(&c)
        || matches!(c, '\'' | '’' | '‘' | '`' | '´' | '.')
        || is_unseen(c)
        || unicode_normalization::char::is_combining_mark(c);
    !within
}

/// What a line consists of, with hyphens and without.
fn words_of(line: &str) -> impl Iterator<Item = &str> {
    let apart = |c: char| c.is_whitespace() || parts_names(c);
    let pieces = move |c: char| apart(c) || HYPHENS.contains(&c);
    line.split(apart).chain(line.split(pieces))
}

/// Words of names that stand in many names, and in sentences that name nobody.
const COMMON_IN_NAMES: [&str; 27] = [
    "and",
    "dame",
    "del",
    "dela",
    "della",
    "den",
    "der",
    "des",
    "dokter",
    "dos",
    "heer",
    "het",
    "lady",
    "las",
    "los",
    "meneer",
    "mevr",
    "mevrouw",
    "miss",
    "mrs",
    "prof",
    "professor",
    "sir",
    "ten",
    "ter",
    "van",
    "von",
];

/// The words that name a person: the whole name, and each word of it that is a name by itself, for "Fatima Al-Jabouri" is also named by
/// "mevrouw Al-Jabouri". Particles and titles are not looked for: they stand everywhere.
fn words_of_person(name: &str) -> impl Iterator<Item = &str> {
    let own = words_of(name).filter(|word| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        // A script without capitals has names too.
        let is_name = word
            .chars()
            .next()
            .is_some_and(|c| c.is_alphabetic() && !c.is_lowercase());
        let spelled = spelled(word.trim_end_matches('.'));
        letters >= 3 && is_name && !COMMON_IN_NAMES.contains(&spelled.as_str())
    });
    std::iter::once(name).chain(own)
}

/// What can be looked for in a text: "A" or "IQ" would be found in every other.
fn concealable<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut words: Vec<String> = words
        .map(|word| spelled(word.trim().trim_end_matches('.')))
        .filter(|word| word.chars().count() >= if word.chars().any(is_unspaced) { 2 } else { 3 })
        .collect();
    // "湖北省武汉市" is a province and a city.
    let pieces: Vec<String> = words
        .iter()
        .filter(|word| word.chars().any(is_unspaced))
        .flat_map(|word| word.split_inclusive(UNSPACED_KINDS.as_slice()))
        .flat_map(|piece| [piece, piece.trim_end_matches(UNSPACED_KINDS.as_slice())])
        .filter(|piece| piece.chars().count() >= 2)
        .map(str::to_owned)
        .collect();
    words.extend(pieces);
    words.sort();
    words.dedup();
    words
}

impl Photo {
    /// The words that readers may not find while the place is hidden: every name of a place in the file and at the desk, the country's in each
    /// language that is known here; the persons shown too where the photo is sensitive. Empty when nothing is hidden.
    #[must_use]
    pub fn concealed_words(&self) -> Vec<String> {
        if !self.hides_place() {
            return Vec::new();
        }
        let facts = &self.embedded.facts;
        let places = [&facts.city, &facts.province, &facts.country, &facts.sublocation];
        // What lost in the file names places and persons too.
        let losing = |is_meant: fn(Field) -> bool| {
            let fields = self.embedded.fields.iter();
            let losers = fields
                .filter(move |field| is_meant(field.field))
                .flat_map(|field| &field.losing);
            losers.flat_map(|loser| loser.value.lines())
        };
        let event = facts.event.iter().map(String::as_str);
        let event = event.chain(losing(|field| field == Field::Event));
        let event = event.flat_map(words_of_person);
        let losers = losing(Field::is_of_a_place);
        let anywhere = facts.place_names.iter().map(String::as_str);
        let places = places.into_iter().flatten().map(String::as_str);
        let lines = places.chain(anywhere).chain(losers);
        let named: Vec<String> = lines
            .chain(self.place.as_deref())
            .flat_map(words_of_place)
            .collect();
        let code = facts.country_code.as_deref();
        let countries = code
            .into_iter()
            .flat_map(|code| ["nl", "en"].map(|language| country_name(code, language)));
        let persons = facts.persons_shown.iter().map(String::as_str);
        let persons = persons.chain(losing(|field| field == Field::PersonsShown));
        let persons = persons.filter(|_| self.sensitive).flat_map(words_of_person);
        let mut words = concealable(countries.flatten().chain(event).chain(persons));
        words.extend(named);
        words.sort();
        words.dedup();
        words
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

/// Copies of a photo's renditions with other words in them, stored but not recorded yet.
#[derive(Debug)]
pub struct Repacked {
    photo: PhotoId,
    /// The folder they were copied from.
    from: String,
    /// Their own.
    folder: String,
    packet: String,
    files: Vec<Rendition>,
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

/// Writes the renditions of `photo` (as it is to be) into a folder of their own, with its words in them. Pixels are copied, not made again:
/// this takes milliseconds. `None` when there are no renditions.
///
/// # Errors
/// [`StoreError`]; what was written then is found by no address.
pub async fn repack(
    store: &Store,
    photo: &Photo,
    renditions: &[Rendition],
    site: AiTraining,
) -> Result<Option<Repacked>, StoreError> {
    let Some(from) = photo.folder.clone() else {
        return Ok(None);
    };
    let (packet, folder) = (of(photo, site), random_folder());
    let largest = ladder::largest_jpeg_spec(photo.width_px.unsigned_abs());
    let mut files = Vec::new();
    for file in renditions.iter().filter(|file| file.folder == from) {
        let bytes = store.bytes(&store::rendition_key(&from, &file.spec)).await?;
        let format = RenditionFormat::of_media_type(&file.media_type);
        let Some((bytes, format)) = bytes.zip(format) else {
            continue;
        };
        let is_largest = file.spec == largest;
        let bytes = write_into(&packet, format, file.width_px.unsigned_abs(), is_largest, bytes);
        files.push(Rendition {
            folder: folder.clone(),
            size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            sha256: Some(hex(&Sha256::digest(&bytes))),
            ..file.clone()
        });
        store
            .put(&store::rendition_key(&folder, &file.spec), bytes)
            .await?;
    }
    Ok((!files.is_empty()).then(|| Repacked {
        photo: photo.id.clone(),
        from,
        folder,
        packet: packet.to_text(),
        files,
    }))
}

/// Makes repacked renditions the photo's own, if it is still in the folder they were copied from and has the words they have; says whether it
/// is so. The folder before is swept when nobody shows it any more.
///
/// # Errors
/// Those of the statements.
pub fn adopt(conn: &mut Conn, repacked: &Repacked, now: Millis) -> Result<bool, DbError> {
    let photo = query::find_photo(conn, &repacked.photo)?;
    let site = ai_training(conn)?;
    let fits = photo.is_some_and(|photo| {
        photo.folder.as_deref() == Some(&*repacked.from) && of(&photo, site).to_text() == repacked.packet
    });
    if !fits {
        return Ok(false);
    }
    let rows: Vec<NewRendition<'_>> = repacked
        .files
        .iter()
        .map(|file| NewRendition {
            id: RenditionId::random(),
            photo_id: &repacked.photo,
            folder: &file.folder,
            spec: &file.spec,
            purpose: purpose(&file.spec),
            media_type: &file.media_type,
            width_px: file.width_px,
            height_px: file.height_px,
            size_bytes: file.size_bytes,
            created_at: now,
            sha256: file.sha256.as_deref(),
        })
        .collect();
    query::insert_renditions(conn, &rows)?;
    query::move_to_folder(conn, &repacked.photo, &repacked.folder, &repacked.packet)?;
    queue::enqueue(conn, JobKind::SweepRenditions, repacked.photo.as_str(), now)?;
    // Files that came while these were copied are not among them.
    if !repacked.files.iter().any(|file| file.media_type == "image/avif") {
        queue::enqueue(conn, JobKind::RenderAvif, repacked.photo.as_str(), now)?;
    }
    Ok(true)
}

/// Removes repacked files that were not adopted.
pub async fn discard(store: &Store, repacked: &Repacked) {
    for file in &repacked.files {
        // What is left behind is found at the next start.
        let _ = store
            .remove(&store::rendition_key(&repacked.folder, &file.spec))
            .await;
    }
}

#[cfg(test)]
mod tests {
    use super::AiTraining::{Allowed, Refused, Unspecified};
    use super::{
        ALLOWED, Facts, NO_TRAINING, concealable, data_mining, names_any, source_type, words_of_person,
        words_of_place,
    };

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
    fn a_name_is_found_as_a_word_in_any_case_and_not_inside_another() {
        let names = concealable(["Irak", "’s-Hertogenbosch"].into_iter());
        assert!(names_any("Frontlinie Mosul, Irak.", &names));
        assert!(names_any("IRAK", &names));
        assert!(names_any("In ’s-Hertogenbosch regende het", &names));
        assert!(names_any("In 's-Hertogenbosch regende het", &names));
        assert!(!names_any("De Irakezen", &names));
        assert!(!names_any("", &names));
    }

    #[test]
    fn a_place_is_named_by_each_of_its_longer_words() {
        let words = words_of_place("Frontlinie Mosul, Irak");
        assert_eq!(words, ["frontlinie", "frontlinie mosul", "irak", "mosul"]);
    }

    #[test]
    fn a_name_is_found_however_it_is_written_and_bent() {
        for (place, text) in [
            ("Mosul", "In Mo\u{ad}sul."),
            ("Mosul", "In Mo\u{200b}sul."),
            ("Mosul", "In Ｍｏｓｕｌ."),
            ("Mosul", "Mosuls straten."),
            ("Aleppo", "#Aleppo2024"),
            ("الموصل", "في المَوْصِل"),
            ("الموصل", "بالموصل"),
            ("Diyarbakır", "In Diyarbakir."),
            ("Diyarbakır", "DİYARBAKIR"),
            ("Łódź", "In Lodz."),
            ("Al-Bab", "In al Bab."),
            ("Al Bab", "In Al\u{a0}Bab."),
            ("Al Bab", "In Al\u{2011}Bab."),
        ] {
            assert!(names_any(text, &words_of_place(place)), "{place} in {text}");
        }
        assert!(!names_any("De alba speelt.", &words_of_place("Al-Bab")));
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

    #[test]
    fn scripts_without_blanks_hide_no_name() {
        for (place, text) in [
            ("武汉市", "士兵在武汉的街道上"),
            ("乌鲁木齐, 新疆", "在乌鲁木齐的街道"),
            ("เชียงใหม่", "ถนนในเชียงใหม่วันนี้"),
            ("서울", "서울에서 찍은 사진"),
            ("東京都", "東京の朝"),
            ("湖北省武汉市", "士兵在武汉的街道上"),
            ("武汉，湖北", "在湖北"),
            ("الموصل، العراق", "جنود في الموصل."),
            ("Irak: “Telskuf”", "Een straat in Telskuf."),
        ] {
            assert!(names_any(text, &words_of_place(place)), "{place} in {text}");
        }
        assert!(!names_any("士兵在街道上", &words_of_place("武汉市")));
    }

    #[test]
    fn accents_hide_no_name_and_a_hyphen_joins_no_two_names_into_one() {
        let words = words_of_place("Al-Qayyarah, Irak");
        for text in ["Vlucht uit Qayyārah.", "Vlucht uit QAYYARAH.", "Qayya\u{304}rah"] {
            assert!(names_any(text, &words), "{text}");
        }
        let words = words_of_place("Qayyārah");
        assert!(names_any("Vlucht uit Qayyarah.", &words));
        assert!(!names_any("Vlucht uit Qayyaraheen.", &words));
    }

    #[test]
    fn a_person_is_named_by_each_word_that_is_a_name_and_by_no_particle() {
        let words = |name| concealable(words_of_person(name));
        assert_eq!(
            words("Fatima Al-Jabouri"),
            ["al jabouri", "fatima", "fatima al jabouri", "jabouri"]
        );
        assert!(names_any(
            "Mevrouw Al-Jabouri op de trede.",
            &words("Fatima Al-Jabouri")
        ));
        assert!(names_any(
            "Mevrouw Jabouri op de trede.",
            &words("Fatima Al-Jabouri")
        ));
        let words = words("Mevr. Anna van den Berg-de Vries");
        assert!(names_any("Bij Vries thuis.", &words) && names_any("Anna lacht.", &words));
        for text in [
            "De weg van de stad.",
            "Den Haag, in de verte.",
            "Mevrouw op de trede.",
        ] {
            assert!(!names_any(text, &words), "{text}: {words:?}");
        }
    }
}
