//! Pictures come out upright and in their own colours, as an independent decoder sees the renditions.

use image::{Rgb, RgbImage, imageops};
use reportage::metadata::{Embedded, embed_in_jpeg};
use serde_json::Value;

use crate::harness::photograph::file;
use crate::harness::{Client, Server};

/// The colours of the quarters: top left, top right, bottom left, bottom right.
const QUARTERS: [[u8; 3]; 4] = [[200, 60, 50], [60, 160, 70], [50, 80, 180], [230, 220, 120]];

fn scene(width: u32, height: u32, quarters: [[u8; 3]; 4]) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(quarters[usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2)])
    })
}

/// The scene as a camera held in this orientation stores it. Source: EXIF 3.0, tag 0x0112.
fn stored(orientation: u8) -> RgbImage {
    let upright = scene(320, 160, QUARTERS);
    match orientation {
        1 => upright,
        2 => imageops::flip_horizontal(&upright),
        3 => imageops::rotate180(&upright),
        4 => imageops::flip_vertical(&upright),
        5 => imageops::rotate270(&imageops::flip_horizontal(&upright)),
        6 => imageops::rotate270(&upright),
        7 => imageops::rotate90(&imageops::flip_horizontal(&upright)),
        _ => imageops::rotate90(&upright),
    }
}

/// Every rendition of a photo, decoded.
async fn renditions(editor: &Client, photo: &Value) -> Vec<(String, RgbImage)> {
    let mut decoded = Vec::new();
    for rendition in photo["renditions"].as_array().unwrap() {
        let url = rendition["url"].as_str().unwrap();
        let bytes = editor.get(url).await.is(200).body;
        decoded.push((
            url.to_owned(),
            image::load_from_memory(&bytes).unwrap().into_rgb8(),
        ));
    }
    assert!(!decoded.is_empty());
    decoded
}

fn looks_like(picture: &RgbImage, quarters: [[u8; 3]; 4], tolerance: i16, what: &str) {
    let (width, height) = picture.dimensions();
    for (index, expected) in quarters.iter().enumerate() {
        let x = if index % 2 == 0 { width / 4 } else { 3 * width / 4 };
        let y = if index < 2 { height / 4 } else { 3 * height / 4 };
        let seen = picture.get_pixel(x, y).0;
        let off = (0..3)
            .map(|at| (i16::from(seen[at]) - i16::from(expected[at])).abs())
            .max()
            .unwrap();
        assert!(
            off <= tolerance,
            "{what}, quarter {index}: {seen:?} instead of {expected:?}"
        );
    }
}

#[actix_web::test]
async fn all_eight_orientations_come_out_upright() {
    let server = Server::start();
    let editor = server.editor();
    for orientation in 1..=8 {
        let jpeg = file(&stored(orientation), image::ImageFormat::Jpeg);
        let words = Embedded {
            orientation: Some(orientation),
            ..Embedded::default()
        };
        let id = editor
            .photo(&format!("{orientation}.jpg"), &embed_in_jpeg(jpeg, &words))
            .await;
        let photo = editor.settled(&id).await;
        assert_eq!(
            (&photo["width"], &photo["height"]),
            (&320.into(), &160.into()),
            "{orientation}"
        );
        for (url, picture) in renditions(&editor, &photo).await {
            assert_eq!(picture.dimensions(), (320, 160), "{orientation}");
            looks_like(
                &picture,
                QUARTERS,
                12,
                &format!("orientation {orientation}, {url}"),
            );
        }
    }
}

#[actix_web::test]
async fn adobe_rgb_is_converted_to_srgb() {
    let server = Server::start();
    let editor = server.editor();
    let profile = moxcms::ColorProfile::new_adobe_rgb().encode().unwrap();
    let mut jpeg = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 97);
    image::ImageEncoder::set_icc_profile(&mut encoder, profile).unwrap();
    encoder.encode_image(&scene(320, 160, QUARTERS)).unwrap();
    let id = editor.photo("adobe.jpg", &jpeg).await;
    let photo = editor.settled(&id).await;
    let expected = QUARTERS.map(adobe_to_srgb);
    assert_ne!(expected, QUARTERS);
    for (url, picture) in renditions(&editor, &photo).await {
        looks_like(&picture, expected, 12, &url);
    }
}

/// Source: Adobe RGB (1998) Color Image Encoding, 4.3.5.3; IEC 61966-2-1. Both have the white point D65, so no adaptation is needed.
fn adobe_to_srgb(pixel: [u8; 3]) -> [u8; 3] {
    let linear = pixel.map(|value| (f64::from(value) / 255.0).powf(2.199_218_75));
    let mix = |row: [f64; 3], with: [f64; 3]| row.iter().zip(with).map(|(a, b)| a * b).sum::<f64>();
    let xyz = [
        mix([0.57667, 0.18556, 0.18823], linear),
        mix([0.29734, 0.62736, 0.07529], linear),
        mix([0.02703, 0.07069, 0.99134], linear),
    ];
    let rgb = [
        mix([3.2406, -1.5372, -0.4986], xyz),
        mix([-0.9689, 1.8758, 0.0415], xyz),
        mix([0.0557, -0.2040, 1.0570], xyz),
    ];
    rgb.map(|value| {
        let value = value.clamp(0.0, 1.0);
        let curved = if value <= 0.003_130_8 {
            12.92 * value
        } else {
            1.055 * value.powf(1.0 / 2.4) - 0.055
        };
        (curved * 255.0).round() as u8
    })
}

#[actix_web::test]
async fn the_rungs_end_at_the_originals_width_and_keep_its_proportion() {
    let server = Server::start();
    let editor = server.editor();
    let id = editor.photo("a.jpg", &crate::harness::jpeg(1, 1_001, 667)).await;
    let photo = editor.settled(&id).await;
    let mut widths: Vec<u64> = photo["renditions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rendition| {
            let (width, height) = (
                rendition["width"].as_u64().unwrap(),
                rendition["height"].as_u64().unwrap(),
            );
            assert_eq!(height, (width as f64 * 667.0 / 1_001.0).round() as u64);
            width
        })
        .collect();
    widths.sort_unstable();
    widths.dedup();
    assert!(
        widths.starts_with(&[320, 480, 768]) && *widths.last().unwrap() <= 1_001,
        "{widths:?}"
    );
    let tiny = editor
        .photo("klein.jpg", &crate::harness::jpeg(2, 200, 100))
        .await;
    let tiny = editor.settled(&tiny).await;
    for rendition in tiny["renditions"].as_array().unwrap() {
        assert_eq!(rendition["width"], 200);
    }
}
