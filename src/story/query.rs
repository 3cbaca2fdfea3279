//! SQL for stories and their own fields; what hangs on a story has rooms of its own, blocks and frames are in `parts`.

pub(super) mod browse;
mod listings;
mod members;
mod publications;
mod redirects;

use diesel::prelude::*;

use super::Story;
use super::schedule::{Held, Schedule};
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{blocks, frames, slug_redirects, stories, story_members};
use crate::id::{AccountId, BlockId, PhotoId, StoryId};
use crate::search::{Query, desk};

pub use listings::*;
pub(super) use members::*;
pub use publications::*;
pub use redirects::*;

#[derive(Queryable, Selectable)]
#[diesel(table_name = stories)]
struct StoryRow {
    id: StoryId,
    slug: String,
    title: String,
    standfirst: Option<String>,
    byline: Option<String>,
    language: String,
    story_date: Option<String>,
    tags: String,
    lead_block_id: Option<String>,
    graphic: bool,
    embargo_until: Option<Millis>,
    version: i32,
    change_count: i32,
    publications_made: i32,
    live_publication: Option<i32>,
    live_change_count: Option<i32>,
    first_published_at: Option<Millis>,
    live_since: Option<Millis>,
    created_by: AccountId,
    created_at: Millis,
    updated_by: AccountId,
    updated_at: Millis,
    publish_at: Option<Millis>,
    publish_zone: Option<String>,
    scheduled_by: Option<AccountId>,
    scheduled_correction: Option<String>,
    held_at: Option<Millis>,
    held_because: Option<String>,
    embargo_zone: Option<String>,
}

fn into_story(row: StoryRow) -> Story {
    let held = row.held_at.zip(row.held_because.as_deref());
    let schedule = row.publish_at.zip(row.scheduled_by).map(|(at, by)| Schedule {
        at,
        zone: row.publish_zone.unwrap_or_default(),
        by,
        correction: row.scheduled_correction,
        held: held.and_then(|(at, because)| Held::read(at, because)),
    });
    Story {
        schedule,
        embargo_zone: row.embargo_zone,
        id: row.id,
        slug: row.slug,
        title: row.title,
        standfirst: row.standfirst,
        byline: row.byline,
        language: row.language,
        date: row.story_date,
        tags: serde_json::from_str(&row.tags).unwrap_or_default(),
        lead: row.lead_block_id.and_then(|id| id.parse().ok()),
        graphic: row.graphic,
        embargo_until: row.embargo_until,
        version: row.version,
        change_count: row.change_count,
        publications_made: row.publications_made,
        live_publication: row.live_publication,
        live_change_count: row.live_change_count,
        first_published_at: row.first_published_at,
        live_since: row.live_since,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_by: row.updated_by,
        updated_at: row.updated_at,
    }
}

#[derive(Insertable)]
#[diesel(table_name = stories)]
pub(super) struct NewStoryRow<'a> {
    pub id: &'a StoryId,
    pub slug: &'a str,
    pub title: &'a str,
    pub standfirst: Option<&'a str>,
    pub byline: Option<&'a str>,
    pub language: &'a str,
    pub story_date: Option<&'a str>,
    pub tags: &'a str,
    pub graphic: bool,
    pub embargo_until: Option<Millis>,
    pub created_by: &'a AccountId,
    pub created_at: Millis,
    pub updated_by: &'a AccountId,
    pub updated_at: Millis,
}

pub(super) fn insert_story(conn: &mut Conn, story: &NewStoryRow<'_>) -> QueryResult<()> {
    diesel::insert_into(stories::table).values(story).execute(conn)?;
    Ok(())
}

/// The story of this id.
///
/// # Errors
/// Those of the statement.
pub fn find_story(conn: &mut Conn, id: &StoryId) -> QueryResult<Option<Story>> {
    Ok(stories::table
        .find(id)
        .select(StoryRow::as_select())
        .first(conn)
        .optional()?
        .map(into_story))
}

/// The story that has this slug now.
///
/// # Errors
/// Those of the statement.
pub fn find_story_by_slug(conn: &mut Conn, slug: &str) -> QueryResult<Option<Story>> {
    Ok(stories::table
        .filter(stories::slug.eq(slug))
        .select(StoryRow::as_select())
        .first(conn)
        .optional()?
        .map(into_story))
}

/// Whether any story has this slug now or had it before; `except` is a story that may.
pub(super) fn is_slug_taken(conn: &mut Conn, slug: &str, except: Option<&StoryId>) -> QueryResult<bool> {
    let now: Option<StoryId> = stories::table
        .filter(stories::slug.eq(slug))
        .select(stories::id)
        .first(conn)
        .optional()?;
    let before: Option<StoryId> = slug_redirects::table
        .find(slug)
        .select(slug_redirects::story_id)
        .first(conn)
        .optional()?;
    Ok(now.iter().chain(before.iter()).any(|owner| Some(owner) != except))
}

