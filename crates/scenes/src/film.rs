//! From light to a file's pixels: halation, vignette, tone, grain.
//!
//! What a lens and a film do to a scene happens here and only here, the same way for every scene: bright things bleed a little, corners
//! fall off, highlights roll over softly, and grain lies over all. A large photograph is painted at half its size and enlarged here with a
//! cubic, under grain of full size: a reader is never sent more than 2,560 pixels, so the painted detail is finer than any rendition.

use super::canvas::{Canvas, sample};
use super::colour::{Rgb, to_display};
use super::noise::{grain_row, hash};

/// How a picture is developed.
#[derive(Debug, Clone, Copy)]
pub struct Film {
    /// Multiplies all light.
    pub exposure: f32,
    /// Share of the light that bleeds around bright things, 0 to 0.5.
    pub bloom: f32,
    /// Loss of light in the corners, 0 to 1.
    pub vignette: f32,
    /// Strength of the grain in steps of 255.
    pub grain: f32,
    /// S-curve in the display values, 0 to 1.
    pub contrast: f32,
    /// Colour strength; 1 leaves it.
    pub saturation: f32,
}

impl Film {
    /// An ordinary negative on an ordinary day.
    pub const fn standard() -> Self {
        Self {
            exposure: 1.0,
            bloom: 0.10,
            vignette: 0.28,
            grain: 3.2,
            contrast: 0.25,
            saturation: 1.0,
        }
    }
}

/// Steps in the tone table; its argument is the square root of light up to [`TONE_RANGE`].
const TONE_STEPS: usize = 4096;
const TONE_RANGE: f32 = 8.0;

fn tone_table(contrast: f32) -> Vec<f32> {
    (0..=TONE_STEPS)
        .map(|step| {
            let root = step as f32 / TONE_STEPS as f32;
            let light = root * root * TONE_RANGE;
            let knee = 0.5;
            let rolled = if light < knee {
                light
            } else {
                knee + (1.0 - knee) * (1.0 - (-(light - knee) / (1.0 - knee) * 0.8).exp())
            };
            let shown = to_display(rolled);
            (shown + (shown * shown * (3.0 - 2.0 * shown) - shown) * contrast) * 255.0
        })
        .collect()
}

/// Develops a canvas into interleaved 8-bit sRGB rows of `width` by `height` pixels.
pub fn develop(canvas: &Canvas, film: &Film, width: usize, height: usize, seed: u32) -> Vec<u8> {
    let shown = print(canvas, film);
    let rough = hash(1, 2, seed) as usize;
    // Grain is a thing of the negative: a small picture of it shows less.
    let grain = film.grain * (width.max(height) as f32 / 5_000.0).clamp(0.15, 1.0).sqrt();
    let mut out = vec![0; width * height * 3];
    let enlarge = canvas.width != width;
    let line = canvas.width * 3;
    let mut stretched = vec![0.0_f32; line];
    let mut wide = vec![0.0_f32; width * 3];
    for (y, row) in out.chunks_exact_mut(width * 3).enumerate() {
        if enlarge {
            mix_rows(&shown, line, canvas.height, y, &mut stretched);
            widen(&stretched, &mut wide);
        } else {
            wide.copy_from_slice(&shown[y * line..(y + 1) * line]);
        }
        lay_grain(row, &wide, grain_row(y), (rough + (y / 1024) * 379) % 1024, grain);
    }
    out
}

/// Cubic weights a quarter of a pixel beside a sample (Catmull-Rom).
const QUARTER: [f32; 4] = [-0.070_312_5, 0.867_187_5, 0.226_562_5, -0.023_437_5];

fn mix_rows(shown: &[f32], line: usize, height: usize, y: usize, to: &mut [f32]) {
    let near = (y / 2).min(height - 1);
    let (before, after, far) = if y.is_multiple_of(2) {
        (
            (near + 1).min(height - 1),
            near.saturating_sub(1),
            near.saturating_sub(2),
        )
    } else {
        (
            near.saturating_sub(1),
            (near + 1).min(height - 1),
            (near + 2).min(height - 1),
        )
    };
    let row = |r: usize| &shown[r * line..(r + 1) * line];
    let [w0, w1, w2, w3] = QUARTER;
    for ((((t, a), b), c), d) in to
        .iter_mut()
        .zip(row(before))
        .zip(row(near))
        .zip(row(after))
        .zip(row(far))
    {
        *t = a * w0 + b * w1 + c * w2 + d * w3;
    }
}

