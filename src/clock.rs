//! The time, as a parameter: real in the program, fixed in tests. No other module may ask the system for it (`clippy.toml` bans that).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds since 1970-01-01T00:00:00Z, as all instants are stored.
pub type Millis = i64;

/// One second.
pub const SECOND: Millis = 1_000;
/// One minute.
pub const MINUTE: Millis = 60 * SECOND;
/// One hour.
pub const HOUR: Millis = 60 * MINUTE;
/// One day.
pub const DAY: Millis = 24 * HOUR;

/// Where the time comes from.
#[derive(Debug, Clone, Default)]
pub struct Clock(Source);

#[derive(Debug, Clone, Default)]
enum Source {
    #[default]
    System,
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's wall clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `now` until [`Clock::advance`] moves it; clones move together.
    #[must_use]
    pub fn fixed(now: Millis) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(now))))
    }

    /// Moves a fixed clock; a system clock does not listen.
    pub fn advance(&self, by: Millis) {
        if let Source::Fixed(now) = &self.0 {
            now.fetch_add(by, Ordering::SeqCst);
        }
    }

    /// The present instant.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one door to the system's time"
    )]
    pub fn now(&self) -> Millis {
        match &self.0 {
            Source::System => jiff::Timestamp::now().as_millisecond(),
            Source::Fixed(now) => now.load(Ordering::SeqCst),
        }
    }
}

/// An instant in the form of RFC 3339, whole seconds, UTC: `2024-01-19T10:00:00Z`.
#[must_use]
pub fn rfc3339(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map(|stamp| stamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default()
}

/// An instant as the desk prints it, UTC: `19 Jan 2024, 10.05`.
#[must_use]
pub fn short(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map(|stamp| stamp.strftime("%-d %b %Y, %H.%M").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_utc() {
        assert_eq!(rfc3339(1_705_658_400_000), "2024-01-19T10:00:00Z");
        assert_eq!(short(1_705_658_700_000), "19 Jan 2024, 10.05");
    }

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::fixed(5);
        let twin = clock.clone();
        clock.advance(HOUR);
        assert_eq!(twin.now(), 5 + HOUR);
    }
}
