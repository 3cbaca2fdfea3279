//! Which renditions a photograph gets, and at what sizes: arithmetic only, no pixels.
//!
//! The file names made here ("specs") are part of public addresses: `w1080.webp`, `w1080.jpg`, `og.jpg`, `square.jpg`, `four3.jpg`,
//! `thumb.webp`. Nothing is ever enlarged.

use reportage_pixels::Part;

/// Widths of the full-frame renditions in pixels, smallest first.
pub const RUNGS_PX: [u32; 7] = [320, 480, 768, 1_080, 1_440, 1_920, 2_560];

/// Longest side of the desk's thumbnail in pixels.
pub const THUMB_PX: u32 = 400;

/// File name of the desk's thumbnail.
pub const THUMB_SPEC: &str = "thumb.webp";

/// A crop around the focal point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crop {
    /// First part of the file name.
    pub name: &'static str,
    /// Width in pixels when the photo is large enough.
    pub width_px: u32,
    /// Height in pixels when the photo is large enough.
    pub height_px: u32,
}

/// The crops for a story's lead: link previews, and the two shapes that search engines ask for.
///
/// Source: Open Graph images are shown at 1.91:1; structured data guidelines ask for 1:1 and 4:3 beside the photo itself.
pub const CROPS: [Crop; 3] = [
    Crop {
        name: "og",
        width_px: 1_200,
        height_px: 630,
    },
    Crop {
        name: "square",
        width_px: 1_080,
        height_px: 1_080,
    },
    Crop {
        name: "four3",
        width_px: 1_080,
        height_px: 810,
    },
];

/// Width and height of the full-frame renditions of a photo with this upright size, largest first, of rungs given smallest first; a photo
/// narrower than the smallest rung gets one of its own width. Heights follow from the original's proportion.
#[must_use]
pub fn rungs(rungs_px: &[u32], width_px: u32, height_px: u32) -> Vec<(u32, u32)> {
    let widths: Vec<u32> = rungs_px
        .iter()
        .rev()
        .copied()
        .filter(|rung| *rung <= width_px)
        .collect();
    let widths = if widths.is_empty() { vec![width_px] } else { widths };
    widths
        .into_iter()
        .map(|width| (width, proportional(width, width_px, height_px)))
        .collect()
}

/// Width and height of the desk's thumbnail.
#[must_use]
pub fn thumb(width_px: u32, height_px: u32) -> (u32, u32) {
    if width_px.max(height_px) <= THUMB_PX {
        (width_px, height_px)
    } else if width_px >= height_px {
        (THUMB_PX, proportional(THUMB_PX, width_px, height_px))
    } else {
        (proportional(THUMB_PX, height_px, width_px), THUMB_PX)
    }
}

/// The other side when a side of `whole` becomes `side`, rounded, at least 1.
fn proportional(side: u32, whole: u32, other: u32) -> u32 {
    let whole = u64::from(whole.max(1));
    let exact = u64::from(side)
        .saturating_mul(u64::from(other))
        .saturating_add(whole / 2)
        / whole;
    u32::try_from(exact).unwrap_or(u32::MAX).max(1)
}

impl Crop {
    /// The largest part of a picture of this size that has the crop's shape and lies around the focal point (0 to 1 each).
    #[allow(clippy::similar_names, reason = "x and y are what they are")]
    pub(super) fn part(&self, width: u32, height: u32, focal: (f32, f32)) -> Part {
        let (width, height) = (f64::from(width), f64::from(height));
        let shape = f64::from(self.width_px) / f64::from(self.height_px);
        let (part_width, part_height) = if width > height * shape {
            (height * shape, height)
        } else {
            (width, width / shape)
        };
        let start = |focal: f32, whole: f64, part: f64| {
            let focal = if focal.is_finite() {
                f64::from(focal.clamp(0.0, 1.0))
            } else {
                0.5
            };
            (focal * whole - part / 2.0).clamp(0.0, (whole - part).max(0.0))
        };
        (
            start(focal.0, width, part_width),
            start(focal.1, height, part_height),
            part_width,
            part_height,
        )
    }

