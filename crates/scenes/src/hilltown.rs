//! A mountain village at the blue hour: earthen houses stacked on their slope, lit windows, palms before them.

use super::Scene;
use super::canvas::Canvas;
use super::colour::{Rgb, hex};
use super::film::Film;
use super::noise::{Dice, fractal, ridged, smoothstep, wander};
use super::plants::blade;
use super::sky::{Sky, stars};

/// Paints the light of such a scene and chooses its film.
pub fn paint(canvas: &mut Canvas, scene: Scene) -> Film {
    let seed = scene.seed;
    let a = canvas.aspect();
    let sky = Sky {
        zenith: hex(0x16305e),
        horizon: hex(0xb9a0a8),
        horizon_y: 0.46,
        depth: 0.20,
        sun: (a * 0.14, 0.50),
        glow: hex(0xff9a5c) * 0.6,
        focus: 3.2,
        lit: hex(0xc998a0) * 0.7,
        shade: hex(0x2f416c) * 0.8,
        cover: -0.12,
        scale: 1.1,
        streak: 2.4,
        soft: 0.7,
        thick: 0.6,
        seed,
    };
    sky.paint(canvas, 0.60);
    stars(canvas, 0.22, 160.0, seed, |_, y| 0.5 * smoothstep(0.22, 0.0, y));
    for (layer, base, tall, low, high) in [
        (0_u32, 0.42_f32, 0.16_f32, 0x7f7f9c, 0x55608a),
        (1, 0.52, 0.20, 0x5b5a78, 0x343f66),
    ] {
        mountain(canvas, base, tall, hex(low), hex(high), seed ^ layer, layer);
    }
    slope(canvas, seed);
    let mut dice = Dice::new(seed ^ 8);
    // Houses from the top of the slope down, so that the nearer stand before the farther.
    for row in 0..11 {
        let t = row as f32 / 10.0;
        let y = 0.455 + 0.30 * t;
        let middle = a * (0.60 - 0.02 * t);
        let half = a * (0.09 + 0.27 * t.powf(0.8));
        let size = 0.034 + 0.030 * t;
        let mut x = middle - half;
        while x < middle + half {
            let wide = size * dice.between(0.85, 1.7);
            let tall = size * dice.between(0.8, 1.45);
            let foot = y + 0.11 * ((x - middle) / half).powi(2) * (1.0 - 0.4 * t) + dice.spread() * 0.010;
            house(canvas, &mut dice, x, foot, wide, tall, t);
            x += wide * dice.between(0.78, 1.12);
        }
        if row == 3 {
            minaret(canvas, a * 0.655, 0.575);
        }
    }
    palms(canvas, seed);
    Film {
        exposure: 1.30,
        bloom: 0.20,
        contrast: 0.30,
        grain: 4.6,
        vignette: 0.36,
        saturation: 1.02,
    }
}

fn mountain(canvas: &mut Canvas, base: f32, tall: f32, low: Rgb, high: Rgb, seed: u32, layer: u32) {
    let fine = canvas.pixel();
    let a = canvas.aspect();
    let line = |x: f32| {
        base - tall
            * (wander(x * 1.2 + layer as f32 * 4.1, seed, 8, 0.5) * 0.75 + 0.22 * smoothstep(0.0, a, x))
    };
    let lines: Vec<f32> = (0..canvas.width).map(|x| line(x as f32 * fine)).collect();
    let (from, to) = (canvas.row_at(0.12), canvas.row_at(0.95));
    canvas.rework(from, to, |x, y, light| {
        let top = lines[((x / fine) as usize).min(lines.len() - 1)];
        let inside = ((y - top) / fine + 0.5).clamp(0.0, 1.0);
        if inside <= 0.0 {
            return light;
        }
        let here = ridged().at((x + y * 0.4) * 2.2, y * 2.4, fine * 2.2);
        let next = ridged().at((x + y * 0.4) * 2.2 + 0.05, y * 2.4 - 0.03, fine * 2.2);
        let facing = (0.9 + (next - here) * 1.1).clamp(0.5, 1.5);
        light.to(high.to(low, smoothstep(0.0, 0.22, y - top)) * facing, inside)
    });
}

