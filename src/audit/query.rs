//! SQL for the trail.

use diesel::prelude::*;

use super::{Entry, Filter};
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::audit;
use crate::id::{AccountId, AuditId};

#[derive(Insertable)]
#[diesel(table_name = audit)]
pub(super) struct NewEntry<'a> {
    pub id: &'a AuditId,
    pub at: Millis,
    pub actor_id: Option<&'a AccountId>,
    pub actor_name: &'a str,
    pub word: &'a str,
    pub object: &'a str,
    pub note: &'a str,
}

/// A row of `audit`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = audit)]
struct EntryRow {
    id: AuditId,
    at: Millis,
    actor_id: Option<AccountId>,
    actor_name: String,
    word: String,
    object: String,
    note: String,
}

impl EntryRow {
    fn into_entry(self) -> Entry {
        Entry {
            id: self.id,
            at: self.at,
            actor_id: self.actor_id,
            actor_name: self.actor_name,
            word: self.word,
            object: self.object,
            note: self.note,
        }
    }
}

pub(super) fn insert(conn: &mut Conn, entry: &NewEntry<'_>) -> QueryResult<()> {
    diesel::insert_into(audit::table).values(entry).execute(conn)?;
    Ok(())
}

pub(super) fn list(conn: &mut Conn, filter: &Filter, limit: i64) -> QueryResult<Vec<Entry>> {
    let mut query = audit::table
        .order((audit::at.desc(), audit::id.desc()))
        .limit(limit)
        .select(EntryRow::as_select())
        .into_boxed();
    if let Some(actor) = &filter.actor {
        query = query.filter(audit::actor_id.eq(actor));
    }
    if let Some(word) = filter.word {
        query = query.filter(audit::word.eq(word.as_str()));
    }
    if let Some((at, id)) = &filter.before {
        query = query.filter(audit::at.lt(at).or(audit::at.eq(at).and(audit::id.lt(id))));
    }
    Ok(query.load(conn)?.into_iter().map(EntryRow::into_entry).collect())
}

pub(super) fn is_told(conn: &mut Conn, word: &str, object: &str, since: Millis) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        audit::table.filter(
            audit::word
                .eq(word)
                .and(audit::object.eq(object))
                .and(audit::at.gt(since)),
        ),
    ))
    .get_result(conn)
}

/// Whether the trail tells between these moments that this person, by this name, did this to this object.
pub(super) fn is_told_of(
    conn: &mut Conn,
    (actor, name): (&AccountId, &str),
    word: &str,
    object: &str,
    (since, until): (Millis, Millis),
) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        audit::table.filter(
            audit::actor_id
                .eq(actor)
                .and(audit::actor_name.eq(name))
                .and(audit::word.eq(word))
                .and(audit::object.eq(object))
                // A clock that ran ahead leaves entries of tomorrow.
                .and(audit::at.gt(since))
                .and(audit::at.le(until)),
        ),
    ))
    .get_result(conn)
}
