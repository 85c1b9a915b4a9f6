//! Passwords: what is accepted, how they are hashed, and how many hashes run at a time.

use std::{
    sync::{Arc, OnceLock},
    thread,
    time::Duration,
};

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use restante_process::priority;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::timeout,
};
use unicode_normalization::UnicodeNormalization;

use crate::metrics::PasswordInQueue;

/// The fewest characters of a new password (NIST SP 800-63B-4, 3.1.1.2: 15 where it is the only factor).
pub const MIN_PASSWORD_CHARACTERS: usize = 15;
/// How people get through the rules.
pub(crate) const PASSWORD_HINT: &str =
    "at least 15 characters of any kind, and not what many others have: a sentence is easy to remember";
/// The longest password that is hashed, in bytes: far beyond what NIST asks to allow (64 characters).
pub(crate) const MAX_PASSWORD_BYTES: usize = 4096;
/// A password that a program finds within so many tries is one of the common ones, or made of them. What lists
/// of leaked passwords hold, with the years, keys and repetitions that people add, lies below.
const COMMON_GUESSES_LOG10: f64 = 8.0;
/// Hashes at a time at most, and never more than there are cores: each takes 19 MiB and a core for 30 ms.
const MOST_HASHES: usize = 2;
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
    /// Among the first that are tried.
    #[error(
        "the password is a common one: it, or what it is put together from, is among the first that are tried"
    )]
    Common,
    /// The hash itself failed.
    #[error("the password could not be hashed")]
    Hash,
}

/// Checks a new password (NIST SP 800-63B-4, 3.1.1.2: long, of any characters, not a common one, no rules of
/// composition) and hashes it to a PHC string. `about` are words that are tried first for this person: his
/// login, his name, his organisation. Takes tens of milliseconds.
pub fn hash_password(password: &str, about: &[&str]) -> Result<String, PasswordProblem> {
    let password = &*normalised(password);
    let characters = password.chars().count();
    if characters < MIN_PASSWORD_CHARACTERS {
        return Err(PasswordProblem::TooShort(characters));
    }
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(PasswordProblem::TooLong);
    }
    if zxcvbn::zxcvbn(password, about).guesses_log10() < COMMON_GUESSES_LOG10 {
        return Err(PasswordProblem::Common);
    }
    hash(password)
}

/// The same letters in the same bytes, whatever keyboard they come from (NFC).
fn normalised(password: &str) -> String {
    password.nfc().collect()
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
        Self { turns: Arc::new(Semaphore::new(hashes_at_a_time())), nobody }
    }

    /// Compares a password with a user's hash, or, without one, takes as long to say no.
    pub(crate) async fn compare(&self, password: String, hash: Option<String>) -> Comparison {
        if password.len() > MAX_PASSWORD_BYTES {
            return Comparison::Wrong;
        }
        let queued = PasswordInQueue::new();
        let Some(turn) = self.turn().await else { return Comparison::Busy };
        let known = hash.is_some();
        let hash: Arc<str> = hash.map_or_else(|| Arc::clone(&self.nobody), Into::into);
        let compared = behind_others(turn, move || {
            let _queued = queued;
            let fits = PasswordHash::new(&hash).is_ok_and(|hash| {
                Argon2::default().verify_password(normalised(&password).as_bytes(), &hash).is_ok()
            });
            fits && known
        });
        match compared.await {
            None => Comparison::Busy,
            Some(true) => Comparison::Right,
            Some(false) => Comparison::Wrong,
        }
    }

    /// [`hash_password`] in its turn; `None`: too many are under way.
    pub(crate) async fn hash(
        &self,
        password: String,
        about: Vec<String>,
    ) -> Option<Result<String, PasswordProblem>> {
        let turn = self.turn().await?;
        behind_others(turn, move || {
            hash_password(&password, &about.iter().map(String::as_str).collect::<Vec<_>>())
        })
        .await
    }

    async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await.ok()?.ok()
    }
}

fn hashes_at_a_time() -> usize {
    thread::available_parallelism().map_or(1, |cores| cores.get().min(MOST_HASHES))
}

/// Does a turn's work on a thread of its own, behind whoever has an answer ready and needs but a moment of a core.
/// `None`: the system has no thread for it, or the work panicked.
async fn behind_others<T: Send + 'static>(
    turn: OwnedSemaphorePermit,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (answer, answered) = oneshot::channel();
    let begun = thread::Builder::new().name("password".to_owned()).spawn(move || {
        // Held by the work, not by the request: a client that goes away does not free it early.
        let _turn = turn;
        priority::go_behind();
        // Whoever waited may have gone.
        let _ = answer.send(work());
    });
    begun.inspect_err(|error| tracing::warn!(%error, "no thread for a password")).ok()?;
    answered.await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits_and_nobody_has_one() {
        let hash = hash_password("correct horse battery", &[]).unwrap();
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
        assert_eq!(hash_password("пароль", &[]), Err(PasswordProblem::TooShort(6)));
        assert!(hash_password("пятнадцатьбукв!", &[]).is_ok());
        let sentence = "Each of these words is one that somebody could think of, and together they are long.";
        assert!(hash_password(sentence, &[]).is_ok());
        assert_eq!(hash_password(&sentence.repeat(60), &[]), Err(PasswordProblem::TooLong));
    }

    #[test]
    fn common_passwords_are_refused_however_long() {
        let anna = ["anna", "Anna Petrova", "town"];
        for common in [
            "passwordpassword",
            "123456789012345",
            "qwertyuiopasdfgh",
            "aaaaaaaaaaaaaaaaaaaa",
            "passwordpassword2026",
            "annaannaannaanna",
            "парольпарольпароль",
            "Anna Petrova town",
        ] {
            assert_eq!(hash_password(common, &anna), Err(PasswordProblem::Common), "{common}");
        }
        assert!(hash_password("many a mickle makes a muckle", &anna).is_ok());
    }

    #[tokio::test]
    async fn the_same_letters_fit_from_any_keyboard() {
        let (composed, decomposed) =
            ("й ё, й ё: пятнадцать", "и\u{306} е\u{308}, и\u{306} е\u{308}: пятнадцать");
        let hash = hash_password(decomposed, &[]).unwrap();
        assert_eq!(Passwords::new().compare(composed.into(), Some(hash)).await, Comparison::Right);
    }

    #[tokio::test]
    async fn a_hash_in_progress_keeps_its_turn_though_nobody_waits_for_it() {
        let passwords = Passwords::new();
        let mut turns = Vec::new();
        for _ in 0..hashes_at_a_time() {
            turns.push(passwords.turn().await.unwrap());
        }
        assert_eq!(passwords.turns.available_permits(), 0);
        drop(turns);
        let hash = hash_password("correct horse battery", &[]).unwrap();
        let mut given_up = Box::pin(passwords.compare("correct horse battery".into(), Some(hash)));
        // Polled once: the work has begun, and its client goes away.
        std::future::poll_fn(|context| {
            assert!(given_up.as_mut().poll(context).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
        drop(given_up);
        assert_eq!(passwords.turns.available_permits(), hashes_at_a_time() - 1, "the turn is the work's");
        let all = u32::try_from(hashes_at_a_time()).unwrap();
        let _all = passwords.turns.acquire_many(all).await.unwrap();
    }
}
