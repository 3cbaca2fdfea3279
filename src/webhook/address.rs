//! Where webhooks may lead: to addresses that everybody on the internet can reach, and not into the network that this machine stands in.
//!
//! An address is looked at when a webhook is made, so that a mistake is told at once, and again when something is delivered, after the name was
//! resolved: what a name means is decided by whoever owns it, and may change between the two.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::text::FieldError;

/// Characters that an address may have.
const MOST_CHARS: usize = 2_000;

/// Reads where a webhook leads. `may_be_private` lets it lead into private networks, and there without TLS.
///
/// # Errors
/// What is wrong, about `/url`.
pub fn parse(text: &str, may_be_private: bool) -> Result<String, FieldError> {
    let wrong = |code, message: &str| Err(FieldError::new("/url", code, message));
    let Ok(url) = Url::parse(text.trim()) else {
        return wrong(
            "not_an_address",
            "Give a whole address, such as https://example.org/hooks.",
        );
    };
    let is_web = url.scheme() == "https" || (url.scheme() == "http" && may_be_private);
    let Some(host) = url.host().filter(|_| is_web) else {
        return wrong("not_https", "The address of a webhook begins with https://.");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return wrong(
            "has_password",
            "Leave name and password out of the address: deliveries are signed instead.",
        );
    }
    if url.as_str().len() > MOST_CHARS {
        return wrong(
            "too_long",
            "The address is too long; at most 2000 characters fit.",
        );
    }
    if !may_be_private && is_surely_private(&host) {
        return wrong(
            "private_address",
            "The address leads into a private network. The operator can allow that with --webhooks-allow-private.",
        );
    }
    let mut url = url;
    url.set_fragment(None);
    Ok(url.into())
}

/// Whether a host leads nowhere else than into a private network, as far as it can be told without asking anybody.
fn is_surely_private(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => !is_public(IpAddr::V4(*address)),
        Host::Ipv6(address) => !is_public(IpAddr::V6(*address)),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            name == "localhost"
                || name.ends_with(".localhost")
                || name.ends_with(".internal")
                || !name.contains('.')
        }
    }
}

/// Whether an address belongs to the public internet, as opposed to this machine, its networks, the metadata service of a cloud, and what is
/// set aside for other uses.
///
/// Source: the registries of special-purpose addresses of IANA (RFC 6890 and its updates).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        // This network, private, this machine; many receivers, reserved, everybody.
        (0 | 10 | 127 | 224..=255, _, _)
            // Shared by a provider's customers.
            | (100, 64..=127, _)
            // Link-local; the metadata services of clouds are here.
            | (169, 254, _)
            | (172, 16..=31, _)
            // Protocols and documentation; relays from IPv6, which lead anywhere; private.
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            // Measuring, documentation.
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // IPv4 in disguise: mapped (RFC 4291), and translated on the way (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        // Tunnels (Teredo, 6to4), protocols and documentation within what is otherwise public.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        // Nothing else is given out (RFC 4291, section 2.4).
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_public_is_known_in_every_disguise() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "127.0.0.1",
            "127.8.8.8",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "100::1",
            "5f00::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
            "2606:4700::1111",
            "2a00:1450::1",
            "2001:4860::8888",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn an_address_leads_to_the_public_internet_by_https() {
        let code = |text| parse(text, false).map_err(|error| error.code);
        assert_eq!(
            code(" https://example.org/hooks?a=b#c "),
            Ok("https://example.org/hooks?a=b".to_owned())
        );
        for (text, expected) in [
            ("example.org", "not_an_address"),
            ("http://example.org/", "not_https"),
            ("ftp://example.org/", "not_https"),
            ("mailto:anna@example.org", "not_https"),
            ("https://anna:geheim@example.org/", "has_password"),
            ("https://127.0.0.1/", "private_address"),
            ("https://0x7f.1/", "private_address"),
            ("https://2130706433/", "private_address"),
            ("https://[::1]/", "private_address"),
            ("https://localhost/", "private_address"),
            ("https://LOCALHOST./", "private_address"),
            ("https://db/", "private_address"),
            ("https://metadata.google.internal/", "private_address"),
        ] {
            assert_eq!(code(text), Err(expected), "{text}");
        }
        assert_eq!(
            code(&format!("https://example.org/{}", "a".repeat(2_000))),
            Err("too_long")
        );
        assert_eq!(
            parse("http://127.0.0.1:8000/", true).as_deref(),
            Ok("http://127.0.0.1:8000/")
        );
        assert_eq!(
            parse("ftp://127.0.0.1/", true).map_err(|error| error.code),
            Err("not_https")
        );
    }
}
