//! Resizing and AVIF: what libraries do whose code is generic, and is therefore compiled where it is called, for minutes. Here that is done once,
//! and not anew with every change of what a rendition is, nor for its tests.
//!
//! Pixels are 8 bits a channel, rows from top to bottom without padding.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x3, U8x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions};
use imgref::Img;
use rgb::FromSlice as _;

/// Width and height in pixels.
pub type Size = (u32, u32);

/// A part of a picture: left, top, width and height in its pixels, not necessarily whole ones.
pub type Part = (f64, f64, f64, f64);

/// Makes pictures smaller or larger, with Lanczos3 in the values as they are stored.
#[derive(Debug, Default)]
pub struct Resizer(fast_image_resize::Resizer);

impl Resizer {
    /// One that holds nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A picture of one, three or four channels, or a part of it, at another size.
    ///
    /// # Errors
    /// What does not fit: a number of channels, pixels that are not as many as the size asks for, a part that is not within.
    #[inline(never)]
    pub fn resize(
        &mut self,
        (pixels, size): (&[u8], Size),
        channels: usize,
        part: Option<Part>,
        to: Size,
    ) -> Result<Vec<u8>, String> {
        let mut options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
            .use_alpha(false);
        if let Some((left, top, width, height)) = part {
            options = options.crop(left, top, width, height);
        }
        match channels {
            1 => self.typed::<U8>(pixels, size, &options, to),
            3 => self.typed::<U8x3>(pixels, size, &options, to),
            4 => self.typed::<U8x4>(pixels, size, &options, to),
            other => Err(format!("there are no pictures of {other} channels")),
        }
    }

    fn typed<P: PixelTrait>(
        &mut self,
        pixels: &[u8],
        (width, height): Size,
        options: &ResizeOptions,
        to: Size,
    ) -> Result<Vec<u8>, String> {
        let source =
            TypedImageRef::<P>::from_buffer(width, height, pixels).map_err(|error| error.to_string())?;
        let bytes = [to.0, to.1]
            .iter()
            .try_fold(size_of::<P>(), |bytes, side| {
                bytes.checked_mul(usize::try_from(*side).ok()?)
            })
            .ok_or("the picture would be too large")?;
        let mut resized = vec![0; bytes];
        let mut target =
            TypedImage::<P>::from_buffer(to.0, to.1, &mut resized).map_err(|error| error.to_string())?;
        self.0
            .resize_typed(&source, &mut target, options)
            .map_err(|error| error.to_string())?;
        Ok(resized)
    }

    /// Lets go of what is kept for the next time, which is as large as the last picture.
    pub fn reset_internal_buffers(&mut self) {
        self.0.reset_internal_buffers();
    }
}

/// An RGB picture as an AVIF, 4:4:4 and ten bits, made with one thread. Quality is 1 to 100, speed 1 (slowest) to 10.
///
/// # Errors
/// What the encoder says.
#[inline(never)]
pub fn avif(
    pixels: &[u8],
    (width, height): (usize, usize),
    quality: f32,
    speed: u8,
) -> Result<Vec<u8>, String> {
    ravif::Encoder::new()
        .with_quality(quality)
        .with_speed(speed)
        .with_num_threads(Some(1))
        .encode_rgb(Img::new(pixels.as_rgb(), width, height))
        .map(|encoded| encoded.avif_file)
        .map_err(|error| error.to_string())
}
