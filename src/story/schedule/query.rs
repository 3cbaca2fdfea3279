//! SQL for the moments at which drafts go out.

use diesel::prelude::*;

use super::Because;
use crate::clock::{MINUTE, Millis};
use crate::db::Conn;
use crate::db::schema::stories;
use crate::id::{AccountId, StoryId};
use crate::text::{Moment, Note};

/// A story that is held is tried again after this long.
const TRY_AGAIN: Millis = MINUTE;
/// And not before it has been left alone for this long.
const LEFT_ALONE: Millis = 2 * MINUTE;

pub(super) fn set(
    conn: &mut Conn,
    story: &StoryId,
    moment: &Moment,
    by: &AccountId,
    note: Option<&Note>,
) -> QueryResult<()> {
    diesel::update(stories::table.find(story))
        .set((
            stories::publish_at.eq(moment.at),
            stories::publish_zone.eq(moment.zone.as_str()),
            stories::scheduled_by.eq(by),
            stories::scheduled_correction.eq(note.map(Note::as_str)),
            stories::held_at.eq(None::<Millis>),
            stories::held_because.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(())
}

/// A story that goes out by nobody's clock.
#[derive(Default, AsChangeset)]
#[diesel(table_name = stories, treat_none_as_null = true)]
struct NoMoment {
    publish_at: Option<Millis>,
    publish_zone: Option<String>,
    scheduled_by: Option<AccountId>,
    scheduled_correction: Option<String>,
    held_at: Option<Millis>,
    held_because: Option<String>,
}

/// Takes the moments of all stories back; says how many had one.
pub(super) fn clear_all(conn: &mut Conn) -> QueryResult<usize> {
    diesel::update(stories::table.filter(stories::publish_at.is_not_null()))
        .set(NoMoment::default())
        .execute(conn)
}

/// Takes a story's moment back.
pub(in crate::story) fn clear(conn: &mut Conn, story: &StoryId) -> QueryResult<()> {
    diesel::update(stories::table.find(story))
        .set(NoMoment::default())
        .execute(conn)?;
    Ok(())
}

/// Stories to be tried now, with their moment, the earliest first.
pub(super) fn list_due(conn: &mut Conn, now: Millis, limit: i64) -> QueryResult<Vec<(StoryId, Millis)>> {
    let rows: Vec<(StoryId, Option<Millis>)> = stories::table
        .filter(stories::publish_at.le(now))
        .filter(
            stories::held_at.is_null().or(stories::held_at
                .le(now.saturating_sub(TRY_AGAIN))
                .and(stories::updated_at.le(now.saturating_sub(LEFT_ALONE)))),
        )
        .order((stories::publish_at.asc(), stories::id.asc()))
        .limit(limit)
        .select((stories::id, stories::publish_at))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(story, at)| Some((story, at?)))
        .collect())
}

/// Writes down that a story was tried in vain, if it still has this moment.
pub(super) fn hold(
    conn: &mut Conn,
    story: &StoryId,
    at: Millis,
    because: Because,
    now: Millis,
) -> QueryResult<()> {
    diesel::update(stories::table.filter(stories::id.eq(story).and(stories::publish_at.eq(at))))
        .set((
            stories::held_at.eq(now),
            stories::held_because.eq(because.as_str()),
        ))
        .execute(conn)?;
    Ok(())
}
