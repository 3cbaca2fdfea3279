//! A river in autumn: golden poplars below bare slopes, and a bank of pebbles before the camera.

use super::canvas::Canvas;
use super::colour::{Rgb, hex};
use super::delta::bank;
use super::film::Film;
use super::noise::{Dice, fractal, ridged, smoothstep, wander};
use super::plants::{Habit, POPLAR, tree};
use super::sky::Sky;
use super::water::Water;

/// Paints poplars in autumn along a still river.
pub fn paint(canvas: &mut Canvas, seed: u32) -> Film {
    let a = canvas.aspect();
    let edge = 0.64;
    let sky = Sky {
        zenith: hex(0x3f6ea8) * 0.8,
        horizon: hex(0xcfdbe2),
        horizon_y: 0.58,
        depth: 0.34,
        sun: (a * 1.2, 0.1),
        glow: hex(0xfff0d8) * 0.35,
        focus: 4.0,
        lit: hex(0xfff6ec),
        shade: hex(0x93a0b4),
        cover: 0.0,
        scale: 1.5,
        streak: 1.2,
        soft: 0.5,
        thick: 0.85,
        seed,
    };
    sky.paint(canvas, edge);
    // Bare red slopes behind the valley, light from the right.
    for (layer, base) in [(0_u32, 0.42_f32), (1, 0.50)] {
        let line = move |x: f32| base - 0.11 * wander(x * 1.3 + layer as f32 * 7.0, seed ^ layer, 7, 0.48);
        let pixel = canvas.pixel();
        bank_tall(canvas, line, edge, move |x, y| {
            let rock = ridged();
            let along = (x + y * 0.6) * 3.2 + layer as f32 * 3.0;
            let here = rock.at(along, y * 2.2, pixel * 3.0);
            let next = rock.at(along + 0.05, y * 2.2 - 0.02, pixel * 3.0);
            let fine = fractal().at(x * 14.0, y * 16.0, pixel * 14.0);
            let lit = (0.48 + (here - next) * 2.6 + fine * 0.35).clamp(0.06, 1.2);
            let bands = (y * 95.0 + here * 5.0).sin() * 0.10;
            let stone = hex(0xb0704e) * (lit + bands) * 1.05 + hex(0x5c6f95) * 0.16;
            stone.to(hex(0xc3cdd8), 0.42 - 0.24 * layer as f32)
        });
    }
    let mut dice = Dice::new(seed ^ 12);
    bank(
        canvas,
        |x| edge - 0.035 + 0.008 * wander(x * 4.0, seed ^ 7, 4, 0.5),
        edge,
        |x, y| {
            let tuft =
                fractal().at(x * 9.0, y * 34.0, 0.02) * 0.7 + fractal().at(x * 60.0, y * 90.0, 0.05) * 0.6;
            hex(0x85794c).to(
                hex(0x34381f),
                (smoothstep(edge - 0.05, edge, y) * 0.7 + tuft).clamp(0.0, 1.0),
            )
        },
    );
    let gold = Habit {
        leaf: 0.0070,
        forks: 2,
        shrink: 0.30,
        ..POPLAR
    };
    for i in 0..30 {
        let row = if i < 16 { 0.0 } else { 1.0 };
        let x = if i < 16 {
            a * (i as f32 + dice.between(0.1, 0.9)) / 16.0
        } else {
            a * dice.between(0.30, 1.0)
        };
        let t = x / a;
        let tall = if i < 16 { 0.13 } else { 0.22 + 0.14 * t } * dice.between(0.8, 1.2);
        let warmth = dice.between(0.0, 1.0);
        let leaf = hex(0xc9952f).to(hex(0x85883a), warmth * 0.7) * (0.85 + 0.1 * row);
        tree(
            canvas,
            &gold,
            (x, edge - 0.022 + 0.02 * row),
            tall,
            hex(0x5d5044),
            leaf,
            seed ^ (i * 13 + 1),
        );
    }
    let water = Water {
        edge,
        rough: 0.7,
        deep: hex(0x21434a),
        mirror: 0.55,
        scale: 1.0,
        seed,
    };
    water.paint(canvas, |_, _| 1.0);
    stones(canvas, seed);
    Film {
        exposure: 0.98,
        contrast: 0.30,
        ..Film::standard()
    }
}

/// Covers the canvas below a line with a slope, from high in the picture down to `foot`.
fn bank_tall(canvas: &mut Canvas, line: impl Fn(f32) -> f32, foot: f32, colour: impl Fn(f32, f32) -> Rgb) {
    let (width, pixel) = (canvas.width, canvas.pixel());
    let lines: Vec<f32> = (0..width).map(|x| line((x as f32 + 0.5) * pixel)).collect();
    let (from, to) = (canvas.row_at(0.15), canvas.row_at(foot));
    canvas.rework(from, to, |x, y, light| {
        let top = lines[((x / pixel) as usize).min(width - 1)];
        let inside = ((y - top) / pixel + 0.5).clamp(0.0, 1.0);
        if inside > 0.0 {
            light.to(colour(x, y), inside)
        } else {
            light
        }
    });
}

/// Round stones along the near bank.
fn stones(canvas: &mut Canvas, seed: u32) {
    let a = canvas.aspect();
    let mut dice = Dice::new(seed ^ 90);
    let pixel = canvas.pixel();
    let mut all: Vec<(f32, f32, f32)> = (0..620)
        .map(|_| {
            let t = dice.between(0.0, 1.0);
            let y = 0.84 + 0.2 * t + dice.spread() * 0.03;
            (
                dice.between(-0.05, a * (0.16 + 0.95 * t * t)),
                y,
                (0.004 + 0.020 * t * t) * dice.between(0.35, 1.5),
            )
        })
        .collect();
    all.sort_by(|l, r| l.1.total_cmp(&r.1));
    for (i, (x, y, size)) in all.into_iter().enumerate() {
        let (wide, flat) = (size * dice.between(1.1, 1.7), size * 0.72);
        let tone = hex(0x8d8478).to(hex(0x6a5a50), dice.between(0.0, 1.0));
        let edge: Vec<(f32, f32)> = (0..14)
            .map(|k| {
                let angle = k as f32 / 14.0 * std::f32::consts::TAU;
                let bump = 1.0 + 0.13 * (super::noise::chance(i as i32, k, 4) - 0.5);
                (x + wide * angle.cos() * bump, y + flat * angle.sin() * bump)
            })
            .collect();
        let shadow: Vec<(f32, f32)> = edge
            .iter()
            .map(|p| (p.0 - wide * 0.35, p.1 + flat * 0.35))
            .collect();
        canvas.fill(&shadow, 0.45, |_, _| hex(0x14242a));
        canvas.fill(&edge, 1.0, |u, v| {
            let (nx, ny) = ((u - x) / wide, (v - y) / flat);
            let up = (1.0 - nx * nx - ny * ny).max(0.0).sqrt();
            let lit = (nx * 0.62 - ny * 0.45 + up * 0.5).max(0.0);
            let speck = fractal().at(u * 26.0, v * 30.0, pixel * 28.0);
            tone * (hex(0xfff0d8) * (lit * 1.1) + hex(0x6f86a8) * 0.32)
                * (1.0 + speck * 0.9)
                * (0.45 + 0.55 * smoothstep(0.75, -0.1, ny))
        });
    }
}
