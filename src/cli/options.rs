//! What an operator may set, as flags and in the environment; [`super::settings`] reads the same names from a file.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args;

use crate::clock::{HOUR, Millis};
use crate::config::{Config, Lifetime, Mail};
use crate::web::letters;

/// Where the data lies.
#[derive(Debug, Clone, Args)]
pub(super) struct DataOption {
    /// Folder with reportage.db and uploads/; made when it is not there.
    #[arg(long, env = "REPORTAGE_DATA", value_name = "DIR", default_value = ".")]
    pub(super) data: PathBuf,
}

/// How the server serves.
#[derive(Debug, Clone, Args)]
pub(super) struct ListenOptions {
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
        value_name = "URL"
    )]
    smtp: Option<String>,
    /// Who these letters are from, such as "The Desk <desk@example.org>".
    #[arg(long, env = "REPORTAGE_MAIL_FROM", value_name = "ADDRESS", value_parser = parse_mailbox)]
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
    #[arg(
        help = "Address and port for Prometheus’ questions (/metrics), apart from readers; without it, nobody is told",
        long,
        env = "REPORTAGE_METRICS_LISTEN",
        value_name = "ADDR:PORT"
    )]
    metrics_listen: Option<SocketAddr>,
    /// Hours after which a session ends that nobody used.
    #[arg(long, env = "REPORTAGE_SESSION_IDLE_HOURS", value_name = "HOURS", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=720))]
    session_idle_hours: u32,
    /// Hours after which a session ends whatever happens.
    #[arg(long, env = "REPORTAGE_SESSION_HOURS", value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=720))]
    session_hours: u32,
}

/// All that a server takes.
#[derive(Debug, Clone, Args)]
pub(super) struct ServeOptions {
    #[command(flatten)]
    data: DataOption,
    #[command(flatten)]
    listen: ListenOptions,
}

impl ServeOptions {
    /// The settings, if they go together.
    pub(super) fn config(self) -> anyhow::Result<Config> {
        self.listen.config(self.data.data)
    }
}

/// All that a demonstration takes.
#[derive(Debug, Clone, Args)]
pub(super) struct DemoOptions {
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

pub(super) fn parse_color(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("give six hexadecimal digits behind a #, such as #b3401f".to_owned())
    }
}

impl DemoOptions {
    /// The settings, if they go together.
    pub(super) fn config(self) -> anyhow::Result<Config> {
        self.listen.config(self.data)
    }
}

impl ListenOptions {
    fn config(self, data: PathBuf) -> anyhow::Result<Config> {
        let mut config = Config::new(data, self.listen);
        config.base_url = self.base_url;
        config.trusted_proxies = self.trusted_proxies;
        let server = self.smtp.as_deref().map(parse_smtp).transpose()?;
        config.mail = match (server, self.mail_from) {
            (Some(server), Some(from)) => Some(Mail { server, from }),
            (None, None) => None,
            (Some(_), None) => bail!("letters need a sender: set --mail-from beside --smtp"),
            (None, Some(_)) => bail!("letters need a server that takes them: set --smtp beside --mail-from"),
        };
        config.site_name = self.site_name;
        config.accent_color = self.accent_color;
        config.limits.max_bytes = self.max_file_mb * 1_000_000;
        config.limits.max_pixels = self.max_megapixels * 1_000_000;
        config.min_free_bytes = self
            .min_free_mb
            .map(|megabytes| megabytes.saturating_mul(1_000_000));
        config.webhooks_allow_private = self.webhooks_allow_private;
        config.avif_threads = usize::from(self.avif_threads);
        config.metrics_listen = self.metrics_listen;
        if self.session_idle_hours > self.session_hours {
            bail!(
                "a session that ends after {} hours whatever happens cannot live {} unused; set --session-hours higher or --session-idle-hours lower",
                self.session_hours,
                self.session_idle_hours
            );
        }
        config.sessions = Lifetime {
            idle: Millis::from(self.session_idle_hours) * HOUR,
            whole: Millis::from(self.session_hours) * HOUR,
        };
        Ok(config)
    }
}
