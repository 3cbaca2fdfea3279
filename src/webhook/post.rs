//! Sending a delivery: one request on a connection of its own, to an address that was looked at.
//!
//! The name is resolved once, and the connection goes to an address of that answer which was found to be public: a name that means something else a
//! moment later gains nothing. Redirects are not followed, no proxy is asked, and of the answer little is read. Certificates are checked against
//! those that the machine trusts (`SSL_CERT_FILE` names others).

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::SendRequest;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};
use url::{Host, Url};

use super::address::is_public;
use super::deliver::{Order, Outcome};
use super::sign::signatures;
use crate::clock::{Millis, SECOND};

/// Who asks.
const USER_AGENT: &str = concat!("Reportage-Webhooks/", env!("CARGO_PKG_VERSION"));
/// Bytes of an answer that are read.
const MOST_ANSWER_BYTES: usize = 4 * 1024;
/// Bytes that the head of an answer may have.
const MOST_HEAD_BYTES: usize = 16 * 1024;
/// Addresses of one name that are tried.
const MOST_ADDRESSES: usize = 4;
/// How long an answer may take to go on behind its head: the head says what counts.
const ANSWER_PATIENCE: Duration = Duration::from_secs(2);
/// How long one address may take to be connected to.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

/// Sends deliveries; clones share what it knows.
#[derive(Clone)]
pub struct Poster {
    may_be_private: bool,
    patience: Duration,
    tls: Arc<OnceLock<Result<TlsConnector, String>>>,
}

impl std::fmt::Debug for Poster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Poster")
            .field("may_be_private", &self.may_be_private)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

impl Poster {
    /// Sends to public addresses, or to all; a try may take so long, from the name to the head of the answer.
    #[must_use]
    pub fn new(may_be_private: bool, patience: Duration) -> Self {
        Self {
            may_be_private,
            patience,
            tls: Arc::default(),
        }
    }

    /// Sends what an order says, with this body, signed as of `now`.
    pub async fn post(&self, order: &Order, body: String, now: Millis) -> Outcome {
        let tried = tokio::time::timeout(self.patience, self.try_post(order, body, now)).await;
        match tried {
            Ok(Ok(answer)) => answer.read(now).await,
            Ok(Err(reason)) => Outcome::Failed(reason),
            Err(_) => Outcome::Failed(format!(
                "There was no answer within {} seconds.",
                self.patience.as_secs()
            )),
        }
    }

    async fn try_post(&self, order: &Order, body: String, now: Millis) -> Result<Answer, String> {
        let url = Url::parse(&order.url).map_err(|_| "The webhook’s address is none.".to_owned())?;
        let is_plain = url.scheme() == "http";
        if is_plain && !self.may_be_private {
            return Err("The webhook’s address does not begin with https://.".to_owned());
        }
        let request = request(&url, order, body, now)?;
        let stream = self.connect(&url).await?;
        if is_plain {
            return exchange(stream, request).await;
        }
        let name = server_name(&url)?;
        let tls = self.tls.get_or_init(connector).clone()?;
        let stream = tls
            .connect(name, stream)
            .await
            .map_err(|error| format!("The connection could not be secured: {error}."))?;
        exchange(stream, request).await
    }

    async fn connect(&self, url: &Url) -> Result<TcpStream, String> {
        let mut addresses = resolve(url).await?;
        if !self.may_be_private {
            addresses.retain(|address| is_public(address.ip()));
        }
        if addresses.is_empty() {
            return Err("The address leads into a private network, where nothing is sent to.".to_owned());
        }
        let mut reason = String::new();
        for address in addresses.into_iter().take(MOST_ADDRESSES) {
            match tokio::time::timeout(CONNECT_PATIENCE, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => reason = error.to_string(),
                Err(_) => "it does not answer".clone_into(&mut reason),
            }
        }
        Err(format!("The receiver could not be reached: {reason}."))
    }
}

