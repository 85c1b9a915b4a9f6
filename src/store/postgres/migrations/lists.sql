-- SQLite's table function of this name, for what a statement is given: a list as an array, rows as JSON text. So one
-- text of a statement serves both engines. Each schema has its own, since a transaction sees but one schema.

CREATE OR REPLACE FUNCTION json_each(list BIGINT[]) RETURNS TABLE (key BIGINT, value BIGINT)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT place - 1, element FROM unnest(list) WITH ORDINALITY AS elements (element, place) $$;

CREATE OR REPLACE FUNCTION json_each(list TEXT[]) RETURNS TABLE (key BIGINT, value TEXT)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT place - 1, element FROM unnest(list) WITH ORDINALITY AS elements (element, place) $$;

CREATE OR REPLACE FUNCTION json_each(list TEXT) RETURNS TABLE (key BIGINT, value JSON)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT place - 1, element FROM json_array_elements(CAST(list AS JSON)) WITH ORDINALITY AS elements (element, place) $$;
