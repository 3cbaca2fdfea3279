//! The reference: sharp, in a Node process.

use std::path::Path;
use std::process::Command;

use super::Outcome;
use super::measure::Figures;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/ladder/sharp.mjs");

/// How sharp is used.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// A pipeline for each output.
    Ordinary,
    /// One decode.
    Tuned,
}

pub fn is_installed() -> bool {
    let folder = std::env::var("SHARP_FOLDER").unwrap_or_else(|_| ".".to_owned());
    let asked = Command::new("node")
        .args(["-e", "require('sharp')"])
        .current_dir(folder)
        .output();
    asked.is_ok_and(|output| output.status.success())
}

pub fn measured(form: Form, file: &Path) -> Outcome<Figures> {
    let word = match form {
        Form::Ordinary => "ordinary",
        Form::Tuned => "tuned",
    };
    let output = Command::new("node")
        .args([SCRIPT, word])
        .arg(file)
        .env("UV_THREADPOOL_SIZE", "1")
        .output()?;
    Ok(serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("sharp: {}", String::from_utf8_lossy(&output.stderr)))?)
}
