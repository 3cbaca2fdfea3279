//! The river and the flooded land: rows of poplars, their long reflections, mist, a farm.

use super::autumn;
use super::canvas::Canvas;
use super::colour::{Rgb, hex};
use super::film::Film;
use super::noise::{Dice, fractal, smoothstep, wander};
use super::plants::{OAK, POPLAR, blade, tree};
use super::sky::Sky;
use super::water::Water;
use super::{Hour, Scene, Weather};

/// Paints the light of such a scene and chooses its film.
pub fn paint(canvas: &mut Canvas, scene: Scene) -> Film {
    match (scene.hour, scene.weather) {
        (Hour::Dawn, _) => misty(canvas, scene.seed),
        (_, Weather::Storm) => flood(canvas, scene.seed),
        _ => autumn::paint(canvas, scene.seed),
    }
}

/// Covers the canvas below a wandering line with a bank.
pub fn bank(canvas: &mut Canvas, line: impl Fn(f32) -> f32, foot: f32, colour: impl Fn(f32, f32) -> Rgb) {
    let (from, to) = (canvas.row_at(foot - 0.35), canvas.row_at(foot));
    let pixel = canvas.pixel();
    canvas.rework(from, to, |x, y, light| {
        let inside = ((y - line(x)) / pixel + 0.5).clamp(0.0, 1.0);
        if inside > 0.0 {
            light.to(colour(x, y), inside)
        } else {
            light
        }
    });
}

/// Lays mist over the rows around `middle`.
fn mist(canvas: &mut Canvas, middle: f32, half: f32, colour: Rgb, amount: f32, seed: u32) {
    let (from, to) = (canvas.row_at(middle - half), canvas.row_at(middle + half));
    let pixel = canvas.pixel() * 4.0;
    let shift = (seed % 71) as f32;
    canvas.veil(from, to, |x, y| {
        let near = 1.0 - ((y - middle) / half).abs();
        let drift = fractal().at(x * 0.8 + shift, y * 5.0, pixel * 2.0) * 0.55 + 0.62;
        (
            colour,
            (near * near * (3.0 - 2.0 * near) * drift * amount).clamp(0.0, 1.0),
        )
    });
}

fn misty(canvas: &mut Canvas, seed: u32) -> Film {
    let a = canvas.aspect();
    let edge = 0.60;
    let sky = Sky {
        zenith: hex(0x6f8fb4),
        horizon: hex(0xffd3a6),
        horizon_y: edge - 0.01,
        depth: 0.24,
        sun: (a * 0.30, 0.53),
        glow: hex(0xffb86a) * 1.4,
        focus: 11.0,
        lit: hex(0xffc9a8),
        shade: hex(0x9a93ab),
        cover: -0.10,
        scale: 1.0,
        streak: 2.8,
        soft: 0.6,
        thick: 0.6,
        seed,
    };
    sky.paint(canvas, edge + 0.01);
    canvas.glow(sky.sun.0, sky.sun.1, 0.030, hex(0xfff0d0) * 5.0);
    bank(
        canvas,
        |x| edge - 0.035 - 0.008 * wander(x * 3.0, seed, 4, 0.5),
        edge,
        |_, _| hex(0xb08e86),
    );
    let mut dice = Dice::new(seed);
    for i in 0..16 {
        let x = dice.between(0.0, a);
        tree(
            canvas,
            &OAK,
            (x, edge - 0.03),
            dice.between(0.045, 0.085),
            hex(0xa3837f),
            hex(0xa3837f),
            seed + i,
        );
    }
    mist(canvas, edge - 0.03, 0.07, hex(0xf7cfae), 0.75, seed);
    bank(
        canvas,
        |x| edge - 0.012 - 0.004 * wander(x * 5.0, seed ^ 2, 4, 0.5),
        edge,
        |x, _| hex(0x5a4a4c).to(hex(0xc08a68), (-(x - sky.sun.0).abs() * 3.0).exp()),
    );
    // The row walks away from the camera: each tree smaller, paler and closer to the next.
    for i in (0..17).rev() {
        let z = 1.0 + i as f32 * 0.34 + dice.spread() * 0.05;
        let x = a * 0.30 + a * 0.62 / z;
        let tall = 0.50 / z * dice.between(0.9, 1.08);
        let veil = smoothstep(0.8, 7.0, z);
        let bark = hex(0x2e2626).to(hex(0xd9a98a), veil * 0.85);
        tree(
            canvas,
            &POPLAR,
            (x, edge - 0.006),
            tall,
            bark,
            bark,
            seed ^ (i * 77 + 5),
        );
    }
    mist(canvas, edge - 0.005, 0.045, hex(0xf3c7a4), 0.55, seed ^ 1);
    let water = Water {
        edge,
        rough: 0.55,
        deep: hex(0x2b3640),
        mirror: 0.62,
        scale: 0.9,
        seed,
    };
    water.paint(canvas, |_, _| 1.0);
    mist(canvas, edge + 0.02, 0.05, hex(0xf3c7a4), 0.40, seed ^ 4);
    fence(canvas, seed);
    reeds(canvas, 0.0, a * 0.26, 0.22, hex(0x1a1512), hex(0x6d4c33), seed);
    Film {
        exposure: 0.98,
        contrast: 0.30,
        bloom: 0.18,
        saturation: 1.05,
        ..Film::standard()
    }
}

