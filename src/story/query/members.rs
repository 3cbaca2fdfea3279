//! SQL for the photographers of a story.

use diesel::prelude::*;

use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{accounts, story_members};
use crate::id::{AccountId, StoryId};

pub(in crate::story) fn is_member(
    conn: &mut Conn,
    story: &StoryId,
    account: &AccountId,
) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(story_members::table.find((story, account)))).get_result(conn)
}

pub(in crate::story) fn insert_member(
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

pub(in crate::story) fn delete_member(
    conn: &mut Conn,
    story: &StoryId,
    account: &AccountId,
) -> QueryResult<usize> {
    diesel::delete(story_members::table.find((story, account))).execute(conn)
}

pub(in crate::story) fn list_members(
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
