//! How far the filling is: a bar where somebody watches a terminal, a line for each photograph where a log does.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::super::eprint_line;

/// What is shown while the folder fills.
pub struct Progress {
    bar: Option<ProgressBar>,
    photographs: usize,
}

impl Progress {
    /// Begins to show the making of so many photographs, of which `ready` are ready already.
    ///
    /// # Errors
    /// Never; the template is constant.
    pub fn begin(photographs: usize, ready: usize) -> anyhow::Result<Self> {
        let bar = if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(2 * photographs as u64);
            bar.set_style(ProgressStyle::with_template(
                "{spinner} {msg:44!} {bar:30} {percent:>3} %  {elapsed}",
            )?);
            bar.enable_steady_tick(Duration::from_millis(120));
            Some(bar)
        } else {
            eprint_line(&format!(
                "The demonstration paints its {photographs} photographs ({ready} are ready); this takes about half a minute."
            ));
            None
        };
        Ok(Self { bar, photographs })
    }

    /// Shows that so many photographs are taken in and so many are ready.
    pub fn at(&self, taken_in: usize, ready: usize) {
        if let Some(bar) = &self.bar {
            bar.set_position((taken_in + ready) as u64);
        }
    }

    /// Says which photograph was taken in as the `number`th.
    pub fn took_in(&self, number: usize, file: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(format!("Painted {number} of {}: {file}", self.photographs)),
            None => eprint_line(&format!("  {number} of {}: {file}", self.photographs)),
        }
    }

    /// Says what is done now.
    pub fn now(&self, what: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(what.to_owned()),
            None => eprint_line(&format!("  {what}")),
        }
    }

    /// Takes the bar away.
    pub fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
