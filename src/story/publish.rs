//! Publishing: a numbered, immutable snapshot that readers see from the moment of its commit, and taking it back.

use super::checklist::{self, Remark};
use super::draft::{self, Draft};
use super::{Block, PartId, Seen, StoryError, access, compose, query};
use crate::account::Actor;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::{PhotoId, StoryId};

/// Why a story was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// There is something in the way; all of it at once.
    #[error("The story cannot be published yet.")]
    Obstacles(Vec<Remark>),
    /// The story is not there, not this person's, or was changed.
    #[error(transparent)]
    Story(#[from] StoryError),
    /// The document could not be written.
    #[error("the publication could not be written as JSON")]
    Document(#[from] serde_json::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] crate::db::DbError),
}

impl From<diesel::result::Error> for PublishError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// A publication that is live now.
#[derive(Debug, Clone)]
pub struct Published {
    /// Its number.
    pub number: i32,
    /// Its story's slug.
    pub slug: String,
    /// When it was made.
    pub at: Millis,
}

/// Publishes the draft as it stands, if it still is as it was `seen`.
///
/// # Errors
/// [`PublishError`]; nothing that readers see has changed then.
pub fn publish(
    conn: &mut Conn,
    actor: &Actor,
    id: &StoryId,
    seen: impl Into<Seen>,
    now: Millis,
) -> Result<Published, PublishError> {
    let story = access::find_editable(conn, actor, id)?;
    if !seen.into().is_still(&story) {
        return Err(StoryError::StaleStory.into());
    }
    let draft = draft::load(conn, story)?;
    let obstacles = checklist::check(&draft, now).obstacles;
    if !obstacles.is_empty() {
        return Err(PublishError::Obstacles(obstacles));
    }
    let number = draft.story.publications_made + 1;
    let document = compose::compose(&draft, Some((number, now)));
    query::insert_publication(
        conn,
        id,
        number,
        &serde_json::to_string(&document)?,
        &actor.id,
        now,
    )?;
    query::set_live(conn, &draft.story, Some(number), &folders(&draft), now)?;
    query::insert_revision(
        conn,
        id,
        "publication",
        &serde_json::to_string(&super::revision(&draft))?,
        &actor.id,
        now,
    )?;
    Ok(Published {
        number,
        slug: draft.story.slug,
        at: now,
    })
}

/// Takes the live publication back: readers get a 404 from the next request on.
///
/// # Errors
/// [`StoryError`].
pub fn unpublish(conn: &mut Conn, actor: &Actor, id: &StoryId, now: Millis) -> Result<(), StoryError> {
    let story = access::find_editable(conn, actor, id)?;
    query::set_live(conn, &story, None, &[], now)?;
    Ok(())
}

/// Which photos with which renditions a publication shows.
fn folders(draft: &Draft) -> Vec<(PhotoId, String)> {
    let mut folders: Vec<(PhotoId, String)> = draft
        .blocks
        .iter()
        .flat_map(Block::frames)
        .filter_map(|frame| {
            let photo = draft.photos.get(&frame.photo_id)?;
            Some((photo.id.clone(), photo.folder.clone()?))
        })
        .collect();
    folders.sort();
    folders.dedup();
    folders
}

/// The part a remark is about, as text.
#[must_use]
pub fn part_of(remark: &Remark) -> Option<&str> {
    remark.part.as_ref().map(PartId::as_str)
}
