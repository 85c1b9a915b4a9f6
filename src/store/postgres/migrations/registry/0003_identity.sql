-- The random id of a post office, which its database holds as well: files that changed places are noticed by it. An
-- organisation's is its tag.
ALTER TABLE office ADD COLUMN id TEXT COLLATE "C";
UPDATE office SET id = substr(md5(CAST(random() AS TEXT) || name), 1, 16);
