-- What the server still has: lost, it is fetched again.
CREATE TABLE place (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    cursor TEXT,
    reported TEXT,
    directory_tag TEXT,
    -- Whether the agent ended in order; else the whole file is looked through at the next start.
    closed INTEGER NOT NULL DEFAULT 1 CHECK (closed IN (0, 1))
) STRICT;
INSERT INTO place (id) VALUES (1);
-- `number` grows with each message that comes and is the order of the search's answers. `head_sum` is over
-- what a folder shows, `body_sum` over the text: SQLite itself does not see a text that the disk changed.
CREATE TABLE message (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('received', 'sent')),
    from_login TEXT NOT NULL,
    from_name TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    importance TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    head_sum BLOB NOT NULL,
    body_sum BLOB NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (id, direction)
) STRICT;
CREATE INDEX message_received ON message (sent_at DESC, id DESC) WHERE direction = 'received';
CREATE INDEX message_sent ON message (sent_at DESC, id DESC) WHERE direction = 'sent';
CREATE INDEX message_unread ON message (sent_at DESC, id DESC)
    WHERE direction = 'received' AND state = 'delivered';
-- What is counted after every event, and so as narrow as can be.
CREATE INDEX message_unread_count ON message (importance)
    WHERE direction = 'received' AND state = 'delivered';
-- The stems of each message by its number, without the text itself. They hold letters, digits and blanks
-- only, so the simplest tokenizer takes them as they are; no order of words is asked for, so none is kept.
CREATE VIRTUAL TABLE message_stems USING fts5 (
    stems,
    content = '', contentless_delete = 1,
    tokenize = 'ascii', detail = 'none'
);
-- Every stem that a message ever had: what the beginning of a word may go on to. FTS5 answers a beginning by
-- reading all messages of all such words (38 ms for three letters), and single words from the newest on.
CREATE TABLE stem (
    stem TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
-- One row a recipient of a sent message.
CREATE TABLE recipient (
    message_id TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    since INTEGER NOT NULL,
    delivered_at INTEGER,
    position INTEGER NOT NULL,
    PRIMARY KEY (message_id, login)
) STRICT, WITHOUT ROWID;
CREATE INDEX recipient_waiting ON recipient (message_id) WHERE state = 'waiting';
CREATE TABLE person (
    login TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    search TEXT NOT NULL
) STRICT, WITHOUT ROWID;
