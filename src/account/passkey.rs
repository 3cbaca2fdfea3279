//! Passkeys: a key that a device keeps and gives out only to whoever unlocks it, by fingerprint, face or PIN. So one passkey is two factors,
//! and signs in without a password.
//!
//! They are bound to the site's name, which must be a domain: without `--base-url` there are passkeys on `localhost` alone, and on a site that is
//! known by a number none. A ceremony is begun here and finished within minutes, once; it lives in memory, so that a restart asks to begin
//! again. Source: W3C Web Authentication, level 3; sections 7.1 and 7.2 are the library's.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moka::policy::EvictionPolicy;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::manage::AccountError;
use super::password::Passwords;
use super::query::passkeys::{self, NewPasskey};
use super::session::Origin;
use super::sign_in::{self, SignInError, SignedIn};
use super::{Account, Actor, new_secret, prove, query};
use crate::audit::Word;
use crate::clock::{MINUTE, Millis};
use crate::config::{Config, Lifetime};
use crate::db::{Conn, Db};
use crate::id::{AccountId, PasskeyId};

/// Most passkeys of one account.
pub const MOST_PASSKEYS: usize = 20;
/// Longest name of a passkey in characters.
const NAME_CHARS: usize = 120;
/// How long a ceremony may take.
const CEREMONY: Duration = Duration::from_mins(5);
const CEREMONY_MILLIS: Millis = 5 * MINUTE;
/// Most ceremonies of a kind at once; the oldest is given up for a new one.
const MOST_CEREMONIES: u64 = 10_000;
/// Longest answer of a device in bytes: one with a chain of certificates has a few thousand.
const MOST_ANSWER_BYTES: usize = 64 << 10;
/// Longest id of a credential in bytes. Source: W3C Web Authentication, level 3, section 4, "Credential ID".
const MOST_ID_BYTES: usize = 1_023;

/// What passkeys of this site are made and checked with.
#[derive(Debug)]
pub struct Passkeys {
    webauthn: Option<Webauthn>,
    domain: String,
    making: Ceremonies<Making>,
    // Apart: strangers can begin as many of these as they like.
    signing_in: Ceremonies<DiscoverableAuthentication>,
}

/// A passkey that is being made.
#[derive(Debug)]
struct Making {
    account: AccountId,
    name: String,
    state: PasskeyRegistration,
}

/// Ceremonies that were begun, by their secrets.
struct Ceremonies<T>(moka::future::Cache<String, (Millis, Arc<T>)>);

impl<T> fmt::Debug for Ceremonies<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Their secrets are nobody's business.
        f.write_str("Ceremonies")
    }
}

impl<T: Send + Sync + 'static> Ceremonies<T> {
    fn new() -> Self {
        let cache = moka::future::Cache::builder()
            .max_capacity(MOST_CEREMONIES)
            // A flood of them must not keep newcomers out.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_live(CEREMONY)
            .build();
        Self(cache)
    }

    async fn keep(&self, ceremony: T, now: Millis) -> String {
        let secret = new_secret();
        let until = now.saturating_add(CEREMONY_MILLIS);
        self.0.insert(secret.clone(), (until, Arc::new(ceremony))).await;
        secret
    }

    /// A ceremony that is not over, once.
    async fn take(&self, secret: &str, now: Millis) -> Option<Arc<T>> {
        // The cache gives out what is over until it is swept.
        let (until, ceremony) = self.0.remove(secret).await?;
        (now < until).then_some(ceremony)
    }
}

/// A ceremony for the browser to go on with.
#[derive(Debug)]
pub struct Begun {
    /// What it is finished under.
    pub ceremony: String,
    /// What the browser is asked, as `PublicKeyCredential.parse…OptionsFromJSON` takes it.
    pub options: Value,
}

/// A passkey as its owner sees it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its id.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// Since when it is here.
    pub created_at: Millis,
    /// When it signed in last.
    pub used_at: Option<Millis>,
}

