-- What may not be lost: who is signed in, what waits to go out, what is being written, what was announced.
CREATE TABLE account (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    server TEXT NOT NULL,
    organisation TEXT NOT NULL,
    user TEXT NOT NULL,
    user_name TEXT NOT NULL,
    device_id TEXT NOT NULL
) STRICT;
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    importance TEXT NOT NULL,
    content_sum BLOB NOT NULL,
    written_at INTEGER NOT NULL,
    refused TEXT
) STRICT;
CREATE TABLE draft (
    id TEXT PRIMARY KEY,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    importance TEXT NOT NULL,
    content_sum BLOB NOT NULL,
    written_at INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;
-- An alert is due, then showing (before the call), then shown (after the answer).
CREATE TABLE alert (
    message_id TEXT PRIMARY KEY,
    importance TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('due', 'showing', 'shown')),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_open ON alert (state) WHERE state <> 'shown';
-- Opened here; the server has yet to hear of it.
CREATE TABLE pending_read (
    message_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
