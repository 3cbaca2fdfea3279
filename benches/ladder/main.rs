//! What a photograph costs on its way to its renditions: CPU seconds, peak memory, bytes and quality, in one run.
//!
//! `cargo bench --bench ladder` makes its photographs in code; `-- FILE…` takes others. Where Node and sharp are installed (`npm install sharp` in
//! the folder that `SHARP_FOLDER` names) the same work is done by sharp in alternation, and the ratios are printed. Each figure is measured in a
//! process of its own, on one thread, after one run that does not count (memory: in a process that does the work once).
#![allow(clippy::print_stdout, reason = "figures are what a benchmark is for")]

mod measure;
mod photographs;
mod quality;
mod sharp;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use measure::{Figures, Work};
use sharp::Form;

/// Alternated rounds, of which the medians are printed.
const ROUNDS: usize = 3;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let outcome = match arguments.as_slice() {
        [first, work, file] if first == measure::ARGUMENT => measure::child(work, file.as_ref()),
        files => run(files),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(files: &[String]) -> Outcome<()> {
    let files: Vec<PathBuf> = if files.is_empty() {
        photographs::all()?
    } else {
        files.iter().map(PathBuf::from).collect()
    };
    compare(&files)?;
    steps(&files)?;
    quality::table(&files)
}

/// The reference's work, and the reference where it is installed.
fn compare(files: &[PathBuf]) -> Outcome<()> {
    println!(
        "Five widths (480 to 2,560 px), each as progressive JPEG q80 and WebP q80 method 4; CPU seconds, medians of {ROUNDS}"
    );
    println!(
        "{:<28}{:>8}{:>9}{:>9}{:>9}{:>8}{:>8}{:>8}",
        "photograph", "here", "ordinary", "tuned", "MB peak", "÷ ord.", "÷ tuned", "bytes"
    );
    let has_sharp = sharp::is_installed();
    let (mut to_ordinary, mut to_tuned) = (Vec::new(), Vec::new());
    for file in files {
        let mut rounds = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            rounds[0].push(measure::measured(Work::Reference, file)?);
            if has_sharp {
                rounds[1].push(sharp::measured(Form::Ordinary, file)?);
                rounds[2].push(sharp::measured(Form::Tuned, file)?);
            }
        }
        let [here, ordinary, tuned] = rounds.map(Figures::median);
        let here = here.ok_or("nothing was measured")?;
        let peak = measure::peak_megabytes(Work::Reference, file)?;
        print!("{:<28}{:>8.3}", name(file), here.cpu_seconds);
        if let Some((ordinary, tuned)) = ordinary.zip(tuned) {
            let ratios = [
                here.cpu_seconds / ordinary.cpu_seconds,
                here.cpu_seconds / tuned.cpu_seconds,
            ];
            #[expect(clippy::cast_precision_loss, reason = "a ratio of sizes")]
            let bytes = here.bytes as f64 / ordinary.bytes as f64;
            println!(
                "{:>9.3}{:>9.3}{peak:>9.0}{:>8.2}{:>8.2}{bytes:>8.3}",
                ordinary.cpu_seconds, tuned.cpu_seconds, ratios[0], ratios[1]
            );
            to_ordinary.push(ratios[0]);
            to_tuned.push(ratios[1]);
        } else {
            println!("{:>9}{:>9}{peak:>9.0}", "–", "–");
        }
    }
    for (form, ratios) in [("ordinary", to_ordinary), ("tuned", to_tuned)] {
        if !ratios.is_empty() {
            #[expect(clippy::cast_precision_loss, reason = "a handful of photographs")]
            let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
            let most = ratios.iter().copied().fold(0.0, f64::max);
            println!("÷ sharp, {form}: {mean:.3} on average, {most:.3} at most");
        }
    }
    if !has_sharp {
        println!("sharp is not installed (npm install sharp; SHARP_FOLDER names the folder): no ratios");
    }
    Ok(())
}

/// The product's own recipes, step by step.
fn steps(files: &[PathBuf]) -> Outcome<()> {
    println!("\nThe product's own renditions; CPU seconds, bytes, peak memory");
    for file in files {
        println!("{}", name(file));
        for work in Work::STEPS {
            let rounds: Result<Vec<_>, _> = (0..ROUNDS.min(work.rounds()))
                .map(|_| measure::measured(work, file))
                .collect();
            let figures = Figures::median(rounds?).ok_or("nothing was measured")?;
            let peak = measure::peak_megabytes(work, file)?;
            println!(
                "  {:<34}{:>8.3} s{:>10} bytes{peak:>7.0} MB",
                work.title(),
                figures.cpu_seconds,
                figures.bytes
            );
        }
    }
    Ok(())
}

fn name(file: &std::path::Path) -> String {
    file.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}
