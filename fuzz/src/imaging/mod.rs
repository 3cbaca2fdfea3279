//! What decides whether a file is taken in.

#[path = "../../../crates/imaging/src/avif_header.rs"]
pub mod avif_header;
#[path = "../../../crates/imaging/src/jpeg_header.rs"]
mod jpeg_header;
#[path = "../../../crates/imaging/src/png_header.rs"]
mod png_header;
#[path = "../../../crates/imaging/src/probe.rs"]
pub mod probe;
#[path = "../../../crates/imaging/src/sniff.rs"]
mod sniff;
#[path = "../../../crates/imaging/src/tiff_header.rs"]
mod tiff_header;
#[path = "../../../crates/imaging/src/webp_header.rs"]
mod webp_header;
