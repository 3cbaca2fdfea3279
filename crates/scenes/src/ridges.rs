//! Mountains behind mountains, each paler than the one before it, with mist in the valleys.

use super::canvas::Canvas;
use super::colour::{Rgb, hex};
use super::film::Film;
use super::noise::{Dice, fractal, octaves, perlin, ridged, smoothstep, wander};
use super::plants::conifer;
use super::sky::Sky;
use super::terrain::{Camera, Spot, Walk, draw};
use super::{Hour, Scene};

struct Look {
    sky: Sky,
    sun: (f32, f32, f32),
    sunlight: Rgb,
    shade: Rgb,
    mist: Rgb,
    rock: Rgb,
    green: Rgb,
    reach: f32,
    camera: Camera,
}

fn dawn(canvas: &Canvas, seed: u32) -> Look {
    let a = canvas.aspect();
    Look {
        sky: Sky {
            zenith: hex(0x4f78a8) * 0.8,
            horizon: hex(0xffd9ab),
            horizon_y: 0.40,
            depth: 0.22,
            sun: (a * 0.74, 0.24),
            glow: hex(0xffc478) * 1.2,
            focus: 10.0,
            lit: hex(0xffd5b4),
            shade: hex(0xa8a0b2),
            cover: -0.18,
            scale: 1.1,
            streak: 2.6,
            soft: 0.7,
            thick: 0.55,
            seed,
        },
        sun: (0.42, 0.26, 0.87),
        sunlight: hex(0xffbe7c) * 2.0,
        shade: hex(0x7d93b8) * 0.5,
        mist: hex(0xf0c8a8),
        rock: hex(0x8a6f5c),
        green: hex(0x4a5138),
        reach: 62.0,
        camera: Camera {
            x: 0.0,
            height: 7.0,
            horizon: 0.36,
            focal: 1.5,
            centre: a * 0.5,
        },
    }
}

fn dusk(canvas: &Canvas, seed: u32) -> Look {
    let a = canvas.aspect();
    Look {
        sky: Sky {
            zenith: hex(0x5d6b8c) * 0.8,
            horizon: hex(0xe7a27c),
            horizon_y: 0.36,
            depth: 0.20,
            sun: (a * 0.2, 0.30),
            glow: hex(0xff9a5a) * 0.9,
            focus: 7.0,
            lit: hex(0xf3a988),
            shade: hex(0x7d7390),
            cover: -0.05,
            scale: 1.3,
            streak: 3.4,
            soft: 0.8,
            thick: 0.6,
            seed,
        },
        sun: (-0.80, 0.24, 0.55),
        sunlight: hex(0xffae78) * 2.2,
        shade: hex(0x6f78a6) * 0.5,
        mist: hex(0xc99a8c),
        rock: hex(0x8a6552),
        green: hex(0x5c5140),
        reach: 50.0,
        camera: Camera {
            x: 0.0,
            height: 8.5,
            horizon: 0.30,
            focal: 1.7,
            centre: a * 0.5,
        },
    }
}

/// Paints the light of such a scene and chooses its film.
pub fn paint(canvas: &mut Canvas, scene: Scene) -> Film {
    let seed = scene.seed;
    let first = scene.hour == Hour::Dawn;
    let look = if first {
        dawn(canvas, seed)
    } else {
        dusk(canvas, seed)
    };
    look.sky.paint(canvas, 0.75);
    let shift = (seed % 83) as f32 * 2.3;
    let base = |x: f32, z: f32| {
        let bend = perlin(x * 0.03 + shift, z * 0.03, seed) * 9.0;
        let big = octaves((x + bend) * 0.035 + shift, (z - bend) * 0.045, seed ^ 9, 3, 0.5);
        let crest = ridged().at((x + bend * 0.6) * 0.045 + shift, z * 0.06 + bend * 0.05, 0.01);
        // The valley opens before the camera; the far ranges stand higher.
        let open =
            smoothstep(2.0, 22.0, z) * (0.35 + 0.65 * smoothstep(0.0, 9.0, (x - 0.06 * z + 1.0).abs()));
        let range = 1.0 + z * 0.0075;
        (big * 2.4 + crest * 3.4 - 0.9) * open * range - 2.0
    };
    let detail = |x: f32, z: f32, foot: f32| {
        (ridged().at(x * 0.27, z * 0.27 + shift, foot * 0.27) - 0.4) * 0.75 * smoothstep(2.0, 22.0, z)
    };
    let camera = look.camera;
    let shade = |spot: &Spot| {
        let steep = 1.0 - spot.normal.1;
        let speck = fractal().at(spot.x * 2.7, spot.z * 2.7, spot.foot * 2.7);
        let grow = smoothstep(0.42, 0.16, steep + speck * 0.12);
        let stone = look.rock * (0.75 + speck * 0.45);
        let ground = stone.to(look.green * (0.8 + speck * 0.5), grow);
        let snow = smoothstep(3.4, 4.6, spot.y + speck * 1.2) * smoothstep(0.75, 0.4, steep);
        let ground = ground.to(Rgb::grey(0.85), snow * 0.9);
        let light = ground
            * (look.sunlight * (spot.facing(look.sun) * spot.open)
                + look.shade * (0.5 + 0.5 * spot.normal.1));
        // Mist lies thick below and thins with height; far away there is nothing else.
        let low = (-(spot.y + 1.8).max(0.0) * 0.55).exp();
        let depth = (spot.z - 3.0).max(0.0) / look.reach;
        let veil = 1.0 - (-depth * (0.42 + 2.2 * low)).exp();
        let bearing = (spot.x / spot.z * camera.focal + camera.centre - look.sky.sun.0).abs();
        let warm = look.mist + look.sky.glow * (0.5 * (-bearing * 2.4).exp());
        let air = (look.shade * 1.1).to(warm, 0.35 + 0.65 * smoothstep(0.05, 1.3, depth));
        light.to(air, veil)
    };
    let walk = Walk {
        near: 7.0,
        far: 230.0,
        stride: 0.004,
        fine: 0.8,
        bump: 1.0,
        sun: look.sun,
        reach: 11.0,
    };
    draw(canvas, &camera, &walk, base, detail, shade);
    if first {
        near_trees(canvas, seed);
    } else {
        near_slope(canvas, &look, seed);
    }
    Film {
        exposure: 1.0,
        contrast: 0.28,
        bloom: 0.16,
        ..Film::standard()
    }
}

