//! `reportage import`: a story from a folder of captioned photographs, or from one that was exported, or the stories of a WordPress site, with a report
//! of what was found and what is missing.

mod again;
mod arranged;
mod exported;
mod folder;
mod library;
mod order;
mod report;
mod script;
mod wordpress;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::{DataOption, locks, open_database, open_existing_database, open_store, say};
use crate::account::{Account, Actor, query as account_query};
use crate::clock::{Clock, short};
use crate::db::{Db, DbError};
use crate::story::draft::Draft;
use crate::story::publish::{self, PublishError};
use crate::text::language;
use library::Library;

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    data: DataOption,
    /// Folder with the photographs, and perhaps story.md; or one that “export --originals” has written.
    #[arg(required_unless_present = "wordpress", conflicts_with = "wordpress")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    wordpress: wordpress::Options,
    /// E-mail address of the account that the photographs and the story belong to; without it, the first administrator or editor.
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
    /// Title; without it, the one of story.md or the folder's name.
    #[arg(long, conflicts_with = "wordpress")]
    title: Option<String>,
    /// Language of the story; without it, the one of story.md, or nl.
    #[arg(long, value_parser = parse_language)]
    language: Option<String>,
    /// Publish it at once, if nothing stands in the way.
    #[arg(long)]
    publish: bool,
    /// Tell what would be taken in and what is missing, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Make the story of an earlier import what the folder says, though it was changed at the desk since; what stands in it goes to its tray.
    #[arg(long, conflicts_with = "wordpress")]
    replace: bool,
    /// Make another story, though this folder was imported before.
    #[arg(long, conflicts_with_all = ["replace", "wordpress"])]
    new: bool,
}

impl Options {
    fn folder(&self) -> &Path {
        self.folder.as_deref().unwrap_or(Path::new("."))
    }

    /// The language that was asked for, or the site's usual one.
    fn language_or_usual(&self) -> &str {
        self.language.as_deref().unwrap_or(folder::LANGUAGE)
    }
}

fn parse_language(text: &str) -> Result<String, String> {
    language::parse(text).map_err(|error| error.to_string())
}

pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    if let Some(export) = &options.wordpress.wordpress {
        return wordpress::run(options, export);
    }
    let db = if options.dry_run {
        open_existing_database(&options.data.data)?
    } else {
        open_database(&options.data.data)?
    };
    let owner = find_owner(&db, options.user.as_deref())?;
    let actor = Actor::from(&owner);
    if !actor.edits_everything() {
        bail!(
            "{} is a photographer, and only an editor may make a story; name an editor with --user",
            owner.email
        );
    }
    let store = open_store(&options.data.data)?;
    let _at_work = locks::importing(&options.data.data)?;
    let is_served = locks::is_served(&options.data.data);
    let library = Library::open(db, store, Clock::system(), actor, is_served)?;
    if options.folder().join(exported::FILE).is_file() {
        exported::import(&library, options)
    } else {
        folder::import(&library, options)
    }
}

fn find_owner(db: &Db, email: Option<&str>) -> anyhow::Result<Account> {
    let accounts = db.read_now(|conn| account_query::list_accounts(conn).map_err(DbError::from))?;
    let mut usable = accounts
        .into_iter()
        .filter(|account| account.disabled_at.is_none());
    match email {
        Some(email) => {
            let email = email.trim().to_lowercase();
            usable
                .find(|account| account.email == email)
                .with_context(|| format!("there is no account for {email}"))
        }
        None => usable
            .find(|account| Actor::from(account).edits_everything())
            .context("there is no editor or administrator yet; make one with “reportage user add”"),
    }
}

/// Publishes what was imported, unless readers see it as it is already.
fn publish(library: &Library, draft: &Draft) -> anyhow::Result<()> {
    let story = &draft.story;
    if story.is_live() && !story.has_unpublished_changes() {
        say(&format!("It is published already, as /stories/{}.", story.slug));
        return Ok(());
    }
    if let Some(schedule) = &story.schedule {
        bail!(
            "the story is scheduled at the desk, for {} (UTC): it is published then, or there",
            short(schedule.at)
        );
    }
    let Library {
        db,
        store,
        actor,
        clock,
        ..
    } = library;
    let publishing = publish::publish(db, store, actor, &story.id, story.version, clock.now());
    match library.runtime.block_on(publishing) {
        Ok(published) => say(&format!("Published as /stories/{}.", published.slug)),
        Err(PublishError::Obstacles(_)) => {
            bail!("the story is a draft still: the points above stand in the way of publishing")
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// A folder's own name.
fn name_of(folder: &Path) -> String {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    whole
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("Story")
        .to_owned()
}
