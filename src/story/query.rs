//! SQL for stories and their own fields, members, publications and redirects; blocks and frames are in `parts`.

pub(super) mod browse;

use diesel::prelude::*;

use super::Story;
use super::listing::{Listing, ListingKind};
use super::schedule::{Held, Schedule};
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{
    accounts, blocks, counters, frames, listings, publications, published_photos, slug_redirects, stories,
    story_members,
};
use crate::id::{AccountId, BlockId, PhotoId, PublicationId, StoryId};
use crate::search::{Query, desk};
use crate::site;

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

pub(super) fn delete_story(conn: &mut Conn, id: &StoryId) -> QueryResult<()> {
    diesel::delete(stories::table.find(id)).execute(conn)?;
    Ok(())
}

pub(super) fn insert_redirect(conn: &mut Conn, slug: &str, story: &StoryId, now: Millis) -> QueryResult<()> {
    diesel::insert_into(slug_redirects::table)
        .values((
            slug_redirects::slug.eq(slug),
            slug_redirects::story_id.eq(story),
            slug_redirects::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

pub(super) fn delete_redirect(conn: &mut Conn, slug: &str) -> QueryResult<()> {
    diesel::delete(slug_redirects::table.find(slug)).execute(conn)?;
    Ok(())
}

/// The slug that a live story has now and that had `slug` before.
///
/// # Errors
/// Those of the statement.
pub fn find_live_slug_after(conn: &mut Conn, slug: &str) -> QueryResult<Option<String>> {
    slug_redirects::table
        .inner_join(stories::table)
        .filter(
            slug_redirects::slug
                .eq(slug)
                .and(stories::live_publication.is_not_null()),
        )
        .select(stories::slug)
        .first(conn)
        .optional()
}

/// Addresses that live stories had before, each with the present one.
///
/// # Errors
/// Those of the statement.
pub fn list_live_redirects(conn: &mut Conn) -> QueryResult<Vec<(String, String)>> {
    slug_redirects::table
        .inner_join(stories::table)
        .filter(stories::live_publication.is_not_null())
        .order(slug_redirects::slug)
        .select((slug_redirects::slug, stories::slug))
        .load(conn)
}

pub(super) fn is_member(conn: &mut Conn, story: &StoryId, account: &AccountId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(story_members::table.find((story, account)))).get_result(conn)
}

pub(super) fn insert_member(
    conn: &mut Conn,
    story: &StoryId,
    account: &AccountId,
    by: &AccountId,
    now: Millis,
) -> QueryResult<usize> {
    diesel::insert_into(story_members::table)
        .values((
            story_members::story_id.eq(story),
            story_members::account_id.eq(account),
            story_members::added_by.eq(by),
            story_members::added_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
}

pub(super) fn delete_member(conn: &mut Conn, story: &StoryId, account: &AccountId) -> QueryResult<usize> {
    diesel::delete(story_members::table.find((story, account))).execute(conn)
}

pub(super) fn list_members(
    conn: &mut Conn,
    story: &StoryId,
) -> QueryResult<Vec<(AccountId, String, String, Millis)>> {
    story_members::table
        .inner_join(accounts::table.on(accounts::id.eq(story_members::account_id)))
        .filter(story_members::story_id.eq(story))
        .order((accounts::name, accounts::id))
        .limit(500)
        .select((
            accounts::id,
            accounts::name,
            accounts::email,
            story_members::added_at,
        ))
        .load(conn)
}

pub(super) fn insert_publication(
    conn: &mut Conn,
    story: &StoryId,
    number: i32,
    document: &str,
    by: &AccountId,
    now: Millis,
) -> QueryResult<()> {
    diesel::insert_into(publications::table)
        .values((
            publications::id.eq(PublicationId::random()),
            publications::story_id.eq(story),
            publications::number.eq(number),
            publications::document.eq(document),
            publications::published_by.eq(by),
            publications::published_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn replace_publication_document(
    conn: &mut Conn,
    story: &StoryId,
    number: i32,
    document: &str,
) -> QueryResult<()> {
    diesel::update(publications::table)
        .filter(
            publications::story_id
                .eq(story)
                .and(publications::number.eq(number)),
        )
        .set(publications::document.eq(document))
        .execute(conn)?;
    site::query::count_public_change(conn)
}

/// The folders in which live publications show a photo.
pub(super) fn list_public_folders(conn: &mut Conn, photo: &PhotoId) -> QueryResult<Vec<String>> {
    published_photos::table
        .filter(published_photos::photo_id.eq(photo))
        .select(published_photos::folder)
        .distinct()
        .load(conn)
}

/// The photos that a story's live publication shows.
pub(super) fn list_public_photos(conn: &mut Conn, story: &StoryId) -> QueryResult<Vec<PhotoId>> {
    published_photos::table
        .filter(published_photos::story_id.eq(story))
        .select(published_photos::photo_id)
        .distinct()
        .load(conn)
}

/// The folder in which a story's live publication shows a photo.
pub(super) fn find_public_folder(
    conn: &mut Conn,
    story: &StoryId,
    photo: &PhotoId,
) -> QueryResult<Option<String>> {
    published_photos::table
        .filter(
            published_photos::story_id
                .eq(story)
                .and(published_photos::photo_id.eq(photo)),
        )
        .select(published_photos::folder)
        .first(conn)
        .optional()
}

/// Has a live publication show a photo in another folder; an empty one is none.
pub(super) fn set_public_folder(
    conn: &mut Conn,
    story: &StoryId,
    photo: &PhotoId,
    folder: &str,
) -> QueryResult<()> {
    diesel::update(published_photos::table)
        .filter(
            published_photos::story_id
                .eq(story)
                .and(published_photos::photo_id.eq(photo)),
        )
        .set(published_photos::folder.eq(folder))
        .execute(conn)?;
    Ok(())
}

/// Makes a publication the live one, or takes the live one back.
pub(super) fn set_live(
    conn: &mut Conn,
    story: &Story,
    live: Option<i32>,
    photos: &[(PhotoId, String)],
    now: Millis,
) -> QueryResult<()> {
    diesel::update(stories::table.find(&story.id))
        .set((
            stories::live_publication.eq(live),
            stories::live_change_count.eq(live.map(|_| story.change_count)),
            stories::live_since.eq(live.map(|_| now)),
            stories::publications_made.eq(live.unwrap_or(story.publications_made)),
            stories::first_published_at.eq(story.first_published_at.or(live.map(|_| now))),
        ))
        .execute(conn)?;
    // What was to go out is out; and what was taken back does not come back by itself.
    super::schedule::query::clear(conn, &story.id)?;
    diesel::delete(published_photos::table.filter(published_photos::story_id.eq(&story.id))).execute(conn)?;
    for (photo, folder) in photos {
        diesel::insert_into(published_photos::table)
            .values((
                published_photos::story_id.eq(&story.id),
                published_photos::photo_id.eq(photo),
                published_photos::folder.eq(folder),
            ))
            .execute(conn)?;
    }
    site::query::count_public_change(conn)
}

/// Puts a live story into these lists and takes it out of all others.
pub(super) fn replace_listings(
    conn: &mut Conn,
    story: &StoryId,
    new: &[Listing],
    first_published_at: Millis,
) -> QueryResult<()> {
    diesel::delete(listings::table.filter(listings::story_id.eq(story))).execute(conn)?;
    for listing in new {
        diesel::insert_into(listings::table)
            .values((
                listings::kind.eq(listing.kind.as_str()),
                listings::slug.eq(&listing.slug),
                listings::name.eq(&listing.name),
                listings::story_id.eq(story),
                listings::first_published_at.eq(first_published_at),
            ))
            .on_conflict_do_nothing()
            .execute(conn)?;
    }
    Ok(())
}

/// The name of a list that has a story, as it was written last.
///
/// # Errors
/// Those of the statement.
pub fn find_listing_name(conn: &mut Conn, kind: ListingKind, slug: &str) -> QueryResult<Option<String>> {
    listings::table
        .filter(listings::kind.eq(kind.as_str()).and(listings::slug.eq(slug)))
        .order((listings::first_published_at.desc(), listings::story_id.desc()))
        .select(listings::name)
        .first(conn)
        .optional()
}

const LISTINGS_ARE_COMPLETE: &str = "listings_are_complete";

pub(super) fn are_listings_complete(conn: &mut Conn) -> QueryResult<bool> {
    let value: i64 = counters::table
        .find(LISTINGS_ARE_COMPLETE)
        .select(counters::value)
        .first(conn)?;
    Ok(value > 0)
}

pub(super) fn mark_listings_complete(conn: &mut Conn) -> QueryResult<()> {
    diesel::update(counters::table.find(LISTINGS_ARE_COMPLETE))
        .set(counters::value.eq(1))
        .execute(conn)?;
    Ok(())
}

/// Whether a live publication shows renditions of this folder.
///
/// # Errors
/// Those of the statement.
pub fn is_folder_public(conn: &mut Conn, folder: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        published_photos::table.filter(published_photos::folder.eq(folder)),
    ))
    .get_result(conn)
}

/// The document of a story's live publication, as JSON.
pub(super) fn find_live_document_of(conn: &mut Conn, story: &StoryId) -> QueryResult<Option<String>> {
    live()
        .filter(stories::id.eq(story))
        .select(publications::document)
        .first(conn)
        .optional()
}

/// The documents of live publications that show this photo, with story and number.
pub(super) fn list_live_documents_with(
    conn: &mut Conn,
    photo: &PhotoId,
) -> QueryResult<Vec<(StoryId, i32, String)>> {
    let theirs = published_photos::table
        .filter(published_photos::photo_id.eq(photo))
        .select(published_photos::story_id);
    publications::table
        .inner_join(stories::table)
        .filter(stories::id.eq_any(theirs))
        .filter(stories::live_publication.eq(publications::number.nullable()))
        .select((
            publications::story_id,
            publications::number,
            publications::document,
        ))
        .load(conn)
}

/// The document of the live publication under this slug.
pub(super) fn find_live_document(conn: &mut Conn, slug: &str) -> QueryResult<Option<LiveDocument>> {
    live()
        .filter(stories::slug.eq(slug))
        .select(LiveDocument::as_select())
        .first(conn)
        .optional()
}

/// A live publication's document, and where its story stands.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = stories)]
pub(super) struct LiveDocument {
    #[diesel(column_name = id)]
    pub story: StoryId,
    /// Its slug now: what the document says may be older.
    pub slug: String,
    /// When the story was published for the first time: its place in lists. A live story has been.
    pub first_published_at: Option<Millis>,
    /// The document as JSON.
    #[diesel(select_expression = publications::document)]
    pub document: String,
}

/// The live documents of these stories, in no order.
pub(super) fn list_live_documents_by_id(conn: &mut Conn, ids: &[&StoryId]) -> QueryResult<Vec<LiveDocument>> {
    live()
        .filter(stories::id.eq_any(ids))
        .select(LiveDocument::as_select())
        .load(conn)
}

/// Live documents, first published last first, at most `limit`, older than `before`; those of one list, or all.
pub(super) fn list_live_documents(
    conn: &mut Conn,
    listing: Option<(ListingKind, &str)>,
    before: Option<&(Millis, StoryId)>,
    limit: i64,
) -> QueryResult<Vec<LiveDocument>> {
    match listing {
        None => {
            let mut query = live()
                .order((stories::first_published_at.desc(), stories::id.desc()))
                .limit(limit)
                .select(LiveDocument::as_select())
                .into_boxed();
            if let Some((at, id)) = before {
                query = query.filter(
                    stories::first_published_at
                        .lt(at)
                        .or(stories::first_published_at.eq(at).and(stories::id.lt(id))),
                );
            }
            query.load(conn)
        }
        Some((kind, slug)) => {
            let mut query = live()
                .inner_join(listings::table.on(listings::story_id.eq(stories::id)))
                .filter(listings::kind.eq(kind.as_str()).and(listings::slug.eq(slug)))
                .order((listings::first_published_at.desc(), listings::story_id.desc()))
                .limit(limit)
                .select(LiveDocument::as_select())
                .into_boxed();
            if let Some((at, id)) = before {
                query = query.filter(
                    listings::first_published_at
                        .lt(at)
                        .or(listings::first_published_at.eq(at).and(listings::story_id.lt(id))),
                );
            }
            query.load(conn)
        }
    }
}

/// Live documents, first published first, after `skip` of them, at most `limit`.
pub(super) fn list_oldest_documents(
    conn: &mut Conn,
    skip: i64,
    limit: i64,
) -> QueryResult<Vec<LiveDocument>> {
    live()
        .order((stories::first_published_at.asc(), stories::id.asc()))
        .offset(skip)
        .limit(limit)
        .select(LiveDocument::as_select())
        .load(conn)
}

/// The live document next to this place in the list of stories: the one published after it, or the one before.
pub(super) fn find_neighbour(
    conn: &mut Conn,
    at: Millis,
    id: &StoryId,
    newer: bool,
) -> QueryResult<Option<LiveDocument>> {
    let query = live().select(LiveDocument::as_select()).limit(1).into_boxed();
    let query = if newer {
        query
            .filter(
                stories::first_published_at
                    .gt(at)
                    .or(stories::first_published_at.eq(at).and(stories::id.gt(id))),
            )
            .order((stories::first_published_at.asc(), stories::id.asc()))
    } else {
        query
            .filter(
                stories::first_published_at
                    .lt(at)
                    .or(stories::first_published_at.eq(at).and(stories::id.lt(id))),
            )
            .order((stories::first_published_at.desc(), stories::id.desc()))
    };
    query.first(conn).optional()
}

/// How many stories are live.
///
/// # Errors
/// Those of the statement.
pub fn count_live(conn: &mut Conn) -> QueryResult<i64> {
    stories::table
        .filter(stories::live_publication.is_not_null())
        .count()
        .get_result(conn)
}

/// Stories with their live publications. That a story is live is said twice, so that the index of live stories serves.
#[diesel::dsl::auto_type]
fn live() -> _ {
    publications::table
        .inner_join(stories::table)
        .filter(stories::live_publication.is_not_null())
        .filter(stories::live_publication.eq(publications::number.nullable()))
}
