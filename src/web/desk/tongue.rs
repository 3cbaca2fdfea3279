//! Choosing the language in which the desk speaks. It is kept with the browser, not with the account: the page to sign in at speaks it too.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpResponse, web};

use super::form::Form;
use super::shell::go;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, SameOrigin, safe_next};
use crate::web::tongue::{COOKIE, Tongue};

/// For how long a browser keeps the choice.
const KEPT: Duration = Duration::days(365);

/// `POST /desk/tongue`: keeps the choice and goes back to where it was made. Nobody needs to be signed in.
pub(super) async fn choose(app: web::Data<App>, _: SameOrigin, form: Form) -> Result<HttpResponse, Failed> {
    let asked = form.text("language");
    let tongue = Tongue::all()
        .find(|tongue| tongue.tag() == asked)
        .ok_or_else(|| {
            let message = format!("The desk does not speak “{asked}”; choose from the list.");
            Failure::field("/language", "unknown_language", message)
        })?;
    let cookie = Cookie::build(COOKIE, tongue.tag())
        .path("/")
        .http_only(true)
        .secure(app.is_secure())
        .same_site(SameSite::Lax)
        .max_age(KEPT)
        .finish();
    let mut response = go(safe_next(form.text("next")).unwrap_or("/desk"));
    response
        .add_cookie(&cookie)
        .map_err(|error| Failed(Failure::internal(&error)))?;
    Ok(response)
}
