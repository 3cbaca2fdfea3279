//! From sRGB pixels to the bytes of a rendition: JPEG and WebP, without any metadata.
//!
//! Baseline JPEG takes a third of the time of progressive for 5 % more bytes; WebP method 2 half the time of method 4 for 7 % more.
//! AVIF is not made here: it comes later, from its own low-priority job.

use libjpeg_turbo_rs::{Encoder, PixelFormat, Subsampling};

use super::raster::Raster;
use super::render::Unrendered;

/// JPEG quality on the Independent JPEG Group's scale.
const JPEG_QUALITY: u8 = 80;
/// WebP quality on libwebp's scale, 0 to 100; close to the JPEG's in SSIMULACRA2.
const WEBP_QUALITY: f32 = 78.0;
/// WebP effort, 0 (fast) to 6 (small).
const WEBP_METHOD: i32 = 2;
/// Longest side of a WebP in pixels.
///
/// Source: RFC 6386, 9.1: 14 bits.
pub(super) const WEBP_MAX_SIDE_PX: u32 = 16_383;

/// The picture (sRGB) as a JPEG.
pub(super) fn jpeg(raster: &Raster) -> Result<Vec<u8>, Unrendered> {
    Encoder::new(
        &raster.pixels,
        raster.width as usize,
        raster.height as usize,
        PixelFormat::Rgb,
    )
    .quality(JPEG_QUALITY)
    .subsampling(Subsampling::S420)
    .optimize_huffman(true)
    .encode()
    .map_err(|error| Unrendered::Internal(format!("the JPEG could not be made: {error}")))
}

/// The picture (sRGB) as a WebP; its sides must be at most [`WEBP_MAX_SIDE_PX`].
pub(super) fn webp(raster: &Raster) -> Result<Vec<u8>, Unrendered> {
    let failed = |why: String| Unrendered::Internal(format!("the WebP could not be made: {why}"));
    let mut config =
        webp::WebPConfig::new().map_err(|()| failed("libwebp is of another version".to_owned()))?;
    config.quality = WEBP_QUALITY;
    config.method = WEBP_METHOD;
    let encoder = webp::Encoder::from_rgb(&raster.pixels, raster.width, raster.height);
    let memory = encoder
        .encode_advanced(&config)
        .map_err(|error| failed(format!("{error:?}")))?;
    Ok(memory.to_vec())
}
