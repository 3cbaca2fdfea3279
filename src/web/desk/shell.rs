//! What every page of the desk has around its content, and how pages and redirects leave.

use std::borrow::Borrow;

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;

use crate::account::{Actor, Role};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::Failed;
use crate::web::tongue::Tongue;
use crate::web::urls::Urls;

/// Nothing from elsewhere, nothing inline, and HTML only through the one policy that `static/desk/page.js` makes.
pub(in crate::web) const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' blob:; \
    connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
    require-trusted-types-for 'script'; trusted-types desk";

/// Which of the desk's rooms a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Stories,
    Photos,
    Site,
    People,
    Outside,
}

/// The head and the furniture of one page.
#[derive(Debug)]
pub(super) struct Shell {
    pub title: String,
    pub site_name: String,
    pub person: Option<Actor>,
    pub room: Room,
    pub urls: Urls,
    pub tongue: Tongue,
}

impl Shell {
    pub(super) fn new(app: &App, person: Option<&Actor>, room: Room, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            site_name: app.site().name.clone(),
            person: person.cloned(),
            room,
            urls: app.urls.clone(),
            tongue: Tongue::current(),
        }
    }

    /// The same with a message for its title.
    pub(super) fn titled(app: &App, person: Option<&Actor>, room: Room, key: &str) -> Self {
        Self::new(app, person, room, Tongue::current().say(key))
    }

    /// The word for a role.
    pub(super) fn role_of(&self, role: impl Borrow<Role>) -> &'static str {
        self.say(match role.borrow() {
            Role::Admin => "role.admin",
            Role::Editor => "role.editor",
            Role::Photographer => "role.photographer",
        })
    }

    /// Where scripts find the messages.
    pub(super) fn messages(&self) -> String {
        self.urls.asset(&format!("messages/{}.json", self.tongue.tag()))
    }

    /// Where scripts find the sentences of this language and those of English, by which they know what the API tells them; `None` in English.
    pub(super) fn sentences(&self) -> Option<(String, String)> {
        let english = Tongue::fallback().tag();
        let of = |tag: &str| self.urls.asset(&format!("sentences/{tag}.json"));
        (english != self.tongue.tag()).then(|| (of(self.tongue.tag()), of(english)))
    }

    /// The languages to choose from, and whether each is the one that is spoken here.
    pub(super) fn tongues(&self) -> Vec<(Tongue, bool)> {
        Tongue::all()
            .map(|tongue| (tongue, tongue.tag() == self.tongue.tag()))
            .collect()
    }

    /// A message; see [`Tongue::say`].
    pub(super) fn say(&self, key: &str) -> &'static str {
        self.tongue.say(key)
    }

    /// The name of a field of a frame or block.
    pub(super) fn field(&self, field: &str) -> &'static str {
        self.tongue.say(&format!("field.{field}"))
    }

    /// A message with its places filled.
    pub(super) fn fill(&self, key: &str, values: &[(&'static str, &str)]) -> String {
        self.tongue.fill(key, values.iter().copied())
    }

    /// A message for so many of something.
    pub(super) fn count(&self, key: &str, n: impl std::borrow::Borrow<usize>) -> String {
        self.tongue.count(key, *n.borrow())
    }

    pub(super) fn is_in_stories(&self) -> bool {
        self.room == Room::Stories
    }

    pub(super) fn is_in_photos(&self) -> bool {
        self.room == Room::Photos
    }

    pub(super) fn is_in_site(&self) -> bool {
        self.room == Room::Site
    }

    pub(super) fn is_in_people(&self) -> bool {
        self.room == Room::People
    }

    pub(super) fn is_admin(&self) -> bool {
        self.person.as_ref().is_some_and(Actor::is_admin)
    }

    /// What whoever is signed in is, within a sentence.
    pub(super) fn role(&self) -> &'static str {
        match self.person.as_ref().map(|person| person.role) {
            Some(Role::Admin) => self.say("as.admin"),
            Some(Role::Editor) => self.say("as.editor"),
            Some(Role::Photographer) => self.say("as.photographer"),
            None => "",
        }
    }
}

/// A page with a status of its own.
pub(super) fn page_with(status: StatusCode, page: &impl Template) -> Result<HttpResponse, Failed> {
    Ok(written(status, render(page)?))
}

/// The words of a page.
pub(super) fn render(page: &impl Template) -> Result<String, Failure> {
    page.render().map_err(|error| Failure::internal(&error))
}

/// A page whose words are there.
pub(super) fn written(status: StatusCode, html: String) -> HttpResponse {
    HttpResponseBuilder::new(status)
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .content_type("text/html; charset=utf-8")
        .body(html)
}

/// A page.
pub(super) fn page(page: &impl Template) -> Result<HttpResponse, Failed> {
    page_with(StatusCode::OK, page)
}

/// An answer that says when to try again, where that helps.
pub(super) fn with_retry(mut response: HttpResponse, failure: &Failure) -> HttpResponse {
    if let Some(seconds) = failure.retry_after_s() {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    response
}

/// A page whose address, or whose content, is a secret that no other site may learn of by a link that is followed from it.
pub(super) fn secret_page(status: StatusCode, page: &impl Template) -> Result<HttpResponse, Failed> {
    let mut response = page_with(status, page)?;
    response.headers_mut().insert(
        header::REFERRER_POLICY,
        header::HeaderValue::from_static("no-referrer"),
    );
    Ok(response)
}

/// To another address after a form was taken, so that reloading does not send it twice.
pub(super) fn go(to: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .finish()
}
