//! Photographs for tests, made in code: a scene of four coloured quarters in every format, orientation and colour there is.
//!
//! Nothing here is part of the program.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a failing test may panic"
)]

use std::io::Cursor;

use image::{DynamicImage, ImageEncoder as _, ImageFormat};
use libjpeg_turbo_rs::{ColorSpace, Encoder, PixelFormat, Subsampling};

/// Upright size of the scene: the same number of pixels for every rung that a photo of it gets at its own width.
pub(super) const WIDTH: u32 = 320;
pub(super) const HEIGHT: u32 = 160;

/// The colours of the quarters: top left, top right, bottom left, bottom right. All within Adobe RGB and Display P3.
pub(super) const QUARTERS: [[u8; 3]; 4] = [[200, 60, 50], [60, 160, 70], [50, 80, 180], [230, 220, 120]];

/// The scene in sRGB.
pub(super) fn scene(width: u32, height: u32) -> Vec<u8> {
    pixels(width, height)
        .flat_map(|(x, y)| QUARTERS[quarter(x, y, width, height)])
        .collect()
}

fn pixels(width: u32, height: u32) -> impl Iterator<Item = (u32, u32)> {
    (0..height).flat_map(move |y| (0..width).map(move |x| (x, y)))
}

fn quarter(x: u32, y: u32, width: u32, height: u32) -> usize {
    usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2)
}

/// The scene as a camera held in this orientation stores it, with its stored width and height.
pub(super) fn stored(orientation: u8) -> (Vec<u8>, u32, u32) {
    let (width, height) = if orientation >= 5 {
        (HEIGHT, WIDTH)
    } else {
        (WIDTH, HEIGHT)
    };
    let upright = scene(WIDTH, HEIGHT);
    let bytes = pixels(width, height)
        .flat_map(|(x, y)| {
            // EXIF 3.0, tag 0x0112: where the stored pixel (x, y) belongs in the upright picture.
            let (ux, uy) = match orientation {
                1 => (x, y),
                2 => (width - 1 - x, y),
                3 => (width - 1 - x, height - 1 - y),
                4 => (x, height - 1 - y),
                5 => (y, x),
                6 => (height - 1 - y, x),
                7 => (height - 1 - y, width - 1 - x),
                _ => (y, width - 1 - x),
            };
            let at = 3 * (uy * WIDTH + ux) as usize;
            [upright[at], upright[at + 1], upright[at + 2]]
        })
        .collect();
    (bytes, width, height)
}

/// An EXIF block that holds an orientation and nothing else, big-endian.
pub(super) fn exif(orientation: u8) -> Vec<u8> {
    let mut block = b"MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    block.extend([orientation, 0, 0, 0, 0, 0, 0]);
    block
}

fn encoder(pixels: &[u8], width: u32, height: u32, format: PixelFormat) -> Encoder<'_> {
    Encoder::new(pixels, width as usize, height as usize, format)
        .quality(95)
        .subsampling(Subsampling::S444)
}

pub(super) fn jpeg_of(pixels: &[u8], width: u32, height: u32, format: PixelFormat) -> Vec<u8> {
    encoder(pixels, width, height, format).encode().unwrap()
}

pub(super) fn jpeg(rgb: &[u8], width: u32, height: u32) -> Vec<u8> {
    jpeg_of(rgb, width, height, PixelFormat::Rgb)
}

pub(super) fn jpeg_with_exif(rgb: &[u8], width: u32, height: u32, exif: &[u8]) -> Vec<u8> {
    encoder(rgb, width, height, PixelFormat::Rgb)
        .exif_data(exif)
        .encode()
        .unwrap()
}

pub(super) fn jpeg_with_icc(rgb: &[u8], width: u32, height: u32, icc: &[u8]) -> Vec<u8> {
    encoder(rgb, width, height, PixelFormat::Rgb)
        .icc_profile(icc)
        .encode()
        .unwrap()
}

pub(super) fn progressive(rgb: &[u8], width: u32, height: u32) -> Vec<u8> {
    encoder(rgb, width, height, PixelFormat::Rgb)
        .progressive(true)
        .encode()
        .unwrap()
}

pub(super) fn restarting(rgb: &[u8], width: u32, height: u32) -> Vec<u8> {
    encoder(rgb, width, height, PixelFormat::Rgb)
        .restart_rows(1)
        .encode()
        .unwrap()
}

