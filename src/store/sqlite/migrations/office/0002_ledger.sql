-- The ledger: what happened to each recipient's copy, and when. Rows are only added.
CREATE TABLE ledger (
    number      INTEGER PRIMARY KEY,
    message     INTEGER NOT NULL,
    recipient   INTEGER NOT NULL REFERENCES mailbox (key),
    event       TEXT NOT NULL CHECK (event IN
                ('accepted', 'delivered', 'alerted', 'read', 'acknowledged', 'expired', 'retracted')),
    at          BIGINT NOT NULL,
    -- The recipient's device that told it; absent where none did, and in rows made from an older schema.
    device_id   TEXT,
    device_name TEXT
);

CREATE INDEX ledger_by_message ON ledger (message, recipient, number);
-- An alert is shown on every device of his, and noted once for each.
CREATE UNIQUE INDEX ledger_alert_once ON ledger (message, recipient, device_id) WHERE event = 'alerted';

CREATE TRIGGER ledger_is_never_rewritten
BEFORE UPDATE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is only added to');
END;

-- Its rows go with the message whose tombstone was kept for long enough, and not before.
CREATE TRIGGER ledger_is_kept
BEFORE DELETE ON ledger
WHEN EXISTS (SELECT 1 FROM message WHERE key = OLD.message)
BEGIN
    SELECT RAISE(ABORT, 'the ledger is kept as long as its message');
END;

-- What the older schema knew.
INSERT INTO ledger (message, recipient, event, at)
SELECT message, recipient, event, at FROM (
    SELECT d.message, d.recipient, d.position, 1 AS step, 'accepted' AS event, m.accepted_at AS at
      FROM delivery d JOIN message m ON m.key = d.message
    UNION ALL
    SELECT message, recipient, position, 2, 'delivered', delivered_at FROM delivery WHERE delivered_at IS NOT NULL
    UNION ALL
    SELECT message, recipient, position, 3, 'read', read_at FROM delivery WHERE read_at IS NOT NULL
    UNION ALL
    SELECT message, recipient, position, 4, state, since FROM delivery WHERE state IN ('expired', 'retracted')
) known ORDER BY at, message, step, position;

-- When the recipient said that he knows of it, opened or not.
ALTER TABLE delivery ADD COLUMN acknowledged_at BIGINT;

-- Changes of the expiry or warnings of it: in the recipient's and in the sender's mailbox.
ALTER TABLE delivery ADD COLUMN expiry_modseq BIGINT;
ALTER TABLE message ADD COLUMN expiry_modseq BIGINT;
ALTER TABLE message ADD COLUMN warned_at BIGINT;

CREATE INDEX delivery_expiry ON delivery (recipient, expiry_modseq) WHERE expiry_modseq IS NOT NULL;
CREATE INDEX message_expiry ON message (sender, expiry_modseq) WHERE expiry_modseq IS NOT NULL;
CREATE INDEX message_to_warn ON message (expires_at) WHERE NOT settled AND warned_at IS NULL;
CREATE INDEX message_to_forget ON message (text_removed_at) WHERE text_removed_at IS NOT NULL;

-- The lifetime that the messages still waiting follow: another one in the registry holds for them too.
ALTER TABLE post_office ADD COLUMN lifetime_seconds BIGINT;