fn slope(canvas: &mut Canvas, seed: u32) {
    let a = canvas.aspect();
    let fine = canvas.pixel();
    let line = |x: f32| {
        let off = (x - a * 0.60) / (a * 0.42);
        0.455 + 0.20 * off * off - 0.05 * (-(off * 3.0).powi(2)).exp() + 0.012 * wander(x * 5.0, seed, 5, 0.5)
    };
    let (from, height) = (canvas.row_at(0.35), canvas.height);
    canvas.rework(from, height, |x, y, light| {
        let inside = ((y - line(x)) / fine + 0.5).clamp(0.0, 1.0);
        if inside <= 0.0 {
            return light;
        }
        let stone =
            fractal().at(x * 7.0, y * 11.0, fine * 9.0) + 0.6 * fractal().at(x * 31.0, y * 44.0, fine * 36.0);
        // Terraces hold the slope below the village.
        let terrace = smoothstep(
            0.82,
            1.0,
            ((y * 46.0) + 0.8 * wander(x * 2.0, seed ^ 4, 3, 0.5)).sin(),
        ) * smoothstep(0.72, 0.80, y);
        let tone = hex(0x59453f).to(hex(0x2c2a33), smoothstep(0.5, 1.0, y));
        light.to(tone * (0.62 + stone * 0.35 - terrace * 0.35).max(0.28), inside)
    });
}

fn house(canvas: &mut Canvas, dice: &mut Dice, x: f32, foot: f32, wide: f32, tall: f32, near: f32) {
    let fine = canvas.pixel();
    let earth = hex(0x9a6a50)
        .to(hex(0x86604e), dice.between(0.0, 1.0))
        .to(hex(0xa8826a), dice.between(0.0, 0.6));
    let dusk = hex(0x8f98c8) * 0.50;
    let base = earth * dusk * dice.between(0.8, 1.2);
    let (left, right, top) = (x, x + wide, foot - tall);
    let depth = wide * 0.30;
    let warm = dice.between(0.0, 1.0) > 0.6;
    let wall = |u: f32, v: f32| {
        let rough = fractal().at(u * 34.0, v * 34.0, fine * 30.0);
        let lamp = if warm {
            hex(0xff9c4c) * (0.07 * smoothstep(top, foot, v))
        } else {
            Rgb::default()
        };
        base * (0.95 + rough * 0.35) * (1.0 - 0.28 * smoothstep(top, foot, v)) + lamp
    };
    // The side away from the evening glow.
    canvas.fill(
        &[
            (right, top),
            (right + depth * 0.5, top - depth * 0.10),
            (right + depth * 0.5, foot + 0.015),
            (right, foot + 0.03),
        ],
        1.0,
        |u, v| wall(u, v) * 0.55,
    );
    canvas.fill(
        &[
            (left, top),
            (right, top),
            (right, foot + 0.03),
            (left, foot + 0.03),
        ],
        1.0,
        wall,
    );
    canvas.fill(
        &[
            (left + depth * 0.5, top - depth * 0.10),
            (right + depth * 0.5, top - depth * 0.10),
            (right, top),
            (left, top),
        ],
        1.0,
        |_, _| base * 1.5 + hex(0x6f78a8) * 0.05,
    );
    canvas.stroke((left, top), (right, top), (0.0012, 0.0012), base * 1.9, 0.8);
    let floors = if tall > 0.05 { 2 } else { 1 };
    let across = ((wide / 0.021) as i32).max(1);
    for floor in 0..floors {
        for column in 0..across {
            if dice.between(0.0, 1.0) < 0.30 {
                continue;
            }
            let wx = left + wide * (column as f32 + dice.between(0.4, 0.6)) / across as f32;
            let wy = top + tall * (floor as f32 + 0.45) / floors as f32;
            let (w, h) = (0.0028 + 0.0014 * near, 0.0052 + 0.0026 * near);
            let lit = dice.between(0.0, 1.0) > 0.52;
            let tone = if lit {
                hex(0xffa648).to(hex(0xffd694), dice.between(0.0, 1.0)) * dice.between(0.7, 2.6)
            } else {
                base * 0.22
            };
            canvas.fill(
                &[
                    (wx - w, wy - h),
                    (wx + w, wy - h),
                    (wx + w, wy + h),
                    (wx - w, wy + h),
                ],
                1.0,
                |_, _| tone,
            );
            if lit {
                canvas.glow(wx, wy, 0.020, tone * 0.035);
            }
        }
    }
    if dice.between(0.0, 1.0) > 0.90 {
        let (lx, ly) = (left + wide * 0.5, foot - 0.012);
        canvas.glow(lx, ly, 0.055, hex(0xff9440) * 0.20);
        canvas.glow(lx, ly, 0.006, hex(0xffd89c) * 6.0);
    }
}

