//! From an original to all its renditions: one decode, each rung from the one above, colours and orientation after the first resize.
//!
//! Renditions are handed over as soon as they are encoded: first the JPEGs of all rungs, with which a page can already be shown, then
//! crops and the desk's thumbnail, then each rung as WebP. This runs in the child process, on one thread: two photos on one thread each are done
//! sooner than one photo on two.

use std::io;

use fast_image_resize::Resizer;

use super::ladder::{self, CROPS, Crop};
use super::order::RenderOrder;
use super::placeholder::{self, Placeholder};
use super::probe::Format;
use super::raster::{Raster, area};
use super::{colour, decode, encode};

/// Most pixels of all rungs together that are kept in memory until each is made as WebP too; in taller photos the large rungs are made a
/// second time, which costs a fiftieth of the time and keeps the process under 120 MB.
const KEPT_PIXELS: u64 = 12_000_000;
/// A rung of at most so many pixels is kept in any case.
const ALWAYS_KEPT_PIXELS: u64 = 1_000_000;

/// One finished rendition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// File name, such as `w1080.webp`.
    pub spec: String,
    /// JPEG or WebP.
    pub format: Format,
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// The file, without any metadata.
    pub bytes: Vec<u8>,
}

/// What there is to know when all renditions are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Upright width of the original in pixels.
    pub width_px: u32,
    /// Upright height of the original in pixels.
    pub height_px: u32,
    /// Whether parts of the picture could not be read and are grey.
    pub damaged: bool,
    /// What holds the photo's place until it has loaded.
    pub placeholder: Placeholder,
}

