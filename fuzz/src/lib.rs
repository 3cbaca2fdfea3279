//! The parsers of strangers' bytes, without the rest of the program: it takes a minute to build them for a fuzzer, and a quarter of an hour to
//! build everything. The files are the product's own.

#[path = "../../src/clock.rs"]
pub mod clock;
#[path = "../../src/metadata/mod.rs"]
pub mod metadata;
#[path = "../../src/text/mod.rs"]
pub mod text;

pub mod imaging;
