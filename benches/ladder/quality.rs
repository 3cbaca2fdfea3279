//! How near the product's formats come to the picture they are made of: SSIMULACRA2 at 1,280 px, 100 is identical, 80 is what one may not
//! tell apart side by side at a reader's distance.

use std::path::{Path, PathBuf};

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};
use image::imageops::FilterType;
use image::{ImageReader, RgbImage};
use reportage::imaging::{Limits, Pass, Recipe, RenderOrder, RenditionFormat, probe, render_by};

use super::{Outcome, name};

/// Width at which formats are compared.
const WIDTHS: &[u32] = &[1_280];

pub fn table(files: &[PathBuf]) -> Outcome<()> {
    println!("\nQuality at 1,280 px: SSIMULACRA2 (bytes)");
    for file in files {
        // What has a profile of its own is left out: the reference here is decoded without colour management.
        if let Some(original) = reference(file)? {
            print!("{:<28}", name(file));
            for (format, bytes) in made(file)? {
                let score = compute_ssimulacra2(&view(&original)?, &view(&decoded(format, &bytes)?)?)?;
                print!("  {} {score:.1} ({})", format.extension(), bytes.len());
            }
            println!();
        }
    }
    Ok(())
}

fn view(picture: &RgbImage) -> Outcome<PixelSlice<'_>> {
    let (width, height) = picture.dimensions();
    PixelSlice::new(
        picture.as_raw(),
        width,
        height,
        width as usize * 3,
        PixelDescriptor::RGB8_SRGB,
    )
    .map_err(|_| "the picture has no pixels".into())
}

fn reference(file: &Path) -> Outcome<Option<RgbImage>> {
    use image::ImageDecoder as _;

    let mut decoder = ImageReader::open(file)?.with_guessed_format()?.into_decoder()?;
    let has_profile = decoder.icc_profile()?.is_some();
    let is_turned = decoder.orientation()? != image::metadata::Orientation::NoTransforms;
    if has_profile || is_turned {
        return Ok(None);
    }
    let picture = image::DynamicImage::from_decoder(decoder)?.into_rgb8();
    let height = (u64::from(WIDTHS[0]) * u64::from(picture.height()) + u64::from(picture.width() / 2))
        / u64::from(picture.width());
    Ok(Some(image::imageops::resize(
        &picture,
        WIDTHS[0],
        u32::try_from(height)?,
        FilterType::Lanczos3,
    )))
}

fn made(file: &Path) -> Outcome<Vec<(RenditionFormat, Vec<u8>)>> {
    let recipe = Recipe {
        rungs_px: WIDTHS,
        avif: Recipe::AVIF.avif,
        extras: false,
        ..Recipe::FIRST
    };
    let header = probe(&mut std::fs::File::open(file)?, &Limits::default())?;
    let order = RenderOrder::new(&header, (0.5, 0.5), Pass::First);
    let mut made = Vec::new();
    render_by(&recipe, std::fs::read(file)?, &order, &mut |rendition| {
        made.push((rendition.format, rendition.bytes));
        Ok(())
    })?;
    Ok(made)
}

/// Pixels of a rendition; AVIF by libavif's own program, where it is installed.
fn decoded(format: RenditionFormat, bytes: &[u8]) -> Outcome<RgbImage> {
    if format != RenditionFormat::Avif {
        return Ok(image::load_from_memory(bytes)?.into_rgb8());
    }
    let folder = tempfile::tempdir()?;
    let (from, to) = (folder.path().join("a.avif"), folder.path().join("a.png"));
    std::fs::write(&from, bytes)?;
    let output = std::process::Command::new("avifdec")
        .arg(&from)
        .arg(&to)
        .output()
        .map_err(|_| "avifdec is needed to look at AVIF (Debian: libavif-bin)")?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(image::open(&to)?.into_rgb8())
}
