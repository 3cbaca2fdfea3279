//! Webhooks, for administrators: who is told of what, secrets, the log, sending again.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::body::present;
use super::webhook_view::{DeliveryAnswer, DeliveryList, WebhookAnswer, WebhookList, show, show_delivery};
use crate::account::Actor;
use crate::account::token::Scope;
use crate::id::{DeliveryId, WebhookId};
use crate::text::FieldError;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, JsonBody, NoFields, Params, etag, if_match, path_id};
use crate::web::repeat::ShownOnce;
use crate::web::{App, cursor};
use crate::webhook::manage::{self, Wanted};
use crate::webhook::{Delivery, Webhook, log};

/// Deliveries on a page that does not say how many.
const USUAL_LIMIT: usize = 20;

/// What a webhook is to be. A new one needs all but the label; of one that is there, what is left out stays as it is, and null empties the label.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WebhookBody {
    /// What it is for, up to 120 characters.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    label: Option<Option<String>>,
    /// Where events are sent: an address that begins with `https://`.
    #[serde(deserialize_with = "present")]
    #[schema(required = false, value_type = String)]
    url: Option<Option<String>>,
    /// Of what it is told: `story.published`, `story.updated`, `story.unpublished`, `photo.ready`, `photo.failed`.
    #[serde(deserialize_with = "present")]
    #[schema(required = false, value_type = Vec<String>)]
    events: Option<Option<Vec<String>>>,
    /// Whether it is told at all; new ones are.
    #[serde(deserialize_with = "present")]
    #[schema(required = false, value_type = bool)]
    enabled: Option<Option<bool>>,
}

impl WebhookBody {
    /// What it is to be, and whether it is to be on.
    fn check(self) -> Result<(Wanted, Option<bool>), Failure> {
        let mut errors = Vec::new();
        let wanted = Wanted {
            label: self.label.map(Option::unwrap_or_default),
            url: never_null(self.url, "url", &mut errors),
            events: never_null(self.events, "events", &mut errors),
        };
        let enabled = never_null(self.enabled, "enabled", &mut errors);
        if errors.is_empty() {
            Ok((wanted, enabled))
        } else {
            Err(Failure::Invalid(errors))
        }
    }
}

/// The value of a field that can be left out and not emptied.
fn never_null<T>(sent: Option<Option<T>>, field: &str, errors: &mut Vec<FieldError>) -> Option<T> {
    if let Some(None) = sent {
        let message = format!("“{field}” cannot be null; leave it out to keep it as it is.");
        errors.push(FieldError::new(format!("/{field}"), "required", message));
    }
    sent.flatten()
}

/// Whoever looks after webhooks; asked before anything is said about one.
fn manager(caller: &Caller) -> Result<Actor, Failure> {
    let actor = caller.needs(Scope::WebhooksManage)?.clone();
    manage::check_manager(&actor)?;
    Ok(actor)
}

