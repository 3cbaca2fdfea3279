//! SQL for photos; what they are made of, what is made of them and what becomes of them have rooms of their own.

mod marks;
mod original;
mod rendition;
mod settle;

use diesel::prelude::*;

use super::{Photo, PhotoState};
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{jobs, originals, photos};
use crate::id::{AccountId, PhotoId};
use crate::queue::JobKind;
use crate::search::{Query, desk};

pub(super) use self::marks::*;
pub use self::original::*;
pub use self::rendition::*;
pub(super) use self::settle::*;

#[derive(Queryable, Selectable)]
#[diesel(table_name = photos)]
struct PhotoRow {
    id: PhotoId,
    owner_id: AccountId,
    original_sha256: String,
    file_name: String,
    width_px: i32,
    height_px: i32,
    state: String,
    failure: Option<String>,
    damaged: bool,
    caption: Option<String>,
    headline: Option<String>,
    place: Option<String>,
    alt: Option<String>,
    decorative: bool,
    credit: Option<String>,
    creator: Option<String>,
    copyright: Option<String>,
    license: Option<String>,
    taken_on: Option<String>,
    captured_at: Option<String>,
    focal_x: f64,
    focal_y: f64,
    sensitive: bool,
    hide_place: bool,
    color: Option<String>,
    thumbhash: Option<String>,
    folder: Option<String>,
    packet: Option<String>,
    earlier_id: Option<PhotoId>,
    sensitive_by: Option<AccountId>,
    place_by: Option<AccountId>,
    embedded: String,
    version: i32,
    created_at: Millis,
    updated_at: Millis,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = originals)]
struct OriginalRow {
    media_type: String,
    size_bytes: i64,
}

