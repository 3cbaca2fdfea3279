//! SQL for publications: their documents, which of them is live, and the files it shows.

use diesel::prelude::*;

use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{listings, publications, published_photos, stories};
use crate::id::{AccountId, PhotoId, PublicationId, StoryId};
use crate::site;
use crate::story::Story;
use crate::story::listing::ListingKind;

pub(in crate::story) fn insert_publication(
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

pub(in crate::story) fn replace_publication_document(
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
pub(in crate::story) fn list_public_folders(conn: &mut Conn, photo: &PhotoId) -> QueryResult<Vec<String>> {
    published_photos::table
        .filter(published_photos::photo_id.eq(photo))
        .select(published_photos::folder)
        .distinct()
        .load(conn)
}

/// The photos that a story's live publication shows.
pub(in crate::story) fn list_public_photos(conn: &mut Conn, story: &StoryId) -> QueryResult<Vec<PhotoId>> {
    published_photos::table
        .filter(published_photos::story_id.eq(story))
        .select(published_photos::photo_id)
        .distinct()
        .load(conn)
}

/// The folder in which a story's live publication shows a photo.
pub(in crate::story) fn find_public_folder(
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
pub(in crate::story) fn set_public_folder(
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
pub(in crate::story) fn set_live(
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
    crate::story::schedule::query::clear(conn, &story.id)?;
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
pub(in crate::story) fn find_live_document_of(
    conn: &mut Conn,
    story: &StoryId,
) -> QueryResult<Option<String>> {
    live()
        .filter(stories::id.eq(story))
        .select(publications::document)
        .first(conn)
        .optional()
}

/// The documents of live publications that show this photo, with story and number.
pub(in crate::story) fn list_live_documents_with(
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
pub(in crate::story) fn find_live_document(conn: &mut Conn, slug: &str) -> QueryResult<Option<LiveDocument>> {
    live()
        .filter(stories::slug.eq(slug))
        .select(LiveDocument::as_select())
        .first(conn)
        .optional()
}

/// A live publication's document, and where its story stands.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = stories)]
pub(in crate::story) struct LiveDocument {
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
pub(in crate::story) fn list_live_documents_by_id(
    conn: &mut Conn,
    ids: &[&StoryId],
) -> QueryResult<Vec<LiveDocument>> {
    live()
        .filter(stories::id.eq_any(ids))
        .select(LiveDocument::as_select())
        .load(conn)
}

/// Live documents, first published last first, at most `limit`, older than `before`; those of one list, or all.
pub(in crate::story) fn list_live_documents(
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
pub(in crate::story) fn list_oldest_documents(
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
pub(in crate::story) fn find_neighbour(
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