fn widen(from: &[f32], to: &mut [f32]) {
    let [w0, w1, w2, w3] = QUARTER;
    let last = from.len() / 3 - 1;
    let at = |x: isize, c: usize| from[(x.clamp(0, last as isize) as usize) * 3 + c];
    // The border pixels clamp; all between run through windows that the compiler can vectorise.
    let pixels = to.len() / 3;
    for x in (0..pixels).filter(|x| *x < 6 || x / 2 + 3 > last) {
        let near = (x / 2) as isize;
        let way = if x % 2 == 0 { -1 } else { 1 };
        for c in 0..3 {
            to[x * 3 + c] = at(near - way, c) * w0
                + at(near, c) * w1
                + at(near + way, c) * w2
                + at(near + 2 * way, c) * w3;
        }
    }
    if last < 8 {
        return;
    }
    let inner = last - 5;
    for (six, taps) in to[18..]
        .chunks_exact_mut(6)
        .zip(from[3..].windows(15).step_by(3))
        .take(inner)
    {
        for c in 0..3 {
            let (a, b, m, d, e) = (taps[c], taps[c + 3], taps[c + 6], taps[c + 9], taps[c + 12]);
            six[c] = d * w0 + m * w1 + b * w2 + a * w3;
            six[c + 3] = b * w0 + m * w1 + d * w2 + e * w3;
        }
    }
}

fn lay_grain(row: &mut [u8], wide: &[f32], grain: &[f32], shift: usize, strength: f32) {
    let width = wide.len() / 3;
    let mut x = 0;
    while x < width {
        let from = (x + shift) % grain.len();
        let run = (width - x).min(grain.len() - from);
        let cells = row[x * 3..(x + run) * 3]
            .chunks_exact_mut(3)
            .zip(wide[x * 3..(x + run) * 3].chunks_exact(3));
        for ((out, light), g) in cells.zip(&grain[from..from + run]) {
            // Grain is strongest in the middle tones: none in pure black, little in white.
            let mid = light[1] * (300.0 - light[1]) * (1.0 / 22_500.0) + 0.25;
            let add = g * strength * mid + 0.5;
            out[0] = (light[0] + add) as u8;
            out[1] = (light[1] + add) as u8;
            out[2] = (light[2] + add) as u8;
        }
        x += run;
    }
}

/// Light to display values, 0 to 255, not yet rounded.
fn print(canvas: &Canvas, film: &Film) -> Vec<f32> {
    let table = tone_table(film.contrast);
    let (halo, halo_width, halo_height, halo_step) = halation(canvas);
    let aspect = canvas.aspect();
    let corner = 1.0 / (aspect * aspect * 0.25 + 0.25);
    let root_scale = 1.0 / TONE_RANGE;
    let mut shown = vec![0.0; canvas.pixels.len() * 3];
    let mut bled = vec![Rgb::default(); canvas.width];
    let rows = shown
        .chunks_exact_mut(canvas.width * 3)
        .zip(canvas.pixels.chunks_exact(canvas.width));
    let inverse = 1.0 / halo_step as f32;
    for (y, (out, row)) in rows.enumerate() {
        let v = (y as f32 + 0.5) * canvas.pixel() - 0.5;
        // The halo is coarse: one sample for four pixels is plenty.
        for (i, four) in bled.chunks_mut(4).enumerate() {
            let light = sample(
                &halo,
                halo_width,
                halo_height,
                i as f32 * 4.0 * inverse,
                y as f32 * inverse - 0.5,
            );
            four.fill(light * film.bloom);
        }
        for (x, ((cell, light), halo)) in out.chunks_exact_mut(3).zip(row).zip(&bled).enumerate() {
            let u = (x as f32 + 0.5) * canvas.pixel() - aspect * 0.5;
            let fall = (u * u + v * v) * corner;
            let gain = film.exposure * (1.0 - film.vignette * fall * (0.35 + 0.65 * fall));
            let mixed = (*light * (1.0 - film.bloom) + *halo) * gain;
            let grey = mixed.luma();
            let full = Rgb::grey(grey).to(mixed, film.saturation);
            for (shown, light) in cell.iter_mut().zip([full.r, full.g, full.b]) {
                let root = (light.clamp(0.0, TONE_RANGE) * root_scale).sqrt();
                *shown = table[((root * TONE_STEPS as f32 + 0.5) as usize).min(TONE_STEPS)];
            }
        }
    }
    shown
}

