//! The database: one connection that writes, several that read, and the only place where transactions open.
//!
//! The backend is named once, as [`Conn`]. Every write is an immediate transaction on the single writing connection, so that no two
//! writes ever meet half-way; readers work beside it (write-ahead log). Statements of each domain live in its own `query.rs`.
//!
//! A disk that failed while something was committed is not asked a second time: nothing more is written until the program is started anew.

mod migrate;
pub mod schema;
mod still;
mod trouble;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

pub use still::{complaints, open_still};
pub use trouble::Trouble;

/// The connection that every query takes. Changing the backend begins and nearly ends here.
pub type Conn = SqliteConnection;

/// Reading connections kept open: enough for two cores' worth of handlers with some waiting on the disk.
const READERS: usize = 6;

/// Why the database could not be opened or used.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The file could not be opened.
    #[error("the database {path} cannot be opened")]
    Open {
        /// Where it should be.
        path: PathBuf,
        /// What stopped it.
        #[source]
        source: diesel::ConnectionError,
    },
    /// The schema is newer than this program.
    #[error(
        "the database {path} was made by a newer version of reportage (its schema is {found}); please start that version"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The newest migration it knows.
        found: String,
    },
    /// The schema is older than this program.
    #[error(
        "the database {path} was made by an older version of reportage; look at it with that version, or start this one’s server on it once, which brings it up to date"
    )]
    Older {
        /// The file.
        path: PathBuf,
    },
    /// A migration failed; nothing of it was kept.
    #[error("the database could not be brought up to date: {0}")]
    Migration(String),
    /// A statement failed.
    #[error("the database did not do as asked")]
    Query(#[from] diesel::result::Error),
    /// The task that used the database ended early.
    #[error("the database task was stopped")]
    Stopped,
}

/// The open database; clones share it.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    path: PathBuf,
    writer: Mutex<Conn>,
    readers: Mutex<VecDeque<Conn>>,
    reader_free: Condvar,
    /// Set when the disk failed in the middle of a commit.
    failed: AtomicBool,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db")
            .field("path", &self.0.path)
            .finish_non_exhaustive()
    }
}

impl Db {
    /// Opens the database file, making it when it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// [`DbError::Open`], [`DbError::Newer`] or [`DbError::Migration`].
    pub fn open(path: &Path) -> Result<Self, DbError> {
        let mut writer = connect(path)?;
        migrate::up(&mut writer, path)?;
        Self::with(writer, path)
    }

    /// Opens a database that is there and leaves its schema as it is: for looking at it while a server of another version may be at work.
    ///
    /// # Errors
    /// [`DbError::Open`], [`DbError::Newer`] or [`DbError::Older`].
    pub fn open_as_it_is(path: &Path) -> Result<Self, DbError> {
        let mut writer = connect(path)?;
        migrate::check(&mut writer, path)?;
        Self::with(writer, path)
    }