/// Why there are no renditions.
#[derive(Debug, thiserror::Error)]
pub enum Unrendered {
    /// The file cannot be decoded, and trying again will not help.
    #[error("{0}")]
    Undecodable(String),
    /// The memory that was allowed did not suffice.
    #[error("the photo needs more memory than is allowed")]
    OutOfMemory,
    /// A rendition could not be made from the decoded pixels.
    #[error("{0}")]
    Internal(String),
    /// The renditions could not be handed over.
    #[error("the renditions could not be handed over")]
    Output(#[source] io::Error),
}

/// Makes every rendition of an original and gives each to `keep`; consumes the bytes so that they can be freed after the decode.
///
/// # Errors
///
/// [`Unrendered`] when the original cannot be decoded, memory does not suffice, or `keep` fails. Renditions given to `keep` before that
/// stand.
pub fn render(
    bytes: Vec<u8>,
    order: &RenderOrder,
    keep: &mut dyn FnMut(Rendition) -> io::Result<()>,
) -> Result<Finished, Unrendered> {
    let (width_px, height_px) = order.upright_size();
    let sizes = ladder::rungs(width_px, height_px);
    let Some((top_width, top_height)) = sizes.first().copied() else {
        return Err(no_rungs());
    };
    let mut resizer = Resizer::new();
    let (top, damaged) = top(bytes, order, (top_width, top_height), &mut resizer)?;

    let mut out = |spec: String, format, raster: &Raster, bytes| {
        keep(Rendition {
            spec,
            format,
            width_px: raster.width,
            height_px: raster.height,
            bytes,
        })
        .map_err(Unrendered::Output)
    };

    let all_pixels = sizes
        .iter()
        .map(|(width, height)| area(*width, *height))
        .fold(0, u64::saturating_add);
    let mut rungs = vec![top];
    // The latest rung, when it is not kept.
    let mut passing: Option<Raster> = None;
    for (width, height) in &sizes {
        if *width != top_width {
            let above = passing.as_ref().or(rungs.last()).ok_or_else(no_rungs)?;
            let next = above.resized(&mut resizer, None, *width, *height)?;
            if all_pixels <= KEPT_PIXELS || area(*width, *height) <= ALWAYS_KEPT_PIXELS {
                rungs.push(next);
                passing = None;
            } else {
                passing = Some(next);
            }
        }
        let rung = passing.as_ref().or(rungs.last()).ok_or_else(no_rungs)?;
        out(
            ladder::rung_spec(rung.width, "jpg"),
            Format::Jpeg,
            rung,
            encode::jpeg(rung)?,
        )?;
    }
    drop(passing);
    for crop in CROPS {
        let cropped = cropped(&rungs, crop, order.focal, &mut resizer)?;
        out(
            format!("{}.jpg", crop.name),
            Format::Jpeg,
            &cropped,
            encode::jpeg(&cropped)?,
        )?;
    }
    let thumb = {
        let (width, height) = ladder::thumb(width_px, height_px);
        let source = rungs
            .iter()
            .rev()
            .find(|rung| rung.width >= width && rung.height >= height)
            .or(rungs.first());
        source
            .ok_or_else(no_rungs)?
            .resized(&mut resizer, None, width, height)?
    };
    out(
        ladder::THUMB_SPEC.to_owned(),
        Format::Webp,
        &thumb,
        encode::webp(&thumb)?,
    )?;
    let placeholder = placeholder::of(rungs.last().ok_or_else(no_rungs)?, &mut resizer)?;

    let mut kept = rungs.into_iter().peekable();
    let mut above: Option<Raster> = None;
    for (width, height) in sizes {
        let rung = match kept.next_if(|rung| (rung.width, rung.height) == (width, height)) {
            Some(rung) => rung,
            None => above
                .ok_or_else(no_rungs)?
                .resized(&mut resizer, None, width, height)?,
        };
        // A strip taller than WebP can hold is left to JPEG.
        if rung.height <= encode::WEBP_MAX_SIDE_PX {
            out(
                ladder::rung_spec(rung.width, "webp"),
                Format::Webp,
                &rung,
                encode::webp(&rung)?,
            )?;
        }
        above = Some(rung);
    }
    Ok(Finished {
        width_px,
        height_px,
        damaged,
        placeholder,
    })
}

/// The largest rung, upright and in sRGB, and whether the original is damaged.
fn top(
    bytes: Vec<u8>,
    order: &RenderOrder,
    (width, height): (u32, u32),
    resizer: &mut Resizer,
) -> Result<(Raster, bool), Unrendered> {
    let stored = if order.is_sideways() {
        (height, width)
    } else {
        (width, height)
    };
    let decoded = decode::decode(&bytes, order, stored)?;
    drop(bytes);
    let small = if stored == (decoded.raster.width, decoded.raster.height) {
        decoded.raster
    } else {
        decoded.raster.resized(resizer, None, stored.0, stored.1)?
    };
    resizer.reset_internal_buffers();
    let small = colour::to_srgb(small, decoded.profile.as_deref())?;
    Ok((small.upright(order.orientation), decoded.damaged))
}

/// The crop, from the smallest rung that is large enough for it.
fn cropped(
    rungs: &[Raster],
    crop: Crop,
    focal: (f32, f32),
    resizer: &mut Resizer,
) -> Result<Raster, Unrendered> {
    let largest = rungs.first().ok_or_else(no_rungs)?;
    let (width, height) = crop.size(crop.part(largest.width, largest.height, focal));
    let enough = |rung: &&Raster| {
        let (_, _, part_width, _) = crop.part(rung.width, rung.height, focal);
        part_width >= f64::from(width)
    };
    let source = rungs.iter().rev().find(enough).unwrap_or(largest);
    source.resized(
        resizer,
        Some(crop.part(source.width, source.height, focal)),
        width,
        height,
    )
}

fn no_rungs() -> Unrendered {
    Unrendered::Internal("the ladder has no rungs".to_owned())
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat};
    use libjpeg_turbo_rs::PixelFormat;
    use moxcms::ColorProfile;

    use super::super::probe::{Limits, probe};
    use super::super::samples::{self, HEIGHT, WIDTH};
    use super::*;

