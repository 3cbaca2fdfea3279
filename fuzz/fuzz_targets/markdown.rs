#![no_main]

use reportage_fuzz::text;

// Words as they are typed, made into the HTML that readers get: no element may come out that is not on the list.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let typed = String::from_utf8_lossy(bytes);
    let html = text::markdown_to_html(&typed);
    let lower = html.as_str().to_ascii_lowercase();
    for never in [
        "<script", "<style", "<img", "<iframe", "<svg", "<form", "<base", "<meta",
    ] {
        assert!(!lower.contains(never), "{never}");
    }
    let _ = (
        text::markdown_to_plain(&typed),
        text::slugify(&typed),
        text::clean(&typed),
    );
    let escaped = text::escape(&typed);
    assert!(!escaped.contains(['<', '>', '"']));
});
