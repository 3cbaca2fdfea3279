//! What every test stands on: a server of its own, clients that sign in, photographs made in code, and a story to try things with.

pub mod browser;
pub mod client;
pub mod in_two;
pub mod photograph;
pub mod reportage;
pub mod server;
pub mod tools;

pub use browser::Browser;
pub use client::{Answer, Client};
pub use in_two::sent_in_two;
pub use photograph::{captioned, jpeg, png_that_claims};
pub use server::{Person, Server};

/// The instant at which every test's clock stands: 2024-01-19, 10:00 UTC.
pub const NOW: i64 = 1_705_658_400_000;
