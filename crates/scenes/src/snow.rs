//! Snow under a low sun: a polder with a fence and one line of footprints, and a mountain pass with the ruts of a lorry.

use super::canvas::Canvas;
use super::colour::{Rgb, hex};
use super::film::Film;
use super::noise::{Dice, fractal, octaves, perlin, ridged, smoothstep};
use super::plants::{OAK, POPLAR, tree};
use super::sky::Sky;
use super::terrain::{Camera, Spot, Walk, draw};
use super::{Hour, Scene};

/// Paints the light of such a scene and chooses its film.
pub fn paint(canvas: &mut Canvas, scene: Scene) -> Film {
    if scene.hour == Hour::Dawn {
        polder(canvas, scene.seed)
    } else {
        pass(canvas, scene.seed)
    }
}

/// How deep a line of prints or ruts is at a place: 0 untouched, 1 trodden.
fn trodden(x: f32, z: f32, path: f32, gauge: f32, prints: bool) -> f32 {
    let off = (x - path).abs() - gauge;
    if prints {
        // Left and right foot in turn, a stride of 0.7.
        let (step, side) = (z / 0.7, if (z / 0.7) as i32 % 2 == 0 { 0.13 } else { -0.13 });
        let along = (step - step.round()).abs() * 0.7;
        let across = (x - path - side).abs();
        smoothstep(0.16, 0.07, (along * along * 0.5 + across * across).sqrt())
    } else {
        smoothstep(0.30, 0.12, off.abs())
    }
}

fn polder(canvas: &mut Canvas, seed: u32) -> Film {
    let a = canvas.aspect();
    let horizon = 0.40;
    let sky = Sky {
        zenith: hex(0x7fa3cf),
        horizon: hex(0xffdcc0),
        horizon_y: horizon,
        depth: 0.22,
        sun: (a * 0.17, 0.345),
        glow: hex(0xffc68a) * 1.5,
        focus: 12.0,
        lit: hex(0xffd8c4),
        shade: hex(0xa9a8c4),
        cover: -0.16,
        scale: 1.1,
        streak: 2.2,
        soft: 0.55,
        thick: 0.6,
        seed,
    };
    sky.paint(canvas, horizon + 0.02);
    canvas.glow(sky.sun.0, sky.sun.1, 0.022, hex(0xfff0d8) * 6.0);
    let mut dice = Dice::new(seed);
    for i in 0..34 {
        let x = a * dice.between(0.0, 1.0);
        let pale = hex(0xb9a4ac).to(hex(0xf0c4a0), (-(x - sky.sun.0).abs() * 2.5).exp());
        let habit = if i % 3 == 0 { &POPLAR } else { &OAK };
        tree(
            canvas,
            habit,
            (x, horizon + 0.004),
            dice.between(0.035, 0.075),
            pale,
            pale,
            seed + i,
        );
    }
    let sun = (-0.62, 0.15, 0.77);
    let camera = Camera {
        x: 0.0,
        height: 1.75,
        horizon,
        focal: 1.0,
        centre: a * 0.5,
    };
    let path = |z: f32| 0.5 + 1.6 * (z * 0.055).sin() - 0.045 * z;
    let base = |x: f32, z: f32| {
        perlin(x * 0.12, z * 0.10, seed) * 0.22 + perlin(x * 0.45, z * 0.32, seed ^ 1) * 0.06
    };
    let detail = |x: f32, z: f32, foot: f32| {
        let crust = fractal().at(x * 0.55, z * 0.9, foot * 0.7) * 0.035
            + fractal().at(x * 3.1, z * 4.0, foot * 3.5) * 0.010;
        crust
            - if z < 45.0 {
                trodden(x, z, path(z), 0.0, true) * 0.055
            } else {
                0.0
            }
    };
    let shade = |spot: &Spot| {
        let direct = hex(0xffcf9e) * (spot.facing(sun) * spot.open * 3.3);
        let around = hex(0x8fa9dc) * (0.52 + 0.2 * spot.normal.1);
        let print = if spot.z < 45.0 {
            trodden(spot.x, spot.z, path(spot.z), 0.0, true)
        } else {
            0.0
        };
        let snow = Rgb::grey(0.86) * (1.0 - 0.38 * print);
        let light = snow * (direct + around);
        light.to(hex(0xf7d6bf), smoothstep(10.0, 260.0, spot.z) * 0.75)
    };
    draw(
        canvas,
        &camera,
        &Walk {
            near: 2.2,
            far: 900.0,
            stride: 0.02,
            fine: 0.9,
            bump: 0.06,
            sun,
            reach: 5.0,
        },
        base,
        detail,
        shade,
    );
    // A fence that walks away on the right, every post with its long shadow.
    let post = hex(0x2c2420);
    let mut wire: Option<(f32, f32)> = None;
    for i in (0..22).rev() {
        let z = 4.2 + i as f32 * 2.7;
        let x = 2.5 + 0.055 * z + dice.spread() * 0.05;
        let ground = base(x, z) - 0.05;
        let tall = 1.15 + dice.spread() * 0.08;
        let (foot, top) = (
            camera.place(x, ground, z),
            camera.place(x + dice.spread() * 0.06, ground + tall, z),
        );
        let wide = 0.11 * camera.focal / z;
        let mut from = foot;
        for piece in 1..=12 {
            let t = piece as f32 / 12.0 * 0.62 * z.min(7.5);
            let (sx, sz) = (x - sun.0 * t, z - sun.2 * t);
            if sz < 1.8 {
                break;
            }
            let to = camera.place(sx, base(sx, sz), sz);
            let fade = 0.62 * (1.0 - piece as f32 / 15.0);
            canvas.stroke(
                from,
                to,
                (0.11 * camera.focal / sz, 0.13 * camera.focal / sz),
                hex(0x7f97c6) * 0.62,
                fade,
            );
            from = to;
        }
        let tone = post.to(hex(0xf0cdb4), smoothstep(8.0, 120.0, z) * 0.7);
        canvas.stroke(foot, top, (wide, wide * 0.95), tone, 1.0);
        let rim = wide * 0.36;
        canvas.stroke(
            (foot.0 - rim, foot.1),
            (top.0 - rim, top.1),
            (wide * 0.22, wide * 0.22),
            hex(0xe0a878) * 0.8,
            0.75,
        );
        canvas.stroke(
            (top.0 - wide * 0.5, top.1),
            (top.0 + wide * 0.5, top.1),
            (wide * 0.55, wide * 0.55),
            hex(0xeef1fa) * 0.9,
            0.95,
        );
        if let Some(far) = wire {
            for level in [0.86, 0.48] {
                let at = camera.place(x, ground + tall * level, z);
                let then = (far.0, far.1 + (1.0 - level) * 1.15 * camera.focal / (z + 2.7));
                canvas.stroke(then, at, (0.006 / z, 0.007 / z), post, 0.85);
            }
        }
        wire = Some(camera.place(x, ground + tall, z));
    }
    Film {
        exposure: 0.95,
        bloom: 0.18,
        contrast: 0.26,
        ..Film::standard()
    }
}

