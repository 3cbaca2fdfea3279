//! A harbour at the blue hour: gabled houses along the quay, lit windows, masts, and all of it once more in the water.

use super::Scene;
use super::canvas::Canvas;
use super::colour::{Rgb, hex};
use super::film::Film;
use super::noise::{Dice, fractal, smoothstep};
use super::plants::{OAK, tree};
use super::sky::Sky;
use super::water::Water;

/// Where the quay meets the water, in heights.
const QUAY: f32 = 0.585;

/// Paints the light of such a scene and chooses its film.
pub fn paint(canvas: &mut Canvas, scene: Scene) -> Film {
    let seed = scene.seed;
    let a = canvas.aspect();
    let sky = Sky {
        zenith: hex(0x1d3764),
        horizon: hex(0x8fa3c4),
        horizon_y: 0.56,
        depth: 0.30,
        sun: (a * 0.86, 0.60),
        glow: hex(0xffb27c) * 0.55,
        focus: 3.6,
        lit: hex(0xb59aa6) * 0.8,
        shade: hex(0x2b3f66) * 0.8,
        cover: 0.02,
        scale: 0.9,
        streak: 2.6,
        soft: 0.8,
        thick: 0.75,
        seed,
    };
    sky.paint(canvas, QUAY);
    let mut dice = Dice::new(seed);
    trees(canvas, &mut dice, seed);
    church(canvas, a * 0.60);
    // Streets behind the quay, each dimmer than the one before it, then the houses on the quay.
    for (row, (rise, near, until)) in [(0.052, 0.30, 0.97), (0.034, 0.48, 0.93), (0.016, 1.0, 0.86)]
        .into_iter()
        .enumerate()
    {
        let mut x = -0.03 - 0.01 * row as f32;
        while x < a * until {
            let wide = dice.between(0.032, 0.062);
            let tall = dice.between(0.055, 0.098) * (1.0 - 0.2 * x / a);
            house(canvas, &mut dice, x, QUAY - rise, wide, tall, near);
            x += wide * 0.99
                + if row == 2 && dice.between(0.0, 1.0) > 0.86 {
                    0.014
                } else {
                    0.0
                };
        }
    }
    let pixel = canvas.pixel();
    canvas.fill(
        &[
            (-0.1, QUAY - 0.019),
            (a + 0.1, QUAY - 0.019),
            (a + 0.1, QUAY + 0.002),
            (-0.1, QUAY + 0.002),
        ],
        1.0,
        |u, v| {
            let stone = fractal().at(u * 12.0, v * 40.0, pixel * 30.0);
            hex(0x23262e) * (0.8 + stone * 0.8) + hex(0xffb860) * (0.012 + stone * 0.012)
        },
    );
    for i in 0..12 {
        lamp(
            canvas,
            a * (0.030 + 0.079 * i as f32) + dice.spread() * 0.008,
            QUAY - 0.018,
        );
    }
    boats(canvas, &mut dice);
    let water = Water {
        edge: QUAY,
        rough: 1.5,
        deep: hex(0x0c1a30),
        mirror: 0.66,
        scale: 1.0,
        seed,
    };
    water.paint(canvas, |_, _| 1.0);
    jetty(canvas, seed);
    Film {
        exposure: 1.22,
        bloom: 0.24,
        contrast: 0.26,
        grain: 4.6,
        vignette: 0.35,
        saturation: 1.05,
    }
}

