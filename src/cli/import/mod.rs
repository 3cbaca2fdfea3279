//! `reportage import`: a story from a folder of captioned photographs, with a report of what was found and what is missing.

mod wordpress;

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::script::{self, Script, Step};
use super::{DataOption, open_database, open_store, say};
use crate::account::{Account, Actor, query as account_query};
use crate::clock::Clock;
use crate::db::{Db, DbError};
use crate::id::PhotoId;
use crate::imaging::probe::Limits;
use crate::photo::ingest;
use crate::photo::render::{DEFAULT_TIMEOUT, Renderer};
use crate::photo::{PhotoState, query as photo_query};
use crate::store::Store;
use crate::story::checklist;
use crate::story::create::{self, NewStory};
use crate::story::operations::NewBlock;
use crate::story::publish::{self, PublishError};
use crate::text::{BlockText, Title, language};
use crate::web::photo_blocks;
use crate::worker::{self, Readers, Threads, Tools};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    data: DataOption,
    /// Folder with the photographs, and perhaps story.md.
    #[arg(required_unless_present = "wordpress", conflicts_with = "wordpress")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    wordpress: wordpress::Options,
    /// E-mail address of the account that the photographs and the story belong to; without it, the first administrator or editor.
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
    /// Title; without it, the one of story.md or the folder's name.
    #[arg(long)]
    title: Option<String>,
    /// Language of the story.
    #[arg(long, default_value = "nl", value_parser = parse_language)]
    language: String,
    /// Publish it at once, if nothing stands in the way.
    #[arg(long)]
    publish: bool,
}

/// An import that was carried out, of which not everything came in; it has been told what.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Incomplete(String);

fn parse_language(text: &str) -> Result<String, String> {
    language::parse(text).map_err(|error| error.to_string())
}

pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    if let Some(export) = &options.wordpress.wordpress {
        return wordpress::run(options, export);
    }
    let folder = options.folder.as_deref().unwrap_or(Path::new("."));
    let db = open_database(&options.data.data)?;
    let store = open_store(&options.data.data)?;
    let clock = Clock::system();
    let owner = find_owner(&db, options.user.as_deref())?;
    let files = list_files(folder)?;
    let script = read_script(folder)?;
    if files.is_empty() {
        bail!(
            "there are no files in {}; export your photographs there first",
            folder.display()
        );
    }
    let tools = Tools {
        db: db.clone(),
        store: store.clone(),
        // The server's business, which may be running.
        uploads: None,
        renderer: Renderer::of_this_program(DEFAULT_TIMEOUT)?,
        clock: clock.clone(),
        // A server that runs beside this sees it by the database.
        readers: Readers::new(|| {}),
    };
    let worker = worker::start(
        &tools,
        Threads {
            prompt: 2,
            // The server makes them, when it is started.
            patient: 0,
        },
    )?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let actor = Actor::from(&owner);
    let taken = runtime.block_on(take_in(&db, &store, &actor, &files, &clock, &worker.bell()))?;
    worker.stop();
    let title = options
        .title
        .clone()
        .or_else(|| script.title.clone())
        .unwrap_or_else(|| folder_name(folder));
    let title = Title::parse(&title)
        .map_err(|error| anyhow::anyhow!("the title {error}"))?
        .into_string();
    let photos = db.read_now(|conn| {
        photo_query::list_photos_by_id(conn, &taken.values().cloned().collect::<Vec<_>>())
            .map_err(DbError::from)
    })?;
    let (blocks, missing) = arrange(script, &taken, photo_blocks(photos))?;
    let new = NewStory {
        title,
        slug: None,
        standfirst: None,
        byline: None,
        language: options.language.clone(),
        date: None,
        tags: Vec::new(),
        graphic: false,
        embargo_until: None,
        blocks,
        lead: None,
    };
    let now = clock.now();
    let draft = db
        .write_now(|conn| create::create(conn, &actor, new, now))
        .context("the story could not be made")?;
    say(&format!(
        "Draft “{}” with {} photographs: {}",
        draft.story.title,
        draft.photos.len(),
        draft.story.id
    ));
    for name in &missing {
        say(&format!(
            "  - story.md names {name}, which is not among the photographs that were taken in, or named before."
        ));
    }
    let list = checklist::check(&draft, now);
    for remark in list.obstacles.iter().chain(&list.warnings) {
        say(&format!("  - {}", remark.message));
    }
    if options.publish && !missing.is_empty() {
        bail!("the story is a draft still: story.md names photographs that are not there");
    }
    if options.publish {
        let publishing = publish::publish(&db, &store, &actor, &draft.story.id, draft.story.version, now);
        match runtime.block_on(publishing) {
            Ok(published) => say(&format!("Published as /stories/{}.", published.slug)),
            Err(PublishError::Obstacles(_)) => {
                bail!("the story is a draft still: the points above stand in the way of publishing")
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
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

/// The script in a folder; without one, an empty one.
fn read_script(folder: &Path) -> anyhow::Result<Script> {
    let path = folder.join("story.md");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(script::read(&text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Script::default()),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read as text", path.display())),
    }
}

/// The files of a folder by name, without hidden ones and the script.
fn list_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_file() && !name.starts_with('.') && name != "story.md" {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Takes all files in and waits until each is ready or has failed.
async fn take_in(
    db: &Db,
    store: &Store,
    actor: &Actor,
    files: &[PathBuf],
    clock: &Clock,
    bell: &worker::Bell,
) -> anyhow::Result<HashMap<String, PhotoId>> {
    let bar = ProgressBar::new(files.len() as u64 * 2);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}")?);
    let limits = Limits::default();
    let mut taken = HashMap::new();
    for path in files {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or("photograph")
            .to_owned();
        bar.set_message(name.clone());
        let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let result = match ingest::stage(store, file, &name, limits.max_bytes) {
            Ok(upload) => ingest::ingest(db, store, actor, upload, limits, clock.now()).await,
            Err(error) => Err(error),
        };
        match result {
            Ok(ingested) => {
                taken.insert(name, ingested.photo.id);
                bell.ring();
                bar.inc(1);
            }
            Err(error) => {
                bar.suspend(|| say(&format!("  {name} is left out: {error}")));
                bar.inc(2);
            }
        }
    }
    bar.set_message("making renditions");
    // The same photograph under two names is one photo.
    let mut ids: Vec<PhotoId> = taken.values().cloned().collect();
    ids.sort();
    ids.dedup();
    let mut settled = 0;
    while settled < ids.len() {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let asked = ids.clone();
        let photos = db
            .read(move |conn| photo_query::list_photos_by_id(conn, &asked).map_err(DbError::from))
            .await?;
        let now_settled = photos
            .iter()
            .filter(|photo| photo.state != PhotoState::Pending)
            .count();
        bar.inc((now_settled - settled.min(now_settled)) as u64);
        settled = now_settled;
    }
    bar.finish_and_clear();
    Ok(taken)
}

fn folder_name(folder: &Path) -> String {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    whole
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("Story")
        .to_owned()
}

/// Puts text and photographs in the order of the script; photographs it does not name follow at the end. Also gives the names in it that
/// are no photographs of the folder.
fn arrange(
    script: Script,
    taken: &HashMap<String, PhotoId>,
    photographs: Vec<NewBlock>,
) -> anyhow::Result<(Vec<NewBlock>, Vec<String>)> {
    let mut left = photographs;
    let mut blocks = Vec::new();
    let mut missing = Vec::new();
    for step in script.steps {
        match step {
            Step::Heading(text) => {
                let text =
                    Title::parse(&text).map_err(|error| anyhow::anyhow!("the heading “{text}” {error}"))?;
                blocks.push(NewBlock::Heading {
                    text: text.into_string(),
                });
            }
            Step::Text(markdown) => blocks.push(NewBlock::Text {
                markdown: checked(&markdown)?,
            }),
            Step::Quote {
                markdown,
                attribution,
            } => blocks.push(NewBlock::Quote {
                markdown: checked(&markdown)?,
                attribution,
            }),
            Step::Photo(name) => {
                let shows = |block: &NewBlock| matches!(block, NewBlock::Photo { frame, .. } if taken.get(&name) == Some(&frame.photo));
                match left.iter().position(shows) {
                    Some(at) => blocks.push(left.remove(at)),
                    None => missing.push(name),
                }
            }
        }
    }
    blocks.extend(left);
    Ok((blocks, missing))
}

fn checked(markdown: &str) -> anyhow::Result<String> {
    let text = BlockText::parse(markdown).map_err(|error| anyhow::anyhow!("a text of story.md {error}"))?;
    Ok(text.into_string())
}
