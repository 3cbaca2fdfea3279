//! Skies: the fall of colour from zenith to horizon, the glow around the sun, and clouds that stand on a plane above the land.
//!
//! Clouds are fractal noise on that plane, bent by more noise, lit by asking how much cloud lies between a spot and the sun. Everything is
//! soft, so it is computed on a coarse raster and spread.

use super::canvas::Canvas;
use super::colour::Rgb;
use super::noise::{fractal, smoothstep, wander};

/// A sky and what is in it. Places in heights, see [`Canvas`].
#[derive(Debug, Clone, Copy)]
pub struct Sky {
    /// Colour overhead.
    pub zenith: Rgb,
    /// Colour at the horizon.
    pub horizon: Rgb,
    /// Where the horizon stands.
    pub horizon_y: f32,
    /// How fast the horizon's colour gives way, in heights.
    pub depth: f32,
    /// Where the sun stands; may be outside the picture.
    pub sun: (f32, f32),
    /// Light around the sun, near and wide.
    pub glow: Rgb,
    /// How tight the glow is; 6 is wide, 30 is tight.
    pub focus: f32,
    /// Clouds where the sun reaches them.
    pub lit: Rgb,
    /// Clouds where it does not.
    pub shade: Rgb,
    /// Cover, −0.6 (clear) to 0.8 (closed).
    pub cover: f32,
    /// Size of the clouds; 1 is middling, larger is finer.
    pub scale: f32,
    /// How far they are drawn out sideways; 1 is round.
    pub streak: f32,
    /// How soft their edges are, 0.1 to 1.
    pub soft: f32,
    /// How thick they are, 0 to 1: how little shines through.
    pub thick: f32,
    /// Another seed, another sky.
    pub seed: u32,
}

impl Sky {
    /// The sky's light without clouds.
    #[inline]
    pub fn air(&self, x: f32, y: f32) -> Rgb {
        let up = (self.horizon_y - y).max(0.0);
        let fall = 1.0 - (-up / self.depth).exp();
        let (dx, dy) = (x - self.sun.0, (y - self.sun.1) * 1.25);
        let far = (dx * dx + dy * dy).sqrt();
        let near = (-far * self.focus).exp();
        let wide = (-far * 2.2).exp();
        self.horizon.to(self.zenith, fall) + self.glow * (near + wide * 0.3)
    }

    #[inline]
    fn density(&self, u: f32, v: f32, foot: f32) -> f32 {
        let noise = fractal();
        let bend = noise.at(u * 0.43 + 3.1, v * 0.43, foot * 0.43);
        let big = noise.at(u * 0.31 + bend * 0.22, v * 0.31 - bend * 0.3 + 1.7, foot * 0.31);
        let fine = noise.at(u * 1.37 + bend * 0.5, v * 1.37 + bend * 0.4, foot * 1.37);
        big * 1.25 + fine * 0.46 + self.cover
    }

