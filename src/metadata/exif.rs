//! The few EXIF values that matter for a caption: description, artist, copyright, when, which way up, and whether there is a position.
//!
//! The position itself, serial numbers, the maker's note and thumbnails are never read. Source: CIPA DC-008 (EXIF 2.32 and 3.0).

use std::io::{Read, Seek};

use super::{
    clean,
    date::Date,
    tiff::{Directory, Tiff},
};

/// The warning for EXIF that could be read only in part.
pub(super) const DAMAGED: &str = "The camera data (EXIF) is damaged; what could be read of it was kept.";

const IMAGE_DESCRIPTION: u16 = 0x010e;
const ORIENTATION: u16 = 0x0112;
const ARTIST: u16 = 0x013b;
const COPYRIGHT: u16 = 0x8298;
const EXIF_DIRECTORY: u16 = 0x8769;
const GPS_DIRECTORY: u16 = 0x8825;
const DATE_TIME_ORIGINAL: u16 = 0x9003;
const OFFSET_TIME_ORIGINAL: u16 = 0x9011;
const SUB_SEC_TIME_ORIGINAL: u16 = 0x9291;
const DATE_TIME_DIGITIZED: u16 = 0x9004;
const GPS_DATE: u16 = 0x001d;
const GPS_LATITUDE: u16 = 0x0002;
const GPS_LONGITUDE: u16 = 0x0004;
const GPS_DEST_LATITUDE: u16 = 0x0014;

/// The values, cleaned; fillers are absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exif {
    pub(super) description: Option<String>,
    /// One name for each artist.
    pub(super) artists: Vec<String>,
    pub(super) copyright: Option<String>,
    pub(super) taken: Option<Date>,
    /// When it was digitised, and the day of its position, by the satellites' clock.
    pub(super) also: Vec<Date>,
    /// 1 to 8; 1 when nothing sensible is said.
    pub(super) orientation: u8,
    pub(super) has_gps: bool,
}

impl Default for Exif {
    fn default() -> Self {
        Self {
            description: None,
            artists: Vec::new(),
            copyright: None,
            taken: None,
            also: Vec::new(),
            orientation: 1,
            has_gps: false,
        }
    }
}

/// Reads an EXIF block; the second value tells whether all of it could be read.
pub(super) fn read<R: Read + Seek>(block: &mut R) -> (Exif, bool) {
    let Some(mut tiff) = Tiff::open(block) else {
        return (Exif::default(), false);
    };
    let first = tiff.first;
    let directory = tiff.directory(first);
    from_directory(&mut tiff, &directory)
}

/// Reads the EXIF values of a TIFF whose first directory has been read; the second value tells whether all of it could be read.
pub(super) fn from_directory<R: Read + Seek>(tiff: &mut Tiff<'_, R>, first: &Directory) -> (Exif, bool) {
    let mut child = |tag| {
        let offset = first.get(tag).and_then(|entry| tiff.number(entry))?;
        Some(tiff.directory(offset))
    };
    let camera = child(EXIF_DIRECTORY);
    let gps = child(GPS_DIRECTORY);
    let is_whole = first.is_whole
        && [&camera, &gps]
            .into_iter()
            .flatten()
            .all(|directory: &Directory| directory.is_whole);
    let camera = camera.unwrap_or_default();
    let mut text = |directory: &Directory, tag| {
        let bytes = directory
            .get(tag)
            .and_then(|entry| tiff.bytes(entry, clean::MAX_TEXT_BYTES))?;
        Some(clean::utf8_or_windows_1252(&bytes).into_owned())
    };
    let taken = text(&camera, DATE_TIME_ORIGINAL).map(|taken| taken.replace('\0', ""));
    let fraction = text(&camera, SUB_SEC_TIME_ORIGINAL).map(|fraction| fraction.replace('\0', ""));
    let offset = text(&camera, OFFSET_TIME_ORIGINAL).map(|offset| offset.replace('\0', ""));
    let digitized = text(&camera, DATE_TIME_DIGITIZED);
    let positioned = gps.as_ref().and_then(|gps| text(gps, GPS_DATE));
    let also = [digitized, positioned].into_iter().flatten();
    let also = also
        .filter_map(|date| Date::parse(&date.replace('\0', "")))
        .collect();
    let exif = Exif {
        also,
        description: text(first, IMAGE_DESCRIPTION)
            .and_then(|raw| clean::text(&raw))
            .filter(|text| !is_filler(text)),
        artists: text(first, ARTIST).map(|raw| artists(&raw)).unwrap_or_default(),
        copyright: text(first, COPYRIGHT).and_then(|raw| copyright(&raw)),
        taken: taken
            .and_then(|taken| Date::parse(&taken))
            .map(|taken| taken.with_exif_details(fraction.as_deref(), offset.as_deref())),
        orientation: first
            .get(ORIENTATION)
            .and_then(|entry| tiff.number(entry))
            .and_then(|number| u8::try_from(number).ok())
            .filter(|number| (1..=8).contains(number))
            .unwrap_or(1),
        has_gps: gps.is_some_and(|gps| {
            [GPS_LATITUDE, GPS_LONGITUDE, GPS_DEST_LATITUDE]
                .iter()
                .any(|&tag| gps.get(tag).is_some())
        }),
    };
    (exif, is_whole)
}

