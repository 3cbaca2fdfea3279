//! Trees in fog: conifers on a slope, row behind row, and a polder road between two rows of bare limes.

use super::canvas::Canvas;
use super::colour::{Rgb, hex};
use super::film::Film;
use super::noise::{Dice, fractal, smoothstep, wander};
use super::plants::{OAK, blade, conifer, tree};
use super::{Hour, Scene};

/// Paints the light of such a scene and chooses its film.
pub fn paint(canvas: &mut Canvas, scene: Scene) -> Film {
    if scene.hour == Hour::Dawn {
        slope(canvas, scene.seed)
    } else {
        avenue(canvas, scene.seed)
    }
}

/// A wooded slope in morning fog, one row of conifers behind the other, each paler than the one before it.
fn slope(canvas: &mut Canvas, seed: u32) -> Film {
    let a = canvas.aspect();
    let (height, pixel) = (canvas.height, canvas.pixel());
    let fog = hex(0xb9bfc4) * 0.80;
    let warm = hex(0xffdfb4) * 0.95;
    let sun = (a * 0.30, 0.17);
    let air = |x: f32, y: f32| {
        let near = (-((x - sun.0).powi(2) + ((y - sun.1) * 1.2).powi(2)).sqrt() * 2.6).exp();
        let high = hex(0x8c9bab).to(fog, smoothstep(0.0, 0.42, y));
        high.to(warm, (near * 0.9).min(1.0)) + warm * (near * near * 0.35)
    };
    canvas.wash(0, height, if height > 900 { 4 } else { 1 }, air);
    canvas.glow(sun.0, sun.1, 0.030, hex(0xfff4e0) * 2.2);
    let mut dice = Dice::new(seed);
    for layer in 0..8_u32 {
        let near = layer as f32 / 7.0;
        let rise = if layer % 2 == 0 { 0.16 } else { -0.10 };
        let line = |x: f32| {
            0.30 + 0.72 * near.powf(1.25) - rise * (x / a - 0.5) * (1.0 - 0.45 * near)
                + 0.020 * wander(x * 3.0 + layer as f32 * 5.0, seed ^ layer, 4, 0.5)
        };
        // Fog thickens with distance; what is close is nearly black against it.
        let dark = hex(0x1b2422).to(hex(0x2a3026), near);
        let clear = 0.08 + 0.92 * near.powf(1.5);
        let tone = |x: f32, y: f32| air(x, y).to(dark, clear);
        let crest: Vec<(f32, Rgb)> = (0..canvas.width)
            .map(|x| x as f32 * pixel)
            .map(|x| (line(x), tone(x, line(x))))
            .collect();
        let (from, to) = (
            canvas.row_at(line(a * 0.5) - 0.14),
            canvas.row_at(line(a * 0.5) + 0.45),
        );
        canvas.rework(from, to, |x, y, light| {
            let (top, bare) = crest[((x / pixel) as usize).min(crest.len() - 1)];
            let down = y - top;
            let inside = (down / pixel * 0.2 + 0.5).clamp(0.0, 1.0);
            // Farther down the next row covers everything.
            if inside <= 0.0 || (down > 0.34 && layer < 7) {
                return light;
            }
            // Fog lies in the hollow below each row.
            let hollow = smoothstep(0.0, 0.13, down) * (1.0 - near * 0.55);
            let brush = fractal().at(x * 13.0, y * 19.0 + layer as f32, pixel * 17.0);
            let ground = bare * (1.0 + brush * 0.35);
            light.to(ground.to(air(x, y) * 0.96, hollow * 0.85), inside)
        });
        let count = (34.0 - 22.0 * near) as i32;
        for i in 0..count {
            let x = a * ((i as f32 + dice.between(-0.3, 1.3)) / count as f32);
            // The nearest row leaves the middle open.
            if layer == 7 && (0.30..0.72).contains(&(x / a)) {
                continue;
            }
            let tall = (0.045 + 0.30 * near.powf(1.4)) * dice.between(0.55, 1.15);
            let foot = line(x) + 0.008 + 0.015 * near;
            let bark = tone(x, foot - tall * 0.5);
            let lit = bark.to(air(x, foot - tall * 0.6), 0.16 + 0.10 * (1.0 - near));
            conifer(
                canvas,
                (x, foot),
                tall,
                0.19,
                bark,
                lit,
                seed ^ (layer * 131 + i as u32),
            );
        }
        let (rows, thick) = (canvas.row_at(0.98), 0.20 * (1.0 - near));
        canvas.veil(0, rows, |x, y| {
            let drift = 0.55 + 0.75 * fractal().at(x * 0.9 + layer as f32 * 1.7, y * 2.4, pixel * 8.0);
            let here = smoothstep(line(x) - 0.20, line(x) + 0.02, y);
            (air(x, y), (thick * drift * here).clamp(0.0, 1.0))
        });
    }
    Film {
        exposure: 0.98,
        bloom: 0.20,
        contrast: 0.30,
        ..Film::standard()
    }
}

