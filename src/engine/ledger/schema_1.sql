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
-- A letter waits, perhaps for the end of its undo window, and leaves once the server has it. From its first
-- try on it may be with the server, whatever became of the try.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    importance TEXT NOT NULL,
    content_sum BLOB NOT NULL,
    written_at INTEGER NOT NULL,
    goes_out_at INTEGER NOT NULL,
    tried_at INTEGER,
    refused_at INTEGER,
    refused TEXT,
    -- Whether it was refused because the id names another message.
    id_taken INTEGER NOT NULL DEFAULT 0,
    -- The draft that it was, and what the server has of that.
    draft_id TEXT,
    server_version INTEGER,
    handed BLOB NOT NULL DEFAULT x''
) STRICT;
CREATE TABLE draft (
    id TEXT PRIMARY KEY,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    importance TEXT NOT NULL,
    content_sum BLOB NOT NULL,
    written_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    -- The server's version that this one follows; absent where the server told of none.
    server_version INTEGER,
    -- Sums of what was handed to the server since: an answer may have been lost.
    handed BLOB NOT NULL DEFAULT x'',
    -- Since when the server lacks what stands here; absent where it has it.
    unsaved_since INTEGER
) STRICT;
-- Thrown away or sent here; the server has yet to hear of it.
CREATE TABLE thrown_draft (
    id TEXT PRIMARY KEY,
    server_version INTEGER,
    handed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
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