fn church(canvas: &mut Canvas, x: f32) {
    let y = QUAY - 0.03;
    let tone = hex(0x1c2538);
    let wall = |u: f32, _: f32| tone.to(hex(0x3a3c4c), smoothstep(x - 0.02, x + 0.035, u) * 0.5);
    canvas.fill(
        &[
            (x - 0.018, y - 0.19),
            (x + 0.018, y - 0.19),
            (x + 0.018, y),
            (x - 0.018, y),
        ],
        1.0,
        wall,
    );
    canvas.fill(
        &[
            (x - 0.012, y - 0.215),
            (x + 0.012, y - 0.215),
            (x + 0.019, y - 0.188),
            (x - 0.019, y - 0.188),
        ],
        1.0,
        wall,
    );
    canvas.fill(
        &[
            (x - 0.008, y - 0.24),
            (x + 0.008, y - 0.24),
            (x + 0.009, y - 0.21),
            (x - 0.009, y - 0.21),
        ],
        1.0,
        wall,
    );
    canvas.fill(
        &[(x, y - 0.305), (x + 0.009, y - 0.238), (x - 0.009, y - 0.238)],
        1.0,
        wall,
    );
    canvas.stroke((x, y - 0.30), (x, y - 0.325), (0.0016, 0.0008), tone, 1.0);
    canvas.fill(
        &[
            (x + 0.018, y - 0.125),
            (x + 0.115, y - 0.125),
            (x + 0.135, y - 0.07),
            (x + 0.018, y - 0.07),
        ],
        1.0,
        wall,
    );
    canvas.glow(x, y - 0.165, 0.009, hex(0xffdf9c) * 0.8);
}

/// Bare crowns between the roofs.
fn trees(canvas: &mut Canvas, dice: &mut Dice, seed: u32) {
    let a = canvas.aspect();
    for i in 0..9 {
        let x = a * dice.between(0.02, 0.98);
        let tone = hex(0x222b40) * 0.8;
        tree(
            canvas,
            &OAK,
            (x, QUAY - 0.03),
            dice.between(0.13, 0.2),
            tone,
            tone,
            seed ^ (i + 200),
        );
    }
}

/// One house: wall, gable or hipped roof, windows of which some are lit.
fn house(canvas: &mut Canvas, dice: &mut Dice, x: f32, foot: f32, wide: f32, tall: f32, near: f32) {
    let tones = [
        0x5b3a30, 0x6d6a66, 0x4a3c38, 0x7a7468, 0x4b4f58, 0x653f34, 0x8a867c,
    ];
    let pick = (dice.between(0.0, tones.len() as f32) as usize).min(tones.len() - 1);
    let sky = hex(0x5d78a8);
    let wall = hex(tones[pick]) * sky * 1.6;
    let roof = hex(0x34323a) * sky * (1.0 + dice.spread() * 0.3);
    let dim = |c: Rgb| c.to(hex(0x33466c) * 0.6, 1.0 - near);
    let (left, right, eaves) = (x, x + wide, foot - tall);
    let pixel = canvas.pixel();
    let rough =
        move |c: Rgb| move |u: f32, v: f32| c * (1.0 + 0.3 * fractal().at(u * 30.0, v * 55.0, pixel * 50.0));
    let lamp_light = hex(0xffa850) * (0.10 * near);
    let lit_wall =
        move |u: f32, v: f32| rough(dim(wall))(u, v) + lamp_light * smoothstep(foot - 0.05, foot, v);
    canvas.fill(
        &[(left, eaves), (right, eaves), (right, QUAY), (left, QUAY)],
        1.0,
        lit_wall,
    );
    let peak = eaves - wide * dice.between(0.55, 0.8);
    if dice.between(0.0, 1.0) > 0.42 {
        // Gable to the street, with a stepped or plain edge.
        let middle = (left + right) * 0.5;
        canvas.fill(
            &[(middle, peak), (right + 0.002, eaves), (left - 0.002, eaves)],
            1.0,
            rough(dim(wall)),
        );
        canvas.stroke(
            (left - 0.003, eaves),
            (middle, peak),
            (0.0016, 0.0016),
            dim(hex(0x8f9ab0) * 0.35),
            0.9,
        );
        canvas.stroke(
            (right + 0.003, eaves),
            (middle, peak),
            (0.0016, 0.0016),
            dim(hex(0x8f9ab0) * 0.35),
            0.9,
        );
        window(canvas, dice, middle, eaves - wide * 0.12, 0.0042, 0.008, near);
    } else {
        let low = eaves - wide * 0.42;
        let slope = wide * 0.10;
        canvas.fill(
            &[
                (left + slope, low),
                (right - slope, low),
                (right + 0.003, eaves),
                (left - 0.003, eaves),
            ],
            1.0,
            rough(dim(roof)),
        );
        let chimney = left + wide * dice.between(0.25, 0.7);
        canvas.fill(
            &[
                (chimney, low - 0.011),
                (chimney + 0.005, low - 0.011),
                (chimney + 0.005, low + 0.006),
                (chimney, low + 0.006),
            ],
            1.0,
            |_, _| dim(wall) * 0.8,
        );
    }
    let floors = ((tall / 0.027) as i32).max(1);
    let across = ((wide / 0.0145) as i32).max(1);
    for floor in 0..floors {
        for column in 0..across {
            let wx = left + wide * (column as f32 + 0.5) / across as f32;
            let wy = eaves + tall * (floor as f32 + 0.45) / floors as f32;
            window(canvas, dice, wx, wy, 0.0056, 0.0125, near);
        }
    }
}

