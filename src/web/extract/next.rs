//! Where somebody goes after signing in.

/// Where to go after signing in: a path on this site, or nothing.
#[must_use]
pub fn safe_next(next: &str) -> Option<&str> {
    let is_plain = next.starts_with('/')
        && next.chars().all(|c| c.is_ascii_graphic() && c != '\\')
        && next.len() <= 2_000;
    let path = next.split(['?', '#']).next().unwrap_or_default();
    // Paths of the desk have neither empty pieces nor dots, nor anything that would have to be encoded: what is, some proxy decodes.
    let is_straight = !path.contains("//")
        && !path.contains('%')
        && !path.split('/').any(|piece| matches!(piece, "." | ".."));
    (is_plain && is_straight).then_some(next)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::safe_next;

    #[test]
    fn only_paths_of_this_site_are_gone_to_after_signing_in() {
        for right in ["/desk", "/desk/stories/sto_1?view=sheet", "/desk/photos#top"] {
            assert_eq!(safe_next(right), Some(right));
        }
        let bad = [
            "",
            "desk",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "\\\\evil.example",
            "http://evil.example",
            "https://evil.example",
            "HTTPS://evil.example",
            "https:evil.example",
            "http:/evil.example",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "mailto:a@b.c",
            "ftp://evil.example",
            " /desk",
            "/ /evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r/evil.example",
            "\t//evil.example",
            "\u{0}/desk",
            "/\u{0}/evil.example",
            "/%2f/evil.example",
            "/%2Fevil.example",
            "/%5cevil.example",
            "/%5Cevil.example",
            "/%09/evil.example",
            "/./evil.example",
            "/../evil.example",
            "/..//evil.example",
            "/.//evil.example",
            ".//evil.example",
            "..//evil.example",
            "./desk",
            "../desk",
            "?next=/",
            "#/desk",
            "@evil.example",
            "evil.example",
            "evil.example/desk",
            ":80/desk",
            "//evil.example:80",
            "//user@evil.example",
            "//[::1]/",
            "/\u{2028}/evil.example",
            "/\u{a0}/evil.example",
            "/\u{85}/evil.example",
            "\u{feff}//evil.example",
            "／／evil.example",
            "https://evil.example/desk",
            "https:///evil.example",
            "https:\\\\evil.example",
            "blob:https://evil.example",
            "file:///etc/passwd",
            "ws://evil.example",
            "x-y:z",
            "/%2e%2e//evil.example",
            "/%2e//evil.example",
            "/desk/..//evil.example",
            "/desk/../..//evil.example",
            "/desk/../x",
            "/%252f%252fevil.example",
            "/desk%0d%0aSet-Cookie:a=b",
            "/%00/evil.example",
            "/\u{ff0f}\u{ff0f}evil.example",
            "/\u{200b}/evil.example",
            "//",
            "/\\",
            "\\",
        ];
        assert!(bad.len() >= 60, "{}", bad.len());
        for wrong in bad {
            assert_eq!(safe_next(wrong), None, "{wrong:?}");
        }
    }
}