fn into_photo((row, original): (PhotoRow, OriginalRow)) -> Photo {
    Photo {
        id: row.id,
        owner_id: row.owner_id,
        original_sha256: row.original_sha256,
        media_type: original.media_type,
        size_bytes: original.size_bytes,
        file_name: row.file_name,
        width_px: row.width_px,
        height_px: row.height_px,
        state: PhotoState::parse(&row.state).unwrap_or(PhotoState::Pending),
        failure: row.failure,
        damaged: row.damaged,
        caption: row.caption,
        headline: row.headline,
        place: row.place,
        alt: row.alt,
        decorative: row.decorative,
        credit: row.credit,
        creator: row.creator,
        copyright: row.copyright,
        license: row.license,
        taken_on: row.taken_on,
        captured_at: row.captured_at,
        focal: (row.focal_x, row.focal_y),
        sensitive: row.sensitive,
        hide_place: row.hide_place,
        color: row.color,
        thumbhash: row.thumbhash,
        folder: row.folder,
        packet: row.packet,
        earlier: row.earlier_id,
        sensitive_by: row.sensitive_by,
        place_by: row.place_by,
        // Facts of the file that a later version of the program wrote differently are shown as absent, never as an error.
        embedded: serde_json::from_str(&row.embedded).unwrap_or_default(),
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

#[derive(Insertable)]
#[diesel(table_name = photos)]
pub(super) struct NewPhoto<'a> {
    pub id: &'a PhotoId,
    pub owner_id: &'a AccountId,
    pub original_sha256: &'a str,
    pub file_name: &'a str,
    pub width_px: i32,
    pub height_px: i32,
    pub state: &'a str,
    pub caption: Option<&'a str>,
    pub headline: Option<&'a str>,
    pub place: Option<&'a str>,
    pub alt: Option<&'a str>,
    pub credit: Option<&'a str>,
    pub creator: Option<&'a str>,
    pub copyright: Option<&'a str>,
    pub license: Option<&'a str>,
    pub taken_on: Option<&'a str>,
    pub captured_at: Option<&'a str>,
    pub earlier_id: Option<&'a PhotoId>,
    pub sensitive: bool,
    pub hide_place: bool,
    pub sensitive_by: Option<&'a AccountId>,
    pub place_by: Option<&'a AccountId>,
    pub embedded: &'a str,
    pub created_at: Millis,
    pub updated_at: Millis,
}

pub(super) fn insert_photo(conn: &mut Conn, photo: &NewPhoto<'_>) -> QueryResult<()> {
    diesel::insert_into(photos::table).values(photo).execute(conn)?;
    Ok(())
}

/// The photo of this id.
///
/// # Errors
/// Those of the statement.
pub fn find_photo(conn: &mut Conn, id: &PhotoId) -> QueryResult<Option<Photo>> {
    let row = photos::table
        .inner_join(originals::table)
        .filter(photos::id.eq(id))
        .select((PhotoRow::as_select(), OriginalRow::as_select()))
        .first(conn)
        .optional()?;
    Ok(row.map(into_photo))
}

/// The photo that this person made of these bytes.
///
/// # Errors
/// Those of the statement.
pub fn find_photo_of(conn: &mut Conn, owner: &AccountId, sha256: &str) -> QueryResult<Option<Photo>> {
    let row = photos::table
        .inner_join(originals::table)
        .filter(photos::owner_id.eq(owner).and(photos::original_sha256.eq(sha256)))
        .select((PhotoRow::as_select(), OriginalRow::as_select()))
        .first(conn)
        .optional()?;
    Ok(row.map(into_photo))
}

/// The newest photo of this person whose file has this name and was taken at this moment: another version of the same photograph.
pub(super) fn find_earlier(
    conn: &mut Conn,
    owner: &AccountId,
    file_name: &str,
    captured_at: &str,
) -> QueryResult<Option<PhotoId>> {
    photos::table
        .filter(photos::owner_id.eq(owner).and(photos::file_name.eq(file_name)))
        .filter(photos::captured_at.eq(captured_at))
        .order(photos::created_at.desc())
        .select(photos::id)
        .first(conn)
        .optional()
}

/// The newest photo whose file is a newer version of this one's.
///
/// # Errors
/// Those of the statement.
pub fn find_newer(conn: &mut Conn, id: &PhotoId) -> QueryResult<Option<Photo>> {
    let row = photos::table
        .inner_join(originals::table)
        .filter(photos::earlier_id.eq(id))
        .order(photos::created_at.desc())
        .select((PhotoRow::as_select(), OriginalRow::as_select()))
        .first(conn)
        .optional()?;
    Ok(row.map(into_photo))
}

/// Files of one photograph that a list has at most.
const MOST_FILES: usize = 100;

/// The other files of the same photograph: the file of which this is a newer version, those that are newer versions of it, the same file that somebody
/// else has sent, and so on from each of them.
///
/// # Errors
/// Those of the statements.
pub fn list_kin(conn: &mut Conn, photo: &Photo) -> QueryResult<Vec<Photo>> {
    let mut found = vec![photo.id.clone()];
    let mut next = 0;
    while let Some(of) = found.get(next).cloned().filter(|_| found.len() < MOST_FILES) {
        let row: Option<(Option<PhotoId>, String)> = photos::table
            .find(&of)
            .select((photos::earlier_id, photos::original_sha256))
            .first(conn)
            .optional()?;
        let Some((earlier, sha256)) = row else {
            next += 1;
            continue;
        };
        let others: Vec<PhotoId> = photos::table
            .filter(photos::earlier_id.eq(&of).or(photos::original_sha256.eq(sha256)))
            .order(photos::created_at.asc())
            .select(photos::id)
            .limit(50)
            .load(conn)?;
        for id in earlier.into_iter().chain(others) {
            if !found.contains(&id) {
                found.push(id);
            }
        }
        next += 1;
    }
    if found.len() >= MOST_FILES {
        tracing::warn!(photo = %photo.id, "a photograph has so many files that not all of them are looked at");
    }
    found.remove(0);
    list_photos_by_id(conn, &found)
}

/// How many photographs of this person wait for a job of this kind, of those whose job has a priority in this range.
///
/// # Errors
/// Those of the statement.
pub(super) fn count_waiting(
    conn: &mut Conn,
    kind: JobKind,
    owner: &AccountId,
    (from, until): (i32, i32),
) -> QueryResult<i64> {
    let of_owner = photos::table
        .filter(photos::owner_id.eq(owner))
        .select(photos::id);
    jobs::table
        .filter(jobs::kind.eq(kind.as_str()))
        .filter(jobs::state.eq("waiting"))
        .filter(jobs::priority.ge(from).and(jobs::priority.lt(until)))
        .filter(jobs::subject_id.eq_any(of_owner))
        .count()
        .get_result(conn)
}

/// Photos of these bytes that hide something, whoever's they are.
///
/// # Errors
/// Those of the statement.
pub(super) fn list_hidden_of(conn: &mut Conn, sha256: &str) -> QueryResult<Vec<Photo>> {
    let rows = photos::table
        .inner_join(originals::table)
        .filter(photos::original_sha256.eq(sha256))
        .filter(photos::hide_place.eq(true).or(photos::sensitive.eq(true)))
        .limit(20)
        .select((PhotoRow::as_select(), OriginalRow::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().map(into_photo).collect())
}

/// Other people's photos of the same bytes.
///
/// # Errors
/// Those of the statement.
pub fn list_same_file(conn: &mut Conn, photo: &Photo) -> QueryResult<Vec<PhotoId>> {
    photos::table
        .filter(
            photos::original_sha256
                .eq(&photo.original_sha256)
                .and(photos::id.ne(&photo.id)),
        )
        .select(photos::id)
        .limit(20)
        .load(conn)
}

/// The photos of these ids, in no particular order; unknown ids are left out.
///
/// # Errors
/// Those of the statement.
pub fn list_photos_by_id(conn: &mut Conn, ids: &[PhotoId]) -> QueryResult<Vec<Photo>> {
    let mut found = Vec::with_capacity(ids.len());
    // SQLite takes a bounded number of variables in one statement.
    for some in ids.chunks(500) {
        let rows = photos::table
            .inner_join(originals::table)
            .filter(photos::id.eq_any(some))
            .select((PhotoRow::as_select(), OriginalRow::as_select()))
            .load(conn)?;
        found.extend(rows.into_iter().map(into_photo));
    }
    Ok(found)
}

/// What a list of photos is narrowed to; everything that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct PhotoFilter {
    /// Only photos of this owner.
    pub owner: Option<AccountId>,
    /// Only photos in this state.
    pub state: Option<PhotoState>,
    /// Only these photos.
    pub ids: Option<Vec<PhotoId>>,
    /// Only photos without a caption of record.
    pub missing_caption: bool,
    /// Only photos that hold these words, by the index, which has to be up to date.
    pub text: Option<String>,
    /// Only photos older than this one, by the order of the list.
    pub before: Option<(Millis, PhotoId)>,
}

/// Photos, newest first, at most `limit`.
///
/// # Errors
/// Those of the statement.
pub fn list_photos(conn: &mut Conn, filter: &PhotoFilter, limit: i64) -> QueryResult<Vec<Photo>> {
    let mut query = photos::table
        .inner_join(originals::table)
        .order((photos::created_at.desc(), photos::id.desc()))
        .limit(limit)
        .select((PhotoRow::as_select(), OriginalRow::as_select()))
        .into_boxed();
    if let Some(owner) = &filter.owner {
        query = query.filter(photos::owner_id.eq(owner));
    }
    if let Some(state) = filter.state {
        query = query.filter(photos::state.eq(state.as_str()));
    }
    if let Some(ids) = &filter.ids {
        query = query.filter(photos::id.eq_any(ids));
    }
    if filter.missing_caption {
        query = query.filter(photos::caption.is_null());
    }
    if let Some(text) = &filter.text {
        // What holds no word is in no photo.
        query = match Query::parse(text) {
            Some(words) => query.filter(desk::photos_with(&words)),
            None => query.filter(photos::id.eq("")),
        };
    }
    if let Some((created_at, id)) = &filter.before {
        query = query.filter(
            photos::created_at
                .lt(created_at)
                .or(photos::created_at.eq(created_at).and(photos::id.lt(id))),
        );
    }
    let rows = query.load(conn)?;
    Ok(rows.into_iter().map(into_photo).collect())
}

/// New words and marks for a photo; `None` leaves a field as it is.
#[derive(AsChangeset, Default)]
#[diesel(table_name = photos)]
pub(super) struct PhotoChange<'a> {
    pub caption: Option<Option<&'a str>>,
    pub headline: Option<Option<&'a str>>,
    pub place: Option<Option<&'a str>>,
    pub alt: Option<Option<&'a str>>,
    pub decorative: Option<bool>,
    pub credit: Option<Option<&'a str>>,
    pub creator: Option<Option<&'a str>>,
    pub copyright: Option<Option<&'a str>>,
    pub license: Option<Option<&'a str>>,
    pub taken_on: Option<Option<&'a str>>,
    pub focal_x: Option<f64>,
    pub focal_y: Option<f64>,
    pub sensitive: Option<bool>,
    pub hide_place: Option<bool>,
    pub sensitive_by: Option<Option<&'a AccountId>>,
    pub place_by: Option<Option<&'a AccountId>>,
    pub embedded: Option<&'a str>,
    pub version: Option<i32>,
    pub updated_at: Option<Millis>,
}

pub(super) fn change_photo(conn: &mut Conn, id: &PhotoId, change: &PhotoChange<'_>) -> QueryResult<()> {
    diesel::update(photos::table.find(id)).set(change).execute(conn)?;
    Ok(())
}

pub(super) fn delete_photo(conn: &mut Conn, id: &PhotoId) -> QueryResult<()> {
    diesel::delete(photos::table.find(id)).execute(conn)?;
    Ok(())
}
