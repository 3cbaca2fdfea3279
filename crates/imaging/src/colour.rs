//! From whatever colours a photograph was stored in to sRGB.
//!
//! Embedded ICC profiles are honoured where they fit the pixels; one that cannot be read, or that describes other channels than there
//! are, is ignored as browsers do, for the photo must not be lost over it. No profile is ever written: what leaves is sRGB.

use moxcms::{ColorProfile, DataColorSpace, Layout, RenderingIntent, TransformOptions};

use super::raster::{Channels, Raster};
use super::render::Unrendered;

/// The same picture in sRGB.
pub(super) fn to_srgb(raster: Raster, profile: Option<&[u8]>) -> Result<Raster, Unrendered> {
    let converted = profile.and_then(|profile| by_profile(&raster, profile));
    let pixels = match (converted, raster.channels) {
        (Some(pixels), _) => pixels,
        (None, Channels::Rgb) => return Ok(raster),
        (None, Channels::Grey) => raster.pixels.iter().flat_map(|grey| [*grey; 3]).collect(),
        (None, Channels::Cmyk) => without_profile(&raster.pixels),
    };
    Raster::new(pixels, raster.width, raster.height, Channels::Rgb)
}

fn by_profile(raster: &Raster, profile: &[u8]) -> Option<Vec<u8>> {
    let source = ColorProfile::new_from_slice(profile).ok()?;
    let (space, layout) = match raster.channels {
        Channels::Grey => (DataColorSpace::Gray, Layout::Gray),
        Channels::Rgb => (DataColorSpace::Rgb, Layout::Rgb),
        Channels::Cmyk => (DataColorSpace::Cmyk, Layout::Rgba),
    };
    if source.color_space != space {
        return None;
    }
    let options = TransformOptions {
        rendering_intent: RenderingIntent::Perceptual,
        ..TransformOptions::default()
    };
    let transform = source
        .create_transform_8bit(layout, &ColorProfile::new_srgb(), Layout::Rgb, options)
        .ok()?;
    let width = raster.width as usize;
    let mut pixels = vec![0; width.checked_mul(raster.height as usize)?.checked_mul(3)?];
    let rows = raster
        .pixels
        .chunks_exact(width.checked_mul(raster.channels.count())?);
    for (from, to) in rows.zip(pixels.chunks_exact_mut(width.checked_mul(3)?)) {
        transform.transform(from, to).ok()?;
    }
    if raster.channels == Channels::Cmyk {
        let mut darkest = [0; 3];
        transform.transform(&[255; 4], &mut darkest).ok()?;
        deepen(&mut pixels, darkest);
    }
    Some(pixels)
}

/// Black point compensation: what all inks together leave on paper is not black, and a screen shows it as grey unless the scale is stretched to
/// end where the screen's does. In linear light, white stays as it is.
///
/// Source: Adobe Systems, Black Point Compensation (2006), which programs of the press apply by default; ISO 18619.
fn deepen(pixels: &mut [u8], darkest: [u8; 3]) {
    let [r, g, b] = darkest.map(linear);
    // Its lightness counts, its tint does not; one that is lighter than middle grey is no black.
    let black = (0.2126 * r + 0.7152 * g + 0.0722 * b).min(0.184);
    let deeper: Vec<u8> = (0..=255_u8)
        .map(|value| encoded((linear(value) - black) / (1.0 - black)))
        .collect();
    for value in pixels {
        *value = deeper.get(usize::from(*value)).copied().unwrap_or(*value);
    }
}

/// Source: IEC 61966-2-1, 5.2.
fn linear(value: u8) -> f32 {
    let value = f32::from(value) / 255.0;
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

/// Linear light, 0 to 1, as an sRGB value. Source: IEC 61966-2-1, 5.2.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped before"
)]
pub(super) fn encoded(light: f32) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let value = if light <= 0.003_130_8 {
        12.92 * light
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    };
    (value * 255.0).round() as u8
}

