//! Night: a lighthouse that turns its beams over the dyke, and the Milky Way over a ridge with one lit window.

use super::canvas::Canvas;
use super::colour::{Rgb, hex};
use super::film::Film;
use super::noise::{Dice, fractal, octaves, ridged, smoothstep, wander};
use super::plants::blade;
use super::sky::{Sky, stars};
use super::{Scene, Weather};

/// Paints the light of such a scene and chooses its film.
pub fn paint(canvas: &mut Canvas, scene: Scene) -> Film {
    if scene.weather == Weather::Storm {
        lighthouse(canvas, scene.seed)
    } else {
        milky_way(canvas, scene.seed)
    }
}

fn milky_way(canvas: &mut Canvas, seed: u32) -> Film {
    let a = canvas.aspect();
    let pixel = canvas.pixel() * 3.0;
    let shift = (seed % 41) as f32;
    // Along and across the band, which leans to the right.
    let band = move |x: f32, y: f32| {
        let (u, v) = (x - a * 0.60, y - 0.42);
        (u * 0.42 + v * 0.907, u * 0.907 - v * 0.42)
    };
    let cloud = move |x: f32, y: f32, foot: f32| {
        let (along, across) = band(x, y);
        let wide = 0.15 + 0.05 * along;
        let core = (-(across * across) / (wide * wide)).exp();
        let dust = octaves(along * 3.0 + shift, across * 6.0, seed, 3, 0.5) * 0.6
            + fractal().at(along * 3.2 + shift, across * 5.0, foot * 5.0) * 0.7;
        let lane = (-((across + 0.02 + dust * 0.05) * (across + 0.02 + dust * 0.05)) / 0.0016).exp()
            * (0.5 + dust * 0.7).clamp(0.0, 1.0);
        let lumps = 0.55 + dust * 0.55 + 0.35 * smoothstep(0.0, 0.5, along);
        (core * lumps.max(0.0) * (1.0 - 0.85 * lane), core)
    };
    let to = canvas.row_at(0.95);
    let step = if canvas.height > 900 { 3 } else { 1 };
    canvas.wash(0, to, step, |x, y| {
        let (milk, core) = cloud(x, y, pixel);
        let low = smoothstep(0.35, 0.88, y);
        let night = hex(0x0a1226).to(hex(0x1c3046), low * 0.8) + hex(0x54604a) * (low * low * 0.10);
        let far = smoothstep(0.5, 1.6, (x - a * 0.08).hypot(y - 0.86) * 1.3);
        let town = hex(0xc88a52) * (0.20 * (1.0 - far) * smoothstep(0.5, 0.86, y));
        let warm = hex(0xb9a08c).to(hex(0x8ea4d0), smoothstep(0.0, 0.8, 1.0 - core));
        night * 0.75 + warm * (milk * 0.20) + hex(0x7f5a78) * (milk * milk * 0.05) + town
    });
    stars(canvas, 0.86, 3_200.0, seed, |x, y| {
        (0.35 + 1.1 * cloud(x, y, pixel).0) * (1.0 - 0.6 * smoothstep(0.55, 0.86, y))
    });
    stars(canvas, 0.84, 11_000.0, seed ^ 9, |x, y| {
        0.75 * smoothstep(0.25, 0.8, cloud(x, y, pixel).0)
    });
    // Three ridges; the nearest carries the hut.
    for (layer, base, tall, tone) in [
        (0_u32, 0.80, 0.10, 0x141f30),
        (1, 0.86, 0.09, 0x0d1522),
        (2, 0.955, 0.10, 0x05080d),
    ] {
        let line =
            |x: f32| base - tall * (wander(x * 1.1 + layer as f32 * 5.3, seed ^ layer, 7, 0.5) * 0.8 + 0.25);
        let lines: Vec<f32> = (0..canvas.width)
            .map(|x| line(x as f32 * canvas.pixel()))
            .collect();
        if layer == 2 {
            // Before the nearest ridge is laid, so that the ridge hides its foot.
            hut(canvas, a * 0.285, line(a * 0.285) - 0.006);
        }
        let fine = canvas.pixel();
        let (from, height) = (canvas.row_at(0.6), canvas.height);
        let slope = hex(tone);
        canvas.rework(from, height, |x, y, light| {
            let inside =
                ((y - lines[((x / fine) as usize).min(lines.len() - 1)]) / fine + 0.5).clamp(0.0, 1.0);
            if inside <= 0.0 {
                return light;
            }
            let rock = ridged().at(x * 2.0 + layer as f32, y * 3.2, fine * 3.0) - 0.4;
            light.to(slope * (1.0 + rock * 0.9), inside)
        });
    }
    Film {
        exposure: 1.55,
        bloom: 0.14,
        vignette: 0.35,
        grain: 5.5,
        contrast: 0.24,
        saturation: 1.05,
    }
}

