//! The canvas: an image in linear light, and the few ways of putting light on it.
//!
//! Places are given in heights of the picture: `y` from 0 at the top to 1 at the bottom, `x` from 0 to [`Canvas::aspect`], so that a
//! scene looks the same at any size. Smooth things are computed on a coarse raster and spread; edges are drawn with soft borders.

use super::colour::Rgb;

/// An image in linear light.
pub struct Canvas {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Rows from the top.
    pub pixels: Vec<Rgb>,
}

impl Canvas {
    /// A black canvas.
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: vec![Rgb::default(); width * height],
        }
    }

    /// Width in heights.
    pub fn aspect(&self) -> f32 {
        self.width as f32 / self.height as f32
    }

    /// One pixel in heights.
    pub fn pixel(&self) -> f32 {
        1.0 / self.height as f32
    }

    /// Row of pixels at `y` heights, within the canvas.
    pub fn row_at(&self, y: f32) -> usize {
        ((y * self.height as f32).max(0.0) as usize).min(self.height)
    }

    /// Paints rows `from..to` with what `light` says for each place, computed for every `step`th pixel and spread between.
    pub fn wash(&mut self, from: usize, to: usize, step: usize, light: impl Fn(f32, f32) -> Rgb) {
        if from >= to {
            return;
        }
        let pixel = self.pixel();
        let columns = self.width / step + 2;
        let coarse_row = |row: usize| -> Vec<Rgb> {
            let y = (from + row * step) as f32 * pixel;
            (0..columns)
                .map(|column| light((column * step) as f32 * pixel, y))
                .collect()
        };
        let mut above = coarse_row(0);
        let mut below = coarse_row(1);
        let mut current = 0;
        let inverse = 1.0 / step as f32;
        let width = self.width;
        let mut mixed = vec![Rgb::default(); columns];
        for y in from..to {
            let (coarse, within) = ((y - from) / step, (y - from) % step);
            if coarse != current {
                current = coarse;
                above = below;
                below = coarse_row(coarse + 1);
            }
            let t = within as f32 * inverse;
            for ((mix, a), b) in mixed.iter_mut().zip(&above).zip(&below) {
                *mix = a.to(*b, t);
            }
            let row = &mut self.pixels[y * width..(y + 1) * width];
            for (cells, pair) in row.chunks_mut(step).zip(mixed.windows(2)) {
                for (i, cell) in cells.iter_mut().enumerate() {
                    *cell = pair[0].to(pair[1], i as f32 * inverse);
                }
            }
        }
    }

    /// Changes every pixel of rows `from..to`: `change` gets the place and the light that is there.
    pub fn rework(&mut self, from: usize, to: usize, change: impl Fn(f32, f32, Rgb) -> Rgb) {
        let (pixel, width) = (self.pixel(), self.width);
        for y in from..to.min(self.height) {
            let at_y = (y as f32 + 0.5) * pixel;
            for (x, cell) in self.pixels[y * width..(y + 1) * width].iter_mut().enumerate() {
                *cell = change((x as f32 + 0.5) * pixel, at_y, *cell);
            }
        }
    }

    /// Lays something soft over rows `from..to`: `veil` says its light and how much it covers, for every fourth pixel.
    pub fn veil(&mut self, from: usize, to: usize, veil: impl Fn(f32, f32) -> (Rgb, f32)) {
        let to = to.min(self.height);
        if from >= to {
            return;
        }
        let step = if self.height > 900 { 4 } else { 1 };
        let (pixel, width) = (self.pixel(), self.width);
        let columns = width / step + 2;
        let coarse_row = |row: usize| -> Vec<(Rgb, f32)> {
            let y = (from + row * step) as f32 * pixel;
            let spot = |column| veil((column * step) as f32 * pixel, y);
            (0..columns)
                .map(spot)
                .map(|(light, cover)| (light * cover, cover))
                .collect()
        };
        let between = |a: &(Rgb, f32), b: &(Rgb, f32), t: f32| (a.0.to(b.0, t), a.1 + (b.1 - a.1) * t);
        let (mut above, mut below, mut current) = (coarse_row(0), coarse_row(1), 0);
        let inverse = 1.0 / step as f32;
        let mut mixed = vec![(Rgb::default(), 0.0); columns];
        for y in from..to {
            let (coarse, within) = ((y - from) / step, (y - from) % step);
            if coarse != current {
                current = coarse;
                above = below;
                below = coarse_row(coarse + 1);
            }
            for ((mix, a), b) in mixed.iter_mut().zip(&above).zip(&below) {
                *mix = between(a, b, within as f32 * inverse);
            }
            let row = &mut self.pixels[y * width..(y + 1) * width];
            for (cells, pair) in row.chunks_mut(step).zip(mixed.windows(2)) {
                if pair[0].1 <= 0.0 && pair[1].1 <= 0.0 {
                    continue;
                }
                for (i, cell) in cells.iter_mut().enumerate() {
                    let (light, cover) = between(&pair[0], &pair[1], i as f32 * inverse);
                    *cell = *cell * (1.0 - cover) + light;
                }
            }
        }
    }

    /// Lets light of a colour cover a pixel by `cover`, 0 to 1.
    #[inline]
    pub fn cover(&mut self, x: i32, y: i32, colour: Rgb, cover: f32) {
        if x >= 0 && y >= 0 && (x as usize) < self.width && (y as usize) < self.height {
            let cell = &mut self.pixels[y as usize * self.width + x as usize];
            *cell = cell.to(colour, cover);
        }
    }

    /// Draws a straight stroke from one place to another, its width (in heights) going from the first to the second.
    pub fn stroke(&mut self, from: (f32, f32), to: (f32, f32), widths: (f32, f32), colour: Rgb, alpha: f32) {
        let scale = self.height as f32;
        let (x0, y0, x1, y1) = (from.0 * scale, from.1 * scale, to.0 * scale, to.1 * scale);
        let (dx, dy) = (x1 - x0, y1 - y0);
        let length = (dx * dx + dy * dy).sqrt().max(1e-6);
        let steep = dy.abs() >= dx.abs();
        let (a0, a1, b0, b1) = if steep { (y0, y1, x0, x1) } else { (x0, x1, y0, y1) };
        let limit = if steep { self.height } else { self.width } as i32;
        let span = a1 - a0;
        let stretch = length / span.abs().max(1e-6);
        let first = (a0.min(a1).round() as i32).max(0);
        let last = (a0.max(a1).round() as i32).min(limit - 1);
        for a in first..=last {
            let t = if span.abs() < 1e-6 {
                0.0
            } else {
                ((a as f32 + 0.5 - a0) / span).clamp(0.0, 1.0)
            };
            let centre = b0 + (b1 - b0) * t;
            let wide = (widths.0 + (widths.1 - widths.0) * t) * scale * 0.5;
            // A stroke thinner than a pixel keeps its pixel and loses strength instead.
            let (half, strength) = if wide < 0.5 {
                (0.5, wide * 2.0 * alpha)
            } else {
                (wide, alpha)
            };
            let reach = (half + 0.5) * stretch.min(3.0);
            let (low, high) = ((centre - reach) as i32 - 1, (centre + reach) as i32 + 1);
            for b in low..=high {
                let away = (b as f32 + 0.5 - centre).abs() / stretch;
                let inside = (half + 0.5 - away).clamp(0.0, 1.0);
                if inside > 0.0 {
                    let (x, y) = if steep { (b, a) } else { (a, b) };
                    self.cover(x, y, colour, inside * strength);
                }
            }
        }
    }

    /// Fills a convex shape given clockwise on the page; `colour` is asked for each place.
    pub fn fill(&mut self, corners: &[(f32, f32)], alpha: f32, colour: impl Fn(f32, f32) -> Rgb) {
        let scale = self.height as f32;
        let fold = |start: f32, pick: fn(&(f32, f32)) -> f32, best: fn(f32, f32) -> f32| {
            corners.iter().map(pick).fold(start, best) * scale
        };
        let (left, right) = (
            fold(f32::MAX, |c| c.0, f32::min),
            fold(f32::MIN, |c| c.0, f32::max),
        );
        let (top, bottom) = (
            fold(f32::MAX, |c| c.1, f32::min),
            fold(f32::MIN, |c| c.1, f32::max),
        );
        let sides: Vec<(f32, f32, f32)> = corners
            .iter()
            .zip(corners.iter().cycle().skip(1))
            .map(|(a, b)| {
                let (nx, ny) = (a.1 - b.1, b.0 - a.0);
                let length = (nx * nx + ny * ny).sqrt().max(1e-9);
                (nx / length, ny / length, -(nx * a.0 + ny * a.1) * scale / length)
            })
            .collect();
        let rows = (top as i32 - 1).max(0)..(bottom as i32 + 2).min(self.height as i32);
        let columns = (left as i32 - 1).max(0)..(right as i32 + 2).min(self.width as i32);
        for y in rows {
            for x in columns.clone() {
                let (px, py) = (x as f32 + 0.5, y as f32 + 0.5);
                let inside = sides
                    .iter()
                    .map(|s| s.0 * px + s.1 * py + s.2)
                    .fold(f32::MAX, f32::min);
                let cover = (inside + 0.5).clamp(0.0, 1.0);
                if cover > 0.0 {
                    self.cover(x, y, colour(px / scale, py / scale), cover * alpha);
                }
            }
        }
    }

    /// Adds a soft round light: `amount` in the middle, gone at `radius` (in heights).
    pub fn glow(&mut self, x: f32, y: f32, radius: f32, amount: Rgb) {
        let scale = self.height as f32;
        let (cx, cy, reach) = (x * scale, y * scale, (radius * scale).max(1.0));
        let rows = ((cy - reach) as i32).max(0)..((cy + reach) as i32 + 1).min(self.height as i32);
        let columns = ((cx - reach) as i32).max(0)..((cx + reach) as i32 + 1).min(self.width as i32);
        for py in rows {
            for px in columns.clone() {
                let (dx, dy) = (px as f32 + 0.5 - cx, py as f32 + 0.5 - cy);
                let near = 1.0 - (dx * dx + dy * dy) / (reach * reach);
                if near > 0.0 {
                    self.pixels[py as usize * self.width + px as usize] += amount * (near * near * near);
                }
            }
        }
    }
}