    /// Width and height the crop gets from a part of this size: its own, or the part's when that is smaller.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float cast saturates, and the sizes are positive"
    )]
    pub(super) fn size(&self, part: Part) -> (u32, u32) {
        let (_, _, part_width, part_height) = part;
        if part_width >= f64::from(self.width_px) {
            (self.width_px, self.height_px)
        } else {
            (
                (part_width.round() as u32).max(1),
                (part_height.round() as u32).max(1),
            )
        }
    }
}

/// File name of a full-frame rendition of this width.
#[must_use]
pub fn rung_spec(width_px: u32, extension: &str) -> String {
    format!("w{width_px}.{extension}")
}

/// File name of the widest JPEG of a photo of this upright width.
#[must_use]
pub fn largest_jpeg_spec(width_px: u32) -> String {
    let widest = rungs(&RUNGS_PX, width_px, 1)
        .first()
        .map_or(width_px, |(width, _)| *width);
    rung_spec(widest, "jpg")
}

/// File names a photo of this upright width may have renditions under.
pub fn specs(width_px: u32) -> impl Iterator<Item = String> {
    let widths = rungs(&RUNGS_PX, width_px, 1).into_iter().map(|(width, _)| width);
    let full = widths.flat_map(|width| ["jpg", "webp", "avif"].map(|format| rung_spec(width, format)));
    let crops = CROPS.into_iter().map(|crop| format!("{}.jpg", crop.name));
    full.chain(crops).chain([THUMB_SPEC.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_gets_every_rung_that_it_reaches_and_none_above() {
        let widths = |w, h| {
            rungs(&RUNGS_PX, w, h)
                .into_iter()
                .map(|(width, _)| width)
                .collect::<Vec<_>>()
        };
        assert_eq!(widths(6_000, 4_000), [2_560, 1_920, 1_440, 1_080, 768, 480, 320]);
        assert_eq!(widths(1_500, 4_000), [1_440, 1_080, 768, 480, 320]);
        assert_eq!(widths(320, 10), [320]);
        assert_eq!(widths(300, 200), [300]);
        assert_eq!(widths(1, 30_000), [1]);
    }

    #[test]
    fn heights_follow_from_the_originals_proportion() {
        assert_eq!(rungs(&RUNGS_PX, 6_016, 4_016).first(), Some(&(2_560, 1_709)));
        assert_eq!(rungs(&RUNGS_PX, 30_000, 20).last(), Some(&(320, 1)));
        assert_eq!(thumb(4_000, 6_000), (267, 400));
        assert_eq!(thumb(40, 60), (40, 60));
    }

    #[test]
    fn crops_stay_inside_the_picture_wherever_the_focal_point_is() {
        for focal in [(0.0, 0.0), (1.0, 1.0), (0.5, 0.3), (f32::NAN, 7.0)] {
            for (width, height) in [(3_000, 2_000), (2_000, 3_000), (1_000, 10), (1, 1)] {
                for crop in CROPS {
                    let (left, top, part_width, part_height) = crop.part(width, height, focal);
                    assert!(left >= 0.0 && top >= 0.0);
                    assert!(
                        left + part_width <= f64::from(width) + 1e-9,
                        "{crop:?} of {width}×{height}"
                    );
                    assert!(
                        top + part_height <= f64::from(height) + 1e-9,
                        "{crop:?} of {width}×{height}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_small_photo_is_cropped_but_not_enlarged() {
        let crop = CROPS[0];
        assert_eq!(crop.size(crop.part(800, 600, (0.5, 0.5))), (800, 420));
        assert_eq!(crop.size(crop.part(6_000, 4_000, (0.5, 0.5))), (1_200, 630));
    }
}
