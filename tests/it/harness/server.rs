//! A server with its own data folder, database and clock.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use reportage::account::manage::{self, NewPerson};
use reportage::account::password::Passwords;
use reportage::account::session::{self, Origin};
use reportage::account::token::{self, Scope};
use reportage::account::{Account, Actor, Role};
use reportage::clock::Clock;
use reportage::config::{Config, Cost, Lifetime, database_path, uploads_path};
use reportage::db::Db;
use reportage::store::Store;
use reportage::web::{self, Running};
use tempfile::TempDir;

use super::{Client, NOW};

/// Every test account's password.
pub const PASSWORD: &str = "een zin die niemand raadt";

/// A running server; its data folder goes when it goes.
pub struct Server {
    pub running: Running,
    pub clock: Clock,
    pub data: TempDir,
}

/// Somebody with an account.
#[derive(Clone)]
pub struct Person {
    pub account: Account,
}

impl Person {
    pub fn actor(&self) -> Actor {
        Actor::from(&self.account)
    }
}

impl Server {
    /// A server with everything as tests want it.
    pub fn start() -> Self {
        Self::with(|_| {})
    }

    /// A server whose settings are changed before it starts.
    pub fn with(change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        std::fs::copy(database_template(), database_path(data.path())).unwrap();
        Self::on(data, change)
    }

    /// A server on the data folder of one that has stopped.
    pub fn on(data: TempDir, change: impl FnOnce(&mut Config)) -> Self {
        Self::on_at(data, NOW, change)
    }

    /// The same, started at another instant.
    pub fn on_at(data: TempDir, now: i64, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(data.path().to_owned(), "127.0.0.1:0".parse().unwrap());
        config.password_cost = Cost::FLOOR;
        config.renderer = Some(program());
        // AVIFs take seconds each: a test that is about them asks for them.
        config.avif_threads = 0;
        // Machines that run tests may have full disks.
        config.min_free_bytes = Some(0);
        change(&mut config);
        let clock = Clock::fixed(now);
        let db = Db::open(&database_path(data.path())).unwrap();
        let store = Store::open(&uploads_path(data.path())).unwrap();
        let running = web::start(config, db, store, clock.clone()).unwrap();
        Self { running, clock, data }
    }

    /// Stops the server and gives its data folder back.
    pub async fn stop(self) -> TempDir {
        self.running.stop().await;
        self.data
    }

    pub fn db(&self) -> &Db {
        &self.running.app.db
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.running.address)
    }

    /// Makes an account: `anna` becomes anna@example.org.
    pub fn person(&self, name: &str, role: Role) -> Person {
        let person = NewPerson {
            email: format!("{name}@example.org"),
            name: name.to_owned(),
            role,
            password: PASSWORD.to_owned(),
        };
        let account = manage::add(self.db(), &cheap_passwords(), person, NOW).unwrap();
        Person { account }
    }

    /// Somebody who reads, without an account.
    pub fn visitor(&self) -> Client {
        Client::new(&self.base())
    }

    /// A signed-in browser whose requests come from the site's own pages.
    pub fn session(&self, person: &Person) -> Client {
        let id = person.account.id.clone();
        let now = self.clock.now();
        let secret = self
            .db()
            .write_now(|conn| session::start(conn, &id, &Origin::default(), Lifetime::default(), now))
            .unwrap();
        let cookie = format!("{}={secret}", self.running.app.cookie_name());
        self.visitor()
            .always("Cookie", &cookie)
            .always("Sec-Fetch-Site", "same-origin")
    }

    /// A program with a token of these scopes.
    pub fn token(&self, person: &Person, scopes: &[Scope]) -> Client {
        let email = &person.account.email;
        let secret = token::add(self.db(), email, "test", scopes, None, self.clock.now()).unwrap();
        self.visitor()
            .always("Authorization", &format!("Bearer {secret}"))
    }

    /// An editor's browser: what most tests begin with.
    pub fn editor(&self) -> Client {
        self.session(&self.person("redactie", Role::Editor))
    }

    /// All files in the data folder, by their path within it.
    pub fn files(&self) -> Vec<PathBuf> {
        files_below(self.data.path())
    }
}

/// All files below a folder, sorted.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The program under test.
pub fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_reportage").into()
}

/// Passwords at the least cost, made once: making them hashes one.
pub fn cheap_passwords() -> Passwords {
    static PASSWORDS: OnceLock<Passwords> = OnceLock::new();
    PASSWORDS
        .get_or_init(|| Passwords::new(Cost::FLOOR).unwrap())
        .clone()
}

/// A database that was migrated once and is copied for each server.
fn database_template() -> PathBuf {
    static TEMPLATE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let (work, copy) = (folder.path().join("work.db"), folder.path().join("template.db"));
        let db = Db::open(&work).unwrap();
        // What is still in the write-ahead log would not be copied.
        use diesel::connection::SimpleConnection;
        let mut conn =
            <reportage::db::Conn as diesel::Connection>::establish(work.to_str().unwrap()).unwrap();
        conn.batch_execute(&format!("VACUUM INTO '{}'", copy.display()))
            .unwrap();
        drop(db);
        (folder, copy)
    });
    path.clone()
}

/// Waits until something is there, or fails after half a minute with what was waited for.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("waited in vain for {what}");
}