/// The scene in inks, half of its darkness as black.
pub(super) fn inks(width: u32, height: u32) -> Vec<u8> {
    pixels(width, height)
        .flat_map(|(x, y)| {
            let light = QUARTERS[quarter(x, y, width, height)];
            let brightest = light.into_iter().max().unwrap_or(255);
            let black = (255 - brightest) / 2;
            let ink = |value: u8| 255 - (u32::from(value) * 255 / u32::from(255 - black)).min(255) as u8;
            [ink(light[0]), ink(light[1]), ink(light[2]), black]
        })
        .collect()
}

/// Inks stored as Adobe's programs do: inverted, with their mark.
pub(super) fn adobe_cmyk(inks: &[u8], width: u32, height: u32, space: ColorSpace) -> Vec<u8> {
    let inverted: Vec<u8> = inks.iter().map(|ink| 255 - ink).collect();
    let encoder = encoder(&inverted, width, height, PixelFormat::Cmyk)
        .colorspace(space)
        .write_adobe_marker(true);
    encoder.encode().unwrap()
}

pub(super) fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn rgb(pixels: &[u8], width: u32, height: u32) -> DynamicImage {
    image::RgbImage::from_raw(width, height, pixels.to_vec())
        .unwrap()
        .into()
}

pub(super) fn png_with_exif(pixels: &[u8], width: u32, height: u32, exif: &[u8]) -> Vec<u8> {
    let png = file(&rgb(pixels, width, height), ImageFormat::Png);
    // After IHDR: 8 bytes of signature and 25 of chunk.
    [&png[..33], &png_chunk(*b"eXIf", exif), &png[33..]].concat()
}

fn png_chunk(name: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let mut chunk = (payload.len() as u32).to_be_bytes().to_vec();
    chunk.extend(name);
    chunk.extend(payload);
    chunk.extend(crc32(&chunk[4..]).to_be_bytes());
    chunk
}

/// Source: PNG specification, annex D.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(crc & 1))
        })
    })
}

/// A PNG header that claims a size, with no pixels behind it.
pub(super) fn png_that_claims(width: u32, height: u32) -> Vec<u8> {
    let mut header = width.to_be_bytes().to_vec();
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    [
        b"\x89PNG\r\n\x1A\n".to_vec(),
        png_chunk(*b"IHDR", &header),
        png_chunk(*b"IDAT", &[0; 9]),
        png_chunk(*b"IEND", &[]),
    ]
    .concat()
}

pub(super) fn png_with_icc(pixels: &[u8], width: u32, height: u32, icc: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(icc.to_vec()).unwrap();
    encoder
        .write_image(pixels, width, height, image::ExtendedColorType::Rgb8)
        .unwrap();
    bytes
}

/// The scene with a palette of four colours, two bits a pixel, in stored (not compressed) deflate blocks.
pub(super) fn palette_png(width: u32, height: u32) -> Vec<u8> {
    let mut rows = Vec::new();
    for y in 0..height {
        rows.push(0);
        for x in (0..width).step_by(4) {
            rows.push((x..x + 4).fold(0, |byte, x| byte << 2 | quarter(x, y, width, height) as u8));
        }
    }
    let (a, b) = rows.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (a + b) % 65_521)
    });
    let length = rows.len() as u16;
    let mut zlib = vec![0x78, 0x01, 1];
    zlib.extend(length.to_le_bytes());
    zlib.extend((!length).to_le_bytes());
    zlib.extend(rows);
    zlib.extend((b << 16 | a).to_be_bytes());
    let mut header = width.to_be_bytes().to_vec();
    header.extend(height.to_be_bytes());
    header.extend([2, 3, 0, 0, 0]);
    let chunks = [
        png_chunk(*b"IHDR", &header),
        png_chunk(*b"PLTE", QUARTERS.as_flattened()),
        png_chunk(*b"IDAT", &zlib),
        png_chunk(*b"IEND", &[]),
    ];
    [b"\x89PNG\r\n\x1A\n".to_vec(), chunks.concat()].concat()
}

pub(super) fn webp_with_exif(pixels: &[u8], width: u32, height: u32, exif: &[u8]) -> Vec<u8> {
    let plain = file(&rgb(pixels, width, height), ImageFormat::WebP);
    let mut extended = vec![0x08, 0, 0, 0];
    extended.extend(&(width - 1).to_le_bytes()[..3]);
    extended.extend(&(height - 1).to_le_bytes()[..3]);
    let chunks = [
        riff_chunk(*b"VP8X", &extended),
        plain[12..].to_vec(),
        riff_chunk(*b"EXIF", exif),
    ]
    .concat();
    riff_chunk(*b"RIFF", &[b"WEBP".to_vec(), chunks].concat())
}

