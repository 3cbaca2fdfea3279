#![no_main]

use std::io::Cursor;

use reportage_fuzz::imaging::avif_header;
use reportage_fuzz::imaging::probe::{Limits, probe};

// What decides whether a file is taken in, and the size of a rendition that a child hands over.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    if let Ok(header) = probe(&mut Cursor::new(bytes), &limits) {
        assert!(header.width_px > 0 && header.width_px <= limits.max_side_px);
        assert!((1..=8).contains(&header.orientation));
    }
    let _ = avif_header::size(bytes);
});
