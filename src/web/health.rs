//! For whoever watches over the server: whether it is alive, and whether it can do its work.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, HttpResponseBuilder, web};
use serde::Serialize;

use super::App;
use super::error::Failure;
use crate::clock::{MINUTE, Millis};
use crate::db::Trouble;
use crate::queue::{self, Lane};
use crate::store::StoreError;

/// How long a job that somebody waits for may be due before the queue counts as stuck: the slowest photograph takes a tenth of it.
const MOST_BEHIND: Millis = 5 * MINUTE;

/// The program runs and answers.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("alive\n")
}

/// What the server needs for its work, each `ok` or what is the matter with it.
#[derive(Debug, Serialize)]
struct Readiness {
    /// `ok`, `failed`: it cannot be read, or `read-only`: nothing can be written to its disk, or that failed.
    database: &'static str,
    /// `ok`, or `read-only`: the same for the uploads. A disk that failed is not asked again before the server is started anew.
    store: &'static str,
    /// `ok`, or `full`: less stays free than is to, or nothing at all.
    space: &'static str,
    /// `ok`, or `behind`: a photograph waits for its renditions longer than it should.
    queue: &'static str,
}

/// Everything is there that the work needs: 200, or 503 and what is the matter. Asking costs one short query and a file without a name.
pub async fn ready(app: web::Data<App>) -> HttpResponse {
    let due = app
        .db
        .read(|conn| queue::next_due(conn, Lane::Prompt).map_err(Failure::from))
        .await;
    let stuck_since = app.clock.now().saturating_sub(MOST_BEHIND);
    let store = app.store.clone();
    let room = tokio::task::spawn_blocking(move || store.check_writing())
        .await
        .unwrap_or(Err(StoreError::Stopped));
    let trouble = app.db.trouble();
    let readiness = Readiness {
        database: match (&due, trouble) {
            (Err(_), _) => "failed",
            (Ok(_), Some(Trouble::ReadOnly)) => "read-only",
            (Ok(_), _) => "ok",
        },
        store: match room {
            Ok(()) | Err(StoreError::NoRoom) => "ok",
            Err(_) => "read-only",
        },
        space: if matches!(room, Err(StoreError::NoRoom)) || trouble == Some(Trouble::NoRoom) {
            "full"
        } else {
            "ok"
        },
        queue: match due {
            Ok(Some(due)) if due < stuck_since => "behind",
            _ => "ok",
        },
    };
    let Readiness {
        database,
        store,
        space,
        queue,
    } = readiness;
    let all_well = [database, store, space, queue].iter().all(|word| *word == "ok");
    HttpResponseBuilder::new(if all_well {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    })
    .json(readiness)
}
