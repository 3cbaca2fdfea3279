//! What became of events: the log of a webhook, sending something again, and forgetting what is old.

use super::manage::{did, find_managed};
use super::{Delivery, KEPT_FOR, WebhookError, query};
use crate::account::Actor;
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::{DeliveryId, WebhookId};
use crate::queue::{self, JobKind};

/// Deliveries to a webhook, the newest first, at most `limit`.
///
/// # Errors
/// [`WebhookError`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    id: &WebhookId,
    before: Option<&(Millis, DeliveryId)>,
    limit: i64,
) -> Result<Vec<Delivery>, WebhookError> {
    find_managed(conn, actor, id)?;
    Ok(query::list_deliveries(conn, id, before, limit)?)
}

/// One delivery to a webhook.
///
/// # Errors
/// [`WebhookError`].
pub fn find(
    conn: &mut Conn,
    actor: &Actor,
    id: &WebhookId,
    delivery: &DeliveryId,
) -> Result<Delivery, WebhookError> {
    find_managed(conn, actor, id)?;
    let row = query::find_delivery(conn, delivery)?.filter(|row| row.webhook_id == *id);
    row.ok_or(WebhookError::Unknown)?;
    query::find_with_attempts(conn, delivery)?.ok_or(WebhookError::Unknown)
}

/// Sends an event again, with the id it had, and as often as a new one if it does not arrive.
///
/// # Errors
/// [`WebhookError::IsOff`] for a webhook that is turned off.
pub fn redeliver(
    conn: &mut Conn,
    actor: &Actor,
    id: &WebhookId,
    delivery: &DeliveryId,
    now: Millis,
) -> Result<Delivery, WebhookError> {
    find(conn, actor, id, delivery)?;
    let webhook = find_managed(conn, actor, id)?;
    if !webhook.is_on() {
        return Err(WebhookError::IsOff);
    }
    did(conn, actor, Word::WebhookRedelivered, &webhook, now)?;
    query::restart(conn, delivery, now)?;
    queue::enqueue(conn, JobKind::DeliverWebhook, delivery.as_str(), now)?;
    find(conn, actor, id, delivery)
}

/// Forgets what is older than [`KEPT_FOR`], and secrets that sign no more; says how many events.
///
/// # Errors
/// Those of the statements.
pub fn forget_old(conn: &mut Conn, now: Millis) -> diesel::QueryResult<usize> {
    query::forget_old_secrets(conn, now)?;
    query::delete_events_before(conn, now.saturating_sub(KEPT_FOR))
}
