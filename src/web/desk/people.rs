//! People, for administrators: who there is, invitations, roles, and what is done when somebody leaves or has lost a key.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::{Form, Sent, SignedIn, mistakes};
use super::shell::{Room, Shell, go, secret_page, with_retry};
use super::when::short;
use crate::account::invitation::{self, Guest, Invitation};
use crate::account::manage::AccountError;
use crate::account::people::{self as verb, Left, Person};
use crate::account::{Actor, Role, reset};
use crate::clock::rfc3339;
use crate::db::Conn;
use crate::id::{AccountId, LinkId};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params, path_id};
use crate::web::tongue::Tongue;

/// The page.
#[derive(Template)]
#[template(path = "desk/people.html", whitespace = "minimize")]
struct PeoplePage {
    shell: Shell,
    done: Option<String>,
    mistakes: Vec<String>,
    /// A link that was made just now, with what to say of it; it is not kept anywhere.
    fresh: Option<Fresh>,
    name: String,
    email: String,
    role: Role,
    roles: [(Role, &'static str); 3],
    people: Vec<Line>,
    invitations: Vec<Guests>,
}

/// A link to hand over.
struct Fresh {
    what: String,
    link: String,
}

/// Somebody in the list, ready to print.
struct Line {
    id: AccountId,
    name: String,
    email: String,
    role: Role,
    has_second_factor: bool,
    has_passkey: bool,
    is_disabled: bool,
    is_me: bool,
    seen: Option<(String, String)>,
}

/// An open invitation, ready to print.
struct Guests {
    id: LinkId,
    name: String,
    email: String,
    role: Role,
    made_by: String,
    until: String,
    until_iso: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PeopleParams {
    done: Option<String>,
}

/// What the page says beside the list.
struct News {
    done: Option<String>,
    mistakes: Vec<String>,
    fresh: Option<Fresh>,
    typed: Guest,
}

impl Default for News {
    fn default() -> Self {
        Self {
            done: None,
            mistakes: Vec::new(),
            fresh: None,
            typed: Guest {
                name: String::new(),
                email: String::new(),
                role: Role::Photographer,
            },
        }
    }
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    params: Params<PeopleParams>,
) -> Result<HttpResponse, Failed> {
    let news = News {
        done: params.0.done,
        ..News::default()
    };
    answer(&app, &actor, StatusCode::OK, news).await
}

pub(super) async fn invite(app: web::Data<App>, sent: Sent) -> Result<HttpResponse, Failed> {
    let Sent { actor, form } = sent;
    let guest = Guest {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        role: role(&form)?,
    };
    let (wanted, now) = (guest.clone(), app.clock.now());
    let invited = write(&app, &actor, move |conn, actor| {
        invitation::invite(conn, actor, &wanted, now)
    })
    .await;
    match invited {
        Ok(secret) => {
            let email = guest.email.trim().to_lowercase();
            let link = Link {
                what: ("people.fresh_invitation", &email),
                letter: Some(("letter.invitation", &email)),
                secret: &secret,
            };
            show_link(&app, &actor, link).await
        }
        Err(failure) => {
            let news = News {
                typed: guest,
                ..News::default()
            };
            refuse(&app, &actor, failure, news).await
        }
    }
}

pub(super) async fn revoke(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: LinkId = path_id(&id)?;
    let now = app.clock.now();
    write(&app, &sent.actor, move |conn, actor| {
        invitation::revoke(conn, actor, &id, now)
    })
    .await?;
    Ok(done(&app, "revoked"))
}

/// One of the things that are done about somebody, by the button that was pressed.
pub(super) async fn change(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: AccountId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let now = app.clock.now();
    let changed = match form.text("do") {
        "role" => {
            let role = role(&form)?;
            write(&app, &actor, move |conn, actor| {
                verb::change_role(conn, actor, &id, role, now)
            })
            .await
            .map(|_| done(&app, "role"))
        }
        "disable" => write(&app, &actor, move |conn, actor| {
            verb::disable(conn, actor, &id, now)
        })
        .await
        .map(|_| done(&app, "disabled")),
        "enable" => write(&app, &actor, move |conn, actor| {
            verb::enable(conn, actor, &id, now)
        })
        .await
        .map(|_| done(&app, "enabled")),
        "reset" => {
            let made = write(&app, &actor, move |conn, actor| {
                reset::offer(conn, actor, &id, now)
            })
            .await;
            match made {
                Ok((account, secret)) => {
                    let link = Link {
                        what: ("people.fresh_reset", &account.name),
                        letter: Some(("letter.reset", &account.email)),
                        secret: &secret,
                    };
                    return show_link(&app, &actor, link).await;
                }
                Err(failure) => Err(failure),
            }
        }
        "factor-off" => {
            let off = write(&app, &actor, move |conn, actor| {
                verb::turn_off_factor(conn, actor, &id, now)
            })
            .await;
            match off {
                Ok((account, Left::Reset(secret))) => {
                    // Whoever has lost a second factor may have lost the mailbox too: this link is handed over by somebody who knows them.
                    let link = Link {
                        what: ("people.fresh_reset_for_short", &account.name),
                        letter: None,
                        secret: &secret,
                    };
                    return show_link(&app, &actor, link).await;
                }
                Ok((_, Left::Password)) => Ok(done(&app, "factor-off")),
                Err(failure) => Err(failure),
            }
        }
        _ => Err(Failure::BadRequest {
            code: "unknown_change",
            message: "Press one of the buttons on the people page.".to_owned(),
        }),
    };
    match changed {
        Ok(response) => Ok(response),
        Err(failure) => refuse(&app, &actor, failure, News::default()).await,
    }
}

fn role(form: &Form) -> Result<Role, Failure> {
    form.text("role")
        .parse()
        .map_err(|message: String| Failure::field("/role", "unknown_role", format!("{message}.")))
}

async fn write<T: Send + 'static>(
    app: &App,
    actor: &Actor,
    verb: impl FnOnce(&mut Conn, &Actor) -> Result<T, AccountError> + Send + 'static,
) -> Result<T, Failure> {
    let actor = actor.clone();
    let done = app.db.write(move |conn| verb(conn, &actor)).await;
    done.map_err(Failure::from)
}

/// Back to the page, which says that it was done.
fn done(app: &App, what: &str) -> HttpResponse {
    go(&format!("{}?done={what}", app.urls.people()))
}

/// A link that was just made.
struct Link<'a> {
    /// The message that says what it is, and for whom.
    what: (&'static str, &'a str),
    /// The message that goes along by e-mail, and to which address; where letters are sent at all.
    letter: Option<(&'static str, &'a str)>,
    secret: &'a str,
}

/// The page with a link on it, this once: a redirect would have to put it into an address. It is there even where a letter was sent, for letters get lost.
async fn show_link(app: &App, actor: &Actor, link: Link<'_>) -> Result<HttpResponse, Failed> {
    let tongue = Tongue::current();
    let (key, whom) = link.what;
    let address = app.urls.join_absolute(link.secret);
    let mut what = tongue.fill(key, [("name", whom)]);
    if let Some(letter) = link.letter
        && let Some(said) = post(app, actor, letter, &address).await
    {
        what = format!("{said} {what}");
    }
    let news = News {
        fresh: Some(Fresh { what, link: address }),
        ..News::default()
    };
    answer(app, actor, StatusCode::OK, news).await
}

/// Sends a link by e-mail; what is to be said of that, if letters are sent here.
async fn post(app: &App, actor: &Actor, (key, to): (&str, &str), link: &str) -> Option<String> {
    let letters = app.letters.as_ref()?;
    let tongue = Tongue::current();
    let site = app.site().name.clone();
    let values = [
        ("site", site.as_str()),
        ("name", actor.name.as_str()),
        ("link", link),
    ];
    let subject = tongue.fill(&format!("{key}.subject"), values);
    let text = tongue.fill(&format!("{key}.text"), values);
    Some(match letters.send(to, subject, text).await {
        Ok(()) => tongue.fill("people.sent", [("email", to)]),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "a letter was not sent");
            tongue.fill("people.not_sent", [("email", to), ("reason", &error.to_string())])
        }
    })
}

