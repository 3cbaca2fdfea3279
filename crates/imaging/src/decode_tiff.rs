//! TIFF, as far as photographs come in it: every common colour type, depth and arrangement, each to 8 bits a channel.
//!
//! The `tiff` crate undoes the compression. What it does not do, or does for pictures of numbers rather than of light, is done here: palettes,
//! few bits, planes one behind the other, `CIELab`, transparency that is multiplied in already, and profiles of any length. Where the crate
//! refuses a colour type, the tag that says so is changed in the copy in memory to one that has the same samples.
//! Source: TIFF 6.0; TIFF Technical Note on associated alpha; ICC.1:2022, annex B.4 (profiles in TIFF).

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::{ColorType, TiffError};

use super::colour::encoded;
use super::decode::{Decoded, narrowed};
use super::order::RenderOrder;
use super::raster::{Channels, Raster};
use super::render::Unrendered;
use super::tiff_header::{self, Layout};

/// Photometric interpretations. Source: TIFF 6.0, tag 262.
const RGB: u16 = 2;
const BLACK_IS_ZERO: u16 = 1;
const PALETTE: u64 = 3;
const CIE_LAB: u64 = 8;
/// What an extra sample is. Source: TIFF 6.0, tag 338.
const MULTIPLIED_ALPHA: u64 = 1;
const ALPHA: u64 = 2;
/// Longest tag value that the crate is let read, in bytes: the offsets of a large picture's strips.
const MAX_VALUE_BYTES: usize = 16 << 20;

/// Decodes the first picture of a TIFF.
pub(super) fn decode(bytes: &mut [u8], order: &RenderOrder) -> Result<Decoded, Unrendered> {
    let layout = tiff_header::layout(&mut Cursor::new(&*bytes))
        .ok_or_else(|| refused("its directory cannot be read"))?;
    if layout.fill_order == 2 {
        return Err(refused("its bits are stored in reverse"));
    }
    let profile = layout.profile(bytes);
    let palette = layout.palette(bytes);
    // The crate follows the chain of pictures; the first is all that is wanted, and some chains bite their tails.
    layout.end_chain(bytes);
    match layout.photometric {
        PALETTE => layout.set_photometric(bytes, BLACK_IS_ZERO),
        CIE_LAB => layout.set_photometric(bytes, RGB),
        _ => {}
    }
    // Tiles of one plane each trip an assertion in the crate.
    let read = catch_unwind(AssertUnwindSafe(|| Samples::read(bytes, order, &layout)));
    let samples = read.unwrap_or_else(|_| Err(refused("its parts are arranged in an unusual way")))?;
    let (pixels, channels) = match (layout.photometric, palette) {
        (PALETTE, Some(palette)) => (samples.through(&palette, layout.extra), Channels::Rgb),
        (PALETTE, None) => return Err(refused("its palette is missing")),
        (CIE_LAB, _) => (samples.of_lab(), Channels::Rgb),
        _ => {
            let extra = layout.extra.or(samples.unnamed_extra);
            samples.of_light(extra)
        }
    };
    Ok(Decoded {
        raster: Raster::new(pixels, order.width_px, order.height_px, channels)?,
        profile: profile.filter(|_| layout.photometric != CIE_LAB),
        damaged: false,
        part: None,
    })
}

/// A TIFF that is whole but of a kind that is not for photographs, in words for a photographer.
fn refused(what: &str) -> Unrendered {
    Unrendered::Undecodable(format!(
        "this kind of TIFF cannot be shown ({what}); save it as an ordinary TIFF or JPEG"
    ))
}

fn explained(error: &TiffError) -> Unrendered {
    match error {
        TiffError::LimitsExceeded => Unrendered::OutOfMemory,
        TiffError::UnsupportedError(_) | TiffError::UsageError(_) => refused("it is made in an unusual way"),
        _ => Unrendered::Undecodable(
            "the TIFF is damaged and cannot be shown; please send it again".to_owned(),
        ),
    }
}

/// The picture's samples, pixel by pixel, 8 bits each; those of a palette are its numbers.
struct Samples {
    values: Vec<u8>,
    /// How many belong to one pixel.
    channels: usize,
    /// How many of these are colours.
    colours: usize,
    is_ycc: bool,
    /// What a fourth sample is whose meaning the file does not tell: programs that wrote none meant transparency.
    unnamed_extra: Option<u64>,
}

