//! Lightning over open land: ripe wheat on a plain, and a winter polder with its ditches.

use super::canvas::Canvas;
use super::colour::{Rgb, hex};
use super::film::Film;
use super::noise::{Dice, fractal, smoothstep, wander};
use super::plants::{OAK, POPLAR, blade, tree};
use super::sky::{Sky, rain_curtain};
use super::water::Water;
use super::{Hour, Scene};

/// Paints the light of such a scene and chooses its film.
pub fn paint(canvas: &mut Canvas, scene: Scene) -> Film {
    if scene.hour == Hour::Night {
        polder(canvas, scene.seed)
    } else {
        wheat(canvas, scene.seed)
    }
}

fn storm_sky(
    canvas: &mut Canvas,
    horizon: f32,
    strike: (f32, f32),
    light: (Rgb, Rgb, Rgb),
    seed: u32,
) -> Sky {
    let sky = Sky {
        zenith: light.0,
        horizon: light.1,
        horizon_y: horizon,
        depth: 0.16,
        sun: strike,
        glow: light.2,
        focus: 5.0,
        lit: light.2 * 0.75 + light.0 * 0.9,
        shade: light.0 * 0.45,
        cover: 0.40,
        scale: 1.15,
        streak: 1.15,
        soft: 0.8,
        thick: 0.95,
        seed,
    };
    sky.paint(canvas, horizon + 0.01);
    sky
}

/// A bolt from the cloud to the ground: halves and halves again, with side branches that die out.
fn bolt(
    canvas: &mut Canvas,
    from: (f32, f32),
    to: (f32, f32),
    wide: f32,
    power: f32,
    dice: &mut Dice,
    forks: u32,
) {
    let mut points = vec![from, to];
    let mut offset = ((to.0 - from.0).powi(2) + (to.1 - from.1).powi(2)).sqrt() * 0.13;
    for _ in 0..7 {
        let mut next = Vec::with_capacity(points.len() * 2);
        for pair in points.windows(2) {
            next.push(pair[0]);
            next.push((
                (pair[0].0 + pair[1].0) * 0.5 + dice.spread() * offset,
                (pair[0].1 + pair[1].1) * 0.5 + dice.spread() * offset * 0.3,
            ));
        }
        next.push(to);
        points = next;
        offset *= 0.54;
    }
    let light = hex(0xe6e8ff);
    let count = points.len() as f32;
    for (i, pair) in points.windows(2).enumerate() {
        let t = i as f32 / count;
        let thin = if forks == 0 { 1.0 - t * 0.9 } else { 1.0 };
        if i % 4 == 0 {
            canvas.glow(
                pair[0].0,
                pair[0].1,
                wide * 16.0,
                hex(0x8f8cff) * (0.030 * power * thin),
            );
            canvas.glow(
                pair[0].0,
                pair[0].1,
                wide * 5.0,
                hex(0xb8b4ff) * (0.16 * power * thin),
            );
        }
        canvas.stroke(
            pair[0],
            pair[1],
            (wide * thin, wide * thin),
            light * (4.0 * power),
            (0.95 * thin).min(1.0),
        );
    }
    if forks > 0 {
        for _ in 0..5 {
            let at = points[(dice.between(0.08, 0.75) * count) as usize];
            let long = dice.between(0.07, 0.22);
            let side = dice.spread() * 1.3;
            bolt(
                canvas,
                at,
                (at.0 + side * long, at.1 + long),
                wide * 0.5,
                power * 0.45,
                dice,
                forks - 1,
            );
        }
    }
}

