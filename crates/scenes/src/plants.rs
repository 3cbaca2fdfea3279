//! What grows: bare and leafy trees, poplars, conifers, grass. Each is drawn as strokes from the ground up.

use super::canvas::Canvas;
use super::colour::Rgb;
use super::noise::Dice;

/// How a tree grows.
#[derive(Debug, Clone, Copy)]
pub struct Habit {
    /// How far branches lean from their stem, radians.
    pub lean: f32,
    /// How strongly they turn up again, 0 to 1.
    pub upright: f32,
    /// Length of a branch as a share of its stem.
    pub shrink: f32,
    /// How often it forks.
    pub forks: u32,
    /// Where on the stem the branches begin, as a share.
    pub bare: f32,
    /// Size of the leaves, in the tree's heights; 0 is winter.
    pub leaf: f32,
}

/// A poplar in winter: narrow, a thousand upright twigs.
pub const POPLAR: Habit = Habit {
    lean: 0.42,
    upright: 0.75,
    shrink: 0.34,
    forks: 3,
    bare: 0.14,
    leaf: 0.0,
};
/// An oak or alder in winter: wide.
pub const OAK: Habit = Habit {
    lean: 0.75,
    upright: 0.22,
    shrink: 0.66,
    forks: 6,
    bare: 0.28,
    leaf: 0.0,
};

/// Draws a tree that stands at `foot` and is `tall` heights high.
pub fn tree(
    canvas: &mut Canvas,
    habit: &Habit,
    foot: (f32, f32),
    tall: f32,
    bark: Rgb,
    leaf: Rgb,
    seed: u32,
) {
    let mut dice = Dice::new(seed);
    let mut grower = Grower {
        canvas,
        habit: *habit,
        tall,
        bark,
        leaf,
        dice: &mut dice,
    };
    if habit.shrink < 0.5 {
        grower.pole(foot, tall);
    } else {
        let angle = grower.dice.spread() * 0.06;
        grower.branch(foot, angle, tall * 0.36, tall * 0.034, habit.forks);
    }
}

struct Grower<'a> {
    canvas: &'a mut Canvas,
    habit: Habit,
    tall: f32,
    bark: Rgb,
    leaf: Rgb,
    dice: &'a mut Dice,
}

impl Grower<'_> {
    /// One stem to the top, and branches all along it.
    fn pole(&mut self, foot: (f32, f32), tall: f32) {
        let sway = self.dice.spread() * 0.02;
        let girth = tall * 0.020;
        let stem = |t: f32| {
            (
                foot.0 + sway * tall * t + 0.006 * tall * (t * 9.0).sin() * t,
                foot.1 - tall * t,
            )
        };
        let pieces = 14;
        for piece in 0..pieces {
            let (a, b) = (piece as f32 / pieces as f32, (piece + 1) as f32 / pieces as f32);
            self.canvas.stroke(
                stem(a),
                stem(b),
                (girth * (1.02 - a), girth * (1.02 - b)),
                self.bark,
                1.0,
            );
        }
        let branches = 54;
        for i in 0..branches {
            let t = self.habit.bare
                + (0.98 - self.habit.bare) * (i as f32 + self.dice.between(0.0, 1.0)) / branches as f32;
            let side = if i % 2 == 0 { 1.0 } else { -1.0 };
            let crown = (1.0 - t).powf(0.75) * (0.35 + 0.65 * (t / 0.35).min(1.0));
            let long = tall * self.habit.shrink * crown * self.dice.between(0.55, 1.1);
            let angle = side * (self.habit.lean + self.dice.spread() * 0.2);
            self.branch(stem(t), angle, long, girth * (1.05 - t) * 0.42, self.habit.forks);
        }
    }

    fn branch(&mut self, from: (f32, f32), angle: f32, long: f32, girth: f32, forks: u32) {
        let pieces = 3;
        let (mut at, mut angle, mut wide) = (from, angle, girth);
        for piece in 0..pieces {
            let thinner = girth * (1.0 - 0.42 * (piece + 1) as f32 / pieces as f32);
            let step = long / pieces as f32;
            angle = angle * (1.0 - self.habit.upright * 0.22) + self.dice.spread() * 0.13;
            let next = (at.0 + angle.sin() * step, at.1 - angle.cos() * step);
            self.canvas.stroke(at, next, (wide, thinner), self.bark, 1.0);
            if forks > 0 && piece > 0 {
                let side = if self.dice.between(-1.0, 1.0) > 0.0 {
                    1.0
                } else {
                    -1.0
                };
                let off = side * self.habit.lean * self.dice.between(0.55, 1.15);
                let reach = long * self.habit.shrink.max(0.45) * self.dice.between(0.6, 0.95);
                self.branch(next, angle + off, reach, thinner * 0.62, forks - 1);
            }
            at = next;
            wide = thinner;
        }
        if forks > 0 {
            for side in [-1.0, 1.0] {
                let off = side * self.habit.lean * self.dice.between(0.3, 0.75);
                let reach = long * self.habit.shrink.max(0.5) * self.dice.between(0.75, 1.1);
                self.branch(at, angle + off, reach, wide * 0.74, forks - 1);
            }
        }
        if self.habit.leaf > 0.0 && forks <= 2 {
            self.leaves(at);
        }
    }

    fn leaves(&mut self, at: (f32, f32)) {
        let size = self.habit.leaf * self.tall;
        for _ in 0..26 {
            let (x, y) = (
                at.0 + self.dice.spread() * size * 5.0,
                at.1 + self.dice.spread() * size * 5.0,
            );
            let shade = self.dice.between(0.3, 1.3)
                * (0.95 + 0.08 * (at.1 - y) / size).clamp(0.55, 1.3)
                * if x > at.0 { 1.15 } else { 0.75 };
            let (dx, dy) = (self.dice.spread() * size * 0.6, self.dice.spread() * size * 0.35);
            self.canvas.stroke(
                (x - dx, y - dy),
                (x + dx, y + dy),
                (size * 0.8, size * 0.35),
                self.leaf * shade,
                0.85,
            );
        }
    }
}

