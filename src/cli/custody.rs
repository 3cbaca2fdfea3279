//! `reportage verify`, `backup` and `restore`: whether everything is there, a copy of it, and the way back.

use std::cell::RefCell;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{DataOption, existing_database, locks, open_store, say};
use crate::clock::Clock;
use crate::config::database_path;
use crate::custody::verify::{self, Damage};
use crate::custody::{self, Stage};
use crate::db::Db;

/// Lines about damage that are printed; the count is always told.
const MOST_LINES: usize = 200;

#[derive(Debug, Args)]
pub(super) struct VerifyOptions {
    #[command(flatten)]
    data: DataOption,
    /// Read every original and rendition and hold its bytes against their hash, too.
    #[arg(long)]
    read_data: bool,
}

#[derive(Debug, Args)]
pub(super) struct BackupOptions {
    /// Folder of the backup, best on another disk; made when it is not there. The next backup into it copies only what is new.
    #[arg(value_name = "DIR")]
    to: PathBuf,
    #[command(flatten)]
    data: DataOption,
    /// Remove files at the end that only earlier backups needed, such as those of photographs that were deleted since.
    #[arg(long)]
    prune: bool,
    /// Replace a backup that has many more originals than the installation has now.
    #[arg(long)]
    accept_fewer: bool,
}

#[derive(Debug, Args)]
pub(super) struct RestoreOptions {
    /// Folder of the backup.
    #[arg(value_name = "DIR")]
    from: PathBuf,
    #[command(flatten)]
    data: DataOption,
}

/// Something is damaged, and it was told what.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Damaged(String);

/// Nothing could be said or done.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(super) struct CouldNot(anyhow::Error);

pub(super) fn verify(options: &VerifyOptions) -> anyhow::Result<()> {
    could(run(|| async {
        let (db, store) = (open(&options.data.data)?, open_store(&options.data.data)?);
        let bars = Bars::new();
        let is_at_work = locks::is_served(&options.data.data) || locks::is_imported_into(&options.data.data);
        let how = verify::Options {
            read_data: options.read_data,
            second_look: is_at_work.then_some(verify::SECOND_LOOK),
            now: Clock::system().now(),
        };
        let report = verify::verify(&db, &store, how, &|stage, done, of| bars.tell(stage, done, of)).await?;
        bars.end();
        say(&format!(
            "{} originals and {} renditions {}.",
            report.originals,
            report.renditions,
            if options.read_data {
                "were read"
            } else {
                "were looked for"
            }
        ));
        let mut damage = report.damage;
        if let Some(label) = custody::backup::label_of(&options.data.data) {
            damage.extend(label.damage_of(&database_path(&options.data.data))?);
            let all = damage.len();
            damage.retain(|damage| !matches!(damage, Damage::Stray(_)));
            say(&format!(
                "This is a backup; {} files in it belong to earlier ones.",
                all - damage.len()
            ));
        }
        if report.in_flight > 0 {
            say(&format!("{} files are in flight, which is no damage.", report.in_flight));
        }
        if report.unproven > 0 {
            say(&format!(
                "{} renditions could not be proven: they were made before hashes were kept, and the server has not come to them yet.",
                report.unproven
            ));
        }
        Ok(damage)
    }))
    .and_then(|damage| told(&damage, "Nothing is damaged."))
}

