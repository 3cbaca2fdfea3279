#![no_main]

use reportage_fuzz::metadata::{Container, Packet};

// Writing words into a rendition that a child hands over, and taking them out again.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let words = Packet {
        caption: Some("Een veld".to_owned()),
        creators: vec!["Anna".to_owned()],
        ..Packet::default()
    };
    for container in [
        Container::Jpeg { with_iim: true },
        Container::Webp,
        Container::Avif,
    ] {
        if let Some(written) = words.write_into(container, 320, bytes) {
            let again = words.write_into(container, 320, &written);
            assert_eq!(again.as_ref(), Some(&written), "writing twice is writing once");
        }
    }
});
