//! How long a body may take to come. The framework waits for ever, so whoever reads a body waits with this: one that stands still, or
//! trickles so slowly that it would hold its place for hours, is given up.

use std::future::Future;
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::web::{Bytes, BytesMut};
use futures_util::StreamExt;

use super::error::Failure;

/// Over how much waiting the pace is measured.
const WINDOW: Duration = Duration::from_mins(1);
/// Bytes that must come in each [`WINDOW`]: 1 KiB a second.
const LEAST_BYTES: usize = 60 * 1_024;

/// The patience with one body.
#[derive(Debug)]
pub struct Patience {
    silence: Duration,
    waited: Duration,
    came: usize,
}

impl Patience {
    /// Patience that ends after so much silence.
    #[must_use]
    pub fn new(silence: Duration) -> Self {
        Self {
            silence,
            waited: Duration::ZERO,
            came: 0,
        }
    }

    /// Waits for what comes next. Only waiting counts: time that the server itself takes with what came does not.
    ///
    /// # Errors
    /// [`Failure::TooSlow`].
    pub async fn wait<T>(&mut self, coming: impl Future<Output = T>) -> Result<T, Failure> {
        let before = Instant::now();
        let come = tokio::time::timeout(self.silence, coming).await;
        self.waited += before.elapsed();
        come.map_err(|_| Failure::TooSlow)
    }

    /// Notes that bytes have come.
    ///
    /// # Errors
    /// [`Failure::TooSlow`] when they were too few for the time that was waited.
    pub fn took(&mut self, bytes: usize) -> Result<(), Failure> {
        self.came = self.came.saturating_add(bytes);
        if self.waited < WINDOW {
            return Ok(());
        }
        let enough = self.came >= LEAST_BYTES;
        (self.waited, self.came) = (Duration::ZERO, 0);
        if enough { Ok(()) } else { Err(Failure::TooSlow) }
    }
}

/// Reads a body of at most `most` bytes to its end.
///
/// # Errors
/// [`Failure::TooManyBytes`] as soon as there are too many, [`Failure::TooSlow`], or [`Failure::BadRequest`] for one that broke off.
pub async fn read_body(payload: Payload, most: usize, silence: Duration) -> Result<Bytes, Failure> {
    read_body_watched(payload, most, silence, |_| Ok(())).await
}

/// [`read_body`] with a look at how many bytes have come, at each piece.
///
/// # Errors
/// Those of [`read_body`], and what the look fails with.
pub async fn read_body_watched(
    mut payload: Payload,
    most: usize,
    silence: Duration,
    mut watch: impl FnMut(usize) -> Result<(), Failure>,
) -> Result<Bytes, Failure> {
    let mut patience = Patience::new(silence);
    let mut body = BytesMut::new();
    while let Some(piece) = patience.wait(payload.next()).await? {
        let piece = piece.map_err(|error| Failure::BadRequest {
            code: "broken_body",
            message: format!("The body could not be read to its end: {error}."),
        })?;
        patience.took(piece.len())?;
        if body.len() + piece.len() > most {
            return Err(too_many(most));
        }
        watch(body.len() + piece.len())?;
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

/// The refusal of a body that is longer than this.
#[must_use]
pub fn too_many(most: usize) -> Failure {
    Failure::TooManyBytes(format!("A body may have at most {most} bytes."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_trickles_is_given_up_and_one_that_flows_is_not() {
        let mut patience = Patience::new(Duration::from_secs(30));
        patience.waited = WINDOW;
        assert_eq!(patience.took(LEAST_BYTES), Ok(()));
        assert_eq!(patience.took(1), Ok(()), "the next window has only begun");
        patience.waited = WINDOW;
        assert_eq!(patience.took(LEAST_BYTES - 2), Err(Failure::TooSlow));
    }
}