/// A dark slope with cedars at the left, close to the camera.
fn near_trees(canvas: &mut Canvas, seed: u32) {
    let a = canvas.aspect();
    let line = |x: f32| 0.80 + 0.34 * (x / a) + 0.02 * wander(x * 5.0, seed, 4, 0.5);
    let dark = hex(0x1d2126) * 0.8;
    let rows = canvas.row_at(0.7);
    let (height, pixel) = (canvas.height, canvas.pixel());
    canvas.rework(rows, height, |x, y, light| {
        let inside = ((y - line(x)) / pixel + 0.5).clamp(0.0, 1.0);
        let tuft = fractal().at(x * 14.0, y * 22.0, pixel * 16.0);
        light.to(dark * (1.0 + tuft * 0.5), inside)
    });
    let mut dice = Dice::new(seed ^ 5);
    for i in 0..34 {
        let x = a * 0.62 * dice.between(0.0, 1.0).powf(1.4) - 0.02;
        let near = 1.0 - x / (a * 0.7);
        let tall = (0.07 + 0.20 * near) * dice.between(0.6, 1.15);
        let tone = dark * dice.between(0.7, 1.1);
        conifer(
            canvas,
            (x, line(x) + 0.02),
            tall,
            0.24,
            tone,
            hex(0x6d5a48) * 0.55,
            seed ^ i,
        );
    }
}

/// A stony shoulder with a single thorn bush at the lower right.
fn near_slope(canvas: &mut Canvas, look: &Look, seed: u32) {
    let a = canvas.aspect();
    let line = |x: f32| 0.95 - 0.13 * smoothstep(a * 0.2, a, x) + 0.016 * wander(x * 7.0, seed, 5, 0.55);
    let rows = canvas.row_at(0.7);
    let (height, pixel) = (canvas.height, canvas.pixel());
    let stone = look.rock;
    let (sun, shade) = (look.sunlight, look.shade);
    canvas.rework(rows, height, |x, y, light| {
        let inside = ((y - line(x)) / pixel + 0.5).clamp(0.0, 1.0);
        if inside <= 0.0 {
            return light;
        }
        let relief = |u: f32, v: f32| {
            ridged().at(u * 2.6, v * 4.4, pixel * 4.0)
                + fractal().at(u * 17.0, v * 29.0, pixel * 17.0) * 0.35
                + fractal().at(u * 70.0, v * 100.0, pixel * 80.0) * 0.10
        };
        let facing = (0.20 + (relief(x, y) - relief(x - 0.006, y - 0.004)) * 1.7).clamp(0.02, 0.7);
        let stone = stone * (0.8 + 0.5 * fractal().at(x * 15.0, y * 26.0, pixel * 20.0));
        light.to(stone * (sun * facing + shade * 0.55), inside)
    });
    let foot = (a * 0.74, line(a * 0.74) + 0.006);
    let habit = super::plants::Habit {
        leaf: 0.016,
        lean: 0.7,
        upright: 0.1,
        ..super::plants::OAK
    };
    super::plants::tree(canvas, &habit, foot, 0.20, hex(0x1c1512), hex(0x2c2a1c), seed ^ 3);
}
