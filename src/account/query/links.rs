//! SQL for links that somebody is handed: setup, invitation, reset. Only their secrets' hashes are here.

use diesel::prelude::*;

use crate::account::Role;
use crate::clock::{MINUTE, Millis};
use crate::db::Conn;
use crate::db::schema::{account_links, accounts};
use crate::id::{AccountId, LinkId};

#[derive(Insertable)]
#[diesel(table_name = account_links)]
pub(in crate::account) struct NewLink<'a> {
    pub id: &'a LinkId,
    pub kind: &'a str,
    pub account_id: Option<&'a AccountId>,
    pub secret_hash: &'a str,
    pub created_at: Millis,
    pub expires_at: Millis,
    pub email: Option<&'a str>,
    pub name: Option<&'a str>,
    pub role: Option<&'a str>,
    pub made_by: Option<&'a AccountId>,
}

/// A row of `account_links`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = account_links)]
pub(in crate::account) struct LinkRow {
    pub id: LinkId,
    pub kind: String,
    pub account_id: Option<AccountId>,
    pub expires_at: Millis,
    pub email: Option<String>,
    pub name: Option<String>,
    pub role: Option<String>,
}

pub(in crate::account) fn insert(conn: &mut Conn, link: &NewLink<'_>) -> QueryResult<()> {
    diesel::insert_into(account_links::table)
        .values(link)
        .execute(conn)?;
    Ok(())
}

/// Deletes all setup links: only the newest that was printed works.
pub(in crate::account) fn delete_setup(conn: &mut Conn) -> QueryResult<()> {
    diesel::delete(account_links::table.filter(account_links::kind.eq("setup"))).execute(conn)?;
    Ok(())
}

/// Deletes the open invitations to an address: only the newest works.
pub(in crate::account) fn delete_open_invitations_to(conn: &mut Conn, email: &str) -> QueryResult<()> {
    let open = account_links::table
        .filter(
            account_links::kind
                .eq("invitation")
                .and(account_links::email.eq(email)),
        )
        .filter(account_links::used_at.is_null());
    diesel::delete(open).execute(conn)?;
    Ok(())
}

/// Deletes the open resets of an account: only the newest works, and none after another change of the password.
pub(in crate::account) fn delete_open_resets_of(conn: &mut Conn, account: &AccountId) -> QueryResult<()> {
    let open = account_links::table
        .filter(
            account_links::kind
                .eq("reset")
                .and(account_links::account_id.eq(account)),
        )
        .filter(account_links::used_at.is_null());
    diesel::delete(open).execute(conn)?;
    Ok(())
}

/// Deletes the open links that somebody made: who is taken over, or goes, leaves no way in behind.
pub(in crate::account) fn delete_open_made_by(conn: &mut Conn, maker: &AccountId) -> QueryResult<()> {
    let open = account_links::table
        .filter(account_links::made_by.eq(maker))
        .filter(account_links::used_at.is_null());
    diesel::delete(open).execute(conn)?;
    Ok(())
}

/// Deletes one open invitation; gives the address it was for.
pub(in crate::account) fn delete_invitation(conn: &mut Conn, id: &LinkId) -> QueryResult<Option<String>> {
    let open = account_links::table
        .filter(account_links::id.eq(id).and(account_links::kind.eq("invitation")))
        .filter(account_links::used_at.is_null());
    let email: Option<Option<String>> = open.select(account_links::email).first(conn).optional()?;
    if email.is_some() {
        diesel::delete(account_links::table.find(id)).execute(conn)?;
    }
    Ok(email.map(Option::unwrap_or_default))
}

/// Links of somebody who may still make them, or of the program itself: whoever is disabled or no administrator any more leaves no way in behind.
#[diesel::dsl::auto_type]
fn of_an_administrator() -> _ {
    let role: &'static str = Role::Admin.as_str();
    account_links::made_by
        .is_null()
        .or(accounts::disabled_at.is_null().and(accounts::role.eq(role)))
}

/// The link of this hash, if it is neither used nor over, and was not made in a tomorrow that a clock which ran ahead believed in.
pub(in crate::account) fn find_open(
    conn: &mut Conn,
    hash: &str,
    now: Millis,
) -> QueryResult<Option<LinkRow>> {
    account_links::table
        .left_join(accounts::table.on(account_links::made_by.eq(accounts::id.nullable())))
        .filter(account_links::secret_hash.eq(hash))
        .filter(account_links::created_at.le(now.saturating_add(MINUTE)))
        .filter(of_an_administrator())
        .filter(
            account_links::used_at
                .is_null()
                .and(account_links::expires_at.gt(now)),
        )
        .select(LinkRow::as_select())
        .first(conn)
        .optional()
}

/// The invitations that can still be accepted, the newest first, each with the name of who made it; at most 500.
pub(in crate::account) fn list_open_invitations(
    conn: &mut Conn,
    now: Millis,
) -> QueryResult<Vec<(LinkRow, Option<String>)>> {
    account_links::table
        .left_join(accounts::table.on(account_links::made_by.eq(accounts::id.nullable())))
        .filter(account_links::kind.eq("invitation"))
        .filter(of_an_administrator())
        .filter(
            account_links::used_at
                .is_null()
                .and(account_links::expires_at.gt(now)),
        )
        .order((account_links::created_at.desc(), account_links::id))
        .limit(500)
        .select((LinkRow::as_select(), accounts::name.nullable()))
        .load(conn)
}

pub(in crate::account) fn mark_used(conn: &mut Conn, id: &LinkId, now: Millis) -> QueryResult<()> {
    diesel::update(account_links::table.find(id))
        .set(account_links::used_at.eq(now))
        .execute(conn)?;
    Ok(())
}