fn window(canvas: &mut Canvas, dice: &mut Dice, x: f32, y: f32, wide: f32, tall: f32, near: f32) {
    let luck = dice.between(0.0, 1.0);
    let (l, r, t, b) = (x - wide * 0.5, x + wide * 0.5, y - tall * 0.5, y + tall * 0.5);
    if luck > 0.66 {
        let warm = hex(0xffb457).to(hex(0xffe0a8), dice.between(0.0, 1.0))
            * (dice.between(0.7, 2.4) * (0.35 + 0.65 * near));
        let curtain = dice.between(0.3, 1.0);
        canvas.fill(&[(l, t), (r, t), (r, b), (l, b)], 1.0, |_, v| {
            let down = (v - t) / (b - t);
            warm * (1.0 - 0.55 * smoothstep(curtain, curtain + 0.1, down))
        });
        canvas.glow(x, y, tall * 1.5, warm * 0.035);
    } else {
        let pane = hex(0x6c86b8).to(hex(0x1b2436), 0.45 + 0.5 * luck) * (0.55 * near + 0.1);
        canvas.fill(&[(l, t), (r, t), (r, b), (l, b)], 0.9, |_, _| pane);
    }
    let bar = hex(0xb9c4d6) * (0.14 * near);
    canvas.stroke((x, t), (x, b), (0.0006, 0.0006), bar, 0.9);
    canvas.stroke(
        (l, y - tall * 0.1),
        (r, y - tall * 0.1),
        (0.0006, 0.0006),
        bar,
        0.9,
    );
}

fn lamp(canvas: &mut Canvas, x: f32, foot: f32) {
    canvas.stroke((x, foot), (x, foot - 0.040), (0.0016, 0.0012), hex(0x0d1018), 1.0);
    canvas.glow(x, foot - 0.042, 0.055, hex(0xffa64a) * 0.22);
    canvas.glow(x, foot - 0.042, 0.0058, hex(0xffdf9f) * 9.0);
}