fn minaret(canvas: &mut Canvas, x: f32, foot: f32) {
    let fine = canvas.pixel();
    let tone = hex(0xa87f68) * hex(0x8f98c8) * 0.58;
    let wall = |u: f32, v: f32| {
        tone * (1.0 + 0.3 * fractal().at(u * 30.0, v * 30.0, fine * 30.0))
            * (1.0 - 0.35 * smoothstep(x - 0.005, x + 0.014, u))
    };
    canvas.fill(
        &[
            (x - 0.015, foot - 0.20),
            (x + 0.015, foot - 0.20),
            (x + 0.016, foot),
            (x - 0.016, foot),
        ],
        1.0,
        wall,
    );
    canvas.fill(
        &[
            (x - 0.008, foot - 0.232),
            (x + 0.008, foot - 0.232),
            (x + 0.008, foot - 0.20),
            (x - 0.008, foot - 0.20),
        ],
        1.0,
        wall,
    );
    canvas.fill(
        &[
            (x, foot - 0.250),
            (x + 0.008, foot - 0.231),
            (x - 0.008, foot - 0.231),
        ],
        1.0,
        wall,
    );
    canvas.stroke((x, foot - 0.248), (x, foot - 0.264), (0.0012, 0.0008), tone, 1.0);
    for u in [-0.010, 0.0, 0.010] {
        canvas.fill(
            &[
                (x + u - 0.003, foot - 0.208),
                (x + u + 0.003, foot - 0.208),
                (x + u + 0.003, foot - 0.198),
                (x + u - 0.003, foot - 0.198),
            ],
            1.0,
            |_, _| tone,
        );
    }
    canvas.glow(x, foot - 0.212, 0.012, hex(0x9cf0b0) * 0.5);
    canvas.fill(
        &[
            (x - 0.003, foot - 0.175),
            (x + 0.003, foot - 0.175),
            (x + 0.003, foot - 0.155),
            (x - 0.003, foot - 0.155),
        ],
        1.0,
        |_, _| hex(0xffbe70) * 1.2,
    );
}

/// A grove in the foreground, black against the lights.
fn palms(canvas: &mut Canvas, seed: u32) {
    let a = canvas.aspect();
    let mut dice = Dice::new(seed ^ 40);
    let (from, height, fine) = (canvas.row_at(0.74), canvas.height, canvas.pixel());
    canvas.rework(from, height, |x, y, light| {
        let line = 0.885 + 0.03 * wander(x * 2.2, seed ^ 2, 5, 0.55) - 0.05 * smoothstep(a * 0.4, 0.0, x);
        let leafy = fractal().at(x * 11.0, y * 13.0, fine * 12.0);
        light.to(
            hex(0x0c1016) * (1.0 + leafy * 0.8),
            smoothstep(-0.010, 0.012, y - line + leafy * 0.02),
        )
    });
    for i in 0..21 {
        let x = if i < 4 {
            a * [0.065, 0.165, 0.255, 0.93][i]
        } else {
            a * dice.between(0.0, 1.0)
        };
        let size = if i < 4 {
            [1.35, 1.0, 0.72, 0.95][i]
        } else {
            dice.between(0.30, 0.55)
        };
        let foot = 0.95 + dice.spread() * 0.02;
        let tall = 0.34 * size + if i < 4 { 0.06 } else { 0.0 };
        let lean = dice.spread() * 0.05 * size;
        let top = (x + lean, foot - tall);
        let dark = hex(0x0a0d12);
        canvas.stroke((x, foot), top, (0.016 * size, 0.010 * size), dark, 1.0);
        for frond in 0..24 {
            let angle = frond as f32 / 24.0 * std::f32::consts::TAU + dice.spread() * 0.15;
            let long = 0.125 * size * dice.between(0.8, 1.1);
            let (dx, up) = (angle.cos() * long, (angle.sin() * 0.5 + 0.42) * long);
            let pieces = 12;
            let at = |t: f32| (top.0 + dx * t, top.1 - up * t + long * 0.72 * t * t);
            for p in 0..pieces {
                let (t0, t1) = (p as f32 / pieces as f32, (p + 1) as f32 / pieces as f32);
                canvas.stroke(at(t0), at(t1), (0.0030 * size, 0.0018 * size), dark * 1.3, 1.0);
                for side in [-1.0, 1.0] {
                    let leaf = long * 0.22 * (1.0 - 0.55 * t0);
                    let tip = (
                        at(t1).0 + side * leaf * 0.35 + dx.signum() * leaf * 0.5,
                        at(t1).1 + leaf * 0.8,
                    );
                    canvas.stroke(
                        at(t0),
                        tip,
                        (0.0018 * size, 0.0006),
                        dark * dice.between(0.9, 1.9),
                        0.95,
                    );
                }
            }
        }
    }
    for _ in 0..240 {
        let x = dice.between(0.0, a);
        let tall = dice.between(0.01, 0.04);
        blade(
            canvas,
            (x, 1.01),
            tall,
            dice.spread() * tall,
            0.003,
            hex(0x06080b),
            hex(0x10141a),
        );
    }
}
