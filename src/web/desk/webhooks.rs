//! Webhooks, for administrators: all of them, and making one. Its secret is shown once, right after it was made.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::{Form, Sent, SignedIn, mistakes};
use super::shell::{Room, Shell, secret_page, with_retry};
use super::when::short;
use crate::account::Actor;
use crate::clock::rfc3339;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params};
use crate::webhook::manage::{self, Wanted};
use crate::webhook::{Because, Kind, Webhook};

/// The page.
#[derive(Template)]
#[template(path = "desk/webhooks.html", whitespace = "minimize")]
struct WebhooksPage {
    shell: Shell,
    done: Option<&'static str>,
    mistakes: Vec<String>,
    fresh: Option<Fresh>,
    label: String,
    url: String,
    events: Vec<Tick>,
    webhooks: Vec<Line>,
}

/// A secret that was made just now.
pub(super) struct Fresh {
    pub name: String,
    pub secret: String,
    pub href: String,
}

/// An event to tick.
pub(super) struct Tick {
    pub kind: Kind,
    pub what: &'static str,
    pub is_ticked: bool,
}

/// A webhook in the list, ready to print.
struct Line {
    href: String,
    name: String,
    url: String,
    events: String,
    off: Option<&'static str>,
    delivered: Option<(String, String)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhooksParams {
    done: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    params: Params<WebhooksParams>,
) -> Result<HttpResponse, Failed> {
    let is_done = params.0.done.is_some();
    let page = build(&app, &actor, &Form::default()).await?;
    let done = is_done.then(|| page.shell.say("webhooks.done_deleted"));
    secret_page(StatusCode::OK, &WebhooksPage { done, ..page })
}

pub(super) async fn make(app: web::Data<App>, sent: Sent) -> Result<HttpResponse, Failed> {
    let Sent { actor, form } = sent;
    match made(&app, &actor, &form).await {
        Ok((webhook, secret)) => {
            let page = build(&app, &actor, &Form::default()).await?;
            let fresh = Some(Fresh {
                name: webhook.name(),
                href: app.urls.webhook(&webhook.id),
                secret,
            });
            secret_page(StatusCode::CREATED, &WebhooksPage { fresh, ..page })
        }
        Err(failure) => {
            let mistakes = mistakes(&failure).ok_or(failure.clone())?;
            let page = build(&app, &actor, &form).await?;
            let response = secret_page(failure.status(), &WebhooksPage { mistakes, ..page })?;
            Ok(with_retry(response, &failure))
        }
    }
}

async fn made(app: &App, actor: &Actor, form: &Form) -> Result<(Webhook, String), Failure> {
    let (actor, wanted) = (actor.clone(), read(form));
    let (may_be_private, now) = (app.config.webhooks_allow_private, app.clock.now());
    app.db
        .write(move |conn| manage::make(conn, &actor, &wanted, may_be_private, now).map_err(Failure::from))
        .await
}

/// What the form says that a webhook is to be.
pub(super) fn read(form: &Form) -> Wanted {
    Wanted {
        label: Some(form.text("label").to_owned()),
        url: Some(form.text("url").to_owned()),
        events: Some(form.all("events").map(str::to_owned).collect()),
    }
}

/// The events to choose from.
pub(super) fn ticks(shell: &Shell, is_ticked: impl Fn(Kind) -> bool) -> Vec<Tick> {
    Kind::CHOICES
        .into_iter()
        .map(|kind| Tick {
            kind,
            what: shell.say(words_for(kind)),
            is_ticked: is_ticked(kind),
        })
        .collect()
}

fn words_for(kind: Kind) -> &'static str {
    match kind {
        Kind::StoryPublished => "webhooks.story_published",
        Kind::StoryUpdated => "webhooks.story_updated",
        Kind::StoryUnpublished => "webhooks.story_unpublished",
        Kind::PhotoReady => "webhooks.photo_ready",
        Kind::PhotoFailed => "webhooks.photo_failed",
        Kind::Ping => "webhooks.ping",
    }
}

/// Why a webhook is off.
pub(super) fn why_off(shell: &Shell, because: Because) -> &'static str {
    shell.say(match because {
        Because::ByHand => "webhooks.off",
        Because::Gone => "webhooks.off_gone",
        Because::Failing => "webhooks.off_failing",
    })
}

async fn build(app: &App, actor: &Actor, form: &Form) -> Result<WebhooksPage, Failure> {
    let reader = actor.clone();
    let webhooks = app
        .db
        .read(move |conn| manage::list(conn, &reader).map_err(Failure::from))
        .await?;
    let shell = Shell::titled(app, Some(actor), Room::Site, "webhooks.title");
    Ok(WebhooksPage {
        done: None,
        mistakes: Vec::new(),
        fresh: None,
        label: form.text("label").to_owned(),
        url: form.text("url").to_owned(),
        events: ticks(&shell, |kind| {
            form.all("events").any(|ticked| ticked == kind.as_str())
        }),
        webhooks: webhooks.iter().map(|webhook| line(webhook, &shell)).collect(),
        shell,
    })
}

fn line(webhook: &Webhook, shell: &Shell) -> Line {
    let events: Vec<&str> = webhook.events.iter().map(|kind| kind.as_str()).collect();
    Line {
        href: shell.urls.webhook(&webhook.id),
        name: webhook.name(),
        url: webhook.url.clone(),
        events: events.join(", "),
        off: webhook.disabled.map(|(_, because)| why_off(shell, because)),
        delivered: webhook.delivered_at.map(|at| (rfc3339(at), short(at))),
    }
}
