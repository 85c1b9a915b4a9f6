-- When a recipient said that he knows of the message.
ALTER TABLE recipient ADD COLUMN acknowledged_at INTEGER;
