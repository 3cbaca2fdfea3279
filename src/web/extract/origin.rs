//! Where a request comes from: which network, and whether a page of this site.

use std::future::ready;
use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest, dev};

use super::Failed;
use crate::account::session::Origin;
use crate::web::App;
use crate::web::error::Failure;

/// Where a request comes from: the network address of whoever asks, and what their browser calls itself.
///
/// `X-Forwarded-For` is believed only from a proxy that the configuration names; anybody may write into it.
#[must_use]
pub fn origin(request: &HttpRequest) -> Origin {
    let headers = request.headers();
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let trusted = &App::of(request).config.trusted_proxies;
    let peer = request.peer_addr().map(|peer| peer.ip());
    let browser = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    Origin {
        network: peer
            .map(|peer| behind_proxies(peer, &forwarded, trusted))
            .map_or_else(String::new, |address| address.to_string()),
        browser: browser.unwrap_or_default().to_owned(),
    }
}

/// The nearest address that is no proxy of ours: what proxies have written is read from the last backwards.
fn behind_proxies(peer: IpAddr, forwarded: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let mut nearest = peer.to_canonical();
    for written in forwarded.iter().rev() {
        if !trusted.contains(&nearest) {
            break;
        }
        // Some proxies write the port too.
        let written = written.trim();
        let with_port = || written.parse::<SocketAddr>().map(|address| address.ip());
        let Ok(next) = written.parse::<IpAddr>().or_else(|_| with_port()) else {
            break;
        };
        nearest = next.to_canonical();
    }
    nearest
}

/// A request that comes from our own pages: for forms that work without a session, such as signing in.
#[derive(Debug)]
pub struct SameOrigin;

impl FromRequest for SameOrigin {
    type Error = Failed;
    type Future = std::future::Ready<Result<Self, Failed>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(check_same_origin(request).map(|()| Self).map_err(Failed))
    }
}

/// Whether a request comes from a page of this site.
///
/// Source: Fetch Metadata Request Headers (W3C), section 2.3; `Origin` for browsers without them.
///
/// # Errors
/// [`Failure::CrossSite`].
pub fn check_same_origin(request: &HttpRequest) -> Result<(), Failure> {
    let headers = request.headers();
    if let Some(site) = headers.get("sec-fetch-site") {
        return if site == "same-origin" {
            Ok(())
        } else {
            Err(Failure::CrossSite)
        };
    }
    let origin = headers
        .get(header::ORIGIN)
        .and_then(|origin| origin.to_str().ok())
        .ok_or(Failure::CrossSite)?;
    let app = App::of(request);
    let own = origin == app.urls.base()
        || url::Url::parse(origin).is_ok_and(|origin| {
            authority(&origin) == host(headers) && origin.scheme() == "http" && !app.is_secure()
        });
    if own { Ok(()) } else { Err(Failure::CrossSite) }
}

fn authority(origin: &url::Url) -> Option<String> {
    let host = origin.host_str()?;
    Some(match origin.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

fn host(headers: &HeaderMap) -> Option<String> {
    headers.get(header::HOST)?.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[test]
    fn forwarded_addresses_are_believed_from_our_own_proxies_only() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [ip("127.0.0.1"), ip("10.0.0.2")];
        let seen = |peer: &str, forwarded: &[&str]| behind_proxies(ip(peer), forwarded, &proxies);
        assert_eq!(
            seen("198.51.100.7", &["203.0.113.9"]),
            ip("198.51.100.7"),
            "a stranger"
        );
        assert_eq!(seen("127.0.0.1", &["203.0.113.9"]), ip("203.0.113.9"));
        assert_eq!(seen("::ffff:127.0.0.1", &["203.0.113.9"]), ip("203.0.113.9"));
        // What a client wrote itself stands before what our proxies wrote.
        let through_two = ["192.0.2.66", "203.0.113.9", " 10.0.0.2"];
        assert_eq!(seen("127.0.0.1", &through_two), ip("203.0.113.9"));
        assert_eq!(seen("127.0.0.1", &["unknown"]), ip("127.0.0.1"));
        assert_eq!(
            behind_proxies(ip("127.0.0.1"), &["203.0.113.9"], &[]),
            ip("127.0.0.1")
        );
        for (written, address) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
        ] {
            let proxy = [ip("127.0.0.1")];
            assert_eq!(
                behind_proxies(proxy[0], &[written], &proxy),
                ip(address),
                "with its port"
            );
        }
    }
}