impl Samples {
    fn read(bytes: &[u8], order: &RenderOrder, layout: &Layout) -> Result<Self, Unrendered> {
        let most = usize::try_from(order.pixels().saturating_mul(20)).unwrap_or(usize::MAX);
        let mut limits = Limits::default();
        limits.decoding_buffer_size = most.saturating_add(MAX_VALUE_BYTES);
        limits.intermediate_buffer_size = most.saturating_add(MAX_VALUE_BYTES);
        limits.ifd_value_size = MAX_VALUE_BYTES;
        let mut decoder = Decoder::new(Cursor::new(bytes))
            .map_err(|error| explained(&error))?
            .with_limits(limits);
        if decoder.dimensions().map_err(|error| explained(&error))? != (order.width_px, order.height_px) {
            return Err(refused("it contradicts itself about its size"));
        }
        let color = decoder.colortype().map_err(|error| explained(&error))?;
        let (colours, channels) = match color {
            ColorType::Gray(_) | ColorType::Palette(_) => (1, 1),
            ColorType::GrayA(_) => (1, 2),
            ColorType::RGB(_) | ColorType::YCbCr(_) | ColorType::Lab(_) => (3, 3),
            ColorType::RGBA(_) => (3, 4),
            ColorType::CMYK(_) => (4, 4),
            ColorType::CMYKA(_) => (4, 5),
            // Grey with something beside it.
            ColorType::Multiband { num_samples, .. } => (1, usize::from(num_samples)),
            _ => return Err(refused("its colours are of an unknown kind")),
        };
        let mut result = DecodingResult::U8(Vec::new());
        let stored = decoder
            .read_image_to_buffer(&mut result)
            .map_err(|error| explained(&error))?;
        let values = match result {
            DecodingResult::U8(values) if layout.bits < 8 => {
                let is_index = layout.photometric == PALETTE;
                unpacked(&values, layout.bits, order, channels, is_index)?
            }
            DecodingResult::U8(values) => values,
            DecodingResult::U16(values) => narrowed(&values),
            DecodingResult::U32(values) => values.iter().map(|value| value.to_be_bytes()[0]).collect(),
            DecodingResult::U64(values) => values.iter().map(|value| value.to_be_bytes()[0]).collect(),
            DecodingResult::F32(values) => values.iter().map(|value| of_unit(*value)).collect(),
            DecodingResult::F16(values) => values.iter().map(|value| of_unit(value.to_f32())).collect(),
            _ => return Err(refused("its samples are numbers, not light")),
        };
        let values = if stored.planes > 1 {
            interleaved(&values, stored.planes)
        } else {
            values
        };
        let pixels = usize::try_from(order.pixels()).unwrap_or(usize::MAX);
        if values.len() != pixels.saturating_mul(channels) {
            return Err(refused("it has fewer samples than it should"));
        }
        Ok(Self {
            values,
            channels,
            colours,
            is_ycc: matches!(color, ColorType::YCbCr(_)),
            unnamed_extra: matches!(color, ColorType::RGBA(_)).then_some(ALPHA),
        })
    }

    /// The colours that a palette has for the numbers, what is transparent on white; numbers beyond it are black. A palette's colours are nobody's
    /// product with transparency, whatever the file calls it.
    fn through(&self, palette: &[[u8; 3]], extra: Option<u64>) -> Vec<u8> {
        let is_transparent = matches!(extra, Some(MULTIPLIED_ALPHA | ALPHA));
        self.values
            .chunks_exact(self.channels)
            .flat_map(|pixel| {
                let number = pixel.first().copied().unwrap_or_default();
                let colour = palette.get(usize::from(number)).copied().unwrap_or_default();
                match pixel.get(1) {
                    Some(alpha) if is_transparent => colour.map(|colour| on_white(colour, *alpha)),
                    _ => colour,
                }
            })
            .collect()
    }

    /// sRGB of `CIELab` (D50). Source: ISO 15076-1, annex D; CIE 15, 8.2.1; Bradford to D65 as in IEC 61966-2-1, amendment 1.
    fn of_lab(&self) -> Vec<u8> {
        let pixels = self.values.chunks_exact(self.channels);
        pixels
            .flat_map(|pixel| match pixel {
                [l, a, b, ..] => lab_to_srgb(*l, *a, *b),
                _ => [0; 3],
            })
            .collect()
    }

    /// The colours as they are, what is transparent on white.
    fn of_light(self, extra: Option<u64>) -> (Vec<u8>, Channels) {
        let channels = match self.colours {
            1 => Channels::Grey,
            3 => Channels::Rgb,
            _ => Channels::Cmyk,
        };
        let is_ycc = self.is_ycc;
        let pixels = match (extra, self.channels == self.colours) {
            (_, true) => self.values,
            (Some(MULTIPLIED_ALPHA), false) => {
                self.without_extras(|colour, alpha| colour.saturating_add(255_u8.saturating_sub(alpha)))
            }
            (Some(ALPHA), false) if channels != Channels::Cmyk => self.without_extras(on_white),
            // Something else than transparency.
            _ => self.without_extras(|colour, _| colour),
        };
        (if is_ycc { rgb_of_ycc(&pixels) } else { pixels }, channels)
    }

