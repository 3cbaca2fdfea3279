//! Originals that no photo is made of: the last of them was removed, or a crash came between file and row.
//!
//! A file goes inside the write transaction that has seen that no row names it, and whoever records a row sees inside theirs that the file is
//! there: one of the two comes first, and a row never loses its picture.

use std::collections::HashSet;

use super::query;
use crate::clock::{DAY, HOUR, Millis};
use crate::db::{Db, DbError};
use crate::store::{self, Shelf, Store, StoreError};

/// How long ago a file must have got its name before it is taken for one that a crash left: nobody takes so long to record it.
pub const ABANDONED_AFTER: Millis = HOUR;
/// How long an original that no row names lies below `lost/` before it is removed: somebody may have put an older database back, and miss it.
const LOST_FOR: Millis = 30 * DAY;
/// So many files without a row, and more than a tenth of all, were not left by a crash.
const SUSPICIOUS: usize = 5;
/// So many were not, of however many.
const FAR_TOO_MANY: usize = 50;

/// Why originals could not be looked after.
#[derive(Debug, thiserror::Error)]
pub enum OriginalsError {
    /// The store failed.
    #[error("the store failed while originals were looked after")]
    Store(#[from] StoreError),
    /// The database failed.
    #[error("originals could not be compared with the database")]
    Db(#[from] DbError),
    /// There are more than a crash leaves.
    #[error(
        "{strays} originals in the store belong to no photo, of {all}: was an older database put back? None was removed. If they are not needed, move them away by hand; “reportage verify” names them"
    )]
    TooMany {
        /// Files without a row.
        strays: usize,
        /// All files.
        all: usize,
    },
}

impl From<diesel::result::Error> for OriginalsError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// Removes the file of an original that no photo is made of; one that a photo has again by now stays.
///
/// # Errors
/// [`OriginalsError`].
pub async fn let_go(db: &Db, store: &Store, key: String) -> Result<(), OriginalsError> {
    drop_if_unused(db, store, key, None).await.map(|_| ())
}

/// Moves files that no row names, and that got their names before a moment, below `lost/`, where they lie for a month; says how many.
///
/// # Errors
/// [`OriginalsError`]; [`OriginalsError::TooMany`] removes none.
pub async fn sweep(db: &Db, store: &Store, before: Millis) -> Result<usize, OriginalsError> {
    let files = store.list(Shelf::Originals).await?;
    let known: HashSet<String> = db
        .read(|conn| query::list_original_keys(conn).map_err(DbError::from))
        .await?
        .into_iter()
        .map(|(sha256, media_type)| store::original_key(&sha256, &media_type))
        .collect();
    let all = files.len();
    let strays: Vec<String> = files
        .into_iter()
        .map(|file| file.key)
        .filter(|key| !known.contains(key))
        .collect();
    if strays.len() > FAR_TOO_MANY || (strays.len() > SUSPICIOUS && strays.len() > all / 10) {
        return Err(OriginalsError::TooMany {
            strays: strays.len(),
            all,
        });
    }
    store.clear_lost(before - LOST_FOR)?;
    let mut swept = 0;
    for key in strays {
        if drop_if_unused(db, store, key, Some(before)).await? {
            swept += 1;
        }
    }
    Ok(swept)
}

/// `before`: only if it got its name before this moment, and then it is only moved away.
async fn drop_if_unused(
    db: &Db,
    store: &Store,
    key: String,
    before: Option<Millis>,
) -> Result<bool, OriginalsError> {
    let store = store.clone();
    db.write(move |conn| {
        let sha256 = store::sha256_of_key(&key);
        if query::is_original_known(conn, sha256)? {
            return Ok(false);
        }
        Ok(match before {
            Some(before) => store.lose_original(&key, before)?,
            None => store.remove_original(&key, None)?,
        })
    })
    .await
}
