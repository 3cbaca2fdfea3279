//! The second factor: codes that change with time, from a secret shared with an app, and ten recovery codes for whoever loses the device.
//!
//! The secret must be known here to check a code, so it is stored as it is; recovery codes are stored hashed. A code is good for one use: the
//! step of time it belongs to is written down and neither it nor an earlier one is taken again.
//! Source: RFC 6238; section 5.2 for the single use and the tolerance of one step.

use diesel::QueryResult;
use totp_rs::{Algorithm, Builder, Secret, Totp};

use super::manage::AccountError;
use super::password::{self, LEAST_CHARACTERS, Passwords};
use super::query::{self, factors};
use super::session::Origin;
use super::{Actor, prove, secret_hash};
use crate::audit::Word;
use crate::clock::{HOUR, Millis, SECOND};
use crate::db::{Conn, Db};
use crate::id::{AccountId, random_bytes};

/// Recovery codes that are made at once.
pub const RECOVERY_CODES: usize = 10;
/// Letters and digits of recovery codes: none that looks like another. Source: Crockford's Base32.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters of a recovery code: 80 bits, so that a stolen hash cannot be guessed backwards.
const CODE_CHARS: usize = 16;

/// How long an offered secret waits for its first code.
const OFFER: Millis = HOUR;

/// How somebody's second factor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// There is none.
    Off,
    /// A secret was made and waits for its first code.
    Offered,
    /// It is asked for.
    On {
        /// Since when.
        since: Millis,
        /// Recovery codes that were not used yet.
        codes_left: usize,
    },
}

/// What an app needs.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The secret as people type it, in Base32.
    pub secret: String,
    /// The same with names, as a QR code carries it.
    pub address: String,
}

/// How this account's second factor stands.
///
/// # Errors
/// Those of the statements.
pub fn state(conn: &mut Conn, account: &AccountId, now: Millis) -> QueryResult<State> {
    let Some(factor) = factors::find(conn, account)? else {
        return Ok(State::Off);
    };
    Ok(match factor.confirmed_at {
        None if is_over(&factor, now) => State::Off,
        None => State::Offered,
        Some(since) => State::On {
            since,
            codes_left: usize::try_from(factors::count_codes(conn, account)?).unwrap_or_default(),
        },
    })
}

/// Whether a code is asked for when this account signs in.
pub(super) fn is_on(conn: &mut Conn, account: &AccountId) -> QueryResult<bool> {
    Ok(factors::find(conn, account)?.is_some_and(|factor| factor.confirmed_at.is_some()))
}

/// Characters that a new password of this account must have.
///
/// # Errors
/// Those of the statement.
pub fn least_characters(conn: &mut Conn, account: &AccountId) -> QueryResult<usize> {
    Ok(if is_on(conn, account)? {
        password::LEAST_WITH_SECOND_FACTOR
    } else {
        LEAST_CHARACTERS
    })
}

/// Makes a secret for this person, to be confirmed by a code; until then nothing is asked for.
///
/// # Errors
/// [`AccountError::WrongPassword`]; [`AccountError::FactorIsOn`] where there is one already.
pub async fn offer(
    db: &Db,
    passwords: &Passwords,
    actor: &Actor,
    password: String,
    origin: &Origin,
    now: Millis,
) -> Result<(), AccountError> {
    prove::prove(db, passwords, actor, password, origin, now).await?;
    let account = actor.id.clone();
    db.write(move |conn| {
        if is_on(conn, &account)? {
            return Err(AccountError::FactorIsOn);
        }
        let secret = Secret::from(random_bytes::<20>()).to_base32();
        Ok(factors::offer(conn, &account, &secret, now)?)
    })
    .await
}