    /// The sky's light with its clouds.
    pub fn light(&self, x: f32, y: f32, pixel: f32) -> Rgb {
        let air = self.air(x, y);
        let up = (self.horizon_y - y).max(0.0) + 0.055;
        let away = self.scale * 0.55 / up;
        let shift = (self.seed % 977) as f32 * 0.731;
        let u = (x - self.sun.0) * away / self.streak + shift;
        let v = away * 1.6 + shift * 0.37;
        let foot = pixel * away * (1.0 + 0.5 / up) * 0.5;
        let here = self.density(u, v, foot);
        let body = smoothstep(0.0, self.soft, here);
        if body <= 0.0 {
            return air;
        }
        // Towards the sun on the cloud plane: sideways, and nearer or farther as the sun stands lower or higher than the spot.
        let (sx, sy) = (self.sun.0 - x, y - self.sun.1);
        let length = (sx * sx + sy * sy).sqrt().max(0.05);
        let (lu, lv) = (sx / length * 0.22, -sy / length * 0.22 + 0.02);
        let near = self.density(u + lu * 0.35, v + lv * 0.35, foot);
        let beyond =
            self.density(u + lu * 1.3, v + lv * 1.3, foot) + self.density(u + lu * 2.6, v + lv * 2.6, foot);
        // Closed cover is judged by what stands out of it: otherwise all of it would be equally dark.
        let mean = self.cover.max(0.0) * 0.9;
        let reach = (0.62 + (here - near) * 1.5 - (beyond * 0.5 - mean).max(-0.3) * 0.85).clamp(0.0, 1.0);
        let far = (length - 0.05).max(0.0);
        let lining = (-far * 3.5).exp() * (1.0 - body * 0.75);
        let cloud = self
            .shade
            .to(self.lit, reach * (1.0 - (here - mean).clamp(0.0, 1.0) * 0.6))
            + self.glow * (lining * 0.5);
        let haze = smoothstep(0.16, 0.0, up - 0.055);
        let opaque = body * (self.thick + (1.0 - self.thick) * body * 0.5);
        air.to(cloud.to(self.horizon, haze * 0.55), opaque * (1.0 - haze * 0.35))
    }

    /// Paints the sky down to `to` heights.
    pub fn paint(&self, canvas: &mut Canvas, to: f32) {
        let rows = canvas.row_at(to);
        let step = if canvas.height > 900 { 3 } else { 1 };
        let pixel = canvas.pixel() * step as f32;
        canvas.wash(0, rows, step, |x, y| self.light(x, y, pixel));
    }
}

/// Lets rain fall from a dark base: curtains from `top` to `foot` between `left` and `right`, all in heights.
pub fn rain_curtain(
    canvas: &mut Canvas,
    left: f32,
    right: f32,
    top: f32,
    foot: f32,
    slant: f32,
    colour: Rgb,
    seed: u32,
) {
    let rows = canvas.row_at(top)..canvas.row_at(foot);
    let middle = (left + right) * 0.5;
    let half = (right - left) * 0.5;
    canvas.veil(rows.start, rows.end, |x, y| {
        let down = (y - top) / (foot - top);
        let across = x + slant * (y - top);
        let side = 1.0 - smoothstep(0.35, 1.0, (across - middle).abs() / half);
        if side <= 0.0 {
            return (colour, 0.0);
        }
        let streak = 0.6 + 0.4 * wander(across * 9.0, seed, 3, 0.6);
        let amount = side * streak * smoothstep(0.0, 0.25, down) * (1.0 - 0.25 * down);
        (colour, (amount * 0.75).clamp(0.0, 1.0))
    });
}

/// Strews stars over the rows above `foot`; `amount` is stars for each square height.
pub fn stars(canvas: &mut Canvas, foot: f32, amount: f32, seed: u32, bright: impl Fn(f32, f32) -> f32) {
    let mut dice = super::noise::Dice::new(seed);
    let aspect = canvas.aspect();
    let count = (amount * aspect * foot) as u32;
    let pixel = canvas.pixel();
    for _ in 0..count {
        let (x, y) = (dice.between(0.0, aspect), dice.between(0.0, foot));
        let luck = dice.between(0.0, 1.0);
        let warmth = dice.between(-1.0, 1.0);
        let power = 0.05 + 1.9 * luck.powi(9) * luck.powi(9) + 0.3 * luck.powi(4);
        let light = Rgb {
            r: 1.0 + warmth * 0.2,
            g: 1.0,
            b: 1.0 - warmth * 0.22,
        } * (power * bright(x, y));
        // A star is a point: its size grows with its brightness only, and never below what a pixel can hold.
        let radius = (0.0004 + 0.0006 * power).max(pixel * 1.1);
        let spread = (0.0009 / radius).min(1.0);
        canvas.glow(x, y, radius, light * (spread * 1.4));
    }
}
