-- The id of the post office whose mail this is, as the registry has it.
ALTER TABLE post_office ADD COLUMN id TEXT;
