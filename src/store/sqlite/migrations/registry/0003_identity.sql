-- The random id of a post office, which its database holds as well: files that changed places are noticed by it. An
-- organisation's is its tag.
ALTER TABLE office ADD COLUMN id TEXT;
UPDATE office SET id = lower(hex(randomblob(8)));
