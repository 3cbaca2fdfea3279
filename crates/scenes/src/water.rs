//! Water: what stands above its edge, mirrored, stretched and broken by ripples.
//!
//! The mirror is the picture itself, so whatever was painted above the water's edge is reflected; paint the banks first, then the water,
//! then what stands before it.

use super::canvas::{Canvas, sample};
use super::colour::Rgb;
use super::noise::{fractal, ridged, smoothstep};

/// A sheet of water from an edge down to the bottom of the picture.
#[derive(Debug, Clone, Copy)]
pub struct Water {
    /// Where its far edge stands, in heights.
    pub edge: f32,
    /// How rough it is: 0 a mirror, 1 a breeze, 3 a chop.
    pub rough: f32,
    /// Colour of the depth, seen more the steeper one looks.
    pub deep: Rgb,
    /// How much of the mirror is left right before the camera, 0 to 1.
    pub mirror: f32,
    /// Size of the ripples; 1 is middling, larger is finer.
    pub scale: f32,
    /// Another seed, other ripples.
    pub seed: u32,
}

impl Water {
    /// Paints the water where `within` says so (a share, 0 to 1, for each place).
    pub fn paint(&self, canvas: &mut Canvas, within: impl Fn(f32, f32) -> f32) {
        let (width, height) = (canvas.width, canvas.height);
        let edge_row = canvas.row_at(self.edge);
        let pixel = canvas.pixel();
        let shift = (self.seed % 613) as f32 * 0.37;
        let middle = canvas.aspect() * 0.5;
        // Where there is more water than sky the mirror is pressed together, rather than end before the picture does.
        let squeeze = (self.edge / (1.0 - self.edge).max(1e-3) * 0.97).min(1.0);
        let (above, below) = canvas.pixels.split_at_mut(edge_row * width);
        if edge_row == 0 {
            return;
        }
        for (i, row) in below.chunks_exact_mut(width).enumerate() {
            let down = (i as f32 + 0.5) * pixel;
            let away = 0.06 / (down + 0.004);
            let steep = smoothstep(0.0, 1.0 - self.edge, down);
            let keep = 1.0 - (1.0 - self.mirror) * steep;
            let foot = pixel * away * 8.0 * self.scale;
            let deep_foot = foot * (1.0 + away) * 0.6;
            // Ripples throw the mirror up and down more than sideways, and more the nearer they are.
            let throw = self.rough * (0.006 + 0.05 * down);
            for (x, cell) in row.iter_mut().enumerate() {
                let at_x = (x as f32 + 0.5) * pixel;
                let share = within(at_x, self.edge + down);
                if share <= 0.0 {
                    continue;
                }
                let u = (at_x - middle) * away * 8.0 * self.scale + shift;
                let v = away * 26.0 * self.scale + shift;
                let swell = fractal().at(u * 0.23, v * 0.5, deep_foot * 0.5);
                let ripple = ridged().at(u * 0.9 + swell * 0.4, v * 1.7, deep_foot) - 0.45;
                let tilt = swell * 0.75 + ripple * 0.5;
                let (rx, ry) = (
                    at_x + (swell - ripple) * throw * 0.22,
                    self.edge - down * squeeze + tilt * throw - throw * 0.35,
                );
                let py = ry.min(self.edge - pixel) * height as f32 - 0.5;
                let light = sample(above, width, edge_row, rx * height as f32 - 0.5, py);
                // A rough surface draws lights out into streaks: more of the mirror, from above and below.
                let stretch = throw * height as f32 * 0.5;
                let longer = sample(
                    above,
                    width,
                    edge_row,
                    rx * height as f32,
                    (py - stretch).max(0.0),
                );
                let shorter = sample(
                    above,
                    width,
                    edge_row,
                    rx * height as f32 - 1.0,
                    (py + stretch * 0.8).min(edge_row as f32 - 2.0),
                );
                let light = light * 0.46 + longer * 0.29 + shorter * 0.25;
                let own = 1.0 - (1.0 - keep) * (1.0 - tilt * 0.35).clamp(0.4, 1.3);
                *cell = cell.to(self.deep.to(light, own.clamp(0.0, 1.0)), share);
            }
        }
    }
}
