//! Rain on a canal at nightfall: rings on dark water, a lamp's light drawn out to the camera.

use super::Scene;
use super::canvas::Canvas;
use super::colour::{Rgb, hex};
use super::film::Film;
use super::noise::{Dice, fractal, smoothstep};
use super::plants::{OAK, tree};
use super::water::Water;

const EDGE: f32 = 0.36;

/// Paints the light of such a scene and chooses its film.
pub fn paint(canvas: &mut Canvas, scene: Scene) -> Film {
    let seed = scene.seed;
    let a = canvas.aspect();
    let to = canvas.row_at(EDGE + 0.01);
    canvas.wash(0, to, 2, |x, y| {
        let low = smoothstep(0.0, EDGE, y);
        hex(0x2c3a52).to(hex(0x77849a), low) * 0.75
            + hex(0xff9c50) * (0.10 * (-((x - a * 0.36) / 0.3).powi(2)).exp() * low)
    });
    let mut dice = Dice::new(seed);
    for i in 0..9 {
        let x = a * dice.between(-0.05, 1.05);
        let tone = hex(0x3d475a).to(hex(0x5b667a), dice.between(0.0, 1.0)) * 0.7;
        tree(
            canvas,
            &OAK,
            (x, EDGE - 0.03),
            dice.between(0.16, 0.27),
            tone,
            tone,
            seed + i,
        );
    }
    houses(canvas, &mut dice);
    let pixel = canvas.pixel();
    canvas.fill(
        &[
            (-0.1, EDGE - 0.036),
            (a + 0.1, EDGE - 0.036),
            (a + 0.1, EDGE + 0.004),
            (-0.1, EDGE + 0.004),
        ],
        1.0,
        |u, v| {
            let course = ((v - EDGE) * 520.0).sin() * 0.12;
            let brick = fractal().at(u * 18.0, v * 60.0, pixel * 40.0);
            let lamp = (-((u - a * 0.36) / 0.13).powi(2)).exp();
            hex(0x2a2a30) * (0.75 + brick * 0.5 + course) + hex(0xff9c50) * (lamp * (0.09 + brick * 0.05))
        },
    );
    lamp(canvas, a * 0.36, EDGE - 0.035, 1.0);
    lamp(canvas, a * 0.86, EDGE - 0.035, 0.72);
    let water = Water {
        edge: EDGE,
        rough: 2.1,
        deep: hex(0x0e151f),
        mirror: 0.50,
        scale: 0.8,
        seed,
    };
    water.paint(canvas, |_, _| 1.0);
    streaks_of_light(canvas, a * 0.36, 1.0, seed);
    streaks_of_light(canvas, a * 0.86, 0.5, seed ^ 4);
    rings(canvas, seed);
    falling(canvas, seed);
    Film {
        exposure: 1.30,
        bloom: 0.24,
        contrast: 0.34,
        grain: 5.0,
        vignette: 0.42,
        saturation: 1.02,
    }
}

fn houses(canvas: &mut Canvas, dice: &mut Dice) {
    let a = canvas.aspect();
    let mut x = a * 0.46;
    while x < a * 1.05 {
        let (wide, tall) = (dice.between(0.06, 0.10), dice.between(0.10, 0.17));
        let foot = EDGE - 0.03;
        let tone = hex(0x2e3442) * dice.between(0.7, 1.15);
        canvas.fill(
            &[
                (x, foot - tall),
                (x + wide, foot - tall),
                (x + wide, foot),
                (x, foot),
            ],
            1.0,
            |u, v| tone * (1.0 + 0.25 * fractal().at(u * 30.0, v * 50.0, 0.02)),
        );
        canvas.fill(
            &[
                (x + wide * 0.5, foot - tall - wide * 0.6),
                (x + wide + 0.002, foot - tall),
                (x - 0.002, foot - tall),
            ],
            1.0,
            |_, _| tone * 0.75,
        );
        for floor in 0..3 {
            for column in 0..3 {
                let (wx, wy) = (
                    x + wide * (column as f32 + 0.5) / 3.0,
                    foot - tall * (floor as f32 + 0.55) / 3.0,
                );
                let (w, h) = (wide * 0.075, tall * 0.085);
                let warm = if dice.between(0.0, 1.0) > 0.72 {
                    hex(0xffb45c) * dice.between(0.5, 1.4)
                } else {
                    hex(0x1c2330)
                };
                canvas.fill(
                    &[
                        (wx - w, wy - h),
                        (wx + w, wy - h),
                        (wx + w, wy + h),
                        (wx - w, wy + h),
                    ],
                    1.0,
                    |_, _| warm,
                );
                canvas.stroke((wx, wy - h), (wx, wy + h), (0.0008, 0.0008), tone * 0.6, 1.0);
            }
        }
        x += wide * 1.01;
    }
}

fn lamp(canvas: &mut Canvas, x: f32, foot: f32, size: f32) {
    let top = foot - 0.155 * size;
    canvas.stroke(
        (x, foot),
        (x, top),
        (0.0050 * size, 0.0032 * size),
        hex(0x0b0d12),
        1.0,
    );
    canvas.fill(
        &[
            (x - 0.009 * size, top - 0.02 * size),
            (x + 0.009 * size, top - 0.02 * size),
            (x + 0.006 * size, top),
            (x - 0.006 * size, top),
        ],
        1.0,
        |_, _| hex(0xffdc9c) * 3.5,
    );
    canvas.fill(
        &[
            (x, top - 0.031 * size),
            (x + 0.012 * size, top - 0.02 * size),
            (x - 0.012 * size, top - 0.02 * size),
        ],
        1.0,
        |_, _| hex(0x0b0d12),
    );
    canvas.glow(x, top - 0.01 * size, 0.20 * size, hex(0xffa24c) * 0.22);
    canvas.glow(x, top - 0.01 * size, 0.05 * size, hex(0xffc078) * 0.9);
}

