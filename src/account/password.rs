//! Passwords: the rule for new ones, and hashing with argon2id under a bound on how many run at once.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use crate::config::Cost;

/// Characters that a password must have which stands alone.
pub const LEAST_CHARACTERS: usize = 15;
/// Characters that a password must have beside a second factor.
pub const LEAST_WITH_SECOND_FACTOR: usize = 8;
/// Bytes a password may have: more would only make hashing a way to keep the server busy.
pub const MOST_BYTES: usize = 1_024;
/// How long a sign-in waits for its turn to hash.
const PATIENCE: Duration = Duration::from_secs(2);

/// Passwords of at least eight characters that are guessed first, squeezed to their letters and digits. Most are those that every published list of
/// leaked passwords begins with; the long ones are what people make of them to fill fifteen places.
const COMMON: [&str; 84] = [
    "00000000",
    "11111111",
    "12121212",
    "12341234",
    "12345678",
    "123456789",
    "1234567890",
    "11223344",
    "87654321",
    "987654321",
    "0987654321",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "zaq12wsx",
    "q1w2e3r4",
    "qwer1234",
    "qwerty12",
    "qwerty123",
    "qwertyui",
    "qwertyuiop",
    "asdfghjk",
    "asdfghjkl",
    "abcd1234",
    "abc12345",
    "a1b2c3d4",
    "aa123456",
    "password",
    "password1",
    "password12",
    "password123",
    "passw0rd",
    "p4ssw0rd",
    "admin123",
    "adminadmin",
    "administrator",
    "welcome1",
    "welcome123",
    "welkom01",
    "welkom123",
    "wachtwoord",
    "wachtwoord1",
    "geheim123",
    "iloveyou",
    "iloveyou1",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "starwars",
    "trustno1",
    "computer",
    "internet",
    "michelle",
    "jennifer",
    "changeme",
    "letmein1",
    "letmein123",
    "reportage",
    "fotograaf",
    "passwordpassword",
    "password12345678",
    "123456789012345",
    "1234567890123456",
    "111111111111111",
    "000000000000000",
    "qwertyuiopasdfgh",
    "qwertyuiopasdfghjkl",
    "correcthorsebatterystaple",
    "iloveyouiloveyou",
    "abcdefghijklmnop",
    "abcdefghijklmnopqrstuvwxyz",
    "administratoradministrator",
    "adminadminadmin",
    "letmeinletmeinletmein",
    "welcomewelcome1",
    "wachtwoordwachtwoord",
    "wachtwoord12345",
    "geheimgeheimgeheim",
    "passwort12345678",
    "motdepassemotdepasse",
    "reportagereportage",
    "qwertyqwertyqwerty",
];

/// Why a password was not taken, or not looked at.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Fewer characters than a password needs.
    #[error("A password needs at least {least} characters; a sentence is a good one.")]
    TooShort {
        /// How many.
        least: usize,
    },
    /// More bytes than can be hashed.
    #[error("A password can have at most {MOST_BYTES} bytes.")]
    TooLong,
    /// One of those that are tried first.
    #[error("That password is among those that are guessed first; please choose another.")]
    Common,
    /// Too many are being hashed already.
    #[error("Too many people are signing in at this moment; please try again in a few seconds.")]
    Busy,
    /// The hash could not be computed.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
}

/// Checks a new password, which needs `least` characters: [`LEAST_CHARACTERS`], or [`LEAST_WITH_SECOND_FACTOR`].
///
/// # Errors
/// [`PasswordError::TooShort`], [`PasswordError::TooLong`] or [`PasswordError::Common`].
pub fn check(password: &str, email: &str, least: usize) -> Result<(), PasswordError> {
    if password.len() > MOST_BYTES {
        return Err(PasswordError::TooLong);
    }
    if password.chars().count() < least {
        return Err(PasswordError::TooShort { least });
    }
    let squeezed: String = password
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    let one_letter = squeezed.chars().collect::<std::collections::HashSet<_>>().len() < 4;
    if one_letter || COMMON.contains(&squeezed.as_str()) || password.eq_ignore_ascii_case(email) {
        return Err(PasswordError::Common);
    }
    Ok(())
}

/// Whether a password is too short to stand alone.
#[must_use]
pub fn is_short(password: &str) -> bool {
    password.chars().count() < LEAST_CHARACTERS
}

/// Hashes and verifies passwords, a few at a time.
#[derive(Debug, Clone)]
pub struct Passwords {
    argon: Argon2<'static>,
    turns: Arc<Semaphore>,
    /// Verified in place of the hash of an account that is not there, so that both look and last the same.
    nobody: Arc<str>,
}

