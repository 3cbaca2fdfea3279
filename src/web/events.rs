//! What webhooks are told, as they read it: an event with its links. The same for each try, but for a site that has moved meanwhile.

use serde_json::{Value, json};

use super::urls::Urls;
use crate::clock::rfc3339;
use crate::webhook::{Event, Fact, Kind};

/// The body of a delivery.
///
/// Source: Standard Webhooks 1.0, "Payload structure": `type`, `timestamp`, `data`.
#[must_use]
pub fn body(event: &Event, urls: &Urls) -> String {
    let said = json!({
        "type": event.kind.as_str(),
        "timestamp": rfc3339(event.at),
        "data": data(event, urls),
    });
    said.to_string()
}

fn data(event: &Event, urls: &Urls) -> Value {
    match &event.fact {
        Fact::Story {
            id,
            slug,
            publication,
        } => json!({
            "id": id,
            "slug": slug,
            "publication": publication,
            "url": urls.story_absolute(slug),
            "api_url": urls.absolute(&urls.api_story(slug)),
        }),
        Fact::Photo { id, reason } => json!({
            "id": id,
            "state": if event.kind == Kind::PhotoReady { "ready" } else { "failed" },
            "reason": reason,
            "api_url": urls.absolute(&urls.manage_photo(id)),
        }),
        Fact::Webhook { id } => json!({
            "id": id,
            "api_url": urls.absolute(&urls.manage_webhook(id)),
        }),
    }
}
