//! From sRGB pixels to the bytes of a rendition, without any metadata: that is put in by the server, which knows what may be public.

use libjpeg_turbo_rs::{Encoder, PixelFormat, ScanScript, Subsampling};

use super::raster::{Raster, area};
use super::recipe::{Avif, Jpeg, Webp};
use super::render::Unrendered;

/// Longest side of a WebP in pixels.
///
/// Source: RFC 6386, 9.1: 14 bits.
pub(super) const WEBP_MAX_SIDE_PX: u32 = 16_383;
/// Most pixels of an AVIF: encoding takes about 50 bytes for each, and what is taller than an upright photograph is left to WebP.
pub(super) const AVIF_MOST_PIXELS: u64 = 12_000_000;
/// Longest side of an AVIF in pixels, so that every decoder that keeps to a level takes it.
///
/// Source: AV1 specification, A.3: level 5.3 and below hold up to 8,192 pixels in width and 4,352 in height, level 6 twice as many.
pub(super) const AVIF_MAX_SIDE_PX: u32 = 8_192;

/// The picture (sRGB) as a JPEG.
pub(super) fn jpeg(raster: &Raster, how: Jpeg) -> Result<Vec<u8>, Unrendered> {
    let encoder = Encoder::new(
        &raster.pixels,
        raster.width as usize,
        raster.height as usize,
        PixelFormat::Rgb,
    )
    .quality(how.quality)
    .subsampling(Subsampling::S420)
    .optimize_huffman(true);
    let encoder = if area(raster.width, raster.height) <= how.progressive_pixels {
        encoder.progressive(true).scan_script(scans())
    } else {
        encoder
    };
    encoder
        .encode()
        .map_err(|error| Unrendered::Internal(format!("the JPEG could not be made: {error}")))
}

/// The scans of a progressive JPEG: the colours of its blocks, then the coarse shapes, both colour differences, and last the fine ones.
///
/// libjpeg's ten scans, which send each coefficient's last bits separately, take three times as long and save 1 % of the bytes.
fn scans() -> Vec<ScanScript> {
    let scan = |components: &[u8], ss, se| ScanScript {
        components: components.to_vec(),
        ss,
        se,
        ah: 0,
        al: 0,
    };
    vec![
        scan(&[0, 1, 2], 0, 0),
        scan(&[0], 1, 9),
        scan(&[1], 1, 63),
        scan(&[2], 1, 63),
        scan(&[0], 10, 63),
    ]
}

/// The picture (sRGB) as a WebP; its sides must be at most [`WEBP_MAX_SIDE_PX`].
pub(super) fn webp(raster: &Raster, how: Webp) -> Result<Vec<u8>, Unrendered> {
    let failed = |why: String| Unrendered::Internal(format!("the WebP could not be made: {why}"));
    let mut config =
        webp::WebPConfig::new().map_err(|()| failed("libwebp is of another version".to_owned()))?;
    config.quality = how.quality;
    config.method = how.method;
    let encoder = webp::Encoder::from_rgb(&raster.pixels, raster.width, raster.height);
    let memory = encoder
        .encode_advanced(&config)
        .map_err(|error| failed(format!("{error:?}")))?;
    Ok(memory.to_vec())
}

/// The picture (sRGB) as an AVIF, 4:4:4 and ten bits as `ravif` makes them; see [`fits_avif`].
pub(super) fn avif(raster: &Raster, how: Avif) -> Result<Vec<u8>, Unrendered> {
    let speed = if raster.width <= how.small_px {
        how.small_speed
    } else {
        how.speed
    };
    let size = (raster.width as usize, raster.height as usize);
    reportage_pixels::avif(&raster.pixels, size, how.quality, speed)
        .map_err(|why| Unrendered::Internal(format!("the AVIF could not be made: {why}")))
}

/// Whether a picture is small enough for an AVIF.
pub(super) fn fits_avif(raster: &Raster) -> bool {
    raster.width.max(raster.height) <= AVIF_MAX_SIDE_PX
        && area(raster.width, raster.height) <= AVIF_MOST_PIXELS
}
