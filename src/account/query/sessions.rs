//! SQL for sessions, and for sign-ins whose code is still to come.

use diesel::prelude::*;

use super::AccountRow;
use crate::clock::{MINUTE, Millis};
use crate::db::Conn;
use crate::db::schema::{accounts, pending_sign_ins, sessions};
use crate::id::{AccountId, SessionId};

#[derive(Insertable)]
#[diesel(table_name = sessions)]
pub(in crate::account) struct NewSession<'a> {
    pub id: &'a SessionId,
    pub account_id: &'a AccountId,
    pub secret_hash: &'a str,
    pub created_at: Millis,
    pub seen_at: Millis,
    pub expires_at: Millis,
    pub network: &'a str,
    pub browser: &'a str,
}

/// A row of `sessions`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub(in crate::account) struct SessionRow {
    pub id: SessionId,
    pub created_at: Millis,
    pub seen_at: Millis,
    pub expires_at: Millis,
    pub network: String,
    pub browser: String,
}

pub(in crate::account) fn insert(conn: &mut Conn, session: &NewSession<'_>) -> QueryResult<()> {
    diesel::insert_into(sessions::table)
        .values(session)
        .execute(conn)?;
    Ok(())
}

pub(in crate::account) fn find(conn: &mut Conn, hash: &str) -> QueryResult<Option<(SessionRow, AccountRow)>> {
    sessions::table
        .inner_join(accounts::table)
        .filter(sessions::secret_hash.eq(hash))
        .select((SessionRow::as_select(), AccountRow::as_select()))
        .first(conn)
        .optional()
}

/// Whether a session was not ended.
pub(in crate::account) fn is_there(conn: &mut Conn, id: &SessionId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(sessions::table.find(id))).get_result(conn)
}

/// An account's sessions, the last used first, at most 200.
pub(in crate::account) fn list(conn: &mut Conn, account: &AccountId) -> QueryResult<Vec<SessionRow>> {
    sessions::table
        .filter(sessions::account_id.eq(account))
        .order((sessions::seen_at.desc(), sessions::id))
        .limit(200)
        .select(SessionRow::as_select())
        .load(conn)
}

pub(in crate::account) fn touch(conn: &mut Conn, id: &SessionId, now: Millis) -> QueryResult<()> {
    diesel::update(sessions::table.find(id))
        .set(sessions::seen_at.eq(now))
        .execute(conn)?;
    Ok(())
}

pub(in crate::account) fn delete(conn: &mut Conn, id: &SessionId) -> QueryResult<()> {
    diesel::delete(sessions::table.find(id)).execute(conn)?;
    Ok(())
}

/// Deletes a session if it is this account's; says whether it was.
pub(in crate::account) fn delete_own(
    conn: &mut Conn,
    account: &AccountId,
    id: &SessionId,
) -> QueryResult<bool> {
    let own = sessions::table.filter(sessions::account_id.eq(account).and(sessions::id.eq(id)));
    Ok(diesel::delete(own).execute(conn)? > 0)
}

/// Deletes an account's sessions and what is on the way to one.
pub(in crate::account) fn delete_all_of(conn: &mut Conn, account: &AccountId) -> QueryResult<()> {
    diesel::delete(sessions::table.filter(sessions::account_id.eq(account))).execute(conn)?;
    delete_pending_of(conn, account)
}

/// Deletes an account's sessions but one, and what is on the way to one; says how many sessions.
pub(in crate::account) fn delete_others_of(
    conn: &mut Conn,
    account: &AccountId,
    kept: &SessionId,
) -> QueryResult<usize> {
    delete_pending_of(conn, account)?;
    diesel::delete(sessions::table.filter(sessions::account_id.eq(account).and(sessions::id.ne(kept))))
        .execute(conn)
}

pub(in crate::account) fn delete_ended_before(conn: &mut Conn, now: Millis) -> QueryResult<()> {
    diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(conn)?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = pending_sign_ins)]
pub(in crate::account) struct NewPending<'a> {
    pub secret_hash: &'a str,
    pub account_id: &'a AccountId,
    pub created_at: Millis,
    pub expires_at: Millis,
}

/// Keeps a sign-in that waits for its code; those whose time is over go.
pub(in crate::account) fn insert_pending(conn: &mut Conn, pending: &NewPending<'_>) -> QueryResult<()> {
    let over = pending_sign_ins::table.filter(pending_sign_ins::expires_at.le(pending.created_at));
    diesel::delete(over).execute(conn)?;
    diesel::insert_into(pending_sign_ins::table)
        .values(pending)
        .execute(conn)?;
    Ok(())
}

/// Whose sign-in waits for its code under this hash.
pub(in crate::account) fn find_pending(
    conn: &mut Conn,
    hash: &str,
    lifetime: Millis,
    now: Millis,
) -> QueryResult<Option<AccountRow>> {
    pending_sign_ins::table
        .inner_join(accounts::table)
        .filter(
            pending_sign_ins::secret_hash
                .eq(hash)
                .and(pending_sign_ins::expires_at.gt(now))
                // One that ends later than any could was made while the clock ran ahead.
                .and(pending_sign_ins::expires_at.le(now.saturating_add(lifetime + MINUTE))),
        )
        .select(AccountRow::as_select())
        .first(conn)
        .optional()
}

pub(in crate::account) fn delete_pending(conn: &mut Conn, hash: &str) -> QueryResult<()> {
    diesel::delete(pending_sign_ins::table.find(hash)).execute(conn)?;
    Ok(())
}

fn delete_pending_of(conn: &mut Conn, account: &AccountId) -> QueryResult<()> {
    diesel::delete(pending_sign_ins::table.filter(pending_sign_ins::account_id.eq(account))).execute(conn)?;
    Ok(())
}