/// All webhooks, the oldest first; without their secrets.
#[utoipa::path(tag = "webhooks", operation_id = "list_webhooks", responses(
    (status = 200, description = "The webhooks", body = WebhookList),
    (status = 403, description = "Not an administrator, or the token lacks the scope"),
), security(("token" = ["webhooks:manage"]), ("session" = [])))]
#[get("/manage/webhooks")]
pub(super) async fn list_webhooks(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Failed> {
    let actor = manager(&caller)?;
    let webhooks = app
        .db
        .read(move |conn| manage::list(conn, &actor).map_err(Failure::from))
        .await?;
    let data = webhooks.iter().map(show).collect();
    Ok(HttpResponse::Ok().json(WebhookList { data }))
}

/// Makes a webhook; its secret is in this answer and in no other.
#[utoipa::path(tag = "webhooks", operation_id = "make_webhook", request_body = WebhookBody, responses(
    (status = 201, description = "The webhook with its secret, Location and ETag", body = WebhookAnswer),
    (status = 403, description = "Not an administrator, or the token lacks the scope"),
    (status = 409, description = "There are as many as there may be (too_many_webhooks)"),
    (status = 422, description = "An address that is not taken, or no event"),
), security(("token" = ["webhooks:manage"]), ("session" = [])))]
#[post("/manage/webhooks")]
pub(super) async fn make_webhook(
    app: web::Data<App>,
    caller: Caller,
    body: JsonBody<WebhookBody>,
) -> Result<HttpResponse, Failed> {
    let actor = manager(&caller)?;
    let (wanted, turned) = body.0.check()?;
    let is_on = turned.unwrap_or(true);
    let (may_be_private, now) = (app.config.webhooks_allow_private, app.clock.now());
    let (webhook, secret) = app
        .db
        .write(move |conn| {
            let (made, secret) = manage::make(conn, &actor, &wanted, may_be_private, now)?;
            let made = manage::turn(conn, &actor, &made.id, is_on, now)?;
            Ok::<_, Failure>((made, secret))
        })
        .await?;
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, app.urls.manage_webhook(&webhook.id)));
    Ok(with_secret(response, &webhook, secret))
}

/// One webhook.
#[utoipa::path(tag = "webhooks", operation_id = "get_webhook", params(("id" = String, Path, description = "The webhook’s id")),
    responses(
    (status = 200, description = "The webhook; the ETag is for changing it", body = WebhookAnswer),
    (status = 403, description = "Not an administrator, or the token lacks the scope"),
    (status = 404, description = "No such webhook"),
), security(("token" = ["webhooks:manage"]), ("session" = [])))]
#[get("/manage/webhooks/{id}")]
pub(super) async fn get_webhook(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let actor = manager(&caller)?;
    let id: WebhookId = path_id(&id)?;
    let webhook = app
        .db
        .read(move |conn| manage::find(conn, &actor, &id).map_err(Failure::from))
        .await?;
    Ok(answer(&webhook))
}

/// Changes a webhook (JSON Merge Patch): where it leads, of what it is told, whether it is on. What is on its way to one that is turned off is
/// not sent any more.
#[utoipa::path(tag = "webhooks", operation_id = "change_webhook", params(("id" = String, Path, description = "The webhook’s id")),
    request_body = WebhookBody, responses(
    (status = 200, description = "The webhook as it is now", body = WebhookAnswer),
    (status = 403, description = "Not an administrator, or the token lacks the scope"),
    (status = 404, description = "No such webhook"),
    (status = 412, description = "Changed by somebody else; the present state comes along"),
    (status = 422, description = "An address that is not taken, or no event"),
    (status = 428, description = "If-Match is missing"),
), security(("token" = ["webhooks:manage"]), ("session" = [])))]
#[patch("/manage/webhooks/{id}")]
pub(super) async fn change_webhook(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
    body: JsonBody<WebhookBody>,
) -> Result<HttpResponse, Failed> {
    let actor = manager(&caller)?;
    let id: WebhookId = path_id(&id)?;
    let expected = if_match(&request)?;
    let (wanted, turned) = body.0.check()?;
    let (may_be_private, now) = (app.config.webhooks_allow_private, app.clock.now());
    let (by, of) = (actor.clone(), id.clone());
    let changed = app
        .db
        .write(move |conn| {
            let changed = manage::change(conn, &by, &of, expected, &wanted, may_be_private, now)?;
            match turned {
                Some(on) => Ok::<_, Failure>(manage::turn(conn, &by, &of, on, now)?),
                None => Ok(changed),
            }
        })
        .await;
    match changed {
        Ok(webhook) => Ok(answer(&webhook)),
        Err(failure) => Err(with_current(&app, actor, id, failure).await.into()),
    }
}

