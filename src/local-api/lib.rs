//! What the agent and its front ends say to each other: shapes, paths, and a client over the agent's
//! socket. Command line, windows and scripts all speak this and nothing else.
//!
//! Absent is left out or null, never a sentinel. WHEN CHANGING A SHAPE: fields may be added, none renamed;
//! say so in CHANGELOG.md.

#[cfg(feature = "client")]
mod client;
mod doctor;
mod mail;
pub mod path;
mod popups;
mod requests;
mod settings;
mod status;
#[cfg(feature = "client")]
mod transport;

#[cfg(feature = "client")]
pub use client::{Client, ClientError, Events};
pub use doctor::{CheckStatus, DoctorCheck, DoctorReport};
pub use mail::{
    Direction, FolderOrder, FolderPage, FolderSummary, FoundMessage, Message, MessageRow, OnItsWay,
    Recipient, Recipients, RowPosition, RowState, SearchPage, SortBy,
};
pub use popups::{PopupCard, PopupOrder, PopupReport};
pub use requests::{
    CheckAnswer, LetterId, LocalProblem, LocalProblemKind, Login, MessageIds, PutInterval, PutMode,
    PutPassword, PutSnooze, RemindLater, Show, ShowWhat, Undo, UndoError,
};
pub use restante_model as model;
pub use settings::{PutSetting, Setting, SettingOrigin, SettingProblem, SettingsReport};
pub use status::{
    Account, AlertsStatus, CacheState, Carriers, CheckOutcome, Connection, DiskState, IntervalStatus, Job,
    KeyringState, LastCheck, Mode, NotificationsState, Offered, OutboxStatus, SCHEMA, Status, StorageStatus,
    TrayState, Trigger,
};
