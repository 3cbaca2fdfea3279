//! One's own second factor: an app is shown the secret, a code proves that it has it, and recovery codes are shown once.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use qrcodegen::{QrCode, QrCodeEcc};

use super::form::{Form, Here, SentHere, mistakes};
use super::shell::{Room, Shell, go, page, page_with, with_retry};
use super::when::short;
use crate::account::factor::{self as verb, Offer, State};
use crate::clock::rfc3339;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, origin};

/// Light modules around the code. Source: ISO/IEC 18004, section 9.1.
const QUIET_ZONE: i32 = 4;

/// The page, in one of three states.
#[derive(Template)]
#[template(path = "desk/factor.html", whitespace = "minimize")]
struct FactorPage {
    shell: Shell,
    mistakes: Vec<String>,
    offer: Option<Shown>,
    on: Option<On>,
}

/// A secret that waits for its code.
struct Shown {
    /// In groups of four, as it is typed.
    secret: String,
    /// What a device that shows this page can open itself.
    address: String,
}

/// A second factor that holds.
struct On {
    since: String,
    since_iso: String,
    codes_left: usize,
}

/// The recovery codes, this once.
#[derive(Template)]
#[template(path = "desk/factor_codes.html", whitespace = "minimize")]
struct CodesPage {
    shell: Shell,
    is_new: bool,
    codes: Vec<String>,
}

pub(super) async fn show(app: web::Data<App>, here: Here) -> Result<HttpResponse, Failed> {
    answer(&app, &here, StatusCode::OK, Vec::new()).await
}

/// The secret that waits for its code, for the camera of a telephone.
pub(super) async fn qr(app: web::Data<App>, here: Here) -> Result<HttpResponse, Failed> {
    let offer = find_offer(&app, &here).await?.ok_or(Failure::NotFound)?;
    let code = QrCode::encode_text(&offer.address, QrCodeEcc::Medium)
        .map_err(|error| Failure::internal(&std::io::Error::other(error.to_string())))?;
    Ok(HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; sandbox",
        ))
        .body(svg(&code)))
}

pub(super) async fn offer(
    app: web::Data<App>,
    request: HttpRequest,
    sent: SentHere,
) -> Result<HttpResponse, Failed> {
    let SentHere { here, form } = sent;
    let (password, now) = (present_password(&form), app.clock.now());
    let from = origin(&request);
    let offered = verb::offer(&app.db, &app.passwords, &here.actor, password, &from, now).await;
    match offered.map_err(Failure::from) {
        Ok(()) => Ok(go(&app.urls.factor())),
        Err(failure) => refuse(&app, &here, failure).await,
    }
}

pub(super) async fn confirm(app: web::Data<App>, sent: SentHere) -> Result<HttpResponse, Failed> {
    let SentHere { here, form } = sent;
    let (actor, code, now) = (here.actor.clone(), form.text("code").to_owned(), app.clock.now());
    let confirmed = app
        .db
        .write(move |conn| verb::confirm(conn, &actor, &code, now))
        .await;
    match confirmed.map_err(Failure::from) {
        Ok(codes) => show_codes(&app, &here, codes, true),
        Err(failure) => refuse(&app, &here, failure).await,
    }
}

pub(super) async fn make_codes(
    app: web::Data<App>,
    request: HttpRequest,
    sent: SentHere,
) -> Result<HttpResponse, Failed> {
    let SentHere { here, form } = sent;
    let (password, now) = (present_password(&form), app.clock.now());
    let from = origin(&request);
    let made = verb::make_codes(&app.db, &app.passwords, &here.actor, password, &from, now).await;
    match made.map_err(Failure::from) {
        Ok(codes) => show_codes(&app, &here, codes, false),
        Err(failure) => refuse(&app, &here, failure).await,
    }
}

pub(super) async fn turn_off(
    app: web::Data<App>,
    request: HttpRequest,
    sent: SentHere,
) -> Result<HttpResponse, Failed> {
    let SentHere { here, form } = sent;
    let (password, now) = (present_password(&form), app.clock.now());
    let from = origin(&request);
    let off = verb::turn_off(&app.db, &app.passwords, &here.actor, password, &from, now).await;
    match off.map_err(Failure::from) {
        Ok(()) => Ok(go(&format!("{}?done=factor-off", app.urls.me()))),
        Err(failure) => refuse(&app, &here, failure).await,
    }
}

fn present_password(form: &Form) -> String {
    form.text("present_password").to_owned()
}

fn show_codes(app: &App, here: &Here, codes: Vec<String>, is_new: bool) -> Result<HttpResponse, Failed> {
    let shell = Shell::titled(app, Some(&here.actor), Room::Outside, "factor.codes_title");
    page(&CodesPage { shell, is_new, codes })
}

async fn refuse(app: &App, here: &Here, failure: Failure) -> Result<HttpResponse, Failed> {
    let said = mistakes(&failure).ok_or(failure.clone())?;
    let response = answer(app, here, failure.status(), said).await?;
    Ok(with_retry(response, &failure))
}

async fn answer(
    app: &App,
    here: &Here,
    status: StatusCode,
    mistakes: Vec<String>,
) -> Result<HttpResponse, Failed> {
    let (account, now) = (here.actor.id.clone(), app.clock.now());
    let state = app
        .db
        .read(move |conn| verb::state(conn, &account, now).map_err(Failure::from))
        .await?;
    let offer = match state {
        State::Offered => find_offer(app, here).await?,
        State::Off | State::On { .. } => None,
    };
    let shell = Shell::titled(app, Some(&here.actor), Room::Outside, "factor.title");
    page_with(
        status,
        &FactorPage {
            shell,
            mistakes,
            offer: offer.map(|offer| Shown {
                secret: in_groups(&offer.secret),
                address: offer.address,
            }),
            on: match state {
                State::On { since, codes_left } => Some(On {
                    since: short(since),
                    since_iso: rfc3339(since),
                    codes_left,
                }),
                State::Off | State::Offered => None,
            },
        },
    )
}

async fn find_offer(app: &App, here: &Here) -> Result<Option<Offer>, Failure> {
    let (actor, site, now) = (here.actor.clone(), app.site().name.clone(), app.clock.now());
    app.db
        .read(move |conn| verb::find_offer(conn, &actor, &site, now).map_err(Failure::from))
        .await
}

fn in_groups(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// A code as an image: one path, dark on light whatever the page's colours are, because cameras want it so.
fn svg(code: &QrCode) -> String {
    let size = code.size();
    let whole = size + 2 * QUIET_ZONE;
    let mut path = String::new();
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{} {}h1v1h-1z", x + QUIET_ZONE, y + QUIET_ZONE));
        }
    }
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{whole}v{whole}H0z"/><path fill="#000" d="{path}"/></svg>"##
    )
}