/// The light at a place in pixels of a raster, mixed from the four around it; the border goes on outside.
#[inline]
pub fn sample(pixels: &[Rgb], width: usize, height: usize, x: f32, y: f32) -> Rgb {
    let x = x.clamp(0.0, width as f32 - 1.001);
    let y = y.clamp(0.0, height as f32 - 1.001);
    let (ix, iy) = (x as usize, y as usize);
    let (fx, fy) = (x - ix as f32, y - iy as f32);
    let (right, below) = ((ix + 1).min(width - 1), (iy + 1).min(height - 1) * width);
    let row = iy * width;
    let top = pixels[row + ix].to(pixels[row + right], fx);
    let low = pixels[below + ix].to(pixels[below + right], fx);
    top.to(low, fy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wash_spreads_a_slope_exactly() {
        let mut canvas = Canvas::new(37, 23);
        canvas.wash(0, 23, 4, |x, y| Rgb { r: x, g: y, b: 1.0 });
        let cell = canvas.pixels[11 * 37 + 30];
        assert!((cell.r - 30.0 / 23.0).abs() < 1e-4 && (cell.g - 11.0 / 23.0).abs() < 1e-4);
    }

    #[test]
    fn a_filled_square_covers_its_inside_and_nothing_else() {
        let mut canvas = Canvas::new(20, 20);
        canvas.fill(
            &[(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)],
            1.0,
            |_, _| Rgb::grey(1.0),
        );
        assert!(canvas.pixels[10 * 20 + 10].r > 0.99 && canvas.pixels[2 * 20 + 10].r < 0.01);
    }

    #[test]
    fn strokes_outside_the_canvas_do_no_harm() {
        let mut canvas = Canvas::new(8, 8);
        canvas.stroke((-3.0, -3.0), (5.0, 9.0), (0.1, 0.4), Rgb::grey(1.0), 1.0);
        canvas.glow(-2.0, 4.0, 0.5, Rgb::grey(1.0));
        assert_eq!(canvas.pixels.len(), 64);
    }
}