    /// Renders a file and gives its widest JPEG back as pixels, with all renditions.
    fn rendered(file: &[u8]) -> (image::RgbImage, Vec<Rendition>, Finished) {
        let header = probe(&mut Cursor::new(file), &Limits::default()).unwrap();
        let mut renditions = Vec::new();
        let mut keep = |rendition| {
            renditions.push(rendition);
            Ok(())
        };
        let finished = render(file.to_vec(), &RenderOrder::new(&header, (0.5, 0.5)), &mut keep).unwrap();
        let first = image::load_from_memory_with_format(&renditions[0].bytes, ImageFormat::Jpeg).unwrap();
        (first.into_rgb8(), renditions, finished)
    }

    /// The colours in the middle of the four quarters: top left, top right, bottom left, bottom right.
    fn quarters(picture: &image::RgbImage) -> [[u8; 3]; 4] {
        let (w, h) = picture.dimensions();
        [
            (w / 4, h / 4),
            (w * 3 / 4, h / 4),
            (w / 4, h * 3 / 4),
            (w * 3 / 4, h * 3 / 4),
        ]
        .map(|(x, y)| picture.get_pixel(x, y).0)
    }

    fn assert_near(found: [[u8; 3]; 4], expected: [[u8; 3]; 4], what: &str) {
        let near = found
            .as_flattened()
            .iter()
            .zip(expected.as_flattened())
            .all(|(a, b)| a.abs_diff(*b) <= 4);
        assert!(near, "{what}: {found:?} instead of {expected:?}");
    }

    #[test]
    fn a_photo_gets_its_ladder_its_crops_and_a_thumbnail() {
        let (_, renditions, finished) = rendered(&samples::jpeg(&samples::scene(1_100, 700), 1_100, 700));
        let found: Vec<_> = renditions
            .iter()
            .map(|r| (r.spec.as_str(), r.width_px, r.height_px))
            .collect();
        assert_eq!(
            found,
            [
                ("w1080.jpg", 1_080, 687),
                ("w768.jpg", 768, 489),
                ("w480.jpg", 480, 305),
                ("w320.jpg", 320, 204),
                ("og.jpg", 1_080, 567),
                ("square.jpg", 687, 687),
                ("four3.jpg", 916, 687),
                ("thumb.webp", 400, 255),
                ("w1080.webp", 1_080, 687),
                ("w768.webp", 768, 489),
                ("w480.webp", 480, 305),
                ("w320.webp", 320, 204),
            ]
        );
        assert_eq!(
            (finished.width_px, finished.height_px, finished.damaged),
            (1_100, 700, false)
        );
        for rendition in &renditions {
            let header = probe(&mut Cursor::new(&rendition.bytes), &Limits::default()).unwrap();
            assert_eq!(
                (header.width_px, header.height_px),
                (rendition.width_px, rendition.height_px)
            );
            assert_eq!(header.format, rendition.format);
        }
        let specs: Vec<String> = ladder::specs(1_100).collect();
        assert!(renditions.iter().all(|rendition| specs.contains(&rendition.spec)));
    }

    #[test]
    fn all_eight_orientations_end_upright_in_every_format() {
        for orientation in 1..=8 {
            let (stored, width, height) = samples::stored(orientation);
            let files = [
                (
                    "JPEG",
                    samples::jpeg_with_exif(&stored, width, height, &samples::exif(orientation)),
                ),
                (
                    "PNG",
                    samples::png_with_exif(&stored, width, height, &samples::exif(orientation)),
                ),
                (
                    "WebP",
                    samples::webp_with_exif(&stored, width, height, &samples::exif(orientation)),
                ),
                ("TIFF", samples::tiff(&stored, width, height, orientation)),
            ];
            for (name, file) in files {
                let (picture, _, finished) = rendered(&file);
                assert_eq!(
                    (finished.width_px, finished.height_px),
                    (WIDTH, HEIGHT),
                    "{name} {orientation}"
                );
                assert_eq!(picture.dimensions(), (WIDTH, HEIGHT), "{name} {orientation}");
                assert_near(
                    quarters(&picture),
                    samples::QUARTERS,
                    &format!("{name}, orientation {orientation}"),
                );
            }
        }
    }

