//! The whole public site as files, drawn by the same hands as the server's pages.

use std::collections::BTreeSet;
use std::path::Path;

use actix_web::web::Data;
use anyhow::{anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};

use super::House;
use super::folder::Folder;
use crate::cli::say;
use crate::store::rendition_key;
use crate::web::error::Failure;
use crate::web::still::{self, MediaFile};
use crate::web::urls::Urls;
use crate::web::{App, assets};

/// How often it is begun anew when somebody publishes meanwhile.
const MOST_TRIES: u32 = 5;

/// Why drawing stopped.
struct Trouble(anyhow::Error);

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self(anyhow!("{}: {}", failure.title(), failure.message()))
    }
}

pub(super) async fn export(house: &House, base: &url::Url, to: &Path) -> anyhow::Result<()> {
    for _ in 0..MOST_TRIES {
        let urls = Urls::on_host(base, assets::versions());
        let app = Data::new(App::still(
            house.config.clone(),
            house.db.clone(),
            house.store.clone(),
            house.clock.clone(),
            urls,
        )?);
        let age = still::age(&app).await.map_err(Trouble::from).map_err(|it| it.0)?;
        let mut folder = Folder::open(to, "site")?;
        let media = still::draw::<Trouble>(&app, |file| folder.put(&file.path, &file.bytes).map_err(Trouble))
            .await
            .map_err(|it| it.0)?;
        let is_whole = copy(house, &media, &mut folder).await?;
        let now = still::age(&app).await.map_err(Trouble::from).map_err(|it| it.0)?;
        // Pages of two moments do not fit together, and what has just been hidden must not stay.
        if !is_whole || now != age {
            continue;
        }
        let done = folder.finish()?;
        say(&format!(
            "The site is in {}: {} files, {} written, {} removed. Serve it as {base}.",
            to.display(),
            done.files,
            done.written,
            done.removed
        ));
        return Ok(());
    }
    bail!("readers’ pages change faster than they can be written; try again in a moment")
}

/// Copies the renditions that are not there yet; says whether all of them were found.
async fn copy(house: &House, media: &BTreeSet<MediaFile>, folder: &mut Folder) -> anyhow::Result<bool> {
    let bar = ProgressBar::new(media.len() as u64);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} pictures")?);
    for (shelf, spec) in media {
        let path = format!("media/{shelf}/{spec}");
        // A folder is one rendering: its files are never others.
        if !folder.keeps(&path)? {
            let Some(bytes) = house.store.bytes(&rendition_key(shelf, spec)).await? else {
                return Ok(false);
            };
            folder.put(&path, &bytes)?;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(true)
}
