//! One piece of work in a process of its own: what it took.

use std::path::Path;
use std::process::Command;

use reportage::imaging::recipe::{Jpeg, Webp};
use reportage::imaging::wire::ENVIRONMENT;
use reportage::imaging::{Limits, Pass, Recipe, RenderOrder, probe, render_by};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use super::Outcome;

/// First argument of a process that measures.
pub const ARGUMENT: &str = "--measure";
/// Added to a work's name to have it done once, for its memory.
const ONCE: &str = "-once";

/// What the reference is given to do too.
static REFERENCE: Recipe = Recipe {
    rungs_px: &[480, 800, 1_280, 1_920, 2_560],
    jpeg: Some(Jpeg {
        quality: 80,
        progressive_pixels: u64::MAX,
    }),
    webp: Some(Webp {
        quality: 80.0,
        method: 4,
    }),
    avif: None,
    extras: false,
};

/// A piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    Reference,
    Decode,
    Jpeg,
    Webp,
    First,
    Avif,
}

impl Work {
    pub const STEPS: [Self; 5] = [Self::Decode, Self::Jpeg, Self::Webp, Self::First, Self::Avif];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Reference => "as the reference",
            Self::Decode => "decoded, resized, placeholder",
            Self::Jpeg => "  and JPEG of every rung",
            Self::Webp => "  and WebP of every rung",
            Self::First => "all that makes a photo ready",
            Self::Avif => "AVIF, afterwards",
        }
    }

    /// How often it is worth measuring.
    pub const fn rounds(self) -> usize {
        if matches!(self, Self::Avif) { 1 } else { usize::MAX }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Decode => "decode",
            Self::Jpeg => "jpeg",
            Self::Webp => "webp",
            Self::First => "first",
            Self::Avif => "avif",
        }
    }

    fn recipe(self) -> Recipe {
        let nothing = Recipe {
            jpeg: None,
            webp: None,
            avif: None,
            extras: false,
            ..Recipe::FIRST
        };
        match self {
            Self::Reference => REFERENCE.clone(),
            Self::Decode => nothing,
            Self::Jpeg => Recipe {
                jpeg: Recipe::FIRST.jpeg,
                ..nothing
            },
            Self::Webp => Recipe {
                webp: Recipe::FIRST.webp,
                ..nothing
            },
            Self::First => Recipe::FIRST,
            Self::Avif => Recipe::AVIF,
        }
    }
}

/// What it took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Figures {
    pub cpu_seconds: f64,
    pub bytes: usize,
    #[serde(default)]
    pub peak_megabytes: f64,
}

impl Figures {
    pub fn median(mut of: Vec<Self>) -> Option<Self> {
        of.sort_by(|a, b| a.cpu_seconds.total_cmp(&b.cpu_seconds));
        of.get(of.len() / 2).copied()
    }
}

/// Does a piece of work in a process of its own.
pub fn measured(work: Work, file: &Path) -> Outcome<Figures> {
    ask(work.word(), file)
}

/// The most memory that a process takes which does this once.
pub fn peak_megabytes(work: Work, file: &Path) -> Outcome<f64> {
    ask(&format!("{}{ONCE}", work.word()), file).map(|figures| figures.peak_megabytes)
}

fn ask(word: &str, file: &Path) -> Outcome<Figures> {
    let output = Command::new(std::env::current_exe()?)
        .args([ARGUMENT, word])
        .arg(file)
        // As the product's own child has it.
        .env(ENVIRONMENT.0, ENVIRONMENT.1)
        .output()?;
    Ok(serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("{}: {}", file.display(), String::from_utf8_lossy(&output.stdout)))?)
}

/// The process that does it.
pub fn child(word: &str, file: &Path) -> Outcome<()> {
    let (name, once) = word.strip_suffix(ONCE).map_or((word, false), |name| (name, true));
    let works = [Work::Reference].into_iter().chain(Work::STEPS);
    let work = works
        .into_iter()
        .find(|work| work.word() == name)
        .ok_or("no such work")?;
    let recipe = work.recipe();
    if !once {
        carry_out(&recipe, file)?;
    }
    let before = cpu_seconds();
    let bytes = carry_out(&recipe, file)?;
    let figures = Figures {
        cpu_seconds: cpu_seconds() - before,
        bytes,
        peak_megabytes: peak()?,
    };
    println!("{}", serde_json::to_string(&figures)?);
    Ok(())
}

fn carry_out(recipe: &Recipe, file: &Path) -> Outcome<usize> {
    let header = probe(&mut std::fs::File::open(file)?, &Limits::default())?;
    let order = RenderOrder::new(&header, (0.5, 0.5), Pass::First);
    let mut bytes = 0;
    render_by(recipe, std::fs::read(file)?, &order, &mut |rendition| {
        bytes += rendition.bytes.len();
        Ok(())
    })?;
    Ok(bytes)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds and nanoseconds of a short life"
)]
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// `VmHWM`: the most that was resident.
fn peak() -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: f64 = line
        .and_then(|line| line.split_whitespace().next())
        .ok_or("the system does not tell the peak")?
        .parse()?;
    Ok(kilobytes / 1_000.0)
}