/// Posts of a drowned fence, going away from the lower right, each with its reflection.
fn fence(canvas: &mut Canvas, seed: u32) {
    let a = canvas.aspect();
    let mut dice = Dice::new(seed ^ 31);
    let dark = hex(0x17130f);
    let mut wire: Option<(f32, f32, f32)> = None;
    for i in (0..9).rev() {
        let z = 1.0 + i as f32 * 0.75;
        let x = a * 0.50 + a * 0.36 / z + dice.spread() * 0.004;
        let y = 0.60 + 0.31 / z;
        let tall = 0.115 / z * dice.between(0.8, 1.1);
        let lean = dice.spread() * 0.012 / z;
        let wide = 0.0125 / z;
        canvas.stroke((x, y), (x + lean, y - tall), (wide, wide * 0.85), dark, 1.0);
        canvas.stroke(
            (x + wide * 0.3, y),
            (x + lean + wide * 0.3, y - tall),
            (wide * 0.2, wide * 0.2),
            hex(0x8a6a4c),
            0.5,
        );
        let pieces = 9;
        for p in 0..pieces {
            let t = |k: i32| {
                (
                    x - lean * k as f32 / 9.0 + dice_wave(i, k) * 0.0022 / z,
                    y + tall * 0.9 * k as f32 / 9.0,
                )
            };
            canvas.stroke(t(p), t(p + 1), (wide, wide), dark, 0.72 - 0.06 * p as f32);
        }
        if let Some((wx, wy, wz)) = wire {
            for level in [0.85, 0.5] {
                let (from, to) = ((wx, wy - 0.115 / wz * level), (x, y - tall * level));
                canvas.stroke(from, to, (0.0011 / wz, 0.0014 / z), dark, 0.8);
            }
        }
        wire = Some((x, y, z));
    }
}

fn dice_wave(i: i32, k: i32) -> f32 {
    super::noise::chance(i, k, 5) * 2.0 - 1.0
}

/// Reeds along the lower edge between `left` and `right`.
fn reeds(canvas: &mut Canvas, left: f32, right: f32, tall: f32, low: Rgb, high: Rgb, seed: u32) {
    let mut dice = Dice::new(seed ^ 47);
    for _ in 0..420 {
        let t = dice.between(0.0, 1.0).powf(1.5);
        let x = left + (right - left) * t;
        let high_here = tall * (1.15 - t * 0.9) * dice.between(0.45, 1.1);
        let y = 1.03 + dice.spread() * 0.02;
        let bend = high_here * (0.12 + dice.spread() * 0.3);
        blade(
            canvas,
            (x, y),
            high_here,
            bend,
            0.0032,
            low,
            low.to(high, dice.between(0.2, 1.0)),
        );
        if dice.between(0.0, 1.0) > 0.6 {
            let tip = (x + bend, y - high_here * 0.93);
            for _ in 0..5 {
                let end = (
                    tip.0 + 0.006 + dice.spread() * 0.012,
                    tip.1 + dice.spread() * 0.014,
                );
                canvas.stroke(tip, end, (0.0028, 0.0008), low.to(high, 0.7), 0.75);
            }
        }
    }
}