/// The addresses of a host, asked for once.
async fn resolve(url: &Url) -> Result<Vec<SocketAddr>, String> {
    let port = url.port_or_known_default().unwrap_or(443);
    match url.host() {
        Some(Host::Ipv4(address)) => Ok(vec![(IpAddr::V4(address), port).into()]),
        Some(Host::Ipv6(address)) => Ok(vec![(IpAddr::V6(address), port).into()]),
        Some(Host::Domain(name)) => {
            let found = tokio::net::lookup_host((name, port)).await;
            let found = found.map_err(|_| format!("The name {name} leads to no address."))?;
            Ok(found.collect())
        }
        None => Err("The webhook’s address is none.".to_owned()),
    }
}

fn server_name(url: &Url) -> Result<ServerName<'static>, String> {
    let name = match url.host() {
        Some(Host::Ipv4(address)) => Ok(IpAddr::V4(address).into()),
        Some(Host::Ipv6(address)) => Ok(IpAddr::V6(address).into()),
        Some(Host::Domain(name)) => ServerName::try_from(name.trim_end_matches('.').to_owned()),
        None => return Err("The webhook’s address is none.".to_owned()),
    };
    name.map_err(|_| "No certificate can be for the name in the address.".to_owned())
}

/// Reads the certificates that this machine trusts: it takes a moment, so it is done once, when the first is needed.
fn connector() -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(
            "This machine trusts no certificates; install those of its system (ca-certificates).".to_owned(),
        );
    }
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("The connection could not be secured: {error}."))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn request(url: &Url, order: &Order, body: String, now: Millis) -> Result<Request<Full<Bytes>>, String> {
    let target = url::Position::BeforePath..url::Position::AfterQuery;
    let authority = url::Position::BeforeHost..url::Position::AfterPort;
    let (id, timestamp_s) = (order.event.id.as_str(), now / SECOND);
    Request::post(&url[target])
        .header(header::HOST, &url[authority])
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONNECTION, "close")
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp_s)
        .header(
            "webhook-signature",
            signatures(&order.secrets, id, timestamp_s, &body),
        )
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| format!("The request could not be written: {error}."))
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<Full<Bytes>>,
) -> Result<Answer, String> {
    let broken = |error: hyper::Error| format!("The receiver broke the connection off: {error}.");
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(MOST_HEAD_BYTES)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    // Ends with the answer, whatever the receiver does.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let response = sender.send_request(request).await.map_err(broken)?;
    Ok(Answer {
        response,
        _sender: sender,
        _driver: driver,
    })
}

/// An answer whose head is there.
struct Answer {
    response: Response<Incoming>,
    /// These keep the connection going.
    _sender: SendRequest<Full<Bytes>>,
    _driver: JoinSet<hyper::Result<()>>,
}

impl Answer {
    async fn read(self, now: Millis) -> Outcome {
        Outcome::Answered {
            status: self.response.status().as_u16(),
            retry_after: retry_after(self.response.headers(), now),
            answer: beginning(self.response.into_body()).await,
        }
    }
}

/// The first bytes of an answer as text. One that breaks off or does not go on has said what it has said: the status counts.
async fn beginning(mut body: Incoming) -> String {
    let mut read = Vec::new();
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            if let Some(data) = frame.data_ref() {
                let room = MOST_ANSWER_BYTES.saturating_sub(read.len());
                read.extend(data.iter().take(room));
            }
            if read.len() >= MOST_ANSWER_BYTES {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(ANSWER_PATIENCE, reading).await;
    let text = String::from_utf8_lossy(&read);
    text.chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect()
}

/// Source: RFC 9110, section 10.2.3: seconds, or an instant.
fn retry_after(headers: &HeaderMap<HeaderValue>, now: Millis) -> Option<Millis> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(i64::from(seconds) * SECOND);
    }
    let at = jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(value)
        .ok()?;
    Some(at.as_millisecond().saturating_sub(now).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_may_say_when_to_come_again_in_seconds_or_by_the_clock() {
        let said = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(value));
            retry_after(&headers, 1_705_658_400_000)
        };
        assert_eq!(said("120"), Some(120_000));
        assert_eq!(said("Fri, 19 Jan 2024 10:01:00 GMT"), Some(60_000));
        assert_eq!(said("Fri, 19 Jan 2024 09:00:00 GMT"), Some(0));
        assert_eq!(said("soon"), None);
        assert_eq!(said("-5"), None);
    }
}
