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
-- The newest version of any draft: a version is never given twice, so that none is taken for another.
CREATE TABLE draft_version (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    newest INTEGER NOT NULL
) STRICT;
INSERT INTO draft_version VALUES (1, 0);
-- Thrown away or sent here; the server has yet to hear of it.
CREATE TABLE thrown_draft (
    id TEXT PRIMARY KEY,
    server_version INTEGER,
    handed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
-- An alert is due, then showing (before the call), then shown (after the answer), or doubtful where the agent
-- ended in between. `bus_name` is that of a hung service that was asked and has not answered. `not_before`: a person
-- asked to be reminded then. `held`: held back, so told in one summary. Important mail is repeated at `repeat_at`, in
-- a series that began with its first showing. `hook`: whether the hook command is still to run for it.
CREATE TABLE alert (
    message_id TEXT PRIMARY KEY,
    importance TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('due', 'showing', 'doubtful', 'shown')),
    at INTEGER NOT NULL,
    bus_name TEXT,
    not_before INTEGER,
    held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
    series_began_at INTEGER,
    repeat_at INTEGER,
    hook TEXT NOT NULL DEFAULT 'due' CHECK (hook IN ('due', 'done'))
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_open ON alert (state) WHERE state <> 'shown';
CREATE INDEX alert_repeat ON alert (repeat_at) WHERE repeat_at IS NOT NULL;
CREATE INDEX alert_hook ON alert (hook) WHERE hook = 'due';
-- Opened here; the server has yet to hear of it.
CREATE TABLE pending_read (
    message_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Asked for after every check; a partial index serves only a question that repeats its very words.
CREATE INDEX alert_due ON alert (at, message_id) WHERE state = 'due';
