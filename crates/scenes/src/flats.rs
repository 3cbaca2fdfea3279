//! Tidal flats at low water: rippled mud, pools and a gully that hold the sky.

use super::Scene;
use super::canvas::Canvas;
use super::colour::hex;
use super::film::Film;
use super::noise::{Dice, fractal, ridged, smoothstep};
use super::sky::Sky;
use super::water::Water;

const HORIZON: f32 = 0.36;

/// Paints the light of such a scene and chooses its film.
pub fn paint(canvas: &mut Canvas, scene: Scene) -> Film {
    let seed = scene.seed;
    let a = canvas.aspect();
    let sky = Sky {
        zenith: hex(0x4c6a92) * 0.85,
        horizon: hex(0xf7c79c),
        horizon_y: HORIZON,
        depth: 0.22,
        sun: (a * 0.64, 0.325),
        glow: hex(0xffb870) * 1.3,
        focus: 10.0,
        lit: hex(0xffc8a0),
        shade: hex(0x5d6480),
        cover: 0.10,
        scale: 1.25,
        streak: 1.7,
        soft: 0.5,
        thick: 0.85,
        seed,
    };
    sky.paint(canvas, HORIZON + 0.005);
    // The island on the horizon: a thin line of dunes, a tower.
    let line = |x: f32| {
        0.004
            + 0.006
                * fractal().at(x * 1.1, 2.0, 0.01).max(-0.3)
                * smoothstep(a * 0.02, a * 0.12, x)
                * smoothstep(a * 0.52, a * 0.35, x)
            + 0.004
    };
    let (pixel, rows) = (
        canvas.pixel(),
        (canvas.row_at(HORIZON - 0.03), canvas.row_at(HORIZON)),
    );
    canvas.rework(rows.0, rows.1, |x, y, light| {
        let inside = smoothstep(a * 0.0, a * 0.1, x) * smoothstep(a * 0.55, a * 0.40, x);
        let cover = ((y - (HORIZON - line(x) * inside)) / pixel + 0.5).clamp(0.0, 1.0)
            * if inside > 0.01 { 1.0 } else { 0.0 };
        light.to(hex(0x6d6478), cover * 0.85)
    });
    canvas.stroke(
        (a * 0.235, HORIZON),
        (a * 0.235, HORIZON - 0.034),
        (0.0042, 0.003),
        hex(0x625a70),
        0.95,
    );
    let shift = (seed % 43) as f32;
    let floor = canvas.row_at(HORIZON);
    let height = canvas.height;
    let middle = a * 0.5;
    // Where a place on the canvas lies on the flats.
    let place = move |x: f32, y: f32| {
        let z = 0.55 / (y - HORIZON + 0.0012);
        ((x - middle) * z, z)
    };
    let gully = move |u: f32, z: f32| {
        let bend = 0.55 * (z * 0.55 + 0.6).sin() + 0.25 * (z * 1.7).sin() - 0.10 * z + 0.25;
        let wide = 0.16 + 0.05 * (z * 2.3).sin() + 0.03 * z.min(4.0);
        ((u - bend).abs() - wide) / (0.3 + 0.1 * z)
    };
    let low = move |u: f32, z: f32, foot: f32| {
        let pools = fractal().at(u * 0.55 + shift, z * 0.55, foot * 0.55)
            + 0.30 * fractal().at(u * 2.7, z * 2.7 + shift, foot * 2.7);
        let channel = gully(u, z);
        smoothstep(-0.03, 0.05, pools - 0.24 - 0.09 * smoothstep(1.0, 6.0, z)).max(smoothstep(
            0.04,
            -0.06,
            channel + pools * 0.12,
        ))
    };
    canvas.rework(floor, height, |x, y, _| {
        let (u, z) = place(x, y);
        let foot = pixel * z * (1.0 + z * 0.6);
        let bend = fractal().at(u * 0.8 + shift, z * 0.8, foot * 0.8) * 2.6;
        let wave = (z * 13.0 + u * 2.2 + bend * 2.2).sin();
        let fade = 1.0 - smoothstep(0.01, 0.06, foot);
        // Worm casts and shells: what keeps the nearest mud from looking out of focus.
        let casts =
            fractal().at(u * 37.0 + z * 17.0, z * 37.0 - u * 13.0, foot * 41.0) * (1.0 - fade_far(foot));
        let rough = fractal().at(u * 6.0, z * 6.0, foot * 6.0) + casts * 0.35;
        let next = fractal().at(u * 6.0 + 0.07, z * 6.0 + 0.03, foot * 6.0);
        let relief =
            (rough - next) * 1.6 + wave * 0.42 * fade + ridged().at(u * 1.3, z * 1.3, foot * 1.3) * 0.25
                - 0.1;
        let bank = smoothstep(0.45, 0.0, gully(u, z)) * 0.35;
        let mud = hex(0x5d4c42).to(hex(0x3c3434), (bank + rough * 0.3).clamp(0.0, 1.0));
        let bearing = (-(x - sky.sun.0).abs() * 1.6).exp();
        let shine = smoothstep(0.15, 0.9, relief + 0.25) * (0.25 + 0.9 * bearing);
        let light = mud * (0.55 + relief * 0.45) + sky.horizon * (shine * 0.42) + hex(0x4c6a92) * 0.06;
        light.to(sky.air(x, HORIZON - 0.02) * 0.8, smoothstep(1.5, 60.0, z) * 0.75)
    });
    let water = Water {
        edge: HORIZON,
        rough: 0.35,
        deep: hex(0x2c3440),
        mirror: 0.78,
        scale: 1.2,
        seed,
    };
    water.paint(canvas, |x, y| {
        let (u, z) = place(x, y);
        low(u, z, pixel * z * (1.0 + z * 0.6)) * 0.97
    });
    sticks(canvas, seed);
    Film {
        exposure: 1.05,
        contrast: 0.32,
        bloom: 0.16,
        ..Film::standard()
    }
}

