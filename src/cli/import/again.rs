//! The same folder a second time: the same story, unless somebody has worked on it since.

use std::collections::BTreeSet;

use anyhow::bail;

use super::Options;
use super::library::Library;
use crate::clock::short;
use crate::db::Conn;
use crate::id::{PhotoId, StoryId};
use crate::photo::query as photo_query;
use crate::story::draft::{self, Draft};
use crate::story::imported;
use crate::story::operations::NewBlock;
use crate::story::replace::{self, Saying};
use crate::story::{Block, StoryError, query};

/// A story as an import leaves it.
pub(super) struct Settled {
    pub draft: Box<Draft>,
    /// What happened to it, as the beginning of a line.
    pub what: &'static str,
    /// A sentence for each thing that is not as what is imported has it.
    pub differs: Vec<String>,
}

/// What becomes of what is imported.
pub(super) enum Outcome {
    /// It is a story now, or was one already.
    Settled(Settled),
    /// The story of an earlier import is not to be touched without being asked to; nothing was done.
    Touched(String),
}

impl Outcome {
    pub(super) fn settled(self) -> anyhow::Result<Settled> {
        match self {
            Self::Settled(settled) => Ok(settled),
            Self::Touched(reason) => bail!(reason),
        }
    }
}

/// What is imported, as what it can be made into.
pub(super) trait Arriving {
    /// What it is known by.
    fn source(&self) -> &str;

    /// The story that was exported, if it may be this very installation's.
    fn home(&self) -> Option<&StoryId> {
        None
    }

    /// What it says of the story.
    fn saying(&self) -> Saying;

    /// Makes a new story of it, with its own address if it may have it, and tells what of it is another story's already.
    fn make(&self, conn: &mut Conn, with_slug: bool) -> Result<(Draft, Vec<String>), StoryError>;

    /// Brings the story of an earlier import what it has beside blocks and fields, and tells what stays different.
    fn catch_up(&self, _: &mut Conn, draft: Draft) -> Result<(Draft, Vec<String>), StoryError> {
        Ok((draft, Vec::new()))
    }
}

/// The story of an earlier import of a source, or the exported story itself if it is of this very installation.
pub(super) fn known(
    conn: &mut Conn,
    source: &str,
    home: Option<&StoryId>,
) -> diesel::QueryResult<Option<Draft>> {
    let before = imported::find(conn, source)?;
    let Some(id) = before.as_ref().map(|before| &before.story).or(home) else {
        return Ok(None);
    };
    match query::find_story(conn, id)? {
        Some(story) => draft::load(conn, story).map(Some),
        None => Ok(None),
    }
}

/// Makes a story of what is imported, or brings the one up to date that an earlier import has made.
pub(super) fn settle(
    library: &Library,
    options: &Options,
    arriving: &impl Arriving,
) -> Result<Outcome, StoryError> {
    let now = library.clock.now();
    let source = arriving.source();
    library.db.write_now(|conn| {
        let there = known(conn, source, arriving.home())?;
        let is_there = there.is_some();
        let Some(draft) = there.filter(|_| !options.new) else {
            let (draft, differs) = arriving.make(conn, !is_there)?;
            return settled(conn, source, draft, "Draft", differs, now);
        };
        let before = imported::find(conn, source)?;
        let saying = arriving.saying();
        let (saying, taken) = if arriving.home().is_some() {
            saying.without_taken_slug(conn, &draft.story.id)?
        } else {
            (saying, None)
        };
        let mut differs: Vec<String> = taken
            .map(|slug| {
                format!(
                    "another story has or had the address “{slug}”, so it keeps “{}”",
                    draft.story.slug
                )
            })
            .into_iter()
            .collect();
        let (draft, what) = if replace::is_as(&draft, &saying) {
            (draft, "As it was already: draft")
        } else {
            if !options.replace {
                let is_untouched = before
                    .as_ref()
                    .is_some_and(|before| before.is_untouched(&draft.story));
                if !is_untouched {
                    return Ok(Outcome::Touched(touched(&draft, before.as_ref())));
                }
                if is_of_others(conn, &draft, &saying.blocks)? {
                    return Ok(Outcome::Touched(of_others(&draft)));
                }
            }
            let draft = replace::replace(conn, &library.actor, &draft.story.id, saying, now)?;
            (draft, "Brought up to date: draft")
        };
        let (draft, more) = arriving.catch_up(conn, draft)?;
        differs.extend(more);
        settled(conn, source, draft, what, differs, now)
    })
}

fn settled(
    conn: &mut Conn,
    source: &str,
    draft: Draft,
    what: &'static str,
    differs: Vec<String>,
    now: crate::clock::Millis,
) -> Result<Outcome, StoryError> {
    imported::remember(conn, source, &draft.story, now)?;
    Ok(Outcome::Settled(Settled {
        draft: Box::new(draft),
        what,
        differs,
    }))
}

/// Whether the new blocks show photographs, the story does too, and none of them is the same: another card in the same reader.
fn is_of_others(conn: &mut Conn, draft: &Draft, blocks: &[NewBlock]) -> diesel::QueryResult<bool> {
    let new: Vec<PhotoId> = blocks
        .iter()
        .flat_map(|block| match block {
            NewBlock::Photo { frame, .. } => std::slice::from_ref(frame),
            NewBlock::Group { frames, .. } => frames.as_slice(),
            _ => &[],
        })
        .map(|frame| frame.photo.clone())
        .collect();
    let frames = draft.blocks.iter().flat_map(Block::frames);
    let shown: BTreeSet<&str> = frames
        .filter_map(|frame| draft.photos.get(&frame.photo_id))
        .map(|photo| photo.original_sha256.as_str())
        .collect();
    if shown.is_empty() || new.is_empty() {
        return Ok(false);
    }
    let new = photo_query::list_photos_by_id(conn, &new)?;
    Ok(!new
        .iter()
        .any(|photo| shown.contains(photo.original_sha256.as_str())))
}

fn of_others(draft: &Draft) -> String {
    format!(
        "the folder has no photograph in common with the story “{}” ({}) that was made of it before, so that was left as it is: --new makes \
         another story, --replace makes it what the folder says and lays what stands in it into its tray",
        draft.story.title, draft.story.id
    )
}

fn touched(draft: &Draft, before: Option<&imported::Imported>) -> String {
    let since = before.map_or_else(
        || "since it was exported".to_owned(),
        |before| format!("since it was imported ({})", short(before.at)),
    );
    format!(
        "the story “{}” ({}) was changed at the desk {since}, so it was left as it is; --replace makes it what the folder says and lays what \
         stands in it into its tray, --new makes another story",
        draft.story.title, draft.story.id
    )
}
