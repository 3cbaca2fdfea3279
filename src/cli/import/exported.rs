//! A folder that `reportage export --originals` has written: the story comes back with everything in it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::File;
use std::path::{Component, Path};

use anyhow::{Context, bail};
use sha2::{Digest as _, Sha256};

use super::again::{self, Arriving};
use super::folder::is_own_file;
use super::library::{Library, Source};
use super::{Options, publish, report};
use crate::cli::{Incomplete, say};
use crate::db::{Conn, DbError};
use crate::id::{PhotoId, StoryId};
use crate::photo::Photo;
use crate::photo::edit::PhotoEdit;
use crate::story::draft::Draft;
use crate::story::exchange::{self, Exchange, Incoming, PhotoFields};
use crate::story::replace::Saying;
use crate::story::{StoryError, photos};
use crate::text::hex;

/// What such a folder is known by.
pub(super) const FILE: &str = "story.json";
/// Problems told at once; a file that is not of this kind at all has many.
const MOST_PROBLEMS: usize = 20;

pub(super) fn import(library: &Library, options: &Options) -> anyhow::Result<()> {
    if options.title.is_some() || options.language.is_some() {
        bail!("title and language of an exported story are in its {FILE}; leave --title and --language out");
    }
    let incoming = read(options.folder())?;
    let exchange = incoming.exchange();
    let mut sources = sources(options.folder(), exchange)?;
    if options.dry_run {
        say(&format!(
            "“{}”: {}; blocks: {}, in the tray: {}, corrections: {}. All originals are there and whole.",
            exchange.story.title,
            report::photographs(exchange.photos.len()),
            exchange.blocks.len(),
            exchange.tray.len(),
            exchange.corrections.len()
        ));
        say("Nothing was changed: this was a dry run.");
        return Ok(());
    }
    let source = format!("story:{}", exchange.story.id);
    find_known(library, exchange, &source, &mut sources)?;
    let taken = library.take_in(&sources)?;
    if let Some(file) = taken.left_out.first() {
        report::tell_left_out(&taken.left_out);
        bail!("{} could not be taken in, so no story was made", file.name);
    }
    say(&format!(
        "Found: {}, {} of them in the library already.",
        report::photographs(exchange.photos.len()),
        taken.known
    ));
    settle_known(library, exchange, &taken.photos)?;
    let keys = exchange.photos.iter().map(|photo| photo.key.clone());
    let photos: BTreeMap<String, PhotoId> = keys
        .zip(taken.photos.iter().map(|photo| photo.id.clone()))
        .collect();
    let exported = Exported {
        library,
        incoming: &incoming,
        photos,
        source,
    };
    let outcome = again::settle(library, options, &exported);
    let settled = outcome.context("the story could not be made")?.settled()?;
    tell(library, &settled.draft, settled.what);
    for line in &settled.differs {
        say(&format!("  - Not as it was exported: {line}."));
    }
    if options.publish {
        publish(library, &settled.draft)?;
    }
    if settled.differs.is_empty() {
        Ok(())
    } else {
        Err(Incomplete("not all of the exported story is here; what differs is told above".to_owned()).into())
    }
}

/// What was exported, with its photographs in.
struct Exported<'a> {
    library: &'a Library,
    incoming: &'a Incoming,
    /// By their keys.
    photos: BTreeMap<String, PhotoId>,
    source: String,
}

impl Arriving for Exported<'_> {
    fn source(&self) -> &str {
        &self.source
    }

    fn home(&self) -> Option<&StoryId> {
        Some(&self.incoming.exchange().story.id)
    }

    fn saying(&self) -> Saying {
        let mut saying = Saying::whole(&self.incoming.story(&self.photos));
        let zone = &self.incoming.exchange().story.embargo_zone;
        saying.fields.embargo_zone = Some(zone.clone());
        saying
    }

    fn make(&self, conn: &mut Conn, with_slug: bool) -> Result<(Draft, Vec<String>), StoryError> {
        let Library { actor, clock, .. } = self.library;
        exchange::restore(conn, actor, self.incoming, &self.photos, with_slug, clock.now())
    }

    fn catch_up(&self, conn: &mut Conn, draft: Draft) -> Result<(Draft, Vec<String>), StoryError> {
        let Library { actor, clock, .. } = self.library;
        exchange::catch_up(conn, actor, self.incoming, &self.photos, &draft, clock.now())
    }
}

