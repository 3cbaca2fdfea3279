//! The limit on guesses: failed passwords and codes are counted together, for the account and for the network address they come from.

use std::net::{IpAddr, Ipv6Addr};

use diesel::QueryResult;

use super::query;
use crate::audit::{self, Who, Word};
use crate::clock::{MINUTE, Millis};
use crate::db::Conn;

/// Failures in [`WINDOW`] that are still answered; the next one is not.
const MOST_FAILURES: usize = 10;
/// Over which failures are counted.
const WINDOW: Millis = 15 * MINUTE;

/// What failures count against: the account's address, then the network's.
pub(super) type Subjects = [String; 2];

/// That there were too many failures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wait {
    /// Seconds until the next try.
    pub retry_after_s: i64,
    /// What they counted against.
    subject: String,
}

pub(super) fn subjects(email: &str, network: &str) -> Subjects {
    let network = network_of(network);
    [format!("account:{email}"), format!("network:{network}")]
}

/// The network that one subscriber has: an address of IPv4, the first 64 bits of one of IPv6, whose rest anybody may choose at will.
///
/// Source: RFC 6177 and RFC 7217: a site has at least a /64, and addresses within it change.
pub(super) fn network_of(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(six)) => {
            let [a, b, c, d, ..] = six.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Ok(IpAddr::V4(four)) => four.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// How long one has to wait, if there were too many failures.
pub(super) fn must_wait(conn: &mut Conn, subjects: &Subjects, now: Millis) -> QueryResult<Option<Wait>> {
    let most = i64::try_from(MOST_FAILURES).unwrap_or(i64::MAX);
    for subject in subjects {
        let failures = query::list_failures(
            conn,
            subject,
            (now.saturating_sub(WINDOW), now.saturating_add(MINUTE)),
            most,
        )?;
        if failures.len() >= MOST_FAILURES {
            let free_at = failures
                .first()
                .map_or(now, |oldest| oldest.saturating_add(WINDOW));
            return Ok(Some(Wait {
                retry_after_s: (free_at - now).max(1_000) / 1_000,
                subject: subject.clone(),
            }));
        }
    }
    Ok(None)
}

/// Counts a failure. Asked again inside the transaction whether one must wait: guesses sent side by side do not slip through together.
pub(super) fn count(conn: &mut Conn, subjects: &Subjects, now: Millis) -> QueryResult<Option<Wait>> {
    let wait = must_wait(conn, subjects, now)?;
    query::delete_failures_before(conn, now.saturating_sub(WINDOW))?;
    for subject in subjects {
        query::insert_failure(conn, subject, now)?;
    }
    if let Some(wait) = &wait {
        tell(conn, wait, now)?;
    }
    Ok(wait)
}

/// Forgets the failures of an account: somebody has proved who they are. Those of the network stay.
pub(super) fn forget(conn: &mut Conn, subjects: &Subjects) -> QueryResult<()> {
    query::delete_failures(conn, &subjects[0])
}

/// Whether the trail tells already that this one has to wait.
pub(super) fn is_told(conn: &mut Conn, wait: &Wait, now: Millis) -> QueryResult<bool> {
    audit::is_told(
        conn,
        Word::SignInBlocked,
        &wait.subject,
        now.saturating_sub(WINDOW),
    )
}

/// Tells the trail that somebody has to wait: once, however often they knock.
pub(super) fn tell(conn: &mut Conn, wait: &Wait, now: Millis) -> QueryResult<()> {
    if is_told(conn, wait, now)? {
        return Ok(());
    }
    audit::record(conn, Who::Stranger, Word::SignInBlocked, &wait.subject, "", now)
}

#[cfg(test)]
mod tests {
    use super::network_of;

    #[test]
    fn guesses_from_one_network_count_together_whatever_address_in_it_they_come_from() {
        assert_eq!(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network_of("2001:db8:1:2::1"), "2001:db8:1:2::/64");
        assert_ne!(network_of("2001:db8:1:3::1"), "2001:db8:1:2::/64");
        assert_eq!(network_of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network_of("192.0.2.7"), "192.0.2.7");
    }
}
