//! The ways of the token: where it was put, and that it is found there again. A keyring may be locked, absent
//! or hung for as long as it likes: nobody is asked for a password, nothing is thrown away, and each run of
//! the job looks again (rows B15, S17).

use restante_local_api::{Connection, KeyringState, Trigger};
use restante_model::{Seconds, Timestamp};

use crate::{
    ask_error::AskError,
    effect::Effect,
    engine::{Engine, Result},
    event::{CallId, TokenFound, TokenProblem},
};

/// While no token is found the job looks for one at least so soon, in seconds.
const FIRST_LOOK_SECONDS: u64 = 60;

/// The token that the agent speaks with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenInUse {
    /// It is where it is found again, or there is none.
    Kept,
    /// The keyring did not take it: it lives as long as the agent runs.
    Unkept,
}

impl Engine {
    /// Asks the keyring for the account's token; it may have been locked or away before. A token that the
    /// server refused is not asked for again.
    pub(crate) fn find_token(&mut self) -> Vec<Effect> {
        let key = self.account_key().filter(|_| self.connection != Connection::SignedOut);
        self.token_sought = key.is_some();
        key.map(Effect::FindToken).into_iter().collect()
    }

    /// A check is wished for while no token is here: it waits for the keyring, which is asked once.
    pub(crate) fn check_with_token(&mut self, call: CallId, wait: bool) -> Vec<Effect> {
        let effects = if self.token_sought { Vec::new() } else { self.find_token() };
        if self.token_sought {
            self.checks_before_token.push((call, wait));
            return effects;
        }
        vec![Effect::Answer { call, answer: Err(AskError::SignedOut) }]
    }

    /// The keyring gave the token, or said why not. Checks that were asked for meanwhile go on now, or are
    /// told why they cannot.
    pub(crate) fn token_found(&mut self, found: TokenFound, now: Timestamp) -> Result<Vec<Effect>> {
        self.token_sought = false;
        let found = self.or_elsewhere(found)?;
        let why_not = match &found {
            TokenFound::Found(_) => None,
            TokenFound::None(_) => Some(AskError::SignedOut),
            TokenFound::Problem(problem) => Some(AskError::Token(problem.clone())),
        };
        let mut effects = self.take_token(found, now)?;
        for (call, wait) in std::mem::take(&mut self.checks_before_token) {
            match &why_not {
                Some(refusal) => effects.push(Effect::Answer { call, answer: Err(refusal.clone()) }),
                None => effects.extend(self.check_asked(call, wait, now)?),
            }
        }
        Ok(effects)
    }

    /// A token that was put into a keyring is not gone because there is no keyring today.
    fn or_elsewhere(&self, found: TokenFound) -> Result<TokenFound> {
        let in_keyring = self.ledger.token_place()? == Some(KeyringState::Ok);
        Ok(match found {
            TokenFound::None(KeyringState::Absent) if in_keyring => TokenFound::Problem(TokenProblem::Absent),
            found => found,
        })
    }

    fn take_token(&mut self, found: TokenFound, now: Timestamp) -> Result<Vec<Effect>> {
        match found {
            TokenFound::Found(state) => {
                self.carriers.keyring = state;
                self.ledger.set_token_place(Some(state))?;
                self.signed_in = true;
                let mut effects = self.reschedule(now);
                effects.extend(self.start_run(Trigger::Start, now)?);
                Ok(effects)
            }
            TokenFound::None(state) => {
                self.carriers.keyring = state;
                self.signed_in = false;
                self.connection = Connection::SignedOut;
                self.connection_detail = Some("no token is kept for this account; sign in again".into());
                Ok(Vec::new())
            }
            TokenFound::Problem(problem) => {
                self.carriers.keyring = keyring_state(&problem);
                self.connection_detail = Some(problem.to_string());
                // The job asks again at every run: a keyring is often unlocked later than the start.
                self.signed_in = false;
                Ok(self.schedule_token_search(now))
            }
        }
    }

    /// The job runs although there is no token yet; each run asks the keyring for it.
    fn schedule_token_search(&mut self, now: Timestamp) -> Vec<Effect> {
        if self.schedule.interval_seconds.is_some() {
            return Vec::new();
        }
        let interval = self.interval_in_force().interval;
        let first_run_at = now.plus(Seconds::new(interval.seconds().min(FIRST_LOOK_SECONDS)));
        vec![Effect::Schedule { interval, first_run_at }]
    }

    /// The token of the sign-in is kept, or only for as long as the agent runs.
    pub(crate) fn token_kept(
        &mut self,
        outcome: std::result::Result<KeyringState, TokenProblem>,
    ) -> Result<()> {
        match outcome {
            Ok(state) => {
                self.carriers.keyring = state;
                self.token_in_use = TokenInUse::Kept;
                self.ledger.set_token_place(Some(state))
            }
            Err(problem) => {
                tracing::warn!(%problem, "the token could not be kept; the next check tries again");
                self.carriers.keyring = keyring_state(&problem);
                self.token_in_use = TokenInUse::Unkept;
                Ok(())
            }
        }
    }

    /// A token that the keyring did not take at the sign-in is offered to it again, since it would be lost
    /// when the agent ends.
    pub(crate) fn keep_token_again(&self) -> Option<Effect> {
        self.account_key()
            .filter(|_| self.signed_in && self.token_in_use == TokenInUse::Unkept)
            .map(Effect::KeepToken)
    }
}

fn keyring_state(problem: &TokenProblem) -> KeyringState {
    match problem {
        TokenProblem::Locked => KeyringState::Locked,
        TokenProblem::Absent => KeyringState::Absent,
        TokenProblem::Silent
        | TokenProblem::Failed(_)
        | TokenProblem::NoToken
        | TokenProblem::File { .. }
        | TokenProblem::FileSpoilt { .. } => KeyringState::Unavailable,
    }
}