fn riff_chunk(name: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let mut chunk = name.to_vec();
    chunk.extend((payload.len() as u32).to_le_bytes());
    chunk.extend(payload);
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

/// Two frames: the scene, then black.
pub(super) fn animated_webp(width: u32, height: u32) -> Vec<u8> {
    let mut config = webp::WebPConfig::new().unwrap();
    config.lossless = 1;
    let mut encoder = webp::AnimEncoder::new(width, height, &config);
    let (first, second) = (scene(width, height), vec![0; 3 * (width * height) as usize]);
    encoder.add_frame(webp::AnimFrame::from_rgb(&first, width, height, 0));
    encoder.add_frame(webp::AnimFrame::from_rgb(&second, width, height, 100));
    encoder.encode().to_vec()
}

/// An uncompressed little-endian TIFF in one strip.
pub(super) fn tiff(pixels: &[u8], width: u32, height: u32, orientation: u8) -> Vec<u8> {
    tiff_with(pixels, width, height, &[(274, 3, 1, u32::from(orientation))])
}

/// The same with further directory entries: tag, kind, count, value.
pub(super) fn tiff_with(pixels: &[u8], width: u32, height: u32, more: &[(u16, u16, u32, u32)]) -> Vec<u8> {
    let mut entries = vec![
        (256, 4, 1, width),
        (257, 4, 1, height),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 1, 0),
        (277, 3, 1, 3),
        (278, 4, 1, height),
        (279, 4, 1, pixels.len() as u32),
    ];
    entries.retain(|entry| more.iter().all(|other| other.0 != entry.0));
    entries.extend(more);
    entries.push((258, 3, 3, 0));
    entries.sort_unstable();
    let bits_at = 8 + 2 + 12 * entries.len() as u32 + 4;
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in entries {
        let value = match tag {
            258 => bits_at,
            273 => bits_at + 6,
            _ => value,
        };
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(count.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0, 0, 0, 0, 8, 0, 8, 0, 8, 0]);
    file.extend(pixels);
    file
}

/// An uncompressed little-endian TIFF of one strip, from what it is to say about its samples: tags with SHORT values.
pub(super) fn raw_tiff(width: u32, height: u32, tags: &[(u16, &[u16])], samples: &[u8]) -> Vec<u8> {
    let long = |value: u32| value.to_le_bytes().to_vec();
    let shorts = |values: &[u16]| {
        values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect::<Vec<u8>>()
    };
    let mut entries: Vec<(u16, u16, u32, Vec<u8>)> = vec![
        (256, 4, 1, long(width)),
        (257, 4, 1, long(height)),
        (259, 3, 1, shorts(&[1, 0])),
        (278, 4, 1, long(height)),
    ];
    // Planes one behind the other take a strip each.
    let planes = tags.iter().find(|(tag, _)| *tag == 284).map_or(1, |_| {
        tags.iter()
            .find(|(tag, _)| *tag == 277)
            .map_or(1, |(_, count)| u32::from(count[0]))
    });
    let strip = u32::try_from(samples.len()).unwrap() / planes;
    entries.extend(
        tags.iter()
            .map(|(tag, values)| (*tag, 3, u32::try_from(values.len()).unwrap(), shorts(values))),
    );
    entries.push((273, 4, planes, Vec::new()));
    entries.push((
        279,
        4,
        planes,
        (0..planes).flat_map(|_| strip.to_le_bytes()).collect(),
    ));
    entries.sort_by_key(|entry| entry.0);
    let head = 8 + 2 + 12 * entries.len() + 4;
    let outside = |value: &Vec<u8>| if value.len() > 4 { value.len() } else { 0 };
    let offsets_bytes = 4 * planes as usize;
    let all_outside: usize = entries.iter().map(|entry| outside(&entry.3)).sum::<usize>()
        + if offsets_bytes > 4 { offsets_bytes } else { 0 };
    let data_at = u32::try_from(head + all_outside).unwrap();
    for entry in &mut entries {
        if entry.0 == 273 {
            entry.3 = (0..planes)
                .flat_map(|plane| (data_at + plane * strip).to_le_bytes())
                .collect();
        }
    }
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend(u16::try_from(entries.len()).unwrap().to_le_bytes());
    let (mut values, mut at) = (Vec::<u8>::new(), u32::try_from(head).unwrap());
    for (tag, kind, count, value) in &entries {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(count.to_le_bytes());
        if value.len() > 4 {
            file.extend(at.to_le_bytes());
            at += u32::try_from(value.len()).unwrap();
            values.extend(value);
        } else {
            let mut slot = value.clone();
            slot.resize(4, 0);
            file.extend(slot);
        }
    }
    file.extend([0; 4]);
    file.extend(values);
    file.extend(samples);
    file
}
