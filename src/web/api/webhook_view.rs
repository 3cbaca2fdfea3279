//! Webhooks and what was sent to them, as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::{Millis, rfc3339};
use crate::id::{DeliveryId, EventId, WebhookId};
use crate::webhook::{Attempt, Delivery, Kind, Webhook};

/// The webhooks.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookList {
    /// The webhooks, the oldest first.
    pub data: Vec<WebhookView>,
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookAnswer {
    /// The webhook.
    pub data: WebhookView,
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookView {
    /// Its id.
    pub id: WebhookId,
    /// What it is for.
    pub label: String,
    /// Where events are sent.
    pub url: String,
    /// Of what it is told.
    pub events: Vec<&'static str>,
    /// Whether it is told at all.
    pub enabled: bool,
    /// Since when it is off (RFC 3339, UTC).
    pub disabled_at: Option<String>,
    /// Why it is off: `by_hand`, `gone` (the receiver answered 410) or `failing` (nothing arrived for days).
    pub disabled_because: Option<&'static str>,
    /// Until when the secret before this one signs too (RFC 3339, UTC).
    pub old_secret_until: Option<String>,
    /// When something last arrived (RFC 3339, UTC).
    pub delivered_at: Option<String>,
    /// When it was made (RFC 3339, UTC).
    pub created_at: String,
    /// When it was last changed (RFC 3339, UTC).
    pub updated_at: String,
    /// The secret to verify signatures with; only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A page of what was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryList {
    /// The deliveries, the newest first.
    pub data: Vec<DeliveryView>,
    /// What to give as `after` for the next page; null on the last one.
    pub next: Option<String>,
}

/// Something that is sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryAnswer {
    /// The delivery.
    pub data: DeliveryView,
}

/// An event on its way to one webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// Its id.
    pub id: DeliveryId,
    /// What is told.
    pub event: EventView,
    /// How it stands: `waiting`, `delivered`, `failed` or `cancelled`.
    pub state: &'static str,
    /// When it is tried next (RFC 3339, UTC).
    pub due_at: Option<String>,
    /// When it was written (RFC 3339, UTC).
    pub created_at: String,
    /// When it arrived or was given up (RFC 3339, UTC).
    pub settled_at: Option<String>,
    /// What was tried, the last first.
    pub attempts: Vec<AttemptView>,
}

/// What is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    /// Its id, which goes along as `webhook-id`.
    pub id: EventId,
    /// What happened; null is a type that is known no more.
    #[serde(rename = "type")]
    pub kind: Option<&'static str>,
    /// When it happened (RFC 3339, UTC).
    pub timestamp: String,
}

/// One try.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttemptView {
    /// When (RFC 3339, UTC).
    pub at: String,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// The status of the answer, if there was one.
    pub status: Option<i32>,
    /// Why it counts as failed.
    pub error: Option<String>,
    /// How the answer begins.
    pub answer: String,
}

fn instant(at: Option<Millis>) -> Option<String> {
    at.map(rfc3339)
}

/// A webhook without its secret.
pub(super) fn show(of: &Webhook) -> WebhookView {
    WebhookView {
        id: of.id.clone(),
        label: of.label.clone(),
        url: of.url.clone(),
        events: of.events.iter().map(|kind| kind.as_str()).collect(),
        enabled: of.is_on(),
        disabled_at: instant(of.disabled.map(|(at, _)| at)),
        disabled_because: of.disabled.map(|(_, because)| because.as_str()),
        old_secret_until: instant(of.old_secret_until),
        delivered_at: instant(of.delivered_at),
        created_at: rfc3339(of.created_at),
        updated_at: rfc3339(of.updated_at),
        secret: None,
    }
}

/// A delivery with all attempts.
pub(super) fn show_delivery(of: &Delivery) -> DeliveryView {
    DeliveryView {
        id: of.id.clone(),
        event: EventView {
            id: of.event.clone(),
            kind: of.kind.map(Kind::as_str),
            timestamp: rfc3339(of.happened_at),
        },
        state: of.state.as_str(),
        due_at: instant(of.due_at),
        created_at: rfc3339(of.created_at),
        settled_at: instant(of.settled_at),
        attempts: of.attempts.iter().map(show_attempt).collect(),
    }
}

fn show_attempt(of: &Attempt) -> AttemptView {
    AttemptView {
        at: rfc3339(of.at),
        duration_ms: of.duration_ms,
        status: of.status,
        error: of.error.clone(),
        answer: of.answer.clone(),
    }
}
