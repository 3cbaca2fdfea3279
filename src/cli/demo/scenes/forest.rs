//! Trees in fog: cedars with shafts of light between them, and a polder road under two rows of bare limes.

use super::canvas::Canvas;
use super::colour::{Rgb, hex};
use super::film::Film;
use super::noise::{Dice, chance, fractal, smoothstep, wander};
use super::plants::{OAK, blade, tree};
use super::{Hour, Scene};

pub fn paint(canvas: &mut Canvas, scene: &Scene) -> Film {
    if scene.hour == Hour::Dawn {
        cedars(canvas, scene.seed)
    } else {
        avenue(canvas, scene.seed)
    }
}

/// A trunk with bark, lit from one side, from the ground to beyond the top of the picture.
fn trunk(canvas: &mut Canvas, x: f32, foot: f32, wide: f32, bark: Rgb, rim: Rgb, lit_left: bool, seed: u32) {
    let height = canvas.height as f32;
    let pixel = canvas.pixel();
    let lean = (chance(seed as i32, 1, 3) - 0.5) * 0.06;
    let rows = canvas.row_at(foot + 0.02);
    for row in 0..rows {
        let y = row as f32 * pixel;
        let up = foot - y;
        let flare = 1.0 + 0.9 * (-up.max(0.0) / (wide * 0.9)).exp();
        let half = wide * 0.5 * (1.0 - up * 0.22).max(0.4) * flare;
        let middle = x + lean * up + wide * 0.05 * (up * 9.0 + seed as f32).sin();
        let (from, to) = (
            ((middle - half) * height - 1.0) as i32,
            ((middle + half) * height + 1.0) as i32,
        );
        let fade = smoothstep(foot + 0.02, foot - 0.005, y);
        for column in from..=to {
            let side = ((column as f32 + 0.5) * pixel - middle) / half;
            let cover = ((1.0 - side.abs()) * half * height + 0.5).clamp(0.0, 1.0);
            if cover <= 0.0 {
                continue;
            }
            let turn = side * (1.0 + 0.4 * side * side);
            let rough = fractal().at(
                turn * 0.35 + seed as f32,
                up * 1.3 / wide.max(0.02) * 0.12,
                pixel / wide,
            ) + 0.6
                * fractal().at(turn * 1.4, up * 0.5 / wide.max(0.02) + seed as f32, pixel / wide);
            let facing = if lit_left { -side } else { side };
            let light = bark * (0.75 + rough * 0.55)
                + rim * (smoothstep(0.25, 1.0, facing) * (0.8 + rough * 0.6)).max(0.0);
            canvas.cover(column, row as i32, light, cover * fade);
        }
    }
}

