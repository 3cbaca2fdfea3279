//! Forms as browsers send them, and who sends them. What was typed is kept with the request until it is answered, so that no failure on
//! the way, an ended session included, loses a word.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev};

use super::told;
use crate::account::Actor;
use crate::id::SessionId;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{
    Caller, Failed, MOST_BODY_BYTES, Proof, check_same_origin, content_length, origin, routed_path,
};
use crate::web::fields::{ROLE, is_nobodys, nobodys};
use crate::web::patience::{read_body, read_body_watched, too_many};
use crate::web::strangers;

/// Where people sign in.
const DOOR: &str = "/desk/sign-in";
/// Where an administrator gives somebody a role.
const PEOPLE: &str = "/desk/people";

/// Fields that a form may have: a caption desk of a thousand frames has some for each.
const MOST_FIELDS: usize = 20_000;

/// The fields of a form in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Form(Arc<Vec<(String, String)>>);

impl Form {
    /// Reads `application/x-www-form-urlencoded`; one with more than [`MOST_FIELDS`] fields is cut off there.
    pub(super) fn parse(body: &[u8]) -> Self {
        let fields = url::form_urlencoded::parse(body).into_owned();
        Self(Arc::new(fields.take(MOST_FIELDS).collect()))
    }

    /// [`Form::parse`] of all there is.
    fn parse_whole(body: &[u8]) -> Result<Self, Failure> {
        let form = Self::parse(body);
        if form.0.len() == MOST_FIELDS && url::form_urlencoded::parse(body).nth(MOST_FIELDS).is_some() {
            let message = format!("A form may have at most {MOST_FIELDS} fields.");
            return Err(Failure::TooManyBytes(message));
        }
        Ok(form)
    }

    /// Reads the form of a request. Before anybody is known, it may not have much.
    async fn read(request: &HttpRequest, payload: dev::Payload) -> Result<Self, Failure> {
        // Before a word is kept: a form from elsewhere comes without the cookie, and would be handed to whoever signs in again as theirs.
        check_same_origin(request)?;
        let body = if let Ok(caller) = Caller::required(request).await {
            check_length(request, MOST_BODY_BYTES)?;
            let app = App::of(request);
            let length = content_length(request.headers());
            if length.is_none_or(|bytes| bytes > strangers::LARGE_BYTES) {
                let place = app.large_forms.wait(caller.actor.id.as_str()).await?;
                request.extensions_mut().insert(place);
            }
            read_body(payload, MOST_BODY_BYTES, app.config.body_patience).await?
        } else {
            read_of_stranger(request, payload).await?
        };
        let form = Self::parse_whole(&body)?;
        form.refuse_nobodys(routed_path(request))?;
        request.extensions_mut().insert(form.clone());
        Ok(form)
    }

    /// A field that is nobody's to set is a mistake or an attempt; passing over it would tell its sender that it was taken.
    fn refuse_nobodys(&self, path: &str) -> Result<(), Failure> {
        let gives_role = path.starts_with(PEOPLE);
        let mut names = self.0.iter().map(|(name, _)| name);
        match names.find(|name| is_nobodys(name) && !(gives_role && *name == ROLE)) {
            Some(name) => Err(nobodys(name)),
            None => Ok(()),
        }
    }

    /// As it is sent, without passwords: these are never sent back.
    pub(super) fn encode(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.fields())
            .finish()
    }

    /// All fields but passwords.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter(|(name, _)| !name.contains("password"))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first field of a name; one that is not there is empty.
    pub(super) fn text(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The first field of a name.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// All fields of a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a box is ticked.
    pub(super) fn is_ticked(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The version that the form was made from.
    ///
    /// # Errors
    /// [`Failure::PreconditionRequired`].
    pub(super) fn version(&self) -> Result<i32, Failure> {
        self.text("version")
            .parse()
            .map_err(|_| Failure::PreconditionRequired)
    }

    /// A number, if one was typed.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.text(name).trim().parse().ok()
    }
}

fn check_length(request: &HttpRequest, most: usize) -> Result<(), Failure> {
    if content_length(request.headers()).is_some_and(|bytes| bytes > most as u64) {
        return Err(too_many(most));
    }
    Ok(())
}

/// The bytes of a form of somebody who is not signed in; a larger one takes a place, which the request holds from then on.
async fn read_of_stranger(request: &HttpRequest, payload: dev::Payload) -> Result<Bytes, Failure> {
    let app = App::of(request);
    let most = if routed_path(request).starts_with(DOOR) {
        strangers::MOST_BYTES_AT_THE_DOOR
    } else {
        strangers::MOST_BYTES
    };
    check_length(request, most)?;
    let network = origin(request).subscriber();
    let mut place = None;
    let watch = |length: usize| {
        if length > strangers::SMALL_BYTES && place.is_none() {
            place = Some(app.strangers.place(&network)?);
        }
        Ok(())
    };
    let reading = read_body_watched(payload, most, app.config.body_patience, watch);
    let body = tokio::time::timeout(strangers::PATIENCE, reading).await;
    let body = body.map_err(|_| Failure::TooSlow)??;
    if let Some(place) = place {
        request.extensions_mut().insert(place);
    }
    Ok(body)
}

impl FromRequest for Form {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failed>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let payload = payload.take();
        let request = request.clone();
        Box::pin(async move { Ok(Self::read(&request, payload).await?) })
    }
}

/// What a form says above itself when it was not taken: sentences for what its sender can put right, nothing for what is not about the form.
pub(super) fn mistakes(failure: &Failure) -> Option<Vec<String>> {
    match failure {
        Failure::Invalid(_)
        | Failure::Conflict { .. }
        | Failure::TooManyRequests { .. }
        | Failure::Busy(_) => Some(told::sentences(failure)),
        _ => None,
    }
}

/// Somebody who is signed in at a browser; tokens are for programs and open no page.
#[derive(Debug)]
pub(super) struct SignedIn(pub Actor);

impl SignedIn {
    async fn find(request: &HttpRequest) -> Result<Actor, Failure> {
        Ok(Here::find(request).await?.actor)
    }
}

impl FromRequest for SignedIn {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failed>>>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self(Self::find(&request).await?)) })
    }
}

/// Somebody who is signed in, and the session by which they are.
#[derive(Debug)]
pub(super) struct Here {
    pub actor: Actor,
    pub session: SessionId,
}

impl Here {
    async fn find(request: &HttpRequest) -> Result<Self, Failure> {
        match Caller::find(request).await? {
            Some(Caller {
                actor,
                proof: Proof::Session(session),
            }) => Ok(Self { actor, session }),
            _ => Err(Failure::Unauthorized),
        }
    }
}

impl FromRequest for Here {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failed>>>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self::find(&request).await?) })
    }
}

/// A form, who sent it, and by which session.
#[derive(Debug)]
pub(super) struct SentHere {
    pub here: Here,
    pub form: Form,
}

impl FromRequest for SentHere {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failed>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let form = Form::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let form = form.await?;
            let here = Here::find(&request).await?;
            Ok(Self { here, form })
        })
    }
}

/// A form and who sent it.
#[derive(Debug)]
pub(super) struct Sent {
    pub actor: Actor,
    pub form: Form,
}

impl FromRequest for Sent {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failed>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let form = Form::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            // The form first: whoever is not signed in any more gets it back.
            let form = form.await?;
            let actor = SignedIn::find(&request).await?;
            Ok(Self { actor, form })
        })
    }
}
