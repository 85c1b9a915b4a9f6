//! `restante status`

use clap::Args;
use restante_l10n::{Value, Words};
use restante_local_api::{
    self as api, CacheState, CheckOutcome, Connection, DiskState, KeyringState, Mode, NotificationsState,
    TrayState, Trigger,
};
use restante_process::Exit;

use crate::{
    failure::{Failure, check_outcome},
    interval_line::interval_line,
    session::Session,
    table::Table,
    text::safe_line,
};

/// What the agent has, does and will do
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Go on and print it after every change
    #[arg(long)]
    watch: bool,
}

impl Status {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        if !self.watch {
            let status = session.client.status().await?;
            print(session, &status)?;
            return Ok(Exit::Done);
        }
        let mut events = session.client.events().await?;
        while let Some(status) = events.next().await {
            if session.json {
                session.object(&status)?;
            } else {
                let line = one_line(session, &status);
                session.line(&line)?;
            }
        }
        Err(Failure::AgentEnded)
    }
}

fn print(session: &mut Session<'_, '_>, status: &api::Status) -> Result<(), Failure> {
    if session.json {
        return session.object(status);
    }
    let words = session.words;
    let mut table = Table::new().column("").column("");
    let mut row = |key: &str, value: String| table.row([words.text(key), value]);
    row("cli-label-account", account(words, status));
    row("cli-label-mail", unread(words, status));
    row("cli-label-server", connection(words, status));
    row("cli-label-interval", interval_line(words, status, |at| session.moment(at)));
    if let Some(check) = &status.last_check {
        let values = [
            ("moment", Value::Text(&session.moment(check.ended_at))),
            ("trigger", Value::Text(&trigger(words, check.trigger))),
            ("outcome", Value::Text(&check_outcome(check.outcome, words))),
        ];
        let mut told = words.with("cli-last-check", &values);
        // A check that failed has seen no mailbox, so it knows nothing of new mail.
        if check.outcome == CheckOutcome::Ok {
            told = format!("{told}, {}", words.with("cli-new", &[("count", Value::Number(check.new))]));
        }
        row("cli-label-last-check", told);
    }
    row("cli-label-outbox", outbox(words, status));
    row("cli-label-drafts", status.drafts.to_string());
    for trouble in storage(words, status) {
        row("cli-label-storage", trouble);
    }
    if let Some(alerts) = super::snooze::alerts(words, status, |at| session.moment(at)) {
        row("cli-label-alerts", alerts);
    }
    for lack in lacks(words, status) {
        row("cli-label-lacks", lack);
    }
    if let Some(problem) = &status.settings_problem {
        row("cli-label-settings", problem.clone());
    }
    // The first line holds the titles, of which these two columns have none.
    for line in &table.lines(None)[1..] {
        session.line(line)?;
    }
    Ok(())
}

/// For `--watch`: what changes often, on one line.
fn one_line(session: &Session<'_, '_>, status: &api::Status) -> String {
    let words = session.words;
    [session.moment(session.now()), unread(words, status), connection(words, status), outbox(words, status)]
        .join("; ")
}

fn account(words: &Words, status: &api::Status) -> String {
    match &status.account {
        Some(account) => words.with(
            "cli-account",
            &[
                ("user", Value::Text(&safe_line(&account.user))),
                ("organisation", Value::Text(&safe_line(&account.organisation))),
                ("server", Value::Text(&safe_line(&account.server))),
            ],
        ),
        None => words.text("cli-not-signed-in"),
    }
}

fn unread(words: &Words, status: &api::Status) -> String {
    let unread = words.with("cli-unread", &[("count", Value::Number(status.unread))]);
    if status.unread_high == 0 {
        return unread;
    }
    format!("{unread}, {}", words.with("cli-unread-high", &[("count", Value::Number(status.unread_high))]))
}

