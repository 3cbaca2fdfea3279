//! The command line: what an operator types. Parses, prints and wires; all work is done below.

mod custody;
mod demo;
mod export;
mod import;
mod locks;
mod options;
pub mod render;
mod serve;
mod settings;
mod token;
mod user;

use std::io::{IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};

use crate::account::password::Passwords;
use crate::config::{Cost, database_path, uploads_path};
use crate::db::Db;
use crate::store::Store;
use crate::text::turns_direction;
use options::{DataOption, DemoOptions, ServeOptions};

/// Reportage: publish captioned photo stories.
///
/// Editors and photographers work at the desk, readers get fast pages, other front ends get the same stories as JSON. Everything lies in
/// one data folder: reportage.db and uploads/.
#[derive(Debug, Parser)]
#[command(name = "reportage", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    serve: ServeOptions,
    /// TOML file with settings, under the names of the flags; flags and environment go before it.
    #[arg(long, env = settings::FILE_ENV, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the site (also when no command is given).
    ///
    /// At the first start, when there are no accounts yet, a link is printed that makes the first administrator.
    Serve(ServeOptions),
    /// Serve a demonstration: two published stories with photographs painted by the program, on a data folder of its own.
    ///
    /// The first start takes up to a minute; names and passwords of the demonstration's people are printed.
    Demo(DemoOptions),
    /// Manage accounts; safe while the server runs.
    #[command(subcommand)]
    User(user::Command),
    /// Manage API tokens; safe while the server runs.
    #[command(subcommand)]
    Token(token::Command),
    /// Make a story from a folder of captioned photographs or one that “export --originals” has written, or stories from a WordPress site.
    ///
    /// Captions, places, credits and alt texts are read from the files, which are taken in the order in which they were shot. A file
    /// story.md in the folder gives title (# …), headings (## …), paragraphs, quotations (> …) and, by lines such as ![caption](file.jpg), the
    /// places of photographs; photographs it does not name follow at the end. A folder that is imported again becomes the same story again.
    ///
    /// Ends with 0 when all came in, with 3 when the story was made but something of the folder is not in it, with 1 when nothing was made.
    Import(import::Options),
    /// Write a story, or the whole public site, into a folder.
    ///
    /// “export STORY --to DIR” writes one story as a page that opens without a server, with its pictures, its captions as a spreadsheet and
    /// story.json. With --originals the folder can be imported again without loss. “export --all --static DIR” writes the whole public
    /// site for a host of plain files; a second run writes what has changed. Safe while the server runs.
    Export(export::Options),
    /// Compare the database with the files, both ways; safe while the server runs.
    ///
    /// Ends with 0 when everything is there, with 1 when something is damaged, with 2 when it could not be looked at.
    Verify(custody::VerifyOptions),
    /// Copy the whole installation into a folder; safe while the server runs.
    ///
    /// The database is copied as it is at one moment, then the originals and renditions that are not in the folder yet. Ends with 0 when all is
    /// in it, with 1 when something of the installation is damaged and so is the copy, with 2 when there is no new copy.
    Backup(custody::BackupOptions),
    /// Make an installation of a backup, in an empty data folder.
    ///
    /// Ends with 0 when all is back, with 1 when something was damaged in the backup, with 2 when there is no installation.
    Restore(custody::RestoreOptions),
    /// Print the settings that hold for a server, and where each comes from.
    ///
    /// What it prints can be kept as a file for --config. A password in the address of the server for e-mail is left out.
    Config(ServeOptions),
    #[command(about = "Print the OpenAPI document of the API")]
    Openapi,
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    // The child that decodes a photo must not open, read or start anything on its way.
    if std::env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == crate::imaging::wire::SUBCOMMAND)
    {
        return render::run();
    }
    let (cli, given) = match settings::parse() {
        Ok(parsed) => parsed,
        Err(error) => {
            say_error(&error);
            return ExitCode::from(NOT_UNDERSTOOD);
        }
    };
    if !matches!(cli.command, Some(Command::Export(_))) {
        // Drafts, places and the secrets of second factors are nobody's else on the machine; what is exported is for a web server to read.
        rustix::process::umask(rustix::fs::Mode::from_bits_truncate(0o077));
    }
    start_logging();
    let done = match cli.command {
        None => cli.serve.config().and_then(serve::serve),
        Some(Command::Serve(options)) => options.config().and_then(serve::serve),
        Some(Command::Demo(options)) => options.config().and_then(demo::demo),
        Some(Command::Config(options)) => settings::tell(options, &given),
        Some(Command::User(command)) => user::run(command),
        Some(Command::Token(command)) => token::run(command),
        Some(Command::Import(options)) => import::run(&options),
        Some(Command::Export(options)) => export::run(&options),
        Some(Command::Verify(options)) => custody::verify(&options),
        Some(Command::Backup(options)) => custody::backup(&options),
        Some(Command::Restore(options)) => custody::restore(&options),
        Some(Command::Openapi) => openapi(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_error(&error);
            if error.is::<Incomplete>() {
                ExitCode::from(INCOMPLETE)
            } else if error.is::<custody::CouldNot>() {
                ExitCode::from(COULD_NOT)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

fn openapi() -> anyhow::Result<()> {
    say(&serde_json::to_string_pretty(crate::web::api::openapi())?);
    Ok(())
}

/// What the program ends with when it did what was asked, but not with all that was given.
const INCOMPLETE: u8 = 3;

/// What it ends with when arguments or settings are not understood.
const NOT_UNDERSTOOD: u8 = 2;

/// What verify, backup and restore end with when they could not do what was asked; damage that they found is 1.
const COULD_NOT: u8 = 2;

/// It was done, but not with all that was given; what is missing was told.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Incomplete(pub String);

/// Text on a terminal, JSON for machines; `RUST_LOG` chooses what.
fn start_logging() {
    use tracing_subscriber::EnvFilter;
    let asked =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    // What these tell of is the text of drafts, letter by letter.
    let never = ["html5ever=warn", "markup5ever=warn", "ammonia=warn"];
    let never = never.iter().filter_map(|directive| directive.parse().ok());
    let filter = never.fold(asked, EnvFilter::add_directive);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        builder.with_target(false).init();
    } else {
        builder.json().init();
    }
}

/// Opens the database of a data folder, making and migrating what is needed.
pub(super) fn open_database(data: &std::path::Path) -> anyhow::Result<Db> {
    make_folder(data)?;
    let path = database_path(data);
    if is_empty(&path) && holds_originals(data) {
        bail!(
            "{} is empty or not there, but there are photographs beside it: bring the database back with “reportage restore” into another folder, or move {} away to begin anew",
            path.display(),
            uploads_path(data).display()
        );
    }
    Ok(Db::open(&path)?)
}

/// Whether a database is not there, or has lost all it had.
fn is_empty(database: &std::path::Path) -> bool {
    std::fs::metadata(database).map_or(true, |found| found.len() == 0)
}

/// Whether photographs lie in a data folder.
fn holds_originals(data: &std::path::Path) -> bool {
    let shelves = std::fs::read_dir(uploads_path(data).join("originals"));
    let mut folders = shelves.into_iter().flatten().flatten();
    folders.any(|folder| std::fs::read_dir(folder.path()).is_ok_and(|mut files| files.next().is_some()))
}

/// Makes a data folder if it is not there.
pub(super) fn make_folder(data: &std::path::Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(data).with_context(|| {
        format!(
            "the data folder {} cannot be made; choose another with --data",
            data.display()
        )
    })
}

/// Where the database of an installation is that is there, and has something in it.
pub(super) fn existing_database(data: &std::path::Path) -> anyhow::Result<PathBuf> {
    let path = database_path(data);
    if !path.is_file() {
        bail!(
            "there is no {}; name the installation’s data folder with --data",
            path.display()
        );
    }
    if is_empty(&path) {
        bail!(
            "{} is empty: it has lost all it had. Bring a backup back with “reportage restore”, into another folder",
            path.display()
        );
    }
    Ok(path)
}

/// Opens the database of a data folder that is there already.
pub(super) fn open_existing_database(data: &std::path::Path) -> anyhow::Result<Db> {
    Ok(Db::open(&existing_database(data)?)?)
}

/// Opens the object store of a data folder.
pub(super) fn open_store(data: &std::path::Path) -> anyhow::Result<Store> {
    Ok(Store::open(&uploads_path(data))?)
}

/// Passwords at the full cost.
pub(super) fn passwords() -> anyhow::Result<Passwords> {
    Ok(Passwords::new(Cost::default())?)
}

/// A password from standard input: one line, without its end.
pub(super) fn read_password() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        eprint_line("Type the password and press Enter (it is shown):");
    }
    let mut text = String::new();
    if std::io::stdin().is_terminal() {
        std::io::stdin().read_line(&mut text)?;
    } else {
        std::io::stdin().take(64 * 1024).read_to_string(&mut text)?;
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Prints a line to standard output; whoever has stopped listening (`… | head`) is no error.
pub(super) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{}", printable(line));
}

#[expect(clippy::print_stderr, reason = "this is the command line")]
fn eprint_line(line: &str) {
    eprintln!("{}", printable(line));
}

/// A text without what a terminal obeys: names of files and titles come from anywhere.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| (!c.is_control() || matches!(c, '\n' | '\t')) && !turns_direction(*c))
        .collect()
}

fn say_error(error: &anyhow::Error) {
    eprint_line(&format!("reportage: {error}"));
    for cause in error.chain().skip(1) {
        eprint_line(&format!("  because {cause}"));
    }
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn a_terminal_is_told_nothing_that_it_would_obey() {
        assert_eq!(printable("a\u{1b}]0;x\u{7}b\u{9b}2J\tc\nd\r"), "a]0;xb2J\tc\nd");
    }
}
