//! SQL for steps.

use diesel::prelude::*;

use super::What;
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::steps;
use crate::id::{AccountId, StepId, StoryId};

/// A row of `steps`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = steps)]
pub(super) struct StepRow {
    pub id: StepId,
    pub number: i32,
    pub what: String,
    pub before: String,
    pub after: String,
    pub made_by: AccountId,
    pub made_at: Millis,
    pub undone_at: Option<Millis>,
}

#[derive(Insertable)]
#[diesel(table_name = steps)]
pub(super) struct NewStep<'a> {
    pub id: StepId,
    pub story_id: &'a StoryId,
    pub number: i32,
    pub what: &'a str,
    pub before: &'a str,
    pub after: &'a str,
    pub made_by: &'a AccountId,
    pub made_at: Millis,
}

pub(super) fn insert_step(conn: &mut Conn, step: &NewStep<'_>) -> QueryResult<()> {
    diesel::insert_into(steps::table).values(step).execute(conn)?;
    Ok(())
}

/// The newest step of a story, whoever made it.
pub(super) fn find_newest(conn: &mut Conn, story: &StoryId) -> QueryResult<Option<StepRow>> {
    steps::table
        .filter(steps::story_id.eq(story))
        .order(steps::number.desc())
        .select(StepRow::as_select())
        .first(conn)
        .optional()
}

/// The step that somebody would undo next.
pub(super) fn find_undoable(
    conn: &mut Conn,
    story: &StoryId,
    by: &AccountId,
) -> QueryResult<Option<StepRow>> {
    steps::table
        .filter(
            steps::story_id
                .eq(story)
                .and(steps::made_by.eq(by))
                .and(steps::undone_at.is_null()),
        )
        .order(steps::number.desc())
        .select(StepRow::as_select())
        .first(conn)
        .optional()
}

/// The step that somebody would do again next.
pub(super) fn find_redoable(
    conn: &mut Conn,
    story: &StoryId,
    by: &AccountId,
) -> QueryResult<Option<StepRow>> {
    steps::table
        .filter(
            steps::story_id
                .eq(story)
                .and(steps::made_by.eq(by))
                .and(steps::undone_at.is_not_null()),
        )
        .order(steps::number.asc())
        .select(StepRow::as_select())
        .first(conn)
        .optional()
}

/// When somebody last made a step or took one back.
pub(super) fn find_last_moment(
    conn: &mut Conn,
    story: &StoryId,
    by: &AccountId,
) -> QueryResult<Option<Millis>> {
    let (made, undone): (Option<Millis>, Option<Millis>) = steps::table
        .filter(steps::story_id.eq(story).and(steps::made_by.eq(by)))
        .select((
            diesel::dsl::max(steps::made_at),
            diesel::dsl::max(steps::undone_at),
        ))
        .first(conn)?;
    Ok(made.max(undone))
}

/// When the first step after a moment was made, by whomever.
pub(super) fn find_first_moment_after(
    conn: &mut Conn,
    story: &StoryId,
    moment: Millis,
) -> QueryResult<Option<Millis>> {
    steps::table
        .filter(steps::story_id.eq(story).and(steps::made_at.gt(moment)))
        .select(diesel::dsl::min(steps::made_at))
        .first(conn)
}

pub(super) fn set_undone(conn: &mut Conn, id: &StepId, at: Option<Millis>) -> QueryResult<()> {
    diesel::update(steps::table.find(id))
        .set(steps::undone_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// Lets a step end in another state than it did.
pub(super) fn set_after(conn: &mut Conn, id: &StepId, after: &str, now: Millis) -> QueryResult<()> {
    diesel::update(steps::table.find(id))
        .set((steps::after.eq(after), steps::made_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn delete_step(conn: &mut Conn, id: &StepId) -> QueryResult<()> {
    diesel::delete(steps::table.find(id)).execute(conn)?;
    Ok(())
}

/// Forgets what somebody undid: after a new step it cannot be done again.
pub(super) fn delete_undone(conn: &mut Conn, story: &StoryId, by: &AccountId) -> QueryResult<()> {
    let undone = steps::story_id
        .eq(story)
        .and(steps::made_by.eq(by))
        .and(steps::undone_at.is_not_null());
    diesel::delete(steps::table.filter(undone)).execute(conn)?;
    Ok(())
}

/// Forgets the steps of a story up to a number.
pub(super) fn delete_up_to(conn: &mut Conn, story: &StoryId, number: i32) -> QueryResult<()> {
    diesel::delete(steps::table.filter(steps::story_id.eq(story).and(steps::number.le(number))))
        .execute(conn)?;
    Ok(())
}

impl StepRow {
    pub(super) fn what(&self) -> What {
        What::from_str(&self.what)
    }
}