/// Ink without a profile: (1 − c)(1 − k) for each colour, as every decoder without colour management does.
fn without_profile(inks: &[u8]) -> Vec<u8> {
    let light = |ink: u8, black: u8| {
        let product = u32::from(255 - ink) * u32::from(255 - black);
        u8::try_from((product + 127) / 255).unwrap_or(255)
    };
    inks.as_chunks::<4>()
        .0
        .iter()
        .flat_map(|[c, m, y, k]| [light(*c, *k), light(*m, *k), light(*y, *k)])
        .collect()
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]
mod tests {
    use super::*;

    fn convert(pixel: &[u8], channels: Channels, profile: Option<&ColorProfile>) -> Vec<u8> {
        let raster = Raster::new(pixel.repeat(4), 2, 2, channels).unwrap();
        let profile = profile.map(|profile| profile.encode().unwrap());
        to_srgb(raster, profile.as_deref()).unwrap().pixels[..3].to_vec()
    }

    fn near(found: &[u8], expected: [u8; 3]) -> bool {
        found
            .iter()
            .zip(expected)
            .all(|(found, expected)| found.abs_diff(expected) <= 2)
    }

    /// Expected values worked out by hand from the primaries and the two-part sRGB curve.
    #[test]
    fn wide_gamuts_become_srgb() {
        let adobe = ColorProfile::new_adobe_rgb();
        // Adobe RGB's 219 on its 2.2 curve is sRGB's pure green mixed with a little red; neutral grey stays neutral.
        let grey = convert(&[128, 128, 128], Channels::Rgb, Some(&adobe));
        assert!(
            near(&grey, [127, 127, 127]) || near(&grey, [128, 128, 128]),
            "{grey:?}"
        );
        let green = convert(&[144, 255, 60], Channels::Rgb, Some(&adobe));
        assert!(green[0] < 30 && green[1] > 250, "{green:?}");
        let p3 = ColorProfile::new_display_p3();
        let red = convert(&[234, 51, 35], Channels::Rgb, Some(&p3));
        assert!(near(&red, [255, 0, 0]), "sRGB red as Display P3: {red:?}");
    }

    #[test]
    fn srgb_stays_as_it_is() {
        let srgb = ColorProfile::new_srgb();
        for pixel in [[0, 0, 0], [255, 255, 255], [12, 130, 240]] {
            assert!(near(&convert(&pixel, Channels::Rgb, Some(&srgb)), pixel));
        }
    }

    #[test]
    fn grey_becomes_three_equal_channels_with_or_without_a_profile() {
        assert_eq!(convert(&[77], Channels::Grey, None), [77, 77, 77]);
        let linear = ColorProfile::new_gray_with_gamma(1.0);
        let lifted = convert(&[64], Channels::Grey, Some(&linear));
        assert!(near(&lifted, [137, 137, 137]), "{lifted:?}");
    }

    #[test]
    fn inks_without_a_profile_are_multiplied() {
        assert_eq!(convert(&[0, 0, 0, 0], Channels::Cmyk, None), [255, 255, 255]);
        assert_eq!(convert(&[255, 0, 0, 0], Channels::Cmyk, None), [0, 255, 255]);
        assert_eq!(convert(&[0, 128, 0, 128], Channels::Cmyk, None), [127, 63, 127]);
    }

    #[test]
    fn the_darkest_ink_becomes_black_and_white_stays_white() {
        let mut pixels = vec![31, 31, 31, 255, 255, 255, 128, 128, 128];
        deepen(&mut pixels, [31, 31, 31]);
        assert_eq!(pixels[..6], [0, 0, 0, 255, 255, 255]);
        assert!((120..128).contains(&pixels[6]), "{pixels:?}");
    }

    #[test]
    fn a_profile_for_other_channels_or_made_of_noise_is_ignored() {
        let p3 = ColorProfile::new_display_p3();
        assert_eq!(convert(&[77], Channels::Grey, Some(&p3)), [77, 77, 77]);
        let raster = Raster::new(vec![1, 2, 3], 1, 1, Channels::Rgb).unwrap();
        assert_eq!(to_srgb(raster, Some(b"not a profile")).unwrap().pixels, [1, 2, 3]);
    }
}