/// Flat-bottomed boats with tall masts, moored along the quay.
fn boats(canvas: &mut Canvas, dice: &mut Dice) {
    let a = canvas.aspect();
    for (at, size) in [
        (0.16, 0.62),
        (0.235, 0.55),
        (0.46, 0.6),
        (0.72, 0.75),
        (0.80, 0.62),
        (0.93, 0.7),
    ] {
        let (x, y) = (a * at, QUAY + 0.004);
        let long = 0.17 * size;
        let hull = hex(0x10141d);
        let shape = [
            (x - long * 0.55, y - 0.034 * size),
            (x - long * 0.2, y - 0.024 * size),
            (x + long * 0.45, y - 0.028 * size),
            (x + long * 0.42, y),
            (x - long * 0.46, y),
        ];
        canvas.fill(&shape, 1.0, |_, v| {
            hull.to(hex(0x35507a) * 0.5, smoothstep(y - 0.01, y - 0.03, v))
        });
        canvas.stroke(
            (x - long * 0.54, y - 0.032 * size),
            (x + long * 0.45, y - 0.027 * size),
            (0.003, 0.003),
            hex(0x6d7f9e) * 0.6,
            0.9,
        );
        let mast = x - long * 0.08;
        let top = y - 0.40 * size;
        canvas.stroke(
            (mast, y - 0.02),
            (mast + 0.002, top),
            (0.0052 * size, 0.0022),
            hex(0x151a25),
            1.0,
        );
        canvas.stroke(
            (mast, y - 0.055 * size),
            (x + long * 0.52, y - 0.075 * size),
            (0.0034, 0.0022),
            hex(0x151a25),
            1.0,
        );
        canvas.stroke(
            (mast, y - 0.062 * size),
            (x + long * 0.46, y - 0.080 * size),
            (0.011 * size, 0.007),
            hex(0x39435a) * 0.7,
            1.0,
        );
        for (end, alpha) in [(-0.54, 0.8), (0.44, 0.8), (-0.2, 0.6), (0.2, 0.6)] {
            canvas.stroke(
                (mast + 0.001, top + 0.02),
                (x + long * end, y - 0.03 * size),
                (0.0008, 0.0008),
                hex(0x10141d),
                alpha,
            );
        }
        let cabin = x + long * 0.12;
        canvas.fill(
            &[
                (cabin, y - 0.044 * size),
                (cabin + long * 0.24, y - 0.044 * size),
                (cabin + long * 0.25, y - 0.026 * size),
                (cabin, y - 0.026 * size),
            ],
            1.0,
            |_, _| hex(0x2a2c35),
        );
        if dice.between(0.0, 1.0) > 0.35 {
            canvas.glow(cabin + long * 0.1, y - 0.035 * size, 0.007, hex(0xffcf86) * 3.0);
        }
    }
}

/// A wooden jetty that leads into the picture from the lower left.
fn jetty(canvas: &mut Canvas, seed: u32) {
    let a = canvas.aspect();
    let dark = hex(0x0e1017);
    let pixel = canvas.pixel();
    let far = (a * 0.335, 0.735);
    let deck = [
        (far.0 - 0.02, far.1),
        (far.0 + 0.02, far.1),
        (a * 0.30, 1.02),
        (-0.05, 1.02),
    ];
    for post in [(0.0, 1.3), (0.30, 1.0), (0.55, 0.75), (0.78, 0.55), (0.97, 0.42)] {
        let t: f32 = post.0;
        let size: f32 = post.1;
        for side in [0, 1] {
            let near = if side == 0 { deck[3] } else { deck[2] };
            let end = if side == 0 { deck[0] } else { deck[1] };
            let k = 1.0 - (1.0 - t) * (1.0 - t);
            let (x, y) = (near.0 + (end.0 - near.0) * k, near.1 + (end.1 - near.1) * k);
            canvas.stroke(
                (x, y + 0.07 * size),
                (x, y - 0.085 * size),
                (0.017 * size, 0.016 * size),
                dark,
                1.0,
            );
            canvas.stroke(
                (x + 0.006 * size, y),
                (x + 0.006 * size, y - 0.083 * size),
                (0.003 * size, 0.003 * size),
                hex(0x5d719c) * 0.5,
                0.8,
            );
        }
    }
    canvas.fill(&deck, 1.0, |u, v| {
        let away = 0.30 / (v - 0.66).max(0.02);
        let plank = (away * 90.0).sin();
        let seam = smoothstep(0.80, 1.0, plank) * smoothstep(0.76, 0.95, v);
        let grain = fractal().at(u * 3.0, away * 8.0, pixel * 20.0)
            + fractal().at(u * 14.0, away * 33.0, pixel * 60.0) * 0.4;
        let wet = hex(0x52658c) * (0.30 + grain * 0.16) + hex(0xffb060) * (0.05 * smoothstep(0.9, 0.72, v));
        wet * (1.0 - seam * 0.6)
    });
    let _ = seed;
}
