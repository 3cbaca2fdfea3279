//! One webhook, for administrators: what it is told and where, its secret, and the log of what was sent.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::{Form, Sent, SignedIn, mistakes};
use super::shell::{Room, Shell, go, secret_page, with_retry};
use super::told;
use super::webhooks::{Fresh, Tick, read, ticks, why_off};
use super::when::short;
use crate::account::Actor;
use crate::clock::{Millis, rfc3339};
use crate::id::{DeliveryId, WebhookId};
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params, path_id};
use crate::web::{App, cursor};
use crate::webhook::{Attempt, Delivery, State, Webhook, log, manage};

/// Deliveries on one page.
const DELIVERIES_A_PAGE: usize = 25;

/// The page.
#[derive(Template)]
#[template(path = "desk/webhook.html", whitespace = "minimize")]
struct WebhookPage {
    shell: Shell,
    done: Option<&'static str>,
    mistakes: Vec<String>,
    fresh: Option<Fresh>,
    here: String,
    version: i32,
    name: String,
    label: String,
    url: String,
    events: Vec<Tick>,
    off: Option<&'static str>,
    old_secret_until: Option<(String, String)>,
    deliveries: Vec<Sending>,
    older: Option<String>,
}

/// A delivery, ready to print.
struct Sending {
    id: DeliveryId,
    event: String,
    kind: &'static str,
    at: (String, String),
    state: &'static str,
    pill: &'static str,
    due: Option<(String, String)>,
    attempts: Vec<Try>,
}

