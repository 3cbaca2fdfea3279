//! What comes out of [`super::render`], looked at pixel by pixel.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use libjpeg_turbo_rs::PixelFormat;
use moxcms::ColorProfile;

use super::super::probe::{Limits, probe};
use super::super::recipe::Pass;
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
    let finished = render(
        file.to_vec(),
        &RenderOrder::new(&header, (0.5, 0.5), Pass::First),
        &mut keep,
    )
    .unwrap();
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
        assert_eq!(header.format.media_type(), rendition.format.media_type());
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
        let grey = DynamicImage::ImageLuma8(image::GrayImage::from_pixel(WIDTH, HEIGHT, image::Luma([90])));
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

/// The scene as numbers of a palette.
fn numbers() -> Vec<u8> {
    let scene = samples::scene(WIDTH, HEIGHT);
    let number = |pixel: &[u8; 3]| {
        samples::QUARTERS
            .iter()
            .position(|quarter| quarter == pixel)
            .unwrap_or(0)
    };
    scene
        .as_chunks::<3>()
        .0
        .iter()
        .map(|pixel| u8::try_from(number(pixel)).unwrap())
        .collect()
}

/// The palette of the scene, as a TIFF has it.
fn palette(bits: u32) -> Vec<u16> {
    (0..3)
        .flat_map(|channel| {
            (0..1_usize << bits).map(move |at| {
                samples::QUARTERS
                    .get(at)
                    .map_or(0, |c| u16::from(c[channel]) * 257)
            })
        })
        .collect()
}

#[test]
fn a_palette_with_transparency_is_laid_on_white() {
    let half_transparent: Vec<u8> = numbers().iter().flat_map(|number| [*number, 128]).collect();
    let half = samples::QUARTERS.map(|quarter| quarter.map(|value| value / 2 + 127));
    // What the second sample is: transparency, by either name, or something else.
    for (extra, expected) in [(2, half), (1, half), (0, samples::QUARTERS)] {
        let tags: &[(u16, &[u16])] = &[
            (258, &[8, 8]),
            (262, &[3]),
            (277, &[2]),
            (320, &palette(8)),
            (338, &[extra]),
        ];
        let tiff = samples::raw_tiff(WIDTH, HEIGHT, tags, &half_transparent);
        assert_near(quarters(&rendered(&tiff).0), expected, &format!("extra {extra}"));
    }
}

#[test]
fn every_common_kind_of_tiff_comes_out_right() {
    let (w, h) = (WIDTH, HEIGHT);
    let scene = samples::scene(w, h);
    let pixels: Vec<[u8; 3]> = scene.as_chunks::<3>().0.to_vec();
    let numbers = numbers();
    let of_eight = samples::raw_tiff(
        w,
        h,
        &[(258, &[8]), (262, &[3]), (277, &[1]), (320, &palette(8))],
        &numbers,
    );
    assert_near(
        quarters(&rendered(&of_eight).0),
        samples::QUARTERS,
        "palette of 256",
    );
    let packed: Vec<u8> = numbers
        .as_chunks::<2>()
        .0
        .iter()
        .map(|[a, b]| a << 4 | b)
        .collect();
    let of_four = samples::raw_tiff(
        w,
        h,
        &[(258, &[4]), (262, &[3]), (277, &[1]), (320, &palette(4))],
        &packed,
    );
    assert_near(
        quarters(&rendered(&of_four).0),
        samples::QUARTERS,
        "palette of 16",
    );
    let grey: Vec<u8> = packed.iter().map(|_| 0x66).collect();
    let grey = samples::raw_tiff(w, h, &[(258, &[4]), (262, &[1]), (277, &[1])], &grey);
    assert_near(quarters(&rendered(&grey).0), [[102; 3]; 4], "grey of four bits");
    let planes: Vec<u8> = (0..3)
        .flat_map(|channel| pixels.iter().map(move |pixel| pixel[channel]))
        .collect();
    let planar = samples::raw_tiff(
        w,
        h,
        &[(258, &[8, 8, 8]), (262, &[2]), (277, &[3]), (284, &[2])],
        &planes,
    );
    assert_near(quarters(&rendered(&planar).0), samples::QUARTERS, "planes");
    // Half transparent, with the colours multiplied already: half the colour and half white.
    let multiplied: Vec<u8> = pixels
        .iter()
        .flat_map(|pixel| [pixel[0] / 2, pixel[1] / 2, pixel[2] / 2, 128])
        .collect();
    let rgba: &[(u16, &[u16])] = &[(258, &[8, 8, 8, 8]), (262, &[2]), (277, &[4]), (338, &[1])];
    let half = samples::QUARTERS.map(|quarter| quarter.map(|value| value / 2 + 127));
    assert_near(
        quarters(&rendered(&samples::raw_tiff(w, h, rgba, &multiplied)).0),
        half,
        "multiplied alpha",
    );
    // Lightness 53.4 without colour is the grey 128 of sRGB; 54.3, 80.8, 69.9 is near its red.
    let lab = |values: [u8; 3]| {
        samples::raw_tiff(
            w,
            h,
            &[(258, &[8, 8, 8]), (262, &[8]), (277, &[3])],
            &values.repeat(pixels.len()),
        )
    };
    assert_near(
        quarters(&rendered(&lab([137, 0, 0])).0),
        [[128; 3]; 4],
        "grey in CIELab",
    );
    assert_near(
        quarters(&rendered(&lab([138, 81, 70])).0),
        [[255, 0, 0]; 4],
        "red in CIELab",
    );
}

#[test]
fn a_profile_larger_than_a_small_tiff_is_honoured() {
    let wide = [[200, 60, 50]; 1].concat().repeat((WIDTH * HEIGHT) as usize);
    let mut icc = ColorProfile::new_pro_photo_rgb().encode().unwrap();
    // Printers' profiles have megabytes; what stands behind the tags is nobody's business.
    icc.resize(600_000, 0);
    let size = u32::try_from(icc.len()).unwrap().to_be_bytes();
    icc[..4].copy_from_slice(&size);
    let shorts: Vec<u16> = icc
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| u16::from_le_bytes(*pair))
        .collect();
    let rgb: &[(u16, &[u16])] = &[(258, &[8, 8, 8]), (262, &[2]), (277, &[3]), (34_675, &shorts)];
    let mut file = samples::raw_tiff(WIDTH, HEIGHT, rgb, &wide);
    // The profile is of bytes, not of short numbers.
    let at = file
        .windows(4)
        .position(|window| window == [0x73, 0x87, 3, 0])
        .unwrap();
    file[at + 2] = 7;
    file[at + 4..at + 8].copy_from_slice(&600_000_u32.to_le_bytes());
    let seen = quarters(&rendered(&file).0)[0];
    assert!(
        seen[0] > 220 && seen[1] < 40,
        "ProPhoto's red is more than sRGB's: {seen:?}"
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
    let result = render(
        png,
        &RenderOrder::new(&header, (0.5, 0.5), Pass::First),
        &mut |_| Ok(()),
    );
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
        .filter(|r| r.spec.starts_with('w') && r.format == RenditionFormat::Webp)
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
        render(
            file.clone(),
            &RenderOrder::new(&header, focal, Pass::First),
            &mut keep,
        )
        .unwrap();
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
