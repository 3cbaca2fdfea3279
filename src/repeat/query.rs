//! SQL for answers that are given again.

use diesel::prelude::*;

use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::repeatable_answers;
use crate::id::AccountId;

#[derive(Queryable, Selectable)]
#[diesel(table_name = repeatable_answers)]
pub(super) struct AnswerRow {
    pub request_hash: String,
    pub status: i32,
    pub headers: String,
    pub body: Option<Vec<u8>>,
}

/// What was answered under a key after an instant.
pub(super) fn find(
    conn: &mut Conn,
    account: &AccountId,
    key_hash: &str,
    after: Millis,
) -> QueryResult<Option<AnswerRow>> {
    repeatable_answers::table
        .find((account, key_hash))
        .filter(repeatable_answers::answered_at.gt(after))
        .select(AnswerRow::as_select())
        .first(conn)
        .optional()
}

pub(super) fn replace(
    conn: &mut Conn,
    account: &AccountId,
    key_hash: &str,
    row: &AnswerRow,
    now: Millis,
) -> QueryResult<()> {
    diesel::delete(repeatable_answers::table.find((account, key_hash))).execute(conn)?;
    diesel::insert_into(repeatable_answers::table)
        .values((
            repeatable_answers::account_id.eq(account),
            repeatable_answers::key_hash.eq(key_hash),
            repeatable_answers::request_hash.eq(&row.request_hash),
            repeatable_answers::status.eq(row.status),
            repeatable_answers::headers.eq(&row.headers),
            repeatable_answers::body.eq(row.body.as_deref()),
            repeatable_answers::answered_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn delete_before(conn: &mut Conn, before: Millis) -> QueryResult<()> {
    let old = repeatable_answers::answered_at.le(before);
    diesel::delete(repeatable_answers::table.filter(old)).execute(conn)?;
    Ok(())
}

/// Lets go of the oldest answers to an account but so many.
pub(super) fn delete_beyond(conn: &mut Conn, account: &AccountId, most: i64) -> QueryResult<()> {
    let surplus: Vec<String> = repeatable_answers::table
        .filter(repeatable_answers::account_id.eq(account))
        .order((
            repeatable_answers::answered_at.desc(),
            repeatable_answers::key_hash.desc(),
        ))
        .offset(most)
        .limit(most)
        .select(repeatable_answers::key_hash)
        .load(conn)?;
    for key in surplus {
        diesel::delete(repeatable_answers::table.find((account, key))).execute(conn)?;
    }
    Ok(())
}
