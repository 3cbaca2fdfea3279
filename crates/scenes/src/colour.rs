//! Light as three numbers: linear red, green and blue, 1.0 being white paper in full exposure.
//!
//! Scenes are painted in linear light, so that adding and mixing behave as light does; `film` makes display values of them at the end.
//! Not a colour-management module: that is `imaging`.

use std::ops::{Add, AddAssign, Mul};

/// An amount of light in linear sRGB primaries.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rgb {
    /// Red, 0 and up.
    pub r: f32,
    /// Green, 0 and up.
    pub g: f32,
    /// Blue, 0 and up.
    pub b: f32,
}

impl Rgb {
    /// The same amount in all three.
    pub const fn grey(amount: f32) -> Self {
        Self {
            r: amount,
            g: amount,
            b: amount,
        }
    }

    /// Goes from this light to another; `t` of 0 is this, 1 the other.
    #[inline]
    pub fn to(self, other: Self, t: f32) -> Self {
        Self {
            r: self.r + (other.r - self.r) * t,
            g: self.g + (other.g - self.g) * t,
            b: self.b + (other.b - self.b) * t,
        }
    }

    /// Brightness as the eye weighs it.
    #[inline]
    pub fn luma(self) -> f32 {
        self.r * 0.2126 + self.g * 0.7152 + self.b * 0.0722
    }
}

impl Add for Rgb {
    type Output = Self;
    #[inline]
    fn add(self, o: Self) -> Self {
        Self {
            r: self.r + o.r,
            g: self.g + o.g,
            b: self.b + o.b,
        }
    }
}

impl AddAssign for Rgb {
    #[inline]
    fn add_assign(&mut self, o: Self) {
        *self = *self + o;
    }
}

impl Mul<f32> for Rgb {
    type Output = Self;
    #[inline]
    fn mul(self, k: f32) -> Self {
        Self {
            r: self.r * k,
            g: self.g * k,
            b: self.b * k,
        }
    }
}

impl Mul for Rgb {
    type Output = Self;
    #[inline]
    fn mul(self, o: Self) -> Self {
        Self {
            r: self.r * o.r,
            g: self.g * o.g,
            b: self.b * o.b,
        }
    }
}

/// A display colour as designers write it, `0xRRGGBB`, in linear light.
pub fn hex(code: u32) -> Rgb {
    let channel = |shift: u32| to_linear(((code >> shift) & 255) as f32 / 255.0);
    Rgb {
        r: channel(16),
        g: channel(8),
        b: channel(0),
    }
}

/// Display value (0 to 1) to linear light. Source: IEC 61966-2-1.
fn to_linear(value: f32) -> f32 {
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

/// Linear light (0 to 1) to display value. Source: IEC 61966-2-1.
pub fn to_display(light: f32) -> f32 {
    if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_survives_the_way_to_light_and_back() {
        for code in [0x00_00_00, 0x80_40_20, 0xFF_FF_FF] {
            let light = hex(code);
            let red = (to_display(light.r) * 255.0).round() as u32;
            assert_eq!(red, code >> 16);
        }
    }
}