    fn with(writer: Conn, path: &Path) -> Result<Self, DbError> {
        let readers = (0..READERS)
            .map(|_| {
                let mut conn = connect(path)?;
                // A reader that is asked to write is a mistake in the program; SQLite itself refuses it.
                conn.batch_execute("PRAGMA query_only=ON;")?;
                Ok(conn)
            })
            .collect::<Result<_, DbError>>()?;
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::new(readers),
            reader_free: Condvar::new(),
            failed: AtomicBool::new(false),
        })))
    }

    /// Reads on a connection of its own, in one transaction, so that all it sees is of one moment. Blocks; see [`Db::read`].
    ///
    /// # Errors
    /// Whatever `work` fails with.
    pub fn read_now<T, E>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error>,
    {
        let mut reader = self.take_reader();
        #[expect(
            clippy::disallowed_methods,
            reason = "a deferred transaction is right for reading"
        )]
        reader.conn().transaction(work)
    }

    /// Writes in one immediate transaction. Blocks; see [`Db::write`].
    ///
    /// # Errors
    /// Whatever `work` fails with; nothing is kept then.
    pub fn write_now<T, E>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error>,
    {
        // A panic in an earlier write rolled its transaction back when the connection unwound; the connection itself is whole.
        let mut conn = lock(&self.0.writer);
        if self.0.failed.load(Ordering::SeqCst) {
            return Err(trouble::refusal().into());
        }
        let mut own = None;
        let ended = conn.immediate_transaction(|conn| {
            work(conn).map_err(|error| {
                own = Some(error);
                diesel::result::Error::RollbackTransaction
            })
        });
        match (ended, own) {
            (Ok(value), _) => Ok(value),
            // SQLite undoes everything itself when the disk is full. That there was nothing left to undo is not what went wrong.
            (Err(_), Some(own)) => Err(own),
            (Err(error), None) => {
                self.note(&error);
                Err(error.into())
            }
        }
    }

    /// What is the matter with the disk at this moment, if anything is.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        if self.0.failed.load(Ordering::SeqCst) {
            return Some(Trouble::ReadOnly);
        }
        trouble::of_disk(&self.0.path)
    }

    /// Notes that the disk failed to take a commit. One that is full or was made read-only says so itself, and is asked again.
    fn note(&self, error: &diesel::result::Error) {
        if !trouble::is_broken(error) || trouble::of_disk(&self.0.path).is_some() {
            return;
        }
        if !self.0.failed.swap(true, Ordering::SeqCst) {
            tracing::error!(
                error = error as &dyn std::error::Error,
                "the disk of the database failed: nothing more is written until the disk is looked after and the server started anew"
            );
        }
    }

    /// [`Db::read_now`] away from the threads that answer requests.
    ///
    /// # Errors
    /// Whatever `work` fails with, or [`DbError::Stopped`].
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<diesel::result::Error> + From<DbError> + Send + 'static,
    {
        let db = self.clone();
        tokio::task::spawn_blocking(move || db.read_now(work))
            .await
            .map_err(|_| E::from(DbError::Stopped))?
    }

    /// [`Db::write_now`] away from the threads that answer requests.
    ///
    /// # Errors
    /// Whatever `work` fails with, or [`DbError::Stopped`].
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<diesel::result::Error> + From<DbError> + Send + 'static,
    {
        let db = self.clone();
        tokio::task::spawn_blocking(move || db.write_now(work))
            .await
            .map_err(|_| E::from(DbError::Stopped))?
    }

    /// A connection that tells whether anybody else changed the database; see [`ChangeWatch::changed`].
    ///
    /// # Errors
    /// [`DbError::Open`].
    pub fn watch(&self) -> Result<ChangeWatch, DbError> {
        let mut watch = ChangeWatch {
            conn: connect(&self.0.path)?,
            seen: 0,
        };
        watch.changed()?;
        Ok(watch)
    }

    fn take_reader(&self) -> Reader<'_> {
        let mut free = lock(&self.0.readers);
        loop {
            if let Some(conn) = free.pop_front() {
                return Reader {
                    inner: &self.0,
                    conn: Some(conn),
                };
            }
            free = self
                .0
                .reader_free
                .wait(free)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Does something within a write that may fail without undoing the rest of it.
///
/// # Errors
/// Whatever `work` fails with; nothing of it is kept then, and the write goes on.
pub fn attempt<T, E>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E>
where
    E: From<diesel::result::Error>,
{
    #[expect(
        clippy::disallowed_methods,
        reason = "within a transaction this is a savepoint"
    )]
    conn.transaction(work)
}

/// Sees changes by other connections and other processes.
pub struct ChangeWatch {
    conn: Conn,
    seen: i32,
}

#[derive(QueryableByName)]
struct DataVersion {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    data_version: i32,
}

impl ChangeWatch {
    /// Whether anything was committed since the last call, by this process or another. Cheap: it reads no table.
    ///
    /// # Errors
    /// Those of the statement.
    pub fn changed(&mut self) -> QueryResult<bool> {
        let now: DataVersion = diesel::sql_query("PRAGMA data_version").get_result(&mut self.conn)?;
        let changed = now.data_version != self.seen;
        self.seen = now.data_version;
        Ok(changed)
    }
}

/// A reading connection on loan; it goes back when dropped, after a panic too.
struct Reader<'db> {
    inner: &'db Inner,
    conn: Option<Conn>,
}

impl Reader<'_> {
    #[expect(clippy::expect_used, reason = "the connection is taken out in drop only")]
    fn conn(&mut self) -> &mut Conn {
        self.conn
            .as_mut()
            .expect("a reader holds its connection until it is dropped")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            lock(&self.inner.readers).push_back(conn);
            self.inner.reader_free.notify_one();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path) -> Result<Conn, DbError> {
    let open = |source| DbError::Open {
        path: path.to_owned(),
        source,
    };
    let mut conn = Conn::establish(&path.to_string_lossy()).map_err(open)?;
    // The time-out comes first: switching to the write-ahead log itself may have to wait for another process.
    conn.batch_execute(
        "PRAGMA busy_timeout=15000;
         PRAGMA journal_mode=WAL;
         PRAGMA synchronous=FULL;
         PRAGMA foreign_keys=ON;
         PRAGMA trusted_schema=OFF;",
    )
    .map_err(|error| open(diesel::ConnectionError::CouldntSetupConfiguration(error)))?;
    Ok(conn)
}
