//! SQL for originals, and how much is kept of them.

use diesel::prelude::*;

use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{originals, photos};

#[derive(Insertable)]
#[diesel(table_name = originals)]
pub(in crate::photo) struct NewOriginal<'a> {
    pub sha256: &'a str,
    pub media_type: &'a str,
    pub size_bytes: i64,
    pub stored_at: Millis,
}

/// Records an original; one that is recorded already stays as it is.
pub(in crate::photo) fn insert_original(conn: &mut Conn, original: &NewOriginal<'_>) -> QueryResult<()> {
    diesel::insert_into(originals::table)
        .values(original)
        .on_conflict_do_nothing()
        .execute(conn)?;
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

pub(in crate::photo) fn count_photos_of_original(conn: &mut Conn, sha256: &str) -> QueryResult<i64> {
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

pub(in crate::photo) fn is_original_known(conn: &mut Conn, sha256: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(originals::table.find(sha256))).get_result(conn)
}

pub(in crate::photo) fn delete_original(conn: &mut Conn, sha256: &str) -> QueryResult<()> {
    diesel::delete(originals::table.find(sha256)).execute(conn)?;
    Ok(())
}