impl Passkeys {
    /// For the site at the address that it is configured with, under its name.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let base_url = config.base_url.as_ref();
        let site_name = config.site_name.as_deref().unwrap_or("Reportage");
        let here = Url::parse("http://localhost").ok();
        let origin = base_url.or(here.as_ref());
        let domain = origin.and_then(Url::domain).unwrap_or_default().to_owned();
        // Browsers give passkeys to pages that came safely, and to those of their own machine.
        let is_safe = |origin: &&Url| origin.scheme() == "https" || domain == "localhost";
        let webauthn = origin.filter(is_safe).and_then(|origin| {
            WebauthnBuilder::new(&domain, origin)
                .ok()?
                .rp_name(site_name)
                .allow_any_port(base_url.is_none())
                .timeout(CEREMONY)
                .build()
                .ok()
        });
        Self {
            webauthn,
            domain,
            making: Ceremonies::new(),
            signing_in: Ceremonies::new(),
        }
    }

    /// The name that passkeys are bound to; nothing where there can be none.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        self.webauthn.as_ref().map(|_| self.domain.as_str())
    }

    /// Begins to make a passkey for this person, who proves by the password, and by a code where there is a second factor, that it is they who sit at
    /// the browser.
    ///
    /// # Errors
    /// [`AccountError::WrongPassword`], [`AccountError::WrongCode`]; [`AccountError::Fields`] for a name that is empty or too long; [`AccountError::ManyPasskeys`].
    pub async fn begin(
        &self,
        db: &Db,
        passwords: &Passwords,
        actor: &Actor,
        (name, password, code): (&str, String, String),
        origin: &Origin,
        now: Millis,
    ) -> Result<Begun, AccountError> {
        let webauthn = self.webauthn.as_ref().ok_or(AccountError::NoPasskeys)?;
        let name = crate::text::clean_line(name);
        if name.is_empty() || name.chars().count() > NAME_CHARS {
            let message = format!("Give the passkey a name of 1 to {NAME_CHARS} characters.");
            return Err(AccountError::Fields(vec![("name", message)]));
        }
        prove::prove(db, passwords, actor, password, origin, now).await?;
        // A passkey stands for the second factor too, so it takes both to make one.
        prove::prove_by_code(db, actor, code, origin, now).await?;
        let id = actor.id.clone();
        let (account, known) = db
            .read(move |conn| {
                let account = query::find_account(conn, &id)?
                    .ok_or_else(|| AccountError::Unknown(id.as_str().to_owned()))?;
                Ok::<_, AccountError>((account, load(conn, &id)?))
            })
            .await?;
        if known.len() >= MOST_PASSKEYS {
            return Err(AccountError::ManyPasskeys);
        }
        let handle = handle(&account.id).ok_or(AccountError::PasskeyRefused)?;
        let known = known
            .iter()
            .map(|(_, passkey)| passkey.cred_id().clone())
            .collect();
        let (options, state) = webauthn
            .start_passkey_registration(handle, &account.email, &account.name, Some(known))
            .map_err(|error| refused(&error))?;
        let mut options = options_of(&options)?;
        // One that the device lists by itself, so that nobody has to type who they are.
        if let Some(wanted) = options.get_mut("authenticatorSelection") {
            wanted["residentKey"] = json!("required");
            wanted["requireResidentKey"] = json!(true);
        }
        let account = account.id;
        let making = Making { account, name, state };
        let ceremony = self.making.keep(making, now).await;
        Ok(Begun { ceremony, options })
    }

    /// Keeps the passkey that the device has made.
    ///
    /// # Errors
    /// [`AccountError::PasskeyRefused`] when it is not what was asked for, too late, or here already.
    pub async fn finish(
        &self,
        db: &Db,
        actor: &Actor,
        (ceremony, answer): (&str, &str),
        now: Millis,
    ) -> Result<(), AccountError> {
        let webauthn = self.webauthn.as_ref().ok_or(AccountError::NoPasskeys)?;
        let making = self.making.take(ceremony, now).await;
        let making = making.filter(|making| making.account == actor.id && answer.len() <= MOST_ANSWER_BYTES);
        let making = making.ok_or(AccountError::PasskeyRefused)?;
        let answer: RegisterPublicKeyCredential =
            serde_json::from_str(answer).map_err(|_| AccountError::PasskeyRefused)?;
        let passkey = webauthn
            .finish_passkey_registration(&answer, &making.state)
            .map_err(|error| refused(&error))?;
        if passkey.cred_id().len() > MOST_ID_BYTES {
            return Err(AccountError::PasskeyRefused);
        }
        let credential = serde_json::to_string(&passkey).map_err(|_| AccountError::PasskeyRefused)?;
        let credential_id = URL_SAFE_NO_PAD.encode(passkey.cred_id());
        let actor = actor.clone();
        db.write(move |conn| {
            if passkeys::of_account(conn, &actor.id)?.len() >= MOST_PASSKEYS {
                return Err(AccountError::ManyPasskeys);
            }
            let new = NewPasskey {
                id: &PasskeyId::random(),
                account_id: &actor.id,
                credential_id: &credential_id,
                credential: &credential,
                name: &making.name,
                created_at: now,
            };
            match passkeys::insert(conn, &new) {
                Err(diesel::result::Error::DatabaseError(
                    diesel::result::DatabaseErrorKind::UniqueViolation,
                    _,
                )) => return Err(AccountError::PasskeyRefused),
                done => done?,
            }
            Ok(actor.did(conn, Word::PasskeyMade, actor.id.as_str(), &making.name, now)?)
        })
        .await
    }

    /// Begins to sign in, whoever it is: the device knows.
    ///
    /// # Errors
    /// [`SignInError::Passkey`] where there are no passkeys.
    pub async fn begin_sign_in(&self, now: Millis) -> Result<Begun, SignInError> {
        let webauthn = self.webauthn.as_ref().ok_or(SignInError::Passkey)?;
        let (options, state) = webauthn
            .start_discoverable_authentication()
            .map_err(|_| SignInError::Passkey)?;
        let options = options_of(&options).map_err(|_| SignInError::Passkey)?;
        let ceremony = self.signing_in.keep(state, now).await;
        Ok(Begun { ceremony, options })
    }

    /// Signs in whoever's device has answered.
    ///
    /// Nothing is counted against anybody: a signature cannot be guessed, and nobody shall be locked out by others' attempts.
    ///
    /// # Errors
    /// [`SignInError::Passkey`] for an unknown passkey, a disabled account, a wrong signature or a ceremony that is over, all alike.
    pub async fn finish_sign_in(
        &self,
        db: &Db,
        (ceremony, answer): (&str, &str),
        origin: &Origin,
        lifetime: Lifetime,
        now: Millis,
    ) -> Result<SignedIn, SignInError> {
        let webauthn = self.webauthn.clone().ok_or(SignInError::Passkey)?;
        let state = self.signing_in.take(ceremony, now).await;
        let state = state.filter(|_| answer.len() <= MOST_ANSWER_BYTES);
        let state = state.ok_or(SignInError::Passkey)?;
        let answer: PublicKeyCredential = serde_json::from_str(answer).map_err(|_| SignInError::Passkey)?;
        let origin = origin.clone();
        db.write(move |conn| {
            let (account, passkey) = known(conn, &webauthn, &answer)?.ok_or(SignInError::Passkey)?;
            let (id, mut passkey) = passkey;
            let proven = webauthn
                .finish_discoverable_authentication_v2(&answer, state.as_ref().clone(), &passkey)
                .map_err(|error| {
                    tracing::warn!(account = account.id.as_str(), %error, "a passkey was refused");
                    SignInError::Passkey
                })?;
            passkey.update_credential(&proven);
            let credential = serde_json::to_string(&passkey).map_err(|_| SignInError::Passkey)?;
            passkeys::used(conn, &id, &credential, now)?;
            Ok(sign_in::enter(conn, account, &origin, lifetime, now)?)
        })
        .await
    }
}