/// A low house with one lit window and a door ajar; its foot at `y`.
fn hut(canvas: &mut Canvas, x: f32, y: f32) {
    let s = 0.62;
    let place = |u: f32, v: f32| (x + u * s, y + v * s);
    let fill = |canvas: &mut Canvas, l: f32, r: f32, t: f32, b: f32, c: Rgb| {
        canvas.fill(
            &[place(l, t), place(r, t), place(r, b), place(l, b)],
            1.0,
            |_, _| c,
        );
    };
    let wall = hex(0x0b0e15);
    canvas.glow(x, y - 0.02 * s, 0.13, hex(0xff9a40) * 0.035);
    fill(canvas, 0.046, 0.098, -0.030, 0.03, wall * 0.9);
    fill(canvas, -0.046, 0.050, -0.050, 0.03, wall);
    for (l, r, t) in [(-0.048, 0.052, -0.053), (0.046, 0.100, -0.033)] {
        fill(canvas, l, r, t, t + 0.004, hex(0x1a2230));
    }
    fill(canvas, 0.006, 0.018, -0.032, -0.018, hex(0xffb050) * 1.1);
    fill(canvas, -0.029, -0.024, -0.026, 0.004, hex(0xff9838) * 0.5);
    canvas.stroke(
        place(0.012, -0.032),
        place(0.012, -0.018),
        (0.0011, 0.0011),
        wall,
        1.0,
    );
    let window = place(0.012, -0.025);
    canvas.glow(window.0, window.1, 0.022, hex(0xffb050) * 0.25);
}

fn lighthouse(canvas: &mut Canvas, seed: u32) -> Film {
    let a = canvas.aspect();
    let horizon = 0.79;
    let sky = Sky {
        zenith: hex(0x131d33),
        horizon: hex(0x4d5f80) * 0.8,
        horizon_y: horizon,
        depth: 0.35,
        sun: (a * 0.12, 0.86),
        glow: hex(0xd08a5c) * 0.35,
        focus: 3.0,
        lit: hex(0x54627c) * 0.7,
        shade: hex(0x161d2e) * 0.8,
        cover: 0.10,
        scale: 1.2,
        streak: 1.2,
        soft: 0.6,
        thick: 0.92,
        seed,
    };
    stars_and_sky(canvas, &sky, seed);
    let (x, top, foot) = (a * 0.60, 0.315, 0.815);
    beams(canvas, x, top - 0.012, seed);
    // The sea behind the dyke, with the light on it.
    let (from, height, pixel) = (canvas.row_at(horizon), canvas.height, canvas.pixel());
    canvas.rework(from, height, |u, v, _| {
        let away = 0.05 / (v - horizon + 0.002);
        let wave = ridged().at((u - a * 0.5) * away * 5.0, away * 14.0, pixel * away * 22.0) - 0.4;
        let path = (-((u - x) / 0.10).powi(2)).exp() + 0.35 * (-((u - a * 0.12) / 0.25).powi(2)).exp();
        hex(0x1c2940) * (0.9 + wave * 0.8) + hex(0xffdca0) * (path * (wave + 0.2).max(0.0) * 0.35)
    });
    tower(canvas, x, top, foot);
    dyke(canvas, &sky, seed);
    Film {
        exposure: 1.45,
        bloom: 0.22,
        vignette: 0.4,
        grain: 5.5,
        contrast: 0.28,
        saturation: 1.0,
    }
}