fn connection(words: &Words, status: &api::Status) -> String {
    let state = match (status.mode, status.connection) {
        (Mode::Offline, _) => words.text("status-offline"),
        (Mode::Online, Connection::Ok) => words.text("cli-connected"),
        (Mode::Online, Connection::Unreachable) => words.text("status-unreachable"),
        (Mode::Online, Connection::SignedOut) => words.text("cli-not-signed-in"),
        (Mode::Online, Connection::OfficeUnavailable) => words.text("status-office-unavailable"),
        (Mode::Online, Connection::ClientTooOld) => words.text("status-client-too-old"),
        (Mode::Online, Connection::Untried) => words.text("status-untried"),
    };
    match &status.connection_detail {
        Some(detail) => words.with(
            "status-detail",
            &[("what", Value::Text(&state)), ("detail", Value::Text(&safe_line(detail)))],
        ),
        None => state,
    }
}

fn outbox(words: &Words, status: &api::Status) -> String {
    let counts = [("outbox-waiting", status.outbox.waiting), ("outbox-refused", status.outbox.refused)];
    let counts = counts.into_iter().chain([("cli-outbox-held", status.outbox.held)]);
    let said: Vec<_> = counts
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| words.with(key, &[("count", Value::Number(count))]))
        .collect();
    if said.is_empty() { words.text("cli-outbox-empty") } else { said.join(", ") }
}

/// What is wrong with what is kept on this device.
fn storage(words: &Words, status: &api::Status) -> Vec<String> {
    let cache = match status.storage.cache {
        CacheState::Ok => None,
        CacheState::Rebuilding => Some(words.text("storage-cache-rebuilding")),
        CacheState::Rebuilt => Some(words.text("storage-cache-rebuilt")),
    };
    let disk = match status.storage.disk {
        DiskState::Ok => None,
        DiskState::Full => Some(words.text("storage-disk-full")),
        DiskState::Failing => Some(words.text("storage-disk-failing")),
    };
    let ledger = status
        .storage
        .ledger_set_aside
        .as_ref()
        .map(|path| words.with("storage-ledger-set-aside", &[("path", Value::Text(&safe_line(path)))]));
    [disk, cache, ledger].into_iter().flatten().collect()
}

/// What the desktop does not give the agent.
fn lacks(words: &Words, status: &api::Status) -> Vec<String> {
    let carriers = &status.carriers;
    let tray = match carriers.tray {
        TrayState::Shown => None,
        TrayState::NoHost => Some(words.text("cli-no-tray-host")),
        TrayState::NoBus => Some(words.text("cli-no-bus")),
    };
    let notifications = match carriers.notifications {
        NotificationsState::Ok => None,
        NotificationsState::Absent => Some(words.text("cli-notifications-absent")),
        NotificationsState::Hung => Some(words.text("cli-notifications-hung")),
    };
    let keyring = match carriers.keyring {
        KeyringState::Ok => None,
        // Nobody has asked for one yet.
        KeyringState::Absent if status.account.is_none() => None,
        KeyringState::Locked => Some(words.text("cli-keyring-locked")),
        KeyringState::Absent => Some(words.text("cli-keyring-absent")),
        KeyringState::Unavailable => Some(words.text("cli-keyring-unavailable")),
        KeyringState::File => Some(words.text("cli-keyring-file")),
    };
    [tray, notifications, keyring].into_iter().flatten().collect()
}

fn trigger(words: &Words, trigger: Trigger) -> String {
    match trigger {
        Trigger::Start => words.text("cli-trigger-start"),
        Trigger::Schedule => words.text("cli-trigger-schedule"),
        Trigger::Manual => words.text("cli-trigger-manual"),
        Trigger::Resume => words.text("cli-trigger-resume"),
        Trigger::Network => words.text("cli-trigger-network"),
        Trigger::Online => words.text("cli-trigger-online"),
        Trigger::SignIn => words.text("cli-trigger-sign-in"),
        Trigger::Send => words.text("cli-trigger-send"),
        Trigger::Settings => words.text("cli-trigger-settings"),
    }
}
