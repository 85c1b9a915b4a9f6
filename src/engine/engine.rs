//! The one owner of the agent's state, and the one function that changes it.

use std::{collections::BTreeSet, path::Path};

use restante_local_api::{
    Carriers, Connection, KeyringState, LastCheck, Mode, NotificationsState, Status, TrayState, Trigger,
};
use restante_model::Timestamp;

use crate::{
    alert::{Alerts, Stage},
    cache::Cache,
    chores::Chores,
    effect::{AccountKey, Effect, TrayFace},
    event::{CallId, Event, TrayItem},
    ledger::{Account, Ledger, SyncedInterval},
    run::Run,
    settings_file::{SettingsFile, SettingsProblem},
    storage::StorageError,
    storage_trouble::StorageTrouble,
    token::TokenInUse,
    weather::Weather,
};

/// What the engine was doing when the storage failed it is told by the event; the rest is the same for all.
pub(crate) type Result<T> = std::result::Result<T, StorageError>;

/// Decides for one agent: one account on one device.
pub struct Engine {
    pub(crate) ledger: Ledger,
    pub(crate) cache: Cache,

    // What the ledger says, held here so that it is not asked for at every event.
    pub(crate) account: Option<Account>,
    pub(crate) mode: Mode,
    pub(crate) synced: SyncedInterval,

    // What is known since the start.
    pub(crate) settings: SettingsFile,
    pub(crate) settings_problems: Vec<SettingsProblem>,
    pub(crate) signed_in: bool,
    /// The keyring was asked and has not answered; checks asked for meanwhile wait for it.
    pub(crate) token_sought: bool,
    pub(crate) checks_before_token: Vec<(CallId, bool)>,
    pub(crate) token_in_use: TokenInUse,
    pub(crate) connection: Connection,
    pub(crate) connection_detail: Option<String>,
    pub(crate) last_good_at: Option<Timestamp>,
    pub(crate) last_check: Option<LastCheck>,
    pub(crate) carriers: Carriers,
    pub(crate) run: Option<Run>,
    /// The interval is to be synced in the next run: at start, on leaving offline mode, after a change.
    pub(crate) interval_sync_wanted: bool,
    pub(crate) directory_pulled_at: Option<Timestamp>,
    pub(crate) schedule: Schedule,
    pub(crate) weather: Weather,
    pub(crate) chores: Chores,
    pub(crate) alerts: Alerts,
    /// A wish that is being written into the settings file, and who waits for it.
    pub(crate) writing_interval: Option<WritingInterval>,
    pub(crate) mailbox_revision: u64,
    pub(crate) trouble: StorageTrouble,
    /// When the program that carries out effects was told to say `Woke`.
    pub(crate) wake_at: Option<Timestamp>,
    /// Who waits for what the server says of a sent message.
    pub(crate) questions: BTreeSet<CallId>,

    published: Option<Status>,
    face: Option<TrayFace>,
}

/// The "check mail" job as the scheduler has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schedule {
    pub(crate) interval_seconds: Option<u64>,
    pub(crate) next_run_at: Option<Timestamp>,
    pub(crate) last_run_at: Option<Timestamp>,
    pub(crate) runs: u64,
    pub(crate) joined: u64,
    pub(crate) skipped: u64,
}

/// A wish on its way into the settings file.
#[derive(Clone, Debug)]
pub(crate) struct WritingInterval {
    pub(crate) wish: Option<restante_model::CheckInterval>,
    /// Whether it is the server's value that is written, and not a person's.
    pub(crate) from_server: bool,
    pub(crate) calls: Vec<CallId>,
}

impl Engine {
    /// Opens the two databases, or makes them; `None` keeps both in memory.
    pub fn open(ledger: Option<&Path>, cache: Option<&Path>) -> Result<Self> {
        let ledger = Ledger::open(ledger)?;
        let (cache, cache_set_aside) = Cache::open(cache)?;
        Ok(Self {
            account: ledger.account()?,
            mode: ledger.mode()?,
            synced: ledger.synced_interval()?,
            alerts: Alerts::open(&ledger)?,
            ledger,
            cache,
            settings: SettingsFile::default(),
            settings_problems: Vec::new(),
            signed_in: false,
            token_sought: false,
            checks_before_token: Vec::new(),
            token_in_use: TokenInUse::Kept,
            connection: Connection::Untried,
            connection_detail: None,
            last_good_at: None,
            last_check: None,
            carriers: Carriers {
                tray: TrayState::NoHost,
                notifications: NotificationsState::Absent,
                keyring: KeyringState::Absent,
            },
            run: None,
            interval_sync_wanted: true,
            directory_pulled_at: None,
            schedule: Schedule::default(),
            weather: Weather::default(),
            chores: Chores::default(),
            writing_interval: None,
            mailbox_revision: 0,
            trouble: StorageTrouble::at_start(cache_set_aside),
            wake_at: None,
            questions: BTreeSet::new(),
            published: None,
            face: None,
        })
    }

