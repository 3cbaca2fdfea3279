//! What is hidden of a photo or a file, and whose word that is; SQL for what was hidden of files whose photos are gone.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::kept_marks;
use crate::id::AccountId;
use crate::photo::Photo;

/// What is hidden of a file, and by whom; without anybody, nobody knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = kept_marks)]
pub(in crate::photo) struct Marks {
    pub sensitive: bool,
    pub hide_place: bool,
    pub sensitive_by: Option<AccountId>,
    pub place_by: Option<AccountId>,
}

impl Marks {
    /// Those of a photo.
    pub(in crate::photo) fn of(photo: &Photo) -> Self {
        Self {
            sensitive: photo.sensitive,
            hide_place: photo.hide_place,
            sensitive_by: photo.sensitive_by.clone(),
            place_by: photo.place_by.clone(),
        }
    }

    /// All that is hidden by one of these. Where several people hid the same, it is the word of one who is not the owner: owners take their own word back.
    pub(in crate::photo) fn together<'a>(all: impl IntoIterator<Item = &'a Self>, owner: &AccountId) -> Self {
        let all: Vec<&Self> = all.into_iter().collect();
        let word = |mark: fn(&Self) -> bool, by: fn(&Self) -> &Option<AccountId>| {
            let mut set: Vec<&Option<AccountId>> = all
                .iter()
                .filter(|marks| mark(marks))
                .map(|marks| by(marks))
                .collect();
            set.sort_by_key(|by| by.as_ref() == Some(owner));
            (!set.is_empty(), set.first().and_then(|by| (*by).clone()))
        };
        let (sensitive, sensitive_by) = word(|marks| marks.sensitive, |marks| &marks.sensitive_by);
        let (hide_place, place_by) = word(|marks| marks.hide_place, |marks| &marks.place_by);
        Self {
            sensitive,
            hide_place,
            sensitive_by,
            place_by,
        }
    }
}

/// What is kept of a file.
pub(in crate::photo) fn find_marks(conn: &mut Conn, sha256: &str) -> QueryResult<Option<Marks>> {
    kept_marks::table
        .find(sha256)
        .select((
            kept_marks::sensitive,
            kept_marks::hide_place,
            kept_marks::sensitive_by,
            kept_marks::place_by,
        ))
        .first(conn)
        .optional()
}

/// Keeps what is hidden of a file; where nothing is, nothing is kept.
pub(in crate::photo) fn keep_marks(conn: &mut Conn, sha256: &str, marks: &Marks) -> QueryResult<()> {
    diesel::delete(kept_marks::table.find(sha256)).execute(conn)?;
    if marks.sensitive || marks.hide_place {
        diesel::insert_into(kept_marks::table)
            .values((kept_marks::sha256.eq(sha256), marks))
            .execute(conn)?;
    }
    Ok(())
}
