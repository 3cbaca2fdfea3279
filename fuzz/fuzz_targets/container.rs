#![no_main]

use std::io::Cursor;

// A whole file of any type: its container, every carrier in it, and the resolver.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let metadata = reportage_fuzz::metadata::read(&mut Cursor::new(bytes));
    assert!((1..=8).contains(&metadata.orientation));
});
