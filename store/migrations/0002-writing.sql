-- Rows as they travel in a write: one composite type for each target, sent as one binary array. They are types of their
-- own, not the row types of the tables, so that a program of one version can write beside a newer schema.

CREATE TYPE in_res AS (
  type smallint, id text, sk int8, rid int8, ver int, lu timestamptz, method smallint,
  fl int, ac int, sens int, nr smallint, subj int8, code1 int8,
  dt timestamptz, dt_hi timestamptz, dt2 timestamptz, dt2_hi timestamptz, dt3 timestamptz, dt3_hi timestamptz,
  num numeric, num_c numeric, cu int8, uu int8, uc int8, sig int8, comp text[], h int8[], s1 text, str text, raw text,
  locks int8[],                          -- identities that must be free for a shared lock
  meta text, resource jsonb
);
CREATE TYPE in_id AS (type smallint, k int, el smallint, sk int8, rid int8, vh int8, th int8, s text, v text);
CREATE TYPE in_date AS (type smallint, k int, el smallint, sk int8, rid int8, c int8, lo timestamptz, hi timestamptz, s smallint);
CREATE TYPE in_num AS (
  type smallint, k int, el smallint, sk int8, rid int8, c int8, cs int8, lo numeric, hi numeric,
  us int8, uc int8, uu int8, cu int8, clo numeric, chi numeric, s smallint
);
CREATE TYPE in_str AS (type smallint, k int, el smallint, sk int8, rid int8, c int8, cs int8, v text, raw text);
CREATE TYPE in_tok AS (type smallint, k int, el smallint, sk int8, rid int8, c int8, t timestamptz);
CREATE TYPE in_geo AS (type smallint, k int, el smallint, sk int8, rid int8, lat float8, lon float8);
CREATE TYPE in_key AS (rid int8, k int);                                  -- side rows to be replaced
CREATE TYPE in_del AS (id text, rid int8, expected int, lu timestamptz, token int8);   -- token: "refers to this"

-- Place of the current transaction on the axis of ver.tx. Volatile, so that it sees the epoch as it is after any lock
-- that was waited for, and not as it was when the statement began.
CREATE FUNCTION tx() RETURNS int8 LANGUAGE sql VOLATILE AS
$$ SELECT (SELECT base FROM epoch ORDER BY n DESC LIMIT 1) + pg_current_xact_id()::text::int8 $$;

-- Ends a transaction that did not write all it was to write; it is done again (40001 is retried).
CREATE FUNCTION require_rows(expected int, written bigint) RETURNS bool LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF written <> expected THEN
    RAISE EXCEPTION 'wrote % of % rows', written, expected USING ERRCODE = '40001';
  END IF;
  RETURN true;
END $$;