fn wheat(canvas: &mut Canvas, seed: u32) -> Film {
    let a = canvas.aspect();
    let horizon = 0.60;
    let strike = (a * 0.685, 0.20);
    let sky = storm_sky(
        canvas,
        horizon,
        strike,
        (hex(0x3a4664), hex(0xc99a78), hex(0x9a98c8) * 0.8),
        seed,
    );
    rain_curtain(
        canvas,
        a * 0.52,
        a * 1.02,
        0.30,
        horizon,
        0.10,
        hex(0x5a5a70) * 0.8,
        seed,
    );
    let mut dice = Dice::new(seed ^ 21);
    bolt(
        canvas,
        (a * 0.655, 0.12),
        (a * 0.715, horizon - 0.012),
        0.0036,
        1.0,
        &mut dice,
        2,
    );
    // Hills, and a village's trees on the horizon.
    let (from, to, pixel) = (
        canvas.row_at(horizon - 0.10),
        canvas.row_at(horizon + 0.01),
        canvas.pixel(),
    );
    canvas.rework(from, to, |x, y, light| {
        let line = horizon - 0.028 - 0.035 * wander(x * 1.6, seed, 6, 0.5);
        light.to(
            hex(0x4a4658).to(hex(0x8f7468), smoothstep(line, horizon, y)),
            ((y - line) / pixel + 0.5).clamp(0.0, 1.0) * 0.9,
        )
    });
    for i in 0..26 {
        let x = a * dice.between(0.02, 0.60);
        let habit = if i % 4 == 0 { POPLAR } else { OAK };
        let habit = super::plants::Habit {
            leaf: 0.016,
            forks: habit.forks.min(4),
            ..habit
        };
        tree(
            canvas,
            &habit,
            (x, horizon + 0.006),
            dice.between(0.022, 0.055),
            hex(0x2c2a30),
            hex(0x33343a),
            seed + i,
        );
    }
    // The field in perspective: gusts lay the wheat in waves, and a track divides it.
    let height = canvas.height;
    let rows = canvas.row_at(horizon + 0.004);
    let track = move |z: f32| -0.10 - 0.16 * (z * 0.9).sin() / (1.0 + z);
    canvas.rework(rows, height, |x, y, _| {
        let z = 0.40 / (y - horizon + 0.002);
        let side = (x - a * 0.42) * z;
        let foot = pixel * z;
        let gust = fractal().at(side * 0.35 + 3.0, z * 0.32, foot * (0.4 + z * 0.1));
        let ears = fractal().at(side * 5.0, z * 5.0, foot * (5.0 + z * 2.0))
            + 0.6 * fractal().at(side * 19.0, z * 16.0, foot * (16.0 + z * 4.0));
        let rut = smoothstep(0.055, 0.03, ((side - track(z)).abs() - 0.11).abs()) * smoothstep(14.0, 3.0, z);
        let ripe = hex(0xc99a4e).to(hex(0x8a6a36), (0.5 + ears * 0.7).clamp(0.0, 1.0));
        let light = ripe * (0.66 + gust * 0.55).max(0.30) * (1.0 - rut * 0.75);
        let flash = (-((x - a * 0.71) / 0.55).powi(2)).exp() * smoothstep(horizon + 0.30, horizon, y);
        (light + hex(0xa8a4d8) * (flash * 0.22)).to(sky.horizon * 0.55, smoothstep(4.0, 90.0, z) * 0.6)
    });
    let mut stalks: Vec<(f32, f32, f32)> = (0..11_000)
        .map(|_| {
            let near = dice.between(0.0, 1.0).powf(1.3);
            (dice.between(-0.02, a + 0.02), near, dice.between(0.0, 1.0))
        })
        .collect();
    stalks.sort_by(|l, r| l.1.total_cmp(&r.1));
    for (x, t, luck) in stalks {
        let y = horizon + 0.05 + 0.47 * t;
        // What lies farther away is smaller in the same measure as its distance below the horizon.
        let near = (y - horizon) / 0.45;
        let z = 0.40 / (y - horizon);
        let side = (x - a * 0.42) * z;
        if ((side - track(z)).abs() - 0.11).abs() < 0.05 {
            continue;
        }
        let gust = fractal().at(side * 0.35 + 3.0, z * 0.32, 0.01);
        let tall = 0.115 * near * (0.75 + luck * 0.4);
        let bend = tall * (0.30 + gust * 0.5 + luck * 0.15);
        let light = (0.66 + gust * 0.55).max(0.30) * (0.70 + luck * 0.45);
        let tone = hex(0xbb8f4c) * light;
        blade(canvas, (x, y), tall, bend, 0.0022 * near, hex(0x3a2c16), tone);
        let (tx, ty) = (x + bend, y - tall * 0.93);
        let ear = tall * 0.24;
        let droop = dice.between(-0.35, 0.75);
        let tip = (tx + ear * (0.9 - 0.5 * droop.abs()), ty + ear * droop);
        canvas.stroke((tx, ty), tip, (0.0048 * near, 0.0016 * near), tone * 1.15, 0.9);
        for awn in 0..3 {
            let spread = awn as f32 * 0.22 - 0.2;
            canvas.stroke(
                (tx + ear * 0.4, ty),
                (tip.0 + ear * 0.7, tip.1 + ear * spread),
                (0.0008 * near, 0.0003 * near),
                tone * 1.2,
                0.5,
            );
        }
    }
    Film {
        exposure: 1.08,
        bloom: 0.16,
        contrast: 0.36,
        vignette: 0.4,
        ..Film::standard()
    }
}

