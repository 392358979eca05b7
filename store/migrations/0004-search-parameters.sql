-- Search parameters that users add: one row for each type that a SearchParameter resource names.
-- A write tells which generation of them it was prepared for; where that is not the present one it is refused and
-- prepared again, so that from the moment of `building` nothing is stored without the values of the parameter.
CREATE TABLE param_state (one bool PRIMARY KEY DEFAULT true CHECK (one), generation int NOT NULL);
INSERT INTO param_state VALUES (true, 0);

-- Slots of users' parameters count downwards from -1, and no number is ever given twice; R4's own are above zero.
CREATE SEQUENCE param_k AS int INCREMENT -1 MINVALUE -2147483647 MAXVALUE -1 START -1;

CREATE TABLE param (
  k int PRIMARY KEY DEFAULT nextval('param_k'),
  type smallint NOT NULL, code text NOT NULL,
  id text COLLATE "C" NOT NULL,          -- of the SearchParameter resource
  definition text NOT NULL,              -- JSON: what the index and the searches need of it
  state text NOT NULL CHECK (state IN ('building', 'active', 'removing', 'unused')),
  reason text,                           -- why it is unused
  at text COLLATE "C",                   -- building: id of the last resource that is indexed
  done int8 NOT NULL DEFAULT 0, total int8 NOT NULL DEFAULT 0,
  faults int8 NOT NULL DEFAULT 0         -- resources on which the expression could not be evaluated while it was built
);
CREATE UNIQUE INDEX param_code ON param (type, code) WHERE state IN ('building', 'active');

-- The place of a transaction, for a write that was prepared for a generation of search parameters. Each statement in
-- here has a snapshot of its own, taken after the lock on its table: what held no lock when a generation began sees it.
CREATE FUNCTION tx(prepared_for int) RETURNS int8 LANGUAGE plpgsql VOLATILE AS $$
DECLARE present int;
BEGIN
  SELECT generation INTO present FROM param_state;
  IF present <> prepared_for THEN
    RAISE EXCEPTION 'prepared for search parameters % of %', prepared_for, present USING ERRCODE = 'VE001';
  END IF;
  RETURN tx();
END $$;

-- Lets a search by a user's parameter through only while it is whole, whatever the process believes that asks.
CREATE FUNCTION require_param(wanted int) RETURNS bool LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM param WHERE k = wanted AND state = 'active') THEN
    RAISE EXCEPTION 'search parameter % is not active', wanted USING ERRCODE = 'VE002';
  END IF;
  RETURN true;
END $$;

CREATE FUNCTION tell_parameters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('vesta_parameters', '');
  RETURN NULL;
END $$;

-- Whoever writes a SearchParameter tells all processes. Its type needs a number here, because the condition of the
-- trigger has to be a constant: all other types of the partition pay for one comparison.
INSERT INTO type (n, name)
SELECT greatest(99, (SELECT max(n) FROM type)) + 1, 'SearchParameter' ON CONFLICT DO NOTHING;
DO $$
BEGIN
  EXECUTE format('CREATE TRIGGER res_search_parameter AFTER INSERT OR UPDATE ON res_rest FOR EACH ROW WHEN (NEW.type = %s)
    EXECUTE FUNCTION tell_parameters()', (SELECT n FROM type WHERE name = 'SearchParameter'));
END $$;