/// Several artists stand in one text, divided by semicolons. Source: MWG Guidelines 2.0, 5.4 (kept by EXIF 3.0).
fn artists(raw: &str) -> Vec<String> {
    // Some programs divide them, and pad, with zeros.
    raw.split([';', '\0'])
        .filter_map(|name| clean::line(name.trim().trim_matches('"')))
        .filter(|name| !is_filler(name))
        .collect()
}

/// The photographer's notice and, behind a zero byte, the editor's: the photographer's, or the editor's when that is blank.
fn copyright(raw: &str) -> Option<String> {
    raw.split('\0')
        .filter_map(clean::text)
        .find(|notice| !is_filler(notice))
}

/// Whether a text is what a camera or a program puts there unasked. Compared without case and surrounding blanks.
///
/// Source: the defaults that cameras of these makers write into `ImageDescription`; the last row are scene modes of telephones.
pub(super) fn is_filler(text: &str) -> bool {
    const WHOLE: [&str; 32] = [
        "OLYMPUS DIGITAL CAMERA",
        "SONY DSC",
        "MINOLTA DIGITAL CAMERA",
        "KONICA MINOLTA DIGITAL CAMERA",
        "MINOLTA DSC",
        "SAMSUNG DIGITAL CAMERA",
        "SAMSUNG CAMERA PICTURES",
        "PENTAX DIGITAL CAMERA",
        "SANYO DIGITAL CAMERA",
        "KODAK DIGITAL STILL CAMERA",
        "CASIO COMPUTER CO.,LTD.",
        "RICOH DIGITAL CAMERA",
        "LEICA DIGITAL CAMERA",
        "DIGITAL CAMERA",
        "DIGITAL STILL CAMERA",
        "MY BEAUTIFUL PICTURE",
        "DEFAULT",
        "UNTITLED",
        "UNKNOWN",
        "NONE",
        "EXIF_JPEG_PICTURE",
        "EXIF JPEG",
        "JPEG",
        "CREATED WITH GIMP",
        "CREATED WITH THE GIMP",
        "HDRTIST",
        "DAV",
        "PTR",
        "COF",
        "OZNOR",
        "NOR",
        "SDR",
    ];
    let shouted = text.trim().to_uppercase();
    // A text of signs only ("---", "...") says nothing, and "DCIM\100MEDIA\DJI_0001.JPG" is where the card kept the file.
    !shouted.chars().any(char::is_alphanumeric)
        || WHOLE.contains(&shouted.as_str())
        || shouted.starts_with("DCIM\\")
        || shouted.starts_with("DCIM/")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
mod tests {
    use super::super::{Embedded, write_exif};
    use super::*;
    use std::io::Cursor;

    fn written(what: &Embedded) -> Exif {
        read(&mut Cursor::new(write_exif::block(what).unwrap())).0
    }

    #[test]
    fn what_cameras_write_unasked_is_no_caption() {
        for filler in [
            "OLYMPUS DIGITAL CAMERA         ",
            "SONY DSC",
            "   ",
            "DCIM\\100MEDIA\\DJI_0042.JPG",
            "...",
            "dav",
        ] {
            assert!(is_filler(filler), "{filler}");
        }
        assert!(!is_filler("De storm"));
        let what = Embedded {
            caption: Some("OLYMPUS DIGITAL CAMERA".into()),
            ..Embedded::default()
        };
        assert_eq!(written(&what).description, None);
    }

    #[test]
    fn everything_wanted_is_read_and_nothing_else_is_kept() {
        let exif = written(&Embedded {
            caption: Some("Het dorp – één uur later".into()),
            creator: Some("Anna; Bert".into()),
            copyright: Some("© Anna".into()),
            date_time_original: Some("2024:01:19 10:05:00".into()),
            offset: Some("+01:00".into()),
            gps: Some((36.345, 43.1575)),
            orientation: Some(6),
            ..Embedded::default()
        });
        assert_eq!(exif.description.unwrap(), "Het dorp – één uur later");
        assert_eq!(exif.artists, ["Anna", "Bert"]);
        assert_eq!(exif.copyright.unwrap(), "© Anna");
        assert_eq!(exif.taken.unwrap().iso(), "2024-01-19T10:05:00+01:00");
        assert_eq!(exif.orientation, 6);
        assert!(exif.has_gps);
    }

    #[test]
    fn an_editors_notice_counts_when_the_photographers_is_blank() {
        assert_eq!(copyright("Anna\0Krant\0").unwrap(), "Anna");
        assert_eq!(copyright(" \0Krant\0").unwrap(), "Krant");
    }

    #[test]
    fn a_cut_block_gives_what_is_left_of_it() {
        let what = Embedded {
            caption: Some("x".repeat(400)),
            orientation: Some(8),
            ..Embedded::default()
        };
        let block = write_exif::block(&what).unwrap();
        let (exif, _) = read(&mut Cursor::new(block.get(..200).unwrap()));
        assert_eq!(exif.orientation, 8);
        assert!(!read(&mut Cursor::new(&block[..20])).1);
    }
}
