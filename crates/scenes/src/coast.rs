//! The coast: a dune top with marram, a beach with a groyne of oak posts, the sea, and the weather above it.

use super::canvas::Canvas;
use super::colour::{Rgb, hex};
use super::film::Film;
use super::noise::{Dice, fractal, octaves, perlin, ridged, smoothstep};
use super::plants::blade;
use super::sky::{Sky, rain_curtain};
use super::terrain::{Camera, Spot, Walk, draw};
use super::{Scene, Weather};

struct Look {
    sky: Sky,
    sun: (f32, f32, f32),
    sunlight: Rgb,
    shade: Rgb,
    sea_far: Rgb,
    sea_near: Rgb,
    surf: f32,
}

/// Paints the light of such a scene and chooses its film.
pub fn paint(canvas: &mut Canvas, scene: Scene) -> Film {
    let storm = scene.weather == Weather::Storm;
    let look = if storm {
        storm_look(canvas, scene.seed)
    } else {
        calm_look(canvas, scene.seed)
    };
    look.sky.paint(canvas, look.sky.horizon_y + 0.02);
    if storm {
        shelf(canvas, &look.sky, scene.seed);
        let a = canvas.aspect();
        let veil = hex(0x596066) * 0.8;
        rain_curtain(
            canvas,
            a * 0.40,
            a * 0.86,
            0.34,
            look.sky.horizon_y + 0.01,
            0.25,
            veil,
            scene.seed,
        );
    }
    land(canvas, &look, scene.seed);
    let camera = camera(canvas, &look);
    groyne(canvas, &camera, &look, scene.seed);
    marram(canvas, &look, storm, scene.seed);
    if storm {
        Film {
            exposure: 1.12,
            contrast: 0.38,
            saturation: 1.05,
            vignette: 0.4,
            ..Film::standard()
        }
    } else {
        Film {
            exposure: 1.02,
            contrast: 0.2,
            bloom: 0.16,
            ..Film::standard()
        }
    }
}

fn storm_look(canvas: &Canvas, seed: u32) -> Look {
    let a = canvas.aspect();
    Look {
        sky: Sky {
            zenith: hex(0x59636d) * 0.7,
            horizon: hex(0xe6d3ac),
            horizon_y: 0.64,
            depth: 0.16,
            sun: (a * 0.08, 0.56),
            glow: hex(0xffd9a0) * 0.4,
            focus: 5.0,
            lit: hex(0xa7adb2) * 0.75,
            shade: hex(0x20272f) * 0.8,
            cover: 0.34,
            scale: 1.0,
            streak: 1.3,
            soft: 0.75,
            thick: 0.95,
            seed,
        },
        sun: (-0.78, 0.40, 0.48),
        sunlight: hex(0xffe2bd) * 1.3,
        shade: hex(0x7f8b98) * 0.55,
        sea_far: hex(0x56646c),
        sea_near: hex(0x4b5a58),
        surf: 1.0,
    }
}

fn calm_look(canvas: &Canvas, seed: u32) -> Look {
    let a = canvas.aspect();
    Look {
        sky: Sky {
            zenith: hex(0x5f84ad) * 0.8,
            horizon: hex(0xf6cfae),
            horizon_y: 0.43,
            depth: 0.26,
            sun: (a * 0.66, 0.41),
            glow: hex(0xffc27a) * 1.5,
            focus: 9.0,
            lit: hex(0xffd2b0),
            shade: hex(0x8d8fa6),
            cover: -0.22,
            scale: 0.8,
            streak: 3.2,
            soft: 0.55,
            thick: 0.6,
            seed,
        },
        sun: (0.50, 0.22, 0.84),
        sunlight: hex(0xffd0a0) * 1.6,
        shade: hex(0x8797b4) * 0.55,
        sea_far: hex(0xc9b4a6),
        sea_near: hex(0x5c7080),
        surf: 0.45,
    }
}

fn camera(canvas: &Canvas, look: &Look) -> Camera {
    Camera {
        x: 0.0,
        height: 11.0,
        horizon: look.sky.horizon_y,
        focal: 0.95,
        centre: canvas.aspect() * 0.5,
    }
}

