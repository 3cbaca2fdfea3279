//! Makes captioned photographs to try the product with: `cargo run --release --example photographs -- FOLDER [COUNT] [WIDTH] [HEIGHT]`.
//!
//! Ten of 24 megapixels unless told otherwise, each with soft shapes, grain as a sensor has it, and the words a photographer's tools put in.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "pixels are small numbers"
)]

use std::error::Error;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use reportage::metadata::{Embedded, embed_in_jpeg};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments
        .first()
        .ok_or("give a folder to put the photographs in")?;
    let number = |at: usize, otherwise: u32| arguments.get(at).map_or(Ok(otherwise), |text| text.parse());
    let (count, width, height) = (number(1, 10)?, number(2, 6_000)?, number(3, 4_000)?);
    std::fs::create_dir_all(folder)?;
    for index in 0..count {
        let path = Path::new(folder).join(format!("DSC_{:04}.jpg", 4_210 + index * 7));
        std::fs::write(path, photograph(index, width, height)?)?;
    }
    Ok(())
}

fn photograph(index: u32, width: u32, height: u32) -> Result<Vec<u8>, image::ImageError> {
    // A linear congruential generator (Knuth, MMIX): the grain is the same in every run.
    let mut state = u64::from(index) + 1;
    let mut grain = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 59) as f32 - 16.0
    };
    let step = 1.0 + index as f32 / 4.0;
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (
            x as f32 / width as f32 * 9.0 * step,
            y as f32 / height as f32 * 7.0,
        );
        let light = 110.0 + 60.0 * (x + (y * 1.3).sin()).sin() + 40.0 * (y * step).cos();
        let grain = grain();
        let tone = |shift: f32| (light + shift + grain).clamp(0.0, 255.0) as u8;
        Rgb([tone(12.0 * x.cos()), tone(0.0), tone(-14.0 * y.sin())])
    });
    let mut jpeg = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 92))?;
    let words = Embedded {
        caption: Some(format!(
            "Proeffoto {}. Gemaakt door het programma zelf.",
            index + 1
        )),
        creator: Some("Reportage".to_owned()),
        credit: Some("Reportage / proeffoto".to_owned()),
        alt: Some(format!("Zachte golven, nummer {}", index + 1)),
        city: Some("Stavoren".to_owned()),
        country: Some("Nederland".to_owned()),
        date_time_original: Some(format!("2024:01:{:02} 10:05:00", index % 28 + 1)),
        ..Embedded::default()
    };
    Ok(embed_in_jpeg(jpeg, &words))
}
