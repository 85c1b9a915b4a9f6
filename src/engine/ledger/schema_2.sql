-- Over the id and the content of a letter, so that a letter under another id than it was written with is noticed:
-- the server would take it for another one. Rows of before have theirs made with this step.
ALTER TABLE outbox ADD COLUMN row_sum BLOB;