/// The dark edge of the front: a long roll of cloud over the bright strip, torn below.
fn shelf(canvas: &mut Canvas, sky: &Sky, seed: u32) {
    let a = canvas.aspect();
    let shift = (seed % 97) as f32;
    let rows = canvas.row_at(sky.horizon_y);
    let pixel = canvas.pixel();
    canvas.veil(0, rows, |x, y| {
        let t = x / a;
        let bend = fractal().at(x * 0.9 + shift, y * 2.1, pixel);
        let line = 0.37 - 0.20 * (t - 0.15) * (t - 0.15) + 0.10 * t + bend * 0.035;
        let above = line - y;
        let inside = smoothstep(-0.012, 0.02 + 0.03 * t, above + bend * 0.01);
        if inside <= 0.0 {
            return (Rgb::default(), 0.0);
        }
        let roll = (above * 21.0 + bend * 1.6 + x * 1.1).sin() * 0.5 + 0.5;
        let torn = fractal().at(x * 2.6 + above * 3.0 + shift, above * 7.0 - x * 1.2, pixel * 5.0);
        let dark = hex(0x20272f) * 0.9;
        let body = dark.to(hex(0x66717a), (roll * 0.38 + torn * 0.3 + 0.12).clamp(0.0, 1.0));
        let low = smoothstep(0.05, 0.0, above) * (0.5 + torn * 0.6).clamp(0.0, 1.0);
        let lit = body.to(hex(0xcdb48c), low * 0.5 * (1.0 - t * 0.8));
        let fade = smoothstep(0.30, 0.04, above) * 0.85;
        (lit, inside * fade)
    });
}

fn land(canvas: &mut Canvas, look: &Look, seed: u32) {
    let camera = camera(canvas, look);
    let noise = fractal();
    let shift = (seed % 89) as f32 * 1.7;
    let base = |x: f32, z: f32| {
        // Dunes before the camera, then the beach, then the floor of the sea.
        let crest = octaves(x * 0.055 + shift, z * 0.07, seed, 3, 0.5);
        let valley = smoothstep(0.0, 15.0, (x + 2.0 - z * 0.16).abs() - 1.0);
        let dune = (2.4 + crest * 3.0 + valley * 3.2) * smoothstep(40.0, 16.0, z + crest * 6.0);
        dune + 0.8 - (z - 34.0).max(0.0) * 0.016 + perlin(x * 0.05, z * 0.05, 3) * 0.16
    };
    let detail = |x: f32, z: f32, foot: f32| {
        let ripple = noise.at(x * 0.35 + shift, z * 0.35, foot * 0.35) * 0.30;
        ripple * smoothstep(60.0, 10.0, z)
            + noise.at(x * 2.1, z * 2.1 + shift, foot * 2.1) * 0.05 * smoothstep(90.0, 30.0, z)
    };
    let haze = look.sky.horizon;
    let sea = |spot: &Spot| {
        let reach = spot.z;
        let swell = noise.at(spot.x * 0.012 + shift, spot.z * 0.05, spot.foot * 0.06);
        let chop = ridged().at(spot.x * 0.035, spot.z * 0.14 + shift, spot.foot * 0.3) - 0.5;
        let lines =
            (spot.z * 0.16 + swell * 5.0 + noise.at(spot.x * 0.01, spot.z * 0.01, spot.foot * 0.01) * 4.0)
                .sin();
        let body = look.sea_near.to(look.sea_far, smoothstep(60.0, 500.0, reach));
        let mut light = body * (0.85 + chop * 0.55 + swell * 0.25);
        let zone = smoothstep(320.0, 75.0, reach) * look.surf;
        let breaker = smoothstep(0.86 - zone * 0.5, 1.0, lines) * (0.55 + chop * 0.9);
        let lace = smoothstep(0.35, 0.85, chop + zone * 0.3 + swell * 0.5) * zone;
        let foam = (breaker * (0.25 + zone) + lace * 0.65).clamp(0.0, 1.0);
        light = light.to(look.shade + look.sunlight * 0.55, foam);
        // The path that the sun lays on the water.
        let bearing = spot.x / spot.z - (look.sky.sun.0 - camera.centre) / camera.focal;
        let path = (-bearing * bearing * 26.0).exp() * smoothstep(0.1, 0.7, chop + 0.35);
        light += look.sky.glow * (path * 0.9);
        light.to(haze, smoothstep(300.0, 3_000.0, reach) * 0.55)
    };
    let shade = |spot: &Spot| {
        if spot.y <= 0.0 {
            return sea(spot);
        }
        let film = smoothstep(0.16, 0.0, spot.y);
        let wet = smoothstep(0.75, 0.1, spot.y) * smoothstep(30.0, 50.0, spot.z);
        let dry = hex(0xd9cdb8).to(
            hex(0xbdb09a),
            noise.at(spot.x * 0.7, spot.z * 0.7, spot.foot) * 0.5 + 0.5,
        );
        let sand = dry.to(hex(0x6f675c), wet);
        let direct = look.sunlight * (spot.facing(look.sun) * spot.open);
        let around = look.shade * (0.45 + 0.55 * spot.normal.1);
        let mut light = sand * (direct + around) * 0.8;
        light = light.to(haze * 0.6, wet * 0.35);
        // The last run of a wave: a film of water that thins out up the beach.
        let light = light.to(haze, smoothstep(60.0, 900.0, spot.z) * 0.4);
        if film > 0.0 && spot.z > 30.0 {
            light.to(sea(spot), film)
        } else {
            light
        }
    };
    let walk = Walk {
        near: 9.0,
        far: 4_000.0,
        stride: 0.02,
        fine: 0.6,
        bump: 0.4,
        sun: look.sun,
        reach: 14.0,
    };
    // The sea is level: the land is never drawn below it.
    draw(
        canvas,
        &camera,
        &walk,
        |x, z| base(x, z).max(-0.4),
        |x, z, foot| if z > 110.0 { 0.0 } else { detail(x, z, foot) },
        shade,
    );
}

