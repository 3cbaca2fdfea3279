//! Carrying out deliveries: which is next, and what follows from how it went.

use diesel::QueryResult;

use super::{Attempt, Because, Event, State, manage, query};
use crate::clock::{DAY, HOUR, MINUTE, Millis, SECOND};
use crate::db::Conn;
use crate::id::{DeliveryId, WebhookId, random_bytes};
use crate::queue::{self, JobKind};
use crate::text::cut;

/// How long to wait after each try in vain; after the last of these tries there is one more.
///
/// Source: Standard Webhooks 1.0, "Deliverability and reliability".
const WAITS: [Millis; 9] = [
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
];
/// However long a receiver asks to be left alone, it is asked again after this.
const LONGEST_WAIT: Millis = DAY;
/// Characters of an answer that are kept.
const MOST_ANSWER_CHARS: usize = 1_000;
/// The status of what is gone for good.
const GONE: u16 = 410;

/// What is to be sent, and where.
#[derive(Clone)]
pub struct Order {
    /// The delivery.
    pub id: DeliveryId,
    /// To whom.
    pub webhook: WebhookId,
    /// Where.
    pub url: String,
    /// What signs; the present secret first.
    pub secrets: Vec<String>,
    /// What is told.
    pub event: Event,
}

impl std::fmt::Debug for Order {
    /// Without the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Order")
            .field("id", &self.id)
            .field("webhook", &self.webhook)
            .finish_non_exhaustive()
    }
}

/// How a try went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There was an answer.
    Answered {
        /// Its status.
        status: u16,
        /// For how long the receiver wants to be left alone.
        retry_after: Option<Millis>,
        /// How it begins.
        answer: String,
    },
    /// There was none; a sentence says why.
    Failed(String),
}

impl Outcome {
    /// Why it counts as failed; `None` for what arrived.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        match self {
            Self::Answered {
                status: 200..=299, ..
            } => None,
            Self::Answered {
                status: 300..=399, ..
            } => Some("The receiver answered with a redirect, which is not followed.".to_owned()),
            Self::Answered { status, .. } => Some(format!("The receiver answered {status}.")),
            Self::Failed(reason) => Some(reason.clone()),
        }
    }

    fn status(&self) -> Option<u16> {
        match self {
            Self::Answered { status, .. } => Some(*status),
            Self::Failed(_) => None,
        }
    }

    fn retry_after(&self) -> Millis {
        match self {
            Self::Answered { retry_after, .. } => retry_after.unwrap_or(0).clamp(0, LONGEST_WAIT),
            Self::Failed(_) => 0,
        }
    }
}

/// Whether something is due to a webhook that is not busy. Reads only.
///
/// # Errors
/// Those of the statement.
pub fn is_due(conn: &mut Conn, busy: &[WebhookId], now: Millis) -> QueryResult<bool> {
    Ok(query::find_due(conn, busy, now)?.is_some())
}

/// Takes the next delivery that is due to a webhook that is not busy.
///
/// # Errors
/// Those of the statements.
pub fn claim(conn: &mut Conn, busy: &[WebhookId], now: Millis) -> QueryResult<Option<Order>> {
    while let Some(row) = query::find_due(conn, busy, now)? {
        let webhook = query::find_row(conn, &row.webhook_id)?;
        let event = query::find_event(conn, &row.event_id)?;
        let (Some(webhook), Some(event), State::Waiting) = (webhook, event, row.state()) else {
            queue::remove(conn, JobKind::DeliverWebhook, row.id.as_str())?;
            query::settle(conn, &row.id, State::Cancelled, row.tries, None, now)?;
            continue;
        };
        queue::claim_of(conn, JobKind::DeliverWebhook, row.id.as_str(), now)?;
        let old = webhook
            .old_secret
            .filter(|_| webhook.old_secret_until.is_some_and(|until| now < until));
        return Ok(Some(Order {
            id: row.id,
            webhook: row.webhook_id,
            url: webhook.url,
            secrets: std::iter::once(webhook.secret).chain(old).collect(),
            event,
        }));
    }
    Ok(None)
}