fn flood(canvas: &mut Canvas, seed: u32) -> Film {
    let a = canvas.aspect();
    let edge = 0.57;
    let sky = Sky {
        zenith: hex(0x5b6874) * 0.8,
        horizon: hex(0xd9d6cb),
        horizon_y: edge,
        depth: 0.28,
        sun: (a * 0.70, 0.30),
        glow: hex(0xfff0d4) * 0.55,
        focus: 6.0,
        lit: hex(0xd5d7d6),
        shade: hex(0x55606b) * 0.8,
        cover: 0.28,
        scale: 0.85,
        streak: 1.8,
        soft: 0.7,
        thick: 0.9,
        seed,
    };
    sky.paint(canvas, edge + 0.01);
    let mut dice = Dice::new(seed ^ 3);
    bank(
        canvas,
        |x| edge - 0.020 - 0.006 * wander(x * 4.0, seed, 4, 0.55),
        edge,
        |_, _| hex(0x7f8687),
    );
    for i in 0..42 {
        let x = dice.between(0.0, a);
        let pale = hex(0x788083);
        tree(
            canvas,
            &OAK,
            (x, edge - 0.012),
            dice.between(0.035, 0.085),
            pale,
            pale,
            seed + 100 + i,
        );
    }
    church(canvas, a * 0.185, edge - 0.01);
    mist(canvas, edge - 0.01, 0.05, hex(0xc5c8c5), 0.5, seed);
    // Two rows of drowned poplars and a farm on its mound.
    for i in 0..15 {
        let x = a * (0.36 + 0.0235 * i as f32) + dice.spread() * 0.006;
        let tall = 0.20 + 0.012 * i as f32 + dice.spread() * 0.02;
        let tone = hex(0x3c3d3e).to(hex(0x6c7273), 0.6 - i as f32 * 0.035);
        tree(
            canvas,
            &POPLAR,
            (x, edge + 0.004),
            tall,
            tone,
            tone,
            seed ^ (900 + i),
        );
    }
    farm(canvas, a * 0.815, edge + 0.004);
    for i in 0..6 {
        let x = a * 0.755 + i as f32 * 0.055 + dice.spread() * 0.01 + if i > 2 { 0.17 } else { 0.0 };
        tree(
            canvas,
            &OAK,
            (x, edge + 0.002),
            dice.between(0.12, 0.19),
            hex(0x2b2a2a),
            hex(0x2b2a2a),
            seed ^ (50 + i),
        );
    }
    let water = Water {
        edge,
        rough: 0.9,
        deep: hex(0x49463b),
        mirror: 0.55,
        scale: 0.75,
        seed,
    };
    water.paint(canvas, |_, _| 1.0);
    // Grass tops and a gate that still stand out of the water.
    for i in (0..26).rev() {
        let z = 1.0 + i as f32 * 0.32;
        let x = a * (0.06 + 0.30 * (1.0 - 1.0 / z)) + 0.02;
        let y = edge + 0.36 / z;
        let tall = 0.12 / z * dice.between(0.75, 1.1);
        let lean = dice.spread() * 0.012 / z;
        canvas.stroke(
            (x, y),
            (x + lean, y - tall),
            (0.013 / z, 0.011 / z),
            hex(0x1d1b19),
            1.0,
        );
        canvas.stroke(
            (x, y),
            (x - lean, y + tall * 0.8),
            (0.012 / z, 0.008 / z),
            hex(0x1d1b19),
            0.5,
        );
    }
    for _ in 0..260 {
        let x = a * dice.between(0.45, 1.02);
        let y = 0.80 + 0.2 * dice.between(0.0, 1.0).sqrt();
        let tuft = smoothstep(0.1, 0.5, wander(x * 3.0 + y * 4.0, seed ^ 8, 3, 0.5) + 0.15);
        let tall = 0.035 * tuft * (y - 0.5) * 2.4 * dice.between(0.4, 1.2);
        if tall < 0.006 {
            continue;
        }
        for _ in 0..7 {
            let fx = x + dice.spread() * 0.025;
            let fy = y + dice.spread() * 0.004;
            let tone = hex(0x5d5a38).to(hex(0x2a2c20), dice.between(0.0, 1.0));
            blade(
                canvas,
                (fx, fy),
                tall,
                tall * dice.between(-0.2, 0.9),
                0.0022,
                hex(0x1e2018),
                tone,
            );
            canvas.stroke(
                (fx, fy),
                (fx - tall * 0.2, fy + tall * 0.7),
                (0.002, 0.001),
                hex(0x23241c),
                0.35,
            );
        }
    }
    Film {
        exposure: 1.0,
        contrast: 0.35,
        saturation: 0.9,
        ..Film::standard()
    }
}

