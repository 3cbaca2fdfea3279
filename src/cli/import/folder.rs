//! A folder of captioned photographs, perhaps with a `story.md`.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, bail};
use sha2::{Digest as _, Sha256};

use super::again::{self, Arriving, Outcome};
use super::arranged::{Arranged, arrange, find_name, sorted_names};
use super::library::{LeftOut, Library, Source, Taken};
use super::order::{self, Shot};
use super::report::{self, Said};
use super::script::{self, Front, Script};
use super::{Options, name_of, publish};
use crate::cli::say;
use crate::db::Conn;
use crate::imaging::probe::Limits;
use crate::metadata::{Facts, Names};
use crate::photo::{Photo, PhotoState, ingest};
use crate::story::StoryError;
use crate::story::create::{self, NewStory};
use crate::story::details::StoryEdit;
use crate::story::draft::Draft;
use crate::story::replace::Saying;
use crate::text::hex;
use crate::text::{Caption, Title};

/// The script's name.
const SCRIPT: &str = "story.md";
/// The language where nobody says one.
pub(super) const LANGUAGE: &str = "nl";

pub(super) fn import(library: &Library, options: &Options) -> anyhow::Result<()> {
    let files = list_files(options.folder())?;
    // What is wrong with the words is told before anything is taken in.
    let script = read_script(options.folder())?;
    if files.is_empty() {
        bail!(
            "there are no files in {}; export your photographs there first",
            options.folder().display()
        );
    }
    if options.dry_run {
        return dry_run(&files, &script);
    }
    let mut taken = library.take_in(&files)?;
    leave_out_failed(&mut taken);
    report::tell_left_out(&taken.left_out);
    if taken.by_name.is_empty() {
        bail!("none of the files could be taken in, so no story was made");
    }
    let found: Vec<Said> = sorted_names(&taken)
        .iter()
        .map(|name| said(&taken, name))
        .collect();
    report::tell_found(&found, taken.known);
    let arranged = arrange(&script, &taken);
    tell_arranged(&arranged, !script.steps.is_empty());
    let told = Told {
        library,
        options,
        front: &script.front,
        arranged: &arranged,
        source: format!("folder:{}", source_of(options.folder())),
    };
    let outcome = again::settle(library, options, &told);
    finish(library, options, outcome, &taken.left_out, &arranged.unknown)
}

/// What a folder tells.
struct Told<'a> {
    library: &'a Library,
    options: &'a Options,
    front: &'a Front,
    arranged: &'a Arranged,
    source: String,
}

impl Told<'_> {
    fn title(&self) -> Option<&str> {
        self.options.title.as_deref().or(self.front.title.as_deref())
    }

    fn language(&self) -> Option<&String> {
        self.options.language.as_ref().or(self.front.language.as_ref())
    }

    fn new_story(&self) -> NewStory {
        let front = self.front;
        let title = self
            .title()
            .map_or_else(|| name_of(self.options.folder()), str::to_owned);
        NewStory {
            title: kept_title(&title).unwrap_or_else(|| "Story".to_owned()),
            slug: front.slug.clone(),
            standfirst: front.standfirst.clone(),
            byline: front.byline.clone(),
            language: self.language().map_or_else(|| LANGUAGE.to_owned(), String::clone),
            date: front.date.clone(),
            tags: front.tags.clone().unwrap_or_default(),
            graphic: front.graphic.unwrap_or_default(),
            embargo_until: None,
            blocks: self.arranged.blocks.clone(),
            lead: self.arranged.lead,
        }
    }
}

fn kept_title(title: &str) -> Option<String> {
    let title = Title::parse(&crate::text::cut(title, Title::MOST)).ok()?;
    Some(title.into_string())
}

impl Arriving for Told<'_> {
    fn source(&self) -> &str {
        &self.source
    }

    /// Of what the folder does not speak, the desk has the last word: an embargo and a mark above all.
    fn saying(&self) -> Saying {
        let front = self.front;
        Saying {
            fields: StoryEdit {
                title: self.title().and_then(kept_title),
                slug: front.slug.clone(),
                standfirst: front.standfirst.clone().map(Some),
                byline: front.byline.clone().map(Some),
                language: self.language().cloned(),
                date: front.date.clone().map(Some),
                tags: front.tags.clone(),
                graphic: front.graphic,
                ..StoryEdit::default()
            },
            lead: self.arranged.lead.map(Some),
            blocks: self.arranged.blocks.clone(),
            marks_graphic: false,
        }
    }

    fn make(&self, conn: &mut Conn, with_slug: bool) -> Result<(Draft, Vec<String>), StoryError> {
        let mut new = self.new_story();
        if !with_slug {
            new.slug = None;
        }
        let draft = create::create(conn, &self.library.actor, new, self.library.clock.now())?;
        Ok((draft, Vec::new()))
    }
}

fn finish(
    library: &Library,
    options: &Options,
    outcome: Result<Outcome, StoryError>,
    left_out: &[LeftOut],
    unknown: &[String],
) -> anyhow::Result<()> {
    let settled = outcome.context("the story could not be made")?.settled()?;
    let (draft, what) = (&settled.draft, settled.what);
    let shown: usize = draft.blocks.iter().map(|block| block.frames().len()).sum();
    say(&format!(
        "{what} “{}” with {}: {}",
        draft.story.title,
        report::photographs(shown),
        draft.story.id
    ));
    report::tell_checklist(draft, library.clock.now());
    if options.publish && !unknown.is_empty() {
        bail!("the story is a draft still: story.md names photographs that are not there");
    }
    if options.publish {
        publish(library, draft)?;
    }
    report::end(left_out, unknown)
}

