//! The project's integration tests: the real server on a port of its own, asked over HTTP, and the real program, run in a shell.
//!
//! One binary, so that the crate is linked once. `harness` starts servers and makes photographs; every other module is a subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::items_after_statements,
    clippy::assigning_clones,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod harness;

mod access;
mod bad_input;
mod command_line;
mod custody;
mod desk;
mod durability;
#[cfg(target_os = "linux")]
mod faults;
mod house;
mod idempotency;
mod openapi;
mod photographs;
mod promises;
mod reader;
mod sandbox;
mod search;
mod uploads;
mod walk;
mod webhooks;