/// Records a try, and decides what comes next. A delivery that is gone by now is no error; one that was cancelled while it was on its way keeps
/// the try in its log.
///
/// # Errors
/// Those of the statements.
pub fn record(
    conn: &mut Conn,
    order: &Order,
    outcome: &Outcome,
    at: Millis,
    duration_ms: i64,
    now: Millis,
) -> QueryResult<()> {
    let Some(row) = query::find_delivery(conn, &order.id)? else {
        return queue::remove(conn, JobKind::DeliverWebhook, order.id.as_str());
    };
    let error = outcome.error();
    let answer = match outcome {
        Outcome::Answered { answer, .. } => cut(answer, MOST_ANSWER_CHARS),
        Outcome::Failed(_) => String::new(),
    };
    let attempt = Attempt {
        at,
        duration_ms,
        status: outcome.status().map(i32::from),
        error: error.clone(),
        answer,
    };
    query::insert_attempt(conn, &order.id, &attempt)?;
    let tries = row.tries.saturating_add(1);
    let Some(error) = error else {
        query::note_delivered(conn, &order.webhook, now)?;
        return end(conn, &order.id, State::Delivered, tries, now);
    };
    if row.state() != State::Waiting {
        return queue::remove(conn, JobKind::DeliverWebhook, order.id.as_str());
    }
    // What is gone at an address that the webhook had before may be at the one it has now.
    let webhook = query::find(conn, &order.webhook)?;
    let is_still_there = webhook.as_ref().is_some_and(|webhook| webhook.url == order.url);
    if outcome.status() == Some(GONE) && is_still_there {
        end(conn, &order.id, State::Failed, tries, now)?;
        return manage::turn_off_failing(conn, &order.webhook, Because::Gone, now);
    }
    if let Some(wait) = wait_after(tries) {
        let until = now.saturating_add(wait.max(outcome.retry_after()));
        query::settle(conn, &order.id, State::Waiting, tries, Some(until), now)?;
        return queue::put_off(conn, JobKind::DeliverWebhook, order.id.as_str(), &error, until);
    }
    end(conn, &order.id, State::Failed, tries, now)?;
    let arrived = webhook.and_then(|webhook| webhook.delivered_at);
    // Days of trying, and nothing else arrived there either.
    if arrived.is_none_or(|arrived| arrived < row.started_at) {
        manage::turn_off_failing(conn, &order.webhook, Because::Failing, now)?;
    }
    Ok(())
}

fn end(conn: &mut Conn, id: &DeliveryId, state: State, tries: i32, now: Millis) -> QueryResult<()> {
    query::settle(conn, id, state, tries, None, now)?;
    queue::remove(conn, JobKind::DeliverWebhook, id.as_str())
}

/// How long to wait after so many tries in vain, up to a fifth more by chance, so that a receiver that was down is not asked everything at once;
/// `None` when it was tried often enough.
fn wait_after(tries: i32) -> Option<Millis> {
    let wait = *WAITS.get(usize::try_from(tries).ok()?.checked_sub(1)?)?;
    let chance = i64::from(u16::from_be_bytes(random_bytes::<2>()));
    Some(wait + wait * chance / (5 * i64::from(u16::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_ten_times_over_three_days_and_never_sooner_than_the_schedule_says() {
        let waits: Vec<Millis> = (1..).map_while(wait_after).collect();
        assert_eq!(waits.len() + 1, 10);
        for (wait, least) in waits.iter().zip(WAITS) {
            assert!((least..=least + least / 5).contains(wait), "{wait} for {least}");
        }
        assert!(waits.iter().sum::<Millis>() > 3 * DAY);
    }

    #[test]
    fn only_what_is_taken_has_arrived() {
        let answered = |status| Outcome::Answered {
            status,
            retry_after: None,
            answer: String::new(),
        };
        for status in [200, 202, 204, 299] {
            assert_eq!(answered(status).error(), None);
        }
        for status in [100, 199, 300, 301, 308, 400, 410, 500, 503] {
            assert!(answered(status).error().is_some(), "{status}");
        }
        let never = Outcome::Answered {
            status: 503,
            retry_after: Some(400 * DAY),
            answer: String::new(),
        };
        assert_eq!(never.retry_after(), LONGEST_WAIT);
    }
}
