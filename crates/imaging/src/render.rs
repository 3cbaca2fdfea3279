//! From an original to all its renditions: one decode, each rung from the one above, colours and orientation after the first resize.
//!
//! Renditions are handed over as soon as they are encoded: first the JPEGs of all rungs, with which a page can already be shown, then
//! crops and the desk's thumbnail, then each rung as WebP. This runs in the child process, on one thread: two photos on one thread each are done
//! sooner than one photo on two.

use std::io;

use reportage_pixels::Resizer;

use super::ladder::{self, CROPS, Crop};
use super::order::RenderOrder;
use super::placeholder::{self, Placeholder};
use super::raster::{Raster, area};
use super::recipe::{Recipe, RenditionFormat, Webp};
use super::{colour, decode, encode};

/// Most pixels of all rungs together that are kept in memory until each is made as WebP too; in taller photos the large rungs are made a
/// second time, which costs a fiftieth of the time and keeps the process under 120 MB.
const KEPT_PIXELS: u64 = 12_000_000;
/// A rung of at most so many pixels is kept in any case.
const ALWAYS_KEPT_PIXELS: u64 = 1_000_000;

/// One finished rendition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// File name, such as `w1080.webp`.
    pub spec: String,
    /// JPEG, WebP or AVIF.
    pub format: RenditionFormat,
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// The file, without any metadata.
    pub bytes: Vec<u8>,
}

/// What there is to know when all renditions are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Upright width of the original in pixels.
    pub width_px: u32,
    /// Upright height of the original in pixels.
    pub height_px: u32,
    /// Whether parts of the picture could not be read and are grey.
    pub damaged: bool,
    /// What holds the photo's place until it has loaded.
    pub placeholder: Placeholder,
}

/// Why there are no renditions.
#[derive(Debug, thiserror::Error)]
pub enum Unrendered {
    /// The file cannot be decoded, and trying again will not help.
    #[error("{0}")]
    Undecodable(String),
    /// The memory that was allowed did not suffice.
    #[error("the photo needs more memory than is allowed")]
    OutOfMemory,
    /// A rendition could not be made from the decoded pixels.
    #[error("{0}")]
    Internal(String),
    /// The renditions could not be handed over.
    #[error("the renditions could not be handed over")]
    Output(#[source] io::Error),
}

/// Makes the renditions that the order asks for and gives each to `keep`; consumes the bytes so that they can be freed after the decode.
///
/// # Errors
///
/// [`Unrendered`] when the original cannot be decoded, memory does not suffice, or `keep` fails. Renditions given to `keep` before that
/// stand.
pub fn render(
    bytes: Vec<u8>,
    order: &RenderOrder,
    keep: &mut dyn FnMut(Rendition) -> io::Result<()>,
) -> Result<Finished, Unrendered> {
    render_by(order.pass.recipe(), bytes, order, keep)
}

/// As [`render`], by another recipe.
///
/// # Errors
///
/// As [`render`].
pub fn render_by(
    recipe: &Recipe,
    bytes: Vec<u8>,
    order: &RenderOrder,
    keep: &mut dyn FnMut(Rendition) -> io::Result<()>,
) -> Result<Finished, Unrendered> {
    let (width_px, height_px) = order.upright_size();
    let sizes = ladder::rungs(recipe.rungs_px, width_px, height_px);
    let largest = sizes.first().copied().ok_or_else(no_rungs)?;
    let mut resizer = Resizer::new();
    let (top, damaged) = top(bytes, order, largest, &mut resizer)?;
    let mut out = Out { keep };

    let mut rungs = Rungs::new(top, &sizes, recipe.webp.is_some());
    for (width, height) in &sizes {
        let rung = rungs.next(*width, *height, &mut resizer)?;
        if let Some(how) = recipe.jpeg {
            out.rung(rung, RenditionFormat::Jpeg, encode::jpeg(rung, how)?)?;
        }
        if let Some(how) = recipe.avif
            && encode::fits_avif(rung)
        {
            out.rung(rung, RenditionFormat::Avif, encode::avif(rung, how)?)?;
        }
    }
    let kept = rungs.kept();
    if recipe.extras {
        out.crops(&kept, order.focal, recipe, &mut resizer)?;
        out.thumb(&kept, (width_px, height_px), recipe, &mut resizer)?;
        resizer.reset_internal_buffers();
    }
    let placeholder = placeholder::of(kept.last().ok_or_else(no_rungs)?, &mut resizer)?;
    if let Some(how) = recipe.webp {
        out.webps(kept, sizes, how, &mut resizer)?;
    }
    Ok(Finished {
        width_px,
        height_px,
        damaged,
        placeholder,
    })
}

/// The rungs on the way down: each made from the one above, and kept for later where there is room.
struct Rungs {
    kept: Vec<Raster>,
    /// The latest rung, when it is not kept.
    passing: Option<Raster>,
    keep_all: bool,
}

impl Rungs {
    fn new(top: Raster, sizes: &[(u32, u32)], wanted_later: bool) -> Self {
        let all_pixels = sizes
            .iter()
            .map(|(width, height)| area(*width, *height))
            .fold(0, u64::saturating_add);
        Self {
            kept: vec![top],
            passing: None,
            keep_all: wanted_later && all_pixels <= KEPT_PIXELS,
        }
    }