/// The scene as a coarse, widely blurred raster: what bleeds into its surroundings.
fn halation(canvas: &Canvas) -> (Vec<Rgb>, usize, usize, usize) {
    let step = (canvas.height.min(canvas.width) / 160).max(1);
    let (width, height) = (canvas.width.div_ceil(step), canvas.height.div_ceil(step));
    let mut coarse = vec![Rgb::default(); width * height];
    let mut count = vec![0_u32; width * height];
    for (y, row) in canvas.pixels.chunks_exact(canvas.width).enumerate() {
        let line = (y / step) * width;
        for (i, cells) in row.chunks(step).enumerate() {
            let mut sum = Rgb::default();
            for cell in cells {
                sum += *cell;
            }
            coarse[line + i] += sum;
            count[line + i] += cells.len() as u32;
        }
    }
    for (cell, n) in coarse.iter_mut().zip(&count) {
        *cell = *cell * (1.0 / (*n).max(1) as f32);
    }
    for _ in 0..3 {
        coarse = box_blur(&coarse, width, height, 4);
        coarse = box_blur_down(&coarse, width, height, 4);
    }
    (coarse, width, height, step)
}

fn box_blur(from: &[Rgb], width: usize, height: usize, reach: usize) -> Vec<Rgb> {
    let scale = 1.0 / (2 * reach + 1) as f32;
    let mut to = Vec::with_capacity(width * height);
    for row in from.chunks_exact(width) {
        for x in 0..width {
            let mut sum = Rgb::default();
            for i in 0..=2 * reach {
                sum += row[(x + i).saturating_sub(reach).min(width - 1)];
            }
            to.push(sum * scale);
        }
    }
    to
}

fn box_blur_down(from: &[Rgb], width: usize, height: usize, reach: usize) -> Vec<Rgb> {
    let scale = 1.0 / (2 * reach + 1) as f32;
    let mut to = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let mut sum = Rgb::default();
            for i in 0..=2 * reach {
                sum += from[(y + i).saturating_sub(reach).min(height - 1) * width + x];
            }
            to.push(sum * scale);
        }
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_grey_stays_even_when_it_is_enlarged() {
        let mut canvas = Canvas::new(40, 30);
        canvas.pixels.fill(Rgb::grey(0.2));
        let film = Film {
            grain: 0.0,
            vignette: 0.0,
            ..Film::standard()
        };
        let out = develop(&canvas, &film, 80, 60, 1);
        assert_eq!(out.len(), 80 * 60 * 3);
        assert!(out.iter().all(|v| v.abs_diff(out[0]) <= 1));
    }

    #[test]
    fn an_enlarged_edge_stays_where_it_was() {
        let mut canvas = Canvas::new(40, 10);
        for (i, cell) in canvas.pixels.iter_mut().enumerate() {
            *cell = Rgb::grey(if i % 40 < 20 { 0.0 } else { 0.4 });
        }
        let film = Film {
            grain: 0.0,
            vignette: 0.0,
            bloom: 0.0,
            ..Film::standard()
        };
        let out = develop(&canvas, &film, 80, 20, 1);
        let row = &out[10 * 240..11 * 240];
        assert!(
            row[37 * 3] < 10 && row[42 * 3] > 100,
            "{} {}",
            row[37 * 3],
            row[42 * 3]
        );
    }
}
