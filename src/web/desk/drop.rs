//! What a drop link opens: a page on which a photographer without an account uploads to one story, and the addresses that page sends to. It
//! tells whom it is for and until when, and nothing of the story or of what lies there.
//!
//! A link that was revoked, has ended, or never was answers 404 everywhere, each like the other.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::drop_links::printed_last_day;
use super::shell::{Room, Shell, go, page_with};
use super::told;
use crate::account::Actor;
use crate::photo;
use crate::story::drop_links::{self, DropLink};
use crate::story::place::{self, Arrival};
use crate::upload::Sender;
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params};
use crate::web::tongue::Tongue;
use crate::web::tus::{self, Door};
use crate::web::upload::{Expected, Received};
use crate::web::{App, upload};

#[derive(Template)]
#[template(path = "desk/drop.html", whitespace = "minimize")]
struct DropPage {
    shell: Shell,
    here: String,
    uploads: String,
    link: String,
    label: String,
    until: String,
    room: usize,
    arrived: usize,
    refused: Vec<(String, String)>,
}

/// What the page is told by its own redirect.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DropParams {
    #[serde(default)]
    arrived: usize,
}

/// A link that opens, and the editor it stands for.
struct Open {
    secret: String,
    link: DropLink,
    actor: Actor,
}

impl Open {
    async fn find(app: &App, secret: &str) -> Result<Self, Failure> {
        let (secret, now) = (secret.to_owned(), app.clock.now());
        app.db
            .read(move |conn| {
                let (link, maker) = drop_links::open(conn, &secret, now)?.ok_or(Failure::NotFound)?;
                Ok(Self {
                    actor: Actor::from(&maker).by_link(&link.label),
                    secret,
                    link,
                })
            })
            .await
    }

    fn door(&self, app: &App) -> Door {
        Door {
            sender: Sender {
                actor: self.actor.clone(),
                link: Some(self.link.id.clone()),
                means: None,
            },
            base: app.urls.drop_uploads(&self.secret),
            story: Some(self.link.story.clone()),
        }
    }
}

pub(super) async fn show(
    app: web::Data<App>,
    secret: web::Path<String>,
    params: Params<DropParams>,
) -> Result<HttpResponse, Failed> {
    let open = Open::find(&app, &secret).await?;
    answer(&app, &open, StatusCode::OK, params.0.arrived, Vec::new())
}

/// Photographs from a browser without scripts.
pub(super) async fn upload(
    app: web::Data<App>,
    secret: web::Path<String>,
    body: Multipart,
) -> Result<HttpResponse, Failed> {
    let open = Open::find(&app, &secret).await?;
    let received = {
        let expected = Expected {
            link: Some(&open.link.id),
            ..Expected::default()
        };
        upload::receive(&app, &open.actor, body, expected).await?
    };
    if received.files.is_empty() {
        return Err(Failure::field("/file", "required", "Choose at least one photograph.").into());
    }
    // It may have ended while they came.
    let open = Open::find(&app, &open.secret).await?;
    put_in(&app, &open, &received).await?;
    let arrived = received.photo_ids().len();
    let refused = told::refused(&received);
    if refused.is_empty() {
        let here = app.urls.drop_page(&open.secret);
        return Ok(quiet(go(&format!("{here}?arrived={arrived}"))));
    }
    let open = Open::find(&app, &open.secret).await?;
    answer(&app, &open, received.status(), arrived, refused)
}

/// Puts the photos into the link's story in the order in which they were taken; what is sent twice stands there once.
async fn put_in(app: &App, open: &Open, received: &Received) -> Result<(), Failure> {
    let (story, actor) = (open.link.story.clone(), open.actor.clone());
    let (photos, now) = (received.photo_ids(), app.clock.now());
    app.db
        .write(move |conn| {
            let batch = photos.iter().cloned().collect();
            let arrival = Arrival {
                batch: &batch,
                position: None,
                by_link: true,
            };
            for photo in photo::query::list_photos_by_id(conn, &photos)? {
                place::place(conn, &actor, &story, &photo, arrival, now)?;
            }
            Ok(())
        })
        .await
}

fn answer(
    app: &App,
    open: &Open,
    status: StatusCode,
    arrived: usize,
    refused: Vec<(String, String)>,
) -> Result<HttpResponse, Failed> {
    let shown = page_with(
        status,
        &DropPage {
            shell: Shell::new(app, None, Room::Outside, open.link.label.clone()),
            here: app.urls.drop_page(&open.secret),
            uploads: app.urls.drop_uploads(&open.secret),
            link: open.link.id.to_string(),
            label: open.link.label.clone(),
            until: printed_last_day(open.link.expires_at, Tongue::current()),
            room: open.link.files_left(),
            arrived,
            refused,
        },
    )?;
    Ok(quiet(shown))
}

/// The address is a secret: no other site and no search engine learns it from a browser.
fn quiet(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex, nofollow"),
    );
    response
}

pub(super) async fn describe_uploads(
    app: web::Data<App>,
    secret: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    Open::find(&app, &secret).await?;
    Ok(tus::options(&app))
}

pub(super) async fn create_upload(
    app: web::Data<App>,
    secret: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Failed> {
    let door = Open::find(&app, &secret).await?.door(&app);
    let new = tus::announced(&request)?;
    Ok(tus::create(&app, &door, &request, new, payload.into_inner()).await?)
}

pub(super) async fn get_upload(
    app: web::Data<App>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Failed> {
    let door = Open::find(&app, &path.0).await?.door(&app);
    Ok(tus::look(&app, &door, &request, &path.1).await?)
}

pub(super) async fn send_upload(
    app: web::Data<App>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Failed> {
    let door = Open::find(&app, &path.0).await?.door(&app);
    Ok(tus::send(&app, &door, &request, &path.1, payload.into_inner()).await?)
}

pub(super) async fn cancel_upload(
    app: web::Data<App>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Failed> {
    let door = Open::find(&app, &path.0).await?.door(&app);
    Ok(tus::terminate(&app, &door, &request, &path.1).await?)
}
