#![no_main]

use reportage_fuzz::text::{naming, upload_words};

// What a stranger may write of a file: the headers of an upload, its name, and the place in it that is looked for in other words.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let _ = (upload_words::metadata(&text), upload_words::checksum(&text));
    let label = upload_words::label(&text);
    assert!(!label.is_empty() && label.chars().count() <= 200);
    assert!(!label.contains(['/', '\\']) && !label.chars().any(char::is_control));
    assert_eq!(
        upload_words::label(&label),
        label,
        "a label of a label is that label"
    );
    let (place, words) = text.split_once('\n').unwrap_or((&text, &text));
    let _ = naming::names_any(words, &naming::words_of_place(place));
});
