//! What a file is and how large its picture is, found from the header alone.
//!
//! The type comes from the content, never from the name. Nothing is decoded and nothing larger than a few kilobytes is held, so the
//! server itself can do this while an upload waits for its answer. What the header does not tell (whether every pixel is there) is
//! found out later by the decoder; the one exception is a JPEG without its end, which is cheap to see here.
//! This is not the metadata reader: of EXIF only the orientation is looked at.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};

use super::sniff::{self, Kind};
use super::{jpeg_header, png_header, tiff_header, webp_header};

/// How much of a file's start is looked at to tell its type, in bytes.
///
/// Source: PDF readers accept `%PDF-` anywhere in the first 1,024 bytes (ISO 32000-1, annex H.3), which sets the size.
const SNIFFED_BYTES: usize = 1_024;

/// A file format that originals come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG; of an animated one the default picture.
    Png,
    /// WebP; of an animated one the first frame.
    Webp,
    /// TIFF or `BigTIFF`; of several pages the first.
    Tiff,
}

impl Format {
    /// The media type, such as `image/jpeg`.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Tiff => "image/tiff",
        }
    }

    /// The usual file name extension, without a dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Tiff => "tif",
        }
    }

    /// The format's name as people write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            Self::Tiff => "TIFF",
        }
    }
}

/// How large an original may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Most pixels, width times height.
    pub max_pixels: u64,
    /// Most pixels along one side.
    pub max_side_px: u32,
    /// Most bytes in the file.
    pub max_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_pixels: 200_000_000,
            max_side_px: 30_000,
            max_bytes: 200_000_000,
        }
    }
}

/// What a file's header says about its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The file format.
    pub format: Format,
    /// Width in pixels as stored, before the orientation is applied.
    pub width_px: u32,
    /// Height in pixels as stored, before the orientation is applied.
    pub height_px: u32,
    /// EXIF orientation, 1 to 8; 1 when the file names none or one that does not exist.
    ///
    /// Source: EXIF 3.0, tag 0x0112.
    pub orientation: u8,
    /// Whether the file reaches its end: for JPEG the end marker, for PNG the last chunk, for WebP the stated length; for TIFF always true.
    pub whole: bool,
}

impl Header {
    /// Width and height in pixels once the orientation is applied.
    #[must_use]
    pub const fn upright_size(&self) -> (u32, u32) {
        if self.orientation >= 5 {
            (self.height_px, self.width_px)
        } else {
            (self.width_px, self.height_px)
        }
    }
}

/// Why a file is not taken as a photograph. The text is for the photographer.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There are no bytes.
    #[error("the file is empty; please send it again")]
    Empty,
    /// The content is not one of the four formats.
    #[error("{0}")]
    Unsupported(Lookalike),
    /// More pixels than the limits allow.
    #[error(
        "the photo is {width_px} × {height_px} pixels; up to {max_megapixels} megapixels and {max_side_px} pixels a side are accepted"
    )]
    TooLarge {
        /// Width as stored.
        width_px: u32,
        /// Height as stored.
        height_px: u32,
        /// The limit on the whole, in millions of pixels.
        max_megapixels: u64,
        /// The limit on one side.
        max_side_px: u32,
    },
    /// More bytes than the limits allow.
    #[error("the file has {size_bytes} bytes; up to {max_bytes} are accepted")]
    TooManyBytes {
        /// Size of the file.
        size_bytes: u64,
        /// The limit.
        max_bytes: u64,
    },
    /// The type is known, but the header cannot be made sense of.
    #[error("the {} file is damaged at its start ({what}); please send it again or export it anew", format.name())]
    DamagedHeader {
        /// What the file claims to be.
        format: Format,
        /// What is wrong, in a few words.
        what: &'static str,
    },
    /// The file could not be read at all.
    #[error("the file could not be read")]
    Unreadable(#[source] io::Error),
}

