//! What webhooks are told of. A fact carries ids and what readers may know; receivers fetch the rest with the rights they have.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::id::{EventId, PhotoId, StoryId, WebhookId};

/// The type of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A story that was not public is public now.
    StoryPublished,
    /// What readers see of a public story has changed.
    StoryUpdated,
    /// A story is not public any more.
    StoryUnpublished,
    /// A photo has its renditions.
    PhotoReady,
    /// A photo could not be rendered.
    PhotoFailed,
    /// Somebody tries a webhook.
    Ping,
}

impl Kind {
    /// What a webhook can be told of; a ping needs no choice.
    pub const CHOICES: [Self; 5] = [
        Self::StoryPublished,
        Self::StoryUpdated,
        Self::StoryUnpublished,
        Self::PhotoReady,
        Self::PhotoFailed,
    ];

    /// The type as receivers read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StoryPublished => "story.published",
            Self::StoryUpdated => "story.updated",
            Self::StoryUnpublished => "story.unpublished",
            Self::PhotoReady => "photo.ready",
            Self::PhotoFailed => "photo.failed",
            Self::Ping => "ping",
        }
    }

    /// Whether it tells of what readers see.
    #[must_use]
    pub const fn is_of_story(self) -> bool {
        matches!(
            self,
            Self::StoryPublished | Self::StoryUpdated | Self::StoryUnpublished
        )
    }

    /// One that a webhook can be told of.
    ///
    /// # Errors
    /// A sentence that names those there are.
    pub fn parse_choice(text: &str) -> Result<Self, String> {
        Self::CHOICES
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| {
                let all = Self::CHOICES.map(Self::as_str).join(", ");
                format!("“{text}” is no event; there are {all}.")
            })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let known = Self::CHOICES.into_iter().chain([Self::Ping]);
        known.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// What an event tells, without links: these are made where they are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Of a story.
    Story {
        /// Which.
        id: StoryId,
        /// Its address, as it was then.
        slug: String,
        /// The publication that readers see, or saw last.
        publication: Option<i32>,
    },
    /// Of a photo.
    Photo {
        /// Which.
        id: PhotoId,
        /// Why it failed.
        reason: Option<String>,
    },
    /// Of nothing but the webhook itself.
    Webhook {
        /// Which.
        id: WebhookId,
    },
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id, by which a receiver knows one that comes twice.
    pub id: EventId,
    /// Its type.
    pub kind: Kind,
    /// What it tells.
    pub fact: Fact,
    /// When it happened.
    pub at: Millis,
}