/// The lamp's light on the water, broken into dashes that widen towards the camera.
fn streaks_of_light(canvas: &mut Canvas, x: f32, power: f32, seed: u32) {
    let mut dice = Dice::new(seed ^ 88);
    for _ in 0..520 {
        let t = dice.between(0.0, 1.0);
        let y = EDGE + 0.01 + 0.62 * t;
        let wide = (0.006 + 0.040 * t) * dice.between(0.25, 1.1);
        let off = dice.spread() * (0.010 + 0.055 * t);
        let amount = power * (1.0 - t).powf(1.5) * dice.between(0.1, 0.8) + 0.05 * power;
        let tall = 0.0014 + 0.0028 * t;
        let light = hex(0xffb468) * 1.7;
        canvas.stroke(
            (x + off - wide, y),
            (x + off + wide, y + dice.spread() * 0.001),
            (tall * 0.3, tall * 0.7),
            light,
            amount.min(0.85) * 0.7,
        );
    }
}

/// Rings where drops have fallen, flat in the distance and rounder near the camera.
fn rings(canvas: &mut Canvas, seed: u32) {
    let a = canvas.aspect();
    let mut dice = Dice::new(seed ^ 17);
    let mut drops: Vec<(f32, f32)> = (0..430)
        .map(|_| (dice.between(-0.05, a + 0.05), dice.between(0.0, 1.0).powf(0.85)))
        .collect();
    drops.sort_by(|l, r| l.1.total_cmp(&r.1));
    for (x, t) in drops {
        let y = EDGE + 0.015 + 0.66 * t;
        let flat = 0.16 + 0.30 * t;
        let full = (0.004 + 0.052 * t) * dice.between(0.25, 1.15);
        let age = dice.between(0.0, 1.0);
        for ring in 0..3 {
            let radius = full * (1.0 - 0.30 * ring as f32);
            let strength = 0.62 * (1.0 - age * 0.75) * (1.0 - 0.22 * ring as f32) * (0.35 + 0.65 * t);
            ellipse(
                canvas,
                x,
                y,
                radius,
                flat,
                (0.0009 + 0.0026 * t) * (1.0 - 0.2 * ring as f32),
                strength,
            );
        }
        if age < 0.09 {
            // The drop that springs back.
            let tall = full * 0.42;
            canvas.stroke(
                (x, y),
                (x, y - tall),
                (0.0012 + 0.0028 * t, 0.0008),
                hex(0xb8c4d8) * 0.9,
                0.75,
            );
            canvas.glow(x, y - tall * 1.25, 0.0018 + 0.0030 * t, hex(0xdfe8f8) * 1.2);
        }
    }
}

fn ellipse(canvas: &mut Canvas, x: f32, y: f32, radius: f32, flat: f32, wide: f32, strength: f32) {
    let a = canvas.aspect();
    let pieces = ((radius * canvas.height as f32 * 0.9) as i32).clamp(14, 60);
    let at = |i: i32, grow: f32| {
        let angle = i as f32 / pieces as f32 * std::f32::consts::TAU;
        (
            x + angle.cos() * radius * grow,
            y + angle.sin() * radius * grow * flat,
        )
    };
    let warm = (-((x - a * 0.36) / 0.16).powi(2)).exp();
    let bright = hex(0x93a3be).to(hex(0xffc080), warm) * (0.85 + warm);
    for i in 0..pieces {
        let angle = (i as f32 + 0.5) / pieces as f32 * std::f32::consts::TAU;
        let (far_side, near_side) = ((-angle.sin()).max(0.0), angle.sin().max(0.0));
        let light = strength * (0.18 + 0.62 * near_side);
        let dark = strength * (0.16 + 0.50 * far_side);
        canvas.stroke(
            at(i, 0.94),
            at(i + 1, 0.94),
            (wide * 1.2, wide * 1.2),
            Rgb::grey(0.012),
            dark * 0.8,
        );
        canvas.stroke(at(i, 1.0), at(i + 1, 1.0), (wide, wide), bright, light.min(0.9));
    }
}

/// The rain itself: short, slanting, hardly there.
fn falling(canvas: &mut Canvas, seed: u32) {
    let a = canvas.aspect();
    let mut dice = Dice::new(seed ^ 61);
    for _ in 0..620 {
        let (x, y) = (dice.between(-0.05, a + 0.05), dice.between(-0.05, 0.62));
        let long = dice.between(0.015, 0.05);
        let lamp = (-((x - a * 0.36) / 0.12).powi(2) - ((y - 0.17) / 0.14).powi(2)).exp();
        let light = hex(0x9fb0c8) + hex(0xffb870) * (lamp * 2.0);
        canvas.stroke(
            (x, y),
            (x - long * 0.13, y + long),
            (0.0005, 0.0009),
            light,
            0.10 + 0.40 * lamp,
        );
    }
}
