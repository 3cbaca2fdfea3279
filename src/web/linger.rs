//! Connections on which a body of no known length was not read to its end: closed soon after the answer.
//!
//! The framework reads such a body on and throws it away for as long as the other side likes, also when nothing more comes: whoever sends a few bytes
//! now and none later would hold a connection for ever. (With a `Content-Length` it closes by itself.)

use std::any::Any;
use std::cell::Cell;
use std::os::fd::{AsFd, OwnedFd};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::dev::{Extensions, Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
use futures_util::Stream;
use rustix::net::Shutdown;

/// How long the answer has to arrive before the line is closed.
const GRACE: Duration = Duration::from_secs(5);

/// The line that a request came by.
#[derive(Clone)]
struct Line(Arc<OwnedFd>);

/// Remembers a connection's line, when it is made.
pub fn remember(connection: &dyn Any, data: &mut Extensions) {
    let line = connection.downcast_ref::<TcpStream>();
    if let Some(Ok(line)) = line.map(|line| line.as_fd().try_clone_to_owned()) {
        data.insert(Line(Arc::new(line)));
    }
}

/// A body that is being read, and the line it comes by.
pub struct Rest {
    line: Line,
    is_read: Rc<Cell<bool>>,
}

/// Whether a request has a body of which nobody says how long it is.
#[must_use]
pub fn is_endless(request: &ServiceRequest) -> bool {
    request.headers().contains_key(header::TRANSFER_ENCODING)
}

/// Watches over a body of no known length.
pub fn watch(request: &mut ServiceRequest) -> Option<Rest> {
    if !is_endless(request) {
        return None;
    }
    let line = request.request().conn_data::<Line>().cloned()?;
    let is_read = Rc::new(Cell::new(false));
    let watched = Watched {
        payload: request.take_payload(),
        is_read: Rc::clone(&is_read),
    };
    let watched: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> = Box::pin(watched);
    request.set_payload(Payload::from(watched));
    Some(Rest { line, is_read })
}

impl Rest {
    /// What is to be done when the answer is there: where something of the body was left, the line is closed after a while. Says whether it was; the answer
    /// then has to say that the line ends with it.
    #[must_use]
    pub fn leave(self) -> bool {
        if self.is_read.get() {
            return false;
        }
        actix_web::rt::spawn(async move {
            tokio::time::sleep(GRACE).await;
            // One that is closed already is what was wanted.
            let _ = rustix::net::shutdown(&*self.line.0, Shutdown::Both);
        });
        true
    }
}

/// A body that says when it was read to its end.
struct Watched {
    payload: Payload,
    is_read: Rc<Cell<bool>>,
}

impl Stream for Watched {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut self.payload).poll_next(context);
        if matches!(polled, Poll::Ready(None)) {
            self.is_read.set(true);
        }
        polled
    }
}
