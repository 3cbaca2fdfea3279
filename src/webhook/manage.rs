//! Making and changing webhooks, their secrets, turning them off and on. For administrators.

use super::query::{self, NewWebhook, WebhookChange};
use super::{Because, Kind, MOST_WEBHOOKS, State, Webhook, WebhookError, address, sign, tell};
use crate::account::Actor;
use crate::audit::{self, Who, Word};
use crate::clock::{DAY, Millis};
use crate::db::Conn;
use crate::id::{DeliveryId, WebhookId};
use crate::queue::{self, JobKind};
use crate::text::{FieldError, Label};

/// How long a secret signs after another has taken its place.
pub const OLD_SECRET_FOR: Millis = DAY;

/// What a webhook is to be; what is `None` stays as it is, and a new one needs all but the label.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// What it is for.
    pub label: Option<String>,
    /// Where events are sent.
    pub url: Option<String>,
    /// Of what it is told, by the types' names.
    pub events: Option<Vec<String>>,
}

/// The same, checked.
struct Checked {
    label: Option<String>,
    url: Option<String>,
    events: Option<String>,
}

impl Wanted {
    fn check(&self, may_be_private: bool) -> Result<Checked, WebhookError> {
        let mut wrong = Vec::new();
        let label = self.label.as_deref().map(Label::parse_optional).transpose();
        let label = label.unwrap_or_else(|error| {
            wrong.push(FieldError::text("/label", "name", &error));
            None
        });
        let url = self.url.as_deref().map(|url| address::parse(url, may_be_private));
        let url = url.transpose().unwrap_or_else(|error| {
            wrong.push(error);
            None
        });
        let events = self
            .events
            .as_deref()
            .map(|events| check_events(events, &mut wrong));
        if wrong.is_empty() {
            Ok(Checked {
                label: label.map(|label| label.map_or_else(String::new, Label::into_string)),
                url,
                events,
            })
        } else {
            Err(WebhookError::Invalid(wrong))
        }
    }
}

fn check_events(events: &[String], wrong: &mut Vec<FieldError>) -> String {
    let mut kinds = Vec::new();
    for event in events {
        match Kind::parse_choice(event) {
            Ok(kind) => kinds.push(kind),
            Err(message) => wrong.push(FieldError::new("/events", "unknown_event", message)),
        }
    }
    if events.is_empty() {
        let message = "Choose at least one event: a webhook without any is told of nothing.";
        wrong.push(FieldError::new("/events", "no_event", message));
    }
    kinds.sort_unstable();
    kinds.dedup();
    words_of(&kinds)
}

fn words_of(kinds: &[Kind]) -> String {
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    words.join(" ")
}

impl Checked {
    /// Whether a webhook is all of this already.
    fn is_as(&self, webhook: &Webhook) -> bool {
        let same = |wanted: &Option<String>, present: &str| wanted.as_deref().is_none_or(|it| it == present);
        same(&self.label, &webhook.label)
            && same(&self.url, &webhook.url)
            && same(&self.events, &words_of(&webhook.events))
    }
}

/// Lets nobody pass who does not look after webhooks.
///
/// # Errors
/// [`WebhookError::Forbidden`].
pub fn check_manager(actor: &Actor) -> Result<(), WebhookError> {
    if actor.is_admin() {
        Ok(())
    } else {
        Err(WebhookError::Forbidden)
    }
}

pub(super) fn find_managed(conn: &mut Conn, actor: &Actor, id: &WebhookId) -> Result<Webhook, WebhookError> {
    check_manager(actor)?;
    query::find(conn, id)?.ok_or(WebhookError::Unknown)
}

fn find_still(
    conn: &mut Conn,
    actor: &Actor,
    id: &WebhookId,
    expected: i32,
) -> Result<Webhook, WebhookError> {
    let webhook = find_managed(conn, actor, id)?;
    if webhook.version == expected {
        Ok(webhook)
    } else {
        Err(WebhookError::Stale)
    }
}

/// All webhooks, the oldest first.
///
/// # Errors
/// [`WebhookError`].
pub fn list(conn: &mut Conn, actor: &Actor) -> Result<Vec<Webhook>, WebhookError> {
    check_manager(actor)?;
    Ok(query::list(conn)?)
}

/// One of them.
///
/// # Errors
/// [`WebhookError`].
pub fn find(conn: &mut Conn, actor: &Actor, id: &WebhookId) -> Result<Webhook, WebhookError> {
    find_managed(conn, actor, id)
}

/// Makes a webhook and returns its secret, which is shown once.
///
/// # Errors
/// [`WebhookError`] with everything that is wrong.
pub fn make(
    conn: &mut Conn,
    actor: &Actor,
    wanted: &Wanted,
    may_be_private: bool,
    now: Millis,
) -> Result<(Webhook, String), WebhookError> {
    check_manager(actor)?;
    let whole = Wanted {
        label: Some(wanted.label.clone().unwrap_or_default()),
        url: Some(wanted.url.clone().unwrap_or_default()),
        events: Some(wanted.events.clone().unwrap_or_default()),
    };
    let checked = whole.check(may_be_private)?;
    if query::list(conn)?.len() >= MOST_WEBHOOKS {
        return Err(WebhookError::TooMany);
    }
    let (id, secret) = (WebhookId::random(), sign::new_secret());
    query::insert(
        conn,
        &NewWebhook {
            id: &id,
            label: checked.label.as_deref().unwrap_or_default(),
            url: checked.url.as_deref().unwrap_or_default(),
            events: checked.events.as_deref().unwrap_or_default(),
            secret: &secret,
            made_by: &actor.id,
            created_at: now,
            updated_at: now,
        },
    )?;
    let webhook = find_managed(conn, actor, &id)?;
    did(conn, actor, Word::WebhookMade, &webhook, now)?;
    Ok((webhook, secret))
}

