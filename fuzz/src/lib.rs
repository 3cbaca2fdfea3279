//! The parsers of strangers' bytes, without the rest of the program: it takes a minute to build them for a fuzzer, and a quarter of an hour to
//! build everything. The files are the product's own.

#[path = "../../src/clock.rs"]
pub mod clock;
#[path = "../../src/metadata/mod.rs"]
pub mod metadata;
#[path = "../../src/text/mod.rs"]
pub mod text;

/// What decides whether a file is taken in.
pub mod imaging {
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
}