    #[test]
    fn wide_gamut_photos_end_in_srgb() {
        // What sRGB's quarters are in the other space, worked out by the opposite conversion.
        for profile in [
            ColorProfile::new_adobe_rgb(),
            ColorProfile::new_display_p3(),
            ColorProfile::new_pro_photo_rgb(),
        ] {
            let mut wide = samples::scene(WIDTH, HEIGHT);
            let srgb = wide.clone();
            ColorProfile::new_srgb()
                .create_transform_8bit(
                    moxcms::Layout::Rgb,
                    &profile,
                    moxcms::Layout::Rgb,
                    moxcms::TransformOptions::default(),
                )
                .unwrap()
                .transform(&srgb, &mut wide)
                .unwrap();
            assert_ne!(srgb, wide);
            let icc = profile.encode().unwrap();
            let files = [
                samples::jpeg_with_icc(&wide, WIDTH, HEIGHT, &icc),
                samples::png_with_icc(&wide, WIDTH, HEIGHT, &icc),
            ];
            for file in files {
                let (picture, renditions, _) = rendered(&file);
                assert_near(quarters(&picture), samples::QUARTERS, "wide gamut");
                assert!(renditions.iter().all(|r| {
                    !r.bytes
                        .windows(11)
                        .any(|w| w == b"ICC_PROFILE" || &w[..4] == b"ICCP")
                }));
            }
        }
    }

    #[test]
    fn inks_come_out_as_the_light_they_leave() {
        let inks = samples::inks(WIDTH, HEIGHT);
        for space in [
            libjpeg_turbo_rs::ColorSpace::Cmyk,
            libjpeg_turbo_rs::ColorSpace::Ycck,
        ] {
            let (picture, ..) = rendered(&samples::adobe_cmyk(&inks, WIDTH, HEIGHT, space));
            assert_near(quarters(&picture), samples::QUARTERS, &format!("{space:?}"));
        }
    }

    #[test]
    fn sixteen_bits_grey_palette_and_transparency_come_out_right() {
        let scene = image::RgbImage::from_raw(WIDTH, HEIGHT, samples::scene(WIDTH, HEIGHT)).unwrap();
        let scene = DynamicImage::ImageRgb8(scene);
        for format in [ImageFormat::Png, ImageFormat::Tiff] {
            let deep = DynamicImage::ImageRgb16(scene.to_rgb16());
            assert_near(
                quarters(&rendered(&samples::file(&deep, format)).0),
                samples::QUARTERS,
                "16 bits",
            );
            let grey =
                DynamicImage::ImageLuma8(image::GrayImage::from_pixel(WIDTH, HEIGHT, image::Luma([90])));
            assert_near(
                quarters(&rendered(&samples::file(&grey, format)).0),
                [[90; 3]; 4],
                "grey",
            );
            let deep_grey = DynamicImage::ImageLuma16(grey.to_luma16());
            assert_near(
                quarters(&rendered(&samples::file(&deep_grey, format)).0),
                [[90; 3]; 4],
                "16-bit grey",
            );
        }
        for format in [ImageFormat::Png, ImageFormat::WebP] {
            let glass = image::RgbaImage::from_pixel(WIDTH, HEIGHT, image::Rgba([0, 100, 200, 51]));
            let on_white = [[204, 224, 244]; 4];
            assert_near(
                quarters(&rendered(&samples::file(&glass.into(), format)).0),
                on_white,
                "transparency",
            );
        }
        assert_near(
            quarters(&rendered(&samples::palette_png(WIDTH, HEIGHT)).0),
            samples::QUARTERS,
            "palette",
        );
        let grey = samples::jpeg_of(
            &[90].repeat((WIDTH * HEIGHT) as usize),
            WIDTH,
            HEIGHT,
            PixelFormat::Grayscale,
        );
        assert_near(quarters(&rendered(&grey).0), [[90; 3]; 4], "grey JPEG");
    }