fn polder(canvas: &mut Canvas, seed: u32) -> Film {
    let a = canvas.aspect();
    let horizon = 0.635;
    let strike = (a * 0.31, 0.16);
    let sky = storm_sky(
        canvas,
        horizon,
        strike,
        (hex(0x2b3350), hex(0x6d7390), hex(0x9f9ce0) * 0.85),
        seed,
    );
    let mut dice = Dice::new(seed ^ 5);
    rain_curtain(
        canvas,
        -0.1,
        a * 0.30,
        0.28,
        horizon,
        -0.06,
        hex(0x3c4058) * 0.8,
        seed,
    );
    bolt(
        canvas,
        (a * 0.335, 0.10),
        (a * 0.275, horizon - 0.008),
        0.0034,
        1.0,
        &mut dice,
        2,
    );
    bolt(
        canvas,
        (a * 0.36, 0.13),
        (a * 0.52, 0.36),
        0.0014,
        0.5,
        &mut dice,
        1,
    );
    for i in 0..30 {
        let x = if i < 18 {
            a * dice.between(0.0, 1.0)
        } else {
            a * dice.between(0.70, 0.88)
        };
        let tall = if i < 18 {
            dice.between(0.018, 0.045)
        } else {
            dice.between(0.05, 0.10)
        };
        let habit = if i % 3 == 0 { &POPLAR } else { &OAK };
        tree(
            canvas,
            habit,
            (x, horizon + 0.004),
            tall,
            hex(0x14161f),
            hex(0x14161f),
            seed + i,
        );
    }
    let barn = (a * 0.775, horizon + 0.004);
    canvas.fill(
        &[
            (barn.0 - 0.05, barn.1 - 0.055),
            (barn.0 + 0.05, barn.1 - 0.055),
            (barn.0 + 0.075, barn.1 - 0.016),
            (barn.0 - 0.075, barn.1 - 0.016),
        ],
        1.0,
        |_, _| hex(0x1a1b24),
    );
    canvas.fill(
        &[
            (barn.0 - 0.068, barn.1 - 0.018),
            (barn.0 + 0.068, barn.1 - 0.018),
            (barn.0 + 0.068, barn.1),
            (barn.0 - 0.068, barn.1),
        ],
        1.0,
        |_, _| hex(0x12131a),
    );
    canvas.glow(barn.0 - 0.035, barn.1 - 0.008, 0.008, hex(0xffb45c) * 2.4);
    canvas.glow(barn.0 + 0.060, barn.1 - 0.014, 0.0035, hex(0xffe2b8) * 1.3);
    let (rows, height, pixel) = (canvas.row_at(horizon), canvas.height, canvas.pixel());
    let vanish = a * 0.40;
    let place = move |x: f32, y: f32| {
        let z = 0.36 / (y - horizon + 0.0015);
        ((x - vanish) * z / 0.36, z)
    };
    // Ditches run away from the camera, one of them wide and close.
    let ditch = move |side: f32, z: f32| {
        let wobble = 0.02 * wander(z * 1.7, seed, 2, 0.5);
        let main = (side + 0.10 + wobble).abs() - 0.17;
        let lanes = ((side - 0.10 + 40.0 * 1.45).rem_euclid(1.45) - 0.725).abs();
        let other = if side.abs() > 0.8 { 0.70 - lanes } else { 1.0 };
        main.min(other - 0.62 + 0.55)
    };
    canvas.rework(rows, height, |x, y, _| {
        let (side, z) = place(x, y);
        let foot = pixel * z * 2.8;
        let tuft = fractal().at(side * 5.0, z * 7.0, foot * 6.0)
            + 0.5 * fractal().at(side * 21.0, z * 24.0, foot * 21.0);
        let flash = (-((x - a * 0.28) / 0.9).powi(2)).exp();
        let edge = smoothstep(0.14, 0.0, ditch(side, z).max(0.0));
        let grass = hex(0x4c5a3a) * (0.55 + tuft * 0.5) * (1.0 - edge * 0.55);
        let light = grass * (hex(0x9a9ed0) * (0.32 + 0.65 * flash));
        light.to(sky.horizon * 0.45, smoothstep(3.0, 60.0, z) * 0.55)
    });
    let water = Water {
        edge: horizon,
        rough: 0.8,
        deep: hex(0x0c0f18),
        mirror: 0.62,
        scale: 1.0,
        seed,
    };
    water.paint(canvas, |x, y| {
        let (side, z) = place(x, y);
        smoothstep(0.012, -0.012, ditch(side, z)) * 0.96
    });
    for _ in 0..1_500 {
        let t = dice.between(0.0, 1.0);
        let y = 0.72 + 0.33 * t;
        let x = dice.between(-0.02, a + 0.02);
        let (side, z) = place(x, y);
        let close = ditch(side, z);
        if !(0.004..0.22).contains(&close) {
            continue;
        }
        let tall = (0.012 + 0.07 * t) * dice.between(0.4, 1.2) * if close < 0.06 { 1.3 } else { 0.55 };
        let tone = hex(0x5d6658).to(hex(0xa8a890), dice.between(0.0, 1.0)) * 0.55;
        blade(
            canvas,
            (x, y),
            tall,
            tall * dice.between(0.1, 0.8),
            0.0015 + 0.0014 * t,
            hex(0x0f130f),
            tone,
        );
    }
    Film {
        exposure: 1.25,
        bloom: 0.18,
        contrast: 0.34,
        grain: 4.6,
        vignette: 0.42,
        ..Film::standard()
    }
}