/// What would be taken in, by the heads of the files alone.
fn dry_run(files: &[Source], script: &Script) -> anyhow::Result<()> {
    let (mut shots, mut found, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        let looked = File::open(&file.path)
            .map_err(ingest::IngestError::from)
            .and_then(|mut opened| ingest::look(&mut opened, Limits::default()));
        match looked {
            Ok(metadata) => {
                shots.push(Shot::of(&file.name, &metadata.facts));
                found.push(said_by(&file.name, &metadata.facts));
            }
            Err(error) => left_out.push(LeftOut {
                name: file.name.clone(),
                reason: error.to_string(),
            }),
        }
    }
    order::by_capture(&mut shots);
    let place = |name: &str| shots.iter().position(|shot| shot.name == name);
    found.sort_by_key(|said| place(&said.name));
    report::tell_left_out(&left_out);
    report::tell_found(&found, 0);
    let is_there = |name: &str| find_name(shots.iter().map(|shot| shot.name.as_str()), name).is_some();
    let unknown: Vec<String> = script
        .photos()
        .filter(|name| !is_there(name))
        .map(str::to_owned)
        .collect();
    tell_unknown(&unknown);
    say(&format!(
        "In the order of taking: {}",
        shots
            .iter()
            .map(|shot| shot.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    ));
    say("Nothing was changed: this was a dry run.");
    if found.is_empty() {
        bail!("none of the files could be taken in");
    }
    report::end(&left_out, &unknown)
}

fn said_by(name: &str, facts: &Facts) -> Said {
    Said {
        name: name.to_owned(),
        caption: facts.caption.is_some(),
        alt: facts.alt.is_some(),
        credit: facts.credit.is_some() || !facts.creators.is_empty(),
    }
}

fn said(taken: &Taken, name: &str) -> Said {
    let photo = taken.by_name.get(name);
    let has = |text: fn(&Photo) -> &Option<String>| photo.is_some_and(|photo| text(photo).is_some());
    Said {
        name: name.to_owned(),
        caption: has(|photo| &photo.caption),
        alt: has(|photo| &photo.alt) || photo.is_some_and(|photo| photo.decorative),
        credit: has(|photo| &photo.credit),
    }
}

/// A photograph that is damaged beyond what can be shown is not put into the story.
fn leave_out_failed(taken: &mut Taken) {
    let failed: Vec<LeftOut> = taken
        .by_name
        .iter()
        .filter(|(_, photo)| photo.state == PhotoState::Failed)
        .map(|(name, photo)| LeftOut {
            name: name.clone(),
            reason: photo
                .failure
                .clone()
                .unwrap_or_else(|| "it could not be read".to_owned()),
        })
        .collect();
    for file in &failed {
        taken.by_name.remove(&file.name);
    }
    taken.left_out.extend(failed);
    taken.left_out.sort_by(|a, b| a.name.cmp(&b.name));
}

/// The files of a folder, without hidden ones, the script, and what systems leave everywhere.
fn list_files(folder: &Path) -> anyhow::Result<Vec<Source>> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
            continue;
        };
        let is_known = name.starts_with('.') || [SCRIPT, "Thumbs.db", "desktop.ini"].contains(&name.as_str());
        if is_known {
            continue;
        }
        if path.is_dir() {
            say(&format!("  The folder {name} in it is not looked into."));
        } else if !is_own_file(folder, &path) {
            say(&format!(
                "  {name} is left out: it is no file of this folder itself."
            ));
        } else {
            files.push(Source {
                path,
                name,
                words: None,
                hidden_names: Names::default(),
                there: None,
            });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// Whether a path is a file, and one of the folder: a link may lead to any file that the server's user may read, and a pipe never ends.
pub(super) fn is_own_file(folder: &Path, path: &Path) -> bool {
    let (Ok(folder), Ok(whole)) = (folder.canonicalize(), path.canonicalize()) else {
        return false;
    };
    whole.starts_with(folder) && whole.is_file()
}

/// The script in a folder; without one, an empty one.
fn read_script(folder: &Path) -> anyhow::Result<Script> {
    let path = folder.join(SCRIPT);
    if path.exists() && !is_own_file(folder, &path) {
        bail!("nothing was taken in: {SCRIPT} is no file of this folder itself");
    }
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Script::default()),
        Err(error) => {
            return Err(error).with_context(|| format!("{} cannot be read as text", path.display()));
        }
    };
    let script = script::read(&text).map_err(|wrong| {
        anyhow::anyhow!(
            "nothing was taken in, for {SCRIPT} is not as it should be: {}",
            wrong.join("; ")
        )
    })?;
    for name in &script.front.unknown {
        say(&format!(
            "  {SCRIPT} has a field “{name}” that means nothing here."
        ));
    }
    Ok(script)
}

/// Names the folder by a hash: its path is nobody's business.
fn source_of(folder: &Path) -> String {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    hex(&Sha256::digest(whole.as_os_str().as_encoded_bytes()))
}

fn tell_arranged(arranged: &Arranged, has_script: bool) {
    tell_unknown(&arranged.unknown);
    if has_script && !arranged.unnamed.is_empty() {
        say(&format!(
            "Not named in {SCRIPT}, so at the end: {}",
            report::names(arranged.unnamed.iter().map(String::as_str))
        ));
    }
}

fn tell_unknown(unknown: &[String]) {
    for name in unknown {
        say(&format!(
            "  - {SCRIPT} names {name}, which is not among the photographs of the folder."
        ));
    }
}

/// A caption in a script, as it is kept; nothing is none.
pub(super) fn caption(text: &str) -> Result<Option<String>, crate::text::TextError> {
    Ok(Caption::parse_optional(text)?.map(Caption::into_string))
}