/// Draws a conifer: a stem and drooping, needled boughs.
pub fn conifer(
    canvas: &mut Canvas,
    foot: (f32, f32),
    tall: f32,
    wide: f32,
    colour: Rgb,
    light: Rgb,
    seed: u32,
) {
    let mut dice = Dice::new(seed);
    canvas.stroke(
        foot,
        (foot.0, foot.1 - tall),
        (tall * 0.022, tall * 0.003),
        colour * 0.8,
        1.0,
    );
    let tiers = 60;
    for tier in 0..tiers {
        let t = 0.1 + 0.9 * (tier as f32 + dice.between(0.0, 0.9)) / tiers as f32;
        let spread = wide * tall * (1.0 - t).powf(0.8) * dice.between(0.65, 1.1);
        for side in [-1.0, 1.0] {
            let start = (foot.0, foot.1 - tall * t);
            let reach = spread * dice.between(0.7, 1.1);
            let end = (foot.0 + side * reach, start.1 + reach * dice.between(0.18, 0.5));
            let tone = colour.to(
                light,
                dice.between(0.0, 1.0) * if side > 0.0 { 0.9 } else { 0.35 },
            );
            canvas.stroke(start, end, (tall * 0.012, tall * 0.002), tone, 0.95);
            let needles = 9;
            for n in 1..=needles {
                let k = n as f32 / needles as f32;
                let at = (start.0 + (end.0 - start.0) * k, start.1 + (end.1 - start.1) * k);
                let drop = tall * 0.032 * (1.15 - k) * dice.between(0.6, 1.3);
                let lean = side * drop * dice.between(0.1, 0.7);
                canvas.stroke(
                    at,
                    (at.0 + lean, at.1 + drop),
                    (tall * 0.012, tall * 0.003),
                    tone * dice.between(0.7, 1.15),
                    0.9,
                );
                canvas.stroke(
                    at,
                    (at.0 + lean, at.1 - drop * 0.4),
                    (tall * 0.006, tall * 0.001),
                    tone,
                    0.8,
                );
            }
        }
    }
}

/// Draws one bent blade of grass from its foot to about `tall` above; `bend` is how far the tip goes sideways.
pub fn blade(canvas: &mut Canvas, foot: (f32, f32), tall: f32, bend: f32, wide: f32, low: Rgb, high: Rgb) {
    let pieces = 5;
    let at = |t: f32| {
        (
            foot.0 + bend * t * t,
            foot.1 - tall * (t - 0.18 * t * t * (bend.abs() / tall.max(1e-4)).min(1.5)),
        )
    };
    for piece in 0..pieces {
        let (a, b) = (piece as f32 / pieces as f32, (piece + 1) as f32 / pieces as f32);
        canvas.stroke(
            at(a),
            at(b),
            (wide * (1.0 - a * 0.9), wide * (1.0 - b * 0.9)),
            low.to(high, b),
            0.95,
        );
    }
}
