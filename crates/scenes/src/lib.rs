//! The demo's photographs, painted: landscape, light and weather in code.
//!
//! A [`Scene`] says what is seen, at which hour, in which weather, and with which seed; [`paint`] makes pixels of it, the same pixels every
//! time. Scenes are painted in linear light (`colour`, `canvas`) from a few means that they share (`sky`, `terrain`, `water`, `plants`,
//! `noise`) and developed at the end (`film`). Encoding, metadata and words are none of this folder's business.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::decimal_bitwise_operands,
    clippy::many_single_char_names,
    clippy::similar_names,
    clippy::too_many_arguments,
    clippy::too_many_lines,
    clippy::unreadable_literal,
    reason = "painting is arithmetic between pixels and places: rounding is wanted, x and y are x and y, colours are 0xRRGGBB, seeds are numbers"
)]

mod autumn;
mod canvas;
mod coast;
mod colour;
mod delta;
mod desert;
mod field;
mod film;
mod flats;
mod forest;
mod harbour;
mod hilltown;
mod night;
mod noise;
mod plants;
mod rain;
mod ridges;
mod sky;
mod snow;
mod terrain;
mod water;

use canvas::Canvas;
use film::Film;

/// What a photograph shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Dunes, beach and sea.
    Coast,
    /// A river or flooded land with a row of poplars.
    Delta,
    /// A track through stones, or a sea of dunes.
    Desert,
    /// Open land under lightning, or a polder at night.
    Field,
    /// Tidal flats at low water.
    Flats,
    /// A wood or an avenue in fog.
    Forest,
    /// A harbour town across the water.
    Harbour,
    /// A mountain village at the blue hour.
    Hilltown,
    /// The night sky, or a lighthouse in a storm.
    Night,
    /// Rain on a canal under a lamp.
    Rain,
    /// Mountains behind mountains.
    Ridges,
    /// Snow under a low sun.
    Snow,
}

/// When it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hour {
    /// Around sunrise.
    Dawn,
    /// The day.
    Day,
    /// From low sun to blue hour.
    Dusk,
    /// Under lamps, stars or lightning.
    Night,
}

/// In what weather.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Clear, or nearly.
    Clear,
    /// Mist, fog, dust.
    Haze,
    /// Storm.
    Storm,
}

/// A photograph to be painted.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// What is seen.
    pub family: Family,
    /// When.
    pub hour: Hour,
    /// In what weather.
    pub weather: Weather,
    /// Another seed, another place of the same kind.
    pub seed: u32,
}

/// Above this many pixels a picture is painted at half its width and height and enlarged under the grain.
const FULL_PIXELS: u32 = 8_000_000;

/// Paints a scene as interleaved 8-bit sRGB rows of exactly `width_px` by `height_px` pixels (each at least 1).
#[must_use]
pub fn paint(scene: Scene, width_px: u32, height_px: u32) -> Vec<u8> {
    let (width_px, height_px) = (width_px.max(1), height_px.max(1));
    let large = u64::from(width_px) * u64::from(height_px) > u64::from(FULL_PIXELS);
    let halve = large && width_px.is_multiple_of(2) && height_px.is_multiple_of(2);
    let part = if halve { 2 } else { 1 };
    let mut canvas = Canvas::new((width_px / part) as usize, (height_px / part) as usize);
    let film = set(scene, &mut canvas);
    film::develop(&canvas, &film, width_px as usize, height_px as usize, scene.seed)
}

/// Paints the light of a scene and chooses its film.
fn set(scene: Scene, canvas: &mut Canvas) -> Film {
    match scene.family {
        Family::Coast => coast::paint(canvas, scene),
        Family::Delta => delta::paint(canvas, scene),
        Family::Desert => desert::paint(canvas, scene),
        Family::Field => field::paint(canvas, scene),
        Family::Flats => flats::paint(canvas, scene),
        Family::Forest => forest::paint(canvas, scene),
        Family::Harbour => harbour::paint(canvas, scene),
        Family::Hilltown => hilltown::paint(canvas, scene),
        Family::Night => night::paint(canvas, scene),
        Family::Rain => rain::paint(canvas, scene),
        Family::Ridges => ridges::paint(canvas, scene),
        Family::Snow => snow::paint(canvas, scene),
    }
}
