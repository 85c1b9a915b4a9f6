-- A post office: mailboxes, messages, and each recipient's copy of a message.

-- One row: the random id of this database, renewed when it is restored.
CREATE TABLE post_office (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    epoch    TEXT NOT NULL
);

-- Each start of a server on this database: a cursor of a start that is not here comes from a future
-- that was undone by copying the database back.
CREATE TABLE generation (
    number     INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    started_at BIGINT NOT NULL
);

CREATE TABLE mailbox (
    key          INTEGER PRIMARY KEY,
    organisation TEXT NOT NULL,
    login        TEXT NOT NULL,
    -- What its user is called, as of the newest message to or from him.
    name         TEXT NOT NULL,
    -- The number of the newest change in it.
    modseq       BIGINT NOT NULL DEFAULT 0,
    -- The generation of the newest change in it.
    generation   INTEGER NOT NULL DEFAULT 0,
    UNIQUE (organisation, login)
);

-- The first change of a mailbox in each generation: a cursor of an earlier generation that lies at or
-- beyond it counts changes that this database never saw.
CREATE TABLE mailbox_generation (
    mailbox      INTEGER NOT NULL REFERENCES mailbox (key),
    generation   INTEGER NOT NULL REFERENCES generation (number),
    first_modseq BIGINT NOT NULL,
    PRIMARY KEY (mailbox, generation)
) WITHOUT ROWID;

CREATE TRIGGER mailbox_enters_generation
AFTER UPDATE OF modseq ON mailbox
WHEN OLD.generation < (SELECT max(number) FROM generation)
BEGIN
    INSERT INTO mailbox_generation (mailbox, generation, first_modseq)
    SELECT NEW.key, max(number), OLD.modseq + 1 FROM generation;
    UPDATE mailbox SET generation = (SELECT max(number) FROM generation) WHERE key = NEW.key;
END;

CREATE TRIGGER modseq_only_grows
BEFORE UPDATE OF modseq ON mailbox
WHEN NEW.modseq <= OLD.modseq
BEGIN
    SELECT RAISE(ABORT, 'a mailbox''s modseq only grows');
END;

CREATE TABLE message (
    key             INTEGER PRIMARY KEY,
    organisation    TEXT NOT NULL,
    -- Made by the client that wrote it; unique in its organisation, so that no other one learns of it.
    id              TEXT NOT NULL,
    sender          INTEGER NOT NULL REFERENCES mailbox (key),
    -- JSON array: the recipients as the sender wrote them.
    written_to      TEXT NOT NULL,
    subject         TEXT NOT NULL,
    body            TEXT NOT NULL,
    importance      TEXT NOT NULL CHECK (importance IN ('normal', 'high')),
    -- SHA-256 of what was written; stays when the text goes, to know a repeated request.
    content_sum     BLOB NOT NULL,
    -- SHA-256 of all that never changes in this row (id, sender, times, the sum above): a disk may change
    -- any of it, and SQLite's own checks see little of that.
    row_sum         BLOB NOT NULL,
    accepted_at     BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    -- Whether the expiry of its unread copies is done.
    settled         BOOLEAN NOT NULL DEFAULT FALSE,
    -- Changes in the sender's mailbox: when it appeared there, and when he removed it.
    sent_modseq     BIGINT NOT NULL,
    removed_modseq  BIGINT,
    -- When the text was deleted because no mailbox showed it any more.
    text_removed_at BIGINT,
    UNIQUE (organisation, id)
);

CREATE INDEX message_by_sender ON message (sender, sent_modseq);
CREATE INDEX message_removed_by_sender ON message (sender, removed_modseq) WHERE removed_modseq IS NOT NULL;
CREATE INDEX message_to_expire ON message (expires_at) WHERE NOT settled;
CREATE INDEX message_to_expire_by_sender ON message (sender, expires_at) WHERE NOT settled;

CREATE TABLE delivery (
    message        INTEGER NOT NULL REFERENCES message (key),
    recipient      INTEGER NOT NULL REFERENCES mailbox (key),
    sender         INTEGER NOT NULL REFERENCES mailbox (key),
    -- Its place among the recipients, as the sender wrote them.
    position       INTEGER NOT NULL,
    state          TEXT NOT NULL DEFAULT 'waiting'
                   CHECK (state IN ('waiting', 'delivered', 'read', 'expired', 'retracted')),
    since          BIGINT NOT NULL,
    delivered_at   BIGINT,
    read_at        BIGINT,
    -- The message's, repeated here for the index of unread copies.
    expires_at     BIGINT NOT NULL,
    -- Changes in the recipient's mailbox: when it came, when its state last changed, when it went.
    arrived_modseq BIGINT NOT NULL,
    changed_modseq BIGINT,
    removed_modseq BIGINT,
    removed_reason TEXT CHECK (removed_reason IN ('expired', 'deleted', 'retracted')),
    -- The newest change of its state in the sender's mailbox.
    told_modseq    BIGINT,
    PRIMARY KEY (message, recipient)
) WITHOUT ROWID;

CREATE INDEX delivery_arrived ON delivery (recipient, arrived_modseq);
CREATE INDEX delivery_changed ON delivery (recipient, changed_modseq) WHERE changed_modseq IS NOT NULL;
CREATE INDEX delivery_removed ON delivery (recipient, removed_modseq) WHERE removed_modseq IS NOT NULL;
CREATE INDEX delivery_told ON delivery (sender, told_modseq) WHERE told_modseq IS NOT NULL;
CREATE INDEX delivery_unread ON delivery (recipient, expires_at) WHERE state IN ('waiting', 'delivered');

-- Letters still being written, for all devices of their writer. Thrown away, a row stays without its text, so
-- that the other devices learn of it.
CREATE TABLE draft (
    key            INTEGER PRIMARY KEY,
    mailbox        INTEGER NOT NULL REFERENCES mailbox (key),
    -- Made by the client; the letter that it becomes has the same one.
    id             TEXT NOT NULL,
    -- Grows with each save, and when it is thrown away.
    version        BIGINT NOT NULL,
    written_to     TEXT NOT NULL,
    subject        TEXT NOT NULL,
    body           TEXT NOT NULL,
    importance     TEXT NOT NULL CHECK (importance IN ('normal', 'high')),
    -- SHA-256 of what was written: a disk may change it unseen.
    content_sum    BLOB NOT NULL,
    saved_at       BIGINT NOT NULL,
    -- The newest change of it in the mailbox.
    changed_modseq BIGINT NOT NULL,
    removed        BOOLEAN NOT NULL,
    UNIQUE (mailbox, id)
);

CREATE INDEX draft_changed ON draft (mailbox, changed_modseq);

CREATE TRIGGER draft_version_only_grows
BEFORE UPDATE OF version ON draft
WHEN NEW.version <= OLD.version
BEGIN
    SELECT RAISE(ABORT, 'a draft''s version only grows');
END;

-- DeliveryState::may_become, held by the database as well.
CREATE TRIGGER state_only_goes_forward
BEFORE UPDATE OF state ON delivery
WHEN NOT (
    (OLD.state = 'waiting' AND NEW.state IN ('delivered', 'read', 'expired', 'retracted'))
    OR (OLD.state = 'delivered' AND NEW.state IN ('read', 'expired', 'retracted'))
)
BEGIN
    SELECT RAISE(ABORT, 'a delivery''s state only goes forward');
END;