/// Changes a webhook, if it still is of the version that was seen. One that is as it shall be stays so.
///
/// # Errors
/// [`WebhookError`] with everything that is wrong.
pub fn change(
    conn: &mut Conn,
    actor: &Actor,
    id: &WebhookId,
    expected: i32,
    wanted: &Wanted,
    may_be_private: bool,
    now: Millis,
) -> Result<Webhook, WebhookError> {
    let webhook = find_still(conn, actor, id, expected)?;
    let checked = wanted.check(may_be_private)?;
    if checked.is_as(&webhook) {
        return Ok(webhook);
    }
    let change = WebhookChange {
        label: checked.label.as_deref(),
        url: checked.url.as_deref(),
        events: checked.events.as_deref(),
    };
    query::change(conn, id, &change, now)?;
    let webhook = find_managed(conn, actor, id)?;
    did(conn, actor, Word::WebhookChanged, &webhook, now)?;
    Ok(webhook)
}

/// Gives a webhook another secret and returns it; for [`OLD_SECRET_FOR`] deliveries are signed with both. Only if it still is of the version that was
/// seen: the secret before the last one signs no more, and it may be the one that the receiver has.
///
/// # Errors
/// [`WebhookError`].
pub fn change_secret(
    conn: &mut Conn,
    actor: &Actor,
    id: &WebhookId,
    expected: i32,
    now: Millis,
) -> Result<(Webhook, String), WebhookError> {
    find_still(conn, actor, id, expected)?;
    let secret = sign::new_secret();
    query::replace_secret(conn, id, &secret, now.saturating_add(OLD_SECRET_FOR), now)?;
    let webhook = find_managed(conn, actor, id)?;
    did(conn, actor, Word::WebhookSecretChanged, &webhook, now)?;
    Ok((webhook, secret))
}

/// Turns a webhook on, or off: then nothing is told to it, and what was on its way is not sent any more. One that is as it shall be stays so.
///
/// # Errors
/// [`WebhookError`].
pub fn turn(
    conn: &mut Conn,
    actor: &Actor,
    id: &WebhookId,
    on: bool,
    now: Millis,
) -> Result<Webhook, WebhookError> {
    let webhook = find_managed(conn, actor, id)?;
    if webhook.is_on() == on {
        return Ok(webhook);
    }
    if on {
        query::set_disabled(conn, id, None, now)?;
        did(conn, actor, Word::WebhookEnabled, &webhook, now)?;
    } else {
        query::set_disabled(conn, id, Some(Because::ByHand), now)?;
        cancel_waiting(conn, id, now)?;
        did(conn, actor, Word::WebhookDisabled, &webhook, now)?;
    }
    find_managed(conn, actor, id)
}

/// Turns a webhook off that nothing arrives at; told in the trail as nobody's doing.
pub(super) fn turn_off_failing(
    conn: &mut Conn,
    id: &WebhookId,
    because: Because,
    now: Millis,
) -> diesel::QueryResult<()> {
    let Some(webhook) = query::find(conn, id)?.filter(Webhook::is_on) else {
        return Ok(());
    };
    query::set_disabled(conn, id, Some(because), now)?;
    cancel_waiting(conn, id, now)?;
    let note = format!("{} ({})", webhook.name(), because.as_str());
    audit::record(
        conn,
        Who::Stranger,
        Word::WebhookDisabled,
        id.as_str(),
        &note,
        now,
    )
}

fn cancel_waiting(conn: &mut Conn, id: &WebhookId, now: Millis) -> diesel::QueryResult<()> {
    for delivery in query::list_waiting(conn, id)? {
        queue::remove(conn, JobKind::DeliverWebhook, delivery.as_str())?;
        query::settle(conn, &delivery, State::Cancelled, 0, None, now)?;
    }
    Ok(())
}

/// Deletes a webhook with its log, if it still is of the version that was seen.
///
/// # Errors
/// [`WebhookError`].
pub fn delete(
    conn: &mut Conn,
    actor: &Actor,
    id: &WebhookId,
    expected: i32,
    now: Millis,
) -> Result<(), WebhookError> {
    let webhook = find_still(conn, actor, id, expected)?;
    cancel_waiting(conn, id, now)?;
    query::delete(conn, id)?;
    did(conn, actor, Word::WebhookDeleted, &webhook, now)
}

/// Sends a webhook an event that tells of nothing, to try it.
///
/// # Errors
/// [`WebhookError::IsOff`] for one that is turned off.
pub fn ping(conn: &mut Conn, actor: &Actor, id: &WebhookId, now: Millis) -> Result<DeliveryId, WebhookError> {
    let webhook = find_managed(conn, actor, id)?;
    if !webhook.is_on() {
        return Err(WebhookError::IsOff);
    }
    did(conn, actor, Word::WebhookTried, &webhook, now)?;
    Ok(tell::ping(conn, id, now)?)
}

pub(super) fn did(
    conn: &mut Conn,
    actor: &Actor,
    word: Word,
    webhook: &Webhook,
    now: Millis,
) -> Result<(), WebhookError> {
    Ok(actor.did(conn, word, webhook.id.as_str(), &webhook.name(), now)?)
}
