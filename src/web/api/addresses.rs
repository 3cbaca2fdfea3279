//! Addresses that stories had on a site that was taken in; readers who follow one are sent to the story. For administrators.

use actix_web::{HttpResponse, delete, get, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::{OldAddressList, OldAddressView};
use crate::account::token::Scope;
use crate::clock::rfc3339;
use crate::story::origin::{self, OldAddressLine};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, Params};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParams {
    /// How many, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 100)]
    limit: Option<u8>,
    /// The last address of the page before.
    after: Option<String>,
}

/// Old addresses in their order, a page at a time, each with the story it leads to while that is live.
#[utoipa::path(tag = "site", operation_id = "list_old_addresses", params(ListParams), responses(
    (status = 200, description = "The addresses; `after` for the next page is the last of them", body = OldAddressList),
    (status = 400, description = "A parameter that cannot be read"),
    (status = 403, description = "Not an administrator, or the token lacks the scope"),
), security(("token" = ["site:manage"]), ("session" = [])))]
#[get("/manage/old-addresses")]
pub(super) async fn list_old_addresses(
    app: web::Data<App>,
    caller: Caller,
    params: Params<ListParams>,
) -> Result<HttpResponse, Failed> {
    let actor = caller.needs(Scope::SiteManage)?.clone();
    let ListParams { limit, after } = params.0;
    let limit = i64::from(limit.unwrap_or(100).clamp(1, 100));
    let found = app
        .db
        .read(move |conn| origin::list(conn, &actor, after.as_deref(), limit).map_err(Failure::from))
        .await?;
    let data = found.iter().map(|line| show(&app, line)).collect();
    Ok(HttpResponse::Ok().json(OldAddressList { data }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RemoveParams {
    /// The address as the list has it.
    address: Option<String>,
}

/// Has an old address lead nowhere from now on.
#[utoipa::path(tag = "site", operation_id = "remove_old_address", params(RemoveParams), responses(
    (status = 204, description = "It leads nowhere now"),
    (status = 403, description = "Not an administrator, or the token lacks the scope"),
    (status = 404, description = "It led nowhere"),
), security(("token" = ["site:manage"]), ("session" = [])))]
#[delete("/manage/old-addresses")]
pub(super) async fn remove_old_address(
    app: web::Data<App>,
    caller: Caller,
    params: Params<RemoveParams>,
) -> Result<HttpResponse, Failed> {
    let actor = caller.needs(Scope::SiteManage)?.clone();
    let (address, now) = (params.0.address.unwrap_or_default(), app.clock.now());
    let was = app
        .db
        .write(move |conn| origin::forget(conn, &actor, &address, now).map_err(Failure::from))
        .await?;
    if !was {
        return Err(Failure::NotFound.into());
    }
    app.pages.clear();
    Ok(HttpResponse::NoContent().finish())
}

fn show(app: &App, line: &OldAddressLine) -> OldAddressView {
    let to = line.live_publication.map(|_| app.urls.story(&line.slug));
    OldAddressView {
        address: line.address.clone(),
        story: line.story.clone(),
        title: line.title.clone(),
        leads_to: to,
        since: rfc3339(line.since),
    }
}
