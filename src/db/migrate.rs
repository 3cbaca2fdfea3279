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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;
    use diesel::sql_types::BigInt;

    use super::*;
    use crate::db::{Db, complaints, connect};

    /// A row in every table of the first schema that holds what nobody could make again, in columns which all later ones have.
    const ROWS: &str = "
        INSERT INTO accounts (id, email, name, role, password_hash, created_at, updated_at)
            VALUES ('usr_1', 'anna@example.org', 'Anna', 'editor', 'x', 1, 1);
        INSERT INTO tokens (id, account_id, name, secret_hash, scopes, created_at) VALUES ('tok_1', 'usr_1', 't', 'x', 'all', 1);
        INSERT INTO originals (sha256, media_type, size_bytes, stored_at)
            VALUES ('0123456789012345678901234567890123456789012345678901234567890123', 'image/jpeg', 1, 1);
        INSERT INTO photos (id, owner_id, original_sha256, file_name, width_px, height_px, state, caption, place, color, folder, embedded, created_at, updated_at)
            VALUES ('pho_1', 'usr_1', '0123456789012345678901234567890123456789012345678901234567890123', 'a.jpg', 1, 1, 'ready',
                'Een veld.', 'Telskuf', '#000000', '01234567890123456789012345678901', '{}', 1, 1);
        INSERT INTO renditions (id, photo_id, folder, spec, purpose, media_type, width_px, height_px, size_bytes, created_at)
            VALUES ('ren_1', 'pho_1', '01234567890123456789012345678901', 'w320.jpg', 'frame', 'image/jpeg', 1, 1, 1, 1);
        INSERT INTO stories (id, slug, title, language, publications_made, live_publication, live_change_count, created_by, created_at, updated_by, updated_at)
            VALUES ('sto_1', 'een-veld', 'Een veld', 'nl', 1, 1, 1, 'usr_1', 1, 'usr_1', 1);
        INSERT INTO slug_redirects (slug, story_id, created_at) VALUES ('het-veld', 'sto_1', 1);
        INSERT INTO story_members (story_id, account_id, added_by, added_at) VALUES ('sto_1', 'usr_1', 'usr_1', 1);
        INSERT INTO blocks (id, story_id, position, kind, layout, updated_by, updated_at) VALUES ('blk_1', 'sto_1', 0, 'photo', 'wide', 'usr_1', 1);
        INSERT INTO frames (id, block_id, position, photo_id, caption, updated_by, updated_at) VALUES ('frm_1', 'blk_1', 0, 'pho_1', 'Hier.', 'usr_1', 1);
        INSERT INTO publications (id, story_id, number, document, published_by, published_at) VALUES ('pub_1', 'sto_1', 1, '{}', 'usr_1', 1);
        INSERT INTO published_photos (story_id, photo_id, folder) VALUES ('sto_1', 'pho_1', '01234567890123456789012345678901');
        INSERT INTO jobs (id, kind, subject_id, state, due_at, created_at) VALUES ('job_1', 'render_photo', 'pho_1', 'waiting', 1, 1);
    ";
    const TABLES: [&str; 13] = [
        "accounts",
        "tokens",
        "originals",
        "photos",
        "renditions",
        "stories",
        "slug_redirects",
        "story_members",
        "blocks",
        "frames",
        "publications",
        "published_photos",
        "jobs",
    ];

    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }

    #[test]
    fn a_database_of_each_earlier_schema_comes_up_to_date_and_loses_no_row() {
        let all = MigrationSource::<Sqlite>::migrations(&MIGRATIONS).unwrap().len();
        for begun_at in 1..all {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("reportage.db");
            let mut conn = connect(&path).unwrap();
            for _ in 0..begun_at {
                conn.run_next_migration(MIGRATIONS).unwrap();
            }
            conn.batch_execute(ROWS)
                .unwrap_or_else(|error| panic!("at schema {begun_at}: {error}"));
            drop(conn);
            let db = Db::open(&path).unwrap_or_else(|error| panic!("from schema {begun_at}: {error}"));
            db.write_now(|conn| {
                assert!(is_current(conn, &path).unwrap());
                assert_eq!(complaints(conn).unwrap(), Vec::<String>::new(), "from {begun_at}");
                for table in TABLES {
                    let count = diesel::sql_query(format!("SELECT count(*) AS rows FROM {table}"));
                    let Count { rows } = count.get_result(conn)?;
                    // Migrations queue work of their own for what was there before.
                    let least = rows >= 1 && (rows == 1 || table == "jobs");
                    assert!(least, "{rows} in {table}, from schema {begun_at}");
                }
                Ok::<_, DbError>(())
            })
            .unwrap();
        }
    }
}