/// Says of each original which photo it is, if the story is here already: whoever owns that, it is the one that the story shows. Another copy of it
/// would be out of its owner's reach.
fn find_known(
    library: &Library,
    exchange: &Exchange,
    source: &str,
    sources: &mut [Source],
) -> anyhow::Result<()> {
    let there = library
        .db
        .read_now(|conn| again::known(conn, source, Some(&exchange.story.id)).map_err(DbError::from))?;
    let Some(draft) = there else { return Ok(()) };
    // In the order in which an export names them: two people may own the same file.
    let mut by_hash: HashMap<&str, VecDeque<PhotoId>> = HashMap::new();
    for (id, _) in exchange::Names::of(&draft, true).photos() {
        if let Some(photo) = draft.photos.get(id) {
            by_hash
                .entry(&photo.original_sha256)
                .or_default()
                .push_back(id.clone());
        }
    }
    for (photo, source) in exchange.photos.iter().zip(sources) {
        let Some(known) = photo.sha256.as_deref().and_then(|hash| by_hash.get_mut(hash)) else {
            continue;
        };
        source.there = if known.len() > 1 {
            known.pop_front()
        } else {
            known.front().cloned()
        };
    }
    Ok(())
}

fn tell(library: &Library, draft: &Draft, what: &str) {
    let shown: usize = draft.blocks.iter().map(|block| block.frames().len()).sum();
    say(&format!(
        "{what} “{}” with {}: {}",
        draft.story.title,
        report::photographs(shown),
        draft.story.id
    ));
    report::tell_checklist(draft, library.clock.now());
}

fn read(folder: &Path) -> anyhow::Result<Incoming> {
    let path = folder.join(FILE);
    if path.exists() && !is_own_file(folder, &path) {
        bail!("{FILE} is no file of this folder itself");
    }
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let head: serde_json::Value =
        serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
    // A newer format may have fields that are not known here: that is told, not the first of them.
    let version = head.get("version").and_then(serde_json::Value::as_u64);
    if head.get("format").and_then(serde_json::Value::as_str) == Some(exchange::FORMAT)
        && version.is_some_and(|version| version > exchange::VERSION.into())
    {
        bail!(
            "{} was written by a newer program (version {} of the format); import it with that",
            path.display(),
            version.unwrap_or_default()
        );
    }
    let exchange: Exchange = serde_json::from_value(head)
        .with_context(|| format!("{} is not a story that was exported", path.display()))?;
    exchange::check(exchange).map_err(|wrong| {
        let told: Vec<String> = wrong.into_iter().take(MOST_PROBLEMS).collect();
        anyhow::anyhow!("{} cannot be imported: {}", path.display(), told.join("; "))
    })
}

/// The originals, after looking whether each is there and is the one that was exported.
fn sources(folder: &Path, exchange: &Exchange) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for photo in &exchange.photos {
        let name = photo.original.as_deref().unwrap_or_default();
        if name.is_empty()
            || !Path::new(name)
                .components()
                .all(|part| matches!(part, Component::Normal(_)))
        {
            bail!("{FILE} names an original outside the folder: {name}");
        }
        let path = folder.join(name);
        if path.exists() && !is_own_file(folder, &path) {
            bail!("the original {name} is no file of this folder itself");
        }
        let mut file = File::open(&path).with_context(|| format!("the original {name} cannot be read"))?;
        let mut hash = Sha256::new();
        std::io::copy(&mut file, &mut HashWriter(&mut hash))
            .with_context(|| format!("the original {name} cannot be read"))?;
        if photo.sha256.as_deref() != Some(&*hex(&hash.finalize())) {
            bail!("the original {name} is not the file that was exported; copy the folder again");
        }
        sources.push(Source {
            path,
            name: photo.file_name.clone().unwrap_or_default(),
            words: Some(exchange::words_of(photo)),
            hidden_names: photo.hidden_names.clone(),
            there: None,
        });
    }
    Ok(sources)
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What was there already keeps what the desk says of it, but hides what is hidden where it comes from.
fn settle_known(library: &Library, exchange: &Exchange, photos: &[Photo]) -> anyhow::Result<()> {
    for (fields, photo) in exchange.photos.iter().zip(photos) {
        if keeps_other_words(fields, photo) {
            say(&format!(
                "  {} is in the library already and keeps the words it has there.",
                photo.file_name
            ));
        }
        if let Some(marks) = exchange::take_marks(fields, photo) {
            let Library {
                db,
                store,
                actor,
                clock,
                runtime,
                ..
            } = library;
            let editing = photos::edit_photo(db, store, actor, &photo.id, photo.version, marks, clock.now());
            runtime
                .block_on(editing)
                .with_context(|| format!("{} could not be marked", photo.file_name))?;
        }
    }
    Ok(())
}

fn keeps_other_words(fields: &PhotoFields, there: &Photo) -> bool {
    let words = PhotoEdit {
        sensitive: None,
        hide_place: None,
        ..exchange::words_of(fields)
    };
    words.changes(there)
}
