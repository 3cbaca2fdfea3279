//! Photographs made in code: soft and sharp parts, textures at every size, a sensor's grain.
//!
//! Fractal value noise bends and colours a few hills before a sky; what is nearer is rougher. No scene to look at, but it costs a decoder and an
//! encoder what a landscape costs.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::many_single_char_names,
    reason = "pixels are small numbers, x and y are x and y"
)]

use std::path::PathBuf;

use libjpeg_turbo_rs::{Encoder, PixelFormat, Subsampling};
use moxcms::ColorProfile;

use super::Outcome;

struct Kind {
    name: &'static str,
    width: u32,
    height: u32,
    subsampling: Subsampling,
    progressive: bool,
    adobe_rgb_turned: bool,
}

const fn kind(name: &'static str, width: u32, height: u32, subsampling: Subsampling) -> Kind {
    Kind {
        name,
        width,
        height,
        subsampling,
        progressive: false,
        adobe_rgb_turned: false,
    }
}

const KINDS: [Kind; 7] = [
    kind("24-megapixels-420", 6_000, 4_000, Subsampling::S420),
    kind("24-megapixels-422", 6_000, 4_000, Subsampling::S422),
    kind("24-megapixels-444", 6_000, 4_000, Subsampling::S444),
    Kind {
        progressive: true,
        ..kind("24-megapixels-progressive", 6_000, 4_000, Subsampling::S420)
    },
    Kind {
        adobe_rgb_turned: true,
        ..kind("24-megapixels-adobe-rgb-6", 6_000, 4_000, Subsampling::S422)
    },
    kind("45-megapixels-422", 8_256, 5_504, Subsampling::S422),
    kind("60-megapixels-420", 9_504, 6_336, Subsampling::S420),
];

/// Makes those that are not there yet, and names all.
pub fn all() -> Outcome<Vec<PathBuf>> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("photographs");
    std::fs::create_dir_all(&folder)?;
    let mut files = Vec::new();
    for kind in KINDS {
        let file = folder.join(format!("{}.jpg", kind.name));
        if !file.exists() {
            std::fs::write(&file, photograph(&kind)?)?;
        }
        files.push(file);
    }
    Ok(files)
}

fn photograph(kind: &Kind) -> Outcome<Vec<u8>> {
    let pixels = paint(kind.width, kind.height);
    let icc = ColorProfile::new_adobe_rgb().encode()?;
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    let mut encoder = Encoder::new(
        &pixels,
        kind.width as usize,
        kind.height as usize,
        PixelFormat::Rgb,
    )
    .quality(92)
    .subsampling(kind.subsampling)
    .progressive(kind.progressive);
    if kind.adobe_rgb_turned {
        exif.drain(..6);
        encoder = encoder.icc_profile(&icc).exif_data(&exif);
    }
    Ok(encoder.encode()?)
}

fn paint(width: u32, height: u32) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(width as usize * height as usize * 3);
    for row in 0..height {
        for column in 0..width {
            // One unit is the picture's height, so that every size shows the same.
            let (x, y) = (column as f32 / height as f32, row as f32 / height as f32);
            let ridge = 0.35 + 0.2 * noise(x * 2.0, 3.0, 5, 1);
            let near = ((y - ridge) / (1.0 - ridge)).clamp(0.0, 1.0);
            let [mut r, mut g, mut b] = if y < ridge {
                let cloud = noise(x * 3.0, y * 6.0, 5, 2);
                [120.0 + 90.0 * cloud, 150.0 + 70.0 * cloud, 205.0 + 30.0 * cloud]
            } else {
                let stones = noise(x * 40.0, y * (60.0 - 30.0 * near), 4, 3);
                let field = noise(x * 6.0, y * 9.0, 3, 4);
                let light = 40.0 + 130.0 * stones * (0.5 + 0.5 * near) + 30.0 * field;
                // A hard edge now and then, as of walls and branches.
                let edge = if noise(x * 14.0, y * 4.0, 2, 5) > 0.68 {
                    0.45
                } else {
                    1.0
                };
                [
                    light * 1.05 * edge,
                    light * (0.85 + 0.2 * field) * edge,
                    light * 0.7 * edge,
                ]
            };
            let grain = hash(column, row, 9) * 10.0 - 5.0;
            r += grain;
            g += grain;
            b += grain;
            pixels.extend([r, g, b].map(|value| value.clamp(0.0, 255.0) as u8));
        }
    }
    pixels
}

/// Value noise over some octaves, 0 to 1.
fn noise(x: f32, y: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut weight, mut all) = (0.0, 1.0, 0.0);
    let (mut x, mut y) = (x, y);
    for octave in 0..octaves {
        sum += weight * smooth(x, y, seed.wrapping_mul(31).wrapping_add(octave));
        all += weight;
        weight *= 0.55;
        x *= 2.03;
        y *= 2.03;
    }
    sum / all
}

fn smooth(x: f32, y: f32, seed: u32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (tx, ty) = (ease(x - left), ease(y - top));
    let (left, top) = (left as u32, top as u32);
    let between = |a: f32, b: f32, t: f32| a + (b - a) * t;
    let upper = between(hash(left, top, seed), hash(left + 1, top, seed), tx);
    let lower = between(hash(left, top + 1, seed), hash(left + 1, top + 1, seed), tx);
    between(upper, lower, ty)
}

/// A number from 0 to 1 that looks like chance.
fn hash(x: u32, y: u32, seed: u32) -> f32 {
    let mut bits = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77) ^ seed.wrapping_mul(0xc2b2_ae3d);
    bits = (bits ^ (bits >> 15)).wrapping_mul(0x2c1b_3c6d);
    bits = (bits ^ (bits >> 12)).wrapping_mul(0x297a_2d39);
    (bits >> 8) as f32 / 16_777_215.0
}
