//! Addresses that stories had on a site that was taken in; readers who follow one are sent to the story. For administrators.

use actix_web::{HttpResponse, delete, get, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::{OldAddressList, OldAddressView};
use super::browse;
use crate::account::token::Scope;
use crate::clock::rfc3339;
use crate::story::origin::{self, OldAddressLine};
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, Params};
use crate::web::{App, cursor};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParams {
    /// How many, 1 to 100; 20 without it.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<usize>,
    /// Where the page before ended, from its `next`.
    after: Option<String>,
}

/// Old addresses in their order, a page at a time, each with the story it leads to while that is live.
#[utoipa::path(tag = "site", operation_id = "list_old_addresses", params(ListParams), responses(
    (status = 200, description = "A page of addresses", body = OldAddressList),
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
    let limit = browse::limit(limit)?;
    let behind = after
        .as_deref()
        .map(cursor::read::<String>)
        .transpose()?
        .map(|(_, address)| address);
    let ask = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut found = app
        .db
        .read(move |conn| origin::list(conn, &actor, behind.as_deref(), ask).map_err(Failure::from))
        .await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| more);
    let next = last.map(|last| cursor::write(0, &last.address));
    let data = found.iter().map(|line| show(&app, line)).collect();
    Ok(HttpResponse::Ok().json(OldAddressList { data, next }))
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
    // Whether somebody may do this is told before what is wrong with how they ask.
    let is_none = address.is_empty();
    let was = app
        .db
        .write(move |conn| origin::forget(conn, &actor, &address, now).map_err(Failure::from))
        .await?;
    if is_none {
        return Err(browse::bad("address", "Say in “address” which one.").into());
    }
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
