//! The settings file `config.toml`: what it says, where it is wrong, and how one value in it is
//! rewritten with everything else left as it is. Text in, values or text out: no file is touched here.

mod fault;
#[cfg(test)]
mod garbage;
mod keys;
mod layers;
mod rewrite;
mod values;

use std::path::PathBuf;

use restante_model::Seconds;

pub use crate::{alert::Rhythm, effect::OverFullScreen};
pub use fault::{BadValue, SettingsFault, SettingsProblem, SystemError, quoted};
pub use keys::{KEYS, parse};
pub use layers::{Layer, Origin, SettingInForce, merge, of_environment};
pub use rewrite::{SettingNotWritten, value_of, with_check_interval, with_setting};

/// What the settings file says (contracts, section 4). Absent keys have their defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsFile {
    /// The server's URL, offered at sign-in.
    pub server: Option<String>,
    /// The organisation's name, offered at sign-in.
    pub organisation: Option<String>,
    /// The user's login, offered at sign-in.
    pub user: Option<String>,
    /// The wished check interval; absent: the server's.
    pub check_interval: Option<Seconds>,
    /// The policy that locks the check interval, by its path.
    pub check_interval_locked_by: Option<String>,
    /// How ordinary mail is announced.
    pub ordinary: Carrier,
    /// How important mail is announced.
    pub important: ImportantCarrier,
    /// How often important mail comes again.
    pub important_rhythm: Rhythm,
    /// Whether sender and subject are shown in a popup.
    pub preview: Preview,
    /// When ordinary mail is held back.
    pub quiet_hours: Option<QuietHours>,
    /// What quiet hours mean for important mail.
    pub important_in_quiet_hours: InQuietHours,
    /// What is heard with a popup.
    pub sound: Sound,
    /// Whether ordinary popups come over a window that has the whole screen.
    pub over_full_screen: OverFullScreen,
    /// Whether important mail is spoken.
    pub speech: Speech,
    /// The program and its arguments that run for each new message.
    pub hook: Option<Vec<String>>,
    /// After how many seconds in an active window a message counts as read.
    pub mark_read_after: MarkReadAfter,
    /// For how long a letter sent from a window can be taken back.
    pub undo: UndoWindow,
    /// Through which proxy the server is reached.
    pub proxy: Proxy,
    /// A file of certificates that are trusted besides the system's.
    pub extra_ca_file: Option<PathBuf>,
    /// Where the token is kept.
    pub token: TokenStorage,
    /// How much is logged.
    pub log_level: LogLevel,
    /// What is wrong with single keys; the rest is in force.
    pub problems: Vec<SettingsProblem>,
}

/// How ordinary mail is announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carrier {
    /// By the desktop's notification service.
    #[default]
    Desktop,
    /// By a window of ours.
    Window,
    /// Not at all: the tray's count is enough.
    Off,
}

/// How important mail is announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportantCarrier {
    /// By the modal window.
    #[default]
    Modal,
    /// By the desktop's notification service.
    Desktop,
}

/// Whether sender and subject are shown in a popup.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preview {
    /// They are.
    #[default]
    Shown,
    /// They are not.
    Hidden,
}

/// From one minute after midnight to another, over midnight where the second is earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// The first quiet minute of the day.
    pub from_minute: u16,
    /// The first minute that is not quiet any more.
    pub to_minute: u16,
}

/// What quiet hours mean for important mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InQuietHours {
    /// It is announced all the same.
    #[default]
    Announced,
    /// It waits for their end like ordinary mail.
    Held,
}

/// What is heard with a popup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sound {
    /// Nothing.
    #[default]
    Off,
    /// The desktop's sound for new mail.
    NewMail,
    /// The sound of this name (freedesktop.org, "Sound Naming Specification").
    Named(String),
}

/// Whether important mail is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speech {
    /// It is not.
    #[default]
    Off,
    /// Once, with its first alert.
    Important,
}

/// Seconds in an active window after which a message counts as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkReadAfter(pub u64);

impl Default for MarkReadAfter {
    /// A preview that flashes by is not read.
    fn default() -> Self {
        Self(2)
    }
}

/// For how long a letter sent from a window can be taken back; zero: not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UndoWindow(pub Seconds);

impl Default for UndoWindow {
    /// Long enough to see the wrong name, short enough not to be missed.
    fn default() -> Self {
        Self(Seconds::new(10))
    }
}

/// Through which proxy the server is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// The environment's, or the system's.
    #[default]
    System,
    /// None.
    None,
    /// This one.
    Url(String),
}

/// Where the token is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenStorage {
    /// In the session's keyring.
    #[default]
    Keyring,
    /// In a file that only the user can read.
    File,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// What somebody must act on.
    Error,
    /// What may become that.
    Warn,
    /// What happened.
    #[default]
    Info,
    /// What was decided, and why.
    Debug,
    /// Everything.
    Trace,
}
