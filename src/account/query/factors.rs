//! SQL for second factors and their recovery codes.

use diesel::prelude::*;

use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{recovery_codes, second_factors};
use crate::id::AccountId;

/// A row of `second_factors`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = second_factors)]
pub(in crate::account) struct FactorRow {
    pub secret: String,
    pub created_at: Millis,
    pub confirmed_at: Option<Millis>,
    pub last_step: i64,
}

/// An account's second factor, confirmed or not.
pub(in crate::account) fn find(conn: &mut Conn, account: &AccountId) -> QueryResult<Option<FactorRow>> {
    second_factors::table
        .find(account)
        .select(FactorRow::as_select())
        .first(conn)
        .optional()
}

/// Keeps a secret that is still to be confirmed, in the place of an earlier one.
pub(in crate::account) fn offer(
    conn: &mut Conn,
    account: &AccountId,
    secret: &str,
    now: Millis,
) -> QueryResult<()> {
    diesel::delete(second_factors::table.find(account)).execute(conn)?;
    diesel::insert_into(second_factors::table)
        .values((
            second_factors::account_id.eq(account),
            second_factors::secret.eq(secret),
            second_factors::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub(in crate::account) fn confirm(conn: &mut Conn, account: &AccountId, now: Millis) -> QueryResult<()> {
    diesel::update(second_factors::table.find(account))
        .set(second_factors::confirmed_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Writes down that a step of time is used up.
pub(in crate::account) fn set_last_step(conn: &mut Conn, account: &AccountId, step: i64) -> QueryResult<()> {
    diesel::update(second_factors::table.find(account))
        .set(second_factors::last_step.eq(step))
        .execute(conn)?;
    Ok(())
}

/// Deletes an account's second factor with its codes; says whether there was one that held.
pub(in crate::account) fn delete(conn: &mut Conn, account: &AccountId) -> QueryResult<bool> {
    let held = find(conn, account)?.is_some_and(|factor| factor.confirmed_at.is_some());
    diesel::delete(second_factors::table.find(account)).execute(conn)?;
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(account))).execute(conn)?;
    Ok(held)
}

/// Keeps these recovery codes and no earlier ones.
pub(in crate::account) fn replace_codes(
    conn: &mut Conn,
    account: &AccountId,
    hashes: &[String],
) -> QueryResult<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(account))).execute(conn)?;
    for hash in hashes {
        diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::account_id.eq(account),
                recovery_codes::code_hash.eq(hash),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Uses a recovery code up; says whether it was one.
pub(in crate::account) fn use_code(conn: &mut Conn, account: &AccountId, hash: &str) -> QueryResult<bool> {
    Ok(diesel::delete(recovery_codes::table.find((account, hash))).execute(conn)? > 0)
}

pub(in crate::account) fn count_codes(conn: &mut Conn, account: &AccountId) -> QueryResult<i64> {
    recovery_codes::table
        .filter(recovery_codes::account_id.eq(account))
        .count()
        .get_result(conn)
}