fn cedars(canvas: &mut Canvas, seed: u32) -> Film {
    let a = canvas.aspect();
    let fog = hex(0xc3c6b4);
    let sun = (a * 0.72, -0.06);
    let height = canvas.height;
    let step = if canvas.height > 900 { 4 } else { 1 };
    canvas.wash(0, height, step, |x, y| {
        let near = (-((x - sun.0).powi(2) + (y - sun.1).powi(2)).sqrt() * 1.7).exp();
        let dark = hex(0x6f7a68);
        dark.to(fog, 0.35 + 0.65 * smoothstep(0.95, 0.2, y)) * 0.75 + hex(0xffe9b8) * (near * 0.9)
    });
    let mut dice = Dice::new(seed);
    // Five depths, each darker; between them the fog thickens again.
    for layer in 0..5_u32 {
        let near = layer as f32 / 4.0;
        let foot = 0.70 + 0.20 * near * near;
        let bark = fog.to(hex(0x17130f), 0.20 + 0.78 * near.powf(0.8)) * (0.72 - 0.15 * near);
        let rim = hex(0xffdca0) * (0.10 + 0.30 * near);
        let ground = hex(0x8a8a68).to(hex(0x2c2b1a), near);
        let pixel = canvas.pixel();
        let rows = canvas.row_at(foot - 0.04);
        canvas.rework(rows, height, |x, y, light| {
            let line = foot + 0.014 * wander(x * 4.0 + layer as f32 * 3.0, seed, 4, 0.5);
            let inside = smoothstep(line - 0.012, line + 0.02, y);
            if inside <= 0.0 {
                return light;
            }
            let litter = fractal().at(x * 9.0, (y - foot) * 24.0 + layer as f32, pixel * 14.0);
            let spots = smoothstep(
                0.15,
                0.5,
                fractal().at(x * 1.6 + 4.0, (y - foot) * 7.0, pixel * 4.0) + litter * 0.25,
            );
            light.to(
                ground * (0.60 + litter * 0.5) + hex(0xffd890) * (spots * 0.20 * (0.5 + near)),
                inside * 0.9,
            )
        });
        let count = [9, 7, 5, 3, 2][layer as usize];
        for i in 0..count {
            let mut x = a * (i as f32 + dice.between(0.1, 0.9)) / count as f32;
            if layer == 4 {
                x = a * if i == 0 { 0.13 } else { 0.93 };
            } else if layer == 3 {
                x = a * [0.30, 0.66, 0.80][i as usize];
            }
            let wide = (0.014 + 0.080 * near * near) * dice.between(0.75, 1.2);
            boughs(canvas, &mut dice, x, foot, near, bark, rim);
            trunk(
                canvas,
                x,
                foot + dice.between(0.0, 0.02),
                wide,
                bark,
                rim,
                x > sun.0,
                seed ^ (layer * 31 + i as u32),
            );
        }
        let rows = canvas.row_at(0.98);
        let thick = 0.30 * (1.0 - near);
        canvas.veil(0, rows, |x, y| {
            let drift = 0.7 + 0.6 * fractal().at(x * 1.2 + layer as f32, y * 1.8, 0.003);
            (
                fog * 0.80 + hex(0xffe0a8) * 0.06,
                (thick * drift * smoothstep(0.98, 0.5, y)).clamp(0.0, 1.0),
            )
        });
    }
    // The shafts: light from one point, cut by what hangs above.
    canvas.veil(0, height, |x, y| {
        let (dx, dy) = (x - sun.0, y - sun.1);
        let angle = dx.atan2(dy);
        let far = (dx * dx + dy * dy).sqrt();
        let comb = wander(angle * 5.5 + 2.0, seed ^ 3, 4, 0.62) + 0.12;
        let shaft = smoothstep(0.05, 0.55, comb)
            * smoothstep(0.10, 0.35, far)
            * (-far * 1.15).exp()
            * smoothstep(1.0, 0.75, y);
        (hex(0xfff0c4) * 1.15, (shaft * 0.75).clamp(0.0, 0.8))
    });
    for _ in 0..520 {
        let t = dice.between(0.0, 1.0).sqrt();
        let (x, y) = (dice.between(-0.02, a + 0.02), 0.88 + 0.15 * t);
        let tall = (0.012 + 0.035 * t) * dice.between(0.5, 1.2);
        let tone = hex(0x33361d).to(
            hex(0xa89a58),
            dice.between(0.0, 1.0) * smoothstep(0.9, 0.1, ((x - a * 0.5) / a).abs() * 2.0),
        );
        blade(
            canvas,
            (x, y),
            tall,
            tall * dice.between(-0.7, 0.9),
            0.0016 + 0.0016 * t,
            hex(0x15150c),
            tone,
        );
    }
    Film {
        exposure: 0.98,
        bloom: 0.22,
        contrast: 0.30,
        ..Film::standard()
    }
}

