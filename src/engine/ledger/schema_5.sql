-- With whether it is held back beside it: at each check of a night those that are not held yet are looked for.
DROP INDEX alert_due_importance;
CREATE INDEX alert_due_kind ON alert (importance, held) WHERE state = 'due';
-- No question repeated its words, so that each read the whole table, and a first sync wrote it for nothing.
DROP INDEX alert_open;
CREATE INDEX alert_showing ON alert (message_id) WHERE state = 'showing';
CREATE INDEX alert_doubtful ON alert (at, message_id) WHERE state = 'doubtful';