fn church(canvas: &mut Canvas, x: f32, y: f32) {
    let tone = hex(0x767c80);
    let flat = |_: f32, _: f32| tone;
    canvas.fill(
        &[
            (x - 0.012, y - 0.10),
            (x + 0.012, y - 0.10),
            (x + 0.012, y),
            (x - 0.012, y),
        ],
        1.0,
        flat,
    );
    canvas.fill(
        &[(x, y - 0.175), (x + 0.012, y - 0.10), (x - 0.012, y - 0.10)],
        1.0,
        flat,
    );
    canvas.fill(
        &[
            (x + 0.012, y - 0.038),
            (x + 0.075, y - 0.038),
            (x + 0.075, y),
            (x + 0.012, y),
        ],
        1.0,
        flat,
    );
    canvas.fill(
        &[
            (x + 0.018, y - 0.065),
            (x + 0.068, y - 0.065),
            (x + 0.077, y - 0.037),
            (x + 0.010, y - 0.037),
        ],
        1.0,
        flat,
    );
}

fn farm(canvas: &mut Canvas, x: f32, y: f32) {
    let pixel = canvas.pixel();
    let roof =
        move |u: f32, v: f32| hex(0x4c3f38) * (1.0 + 0.35 * fractal().at(u * 20.0, v * 60.0, pixel * 40.0));
    let wall = |_: f32, v: f32| hex(0x4a3630).to(hex(0x2a2422), smoothstep(y - 0.04, y, v));
    canvas.fill(
        &[
            (x - 0.02, y - 0.055),
            (x + 0.20, y - 0.055),
            (x + 0.20, y),
            (x - 0.02, y),
        ],
        1.0,
        wall,
    );
    canvas.fill(
        &[
            (x + 0.015, y - 0.145),
            (x + 0.165, y - 0.145),
            (x + 0.21, y - 0.052),
            (x - 0.03, y - 0.052),
        ],
        1.0,
        roof,
    );
    canvas.fill(
        &[
            (x + 0.125, y - 0.17),
            (x + 0.135, y - 0.17),
            (x + 0.135, y - 0.14),
            (x + 0.125, y - 0.14),
        ],
        1.0,
        |_, _| hex(0x33241f),
    );
    for (i, lit) in [true, false, true].into_iter().enumerate() {
        let left = x + 0.015 + i as f32 * 0.055;
        let tone = if lit { hex(0xffc873) * 1.8 } else { hex(0x1a1a1c) };
        canvas.fill(
            &[
                (left, y - 0.042),
                (left + 0.014, y - 0.042),
                (left + 0.014, y - 0.018),
                (left, y - 0.018),
            ],
            1.0,
            |_, _| tone,
        );
    }
}