fn stars_and_sky(canvas: &mut Canvas, sky: &Sky, seed: u32) {
    sky.paint(canvas, sky.horizon_y + 0.01);
    let copy = *sky;
    stars(canvas, 0.7, 900.0, seed, move |x, y| {
        let light = copy.light(x, y, 0.001);
        let air = copy.air(x, y);
        // Stars only where no cloud changes the sky.
        let open = 1.0 - ((light.luma() - air.luma()).abs() / air.luma().max(1e-3) * 5.0).clamp(0.0, 1.0);
        0.5 * open * smoothstep(0.7, 0.35, y)
    });
}

fn beams(canvas: &mut Canvas, x: f32, y: f32, seed: u32) {
    let rows = canvas.row_at(0.75);
    let pixel = canvas.pixel() * 4.0;
    canvas.veil(0, rows, |u, v| {
        let mut sum = 0.0;
        for (dx, dy, power) in [(-0.985, 0.17, 1.0), (0.93, -0.37, 0.75)] {
            let along = (u - x) * dx + (v - y) * dy;
            let across = ((u - x) * dy - (v - y) * dx).abs();
            if along > 0.0 {
                let wide = 0.006 + along * 0.050;
                let core = smoothstep(1.0, 0.15, across / wide);
                let rain = 0.8 + 0.35 * fractal().at(u * 4.0, v * 4.0 + seed as f32, pixel * 4.0);
                sum += core * power * rain * (-along * 1.1).exp() * (0.02 / (along + 0.04) + 0.35);
            }
        }
        (hex(0xfff0c8), (sum * 0.8).clamp(0.0, 0.9))
    });
}

fn tower(canvas: &mut Canvas, x: f32, top: f32, foot: f32) {
    let half = |v: f32| 0.022 + 0.016 * ((v - top) / (foot - top)).powf(1.3);
    let bands = 6;
    for band in 0..bands {
        let (t, b) = (
            top + 0.03 + (foot - top - 0.03) * band as f32 / bands as f32,
            top + 0.03 + (foot - top - 0.03) * (band + 1) as f32 / bands as f32,
        );
        let paint = if band % 2 == 0 {
            hex(0x9c3a2c)
        } else {
            hex(0xc9c4b8)
        };
        let (ht, hb) = (half(t), half(b));
        canvas.fill(
            &[(x - ht, t), (x + ht, t), (x + hb, b), (x - hb, b)],
            1.0,
            |u, v| {
                let side = (u - x) / half(v);
                let round = (1.0 - side * side).max(0.0).sqrt();
                let dusk = hex(0x6f86b4) * (0.10 + 0.20 * round)
                    + hex(0xd08a5c) * (0.22 * smoothstep(0.2, -1.0, side));
                let rust = 1.0 + 0.25 * fractal().at(u * 40.0, v * 9.0, 0.01);
                let lamp = hex(0xffd890) * (0.10 * smoothstep(top + 0.10, top + 0.03, v));
                paint * (dusk + lamp) * rust
            },
        );
    }
    for v in [0.45, 0.58, 0.70] {
        canvas.fill(
            &[
                (x - 0.0028, v),
                (x + 0.0028, v),
                (x + 0.0028, v + 0.010),
                (x - 0.0028, v + 0.010),
            ],
            1.0,
            |_, _| hex(0xffb85c) * 0.7,
        );
    }
    let iron = hex(0x0d1016);
    canvas.fill(
        &[
            (x - 0.034, top + 0.022),
            (x + 0.034, top + 0.022),
            (x + 0.029, top + 0.034),
            (x - 0.029, top + 0.034),
        ],
        1.0,
        |_, _| iron,
    );
    for i in -4..=4 {
        let u = x + i as f32 * 0.0082;
        canvas.stroke((u, top + 0.022), (u, top + 0.004), (0.0011, 0.0011), iron, 0.9);
    }
    canvas.stroke(
        (x - 0.034, top + 0.004),
        (x + 0.034, top + 0.004),
        (0.0013, 0.0013),
        iron,
        0.9,
    );
    canvas.fill(
        &[
            (x - 0.017, top - 0.032),
            (x + 0.017, top - 0.032),
            (x + 0.017, top + 0.02),
            (x - 0.017, top + 0.02),
        ],
        1.0,
        |_, v| hex(0xffe8b8) * (2.6 - 60.0 * (v - (top - 0.012)).abs()),
    );
    for i in -1..=1 {
        let u = x + i as f32 * 0.0125;
        canvas.stroke((u, top - 0.032), (u, top + 0.02), (0.0018, 0.0018), iron, 0.9);
    }
    canvas.fill(
        &[
            (x, top - 0.062),
            (x + 0.021, top - 0.031),
            (x - 0.021, top - 0.031),
        ],
        1.0,
        |_, _| iron,
    );
    canvas.stroke((x, top - 0.058), (x, top - 0.088), (0.0018, 0.001), iron, 1.0);
    canvas.glow(x, top - 0.012, 0.20, hex(0xffdf9c) * 0.22);
    canvas.glow(x, top - 0.012, 0.035, hex(0xfff2d0) * 4.0);
}

