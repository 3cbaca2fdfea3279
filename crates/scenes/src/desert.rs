//! The desert: a track to the horizon with a lorry's dust on it, and a sea of dunes in the last light.

use super::canvas::Canvas;
use super::colour::hex;
use super::film::Film;
use super::noise::{Dice, fractal, octaves, perlin, ridged, smoothstep};
use super::sky::Sky;
use super::terrain::{Camera, Spot, Walk, draw};
use super::{Scene, Weather};

/// Paints the light of such a scene and chooses its film.
pub fn paint(canvas: &mut Canvas, scene: Scene) -> Film {
    if scene.weather == Weather::Haze {
        track(canvas, scene.seed)
    } else {
        dunes(canvas, scene.seed)
    }
}

fn track(canvas: &mut Canvas, seed: u32) -> Film {
    let a = canvas.aspect();
    let horizon = 0.37;
    let sky = Sky {
        zenith: hex(0x6f9cc8) * 0.85,
        horizon: hex(0xf3dcb8),
        horizon_y: horizon,
        depth: 0.20,
        sun: (a * 0.90, 0.16),
        glow: hex(0xffdca0) * 1.0,
        focus: 7.0,
        lit: hex(0xffeed8),
        shade: hex(0xb9aeb0),
        cover: -0.24,
        scale: 1.5,
        streak: 3.0,
        soft: 0.7,
        thick: 0.5,
        seed,
    };
    sky.paint(canvas, horizon + 0.05);
    let sun = (0.66, 0.30, 0.69);
    let camera = Camera {
        x: 0.0,
        height: 2.3,
        horizon,
        focal: 1.15,
        centre: a * 0.5,
    };
    let path = |z: f32| -1.3 + 0.012 * z + 5.0 * (z * 0.012).sin() * smoothstep(10.0, 150.0, z);
    let shift = (seed % 53) as f32;
    let base = |x: f32, z: f32| {
        let flat = perlin(x * 0.03, z * 0.03, seed) * 0.5 * smoothstep(2.0, 9.0, (x - path(z)).abs());
        let hills = ridged().at(x * 0.0024 + shift, z * 0.0022, 0.01)
            + octaves(x * 0.006, z * 0.006, seed, 3, 0.5) * 0.3
            - 0.25;
        flat + smoothstep(380.0, 900.0, z) * hills.max(0.0) * 62.0 - 0.1
    };
    let detail = |x: f32, z: f32, foot: f32| {
        let off = (x - path(z)).abs();
        let road = smoothstep(2.7, 2.0, off);
        let stones = (ridged().at(x * 0.8, z * 0.8, foot * 0.8) - 0.4) * 0.10
            + fractal().at(x * 3.7, z * 3.7, foot * 3.7) * 0.035;
        let ruts = -0.05 * smoothstep(0.35, 0.1, (off - 0.95).abs())
            + 0.04 * smoothstep(0.5, 0.1, (off - 2.5).abs());
        let wash = ((z * 5.2 + x).sin() * 0.012 + fractal().at(x * 2.0, z * 2.0, foot * 2.0) * 0.02)
            * (1.0 - smoothstep(0.02, 0.1, foot));
        stones * (1.0 - road) + (ruts + wash) * road
    };
    let haze = hex(0xf0d3a8);
    let shade = |spot: &Spot| {
        let off = (spot.x - path(spot.z)).abs();
        let road = smoothstep(2.8, 2.1, off + fractal().at(spot.x, spot.z, spot.foot) * 0.5);
        let speck = fractal().at(spot.x * 1.7, spot.z * 1.7, spot.foot * 1.7);
        let scree = hex(0x94775a).to(hex(0x5f4c3c), smoothstep(0.0, 0.4, speck));
        let ground = scree.to(hex(0xcfae82) * (0.92 + speck * 0.25), road);
        let ground = ground.to(hex(0x7d5d4c), smoothstep(300.0, 700.0, spot.z));
        let light = ground * (hex(0xffe0b0) * (spot.facing(sun) * spot.open * 2.2) + hex(0x8fa4c4) * 0.34);
        light.to(haze, (1.0 - (-spot.z / 520.0).exp()) * 0.96)
    };
    draw(
        canvas,
        &camera,
        &Walk {
            near: 2.4,
            far: 1_600.0,
            stride: 0.01,
            fine: 0.9,
            bump: 0.2,
            sun,
            reach: 30.0,
        },
        base,
        detail,
        shade,
    );
    scrub(canvas, &camera, path, seed);
    // The lorry comes towards the camera; its dust drifts to the left and shines against the sun.
    let z = 84.0;
    let (x, y) = camera.place(path(z) + 0.2, base(path(z), z) + 0.05, z);
    let unit = camera.focal / z;
    let rows = (canvas.row_at(y - 34.0 * unit), canvas.row_at(y + 0.6 * unit));
    let pixel = canvas.pixel() * 4.0;
    canvas.veil(rows.0, rows.1, |u, v| {
        let up = (y - v) / unit;
        let back = (x + 1.2 * unit - u) / unit;
        let rise = 1.6 + 0.34 * back.clamp(0.0, 34.0);
        let puff = fractal().at(u * 3.4 + 0.7, v * 5.0, pixel * 3.4)
            + fractal().at(u * 11.0, v * 14.0, pixel * 11.0) * 0.4;
        let body = smoothstep(-1.0, 1.8, back) * (-back.max(0.0) / 26.0).exp();
        let shape =
            smoothstep(rise * (1.15 + puff * 0.8), rise * 0.1, up.max(0.0)) * smoothstep(-0.6, 0.2, up);
        let cover = (body * shape * (0.92 + puff * 0.35)).clamp(0.0, 0.96);
        let light = hex(0xffe6bc) * (1.0 + puff * 0.25) * (0.72 + 0.3 * smoothstep(0.0, rise, up));
        (light.to(hex(0xb08a60), smoothstep(1.5, -0.2, up) * 0.35), cover)
    });
    lorry(canvas, x, y, unit);
    Film {
        exposure: 0.98,
        bloom: 0.2,
        contrast: 0.30,
        ..Film::standard()
    }
}