    /// Only the colours, each laid on white with the first extra sample.
    fn without_extras(&self, on_white: impl Fn(u8, u8) -> u8) -> Vec<u8> {
        let pixels = self.values.chunks_exact(self.channels);
        pixels
            .flat_map(|pixel| {
                let (colours, extras) = pixel.split_at(self.colours.min(pixel.len()));
                let alpha = extras.first().copied().unwrap_or(255);
                colours
                    .iter()
                    .map(|colour| on_white(*colour, alpha))
                    .collect::<Vec<_>>()
            })
            .collect()
    }
}

/// A colour that is transparent so far, on white.
fn on_white(colour: u8, alpha: u8) -> u8 {
    let mixed = u32::from(colour) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
    u8::try_from((mixed + 127) / 255).unwrap_or(255)
}

/// Samples of fewer than 8 bits, packed by rows, spread over 8 bits each (or left as the numbers they are).
fn unpacked(
    packed: &[u8],
    bits: u64,
    order: &RenderOrder,
    channels: usize,
    is_index: bool,
) -> Result<Vec<u8>, Unrendered> {
    let most = match bits {
        1 => 1_u8,
        2 => 3,
        4 => 15,
        _ => return Err(refused("its samples have an unusual number of bits")),
    };
    let bits = usize::try_from(bits).unwrap_or(8);
    let in_row = (order.width_px as usize).saturating_mul(channels);
    let row_bytes = in_row.saturating_mul(bits).div_ceil(8).max(1);
    let spread = if is_index { 1 } else { 255 / most };
    let mut values = Vec::with_capacity(in_row.saturating_mul(order.height_px as usize));
    for row in packed.chunks_exact(row_bytes) {
        let samples = row
            .iter()
            .flat_map(|byte| (0..8 / bits).map(move |number| (byte >> (8 - bits * (number + 1))) & most));
        values.extend(samples.take(in_row).map(|value| value * spread));
    }
    Ok(values)
}

/// Planes one behind the other, to samples pixel by pixel.
fn interleaved(values: &[u8], planes: usize) -> Vec<u8> {
    let size = values.len() / planes;
    let mut mixed = vec![0; size * planes];
    for (number, plane) in values.chunks_exact(size.max(1)).take(planes).enumerate() {
        let slots = mixed.iter_mut().skip(number).step_by(planes);
        slots.zip(plane).for_each(|(slot, value)| *slot = *value);
    }
    mixed
}

/// 0 to 1 as 0 to 255.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped before; what is no number becomes 0"
)]
fn of_unit(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// Source: ITU-T T.871 (JFIF), 7.
fn rgb_of_ycc(pixels: &[u8]) -> Vec<u8> {
    let light = |value: f32| of_unit(value / 255.0);
    pixels
        .as_chunks::<3>()
        .0
        .iter()
        .flat_map(|[y, cb, cr]| {
            let (y, cb, cr) = (f32::from(*y), f32::from(*cb) - 128.0, f32::from(*cr) - 128.0);
            [
                light(y + 1.402 * cr),
                light(y - 0.344_136 * cb - 0.714_136 * cr),
                light(y + 1.772 * cb),
            ]
        })
        .collect()
}

/// Lightness 0 to 255 for 0 to 100, the two others as signed bytes.
#[allow(clippy::many_single_char_names, reason = "the names of the standard")]
fn lab_to_srgb(l: u8, a: u8, b: u8) -> [u8; 3] {
    let l = f32::from(l) / 2.55;
    let [a, b] = [a, b].map(|value| f32::from(i8::from_ne_bytes([value])));
    let fy = (l + 16.0) / 116.0;
    let cubed = |f: f32| {
        if f > 6.0 / 29.0 {
            f * f * f
        } else {
            (f - 4.0 / 29.0) * 108.0 / 841.0
        }
    };
    let (x, y, z) = (
        0.964_22 * cubed(fy + a / 500.0),
        cubed(fy),
        0.825_21 * cubed(fy - b / 200.0),
    );
    let linear = [
        3.133_86 * x - 1.616_87 * y - 0.490_61 * z,
        -0.978_77 * x + 1.916_14 * y + 0.033_45 * z,
        0.071_95 * x - 0.228_99 * y + 1.405_24 * z,
    ];
    linear.map(encoded)
}