/// Deletes a webhook with its log.
#[utoipa::path(tag = "webhooks", operation_id = "delete_webhook", params(("id" = String, Path, description = "The webhook’s id")),
    responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "Not an administrator, or the token lacks the scope"),
    (status = 404, description = "No such webhook"),
    (status = 412, description = "Changed by somebody else; the present state comes along"),
    (status = 428, description = "If-Match is missing"),
), security(("token" = ["webhooks:manage"]), ("session" = [])))]
#[delete("/manage/webhooks/{id}")]
pub(super) async fn delete_webhook(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let actor = manager(&caller)?;
    let id: WebhookId = path_id(&id)?;
    let (expected, now) = (if_match(&request)?, app.clock.now());
    let (by, of) = (actor.clone(), id.clone());
    let deleted = app
        .db
        .write(move |conn| manage::delete(conn, &by, &of, expected, now).map_err(Failure::from))
        .await;
    match deleted {
        Ok(()) => Ok(HttpResponse::NoContent().finish()),
        Err(failure) => Err(with_current(&app, actor, id, failure).await.into()),
    }
}

/// Gives a webhook another secret, which is in this answer and in no other. For a day everything is signed with both, and with none that was before
/// them: sent twice, it would cut the receiver off.
#[utoipa::path(tag = "webhooks", operation_id = "change_webhook_secret", params(("id" = String, Path, description = "The webhook’s id")),
    responses(
    (status = 201, description = "The webhook with its new secret and ETag", body = WebhookAnswer),
    (status = 403, description = "Not an administrator, or the token lacks the scope"),
    (status = 404, description = "No such webhook"),
    (status = 412, description = "Changed by somebody else; the present state comes along"),
    (status = 428, description = "If-Match is missing"),
), security(("token" = ["webhooks:manage"]), ("session" = [])))]
#[post("/manage/webhooks/{id}/secret")]
pub(super) async fn change_webhook_secret(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
    _: NoFields,
) -> Result<HttpResponse, Failed> {
    let actor = manager(&caller)?;
    let id: WebhookId = path_id(&id)?;
    let (expected, now) = (if_match(&request)?, app.clock.now());
    let (by, of) = (actor.clone(), id.clone());
    let changed = app
        .db
        .write(move |conn| manage::change_secret(conn, &by, &of, expected, now).map_err(Failure::from))
        .await;
    match changed {
        Ok((webhook, secret)) => Ok(with_secret(HttpResponse::Created(), &webhook, secret)),
        Err(failure) => Err(with_current(&app, actor, id, failure).await.into()),
    }
}

/// Sends an event of the type `ping`, to try a webhook.
#[utoipa::path(tag = "webhooks", operation_id = "ping_webhook", params(("id" = String, Path, description = "The webhook’s id")),
    responses(
    (status = 202, description = "On its way: the delivery", body = DeliveryAnswer),
    (status = 403, description = "Not an administrator, or the token lacks the scope"),
    (status = 404, description = "No such webhook"),
    (status = 409, description = "It is turned off (webhook_is_off)"),
), security(("token" = ["webhooks:manage"]), ("session" = [])))]
#[post("/manage/webhooks/{id}/ping")]
pub(super) async fn ping_webhook(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    _: NoFields,
) -> Result<HttpResponse, Failed> {
    let actor = manager(&caller)?;
    let id: WebhookId = path_id(&id)?;
    let now = app.clock.now();
    let delivery = app
        .db
        .write(move |conn| {
            let sent = manage::ping(conn, &actor, &id, now)?;
            Ok::<_, Failure>(log::find(conn, &actor, &id, &sent)?)
        })
        .await?;
    Ok(sent(&delivery))
}

/// A page of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LogParams {
    /// How many, 1 to 100; 20 without it.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<usize>,
    /// Where the page before ended.
    after: Option<String>,
}