    /// Takes one event and says what to do. What must survive is written down before this returns.
    pub fn apply(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        let asked = match &event {
            Event::Asked { call, .. } => Some(*call),
            _ => None,
        };
        let writing = Self::is_about_writing(&event).then(|| self.autosave_from_now_on(now)).flatten();
        let mut effects = match self.decide(event, now) {
            Ok(effects) => effects,
            Err(error) => self.storage_failed(&error, asked, now),
        };
        effects.extend(writing);
        if let Err(error) = self.follow_alerts(now) {
            effects.extend(self.storage_failed(&error, None, now));
        }
        effects.extend(self.take_alerts());
        match self.wake(now) {
            Ok(wake) => effects.extend(wake),
            Err(error) => tracing::error!(%error, "the next moment could not be read back"),
        }
        match self.show() {
            Ok(shown) => effects.extend(shown),
            Err(error) => effects.extend(self.storage_failed(&error, None, now)),
        }
        effects
    }

    fn decide(&mut self, event: Event, now: Timestamp) -> Result<Vec<Effect>> {
        match event {
            Event::Started { settings } => Ok(self.started(settings, now)),
            Event::SettingsEdited(settings) => {
                let effects = self.settings_edited(settings, now)?;
                self.announce_by_new_settings(now)?;
                Ok(effects)
            }
            Event::IntervalWritten(outcome) => self.interval_written(&outcome, now),
            Event::SettingWritten { call, outcome } => Ok(vec![crate::local::setting_written(call, outcome)]),
            Event::TokenFound(found) => self.token_found(found, now),
            Event::TokenKept(outcome) => self.token_kept(outcome).map(|()| Vec::new()),
            Event::PasswordChanged { call, outcome } => Ok(vec![self.password_changed(call, outcome)]),
            Event::SignedIn { call, server, outcome } => self.signed_in(call, &server, outcome, now),

            Event::CheckDue { stalled } => {
                let mut effects = self.check_due(stalled, now)?;
                effects.extend(self.keep_token_again());
                Ok(effects)
            }
            Event::Scheduled { next_run_at } => {
                self.schedule.next_run_at = next_run_at;
                Ok(Vec::new())
            }
            Event::ChoreDue(chore) => Ok(self.chore_due(chore, now)),
            Event::ChoreScheduled { chore, next_run_at } => {
                self.chore_scheduled(chore, next_run_at);
                Ok(Vec::new())
            }
            Event::Resumed => self.run_anew(Trigger::Resume, now),
            Event::NetworkCame => self.run_anew(Trigger::Network, now),
            Event::Late(event) => self.late(*event, now),

            Event::Checked(answer) => self.checked(answer, now),
            Event::DeliveredReported { cursor, outcome } => self.delivered_reported(&cursor, outcome, now),
            Event::MarksReported { mark, ids, outcome } => self.marks_reported(mark, &ids, outcome, now),
            Event::RecipientsTold { call, id, outcome } => self.recipients_told(call, id, outcome),
            Event::Posted { id, outcome } => self.posted(id, outcome, now),
            Event::DraftSaved { id, content_sum, outcome } => {
                self.draft_saved(id, &content_sum, outcome, now)
            }
            Event::DraftThrown { id, outcome } => self.draft_thrown(id, outcome, now),
            Event::Woke => self.woke(now),
            Event::SettingsPulled(outcome) => self.settings_pulled(outcome, now),
            Event::IntervalPushed { wish, outcome } => self.interval_pushed(wish, outcome, now),
            Event::DirectoryPulled(outcome) => self.directory_pulled(outcome, now),

            Event::Asked { call, ask } => self.asked(call, ask, now),
            Event::TrayPicked(item) => self.tray_picked(item, now),
            Event::TrayChanged(state) => {
                self.carriers.tray = state;
                Ok(Vec::new())
            }
            Event::NotificationsChanged(state) => self.notifications_changed(state, now).map(|()| Vec::new()),
            Event::NotificationOwnerChanged(owner) => {
                self.notification_owner_changed(owner, now).map(|()| Vec::new())
            }
            Event::PopupShown { popup, outcome } => self.popup_shown(popup, outcome, now),
            Event::CarrierAnswered { carrier, outcome } => {
                self.carrier_answered(carrier, outcome, now).map(|()| Vec::new())
            }
            Event::PopupEnded { popup, action } => self.popup_ended(popup, action, now),
            Event::PopupWindowFailed { popup, reason } => {
                self.popup_window_failed(popup, &reason, now).map(|()| Vec::new())
            }
            Event::ImportantOpened { ids, outcome } => self.important_opened(&ids, outcome, now),
            Event::ImportantClosed { ids } => {
                self.important_closed(&ids);
                Ok(Vec::new())
            }
            Event::LocalTimeChanged(local) => {
                self.alerts.local = local;
                Ok(Vec::new())
            }
            Event::LookedThrough(outcome) => looked_through(outcome),
            Event::Stopped => Ok(vec![Effect::Quit]),
        }
    }