/// Level cedar boughs with flat cushions of needles.
fn boughs(canvas: &mut Canvas, dice: &mut Dice, x: f32, foot: f32, near: f32, bark: Rgb, rim: Rgb) {
    let count = (8.0 + 6.0 * near) as i32;
    let scale = 0.35 + 0.65 * near;
    for _ in 0..count {
        let y = foot - (0.22 + 0.55 * dice.between(0.0, 1.0)) * (0.6 + 0.6 * near);
        let side = if dice.between(-1.0, 1.0) > 0.0 { 1.0 } else { -1.0 };
        let long = scale * dice.between(0.07, 0.22);
        let drop = long * dice.between(-0.05, 0.22);
        canvas.stroke(
            (x, y),
            (x + side * long, y + drop),
            (0.007 * scale, 0.002 * scale),
            bark,
            1.0,
        );
        for _ in 0..(70.0 * (0.5 + near)) as i32 {
            let t = dice.between(0.25, 1.05);
            let at = (
                x + side * long * t + dice.spread() * 0.012 * scale,
                y + drop * t + dice.spread() * 0.010 * scale,
            );
            let tuft = 0.014 * scale * dice.between(0.5, 1.3);
            let tone = bark * dice.between(0.65, 1.05) + rim * (0.12 * dice.between(0.0, 1.0));
            let tip = (
                at.0 + dice.spread() * tuft * 1.4,
                at.1 - tuft * dice.between(-0.25, 0.55),
            );
            canvas.stroke(at, tip, (0.0030 * scale, 0.0012 * scale), tone, 0.9);
        }
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
        let asphalt = hex(0x5b6064) * (0.72 + 0.3 * fractal().at(side * 9.0, z * 9.0, foot * 9.0))
            + fog * ((0.20 + 0.34 * rut) * smoothstep(0.35, 0.75, wet));
        let turf = hex(0x4d5236).to(
            hex(0x6b5334),
            smoothstep(-0.1, 0.4, fractal().at(side * 2.2 + 7.0, z * 2.6, foot * 2.4)),
        );
        let grass = turf * (0.55 + 0.6 * fractal().at(side * 8.0, z * 14.0, foot * 9.0).max(-0.6));
        let edge = smoothstep(0.05, 0.0, (side.abs() - 0.60).abs()) * 0.4;
        let ground = grass.to(asphalt, road) * (1.0 - edge * 0.5);
        light
            .to(ground, 1.0 - (-2.2 / z.max(0.01)).exp().powf(1.4).min(1.0))
            .to(fog, smoothstep(1.2, 9.0, z))
    });
    let mut dice = Dice::new(seed);
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
            let patch = hex(0x3a3c2c).to(fog, veil);
            canvas.glow(x, foot, 0.0, patch);
        }
    }
    cyclist(canvas, vanish + 0.020, horizon + 0.105);
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

/// A cyclist seen from behind, small and dark in the fog.
fn cyclist(canvas: &mut Canvas, x: f32, y: f32) {
    let tone = hex(0x34373b);
    let s = 0.105;
    let line = |canvas: &mut Canvas, x0: f32, y0: f32, x1: f32, y1: f32, w: f32| {
        canvas.stroke(
            (x + x0 * s, y - y0 * s),
            (x + x1 * s, y - y1 * s),
            (w * s, w * s),
            tone,
            1.0,
        );
    };
    line(canvas, 0.0, 0.0, 0.0, 0.42, 0.045);
    line(canvas, 0.0, 0.36, -0.01, 0.50, 0.13);
    line(canvas, -0.07, 0.12, -0.05, 0.46, 0.075);
    line(canvas, 0.07, 0.24, 0.05, 0.46, 0.075);
    line(canvas, 0.0, 0.44, 0.0, 0.74, 0.21);
    line(canvas, -0.08, 0.72, 0.08, 0.72, 0.10);
    line(canvas, -0.12, 0.70, -0.17, 0.48, 0.06);
    line(canvas, 0.12, 0.70, 0.17, 0.48, 0.06);
    line(canvas, -0.22, 0.50, 0.22, 0.50, 0.025);
    line(canvas, 0.0, 0.78, 0.0, 0.90, 0.125);
    canvas.glow(x, y - 0.27 * s, 0.010, hex(0xff3a20) * 2.2);
    canvas.stroke((x, y), (x, y + 0.05), (0.012, 0.004), hex(0x4a4e52), 0.45);
}