/// The dyke with its path, and grass against the water.
fn dyke(canvas: &mut Canvas, sky: &Sky, seed: u32) {
    let a = canvas.aspect();
    let line = |x: f32| 0.815 + 0.035 * smoothstep(a * 0.5, 0.0, x) + 0.004 * wander(x * 6.0, seed, 3, 0.5);
    let (from, height, pixel) = (canvas.row_at(0.77), canvas.height, canvas.pixel());
    canvas.rework(from, height, |x, y, light| {
        let down = y - line(x);
        let inside = (down / pixel + 0.5).clamp(0.0, 1.0);
        if inside <= 0.0 {
            return light;
        }
        let grass = fractal().at(x * 20.0, y * 46.0, pixel * 30.0);
        // The path runs from below towards the tower.
        let middle = a * 0.60 - (y - 0.82) * 1.7 + 0.5 * (y - 0.82) * (y - 0.82);
        let wide = 0.012 + (y - 0.815) * 0.42;
        let path = smoothstep(1.0, 0.8, (x - middle).abs() / wide + grass * 0.12);
        let lamp = (-(y - 0.815) * 9.0).exp() * (-((x - a * 0.6) / 0.25).powi(2)).exp();
        let turf = hex(0x2c3626) * (0.55 + grass * 0.5);
        let stone = hex(0x6a6f78) * (0.62 + fractal().at(x * 33.0, y * 60.0, pixel * 40.0) * 0.35);
        let ground = turf.to(stone, path);
        light.to(
            ground * (sky.horizon * 1.1 + hex(0xffd48c) * (lamp * 0.9 + 0.05)),
            inside,
        )
    });
    let mut dice = Dice::new(seed ^ 71);
    for _ in 0..2_600 {
        let t = dice.between(0.0, 1.0);
        let y = 0.83 + 0.19 * t;
        let x = dice.between(-0.02, a + 0.02);
        let middle = a * 0.60 - (y - 0.82) * 1.7 + 0.5 * (y - 0.82) * (y - 0.82);
        if (x - middle).abs() < 0.016 + (y - 0.815) * 0.45 {
            continue;
        }
        let tall = (0.012 + 0.045 * t) * dice.between(0.5, 1.2);
        blade(
            canvas,
            (x, y),
            tall,
            tall * dice.between(0.1, 0.75),
            0.0011 + 0.0009 * t,
            hex(0x0d120e),
            hex(0x39443a).to(hex(0x6a6a52), dice.between(0.0, 1.0)) * 0.5,
        );
    }
}
