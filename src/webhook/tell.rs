//! The outbox: events are written here, in the transaction of what they tell, once for each webhook that listens.

use diesel::QueryResult;

use super::{Event, Fact, Kind, query};
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::{DeliveryId, EventId, PhotoId, StoryId, WebhookId};
use crate::queue::{self, JobKind};

/// Tells of a story. Nothing is written where nobody listens.
///
/// # Errors
/// Those of the statements.
pub fn story(
    conn: &mut Conn,
    kind: Kind,
    id: &StoryId,
    slug: &str,
    publication: Option<i32>,
    now: Millis,
) -> QueryResult<()> {
    let fact = Fact::Story {
        id: id.clone(),
        slug: slug.to_owned(),
        publication,
    };
    tell(conn, kind, fact, now)
}

/// Tells that a photo is ready.
///
/// # Errors
/// Those of the statements.
pub fn photo_ready(conn: &mut Conn, id: &PhotoId, now: Millis) -> QueryResult<()> {
    let fact = Fact::Photo {
        id: id.clone(),
        reason: None,
    };
    tell(conn, Kind::PhotoReady, fact, now)
}

/// Tells that a photo could not be rendered, and why.
///
/// # Errors
/// Those of the statements.
pub fn photo_failed(conn: &mut Conn, id: &PhotoId, reason: &str, now: Millis) -> QueryResult<()> {
    let fact = Fact::Photo {
        id: id.clone(),
        reason: Some(reason.to_owned()),
    };
    tell(conn, Kind::PhotoFailed, fact, now)
}

/// Tells one webhook that somebody tries it.
pub(super) fn ping(conn: &mut Conn, id: &WebhookId, now: Millis) -> QueryResult<DeliveryId> {
    let event = write(conn, Kind::Ping, Fact::Webhook { id: id.clone() }, now)?;
    send(conn, id, &event.id, now)
}

fn tell(conn: &mut Conn, kind: Kind, fact: Fact, now: Millis) -> QueryResult<()> {
    let listening = query::list_listening(conn, kind)?;
    if listening.is_empty() {
        return Ok(());
    }
    let event = write(conn, kind, fact, now)?;
    for webhook in listening {
        send(conn, &webhook, &event.id, now)?;
    }
    Ok(())
}

fn write(conn: &mut Conn, kind: Kind, fact: Fact, now: Millis) -> QueryResult<Event> {
    let event = Event {
        id: EventId::random(),
        kind,
        fact,
        at: now,
    };
    query::insert_event(conn, &event)?;
    Ok(event)
}

fn send(conn: &mut Conn, webhook: &WebhookId, event: &EventId, now: Millis) -> QueryResult<DeliveryId> {
    let id = DeliveryId::random();
    query::insert_delivery(conn, &id, webhook, event, now)?;
    queue::enqueue(conn, JobKind::DeliverWebhook, id.as_str(), now)?;
    Ok(id)
}
