//! Turns for what costs the machine much and anybody may ask for: only so many at once, and whoever has waited in vain is asked to come again.
//!
//! Strangers may ask for the most expensive search there is as often as they like; pages and the desk have a processor left all the same.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::Failure;

/// Turns that may be taken at once.
const MOST_AT_ONCE: usize = 2;
/// How long a turn is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// The turns; clones share them.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Semaphore>);

/// A turn; it ends when this is dropped. It belongs where the work is done: a request may be gone long before its work.
#[derive(Debug)]
pub struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_AT_ONCE)))
    }
}

impl Turns {
    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Failure::Busy`] when there was none for two seconds.
    pub async fn take(&self) -> Result<Turn, Failure> {
        let taken = tokio::time::timeout(PATIENCE, Arc::clone(&self.0).acquire_owned()).await;
        if let Ok(Ok(permit)) = taken {
            return Ok(Turn { _permit: permit });
        }
        let message = "Too many people are searching at this moment. Try again in a few seconds.";
        Err(Failure::Busy(message.to_owned()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_at_once_and_whoever_waits_in_vain_is_told_so() {
        let turns = Turns::default();
        let (first, second) = (turns.take().await.unwrap(), turns.take().await.unwrap());
        assert!(matches!(turns.take().await, Err(Failure::Busy(_))));
        drop(first);
        let third = turns.take().await.unwrap();
        let waiting = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take().await.is_ok() }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(second);
        assert!(waiting.await.unwrap());
        drop(third);
    }
}