/// What was offered to this person and waits for its first code.
///
/// # Errors
/// Those of the statements.
pub fn find_offer(
    conn: &mut Conn,
    actor: &Actor,
    site: &str,
    now: Millis,
) -> Result<Option<Offer>, AccountError> {
    let waiting = factors::find(conn, &actor.id)?
        .filter(|factor| factor.confirmed_at.is_none() && !is_over(factor, now));
    let (Some(factor), Some(account)) = (waiting, query::find_account(conn, &actor.id)?) else {
        return Ok(None);
    };
    let totp = totp(&factor.secret, site, &account.email)?;
    Ok(Some(Offer {
        address: totp.to_url().map_err(unusable)?,
        secret: factor.secret,
    }))
}

/// Turns the second factor on, if the code is that of this moment; gives the recovery codes, which are shown once.
///
/// # Errors
/// [`AccountError::WrongCode`].
pub fn confirm(conn: &mut Conn, actor: &Actor, code: &str, now: Millis) -> Result<Vec<String>, AccountError> {
    let factor = factors::find(conn, &actor.id)?
        .filter(|factor| factor.confirmed_at.is_none() && !is_over(factor, now))
        .ok_or(AccountError::FactorIsOff)?;
    let step = step_of(&factor, code, now).ok_or(AccountError::WrongCode)?;
    factors::set_last_step(conn, &actor.id, step)?;
    factors::confirm(conn, &actor.id, now)?;
    actor.did(conn, Word::FactorOn, actor.id.as_str(), "", now)?;
    Ok(replace_codes(conn, &actor.id)?)
}

/// Makes ten recovery codes in the place of those there are; they are shown once.
///
/// # Errors
/// [`AccountError::WrongPassword`], [`AccountError::FactorIsOff`].
pub async fn make_codes(
    db: &Db,
    passwords: &Passwords,
    actor: &Actor,
    password: String,
    origin: &Origin,
    now: Millis,
) -> Result<Vec<String>, AccountError> {
    prove::prove(db, passwords, actor, password, origin, now).await?;
    let actor = actor.clone();
    db.write(move |conn| {
        if !is_on(conn, &actor.id)? {
            return Err(AccountError::FactorIsOff);
        }
        actor.did(conn, Word::RecoveryCodesMade, actor.id.as_str(), "", now)?;
        Ok(replace_codes(conn, &actor.id)?)
    })
    .await
}

/// Turns this person's second factor off, or takes back what was only offered.
///
/// # Errors
/// [`AccountError::WrongPassword`]; [`AccountError::Password`] where the password is too short to stand alone.
pub async fn turn_off(
    db: &Db,
    passwords: &Passwords,
    actor: &Actor,
    password: String,
    origin: &Origin,
    now: Millis,
) -> Result<(), AccountError> {
    let short = password::is_short(&password);
    prove::prove(db, passwords, actor, password, origin, now).await?;
    let actor = actor.clone();
    db.write(move |conn| {
        if short && is_on(conn, &actor.id)? {
            return Err(AccountError::ShortPassword);
        }
        if factors::delete(conn, &actor.id)? {
            actor.did(conn, Word::FactorOff, actor.id.as_str(), &actor.name, now)?;
        }
        Ok(())
    })
    .await
}

/// Whether an offer lies there for so long that whoever sits at the browser now need not be the one who asked for it.
fn is_over(factor: &factors::FactorRow, now: Millis) -> bool {
    factor.created_at.saturating_add(OFFER) <= now
}

/// Whether a code is right for this account: that of this moment, or a recovery code. Either is used up by it.
pub(super) fn use_code(conn: &mut Conn, actor: &Actor, code: &str, now: Millis) -> QueryResult<bool> {
    let Some(factor) = factors::find(conn, &actor.id)?.filter(|factor| factor.confirmed_at.is_some()) else {
        return Ok(false);
    };
    if let Some(step) = step_of(&factor, code, now) {
        factors::set_last_step(conn, &actor.id, step)?;
        return Ok(true);
    }
    let Some(recovery) = recovery_code(code) else {
        return Ok(false);
    };
    let used = factors::use_code(conn, &actor.id, &secret_hash(&recovery))?;
    if used {
        let left = factors::count_codes(conn, &actor.id)?;
        actor.did(
            conn,
            Word::RecoveryCodeUsed,
            actor.id.as_str(),
            &left.to_string(),
            now,
        )?;
    }
    Ok(used)
}

