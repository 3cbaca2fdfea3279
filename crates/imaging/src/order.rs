//! The order to render one photograph: what the child process is told before it reads a byte.
//!
//! Everything in it comes from the header as [`super::probe`] read it and from the desk (the focal point). The resources the child may
//! use follow from it, so that a small photograph cannot ask for much memory.

use serde::{Deserialize, Serialize};

use super::confine::Allowance;
use super::probe::{Format, Header};
use super::recipe::Pass;

/// Memory a render may use whatever the size of the photo, in bytes: the program itself and the buffers that do not grow with it.
const BASE_MEMORY_BYTES: u64 = 256 << 20;
/// Memory for each pixel of a JPEG: a progressive one needs two bytes for each of three components, and then its pixels.
const JPEG_BYTES_PER_PIXEL: u64 = 12;
/// Memory for each pixel of the other formats, whose decoders hold the whole picture: up to four channels of 16 bits, and then 8 bits.
const OTHER_BYTES_PER_PIXEL: u64 = 20;
/// Most CPU time of the first pass whatever the size of the photo, in seconds: one of 24 megapixels takes half of one.
const FIRST_CPU_SECONDS: u64 = 30;
/// Pixels for which it may take a second more: the slowest photo of 200 megapixels takes twenty seconds, and has sixty.
const PIXELS_A_CPU_SECOND: u64 = 6_500_000;
/// Most CPU time of making AVIFs, in seconds.
const AVIF_CPU_SECONDS: u64 = 600;
/// Memory that encoding the largest AVIF takes, in bytes: about 50 for each of its pixels, and as much again to spare.
const AVIF_BYTES: u64 = 100 * super::encode::AVIF_MOST_PIXELS;

/// What to render.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenderOrder {
    /// The original's format.
    pub format: Format,
    /// Width in pixels as stored.
    pub width_px: u32,
    /// Height in pixels as stored.
    pub height_px: u32,
    /// EXIF orientation, 1 to 8.
    pub orientation: u8,
    /// Whether the file reaches its end.
    pub whole: bool,
    /// The point that crops are made around, as parts of the upright width and height, each 0 to 1.
    pub focal: (f32, f32),
    /// Which renditions to make.
    pub pass: Pass,
}

impl RenderOrder {
    /// The order for an original with this header, cropped around `focal` (parts of the upright width and height, 0 to 1).
    #[must_use]
    pub const fn new(header: &Header, focal: (f32, f32), pass: Pass) -> Self {
        Self {
            format: header.format,
            width_px: header.width_px,
            height_px: header.height_px,
            orientation: header.orientation,
            whole: header.whole,
            focal,
            pass,
        }
    }

    /// Width and height in pixels once the orientation is applied.
    #[must_use]
    pub const fn upright_size(&self) -> (u32, u32) {
        if self.is_sideways() {
            (self.height_px, self.width_px)
        } else {
            (self.width_px, self.height_px)
        }
    }

    /// Whether the orientation swaps width and height.
    #[must_use]
    pub const fn is_sideways(&self) -> bool {
        self.orientation >= 5
    }

    /// Width times height.
    #[must_use]
    pub fn pixels(&self) -> u64 {
        u64::from(self.width_px).saturating_mul(u64::from(self.height_px))
    }

    /// What the render may use.
    #[must_use]
    pub fn allowance(&self) -> Allowance {
        Allowance {
            memory_bytes: self.memory_bytes(),
            cpu_seconds: match self.pass {
                Pass::First => {
                    FIRST_CPU_SECONDS
                        + u64::from(self.width_px) * u64::from(self.height_px) / PIXELS_A_CPU_SECOND
                }
                Pass::Avif => AVIF_CPU_SECONDS,
            },
        }
    }

    /// Memory that a photo of this format may take for each of its pixels, in bytes.
    #[must_use]
    pub const fn bytes_per_pixel(format: Format) -> u64 {
        match format {
            Format::Jpeg => JPEG_BYTES_PER_PIXEL,
            Format::Png | Format::Webp | Format::Tiff => OTHER_BYTES_PER_PIXEL,
        }
    }

    /// Most address space the render may take, in bytes.
    fn memory_bytes(&self) -> u64 {
        let for_each = Self::bytes_per_pixel(self.format);
        let for_encoding = if self.pass == Pass::Avif { AVIF_BYTES } else { 0 };
        BASE_MEMORY_BYTES
            .saturating_add(self.pixels().saturating_mul(for_each))
            .saturating_add(for_encoding)
    }
}
