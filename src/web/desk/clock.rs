//! The machine's clock at the desk: that it jumped ahead, and an administrator's word that it is right.

use actix_web::{HttpResponse, web};

use super::form::Sent;
use super::shell::go;
use super::when::short;
use crate::account::Actor;
use crate::audit::Word;
use crate::clock::{MINUTE, rfc3339};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::Failed;
use crate::web::tongue::Tongue;

/// What is said while nothing goes out by the hour.
#[derive(Debug)]
pub(super) struct ClockAlert {
    pub message: String,
    pub now: String,
    pub now_iso: String,
    /// Whether this person may say that the clock is right.
    pub may_confirm: bool,
}

/// The alert for somebody who may publish, while there is reason for one.
pub(super) fn alert(app: &App, actor: &Actor) -> Option<ClockAlert> {
    let ahead = app.clock_watch.ahead_by().filter(|_| actor.edits_everything())?;
    let minutes = usize::try_from(ahead / MINUTE).unwrap_or_default();
    let now = app.clock.now();
    Some(ClockAlert {
        message: Tongue::current().count("clock.ahead", minutes),
        now: short(now),
        now_iso: rfc3339(now),
        may_confirm: actor.is_admin(),
    })
}

/// Believes the clock as it is now.
pub(super) async fn confirm(app: web::Data<App>, sent: Sent) -> Result<HttpResponse, Failed> {
    if !sent.actor.is_admin() {
        let message = "Only an administrator can say that this machine’s clock is right.".to_owned();
        return Err(Failure::Forbidden(message).into());
    }
    let now = app.clock.now();
    let by = sent.actor.clone();
    app.db
        .write(move |conn| {
            by.did(conn, Word::ClockConfirmed, "clock", &rfc3339(now), now)
                .map_err(Failure::from)
        })
        .await?;
    app.clock_watch.confirm();
    tracing::warn!(by = %sent.actor.id, "an administrator confirmed this machine's clock");
    Ok(go(&app.urls.desk()))
}
