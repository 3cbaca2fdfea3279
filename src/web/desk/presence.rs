//! What a page of a story is told while it is open, as server-sent events: who else is here (`people`), and that the draft has changed (`changed`), so that
//! it can bring itself up to date. A connection that ends takes its person out of the room.

use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream;
use serde_json::json;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::account::Actor;
use crate::id::StoryId;
use crate::story::access;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, path_id};
use crate::web::presence::Seat;

use super::form::SignedIn;

/// How often the draft is looked at: what another program writes into the same database is seen too.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// After so many looks without news something is sent all the same, so that a connection whose other end is gone is noticed.
const LOOKS_IN_SILENCE: u32 = 7;

/// `GET /desk/stories/{id}/presence`
pub(super) async fn listen(
    request: HttpRequest,
    SignedIn(actor): SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let app = App::of(&request);
    // Whether they may see it at all.
    changes(app, &actor, &id).await?;
    let Some(seat) = app.presence.enter(&id, &actor) else {
        // To a browser this means: do not ask again.
        return Ok(HttpResponse::NoContent().finish());
    };
    let mut clock = interval(LOOK_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let open = Open {
        request,
        id,
        seat,
        clock,
        // The first look tells: something may have changed since the page was made, or while the line was down.
        changes: -1,
        silence: 0,
    };
    let events = stream::unfold(open, async |mut open| {
        let event = open.next().await?;
        Some((Ok::<_, std::convert::Infallible>(web::Bytes::from(event)), open))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "private, no-store, no-transform"))
        // Source: nginx, ngx_http_proxy_module, `proxy_buffering`: this header turns it off for an answer.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(events))
}

/// A connection that is open.
struct Open {
    request: HttpRequest,
    id: StoryId,
    seat: Seat,
    clock: Interval,
    /// The count of changes that was told last.
    changes: i32,
    silence: u32,
}

impl Open {
    /// The next thing to send; nothing when the connection is to end.
    async fn next(&mut self) -> Option<String> {
        loop {
            tokio::select! {
                goes_on = self.seat.changed() => {
                    self.silence = 0;
                    return goes_on.then(|| event("people", &json!(self.seat.others())));
                }
                _ = self.clock.tick() => {}
            }
            let app = App::of(&self.request);
            // A session that has ended since, or a right that was taken away, ends it too.
            let actor = Caller::find_still(&self.request).await.ok().flatten()?.actor;
            let changes = changes(app, &actor, &self.id).await.ok()?;
            self.silence += 1;
            if changes != self.changes {
                (self.changes, self.silence) = (changes, 0);
                return Some(event("changed", &json!({"changes": changes})));
            }
            if self.silence >= LOOKS_IN_SILENCE {
                self.silence = 0;
                return Some(": still here\n\n".to_owned());
            }
        }
    }
}

fn event(name: &str, data: &serde_json::Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

async fn changes(app: &App, actor: &Actor, id: &StoryId) -> Result<i32, Failure> {
    let (actor, id) = (actor.clone(), id.clone());
    app.db
        .read(move |conn| Ok(access::find_visible(conn, &actor, &id)?.change_count))
        .await
}
