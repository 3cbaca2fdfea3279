//! SQL for renditions.

use diesel::prelude::*;

use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::renditions;
use crate::id::{PhotoId, RenditionId};
use crate::photo::Rendition;

#[derive(Insertable)]
#[diesel(table_name = renditions)]
pub(in crate::photo) struct NewRendition<'a> {
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
pub(in crate::photo) fn insert_renditions(conn: &mut Conn, new: &[NewRendition<'_>]) -> QueryResult<()> {
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
pub(in crate::photo) fn list_without_checksum(
    conn: &mut Conn,
    most: i64,
) -> QueryResult<Vec<(String, String, i64)>> {
    renditions::table
        .filter(renditions::sha256.is_null())
        .select((renditions::folder, renditions::spec, renditions::size_bytes))
        .limit(most)
        .load(conn)
}

/// Says how many it was written to: one, or none if it is known by now.
pub(in crate::photo) fn set_checksum(
    conn: &mut Conn,
    folder: &str,
    spec: &str,
    sha256: &str,
) -> QueryResult<usize> {
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
pub(in crate::photo) fn list_known_folders(conn: &mut Conn, folders: &[String]) -> QueryResult<Vec<String>> {
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
