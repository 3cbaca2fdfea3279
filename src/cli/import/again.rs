//! The same folder a second time: the same story, unless somebody has worked on it since.

use anyhow::bail;

use super::Options;
use super::library::Library;
use crate::clock::short;
use crate::db::Conn;
use crate::id::StoryId;
use crate::story::create::NewStory;
use crate::story::draft::{self, Draft};
use crate::story::imported;
use crate::story::{StoryError, query, replace};

/// What becomes of what is imported.
pub(super) enum Outcome {
    /// A story of its own.
    Made(Box<Draft>),
    /// The story of an earlier import, which says something else now.
    Replaced(Box<Draft>),
    /// The story of an earlier import, which says that already.
    Same(Box<Draft>),
    /// The story of an earlier import was changed at the desk; nothing was done.
    Touched(String),
}

impl Outcome {
    /// The draft and what happened to it, as the beginning of a line.
    pub(super) fn draft(self) -> anyhow::Result<(Box<Draft>, &'static str)> {
        match self {
            Self::Made(draft) => Ok((draft, "Draft")),
            Self::Replaced(draft) => Ok((draft, "Brought up to date: draft")),
            Self::Same(draft) => Ok((draft, "As it was already: draft")),
            Self::Touched(reason) => bail!(reason),
        }
    }
}

/// Makes a story of what is imported, or brings the one up to date that an earlier import has made. `home` is the story that was exported, if it
/// may be this very installation's; `make` makes a new one, with its own address if it may have it.
pub(super) fn settle(
    library: &Library,
    options: &Options,
    source: &str,
    home: Option<&StoryId>,
    new: &NewStory,
    make: impl Fn(&mut Conn, bool) -> Result<Draft, StoryError>,
) -> Result<Outcome, StoryError> {
    let now = library.clock.now();
    library.db.write_now(|conn| {
        let before = imported::find(conn, source)?;
        let known = before.as_ref().map(|before| &before.story).or(home);
        let there = match known {
            Some(id) => query::find_story(conn, id)?,
            None => None,
        };
        let Some(story) = there.clone().filter(|_| !options.new) else {
            let draft = make(conn, there.is_none())?;
            imported::remember(conn, source, &draft.story, now)?;
            return Ok(Outcome::Made(Box::new(draft)));
        };
        let draft = draft::load(conn, story)?;
        if replace::is_as(&draft, new) {
            imported::remember(conn, source, &draft.story, now)?;
            return Ok(Outcome::Same(Box::new(draft)));
        }
        let is_untouched = before
            .as_ref()
            .is_some_and(|before| before.is_untouched(&draft.story));
        if !is_untouched && !options.replace {
            return Ok(Outcome::Touched(touched(&draft, before.as_ref())));
        }
        let draft = replace::replace(conn, &library.actor, &draft.story.id, new.clone(), now)?;
        imported::remember(conn, source, &draft.story, now)?;
        Ok(Outcome::Replaced(Box::new(draft)))
    })
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
