//! The site's settings, for administrators.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, put, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::account::token::Scope;
use crate::site::SiteSettings;
use crate::web::extract::{Caller, Failed, JsonBody, etag, if_match};
use crate::web::{App, site};

/// The settings as they are.
#[derive(Debug, Serialize, ToSchema)]
struct SiteAnswer {
    /// The settings; what nobody has set is null.
    data: SiteSettings,
}

/// The settings of the site.
#[utoipa::path(tag = "site", operation_id = "get_site", responses(
    (status = 200, description = "The settings; the ETag is for changing them", body = SiteAnswer),
    (status = 403, description = "Not an administrator, or the token lacks the scope"),
), security(("token" = ["site:manage"]), ("session" = [])))]
#[get("/manage/site")]
pub(super) async fn get_site(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Failed> {
    let actor = caller.needs(Scope::SiteManage)?;
    let (settings, version) = site::load(&app, actor).await?;
    Ok(answer(settings, version))
}

/// Replaces the settings of the site; what is left out is as it comes. In force with the next request.
#[utoipa::path(tag = "site", operation_id = "replace_site", request_body = SiteSettings, responses(
    (status = 200, description = "The settings as they are now", body = SiteAnswer),
    (status = 403, description = "Not an administrator, or the token lacks the scope"),
    (status = 412, description = "They were changed meanwhile"),
    (status = 422, description = "Fields that cannot be taken, each by its pointer"),
    (status = 428, description = "If-Match is missing"),
), security(("token" = ["site:manage"]), ("session" = [])))]
#[put("/manage/site")]
pub(super) async fn replace_site(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    body: JsonBody<SiteSettings>,
) -> Result<HttpResponse, Failed> {
    let actor = caller.needs(Scope::SiteManage)?;
    let seen = if_match(&request)?;
    let (settings, version) = site::save(&app, actor, body.0, seen).await?;
    Ok(answer(settings, version))
}

fn answer(settings: SiteSettings, version: i32) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ETAG, etag(version, 0)))
        .json(SiteAnswer { data: settings })
}
