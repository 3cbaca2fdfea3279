//! The command line: what an operator types. Parses, prints and wires; all work is done below.

mod custody;
mod demo;
mod export;
mod import;
mod locks;
pub mod render;
mod serve;
mod token;
mod user;

use std::io::{IsTerminal, Read, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use clap::{Args, Parser, Subcommand};

use crate::account::password::Passwords;
use crate::config::{Config, Cost, Mail, database_path, uploads_path};
use crate::db::Db;
use crate::store::Store;
use crate::web::letters;

/// Reportage: publish captioned photo stories.
///
/// Editors and photographers work at the desk, readers get fast pages, other front ends get the same stories as JSON. Everything lies in
/// one data folder: reportage.db and uploads/.
#[derive(Debug, Parser)]
#[command(name = "reportage", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    serve: ServeOptions,
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
    #[command(about = "Print the OpenAPI document of the API")]
    Openapi,
}

/// Where the data lies.
#[derive(Debug, Clone, Args)]
pub(super) struct DataOption {
    /// Folder with reportage.db and uploads/; made when it is not there.
    #[arg(long, env = "REPORTAGE_DATA", value_name = "DIR", default_value = ".")]
    data: PathBuf,
}

#[derive(Debug, Clone, Args)]
struct ListenOptions {
    /// Address and port to listen on.
    #[arg(
        long,
        env = "REPORTAGE_LISTEN",
        value_name = "ADDR:PORT",
        default_value = "127.0.0.1:8080"
    )]
    listen: SocketAddr,
    #[arg(
        help = "Address under which readers know the site, such as https://stories.example.org; without it, the listening address",
        long, env = "REPORTAGE_BASE_URL", value_name = "URL", value_parser = parse_base_url)]
    base_url: Option<url::Url>,
    #[arg(
        help = "Addresses of reverse proxies in front of this server, with commas between: only these are believed about whom a request comes from",
        long = "trusted-proxy",
        env = "REPORTAGE_TRUSTED_PROXY",
        value_name = "ADDR",
        value_delimiter = ','
    )]
    trusted_proxies: Vec<IpAddr>,
    #[arg(
        help = "Server that takes e-mail, smtp://mail.example.org:587?tls=required or smtps://…; invitations and new passwords go out through it. With a name and a password in it, it belongs in the environment: everybody on the machine can read a command line",
        long,
        env = "REPORTAGE_SMTP",
        hide_env_values = true,
        value_name = "URL",
        requires = "mail_from"
    )]
    smtp: Option<String>,
    /// Who these letters are from, such as "The Desk <desk@example.org>".
    #[arg(long, env = "REPORTAGE_MAIL_FROM", value_name = "ADDRESS", value_parser = parse_mailbox, requires = "smtp")]
    mail_from: Option<String>,
    /// Name of the site, whatever is set at the desk.
    #[arg(long, env = "REPORTAGE_SITE_NAME", value_name = "NAME")]
    site_name: Option<String>,
    /// Accent colour of the reader's pages, whatever is set at the desk.
    #[arg(long, env = "REPORTAGE_ACCENT_COLOR", value_name = "#RRGGBB", value_parser = parse_color)]
    accent_color: Option<String>,
    /// Megabytes that one photograph may have.
    #[arg(long, env = "REPORTAGE_MAX_FILE_MB", value_name = "MB", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=2_000))]
    max_file_mb: u64,
    /// Megapixels that one photograph may have.
    #[arg(long, env = "REPORTAGE_MAX_MEGAPIXELS", value_name = "MP", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    max_megapixels: u64,
    #[arg(
        help = "Megabytes that stay free on the disk of the uploads whatever comes; without it, the larger of 1 GiB and a twentieth of the disk",
        long,
        env = "REPORTAGE_MIN_FREE_MB",
        value_name = "MB"
    )]
    min_free_mb: Option<u64>,
    #[arg(
        help = "Photographs of which AVIFs are made at once, when nothing else wants the machine; 0 makes none",
        long, env = "REPORTAGE_AVIF_THREADS", value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=64))]
    avif_threads: u8,
    #[arg(
        help = "Let webhooks lead into private networks and to this machine, and there without TLS; for receivers on the same network",
        long,
        env = "REPORTAGE_WEBHOOKS_ALLOW_PRIVATE"
    )]
    webhooks_allow_private: bool,
}

