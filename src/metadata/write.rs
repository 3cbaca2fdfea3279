//! Puts captions into a JPEG the way Photo Mechanic does, in all three carriers: for demonstration and test originals.
//!
//! Not for public files, which get a packet of their own written from an allow-list, and never for an original that somebody uploaded.

use super::{
    clean,
    date::Date,
    iim::limit_bytes,
    jpeg::{EXIF_HEADER, PHOTOSHOP_HEADER, XMP_HEADER},
    photoshop, write_exif, write_xmp,
};

/// What to write; what is `None` is not written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Embedded {
    /// The caption, in all three carriers.
    pub caption: Option<String>,
    /// The headline, in XMP and IIM.
    pub headline: Option<String>,
    /// Who made the picture, in all three carriers.
    pub creator: Option<String>,
    /// The credit line, in XMP and IIM.
    pub credit: Option<String>,
    /// The copyright notice, in all three carriers.
    pub copyright: Option<String>,
    /// The alt text, in XMP.
    pub alt: Option<String>,
    /// The city, in XMP and IIM.
    pub city: Option<String>,
    /// The country's name, in XMP and IIM.
    pub country: Option<String>,
    /// The country's ISO 3166 code, in XMP and IIM.
    pub country_code: Option<String>,
    /// When it was taken, in EXIF's notation (`2024:01:19 10:05:00`); in XMP and IIM as the date created.
    pub date_time_original: Option<String>,
    /// The camera's offset from UTC (`+01:00`).
    pub offset: Option<String>,
    /// The camera's maker.
    pub make: Option<String>,
    /// The camera's model.
    pub model: Option<String>,
    /// The camera's serial number, which must never become public.
    pub serial: Option<String>,
    /// Latitude and longitude in degrees, north and east positive; must never become public.
    pub gps: Option<(f64, f64)>,
    /// EXIF orientation, 1 to 8.
    pub orientation: Option<u8>,
}

/// Writes EXIF, XMP and IIM (with its digest) into a JPEG, in place of those it had. Anything that is not a JPEG comes back as it was;
/// a carrier that would not fit one segment (64 KiB) is left out. IIM texts are cut at IIM's limits.
///
/// Source: ITU-T T.81 B.1.1.4; XMP part 3, 1.1.3; IPTC-IIM 4.2.
#[must_use]
pub fn embed_in_jpeg(jpeg: Vec<u8>, what: &Embedded) -> Vec<u8> {
    let Some(rest) = jpeg.strip_prefix(&[0xff, 0xd8]) else {
        return jpeg;
    };
    let (kept_head, kept_tail) = split_segments(rest);
    let mut written = vec![0xff, 0xd8];
    written.extend(kept_head);
    let carriers = [
        (0xe1, EXIF_HEADER, write_exif::block(what)),
        (0xe1, XMP_HEADER, write_xmp::packet(what).map(String::into_bytes)),
        (
            0xed,
            PHOTOSHOP_HEADER,
            iim_block(what).and_then(|block| photoshop::with_iim(&block)),
        ),
    ];
    for (marker, header, body) in carriers {
        if let Some(segment) = body.and_then(|body| segment(marker, header, &body)) {
            written.extend(segment);
        }
    }
    written.extend(kept_tail);
    written
}

/// Divides what follows the first marker into the JFIF segments, which must stay in front, and the rest without its old carriers.
pub(super) fn split_segments(mut rest: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    while let [0xff, marker @ (0xc0..=0xcf | 0xdb..=0xfe), high, low, ..] = rest {
        if *marker == 0xda {
            break;
        }
        let length = usize::from(u16::from_be_bytes([*high, *low])).saturating_add(2);
        // A length counts itself: a smaller one is none, and nothing behind it can be told apart.
        if length < 4 {
            break;
        }
        let Some((segment, after)) = rest.split_at_checked(length) else {
            break;
        };
        let body = segment.get(4..).unwrap_or_default();
        let is_old_carrier = match marker {
            0xe1 => body.starts_with(EXIF_HEADER) || body.starts_with(b"http://ns.adobe.com/"),
            0xed => body.starts_with(PHOTOSHOP_HEADER),
            _ => false,
        };
        match marker {
            _ if is_old_carrier => {}
            0xe0 if tail.is_empty() => head.extend(segment),
            _ => tail.extend(segment),
        }
        rest = after;
    }
    tail.extend(rest);
    (head, tail)
}

