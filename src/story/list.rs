//! Lists of stories: for the desk with what it shows of each, for readers from live publications.

use std::collections::HashMap;

use diesel::QueryResult;

use super::document::StoryDocument;
use super::draft;
use super::listing::ListingKind;
use super::query::{self, LiveDocument, StoryFilter};
use super::{Block, Story};
use crate::account::{self, Actor};
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::StoryId;
use crate::photo::{Photo, Rendition};

/// A story in the desk's list.
#[derive(Debug)]
pub struct StoryLine {
    /// The story.
    pub story: Story,
    /// Who changed it last.
    pub changed_by: String,
    /// The photo that leads, with its renditions, if there is one.
    pub lead: Option<(Photo, Vec<Rendition>)>,
    /// How many photographs it shows.
    pub photographs: usize,
}

/// A page of the desk's list.
#[derive(Debug)]
pub struct StoryLines {
    /// The stories, last changed first.
    pub lines: Vec<StoryLine>,
    /// Where the next page begins, if there is one.
    pub older: Option<(Millis, StoryId)>,
}

/// Stories that `actor` may see, last changed first, at most `limit`.
///
/// # Errors
/// Those of the statements.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    mut filter: StoryFilter,
    limit: usize,
) -> QueryResult<StoryLines> {
    if !actor.edits_everything() {
        filter.member = Some(actor.id.clone());
    }
    let ask = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut stories = query::list_stories(conn, &filter, ask)?;
    let more = stories.len() > limit;
    stories.truncate(limit);
    let older = stories
        .last()
        .filter(|_| more)
        .map(|last| (last.updated_at, last.id.clone()));
    let names: HashMap<_, _> = account::query::list_accounts(conn)?
        .into_iter()
        .map(|account| (account.id, account.name))
        .collect();
    let mut lines = Vec::with_capacity(stories.len());
    for story in stories {
        let mut draft = draft::load(conn, story)?;
        let lead = draft
            .lead()
            .and_then(|block| block.frames().first())
            .map(|frame| frame.photo_id.clone());
        let lead = lead.and_then(|id| {
            Some((
                draft.photos.remove(&id)?,
                draft.renditions.remove(&id).unwrap_or_default(),
            ))
        });
        lines.push(StoryLine {
            changed_by: names.get(&draft.story.updated_by).cloned().unwrap_or_default(),
            photographs: draft.blocks.iter().map(|block| Block::frames(block).len()).sum(),
            lead,
            story: draft.story,
        });
    }
    Ok(StoryLines { lines, older })
}

/// A page of live stories.
#[derive(Debug)]
pub struct LiveStories {
    /// The documents, first published last first.
    pub documents: Vec<StoryDocument>,
    /// Where the next page begins, if there is one.
    pub older: Option<(Millis, StoryId)>,
}

/// Live stories, first published last first, at most `limit`, older than `before`; those of one list, or all.
///
/// # Errors
/// Those of the statement.
pub fn list_live(
    conn: &mut Conn,
    listing: Option<(ListingKind, &str)>,
    before: Option<&(Millis, StoryId)>,
    limit: usize,
) -> QueryResult<LiveStories> {
    let ask = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut rows = query::list_live_documents(conn, listing, before, ask)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let older = rows
        .last()
        .filter(|_| more)
        .map(|last| (last.first_published_at.unwrap_or_default(), last.story.clone()));
    let documents = rows.iter().filter_map(parse).collect();
    Ok(LiveStories { documents, older })
}

/// Live stories, first published first, after `skip` of them, at most `limit`.
///
/// # Errors
/// Those of the statement.
pub fn list_oldest(conn: &mut Conn, skip: usize, limit: usize) -> QueryResult<Vec<StoryDocument>> {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let documents = query::list_oldest_documents(conn, number(skip), number(limit))?;
    Ok(documents.iter().filter_map(parse).collect())
}

/// The document under the story's present address: a slug that is changed holds at once, and every link with it.
pub(super) fn parse(live: &LiveDocument) -> Option<StoryDocument> {
    let document: StoryDocument = serde_json::from_str(&live.document).ok()?;
    Some(StoryDocument {
        slug: live.slug.clone(),
        ..document
    })
}

/// The live document under this slug.
///
/// # Errors
/// Those of the statement.
pub fn find_live(conn: &mut Conn, slug: &str) -> QueryResult<Option<StoryDocument>> {
    Ok(query::find_live_document(conn, slug)?.as_ref().and_then(parse))
}

/// The live document of a story.
///
/// # Errors
/// Those of the statement.
pub fn find_live_of(conn: &mut Conn, story: &StoryId) -> QueryResult<Option<StoryDocument>> {
    let json = query::find_live_document_of(conn, story)?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
}

/// The stories beside one in the list of live stories: the one that came after it, and the one before.
///
/// # Errors
/// Those of the statements.
pub fn find_neighbours(
    conn: &mut Conn,
    document: &StoryDocument,
) -> QueryResult<(Option<StoryDocument>, Option<StoryDocument>)> {
    let Some(at) = document.first_published_at else {
        return Ok((None, None));
    };
    let mut find = |newer| -> QueryResult<Option<StoryDocument>> {
        Ok(query::find_neighbour(conn, at, &document.id, newer)?
            .as_ref()
            .and_then(parse))
    };
    Ok((find(true)?, find(false)?))
}
