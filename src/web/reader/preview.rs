//! A draft for somebody outside who holds the secret of a link to it. Nothing of the story is shown until a button is pressed: the programs that look at
//! every link in a message do not press buttons.
//!
//! The press is remembered by a cookie that holds nothing, for this address alone, so that reloading and going back work. The secret is what opens the door.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::story::{compose, share};
use crate::web::App;
use crate::web::aside::aside;
use crate::web::error::Failure;
use crate::web::extract::Failed;
use crate::web::page::{DoorPage, Neighbours, StoryPage, keep_to_holder};

/// The cookie that remembers the press.
const COOKIE: &str = "preview";
/// For how long.
const HOURS: i64 = 12;

/// `GET /preview/{secret}`.
pub(super) async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    secret: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let secret = secret.into_inner();
    let (asked, now) = (secret.clone(), app.clock.now());
    let has_pressed = request.cookie(COOKIE).is_some();
    let draft = app
        .db
        .read(move |conn| {
            if has_pressed {
                let found = share::find_draft(conn, &asked, now)?.ok_or(Failure::NotFound)?;
                return Ok(Some(found.1));
            }
            share::find_open(conn, &asked, now)?.ok_or(Failure::NotFound)?;
            Ok::<_, Failure>(None)
        })
        .await?;
    let site = app.site();
    let (html, policy) = if let Some(draft) = draft {
        let urls = app.urls.for_holder_of(&secret);
        let page = aside(move || {
            let document = compose::compose(&draft, None);
            let page = StoryPage::new(&document, &Neighbours::default(), &site, &urls);
            let html = page.render().map_err(|error| Failure::internal(&error))?;
            Ok((html, page.policy("'none'")))
        });
        page.await?
    } else {
        let page = DoorPage::new(app.urls.outside_preview(&secret), &site, &app.urls);
        let html = page.render().map_err(|error| Failure::internal(&error))?;
        (html, page.policy())
    };
    let mut response = HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .content_type("text/html; charset=utf-8")
        .body(html);
    keep_to_holder(response.headers_mut());
    Ok(response)
}

/// `POST /preview/{secret}`: the button.
pub(super) async fn enter(app: web::Data<App>, secret: web::Path<String>) -> Result<HttpResponse, Failed> {
    let (asked, now) = (secret.clone(), app.clock.now());
    let open = app
        .db
        .read(move |conn| share::find_open(conn, &asked, now).map_err(Failure::from))
        .await?;
    let open = open.ok_or(Failure::NotFound)?;
    if open.is_stale(now) {
        app.db
            .write(move |conn| share::touch(conn, &open, now).map_err(Failure::from))
            .await?;
    }
    let here = app.urls.outside_preview(&secret);
    let cookie = Cookie::build(COOKIE, "1")
        .path(here.clone())
        .http_only(true)
        .secure(app.is_secure())
        .same_site(SameSite::Lax)
        .max_age(Duration::hours(HOURS))
        .finish();
    let mut response = HttpResponse::SeeOther()
        .insert_header((header::LOCATION, here))
        .cookie(cookie)
        .finish();
    keep_to_holder(response.headers_mut());
    Ok(response)
}
