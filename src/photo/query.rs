//! SQL for photos, originals and renditions.

use diesel::prelude::*;

use super::{Photo, PhotoState, Rendition};
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{originals, photos, renditions};
use crate::id::{AccountId, PhotoId, RenditionId};
use crate::search::{Query, desk};

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
        // Facts of the file that a later version of the program wrote differently are shown as absent, never as an error.
        embedded: serde_json::from_str(&row.embedded).unwrap_or_default(),
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

#[derive(Insertable)]
#[diesel(table_name = originals)]
pub(super) struct NewOriginal<'a> {
    pub sha256: &'a str,
    pub media_type: &'a str,
    pub size_bytes: i64,
    pub stored_at: Millis,
}

/// Records an original; one that is recorded already stays as it is.
pub(super) fn insert_original(conn: &mut Conn, original: &NewOriginal<'_>) -> QueryResult<()> {
    diesel::insert_into(originals::table)
        .values(original)
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
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

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Photographs.
    pub photos: i64,
    /// Originals of which they are made.
    pub originals: i64,
    /// Bytes of these.
    pub bytes: i64,
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The sum as a whole number: Diesel's own gives a decimal, as other databases do.
    #[aggregate]
    #[sql_name = "sum"]
    fn sum_of(number: diesel::sql_types::BigInt) -> diesel::sql_types::Nullable<diesel::sql_types::BigInt>;
}

/// Counts what is kept.
///
/// # Errors
/// Those of the statements.
pub fn held(conn: &mut Conn) -> QueryResult<Held> {
    let bytes: Option<i64> = originals::table
        .select(sum_of(originals::size_bytes))
        .get_result(conn)?;
    Ok(Held {
        photos: photos::table.count().get_result(conn)?,
        originals: originals::table.count().get_result(conn)?,
        bytes: bytes.unwrap_or_default(),
    })
}

pub(super) fn count_photos_of_original(conn: &mut Conn, sha256: &str) -> QueryResult<i64> {
    photos::table
        .filter(photos::original_sha256.eq(sha256))
        .count()
        .get_result(conn)
}

/// Hash and type of every original.
///
/// # Errors
/// Those of the statement.
pub fn list_original_keys(conn: &mut Conn) -> QueryResult<Vec<(String, String)>> {
    originals::table
        .select((originals::sha256, originals::media_type))
        .load(conn)
}

pub(super) fn is_original_known(conn: &mut Conn, sha256: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(originals::table.find(sha256))).get_result(conn)
}

pub(super) fn delete_original(conn: &mut Conn, sha256: &str) -> QueryResult<()> {
    diesel::delete(originals::table.find(sha256)).execute(conn)?;
    Ok(())
}

/// What the finished rendering of a photo changes.
pub(super) struct Settled<'a> {
    pub folder: &'a str,
    pub packet: &'a str,
    pub width_px: i32,
    pub height_px: i32,
    pub damaged: bool,
    pub color: &'a str,
    pub thumbhash: Option<&'a str>,
}