fn scrub(canvas: &mut Canvas, camera: &Camera, path: impl Fn(f32) -> f32, seed: u32) {
    let mut dice = Dice::new(seed ^ 19);
    let mut all: Vec<(f32, f32)> = (0..230)
        .map(|_| {
            (
                dice.between(-1.0, 1.0),
                4.5 + 85.0 * dice.between(0.0, 1.0).powf(1.6),
            )
        })
        .collect();
    all.sort_by(|l, r| r.1.total_cmp(&l.1));
    for (side, z) in all {
        let x = side * z * 0.8;
        if (x - path(z)).abs() < 3.3 {
            continue;
        }
        let (cx, cy) = camera.place(x, 0.0, z);
        let size = dice.between(0.16, 0.42) * camera.focal / z;
        let veil = smoothstep(10.0, 150.0, z) * 0.6;
        for _ in 0..4 {
            let (sx, sy) = (
                cx - size * dice.between(0.4, 2.2),
                cy + size * dice.between(0.0, 0.25),
            );
            canvas.stroke((cx, cy), (sx, sy), (size * 0.5, size * 0.15), hex(0x33281f), 0.25);
        }
        for _ in 0..60 {
            let angle = dice.spread() * 1.25;
            let long = size * dice.between(0.5, 1.1);
            let tip = (cx + angle.sin() * long, cy - angle.cos() * long * 0.8);
            let tone = hex(0x4a4a2c)
                .to(hex(0xb8a468), smoothstep(-0.4, 1.0, angle + dice.spread() * 0.4))
                .to(hex(0xf0d3a8), veil);
            canvas.stroke(
                (cx + dice.spread() * size * 0.3, cy),
                tip,
                (size * 0.05, size * 0.02),
                tone,
                0.9,
            );
        }
    }
}

fn lorry(canvas: &mut Canvas, x: f32, y: f32, unit: f32) {
    let at = |u: f32, v: f32| (x + u * unit, y - v * unit);
    let quad = |l: f32, r: f32, low: f32, high: f32| [at(l, high), at(r, high), at(r, low), at(l, low)];
    let dark = hex(0x2a2320);
    canvas.fill(&quad(-1.15, 1.15, 0.75, 3.25), 1.0, |u, _| {
        hex(0x4d5d52).to(hex(0x7a7458), smoothstep(x, x + unit, u))
    });
    canvas.fill(&quad(-1.0, 1.0, 0.55, 2.45), 1.0, |u, _| {
        hex(0x7a4634).to(hex(0xb08460), smoothstep(x - unit, x + unit, u))
    });
    canvas.fill(&quad(-0.86, 0.86, 1.55, 2.28), 1.0, |u, v| {
        hex(0x2c3438).to(
            hex(0xd8cdb4),
            smoothstep(x - 0.2 * unit, x + 1.3 * unit, u + (y - v) * 0.3) * 0.6,
        )
    });
    canvas.fill(&quad(-0.55, 0.55, 0.72, 1.3), 1.0, |_, _| dark);
    canvas.fill(&quad(-1.0, 1.0, 0.45, 0.66), 1.0, |_, _| hex(0x3a322c));
    canvas.fill(&quad(-0.98, -0.62, 0.0, 0.55), 1.0, |_, _| hex(0x14110f));
    canvas.fill(&quad(0.62, 0.98, 0.0, 0.55), 1.0, |_, _| hex(0x14110f));
    for side in [-0.78, 0.78] {
        let lamp = at(side, 0.95);
        canvas.glow(lamp.0, lamp.1, unit * 1.3, hex(0xffe2a8) * 0.25);
        canvas.glow(lamp.0, lamp.1, unit * 0.26, hex(0xfff2d0) * 5.0);
    }
    // Between the wheels it is dark, and the ground below takes the shadow.
    canvas.fill(&quad(-1.0, 1.0, -0.10, 0.30), 0.75, |_, _| hex(0x241a12));
}