/// What a file that is not taken looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookalike {
    /// HEIC or HEIF from a telephone.
    Heic,
    /// AVIF.
    Avif,
    /// JPEG XL.
    JpegXl,
    /// JPEG 2000.
    Jpeg2000,
    /// A camera's raw file: CR2, CR3, NEF, ARW, DNG, RAF, ORF, RW2 and their kin.
    CameraRaw,
    /// Photoshop's own format.
    Photoshop,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bitmap,
    /// SVG drawing.
    Svg,
    /// PDF or PostScript.
    Pdf,
    /// A web page.
    Html,
    /// Plain text.
    Text,
    /// A film.
    Video,
    /// ZIP, RAR, 7z or gzip.
    Archive,
    /// A photograph with a second, foreign file inside it.
    Polyglot,
    /// Nothing that is recognised.
    Unknown,
}

impl fmt::Display for Lookalike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const TAKEN: &str = "JPEG, PNG, WebP and TIFF are accepted";
        match self {
            Self::Heic => f.write_str(
                "this is a HEIC photo from a telephone; export or send it as JPEG (\"Most Compatible\" in the camera settings)",
            ),
            Self::CameraRaw => f.write_str("this is a camera raw file; export a JPEG from your raw converter and send that"),
            Self::Photoshop => f.write_str("this is a Photoshop document; save a copy as JPEG or TIFF and send that"),
            Self::Avif => f.write_str("this is an AVIF picture; export it as JPEG and send that"),
            Self::JpegXl => f.write_str("this is a JPEG XL picture; export it as JPEG and send that"),
            Self::Jpeg2000 => f.write_str("this is a JPEG 2000 picture; export it as JPEG and send that"),
            Self::Gif => f.write_str("this is a GIF; export it as JPEG or PNG and send that"),
            Self::Bitmap => f.write_str("this is a Windows bitmap; save it as JPEG or PNG and send that"),
            Self::Svg => write!(f, "this is an SVG drawing, not a photograph; {TAKEN}"),
            Self::Pdf => write!(f, "this is a PDF document, not a photograph; {TAKEN}"),
            Self::Html => write!(f, "this is a web page, not a photograph; {TAKEN}"),
            Self::Text => write!(f, "this is a text file, not a photograph; {TAKEN}"),
            Self::Video => write!(f, "this is a video, not a photograph; {TAKEN}"),
            Self::Archive => write!(f, "this is an archive, not a photograph; unpack it and send the photos themselves"),
            Self::Polyglot => {
                f.write_str("there is a second file hidden in this photo; export it anew as JPEG and send that")
            }
            Self::Unknown => write!(f, "this is not a photograph that can be read; {TAKEN}"),
        }
    }
}

/// What the reader of one format's header found.
pub(super) struct Found {
    pub(super) width_px: u32,
    pub(super) height_px: u32,
    pub(super) orientation: u8,
    pub(super) whole: bool,
}

/// What stops the reader of one format's header.
pub(super) enum Trouble {
    /// The bytes make no sense, in a few words.
    Damaged(&'static str),
    /// It turns out to be something else after all.
    Other(Lookalike),
    /// Reading failed for a reason outside the file.
    Read(io::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Damaged("it ends within its header")
        } else {
            Self::Read(error)
        }
    }
}

/// What stands at a file's end.
fn last_bytes<R: Read + Seek>(reader: &mut R, size_bytes: u64) -> io::Result<Vec<u8>> {
    reader.seek(SeekFrom::Start(size_bytes.saturating_sub(sniff::TAIL_BYTES)))?;
    let mut last = Vec::new();
    Read::by_ref(reader)
        .take(sniff::TAIL_BYTES)
        .read_to_end(&mut last)?;
    Ok(last)
}