/// How much of the finest detail is lost to distance: 0 near, 1 far.
fn fade_far(foot: f32) -> f32 {
    smoothstep(0.002, 0.02, foot)
}

/// Withies that mark the gully: young birches stuck in the mud.
fn sticks(canvas: &mut Canvas, seed: u32) {
    let a = canvas.aspect();
    let mut dice = Dice::new(seed ^ 13);
    for (x, y, tall) in [
        (0.790, 0.800, 0.36),
        (0.668, 0.560, 0.165),
        (0.602, 0.470, 0.092),
        (0.560, 0.422, 0.052),
        (0.538, 0.398, 0.034),
    ] {
        let foot = (a * x, y);
        let lean = dice.spread() * 0.05 * tall + 0.03 * tall;
        let tone = hex(0x1c1716).to(hex(0x7d5f55), smoothstep(0.3, 0.03, tall) * 0.8);
        let top = (foot.0 + lean, foot.1 - tall);
        canvas.stroke(foot, top, (tall * 0.022, tall * 0.010), tone, 1.0);
        canvas.stroke(
            foot,
            (foot.0 - lean * 0.5, foot.1 + tall * 0.55),
            (tall * 0.020, tall * 0.012),
            tone,
            0.42,
        );
        for _ in 0..46 {
            let t = dice.between(0.52, 1.0);
            let start = (foot.0 + lean * t, foot.1 - tall * t);
            let side = if dice.between(-1.0, 1.0) > 0.0 { 1.0 } else { -1.0 };
            let long = tall * dice.between(0.10, 0.26) * (1.3 - t);
            let end = (
                start.0 + side * long * 0.62,
                start.1 - long * dice.between(0.5, 1.1),
            );
            canvas.stroke(start, end, (tall * 0.007, tall * 0.003), tone, 0.9);
            let twig = (end.0 + side * long * dice.between(0.0, 0.3), end.1 - long * 0.35);
            canvas.stroke(end, twig, (tall * 0.004, tall * 0.002), tone, 0.8);
        }
    }
}
