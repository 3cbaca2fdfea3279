//! `reportage export`: one story as a folder that opens by itself, or the whole public site as files.

mod folder;
mod site;
mod story;

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use super::options::parse_color;
use super::{DataOption, open_existing_database, open_store};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::store::Store;

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    data: DataOption,
    /// The story: its id (sto_…) or the last part of its address.
    #[arg(required_unless_present = "all", requires = "to")]
    story: Option<String>,
    /// Folder to write the story into.
    #[arg(long, value_name = "DIR", requires = "story")]
    to: Option<PathBuf>,
    #[arg(
        help = "Add the originals and all that the desk knows, so that the folder can be imported again; it then holds what readers may not know",
        long,
        requires = "story"
    )]
    originals: bool,
    /// Write the whole public site instead.
    #[arg(long, requires = "static_to", conflicts_with = "story")]
    all: bool,
    /// Folder to write the site into.
    #[arg(long = "static", id = "static_to", value_name = "DIR", requires = "all")]
    static_to: Option<PathBuf>,
    #[arg(
        help = "Address under which the host will serve the folder, such as https://stories.example.org or https://example.org/stories",
        long, env = "REPORTAGE_BASE_URL", value_name = "URL", value_parser = parse_address)]
    base_url: Option<url::Url>,
    /// Name of the site, whatever is set at the desk.
    #[arg(long, env = "REPORTAGE_SITE_NAME", value_name = "NAME")]
    site_name: Option<String>,
    /// Accent colour of the pages, whatever is set at the desk.
    #[arg(long, env = "REPORTAGE_ACCENT_COLOR", value_name = "#RRGGBB", value_parser = parse_color)]
    accent_color: Option<String>,
}

/// Unlike a server, files may lie below any path.
fn parse_address(text: &str) -> Result<url::Url, String> {
    let url = url::Url::parse(text)
        .map_err(|error| format!("{error}; give scheme and host, such as https://stories.example.org"))?;
    if matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.query().is_none()
        && url.fragment().is_none()
    {
        Ok(url)
    } else {
        Err(
            "give scheme, host and perhaps a path, such as https://example.org/stories, and no ? or # behind"
                .to_owned(),
        )
    }
}

/// What both kinds of exports read from.
struct House {
    config: Config,
    db: Db,
    store: Store,
    clock: Clock,
}

pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    let mut config = Config::new(options.data.data.clone(), ([127, 0, 0, 1], 0).into());
    config.base_url.clone_from(&options.base_url);
    config.site_name.clone_from(&options.site_name);
    config.accent_color.clone_from(&options.accent_color);
    let house = House {
        db: open_existing_database(&config.data)?,
        store: open_store(&config.data)?,
        clock: Clock::system(),
        config,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    match (&options.story, &options.to, &options.static_to) {
        (Some(name), Some(to), _) => runtime.block_on(story::export(&house, name, to, options.originals)),
        (None, _, Some(to)) => {
            let Some(base) = &options.base_url else {
                bail!(
                    "feeds, sitemap and link previews name whole addresses: say with --base-url under which address the folder will be served"
                );
            };
            runtime.block_on(site::export(&house, base, to))
        }
        _ => bail!("name a story and a folder (STORY --to DIR), or --all --static DIR"),
    }
}
