//! Photographs made in code: small, each different from the other, with the words a photographer's tools would have put in.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use reportage::metadata::{Embedded, embed_in_jpeg};

/// A picture of soft colours; another seed is another picture.
pub fn picture(seed: u32, width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let wave = |a: u32, b: u32| ((x * a + y * b + seed * 37) / 3 % 256) as u8;
        Rgb([wave(1, 2) / 2 + 60, wave(2, 1) / 2 + 40, (seed * 53 % 200) as u8])
    })
}

/// A picture as a file of a format.
pub fn file(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG without a word in it.
pub fn jpeg(seed: u32, width: u32, height: u32) -> Vec<u8> {
    file(&picture(seed, width, height), ImageFormat::Jpeg)
}

/// A small JPEG with a caption, a credit and an alt text in it, ready to be published.
pub fn captioned(seed: u32, caption: &str) -> Vec<u8> {
    let words = Embedded {
        caption: Some(caption.to_owned()),
        creator: Some("Anna Jansen".to_owned()),
        credit: Some("Anna Jansen / Reportage".to_owned()),
        alt: Some(format!("Beeld {seed}")),
        ..Embedded::default()
    };
    embed_in_jpeg(jpeg(seed, 480, 320), &words)
}

/// A PNG that claims a size in its header and has nothing behind it.
pub fn png_that_claims(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let chunk = |named: &[u8]| {
        let length = u32::try_from(named.len() - 4).unwrap().to_be_bytes();
        [&length[..], named, &crc32(named).to_be_bytes()].concat()
    };
    [
        &b"\x89PNG\r\n\x1A\n"[..],
        &chunk(&header),
        &chunk(b"IDAT\0\0\0\0\0\0\0\0\0"),
        &chunk(b"IEND"),
    ]
    .concat()
}

/// Source: PNG specification, annex D.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}
