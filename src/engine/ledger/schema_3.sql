-- Removed from the mailbox here; the server has yet to hear of it.
CREATE TABLE pending_deletion (
    message_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Opened once and wanted as unread again. The server knows only steps forward, so it does not hear of these.
CREATE TABLE kept_unread (
    message_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