    /// The rung of this size; asked for largest first.
    fn next(&mut self, width: u32, height: u32, resizer: &mut Resizer) -> Result<&Raster, Unrendered> {
        let above = self.passing.as_ref().or(self.kept.last()).ok_or_else(no_rungs)?;
        if (above.width, above.height) != (width, height) {
            let next = above.resized(resizer, None, width, height)?;
            // What the resizer keeps for the next time is as large as this rung, and the encoder needs the room.
            resizer.reset_internal_buffers();
            if self.keep_all || area(width, height) <= ALWAYS_KEPT_PIXELS {
                self.kept.push(next);
                self.passing = None;
            } else {
                self.passing = Some(next);
            }
        }
        self.passing.as_ref().or(self.kept.last()).ok_or_else(no_rungs)
    }

    /// Those that were kept, largest first; the largest always is.
    fn kept(self) -> Vec<Raster> {
        self.kept
    }
}

/// Where finished renditions go.
struct Out<'a> {
    keep: &'a mut dyn FnMut(Rendition) -> io::Result<()>,
}

impl Out<'_> {
    fn put(
        &mut self,
        spec: String,
        format: RenditionFormat,
        raster: &Raster,
        bytes: Vec<u8>,
    ) -> Result<(), Unrendered> {
        (self.keep)(Rendition {
            spec,
            format,
            width_px: raster.width,
            height_px: raster.height,
            bytes,
        })
        .map_err(Unrendered::Output)
    }

    fn rung(&mut self, rung: &Raster, format: RenditionFormat, bytes: Vec<u8>) -> Result<(), Unrendered> {
        let spec = ladder::rung_spec(rung.width, format.extension());
        self.put(spec, format, rung, bytes)
    }

    fn crops(
        &mut self,
        rungs: &[Raster],
        focal: (f32, f32),
        recipe: &Recipe,
        resizer: &mut Resizer,
    ) -> Result<(), Unrendered> {
        let Some(how) = recipe.jpeg else { return Ok(()) };
        for crop in CROPS {
            let cropped = cropped(rungs, crop, focal, resizer)?;
            let bytes = encode::jpeg(&cropped, how)?;
            self.put(
                format!("{}.jpg", crop.name),
                RenditionFormat::Jpeg,
                &cropped,
                bytes,
            )?;
        }
        Ok(())
    }

    fn thumb(
        &mut self,
        rungs: &[Raster],
        upright: (u32, u32),
        recipe: &Recipe,
        resizer: &mut Resizer,
    ) -> Result<(), Unrendered> {
        let Some(how) = recipe.webp else { return Ok(()) };
        let (width, height) = ladder::thumb(upright.0, upright.1);
        let source = rungs
            .iter()
            .rev()
            .find(|rung| rung.width >= width && rung.height >= height)
            .or(rungs.first());
        let thumb = source
            .ok_or_else(no_rungs)?
            .resized(resizer, None, width, height)?;
        let bytes = encode::webp(&thumb, how)?;
        self.put(
            ladder::THUMB_SPEC.to_owned(),
            RenditionFormat::Webp,
            &thumb,
            bytes,
        )
    }

    /// Every rung as WebP, largest first; those that were not kept are made a second time.
    fn webps(
        &mut self,
        kept: Vec<Raster>,
        sizes: Vec<(u32, u32)>,
        how: Webp,
        resizer: &mut Resizer,
    ) -> Result<(), Unrendered> {
        let mut kept = kept.into_iter().peekable();
        let mut above: Option<Raster> = None;
        for (width, height) in sizes {
            let asked = |rung: &Raster| (rung.width, rung.height) == (width, height);
            let rung = if let Some(rung) = kept.next_if(asked) {
                rung
            } else {
                let made = above
                    .ok_or_else(no_rungs)?
                    .resized(resizer, None, width, height)?;
                resizer.reset_internal_buffers();
                made
            };
            // A strip taller than WebP can hold is left to JPEG.
            if rung.height <= encode::WEBP_MAX_SIDE_PX {
                self.rung(&rung, RenditionFormat::Webp, encode::webp(&rung, how)?)?;
            }
            above = Some(rung);
        }
        Ok(())
    }
}

/// The largest rung, upright and in sRGB, and whether the original is damaged.
fn top(
    mut bytes: Vec<u8>,
    order: &RenderOrder,
    (width, height): (u32, u32),
    resizer: &mut Resizer,
) -> Result<(Raster, bool), Unrendered> {
    let stored = if order.is_sideways() {
        (height, width)
    } else {
        (width, height)
    };
    let decoded = decode::decode(&mut bytes, order, stored)?;
    drop(bytes);
    let part = decoded.part;
    let small = if part.is_none() && stored == (decoded.raster.width, decoded.raster.height) {
        decoded.raster
    } else {
        decoded.raster.resized(resizer, part, stored.0, stored.1)?
    };
    resizer.reset_internal_buffers();
    let small = colour::to_srgb(small, decoded.profile.as_deref())?;
    Ok((small.upright(order.orientation), decoded.damaged))
}

/// The crop, from the smallest rung that is large enough for it.
fn cropped(
    rungs: &[Raster],
    crop: Crop,
    focal: (f32, f32),
    resizer: &mut Resizer,
) -> Result<Raster, Unrendered> {
    let largest = rungs.first().ok_or_else(no_rungs)?;
    let (width, height) = crop.size(crop.part(largest.width, largest.height, focal));
    let enough = |rung: &&Raster| {
        let (_, _, part_width, _) = crop.part(rung.width, rung.height, focal);
        part_width >= f64::from(width)
    };
    let source = rungs.iter().rev().find(enough).unwrap_or(largest);
    source.resized(
        resizer,
        Some(crop.part(source.width, source.height, focal)),
        width,
        height,
    )
}

fn no_rungs() -> Unrendered {
    Unrendered::Internal("the ladder has no rungs".to_owned())
}

#[cfg(test)]
mod tests;
