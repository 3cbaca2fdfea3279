//! SQL for people: accounts, tokens and failed sign-ins here; sessions, links and second factors each in a file of their own.

pub(super) mod factors;
pub(super) mod links;
pub(super) mod passkeys;
pub(super) mod sessions;

use diesel::prelude::*;

use super::{Account, Role};
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{self, accounts, second_factors, sign_in_failures, tokens};
use crate::id::{AccountId, TokenId};

/// A row of `accounts`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub(super) struct AccountRow {
    pub id: AccountId,
    pub email: String,
    pub name: String,
    pub role: String,
    pub password_hash: String,
    pub created_at: Millis,
    pub disabled_at: Option<Millis>,
}

impl AccountRow {
    pub(super) fn into_account(self) -> Account {
        Account {
            id: self.id,
            email: self.email,
            name: self.name,
            // The table's CHECK holds the words; should a newer one appear, the least that a role may do is assumed.
            role: self.role.parse().unwrap_or(Role::Photographer),
            created_at: self.created_at,
            disabled_at: self.disabled_at,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = accounts)]
pub(super) struct NewAccount<'a> {
    pub id: &'a AccountId,
    pub email: &'a str,
    pub name: &'a str,
    pub role: &'a str,
    pub password_hash: &'a str,
    pub created_at: Millis,
    pub updated_at: Millis,
}

pub(super) fn insert_account(conn: &mut Conn, account: &NewAccount<'_>) -> QueryResult<()> {
    diesel::insert_into(accounts::table)
        .values(account)
        .execute(conn)?;
    Ok(())
}

pub(super) fn find_account_row_by_email(conn: &mut Conn, email: &str) -> QueryResult<Option<AccountRow>> {
    accounts::table
        .filter(accounts::email.eq(email))
        .select(AccountRow::as_select())
        .first(conn)
        .optional()
}

/// The account of this address.
///
/// # Errors
/// Those of the statement.
pub fn find_account_by_email(conn: &mut Conn, email: &str) -> QueryResult<Option<Account>> {
    Ok(find_account_row_by_email(conn, email)?.map(AccountRow::into_account))
}

/// The account of this id.
///
/// # Errors
/// Those of the statement.
pub fn find_account(conn: &mut Conn, id: &AccountId) -> QueryResult<Option<Account>> {
    Ok(find_account_row(conn, id)?.map(AccountRow::into_account))
}

/// All accounts by name, at most 1,000.
///
/// # Errors
/// Those of the statement.
pub fn list_accounts(conn: &mut Conn) -> QueryResult<Vec<Account>> {
    let rows = accounts::table
        .order((accounts::name, accounts::id))
        .limit(1_000)
        .select(AccountRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(AccountRow::into_account).collect())
}

/// How many accounts there are.
///
/// # Errors
/// Those of the statement.
pub fn count_accounts(conn: &mut Conn) -> QueryResult<i64> {
    accounts::table.count().get_result(conn)
}

pub(super) fn find_account_row(conn: &mut Conn, id: &AccountId) -> QueryResult<Option<AccountRow>> {
    accounts::table
        .find(id)
        .select(AccountRow::as_select())
        .first(conn)
        .optional()
}

/// An account with when it was last at the desk, since when it has a second factor, and whether it has a passkey.
pub(super) struct PersonRow {
    pub account: AccountRow,
    pub seen_at: Option<Millis>,
    pub factor_since: Option<Millis>,
    pub has_passkey: bool,
}

/// All accounts by name, at most 1,000, as the list of people shows them.
pub(super) fn list_people(conn: &mut Conn) -> QueryResult<Vec<PersonRow>> {
    let rows = accounts::table
        .left_join(second_factors::table)
        .order((accounts::name, accounts::id))
        .limit(1_000)
        .select((
            AccountRow::as_select(),
            accounts::seen_at,
            second_factors::confirmed_at.nullable(),
            diesel::dsl::exists(
                schema::passkeys::table.filter(schema::passkeys::account_id.eq(accounts::id)),
            ),
        ))
        .load::<(AccountRow, Option<Millis>, Option<Millis>, bool)>(conn)?;
    let person = |(account, seen_at, factor_since, has_passkey)| PersonRow {
        account,
        seen_at,
        factor_since,
        has_passkey,
    };
    Ok(rows.into_iter().map(person).collect())
}

/// How many administrators other than this one can sign in.
pub(super) fn count_other_admins(conn: &mut Conn, id: &AccountId) -> QueryResult<i64> {
    accounts::table
        .filter(accounts::role.eq(Role::Admin.as_str()))
        .filter(accounts::disabled_at.is_null().and(accounts::id.ne(id)))
        .count()
        .get_result(conn)
}