#[derive(Debug, Clone, Args)]
struct ServeOptions {
    #[command(flatten)]
    data: DataOption,
    #[command(flatten)]
    listen: ListenOptions,
}

#[derive(Debug, Clone, Args)]
struct DemoOptions {
    /// Folder of the demonstration; made when it is not there.
    #[arg(
        long,
        env = "REPORTAGE_DEMO_DATA",
        value_name = "DIR",
        default_value = "reportage-demo"
    )]
    data: PathBuf,
    #[command(flatten)]
    listen: ListenOptions,
}

fn parse_base_url(text: &str) -> Result<url::Url, String> {
    let url = url::Url::parse(text)
        .map_err(|error| format!("{error}; give scheme and host, such as https://stories.example.org"))?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.path() == "/";
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !plain {
        return Err(
            "give scheme, host and perhaps a port, and nothing behind, such as https://stories.example.org"
                .to_owned(),
        );
    }
    Ok(url)
}

/// A value that is refused is not printed: there is a password in it.
fn parse_smtp(text: &str) -> anyhow::Result<url::Url> {
    let url = url::Url::parse(text)
        .map_err(|error| anyhow!("REPORTAGE_SMTP: {error}; give scheme and host, such as smtp://mail.example.org, and write # / ? and @ in a password as %23 %2F %3F %40"))?;
    if !matches!(url.scheme(), "smtp" | "smtps") || !url.has_host() {
        bail!("REPORTAGE_SMTP: give smtp:// or smtps:// and a host, such as smtp://mail.example.org");
    }
    let is_encrypted = url.scheme() == "smtps"
        || url
            .query_pairs()
            .any(|(name, value)| name == "tls" && value == "required");
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.password().is_some() && !is_encrypted && !is_here {
        bail!(
            "REPORTAGE_SMTP: a password may not go over the network in clear; add ?tls=required, or use smtps://"
        );
    }
    Ok(url)
}

fn parse_mailbox(text: &str) -> Result<String, String> {
    if letters::is_mailbox(text) {
        Ok(text.to_owned())
    } else {
        Err("give an address, such as desk@example.org or \"The Desk <desk@example.org>\"".to_owned())
    }
}

fn parse_color(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("give six hexadecimal digits behind a #, such as #b3401f".to_owned())
    }
}

impl ListenOptions {
    fn config(self, data: PathBuf) -> anyhow::Result<Config> {
        let mut config = Config::new(data, self.listen);
        config.base_url = self.base_url;
        config.trusted_proxies = self.trusted_proxies;
        let server = self.smtp.as_deref().map(parse_smtp).transpose()?;
        config.mail = server
            .zip(self.mail_from)
            .map(|(server, from)| Mail { server, from });
        config.site_name = self.site_name;
        config.accent_color = self.accent_color;
        config.limits.max_bytes = self.max_file_mb * 1_000_000;
        config.limits.max_pixels = self.max_megapixels * 1_000_000;
        config.min_free_bytes = self
            .min_free_mb
            .map(|megabytes| megabytes.saturating_mul(1_000_000));
        config.webhooks_allow_private = self.webhooks_allow_private;
        config.avif_threads = usize::from(self.avif_threads);
        Ok(config)
    }
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
    let cli = Cli::parse();
    start_logging();
    let done = match cli.command {
        None => cli
            .serve
            .listen
            .config(cli.serve.data.data)
            .and_then(serve::serve),
        Some(Command::Serve(options)) => options.listen.config(options.data.data).and_then(serve::serve),
        Some(Command::Demo(options)) => options.listen.config(options.data).and_then(demo::demo),
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

/// What the program ends with when it did what was asked, but not with all that was given; 2 is for arguments that are not understood.
const INCOMPLETE: u8 = 3;

/// What verify, backup and restore end with when they could not do what was asked; damage that they found is 1.
const COULD_NOT: u8 = 2;

/// It was done, but not with all that was given; what is missing was told.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Incomplete(pub String);

/// Text on a terminal, JSON for machines; `RUST_LOG` chooses what.
fn start_logging() {
    use tracing_subscriber::EnvFilter;
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
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
    Ok(Db::open(&database_path(data))?)
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

/// Opens the database of a data folder that is there already.
pub(super) fn open_existing_database(data: &std::path::Path) -> anyhow::Result<Db> {
    let path = database_path(data);
    if !path.is_file() {
        bail!(
            "there is no {}; name the installation’s data folder with --data",
            path.display()
        );
    }
    Ok(Db::open(&path)?)
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
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
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