fn dunes(canvas: &mut Canvas, seed: u32) -> Film {
    let a = canvas.aspect();
    let horizon = 0.30;
    let sky = Sky {
        zenith: hex(0x4f78b0) * 0.8,
        horizon: hex(0xf4c9a4),
        horizon_y: horizon,
        depth: 0.20,
        sun: (a * -0.1, 0.22),
        glow: hex(0xffb070) * 0.7,
        focus: 5.0,
        lit: hex(0xffcfae),
        shade: hex(0x9a90ac),
        cover: -0.25,
        scale: 1.2,
        streak: 3.0,
        soft: 0.6,
        thick: 0.5,
        seed,
    };
    sky.paint(canvas, horizon + 0.06);
    let sun = (-0.86, 0.26, 0.44);
    let camera = Camera {
        x: 0.0,
        height: 12.0,
        horizon,
        focal: 1.15,
        centre: a * 0.5,
    };
    let shift = (seed % 47) as f32 * 3.0;
    // A crest is the sharp edge between a long slope to the wind and a short one behind it.
    let crest = move |x: f32, z: f32, scale: f32, salt: u32| {
        let bend = perlin(x * scale * 0.4 + 9.0, z * scale * 0.4, seed ^ salt) * 1.5;
        let n = perlin(
            x * scale + bend * 0.30 + shift,
            z * scale * 0.75 + bend * 0.55,
            seed ^ salt ^ 7,
        );
        let ridge = 1.0 - (n * 1.55).abs().min(1.0);
        ridge * ridge * 0.55 + ridge * 0.45
    };
    let land = move |x: f32, z: f32| {
        let large = crest(x, z, 0.017, 1) * 11.0;
        let small = crest(x + 40.0, z, 0.06, 2) * 2.0 * smoothstep(0.2, 0.7, 1.0 - large / 14.0);
        large * smoothstep(4.0, 60.0, z + 10.0) + small - 1.0
    };
    let detail = |x: f32, z: f32, foot: f32| {
        let bend = fractal().at(x * 0.05, z * 0.05, foot * 0.05) * 9.0;
        let fade = 1.0 - smoothstep(0.02, 0.09, foot);
        let ripple = ((x * 0.8 + z * 1.9 + bend) * 4.4).sin() * 0.021 * fade;
        // A crest is too sharp to be surveyed sparsely: all of the land is detail here.
        land(x, z) + ripple + fractal().at(x * 0.33, z * 0.33, foot * 0.33) * 0.06
    };
    let shade = |spot: &Spot| {
        let grain = fractal().at(spot.x * 4.0, spot.z * 4.0, spot.foot * 4.0);
        let sand = hex(0xcf9a6c).to(hex(0xb98258), grain * 0.5 + 0.5);
        // Shadows are surveyed sparsely: far away they would cut notches into every crest, so what faces the sun there is in it.
        let facing = spot.facing(sun);
        let open = spot
            .open
            .max(smoothstep(0.20, 0.34, facing) * smoothstep(35.0, 60.0, spot.z));
        let direct = hex(0xffc890) * (facing * open * 2.5);
        let light = sand * (direct + hex(0x7f8fc0) * (0.22 + 0.16 * spot.normal.1) + hex(0xc07040) * 0.05);
        light.to(
            hex(0xe9b896),
            (1.0 - (-(spot.z - 25.0).max(0.0) / 210.0).exp()) * 0.9,
        )
    };
    draw(
        canvas,
        &camera,
        &Walk {
            near: 8.0,
            far: 900.0,
            stride: 0.006,
            fine: 0.8,
            bump: 14.0,
            sun,
            reach: 45.0,
        },
        |_, _| 0.0,
        detail,
        shade,
    );
    Film {
        exposure: 1.0,
        contrast: 0.34,
        bloom: 0.12,
        ..Film::standard()
    }
}