/// What was sent to a webhook in the last 30 days and how that went, the newest first.
#[utoipa::path(tag = "webhooks", operation_id = "list_deliveries", params(("id" = String, Path, description = "The webhook’s id"), LogParams),
    responses(
    (status = 200, description = "A page of deliveries, each with all attempts", body = DeliveryList),
    (status = 400, description = "A limit or cursor that is none"),
    (status = 403, description = "Not an administrator, or the token lacks the scope"),
    (status = 404, description = "No such webhook"),
), security(("token" = ["webhooks:manage"]), ("session" = [])))]
#[get("/manage/webhooks/{id}/deliveries")]
pub(super) async fn list_deliveries(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    params: Params<LogParams>,
) -> Result<HttpResponse, Failed> {
    let actor = manager(&caller)?;
    let id: WebhookId = path_id(&id)?;
    let limit = params.0.limit.unwrap_or(USUAL_LIMIT);
    if !(1..=100).contains(&limit) {
        let message = "The limit is a number from 1 to 100.".to_owned();
        return Err(Failure::BadRequest {
            code: "limit",
            message,
        }
        .into());
    }
    let before = params.0.after.as_deref().map(cursor::read).transpose()?;
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut deliveries = app
        .db
        .read(move |conn| log::list(conn, &actor, &id, before.as_ref(), most).map_err(Failure::from))
        .await?;
    let more = deliveries.len() > limit;
    deliveries.truncate(limit);
    let last = deliveries.last().filter(|_| more);
    let next = last.map(|last| cursor::write(last.created_at, &last.id));
    let data = deliveries.iter().map(show_delivery).collect();
    Ok(HttpResponse::Ok().json(DeliveryList { data, next }))
}

/// Sends something again, under the `webhook-id` that it had.
#[utoipa::path(tag = "webhooks", operation_id = "redeliver", params(
    ("id" = String, Path, description = "The webhook’s id"), ("delivery" = String, Path, description = "The delivery’s id"),
), responses(
    (status = 202, description = "On its way: the delivery", body = DeliveryAnswer),
    (status = 403, description = "Not an administrator, or the token lacks the scope"),
    (status = 404, description = "No such delivery to this webhook"),
    (status = 409, description = "The webhook is turned off (webhook_is_off)"),
), security(("token" = ["webhooks:manage"]), ("session" = [])))]
#[post("/manage/webhooks/{id}/deliveries/{delivery}/redeliver")]
pub(super) async fn redeliver(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(String, String)>,
    _: NoFields,
) -> Result<HttpResponse, Failed> {
    let actor = manager(&caller)?;
    let id: WebhookId = path_id(&path.0)?;
    let delivery: DeliveryId = path_id(&path.1)?;
    let now = app.clock.now();
    let delivery = app
        .db
        .write(move |conn| log::redeliver(conn, &actor, &id, &delivery, now).map_err(Failure::from))
        .await?;
    Ok(sent(&delivery))
}

/// A failed verb with the present state beside it, where that helps.
async fn with_current(app: &App, actor: Actor, id: WebhookId, failure: Failure) -> Failure {
    let Failure::Stale { message, part, .. } = failure else {
        return failure;
    };
    let current = app
        .db
        .read(move |conn| manage::find(conn, &actor, &id).map_err(Failure::from))
        .await;
    Failure::Stale {
        message,
        part,
        current: current
            .ok()
            .map(|webhook| Box::new((json!(show(&webhook)), tag(&webhook)))),
    }
}

fn tag(webhook: &Webhook) -> String {
    etag(webhook.version, 0)
}

fn answer(webhook: &Webhook) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ETAG, tag(webhook)))
        .json(WebhookAnswer { data: show(webhook) })
}

fn with_secret(
    mut response: actix_web::HttpResponseBuilder,
    webhook: &Webhook,
    secret: String,
) -> HttpResponse {
    let mut data = show(webhook);
    data.secret = Some(secret);
    let mut response = response
        .insert_header((header::ETAG, tag(webhook)))
        .json(WebhookAnswer { data });
    response.extensions_mut().insert(ShownOnce);
    response
}

/// On its way.
fn sent(delivery: &Delivery) -> HttpResponse {
    HttpResponse::Accepted().json(DeliveryAnswer {
        data: show_delivery(delivery),
    })
}
