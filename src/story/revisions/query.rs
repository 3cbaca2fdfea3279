//! SQL for revisions.

use diesel::prelude::*;

use super::{Reason, Revision};
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{accounts, revisions};
use crate::id::{AccountId, RevisionId, StoryId};

/// Revisions that are listed at most.
const MOST_LISTED: i64 = 1_000;

/// What is known of a revision without its draft: number, reason, who, their name, when.
type Facts = (i32, String, AccountId, String, Millis);

fn revision((number, reason, by, name, at): Facts) -> Revision {
    Revision {
        number,
        reason: Reason::from_str(&reason),
        by,
        name,
        at,
    }
}

pub(super) fn insert(
    conn: &mut Conn,
    story: &StoryId,
    reason: Reason,
    draft: &str,
    (by, at): (&AccountId, Millis),
) -> QueryResult<()> {
    let newest: Option<i32> = revisions::table
        .filter(revisions::story_id.eq(story))
        .select(diesel::dsl::max(revisions::number))
        .first(conn)?;
    diesel::insert_into(revisions::table)
        .values((
            revisions::id.eq(RevisionId::random()),
            revisions::story_id.eq(story),
            revisions::number.eq(newest.unwrap_or(0) + 1),
            revisions::reason.eq(reason.as_str()),
            revisions::draft.eq(draft),
            revisions::made_by.eq(by),
            revisions::made_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// The draft of the newest one of a story.
pub(super) fn find_newest_draft(conn: &mut Conn, story: &StoryId) -> QueryResult<Option<String>> {
    revisions::table
        .filter(revisions::story_id.eq(story))
        .order(revisions::number.desc())
        .select(revisions::draft)
        .first(conn)
        .optional()
}

/// As of when the newest one of a story is.
pub(super) fn find_newest_moment(conn: &mut Conn, story: &StoryId) -> QueryResult<Option<Millis>> {
    revisions::table
        .filter(revisions::story_id.eq(story))
        .order(revisions::number.desc())
        .select(revisions::made_at)
        .first(conn)
        .optional()
}

/// A revision with its draft.
pub(super) fn find(conn: &mut Conn, story: &StoryId, number: i32) -> QueryResult<Option<(Revision, String)>> {
    let found: Option<(Facts, String)> = revisions::table
        .inner_join(accounts::table)
        .filter(revisions::story_id.eq(story).and(revisions::number.eq(number)))
        .select((
            (
                revisions::number,
                revisions::reason,
                revisions::made_by,
                accounts::name,
                revisions::made_at,
            ),
            revisions::draft,
        ))
        .first(conn)
        .optional()?;
    Ok(found.map(|(facts, draft)| (revision(facts), draft)))
}

/// The revisions of a story without their drafts, newest first.
pub(super) fn list(conn: &mut Conn, story: &StoryId) -> QueryResult<Vec<Revision>> {
    let found: Vec<Facts> = revisions::table
        .inner_join(accounts::table)
        .filter(revisions::story_id.eq(story))
        .order(revisions::number.desc())
        .select((
            revisions::number,
            revisions::reason,
            revisions::made_by,
            accounts::name,
            revisions::made_at,
        ))
        .limit(MOST_LISTED)
        .load(conn)?;
    Ok(found.into_iter().map(revision).collect())
}

/// Forgets the oldest revisions that were no publications, so that `most` of these are left.
pub(super) fn delete_oldest(conn: &mut Conn, story: &StoryId, most: i64) -> QueryResult<()> {
    let drafts = revisions::story_id
        .eq(story)
        .and(revisions::reason.ne(Reason::Publication.as_str()));
    let last: Option<i32> = revisions::table
        .filter(drafts)
        .order(revisions::number.desc())
        .select(revisions::number)
        .offset(most)
        .first(conn)
        .optional()?;
    if let Some(last) = last {
        diesel::delete(revisions::table.filter(drafts.and(revisions::number.le(last)))).execute(conn)?;
    }
    Ok(())
}
