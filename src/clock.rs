//! The time, as a parameter: real in the program, fixed in tests. No other module may ask the system for it (`clippy.toml` bans that).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rustix::time::{ClockId, clock_gettime};

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
    Fixed {
        now: Arc<AtomicI64>,
        since_boot: Arc<AtomicI64>,
    },
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
        Self(Source::Fixed {
            now: Arc::new(AtomicI64::new(now)),
            since_boot: Arc::new(AtomicI64::new(DAY)),
        })
    }

    /// Lets time pass on a fixed clock; a system clock does not listen.
    pub fn advance(&self, by: Millis) {
        self.set_ahead(by);
        if let Source::Fixed { since_boot, .. } = &self.0 {
            since_boot.fetch_add(by, Ordering::SeqCst);
        }
    }

    /// Sets a fixed clock ahead (or back) while no time passes, as somebody does who sets a clock on the wall; a system clock does not listen.
    pub fn set_ahead(&self, by: Millis) {
        if let Source::Fixed { now, .. } = &self.0 {
            now.fetch_add(by, Ordering::SeqCst);
        }
    }

    /// Milliseconds since the machine started, sleep included: nobody can set this clock.
    #[must_use]
    pub fn since_boot(&self) -> Millis {
        match &self.0 {
            Source::System => {
                let time = clock_gettime(BOOT_CLOCK);
                time.tv_sec
                    .saturating_mul(SECOND)
                    .saturating_add(time.tv_nsec / 1_000_000)
            }
            Source::Fixed { since_boot, .. } => since_boot.load(Ordering::SeqCst),
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
            Source::Fixed { now, .. } => now.load(Ordering::SeqCst),
        }
    }
}

/// The clock that goes on while the machine sleeps; where there is none of that name, the monotonic one does.
#[cfg(any(target_os = "linux", target_os = "android"))]
const BOOT_CLOCK: ClockId = ClockId::Boottime;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const BOOT_CLOCK: ClockId = ClockId::Monotonic;

/// How far the wall clock may run ahead of the boot-time clock before nothing is released by it.
const MOST_AHEAD: Millis = 5 * MINUTE;

/// Sees when somebody sets the wall clock ahead: what is to happen at an hour must not happen because a clock is wrong. Clones share what they know.
///
/// The difference between the wall clock and the boot-time clock is the same for ever, unless the wall clock is set. The smallest difference seen
/// since the program started is the one that is believed: a clock that was wrong at the start and then set back is not taken at its first word.
#[derive(Debug, Clone)]
pub struct ClockWatch {
    clock: Clock,
    believed: Arc<AtomicI64>,
}

impl ClockWatch {
    /// Begins to watch; the wall clock is believed as it is now.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        let believed = Arc::new(AtomicI64::new(difference(&clock)));
        Self { clock, believed }
    }

    /// By how many milliseconds the wall clock runs ahead, if that is more than it may.
    #[must_use]
    pub fn ahead_by(&self) -> Option<Millis> {
        let now = difference(&self.clock);
        let believed = self.believed.fetch_min(now, Ordering::SeqCst).min(now);
        ahead_by(believed, now)
    }

    /// Believes the wall clock as it is now: somebody has looked, and it is right.
    pub fn confirm(&self) {
        self.believed.store(difference(&self.clock), Ordering::SeqCst);
    }
}

fn difference(clock: &Clock) -> Millis {
    // In this order: whatever happens between the two lines makes the difference larger for this once. Too small, it would be believed for ever.
    let since_boot = clock.since_boot();
    clock.now().saturating_sub(since_boot)
}

/// By how much the wall clock runs ahead, if that is more than it may: of the difference between the clocks that is believed, and that of now.
const fn ahead_by(believed: Millis, now: Millis) -> Option<Millis> {
    let ahead = now.saturating_sub(believed);
    if ahead > MOST_AHEAD { Some(ahead) } else { None }
}

/// An instant in the form of RFC 3339, whole seconds, UTC: `2024-01-19T10:00:00Z`.
#[must_use]
pub fn rfc3339(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map(|stamp| stamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default()
}

/// The instant that a text in the form of RFC 3339 names, in whatever zone.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<Millis> {
    let stamp: jiff::Timestamp = text.parse().ok()?;
    Some(stamp.as_millisecond())
}

/// An instant as the shell prints it, UTC: `19 Jan 2024, 10.05`.
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

    #[test]
    fn five_minutes_ahead_are_borne_and_a_moment_more_is_not() {
        assert_eq!(ahead_by(100, 100), None);
        assert_eq!(ahead_by(100, 100 + MOST_AHEAD), None);
        assert_eq!(ahead_by(100, 101 + MOST_AHEAD), Some(MOST_AHEAD + 1));
        assert_eq!(
            ahead_by(100, 100 - DAY),
            None,
            "behind, nothing happens too early"
        );
    }

    #[test]
    fn time_that_passes_is_believed_and_a_clock_that_is_set_ahead_is_not() {
        let clock = Clock::fixed(0);
        let watch = ClockWatch::new(clock.clone());
        clock.advance(40 * DAY);
        assert_eq!(watch.ahead_by(), None);
        clock.set_ahead(HOUR);
        assert_eq!(watch.ahead_by(), Some(HOUR));
        clock.set_ahead(-HOUR);
        assert_eq!(watch.ahead_by(), None, "they agree again");
        clock.set_ahead(HOUR);
        watch.clone().confirm();
        assert_eq!(watch.ahead_by(), None, "somebody has looked");
    }

    #[test]
    fn a_clock_that_was_set_back_is_not_believed_when_it_is_ahead_again() {
        let clock = Clock::fixed(0);
        let watch = ClockWatch::new(clock.clone());
        clock.set_ahead(-HOUR);
        assert_eq!(watch.ahead_by(), None);
        clock.set_ahead(HOUR);
        assert_eq!(watch.ahead_by(), Some(HOUR));
    }

    #[test]
    fn the_machines_boot_clock_goes_forward() {
        let clock = Clock::system();
        let before = clock.since_boot();
        assert!(before > 0 && clock.since_boot() >= before);
    }
}