fn avenue(canvas: &mut Canvas, seed: u32) -> Film {
    let a = canvas.aspect();
    let fog = hex(0xc9ced1) * 0.92;
    let horizon = 0.615;
    let vanish = a * 0.44;
    let height = canvas.height;
    canvas.wash(0, height, 2, |x, y| {
        let near = (-((x - vanish).powi(2) + (y - horizon + 0.08).powi(2)).sqrt() * 1.6).exp();
        fog * 0.82 + hex(0xfff2dc) * (near * 0.28)
    });
    let pixel = canvas.pixel();
    let rows = canvas.row_at(horizon);
    canvas.rework(rows, height, |x, y, light| {
        let down = y - horizon;
        let z = 0.30 / (down + 0.004);
        let side = (x - vanish) * z / 0.30;
        let foot = pixel * z * 3.0;
        let road = smoothstep(
            0.62,
            0.54,
            side.abs() + 0.05 * fractal().at(side * 2.0, z * 2.0, foot),
        );
        let wet = 0.5 + 0.5 * fractal().at(side * 1.4, z * 0.8, foot * 1.4);
        let rut = smoothstep(0.16, 0.05, (side.abs() - 0.27).abs());
        let asphalt = hex(0x5b6064)
            * (0.72
                + 0.3 * fractal().at(side * 9.0, z * 9.0, foot * 9.0)
                + 0.5 * fractal().at(side * 31.0 + z * 13.0, z * 29.0 - side * 11.0, foot * 33.0))
            + fog * ((0.20 + 0.34 * rut) * smoothstep(0.35, 0.75, wet));
        let turf = hex(0x4d5236).to(
            hex(0x6b5334),
            smoothstep(-0.1, 0.4, fractal().at(side * 2.2 + 7.0, z * 2.6, foot * 2.4)),
        );
        let blades = 0.6 * fractal().at(side * 8.0, z * 14.0, foot * 9.0)
            + 0.5 * fractal().at(side * 31.0 - z * 17.0, z * 37.0 + side * 13.0, foot * 36.0);
        let grass = turf * (0.55 + blades.max(-0.45));
        let edge = smoothstep(0.05, 0.0, (side.abs() - 0.60).abs()) * 0.4;
        let ground = grass.to(asphalt, road) * (1.0 - edge * 0.5);
        light
            .to(ground, 1.0 - (-2.2 / z.max(0.01)).exp().powf(1.4).min(1.0))
            .to(light, smoothstep(1.2, 9.0, z))
    });
    let mut dice = Dice::new(seed);
    leaves(canvas, &mut dice, horizon);
    for i in (0..11).rev() {
        let z = 0.78 + i as f32 * 0.62;
        for side in [-1.0, 1.0] {
            let x = vanish + side * (0.335 + dice.spread() * 0.012) / z;
            let foot = horizon + 0.30 / z * 0.93;
            let veil = 1.0 - (-(z - 0.5) * 0.42).exp();
            let bark = hex(0x1b1a17).to(fog * 0.86, veil);
            let tall = 0.92 / z * dice.between(0.92, 1.08);
            let habit = super::plants::Habit {
                lean: 0.55,
                upright: 0.42,
                shrink: 0.70,
                forks: 6,
                bare: 0.3,
                leaf: 0.0,
            };
            tree(
                canvas,
                if i > 6 { &OAK } else { &habit },
                (x, foot),
                tall,
                bark,
                bark,
                seed ^ (i as u32 * 2 + u32::from(side > 0.0) + 70),
            );
            tufts(
                canvas,
                &mut dice,
                (x, foot),
                z,
                hex(0x3a3f28).to(fog * 0.86, veil),
            );
        }
    }
    for _ in 0..900 {
        let t = dice.between(0.0, 1.0).sqrt();
        let (x, y) = (dice.between(-0.02, a + 0.02), 0.80 + 0.22 * t);
        let side = (x - vanish) / (y - horizon);
        if side.abs() < 0.66 {
            continue;
        }
        let tall = (0.010 + 0.030 * t) * dice.between(0.5, 1.2);
        blade(
            canvas,
            (x, y),
            tall,
            tall * dice.between(-0.6, 0.8),
            0.0014 + 0.0014 * t,
            hex(0x23261a),
            hex(0x5c5c3c).to(hex(0x9a8f66), dice.between(0.0, 0.8)) * 0.8,
        );
    }
    Film {
        exposure: 1.0,
        contrast: 0.32,
        saturation: 0.9,
        bloom: 0.15,
        ..Film::standard()
    }
}

/// Grass around the foot of a tree, so that no trunk stands on the turf like a post.
fn tufts(canvas: &mut Canvas, dice: &mut Dice, foot: (f32, f32), z: f32, tone: Rgb) {
    for _ in 0..(70.0 / z) as i32 {
        let (x, y) = (
            foot.0 + dice.spread() * 0.030 / z,
            foot.1 + (0.004 + dice.spread() * 0.006) / z,
        );
        let tall = dice.between(0.008, 0.026) / z;
        let lit = tone * dice.between(0.75, 1.15);
        blade(
            canvas,
            (x, y),
            tall,
            tall * dice.spread() * 0.7,
            0.0016 / z,
            lit * 0.8,
            lit,
        );
    }
}

/// Fallen leaves, flat on the wet road and the verges.
fn leaves(canvas: &mut Canvas, dice: &mut Dice, horizon: f32) {
    let a = canvas.aspect();
    for _ in 0..1_300 {
        let t = dice.between(0.0, 1.0);
        let y = horizon + 0.10 + 0.30 * t;
        let x = dice.between(-0.02, a + 0.02);
        let size = 0.012 * (y - horizon) * dice.between(0.4, 1.2);
        let tone = hex(0x7a4a26).to(hex(0x3c2c1e), dice.between(0.0, 1.0)) * dice.between(0.5, 1.0);
        let half = (size * dice.spread() * 0.6, size * dice.spread() * 0.25);
        canvas.stroke(
            (x - half.0, y - half.1),
            (x + half.0, y + half.1),
            (size * 0.35, size * 0.28),
            tone,
            0.8,
        );
    }
}
