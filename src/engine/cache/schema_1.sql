-- What the server still has: lost, it is fetched again.
CREATE TABLE place (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    cursor TEXT,
    reported TEXT,
    directory_tag TEXT
) STRICT;
INSERT INTO place (id) VALUES (1);
CREATE TABLE message (
    id TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('received', 'sent')),
    from_login TEXT NOT NULL,
    from_name TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    importance TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (id, direction)
) STRICT;
CREATE INDEX message_folder ON message (direction, sent_at DESC, id DESC);
CREATE INDEX message_unread ON message (sent_at DESC, id DESC)
    WHERE direction = 'received' AND state = 'delivered';
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
