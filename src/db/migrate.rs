//! The schema's history, embedded in the program and brought up to date at every start.
//!
//! Forward only. Each migration runs in a transaction, behind a lock: two processes starting together migrate once.

use std::path::Path;

use diesel::migration::{Migration, MigrationSource};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, DbError};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

type AnyError = Box<dyn std::error::Error + Send + Sync>;

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` takes")]
fn failed(error: AnyError) -> DbError {
    DbError::Migration(error.to_string())
}

/// Runs what is missing; refuses a database that knows migrations this program does not.
pub(super) fn up(conn: &mut Conn, path: &Path) -> Result<(), DbError> {
    if is_current(conn, path)? {
        return Ok(());
    }
    // Others may be at the same. Whoever loses the race for one migration finds it done, and goes on with the next; if nobody has done any, it is the
    // migration that fails.
    let mut done = conn.applied_migrations().map_err(failed)?.len();
    while let Err(error) = conn.run_pending_migrations(MIGRATIONS) {
        let now_done = conn.applied_migrations().map_err(failed)?.len();
        if now_done == done {
            return Err(failed(error));
        }
        done = now_done;
    }
    Ok(())
}

/// Runs nothing; refuses a database that is not of this program's schema.
pub(super) fn check(conn: &mut Conn, path: &Path) -> Result<(), DbError> {
    if is_current(conn, path)? {
        Ok(())
    } else {
        Err(DbError::Older {
            path: path.to_owned(),
        })
    }
}

/// Whether nothing is missing.
fn is_current(conn: &mut Conn, path: &Path) -> Result<bool, DbError> {
    let known: Vec<String> = MigrationSource::<Sqlite>::migrations(&MIGRATIONS)
        .map_err(failed)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let applied = conn.applied_migrations().map_err(failed)?;
    if let Some(newer) = applied
        .iter()
        .map(ToString::to_string)
        .find(|version| !known.contains(version))
    {
        return Err(DbError::Newer {
            path: path.to_owned(),
            found: newer,
        });
    }
    Ok(applied.len() == known.len())
}