pub(super) fn segment(marker: u8, header: &[u8], body: &[u8]) -> Option<Vec<u8>> {
    let length = header.len().checked_add(body.len())?.checked_add(2)?;
    let length = u16::try_from(length).ok()?.to_be_bytes();
    Some([&[0xff, marker], &length[..], header, body].concat())
}

/// Record 1 with the mark for UTF-8, record 2 with its version and the texts, in ascending order as the standard asks.
fn iim_block(what: &Embedded) -> Option<Vec<u8>> {
    let date = what.date_time_original.as_deref().and_then(Date::parse);
    let iso = date
        .map(|date| date.with_exif_details(None, what.offset.as_deref()).iso())
        .unwrap_or_default();
    let (day, time) = iso.split_once('T').unwrap_or((&iso, ""));
    // IIM's time has no form without an offset.
    let time = Some(time.replace(':', "").replace('Z', "+0000")).filter(|time| time.len() == 11);
    let day = Some(day.replace('-', "")).filter(|day| day.len() == 8);
    let texts = [
        (55, &day),
        (60, &time),
        (80, &what.creator),
        (90, &what.city),
        (100, &what.country_code),
        (101, &what.country),
        (105, &what.headline),
        (110, &what.credit),
        (116, &what.copyright),
        (120, &what.caption),
    ];
    if texts.iter().all(|(_, text)| text.is_none()) {
        return None;
    }
    let mut block = [dataset(1, 90, b"\x1b%G")?, dataset(2, 0, &[0, 4])?].concat();
    for (number, text) in texts {
        if let Some(text) = text {
            let limit = limit_bytes(number).unwrap_or(usize::MAX);
            block.extend(dataset(2, number, clean::cut(text, limit).as_bytes())?);
        }
    }
    Some(block)
}

/// One dataset of ordinary length. Source: IPTC-IIM 4.2, 1.5 (b).
pub(super) fn dataset(record: u8, number: u8, bytes: &[u8]) -> Option<Vec<u8>> {
    let length = i16::try_from(bytes.len()).ok()?.to_be_bytes();
    Some([&[0x1c, record, number], &length[..], bytes].concat())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The smallest thing that is a JPEG up to its pixels.
    pub(in super::super) const BARE_JPEG: [u8; 8] = [0xff, 0xd8, 0xff, 0xda, 0, 2, 0xff, 0xd9];

    /// A full set of captions as they come from a newsroom's photographer.
    pub(in super::super) fn full() -> Embedded {
        Embedded {
            caption: Some("Café in ’s-Hertogenbosch – één euro €\n\"Het dorp\" <na> de storm & later".into()),
            headline: Some("Na de storm".into()),
            creator: Some("Anna Bakker".into()),
            credit: Some("Anna Bakker / Eigen werk".into()),
            copyright: Some("© Anna Bakker".into()),
            alt: Some("Een straat met plassen".into()),
            city: Some("Telskuf".into()),
            country: Some("Irak".into()),
            country_code: Some("IRQ".into()),
            date_time_original: Some("2024:01:19 10:05:00".into()),
            offset: Some("+03:00".into()),
            make: Some("Canon".into()),
            model: Some("EOS R6".into()),
            serial: Some("SN44871230".into()),
            gps: Some((36.345, -43.1575)),
            orientation: Some(6),
        }
    }

    #[test]
    fn a_file_that_is_no_jpeg_comes_back_as_it_was() {
        assert_eq!(embed_in_jpeg(b"GIF89a".to_vec(), &full()), b"GIF89a");
    }

    #[test]
    fn writing_twice_is_writing_once() {
        let once = embed_in_jpeg(BARE_JPEG.to_vec(), &full());
        assert_eq!(embed_in_jpeg(once.clone(), &full()), once);
        assert_eq!(embed_in_jpeg(once, &Embedded::default()), BARE_JPEG);
    }
}
