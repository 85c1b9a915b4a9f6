-- Acknowledged here; the server has yet to hear of it.
CREATE TABLE pending_acknowledgement (
    message_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Whether the server is to hear that the alert was shown here: once, whatever is repeated.
ALTER TABLE alert ADD COLUMN told TEXT NOT NULL DEFAULT 'no' CHECK (told IN ('no', 'due', 'done'));
CREATE INDEX alert_to_tell ON alert (at, message_id) WHERE told = 'due';
-- Over the id and the content of a letter, so that a letter under another id than it was written with is noticed:
-- the server would take it for another one. Rows of before have theirs made with this step.
ALTER TABLE outbox ADD COLUMN row_sum BLOB;
-- With the moment beside it, which repeats are due, also by a clock set back, is read from the index alone.
DROP INDEX alert_repeat;
CREATE INDEX alert_repeat ON alert (repeat_at, at) WHERE repeat_at IS NOT NULL;
-- Asked for after every event, while a first sync may have made a hundred thousand due.
CREATE INDEX alert_due_importance ON alert (importance) WHERE state = 'due';
CREATE INDEX alert_put_off ON alert (not_before) WHERE state = 'due' AND not_before IS NOT NULL;