    #[test]
    fn progressive_photos_and_those_with_restart_markers_come_out_right() {
        let scene = samples::scene(WIDTH, HEIGHT);
        assert_near(
            quarters(&rendered(&samples::progressive(&scene, WIDTH, HEIGHT)).0),
            samples::QUARTERS,
            "progressive",
        );
        assert_near(
            quarters(&rendered(&samples::restarting(&scene, WIDTH, HEIGHT)).0),
            samples::QUARTERS,
            "restarts",
        );
    }

    #[test]
    fn of_an_animation_the_first_frame_is_taken() {
        let (picture, ..) = rendered(&samples::animated_webp(WIDTH, HEIGHT));
        assert_near(quarters(&picture), samples::QUARTERS, "animation");
    }

    #[test]
    fn a_truncated_photo_is_shown_as_far_as_it_goes_and_marked() {
        let scene = samples::scene(WIDTH, HEIGHT);
        for whole in [
            samples::jpeg(&scene, WIDTH, HEIGHT),
            samples::progressive(&scene, WIDTH, HEIGHT),
        ] {
            let (picture, _, finished) = rendered(&whole[..whole.len() * 7 / 10]);
            assert!(finished.damaged);
            let found = quarters(&picture)[0];
            assert!(
                found
                    .iter()
                    .zip(samples::QUARTERS[0])
                    .all(|(a, b)| a.abs_diff(b) < 40),
                "{found:?}"
            );
        }
        assert!(!rendered(&samples::jpeg(&scene, WIDTH, HEIGHT)).2.damaged);
    }

    #[test]
    fn a_file_that_is_not_what_its_header_says_is_undecodable() {
        let mut png = samples::file(&DynamicImage::new_rgb8(400, 300), ImageFormat::Png);
        png.truncate(60);
        let header = probe(&mut Cursor::new(&png), &Limits::default()).unwrap();
        let result = render(png, &RenderOrder::new(&header, (0.5, 0.5)), &mut |_| Ok(()));
        assert!(matches!(result, Err(Unrendered::Undecodable(_))));
    }

    #[test]
    fn a_tiny_photo_is_its_own_rung() {
        let (_, renditions, _) = rendered(&samples::jpeg(&samples::scene(7, 3), 7, 3));
        assert_eq!(
            (
                renditions[0].spec.as_str(),
                renditions[0].width_px,
                renditions[0].height_px
            ),
            ("w7.jpg", 7, 3)
        );
    }

    #[test]
    fn a_tall_photo_gives_the_same_rungs_although_they_are_made_twice() {
        let (_, renditions, _) = rendered(&samples::jpeg(&samples::scene(1_080, 9_000), 1_080, 9_000));
        let webp: Vec<_> = renditions
            .iter()
            .filter(|r| r.spec.starts_with('w') && r.format == Format::Webp)
            .collect();
        assert_eq!(
            webp.iter().map(|r| (r.width_px, r.height_px)).collect::<Vec<_>>(),
            [(1_080, 9_000), (768, 6_400), (480, 4_000), (320, 2_667)]
        );
    }

    #[test]
    fn crops_follow_the_focal_point() {
        let file = samples::jpeg(&samples::scene(WIDTH, HEIGHT), WIDTH, HEIGHT);
        let header = probe(&mut Cursor::new(&file), &Limits::default()).unwrap();
        for (focal, quarter) in [((0.0, 0.0), 0), ((1.0, 0.0), 1)] {
            let mut square = Vec::new();
            let mut keep = |rendition: Rendition| {
                if rendition.spec == "square.jpg" {
                    square = rendition.bytes;
                }
                Ok(())
            };
            render(file.clone(), &RenderOrder::new(&header, focal), &mut keep).unwrap();
            let square = image::load_from_memory(&square).unwrap().into_rgb8();
            assert_eq!(square.dimensions(), (HEIGHT, HEIGHT));
            let middle = square.get_pixel(HEIGHT / 2, HEIGHT / 4).0;
            assert!(
                middle
                    .iter()
                    .zip(samples::QUARTERS[quarter])
                    .all(|(a, b)| a.abs_diff(b) <= 4),
                "{middle:?}"
            );
        }
    }
}
