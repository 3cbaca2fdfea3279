//! Chance that always falls the same way, and the noises that clouds, dunes and leaves are made of.
//!
//! Everything here is a pure function of its arguments: a demo photograph painted twice is the same file twice. There are two kinds of
//! noise: [`perlin`] and [`wander`], computed where they are asked for and smooth at any scale, and the [`Tile`]s, computed once, that
//! hold many octaves ready and answer with one bilinear look-up. Not for keys, ids or anything that must be hard to guess.

use std::sync::OnceLock;

/// Texels along one side of a tile's finest level.
const TILE_TEXELS: usize = 1024;
/// Noise cells along one side of a tile: a tile repeats after this many units.
const TILE_UNITS: usize = 8;

/// Mixes two whole numbers and a seed into 32 well-spread bits.
#[inline]
pub fn hash(x: i32, y: i32, seed: u32) -> u32 {
    let mut h = (x as u32).wrapping_mul(0x9E37_79B1)
        ^ (y as u32).wrapping_mul(0x85EB_CA77)
        ^ seed.wrapping_mul(0xC2B2_AE3D);
    h ^= h >> 15;
    h = h.wrapping_mul(0x2C1B_3C6D);
    h ^= h >> 12;
    h = h.wrapping_mul(0x297A_2D39);
    h ^ (h >> 15)
}

/// The same as a number from 0 up to, not including, 1.
#[inline]
pub fn chance(x: i32, y: i32, seed: u32) -> f32 {
    (hash(x, y, seed) >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// Largest whole number not above `x`; `f32::floor` is a library call on plain x86-64.
#[inline]
pub fn floor(x: f32) -> i32 {
    let whole = x as i32;
    whole - i32::from((whole as f32) > x)
}

/// A sequence of numbers that looks random and is not.
pub struct Dice {
    state: u32,
    count: i32,
}

impl Dice {
    /// A sequence of its own for every seed.
    pub fn new(seed: u32) -> Self {
        Self {
            state: seed,
            count: 0,
        }
    }

    /// The next number, from `low` up to `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        self.count = self.count.wrapping_add(1);
        low + (high - low) * chance(self.count, 77, self.state)
    }

    /// About −1 to 1, mostly near 0.
    pub fn spread(&mut self) -> f32 {
        (self.between(-1.0, 1.0) + self.between(-1.0, 1.0) + self.between(-1.0, 1.0)) / 2.0
    }
}

#[inline]
fn fade(t: f32) -> f32 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

#[inline]
fn slope_at(x: i32, y: i32, dx: f32, dy: f32, seed: u32) -> f32 {
    let h = hash(x, y, seed);
    let gx = (h & 0xFFFF) as f32 * (1.0 / 32_767.5) - 1.0;
    let gy = (h >> 16) as f32 * (1.0 / 32_767.5) - 1.0;
    gx * dx + gy * dy
}

#[inline]
fn gradient_noise(x: f32, y: f32, period: i32, seed: u32) -> f32 {
    let (ix, iy) = (floor(x), floor(y));
    let (fx, fy) = (x - ix as f32, y - iy as f32);
    // A period of a power of two wraps by masking; −1 leaves the lattice as it is.
    let mask = period - 1;
    let (x0, x1, y0, y1) = (ix & mask, (ix + 1) & mask, iy & mask, (iy + 1) & mask);
    let (wx, wy) = (fade(fx), fade(fy));
    let top = slope_at(x0, y0, fx, fy, seed);
    let top = top + (slope_at(x1, y0, fx - 1.0, fy, seed) - top) * wx;
    let low = slope_at(x0, y1, fx, fy - 1.0, seed);
    let low = low + (slope_at(x1, y1, fx - 1.0, fy - 1.0, seed) - low) * wx;
    (top + (low - top) * wy) * 1.5
}

/// One octave of smooth noise, about −1 to 1.
#[inline]
pub fn perlin(x: f32, y: f32, seed: u32) -> f32 {
    gradient_noise(x, y, 0, seed)
}

/// Several octaves of [`perlin`], each twice as fine and `gain` as strong as the one before.
#[inline]
pub fn octaves(x: f32, y: f32, seed: u32, count: u32, gain: f32) -> f32 {
    let (mut sum, mut amount, mut scale) = (0.0, 1.0, 1.0);
    for octave in 0..count {
        sum += amount * perlin(x * scale, y * scale, seed.wrapping_add(octave));
        amount *= gain;
        scale *= 2.03;
    }
    sum
}

/// A line that wanders: several octaves along one dimension, about −1 to 1.
pub fn wander(x: f32, seed: u32, count: u32, gain: f32) -> f32 {
    octaves(x, 0.37, seed, count, gain)
}

/// Many octaves of noise ready to be looked up, repeating after eight units, with coarser levels for what is far away.
pub struct Tile {
    levels: Vec<Vec<f32>>,
}

impl Tile {
    fn from_finest(finest: Vec<f32>) -> Self {
        let mut levels = vec![finest];
        let mut side = TILE_TEXELS;
        while side > 8 {
            let half = side / 2;
            let coarser = {
                let from = &levels[levels.len() - 1];
                let at = |x: usize, y: usize| from[y * side + x];
                let mut to = Vec::with_capacity(half * half);
                for y in 0..half {
                    for x in 0..half {
                        let (u, v) = (2 * x, 2 * y);
                        to.push((at(u, v) + at(u + 1, v) + at(u, v + 1) + at(u + 1, v + 1)) * 0.25);
                    }
                }
                to
            };
            levels.push(coarser);
            side = half;
        }
        Self { levels }
    }

    /// The noise at a place, for a viewer whose pixel covers `footprint` units there.
    #[inline]
    pub fn at(&self, x: f32, y: f32, footprint: f32) -> f32 {
        let texels = footprint * (TILE_TEXELS / TILE_UNITS) as f32;
        // The exponent of a float is its whole binary logarithm.
        let level = ((texels.to_bits() >> 23) as i32 - 127).clamp(0, self.levels.len() as i32 - 1) as usize;
        let side = TILE_TEXELS >> level;
        let scale = side as f32 / TILE_UNITS as f32;
        let (u, v) = (x * scale, y * scale);
        let (iu, iv) = (floor(u), floor(v));
        let (fu, fv) = (u - iu as f32, v - iv as f32);
        let mask = side - 1;
        let (u0, u1) = (iu as usize & mask, (iu.wrapping_add(1)) as usize & mask);
        let (row0, row1) = (
            (iv as usize & mask) * side,
            (iv.wrapping_add(1) as usize & mask) * side,
        );
        let texture = &self.levels[level];
        let top = texture[row0 + u0] + (texture[row0 + u1] - texture[row0 + u0]) * fu;
        let low = texture[row1 + u0] + (texture[row1 + u1] - texture[row1 + u0]) * fu;
        top + (low - top) * fv
    }
}

fn make_tile(seed: u32, fold: impl Fn(f32) -> f32, gain: f32) -> Tile {
    let mut finest = vec![0.0; TILE_TEXELS * TILE_TEXELS];
    let mut amount = 1.0;
    let mut cells = TILE_UNITS;
    while cells <= TILE_TEXELS / 2 {
        let scale = cells as f32 / TILE_TEXELS as f32;
        for (y, row) in finest.chunks_exact_mut(TILE_TEXELS).enumerate() {
            for (x, value) in row.iter_mut().enumerate() {
                let noise = gradient_noise(
                    x as f32 * scale,
                    y as f32 * scale,
                    cells as i32,
                    seed + cells as u32,
                );
                *value += amount * fold(noise);
            }
        }
        amount *= gain;
        cells *= 2;
    }
    Tile::from_finest(finest)
}

/// Fractal noise, about −1 to 1, mean 0: clouds, ground, foliage.
pub fn fractal() -> &'static Tile {
    static TILE: OnceLock<Tile> = OnceLock::new();
    TILE.get_or_init(|| make_tile(11, |noise| noise, 0.5))
}

