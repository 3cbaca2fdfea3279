//! SQL for webhooks, their events and deliveries.

use diesel::prelude::*;

use super::{Attempt, Because, Delivery, Event, Kind, State, Webhook};
use crate::clock::{MINUTE, Millis};
use crate::db::Conn;
use crate::db::schema::{jobs, webhook_attempts, webhook_deliveries, webhook_events, webhooks};
use crate::id::{AccountId, DeliveryId, EventId, WebhookId};
use crate::queue::JobKind;

/// Webhooks that a list has at most.
const MOST_LISTED: i64 = 100;
/// How long after it was begun a delivery that nobody is at is begun again.
const LOST_AFTER: Millis = 2 * MINUTE;
/// Attempts of one delivery that a list has at most.
const MOST_ATTEMPTS: i64 = 20;

/// A webhook with what signs.
#[derive(Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub(super) struct WebhookRow {
    id: WebhookId,
    label: String,
    pub url: String,
    events: String,
    pub secret: String,
    pub old_secret: Option<String>,
    pub old_secret_until: Option<Millis>,
    version: i32,
    created_at: Millis,
    updated_at: Millis,
    disabled_at: Option<Millis>,
    disabled_because: Option<String>,
    delivered_at: Option<Millis>,
}

impl WebhookRow {
    pub(super) fn into_webhook(self) -> Webhook {
        let because = self.disabled_because.as_deref().map(str::parse::<Because>);
        Webhook {
            id: self.id,
            label: self.label,
            url: self.url,
            events: kinds(&self.events),
            old_secret_until: self.old_secret_until,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            disabled: self
                .disabled_at
                .map(|at| (at, because.and_then(Result::ok).unwrap_or(Because::ByHand))),
            delivered_at: self.delivered_at,
        }
    }
}

fn kinds(text: &str) -> Vec<Kind> {
    text.split(' ').filter_map(|word| word.parse().ok()).collect()
}

#[derive(Insertable)]
#[diesel(table_name = webhooks)]
pub(super) struct NewWebhook<'a> {
    pub id: &'a WebhookId,
    pub label: &'a str,
    pub url: &'a str,
    pub events: &'a str,
    pub secret: &'a str,
    pub made_by: &'a AccountId,
    pub created_at: Millis,
    pub updated_at: Millis,
}

#[derive(AsChangeset)]
#[diesel(table_name = webhooks)]
pub(super) struct WebhookChange<'a> {
    pub label: Option<&'a str>,
    pub url: Option<&'a str>,
    pub events: Option<&'a str>,
}

pub(super) fn insert(conn: &mut Conn, webhook: &NewWebhook<'_>) -> QueryResult<()> {
    diesel::insert_into(webhooks::table)
        .values(webhook)
        .execute(conn)?;
    Ok(())
}

pub(super) fn list(conn: &mut Conn) -> QueryResult<Vec<Webhook>> {
    let rows: Vec<WebhookRow> = webhooks::table
        .order((webhooks::created_at.asc(), webhooks::id.asc()))
        .limit(MOST_LISTED)
        .select(WebhookRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(WebhookRow::into_webhook).collect())
}

pub(super) fn find(conn: &mut Conn, id: &WebhookId) -> QueryResult<Option<Webhook>> {
    Ok(find_row(conn, id)?.map(WebhookRow::into_webhook))
}

pub(super) fn find_row(conn: &mut Conn, id: &WebhookId) -> QueryResult<Option<WebhookRow>> {
    webhooks::table
        .find(id)
        .select(WebhookRow::as_select())
        .first(conn)
        .optional()
}

/// The webhooks that are on and listen to this.
pub(super) fn list_listening(conn: &mut Conn, kind: Kind) -> QueryResult<Vec<WebhookId>> {
    let rows: Vec<(WebhookId, String)> = webhooks::table
        .filter(webhooks::disabled_at.is_null())
        .order((webhooks::created_at.asc(), webhooks::id.asc()))
        .limit(MOST_LISTED)
        .select((webhooks::id, webhooks::events))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter(|(_, events)| kinds(events).contains(&kind))
        .map(|(id, _)| id)
        .collect())
}

