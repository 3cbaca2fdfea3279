#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reportage::metadata::fuzzing::photoshop(bytes));