/// Fractal noise with sharp crests, about 0 to 1.6: rock, waves.
pub fn ridged() -> &'static Tile {
    static TILE: OnceLock<Tile> = OnceLock::new();
    TILE.get_or_init(|| {
        make_tile(
            23,
            |noise| {
                let crest = 1.0 - noise.abs().min(1.0);
                crest * crest - 0.25
            },
            0.48,
        )
    })
}

/// Film grain: fine, slightly clumped, mean 0, mostly within −1 to 1. One unit is 128 texels; see [`grain_row`].
fn grain() -> &'static Vec<f32> {
    static TILE: OnceLock<Vec<f32>> = OnceLock::new();
    TILE.get_or_init(|| {
        let side = TILE_TEXELS;
        let raw: Vec<f32> = (0..side * side)
            .map(|i| {
                let h = hash(i as i32, 5, 99);
                ((h & 255) + ((h >> 8) & 255) + ((h >> 16) & 255) + (h >> 24)) as f32 / 255.0 - 2.0
            })
            .collect();
        let at = |x: usize, y: usize| raw[(y % side) * side + x % side];
        let mut soft = Vec::with_capacity(side * side);
        for y in 0..side {
            for x in 0..side {
                let cross = at(x + 1, y) + at(x + side - 1, y) + at(x, y + 1) + at(x, y + side - 1);
                soft.push(at(x, y) * 0.9 + cross * 0.32);
            }
        }
        soft
    })
}

/// A row of film grain, 1,024 values to be used again and again along row `y`.
pub fn grain_row(y: usize) -> &'static [f32] {
    let from = (y % TILE_TEXELS) * TILE_TEXELS;
    &grain()[from..from + TILE_TEXELS]
}

/// 0 up to `low`, 1 from `high` on, a soft S between.
#[inline]
pub fn smoothstep(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_place_always_has_the_same_noise() {
        assert_eq!(perlin(1.3, -2.7, 5).to_bits(), perlin(1.3, -2.7, 5).to_bits());
        assert_eq!(hash(4, 5, 6), hash(4, 5, 6));
        assert_ne!(hash(4, 5, 6), hash(5, 4, 6));
    }

    #[test]
    fn a_tile_repeats_without_a_seam_and_has_mean_zero() {
        let tile = fractal();
        assert!((tile.at(0.25, 3.0, 0.0) - tile.at(8.25, -5.0, 0.0)).abs() < 1e-4);
        let mean: f32 = tile.levels[0].iter().sum::<f32>() / tile.levels[0].len() as f32;
        assert!(mean.abs() < 0.1, "{mean}");
    }

    #[test]
    fn floor_rounds_down_on_both_sides_of_zero() {
        assert_eq!((floor(1.5), floor(-1.5), floor(-2.0)), (1, -2, -2));
    }
}
