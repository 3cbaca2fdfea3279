//! What holds a photo's place until it has loaded: one colour and a `ThumbHash`, both from the smallest rendition.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reportage_pixels::Resizer;
use serde::{Deserialize, Serialize};

use super::raster::Raster;
use super::render::Unrendered;

/// Longest side a `ThumbHash` is made from, in pixels.
///
/// Source: the reference implementation refuses more than 100.
const MAX_SIDE_PX: u32 = 100;

/// A photo's placeholder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placeholder {
    /// Dominant colour, `#rrggbb`.
    pub color: String,
    /// `ThumbHash`, standard base64 with padding; at most 25 bytes before that.
    pub thumbhash: String,
}

/// The placeholder of a picture in sRGB.
pub(super) fn of(smallest: &Raster, resizer: &mut Resizer) -> Result<Placeholder, Unrendered> {
    let long = u64::from(smallest.width.max(smallest.height).max(1));
    let side = |side: u32| {
        let scaled =
            u64::from(side).saturating_mul(u64::from(MAX_SIDE_PX)) / long.max(u64::from(MAX_SIDE_PX));
        u32::try_from(scaled).unwrap_or(MAX_SIDE_PX).max(1)
    };
    let small = smallest.resized(resizer, None, side(smallest.width), side(smallest.height))?;
    let (pixels, _) = small.pixels.as_chunks::<3>();
    let rgba: Vec<u8> = pixels.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect();
    let hash = thumbhash::rgba_to_thumb_hash(small.width as usize, small.height as usize, &rgba);
    let [r, g, b] = dominant(pixels);
    Ok(Placeholder {
        color: format!("#{r:02x}{g:02x}{b:02x}"),
        thumbhash: STANDARD.encode(hash),
    })
}

/// The mean of the most frequent colours: the fullest of 512 cells, three bits a channel.
///
/// Counting cells finds the colour one would name; the mean of all pixels is grey for most photographs.
fn dominant(pixels: &[[u8; 3]]) -> [u8; 3] {
    let cell =
        |[r, g, b]: &[u8; 3]| usize::from(r >> 5) << 6 | usize::from(g >> 5) << 3 | usize::from(b >> 5);
    let mut counts = [0_u32; 512];
    for pixel in pixels {
        if let Some(count) = counts.get_mut(cell(pixel)) {
            *count = count.saturating_add(1);
        }
    }
    let fullest = counts
        .iter()
        .enumerate()
        .max_by_key(|(_, count)| **count)
        .map_or(0, |(at, _)| at);
    let mut sums = [0_u64; 3];
    let mut count = 0_u64;
    for pixel in pixels.iter().filter(|pixel| cell(pixel) == fullest) {
        sums.iter_mut()
            .zip(pixel)
            .for_each(|(sum, value)| *sum = sum.saturating_add(u64::from(*value)));
        count = count.saturating_add(1);
    }
    sums.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(0))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::super::raster::Channels;
    use super::*;

    #[test]
    fn the_placeholder_has_the_colour_that_covers_most() {
        let mut pixels = [10, 20, 200].repeat(300);
        pixels.extend([250, 250, 250].repeat(100));
        let raster = Raster::new(pixels, 20, 20, Channels::Rgb).unwrap();
        let placeholder = of(&raster, &mut Resizer::new()).unwrap();
        assert_eq!(placeholder.color, "#0a14c8");
        let hash = STANDARD.decode(&placeholder.thumbhash).unwrap();
        assert!(hash.len() <= 25 && thumbhash::thumb_hash_to_rgba(&hash).is_ok());
    }

    #[test]
    fn a_picture_of_one_row_has_a_placeholder_too() {
        let raster = Raster::new([1, 2, 3].repeat(320), 320, 1, Channels::Rgb).unwrap();
        assert!(of(&raster, &mut Resizer::new()).is_ok());
    }
}
