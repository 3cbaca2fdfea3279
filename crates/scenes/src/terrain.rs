//! Land in true perspective: a height field looked at column by column, from near to far.
//!
//! Every column walks away from the camera; where the ground rises above all that lies before it, it is shaded and drawn, and the top edge is
//! mixed in by the share of the pixel it covers. Steps grow with distance, so that each is about one pixel of ground. Water, plants and
//! houses are other files' business.

use super::canvas::Canvas;
use super::colour::Rgb;

/// Where the land is seen from. The camera looks along +z.
#[derive(Debug, Clone, Copy)]
pub struct Camera {
    /// Sideways place.
    pub x: f32,
    /// Height above 0.
    pub height: f32,
    /// Where the horizon stands on the canvas, in heights.
    pub horizon: f32,
    /// Focal length in heights of the picture; 1 is about normal, 2 a portrait lens.
    pub focal: f32,
    /// The middle of the picture, in heights.
    pub centre: f32,
}

impl Camera {
    /// Where a place on the land stands on the canvas.
    pub fn place(&self, x: f32, y: f32, z: f32) -> (f32, f32) {
        (
            self.centre + (x - self.x) * self.focal / z,
            self.horizon - (y - self.height) * self.focal / z,
        )
    }
}

/// A visible spot of ground.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    /// Sideways place.
    pub x: f32,
    /// Distance from the camera along its view.
    pub z: f32,
    /// Height.
    pub y: f32,
    /// What a pixel covers there.
    pub foot: f32,
    /// Direction in which the ground faces, length 1: sideways, up, away.
    pub normal: (f32, f32, f32),
    /// How much of the sun reaches it, 0 to 1.
    pub open: f32,
}

impl Spot {
    /// How squarely the ground faces a light, 0 to 1; the direction must have length 1.
    #[inline]
    pub fn facing(&self, light: (f32, f32, f32)) -> f32 {
        (self.normal.0 * light.0 + self.normal.1 * light.1 + self.normal.2 * light.2).max(0.0)
    }
}

/// How the land is walked.
#[derive(Debug, Clone, Copy)]
pub struct Walk {
    /// Where it begins.
    pub near: f32,
    /// Where it ends.
    pub far: f32,
    /// Longest step as a share of the distance: what steep slopes in the distance need.
    pub stride: f32,
    /// Fineness on level ground; 1 is a step for each pixel of ground at height 0.
    pub fine: f32,
    /// The most that detail adds to the smooth land.
    pub bump: f32,
    /// Direction to the sun, length 1.
    pub sun: (f32, f32, f32),
    /// How far shadows are looked for.
    pub reach: f32,
}

/// The shape of the land, known only at some columns and some distances: between them it is interpolated.
struct Survey {
    step: usize,
    lines: usize,
    /// Height and openness to the sun, column after column.
    marks: Vec<(f32, f32)>,
}

impl Survey {
    fn make(
        canvas: &Canvas,
        camera: &Camera,
        walk: &Walk,
        distances: &[f32],
        base: &impl Fn(f32, f32) -> f32,
        detail: &impl Fn(f32, f32, f32) -> f32,
    ) -> Self {
        let step = (canvas.width.max(canvas.height) / 300).clamp(1, 10);
        let pixel = canvas.pixel();
        let (columns, lines) = (canvas.width / step + 2, distances.len() / step + 2);
        let mut marks = Vec::with_capacity(columns * lines);
        for column in 0..columns {
            let across = (((column * step) as f32 + 0.5) * pixel - camera.centre) / camera.focal;
            for line in 0..lines {
                let z = distances[(line * step).min(distances.len() - 1)];
                let (x, foot) = (camera.x + across * z, z * pixel / camera.focal);
                let rough = base(x, z);
                let y = rough + detail(x, z, foot * step as f32);
                let full = |x: f32, z: f32, foot: f32| base(x, z) + detail(x, z, foot);
                marks.push((rough, sunlight((x, y, z), foot, walk.sun, walk.reach, full)));
            }
        }
        Self { step, lines, marks }
    }

    /// Height and openness along one column.
    fn column(&self, column: usize, to: &mut Vec<(f32, f32)>) {
        let (coarse, within) = (column / self.step, column % self.step);
        let t = within as f32 / self.step as f32;
        let left = &self.marks[coarse * self.lines..(coarse + 1) * self.lines];
        let right = &self.marks[(coarse + 1) * self.lines..(coarse + 2) * self.lines];
        to.clear();
        to.extend(
            left.iter()
                .zip(right)
                .map(|(l, r)| (l.0 + (r.0 - l.0) * t, l.1 + (r.1 - l.1) * t)),
        );
    }
}

/// How much of the sun reaches a place over the land around it, 0 to 1, with a soft edge.
fn sunlight(
    at: (f32, f32, f32),
    foot: f32,
    sun: (f32, f32, f32),
    reach: f32,
    height: impl Fn(f32, f32, f32) -> f32,
) -> f32 {
    let mut open = 1.0_f32;
    for share in [0.02_f32, 0.07, 0.16, 0.32, 0.6, 1.0] {
        let along = reach * share;
        let ray = at.1 + sun.1 * along + foot;
        let ground = height(at.0 + sun.0 * along, at.2 + sun.2 * along, foot + along * 0.02);
        open = open.min(0.6 + (ray - ground) / (along * 0.07 + foot * 3.0));
        if open <= 0.0 {
            return 0.0;
        }
    }
    open
}

