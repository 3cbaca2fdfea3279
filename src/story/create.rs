//! Making and deleting stories.

use super::draft::{self, Draft};
use super::operations::{self, NewBlock, Operation};
use super::{Seen, StoryError, access, query};
use crate::account::Actor;
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::StoryId;
use crate::text::{FieldError, Slug, TextError};

/// What a story is made of, checked already.
#[derive(Debug, Clone)]
pub struct NewStory {
    /// Title.
    pub title: String,
    /// Last segment of its address; made of the title where none is given.
    pub slug: Option<Slug>,
    /// The paragraph under the title.
    pub standfirst: Option<String>,
    /// Who made it.
    pub byline: Option<String>,
    /// Language tag.
    pub language: String,
    /// Its own date.
    pub date: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Whether the whole story is graphic.
    pub graphic: bool,
    /// Not to be published before.
    pub embargo_until: Option<Millis>,
    /// Its blocks in order.
    pub blocks: Vec<NewBlock>,
    /// Index of the block that leads.
    pub lead: Option<usize>,
}

/// Makes a story.
///
/// # Errors
/// [`StoryError`]; pointers are into the request: `/slug`, `/blocks/2/frame/photo`.
pub fn create(conn: &mut Conn, actor: &Actor, new: NewStory, now: Millis) -> Result<Draft, StoryError> {
    if !actor.edits_everything() {
        return Err(StoryError::Forbidden("Only an editor may make a story."));
    }
    let id = StoryId::random();
    let slug = match &new.slug {
        Some(slug) => free_slug(conn, slug, None)?.as_str().to_owned(),
        None => next_free_slug(conn, &Slug::from_title(&new.title))?
            .as_str()
            .to_owned(),
    };
    query::insert_story(
        conn,
        &query::NewStoryRow {
            id: &id,
            slug: &slug,
            title: &new.title,
            standfirst: new.standfirst.as_deref(),
            byline: new.byline.as_deref(),
            language: &new.language,
            story_date: new.date.as_deref(),
            tags: &tags_json(&new.tags),
            graphic: new.graphic,
            embargo_until: new.embargo_until,
            created_by: &actor.id,
            created_at: now,
            updated_by: &actor.id,
            updated_at: now,
        },
    )?;
    actor.did(conn, Word::StoryCreated, id.as_str(), &new.title, now)?;
    let inserts: Vec<Operation> = new
        .blocks
        .into_iter()
        .map(|block| Operation::Insert {
            position: None,
            block,
        })
        .collect();
    let made = operations::begin(conn, actor, &id, &inserts, now).map_err(as_block_pointers)?;
    let Some(lead) = new.lead else { return Ok(made) };
    let lead = made
        .blocks
        .get(lead)
        .filter(|block| !block.frames().is_empty())
        .map(|block| block.id.clone());
    let lead = lead.ok_or_else(|| {
        StoryError::invalid("/lead", "not_a_photo", "The lead must be a block with a photo.")
    })?;
    query::set_lead(conn, &id, Some(&lead))?;
    let story = query::find_story(conn, &id)?.ok_or(StoryError::Unknown)?;
    Ok(draft::load(conn, story)?)
}

/// Deletes a story that is not live; its photos stay.
///
/// # Errors
/// [`StoryError::Invalid`] while it is live.
pub fn delete(
    conn: &mut Conn,
    actor: &Actor,
    id: &StoryId,
    seen: impl Into<Seen>,
    now: Millis,
) -> Result<(), StoryError> {
    let story = access::find_editable(conn, actor, id)?;
    if !seen.into().is_still(&story) {
        return Err(StoryError::StaleStory);
    }
    if story.is_live() {
        return Err(StoryError::invalid(
            "",
            "published",
            "The story is published; unpublish it before you delete it.",
        ));
    }
    query::delete_story(conn, id)?;
    Ok(actor.did(conn, Word::StoryDeleted, id.as_str(), &story.title, now)?)
}

/// The slug, if no other story has or had it.
pub(super) fn free_slug(
    conn: &mut Conn,
    slug: &Slug,
    for_story: Option<&StoryId>,
) -> Result<Slug, StoryError> {
    if query::is_slug_taken(conn, slug.as_str(), for_story)? {
        let message = format!(
            "Another story has or had the address “{}”; please choose another.",
            slug.as_str()
        );
        return Err(StoryError::invalid("/slug", "slug_taken", message));
    }
    Ok(slug.clone())
}

/// The slug, or where another story has or had it, the first that is free with a number behind it.
pub(super) fn next_free_slug(conn: &mut Conn, slug: &Slug) -> Result<Slug, StoryError> {
    if !query::is_slug_taken(conn, slug.as_str(), None)? {
        return Ok(slug.clone());
    }
    for number in 2..10_000 {
        let numbered = slug.numbered(number);
        if !query::is_slug_taken(conn, numbered.as_str(), None)? {
            return Ok(numbered);
        }
    }
    Err(StoryError::Invalid(vec![FieldError::text(
        "/slug",
        "address",
        &TextError::Reserved,
    )]))
}

/// Tags as they are stored.
pub(super) fn tags_json(tags: &[String]) -> String {
    serde_json::to_string(tags).unwrap_or_else(|_| "[]".to_owned())
}

/// What `operations` calls `/operations/3/block/…` is `/blocks/3/…` in a request that makes a story.
fn as_block_pointers(error: StoryError) -> StoryError {
    let StoryError::Invalid(errors) = error else {
        return error;
    };
    StoryError::Invalid(
        errors
            .into_iter()
            .map(|mut error| {
                error.pointer = error
                    .pointer
                    .replacen("/operations/", "/blocks/", 1)
                    .replacen("/block/", "/", 1);
                error
            })
            .collect(),
    )
}
