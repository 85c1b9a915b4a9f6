//! A device: the real engine on databases in files, and the desktop around it.

use std::{collections::BTreeMap, path::PathBuf};

use restante_agent::Plan;
use restante_engine::AskError;
use restante_engine::{
    Engine,
    effect::Popup,
    event::{Chore, PopupId},
    settings_file,
};
use restante_model::{MessageId, Timestamp};
use rusqlite::Connection;

use crate::{agenda::Happening, knowledge::Knowledge};

/// How the desktop's notification service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Here,
    Away,
    Hung,
}

/// What an agent answered a front end.
pub(crate) type Reply = Result<restante_engine::effect::Answer, AskError>;

/// A machine with an agent on it, running or not.
#[expect(clippy::struct_excessive_bools, reason = "each is so or not by itself")]
pub(crate) struct Device {
    pub(crate) name: String,
    pub(crate) person: usize,
    folder: PathBuf,
    /// The settings file.
    pub(crate) settings: String,
    pub(crate) engine: Option<Engine>,
    /// Grows when the agent is killed: what was on its way to it finds nobody.
    pub(crate) life: u32,
    /// Of the account in the keyring.
    pub(crate) token: Option<String>,
    pub(crate) enrolled_as: String,
    /// Whether the running agent has asked for the token and got it.
    pub(crate) has_token: bool,
    pub(crate) keyring_locked: bool,
    pub(crate) signing_in: bool,
    pub(crate) plan: Option<Plan>,
    pub(crate) chores: BTreeMap<Chore, Plan>,
    /// When the agent wants to be woken.
    pub(crate) alarm_at: Option<Timestamp>,
    pub(crate) alarms: u64,
    /// How far its clock is ahead of the true time.
    pub(crate) clock_ahead_ms: i64,
    pub(crate) asleep_until_ms: Option<i64>,
    pub(crate) asleep_since_ms: i64,
    /// What would have happened to it meanwhile.
    pub(crate) waits_for_wake: Vec<Happening>,
    /// How long it has slept in all.
    pub(crate) slept_ms: i64,
    /// Looks at the clock that were planned; only the last one counts.
    pub(crate) looks: u64,
    pub(crate) service: Service,
    pub(crate) disk_full: bool,
    /// Since this agent started.
    pub(crate) disk_was_full: bool,
    /// Since this agent started: whatever it shows was noted by the one before.
    pub(crate) noted_nothing_yet: bool,
    pub(crate) next_call: u64,
    pub(crate) replies: BTreeMap<u64, Reply>,
    /// Popups on the screen or on their way to it.
    pub(crate) popups: BTreeMap<PopupId, Popup>,
    /// Those of them that are on their way, or of which the agent could not note that they came: about so many
    /// messages.
    pub(crate) on_their_way: BTreeMap<PopupId, u64>,
    /// What the window for important mail shows.
    pub(crate) important: Vec<MessageId>,
    pub(crate) knows: Knowledge,
}

impl Device {
    pub(crate) fn new(name: String, person: usize, folder: PathBuf) -> Self {
        std::fs::create_dir_all(&folder).expect("the folder is made");
        // Who has a second device wants no window there.
        let important = if name.ends_with("-2") { "important = \"desktop\"\n" } else { "" };
        Self {
            name,
            person,
            folder,
            settings: format!("# Mine.\n\n[notifications]\nordinary = \"desktop\" # a popup\n{important}"),
            engine: None,
            life: 0,
            token: None,
            enrolled_as: String::new(),
            has_token: false,
            keyring_locked: false,
            signing_in: false,
            plan: None,
            chores: BTreeMap::new(),
            alarm_at: None,
            alarms: 0,
            clock_ahead_ms: 0,
            asleep_until_ms: None,
            asleep_since_ms: 0,
            waits_for_wake: Vec::new(),
            slept_ms: 0,
            looks: 0,
            service: Service::Here,
            disk_full: false,
            disk_was_full: false,
            noted_nothing_yet: false,
            next_call: 1,
            replies: BTreeMap::new(),
            popups: BTreeMap::new(),
            on_their_way: BTreeMap::new(),
            important: Vec::new(),
            knows: Knowledge::default(),
        }
    }

    fn ledger(&self) -> PathBuf {
        self.folder.join("ledger.sqlite")
    }

    fn cache(&self) -> PathBuf {
        self.folder.join("cache.sqlite")
    }

    pub(crate) fn open(&mut self) -> Result<(), restante_engine::StorageError> {
        self.engine = Some(Engine::open(Some(&self.ledger()), Some(&self.cache()))?);
        Ok(())
    }

    /// The agent's process is gone, and what it had on the screen with it.
    pub(crate) fn kill(&mut self) {
        self.engine = None;
        self.disk_was_full = self.disk_full;
        self.life += 1;
        self.has_token = false;
        self.plan = None;
        self.chores.clear();
        self.alarm_at = None;
        self.replies.clear();
        self.popups.clear();
        self.knows.counted_again += std::mem::take(&mut self.on_their_way).values().sum::<u64>();
        self.important.clear();
    }

    /// Whether its agent runs and its machine is awake.
    pub(crate) fn awake(&self) -> bool {
        self.engine.is_some() && self.asleep_until_ms.is_none()
    }

    /// What its clock says.
    pub(crate) fn clock(&self, true_ms: i64) -> Timestamp {
        Timestamp::from_unix_ms(true_ms + self.clock_ahead_ms)
    }

    /// The settings file as the agent reads it.
    pub(crate) fn read_settings(
        &self,
    ) -> Result<settings_file::SettingsFile, settings_file::SettingsProblem> {
        settings_file::parse(&self.settings, "config.toml")
    }

    fn databases(&self) -> [Connection; 2] {
        [self.ledger(), self.cache()].map(|path| Connection::open(path).expect("the database opens"))
    }

    /// From now on this statement on this table fails.
    pub(crate) fn break_disk(&mut self, table: &str, statement: &str) {
        self.disk_full = true;
        self.disk_was_full = true;
        for database in self.databases() {
            if database.table_exists(None, table).expect("the schema can be read") {
                crate::post_office::break_table(&database, table, statement);
            }
        }
    }

    pub(crate) fn mend_disk(&mut self) {
        self.disk_full = false;
        for database in self.databases() {
            crate::post_office::mend_table(&database);
        }
    }
}
