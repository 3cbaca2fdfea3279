//! The database as one file that nobody writes to: taken from a running one, looked through, and opened for reading.

use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use super::{Conn, Db, DbError, connect, migrate};

/// Complaints of one kind that are told: the first say enough.
const MOST_COMPLAINTS: usize = 100;

impl Db {
    /// Writes the database as it is at this moment into a new file that only this user can read; others read and write meanwhile.
    ///
    /// # Errors
    /// [`DbError`]; the file must not be there.
    pub fn write_copy(&self, to: &Path) -> Result<(), DbError> {
        let unwritable = |error: std::io::Error| DbError::Open {
            path: to.to_owned(),
            source: diesel::ConnectionError::BadConnection(error.to_string()),
        };
        // SQLite writes into a file that is there and empty, and leaves its mode alone.
        let file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(to)
            .map_err(unwritable)?;
        let mut conn = connect(&self.0.path)?;
        diesel::sql_query("VACUUM INTO ?")
            .bind::<Text, _>(to.to_string_lossy())
            .execute(&mut conn)?;
        file.sync_all().map_err(unwritable)
    }
}

#[derive(QueryableByName)]
struct Complaint {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

#[derive(QueryableByName)]
struct Dangling {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Nullable<Text>)]
    parent: Option<String>,
}

/// What the database finds wrong with itself: its pages, its indexes, and rows that name others which are not there.
///
/// # Errors
/// Those of the statements.
pub fn complaints(conn: &mut Conn) -> QueryResult<Vec<String>> {
    let said: Vec<Complaint> =
        diesel::sql_query(format!("PRAGMA integrity_check({MOST_COMPLAINTS})")).load(conn)?;
    let mut found: Vec<String> = said
        .into_iter()
        .map(|complaint| complaint.integrity_check)
        .filter(|text| text != "ok")
        .collect();
    let dangling: Vec<Dangling> = diesel::sql_query(format!(
        "SELECT \"table\", parent FROM pragma_foreign_key_check LIMIT {MOST_COMPLAINTS}"
    ))
    .load(conn)?;
    found.extend(dangling.into_iter().map(|row| {
        let parent = row.parent.unwrap_or_default();
        format!("a row of {} names one of {parent} that is not there", row.table)
    }));
    Ok(found)
}

/// Opens a database file that nobody writes to, for reading alone; nothing is made beside it.
///
/// # Errors
/// [`DbError::Open`], [`DbError::Newer`] or [`DbError::Older`].
pub fn open_still(path: &Path) -> Result<Conn, DbError> {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let failed = |source| DbError::Open {
        path: PathBuf::from(path),
        source,
    };
    let url = url::Url::from_file_path(&whole)
        .map_err(|()| failed(diesel::ConnectionError::BadConnection("not a path".to_owned())))?;
    let mut conn = Conn::establish(&format!("{url}?immutable=1&mode=ro")).map_err(failed)?;
    migrate::check(&mut conn, path)?;
    Ok(conn)
}