impl Passwords {
    /// Hashes of this cost, two at a time.
    ///
    /// # Errors
    /// [`PasswordError::Hash`] for a cost that argon2 does not take.
    pub fn new(cost: Cost) -> Result<Self, PasswordError> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(hash_failed)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash_with(&argon, &super::new_secret())?.into();
        Ok(Self {
            argon,
            turns: Arc::new(Semaphore::new(2)),
            nobody,
        })
    }

    /// The hash of a password, as a PHC string. Blocks for as long as it takes; for commands in a shell.
    ///
    /// # Errors
    /// [`PasswordError::Hash`].
    pub fn hash_now(&self, password: &str) -> Result<String, PasswordError> {
        hash_with(&self.argon, password)
    }

    /// The hash of a password, as a PHC string.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] or [`PasswordError::Hash`].
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        let argon = self.argon.clone();
        self.in_turn(move || hash_with(&argon, &password)).await?
    }

    /// Whether the password is the one that was hashed. Without a hash it does the same work and answers no.
    ///
    /// # Errors
    /// [`PasswordError::Busy`].
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, PasswordError> {
        let argon = self.argon.clone();
        let nobody = Arc::clone(&self.nobody);
        self.in_turn(move || {
            let known = hash.is_some();
            let hash = hash.as_deref().unwrap_or(&nobody);
            let matches = PasswordHash::new(hash)
                .is_ok_and(|hash| argon.verify_password(password.as_bytes(), &hash).is_ok());
            matches && known
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(PasswordError::Busy);
        };
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        })
        .await
        .map_err(|_| PasswordError::Busy)
    }
}

fn hash_with(argon: &Argon2<'_>, password: &str) -> Result<String, PasswordError> {
    let salt = crate::id::random_bytes::<16>();
    let hash: PasswordHash = argon
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(hash_failed)?;
    Ok(hash.to_string())
}

fn hash_failed(error: impl std::fmt::Display) -> PasswordError {
    PasswordError::Hash(error.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_an_unknown_account_never_matches() {
        let passwords = Passwords::new(Cost::FLOOR).unwrap();
        let hash = passwords.hash("een lange zin over de zee".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(
            passwords
                .verify("een lange zin over de zee".into(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("een lange zin over het land".into(), Some(hash))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("een lange zin over de zee".into(), None)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn two_are_hashed_at_once_and_the_third_is_told_that_there_is_too_much() {
        let passwords = Passwords::new(Cost::FLOOR).unwrap();
        let (done, ends): (Vec<_>, Vec<_>) = (0..2).map(|_| std::sync::mpsc::channel::<()>()).unzip();
        let at_work: Vec<_> = ends
            .into_iter()
            .map(|end| {
                let passwords = passwords.clone();
                tokio::spawn(async move { passwords.in_turn(move || end.recv().is_ok()).await.unwrap() })
            })
            .collect();
        while passwords.turns.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let third = passwords.hash("een lange zin over de zee".into()).await;
        assert!(matches!(third, Err(PasswordError::Busy)), "{third:?}");
        for end in done {
            end.send(()).unwrap();
        }
        for work in at_work {
            assert!(work.await.unwrap());
        }
        assert!(passwords.hash("een lange zin over de zee".into()).await.is_ok());
    }

    #[test]
    fn short_long_and_common_passwords_are_refused_with_a_reason() {
        let check = |password: &str| check(password, "a@b.nl", LEAST_CHARACTERS);
        assert!(matches!(
            check("kort"),
            Err(PasswordError::TooShort { least: 15 })
        ));
        assert!(matches!(check(&"x".repeat(1_025)), Err(PasswordError::TooLong)));
        assert!(matches!(
            check("aaaaaaaaaaaaaaaaaaaa"),
            Err(PasswordError::Common)
        ));
        assert!(matches!(check("Password-Password"), Err(PasswordError::Common)));
        assert!(check("een lange zin over de zee").is_ok());
    }

    #[test]
    fn beside_a_second_factor_eight_characters_are_enough_but_not_the_first_that_are_guessed() {
        let check = |password: &str| check(password, "anna@b.nl", LEAST_WITH_SECOND_FACTOR);
        assert!(matches!(
            check("zeven77"),
            Err(PasswordError::TooShort { least: 8 })
        ));
        for common in ["Welkom01", "P4ssw0rd", "1q2w3e4r", "anna@b.nl", "abababab"] {
            assert!(matches!(check(common), Err(PasswordError::Common)), "{common}");
        }
        assert!(check("golfslag").is_ok());
    }
}
