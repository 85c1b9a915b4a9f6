//! Passwords: what is accepted, how they are hashed, and how many hashes run at a time.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use tokio::{sync::Semaphore, time::timeout};

use crate::metrics::PasswordInQueue;

/// The fewest characters of a new password (NIST SP 800-63B-4, 3.1.1.2: 15 where it is the only factor).
pub const MIN_PASSWORD_CHARACTERS: usize = 15;
/// The longest password that is hashed, in bytes: far beyond what NIST asks to allow (64 characters).
const MAX_PASSWORD_BYTES: usize = 4096;
/// Hashes at a time: each takes 19 MiB and a core for 30 ms, and polls must go on meanwhile.
const HASHES_AT_A_TIME: usize = 2;
/// How long one waits for a turn before being told to come back.
const PATIENCE: Duration = Duration::from_secs(2);

/// A new password that is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Too short.
    #[error("the password has {0} characters, it needs at least {MIN_PASSWORD_CHARACTERS}")]
    TooShort(usize),
    /// Longer than anybody types.
    #[error("the password is longer than {MAX_PASSWORD_BYTES} bytes")]
    TooLong,
    /// The hash itself failed.
    #[error("the password could not be hashed")]
    Hash,
}

/// Checks a new password and hashes it to a PHC string. Takes tens of milliseconds.
pub fn hash_password(password: &str) -> Result<String, PasswordProblem> {
    let characters = password.chars().count();
    if characters < MIN_PASSWORD_CHARACTERS {
        return Err(PasswordProblem::TooShort(characters));
    }
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(PasswordProblem::TooLong);
    }
    hash(password)
}

fn hash(password: &str) -> Result<String, PasswordProblem> {
    let hash = hasher()?.hash_password(password.as_bytes()).map_err(|_| PasswordProblem::Hash)?;
    Ok(hash.to_string())
}

/// argon2id with 19 MiB and 2 passes (OWASP Password Storage Cheat Sheet).
fn hasher() -> Result<Argon2<'static>, PasswordProblem> {
    let params = Params::new(19_456, 2, 1, None).map_err(|_| PasswordProblem::Hash)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// What came of comparing a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// It fits.
    Right,
    /// It does not, or there was nothing to compare with.
    Wrong,
    /// Too many comparisons are under way.
    Busy,
}

/// Compares passwords, few at a time.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    /// What a password is compared with where there is no user: the answer takes as long.
    nobody: Arc<str>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        // Once a process: it is as good for a second server in it.
        static NOBODY: OnceLock<Arc<str>> = OnceLock::new();
        // Hashing fails only without memory; then no password of nobody ever fits either, only faster.
        let nobody = || hash(&crate::auth::hex(&rand::random::<[u8; 16]>())).unwrap_or_default().into();
        let nobody = Arc::clone(NOBODY.get_or_init(nobody));
        Self { turns: Arc::new(Semaphore::new(HASHES_AT_A_TIME)), nobody }
    }

    /// Compares a password with a user's hash, or, without one, takes as long to say no.
    pub(crate) async fn compare(&self, password: String, hash: Option<String>) -> Comparison {
        if password.len() > MAX_PASSWORD_BYTES {
            return Comparison::Wrong;
        }
        let queued = PasswordInQueue::new();
        let turn = timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned());
        let Ok(Ok(turn)) = turn.await else { return Comparison::Busy };
        let known = hash.is_some();
        let hash: Arc<str> = hash.map_or_else(|| Arc::clone(&self.nobody), Into::into);
        let compared = tokio::task::spawn_blocking(move || {
            // Held by the work, not by the request: a client that goes away does not free it early.
            let (_turn, _queued) = (turn, queued);
            let fits = PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
            fits && known
        });
        if compared.await.unwrap_or(false) { Comparison::Right } else { Comparison::Wrong }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits_and_nobody_has_one() {
        let hash = hash_password("correct horse battery").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let passwords = Passwords::new();
        let compare = async |password: &str, hash: Option<&String>| {
            passwords.compare(password.to_owned(), hash.cloned()).await
        };
        assert_eq!(compare("correct horse battery", Some(&hash)).await, Comparison::Right);
        assert_eq!(compare("correct horse batterz", Some(&hash)).await, Comparison::Wrong);
        assert_eq!(compare("correct horse battery", None).await, Comparison::Wrong);
    }

    #[test]
    fn short_passwords_are_refused_by_characters_not_bytes() {
        assert_eq!(hash_password("пароль"), Err(PasswordProblem::TooShort(6)));
        assert!(hash_password("пятнадцатьбукв!").is_ok());
    }
}