/// The step of time that a code belongs to, if it is one that was not used up.
fn step_of(factor: &factors::FactorRow, code: &str, now: Millis) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let now_s = u64::try_from(now / SECOND).ok()?;
    // The names are for the app; a code is the same whatever they are.
    let step = totp(&factor.secret, "", "").ok()?.check(&digits, now_s)?;
    let step = i64::try_from(step).ok()?;
    (step > factor.last_step).then_some(step)
}

fn totp(secret: &str, site: &str, email: &str) -> Result<Totp, AccountError> {
    // A colon parts site from account in what the app reads.
    let name = |text: &str| text.replace(':', " ");
    let secret = Secret::try_from_base32(secret).map_err(unusable)?;
    Builder::new()
        // What every app knows; some take another for this one without saying so.
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_skew(1)
        .with_secret(secret)
        .with_issuer(Some(name(site)))
        .with_account_name(name(email))
        .build()
        .map_err(unusable)
}

fn unusable(error: impl std::fmt::Display) -> AccountError {
    AccountError::Factor(error.to_string())
}

fn replace_codes(conn: &mut Conn, account: &AccountId) -> QueryResult<Vec<String>> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| new_code()).collect();
    let hashes: Vec<String> = codes
        .iter()
        .filter_map(|code| recovery_code(code))
        .map(|code| secret_hash(&code))
        .collect();
    factors::replace_codes(conn, account, &hashes)?;
    Ok(codes)
}

/// A fresh recovery code in four groups.
fn new_code() -> String {
    let bytes = random_bytes::<CODE_CHARS>();
    let letters: Vec<char> = bytes
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// A recovery code as it was made, however it was typed; nothing for what cannot be one.
fn recovery_code(typed: &str) -> Option<String> {
    let code: String = typed
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '—'))
        .map(|c| match c {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    (code.len() == CODE_CHARS && code.bytes().all(|byte| ALPHABET.contains(&byte))).then_some(code)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;
    use crate::clock::MINUTE;

    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn factor(last_step: i64) -> factors::FactorRow {
        factors::FactorRow {
            secret: SECRET.to_owned(),
            created_at: 0,
            confirmed_at: Some(0),
            last_step,
        }
    }

    /// Source: RFC 6238, appendix B, the last six of eight digits.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        for (at_s, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(
                step_of(&factor(0), code, at_s * SECOND),
                Some(at_s / 30),
                "{code}"
            );
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late_and_never_again() {
        let at = 1_111_111_109 * SECOND;
        assert!(step_of(&factor(0), "081 804", at + MINUTE / 2).is_some());
        assert!(step_of(&factor(0), "081804", at + MINUTE + SECOND).is_none());
        let step = 1_111_111_109 / 30;
        assert!(step_of(&factor(step), "081804", at).is_none());
        assert!(step_of(&factor(step - 1), "081804", at).is_some());
        for wrong in ["", "08180", "0818044", "08180a", "081805", "٠٨١٨٠٤"] {
            assert!(step_of(&factor(0), wrong, at).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_recovery_code_is_known_however_it_is_typed() {
        let code = new_code();
        assert_eq!((code.len(), code.matches('-').count()), (19, 3), "{code}");
        assert_ne!(code, new_code());
        let plain = recovery_code(&code).unwrap();
        assert_eq!(recovery_code(&code.to_uppercase().replace('-', " ")), Some(plain));
        assert_eq!(
            recovery_code("OIL0-0000-0000-0000").as_deref(),
            Some("0110000000000000")
        );
        for wrong in ["", "123456", "u000-0000-0000-0000", "0000-0000-0000-000é"] {
            assert_eq!(recovery_code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_app_is_told_site_and_account() {
        let address = totp(SECRET, "De Kade: verhalen", "anna@example.org")
            .unwrap()
            .to_url()
            .unwrap();
        assert!(address.starts_with("otpauth://totp/De%20Kade"), "{address}");
        assert!(address.contains(SECRET) && address.contains("anna"), "{address}");
    }
}