pub(super) fn backup(options: &BackupOptions) -> anyhow::Result<()> {
    could(run(|| async {
        let (db, store) = (open(&options.data.data)?, open_store(&options.data.data)?);
        let bars = Bars::new();
        let now = Clock::system().now();
        // A backup that somebody serves is an installation now.
        let _lock = if database_path(&options.to).exists() {
            Some(locks::serving(&options.to)?)
        } else {
            None
        };
        let wanted = custody::backup::Options {
            prune: options.prune,
            accept_fewer: options.accept_fewer,
        };
        let from = (&db, &store, options.data.data.as_path());
        let report = custody::backup::backup(from, &options.to, wanted, now, &|stage, done, of| {
            bars.tell(stage, done, of);
        })
        .await?;
        bars.end();
        say(&format!(
            "{} holds the database, {} originals and {} renditions; {} files were copied now ({} MB).",
            options.to.display(),
            report.originals,
            report.renditions,
            report.copied,
            report.copied_bytes / 1_000_000
        ));
        if options.prune {
            say(&format!(
                "{} files of earlier backups were removed.",
                report.pruned
            ));
        }
        Ok(report.damage)
    }))
    .and_then(|damage| told(&damage, "Everything is in it. Files that lay there before were not read again; “reportage verify --read-data” on the backup does."))
}

pub(super) fn restore(options: &RestoreOptions) -> anyhow::Result<()> {
    could(run(|| async {
        let data = &options.data.data;
        custody::restore::check(&options.from, data)?;
        std::fs::create_dir_all(data).with_context(|| format!("the folder {} cannot be made", data.display()))?;
        let _lock = locks::serving(data)?;
        let bars = Bars::new();
        let report =
            custody::restore::restore(&options.from, data, &|stage, done, of| bars.tell(stage, done, of)).await?;
        bars.end();
        say(&format!(
            "{} holds the database, {} originals and {} renditions. Everybody has to sign in again; tokens hold as they did when the backup was made.",
            data.display(),
            report.originals,
            report.renditions
        ));
        if report.schedules > 0 {
            say(&format!(
                "{} stories were to go out at an hour; nothing goes out by itself now, so set their hours again.",
                report.schedules
            ));
        }
        Ok(report.damage)
    }))
    .and_then(|damage| told(&damage, "Everything is back."))
}

/// Opens the database of an installation that is there, as it is.
fn open(data: &Path) -> anyhow::Result<Db> {
    Ok(Db::open_as_it_is(&existing_database(data)?)?)
}

fn run<F: Future<Output = anyhow::Result<Vec<Damage>>>>(
    work: impl FnOnce() -> F,
) -> anyhow::Result<Vec<Damage>> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work())
}

/// What failed is marked as that: damage that was found has an exit code of its own.
fn could<T>(outcome: anyhow::Result<T>) -> anyhow::Result<T> {
    outcome.map_err(|error| CouldNot(error).into())
}

fn told(damage: &[Damage], all_well: &str) -> anyhow::Result<()> {
    if damage.is_empty() {
        say(all_well);
        return Ok(());
    }
    for line in damage.iter().take(MOST_LINES) {
        say(&line.to_string());
    }
    Err(Damaged(format!(
        "{} things are not as they must be; what to do stands in docs/operations.md",
        damage.len()
    ))
    .into())
}

/// A bar for each stage where somebody watches a terminal; nothing where a log does.
struct Bars {
    shown: RefCell<Option<(Stage, ProgressBar)>>,
    watched: bool,
}

impl Bars {
    fn new() -> Self {
        Self {
            shown: RefCell::default(),
            watched: std::io::stderr().is_terminal(),
        }
    }

    fn tell(&self, stage: Stage, done: usize, of: usize) {
        if !self.watched {
            return;
        }
        let mut shown = self.shown.borrow_mut();
        if shown.as_ref().is_none_or(|(other, _)| *other != stage) {
            if let Some((_, bar)) = shown.take() {
                bar.finish();
            }
            let bar = ProgressBar::new(of as u64);
            if let Ok(style) = ProgressStyle::with_template("{msg:12} {bar:40} {pos}/{len} {eta}") {
                bar.set_style(style);
            }
            bar.set_message(match stage {
                Stage::Database => "database",
                Stage::Originals => "originals",
                Stage::Renditions => "renditions",
            });
            *shown = Some((stage, bar));
        }
        if let Some((_, bar)) = &*shown {
            bar.set_position(done as u64);
        }
    }

    fn end(&self) {
        if let Some((_, bar)) = self.shown.borrow_mut().take() {
            bar.finish();
        }
    }
}
