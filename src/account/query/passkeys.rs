//! SQL for passkeys.

use diesel::prelude::*;

use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::passkeys;
use crate::id::{AccountId, PasskeyId};

/// A row of `passkeys`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = passkeys)]
pub(in crate::account) struct PasskeyRow {
    pub id: PasskeyId,
    pub account_id: AccountId,
    pub credential: String,
    pub name: String,
    pub created_at: Millis,
    pub used_at: Option<Millis>,
}

/// A passkey to be kept.
#[derive(Insertable)]
#[diesel(table_name = passkeys)]
pub(in crate::account) struct NewPasskey<'a> {
    pub id: &'a PasskeyId,
    pub account_id: &'a AccountId,
    pub credential_id: &'a str,
    pub credential: &'a str,
    pub name: &'a str,
    pub created_at: Millis,
}

/// An account's passkeys, oldest first.
pub(in crate::account) fn of_account(conn: &mut Conn, account: &AccountId) -> QueryResult<Vec<PasskeyRow>> {
    passkeys::table
        .filter(passkeys::account_id.eq(account))
        .order((passkeys::created_at, passkeys::id))
        .select(PasskeyRow::as_select())
        .load(conn)
}

/// The passkey of this account that a device calls so.
pub(in crate::account) fn find(
    conn: &mut Conn,
    account: &AccountId,
    credential_id: &str,
) -> QueryResult<Option<PasskeyRow>> {
    passkeys::table
        .filter(passkeys::account_id.eq(account))
        .filter(passkeys::credential_id.eq(credential_id))
        .select(PasskeyRow::as_select())
        .first(conn)
        .optional()
}

pub(in crate::account) fn insert(conn: &mut Conn, passkey: &NewPasskey<'_>) -> QueryResult<()> {
    diesel::insert_into(passkeys::table)
        .values(passkey)
        .execute(conn)?;
    Ok(())
}

/// Keeps what changed with a use.
pub(in crate::account) fn used(
    conn: &mut Conn,
    id: &PasskeyId,
    credential: &str,
    now: Millis,
) -> QueryResult<()> {
    diesel::update(passkeys::table.find(id))
        .set((passkeys::credential.eq(credential), passkeys::used_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Deletes one of an account's passkeys; gives its name, if it was there.
pub(in crate::account) fn delete(
    conn: &mut Conn,
    account: &AccountId,
    id: &PasskeyId,
) -> QueryResult<Option<String>> {
    let own = passkeys::table
        .filter(passkeys::id.eq(id))
        .filter(passkeys::account_id.eq(account));
    diesel::delete(own)
        .returning(passkeys::name)
        .get_result(conn)
        .optional()
}

/// Deletes all of an account's passkeys; gives how many there were.
pub(in crate::account) fn delete_all(conn: &mut Conn, account: &AccountId) -> QueryResult<usize> {
    diesel::delete(passkeys::table.filter(passkeys::account_id.eq(account))).execute(conn)
}
