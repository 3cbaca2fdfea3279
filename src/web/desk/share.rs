//! Links by which somebody outside sees a draft: made, listed and taken back. A link is shown once, on the page that answers its making.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::{Form, Sent, SignedIn};
use super::shell::{Room, Shell, go, page_with};
use super::told;
use super::when::short;
use crate::account::Actor;
use crate::clock::{Millis, rfc3339};
use crate::id::{PreviewLinkId, StoryId};
use crate::story::access;
use crate::story::share::{self, PreviewLink, USUAL_DAYS};
use crate::text::Label;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};
use crate::web::fields::Errors;

/// Days that are offered.
const DAYS: [i64; 4] = [1, 3, USUAL_DAYS, 30];

#[derive(Template)]
#[template(path = "desk/share.html", whitespace = "minimize")]
struct SharePage {
    shell: Shell,
    here: String,
    publish: String,
    title: String,
    made: Option<Made>,
    label: String,
    choices: Vec<DaysChoice>,
    links: Vec<LinkView>,
    mistakes: Vec<String>,
}

/// A link that was just made: its address is shown this once.
struct Made {
    url: String,
    until: String,
    until_iso: String,
}

/// For how long a link may hold.
struct DaysChoice {
    days: i64,
    words: String,
    chosen: bool,
}

/// A link ready to print.
struct LinkView {
    id: String,
    label: String,
    is_open: bool,
    state: String,
    made: String,
    made_at: String,
    made_iso: String,
    used: Option<String>,
    used_iso: String,
    until: String,
    until_iso: String,
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    respond(&app, &actor, &id, StatusCode::OK, Said::default()).await
}

/// Makes a link, or takes back the one whose button was pressed.
pub(super) async fn change(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let now = app.clock.now();
    if let Some(link) = form.find("revoke") {
        let link: PreviewLinkId = path_id(link)?;
        let (by, story) = (actor, id.clone());
        let was = app
            .db
            .write(move |conn| share::revoke(conn, &by, &story, &link, now).map_err(Failure::from))
            .await?;
        return if was {
            Ok(go(&app.urls.share(&id)))
        } else {
            Err(Failure::NotFound.into())
        };
    }
    let (status, said) = match make(&app, &actor, &id, &form, now).await {
        Ok((link, secret)) => {
            let made = Made {
                url: app.urls.outside_preview_absolute(&secret),
                until: short(link.expires_at),
                until_iso: rfc3339(link.expires_at),
            };
            let said = Said {
                made: Some(made),
                ..Said::default()
            };
            (StatusCode::CREATED, said)
        }
        Err(Failure::Invalid(errors)) => {
            let said = Said {
                label: form.text("label").to_owned(),
                mistakes: told::mistakes(&errors),
                made: None,
            };
            (StatusCode::UNPROCESSABLE_ENTITY, said)
        }
        Err(failure) => return Err(failure.into()),
    };
    respond(&app, &actor, &id, status, said).await
}

async fn make(
    app: &App,
    actor: &Actor,
    id: &StoryId,
    form: &Form,
    now: Millis,
) -> Result<(PreviewLink, String), Failure> {
    let mut errors = Errors::default();
    let label = errors.take("/label", "name", Label::parse_optional(form.text("label")));
    let label = errors.finish(label)?;
    let days = form.text("days").parse().unwrap_or(USUAL_DAYS);
    let (by, story) = (actor.clone(), id.clone());
    app.db
        .write(move |conn| share::make(conn, &by, &story, label.as_ref(), days, now).map_err(Failure::from))
        .await
}

/// What the page says besides the links that there are.
#[derive(Default)]
struct Said {
    made: Option<Made>,
    label: String,
    mistakes: Vec<String>,
}

async fn respond(
    app: &App,
    actor: &Actor,
    id: &StoryId,
    status: StatusCode,
    said: Said,
) -> Result<HttpResponse, Failed> {
    let (by, story) = (actor.clone(), id.clone());
    let (title, links) = app
        .db
        .read(move |conn| {
            let title = access::find_visible(conn, &by, &story)?.title;
            Ok::<_, Failure>((title, share::list(conn, &by, &story)?))
        })
        .await?;
    let shell = Shell::new(
        app,
        Some(actor),
        Room::Stories,
        crate::web::tongue::Tongue::current().fill("share.title", [("title", title.as_str())]),
    );
    let now = app.clock.now();
    let choices = DAYS.map(|days| DaysChoice {
        days,
        words: shell.count("share.days", usize::try_from(days).unwrap_or_default()),
        chosen: days == USUAL_DAYS,
    });
    let page = SharePage {
        here: app.urls.share(id),
        publish: app.urls.publish(id),
        links: links.iter().map(|link| view(&shell, link, now)).collect(),
        shell,
        title,
        made: said.made,
        label: said.label,
        choices: choices.into(),
        mistakes: said.mistakes,
    };
    page_with(status, &page)
}

fn view(shell: &Shell, link: &PreviewLink, now: Millis) -> LinkView {
    let state = if link.revoked_at.is_some() {
        "share.revoked"
    } else if link.expires_at <= now {
        "share.expired"
    } else {
        "share.open"
    };
    LinkView {
        id: link.id.to_string(),
        label: if link.label.is_empty() {
            shell.say("share.unnamed").to_owned()
        } else {
            link.label.clone()
        },
        is_open: link.is_open(now),
        state: shell.say(state).to_owned(),
        made: shell
            .tongue
            .fill("share.made_by", [("name", link.made_by.as_str())]),
        made_at: short(link.created_at),
        made_iso: rfc3339(link.created_at),
        used: link.used_at.map(short),
        used_iso: link.used_at.map(rfc3339).unwrap_or_default(),
        until: short(link.expires_at),
        until_iso: rfc3339(link.expires_at),
    }
}
