//! Forms of people who are not signed in. Whoever's session has ended gets their words back to send them again, and a stranger can claim to be that
//! person: so these forms are kept small, few large ones are in hand at once, and an answer that nobody takes holds its place until it is let go. Forms of
//! people who are signed in may be larger, and have places too from some size on: what is refused comes back whole, and larger than it was sent.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;

use super::error::Failure;

/// Bytes that the form of somebody who is not signed in may have: the longest text of a story, in letters of which each takes twelve, fits.
pub const MOST_BYTES: usize = 640 * 1024;
/// The same at the door, to which it comes once more, encoded twice.
pub const MOST_BYTES_AT_THE_DOOR: usize = 1280 * 1024;
/// How long such a form may take to come.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// Fields of it that are shown; it carries the others along unseen.
pub const MOST_SHOWN: usize = 200;
/// Up to this many bytes a form is small, as those of the door are.
pub const SMALL_BYTES: usize = 8 * 1024;
/// Larger ones that are in hand at once, and those of them that come from one network.
const MOST_AT_ONCE: usize = 16;
const MOST_OF_ONE: usize = 4;
/// How long somebody who is signed in waits for a place.
const WAIT: Duration = Duration::from_secs(10);
/// How long a place is kept at most behind its form; an answer that was not taken by then is given up.
const KEPT: Duration = Duration::from_mins(3);
/// Bytes of an answer that are given to the connection at once: what it has not taken holds the place.
const PIECE_BYTES: usize = 16 * 1024;

/// From this many bytes on a form of somebody who is signed in takes a place.
pub const LARGE_BYTES: u64 = 256 * 1024;

/// Places for larger forms; clones share them.
#[derive(Debug, Clone)]
pub struct Strangers {
    taken: Arc<Mutex<Vec<Taken>>>,
    at_once: usize,
    of_one: usize,
    full: &'static str,
}

impl Default for Strangers {
    fn default() -> Self {
        Self {
            taken: Arc::default(),
            at_once: MOST_AT_ONCE,
            of_one: MOST_OF_ONE,
            full: "Too much is being sent by people who are not signed in. Go back, copy what you have typed, sign in, and send it again.",
        }
    }
}

#[derive(Debug)]
struct Taken {
    network: String,
    place: Weak<Answer>,
}

/// The place of a larger form; free again when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Place(Arc<Answer>);

/// The answer to a form.
#[derive(Debug)]
struct Answer {
    /// What of it is not taken yet; nothing once the place was given to somebody else.
    rest: Mutex<Option<Bytes>>,
    /// Since when it is there to be taken.
    since: OnceLock<Instant>,
}

impl Strangers {
    /// Places for people who are signed in.
    #[must_use]
    pub fn for_people() -> Self {
        Self {
            taken: Arc::default(),
            at_once: 8,
            of_one: 2,
            full: "Several large forms are being sent at once. Wait a moment, and send this one again.",
        }
    }

    /// A place, as soon as there is one: whoever is signed in waits for a while rather than to lose their words.
    ///
    /// # Errors
    /// [`Failure::Busy`] when there is none all that time.
    pub async fn wait(&self, account: &str) -> Result<Place, Failure> {
        let until = Instant::now() + WAIT;
        loop {
            match self.place(account) {
                Err(_) if Instant::now() < until => tokio::time::sleep(Duration::from_millis(100)).await,
                found => return found,
            }
        }
    }

    /// A place for a larger form that comes from a network, or from an account.
    ///
    /// # Errors
    /// [`Failure::Busy`] when all are taken, or as many as one may have.
    pub fn place(&self, network: &str) -> Result<Place, Failure> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.retain(|taken| {
            let Some(answer) = taken.place.upgrade() else {
                return false;
            };
            let is_kept = answer.since.get().is_none_or(|since| since.elapsed() < KEPT);
            if !is_kept {
                *answer.rest() = None;
            }
            is_kept
        });
        let of_one = taken.iter().filter(|place| place.network == network).count();
        if taken.len() >= self.at_once || of_one >= self.of_one {
            return Err(Failure::Busy(self.full.to_owned()));
        }
        let place = Place(Arc::new(Answer {
            rest: Mutex::new(Some(Bytes::new())),
            since: OnceLock::new(),
        }));
        taken.push(Taken {
            network: network.to_owned(),
            place: Arc::downgrade(&place.0),
        });
        Ok(place)
    }
}

impl Answer {
    fn rest(&self) -> MutexGuard<'_, Option<Bytes>> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer that holds the place of its form until it is taken, let go, or given up.
pub struct Held {
    body: BoxBody,
    place: Place,
}

impl Held {
    /// The same answer, holding a place.
    #[must_use]
    pub fn new(body: BoxBody, place: Place) -> Self {
        place.0.since.get_or_init(Instant::now);
        Self { body, place }
    }
}

impl MessageBody for Held {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let place = self.place.clone();
        let mut rest = place.0.rest();
        let Some(rest) = rest.as_mut() else {
            return Poll::Ready(Some(Err("the answer was not taken in time".into())));
        };
        if rest.is_empty() {
            match Pin::new(&mut self.body).poll_next(context) {
                Poll::Ready(Some(Ok(whole))) => *rest = whole,
                other => return other,
            }
        }
        let length = rest.len().min(PIECE_BYTES);
        Poll::Ready(Some(Ok(rest.split_to(length))))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn an_answer_holds_the_place_of_its_form_until_it_is_taken() {
        let strangers = Strangers::default();
        let mut places: Vec<Place> = (0..MOST_OF_ONE).map(|_| strangers.place("a").unwrap()).collect();
        assert!(matches!(strangers.place("a"), Err(Failure::Busy(_))));
        let other = strangers.place("b").unwrap();
        let answer = Bytes::from(vec![b'a'; 40 * 1024]);
        let held = Held::new(BoxBody::new(answer.clone()), places.remove(0));
        assert!(strangers.place("a").is_err());
        assert_eq!(held.size(), BodySize::Sized(40 * 1024));
        assert_eq!(actix_web::body::to_bytes(held).await.unwrap(), answer);
        places.push(strangers.place("a").unwrap());
        drop(other);
        let many: Vec<Place> = (0..12)
            .map(|number| strangers.place(&number.to_string()).unwrap())
            .collect();
        assert!(
            strangers.place("c").is_err(),
            "{} are there",
            many.len() + places.len()
        );
    }
}
