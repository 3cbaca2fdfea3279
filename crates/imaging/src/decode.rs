//! The one decode that feeds every rendition: bytes to pixels, no larger than needed.
//!
//! JPEG is decoded at a fraction of its size where the largest rendition allows it, strictly first and leniently after that, so that a
//! damaged file is shown as far as it goes and known to be damaged. The decoders contain unsafe code and panics of their own: this module
//! runs in the child process only, and a panic in the fast JPEG decoder sends the file to the slow one.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader};
use libjpeg_turbo_rs::{
    ColorSpace, DecodeLimits, DecodeWarning, Decoder, JpegError, PixelFormat, ScalingFactor,
};
use reportage_pixels::Part;

use super::order::RenderOrder;
use super::probe::Format;
use super::raster::{Channels, Raster, area};
use super::render::Unrendered;
use super::{decode_tiff, jpeg_header};

/// Most scans in a progressive JPEG; ordinary ones have about ten, and each costs a pass over the whole picture.
const MAX_SCANS: usize = 200;
/// Memory the `image` decoders may take beside four bytes of 16-bit channels for each pixel, in bytes.
const SPARE_MEMORY_BYTES: u64 = 64 << 20;

/// A decoded picture, not yet upright and in its own colours.
pub(super) struct Decoded {
    pub(super) raster: Raster,
    /// The embedded ICC profile.
    pub(super) profile: Option<Vec<u8>>,
    /// Whether parts of the picture could not be read.
    pub(super) damaged: bool,
    /// The part of the raster that shows the picture; `None` when it is all of it.
    pub(super) part: Option<Part>,
}

/// Decodes the original; `wanted` is the largest rendition's width and height, not turned.
///
/// The bytes may be changed where that helps to decode them.
pub(super) fn decode(
    bytes: &mut [u8],
    order: &RenderOrder,
    wanted: (u32, u32),
) -> Result<Decoded, Unrendered> {
    match order.format {
        Format::Jpeg => jpeg(bytes, order, wanted),
        Format::Png => other(bytes, order, ImageFormat::Png),
        Format::Webp => other(bytes, order, ImageFormat::WebP),
        Format::Tiff => decode_tiff::decode(bytes, order),
    }
}

/// How far the fast decoder got.
enum Attempt {
    Done(Decoded),
    /// It found the data at fault.
    Faulty(JpegError),
    /// It does not know this kind of JPEG, or fell over.
    Unable,
}

fn jpeg(bytes: &[u8], order: &RenderOrder, wanted: (u32, u32)) -> Result<Decoded, Unrendered> {
    for lenient in [false, true] {
        match catch_unwind(AssertUnwindSafe(|| fast_jpeg(bytes, order, wanted, lenient))) {
            Ok(Ok(Attempt::Done(decoded))) => {
                let damaged = decoded.damaged || lenient || !order.whole;
                return Ok(Decoded { damaged, ..decoded });
            }
            Ok(Ok(Attempt::Faulty(JpegError::AllocationFailed { .. }))) => {
                return Err(Unrendered::OutOfMemory);
            }
            Ok(Ok(Attempt::Faulty(_))) => {}
            Ok(Ok(Attempt::Unable)) | Err(_) => break,
            Ok(Err(unrendered)) => return Err(unrendered),
        }
    }
    let decoded = other(bytes, order, ImageFormat::Jpeg)?;
    Ok(Decoded {
        damaged: decoded.damaged || !order.whole,
        ..decoded
    })
}

fn fast_jpeg(
    bytes: &[u8],
    order: &RenderOrder,
    wanted: (u32, u32),
    lenient: bool,
) -> Result<Attempt, Unrendered> {
    let limits = DecodeLimits {
        max_width: order.width_px as usize,
        max_height: order.height_px as usize,
        max_pixels: order.pixels(),
        max_scans: MAX_SCANS,
        max_memory: None,
    };
    let mut decoder = match Decoder::new_with_limits(bytes, limits) {
        Ok(decoder) => decoder,
        Err(error) => return Ok(failure(error)),
    };
    let (format, channels) = match decoder.jpeg_color_space() {
        ColorSpace::Grayscale => (PixelFormat::Grayscale, Channels::Grey),
        ColorSpace::YCbCr | ColorSpace::Rgb => (PixelFormat::Rgb, Channels::Rgb),
        ColorSpace::Cmyk | ColorSpace::Ycck => (PixelFormat::Cmyk, Channels::Cmyk),
        ColorSpace::Unknown => return Ok(Attempt::Unable),
    };
    decoder.set_output_format(format);
    decoder.set_lenient(lenient);
    let factor = scale(order, wanted);
    decoder.set_scale(factor);
    let mut picture = match decoder.decode_image() {
        Ok(picture) => picture,
        Err(error) => return Ok(failure(error)),
    };
    if channels == Channels::Cmyk {
        invert_if_adobe(bytes, &mut picture.data);
    }
    let damaged = picture
        .warnings
        .iter()
        .any(|warning| !matches!(warning, DecodeWarning::ExtraneousData { .. }));
    let side = |side: usize| u32::try_from(side).unwrap_or(0);
    let raster = Raster::new(picture.data, side(picture.width), side(picture.height), channels)?;
    Ok(Attempt::Done(Decoded {
        damaged,
        part: covered(order, factor, &raster),
        raster,
        profile: picture.icc_profile,
    }))
}

fn failure(error: JpegError) -> Attempt {
    if matches!(error, JpegError::Unsupported(_)) {
        Attempt::Unable
    } else {
        Attempt::Faulty(error)
    }
}