/// Tells what a file is and how large its picture is, from its header.
///
/// The reader may stand anywhere; it is read from its start. At most the header and, for a JPEG that does not end as it should, the
/// compressed data are read; memory use does not depend on the file.
///
/// # Errors
///
/// A [`Refusal`] when the file is not a photograph in one of the four formats, exceeds `limits`, or cannot be read.
pub fn probe<R: Read + Seek>(reader: &mut R, limits: &Limits) -> Result<Header, Refusal> {
    let size_bytes = reader.seek(SeekFrom::End(0)).map_err(Refusal::Unreadable)?;
    if size_bytes == 0 {
        return Err(Refusal::Empty);
    }
    if size_bytes > limits.max_bytes {
        return Err(Refusal::TooManyBytes {
            size_bytes,
            max_bytes: limits.max_bytes,
        });
    }
    reader.rewind().map_err(Refusal::Unreadable)?;
    let mut start = Vec::with_capacity(SNIFFED_BYTES);
    Read::by_ref(reader)
        .take(SNIFFED_BYTES as u64)
        .read_to_end(&mut start)
        .map_err(Refusal::Unreadable)?;

    let format = match sniff::kind(&start) {
        Kind::Photo(format) => format,
        Kind::Other(lookalike) => return Err(Refusal::Unsupported(lookalike)),
    };
    let found = match format {
        Format::Jpeg => jpeg_header::read(reader),
        Format::Png => png_header::read(reader, size_bytes),
        Format::Webp => webp_header::read(reader, size_bytes),
        Format::Tiff => tiff_header::read(reader, size_bytes),
    };
    let found = found.map_err(|trouble| match trouble {
        Trouble::Damaged(what) => Refusal::DamagedHeader { format, what },
        Trouble::Other(lookalike) => Refusal::Unsupported(lookalike),
        Trouble::Read(error) => Refusal::Unreadable(error),
    })?;
    let Found {
        width_px,
        height_px,
        orientation,
        whole,
    } = found;
    let last = last_bytes(reader, size_bytes).map_err(Refusal::Unreadable)?;
    // An archive is found from a file's end, wherever the photograph ends, and whether it has an end: a TIFF has none.
    let is_another = sniff::archive(&last)
        // Behind a JPEG's last scan was looked already; these may be cut anywhere.
        || (!whole && matches!(format, Format::Png | Format::Webp) && sniff::foreign_within(&last));
    if is_another {
        return Err(Refusal::Unsupported(Lookalike::Polyglot));
    }
    if width_px == 0 || height_px == 0 {
        return Err(Refusal::DamagedHeader {
            format,
            what: "it has no width or no height",
        });
    }
    if width_px.max(height_px) > limits.max_side_px
        || u64::from(width_px) * u64::from(height_px) > limits.max_pixels
    {
        return Err(Refusal::TooLarge {
            width_px,
            height_px,
            max_megapixels: limits.max_pixels / 1_000_000,
            max_side_px: limits.max_side_px,
        });
    }
    let orientation = if (1..=8).contains(&orientation) {
        orientation
    } else {
        1
    };
    Ok(Header {
        format,
        width_px,
        height_px,
        orientation,
        whole,
    })
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::super::samples;
    use super::*;

    fn probed(file: &[u8]) -> Result<Header, Refusal> {
        probe(&mut Cursor::new(file), &Limits::default())
    }

    fn lookalike(file: &[u8]) -> Lookalike {
        match probed(file) {
            Err(Refusal::Unsupported(lookalike)) => lookalike,
            other => panic!("{other:?}"),
        }
    }

    /// One of each format, all 16 × 8 pixels as stored, with orientation 6 where the format can say so.
    fn photos() -> [Vec<u8>; 4] {
        let pixels = samples::scene(16, 8);
        [
            samples::jpeg_with_exif(&pixels, 16, 8, &samples::exif(6)),
            samples::png_with_exif(&pixels, 16, 8, &samples::exif(6)),
            samples::webp_with_exif(&pixels, 16, 8, &samples::exif(6)),
            samples::tiff(&pixels, 16, 8, 6),
        ]
    }

    #[test]
    fn each_format_tells_its_size_and_orientation() {
        for (file, format) in photos()
            .iter()
            .zip([Format::Jpeg, Format::Png, Format::Webp, Format::Tiff])
        {
            let header = probed(file).unwrap();
            assert_eq!(
                header,
                Header {
                    format,
                    width_px: 16,
                    height_px: 8,
                    orientation: 6,
                    whole: true
                }
            );
            assert_eq!(header.upright_size(), (8, 16));
        }
    }

    #[test]
    fn both_simple_kinds_of_webp_are_measured() {
        let pixels = samples::scene(16, 8);
        let lossy = webp::Encoder::from_rgb(&pixels, 16, 8).encode(50.0).to_vec();
        let lossless = webp::Encoder::from_rgb(&pixels, 16, 8).encode_lossless().to_vec();
        for file in [lossy, lossless] {
            let header = probed(&file).unwrap();
            assert_eq!(
                (header.format, header.width_px, header.height_px),
                (Format::Webp, 16, 8)
            );
        }
    }

    #[test]
    fn a_webp_whose_picture_is_not_as_large_as_its_canvas_is_damaged() {
        let pixels = samples::scene(16, 8);
        let simple = webp::Encoder::from_rgb(&pixels, 16, 8).encode_lossless().to_vec();
        let on_canvas = |width: u8, height: u8| {
            let canvas = [0, 0, 0, 0, width - 1, 0, 0, height - 1, 0, 0];
            let chunks = [b"WEBPVP8X\x0A\0\0\0".as_slice(), &canvas, &simple[12..]].concat();
            let length = u32::try_from(chunks.len()).unwrap().to_le_bytes();
            [b"RIFF".as_slice(), &length, &chunks].concat()
        };
        let header = probed(&on_canvas(16, 8)).unwrap();
        assert_eq!((header.width_px, header.height_px), (16, 8));
        for (width, height) in [(4, 4), (16, 9), (200, 200)] {
            assert!(matches!(
                probed(&on_canvas(width, height)),
                Err(Refusal::DamagedHeader { .. })
            ));
        }
    }

    #[test]
    fn files_that_end_early_are_seen_where_the_header_tells() {
        let [jpeg, png, webp, _] = photos();
        for file in [jpeg, png, webp] {
            assert!(!probed(&file[..file.len() - 5]).unwrap().whole);
        }
    }

    #[test]
    fn padding_and_a_cameras_own_data_after_the_end_do_no_harm() {
        let [jpeg, ..] = photos();
        for tail in [
            b"\0\0\0\0".as_slice(),
            b"\xFF\xD8\xFF\xE1second picture",
            b"\0\0\0\x18ftypmp42 a short film",
        ] {
            assert!(probed(&[&jpeg, tail].concat()).unwrap().whole);
        }
    }

    #[test]
    fn a_web_page_or_an_archive_behind_a_photo_is_refused() {
        let [jpeg, png, webp, ..] = photos();
        for tail in [
            b"\n<html><script>alert(1)</script>".as_slice(),
            b"PK\x03\x04\x14\0\0\0\x08\0stuff",
            b"%PDF-1.4",
        ] {
            assert_eq!(lookalike(&[&jpeg, tail].concat()), Lookalike::Polyglot);
            assert_eq!(lookalike(&[&png, tail].concat()), Lookalike::Polyglot);
            assert_eq!(lookalike(&[&webp, tail].concat()), Lookalike::Polyglot);
            // An end marker behind it hides nothing.
            assert_eq!(
                lookalike(&[&jpeg, tail, b"\xFF\xD9"].concat()),
                Lookalike::Polyglot
            );
        }
    }

    #[test]
    fn what_hides_behind_a_photo_without_an_end_is_refused_and_a_photo_cut_short_is_not() {
        let [jpeg, png, webp, _] = photos();
        let archive = b"PK\x03\x04\x14\0\0\0\x08\0stuff".as_slice();
        for file in [
            &jpeg[..jpeg.len() - 2],
            &png[..png.len() - 12],
            &webp[..webp.len() - 4],
        ] {
            assert!(!probed(file).unwrap().whole);
            assert_eq!(lookalike(&[file, archive].concat()), Lookalike::Polyglot);
        }
        let page = b"<html><script>alert(1)</script>".as_slice();
        for file in [&jpeg[..jpeg.len() - 2], &png[..png.len() - 12]] {
            assert_eq!(lookalike(&[file, page].concat()), Lookalike::Polyglot);
        }
        assert_eq!(
            lookalike(b"<html><bWEBPVP8 AAAAAAA\x9d\x01\x2a\x10\0\x08\0><script>alert(1)</script>"),
            Lookalike::Html
        );
    }

    #[test]
    fn an_archive_behind_a_tiff_is_refused_and_a_caption_at_its_end_is_not() {
        let [.., tiff] = photos();
        for tail in [
            b"PK\x03\x04\x14\0\0\0\x08\0stuff".as_slice(),
            b"PK\x05\x06\0\0\0\0\x01\0\x01\0",
            b"PK\x01\x02\x14\0\x14\0\0\0\x08\0",
        ] {
            assert_eq!(lookalike(&[&tiff, tail].concat()), Lookalike::Polyglot);
        }
        let caption = b"How a <script> came into the world".as_slice();
        assert!(probed(&[&tiff, caption].concat()).is_ok());
    }

    #[test]
    fn nothing_and_strangers_are_refused() {
        assert!(matches!(probed(b""), Err(Refusal::Empty)));
        assert_eq!(
            lookalike(b"Just a note that is called photo.jpg"),
            Lookalike::Text
        );
        assert_eq!(
            lookalike(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
            Lookalike::Svg
        );
        assert_eq!(lookalike(b"%PDF-1.7\n"), Lookalike::Pdf);
    }

    #[test]
    fn camera_raw_in_a_tiff_is_refused_and_an_ordinary_tiff_is_not() {
        let pixels = samples::scene(16, 8);
        let dng = samples::tiff_with(&pixels, 16, 8, &[(50_706, 1, 4, 0x0000_0401)]);
        let sensor = samples::tiff_with(&pixels, 16, 8, &[(262, 3, 1, 32_803)]);
        let preview = samples::tiff_with(&pixels, 16, 8, &[(254, 4, 1, 1), (330, 4, 1, 8)]);
        for raw in [dng, sensor, preview] {
            assert_eq!(lookalike(&raw), Lookalike::CameraRaw);
        }
        let page = samples::tiff_with(&pixels, 16, 8, &[(254, 4, 1, 0)]);
        assert!(probed(&page).is_ok());
    }

    #[test]
    fn too_many_pixels_or_bytes_are_seen_without_decoding() {
        for (width, height) in [(50_000, 50_000), (30_001, 1), (20_000, 10_001)] {
            let refused = probed(&samples::png_that_claims(width, height));
            assert!(
                matches!(refused, Err(Refusal::TooLarge { .. })),
                "{width} × {height}"
            );
        }
        assert!(probed(&samples::png_that_claims(20_000, 10_000)).is_ok());
        assert!(matches!(
            probed(&samples::png_that_claims(0, 10)),
            Err(Refusal::DamagedHeader { .. })
        ));
        let limits = Limits {
            max_bytes: 100,
            ..Limits::default()
        };
        let [jpeg, ..] = photos();
        assert!(matches!(
            probe(&mut Cursor::new(&jpeg), &limits),
            Err(Refusal::TooManyBytes { .. })
        ));
    }

    #[test]
    fn refusals_tell_a_photographer_what_to_do() {
        assert!(
            Lookalike::CameraRaw
                .to_string()
                .contains("export a JPEG from your raw converter")
        );
        assert!(Refusal::Empty.to_string().contains("send it again"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_probe_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
            let _ = probed(&bytes);
        }

        #[test]
        fn no_damage_to_a_photo_makes_the_probe_panic(
            which in 0_usize..4,
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
            keep in any::<prop::sample::Index>(),
        ) {
            let mut file = photos()[which].clone();
            for (at, value) in changes {
                // Headers are where the damage hurts.
                let at = at.index(file.len().min(200));
                file[at] = value;
            }
            file.truncate(keep.index(file.len()) + 1);
            if let Ok(header) = probed(&file) {
                prop_assert!(header.width_px > 0 && header.height_px > 0);
                prop_assert!((1..=8).contains(&header.orientation));
            }
        }
    }
}