/// An attempt, ready to print.
struct Try {
    at: (String, String),
    took: String,
    said: String,
    answer: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookParams {
    done: Option<String>,
    after: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    id: web::Path<String>,
    params: Params<WebhookParams>,
) -> Result<HttpResponse, Failed> {
    let id = managed(&actor, &id)?;
    let before = params.0.after.as_deref().map(cursor::read).transpose()?;
    let page = build(&app, &actor, &id, None, before).await?;
    let done = params.0.done.as_deref().and_then(|word| match word {
        "saved" => Some("webhooks.done_saved"),
        "sent" => Some("webhooks.done_sent"),
        "on" => Some("webhooks.done_on"),
        "off" => Some("webhooks.done_off"),
        _ => None,
    });
    let done = done.map(|key| page.shell.say(key));
    secret_page(StatusCode::OK, &WebhookPage { done, ..page })
}

/// Whoever may not look after webhooks is told so before anything is said about one.
fn managed(actor: &Actor, id: &str) -> Result<WebhookId, Failure> {
    manage::check_manager(actor)?;
    path_id(id)
}

/// What was done.
enum Done {
    /// Goes back to the page with this word.
    Word(&'static str),
    /// It has another secret.
    Secret(String),
    /// It is gone.
    Deleted,
}

pub(super) async fn change(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let Sent { actor, form } = sent;
    let id = managed(&actor, &id)?;
    match changed(&app, &actor, &id, &form).await {
        Ok(Done::Word(word)) => Ok(go(&format!("{}?done={word}", app.urls.webhook(&id)))),
        Ok(Done::Deleted) => Ok(go(&format!("{}?done=deleted", app.urls.webhooks()))),
        Ok(Done::Secret(secret)) => {
            let page = build(&app, &actor, &id, None, None).await?;
            let fresh = Some(Fresh {
                name: page.name.clone(),
                href: app.urls.webhook(&id),
                secret,
            });
            secret_page(StatusCode::CREATED, &WebhookPage { fresh, ..page })
        }
        Err(failure) => refused(&app, &actor, &id, &form, failure).await,
    }
}

/// The page again, with what was typed and what is wrong with it. What somebody else changed meanwhile is overwritten by sending it once more.
async fn refused(
    app: &App,
    actor: &Actor,
    id: &WebhookId,
    form: &Form,
    failure: Failure,
) -> Result<HttpResponse, Failed> {
    let mistakes = match &failure {
        Failure::Stale { .. } => vec![told::failure(&failure)],
        failure => mistakes(failure).ok_or_else(|| failure.clone())?,
    };
    let typed = (form.text("do") == "save").then_some(form);
    let page = build(app, actor, id, typed, None).await?;
    let response = secret_page(failure.status(), &WebhookPage { mistakes, ..page })?;
    Ok(with_retry(response, &failure))
}

async fn changed(app: &App, actor: &Actor, id: &WebhookId, form: &Form) -> Result<Done, Failure> {
    let (actor, id, form) = (actor.clone(), id.clone(), form.clone());
    let (may_be_private, now) = (app.config.webhooks_allow_private, app.clock.now());
    app.db
        .write(move |conn| {
            Ok(match form.text("do") {
                "save" => {
                    let wanted = read(&form);
                    manage::change(conn, &actor, &id, form.version()?, &wanted, may_be_private, now)?;
                    Done::Word("saved")
                }
                "secret" => Done::Secret(manage::change_secret(conn, &actor, &id, form.version()?, now)?.1),
                "ping" => {
                    manage::ping(conn, &actor, &id, now)?;
                    Done::Word("sent")
                }
                "on" => {
                    manage::turn(conn, &actor, &id, true, now)?;
                    Done::Word("on")
                }
                "off" => {
                    manage::turn(conn, &actor, &id, false, now)?;
                    Done::Word("off")
                }
                "delete" => {
                    manage::delete(conn, &actor, &id, form.version()?, now)?;
                    Done::Deleted
                }
                other => {
                    let message = format!("“{other}” is nothing that can be done to a webhook.");
                    return Err(Failure::field("/do", "unknown_action", message));
                }
            })
        })
        .await
}

pub(super) async fn redeliver(
    app: web::Data<App>,
    path: web::Path<(String, String)>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id = managed(&sent.actor, &path.0)?;
    let delivery: DeliveryId = path_id(&path.1)?;
    let (actor, of, now) = (sent.actor.clone(), id.clone(), app.clock.now());
    let sent_again = app
        .db
        .write(move |conn| log::redeliver(conn, &actor, &of, &delivery, now).map_err(Failure::from))
        .await;
    match sent_again {
        Ok(_) => Ok(go(&format!("{}?done=sent#log", app.urls.webhook(&id)))),
        Err(failure) => refused(&app, &sent.actor, &id, &sent.form, failure).await,
    }
}

async fn build(
    app: &App,
    actor: &Actor,
    id: &WebhookId,
    typed: Option<&Form>,
    before: Option<(Millis, DeliveryId)>,
) -> Result<WebhookPage, Failure> {
    let (reader, of) = (actor.clone(), id.clone());
    let most = i64::try_from(DELIVERIES_A_PAGE + 1).unwrap_or(i64::MAX);
    let (webhook, mut deliveries) = app
        .db
        .read(move |conn| {
            let webhook = manage::find(conn, &reader, &of)?;
            let deliveries = log::list(conn, &reader, &of, before.as_ref(), most)?;
            Ok::<_, Failure>((webhook, deliveries))
        })
        .await?;
    let more = deliveries.len() > DELIVERIES_A_PAGE;
    deliveries.truncate(DELIVERIES_A_PAGE);
    let here = app.urls.webhook(id);
    let older = deliveries
        .last()
        .filter(|_| more)
        .map(|last| format!("{here}?after={}#log", cursor::write(last.created_at, &last.id)));
    let shell = Shell::titled(app, Some(actor), Room::Site, "webhooks.title");
    let shell = Shell {
        title: webhook.name(),
        ..shell
    };
    let now = app.clock.now();
    Ok(WebhookPage {
        done: None,
        mistakes: Vec::new(),
        fresh: None,
        here,
        version: webhook.version,
        name: webhook.name(),
        label: typed.map_or_else(|| webhook.label.clone(), |form| form.text("label").to_owned()),
        url: typed.map_or_else(|| webhook.url.clone(), |form| form.text("url").to_owned()),
        events: ticks(&shell, |kind| match typed {
            Some(form) => form.all("events").any(|ticked| ticked == kind.as_str()),
            None => webhook.events.contains(&kind),
        }),
        off: webhook.disabled.map(|(_, because)| why_off(&shell, because)),
        old_secret_until: old_secret(&webhook, now),
        deliveries: deliveries.into_iter().map(|it| sending(it, &shell)).collect(),
        older,
        shell,
    })
}

fn both(at: Millis) -> (String, String) {
    (rfc3339(at), short(at))
}

fn old_secret(webhook: &Webhook, now: Millis) -> Option<(String, String)> {
    webhook.old_secret_until.filter(|until| now < *until).map(both)
}

fn sending(of: Delivery, shell: &Shell) -> Sending {
    let (state, pill) = match of.state {
        State::Waiting => ("webhooks.waiting", "scheduled"),
        State::Delivered => ("webhooks.delivered", "published"),
        State::Failed => ("webhooks.failed", "disabled"),
        State::Cancelled => ("webhooks.cancelled", "changed"),
    };
    Sending {
        id: of.id,
        event: of.event.to_string(),
        kind: of.kind.map_or("?", |kind| kind.as_str()),
        at: both(of.created_at),
        state: shell.say(state),
        pill,
        due: of.due_at.filter(|_| !of.attempts.is_empty()).map(both),
        attempts: of.attempts.iter().map(|it| attempt(it, shell)).collect(),
    }
}

fn attempt(of: &Attempt, shell: &Shell) -> Try {
    let said = match (&of.error, of.status) {
        (Some(error), _) => told::sentence(shell.tongue, "webhook", error),
        (None, Some(status)) => shell.fill("webhooks.answered", &[("status", &status.to_string())]),
        (None, None) => String::new(),
    };
    Try {
        at: both(of.at),
        took: shell.fill("webhooks.took", &[("n", &of.duration_ms.to_string())]),
        said,
        answer: of.answer.clone(),
    }
}
