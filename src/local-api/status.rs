//! The state of the agent: what it says of itself.

use restante_model::{IntervalFrom, Timestamp};
use serde::{Deserialize, Serialize};

/// The number of this description: grows when a field changes its meaning.
pub const SCHEMA: u32 = 1;

/// `GET /v1/status`, and the first of the events: the whole state of the agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The number of this description.
    pub schema: u32,
    /// Who is signed in where; absent before the first sign-in.
    pub account: Option<Account>,
    /// What the settings file offers for a sign-in.
    #[serde(default)]
    pub offered: Offered,
    /// Unread messages in the inbox.
    pub unread: u64,
    /// Those of them with high importance.
    pub unread_high: u64,
    /// Whether the person told the agent not to use the network.
    pub mode: Mode,
    /// What the last exchange with the server came to.
    pub connection: Connection,
    /// The same in words for people, with what to do about it.
    pub connection_detail: Option<String>,
    /// When the server last answered well.
    pub last_good_at: Option<Timestamp>,
    /// The newest check that ended.
    pub last_check: Option<LastCheck>,
    /// When the scheduler will check next; absent offline or signed out.
    pub next_check_at: Option<Timestamp>,
    /// The check interval and where it comes from.
    pub interval: IntervalStatus,
    /// Letters on their way out.
    pub outbox: OutboxStatus,
    /// Letters still being written.
    pub drafts: u64,
    /// What the desktop gives the agent.
    pub carriers: Carriers,
    /// When alerts are held back.
    #[serde(default)]
    pub alerts: AlertsStatus,
    /// What is wrong with the settings file, with line and column; absent when it is good.
    #[serde(default)]
    pub settings_problem: Option<String>,
    /// How what is kept on this device fares.
    #[serde(default)]
    pub storage: StorageStatus,
    /// Grows whenever a folder or a message changes: whoever shows them looks again.
    #[serde(default)]
    pub mailbox_revision: u64,
    /// Grows when windows are to save what is being written.
    #[serde(default)]
    pub autosave_revision: u64,
}

/// When alerts are held back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertsStatus {
    /// Until when the person wants none; absent: he wants them.
    pub snoozed_until: Option<Timestamp>,
    /// The end of the quiet hours; absent: it is not quiet now.
    pub quiet_until: Option<Timestamp>,
}

/// Who is signed in where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The server's URL.
    pub server: String,
    /// The organisation's name.
    pub organisation: String,
    /// The user's login.
    pub user: String,
}

/// What the settings file offers for a sign-in; a person may say otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// The server's URL.
    pub server: Option<String>,
    /// The organisation's name.
    pub organisation: Option<String>,
    /// The user's login.
    pub user: Option<String>,
}

/// Whether the network may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It may.
    Online,
    /// The person said not to.
    Offline,
}

/// What the last exchange with the server came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    /// Our server answered.
    Ok,
    /// It did not, or what answered is not ours.
    Unreachable,
    /// There is no token, or it was revoked: sign in again.
    SignedOut,
    /// The organisation has no usable post office.
    OfficeUnavailable,
    /// The agent is older than the organisation allows.
    ClientTooOld,
    /// Nothing was tried yet.
    Untried,
}

/// A check that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastCheck {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// What set it off.
    pub trigger: Trigger,
    /// What it came to.
    pub outcome: CheckOutcome,
    /// Messages that it brought.
    pub new: u64,
}

/// What sets off a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The agent's start.
    Start,
    /// The scheduler's job.
    Schedule,
    /// A person: tray, window or command line.
    Manual,
    /// The machine woke from sleep, or the job noticed a stall.
    Resume,
    /// The network came, or changed.
    Network,
    /// Leaving offline mode.
    Online,
    /// A sign-in.
    SignIn,
    /// A letter that was to go out, or a read mark.
    Send,
    /// A changed settings file.
    Settings,
}

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// Our server answered and all of it is applied.
    Ok,
    /// Our server did not answer.
    Unreachable,
    /// Our server refused.
    Refused,
    /// What it brought could not be written down here.
    Failed,
}

/// The check interval that explains itself (row B1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntervalStatus {
    /// The interval in force.
    pub seconds: u64,
    /// Whose it is.
    pub from: IntervalFrom,
    /// Who locked it.
    pub locked_by: Option<String>,
    /// What the settings file wishes.
    pub wished_seconds: Option<u64>,
    /// Whether the wish has yet to reach the server.
    pub pending: bool,
    /// The shortest that the office allows; absent before the first sync.
    pub min_seconds: Option<u64>,
    /// The longest.
    pub max_seconds: Option<u64>,
    /// When it was last synced with the server.
    pub synced_at: Option<Timestamp>,
}

/// Letters on their way out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxStatus {
    /// Not yet accepted.
    pub waiting: u64,
    /// Refused, with why in the outbox.
    pub refused: u64,
    /// Of those that wait, how many can still be taken back.
    #[serde(default)]
    pub held: u64,
}

/// How what is kept on this device fares.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageStatus {
    /// The copy of what the server has.
    pub cache: CacheState,
    /// Where a damaged ledger lies that was set aside, after what could be read of it was taken over:
    /// letters, drafts and what was announced. Absent where there is none.
    pub ledger_set_aside: Option<String>,
    /// Whether it can be written.
    pub disk: DiskState,
}

/// The copy of what the server has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CacheState {
    /// It is whole.
    #[default]
    Ok,
    /// It was damaged and set aside; the mail is being fetched again.
    Rebuilding,
    /// It was damaged and set aside since the agent started; the mail was fetched again.
    Rebuilt,
}

/// Whether what is to be kept can be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiskState {
    /// It can, as far as is known.
    #[default]
    Ok,
    /// The disk is full: nothing is half-written, and every check tries again.
    Full,
    /// The disk fails, or the file may not be written.
    Failing,
}

/// What the desktop gives the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carriers {
    /// The tray.
    pub tray: TrayState,
    /// The notification service.
    pub notifications: NotificationsState,
    /// Where the token is kept.
    pub keyring: KeyringState,
}

/// Whether the tray icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrayState {
    /// A tray host has it.
    Shown,
    /// There is no tray host yet.
    NoHost,
    /// There is no session bus.
    NoBus,
}

/// Whether popups can be shown by the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationsState {
    /// A service answers.
    Ok,
    /// None is there.
    Absent,
    /// One is there and does not answer.
    Hung,
}

/// Where the token is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyringState {
    /// In the keyring.
    Ok,
    /// In the keyring, which is locked.
    Locked,
    /// There is no keyring.
    Absent,
    /// There is one that does not answer or fails.
    Unavailable,
    /// In a file: as the settings say, or since there was no keyring.
    File,
}

/// One job of the scheduler (row S12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// What it does.
    pub name: String,
    /// Seconds between two runs.
    pub interval_seconds: u64,
    /// Seconds into each interval at which this device runs it.
    pub phase_seconds: u64,
    /// When it last ran.
    pub last_run_at: Option<Timestamp>,
    /// What that came to.
    pub last_outcome: Option<CheckOutcome>,
    /// When it runs next.
    pub next_run_at: Option<Timestamp>,
    /// Runs since the agent started, whoever asked for them: a check by hand is a run of the job too.
    pub runs: u64,
    /// Runs that joined one under way.
    pub joined: u64,
    /// Runs left out: offline, or signed out.
    pub skipped: u64,
}
