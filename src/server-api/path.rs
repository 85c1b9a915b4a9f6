//! The paths of the API, once for both sides.

/// Sign in; the user's devices.
pub const SESSIONS: &str = "/api/v1/sessions";
/// The user's own password.
pub const PASSWORD: &str = "/api/v1/password";
/// The check interval in force, its range and source, the lifetime.
pub const SETTINGS: &str = "/api/v1/settings";
/// The user's own check interval.
pub const CHECK_INTERVAL: &str = "/api/v1/settings/check-interval";
/// What changed in the mailbox since a cursor.
pub const CHANGES: &str = "/api/v1/changes";
/// Everything up to a cursor is durably on this device.
pub const DELIVERED: &str = "/api/v1/delivered";
/// Messages that the person opened.
pub const READ: &str = "/api/v1/read";
/// Messages that a device alerted the person of.
pub const ALERTED: &str = "/api/v1/alerted";
/// Messages that the person says he knows of, opened or not.
pub const ACKNOWLEDGED: &str = "/api/v1/acknowledged";
/// One's own messages, by id.
pub const MESSAGES: &str = "/api/v1/messages";
/// One's own drafts, by id.
pub const DRAFTS: &str = "/api/v1/drafts";
/// The users of the organisation.
pub const DIRECTORY: &str = "/api/v1/directory";
/// The description of all this.
pub const OPENAPI: &str = "/api/v1/openapi.json";
/// Whether the process runs.
pub const LIVEZ: &str = "/livez";
/// Whether the server can serve.
pub const READYZ: &str = "/readyz";

/// One message.
pub fn message(id: restante_model::MessageId) -> String {
    format!("{MESSAGES}/{id}")
}

/// What happened to a message that one sent.
pub fn ledger(id: restante_model::MessageId) -> String {
    format!("{MESSAGES}/{id}/ledger")
}

/// A message that one takes back.
pub fn retract(id: restante_model::MessageId) -> String {
    format!("{MESSAGES}/{id}/retract")
}

/// One draft.
pub fn draft(id: restante_model::MessageId) -> String {
    format!("{DRAFTS}/{id}")
}

/// One session; `current` is the asking device's own.
pub fn session(id: &str) -> String {
    format!("{SESSIONS}/{id}")
}
