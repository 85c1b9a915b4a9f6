//! The paths of the local API, once for both sides.

use restante_model::{Folder, MessageId};

/// The state of the agent, whole.
pub const STATUS: &str = "/v1/status";
/// Check for mail now; answers when the run is complete with `?wait=true`.
pub const CHECK: &str = "/v1/check";
/// The folders with their counts.
pub const FOLDERS: &str = "/v1/folders";
/// Messages, by id.
pub const MESSAGES: &str = "/v1/messages";
/// Which of many messages are unread.
pub const UNREAD: &str = "/v1/unread";
/// Letters waiting to go out, by id.
pub const OUTBOX: &str = "/v1/outbox";
/// Letters still being written, by id.
pub const DRAFTS: &str = "/v1/drafts";
/// Offline mode.
pub const MODE: &str = "/v1/mode";
/// The wished check interval.
pub const INTERVAL: &str = "/v1/interval";
/// The time without alerts that the person asked for.
pub const SNOOZE: &str = "/v1/snooze";
/// The users that can be written to.
pub const DIRECTORY: &str = "/v1/directory";
/// Messages by the words in them.
pub const SEARCH: &str = "/v1/search";
/// The scheduler's jobs.
pub const JOBS: &str = "/v1/jobs";
/// What the settings say, and where each comes from.
pub const SETTINGS: &str = "/v1/settings";
/// What works and what does not.
pub const DOCTOR: &str = "/v1/doctor";
/// Server-sent events; the first one is the whole state.
pub const EVENTS: &str = "/v1/events";
/// Bring a window to the front.
pub const SHOW: &str = "/v1/show";
/// The user's own password.
pub const PASSWORD: &str = "/v1/password";
/// Sign in.
pub const LOGIN: &str = "/v1/login";
/// Sign out.
pub const LOGOUT: &str = "/v1/logout";
/// End the agent.
pub const QUIT: &str = "/v1/quit";

/// One key of the settings.
pub fn setting(key: &str) -> String {
    format!("{SETTINGS}/{key}")
}

/// One folder's messages.
pub fn folder(folder: Folder) -> String {
    format!("{FOLDERS}/{folder}")
}

/// One message.
pub fn message(id: MessageId) -> String {
    format!("{MESSAGES}/{id}")
}

/// Where one message stands in a folder, or among what was found.
pub fn position(id: MessageId) -> String {
    format!("{MESSAGES}/{id}/position")
}

/// The read mark of one message.
pub fn read(id: MessageId) -> String {
    format!("{MESSAGES}/{id}/read")
}

/// That the person knows of one message.
pub fn acknowledge(id: MessageId) -> String {
    format!("{MESSAGES}/{id}/acknowledge")
}

/// What became of each recipient's copy of one sent message.
pub fn recipients(id: MessageId) -> String {
    format!("{MESSAGES}/{id}/recipients")
}

/// Taking one sent message back.
pub fn retract(id: MessageId) -> String {
    format!("{MESSAGES}/{id}/retract")
}

/// The reminder of one message.
pub fn remind(id: MessageId) -> String {
    format!("{MESSAGES}/{id}/remind")
}

/// One letter on its way out.
pub fn outbox(id: MessageId) -> String {
    format!("{OUTBOX}/{id}")
}

/// Making a draft of a letter on its way out.
pub fn outbox_undo(id: MessageId) -> String {
    format!("{OUTBOX}/{id}/undo")
}

/// Trying a refused letter again.
pub fn outbox_retry(id: MessageId) -> String {
    format!("{OUTBOX}/{id}/retry")
}

/// One draft.
pub fn draft(id: MessageId) -> String {
    format!("{DRAFTS}/{id}")
}

/// Sending one draft.
pub fn draft_send(id: MessageId) -> String {
    format!("{DRAFTS}/{id}/send")
}
