//! `reportage demo`: the whole product on a data folder of its own.
//!
//! The first start makes four people, two published stories and an unfinished one. Their photographs are painted by the program
//! (`scenes`), captioned as a photographer's tools would do it (`darkroom`) and taken in through the same ingest and worker as anybody's
//! (`fill`). Later starts only serve. Not a set of test fixtures: what it makes is for people to look at.

mod darkroom;
mod dutch;
mod english;
mod fill;
mod people;
mod progress;
mod stories;
mod unfinished;

#[cfg(test)]
mod tests;

use crate::clock::Clock;
use crate::config::Config;

use super::{open_database, passwords, say};

/// Serves a demonstration, filling its data folder first when it is new.
pub(super) fn demo(config: Config) -> anyhow::Result<()> {
    if !config.listen.ip().is_loopback() {
        say(&format!(
            "Careful: the demonstration listens on {}, and its passwords are printed in its source for everybody to read.",
            config.listen
        ));
    }
    // Before the server is up: one that finds no accounts would offer to make the first administrator.
    let db = open_database(&config.data)?;
    people::settle(&db, &passwords()?, Clock::system().now())?;
    drop(db);
    super::serve::run(config, async |running| {
        fill::fill(running).await?;
        for line in people::introduce() {
            say(&line);
        }
        Ok(())
    })
}