pub(super) fn change(
    conn: &mut Conn,
    id: &WebhookId,
    change: &WebhookChange<'_>,
    now: Millis,
) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id))
        .set((
            change,
            webhooks::version.eq(webhooks::version + 1),
            webhooks::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn replace_secret(
    conn: &mut Conn,
    id: &WebhookId,
    secret: &str,
    old_until: Millis,
    now: Millis,
) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id))
        .set((
            webhooks::old_secret.eq(webhooks::secret.nullable()),
            webhooks::old_secret_until.eq(old_until),
            webhooks::secret.eq(secret),
            webhooks::version.eq(webhooks::version + 1),
            webhooks::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets secrets whose time is up. Nobody has changed the webhook: it is of the version that it was.
pub(super) fn forget_old_secrets(conn: &mut Conn, now: Millis) -> QueryResult<()> {
    diesel::update(webhooks::table.filter(webhooks::old_secret_until.assume_not_null().le(now)))
        .set((
            webhooks::old_secret.eq(None::<String>),
            webhooks::old_secret_until.eq(None::<Millis>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Turns a webhook off, or on.
pub(super) fn set_disabled(
    conn: &mut Conn,
    id: &WebhookId,
    because: Option<Because>,
    now: Millis,
) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id))
        .set((
            webhooks::disabled_at.eq(because.map(|_| now)),
            webhooks::disabled_because.eq(because.map(Because::as_str)),
            webhooks::version.eq(webhooks::version + 1),
            webhooks::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn note_delivered(conn: &mut Conn, id: &WebhookId, now: Millis) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id))
        .set(webhooks::delivered_at.eq(now))
        .execute(conn)?;
    Ok(())
}

pub(super) fn delete(conn: &mut Conn, id: &WebhookId) -> QueryResult<()> {
    diesel::delete(webhooks::table.find(id)).execute(conn)?;
    Ok(())
}

pub(super) fn insert_event(conn: &mut Conn, event: &Event) -> QueryResult<()> {
    let fact = serde_json::to_string(&event.fact)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    diesel::insert_into(webhook_events::table)
        .values((
            webhook_events::id.eq(&event.id),
            webhook_events::kind.eq(event.kind.as_str()),
            webhook_events::fact.eq(fact),
            webhook_events::at.eq(event.at),
        ))
        .execute(conn)?;
    Ok(())
}

/// An event; one of a type that this program does not know is none.
pub(super) fn find_event(conn: &mut Conn, id: &EventId) -> QueryResult<Option<Event>> {
    let row: Option<(String, String, Millis)> = webhook_events::table
        .find(id)
        .select((webhook_events::kind, webhook_events::fact, webhook_events::at))
        .first(conn)
        .optional()?;
    Ok(row.and_then(|(kind, fact, at)| {
        Some(Event {
            id: id.clone(),
            kind: kind.parse().ok()?,
            fact: serde_json::from_str(&fact).ok()?,
            at,
        })
    }))
}

/// Forgets events that are older and on their way to nobody, with their deliveries.
pub(super) fn delete_events_before(conn: &mut Conn, before: Millis) -> QueryResult<usize> {
    let on_their_way = webhook_deliveries::table
        .filter(webhook_deliveries::state.eq(State::Waiting.as_str()))
        .select(webhook_deliveries::event_id);
    let old = webhook_events::at
        .lt(before)
        .and(webhook_events::id.ne_all(on_their_way));
    diesel::delete(webhook_events::table.filter(old)).execute(conn)
}

pub(super) fn insert_delivery(
    conn: &mut Conn,
    id: &DeliveryId,
    webhook: &WebhookId,
    event: &EventId,
    now: Millis,
) -> QueryResult<()> {
    diesel::insert_into(webhook_deliveries::table)
        .values((
            webhook_deliveries::id.eq(id),
            webhook_deliveries::webhook_id.eq(webhook),
            webhook_deliveries::event_id.eq(event),
            webhook_deliveries::state.eq(State::Waiting.as_str()),
            webhook_deliveries::started_at.eq(now),
            webhook_deliveries::due_at.eq(now),
            webhook_deliveries::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// A delivery as the one who carries it out needs it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries)]
pub(super) struct DeliveryRow {
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    pub event_id: EventId,
    state: String,
    pub tries: i32,
    pub started_at: Millis,
    due_at: Option<Millis>,
    created_at: Millis,
    settled_at: Option<Millis>,
}

impl DeliveryRow {
    pub(super) fn state(&self) -> State {
        self.state.parse().unwrap_or(State::Failed)
    }
}

pub(super) fn find_delivery(conn: &mut Conn, id: &DeliveryId) -> QueryResult<Option<DeliveryRow>> {
    webhook_deliveries::table
        .find(id)
        .select(DeliveryRow::as_select())
        .first(conn)
        .optional()
}

/// The delivery that is due first, of those to webhooks that nothing is on its way to.
pub(super) fn find_due(conn: &mut Conn, busy: &[WebhookId], now: Millis) -> QueryResult<Option<DeliveryRow>> {
    let kind = JobKind::DeliverWebhook.as_str();
    let waits = jobs::state.eq("waiting").and(jobs::due_at.le(now));
    // Nobody is at it, or the webhook would be busy: how it went could not be written down.
    let lost_before = now.saturating_sub(LOST_AFTER);
    let is_lost = jobs::state
        .eq("running")
        .and(jobs::claimed_at.assume_not_null().le(lost_before));
    webhook_deliveries::table
        .inner_join(jobs::table.on(jobs::subject_id.eq(webhook_deliveries::id)))
        .filter(jobs::kind.eq(kind))
        .filter(waits.or(is_lost))
        .filter(webhook_deliveries::webhook_id.ne_all(busy))
        .order((jobs::due_at.asc(), jobs::created_at.asc(), jobs::id.asc()))
        .select(DeliveryRow::as_select())
        .first(conn)
        .optional()
}

/// The ids of deliveries to a webhook that wait.
pub(super) fn list_waiting(conn: &mut Conn, webhook: &WebhookId) -> QueryResult<Vec<DeliveryId>> {
    webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .filter(webhook_deliveries::state.eq(State::Waiting.as_str()))
        .select(webhook_deliveries::id)
        .load(conn)
}

/// How a delivery stands from now on.
pub(super) fn settle(
    conn: &mut Conn,
    id: &DeliveryId,
    state: State,
    tries: i32,
    due_at: Option<Millis>,
    now: Millis,
) -> QueryResult<()> {
    diesel::update(webhook_deliveries::table.find(id))
        .set((
            webhook_deliveries::state.eq(state.as_str()),
            webhook_deliveries::tries.eq(tries),
            webhook_deliveries::due_at.eq(due_at),
            webhook_deliveries::settled_at.eq((state != State::Waiting).then_some(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Sends a delivery on its way anew.
pub(super) fn restart(conn: &mut Conn, id: &DeliveryId, now: Millis) -> QueryResult<()> {
    diesel::update(webhook_deliveries::table.find(id))
        .set(webhook_deliveries::started_at.eq(now))
        .execute(conn)?;
    settle(conn, id, State::Waiting, 0, Some(now), now)
}

pub(super) fn insert_attempt(conn: &mut Conn, id: &DeliveryId, attempt: &Attempt) -> QueryResult<()> {
    let last: Option<i32> = webhook_attempts::table
        .filter(webhook_attempts::delivery_id.eq(id))
        .select(diesel::dsl::max(webhook_attempts::number))
        .first(conn)?;
    diesel::insert_into(webhook_attempts::table)
        .values((
            webhook_attempts::delivery_id.eq(id),
            webhook_attempts::number.eq(last.unwrap_or(0) + 1),
            webhook_attempts::at.eq(attempt.at),
            webhook_attempts::duration_ms.eq(attempt.duration_ms),
            webhook_attempts::status.eq(attempt.status),
            webhook_attempts::error.eq(attempt.error.as_deref()),
            webhook_attempts::answer.eq(&attempt.answer),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deliveries to a webhook, the newest first.
pub(super) fn list_deliveries(
    conn: &mut Conn,
    webhook: &WebhookId,
    before: Option<&(Millis, DeliveryId)>,
    limit: i64,
) -> QueryResult<Vec<Delivery>> {
    let mut query = webhook_deliveries::table
        .inner_join(webhook_events::table)
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .order((
            webhook_deliveries::created_at.desc(),
            webhook_deliveries::id.desc(),
        ))
        .limit(limit)
        .select((DeliveryRow::as_select(), webhook_events::kind, webhook_events::at))
        .into_boxed();
    if let Some((at, id)) = before {
        query = query.filter(
            webhook_deliveries::created_at
                .lt(at)
                .or(webhook_deliveries::created_at
                    .eq(at)
                    .and(webhook_deliveries::id.lt(id))),
        );
    }
    let rows: Vec<(DeliveryRow, String, Millis)> = query.load(conn)?;
    rows.into_iter()
        .map(|(row, kind, at)| with_attempts(conn, row, &kind, at))
        .collect()
}

pub(super) fn find_with_attempts(conn: &mut Conn, id: &DeliveryId) -> QueryResult<Option<Delivery>> {
    let row: Option<(DeliveryRow, String, Millis)> = webhook_deliveries::table
        .inner_join(webhook_events::table)
        .filter(webhook_deliveries::id.eq(id))
        .select((DeliveryRow::as_select(), webhook_events::kind, webhook_events::at))
        .first(conn)
        .optional()?;
    row.map(|(row, kind, at)| with_attempts(conn, row, &kind, at))
        .transpose()
}

fn with_attempts(
    conn: &mut Conn,
    row: DeliveryRow,
    kind: &str,
    happened_at: Millis,
) -> QueryResult<Delivery> {
    let attempts = webhook_attempts::table
        .filter(webhook_attempts::delivery_id.eq(&row.id))
        .order(webhook_attempts::number.desc())
        .limit(MOST_ATTEMPTS)
        .select((
            webhook_attempts::at,
            webhook_attempts::duration_ms,
            webhook_attempts::status,
            webhook_attempts::error,
            webhook_attempts::answer,
        ))
        .load(conn)?;
    Ok(Delivery {
        state: row.state(),
        id: row.id,
        event: row.event_id,
        kind: kind.parse().ok(),
        happened_at,
        due_at: row.due_at,
        created_at: row.created_at,
        settled_at: row.settled_at,
        attempts: attempts
            .into_iter()
            .map(|(at, duration_ms, status, error, answer)| Attempt {
                at,
                duration_ms,
                status,
                error,
                answer,
            })
            .collect(),
    })
}
