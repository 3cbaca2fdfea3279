//! Pixels in memory, 8 bits a channel, and what is done to them without knowing their colours: resizing, cropping, turning upright.
//!
//! Resizing is Lanczos3 in the stored (gamma-encoded) values, as other pipelines do; linear light costs 5 to 8 times more.

use reportage_pixels::{Part, Resizer};

use super::render::Unrendered;

/// What the channels of a raster mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channels {
    /// One: lightness.
    Grey,
    /// Three: red, green, blue.
    Rgb,
    /// Four: cyan, magenta, yellow, black; 255 is full ink.
    Cmyk,
}

impl Channels {
    pub(super) const fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }
}

/// A rectangle of pixels, rows from top to bottom without padding.
#[derive(Debug, Clone)]
pub(super) struct Raster {
    pub(super) pixels: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) channels: Channels,
}

impl Raster {
    /// A raster of these pixels, if there are as many as the size asks for.
    pub(super) fn new(
        pixels: Vec<u8>,
        width: u32,
        height: u32,
        channels: Channels,
    ) -> Result<Self, Unrendered> {
        if pixels.len() as u64 == area(width, height).saturating_mul(channels.count() as u64)
            && !pixels.is_empty()
        {
            Ok(Self {
                pixels,
                width,
                height,
                channels,
            })
        } else {
            Err(Unrendered::Undecodable(
                "the decoded picture has an impossible size".to_owned(),
            ))
        }
    }

    /// The picture, or a part of it, at another size.
    pub(super) fn resized(
        &self,
        resizer: &mut Resizer,
        part: Option<Part>,
        width: u32,
        height: u32,
    ) -> Result<Self, Unrendered> {
        if part.is_none() && (width, height) == (self.width, self.height) {
            return Ok(self.clone());
        }
        let pixels = resizer
            .resize(
                (&self.pixels, (self.width, self.height)),
                self.channels.count(),
                part,
                (width, height),
            )
            .map_err(|why| Unrendered::Internal(format!("resizing failed: {why}")))?;
        Self::new(pixels, width, height, self.channels)
    }

    /// The picture turned and mirrored as an EXIF orientation asks.
    ///
    /// Source: EXIF 3.0, tag 0x0112: the value says where the stored first row and first column belong.
    pub(super) fn upright(self, orientation: u8) -> Self {
        match self.channels {
            Channels::Grey => self.turned::<1>(orientation),
            Channels::Rgb => self.turned::<3>(orientation),
            Channels::Cmyk => self.turned::<4>(orientation),
        }
    }

    fn turned<const N: usize>(self, orientation: u8) -> Self {
        let (width, height) = (self.width as usize, self.height as usize);
        if !(2..=8).contains(&orientation) || width == 0 {
            return self;
        }
        let (source, _) = self.pixels.as_chunks::<N>();
        let mut pixels: Vec<u8> = Vec::with_capacity(self.pixels.len());
        let rows = source.chunks_exact(width);
        match orientation {
            2 => rows.for_each(|row| row.iter().rev().for_each(|pixel| pixels.extend_from_slice(pixel))),
            3 => source
                .iter()
                .rev()
                .for_each(|pixel| pixels.extend_from_slice(pixel)),
            4 => rows
                .rev()
                .for_each(|row| pixels.extend_from_slice(row.as_flattened())),
            _ => {
                // Orientations 5 to 8 turn columns into rows: 5 and 6 take the left column first, 5 and 8 start at its top.
                let from_left = matches!(orientation, 5 | 6);
                let from_top = matches!(orientation, 5 | 8);
                for index in 0..width {
                    let column = if from_left {
                        index
                    } else {
                        width.saturating_sub(1).saturating_sub(index)
                    };
                    let column = source.iter().skip(column).step_by(width);
                    if from_top {
                        column.for_each(|pixel| pixels.extend_from_slice(pixel));
                    } else {
                        column.rev().for_each(|pixel| pixels.extend_from_slice(pixel));
                    }
                }
                return Self {
                    pixels,
                    width: self.height,
                    height: self.width,
                    channels: self.channels,
                };
            }
        }
        debug_assert_eq!(pixels.len(), width * height * N);
        Self { pixels, ..self }
    }
}

/// Width times height.
pub(super) fn area(width: u32, height: u32) -> u64 {
    u64::from(width).saturating_mul(u64::from(height))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    /// The upright picture is `ab/cd/ef`: two columns, three rows.
    #[test]
    fn all_eight_orientations_end_upright() {
        let stored: [(u8, u32, &[u8; 6]); 8] = [
            (1, 2, b"abcdef"),
            (2, 2, b"badcfe"),
            (3, 2, b"fedcba"),
            (4, 2, b"efcdab"),
            (5, 3, b"acebdf"),
            (6, 3, b"bdface"),
            (7, 3, b"fdbeca"),
            (8, 3, b"ecafdb"),
        ];
        for (orientation, width, pixels) in stored {
            let raster = Raster::new(pixels.to_vec(), width, 6 / width, Channels::Grey).unwrap();
            let upright = raster.upright(orientation);
            assert_eq!(
                (upright.width, upright.height),
                (2, 3),
                "orientation {orientation}"
            );
            assert_eq!(upright.pixels, b"abcdef", "orientation {orientation}");
        }
    }

    #[test]
    fn colours_stay_together_when_a_picture_is_turned() {
        let raster = Raster::new(b"RGBrgb".to_vec(), 2, 1, Channels::Rgb).unwrap();
        assert_eq!(raster.clone().upright(2).pixels, b"rgbRGB");
        assert_eq!(raster.upright(6).pixels, b"RGBrgb");
    }

    #[test]
    fn every_number_of_channels_is_resized_and_what_does_not_fit_is_refused() {
        let mut resizer = Resizer::new();
        for channels in [1, 3, 4] {
            let pixels = vec![90; 8 * 6 * channels];
            let half = resizer.resize((&pixels, (8, 6)), channels, None, (4, 3)).unwrap();
            assert_eq!(half, vec![90; 4 * 3 * channels]);
            let part = Some((1.0, 1.0, 4.5, 4.0));
            let cut = resizer.resize((&pixels, (8, 6)), channels, part, (3, 3)).unwrap();
            assert_eq!(cut, vec![90; 9 * channels]);
            let beyond = Some((6.0, 1.0, 4.0, 4.0));
            assert!(
                resizer
                    .resize((&pixels, (8, 6)), channels, beyond, (3, 3))
                    .is_err()
            );
            assert!(
                resizer
                    .resize((&pixels[1..], (8, 6)), channels, None, (4, 3))
                    .is_err()
            );
        }
        assert!(resizer.resize((&[0; 4], (2, 1)), 2, None, (1, 1)).is_err());
    }
}