pub(super) fn settle_as_ready(
    conn: &mut Conn,
    id: &PhotoId,
    settled: &Settled<'_>,
    now: Millis,
) -> QueryResult<()> {
    diesel::update(photos::table.find(id))
        .set((
            photos::state.eq("ready"),
            photos::failure.eq(None::<&str>),
            photos::folder.eq(settled.folder),
            photos::packet.eq(settled.packet),
            photos::width_px.eq(settled.width_px),
            photos::height_px.eq(settled.height_px),
            photos::damaged.eq(settled.damaged),
            photos::color.eq(settled.color),
            photos::thumbhash.eq(settled.thumbhash),
            photos::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Points a photo to another folder with the same pictures.
pub(super) fn move_to_folder(conn: &mut Conn, id: &PhotoId, folder: &str, packet: &str) -> QueryResult<()> {
    diesel::update(photos::table.find(id))
        .set((photos::folder.eq(folder), photos::packet.eq(packet)))
        .execute(conn)?;
    Ok(())
}

/// Takes a photo out of this folder, if it is in it.
pub(super) fn leave_folder(conn: &mut Conn, id: &PhotoId, folder: &str) -> QueryResult<()> {
    diesel::update(photos::table.filter(photos::id.eq(id).and(photos::folder.eq(folder))))
        .set((photos::folder.eq(None::<&str>), photos::packet.eq(None::<&str>)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn settle_as_failed(conn: &mut Conn, id: &PhotoId, reason: &str, now: Millis) -> QueryResult<()> {
    diesel::update(photos::table.find(id))
        .set((
            photos::state.eq("failed"),
            photos::failure.eq(reason),
            photos::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn settle_as_pending(conn: &mut Conn, id: &PhotoId, now: Millis) -> QueryResult<()> {
    diesel::update(photos::table.find(id))
        .set((
            photos::state.eq("pending"),
            photos::failure.eq(None::<&str>),
            photos::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = renditions)]
pub(super) struct NewRendition<'a> {
    pub id: RenditionId,
    pub photo_id: &'a PhotoId,
    pub folder: &'a str,
    pub spec: &'a str,
    pub purpose: &'a str,
    pub media_type: &'a str,
    pub width_px: i32,
    pub height_px: i32,
    pub size_bytes: i64,
    pub created_at: Millis,
    pub sha256: Option<&'a str>,
}

/// Records renditions; one that is recorded already was made again, by another version of the program perhaps, and is what it is now.
pub(super) fn insert_renditions(conn: &mut Conn, new: &[NewRendition<'_>]) -> QueryResult<()> {
    for rendition in new {
        diesel::insert_into(renditions::table)
            .values(rendition)
            .on_conflict((renditions::photo_id, renditions::folder, renditions::spec))
            .do_update()
            .set((
                renditions::size_bytes.eq(rendition.size_bytes),
                renditions::sha256.eq(rendition.sha256),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Folder, specification and size of renditions whose checksum is not known.
pub(super) fn list_without_checksum(conn: &mut Conn, most: i64) -> QueryResult<Vec<(String, String, i64)>> {
    renditions::table
        .filter(renditions::sha256.is_null())
        .select((renditions::folder, renditions::spec, renditions::size_bytes))
        .limit(most)
        .load(conn)
}

/// Says how many it was written to: one, or none if it is known by now.
pub(super) fn set_checksum(conn: &mut Conn, folder: &str, spec: &str, sha256: &str) -> QueryResult<usize> {
    diesel::update(renditions::table)
        .filter(renditions::folder.eq(folder).and(renditions::spec.eq(spec)))
        .filter(renditions::sha256.is_null())
        .set(renditions::sha256.eq(sha256))
        .execute(conn)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = renditions)]
struct RenditionRow {
    folder: String,
    spec: String,
    purpose: String,
    media_type: String,
    width_px: i32,
    height_px: i32,
    size_bytes: i64,
    sha256: Option<String>,
}

fn into_rendition(row: RenditionRow) -> Rendition {
    Rendition {
        folder: row.folder,
        spec: row.spec,
        purpose: row.purpose,
        media_type: row.media_type,
        width_px: row.width_px,
        height_px: row.height_px,
        size_bytes: row.size_bytes,
        sha256: row.sha256,
    }
}

/// The renditions in these folders, each with its photo, ordered by type and then by growing width.
///
/// # Errors
/// Those of the statement.
pub fn list_renditions_in(conn: &mut Conn, folders: &[String]) -> QueryResult<Vec<(PhotoId, Rendition)>> {
    let mut found = Vec::new();
    for some in folders.chunks(500) {
        let rows: Vec<(PhotoId, RenditionRow)> = renditions::table
            .filter(renditions::folder.eq_any(some))
            .order((renditions::media_type, renditions::width_px, renditions::spec))
            .select((renditions::photo_id, RenditionRow::as_select()))
            .load(conn)?;
        found.extend(rows.into_iter().map(|(photo, row)| (photo, into_rendition(row))));
    }
    Ok(found)
}

/// The rendition of this public name and the photo it shows.
///
/// # Errors
/// Those of the statement.
pub fn find_rendition(
    conn: &mut Conn,
    folder: &str,
    spec: &str,
) -> QueryResult<Option<(PhotoId, Rendition)>> {
    let row: Option<(PhotoId, RenditionRow)> = renditions::table
        .filter(renditions::folder.eq(folder).and(renditions::spec.eq(spec)))
        .select((renditions::photo_id, RenditionRow::as_select()))
        .first(conn)
        .optional()?;
    Ok(row.map(|(photo, row)| (photo, into_rendition(row))))
}

/// Those of these folders in which a rendition is recorded.
pub(super) fn list_known_folders(conn: &mut Conn, folders: &[String]) -> QueryResult<Vec<String>> {
    let mut known = Vec::new();
    for some in folders.chunks(500) {
        let rows: Vec<String> = renditions::table
            .filter(renditions::folder.eq_any(some))
            .select(renditions::folder)
            .distinct()
            .load(conn)?;
        known.extend(rows);
    }
    Ok(known)
}

/// Removes the records of a photo's renditions in these folders.
///
/// # Errors
/// Those of the statement.
pub fn delete_renditions_in(conn: &mut Conn, photo: &PhotoId, folders: &[String]) -> QueryResult<()> {
    diesel::delete(
        renditions::table.filter(
            renditions::photo_id
                .eq(photo)
                .and(renditions::folder.eq_any(folders)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// Names of all renditions of a photo: folder and specification.
///
/// # Errors
/// Those of the statement.
pub fn list_rendition_names(conn: &mut Conn, photo: &PhotoId) -> QueryResult<Vec<(String, String)>> {
    renditions::table
        .filter(renditions::photo_id.eq(photo))
        .select((renditions::folder, renditions::spec))
        .load(conn)
}
