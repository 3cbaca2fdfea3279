#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reportage_fuzz::metadata::fuzzing::exif(bytes));