/// This person's passkeys, oldest first.
///
/// # Errors
/// Those of the statement.
pub fn list(conn: &mut Conn, actor: &Actor) -> Result<Vec<Kept>, AccountError> {
    let rows = passkeys::of_account(conn, &actor.id)?;
    let kept = rows.into_iter().map(|row| Kept {
        id: row.id,
        name: row.name,
        created_at: row.created_at,
        used_at: row.used_at,
    });
    Ok(kept.collect())
}

/// Forgets one of this person's passkeys; one that is not there is forgotten already.
///
/// # Errors
/// Those of the statements.
pub fn remove(conn: &mut Conn, actor: &Actor, id: &PasskeyId, now: Millis) -> Result<(), AccountError> {
    if let Some(name) = passkeys::delete(conn, &actor.id, id)? {
        actor.did(conn, Word::PasskeyRemoved, actor.id.as_str(), &name, now)?;
    }
    Ok(())
}

/// The account and the passkey that an answer names, where the account may sign in.
#[allow(clippy::type_complexity, reason = "a pair of pairs, taken apart at once")]
fn known(
    conn: &mut Conn,
    webauthn: &Webauthn,
    answer: &PublicKeyCredential,
) -> Result<Option<(Account, (PasskeyId, Passkey))>, SignInError> {
    let Ok((handle, credential_id)) = webauthn.identify_discoverable_authentication(answer) else {
        return Ok(None);
    };
    let Ok(account) = format!("{}{}", AccountId::PREFIX, handle.simple()).parse::<AccountId>() else {
        return Ok(None);
    };
    let Some(row) = passkeys::find(conn, &account, &URL_SAFE_NO_PAD.encode(credential_id))? else {
        return Ok(None);
    };
    let account = query::find_account(conn, &row.account_id)?.filter(|account| account.disabled_at.is_none());
    let passkey = serde_json::from_str(&row.credential).ok();
    Ok(account
        .zip(passkey)
        .map(|(account, passkey)| (account, (row.id, passkey))))
}

fn load(conn: &mut Conn, account: &AccountId) -> Result<Vec<(PasskeyId, Passkey)>, AccountError> {
    let rows = passkeys::of_account(conn, account)?;
    let known = |row: passkeys::PasskeyRow| Some((row.id, serde_json::from_str(&row.credential).ok()?));
    Ok(rows.into_iter().filter_map(known).collect())
}

/// What an authenticator knows an account by: the random part of its id, which names nobody.
fn handle(account: &AccountId) -> Option<Uuid> {
    Uuid::try_parse(account.as_str().strip_prefix(AccountId::PREFIX)?).ok()
}

/// The part of a challenge that the browser's own parser takes.
fn options_of(challenge: &impl serde::Serialize) -> Result<Value, AccountError> {
    let mut whole = serde_json::to_value(challenge).map_err(|_| AccountError::PasskeyRefused)?;
    Ok(whole["publicKey"].take())
}

fn refused(error: &WebauthnError) -> AccountError {
    tracing::warn!(%error, "a passkey could not be made");
    AccountError::PasskeyRefused
}