/// Draws the land. Its height is `base`, smooth and sparsely surveyed, plus `detail`, asked for at every step with what a pixel covers there.
pub fn draw(
    canvas: &mut Canvas,
    camera: &Camera,
    walk: &Walk,
    base: impl Fn(f32, f32) -> f32,
    detail: impl Fn(f32, f32, f32) -> f32,
    shade: impl Fn(&Spot) -> Rgb,
) {
    let pixel = canvas.pixel();
    // On level ground one row of pixels is z²/(camera height × focal) deep.
    let depth = pixel / (camera.focal * camera.height.abs().max(0.2)) / walk.fine;
    let mut distances = Vec::new();
    let mut z = walk.near;
    while z < walk.far {
        distances.push(z);
        z += (z * z * depth).max(z * pixel * 0.5).min(z * walk.stride);
    }
    let survey = Survey::make(canvas, camera, walk, &distances, &base, &detail);
    let mut marks = Vec::with_capacity(survey.lines);
    let inverse = 1.0 / survey.step as f32;
    let rows = canvas.height as f32;
    // What detail was at the same distance one column to the left, and for which column that was asked.
    let mut left = vec![(usize::MAX - 1, 0.0_f32); distances.len()];
    for column in 0..canvas.width {
        let across = ((column as f32 + 0.5) * pixel - camera.centre) / camera.focal;
        survey.column(column, &mut marks);
        let mut edge = Edge {
            row: rows,
            behind: None,
        };
        let mut last: Option<Rgb> = None;
        let mut before: Option<(f32, f32)> = None;
        for (i, (z, left)) in distances.iter().copied().zip(&mut left).enumerate() {
            let (mark, within) = (i / survey.step, (i % survey.step) as f32 * inverse);
            let (from, to) = (marks[mark], marks[mark + 1]);
            let rough = from.0 + (to.0 - from.0) * within;
            let scale = camera.focal / z * rows;
            let level = camera.horizon * rows + camera.height * scale;
            if level - (rough + walk.bump) * scale >= edge.row {
                (last, before) = (None, None);
                continue;
            }
            let foot = z * pixel / camera.focal;
            let x = camera.x + across * z;
            let fine = detail(x, z, foot);
            let beside = std::mem::replace(left, (column, fine));
            let y = rough + fine;
            let top = level - y * scale;
            if top >= edge.row {
                (last, before) = (None, Some((z, fine)));
                continue;
            }
            let beside = if beside.0 == column.wrapping_sub(1) {
                beside.1
            } else {
                detail(x - foot, z, foot)
            };
            let (near, was) = before.unwrap_or_else(|| (z - foot, detail(x, z - foot, foot)));
            before = Some((z, fine));
            let next = distances
                .get((mark + 1) * survey.step)
                .copied()
                .unwrap_or(walk.far);
            let deep = (next - distances[mark * survey.step]).max(1e-5);
            let sx = survey.beside(column, mark) / (foot * survey.step as f32) + (fine - beside) / foot;
            // Along the ray both places change; what x did is taken off.
            let sz = (to.0 - from.0) / deep + (fine - was) / (z - near).max(1e-5) - across * sx;
            let length = 1.0 / (1.0 + sx * sx + sz * sz).sqrt();
            let open = from.1 + (to.1 - from.1) * within;
            let normal = (-sx * length, length, -sz * length);
            let light = shade(&Spot {
                x,
                z,
                y,
                foot,
                normal,
                open: open.clamp(0.0, 1.0),
            });
            edge.fill(canvas, column, top.max(0.0), last.unwrap_or(light), light);
            last = Some(light);
            if edge.row <= 0.0 {
                break;
            }
        }
    }
}

impl Survey {
    /// How much higher the land is one surveyed column to the right, at the same distance.
    #[inline]
    fn beside(&self, column: usize, mark: usize) -> f32 {
        let at = (column / self.step) * self.lines + mark;
        self.marks[at + self.lines].0 - self.marks[at].0
    }
}

/// How far up a column has been drawn.
struct Edge {
    /// In rows; the fraction is the part of a pixel that is still free.
    row: f32,
    /// What stood in the pixel that is partly drawn.
    behind: Option<(usize, Rgb)>,
}

impl Edge {
    /// Fills a column up to `top`, going from one light to the other.
    #[inline]
    fn fill(&mut self, canvas: &mut Canvas, column: usize, top: f32, from: Rgb, to: Rgb) {
        let width = canvas.width;
        let low = self.row;
        let (first, last) = (top as usize, (low.ceil() as usize).min(canvas.height));
        let span = (low - top).max(1e-3);
        let mut next = self.behind;
        for row in first..last {
            let cell = &mut canvas.pixels[row * width + column];
            let share = (((row + 1) as f32).min(low) - (row as f32).max(top)).clamp(0.0, 1.0);
            let t = ((low - row as f32 - 0.5) / span).clamp(0.0, 1.0);
            let light = from.to(to, t);
            let behind = match self.behind {
                Some((held, behind)) if held == row => behind,
                _ => *cell,
            };
            // Only the free part of the pixel changes: what was behind goes, the new light comes.
            *cell = Rgb {
                r: cell.r + (light.r - behind.r) * share,
                g: cell.g + (light.g - behind.g) * share,
                b: cell.b + (light.b - behind.b) * share,
            };
            if row == first {
                next = Some((row, behind));
            }
        }
        self.behind = next;
        self.row = top;
    }
}
