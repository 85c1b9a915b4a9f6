//! Who uses the agent: signing in, signing out.

use restante_local_api::{Connection, Login, Mode, PutPassword, ShowWhat, Trigger};
use restante_model::{MessageId, Timestamp};
use restante_server_api::Session;

use crate::{
    ask_error::AskError,
    effect::{Answer, Effect},
    engine::{Engine, Result},
    event::{CallId, ServerError},
    ledger::{Account, SyncedInterval},
};

impl Engine {
    /// Somebody signs in. Another account does not take over what this one has not sent.
    pub(crate) fn login(&self, login: Login, call: CallId) -> Result<Effect> {
        if self.mode == Mode::Offline {
            return Ok(refuse(call, AskError::Offline));
        }
        let server = login.server.trim().trim_end_matches('/').to_owned();
        if !server.starts_with("https://") && !server.starts_with("http://") {
            return Ok(refuse(call, AskError::NoAddress(server)));
        }
        if !encrypted_or_here(&server) {
            return Ok(refuse(call, AskError::Unencrypted(server)));
        }
        let (waiting, refused) = self.ledger.outbox_counts()?;
        let unsent = waiting + refused + self.ledger.draft_count()?;
        let login = Login { server, user: login.user.trim().to_lowercase(), ..login };
        if let Some(key) = self.account_key().filter(|_| unsent > 0)
            && (key.user != login.user
                || key.server != login.server
                || key.organisation != login.organisation)
        {
            return Ok(refuse(call, AskError::Unsent { user: key.user, count: unsent }));
        }
        Ok(Effect::SignIn { call, login })
    }

    /// The server answered a sign-in.
    pub(crate) fn signed_in(
        &mut self,
        call: CallId,
        server: &str,
        outcome: std::result::Result<Box<Session>, ServerError>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        let session = match outcome {
            Ok(session) => session,
            Err(error) => {
                let server = server.to_owned();
                return Ok(vec![refuse(call, AskError::SignIn { server, error })]);
            }
        };
        let account = Account {
            server: server.to_owned(),
            organisation: session.organisation.name.to_string(),
            user: session.user,
            device_id: session.device.id,
        };
        let same = |before: &Account| {
            before.server == account.server
                && before.organisation == account.organisation
                && before.user.login == account.user.login
        };
        // Where it is not known whose the mail is, it is fetched again, and nothing announced twice.
        let fresh = self.account.as_ref().is_some_and(|before| !same(before));
        if fresh || self.account.is_none() {
            self.cache.clear()?;
            self.alerts.forget();
            self.synced = SyncedInterval::default();
            self.mailbox_revision += 1;
        }
        self.ledger.set_account(&account, fresh)?;
        self.account = Some(account);
        self.signed_in = true;
        self.alerts.revoked = false;
        self.connection = Connection::Ok;
        self.connection_detail = None;
        self.last_good_at = Some(now);
        self.interval_sync_wanted = true;
        // The phase comes from the device, and the device is new.
        self.schedule.interval_seconds = None;
        let mut effects = self.reschedule(now);
        effects.push(self.schedule_housekeeping(now));
        effects.extend(self.start_run(Trigger::SignIn, now)?);
        effects.push(Effect::Answer { call, answer: self.status_answer() });
        Ok(effects)
    }

    /// The user wants another password: the server alone knows whether the old one is right.
    pub(crate) fn change_password(&self, wish: PutPassword, call: CallId) -> Effect {
        if self.mode == Mode::Offline {
            return refuse(call, AskError::Offline);
        }
        if !self.signed_in || self.account.is_none() {
            return refuse(call, AskError::SignedOut);
        }
        Effect::ChangePassword { call, wish }
    }

    /// The server answered; nothing here depends on the password.
    pub(crate) fn password_changed(
        &self,
        call: CallId,
        outcome: std::result::Result<(), ServerError>,
    ) -> Effect {
        let server = self.account_key().map(|key| key.server).unwrap_or_default();
        match outcome {
            Ok(()) => Effect::Answer { call, answer: Ok(Answer::Done) },
            Err(error) => refuse(call, AskError::SignIn { server, error }),
        }
    }

    /// The window that is asked for; before anybody has signed in, the one where one does.
    pub(crate) fn window(&self, what: ShowWhat, id: Option<MessageId>) -> Effect {
        match what {
            ShowWhat::Mailbox | ShowWhat::Write if self.account.is_none() => {
                Effect::OpenWindow { what: ShowWhat::SignIn, id: None }
            }
            ShowWhat::Mailbox | ShowWhat::Write | ShowWhat::Settings | ShowWhat::SignIn => {
                Effect::OpenWindow { what, id }
            }
        }
    }

    /// The person signs out: the token goes, mail and drafts stay.
    pub(crate) fn logout(&mut self) -> Vec<Effect> {
        self.signed_in = false;
        self.alerts.revoked = false;
        self.connection = Connection::SignedOut;
        self.connection_detail = None;
        let mut effects = self.abandon_run();
        effects.push(self.unschedule());
        let forget = if self.mode == Mode::Offline { Effect::ForgetTokenHere } else { Effect::ForgetToken };
        effects.extend(self.account_key().map(forget));
        effects
    }
}

/// Whether the way to the server is encrypted, or does not leave this machine.
fn encrypted_or_here(server: &str) -> bool {
    let Some(rest) = server.strip_prefix("http://") else { return true };
    let host_and_port = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // Behind an @ stands the host, whatever is written before it.
    let host_and_port = host_and_port.rsplit('@').next().unwrap_or_default();
    let host = match host_and_port.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host_and_port.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn refuse(call: CallId, refusal: AskError) -> Effect {
    Effect::Answer { call, answer: Err(refusal) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for here in
            ["http://127.0.0.1:8025", "http://localhost", "http://[::1]:1/x", "https://mail.example.org"]
        {
            assert!(encrypted_or_here(here), "{here}");
        }
        let away = [
            "http://mail.example.org",
            "http://10.0.0.1",
            "http://127.0.0.1@evil.org",
            "http://localhost.evil.org",
        ];
        for away in away {
            assert!(!encrypted_or_here(away), "{away}");
        }
    }
}
