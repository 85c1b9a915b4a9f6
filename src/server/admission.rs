//! Whether somebody is who he says: his password compared as a guess that is counted, so that trying many is slow.

use std::net::IpAddr;

use restante_server_api::ProblemKind;
use restante_store::StoreError;

use crate::{access::App, passwords::Comparison, problem::Refusal};

/// A password that somebody gives for his own.
pub(crate) struct Claim {
    /// What guesses are counted under, such as [`crate::guesses::account`].
    pub(crate) account: String,
    pub(crate) from: IpAddr,
    pub(crate) password: String,
}

/// Why he is not let in.
pub(crate) enum Denied {
    /// There is nobody of this name, or his password is another: nobody learns which.
    Wrong,
    /// Too many were wrong; in so many seconds there is another try.
    TooMany {
        seconds: u64,
    },
    /// Too many passwords are being compared.
    Busy,
    Store(StoreError),
}

/// When to come back to a server that compares too many passwords.
pub(crate) const BUSY_SECONDS: u64 = 5;

impl App {
    /// Who was looked up, if the claim fits the hash of his password; what could not be compared is no guess.
    pub(crate) async fn admit<T>(
        &self,
        claim: Claim,
        look_up: impl Future<Output = Result<Option<T>, StoreError>>,
        hash: impl FnOnce(&T) -> String,
    ) -> Result<T, Denied> {
        let now = self.clock.now();
        // Taken before the look-up, so that many at once cannot slip through.
        let guess = self.guesses.take(&claim.account, claim.from, now);
        let guess = guess.map_err(|seconds| Denied::TooMany { seconds })?;
        let found = match look_up.await {
            Ok(found) => found,
            Err(error) => {
                self.guesses.untried(&guess);
                return Err(Denied::Store(error));
            }
        };
        let compared = self.passwords.compare(claim.password, found.as_ref().map(hash)).await;
        match (compared, found) {
            (Comparison::Right, Some(found)) => {
                self.guesses.right(guess);
                Ok(found)
            }
            (Comparison::Right | Comparison::Wrong, _) => Err(Denied::Wrong),
            (Comparison::Busy, _) => {
                self.guesses.untried(&guess);
                Err(Denied::Busy)
            }
        }
    }
}

impl Denied {
    /// As a program is told; `wrong` says what does not fit.
    pub(crate) fn refusal(self, wrong: &str) -> Refusal {
        match self {
            Self::Wrong => Refusal::new(ProblemKind::WrongCredentials, wrong),
            Self::TooMany { seconds } => {
                Refusal::later(ProblemKind::TooManyRequests, "too many wrong passwords from here", seconds)
            }
            Self::Busy => Refusal::later(ProblemKind::Busy, "too many sign-ins at once", BUSY_SECONDS),
            Self::Store(error) => error.into(),
        }
    }
}
