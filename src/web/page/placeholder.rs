//! What fills a picture's box until it has loaded: four soft corners in the photo's own colours. The page's style names the colours; how they
//! become a background is in `static/reader.css`.
//!
//! The colours come from the photo's `ThumbHash`; without one the dominant colour fills the box alone. No `data:` URI and no script:
//! the Content-Security-Policy allows neither.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::story::document::DocumentPhoto;
use crate::text::is_color;

/// Fill of a photo whose colour is not known.
const GREY: &str = "#8d8a84";

/// Longest hash that is looked at, in bytes. Source: the reference implementation writes at most 25.
const HASH_MAX_BYTES: usize = 25;

/// Custom properties: `--p` is the colour below, `--a` to `--d` are those of the corners.
pub(super) fn fill(photo: &DocumentPhoto) -> String {
    let plain = if is_color(&photo.color) {
        photo.color.as_str()
    } else {
        GREY
    };
    photo
        .thumbhash
        .as_deref()
        .and_then(corners)
        .map_or_else(|| format!("--p:{plain}"), |corners| gradient(corners, plain))
}

/// The mean colours of the four quarters: top left, top right, bottom left, bottom right.
fn corners(thumbhash: &str) -> Option<[[u8; 3]; 4]> {
    let hash = STANDARD
        .decode(thumbhash)
        .ok()
        .filter(|hash| hash.len() <= HASH_MAX_BYTES)?;
    let (width, height, rgba) = thumbhash::thumb_hash_to_rgba(&hash).ok()?;
    let (pixels, _) = rgba.as_chunks::<4>();
    if width < 2 || height < 2 || pixels.len() < width.checked_mul(height)? {
        return None;
    }
    let mut sums = [[0_u32; 3]; 4];
    let mut counts = [0_u32; 4];
    for (row, line) in pixels.chunks_exact(width).enumerate() {
        for (column, [r, g, b, _]) in line.iter().enumerate() {
            let quarter = usize::from(row >= height / 2) * 2 + usize::from(column >= width / 2);
            let (Some(sum), Some(count)) = (sums.get_mut(quarter), counts.get_mut(quarter)) else {
                continue;
            };
            sum.iter_mut()
                .zip([r, g, b])
                .for_each(|(sum, value)| *sum = sum.saturating_add(u32::from(*value)));
            *count = count.saturating_add(1);
        }
    }
    let mut corners = [[0; 3]; 4];
    for ((corner, sum), count) in corners.iter_mut().zip(sums).zip(counts) {
        *corner = sum.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX));
    }
    Some(corners)
}

/// Three digits a colour are enough: nobody sees the steps in a blur, and every byte is on every page.
fn gradient(corners: [[u8; 3]; 4], plain: &str) -> String {
    let mut css = format!("--p:{plain}");
    for (name, [r, g, b]) in ["a", "b", "c", "d"].into_iter().zip(corners) {
        let (r, g, b) = (r >> 4, g >> 4, b >> 4);
        css.push_str(&format!(";--{name}:#{r:x}{g:x}{b:x}"));
    }
    css
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_thumbhash_becomes_four_corners_in_its_colours() {
        let mut rgba = Vec::new();
        for row in 0..40 {
            for _ in 0..60 {
                rgba.extend(if row < 20 {
                    [40, 80, 220, 255]
                } else {
                    [30, 120, 30, 255]
                });
            }
        }
        let hash = STANDARD.encode(thumbhash::rgba_to_thumb_hash(60, 40, &rgba));
        let [top_left, top_right, bottom_left, _] = corners(&hash).unwrap();
        assert!(
            top_left[2] > 150 && top_right[2] > 150,
            "blue above: {top_left:?}"
        );
        assert!(bottom_left[1] > bottom_left[2], "green below: {bottom_left:?}");

        let mut photo = sample::photo(1, 6_000, 4_000);
        photo.thumbhash = Some(hash);
        let fill = fill(&photo);
        assert_eq!(fill.matches(":#").count(), 5);
        assert!(fill.starts_with(&format!("--p:{};--a:#", photo.color)));
    }

    #[test]
    fn what_is_not_a_hash_or_a_colour_never_reaches_the_page() {
        let mut photo = sample::photo(1, 6_000, 4_000);
        for wrong in [
            "",
            "not base64",
            "AAAA",
            "AAAAAAAA",
            "////////////////////////////////////////",
        ] {
            photo.thumbhash = Some(wrong.to_owned());
            assert!(!fill(&photo).contains("NaN"), "{wrong}");
        }
        photo.thumbhash = None;
        photo.color = "red;}</style>".to_owned();
        assert_eq!(fill(&photo), format!("--p:{GREY}"));
    }
}
