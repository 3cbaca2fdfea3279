//! Webhooks: other programs are told of what happens here, by the Standard Webhooks specification.
//!
//! What is to be told is written into an outbox in the transaction of what it tells ([`tell`]): what was rolled back is never told, and what was
//! committed is, however the program ends. Each event goes to each webhook that listens as a delivery of its own, which is tried again over days
//! ([`deliver`]). This module decides and records; [`post`] alone uses the network; where links lead is not known here.

pub mod address;
pub mod deliver;
pub mod event;
pub mod log;
pub mod manage;
pub mod post;
mod query;
pub mod sign;
pub mod tell;

use std::fmt;
use std::str::FromStr;

pub use event::{Event, Fact, Kind};

use crate::clock::{DAY, Millis};
use crate::id::{DeliveryId, EventId, WebhookId};
use crate::text::FieldError;

/// Webhooks that there may be.
pub const MOST_WEBHOOKS: usize = 20;
/// How long events and what became of them are kept.
pub const KEPT_FOR: Millis = 30 * DAY;

/// Why a webhook is not used at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// Somebody turned it off.
    ByHand,
    /// The receiver said that it is gone for good (410).
    Gone,
    /// Nothing has arrived for as long as a delivery is tried.
    Failing,
}

impl Because {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ByHand => "by_hand",
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }
}

impl FromStr for Because {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::ByHand, Self::Gone, Self::Failing]
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or(())
    }
}

/// A webhook as those who look after it see it: everything but its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// What it is for, in its maker's words.
    pub label: String,
    /// Where events are sent.
    pub url: String,
    /// Of what it is told.
    pub events: Vec<Kind>,
    /// Until when the secret before the present one signs too.
    pub old_secret_until: Option<Millis>,
    /// Goes up by one with each change.
    pub version: i32,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last changed.
    pub updated_at: Millis,
    /// Since when it is not used, and why.
    pub disabled: Option<(Millis, Because)>,
    /// When something last arrived.
    pub delivered_at: Option<Millis>,
}

impl Webhook {
    /// What to call it: its label, or the host it is at.
    #[must_use]
    pub fn name(&self) -> String {
        if !self.label.is_empty() {
            return self.label.clone();
        }
        let url = url::Url::parse(&self.url).ok();
        let host = url.as_ref().and_then(url::Url::host_str);
        host.unwrap_or(&self.url).to_owned()
    }

    /// Whether it is told of events.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.disabled.is_none()
    }
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is tried, or tried again later.
    Waiting,
    /// It arrived.
    Delivered,
    /// It was given up.
    Failed,
    /// The webhook was turned off before it arrived.
    Cancelled,
}

impl State {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl FromStr for State {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Waiting, Self::Delivered, Self::Failed, Self::Cancelled]
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or(())
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An event on its way to one webhook, with all that was tried.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// What is told.
    pub event: EventId,
    /// Of which type that is; `None` for one that this program does not know any more.
    pub kind: Option<Kind>,
    /// When it happened.
    pub happened_at: Millis,
    /// How it stands.
    pub state: State,
    /// When it is tried next.
    pub due_at: Option<Millis>,
    /// When it was written.
    pub created_at: Millis,
    /// When it arrived or was given up.
    pub settled_at: Option<Millis>,
    /// What was tried, the last first.
    pub attempts: Vec<Attempt>,
}

/// One try to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When.
    pub at: Millis,
    /// How long it took.
    pub duration_ms: i64,
    /// The status of the answer, if there was one.
    pub status: Option<i32>,
    /// Why it counts as failed.
    pub error: Option<String>,
    /// How the answer begins.
    pub answer: String,
}

/// Why something was not done to a webhook.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// It is not there.
    #[error("there is no such webhook")]
    Unknown,
    /// Not this person's business.
    #[error("Only administrators look after webhooks.")]
    Forbidden,
    /// Fields that were not taken.
    #[error("something in it needs another look")]
    Invalid(Vec<FieldError>),
    /// Somebody else changed it.
    #[error("Somebody else has changed the webhook; look at it again.")]
    Stale,
    /// There are as many as there may be.
    #[error("There can be {MOST_WEBHOOKS} webhooks at most; delete one first.")]
    TooMany,
    /// It is turned off.
    #[error("The webhook is turned off; turn it on first.")]
    IsOff,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] crate::db::DbError),
}

impl From<diesel::result::Error> for WebhookError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}
