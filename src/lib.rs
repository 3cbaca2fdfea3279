//! Reportage: a headless CMS for captioned photo stories.
//!
//! The house has floors, and imports point down only: pure functions at the bottom (`id`, `clock`, `config`, `text`, `imaging`,
//! `metadata`), then the database, the object store and the `meters`, then the trail and each domain (`audit`, `queue`, `account`, `search`, `site`, `repeat`,
//! `webhook`, `photo`, `story`, `upload`), `custody` of all that is kept, the `worker`, the three audiences of `web`, and the command line on top. A test in `tests` reads the imports and fails on one that points up.
//!
//! What works on pixels is in crates of its own (`crates/imaging`, and `crates/scenes` for the demonstration): they know nothing of the rest, and are
//! optimised in builds for tests too.

pub mod account;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod config;
pub mod custody;
pub mod db;
pub mod id;
pub use reportage_imaging as imaging;
pub mod metadata;
pub mod meters;
pub mod photo;
pub mod queue;
pub mod repeat;
pub mod search;
pub mod site;
pub mod store;
pub mod story;
pub mod text;
pub mod upload;
pub mod web;
pub mod webhook;
pub mod worker;