    fn started(
        &mut self,
        settings: std::result::Result<SettingsFile, SettingsProblem>,
        now: Timestamp,
    ) -> Vec<Effect> {
        self.alerts.stage = Stage::Started;
        match settings {
            Ok(settings) => self.take_settings(settings),
            Err(problem) => self.settings_problems = vec![problem],
        }
        // Where that cannot be written down, mail is checked for all the same.
        let mut effects = match self.announce_after_start(now) {
            Ok(()) => Vec::new(),
            Err(error) => self.storage_failed(&error, None, now),
        };
        if self.account.is_none() {
            self.connection = Connection::SignedOut;
        }
        effects.push(self.schedule_housekeeping(now));
        effects.extend(self.ledger.look_through_later());
        effects.extend(self.cache.look_through_later());
        effects.extend(self.find_token());
        effects
    }

    /// The device as the server knows it; empty before the first sign-in.
    pub(crate) fn device_id(&self) -> &str {
        self.account.as_ref().map(|account| account.device_id.as_str()).unwrap_or_default()
    }

    /// Whose token the agent uses.
    pub(crate) fn account_key(&self) -> Option<AccountKey> {
        self.account.as_ref().map(|account| AccountKey {
            server: account.server.clone(),
            organisation: account.organisation.clone(),
            user: account.user.login.to_string(),
        })
    }

    fn tray_picked(&mut self, item: TrayItem, now: Timestamp) -> Result<Vec<Effect>> {
        use restante_local_api::ShowWhat;
        let window = |what| Ok(vec![self.window(what, None)]);
        match item {
            TrayItem::Icon | TrayItem::OpenMail => window(ShowWhat::Mailbox),
            TrayItem::Write => window(ShowWhat::Write),
            TrayItem::Settings => window(ShowWhat::Settings),
            TrayItem::CheckNow => self.start_run(Trigger::Manual, now),
            TrayItem::OfflineMode => {
                let mode = if self.mode == Mode::Online { Mode::Offline } else { Mode::Online };
                // The check item has toggled itself; showing it anew sets it to what is.
                self.face = None;
                self.set_mode(mode, now)
            }
            TrayItem::Quit => Ok(vec![Effect::Quit]),
        }
    }

    /// Enters or leaves offline mode (row S20), written down first.
    pub(crate) fn set_mode(&mut self, mode: Mode, now: Timestamp) -> Result<Vec<Effect>> {
        if mode == self.mode {
            return Ok(Vec::new());
        }
        self.ledger.set_mode(mode)?;
        self.mode = mode;
        match mode {
            Mode::Offline => {
                self.forget_weather();
                Ok(self.abandon_run())
            }
            Mode::Online => {
                self.interval_sync_wanted = true;
                self.start_run(Trigger::Online, now)
            }
        }
    }

    /// What has changed for those that show it.
    fn show(&mut self) -> Result<Vec<Effect>> {
        let mut effects = Vec::new();
        let face = self.tray_face()?;
        if self.face.as_ref() != Some(&face) {
            self.face = Some(face.clone());
            effects.push(Effect::SetTray(face));
        }
        let status = self.status()?;
        if self.published.as_ref() != Some(&status) {
            self.published = Some(status);
            effects.push(Effect::Publish);
        }
        Ok(effects)
    }
}

/// What is damaged is dealt with like damage that is met in reading. That it could not be looked at, because the disk
/// is full, say, tells nothing of it.
fn looked_through(outcome: Result<()>) -> Result<Vec<Effect>> {
    match outcome {
        Err(error) if error.is_damage() => Err(error),
        Err(error) => {
            tracing::warn!(%error, "a database could not be looked through");
            Ok(Vec::new())
        }
        Ok(()) => Ok(Vec::new()),
    }
}