/// Two rows of oak posts that run from the beach into the sea.
fn groyne(canvas: &mut Canvas, camera: &Camera, look: &Look, seed: u32) {
    let mut dice = Dice::new(seed ^ 0x51);
    let dark = hex(0x241f1b);
    for i in (0..64).rev() {
        let z = 38.0 + i as f32 * 2.6;
        for row in [0.0, 1.3] {
            let x = 11.0 + row - i as f32 * 0.12 + dice.spread() * 0.12;
            let tall = 2.2 + dice.spread() * 0.25 - i as f32 * 0.014;
            let (top, foot) = (
                camera.place(x + dice.spread() * 0.06, tall, z),
                camera.place(x, -0.1, z),
            );
            let wide = 0.42 * camera.focal / z;
            let tone = (dark + look.shade * 0.08).to(look.sky.horizon, (i as f32 * 0.004).min(0.35));
            canvas.stroke(foot, top, (wide, wide * 0.9), tone, 1.0);
            let side = if look.sun.0 < 0.0 { -0.3 } else { 0.3 } * wide;
            canvas.stroke(
                (foot.0 + side, foot.1),
                (top.0 + side, top.1),
                (wide * 0.3, wide * 0.3),
                tone.to(look.sunlight, 0.35),
                0.8,
            );
        }
    }
}

/// Marram on the near dune, bent by the wind.
fn marram(canvas: &mut Canvas, look: &Look, storm: bool, seed: u32) {
    let mut dice = Dice::new(seed ^ 0x77);
    let a = canvas.aspect();
    let wind = if storm { 0.75 } else { 0.3 };
    for tuft in 0..150 {
        let t = tuft as f32 / 150.0;
        let down = t * t;
        let x = dice.between(-0.05, a + 0.05);
        // Thick on both sides, open where the path goes down to the beach.
        let gap = (x / a - if storm { 0.60 } else { 0.42 }).abs();
        if gap < 0.13 + 0.10 * down {
            continue;
        }
        let foot = 0.90 + 0.14 * down - gap * 0.22 + dice.spread() * 0.015;
        let tall = (0.05 + 0.12 * down) * dice.between(0.7, 1.25);
        let blades = 40;
        for _ in 0..blades {
            let fx = x + dice.spread() * 0.045 * (1.0 + down);
            let fy = foot + dice.spread() * 0.028;
            let lit = dice.between(0.0, 1.0);
            let low = hex(0x39372a) * 0.5;
            let high = hex(0xa79c79) * (look.sunlight * (0.25 + lit * 0.75) + look.shade);
            let bend = tall * (wind + dice.spread() * 0.5);
            blade(
                canvas,
                (fx, fy),
                tall * dice.between(0.5, 1.1),
                bend,
                0.0016 + 0.0012 * down,
                low,
                high,
            );
        }
    }
}