/// The smallest of the decoder's fractions that still covers what is wanted.
fn scale(order: &RenderOrder, wanted: (u32, u32)) -> ScalingFactor {
    let covers = |factor: &ScalingFactor| {
        factor.num() <= factor.denom()
            && factor.scale_dim(order.width_px as usize) >= wanted.0 as usize
            && factor.scale_dim(order.height_px as usize) >= wanted.1 as usize
    };
    let smallest = ScalingFactor::SUPPORTED
        .into_iter()
        .filter(covers)
        .min_by_key(|factor| factor.block_size());
    smallest.unwrap_or_default()
}

/// The part that shows the picture, in one that was decoded at eighths of its size: sides are rounded up, so that the last row and column may
/// show it only in part, and stretching them along would move everything.
fn covered(order: &RenderOrder, factor: ScalingFactor, raster: &Raster) -> Option<Part> {
    let (num, denom) = (factor.num(), factor.denom());
    let size = |side: u32| f64::from(side) * f64::from(num) / f64::from(denom);
    let (width, height) = (size(order.width_px), size(order.height_px));
    let (all_width, all_height) = (f64::from(raster.width), f64::from(raster.height));
    let is_part = (width < all_width || height < all_height) && width <= all_width && height <= all_height;
    is_part.then_some((0.0, 0.0, width, height))
}

/// Adobe's programs store CMYK inverted, and say who they are; without their mark the inks are as they should be.
///
/// Source: the note on Adobe CMYK in libjpeg's `libjpeg.txt`; libvips and `ImageMagick` go by the mark too.
fn invert_if_adobe(bytes: &[u8], pixels: &mut [u8]) {
    let adobe = jpeg_header::markers(&mut Cursor::new(bytes)).is_ok_and(|markers| markers.adobe);
    if adobe {
        for ink in pixels {
            *ink = 255 - *ink;
        }
    }
}

fn other(bytes: &[u8], order: &RenderOrder, format: ImageFormat) -> Result<Decoded, Unrendered> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(order.width_px);
    limits.max_image_height = Some(order.height_px);
    limits.max_alloc = Some(
        order
            .pixels()
            .saturating_mul(16)
            .saturating_add(SPARE_MEMORY_BYTES),
    );
    reader.limits(limits);
    let undecodable = |error: ImageError| undecodable(&error, order);
    let mut decoder = reader.into_decoder().map_err(undecodable)?;
    if decoder.dimensions() != (order.width_px, order.height_px) {
        return Err(Unrendered::Undecodable(
            "the file contradicts itself about its size".to_owned(),
        ));
    }
    let profile = decoder.icc_profile().ok().flatten();
    let picture = DynamicImage::from_decoder(decoder).map_err(undecodable)?;
    Ok(Decoded {
        raster: flat(picture)?,
        profile,
        damaged: false,
        part: None,
    })
}

/// Why, in words for a photographer; what the decoder says about bytes and chunks helps nobody who took the picture.
fn undecodable(error: &ImageError, order: &RenderOrder) -> Unrendered {
    let name = order.format.name();
    match error {
        ImageError::Limits(_) => Unrendered::OutOfMemory,
        _ if !order.whole => Unrendered::Undecodable(format!(
            "the {name} file ends before its picture does; please send it again"
        )),
        ImageError::Unsupported(_) => Unrendered::Undecodable(format!(
            "this kind of {name} cannot be shown; save it as an ordinary {name} or JPEG"
        )),
        _ => Unrendered::Undecodable(format!(
            "the {name} file is damaged and cannot be shown; please send it again"
        )),
    }
}

/// Eight bits a channel, and what is transparent laid on white.
fn flat(picture: DynamicImage) -> Result<Raster, Unrendered> {
    let (width, height) = (picture.width(), picture.height());
    let (pixels, channels) = match picture {
        DynamicImage::ImageLuma8(grey) => (grey.into_raw(), Channels::Grey),
        DynamicImage::ImageRgb8(rgb) => (rgb.into_raw(), Channels::Rgb),
        DynamicImage::ImageLumaA8(grey) => (on_white::<2, 1>(&grey), Channels::Grey),
        DynamicImage::ImageRgba8(rgba) => (on_white::<4, 3>(&rgba), Channels::Rgb),
        DynamicImage::ImageLuma16(grey) => (narrowed(&grey), Channels::Grey),
        DynamicImage::ImageRgb16(rgb) => (narrowed(&rgb), Channels::Rgb),
        DynamicImage::ImageLumaA16(grey) => (on_white::<2, 1>(&narrowed(&grey)), Channels::Grey),
        DynamicImage::ImageRgba16(rgba) => (on_white::<4, 3>(&narrowed(&rgba)), Channels::Rgb),
        other => (on_white::<4, 3>(&other.into_rgba8()), Channels::Rgb),
    };
    debug_assert_eq!(pixels.len() as u64, area(width, height) * channels.count() as u64);
    Raster::new(pixels, width, height, channels)
}

/// 16 bits to 8, rounded: 65,535 is 257 times 255.
pub(super) fn narrowed(samples: &[u16]) -> Vec<u8> {
    samples
        .iter()
        .map(|sample| u8::try_from((u32::from(*sample) + 128) / 257).unwrap_or(255))
        .collect()
}

/// `N` channels of which the last is alpha, to the `M` others on white.
fn on_white<const N: usize, const M: usize>(samples: &[u8]) -> Vec<u8> {
    let pixels = samples.as_chunks::<N>().0;
    let mut flat = Vec::with_capacity(pixels.len().saturating_mul(M));
    for pixel in pixels {
        let alpha = u32::from(pixel.last().copied().unwrap_or(255));
        flat.extend(pixel.iter().take(M).map(|value| {
            let mixed = u32::from(*value) * alpha + 255 * (255 - alpha);
            u8::try_from((mixed + 127) / 255).unwrap_or(255)
        }));
    }
    flat
}
