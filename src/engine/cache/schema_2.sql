-- When a recipient said that he knows of the message.
ALTER TABLE recipient ADD COLUMN acknowledged_at INTEGER;
-- Eight segments become one at a time, and not four: a first sync merges less, and a search reads a few more.
INSERT INTO message_stems (message_stems, rank) VALUES ('automerge', 8);
