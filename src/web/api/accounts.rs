//! People, sessions and tokens: for whoever is signed in at a browser. A token never looks after any of them, whatever its scopes.

use actix_web::{HttpResponse, delete, get, web};

use super::answer::{AccountList, AccountView, SessionList, SessionView, TokenList, TokenView};
use crate::account::manage::AccountError;
use crate::account::people::{self, Person};
use crate::account::session::{self, SessionLine};
use crate::account::token::{self, Token};
use crate::clock::{Millis, rfc3339};
use crate::id::{SessionId, TokenId};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, path_id};

/// Everybody with an account, by name.
#[utoipa::path(tag = "people", operation_id = "list_accounts", responses(
    (status = 200, description = "The accounts", body = AccountList),
    (status = 403, description = "Not an administrator, or not in person"),
), security(("session" = [])))]
#[get("/manage/accounts")]
pub(super) async fn list_accounts(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Failed> {
    let actor = caller.in_person()?.0.clone();
    let people = app.db.read(move |conn| people::list(conn, &actor)).await;
    let people = people.map_err(|error: AccountError| Failure::from(error))?;
    let data = people.iter().map(person).collect();
    Ok(HttpResponse::Ok().json(AccountList { data }))
}

/// One's own sessions, the last used first.
#[utoipa::path(tag = "people", operation_id = "list_sessions", responses(
    (status = 200, description = "The sessions", body = SessionList),
    (status = 403, description = "Not in person"),
), security(("session" = [])))]
#[get("/manage/sessions")]
pub(super) async fn list_sessions(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Failed> {
    let (actor, here) = caller.in_person()?;
    let (actor, here) = (actor.clone(), here.clone());
    let (lifetime, now) = (app.config.sessions, app.clock.now());
    let sessions = app
        .db
        .read(move |conn| session::list(conn, &actor, lifetime, now).map_err(Failure::from))
        .await?;
    let data = sessions.iter().map(|line| own_session(line, &here)).collect();
    Ok(HttpResponse::Ok().json(SessionList { data }))
}

/// Ends one of one's own sessions.
#[utoipa::path(tag = "people", operation_id = "end_session",
    params(("id" = String, Path, description = "The session's id")), responses(
    (status = 204, description = "Ended"),
    (status = 403, description = "Not in person"),
    (status = 404, description = "No such session of one's own"),
), security(("session" = [])))]
#[delete("/manage/sessions/{id}")]
pub(super) async fn end_session(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let (actor, now) = (caller.in_person()?.0.clone(), app.clock.now());
    let id: SessionId = path_id(&id)?;
    let was = app
        .db
        .write(move |conn| session::end_own(conn, &actor, &id, now).map_err(Failure::from))
        .await?;
    if was {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Failure::NotFound.into())
    }
}

/// One's own tokens, and for administrators everybody's; their secrets are not kept.
#[utoipa::path(tag = "people", operation_id = "list_tokens", responses(
    (status = 200, description = "The tokens", body = TokenList),
    (status = 403, description = "Not in person"),
), security(("session" = [])))]
#[get("/manage/tokens")]
pub(super) async fn list_tokens(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Failed> {
    let actor = caller.in_person()?.0.clone();
    let tokens = app
        .db
        .read(move |conn| token::list_for(conn, &actor).map_err(Failure::from))
        .await?;
    let data = tokens.iter().map(show_token).collect();
    Ok(HttpResponse::Ok().json(TokenList { data }))
}

/// Revokes a token; idempotent.
#[utoipa::path(tag = "people", operation_id = "revoke_token",
    params(("id" = String, Path, description = "The token's id")), responses(
    (status = 204, description = "Revoked"),
    (status = 403, description = "Not in person"),
    (status = 404, description = "No such token that the caller looks after"),
), security(("session" = [])))]
#[delete("/manage/tokens/{id}")]
pub(super) async fn revoke_token(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let (actor, now) = (caller.in_person()?.0.clone(), app.clock.now());
    let id: TokenId = path_id(&id)?;
    let revoked = app
        .db
        .write(move |conn| token::revoke_by_id(conn, &actor, &id, now))
        .await;
    revoked.map_err(|error: AccountError| Failure::from(error))?;
    Ok(HttpResponse::NoContent().finish())
}

fn instant(at: Option<Millis>) -> Option<String> {
    at.map(rfc3339)
}

fn person(of: &Person) -> AccountView {
    AccountView {
        id: of.account.id.clone(),
        name: of.account.name.clone(),
        email: of.account.email.clone(),
        role: of.account.role,
        created_at: rfc3339(of.account.created_at),
        disabled_at: instant(of.account.disabled_at),
        seen_at: instant(of.seen_at),
        second_factor: of.has_second_factor,
        passkey: of.has_passkey,
    }
}

fn own_session(of: &SessionLine, here: &SessionId) -> SessionView {
    SessionView {
        id: of.id.clone(),
        browser: of.origin.browser.clone(),
        network: of.origin.network.clone(),
        created_at: rfc3339(of.created_at),
        seen_at: rfc3339(of.seen_at),
        current: of.id == *here,
    }
}

fn show_token(of: &Token) -> TokenView {
    TokenView {
        id: of.id.clone(),
        name: of.name.clone(),
        user: of.account.id.clone(),
        scopes: of.scopes.iter().map(|scope| scope.as_str()).collect(),
        created_at: rfc3339(of.created_at),
        expires_at: instant(of.expires_at),
        used_at: instant(of.used_at),
        revoked_at: instant(of.revoked_at),
    }
}
