-- What the list is sorted by besides the time, as `sort_keys` makes it; an index for each, so that a page of
-- 100,000 messages is read off it. The state stands in them for "unread only".
ALTER TABLE message ADD COLUMN who_key TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN subject_key TEXT NOT NULL DEFAULT '';
CREATE INDEX message_by_who ON message (direction, who_key, sent_at, id, state);
CREATE INDEX message_by_subject ON message (direction, subject_key, sent_at, id, state);
CREATE INDEX message_by_importance ON message (direction, (importance = 'high'), sent_at, id, state);
