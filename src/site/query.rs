//! SQL for the site's settings, and the counter of what readers see.

use diesel::prelude::*;

use super::SiteSettings;
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{counters, settings};
use crate::id::AccountId;

const SITE: &str = "site";
const PUBLIC_CHANGES: &str = "public_changes";

/// The settings with their version; 0 is the version of those that nobody has changed yet.
///
/// # Errors
/// Those of the statement.
pub fn find_settings(conn: &mut Conn) -> QueryResult<(SiteSettings, i32)> {
    let row: Option<(String, i32)> = settings::table
        .find(SITE)
        .select((settings::value, settings::version))
        .first(conn)
        .optional()?;
    // What cannot be read is as it comes: a site with plain looks is better than none.
    Ok(row.map_or_else(Default::default, |(value, version)| {
        (serde_json::from_str(&value).unwrap_or_default(), version)
    }))
}

/// Replaces the settings if they still are of this version; says whether they were.
///
/// # Errors
/// Those of the statements.
pub fn replace_settings(
    conn: &mut Conn,
    new: &SiteSettings,
    seen: i32,
    by: &AccountId,
    now: Millis,
) -> QueryResult<bool> {
    let (_, version) = find_settings(conn)?;
    if version != seen {
        return Ok(false);
    }
    let value = serde_json::to_string(new)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    let row = (
        settings::value.eq(value),
        settings::version.eq(version + 1),
        settings::updated_by.eq(by),
        settings::updated_at.eq(now),
    );
    diesel::insert_into(settings::table)
        .values((settings::name.eq(SITE), row.clone()))
        .on_conflict(settings::name)
        .do_update()
        .set(row)
        .execute(conn)?;
    count_public_change(conn)?;
    Ok(true)
}

/// Counts a change of what readers see, in the transaction that makes it: other processes look at this number.
///
/// # Errors
/// Those of the statement.
pub fn count_public_change(conn: &mut Conn) -> QueryResult<()> {
    diesel::update(counters::table.find(PUBLIC_CHANGES))
        .set(counters::value.eq(counters::value + 1))
        .execute(conn)?;
    Ok(())
}

/// How often what readers see has changed.
///
/// # Errors
/// Those of the statement.
pub fn public_changes(conn: &mut Conn) -> QueryResult<i64> {
    counters::table
        .find(PUBLIC_CHANGES)
        .select(counters::value)
        .first(conn)
}