fn pass(canvas: &mut Canvas, seed: u32) -> Film {
    let a = canvas.aspect();
    let sky = Sky {
        zenith: hex(0x2f5f9f) * 0.8,
        horizon: hex(0xc6d8ea),
        horizon_y: 0.45,
        depth: 0.40,
        sun: (a * 1.15, 0.08),
        glow: hex(0xfff2dc) * 0.6,
        focus: 4.0,
        lit: hex(0xfff8f0),
        shade: hex(0x8f9fb8),
        cover: -0.04,
        scale: 0.9,
        streak: 1.3,
        soft: 0.5,
        thick: 0.8,
        seed,
    };
    sky.paint(canvas, 0.6);
    let sun = (0.80, 0.30, 0.52);
    let camera = Camera {
        x: 0.0,
        height: 3.4,
        horizon: 0.42,
        focal: 1.05,
        centre: a * 0.5,
    };
    let path = |z: f32| -1.4 + 4.2 * (z * 0.045 + 0.4).sin() * smoothstep(3.0, 40.0, z) + 0.02 * z;
    let shift = (seed % 61) as f32;
    let base = |x: f32, z: f32| {
        let road = smoothstep(1.8, 8.0, (x - path(z)).abs());
        let drift = (perlin(x * 0.10 + shift, z * 0.08, seed) * 1.1
            + perlin(x * 0.33, z * 0.24, seed ^ 1) * 0.30)
            * (0.12 + 0.88 * road);
        let wall = smoothstep(30.0, 110.0, z);
        let peak = ridged().at(x * 0.006 + shift, z * 0.010, 0.01) * 1.25
            + octaves(x * 0.012, z * 0.012 + shift, seed, 3, 0.5) * 0.4;
        let saddle = 0.35 + 0.65 * smoothstep(2.0, 60.0, (x - path(48.0)).abs());
        drift + wall * peak.max(0.0) * saddle * (26.0 + z * 0.035) - 0.04 * z.min(40.0) * 0.5
    };
    let detail = |x: f32, z: f32, foot: f32| {
        let off = x - path(z);
        let rut = if z < 70.0 && off.abs() < 3.0 {
            let lugs = 0.7 + 0.3 * ((z * 9.0).sin() * (1.0 - smoothstep(0.01, 0.05, foot)));
            -0.13 * trodden(x, z, path(z), 0.85, false) * lugs
                + 0.07 * smoothstep(0.55, 0.3, (off.abs() - 1.35).abs())
        } else {
            0.0
        };
        let crust = fractal().at(x * 0.4, z * 0.75, foot * 0.6) * 0.07
            + fractal().at(x * 2.3, z * 2.9, foot * 2.6) * 0.02;
        let rock = if z > 30.0 {
            (ridged().at(x * 0.05, z * 0.05, foot * 0.05) - 0.4) * smoothstep(30.0, 110.0, z) * 5.0
        } else {
            0.0
        };
        crust + rut + rock
    };
    let shade = |spot: &Spot| {
        let (up, deep) = (spot.x * 0.11 + spot.y * 0.05, spot.z * 0.11 - spot.y * 0.13);
        let speck = fractal().at(up, deep, spot.foot * 0.11);
        let bare =
            smoothstep(0.36, 0.56, 1.0 - spot.normal.1 + speck * 0.22) * smoothstep(35.0, 80.0, spot.z);
        let print = if spot.z < 70.0 {
            trodden(spot.x, spot.z, path(spot.z), 0.85, false)
        } else {
            0.0
        };
        let snow = Rgb::grey(0.88) * (1.0 - 0.2 * print);
        let ground = snow.to(hex(0x5c5048) * (0.8 + speck), bare);
        let direct = hex(0xffe6c4) * (spot.facing(sun) * spot.open * 2.1);
        let around = hex(0x7d9cd6) * (0.36 + 0.2 * spot.normal.1);
        let light = ground * (direct + around);
        light.to(hex(0xbcd0e6), (1.0 - (-spot.z / 620.0).exp()) * 0.9)
    };
    draw(
        canvas,
        &camera,
        &Walk {
            near: 3.5,
            far: 700.0,
            stride: 0.006,
            fine: 0.8,
            bump: 5.0,
            sun,
            reach: 12.0,
        },
        base,
        detail,
        shade,
    );
    // Marker poles on both sides of the road.
    let mut dice = Dice::new(seed ^ 6);
    for i in (0..9).rev() {
        let z = 7.5 + i as f32 * 5.6;
        for side in [-1.0, 1.0] {
            let x = path(z) + side * (3.1 + dice.spread() * 0.25);
            let ground = base(x, z);
            let wide = 0.085 * camera.focal / z;
            let lean = dice.spread() * 0.09;
            for band in 0..6 {
                let (low, high) = (band as f32 * 0.42, (band + 1) as f32 * 0.42);
                let tone = if band % 2 == 0 {
                    hex(0xa8301c)
                } else {
                    hex(0xe8d9b8)
                };
                let lit = tone.to(hex(0xbcd0e6), smoothstep(10.0, 120.0, z) * 0.6);
                let at = |h: f32| camera.place(x + lean * h / 2.5, ground + h, z);
                canvas.stroke(at(low), at(high), (wide, wide), lit * 0.8, 1.0);
                canvas.stroke(
                    (at(low).0 + wide * 0.3, at(low).1),
                    (at(high).0 + wide * 0.3, at(high).1),
                    (wide * 0.3, wide * 0.3),
                    lit * 1.5,
                    0.8,
                );
            }
            let shadow = camera.place(
                x - sun.0 * 3.2,
                base(x - sun.0 * 3.2, z - sun.2 * 3.2),
                z - sun.2 * 3.2,
            );
            canvas.stroke(
                camera.place(x, ground, z),
                shadow,
                (wide, wide * 1.3),
                hex(0x5f7fc0) * 0.55,
                0.5,
            );
        }
    }
    Film {
        exposure: 0.92,
        contrast: 0.30,
        bloom: 0.12,
        ..Film::standard()
    }
}