/// What a list of stories is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct StoryFilter {
    /// Only stories of which this account is a member.
    pub member: Option<AccountId>,
    /// Only live ones, or only those that are not.
    pub live: Option<bool>,
    /// Only stories that hold these words anywhere, by the index that [`freshen`](super::freshen) brings up to date.
    pub text: Option<String>,
    /// Only stories changed before this one, by the order of the list.
    pub before: Option<(Millis, StoryId)>,
}

/// Stories, last changed first, at most `limit`.
///
/// # Errors
/// Those of the statement.
pub fn list_stories(conn: &mut Conn, filter: &StoryFilter, limit: i64) -> QueryResult<Vec<Story>> {
    let mut query = stories::table
        .order((stories::updated_at.desc(), stories::id.desc()))
        .limit(limit)
        .select(StoryRow::as_select())
        .into_boxed();
    if let Some(member) = &filter.member {
        let theirs = story_members::table
            .filter(story_members::account_id.eq(member))
            .select(story_members::story_id);
        query = query.filter(stories::id.eq_any(theirs));
    }
    match filter.live {
        Some(true) => query = query.filter(stories::live_publication.is_not_null()),
        Some(false) => query = query.filter(stories::live_publication.is_null()),
        None => {}
    }
    if let Some(text) = &filter.text {
        // What holds no word is in no story.
        query = match Query::parse(text) {
            Some(words) => query.filter(desk::stories_with(&words)),
            None => query.filter(stories::id.eq("")),
        };
    }
    if let Some((updated_at, id)) = &filter.before {
        query = query.filter(
            stories::updated_at
                .lt(updated_at)
                .or(stories::updated_at.eq(updated_at).and(stories::id.lt(id))),
        );
    }
    Ok(query.load(conn)?.into_iter().map(into_story).collect())
}

/// New fields for a story; `None` leaves one as it is.
#[derive(AsChangeset, Default)]
#[diesel(table_name = stories)]
pub(super) struct StoryChange<'a> {
    pub slug: Option<&'a str>,
    pub title: Option<&'a str>,
    pub standfirst: Option<Option<&'a str>>,
    pub byline: Option<Option<&'a str>>,
    pub language: Option<&'a str>,
    pub story_date: Option<Option<&'a str>>,
    pub tags: Option<&'a str>,
    pub lead_block_id: Option<Option<&'a str>>,
    pub graphic: Option<bool>,
    pub embargo_until: Option<Option<Millis>>,
    pub embargo_zone: Option<Option<&'a str>>,
}

pub(super) fn change_story(conn: &mut Conn, id: &StoryId, change: &StoryChange<'_>) -> QueryResult<()> {
    diesel::update(stories::table.find(id))
        .set(change)
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_lead(conn: &mut Conn, id: &StoryId, lead: Option<&BlockId>) -> QueryResult<()> {
    diesel::update(stories::table.find(id))
        .set(stories::lead_block_id.eq(lead.map(BlockId::as_str)))
        .execute(conn)?;
    Ok(())
}

/// Notes that somebody changed the story: always its change count, and its version if order or fields changed.
pub(super) fn note_change(
    conn: &mut Conn,
    id: &StoryId,
    by: &AccountId,
    structure: bool,
    now: Millis,
) -> QueryResult<()> {
    diesel::update(stories::table.find(id))
        .set((
            stories::version.eq(stories::version + i32::from(structure)),
            stories::change_count.eq(stories::change_count + 1),
            stories::updated_by.eq(by),
            stories::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes in all stories that show a photo that its words have changed.
pub(super) fn note_photo_change(
    conn: &mut Conn,
    photo: &PhotoId,
    by: &AccountId,
    now: Millis,
) -> QueryResult<()> {
    let showing = blocks::table
        .inner_join(frames::table)
        .filter(frames::photo_id.eq(photo))
        .select(blocks::story_id);
    diesel::update(stories::table.filter(stories::id.eq_any(showing)))
        .set((
            stories::change_count.eq(stories::change_count + 1),
            stories::updated_by.eq(by),
            stories::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// What frames that show this photo call its place, in all stories.
pub(super) fn list_frame_places(conn: &mut Conn, photo: &PhotoId) -> QueryResult<Vec<String>> {
    let places: Vec<Option<String>> = frames::table
        .filter(frames::photo_id.eq(photo))
        .filter(frames::place.is_not_null())
        .select(frames::place)
        .distinct()
        .limit(200)
        .load(conn)?;
    Ok(places.into_iter().flatten().collect())
}

pub(super) fn delete_story(conn: &mut Conn, id: &StoryId) -> QueryResult<()> {
    diesel::delete(stories::table.find(id)).execute(conn)?;
    Ok(())
}
