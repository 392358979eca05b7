-- Deletions of several types in one statement: the rows of in_del name no type.
CREATE TYPE in_gone AS (type smallint, id text, rid int8, expected int, lu timestamptz, token int8);

-- As before, in one statement: each that a function runs costs as much as two index entries. Its snapshot, too, is taken
-- after the locks on both tables.
CREATE OR REPLACE FUNCTION tx(prepared_for int) RETURNS int8 LANGUAGE plpgsql VOLATILE AS $$
DECLARE present int; start int8;
BEGIN
  SELECT generation, (SELECT base FROM epoch ORDER BY n DESC LIMIT 1) INTO present, start FROM param_state;
  IF present <> prepared_for THEN
    RAISE EXCEPTION 'prepared for search parameters % of %', prepared_for, present USING ERRCODE = 'VE001';
  END IF;
  RETURN start + pg_current_xact_id()::text::int8;
END $$;