/// A new password's hash; `short` is whether it is shorter than one that stands alone may be.
pub(super) fn set_password(
    conn: &mut Conn,
    id: &AccountId,
    hash: &str,
    short: bool,
    now: Millis,
) -> QueryResult<()> {
    diesel::update(accounts::table.find(id))
        .set((
            accounts::password_hash.eq(hash),
            accounts::short_password.eq(short),
            accounts::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn has_short_password(conn: &mut Conn, id: &AccountId) -> QueryResult<bool> {
    accounts::table
        .find(id)
        .select(accounts::short_password)
        .first(conn)
}

pub(super) fn set_disabled(
    conn: &mut Conn,
    id: &AccountId,
    since: Option<Millis>,
    now: Millis,
) -> QueryResult<()> {
    diesel::update(accounts::table.find(id))
        .set((accounts::disabled_at.eq(since), accounts::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_role(conn: &mut Conn, id: &AccountId, role: Role, now: Millis) -> QueryResult<()> {
    diesel::update(accounts::table.find(id))
        .set((accounts::role.eq(role.as_str()), accounts::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_name(conn: &mut Conn, id: &AccountId, name: &str, now: Millis) -> QueryResult<()> {
    diesel::update(accounts::table.find(id))
        .set((accounts::name.eq(name), accounts::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_seen(conn: &mut Conn, id: &AccountId, now: Millis) -> QueryResult<()> {
    diesel::update(accounts::table.find(id))
        .set(accounts::seen_at.eq(now))
        .execute(conn)?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = tokens)]
pub(super) struct NewToken<'a> {
    pub id: &'a TokenId,
    pub account_id: &'a AccountId,
    pub name: &'a str,
    pub secret_hash: &'a str,
    pub scopes: &'a str,
    pub created_at: Millis,
    pub expires_at: Option<Millis>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = tokens)]
pub(super) struct TokenRow {
    pub id: TokenId,
    pub name: String,
    pub scopes: String,
    pub created_at: Millis,
    pub expires_at: Option<Millis>,
    pub used_at: Option<Millis>,
    pub revoked_at: Option<Millis>,
}

pub(super) fn insert_token(conn: &mut Conn, token: &NewToken<'_>) -> QueryResult<()> {
    diesel::insert_into(tokens::table).values(token).execute(conn)?;
    Ok(())
}

pub(super) fn find_token(conn: &mut Conn, hash: &str) -> QueryResult<Option<(TokenRow, AccountRow)>> {
    tokens::table
        .inner_join(accounts::table)
        .filter(tokens::secret_hash.eq(hash))
        .select((TokenRow::as_select(), AccountRow::as_select()))
        .first(conn)
        .optional()
}

pub(super) fn list_tokens(
    conn: &mut Conn,
    account: Option<&AccountId>,
) -> QueryResult<Vec<(TokenRow, AccountRow)>> {
    let mut query = tokens::table
        .inner_join(accounts::table)
        .order((tokens::created_at, tokens::id))
        .limit(1_000)
        .select((TokenRow::as_select(), AccountRow::as_select()))
        .into_boxed();
    if let Some(account) = account {
        query = query.filter(tokens::account_id.eq(account));
    }
    query.load(conn)
}

pub(super) fn touch_token(conn: &mut Conn, id: &TokenId, now: Millis) -> QueryResult<()> {
    diesel::update(tokens::table.find(id))
        .set(tokens::used_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// The token of this id, whoever has it.
pub(super) fn find_token_by_id(conn: &mut Conn, id: &TokenId) -> QueryResult<Option<(TokenRow, AccountRow)>> {
    tokens::table
        .inner_join(accounts::table)
        .filter(tokens::id.eq(id))
        .select((TokenRow::as_select(), AccountRow::as_select()))
        .first(conn)
        .optional()
}

/// Revokes tokens of an account by name or id; says how many.
pub(super) fn revoke_tokens(
    conn: &mut Conn,
    account: &AccountId,
    name: &str,
    now: Millis,
) -> QueryResult<usize> {
    diesel::update(tokens::table)
        .filter(tokens::account_id.eq(account).and(tokens::revoked_at.is_null()))
        .filter(tokens::name.eq(name).or(tokens::id.eq(name)))
        .set(tokens::revoked_at.eq(now))
        .execute(conn)
}

pub(super) fn insert_failure(conn: &mut Conn, subject: &str, now: Millis) -> QueryResult<()> {
    diesel::insert_into(sign_in_failures::table)
        .values((
            sign_in_failures::id.eq(crate::id::random_folder()),
            sign_in_failures::subject.eq(subject),
            sign_in_failures::failed_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The instants of the failures counted against a subject between two moments, oldest first, at most `most`, the newest ones. Those that a clock
/// wrote which ran far ahead are not among them.
pub(super) fn list_failures(
    conn: &mut Conn,
    subject: &str,
    (since, until): (Millis, Millis),
    most: i64,
) -> QueryResult<Vec<Millis>> {
    let mut newest: Vec<Millis> = sign_in_failures::table
        .filter(
            sign_in_failures::subject
                .eq(subject)
                .and(sign_in_failures::failed_at.gt(since))
                .and(sign_in_failures::failed_at.le(until)),
        )
        .order(sign_in_failures::failed_at.desc())
        .limit(most)
        .select(sign_in_failures::failed_at)
        .load(conn)?;
    newest.reverse();
    Ok(newest)
}

pub(super) fn delete_failures(conn: &mut Conn, subject: &str) -> QueryResult<()> {
    diesel::delete(sign_in_failures::table.filter(sign_in_failures::subject.eq(subject))).execute(conn)?;
    Ok(())
}

pub(super) fn delete_failures_before(conn: &mut Conn, before: Millis) -> QueryResult<()> {
    diesel::delete(sign_in_failures::table.filter(sign_in_failures::failed_at.le(before))).execute(conn)?;
    Ok(())
}