/// The page again with what stood in the way, or a page of its own for what cannot be said there.
async fn refuse(app: &App, actor: &Actor, failure: Failure, news: News) -> Result<HttpResponse, Failed> {
    let said = mistakes(&failure).ok_or(failure.clone())?;
    let news = News {
        mistakes: said,
        ..news
    };
    let response = answer(app, actor, failure.status(), news).await?;
    Ok(with_retry(response, &failure))
}

async fn answer(app: &App, actor: &Actor, status: StatusCode, news: News) -> Result<HttpResponse, Failed> {
    let (reader, now) = (actor.clone(), app.clock.now());
    let (people, invitations) = app
        .db
        .read(move |conn| {
            let people = verb::list(conn, &reader)?;
            Ok::<_, AccountError>((people, invitation::list(conn, &reader, now)?))
        })
        .await
        .map_err(Failure::from)?;
    let shell = Shell::titled(app, Some(actor), Room::People, "people.title");
    let said = match news.done.as_deref() {
        Some("role") => Some("people.done_role"),
        Some("disabled") => Some("people.done_disabled"),
        Some("enabled") => Some("people.done_enabled"),
        Some("factor-off") => Some("people.done_factor_off"),
        Some("revoked") => Some("people.done_revoked"),
        _ => None,
    };
    let page = PeoplePage {
        done: said.map(|key| shell.say(key).to_owned()),
        mistakes: news.mistakes,
        fresh: news.fresh,
        name: news.typed.name,
        email: news.typed.email,
        role: news.typed.role,
        roles: Role::ALL.map(|role| (role, shell.role_of(role))),
        people: people.into_iter().map(|person| line(person, actor)).collect(),
        invitations: invitations.into_iter().map(guests).collect(),
        shell,
    };
    secret_page(status, &page)
}

fn line(person: Person, actor: &Actor) -> Line {
    Line {
        is_me: person.account.id == actor.id,
        id: person.account.id,
        name: person.account.name,
        email: person.account.email,
        role: person.account.role,
        has_second_factor: person.has_second_factor,
        has_passkey: person.has_passkey,
        is_disabled: person.account.disabled_at.is_some(),
        seen: person.seen_at.map(|at| (rfc3339(at), short(at))),
    }
}

fn guests(invitation: Invitation) -> Guests {
    Guests {
        id: invitation.id,
        name: invitation.name.unwrap_or_default(),
        email: invitation.email,
        role: invitation.role,
        made_by: invitation.made_by,
        until: short(invitation.expires_at),
        until_iso: rfc3339(invitation.expires_at),
    }
}
